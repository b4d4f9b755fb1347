"""Roots and fixed points that `scipy.optimize` finds."""

from __future__ import annotations

from typing import Any

from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.handed_over import (
    Programs,
    about,
    check_number,
    extra,
    refuse,
    slopes_given,
    solution,
    solved,
    start_of,
)
from tangentc.frontend.calls.results import member, result
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Value
from tangentc.ir.nodes import Literal
from tangentc.kinds.types import ANY, FLOAT

__all__: list[str] = []


@bound_call(
    "scipy.optimize.brentq", "scipy.optimize.brenth", "scipy.optimize.bisect", "scipy.optimize.ridder",
    "scipy.optimize.toms748", "scipy.optimize.newton",
)  # fmt: skip
def _root_of_number(context: Context, function: Any, given: Arguments) -> Value:
    """A root in an interval, or near a number."""
    refuse(context, function, given, "full_output")
    name = "func" if "func" in given else "f"
    check_number(context, function, given, "x0")
    programs: Programs = {name: (given[name], (FLOAT,))}
    programs |= slopes_given(context, function, given, ("fprime", "fprime2"), FLOAT)
    found = context.op("float", solved(context, function, given, programs, ANY), kind=FLOAT)
    return solution(context, found, given[name], extra(given))


@bound_call("scipy.optimize.root_scalar")
def _root_scalar(context: Context, function: Any, given: Arguments) -> Value:
    check_number(context, function, given, "x0")
    programs: Programs = {"f": (given["f"], (FLOAT,))}
    programs |= slopes_given(context, function, given, ("fprime", "fprime2"), FLOAT)
    raw = solved(context, function, given, programs, ANY)
    found = context.op("float", member(context, raw, "root", ANY), kind=FLOAT)
    root = solution(context, found, given["f"], extra(given))
    return result(
        context,
        function,
        raw,
        {"root": root},
        ("converged", "iterations", "function_calls", "flag"),
    )


@bound_call("scipy.optimize.fixed_point")
def _fixed_point(context: Context, function: Any, given: Arguments) -> Value:
    check_number(context, function, given, "x0")
    raw = solved(context, function, given, {"func": (given["func"], (FLOAT,))}, ANY)
    found = context.op("float", raw, kind=FLOAT)
    return solution(context, found, about(solvers.excess, given["func"]), extra(given))


@bound_call("scipy.optimize.fsolve")
def _fsolve(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output")
    kind, equation = start_of(context, function, given), about(solvers.vector_of, given["func"])
    programs: Programs = {"func": (given["func"], (kind,))}
    programs |= slopes_given(context, function, given, ("fprime",), kind)
    return solution(context, solved(context, function, given, programs, kind), equation, extra(given))


@bound_call("scipy.optimize.root")
def _root(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "callback")
    jac = given.get("jac", Literal(None))
    if isinstance(jac, Literal) and jac.value:
        context.fail("TC109", "jac=True of root is not supported in a differentiated program")
    kind, equation = start_of(context, function, given), about(solvers.vector_of, given["fun"])
    programs: Programs = {"fun": (given["fun"], (kind,))}
    programs |= slopes_given(context, function, given, ("jac",), kind)
    raw = solved(context, function, given, programs, ANY)
    x = solution(context, member(context, raw, "x", kind), equation, extra(given))
    return result(
        context,
        function,
        raw,
        {"x": x},
        ("success", "status", "message", "nfev"),
    )


@bound_call(
    *(
        f"scipy.optimize.{name}"
        for name in (
            "newton_krylov",
            "broyden1",
            "broyden2",
            "anderson",
            "diagbroyden",
            "excitingmixing",
            "linearmixing",
        )
    )
)
def _of_a_large_system(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "callback", "inner_M", "tol_norm")
    kind, equation = start_of(context, function, given, "xin"), about(solvers.vector_of, given["F"])
    return solution(
        context, solved(context, function, given, {"F": (given["F"], (kind,))}, kind), equation, ()
    )
