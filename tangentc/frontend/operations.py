"""A call of a primitive: its arguments become operands and static attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.frontend.context import Context
from tangentc.frontend.values import ListValue, TupleValue, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal
from tangentc.primitives.binding import NOT_STATIC, BindError, Values, bind
from tangentc.primitives.core import Primitive

__all__ = ["apply_primitive"]


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
    if primitive.effect:
        context.effect(primitive, *args, *kwargs.values(), keywords=tuple(kwargs))
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
        name: context.static(value, f"{name!r} of {primitive.spelling}") for name, value in attributes.items()
    }
    if primitive.results > 1:
        return TupleValue(context.builder.ops(primitive, *map(context.atom, operands), **known))
    return context.op(primitive, *operands, **known)


def _items(value: Value) -> Sequence[Value] | None:
    match value:
        case TupleValue(items=items) | ListValue(items):
            return items
        case Literal(tuple() | list() as constant):
            return [Literal(item) for item in constant]
    return None
