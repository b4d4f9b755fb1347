"""Objects that solvers return: what is in them is values of the program."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import ObjectValue, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Op, Var
from tangentc.kinds.types import ANY, BOOL, INT, Kind, Object
from tangentc.primitives.core import named

__all__ = ["entry", "member", "passive", "result"]

_FACTS: dict[str, Kind] = {
    "success": BOOL, "converged": BOOL, "status": INT, "nfev": INT, "nit": INT, "iterations": INT,
    "function_calls": INT, "message": Object(str), "flag": Object(str),
}  # fmt: skip
"""What solvers tell about their work: constant where the derivative is."""

_FOUND = ("x", "fun", "success", "message")
_COUNTED = (*_FOUND, "nfev", "nit")
_OF_TRAJECTORIES = ("success", "status", "message")
_RETURNED = {
    "basinhopping": ("OptimizeResult", ("x", "fun", "message", "nfev", "nit")),
    "differential_evolution": ("OptimizeResult", _COUNTED),
    "direct": ("OptimizeResult", (*_COUNTED, "status")),
    "dual_annealing": ("OptimizeResult", (*_COUNTED, "status")),
    "least_squares": ("OptimizeResult", (*_FOUND, "status", "cost", "jac", "nfev")),
    "linprog": ("OptimizeResult", (*_FOUND, "status", "slack", "con", "nit")),
    "lsq_linear": ("OptimizeResult", (*_FOUND, "status", "cost", "nit")),
    "milp": ("OptimizeResult", (*_FOUND, "status")),
    "minimize": ("OptimizeResult", (*_FOUND, "status", "nfev")),
    "minimize_scalar": ("OptimizeResult", _COUNTED),
    "root": ("OptimizeResult", (*_FOUND, "status")),
    "root_scalar": ("RootResults", ("root", "converged", "flag", "iterations", "function_calls")),
    "shgo": ("OptimizeResult", _COUNTED),
    "solve_bvp": ("BVPResult", ("x", "y", "yp", "p", "sol", *_OF_TRAJECTORIES)),
    "solve_ivp": ("OdeResult", ("t", "y", "sol", "t_events", "y_events", "nfev", *_OF_TRAJECTORIES)),
}
"""The classes of the objects that solvers return, and what is in all that a solver returns."""


def _class(function: Any) -> Any:
    """The class of what a solver returns."""
    name = _RETURNED[function.__name__][0]
    places = (sys.modules[place] for place in (function.__module__, "scipy.optimize"))
    return next(found for place in places if (found := getattr(place, name, None)) is not None)


def member(context: Context, owner: Value, name: str, kind: Kind, reason: str = "") -> Value:
    """An attribute of what a solver returned."""
    if is_undefined(owner):
        return UNDEF
    assert isinstance(owner, Var)
    found = Var(kind)
    attrs = (("name", name), ("reason", reason)) if reason else (("name", name),)
    context.builder.append(Op((found,), named("getattr"), (owner,), attrs, context.builder.span))
    return found


def entry(context: Context, raw: Value, index: int, kind: Kind) -> Value:
    """One of the things that a solver returned in a tuple."""
    return context.op("getitem", raw, index=(index,), kind=kind)


def result(
    context: Context, function: Any, raw: Value, members: dict[str, Value], facts: Sequence[str]
) -> Value:
    """The object that a solver returns, of what has a known derivative."""
    if any(map(is_undefined, members.values())):
        return UNDEF
    told = {name: member(context, raw, name, _FACTS[name]) for name in facts}
    return context.allocate(ObjectValue(_class(function), {**members, **told}))


def passive(context: Context, function: Any, raw: Value, reason: str) -> Value:
    """What a solver returned of which nothing has a derivative, for this reason."""
    if function.__name__ not in _RETURNED or is_undefined(raw):
        return raw
    names = _RETURNED[function.__name__][1]
    members = {name: member(context, raw, name, _FACTS.get(name, ANY), reason) for name in names}
    return context.allocate(ObjectValue(_class(function), members))
