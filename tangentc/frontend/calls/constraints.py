"""Constraints of `minimize`: what it is given as `constraints=`, and the conditions of Karush, Kuhn and Tucker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments
from tangentc.frontend.calls.handed_over import Handed, about, called, extra, handed_over, solution, title
from tangentc.frontend.calls.limits import Ends, end_of
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import known_items
from tangentc.frontend.library import solvers
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    DictValue,
    Instance,
    ObjectValue,
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
    """A function of the unknowns that lies between two ends, and what the library is given for it.

    Args:
        cls: `dict` or the class of the object; None where the program read one that it did not make.
        functions: what is handed over, by the names that the library has for it, with the arguments besides.
        others: what the library is given as it is, by name; without a class, the object.
    """

    function: Value
    ends: Ends
    cls: Any
    functions: dict[str, tuple[Value, tuple[Value, ...]]]
    others: Arguments


def constraints_of(context: Context, function: Any, value: Value) -> list[Constraint]:
    """The constraints that are given as one dict or object, or as a sequence of them."""
    one = _constraint(context, value)
    found = [one] if one else [_constraint(context, each) for each in known_items(context, value) or ()]
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found):
        context.fail(
            "TC109", f"constraints= of {function.__name__} must be known in a differentiated program",
            hint="write {'type': 'eq', 'fun': f}, {'type': 'ineq', 'fun': f}, LinearConstraint or NonlinearConstraint",
        )  # fmt: skip
    return known


def _constraint(context: Context, value: Value) -> Constraint | None:
    from scipy.optimize import LinearConstraint, NonlinearConstraint  # which the program has imported

    held = context.contents(value)
    match held:
        case DictValue(items={"type": kind, "fun": function, **others}):
            return _of_dict(context, kind, function, {str(name): other for name, other in others.items()})
        case ObjectValue(cls, attributes) if cls is LinearConstraint:
            return _linear(context, attributes, cls, attributes)
        case ObjectValue(cls, attributes) if cls is NonlinearConstraint:
            return _nonlinear(context, attributes, cls)
        case Instance(value=LinearConstraint()):
            read = {name: attribute(context, held, name) for name in ("A", "lb", "ub")}
            return _linear(context, read, None, {"": held})
        case Instance(value=NonlinearConstraint()):
            function, *ends = (attribute(context, held, name) for name in ("fun", "lb", "ub"))
            return Constraint(about(solvers.vector_of, function), _ends(context, *ends), None, {}, {"": held})
    return None


def _of_dict(context: Context, kind: Value, function: Value, others: Arguments) -> Constraint:
    """Zero, or not negative."""
    is_equality = context.static(kind, "the type of a constraint") == "eq"
    args = extra(others)
    functions = {"fun": (function, args)}
    if is_callable(slope := others.get("jac", _NONE)):
        functions["jac"] = slope, args
    ends = (Literal(0.0), Literal(0.0 if is_equality else np.inf))
    closed = about(solvers.vector_of, about(solvers.closed, function, TupleValue(args)))
    return Constraint(closed, ends, dict, functions, {"type": Literal("eq" if is_equality else "ineq")})


def _linear(context: Context, read: Arguments, cls: Any, others: Arguments) -> Constraint:
    matrix = apply(context, Static(np.atleast_2d), (read["A"],), {})
    if not is_undefined(matrix) and not (isinstance(matrix, Var) and isinstance(matrix.kind, Array)):
        context.fail("TC109", "A of LinearConstraint must be an array")
    ends = _ends(context, read.get("lb", Literal(-np.inf)), read.get("ub", Literal(np.inf)))
    return Constraint(about(solvers.linear, matrix), ends, cls, {}, others)


def _nonlinear(context: Context, attributes: Arguments, cls: Any) -> Constraint:
    names = ("fun", "jac", "hess")
    given = {name: attributes[name] for name in names if is_callable(attributes.get(name, _NONE))}
    if "hess" in given:
        context.fail("TC109", "hess= of NonlinearConstraint is not supported in a differentiated program")
    others = {name: value for name, value in attributes.items() if name not in given}
    functions: dict[str, tuple[Value, tuple[Value, ...]]] = {name: (each, ()) for name, each in given.items()}
    ends = _ends(context, attributes["lb"], attributes["ub"])
    return Constraint(about(solvers.vector_of, given["fun"]), ends, cls, functions, others)


def _ends(context: Context, *ends: Value) -> Ends:
    lower, upper = (end_of(context, end) for end in ends)
    return lower, upper


def passed_on(context: Context, constraints: list[Constraint], kind: Array) -> Value:
    """What the library is given, with functions of the emitted text."""
    found = [_passed(context, each, kind) for each in constraints]
    return UNDEF if any(map(is_undefined, found)) else TupleValue(tuple(found))


def _passed(context: Context, constraint: Constraint, kind: Array) -> Value:
    if constraint.cls is None:
        return constraint.others[""]
    handed: Handed = {}
    for name, (given, args) in constraint.functions.items():
        found = handed_over(context, given, (Var(kind),), args, title(given, dict))
        if found is None:
            return UNDEF
        handed[name] = found
    keywords: Arguments = {**constraint.others, **dict.fromkeys(handed, _NONE)}
    return called(context, constraint.cls, ((), ()), keywords, handed, ANY)


def constrained(
    context: Context, found: Value, objective: Value, args: tuple[Value, ...], constraints: Sequence[Constraint],
    ends: Ends | None,
) -> Value:  # fmt: skip
    """What `minimize` found, with the derivative of the solution of the conditions of Karush, Kuhn and Tucker.

    The unknowns are the minimum and the multipliers of the constraints.
    """
    from scipy.optimize import lsq_linear  # which the program has imported

    if is_undefined(found):
        return UNDEF
    functions = TupleValue(tuple(each.function for each in constraints))
    sides = (TupleValue(tuple(each.ends[side] for each in constraints)) for side in (0, 1))
    held = about(solvers.held, functions, *sides)
    problem = (about(solvers.closed, objective, TupleValue(args)), held, *(ends or (_NONE, _NONE)))
    whole = apply(context, Static(solvers.with_multipliers), (Static(lsq_linear), *problem, found), {})
    count = apply(context, Static(len), (found,), {})
    solved = solution(context, whole, about(solvers.stationary, *problem, count), ())
    assert isinstance(count, (Var, Literal))
    return getitem(context, solved, SliceValue(_NONE, count, _NONE))
