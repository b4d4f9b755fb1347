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
    is_given,
    member,
    refuse,
    result,
    slopes_given,
    solution,
    solved,
    start_of,
)
from tangentc.frontend.calls.limits import between, bounded, ends_of
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal
from tangentc.kinds.types import ANY, FLOAT

__all__: list[str] = []


@bound_call("scipy.optimize.minimize")
def _minimize(context: Context, function: Any, given: Arguments) -> Value:
    """At a minimum the gradient vanishes."""
    refuse(context, function, given, "callback", "constraints", "hessp")
    kind, objective = start_of(context, function, given), given["fun"]
    programs: Programs = {"fun": (objective, (kind,))}
    programs |= slopes_given(context, function, given, ("jac", "hess"), kind)
    raw = solved(context, function, given, programs, ANY)
    jac = given.get("jac", Literal(None))
    if isinstance(jac, Literal) and jac.value is True:
        objective = about(solvers.first, objective)
    equation: Value = about(solvers.slope, objective)
    if is_given(given, "bounds"):
        _check_method(context, function, given, "bounds", _WITH_BOUNDS)
        equation = bounded(between(context, function, given["bounds"]), equation)
    x = solution(context, member(context, raw, "x", kind), equation, extra(given))
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


_WITH_CONSTRAINTS = ("cobyla", "cobyqa", "slsqp", "trust-constr")
_WITH_BOUNDS = ("nelder-mead", "powell", "l-bfgs-b", "tnc", *_WITH_CONSTRAINTS)


def _check_method(
    context: Context, function: Any, given: Arguments, name: str, methods: tuple[str, ...]
) -> None:
    """Refuse methods that pass over an argument, or of which that is not known."""
    method = context.static(given.get("method", Literal(None)), f"method= of {function.__name__}")
    if method is not None and str(method).lower() not in methods:
        context.fail(
            "TC109", f"method {method!r} of {function.__name__} passes over {name}=",
            hint=f"{name}= goes with {', '.join(methods)}",
        )  # fmt: skip


@bound_call("scipy.optimize.minimize_scalar")
def _minimize_scalar(context: Context, function: Any, given: Arguments) -> Value:
    raw = solved(context, function, given, {"fun": (given["fun"], (FLOAT,))}, ANY)
    found = context.op("float", member(context, raw, "x", ANY), kind=FLOAT)
    equation: Value = about(solvers.slope, given["fun"])
    if is_given(given, "bounds"):
        _check_method(context, function, given, "bounds", ("bounded",))
        equation = bounded(ends_of(context, function, given["bounds"]), equation)
    x = solution(context, found, equation, extra(given))
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
