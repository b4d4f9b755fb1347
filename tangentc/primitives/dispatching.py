"""Calls of functions that are known only when the program runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tangentc.kinds.join import widened
from tangentc.kinds.types import ANY, Array, Complex, Float, Kind, Scalar
from tangentc.primitives.core import Syntax
from tangentc.primitives.declare import declare

Steps = tuple[tuple[str, tuple[int, ...]], ...]
"""How the function that runs is made of the one that was found: ("tangent", wrt) and ("reverse", wrt), in order."""


RUNTIME: dict[str, Callable[..., Any]] = {}
"""What emitted code calls: `dispatch`, `tangent`, `reverse`.  `tangentc.runtime.dispatch` puts them here."""


def dispatch(function: Any, *args: Any, steps: Steps = ()) -> Any:
    """`function(*args)`, or a derivative of it."""
    for word, wrt in steps:
        function = RUNTIME[word](function, wrt)
    return RUNTIME["dispatch"](function, *args)


def dispatch_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind | tuple[Kind, ...]:
    """Cotangents are of the kinds of the arguments; of values nothing is known."""
    steps: Steps = attrs.get("steps", ())
    if not steps or steps[-1][0] == "tangent":
        return ANY
    return tuple(_cotangent_kind(widened(kinds[1 + position])) for position in steps[-1][1])


def _cotangent_kind(kind: Kind) -> Kind:
    return kind if isinstance(kind, (Float, Complex, Scalar, Array)) else ANY


declare(
    "dispatch", dispatch, "function", "*args",
    attributes={"steps": ()}, kind=dispatch_kind, pure=False, syntax=Syntax.SPECIAL,
)  # fmt: skip
