"""A call of a primitive: its arguments become operands and static attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.frontend.state.context import Context
from tangentc.frontend.state.dynamic import stacked
from tangentc.frontend.state.values import ListValue, TupleValue, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import Array, List, Scalar, can_be_active, rank_of
from tangentc.primitives.binding import NOT_STATIC, BindError, Values, bind
from tangentc.primitives.core import Primitive, named

__all__ = ["apply_primitive", "as_array", "is_array"]

# lists stay what they are here
_STRUCTURAL = {
    "shape", "reps", "shift", "repeats", "indices", "condition", "pad_width", "new_shape", "window_shape", "dimensions",
    "dims", "multi_index", "keys", "kth",
}  # fmt: skip


def apply_primitive(
    context: Context,
    primitive: Primitive,
    args: Sequence[Value],
    kwargs: dict[str, Value],
    method: bool = False,
) -> Value:
    """`primitive(*args, **kwargs)` as one operation; `method` marks `x.reshape(2, 3)`, with x as first argument."""
    if any(map(is_undefined, (*args, *kwargs.values()))):
        return UNDEF
    if args and isinstance(args[0], Var) and isinstance(args[0].kind, List):
        found = _of_list(context, primitive, args[0], args[1:], kwargs)
        if found is not None:
            return found
    if primitive.effect:
        named = {"keywords": tuple(kwargs)} if kwargs else {}
        context.effect(primitive, *args, *kwargs.values(), **named)
        return Literal(None)

    def static(value: Value) -> Any:
        known = context.constant(value)
        return NOT_STATIC if known is None else known.value

    values: Values[Value] = Values(_items, lambda items: TupleValue(tuple(items)), Literal, static)
    try:
        operands, attributes = bind(primitive, args, kwargs, values, method=method)
    except BindError as error:
        context.fail("TC115", str(error))
    known = {
        name: _hashable(name, context.static(value, f"{name!r} of {primitive.spelling}"))
        for name, value in attributes.items()
    }
    if _is_numeric(primitive):
        names = {i: name for i, name in enumerate(primitive.operands) if name in _STRUCTURAL}
        operands = [x if i in names else as_array(context, x) for i, x in enumerate(operands)]
    if primitive.results > 1:
        results = context.builder.ops(primitive, *map(context.atom, operands), **known)
        return TupleValue(results, primitive.record)
    return context.apply(primitive, operands, known)


def _of_list(
    context: Context, primitive: Primitive, items: Var, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """An array made of the entries of a list that is made at run time; None for other operations."""
    if primitive.name not in (
        "np.array",
        "np.asarray",
        "np.stack",
        "np.concatenate",
        "np.vstack",
        "np.hstack",
    ):
        return None
    array = stacked(context, items)
    if is_undefined(array):
        return UNDEF
    rank = rank_of(kind_of(array)) if isinstance(array, Var) else None
    if primitive.name in ("np.array", "np.asarray"):
        rest = (array, *args)
        return apply_primitive(context, primitive, rest, kwargs) if args or kwargs else array
    axis = context.static(args[0] if args else kwargs.get("axis", Literal(0)), "axis")
    if primitive.name == "np.stack":
        return array if axis == 0 else context.op("np.moveaxis", array, source=0, destination=axis)
    if primitive.name == "np.vstack" and rank == 2:
        return array
    first = 1 if primitive.name == "np.hstack" and rank is not None and rank > 2 else axis
    if rank is None or rank < 2 or not isinstance(array, Var):
        context.fail("TC109", f"{primitive} of a list whose entries have no known number of axes")
    moved = array if first == 0 else context.op("np.moveaxis", array, source=0, destination=first)
    assert isinstance(moved, Var)
    sizes = [context.op("dim", moved, axis=axis) for axis in range(rank)]
    sizes[first : first + 2] = [Literal(-1)]
    return context.op("np.reshape", moved, context.op("tuple", *sizes))


def _is_numeric(primitive: Primitive) -> bool:
    """Whether lists of numbers among the operands stand for arrays."""
    return primitive.name.startswith(("np.", "scipy.")) or primitive.name in (
        "matmul",
        "math.dist",
        "math.fsum",
    )


def _hashable(name: str, attribute: Any) -> Any:
    """`axes=([0, 1], [1, 0])` as tuples, which NumPy takes as well; the fields of a record as its dtype."""
    if not isinstance(attribute, (list, tuple)):
        return attribute
    return np.dtype(attribute) if name == "dtype" else tuple(_hashable("", entry) for entry in attribute)


def as_array(context: Context, value: Value) -> Value:
    """A list or tuple of numbers as the array that NumPy makes of it."""
    if isinstance(value, Var) and isinstance(value.kind, List):
        return stacked(context, value)
    held = context.snapshot(value)
    items = _items(held)
    if not items or not any(map(_holds_numbers, items)):
        return value
    return apply_primitive(context, named("np.array"), (held,), {})


def _holds_numbers(value: Value) -> bool:
    match value:
        case Var(kind=kind):
            return can_be_active(kind)
        case Literal(number):
            return isinstance(number, (int, float, complex)) or bool(_items(value))
    return any(map(_holds_numbers, _items(value) or ()))


def is_array(value: Value) -> bool:
    """Whether NumPy decides what an operator does with this operand and another."""
    return isinstance(value, Var) and isinstance(value.kind, (Array, Scalar))


def _items(value: Value) -> Sequence[Value] | None:
    match value:
        case TupleValue(items=items) | ListValue(items):
            return items
        case Literal(tuple() | list() as constant):
            return [Literal(item) for item in constant]
    return None
