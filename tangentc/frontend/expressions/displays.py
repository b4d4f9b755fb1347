"""Names, constants, displays of containers, formatted text, `lambda`."""

from __future__ import annotations

from typing import Any

import gast

from tangentc.frontend.expressions.iteration import items_of
from tangentc.frontend.functions.inlining import closure
from tangentc.frontend.library import dicts, library_call
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.context import Context, lowers
from tangentc.frontend.state.values import (
    DictValue,
    ListValue,
    TupleValue,
    Value,
)
from tangentc.ir.nodes import Literal, Var

__all__: list[str] = []


@lowers(gast.Constant)
def _constant(_: Context, node: gast.Constant) -> Value:
    return Literal(node.value)


@lowers(gast.Name)
def _name(context: Context, node: gast.Name) -> Value:
    return context.lookup(node.id)


@lowers(gast.Tuple, gast.List)
def _sequence(context: Context, node: gast.Tuple | gast.List) -> Value:
    items = tuple(item for element in node.elts for item in _elements(context, element))
    return TupleValue(items) if isinstance(node, gast.Tuple) else context.allocate(ListValue(items))


def _elements(context: Context, node: gast.AST) -> tuple[Value, ...]:
    if isinstance(node, gast.Starred):
        several = context.expression(node.value)
        context.take(several)
        return items_of(context, several, "the length of what is unpacked")
    return (context.expression(node),)


@lowers(gast.Dict)
def _dict(context: Context, node: gast.Dict) -> Value:
    entries: list[tuple[Value | None, Value]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        entries.append((None if key is None else context.expression(key), context.expression(value)))
    items: dict[Any, Value] = {}
    for known, value in entries:
        if known is None:
            other = context.contents(value)
            if not isinstance(other, DictValue):
                return _dict_at_run_time(context, entries)
            items.update(other.items)
        elif context.constant(known) is None:
            return _dict_at_run_time(context, entries)
        else:
            items[context.static(known, "a key of a dict")] = value
    return context.allocate(DictValue(items))


def _dict_at_run_time(context: Context, entries: list[tuple[Value | None, Value]]) -> Value:
    """A dict display with keys that are not known."""
    context.heap.sites.at_run_time.add(context.site_of(DictValue({})))
    made = context.allocate(DictValue({}))
    assert isinstance(made, Var)
    for key, value in entries:
        if key is None:
            library_call(context, dicts.update, made, value)
        else:
            dynamic.put(context, made, key, value)
    return made


@lowers(gast.NamedExpr)
def _walrus(context: Context, node: gast.NamedExpr) -> Value:
    value = context.expression(node.value)
    context.bind(node.target.id, value)
    return context.environment[context.key(node.target.id)]


@lowers(gast.JoinedStr)
def _text(context: Context, node: gast.JoinedStr) -> Value:
    values: list[Value] = []
    parts = _parts(context, node, values)
    if not values:
        return Literal("".join(str(part) for part in parts))
    return context.op("format", *values, parts=parts)


def _parts(context: Context, node: gast.JoinedStr, values: list[Value]) -> tuple[Any, ...]:
    parts: list[Any] = []
    for piece in node.values:
        if isinstance(piece, gast.Constant):
            parts.append(piece.value)
            continue
        values.append(context.snapshot(context.expression(piece.value)))
        conversion = "" if piece.conversion in (-1, None) else chr(piece.conversion)
        spec = () if piece.format_spec is None else _parts(context, piece.format_spec, values)
        parts.append((conversion, spec))
    return tuple(parts)


@lowers(gast.Lambda)
def _lambda(context: Context, node: gast.Lambda) -> Value:
    return closure(context, node, "<lambda>")
