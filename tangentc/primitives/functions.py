"""Functions of the program that are handed to libraries, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tangentc.kinds.types import Kind
from tangentc.primitives.core import Syntax
from tangentc.primitives.declare import declare
from tangentc.primitives.structure import opaque_call

__all__ = ["FOUND"]

FOUND = frozenset({"solution", "stated", "timed", "trajectory"})
"""What is its first operand, with a derivative that is not that of how it was found."""


def solve(
    function: Callable[..., Any], *args: Any, keywords: tuple[str, ...] = (), programs: tuple[Any, ...] = ()
) -> Any:
    """Call a library's function on functions of the program.

    Args:
        keywords: the names of the last arguments.
        programs: (place, program, count): the operand at that place is the program, on what the library passes and
            the last `count` operands, which are no arguments; the next program takes those before, and so on.
    """
    values = [function, *args]
    for place, program, count in reversed(programs):
        read = values[len(values) - count :]
        del values[len(values) - count :]
        values[place] = closed(program, read)
    return opaque_call(*values, keywords=keywords)


def closed(program: Callable[..., Any], read: Sequence[Any]) -> Callable[..., Any]:
    """A function of what the library passes; `read` are the values of its surroundings."""
    return lambda *passed: program(*passed, *read)


def solution(x: Any, *values: Any, residual: Any) -> Any:
    """x itself, which solves residual(x, *values) = 0: by that its derivative is known."""
    return x


def stated(x: Any, *values: Any, program: Any) -> Any:
    """x itself, which is program(*values): by that its derivative is known."""
    return x


def _same_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    return kinds[0]


# a call for its value: the derivative is that of a `solution`
declare(
    "solve", solve, "function", "*args", attributes={"keywords": (), "programs": ()}, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "stated", stated, "x", "*values", attributes={"program": None}, kind=_same_kind, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "solution", solution, "x", "*values", attributes={"residual": None}, kind=_same_kind,
    syntax=Syntax.SPECIAL,
)  # fmt: skip
