"""Integrals of functions of the program, and solutions of differential equations that it defines."""

from __future__ import annotations

from typing import Any

from scipy import integrate

from tangentc import numerics_integrals
from tangentc.kinds.types import FLOAT, Kind
from tangentc.primitives.core import Syntax
from tangentc.primitives.declare import declare
from tangentc.primitives.functions import closed

__all__: list[str] = []

_OPTIONS = {"program": None, "epsabs": None, "epsrel": None, "limit": None, "points": None}


def quad(a: Any, b: Any, *values: Any, program: Any, **options: Any) -> tuple[Any, Any]:
    """The integral of program(t, *values) from a to b, and an estimate of its error."""
    value, error, *_ = integrate.quad(closed(program, values), a, b, **_given(options))
    return value, error


def quad_vec(a: Any, b: Any, *values: Any, program: Any, **options: Any) -> tuple[Any, Any]:
    """`quad` for a function that returns an array."""
    value, error, *_ = integrate.quad_vec(closed(program, values), a, b, **_given(options))
    return value, error


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _number_kind(_kinds: tuple[Kind, ...], _: dict[str, Any]) -> tuple[Kind, ...]:
    return FLOAT, FLOAT


def _array_kind(_kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> tuple[Kind, ...]:
    """That of what the function returns."""
    return attrs["program"].kind, FLOAT


def trajectory(
    y: Any,
    times: Any,
    start: Any,
    end: Any,
    y0: Any,
    *values: Any,
    program: Any,
    rows: bool = False,
    options: Any = (),
) -> Any:
    """y itself, which solves dy/dt = program(t, y, *values), y(start) = y0: by that its derivative is known.

    Args:
        y: the solution at `times`, a column for each, or a row.
        options: of `solve_ivp`, for the equations that the derivatives solve.
    """
    return y


def timed(times: Any, start: Any, end: Any) -> Any:
    """The times that a solver chose itself: the first and the last are what it was given, the others its own."""
    return times


def evolved(start: Any, end: Any, y0: Any, *values: Any, program: Any, options: Any = ()) -> Any:
    """The solution at `end`; see `trajectory`."""
    return numerics_integrals.evolved(closed(program, values), start, end, y0, **dict(options))


def _first_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    return kinds[0]


def _kind_of_state(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    return kinds[2]


declare(
    "scipy.integrate.quad", quad, "a", "b", "*values", attributes=_OPTIONS, results=2, kind=_number_kind,
    syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "scipy.integrate.quad_vec", quad_vec, "a", "b", "*values", attributes=_OPTIONS, results=2, kind=_array_kind,
    syntax=Syntax.SPECIAL,
)  # fmt: skip
declare("timed", timed, "times", "start", "end", kind=_first_kind, syntax=Syntax.SPECIAL)
declare(
    "trajectory", trajectory, "y", "times", "start", "end", "y0", "*values", kind=_first_kind,
    attributes={"program": None, "rows": False, "options": ()}, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "evolved", evolved, "start", "end", "y0", "*values", attributes={"program": None, "options": ()},
    kind=_kind_of_state, syntax=Syntax.SPECIAL,
)  # fmt: skip
