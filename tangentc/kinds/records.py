"""Objects as trees: instances of dataclasses, of namedtuples and of registered classes.

Their attributes are parts, as the entries of a dict are.  In trees of kinds and of the trace such an object is a dict
from names to parts whose first key is a `ClassKey`, with nothing under it.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
from enum import Enum
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.numerics import instance

__all__ = [
    "ClassKey", "Field", "as_tree", "class_of_tree", "fields_of", "is_namedtuple", "is_object", "is_record",
    "refers_to_itself", "register", "returned", "with_fields",
]  # fmt: skip

Class = TypeVar("Class", bound=type)

_REGISTERED: set[type] = set()
_PLAIN: frozenset[type] = frozenset(
    {float, int, complex, bool, str, bytes, type(None), tuple, list, dict, np.ndarray, np.float64, np.float32}
)
_RETURNED: WeakSet[type] = WeakSet()
_KNOWN: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


@dataclasses.dataclass(frozen=True, slots=True)
class ClassKey:
    """The first key of a dict that stands for an instance of `cls`."""

    cls: type


class Field(str):
    """The name of an attribute, as a step from an object to a part of it."""

    __slots__ = ()


def register(cls: Class) -> Class:
    """Let instances of a class be arguments with a derivative: each attribute of an instance is a part of it.

        @tangentc.register
        class Layer:
            def __init__(self, w, b):
                self.w, self.b = w, b

    Gradients, tangents and seeds are instances of the same class, made without a call of `__init__`; attributes that
    are no real or complex numbers, or arrays of them, are None there.  Subclasses are registered with their base.
    Dataclasses and namedtuples need no registration.

    Raises: DifferentiationError: TC304, what is registered is no class of Python objects with attributes.
    """
    if not isinstance(cls, type) or issubclass(cls, (tuple, list, dict, set, int, float, str, Enum, type)):
        raise DifferentiationError(
            "TC304", f"{cls!r} cannot be registered: it is no class whose instances consist of attributes"
        )
    _REGISTERED.add(cls)
    _KNOWN.clear()
    return cls


def is_record(cls: type) -> bool:
    """Whether instances of a class are trees of their attributes."""
    if cls in _PLAIN:
        return False
    known = _KNOWN.get(cls)
    if known is None:
        known = _KNOWN[cls] = _consists_of_attributes(cls)
    return known


def is_object(cls: type) -> bool:
    """Whether instances of a class are trees where they leave a program: records, and what a program made."""
    return cls not in _PLAIN and (is_record(cls) or cls in _RETURNED)


def returned(cls: type) -> None:
    """Note that a program returns objects of this class that it made."""
    _RETURNED.add(cls)


def _consists_of_attributes(cls: type) -> bool:
    if is_namedtuple(cls) or not _REGISTERED.isdisjoint(cls.__mro__) or hasattr(cls, "__tangentc_array__"):
        return True
    return dataclasses.is_dataclass(cls) and not _is_foreign(cls)


def is_namedtuple(cls: type) -> bool:
    return issubclass(cls, tuple) and cls is not tuple and hasattr(cls, "_fields") and hasattr(cls, "_make")


def _is_foreign(cls: type) -> bool:
    root = cls.__module__.partition(".")[0]
    return root in sys.stdlib_module_names - {"__main__"} or root in ("numpy", "scipy", "tangentc")


def fields_of(value: Any) -> dict[str, Any]:
    """The attributes that an object holds itself, by name."""
    cls: Any = type(value)
    if isinstance(value, tuple):
        return dict(zip(cls._fields, value, strict=True))
    only = getattr(cls, "__tangentc_array__", None)
    if only is not None:  # it stands for an array: the rest is bookkeeping
        return {only: getattr(value, only)}
    found = {name: getattr(value, name) for name in slots_of(cls) if hasattr(value, name)}
    return {**found, **getattr(value, "__dict__", {})}


@functools.lru_cache(maxsize=4096)
def slots_of(cls: Any) -> tuple[str, ...]:
    """The names in `__slots__` of a class and its bases."""
    found: list[str] = []
    for base in reversed(cls.__mro__):
        slots = base.__dict__.get("__slots__", ())
        found += [_mangled(base, name) for name in ([slots] if isinstance(slots, str) else slots)]
    return tuple(name for name in dict.fromkeys(found) if name not in ("__dict__", "__weakref__"))


def _mangled(base: type, name: str) -> str:
    """A slot as it is called outside its class: `__x` of the class C is `_C__x`."""
    is_private = name.startswith("__") and not name.endswith("__")
    return f"_{base.__name__.lstrip('_')}{name}" if is_private else name


def with_fields(value: Any, fields: dict[str, Any]) -> Any:
    """An object of the class of `value` with these attributes."""
    return instance(getattr(type(value), "__tangentc_holder__", type(value)), **fields)


def refers_to_itself(cls: type) -> DifferentiationError:
    return DifferentiationError(
        "TC304",
        f"an argument of type {cls.__name__!r} refers to itself: it is no tree of parts",
        hint="leave out the reference back, or make it no dataclass and no registered class",
    )


def as_tree(value: Any) -> dict[Any, Any]:
    """An object as the dict that stands for it."""
    return {ClassKey(type(value)): (), **fields_of(value)}


def class_of_tree(tree: Any) -> type | None:
    """The class of the object that a tree stands for; None for any other tree."""
    first = next(iter(tree), None) if type(tree) is dict else None
    return first.cls if type(first) is ClassKey else None
