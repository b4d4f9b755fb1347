"""Instances of the user's classes: made by the program, or live ones that it was given.

A class that is called makes an object whose attributes are known one by one; its `__init__` is inlined like any method.
A live object is read where it is; what a program writes to an object that it was given stays within the call.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Container, Sequence
from typing import Any

from tangentc.errors import did_you_mean
from tangentc.frontend.functions.inlining import inline
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.captures import is_library, is_library_class
from tangentc.frontend.state.classes import (
    call_special,
    class_of_owner,
    defines,
    gives,
    is_generated,
    static_lookup,
)
from tangentc.frontend.state.context import Context, Site
from tangentc.frontend.state.heap import Adopt, AtRunTime, Live, Shadows, refs_in
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import (
    DictValue,
    Instance,
    ListValue,
    Method,
    ObjectValue,
    Partial,
    Ref,
    Static,
    TupleValue,
    Value,
    children,
    is_undefined,
    rebuilt,
)
from tangentc.ir.nodes import UNDEF, Literal, Var
from tangentc.kinds.records import fields_of, is_record
from tangentc.kinds.types import Object

__all__ = [
    "attribute_of_object",
    "construct",
    "defaults",
    "delete_attribute",
    "member",
    "opened",
    "set_attribute",
]


# --- making -----------------------------------------------------------------------------------------


def construct(context: Context, cls: type, args: Sequence[Value], kwargs: dict[str, Value]) -> Value | None:
    """`cls(*args, **kwargs)`; None for classes that are left to run as they are."""
    if not _is_plain(cls):
        return None
    site = context.site_of(ObjectValue(cls, {}))
    if site in context.heap.sites.at_run_time and site not in context.heap.sites.escaping:
        return _made_at_once(context, site, cls, args, kwargs)
    made = context.allocate(ObjectValue(cls, defaults(context, cls)))
    _initialise(context, made, cls, args, kwargs)
    return made


def defaults(context: Context, cls: type, known: Container[str] = ()) -> dict[str, Value]:
    """What a class gives its objects and some object sets for itself."""
    names = [name for owner, name in context.heap.sites.shadowed if owner is cls and name not in known]
    return {
        name: context.captures.attribute(cls, Place.of(cls), cls.__name__, name) for name in sorted(names)
    }


def _made_at_once(
    context: Context, site: Site, cls: type, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """An object that exists at run time: its attributes are found out first, so that it is made with all of them."""
    draft = context.heap.new([site])
    context.environment[draft.key] = ObjectValue(cls, defaults(context, cls))
    try:
        _initialise(context, draft, cls, args, kwargs)
    except AtRunTime as found:
        if site not in found.sites:
            raise
        context.heap.sites.escaping.add(site)
        raise AtRunTime(()) from None
    attributes = context.environment.pop(draft.key)
    if any(ref.key == draft.key for value in context.environment.values() for ref in refs_in(value)):
        context.heap.sites.escaping.add(site)
        raise AtRunTime(())
    assert isinstance(attributes, ObjectValue)
    return dynamic.make(context, attributes, frozenset([site]))


def _initialise(
    context: Context, made: Value, cls: type, args: Sequence[Value], kwargs: dict[str, Value]
) -> None:
    initialise = static_lookup(cls, "__init__")
    if dataclasses.is_dataclass(cls) and is_generated(initialise):
        _fill_fields(context, made, cls, args, kwargs)
    elif isinstance(initialise, types.FunctionType):
        inline(context, initialise, (made, *args), kwargs)
    elif args or kwargs:
        context.fail("TC115", f"{cls.__name__}() takes no arguments")


def _is_plain(cls: type) -> bool:
    """Whether an instance is made by `__init__` alone."""
    if cls.__module__ == "builtins" or issubclass(
        cls, (BaseException, tuple, list, dict, set, int, float, str)
    ):
        return False
    if is_library_class(cls):
        return False
    calls = static_lookup(type(cls), "__call__")
    return cls.__new__ is object.__new__ and calls is type.__call__ and not hasattr(cls, "__tangentc__")


def _fill_fields(
    context: Context, made: Value, cls: type, args: Sequence[Value], kwargs: dict[str, Value]
) -> None:
    """What the `__init__` of a dataclass does."""
    fields = [field for field in dataclasses.fields(cls) if field.init]
    names = [field.name for field in fields if not field.kw_only]
    if len(args) > len(names):
        context.fail(
            "TC115", f"{cls.__name__}() takes {len(names)} positional arguments but {len(args)} were given"
        )
    given = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        if name in given or name not in {field.name for field in fields}:
            context.fail("TC115", f"{cls.__name__}() got an unexpected or repeated argument {name!r}")
        given[name] = value
    values: dict[str, Value] = {}
    for field in dataclasses.fields(cls):
        if field.name in given:
            values[field.name] = given[field.name]
        elif field.default is not dataclasses.MISSING:
            place = Place.of(cls).attribute(field.name)
            values[field.name] = context.captures.fixed(field.default, place, f"default {field.name}")
        elif field.default_factory is not dataclasses.MISSING:
            values[field.name] = context.call(Static(field.default_factory))
        elif field.init:
            context.fail("TC115", f"{cls.__name__}() misses the argument {field.name!r}")
    for name, value in values.items():
        _set_plainly(context, made, name, value)
    after = static_lookup(cls, "__post_init__")
    if isinstance(after, types.FunctionType):
        inline(context, after, (made,), {})


# --- reading ----------------------------------------------------------------------------------------


def member(context: Context, owner: Value, cls: type, name: str) -> Value | None:
    """What a class gives its instances under a name: methods and properties; None for data."""
    match static_lookup(cls, name):
        case types.FunctionType() as function:
            return Method(Static(function), owner)
        case property(fget=types.FunctionType() as getter):
            return inline(context, getter, (owner,), {})
        case functools.cached_property(func=types.FunctionType() as getter):
            return inline(context, getter, (owner,), {})
        case staticmethod() as function:
            return Static(function.__func__)
        case classmethod() as function:
            if not isinstance(function.__func__, types.FunctionType):  # a derivative of one
                return Static(types.MethodType(function.__func__, cls))
            return Method(Static(function.__func__), Static(cls))
        case functools.partialmethod(func=types.FunctionType()) as method:
            return _partial_method(context, method, owner)
        case functools._lru_cache_wrapper() as cached:
            return Method(Static(cached), owner)
        case functools.singledispatchmethod() as method:
            from tangentc.frontend.standard.wrappers import generic_method

            return generic_method(method, owner)
        case described if isinstance(getter := static_lookup(type(described), "__get__"), types.FunctionType):
            if is_library(getter):
                return None
            descriptor = Instance(described, Place.of(described), f"{cls.__name__}.{name}")
            return inline(context, getter, (descriptor, owner, Static(cls)), {})
    return None


def _partial_method(context: Context, method: functools.partialmethod[Any], owner: Value) -> Value:
    def fixed(key: Any, entry: Any) -> Value:
        return context.captures.fixed(entry, Place.of(entry), f"argument {key} of a partial")

    named = {key: fixed(key, entry) for key, entry in method.keywords.items()}
    args = tuple(fixed(position, entry) for position, entry in enumerate(method.args))
    return Partial(Method(Static(method.func), owner), args, named)


def attribute_of_object(context: Context, owner: Ref, contents: ObjectValue, name: str) -> Value:
    """`owner.name` of an object that the program made."""
    cls, attributes = contents.cls, contents.attributes
    context.heap.read |= {*attributes} if name == "__dict__" else {name}
    if name == "__class__":
        return Static(cls)
    if name == "__dict__":
        return DictValue(dict(attributes.items()))
    if isinstance(static_lookup(cls, name), property) or name not in attributes:
        found = member(context, owner, cls, name)
        if found is not None:
            if isinstance(
                static_lookup(cls, name), functools.cached_property
            ):  # kept, whatever changes later
                context.change(owner, _with(context.contents(owner), name, found))
            return found
    if name in attributes:
        value = attributes[name]
        if is_undefined(value) and not context.loops:
            context.fail("TC102", f"the attribute {name!r} has no value here", hint="set it on every path")
        return value
    if hasattr(cls, name):
        return context.captures.attribute(cls, Place.of(cls), cls.__name__, name)
    if defines(context, owner, "__getattr__"):
        return call_special(context, owner, "__getattr__", Literal(name))
    if context.loops:
        return UNDEF  # an earlier trip may set it
    context.fail(
        "TC102",
        f"{cls.__name__!r} object has no attribute {name!r}",
        hint=did_you_mean(name, [*attributes, *dir(cls)]),
    )


def attribute_of_record(context: Context, owner: Var, cls: type, name: str) -> Value:
    """`owner.name` of an object that is made at run time."""
    if name == "__class__":
        return Static(cls)
    if not isinstance(static_lookup(cls, name), property):
        found = dynamic.read_attribute(context, owner, cls, name)
        if found is not None:
            return found
    if isinstance(static_lookup(cls, name), functools.cached_property):
        context.fail(
            "TC109", f"the cached property {name!r} of an object whose structure depends on the run is not supported",
            hint="use a property",
        )  # fmt: skip
    found = member(context, owner, cls, name)
    if found is not None:
        return found
    if hasattr(cls, name):
        return context.captures.attribute(cls, Place.of(cls), cls.__name__, name)
    if context.loops or context.heap.changed:
        return UNDEF
    context.fail(
        "TC102", f"{cls.__name__!r} object has no attribute {name!r}", hint=did_you_mean(name, dir(cls))
    )


def _with(contents: Value, name: str, value: Value) -> ObjectValue:
    assert isinstance(contents, ObjectValue)
    return ObjectValue(contents.cls, {**contents.attributes, name: value})


def opened(context: Context, value: Value) -> Value:
    """A value in which live records are trees of their attributes, as they are among arguments."""
    if isinstance(value, Instance) and is_record(type(value.value)):
        attributes = {
            name: opened(context, context.captures.attribute(value.value, value.place, value.origin, name))
            for name in fields_of(value.value)
        }
        return ObjectValue(type(value.value), attributes)
    parts = children(value) if isinstance(value, (TupleValue, ListValue, DictValue, ObjectValue)) else ()
    return rebuilt(value, tuple(opened(context, part) for part in parts)) if parts else value


# --- writing ----------------------------------------------------------------------------------------


def set_attribute(context: Context, owner: Value, name: str, value: Value) -> None:
    """`owner.name = value`."""
    contents = context.contents(owner)
    if is_undefined(contents) or is_undefined(value):
        return
    if isinstance(owner, Instance):
        _refuse_live(context, owner, name)
    cls = class_of_owner(context, owner)
    if isinstance(owner, Var) and isinstance(owner.kind, Object) and owner in context.paths:
        context.static(owner, f"the object whose attribute {name!r} is written")
    if isinstance(owner, Static):
        called = getattr(owner.value, "__name__", type(owner.value).__name__)
        context.fail(
            "TC107", f"{called}.{name} is written, which is shared with the rest of the program",
            hint="write to an instance, or return the value",
        )  # fmt: skip
    if cls is None:
        context.fail(
            "TC108", f"a write to the attribute {name!r} of this value is not supported",
            hint="keep the value in a local variable and return it",
        )  # fmt: skip
    if dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        context.fail("TC108", f"{cls.__name__!r} is frozen", hint="make a new one with dataclasses.replace")
    match static_lookup(cls, name):
        case property(fset=types.FunctionType() as setter):
            inline(context, setter, (owner, value), {})
            return
        case property():
            context.fail("TC108", f"the property {name!r} of {cls.__name__!r} has no setter")
        case described if hasattr(type(described), "__set__") and not isinstance(described, _SLOT):
            context.fail(
                "TC108", f"the descriptor {name!r} of {cls.__name__!r} decides what a write to it means"
            )
    if static_lookup(cls, "__setattr__") is not object.__setattr__:
        context.fail(
            "TC108", f"{cls.__name__!r} has a __setattr__ of its own", hint="assign to a plain attribute"
        )
    _set_plainly(context, owner, name, value)


def delete_attribute(context: Context, owner: Value, name: str) -> None:
    """`del owner.name`."""
    contents = context.contents(owner)
    if is_undefined(contents):
        return
    if isinstance(owner, Instance):
        _refuse_live(context, owner, name)
    cls = class_of_owner(context, owner)
    if cls is not None and isinstance(static_lookup(cls, name), property):
        deleter = static_lookup(cls, name).fdel
        if isinstance(deleter, types.FunctionType):
            inline(context, deleter, (owner,), {})
            return
    if not isinstance(owner, Ref) or not isinstance(contents, ObjectValue):
        context.fail(
            "TC108", f"the attribute {name!r} of this value cannot be deleted", hint="set it to None"
        )
    if name not in contents.attributes:
        context.fail("TC102", f"{contents.cls.__name__!r} object has no attribute {name!r}")
    if (contents.cls, name) in context.heap.sites.shadowed:
        context.fail(
            "TC108", f"the attribute {name!r}, which the class has too, is deleted on some paths only"
        )
    remaining = {key: value for key, value in contents.attributes.items() if key != name}
    context.change(owner, ObjectValue(contents.cls, remaining))


def _set_plainly(context: Context, owner: Value, name: str, value: Value) -> None:
    """Let an attribute of an object of the program hold a value; a temporary gets the attribute's name."""
    if isinstance(value, Var):
        context.name(value, name, context.frame.scope)
    if isinstance(owner, Ref):
        context.change(owner, _with(context.contents(owner), name, value))
    else:
        assert isinstance(owner, Var)
        cls = class_of_owner(context, owner)
        if cls is not None and gives(cls, name) and (cls, name) not in context.heap.sites.shadowed:
            raise Shadows([(cls, name)])
        dynamic.put_attribute(context, owner, name, value)


_SLOT = types.MemberDescriptorType


def _refuse_live(context: Context, owner: Instance, name: str) -> None:
    if owner.place.local:
        raise Adopt(Live(owner.value, owner.place, owner.origin))
    context.fail(
        "TC107", f"{owner.origin}.{name} is written, which is shared with the rest of the program",
        hint="keep the value in a local variable and return it, or make the object inside the function",
    )  # fmt: skip
