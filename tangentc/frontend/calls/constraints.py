"""Constraints of `minimize`: what it is given as `constraints=`, and the conditions of Karush, Kuhn and Tucker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments
from tangentc.frontend.calls.handed_over import Handed, about, called, extra, handed_over, solution, title
from tangentc.frontend.calls.limits import Ends
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import known_items
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    DictValue,
    SliceValue,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var
from tangentc.kinds.types import ANY, Array

_NONE = Literal(None)

__all__ = ["Constraint", "constrained", "constraints_of", "passed_on"]


@dataclass(frozen=True)
class Constraint:
    """A function of the unknowns that is zero, or none of whose entries is negative."""

    is_equality: bool
    function: Value
    args: tuple[Value, ...]
    slope: Value | None


def constraints_of(context: Context, function: Any, value: Value) -> list[Constraint]:
    """The constraints that are given as a dict, or as a sequence of dicts."""
    every = (value,) if isinstance(value, DictValue) else known_items(context, value)
    found = [_constraint(context, context.contents(each)) for each in every or ()]
    if not found or None in found:
        context.fail(
            "TC109", f"constraints= of {function.__name__} must be dicts in a differentiated program",
            hint="write {'type': 'eq', 'fun': f} or {'type': 'ineq', 'fun': f}",
        )  # fmt: skip
    return [each for each in found if each is not None]


def _constraint(context: Context, value: Value) -> Constraint | None:
    if not isinstance(value, DictValue) or not value.items.keys() >= {"type", "fun"}:
        return None
    kind = context.static(value.items["type"], "the type of a constraint")
    slope = value.items.get("jac", Literal(None))
    args = extra({"args": value.items.get("args", Literal(None))})
    return Constraint(kind == "eq", value.items["fun"], args, slope if is_callable(slope) else None)


def passed_on(context: Context, constraints: list[Constraint], kind: Array) -> Value:
    """The dicts that the library is given, with functions of the emitted text."""
    dicts = [_dict(context, each, kind) for each in constraints]
    return UNDEF if any(map(is_undefined, dicts)) else TupleValue(tuple(dicts))


def _dict(context: Context, constraint: Constraint, kind: Array) -> Value:
    functions = {"fun": constraint.function, "jac": constraint.slope}
    handed: Handed = {}
    for name, given in functions.items():
        if given is not None:
            found = handed_over(context, given, (Var(kind),), constraint.args, title(given, dict))
            if found is None:
                return UNDEF
            handed[name] = found
    keywords: Arguments = {"type": Literal("eq" if constraint.is_equality else "ineq")}
    keywords |= dict.fromkeys(handed, Literal(None))
    return called(context, dict, ((), ()), keywords, handed, ANY)


def constrained(
    context: Context, found: Value, objective: Value, args: tuple[Value, ...], constraints: Sequence[Constraint],
    ends: Ends | None,
) -> Value:  # fmt: skip
    """What `minimize` found, with the derivative of the solution of the conditions of Karush, Kuhn and Tucker.

    The unknowns are the minimum and the multipliers of the constraints, those of equalities first.
    """
    from scipy.optimize import lsq_linear  # which the program has imported

    if is_undefined(found):
        return UNDEF
    equalities, others = (_joined(constraints, is_equality) for is_equality in (True, False))
    problem = (
        about(solvers.closed, objective, TupleValue(args)),
        equalities,
        others,
        *(ends or (_NONE, _NONE)),
    )
    whole = apply(context, Static(solvers.with_multipliers), (Static(lsq_linear), *problem, found), {})
    count = apply(context, Static(len), (found,), {})
    solved = solution(context, whole, about(solvers.stationary, *problem, count), ())
    assert isinstance(count, (Var, Literal))
    return getitem(context, solved, SliceValue(_NONE, count, _NONE))


def _joined(constraints: Sequence[Constraint], is_equality: bool) -> Value:
    """All equalities or all others as one function that returns a vector; None if there is none."""
    functions = [
        about(solvers.closed, each.function, TupleValue(each.args))
        for each in constraints
        if each.is_equality is is_equality
    ]
    if len(functions) < 2:
        return about(solvers.vector_of, *functions) if functions else _NONE
    return about(solvers.joined, TupleValue(tuple(functions)))
