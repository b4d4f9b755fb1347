"""What the functions of NumPy in this folder ask of their operands."""

from __future__ import annotations

import numpy as np

from tangentc.frontend.arrays.outputs import apply_function
from tangentc.frontend.expressions.indexing import size_of_axis
from tangentc.frontend.expressions.operations import as_array
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    Value,
    children,
    is_undefined,
)
from tangentc.ir.nodes import Literal, Var, kind_of
from tangentc.kinds.types import can_be_active, rank_of
from tangentc.primitives.core import named

__all__ = ["array_of", "holds_undefined", "known_axis", "known_rank", "may_vary", "numpy_call", "size_along"]

_ONE = Literal(1)


def numpy_call(context: Context, name: str, *args: Value, **kwargs: Value) -> Value:
    return apply_function(context, named(name), args, kwargs)


def may_vary(context: Context, value: Value) -> bool:
    """Whether a value is, or holds, what a derivative could be taken with respect to."""
    held = context.snapshot(value)
    if isinstance(held, Var):
        return can_be_active(held.kind)
    return any(may_vary(context, child) for child in children(held))


def array_of(context: Context, value: Value) -> Value:
    return as_array(context, context.snapshot(value))


def known_rank(context: Context, value: Value, what: str) -> int:
    """The number of axes of a number or array.

    Raises: UnsupportedSyntaxError: TC112, it is not known.
    """
    found = rank_of(kind_of(context.atom(value)))
    if found is None:
        context.fail("TC112", f"the number of axes of {what} must be known")
    return found


def size_along(context: Context, value: Value, axis: int) -> Value:
    return size_of_axis(context, value, axis) if isinstance(value, Var) else _ONE


def known_axis(context: Context, axis: Value, rank: int, what: str) -> int:
    known = context.static(axis, f"'axis' of {what}")
    if not isinstance(known, (int, np.integer)) or not -rank <= known < rank:
        context.fail("TC116", f"axis {known} of an array with {rank} axes")
    return int(known) % rank


def holds_undefined(context: Context, value: Value) -> bool:
    held = context.snapshot(value)
    return is_undefined(held) or any(holds_undefined(context, child) for child in children(held))
