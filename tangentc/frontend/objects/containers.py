"""Methods and writes of lists, dicts and tuples whose structure is known at compile time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tangentc.frontend.expressions.iteration import items_of, known_items
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.heap import Adopt, AtRunTime, Contents
from tangentc.frontend.state.values import DictValue, ListValue, Ref, TupleValue, Value, View, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, Var

__all__ = ["call_container_method", "delete_item", "extend", "set_item"]

_NONE = Literal(None)

Method = Callable[..., Value]

_LIST: dict[str, Method] = {}
_DICT: dict[str, Method] = {}


def _of(table: dict[str, Method], *names: str) -> Callable[[Method], Method]:
    """Register a method: it takes the context, the container, what it holds, and the arguments."""

    def decorate(method: Method) -> Method:
        for name in names or (method.__name__.strip("_"),):
            table[name] = method
        return method

    return decorate


_READING = ("index", "count", "copy", "items", "keys", "values", "get")
"""The methods that change nothing."""


def call_container_method(
    context: Context, owner: Value, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """`owner.name(*args)` of a list, dict or tuple of known structure."""
    held = context.contents(owner)
    if isinstance(held, TupleValue) and held.cls is not None:
        from tangentc.frontend.standard.objects import call_namedtuple_method

        found = call_namedtuple_method(context, held, name, args, kwargs)
        if found is not None:
            return found
    table = _DICT if isinstance(held, DictValue) else _LIST
    method = table.get(name)
    if method is None or (isinstance(held, TupleValue) and name not in ("index", "count")):
        what = {DictValue: "dict", TupleValue: "tuple"}.get(type(held), "list")
        context.fail("TC108", f"the method {name!r} of a {what} is not supported")
    if any(map(is_undefined, (*args, *kwargs.values()))):
        return UNDEF
    if name not in _READING:
        _adopt(context, owner)
    try:
        return method(context, owner, held, *args, **kwargs)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:
            context.fail("TC115", f"{name}(): wrong arguments")
        raise


def _change(context: Context, owner: Value, contents: Contents) -> None:
    """Let a container of the program hold something else."""
    if not isinstance(owner, Ref):
        _adopt(context, owner)
        context.fail(
            "TC107", "a list or dict that is shared with the rest of the program is written",
            hint="write to a copy, and return it",
        )  # fmt: skip
    context.change(owner, contents)


def _adopt(context: Context, owner: Value) -> None:
    """A list or dict that the program was given, and that it writes, becomes one of its own."""
    live = context.captures.live.get(owner)
    if live is not None and live.place.local:
        raise Adopt(live)


def _known(context: Context, owner: Value, key: Value) -> Any:
    """A key that is known at compile time; else the container is made at run time."""
    known = context.constant(key)
    if known is None:
        if isinstance(owner, Ref):
            raise AtRunTime(owner.sites)
        return context.static(key, "the key of a write to a container")
    return known.value


# --- writes by subscript ----------------------------------------------------------------------------


def set_item(context: Context, owner: Value, key: Value, value: Value) -> None:
    """`owner[key] = value`."""
    _adopt(context, owner)
    held = context.contents(owner)
    known = _known(context, owner, key)
    match held:
        case DictValue(items):
            _change(context, owner, DictValue({**items, known: value}))
        case ListValue(items):
            entries = list(items)
            try:
                entries[known] = (
                    items_of(context, value, "the length of what is stored")
                    if isinstance(known, slice)
                    else value
                )
            except (IndexError, TypeError, ValueError) as error:
                context.fail("TC116", str(error))
            _change(context, owner, ListValue(tuple(entries)))
        case _:
            context.fail("TC108", "a tuple cannot be changed", hint="make a list")


def delete_item(context: Context, owner: Value, key: Value) -> None:
    """`del owner[key]`."""
    _adopt(context, owner)
    held = context.contents(owner)
    known = _known(context, owner, key)
    try:
        if isinstance(held, DictValue):
            entries = dict(held.items)
            del entries[known]
            _change(context, owner, DictValue(entries))
        else:
            assert isinstance(held, ListValue)
            remaining = list(held.items)
            del remaining[known]
            _change(context, owner, ListValue(tuple(remaining)))
    except LookupError as error:
        context.fail("TC116", f"no entry {error}" if isinstance(error, KeyError) else str(error))


# --- lists ------------------------------------------------------------------------------------------


@_of(_LIST)
def _append(context: Context, owner: Value, held: ListValue, value: Value) -> Value:
    _change(context, owner, ListValue((*held.items, value)))
    return _NONE


@_of(_LIST)
def extend(context: Context, owner: Value, held: ListValue, values: Value) -> Value:
    """`owner.extend(values)`, and `owner += values`."""
    _adopt(context, owner)
    more = known_items(context, values)
    if more is None:
        if isinstance(owner, Ref):
            raise AtRunTime(owner.sites)
        more = items_of(context, values, "the length of what is added")
    _change(context, owner, ListValue((*held.items, *more)))
    return _NONE


@_of(_LIST)
def _insert(context: Context, owner: Value, held: ListValue, index: Value, value: Value) -> Value:
    entries = list(held.items)
    entries.insert(_known(context, owner, index), value)
    _change(context, owner, ListValue(tuple(entries)))
    return _NONE


_LAST = Literal(-1)


@_of(_LIST)
def _pop(context: Context, owner: Value, held: ListValue, index: Value = _LAST) -> Value:
    entries = list(held.items)
    known = _known(context, owner, index)
    if not -len(entries) <= known < len(entries):
        if isinstance(owner, Ref) and context.is_uncertain:
            raise AtRunTime(owner.sites)
        context.fail("TC116", "pop from an empty list" if not entries else "pop index out of range")
    value = entries.pop(known)
    _change(context, owner, ListValue(tuple(entries)))
    return value


@_of(_LIST, "popleft")
def _popleft(context: Context, owner: Value, held: ListValue) -> Value:
    return _pop(context, owner, held, Literal(0))


@_of(_LIST, "appendleft")
def _appendleft(context: Context, owner: Value, held: ListValue, value: Value) -> Value:
    return _insert(context, owner, held, Literal(0), value)


@_of(_LIST)
def _remove(context: Context, owner: Value, held: ListValue, value: Value) -> Value:
    position = _position(context, held, value)
    _change(context, owner, ListValue(held.items[:position] + held.items[position + 1 :]))
    return _NONE


@_of(_LIST)
def _index(context: Context, owner: Value, held: ListValue, value: Value) -> Value:
    return Literal(_position(context, held, value))


@_of(_LIST)
def _count(context: Context, owner: Value, held: ListValue, value: Value) -> Value:
    known = context.static(value, "what is counted")
    return Literal([context.static(item, "an entry that is compared") for item in held.items].count(known))


def _position(context: Context, held: ListValue | TupleValue, value: Value) -> int:
    known = context.static(value, "what is looked for")
    for position, item in enumerate(held.items):
        if context.static(item, "an entry that is compared") == known:
            return position
    context.fail("TC116", f"{known!r} is not in the list")


@_of(_LIST)
def _clear(context: Context, owner: Value, held: ListValue) -> Value:
    _change(context, owner, ListValue(()))
    return _NONE


@_of(_LIST)
def _reverse(context: Context, owner: Value, held: ListValue) -> Value:
    _change(context, owner, ListValue(held.items[::-1]))
    return _NONE


@_of(_LIST)
def _sort(context: Context, owner: Value, held: ListValue, **options: Value) -> Value:
    from tangentc.frontend.standard.builtins import BUILTINS

    ordered = context.contents(BUILTINS[sorted](context, (held,), options))
    assert isinstance(ordered, ListValue)
    _change(context, owner, ordered)
    return _NONE


@_of(_LIST, "copy")
def _copy_of_list(context: Context, owner: Value, held: ListValue) -> Value:
    return context.allocate(ListValue(held.items))


# --- dicts ------------------------------------------------------------------------------------------


@_of(_DICT)
def _items(_: Context, owner: Value, held: DictValue) -> Value:
    return _view(owner, held, "items")


@_of(_DICT)
def _keys(_: Context, owner: Value, held: DictValue) -> Value:
    return _view(owner, held, "keys")


@_of(_DICT)
def _values(_: Context, owner: Value, held: DictValue) -> Value:
    return _view(owner, held, "values")


def _view(owner: Value, held: DictValue, name: str) -> Value:
    """What a dict holds: of one that nobody changes, once and for all."""
    if isinstance(owner, Ref):
        return View(owner, name)
    return View(owner, name).of(held)


@_of(_DICT)
def _get(context: Context, owner: Value, held: DictValue, key: Value, default: Value = _NONE) -> Value:
    return held.items.get(_known(context, owner, key), default)


@_of(_DICT, "copy")
def _copy_of_dict(context: Context, owner: Value, held: DictValue) -> Value:
    return context.allocate(DictValue(dict(held.items)))


@_of(_DICT)
def _setdefault(context: Context, owner: Value, held: DictValue, key: Value, default: Value = _NONE) -> Value:
    known = _known(context, owner, key)
    if known not in held.items:
        _change(context, owner, DictValue({**held.items, known: default}))
        return default
    return held.items[known]


@_of(_DICT, "pop")
def _pop_key(
    context: Context, owner: Value, held: DictValue, key: Value, default: Value | None = None
) -> Value:
    known = _known(context, owner, key)
    if known not in held.items:
        if default is None and isinstance(owner, Ref) and context.is_uncertain:
            raise AtRunTime(owner.sites)
        if default is None:
            context.fail("TC116", f"the key {known!r} is not in the dict")
        return default
    _change(context, owner, DictValue({k: v for k, v in held.items.items() if k != known}))
    return held.items[known]


@_of(_DICT)
def _popitem(context: Context, owner: Value, held: DictValue) -> Value:
    if not held.items:
        context.fail("TC116", "popitem(): the dict is empty")
    key = next(reversed(held.items))
    return TupleValue((Literal(key), _pop_key(context, owner, held, Literal(key))))


@_of(_DICT)
def _update(
    context: Context, owner: Value, held: DictValue, other: Value | None = None, **entries: Value
) -> Value:
    from tangentc.frontend.standard.builtins import BUILTINS

    if isinstance(owner, Ref) and isinstance(other, Var):
        raise AtRunTime(owner.sites)
    given = context.contents(
        BUILTINS[dict](context, () if other is None else (context.contents(other),), entries)
    )
    assert isinstance(given, DictValue)
    _change(context, owner, DictValue({**held.items, **given.items}))
    return _NONE


@_of(_DICT, "clear")
def _clear_dict(context: Context, owner: Value, held: DictValue) -> Value:
    _change(context, owner, DictValue({}))
    return _NONE
