"""Attributes: of modules, of objects that the program captured, of arrays."""

from __future__ import annotations

import functools
import types
from typing import Any

import gast

from tangentc.errors import did_you_mean
from tangentc.frontend.captures import is_library
from tangentc.frontend.context import Context, lowers
from tangentc.frontend.functions import inline
from tangentc.frontend.places import Place
from tangentc.frontend.values import (
    ArrayMethod,
    DictValue,
    Instance,
    ListValue,
    Method,
    Partial,
    Static,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var

__all__ = ["attribute", "call_method", "static_lookup"]


@lowers(gast.Attribute)
def _attribute(context: Context, node: gast.Attribute) -> Value:
    return attribute(context, context.expression(node.value), node.attr)


def attribute(context: Context, owner: Value, name: str) -> Value:
    """`owner.name`."""
    match owner:
        case Static(value):
            if not hasattr(value, name):
                hint = did_you_mean(name, dir(value))
                context.fail("TC102", f"{_name_of(value)} has no attribute {name!r}", hint=hint)
            return context.captures.attribute(value, Place.of(value), _name_of(value), name)
        case Instance():
            return _of_instance(context, owner, name)
        case TupleValue(items=items, cls=cls) if cls is not None and name in getattr(cls, "_fields", ()):
            return items[cls._fields.index(name)]  # type: ignore[attr-defined]
        case Partial(function, args, kwargs) if name in ("func", "args", "keywords"):
            if name == "keywords":
                return DictValue(dict(kwargs.items()))
            return function if name == "func" else TupleValue(args)
        case TupleValue() | ListValue() | DictValue():
            return ArrayMethod(owner, name)
        case Var() | Literal() if is_undefined(owner):
            return UNDEF
        case Literal(str()):
            return ArrayMethod(owner, name)
        case Var() | Literal():
            return _of_operand(context, owner, name)
    context.fail(
        "TC101", f"the attribute {name!r} of a {type(owner).__name__.lower()} object is not supported"
    )


def _name_of(value: Any) -> str:
    return str(getattr(value, "__name__", type(value).__name__))


def _of_instance(context: Context, owner: Instance, name: str) -> Value:
    """An attribute of a live object: methods and properties run, data are read at each call."""
    value, place, origin = owner.value, owner.place, owner.origin
    described = static_lookup(type(value), name)
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
        case property():
            if isinstance(described.fget, types.FunctionType):
                return inline(context, described.fget, (owner,), {})
        case functools.cached_property():
            if isinstance(described.func, types.FunctionType):
                return inline(context, described.func, (owner,), {})
        case staticmethod():
            return Static(described.__func__)
        case classmethod():
            return Method(Static(described.__func__), Static(type(value)))
    if not hasattr(value, name):
        context.fail("TC102", f"{short} has no attribute {name!r}", hint=did_you_mean(name, dir(value)))
    return context.captures.attribute(value, place, origin, name)


def static_lookup(cls: type, name: str) -> Any:
    """A class attribute as it stands in the class: a property is not evaluated, a function not bound."""
    return next((base.__dict__[name] for base in cls.__mro__ if name in base.__dict__), None)


def _of_operand(context: Context, owner: Var | Literal, name: str) -> Value:
    """An attribute of a value of the trace."""
    from tangentc.frontend.methods import array_attribute

    return array_attribute(context, owner, name)


def call_method(context: Context, owner: Value, name: str, *args: Value) -> Value:
    """`owner.name(*args)`."""
    from tangentc.frontend.calls import apply

    return apply(context, attribute(context, owner, name), args, {})
