"""What library functions about objects mean: copies, dataclasses as dicts and tuples, attributes by name."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any

from tangentc.frontend.library import dicts, library_call, lists
from tangentc.frontend.objects.attributes import attribute, unchanged_object
from tangentc.frontend.objects.instances import construct, delete_attribute
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.captures import is_library_class
from tangentc.frontend.state.classes import call_special, class_of_owner, defines
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    DictValue,
    Instance,
    ListValue,
    ObjectValue,
    Ref,
    Static,
    Super,
    TupleValue,
    Value,
    children,
    is_undefined,
    rebuilt,
)
from tangentc.ir.nodes import UNDEF, Literal, Var
from tangentc.kinds.records import fields_of
from tangentc.kinds.types import Array, Dict, List, Map

__all__ = ["call_namedtuple_method"]

Memo = dict[Any, Value]


# --- copies -----------------------------------------------------------------------------------------


@builtin(copy.copy)
def _copy(context: Context, value: Value) -> Value:
    if is_undefined(value):
        return UNDEF
    if defines(context, value, "__copy__"):
        return call_special(context, value, "__copy__")
    match value, context.contents(value):
        case Ref(), (ListValue() | DictValue() | ObjectValue()) as held:
            return context.allocate(held)
        case _, (ListValue() | DictValue()) as held:
            return context.allocate(held)
        case Instance(obj), _:
            return context.allocate(_attributes(context, value, obj))
        case Var(kind=Array()), _:
            return context.op("copy", value)
        case Var(kind=Dict(cls=cls)) as owner, _ if cls is not None:
            return context.allocate(_of_record(context, owner, cls))
        case Var(kind=List() | Dict() | Map()) as owner, _:
            return dynamic.call_method(context, owner, "copy", (), {})
    return value


@builtin(copy.deepcopy)
def _deepcopy(context: Context, value: Value, memo: Value | None = None) -> Value:
    if memo is not None:
        context.fail("TC109", "deepcopy with a memo is not supported")
    return _deep(context, value, {})


def _deep(context: Context, value: Value, memo: Memo) -> Value:
    """A copy down to the arrays; what is one inside the value is one inside the copy."""
    if is_undefined(value):
        return UNDEF
    key: Any = (
        id(value.value) if isinstance(value, Instance) else value.key if isinstance(value, Ref) else value
    )
    if isinstance(value, (Ref, Instance, Var)) and key in memo:
        return memo[key]
    if defines(context, value, "__deepcopy__"):
        context.fail(
            "TC109", "a __deepcopy__ of the user's own is not supported", hint="give it another name"
        )
    held = context.contents(value)
    match held:
        case ListValue() | DictValue() | ObjectValue():
            return _refilled(context, held, key, memo)
        case Instance(obj):
            return _refilled(context, _attributes(context, held, obj), key, memo)
        case TupleValue():
            return rebuilt(held, tuple(_deep(context, part, memo) for part in children(held)))
        case Var(kind=Array()):
            memo[key] = context.op("copy", held)
            return memo[key]
        case Var(kind=Dict(cls=cls)) if cls is not None:
            return _refilled(context, _of_record(context, held, cls), key, memo)
        case Var(kind=List()):
            return library_call(context, lists.deepcopied, held)
        case Var(kind=Dict() | Map()):
            return library_call(context, dicts.deepcopied, held)
    return value


def _refilled(context: Context, held: ListValue | DictValue | ObjectValue, key: Any, memo: Memo) -> Value:
    """A new container with copies of what this one holds, which may lead back to it."""
    empty: Any = rebuilt_empty(held)
    made = context.allocate(empty)
    if not isinstance(made, Ref):  # made at run time, where it is made with all that it holds
        return context.allocate(rebuilt(held, tuple(_deep(context, part, memo) for part in children(held))))  # type: ignore[arg-type]
    memo[key] = made
    parts = tuple(_deep(context, part, memo) for part in children(held))
    context.environment[made.key] = rebuilt(held, parts)
    return made


def rebuilt_empty(held: ListValue | DictValue | ObjectValue) -> Value:
    match held:
        case ListValue():
            return ListValue(())
        case DictValue():
            return DictValue({})
        case ObjectValue(cls, _):
            return ObjectValue(cls, {})


def _attributes(context: Context, owner: Instance, obj: Any) -> ObjectValue:
    """What a live object holds."""
    if is_library_class(type(obj)):
        context.fail("TC109", f"a copy of a {type(obj).__name__!r} object is not supported")
    attributes = {
        name: context.captures.attribute(obj, owner.place, owner.origin, name) for name in fields_of(obj)
    }
    return ObjectValue(type(obj), attributes)


def _of_record(context: Context, owner: Var, cls: type) -> ObjectValue:
    """What an object holds that exists at run time."""
    assert isinstance(owner.kind, Dict)
    names = [name for name, _ in owner.kind.items]
    return ObjectValue(cls, {str(name): attribute(context, owner, str(name)) for name in names})


# --- dataclasses ------------------------------------------------------------------------------------


def _dataclass_of(context: Context, value: Value, function: str) -> Any:
    cls = value.value if isinstance(value, Static) else class_of_owner(context, value)
    if not isinstance(cls, type) or not dataclasses.is_dataclass(cls):
        context.fail("TC115", f"{function}() needs a dataclass")
    return cls


@builtin(dataclasses.replace)
def _replace(context: Context, owner: Value, /, **changes: Value) -> Value:
    cls = _dataclass_of(context, owner, "replace")
    for field in dataclasses.fields(cls):
        if field.init and field.name not in changes:
            changes[field.name] = attribute(context, owner, field.name)
    made = construct(context, cls, (), changes)
    if made is None:
        context.fail("TC109", f"replace() of a {cls.__name__!r} object is not supported")
    return made


@builtin(dataclasses.fields)
def _fields(context: Context, owner: Value) -> Value:
    cls = _dataclass_of(context, owner, "fields")
    return TupleValue(tuple(Static(field) for field in dataclasses.fields(cls)))


@builtin(dataclasses.is_dataclass)
def _is_dataclass(context: Context, owner: Value) -> Value:
    cls = owner.value if isinstance(owner, Static) else class_of_owner(context, owner)
    return Literal(isinstance(cls, type) and dataclasses.is_dataclass(cls))


@builtin(dataclasses.asdict)
def _asdict(context: Context, owner: Value) -> Value:
    _dataclass_of(context, owner, "asdict")
    return _plain(context, owner, as_dict=True)


@builtin(dataclasses.astuple)
def _astuple(context: Context, owner: Value) -> Value:
    _dataclass_of(context, owner, "astuple")
    return _plain(context, owner, as_dict=False)


def _plain(context: Context, value: Value, *, as_dict: bool) -> Value:
    """A value without dataclasses; what it is made of is copied."""
    cls = class_of_owner(context, value)
    if cls is not None and dataclasses.is_dataclass(cls):
        parts = {
            field.name: _plain(context, attribute(context, value, field.name), as_dict=as_dict)
            for field in dataclasses.fields(cls)
        }
        return context.allocate(DictValue(parts)) if as_dict else TupleValue(tuple(parts.values()))  # type: ignore[arg-type]
    held = context.contents(value)
    match held:
        case TupleValue() | ListValue() | DictValue():
            filled: Any = rebuilt(
                held, tuple(_plain(context, part, as_dict=as_dict) for part in children(held))
            )
            return filled if isinstance(held, TupleValue) else context.allocate(filled)
    return _deep(context, value, {})


# --- attributes by name -----------------------------------------------------------------------------


@builtin(vars)
def _vars(context: Context, owner: Value) -> Value:
    return attribute(context, owner, "__dict__")


@builtin(delattr)
def _delattr(context: Context, owner: Value, name: Value) -> Value:
    delete_attribute(context, owner, context.static(name, "the name of an attribute"))
    return Literal(None)


@builtin(issubclass)
def _issubclass(context: Context, cls: Value, classes: Value) -> Value:
    return Literal(issubclass(context.static(cls, "the class"), context.static(classes, "the class")))


# --- namedtuples ------------------------------------------------------------------------------------


def call_namedtuple_method(
    context: Context, held: TupleValue, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """`_replace` and `_asdict` of a namedtuple; None for another method."""
    cls: Any = held.cls
    entries = dict(zip(cls._fields, held.items, strict=True))
    match name:
        case "_replace" if not args and set(kwargs) <= set(entries):
            return TupleValue(tuple({**entries, **kwargs}.values()), cls)
        case "_asdict" if not args and not kwargs:
            return context.allocate(DictValue(entries))
    return None


@builtin(super)
def _super(context: Context, owner: Value | None = None, receiver: Value | None = None) -> Value:
    """`super()` in a method that is inlined, and `super(cls, self)`."""
    frame = context.frame
    while frame.is_comprehension and frame.parent is not None:
        frame = frame.parent
    after: Any = frame.owner if owner is None else context.static(owner, "the class of super")
    if receiver is None:
        receiver = context.environment.get((frame.scope, frame.first))
    if not isinstance(after, type) or receiver is None:
        context.fail("TC109", "super() without arguments works in the methods of a class")
    cls = class_of_owner(context, receiver)
    if cls is None and isinstance(receiver, Static) and isinstance(receiver.value, type):
        cls = receiver.value
    if cls is None or after not in cls.__mro__:
        context.fail("TC109", f"this is no {after.__name__!r} object, as super asks for")
    return Super(receiver, cls, after)


@builtin(unchanged_object)
def _no_init(_: Context) -> Value:
    return Literal(None)
