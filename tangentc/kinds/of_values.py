"""The kinds of run-time values: what a function is specialised on.

Arrays are described by dtype and by the *pattern* of their sizes: which axes are equal, which are 1.  One
`Pattern` serves all arguments of a call, so that equal sizes in different arguments share a `Dim`.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Hashable
from enum import Enum
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.kinds.library_objects import facts, is_data
from tangentc.kinds.records import as_tree, fields_of, is_record, refers_to_itself, with_fields
from tangentc.kinds.types import (
    COMPLEX,
    FLOAT,
    INT,
    Array,
    Const,
    Dim,
    Function,
    Kind,
    List,
    Object,
    Scalar,
    Size,
    Symbol,
    is_number,
)

__all__ = ["Identity", "KindTree", "Pattern", "freeze", "kind_of_value", "leaves", "map_leaves"]

KindTree = Any
"""A kind, or a tuple, list or dict of kind trees: the structure of a container argument."""

_LONG = 16  # a list of more numbers than this is data, not structure


@functools.cache
def _canonical(position: int, known: frozenset[int]) -> Dim:
    """The size that appears as number `position` in a call: the same object in every pattern."""
    letters = "nmkpqrst"
    hint = letters[position] if position < len(letters) else f"n{position}"
    return Dim(Symbol(hint, never_one=True, unlike=known))


class Pattern:
    """Names for the sizes of one call, in order of appearance; 1 stands for itself, as it broadcasts.

    Zero is a size like any other: what holds for every n holds for it.

    Args: known: other sizes that stand for themselves.
    """

    def __init__(self, known: frozenset[int] = frozenset()) -> None:
        self._known = known
        self._sizes: dict[int, Dim] = {}

    def size(self, value: int) -> Size:
        if value == 1 or value in self._known:
            return value
        if value not in self._sizes:
            self._sizes[value] = _canonical(len(self._sizes), self._known)
        return self._sizes[value]


def kind_of_value(value: Any, pattern: Pattern, *, structured: bool = False) -> KindTree:
    """The kind of a value, containers as trees of kinds.

    A long list of numbers is data without structure (`List`), unless all lists are asked to be `structured`.

    Numbers and arrays are described by type; strings, None, bools, enumerations, types, modules and
    callables by value.  A record is a tree of its attributes; any other object is known by its class.

    Raises:
        DifferentiationError: TC308, an array of a subclass of `np.ndarray`.
    """
    cls = type(value)
    if cls in _NUMBERS:
        return _NUMBERS[cls]
    if cls is np.ndarray:
        return Array(value.dtype, tuple(pattern.size(n) for n in value.shape))
    if isinstance(value, np.generic):
        return Const(str(value)) if value.dtype.kind in "SU" else Scalar(value.dtype)
    if cls is tuple:
        return tuple(kind_of_value(item, pattern, structured=structured) for item in value)
    if cls is list:
        known = None if structured else _kind_of_data(value, pattern)
        return known or [kind_of_value(item, pattern, structured=structured) for item in value]
    if cls is not dict and is_record(cls):
        value, cls = as_tree(value), dict
    if cls is dict:
        return {key: kind_of_value(item, pattern, structured=structured) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        raise DifferentiationError(
            "TC308",
            f"an array of type {cls.__name__!r} cannot be differentiated: operators mean other things on it",
            hint="pass np.asarray(x)",
        )
    if cls in _CONSTANTS or isinstance(value, (Enum, type, np.dtype, types.ModuleType)):
        return Const(value)
    if (isinstance(value, _CALLABLES) and not is_data(value)) or hasattr(value, "__tangentc__"):
        return Function(value)
    if hasattr(cls, "__tangentc_parameters__"):
        return Const(value)  # a module: the program is compiled for this one
    if is_data(value):
        dtype, shape = facts(value)
        return Object(cls, dtype, None if shape is None else tuple(map(pattern.size, shape)))
    return Object(cls)


_NUMBERS: dict[type, Kind] = {float: FLOAT, int: INT, complex: COMPLEX}
_CONSTANTS = frozenset({str, bytes, bool, type(None), type(...), slice, range, type(NotImplemented)})
_CALLABLES: tuple[type, ...] = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    functools.partial,
    np.ufunc,
)


def _kind_of_data(values: list[Any], pattern: Pattern) -> KindTree:
    """The kind of a long list of numbers; None for any other."""
    if len(values) > _LONG:
        first = kind_of_value(values[0], pattern)
        if _is_leaf(first) and is_number(first) and all(type(item) is type(values[0]) for item in values):
            return List(first, pattern.size(len(values)))
    return None


def _is_leaf(tree: KindTree) -> bool:
    return not isinstance(tree, (tuple, list, dict))


def leaves(tree: KindTree, is_object: Callable[[type], bool] = is_record) -> list[Any]:
    """The leaves of a tree of tuples, lists, dicts and records, in order."""
    if isinstance(tree, dict):
        return [leaf for item in tree.values() for leaf in leaves(item, is_object)]
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in leaves(item, is_object)]
    if is_object(type(tree)):
        try:
            return [leaf for item in fields_of(tree).values() for leaf in leaves(item, is_object)]
        except RecursionError:
            raise refers_to_itself(type(tree)) from None
    return [tree]


def map_leaves(
    function: Callable[..., Any], tree: Any, *others: Any, is_object: Callable[[type], bool] = is_record
) -> Any:
    """Apply a function to the leaves of a tree (and of others with the same structure)."""
    cls = type(tree)
    if cls is dict:
        return {
            key: map_leaves(function, item, *[o[key] for o in others], is_object=is_object)
            for key, item in tree.items()
        }
    if cls is tuple or cls is list:
        return cls(
            [
                map_leaves(function, item, *[o[i] for o in others], is_object=is_object)
                for i, item in enumerate(tree)
            ]
        )
    if is_object(cls):
        rows = [fields_of(other) for other in others]
        parts = {
            name: map_leaves(function, item, *[row.get(name) for row in rows], is_object=is_object)
            for name, item in fields_of(tree).items()
        }
        return with_fields(tree, parts)
    return function(tree, *others)


def freeze(tree: KindTree) -> Hashable:
    """A kind tree as a key of a cache: constants are told apart by type too (1, 1.0 and True differ)."""
    match tree:
        case tuple() | list():
            return (type(tree), *(freeze(item) for item in tree))
        case dict():
            return (dict, *((key, freeze(item)) for key, item in tree.items()))
        case Const(value):
            return (Const, freeze_value(value))
        case Function(value):
            return (Function, Identity(value))
    return tree if isinstance(tree, Hashable) else repr(tree)


def freeze_value(value: Any) -> Hashable:
    """A constant as a key: equal keys are the same constant."""
    if isinstance(value, (tuple, list)):
        return (type(value), *(freeze_value(item) for item in value))
    if isinstance(value, (float, complex, slice, np.generic)):
        return (type(value), repr(value))
    if isinstance(value, (str, bytes, int, type(None), np.dtype, Enum)):
        return (type(value), value)
    return Identity(value)


class Identity:
    """A key that means one object, whatever its class thinks of equality; bound methods of one object are one.

    It keeps the object alive, so that an address is never used again.
    """

    __slots__ = ("_key", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        parts = (value.__self__, value.__func__) if isinstance(value, types.MethodType) else (value,)
        self._key = tuple(id(part) for part in parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)
