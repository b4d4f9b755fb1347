"""Functions that are known only when the program runs, and their derivatives.

Emitted code calls such a function as `dispatch(f, x)`.  Its derivatives go through the library's own surface at
that moment: `dispatch(tangent(f), x, x_dot)`, `dispatch(reverse(f), x, y_bar)`.  `tangent(f)` and `reverse(f)` are
ordinary functions of their arguments, written with `jvp` and `vjp`, so they can be differentiated again.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.ir.build import walk
from tangentc.ir.nodes import Literal, Op
from tangentc.kinds.of_values import Identity
from tangentc.primitives.dispatching import RUNTIME
from tangentc.runtime.selection import default_argnums
from tangentc.runtime.transformed import remembered

__all__ = ["Reverse", "Tangent", "dispatch", "positions", "reverse", "tangent"]

_KEPT = 256
_NUMBERS = (int, float, complex, np.generic)


Positions = tuple[int, ...]

jvp: Any = None  # those of `tangentc.api`, which puts them here
vjp: Any = None

# --- derivatives of a function as functions -------------------------------------------------------


class Tangent:
    """(x1, …, xn, tangents of the arguments `wrt`) -> y_dot; without `wrt` all arguments have one."""

    def __init__(self, function: Any, wrt: Positions | None = None) -> None:
        self.function = function
        self.wrt = wrt

    def __call__(self, *args: Any) -> Any:
        wrt = positions(self, args)
        count = len(args) - len(wrt)
        given = dict(zip(wrt, args[count:], strict=True))
        return jvp(self.function, args[:count], tuple(given.get(i) for i in range(count)))[1]


class Reverse:
    """(x1, …, xn, y_bar) -> the cotangents of the arguments `wrt`, bare if it is one; without `wrt` of all."""

    def __init__(self, function: Any, wrt: Positions | None = None) -> None:
        self.function = function
        self.wrt = wrt

    def __call__(self, *args: Any) -> Any:
        _, pullback = vjp(self.function, *args[:-1])
        bars = pullback(args[-1])
        found = tuple(bars[i] for i in positions(self, args))
        return found[0] if len(found) == 1 else found


def positions(derivative: Tangent | Reverse, args: tuple[Any, ...]) -> Positions:
    """The arguments that are differentiated, in a call with these arguments."""
    if derivative.wrt is not None:
        return derivative.wrt
    return tuple(range(len(args) // 2 if isinstance(derivative, Tangent) else len(args) - 1))


def tangent(function: Any, wrt: Positions | None = None) -> Tangent:
    """The tangent of a function, the same object from one call to the next."""
    return _tangent(Identity(function), wrt)


def reverse(function: Any, wrt: Positions | None = None) -> Reverse:
    """The reverse sweep of a function, the same object from one call to the next."""
    return _reverse(Identity(function), wrt)


@lru_cache(maxsize=_KEPT)
def _tangent(function: Identity, wrt: Positions | None) -> Tangent:
    return Tangent(function.value, wrt)


@lru_cache(maxsize=_KEPT)
def _reverse(function: Identity, wrt: Positions | None) -> Reverse:
    return Reverse(function.value, wrt)


# --- calling --------------------------------------------------------------------------------------


def dispatch(function: Any, *args: Any) -> Any:
    """`function(*args)`, where the caller must be able to rely on what it cannot see.

    Raises:
        DifferentiationError: TC313, the function writes an argument, returns memory of one, or returns no number or
            array; or its derivative is wanted and it does not compute the same each time.
    """
    if not callable(function):
        return function(*args)  # Python's own error
    try:
        found, references = _called(function, [_locked(function, argument) for argument in args])
    except ValueError as error:
        if "read-only" in str(error):  # so are all that it was given
            raise _refused(function, "writes an argument", "write to a copy, and return it") from error
        raise
    if isinstance(function, (Tangent, Reverse)):
        _refuse_impure(function, args)
        return found
    if isinstance(found, np.ndarray):
        if type(found) is not np.ndarray:
            raise _refused(function, f"returns a {type(found).__name__}", "return an array")
        if any(
            isinstance(argument, np.ndarray) and np.may_share_memory(found, argument) for argument in args
        ):
            raise _refused(function, "returns memory of an argument", "return a copy")
        if references > _FRESH[found.base is not None]:
            raise _refused(function, "returns an array that it keeps", "return a copy")
    elif not isinstance(found, _NUMBERS):
        raise _refused(function, f"returns a {type(found).__name__}", "return one number or array")
    return found


def _called(function: Any, args: list[Any]) -> tuple[Any, int]:
    """What a function returns, and how many refer to it: to the memory, where it is an array."""
    found = function(*args)
    owner = found.base if isinstance(found, np.ndarray) and found.base is not None else found
    return found, sys.getrefcount(owner)


_FRESH = {
    False: _called(lambda: np.zeros(2), [])[1],
    True: _called(lambda: np.zeros(2)[:1], [])[1],
}
"""How many refer to an array that was just made, and to the memory of a view of one: is it a view?"""


def _locked(function: Any, argument: Any) -> Any:
    """An argument that the function cannot write."""
    if isinstance(argument, np.ndarray):
        view = argument.view()
        view.flags.writeable = False
        return view
    if isinstance(argument, tuple):
        return tuple(_locked(function, entry) for entry in argument)
    if argument is None or isinstance(argument, (*_NUMBERS, str, bytes, range)) or callable(argument):
        return argument
    raise _refused(
        function, f"is given a {type(argument).__name__}", "pass numbers, arrays and tuples of them"
    )


_HARMLESS = frozenset({"raise", "assert", "check_length", "check_single", "dispatch"})


def _refuse_impure(derivative: Tangent | Reverse, args: tuple[Any, ...]) -> None:
    """A derivative runs its function once more, after the program did: it must do the same again."""
    function = Identity(derivative.function)
    if isinstance(derivative, Tangent):
        made = remembered("jvp", function, positions(derivative, args), False)
    else:
        made = remembered("vjp", function, default_argnums(args[:-1], {}), False)
    if made.built is not None and not _is_repeatable(Identity(made.built)):
        raise _refused(
            derivative.function, "prints, draws random numbers or calls code that may",
            "pass what it draws as an argument, or call it where it is known",
        )  # fmt: skip


@lru_cache(maxsize=_KEPT)
def _is_repeatable(built: Identity) -> bool:
    nodes = walk(built.value.lowered.function.body)
    return all(_does_the_same(node) for node in nodes if isinstance(node, Op))


def _does_the_same(op: Op) -> bool:
    if op.primitive.name == "call":  # what is raised must be made first
        made = op.operands[0].value if isinstance(op.operands[0], Literal) else None
        return isinstance(made, type) and issubclass(made, BaseException)
    return op.primitive.pure or op.primitive.name in _HARMLESS


def _refused(function: Any, what: str, hint: str) -> DifferentiationError:
    name = getattr(function, "__name__", type(function).__name__)
    return DifferentiationError(
        "TC313", f"{name}, which is known only when the program runs, {what}", hint=hint
    )


RUNTIME.update(dispatch=dispatch, tangent=tangent, reverse=reverse)
