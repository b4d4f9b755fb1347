"""Attributes: of modules, of objects that the program captured, of arrays."""

from __future__ import annotations

import functools
import types
from typing import Any

import gast

from tangentc.errors import did_you_mean
from tangentc.frontend.flow.choices import select
from tangentc.frontend.functions.inlining import inline
from tangentc.frontend.objects import library_objects
from tangentc.frontend.objects.distributions import is_distribution, method_of_frozen
from tangentc.frontend.objects.instances import attribute_of_object, member
from tangentc.frontend.state.captures import is_library
from tangentc.frontend.state.classes import call_special, defines, static_lookup
from tangentc.frontend.state.context import Context, lowers
from tangentc.frontend.state.heap import Adopt, Live
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import (
    ArrayMethod,
    Choice,
    DictValue,
    Instance,
    ListValue,
    Method,
    ObjectValue,
    Partial,
    Ref,
    SliceValue,
    Static,
    Super,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var

__all__ = ["attribute", "unchanged_object"]


@lowers(gast.Attribute)
def _attribute(context: Context, node: gast.Attribute) -> Value:
    return attribute(context, context.expression(node.value), node.attr)


def attribute(context: Context, owner: Value, name: str) -> Value:
    """`owner.name`."""
    found = library_objects.member(context, owner, name)
    if found is not None:
        return found
    held = context.contents(owner)
    if isinstance(owner, Ref) and isinstance(held, ObjectValue):
        return attribute_of_object(context, owner, held, name)
    match held:
        case Static(value):
            if not hasattr(value, name):
                hint = did_you_mean(name, dir(value))
                context.fail("TC102", f"{_name_of(value)} has no attribute {name!r}", hint=hint)
            return context.captures.attribute(value, Place.of(value), _name_of(value), name)
        case Choice() as either:
            return select(context, either, lambda option: attribute(context, option, name))
        case Instance():
            return _of_instance(context, held, name)
        case Super():
            return _of_super(context, held, name)
        case TupleValue(items=items, cls=cls) if cls is not None and name in getattr(cls, "_fields", ()):
            return items[cls._fields.index(name)]  # type: ignore[attr-defined]
        case TupleValue(cls=cls) if cls is not None and name not in _OF_TUPLES:
            found = member(context, owner, cls, name)
            if found is not None:
                return found
            return context.captures.attribute(cls, Place.of(cls), cls.__name__, name)
        case SliceValue(start, stop, step) if name in ("start", "stop", "step"):
            return {"start": start, "stop": stop, "step": step}[name]
        case Partial(Static(value)) as parameters if is_distribution(value):
            return method_of_frozen(context, value, parameters, name)
        case Partial(function, args, kwargs) if name in ("func", "args", "keywords"):
            if name == "keywords":
                return DictValue(dict(kwargs.items()))
            return function if name == "func" else TupleValue(args)
        case TupleValue() | ListValue() | DictValue():
            return ArrayMethod(owner, name)
        case Var() | Literal() if is_undefined(held):
            return UNDEF
        case Literal(str()):
            return ArrayMethod(owner, name)
        case Var() | Literal():
            return _of_operand(context, held, name)
    context.fail(
        "TC101", f"the attribute {name!r} of a {type(owner).__name__.lower()} object is not supported"
    )


_OF_TUPLES = ("_replace", "_asdict", "index", "count")


def _name_of(value: Any) -> str:
    return str(getattr(value, "__name__", type(value).__name__))


def _of_instance(context: Context, owner: Instance, name: str) -> Value:
    """An attribute of a live object: methods and properties run, data are read at each call."""
    value, place, origin = owner.value, owner.place, owner.origin
    described = static_lookup(type(value), name)
    if name == "__dict__":
        return DictValue({key: context.captures.attribute(value, place, origin, key) for key in vars(value)})
    if isinstance(described, functools.cached_property):
        if name in vars(value):
            return context.captures.attribute(value, place, origin, name)
        if place.local:
            raise Adopt(Live(value, place, origin))  # its value is kept, whatever changes later
    short = origin.rpartition(" ")[2]
    match described:
        case types.FunctionType():
            if name not in getattr(value, "__dict__", ()):
                return (
                    Static(getattr(value, name))
                    if is_library(described)
                    else Method(Static(described), owner)
                )
        case types.MethodDescriptorType() | types.BuiltinFunctionType():
            return Static(getattr(value, name))
        case _ if name in getattr(value, "__dict__", ()) and not hasattr(type(described), "__set__"):
            pass  # what the object has itself comes before what its class makes: a cached property that was computed
        case functools.cached_property():
            context.captures.expect(
                place.with_operands("{1} not in {0}.__dict__", name), f"{origin}.{name} has not been computed"
            )
            found = member(context, owner, type(value), name)
            if found is not None:
                return found
        case None if defines(context, owner, "__getattr__") and name not in dir(value):
            return call_special(context, owner, "__getattr__", Literal(name))
        case _:
            found = member(context, owner, type(value), name)
            if found is not None:
                return found
    if not hasattr(value, name):
        context.fail("TC102", f"{short} has no attribute {name!r}", hint=did_you_mean(name, dir(value)))
    return context.captures.attribute(value, place, origin, name)


def _of_super(context: Context, value: Super, name: str) -> Value:
    """`super().name`."""
    mro = value.cls.__mro__
    bound = isinstance(value.receiver, Static)
    for base in mro[mro.index(value.after) + 1 :]:
        match base.__dict__.get(name):
            case types.FunctionType() as function:
                return Static(function) if bound else Method(Static(function), value.receiver)
            case classmethod(__func__=function):
                return Method(Static(function), Static(value.cls))
            case staticmethod(__func__=function):
                return Static(function)
            case property(fget=types.FunctionType() as getter):
                return inline(context, getter, (value.receiver,), {})
        if name in base.__dict__ and base is not object:
            return context.captures.attribute(base, Place.of(base), base.__name__, name)
    if name in ("__init__", "__init_subclass__", "__post_init__"):
        return Static(unchanged_object)
    context.fail("TC109", f"the attribute {name!r} of super() is not supported")


def unchanged_object(*_args: Any, **_kwargs: Any) -> None:
    """`object.__init__`."""


def _of_operand(context: Context, owner: Var | Literal, name: str) -> Value:
    """An attribute of a value of the trace."""
    from tangentc.frontend.calls.methods import array_attribute

    return array_attribute(context, owner, name)
