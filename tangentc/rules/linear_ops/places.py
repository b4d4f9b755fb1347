"""Parts of arrays, and arrays that are zero but for a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Index, Slice
from tangentc.kinds.types import Array, Size, dtype_of, is_number, rank_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import add_to, dims_of, linear_op, transpose
from tangentc.rules.linear_ops.arithmetic import masked
from tangentc.rules.ops import rank


@linear_op
def getitem(*holes_and_t: Expr, index: Index) -> Expr:
    *holes, t = holes_and_t
    return t.getitem(index, *holes)


@linear_op
def widened(t: Expr, *, index: Index) -> Expr:
    """t[:, None] and the like: all entries, with new axes."""
    return t.getitem(index)


@transpose(widened)
def widened_t(w: Expr, like: Expr, *, index: Index) -> Any:
    return ops.reshape(w, like.shape)


def only_widens(index: Index) -> bool:
    return None in index and all(entry in (None, Ellipsis, Slice()) for entry in index)


@transpose(getitem)
def getitem_t(w: Expr, *holes: Expr, like: Expr, index: Index) -> Any:
    return scatter(w, like, index, holes)


@add_to(getitem)
def add_part(place: Expr, w: Expr, *holes: Expr, index: Index) -> None:
    """place[index] += w, each repetition of an element counted."""
    if all(names_once(hole) for hole in holes):
        w.builder.store(place.atom, index, tuple(hole.atom for hole in holes), w.atom, "+")
        return
    if index == (Hole(0),) and rank_of(place.kind) == 1 and (rank_of(holes[0].kind) or 1) > 1:
        if rank_of(w.kind) == rank_of(holes[0].kind):  # NumPy adds at places in one row many times as fast
            holes, w = (ops.ravel(holes[0]),), ops.ravel(w)
    w.builder.effect("add_at", place.atom, *(hole.atom for hole in holes), w.atom, index=index)


def scatter(w: Expr, like: Expr, index: Index, holes: Sequence[Expr] = (), once: bool = False) -> Expr:
    """Zeros of the shape of `like` with w added at the index, each repetition of a place counted.

    `once` promises that integer arrays among the holes name no place twice.
    """
    place = ops.room(w, like.shape)
    return _written(place, w, index, holes, once)


def _written(place: Expr, w: Expr, index: Index, holes: Sequence[Expr], once: bool) -> Expr:
    if once or all(names_once(hole) for hole in holes):
        w.builder.store(place.atom, index, tuple(hole.atom for hole in holes), w.atom)
    else:
        add_part(place, w, *holes, index=index)
    return masked(place)


def names_once(hole: Expr) -> bool:
    """Whether an index operand cannot name an element twice: an integer or a mask, not an integer array."""
    dtype = dtype_of(hole.kind)
    return is_number(hole.kind) or (isinstance(hole.kind, Array) and dtype is not None and dtype.kind == "b")


@linear_op
def gather(places: Expr, t: Expr, *, once: bool = False) -> Expr:
    """The entries of t, counted in C order, at integer places; `once` promises that they are different."""
    flat: Expr = ops.ravel(t)
    return flat.getitem((Hole(0),), places)


@transpose(gather)
def gather_t(w: Expr, places: Expr, like: Expr, *, once: bool = False) -> Any:
    return _put(w, places, like, once)


def _put(w: Expr, places: Expr, like: Expr, once: bool) -> Any:
    """Zeros of the shape of `like` with w added at places that are counted in C order."""
    index, dtype = (Hole(0),), dtype_of(w.kind) or dtype_of(like.kind)
    if rank_of(like.kind) == 1:
        return scatter(w, like, index, (places,), once)
    if rank_of(like.kind) is None or dtype is None:
        return ops.reshape(scatter(w, ops.ravel(like), index, (places,), once), like.shape)
    row = ops.zeros(ops.pack(w, (ops.count(like),)), dtype)
    return ops.reshape(_written(row, w, index, (places,), once), like.shape)


@linear_op
def keep(mask: Expr, t: Expr, *, axis: int, dims: tuple[Size, ...] | None) -> Expr:
    """The entries where a mask along an axis holds: an array of these sizes."""
    kind = None if dims is None else Array(dtype_of(t.kind), dims)
    return call("getitem", t, mask, index=(*(Slice(),) * axis, Hole(0)), kind=kind)


@transpose(keep)
def keep_t(w: Expr, mask: Expr, like: Expr, *, axis: int, dims: tuple[Size, ...] | None) -> Any:
    return scatter(w, like, (*(Slice(),) * axis, Hole(0)), (mask,))


@linear_op
def take_along(indices: Expr, t: Expr, *, axis: int, once: bool = False) -> Expr:
    """The entries of each line along an axis at places of its own; `once` promises that they are different."""
    return call("np.take_along_axis", t, indices, axis=axis)


@transpose(take_along)
def take_along_t(w: Expr, indices: Expr, like: Expr, *, axis: int, once: bool = False) -> Any:
    """Each entry back to its old place."""
    places = call("flat_places", indices, like.shape, axis=axis)
    return _put(ops.ravel(w), places, like, once)


@linear_op
def diagonal(t: Expr, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Expr:
    return call("np.diagonal", t, offset=offset, axis1=axis1, axis2=axis2)


@transpose(diagonal)
def diagonal_t(w: Expr, like: Expr, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Every entry back to its place on the diagonal of the last two axes, which then go where they were."""
    axes = rank(like)
    first, second = axis1 % axes, axis2 % axes
    sizes = dims_of(like.kind)
    if sizes is not None and len(sizes) == 2 and sizes[0] == sizes[1] and offset == 0:
        return call("np.diag", w)
    rest = [ops.dim(like, axis) for axis in range(axes) if axis not in (first, second)]
    rows, columns = ops.dim(like, first), ops.dim(like, second)
    places = ops.arange(w, ops.dim(w, axes - 2))
    row = places - offset if offset < 0 else places
    column = places + offset if offset > 0 else places
    place = ops.room(w, ops.pack(w, (*rest, rows, columns)))
    index: Index = (Ellipsis, Hole(0), Hole(1))
    w.builder.store(place.atom, index, (row.atom, column.atom), w.atom)
    masked(place)
    if (first, second) == (axes - 2, axes - 1):
        return place
    return call("np.moveaxis", place, source=(axes - 2, axes - 1), destination=(first, second))


@linear_op
def trace(t: Expr, *, offset: int = 0, dtype: Any = None) -> Expr:
    return call("np.trace", t, offset=offset, dtype=dtype)


@transpose(trace)
def trace_t(w: Expr, like: Expr, *, offset: int = 0, dtype: Any = None) -> Any:
    """The entries of the diagonal get the cotangent of their sum."""
    rows, columns = (ops.dim(like, axis) for axis in (0, 1))
    rows = rows if isinstance(rows, Expr) else ops.literal(like, rows)
    known = dtype_of(like.kind)
    options = {} if known is None or known.kind not in "f" or known == np.dtype(float) else {"dtype": known}
    square = dims_of(like.kind)
    shape = (rows,) if square is not None and square[0] == square[1] else (rows, columns)
    return masked(w * call("np.eye", *shape, k=offset, **options))
