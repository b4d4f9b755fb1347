"""What the classes of the user's objects define: looked up as they stand, without running anything."""

from __future__ import annotations

import functools
import types
from typing import Any

from tangentc.frontend.state.captures import is_library
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Instance, Method, ObjectValue, Static, Value
from tangentc.ir.nodes import Var
from tangentc.kinds.types import Dict

__all__ = ["ORDERING", "call_special", "class_of_owner", "defines", "gives", "is_generated", "static_lookup"]


def static_lookup(cls: type, name: str) -> Any:
    """A class attribute as it stands in the class: a property is not evaluated, a function not bound."""
    return next((base.__dict__[name] for base in cls.__mro__ if name in base.__dict__), None)


def gives(cls: type, name: str) -> bool:
    """Whether a class has data under a name that its objects may set for themselves."""
    found = static_lookup(cls, name)
    return found is not None and not hasattr(type(found), "__get__")


def class_of_owner(context: Context, owner: Value) -> type | None:
    """The class of an object of the user; None for any other value."""
    match context.contents(owner):
        case ObjectValue(cls, _):
            return cls
        case Instance(value):
            return type(value)
        case Var(kind=Dict(cls=cls)):
            return cls
    return None


def defines(context: Context, owner: Value, name: str) -> bool:
    """Whether the class of an object of the user defines a method."""
    cls = class_of_owner(context, owner)
    method = None if cls is None else static_lookup(cls, name)
    if not isinstance(method, types.FunctionType):
        return False
    return not is_library(method) or method in ORDERING


ORDERING = frozenset(function for row in functools._convert.values() for _, function in row)  # type: ignore[attr-defined]
"""The comparisons that `functools.total_ordering` adds, which are programs over those of the user."""


def is_generated(function: Any) -> bool:
    """Whether a method was written by a decorator, as those of dataclasses are: it has no text."""
    return isinstance(function, types.FunctionType) and function.__code__.co_filename == "<string>"


def call_special(context: Context, owner: Value, name: str, *args: Value) -> Value:
    """Call a method that `defines` has found: a special one, looked up in the class."""
    cls = class_of_owner(context, owner)
    assert cls is not None
    return context.call(Method(Static(static_lookup(cls, name)), owner), *args)
