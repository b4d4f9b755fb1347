"""Minima that `scipy.optimize` finds: points where a gradient vanishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.constraints import Constraint, constrained, constraints_of, passed_on
from tangentc.frontend.calls.handed_over import (
    Programs,
    about,
    extra,
    is_given,
    refuse,
    slopes_given,
    solution,
    solved,
    start_of,
)
from tangentc.frontend.calls.limits import Ends, between, bounded, ends_of, kind_between
from tangentc.frontend.calls.results import entry, member, result
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import TupleValue, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal
from tangentc.kinds.types import ANY, FLOAT, Array

__all__: list[str] = []


@bound_call("scipy.optimize.minimize")
def _minimize(context: Context, function: Any, given: Arguments) -> Value:
    """At a minimum the gradient vanishes."""
    refuse(context, function, given, "callback", "hessp")
    kind, objective = start_of(context, function, given), given["fun"]
    programs: Programs = {"fun": (objective, (kind,))}
    programs |= slopes_given(context, function, given, ("jac", "hess"), kind)
    constraints: Sequence[Constraint] = ()
    if is_given(given, "constraints"):
        _check_method(context, function, given, "constraints", _WITH_CONSTRAINTS)
        constraints = constraints_of(context, function, given["constraints"])
        given = {**given, "constraints": passed_on(context, constraints, kind)}
    raw = solved(context, function, given, programs, ANY)
    jac = given.get("jac", Literal(None))
    if isinstance(jac, Literal) and jac.value is True:
        objective = about(solvers.first, objective)
    ends: Ends | None = None
    if is_given(given, "bounds"):
        _check_method(context, function, given, "bounds", _WITH_BOUNDS)
        ends = between(context, function, given["bounds"])
    x = member(context, raw, "x", kind)
    if constraints:
        x = constrained(context, x, objective, extra(given), constraints, ends)
    else:
        equation = about(solvers.slope, objective)
        x = solution(context, x, bounded(ends, equation) if ends else equation, extra(given))
    if is_undefined(x):
        return UNDEF
    members = {"x": x, "fun": apply(context, objective, (x, *extra(given)), {})}
    return result(
        context,
        function,
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
        function,
        raw,
        members,
        ("success", "message", "nfev", "nit"),
    )


# --- by name of the method ---------------------------------------------------------------------------


@bound_call(
    "scipy.optimize.fmin", "scipy.optimize.fmin_bfgs", "scipy.optimize.fmin_cg", "scipy.optimize.fmin_ncg"
)
def _of_a_method(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output", "retall", "callback", "fhess_p")
    kind = start_of(context, function, given)
    name = "func" if "func" in given else "f"
    programs: Programs = {name: (given[name], (kind,))}
    programs |= slopes_given(context, function, given, ("fprime", "fhess"), kind)
    found = solved(context, function, given, programs, kind)
    return solution(context, found, about(solvers.slope, given[name]), extra(given))


@bound_call("scipy.optimize.fmin_l_bfgs_b")
def _of_limited_memory(context: Context, function: Any, given: Arguments) -> Value:
    """The minimum, its value, and what the search tells of itself."""
    refuse(context, function, given, "callback")
    kind, objective = start_of(context, function, given), given["func"]
    programs: Programs = {"func": (objective, (kind,))}
    programs |= slopes_given(context, function, given, ("fprime",), kind)
    if not is_given(given, "fprime") and not is_given(given, "approx_grad"):
        objective = about(solvers.first, objective)
    raw = solved(context, function, given, programs, ANY)
    equation: Value = about(solvers.slope, objective)
    if is_given(given, "bounds"):
        equation = bounded(between(context, function, given["bounds"]), equation)
    x = solution(context, entry(context, raw, 0, kind), equation, extra(given))
    if is_undefined(x):
        return UNDEF
    return TupleValue((x, apply(context, objective, (x, *extra(given)), {}), entry(context, raw, 2, ANY)))


@bound_call("scipy.optimize.fminbound", "scipy.optimize.brent", "scipy.optimize.golden")
def _of_a_number(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output")
    equation: Value = about(solvers.slope, given["func"])
    if "x1" in given:
        equation = bounded((given["x1"], given["x2"]), equation)
    raw = solved(context, function, given, {"func": (given["func"], (FLOAT,))}, ANY)
    return solution(context, context.op("float", raw, kind=FLOAT), equation, extra(given))


# --- global minima -----------------------------------------------------------------------------------


@bound_call(
    "scipy.optimize.differential_evolution", "scipy.optimize.dual_annealing", "scipy.optimize.shgo",
)  # fmt: skip
def _global(context: Context, function: Any, given: Arguments) -> Value:
    """The lowest minimum between bounds is a minimum between bounds."""
    refuse(
        context, function, given, "callback", "constraints", "integrality", "vectorized", "minimizer_kwargs"
    )
    ends = between(context, function, given["bounds"])
    kind = kind_between(ends)
    raw = solved(context, function, given, {"func": (given["func"], (kind,))}, ANY)
    return _lowest(context, function, given, raw, kind, bounded(ends, about(solvers.slope, given["func"])))


@bound_call("scipy.optimize.basinhopping")
def _basinhopping(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "callback", "minimizer_kwargs")
    kind = start_of(context, function, given)
    raw = solved(context, function, given, {"func": (given["func"], (kind,))}, ANY)
    return _lowest(context, function, given, raw, kind, about(solvers.slope, given["func"]))


def _lowest(
    context: Context, function: Any, given: Arguments, raw: Value, kind: Array, equation: Value
) -> Value:
    x = solution(context, member(context, raw, "x", kind), equation, extra(given))
    if is_undefined(x):
        return UNDEF
    members = {"x": x, "fun": apply(context, given["func"], (x, *extra(given)), {})}
    facts = (
        ("success", "message", "nfev", "nit") if function.__name__ != "basinhopping" else ("message", "nfev")
    )
    return result(context, function, raw, members, facts)
