"""Lists, dicts and objects that the program makes at run time, because their structure is not known before.

What they hold is known by kind (`held.py`).  An object is a dict of its attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.frontend.library import dicts, library_call, lists
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.heap import Contents
from tangentc.frontend.state.held import as_map, is_unknown, kind_now, known_kind, reference, tell
from tangentc.frontend.state.values import (
    DictValue,
    ListValue,
    ObjectValue,
    SliceValue,
    TupleValue,
    Value,
    View,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, Literal, Var, kind_of
from tangentc.kinds.types import (
    ANY,
    INT,
    Const,
    Dict,
    List,
    Sites,
    Tuple,
    is_container,
)  # fmt: skip
from tangentc.numerics import slice_indices
from tangentc.primitives.containers import keys_kind, stacked_kind
from tangentc.primitives.structure import item_kind

__all__ = [
    "contains", "delete", "get", "is_dynamic", "keys", "length", "make", "put", "put_attribute", "read_attribute",
    "seen", "stacked", "waiting",
]  # fmt: skip


def is_dynamic(value: Value) -> bool:
    """Whether a value is a container that exists at run time and that the program may change."""
    return isinstance(value, Var) and is_container(value.kind)


# --- making -----------------------------------------------------------------------------------------


def make(context: Context, contents: Contents, sites: Sites) -> Value:
    """A container with these contents."""
    match contents:
        case ListValue(items):
            operands = _entries(context, items)
            for operand in operands:
                tell(context, List(ANY, None, sites), None, kind_of(operand))
            kind = known_kind(context, sites, List(ANY, None, sites))
            return context.builder.op("list", *operands, kind=reference(kind))
        case DictValue(entries):
            return _make_dict(context, entries, Dict((), None, sites))
        case ObjectValue(cls, attributes):
            if hasattr(cls, "__tangentc_array__"):
                context.fail(
                    "TC126", "a tensor is kept where only the run tells what is there",
                    hint="write it into a tensor made before the loop, or loop a number of times that is known",
                )  # fmt: skip
            return _make_dict(context, attributes, Dict((), cls, sites))


def _entries(context: Context, values: Sequence[Value]) -> list[Atom]:
    return [context.atom(value) for value in values]


def _make_dict(context: Context, entries: dict[Any, Value], empty: Dict) -> Value:
    operands = _entries(context, list(entries.values()))
    for site in empty.sites:
        context.heap.sites.kinds.setdefault(site, empty)
    for key, operand in zip(entries, operands, strict=True):
        tell(context, empty, Literal(key), kind_of(operand))
    kind = known_kind(context, empty.sites, empty)
    return context.builder.op("dict", *operands, keys=tuple(entries), kind=reference(kind))


# --- reading and writing ----------------------------------------------------------------------------


def get(context: Context, owner: Var, key: Value) -> Value:
    """`owner[key]`."""
    if _is_slice(key):
        return _sliced(context, owner, key)
    if is_undefined(key):
        return UNDEF
    known = context.constant(key)
    if known is None:
        as_map(context, owner.kind)
    if is_unknown(context, owner.kind):
        return waiting(
            context, owner, key, "an entry of a list or dict is read into which nothing is ever put"
        )
    kind = kind_now(context, owner)
    if isinstance(kind, Dict) and kind.sites and (known is None or known.value not in dict(kind.items)):
        return waiting(context, owner, key, "a key of a dict is read that is never set")
    where = context.atom(key)
    return context.builder.op("item", owner, where, kind=item_kind((kind, kind_of(where)), {}))


def _is_slice(key: Value) -> bool:
    return isinstance(key, SliceValue) or (isinstance(key, Literal) and isinstance(key.value, slice))


def waiting(context: Context, owner: Var, key: Value, message: str) -> Value:
    """A value of which a later lowering will know more; if none comes, the program reads what is not there."""
    context.builder.op("item", owner, context.atom(key), kind=ANY)  # it may fail, and a handler come next
    context.heap.missing = context.heap.missing or context.error("TC116", message)
    return UNDEF


def _sliced(context: Context, owner: Var, key: Value) -> Value:
    return library_call(context, lists.sliced, owner, *_ends(context, owner, key)[0])


def _ends(context: Context, owner: Var, key: Value) -> tuple[list[Value], bool]:
    """Where a slice of a list starts, stops and goes, and whether it goes to the next entry each time."""
    if isinstance(key, Literal):
        piece = key.value
        parts: tuple[Atom, ...] = (Literal(piece.start), Literal(piece.stop), Literal(piece.step))
    else:
        assert isinstance(key, SliceValue)
        parts = (key.start, key.stop, key.step)
    size = context.builder.op("list_len", owner)
    ends = context.op("call", Literal(slice_indices), *parts, size, kind=Tuple((INT, INT, INT)))
    found: list[Value] = [context.op("item", ends, Literal(k)) for k in range(3)]
    return found, parts[2] in (Literal(None), Literal(1))


def put(context: Context, owner: Var, key: Value, value: Value) -> None:
    """`owner[key] = value`."""
    if _is_slice(key):
        ends, is_plain = _ends(context, owner, key)
        if is_plain:
            library_call(context, lists.put_slice, owner, *ends[:2], value)
        else:
            library_call(context, lists.put_steps, owner, *ends, value)
        return
    if any(map(is_undefined, (key, value))):
        return
    held = context.atom(value)
    if not isinstance(owner.kind, List):
        if context.constant(key) is None:
            as_map(context, owner.kind)
    tell(context, owner.kind, None if isinstance(owner.kind, List) else key, kind_of(held))
    context.builder.effect("set_item", owner, context.atom(key), held)


def delete(context: Context, owner: Var, key: Value) -> None:
    """`del owner[key]`."""
    if _is_slice(key):
        ends, is_plain = _ends(context, owner, key)
        if not is_plain:
            context.fail("TC108", "every so many entries of this list are deleted", hint="build a new list")
        library_call(context, lists.put_slice, owner, *ends[:2], TupleValue(()))
        return
    if isinstance(owner.kind, List):
        library_call(context, lists.pop, owner, key)
        return
    as_map(context, owner.kind)
    context.builder.effect("del_item", owner, context.atom(key))


def length(context: Context, owner: Var) -> Value:
    """`len(owner)`."""
    as_map(context, owner.kind)
    return context.builder.op("list_len", owner)


def contains(context: Context, key: Value, owner: Var) -> Value:
    """`key in owner`."""
    if isinstance(owner.kind, List):
        return context.op("contains", key, owner)
    as_map(context, owner.kind)
    return context.builder.op("has_key", context.atom(key), owner)


def keys(context: Context, owner: Var) -> Value:
    """`list(owner)` of a dict."""
    as_map(context, owner.kind)
    if is_unknown(context, owner.kind):
        return UNDEF
    kind = keys_kind((kind_now(context, owner),), {})
    return context.builder.op("keys_of", owner, kind=kind)


def seen(context: Context, view: View) -> Value:
    """What a view of a dict shows now, as a list of its own."""
    return library_call(context, dicts.items if view.name == "items" else dicts.values, view.owner)


# --- attributes -------------------------------------------------------------------------------------


def read_attribute(context: Context, owner: Var, cls: type, name: str) -> Value | None:
    """A data attribute of an object; None if the object has none of that name."""
    kind = kind_now(context, owner)
    assert isinstance(kind, Dict)
    if name not in dict(kind.items):
        return None
    return context.builder.op("item", owner, name, kind=item_kind((kind, Const(name)), {}))


def put_attribute(context: Context, owner: Var, name: str, value: Value) -> None:
    put(context, owner, Literal(name), value)


# --- arrays -----------------------------------------------------------------------------------------


def stacked(context: Context, items: Var) -> Value:
    """The array that NumPy makes of a list."""
    assert isinstance(items.kind, List)
    if is_unknown(context, items.kind):
        return UNDEF
    kind = kind_now(context, items)
    assert isinstance(kind, List)
    if isinstance(kind.item, (List, Tuple)):
        return stacked(context, library_call(context, lists.rows, items))  # type: ignore[arg-type]
    return context.builder.op("stack_items", items, kind=stacked_kind((kind,), {}))
