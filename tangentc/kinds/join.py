"""Where two paths meet: the least kind that covers both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from tangentc.kinds.dims import new_int
from tangentc.kinds.types import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    Any,
    Array,
    Bool,
    Complex,
    Const,
    Dict,
    Dim,
    Float,
    Int,
    Kind,
    List,
    Map,
    Object,
    Scalar,
    Size,
    Symbol,
    Tape,
    Tuple,
    fresh,
    is_container,
    same_dtype,
)

__all__ = ["EACH", "is_subkind", "item_of", "join", "joined_items", "same_kind", "widened"]


EACH = Dim(("each",))
"""The size of an axis that differs from entry to entry of a list: an entry that is read gets a fresh one."""


def join(a: Kind, b: Kind) -> Kind:
    """The least upper bound of two kinds.

    Sizes that differ give a fresh one.  A Python float and an `np.float64` meet as the latter, which decides
    the same code: both are immutable numbers, and a dtype that is inferred too wide only costs a cast where a
    cotangent lands.  Kinds with other operations have only `Any` in common.
    """
    return _join(a, b, fresh)


def joined_items(kinds: Sequence[Kind]) -> Kind:
    """The kind that covers all entries of a list; `Any` for none."""
    if not kinds:
        return ANY
    return reduce(lambda a, b: _join(a, b, lambda: EACH), kinds)


def item_of(kind: Kind) -> Kind:
    """The kind of one entry that is read from a list with entries of this kind."""
    match kind:
        case Array(dtype, dims) if dims is not None and EACH in dims:
            return Array(dtype, tuple(fresh() if size == EACH else size for size in dims))
        case Int(size) if size == EACH:
            return new_int()
        case Tuple(items):
            return Tuple(tuple(map(item_of, items)))
    return kind


def _join(a: Kind, b: Kind, unknown: Callable[[], Dim]) -> Kind:
    if same_kind(a, b) and not _has_sites(a):
        return a
    a, b = widened(a), widened(b)
    match a, b:
        case Bool(), Bool():
            return BOOL
        case Int(), Int():
            if a.size is not None and a == b:
                return a
            return Int(EACH) if unknown() is EACH else new_int()
        case Float(), Float():
            return FLOAT
        case Complex(), Complex():
            return COMPLEX
        case Scalar(), Scalar() if a.dtype == b.dtype:
            return a
        case (Float(), Scalar(dtype)) | (Scalar(dtype), Float()) if dtype == np.float64:
            return Scalar(dtype)
        case (Complex(), Scalar(dtype)) | (Scalar(dtype), Complex()) if dtype == np.complex128:
            return Scalar(dtype)
        case Array(), Array():
            return Array(
                a.dtype if same_dtype(a.dtype, b.dtype) else None, _join_dims(a.dims, b.dims, unknown)
            )
        case Tuple(left), Tuple(right) if len(left) == len(right):
            return Tuple(tuple(_join(x, y, unknown) for x, y in zip(left, right, strict=True)))
        case (List() | Dict() | Map(), List() | Dict() | Map()) if a.sites or b.sites:
            return _join_changing(a, b)
        case List(left, n), List(right, m):
            return List(joined_items([left, right]), n if n == m else None, a.sites | b.sites)
        case Dict(left), Dict(right) if a.cls is b.cls and [key for key, _ in left] == [
            key for key, _ in right
        ]:
            items = tuple((key, _join(x, y, unknown)) for (key, x), (_, y) in zip(left, right, strict=True))
            return Dict(items, a.cls, a.sites | b.sites)
        case Map(), Map():
            return Map(joined_items([a.key, b.key]), joined_items([a.value, b.value]), a.sites | b.sites)
        case (Const(None), held) | (held, Const(None)) if is_container(held):
            return held  # whoever looks into None gets Python's own error
        case Tape(left), Tape(right):
            return Tape(joined_items([left, right]))
        case Object(left), Object(right):
            common = next(cls for cls in left.__mro__ if issubclass(right, cls))
            known = a.dtype if same_dtype(a.dtype, b.dtype) else None
            return ANY if common is object else Object(common, known, a.shape if a.shape == b.shape else None)
    return ANY


def _join_changing(a: List | Dict | Map, b: List | Dict | Map) -> Kind:
    """Containers that the program changes: what they hold is known at the places where they were made."""
    if type(a) is not type(b) or not (a.sites and b.sites):
        return ANY
    sites = a.sites | b.sites
    match a, b:
        case List(), List():
            return List(ANY, None, sites)
        case Dict(cls=left), Dict(cls=right) if left is right:
            return Dict((), left, sites)
        case Map(), Map():
            return Map(ANY, ANY, sites)
    return ANY


def _has_sites(kind: Kind) -> bool:
    """Whether two equal kinds may still have been made at different places."""
    return is_container(kind) or (isinstance(kind, Tuple) and any(map(_has_sites, kind.items)))


def _join_dims(
    a: tuple[Size, ...] | None, b: tuple[Size, ...] | None, unknown: Callable[[], Dim]
) -> tuple[Size, ...] | None:
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else unknown() for x, y in zip(a, b, strict=True))


def widened(kind: Kind) -> Kind:
    """The kind that a constant has once its value is forgotten; other kinds as they are."""
    if not isinstance(kind, Const):
        return kind
    value = kind.value
    match value:
        case bool():
            return BOOL
        case int():
            return Int(value)
        case tuple():
            return Tuple(tuple(widened(Const(item)) for item in value))
    if type(value) is float:
        return FLOAT
    if type(value) is complex:
        return COMPLEX
    dtype = getattr(value, "dtype", None)
    return kind if dtype is None or getattr(value, "shape", None) != () else Scalar(dtype)


def same_kind(a: Kind, b: Kind) -> bool:
    """Whether two kinds are equal, where constants 1, 1.0, True, and 0.0, -0.0 are told apart."""
    if isinstance(a, Const) and isinstance(b, Const):
        return type(a.value) is type(b.value) and (a.value is b.value or repr(a.value) == repr(b.value))
    if isinstance(a, Tuple) and isinstance(b, Tuple):
        return len(a.items) == len(b.items) and all(map(same_kind, a.items, b.items))
    if isinstance(a, Dict) and isinstance(b, Dict):
        return a == b and all(same_kind(x, y) for (_, x), (_, y) in zip(a.items, b.items, strict=True))
    return a == b


def is_subkind(a: Kind, b: Kind) -> bool:
    """Whether every value of kind `a` is a value of kind `b`.

    An int or an axis that nothing but itself describes (a symbol made by `join`) covers every other.
    """
    if isinstance(b, Any) or same_kind(a, b):
        return True
    a = widened(a)
    match a, b:
        case Int(x), Int(y):
            return _covers(y, x)
        case (Float(), Scalar(dtype)):
            return dtype == np.float64
        case (Complex(), Scalar(dtype)):
            return dtype == np.complex128
        case Array(), Array():
            if b.dtype is not None and not same_dtype(a.dtype, b.dtype):
                return False
            if b.dims is None:
                return True
            return a.dims is not None and len(a.dims) == len(b.dims) and all(map(_covers, b.dims, a.dims))
        case Tuple(left), Tuple(right):
            return len(left) == len(right) and all(map(is_subkind, left, right))
        case (List() | Dict() | Map(), List() | Dict() | Map()) if a.sites or b.sites:
            return a == b and a.sites <= b.sites
        case Const(None), List() | Dict() | Map():
            return True
        case List(left, n), List(right, m):
            return is_subkind(left, right) and m in (None, n)
        case Dict(left), Dict(right):
            return [key for key, _ in left] == [key for key, _ in right] and all(
                is_subkind(x, y) for (_, x), (_, y) in zip(left, right, strict=True)
            )
        case Tape(left), Tape(right):
            return is_subkind(left, right)
        case Object(left), Object(right):
            known = b.dtype is None or same_dtype(a.dtype, b.dtype)
            return issubclass(left, right) and known and b.shape in (None, a.shape)
    return same_kind(a, b)


def _covers(general: Size | None, special: Size | None) -> bool:
    if general is None or general == special:
        return True
    match general:
        case Dim(Symbol() as symbol, 0) | Dim(("int", Symbol() as symbol, 0), 0):
            return not symbol.never_one
    return False
