"""What the frontend asks of others: a known parameter, or the derivative of a function that it lowered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tangentc.errors import TangentcError
from tangentc.ir.nodes import Function

__all__ = ["Derive", "Path", "Promote", "Request"]

Path = tuple[Any, ...]
"""Where a value comes from: ("args", 0, …), ("kwargs", name, …) or ("captured", origin); or ("size", number)."""


class Promote(Exception):
    """A parameter decides what code is emitted (axis=, a string option), or an array meets one of known size: lower
    again with it as a constant, or with axes of that size known.

    refusal: the error to raise where the parameter cannot be a constant, since it is differentiated.
    """

    def __init__(self, path: Path, refusal: TangentcError | None = None) -> None:
        self.path = path
        self.refusal = refusal
        super().__init__(path)


@dataclass(frozen=True, slots=True)
class Request:
    """The derivative that an object such as `grad(f)` stands for.

    mode: "grad", "value_and_grad", "jvp", "hvp" or "vjp"; argnums: a position or name, or a tuple of them.
    """

    mode: str
    function: Any
    argnums: int | str | tuple[int | str, ...] = 0
    has_aux: bool = False


Derive = Callable[[Function, Request], Function]
