"""Lists and dicts that the program changes at run time.

Each change is one of a few operations that can be undone: the reverse sweep gives a list back what was taken from it.
The cotangents of a list are a list, those of a dict a dict, changed by the same operations.
"""

from __future__ import annotations

from typing import Any

from tangentc import numerics
from tangentc.kinds.dims import new_int
from tangentc.kinds.join import item_of, joined_items
from tangentc.kinds.types import (
    ANY,
    BOOL,
    Array,
    Const,
    Dict,
    Kind,
    List,
    Map,
    dtype_of,
    fresh,
    is_number,
)
from tangentc.primitives.core import Alias, Syntax
from tangentc.primitives.declare import declare
from tangentc.primitives.structure import no_kind

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]

CHANGES = ("list_append", "list_insert", "list_pop", "set_item", "del_item")
"""The operations that change a container."""


def list_append(items: list[Any], value: Any) -> None:
    items.append(value)


def list_insert(items: list[Any], index: int, value: Any) -> None:
    items.insert(index, value)


def list_pop(items: list[Any], index: int) -> Any:
    return items.pop(index)


def set_item(container: Any, key: Any, value: Any) -> None:
    container[key] = value


def del_item(container: Any, key: Any) -> None:
    del container[key]


def has_key(key: Any, container: Any) -> bool:
    return key in container


def popped_kind(kinds: Kinds, _: Attributes) -> Kind:
    return item_of(kinds[0].item) if isinstance(kinds[0], List) else ANY


def copied_kind(kinds: Kinds, _: Attributes) -> Kind:
    return kinds[0] if isinstance(kinds[0], List) else List(ANY)


def stacked_kind(kinds: Kinds, _: Attributes) -> Kind:
    """An axis for the entries, then their own."""
    item = kinds[0].item if isinstance(kinds[0], List) else ANY
    dtype, size = dtype_of(item), kinds[0].size if isinstance(kinds[0], List) else None
    first = fresh() if size is None else size
    match item_of(item):
        case Array(dtype, dims):
            return Array(dtype, None if dims is None else (first, *dims))
        case entry if is_number(entry):
            return Array(dtype, (first,))
    return Array(None, None)


def keys_kind(kinds: Kinds, _: Attributes) -> Kind:
    match kinds[0]:
        case Map(key, _):
            return List(key)
        case Dict(items):
            return List(joined_items([Const(key) for key, _ in items]))
    return List(ANY)


declare(
    "list_append", list_append, "items", "value",
    kind=no_kind, pure=False, writes=True, syntax=Syntax.METHOD, spelling="append",
)  # fmt: skip
declare(
    "list_insert", list_insert, "items", "index", "value",
    kind=no_kind, pure=False, writes=True, syntax=Syntax.METHOD, spelling="insert",
)  # fmt: skip
declare(
    "list_pop", list_pop, "items", "index",
    kind=popped_kind, alias=Alias.MAYBE, pure=False, writes=True, syntax=Syntax.SPECIAL, spelling="pop",
)  # fmt: skip
declare(
    "set_item", set_item, "container", "key", "value",
    kind=no_kind, pure=False, writes=True, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "del_item", del_item, "container", "key",
    kind=no_kind, pure=False, writes=True, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "stack_items", numerics.stack_items, "items", kind=stacked_kind, syntax=Syntax.SPECIAL, spelling="np.array",
)  # fmt: skip
declare("list_len", len, "items", kind=lambda _kinds, _: new_int(), cheap=True, spelling="len")
declare(
    "has_key", has_key, "key", "container", kind=lambda _kinds, _: BOOL, syntax=Syntax.BINARY, spelling="in"
)
declare("keys_of", list, "container", kind=keys_kind, spelling="list")
declare(
    "restore_item", numerics.restore_item, "container", "key", "saved",
    kind=no_kind, pure=False, writes=True,
)  # fmt: skip
declare("saved_item", numerics.saved_item, "container", "key", alias=Alias.MAYBE)
declare("add_items", numerics.add_items, "bars", "w", kind=no_kind, pure=False, writes=True)
declare("copied_items", list, "items", kind=copied_kind, syntax=Syntax.CALL, spelling="list")
declare("add_parts", numerics.add_parts, "a", "b", alias=Alias.FRESH)
declare("placed", numerics.placed, "w", "key", attributes={"size": None})
declare("part", numerics.part, "w", "key", alias=Alias.MAYBE)
