"""Solutions of differential equations that the program defines, by `scipy.integrate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.handed_over import about, extra, handed_over, is_given, refuse, solved, title
from tangentc.frontend.calls.results import member, result
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import items_of
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Static, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import ANY, FLOAT, Array, Size, dtype_of, fresh, rank_of

__all__: list[str] = []


@bound_call("scipy.integrate.solve_ivp")
def _solve_ivp(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "dense_output", "events", "vectorized", "jac")
    method = context.static(given.get("method", Literal("RK45")), "the method of solve_ivp")
    y0 = _state(context, function, given["y0"])
    if is_undefined(y0):
        return UNDEF
    times = given.get("t_eval", Literal(None))
    if is_given(given, "t_eval"):
        times = _array(context, times)
    kind = _Kinds.of(y0, times)
    given = {**given, "y0": y0}
    raw = solved(context, function, given, {"fun": (given["fun"], (FLOAT, kind.state))}, ANY)
    start, end = items_of(context, given["t_span"], "the two ends of t_span")
    if not is_given(given, "t_eval"):
        times = context.op("timed", member(context, raw, "t", kind.times), start, end)
    columns = member(context, raw, "y", Array(np.dtype(float), kind.sizes))
    options = (("method", method), *_tolerances(context, function, given))
    name, equation = title(given["fun"], function), about(solvers.vector_at, given["fun"])
    y = _trajectory(context, columns, (times, start, end, y0), equation, extra(given), options, name)
    members = {
        "t": apply(context, Static(np.array), (times,), {}) if is_given(given, "t_eval") else times,
        "y": y,
    }
    return result(
        context,
        function,
        raw,
        members,
        ("success", "status", "message", "nfev"),
    )


@bound_call("scipy.integrate.odeint")
def _odeint(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output", "Dfun", "tcrit")
    y0 = _state(context, function, given["y0"])
    if is_undefined(y0):
        return UNDEF
    times = _array(context, given["t"])
    given, kind = {**given, "y0": y0, "t": times}, _Kinds.of(y0, times)
    is_first = bool(context.static(given.get("tfirst", Literal(False)), "tfirst= of odeint"))
    passed = (FLOAT, kind.state) if is_first else (kind.state, FLOAT)
    rows = solved(
        context, function, given, {"func": (given["func"], passed)}, Array(np.dtype(float), kind.sizes[::-1])
    )
    start, end = (getitem(context, times, Literal(at)) for at in (0, -1))
    tolerances = dict(_tolerances(context, function, given))
    options = (
        ("method", "LSODA"),
        *((name, tolerances.get(name) or _ODEINT_TOLERANCE) for name in ("rtol", "atol")),
    )
    equation = about(solvers.vector_at if is_first else solvers.vector_at_second, given["func"])
    name = title(given["func"], function)
    return _trajectory(
        context, rows, (times, start, end, y0), equation, extra(given), options, name, rows=True
    )


_ODEINT_TOLERANCE = 1.49012e-8  # what odeint takes where none is given


def _trajectory(
    context: Context, found: Value, facts: Sequence[Value], equation: Value, args: Sequence[Value],
    options: tuple[tuple[str, Any], ...], name: str, rows: bool = False,
) -> Value:  # fmt: skip
    """What a solver found, with the derivative of the solution of dy/dt = equation(t, y, *args)."""
    if any(map(is_undefined, (found, *facts))):
        return UNDEF
    state = _Kinds.of(facts[-1]).state
    right = handed_over(context, equation, (Var(FLOAT, "t"), Var(state, "y")), args, name)
    if right is None:
        return UNDEF
    program, operands = right
    return context.op("trajectory", found, *facts, *operands, program=program, rows=rows, options=options)


@dataclass(frozen=True)
class _Kinds:
    """The kinds that go with a state."""

    state: Array
    times: Array
    sizes: tuple[Size, Size]

    @staticmethod
    def of(y0: Value, times: Value | None = None) -> _Kinds:
        assert isinstance(y0, (Var, Literal))
        kind, double = kind_of(y0), np.dtype(float)
        dims = kind.dims if isinstance(kind, Array) and kind.dims else (fresh(),)
        at = kind_of(times) if isinstance(times, (Var, Literal)) else ANY
        count = at.dims[0] if isinstance(at, Array) and at.dims and len(at.dims) == 1 else fresh()
        return _Kinds(Array(double, dims), Array(double, (count,)), (dims[0], count))


def _state(context: Context, function: Any, value: Value) -> Value:
    """The state at the start, as a vector."""
    y0 = _array(context, value)
    if isinstance(y0, Var) and rank_of(y0.kind) == 0:
        y0 = apply(context, Static(np.atleast_1d), (y0,), {})
    kind = kind_of(y0) if isinstance(y0, (Var, Literal)) else ANY
    if not is_undefined(y0) and not (
        rank_of(kind) == 1
        and (dtype := dtype_of(kind)) is not None
        and (dtype == np.float64 or dtype.kind in "iu")
    ):
        context.fail("TC109", f"y0 of {function.__name__} must be a number or a vector in double precision")
    return y0


def _array(context: Context, value: Value) -> Value:
    """What NumPy makes of a value, an array as it is."""
    is_array = isinstance(value, Var) and isinstance(value.kind, Array)
    return value if is_array else apply(context, Static(np.asarray), (value,), {})


def _tolerances(context: Context, function: Any, given: Arguments) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, context.static(given[name], f"{name}= of {function.__name__}"))
        for name in ("rtol", "atol")
        if name in given
    )
