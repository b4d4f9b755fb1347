"""Integrals of functions of the program, by `scipy.integrate`."""

from __future__ import annotations

from typing import Any

from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.handed_over import extra, handed_over, refuse, title
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import TupleValue, Value
from tangentc.ir.nodes import UNDEF, Var
from tangentc.kinds.types import FLOAT

__all__: list[str] = []


@bound_call("scipy.integrate.quad", "scipy.integrate.quad_vec")
def _quad(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output", "weight", "complex_func", "quadrature")
    callee = given.get("func", given.get("f"))
    assert callee is not None
    options = {}
    for name in ("epsabs", "epsrel", "limit", "points"):
        if name in given:
            options[name] = context.static(given[name], f"{name}= of {function.__name__}")
    others = set(given) - {"func", "f", "a", "b", "args", "full_output", *options}
    refuse(context, function, given, *sorted(others))
    name = title(callee, function)
    handed = handed_over(context, callee, (Var(FLOAT, "t"),), extra(given), name)
    if handed is None:
        return UNDEF
    program, operands = handed
    ends = [context.atom(given[name]) for name in ("a", "b")]
    if isinstance(points := options.get("points"), list):
        options["points"] = tuple(points)
    found = context.builder.ops(
        f"scipy.integrate.{function.__name__}", *ends, *operands, program=program, **options
    )
    return TupleValue(found)
