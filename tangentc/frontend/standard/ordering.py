"""`sorted`, and sets."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any as AnyType

import gast

from tangentc.frontend.expressions.iteration import known_items
from tangentc.frontend.functions.passive import opaque
from tangentc.frontend.library import library_call, lists, sequences, sets
from tangentc.frontend.objects.instances import construct
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.classes import class_of_owner
from tangentc.frontend.state.context import Context, lowers
from tangentc.frontend.state.values import (
    ListValue,
    TupleValue,
    Value,
    children,
    is_undefined,
    rebuilt,
    same_shape,
)
from tangentc.ir.nodes import UNDEF, Literal, Var
from tangentc.kinds.types import Any, Object, rank_of

__all__ = ["in_any_order"]


@builtin(sets.members)
def in_any_order(context: Context, value: Value) -> Value:
    """What may be run over in place of a set where the order does not matter; other values as they are."""
    is_set = class_of_owner(context, value) is sets.Set
    return library_call(context, sets.entries_of, value) if is_set else value


@builtin(sorted, consumes=True)
def _sorted(
    context: Context, value: Value, *, key: Value | None = None, reverse: Value | None = None
) -> Value:
    """The order is found from the keys when the program runs, the entries are chosen by it."""
    backwards = reverse is not None and bool(context.static(reverse, "reverse"))
    value = in_any_order(context, value)
    entries = known_items(context, value)
    has_key = key is not None and key != Literal(None)
    if entries is None:
        return _sorted_at_run_time(context, value, key if has_key else None, backwards)
    keys = entries
    if key is not None and has_key:
        keys = tuple(context.call(key, entry) for entry in entries)
    constants = [context.constant(k) for k in keys]
    if None not in constants:
        known = [constant.value for constant in constants if constant is not None]
        places = sorted(range(len(known)), key=known.__getitem__, reverse=backwards)
        return context.allocate(ListValue(tuple(entries[i] for i in places)))
    if len(entries) == 1:
        return context.allocate(ListValue(entries))
    order = context.op("sorted_order", *keys, reverse=backwards)
    chosen = [context.op("item", order, Literal(i)) for i in range(len(entries))]
    return context.allocate(ListValue(_permuted(context, entries, chosen)))


def _sorted_at_run_time(context: Context, value: Value, key: Value | None, backwards: bool) -> Value:
    """A list of the entries, whose number is not known, in the order of numbers."""
    items = library_call(context, lists.collected, value)
    if backwards:  # entries with equal keys stay in their order all the same
        items = library_call(context, lists.backwards, items)
    keys = items if key is None else library_call(context, lists.mapped, key, items)
    order = library_call(context, lists.order, keys)
    if is_undefined(order):
        return UNDEF
    assert isinstance(order, Var)
    if rank_of(order.kind) != 1:
        context.fail(
            "TC117", "the length of what is sorted by anything but numbers must be known when the function is compiled",
            hint="sort the positions, by one number each",
        )  # fmt: skip
    found = library_call(context, lists.chosen, items, order)
    return library_call(context, lists.backwards, found) if backwards else found


def _permuted(context: Context, entries: Sequence[Value], places: Sequence[Value]) -> tuple[Value, ...]:
    """The entries at places that are known when the program runs; those that are structure go part by part."""
    first, *others = entries
    if isinstance(first, Literal) and all(isinstance(e, Literal) and e == first for e in others):
        return (first,) * len(places)
    if all(isinstance(entry, (Var, Literal)) for entry in entries):
        everything = context.op("tuple", *entries)
        return tuple(context.op("item", everything, place) for place in places)
    if isinstance(first, (Var, Literal)) or not all(same_shape(first, other) for other in others):
        context.fail("TC109", "what is sorted by numbers that are not known before must have one structure")
    columns = [_permuted(context, column, places) for column in zip(*map(children, entries), strict=True)]
    return tuple(rebuilt(first, parts) for parts in zip(*columns, strict=True))


# --- sets -------------------------------------------------------------------------------------------


@builtin(set, frozenset)
def _set(context: Context, items: Value | None = None) -> Value:
    """An object of the library; of things that are not known, what Python makes."""
    if isinstance(items, Var) and isinstance(items.kind, (Any, Object)):
        return opaque(context, set, (items,), {})
    made = construct(context, sets.Set, (TupleValue(()) if items is None else items,), {})
    assert made is not None
    return made


@lowers(gast.Set)
def _display(context: Context, node: gast.Set) -> Value:
    """`{a, b}`"""
    return _set(context, context.expression(_as_tuple(node)))


@lowers(gast.SetComp)
def _comprehension(context: Context, node: gast.SetComp) -> Value:
    """`{e for v in it}`"""
    return _set(context, context.expression(_as_generator(node)))


@functools.lru_cache(maxsize=512)
def _as_tuple(node: gast.Set) -> gast.Tuple:
    return gast.copy_location(gast.Tuple(node.elts, gast.Load()), node)


@functools.lru_cache(maxsize=512)
def _as_generator(node: gast.SetComp) -> gast.GeneratorExp:
    return gast.copy_location(gast.GeneratorExp(node.elt, node.generators), node)


@builtin(sequences.rising)
def _rising(context: Context, entries: Value) -> Value:
    """In which order Python runs over a set is only known for numbers that stand one after the other in its table."""
    keys = known_items(context, entries)
    known: list[AnyType] = [key.value if isinstance(key, Literal) else None for key in keys or ()]
    if keys is not None and all(type(key) is int for key in known):
        falling = sorted(known, reverse=True)
        if list(set(falling)) == list(set(known)) == falling[::-1]:
            return TupleValue(tuple(map(Literal, set(known))))
    context.fail(
        "TC117", "in which order the entries of this set come is not known when the function is compiled",
        hint="run over sorted(...)",
    )  # fmt: skip
