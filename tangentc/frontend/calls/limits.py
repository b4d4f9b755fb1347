"""Bounds of a search: what a solver is given as `bounds=`, as the two ends between which each unknown lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.handed_over import about
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import known_items
from tangentc.frontend.library import solvers
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Instance, ObjectValue, Static, TupleValue, Value
from tangentc.ir.nodes import Literal, Var, kind_of
from tangentc.kinds.types import Array, fresh, is_number, rank_of

__all__ = ["Ends", "between", "bounded", "end_of", "ends_of", "kind_between"]

Ends = tuple[Value, Value]
"""The lower and the upper end: numbers or vectors, infinite where there is none."""

_NO_LOWER, _NO_UPPER = -np.inf, np.inf


def between(context: Context, function: Any, value: Value) -> Ends:
    """Bounds as pairs, one for each unknown, or an object `Bounds`."""
    if (found := _of_object(context, value)) is not None:
        return found
    if isinstance(value, Var) and rank_of(value.kind) == 2:
        every = Literal(slice(None))
        lower, upper = (getitem(context, value, TupleValue((every, Literal(end)))) for end in (0, 1))
        return lower, upper
    pairs = [known_items(context, pair) for pair in known_items(context, value) or ()]
    rows = [pair for pair in pairs if pair is not None and len(pair) == 2]
    if not rows or len(rows) < len(pairs):
        context.fail(
            "TC109", f"bounds= of {function.__name__} must be pairs whose number is known",
            hint="write a list of pairs, an array with two columns, or scipy.optimize.Bounds",
        )  # fmt: skip
    low, high = ([pair[side] for pair in rows] for side in (0, 1))
    return _column(context, low, _NO_LOWER), _column(context, high, _NO_UPPER)


def ends_of(context: Context, function: Any, value: Value) -> Ends:
    """Bounds as two ends, each a number or a vector, or an object `Bounds`."""
    if (found := _of_object(context, value)) is not None:
        return found
    ends = known_items(context, value)
    if ends is None or len(ends) != 2:
        context.fail(
            "TC109", f"bounds= of {function.__name__} must be a pair of lower and upper ends",
            hint="write a tuple of two, or scipy.optimize.Bounds",
        )  # fmt: skip
    lower, upper = (end_of(context, end) for end in ends)
    return lower, upper


def bounded(ends: Ends, equation: Value) -> Value:
    """The equation of a minimum between bounds, of that of one without."""
    is_free = all(isinstance(end, Literal) and np.isinf(end.value) for end in ends)
    return equation if is_free else about(solvers.between, equation, *ends)


def kind_between(ends: Ends) -> Array:
    """The kind of the vector of unknowns."""
    kinds = [kind_of(end) for end in ends if isinstance(end, (Var, Literal))]
    sizes = [kind.dims[0] for kind in kinds if isinstance(kind, Array) and kind.dims]
    return Array(np.dtype(float), (sizes[0] if sizes else fresh(),))


def _of_object(context: Context, value: Value) -> Ends | None:
    """The ends of an object `Bounds`, which the program made or read."""
    from scipy.optimize import Bounds  # which the program has imported

    match context.contents(value):
        case Instance(value=Bounds()) as read:
            lower, upper = (end_of(context, attribute(context, read, name)) for name in ("lb", "ub"))
        case ObjectValue(cls, attributes) if cls is Bounds:
            ends = (("lb", _NO_LOWER), ("ub", _NO_UPPER))
            lower, upper = (end_of(context, attributes.get(name, Literal(end))) for name, end in ends)
        case _:
            return None
    return lower, upper


@bound_call("scipy.optimize.Bounds", "scipy.optimize.LinearConstraint", "scipy.optimize.NonlinearConstraint")
def _restriction(context: Context, cls: Any, given: Arguments) -> Value:
    """An object that restricts a search: it is made where the library is given it, of what was given here."""
    return context.allocate(ObjectValue(cls, dict(given)))


def _column(context: Context, ends: Sequence[Value], nothing: float) -> Value:
    """The ends of all unknowns on one side; None is no end."""
    known = [Literal(nothing) if isinstance(end, Literal) and end.value is None else end for end in ends]
    if all(isinstance(end, Literal) and end.value == nothing for end in known):
        return Literal(nothing)
    return apply(context, Static(np.array), (TupleValue(tuple(known)),), {})


def end_of(context: Context, value: Value) -> Value:
    """An end as a number or an array."""
    if isinstance(value, (Var, Literal)) and is_number(kind_of(value)):
        return value
    return apply(context, Static(np.asarray), (value,), {})
