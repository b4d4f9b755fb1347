"""Lists, dicts and objects that the program makes at run time, because their structure is not known before.

What they hold is known by kind: every change tells the expressions that may have made the container what it holds,
and the program is lowered until nothing new is told.  An object is a dict of its attributes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from tangentc.frontend.library import dicts, library_call, lists, stands_in
from tangentc.frontend.library.sets import Set
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.heap import Contents
from tangentc.frontend.state.joining import joined
from tangentc.frontend.state.values import (
    DictValue,
    ListValue,
    ObjectValue,
    Ref,
    SliceValue,
    Static,
    TupleValue,
    Value,
    View,
    children,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, Literal, Var, kind_of
from tangentc.kinds.join import EACH, item_of, joined_items, widened
from tangentc.kinds.types import (
    ANY,
    INT,
    Array,
    Const,
    Dict,
    Int,
    Kind,
    List,
    Map,
    Sites,
    Tuple,
    is_container,
)  # fmt: skip
from tangentc.numerics import slice_indices
from tangentc.primitives.containers import keys_kind, stacked_kind
from tangentc.primitives.structure import item_kind

__all__ = [
    "call_method",
    "delete",
    "get",
    "length",
    "make",
    "put",
    "put_attribute",
    "read_attribute",
    "stacked",
]

_LAST = Literal(-1)
_NONE = Literal(None)


# --- what is held -----------------------------------------------------------------------------------


def _general(context: Context, kind: Kind) -> Kind:
    """A kind without what may differ from entry to entry: only the sizes of arguments stay."""
    kind = widened(kind)
    match kind:
        case Array(dtype, dims) if dims is not None:
            return Array(dtype, tuple(size if context.is_lasting(size) else EACH for size in dims))
        case Int():
            return Int(EACH)
        case Tuple(items):
            return Tuple(tuple(_general(context, item) for item in items))
    return kind


def tell(context: Context, kind: Kind, key: Value | None, value: Kind) -> None:
    """Note that containers of this kind hold `value`, under `key` if they are dicts."""
    if not is_container(kind):
        return
    assert isinstance(kind, (List, Dict, Map))
    value = _general(context, value)
    _align(context, kind.sites)
    known = context.constant(key) if key is not None else None
    for site in kind.sites:
        old = context.heap.sites.kinds.get(site)
        new: Kind
        match old:
            case None if isinstance(kind, List):
                new = List(value, None, kind.sites)
            case List(item, _, sites):
                new = List(_either(item, value), None, sites | kind.sites)
            case Map(keys, held, sites):
                assert key is not None
                new = Map(_joined(context, keys, key), _either(held, value), sites | kind.sites)
            case Dict(entries, cls, sites) if known is not None and (
                cls is None or isinstance(known.value, str)
            ):
                table = dict(entries)
                table[known.value] = _either(table[known.value], value) if known.value in table else value
                new = Dict(tuple(table.items()), cls, sites | kind.sites)
            case Dict(entries, None, sites):
                assert key is not None
                added = Map(_key_kind(context, key), value, sites | kind.sites)
                new = _alike(_mapped(entries, sites), added) if entries else added
                assert isinstance(new, Map)
            case _:
                context.fail("TC109", "an attribute whose name is not known is set")
        context.heap.tell(site, new)


def _align(context: Context, sites: Sites) -> None:
    """Containers of which any may be meant hold the same."""
    table = context.heap.sites.kinds
    found: list[Kind] = [table[site] for site in sites if site in table]
    if len(found) < 2 or all(kind == found[0] for kind in found):
        return
    either = functools.reduce(_alike, found)
    if isinstance(either, (List, Dict, Map)):
        for site in sites:
            context.heap.tell(site, either)


def _either(*kinds: Kind) -> Kind:
    """The kind of entries of these kinds: numbers of two types meet in the wider."""
    dicts = [kind for kind in kinds if isinstance(kind, Map) or (isinstance(kind, Dict) and kind.cls is None)]
    if (
        len(dicts) == len(kinds) and len({type(kind) for kind in kinds}) == 2
    ):  # one whose keys came to be known
        return Map(ANY, ANY, frozenset().union(*(kind.sites for kind in dicts)))
    found = joined_items(kinds)
    return functools.reduce(joined, kinds) if found == ANY else found


def _alike(a: Kind, b: Kind) -> Kind:
    """What containers hold of which any may be meant."""
    match a, b:
        case List(left, _, here), List(right, _, there):
            return List(_either(left, right), None, here | there)
        case Map(key, left, here), Map(other, right, there):
            return Map(_either(key, other), _either(left, right), here | there)
        case Dict(entries, cls, here), Dict(more, other_cls, there) if cls is other_cls:
            table = dict(entries)
            for name, held in more:
                table[name] = _either(table[name], held) if name in table else held
            return Dict(tuple(table.items()), cls, here | there)
        case (Map(key, left, here), Dict(entries, None, there)) | (
            Dict(entries, None, there),
            Map(key, left, here),
        ):
            if not entries:
                return Map(key, left, here | there)
            return _alike(Map(key, left, here), _mapped(entries, there))
    return ANY


def _mapped(entries: Sequence[tuple[Any, Kind]], sites: Sites) -> Map:
    """What a dict with these entries, some at least, holds as one whose keys are not told apart."""
    keys = (_any_like(Const(key)) for key, _ in entries)
    return Map(_either(*keys), _either(*(held for _, held in entries)), sites)


def _any_like(key: Kind) -> Kind:
    """The kind of any key of the same type."""
    match widened(key):
        case Int():
            return Int(EACH)
        case Tuple(items):
            return Tuple(tuple(map(_any_like, items)))
        case kind:
            return kind


def _key_kind(context: Context, key: Value) -> Kind:
    kind = kind_of(context.atom(key))
    if is_container(kind):
        context.fail(
            "TC109", "an object or list as a key of a dict is not supported", hint="use a number or a name"
        )
    return _general(context, kind)


def _joined(context: Context, keys: Kind, key: Value) -> Kind:
    return _either(keys, _key_kind(context, key))


def as_map(context: Context, kind: Kind) -> None:
    """Note that a dict is used with keys that are not known, or as a whole."""
    if isinstance(kind, Dict) and kind.cls is None:
        for site in kind.sites:
            old = context.heap.sites.kinds.get(site)
            if isinstance(old, Dict) and old.items:
                context.heap.tell(site, _mapped(old.items, kind.sites))


def _known_kind(context: Context, sites: Sites, empty: Kind) -> Kind:
    """What earlier lowerings know about the containers made at these places."""
    table = context.heap.sites.kinds
    known: list[Kind] = [table[site] for site in sites if site in table]
    kind = functools.reduce(_alike, known) if known else empty
    match kind:
        case List(item):
            return List(item, None, sites)
        case Dict(items, cls):
            return Dict(items, cls, sites)
        case Map(key, value):
            return Map(key, value, sites)
    return kind


def _now(context: Context, owner: Var) -> Kind:
    """The kind of a container with what it holds: that is known at the places where it may have been made."""
    kind = owner.kind
    assert isinstance(kind, (List, Dict, Map))
    return _known_kind(context, kind.sites, kind) if kind.sites else kind


def _reference(kind: Kind) -> Kind:
    """The kind of a container without what it holds, which may be itself."""
    match kind:
        case List(sites=sites):
            return List(ANY, None, sites)
        case Dict(_, cls, sites):
            return Dict((), cls, sites)
        case Map(sites=sites):
            return Map(ANY, ANY, sites)
    return kind


def is_unknown(context: Context, kind: Kind) -> bool:
    """Whether nothing has been put into containers of this kind so far: a later lowering will know more."""
    if not (isinstance(kind, (List, Dict, Map)) and kind.sites):
        return False
    known = [context.heap.sites.kinds.get(site) for site in kind.sites]
    return all(one is None or (isinstance(one, Dict) and not one.items and one.cls is None) for one in known)


# --- making -----------------------------------------------------------------------------------------


def make(context: Context, contents: Contents, sites: Sites) -> Value:
    """A container with these contents."""
    match contents:
        case ListValue(items):
            operands = _entries(context, items)
            for operand in operands:
                tell(context, List(ANY, None, sites), None, kind_of(operand))
            kind = _known_kind(context, sites, List(ANY, None, sites))
            return context.builder.op("list", *operands, kind=_reference(kind))
        case DictValue(entries):
            return _make_dict(context, entries, Dict((), None, sites))
        case ObjectValue(cls, attributes):
            return _make_dict(context, attributes, Dict((), cls, sites))


def _entries(context: Context, values: Sequence[Value]) -> list[Atom]:
    return [context.atom(value) for value in values]


def _make_dict(context: Context, entries: dict[Any, Value], empty: Dict) -> Value:
    operands = _entries(context, list(entries.values()))
    for site in empty.sites:
        context.heap.sites.kinds.setdefault(site, empty)
    for key, operand in zip(entries, operands, strict=True):
        tell(context, empty, Literal(key), kind_of(operand))
    kind = _known_kind(context, empty.sites, empty)
    return context.builder.op("dict", *operands, keys=tuple(entries), kind=_reference(kind))


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
        return _waiting(
            context, owner, key, "an entry of a list or dict is read into which nothing is ever put"
        )
    kind = _now(context, owner)
    if isinstance(kind, Dict) and kind.sites and (known is None or known.value not in dict(kind.items)):
        return _waiting(context, owner, key, "a key of a dict is read that is never set")
    where = context.atom(key)
    return context.builder.op("item", owner, where, kind=item_kind((kind, kind_of(where)), {}))


def _is_slice(key: Value) -> bool:
    return isinstance(key, SliceValue) or (isinstance(key, Literal) and isinstance(key.value, slice))


def _waiting(context: Context, owner: Var, key: Value, message: str) -> Value:
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
    return found, parts[2] in (_NONE, Literal(1))


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
    kind = keys_kind((_now(context, owner),), {})
    return context.builder.op("keys_of", owner, kind=kind)


# --- attributes -------------------------------------------------------------------------------------


def read_attribute(context: Context, owner: Var, cls: type, name: str) -> Value | None:
    """A data attribute of an object; None if the object has none of that name."""
    kind = _now(context, owner)
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
    kind = _now(context, items)
    assert isinstance(kind, List)
    if isinstance(kind.item, (List, Tuple)):
        return stacked(context, library_call(context, lists.rows, items))  # type: ignore[arg-type]
    return context.builder.op("stack_items", items, kind=stacked_kind((kind,), {}))


# --- methods ----------------------------------------------------------------------------------------


def call_method(
    context: Context, owner: Var, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """`owner.name(*args)`."""
    if any(map(is_undefined, (*args, *kwargs.values()))):
        return UNDEF
    match name, args:
        case "append", (value,) if isinstance(owner.kind, List):
            held = context.atom(value)
            tell(context, owner.kind, None, kind_of(held))
            context.builder.effect("list_append", owner, held)
            return _NONE
        case "appendleft", (value,):
            return call_method(context, owner, "insert", (Literal(0), value), {})
        case "popleft", ():
            return call_method(context, owner, "pop", (Literal(0),), {})
        case "pop", () if isinstance(owner.kind, List):
            return _pop(context, owner, _LAST)
        case "pop", (Literal(int() as index),) if index >= -1 and isinstance(owner.kind, List):
            return _pop(context, owner, Literal(index))
        case "pop", (index,) if isinstance(owner.kind, List):
            if context.frame.is_library:
                return _pop(context, owner, context.atom(index))
            return library_call(context, lists.pop, owner, index)
        case "insert", (Literal(0) as index, value):
            return _insert(context, owner, index, value)
        case "insert", (index, value):
            if context.frame.is_library:
                return _insert(context, owner, context.atom(index), value)
            return library_call(context, lists.insert, owner, index, value)
        case "copy", () if isinstance(owner.kind, List):
            return library_call(context, lists.collected, owner)
        case "clear", () if isinstance(owner.kind, List):
            return library_call(context, lists.clear, owner)
        case "extend", (more,):
            return extend(context, owner, more)
        case (("remove" | "index" | "count"), (value,)) if isinstance(owner.kind, List):
            return library_call(context, getattr(lists, name), owner, value)
        case "sort", () if isinstance(owner.kind, List):
            return library_call(context, lists.refill, owner, context.call(Static(sorted), owner, **kwargs))
        case "reverse", ():
            return library_call(context, lists.reverse, owner)
        case "keys", ():
            return keys(context, owner)
    if isinstance(owner.kind, (Dict, Map)):
        as_map(context, owner.kind)
        match name, args:
            case "values" | "items", ():
                return View(owner, name)
            case "get", (key, *default):
                return library_call(context, dicts.get, owner, key, default[0] if default else _NONE)
            case "setdefault", (key, *default):
                return library_call(context, dicts.setdefault, owner, key, default[0] if default else _NONE)
            case "pop", (key,):
                return library_call(context, dicts.pop, owner, key)
            case "pop", (key, default_value):
                return library_call(context, dicts.pop_or, owner, key, default_value)
            case "copy", ():
                return library_call(context, dicts.copied, owner)
            case "clear", ():
                return library_call(context, dicts.clear, owner)
            case "update", () | (_,):
                for more in args:
                    library_call(context, dicts.update, owner, more)
                for word, value in kwargs.items():
                    put(context, owner, Literal(word), value)
                return _NONE
    what = "list" if isinstance(owner.kind, List) else "dict"
    context.fail("TC108", f"the method {name!r} of a {what} that is made at run time is not supported")


def seen(context: Context, view: View) -> Value:
    """What a view of a dict shows now, as a list of its own."""
    return library_call(context, dicts.items if view.name == "items" else dicts.values, view.owner)


def extend(context: Context, owner: Var, more: Value) -> Value:
    """`owner.extend(more)`."""
    if more is owner:
        return library_call(context, lists.extend_by_itself, owner)
    return library_call(context, lists.extend, owner, more)


def _pop(context: Context, owner: Var, index: Atom) -> Value:
    if is_unknown(context, owner.kind):
        return _waiting(context, owner, index, "a list is popped into which nothing is ever put")
    kind = _now(context, owner)
    assert isinstance(kind, List)
    return context.builder.op("list_pop", owner, index, kind=item_of(kind.item))


def _insert(context: Context, owner: Var, index: Atom, value: Value) -> Value:
    held = context.atom(value)
    tell(context, owner.kind, None, kind_of(held))
    context.builder.effect("list_insert", owner, index, held)
    return _NONE


def check_result(context: Context, value: Value) -> None:
    """Refuse to return what would come back as something else: deques, and objects that are made at run time."""
    if isinstance(value, Ref):
        _check_sites(context, value.sites)
        value = context.contents(value)
    if isinstance(value, ObjectValue) and stands_in(value.cls):
        context.fail(
            "TC126", "an object of SciPy that is made of what may vary is returned",
            hint="return the data that it is made of",
        )  # fmt: skip
    if isinstance(value, Var) and isinstance(value.kind, (List, Dict, Map)):
        _check_kind(context, value.kind, set())
    for part in children(value):
        check_result(context, part)


def _check_kind(context: Context, kind: Kind, seen: set[Any]) -> None:
    """The same for whatever a container holds."""
    if isinstance(kind, Tuple):
        for item in kind.items:
            _check_kind(context, item, seen)
    if not isinstance(kind, (List, Dict, Map)) or kind.sites <= seen:
        return
    seen |= kind.sites
    _check_sites(context, kind.sites)
    if isinstance(kind, Dict) and kind.cls is not None:
        context.fail(
            "TC126", f"an object of type {kind.cls.__name__!r} that is made at run time is returned",
            hint="return its attributes",
        )  # fmt: skip
    match _known_kind(context, kind.sites, kind) if kind.sites else kind:
        case List(item):
            _check_kind(context, item, seen)
        case Dict(items):
            for _, item in items:
                _check_kind(context, item, seen)
        case Map(_, held):
            _check_kind(context, held, seen)


def _check_sites(context: Context, sites: Sites) -> None:
    if sites & context.heap.deques:
        context.fail("TC109", "a deque is returned, and would come back as a list", hint="return list(queue)")
    if any(isinstance(site, tuple) and site[-1] is Set for site in sites):
        context.fail("TC109", "a set that the program makes is returned", hint="return sorted(...)")


def is_dynamic(value: Value) -> bool:
    """Whether a value is a container that exists at run time and that the program may change."""
    return isinstance(value, Var) and is_container(value.kind)
