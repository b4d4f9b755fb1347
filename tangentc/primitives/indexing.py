"""The kind of `x[index]`: which axes an index keeps, cuts, removes and adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any as AnyType

import numpy as np

from tangentc.kinds.dims import broadcast, label_of, new_int, sliced
from tangentc.kinds.types import (
    ANY,
    Array,
    Bool,
    Const,
    Int,
    Kind,
    List,
    Scalar,
    Size,
    Tuple,
    dtype_of,
    fresh,
)
from tangentc.primitives.index import Hole, Index, Slice

__all__ = ["getitem_kind", "indexed_dims"]


@dataclass(frozen=True)
class _Fancy:
    """An array used as index: it takes the place of `axes` axes and brings in those of `dims`."""

    dims: tuple[Size, ...]
    axes: int = 1


class _Undecided(Exception):
    """An index of unknown kind, or one that does not fit."""


def getitem_kind(kinds: tuple[Kind, ...], attrs: dict[str, AnyType]) -> Kind:
    """The kind of `x[index]` for kinds (x, *holes) and the attribute `index`.

    Integers alone give a NumPy scalar, with an Ellipsis an array without axes, as in NumPy.
    """
    x, *holes = kinds
    index = attrs.get("index", ())
    if not isinstance(x, Array):
        return ANY
    dims = indexed_dims(x.dims, index, holes)
    if dims is None:
        return ANY
    if dims or _keeps_array(index):
        return Array(x.dtype, dims)
    return ANY if x.dtype is None else Scalar(x.dtype)


def _keeps_array(index: Index) -> bool:
    return any(entry is Ellipsis for entry in index)


def indexed_dims(
    dims: tuple[Size, ...] | None, index: Index, holes: Sequence[Kind]
) -> tuple[Size, ...] | None:
    """The sizes of the axes of `x[index]`; None where they cannot be known."""
    if dims is None:
        return None
    try:
        return _place(dims, _entries(index, holes, len(dims)), holes)
    except _Undecided:
        return None


def _entries(index: Index, holes: Sequence[Kind], rank: int) -> list[AnyType]:
    """One entry for each axis (and each None): Slice, int (an axis removed), None or `_Fancy`."""
    entries: list[AnyType] = []
    for entry in index:
        if isinstance(entry, Hole):
            kind = holes[entry.position]
            parts = kind.items if isinstance(kind, Tuple) and len(index) == 1 else (kind,)
            entries += map(_resolved, parts)
        elif isinstance(entry, (bool, np.bool_)):
            raise _Undecided
        else:
            entries.append(entry)
    used = sum(_axes(entry) for entry in entries)
    if used > rank:
        raise _Undecided
    rest = [Slice()] * (rank - used)
    for position, entry in enumerate(entries):
        if entry is Ellipsis:
            return entries[:position] + rest + entries[position + 1 :]
    return entries + rest


def _axes(entry: AnyType) -> int:
    if entry is None or entry is Ellipsis:
        return 0
    return entry.axes if isinstance(entry, _Fancy) else 1


def _resolved(kind: Kind) -> AnyType:
    """The index entry that an operand amounts to: 0 for any integer."""
    match kind:
        case Const(None):
            return None
        case Const(value) if isinstance(value, (list, tuple, np.ndarray)):
            array = np.asarray(value)
            return _resolved(Array(array.dtype, array.shape))
        case List(item, size):
            inner = _resolved(item)
            if isinstance(item, Bool) or not isinstance(inner, int):
                raise _Undecided
            return _Fancy((fresh() if size is None else size,))
        case Array(dtype, shape) if dtype is not None and shape is not None:
            if dtype.kind == "b":
                return _Fancy((fresh(),), len(shape))
            return _Fancy(shape)
        case Bool() | Const(bool()):
            raise _Undecided
    dtype = dtype_of(kind)
    if dtype is None or dtype.kind not in "iu":
        raise _Undecided
    return 0


def _place(dims: tuple[Size, ...], entries: list[AnyType], holes: Sequence[Kind]) -> tuple[Size, ...]:
    fancy = any(isinstance(entry, _Fancy) for entry in entries)
    result: list[Size] = []
    brought: list[tuple[Size, ...]] = []
    places: list[int] = []  # positions of advanced entries, integers among them
    first = 0
    axis = 0
    for position, entry in enumerate(entries):
        if isinstance(entry, _Fancy) or (fancy and isinstance(entry, (int, np.integer))):
            if not places:
                first = len(result)
            places.append(position)
            brought.append(entry.dims if isinstance(entry, _Fancy) else ())
        elif entry is None:
            result.append(1)
        elif isinstance(entry, Slice):
            labels = (_bound(bound, holes) for bound in (entry.start, entry.stop, entry.step))
            result.append(sliced(dims[axis], *labels))
        axis += _axes(entry)
    if not places:
        return tuple(result)
    if places[-1] - places[0] + 1 != len(places):
        first = 0  # advanced entries that stand apart: their axes come first
    return (*result[:first], *broadcast(*brought), *result[first:])


def _bound(bound: int | None | Hole, holes: Sequence[Kind]) -> Size | None:
    if not isinstance(bound, Hole):
        return bound
    kind = holes[bound.position]
    if kind == Const(None):
        return None
    label = label_of(kind) if isinstance(kind, (Int, Const)) else None
    return new_int().size if label is None else label
