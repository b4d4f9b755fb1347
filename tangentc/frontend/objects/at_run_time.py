"""Methods of lists and dicts that the program makes at run time.

Most are functions of `library/`, which say the same with fewer methods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tangentc.frontend.library import dicts, library_call, lists
from tangentc.frontend.objects.containers import with_arguments
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.dynamic import keys, put, waiting
from tangentc.frontend.state.held import as_map, is_unknown, kind_now, tell
from tangentc.frontend.state.values import Static, Value, View, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.join import item_of
from tangentc.kinds.types import List

__all__ = ["call_method", "extend"]

_FIRST, _LAST, _NONE = Literal(0), Literal(-1), Literal(None)

Method = Callable[..., Value]
"""Takes the context, the container and the arguments."""


def call_method(
    context: Context, owner: Var, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """`owner.name(*args)`."""
    if any(map(is_undefined, (*args, *kwargs.values()))):
        return UNDEF
    is_list = isinstance(owner.kind, List)
    method = (_LIST if is_list else _DICT).get(name)
    if method is None:
        what = "list" if is_list else "dict"
        context.fail("TC108", f"the method {name!r} of a {what} that is made at run time is not supported")
    if not is_list:
        as_map(context, owner.kind)
    return with_arguments(context, name, method, context, owner, *args, **kwargs)


# --- lists ------------------------------------------------------------------------------------------


def _append(context: Context, owner: Var, value: Value) -> Value:
    held = context.atom(value)
    tell(context, owner.kind, None, kind_of(held))
    context.builder.effect("list_append", owner, held)
    return _NONE


def _insert(context: Context, owner: Var, index: Value, value: Value) -> Value:
    if not context.frame.is_library and index != _FIRST:
        return library_call(context, lists.insert, owner, index, value)
    held = context.atom(value)
    tell(context, owner.kind, None, kind_of(held))
    context.builder.effect("list_insert", owner, context.atom(index), held)
    return _NONE


def _pop(context: Context, owner: Var, index: Value = _LAST) -> Value:
    is_in_order = isinstance(index, Literal) and isinstance(index.value, int) and index.value >= -1
    if not context.frame.is_library and not is_in_order:
        return library_call(context, lists.pop, owner, index)
    place = context.atom(index)
    if is_unknown(context, owner.kind):
        return waiting(context, owner, place, "a list is popped into which nothing is ever put")
    kind = kind_now(context, owner)
    assert isinstance(kind, List)
    return context.builder.op("list_pop", owner, place, kind=item_of(kind.item))


def _appendleft(context: Context, owner: Var, value: Value) -> Value:
    return _insert(context, owner, _FIRST, value)


def _popleft(context: Context, owner: Var) -> Value:
    return _pop(context, owner, _FIRST)


def extend(context: Context, owner: Var, more: Value) -> Value:
    """`owner.extend(more)`."""
    if more is owner:
        return library_call(context, lists.extend_by_itself, owner)
    return library_call(context, lists.extend, owner, more)


def _copy(context: Context, owner: Var) -> Value:
    return library_call(context, lists.collected, owner)


def _clear(context: Context, owner: Var) -> Value:
    return library_call(context, lists.clear, owner)


def _reverse(context: Context, owner: Var) -> Value:
    return library_call(context, lists.reverse, owner)


def _remove(context: Context, owner: Var, value: Value) -> Value:
    return library_call(context, lists.remove, owner, value)


def _index(context: Context, owner: Var, value: Value) -> Value:
    return library_call(context, lists.index, owner, value)


def _count(context: Context, owner: Var, value: Value) -> Value:
    return library_call(context, lists.count, owner, value)


def _sort(context: Context, owner: Var, **options: Value) -> Value:
    return library_call(context, lists.refill, owner, context.call(Static(sorted), owner, **options))


_LIST: dict[str, Method] = {
    "append": _append,
    "appendleft": _appendleft,
    "clear": _clear,
    "copy": _copy,
    "count": _count,
    "extend": extend,
    "index": _index,
    "insert": _insert,
    "pop": _pop,
    "popleft": _popleft,
    "remove": _remove,
    "reverse": _reverse,
    "sort": _sort,
}


# --- dicts ------------------------------------------------------------------------------------------


def _items(_: Context, owner: Var) -> Value:
    return View(owner, "items")


def _values(_: Context, owner: Var) -> Value:
    return View(owner, "values")


def _get(context: Context, owner: Var, key: Value, default: Value = _NONE) -> Value:
    return library_call(context, dicts.get, owner, key, default)


def _setdefault(context: Context, owner: Var, key: Value, default: Value = _NONE) -> Value:
    return library_call(context, dicts.setdefault, owner, key, default)


def _pop_key(context: Context, owner: Var, key: Value, default: Value | None = None) -> Value:
    if default is None:
        return library_call(context, dicts.pop, owner, key)
    return library_call(context, dicts.pop_or, owner, key, default)


def _copy_of_dict(context: Context, owner: Var) -> Value:
    return library_call(context, dicts.copied, owner)


def _clear_dict(context: Context, owner: Var) -> Value:
    return library_call(context, dicts.clear, owner)


def _update(context: Context, owner: Var, more: Value | None = None, /, **named: Value) -> Value:
    if more is not None:
        library_call(context, dicts.update, owner, more)
    for word, value in named.items():
        put(context, owner, Literal(word), value)
    return _NONE


_DICT: dict[str, Method] = {
    "clear": _clear_dict,
    "copy": _copy_of_dict,
    "get": _get,
    "items": _items,
    "keys": keys,
    "pop": _pop_key,
    "setdefault": _setdefault,
    "update": _update,
    "values": _values,
}
