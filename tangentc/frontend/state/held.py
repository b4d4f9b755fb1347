"""What lists, dicts and objects hold that the program makes at run time: a fact about the places where they are made.

Every change tells the expressions that may have made the container what it holds, and the program is lowered until
nothing new is told.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from tangentc.frontend.library import stands_in
from tangentc.frontend.library.sets import Set
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.joining import joined
from tangentc.frontend.state.values import (
    ObjectValue,
    Ref,
    Value,
    children,
)
from tangentc.ir.nodes import Var, kind_of
from tangentc.kinds.join import EACH, joined_items, widened
from tangentc.kinds.types import (
    ANY,
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

__all__ = ["as_map", "check_result", "is_unknown", "kind_now", "known_kind", "reference", "tell"]


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


def known_kind(context: Context, sites: Sites, empty: Kind) -> Kind:
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


def kind_now(context: Context, owner: Var) -> Kind:
    """The kind of a container with what it holds: that is known at the places where it may have been made."""
    kind = owner.kind
    assert isinstance(kind, (List, Dict, Map))
    return known_kind(context, kind.sites, kind) if kind.sites else kind


def reference(kind: Kind) -> Kind:
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
    match known_kind(context, kind.sites, kind) if kind.sites else kind:
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
