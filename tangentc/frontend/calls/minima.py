"""Minima that `scipy.optimize` finds: points where a gradient vanishes."""

from __future__ import annotations

from typing import Any

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.handed_over import (
    Programs,
    about,
    class_of_result,
    extra,
    member,
    refuse,
    result,
    slopes_given,
    solution,
    solved,
    start_of,
)
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal
from tangentc.kinds.types import ANY, FLOAT

__all__: list[str] = []


@bound_call("scipy.optimize.minimize")
def _minimize(context: Context, function: Any, given: Arguments) -> Value:
    """At a minimum the gradient vanishes."""
    refuse(context, function, given, "callback", "bounds", "constraints", "hessp")
    kind, objective = start_of(context, function, given), given["fun"]
    programs: Programs = {"fun": (objective, (kind,))}
    programs |= slopes_given(context, function, given, ("jac", "hess"), kind)
    raw = solved(context, function, given, programs, ANY)
    jac = given.get("jac", Literal(None))
    if isinstance(jac, Literal) and jac.value is True:
        objective = about(solvers.first, objective)
    x = solution(context, member(context, raw, "x", kind), about(solvers.slope, objective), extra(given))
    if is_undefined(x):
        return UNDEF
    members = {"x": x, "fun": apply(context, objective, (x, *extra(given)), {})}
    return result(
        context,
        class_of_result(function, "OptimizeResult"),
        raw,
        members,
        ("success", "status", "message", "nfev", "nit"),
    )


@bound_call("scipy.optimize.minimize_scalar")
def _minimize_scalar(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "bounds")
    raw = solved(context, function, given, {"fun": (given["fun"], (FLOAT,))}, ANY)
    found = context.op("float", member(context, raw, "x", ANY), kind=FLOAT)
    x = solution(context, found, about(solvers.slope, given["fun"]), extra(given))
    if is_undefined(x):
        return UNDEF
    members = {"x": x, "fun": apply(context, given["fun"], (x, *extra(given)), {})}
    return result(
        context,
        class_of_result(function, "OptimizeResult"),
        raw,
        members,
        ("success", "message", "nfev", "nit"),
    )


@bound_call("scipy.optimize.least_squares")
def _least_squares(context: Context, function: Any, given: Arguments) -> Value:
    """At a least sum of squares its gradient vanishes."""
    refuse(context, function, given, "bounds", "kwargs", "callback")
    loss = given.get("loss", Literal("linear"))
    if not (isinstance(loss, Literal) and loss.value == "linear"):
        context.fail("TC109", "loss= of least_squares must be 'linear' in a differentiated program")
    kind = start_of(context, function, given)
    programs: Programs = {"fun": (given["fun"], (kind,))}
    programs |= slopes_given(context, function, given, ("jac",), kind)
    raw = solved(context, function, given, programs, ANY)
    equation = about(solvers.slope_of_squares, given["fun"])
    x = solution(context, member(context, raw, "x", kind), equation, extra(given))
    if is_undefined(x):
        return UNDEF
    members = {
        "x": x,
        "fun": apply(context, about(solvers.vector_of, given["fun"]), (x, *extra(given)), {}),
        "cost": apply(context, about(solvers.half_square, given["fun"]), (x, *extra(given)), {}),
    }
    return result(
        context,
        class_of_result(function, "OptimizeResult"),
        raw,
        members,
        ("success", "status", "message", "nfev"),
    )
