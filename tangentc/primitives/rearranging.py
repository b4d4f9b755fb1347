"""Functions that pad, cut, insert and turn: each entry of the result is one of an operand, or a constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.kinds.dims import combined, cut, product, total
from tangentc.kinds.probing import probe
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, Array, Const, Kind, Size, Tuple, dtype_of, fresh, is_number, rank_of
from tangentc.primitives.core import Alias
from tangentc.primitives.declare import library_function

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def _dims(kind: Kind) -> tuple[Size, ...] | None:
    if isinstance(kind, Array):
        return kind.dims
    return () if is_number(kind) else None


def pad(array: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    given = {name: value for name, value in options.items() if value is not None}
    return np.pad(array, pad_width, mode, **given)  # type: ignore[call-overload]


def pad_kind(kinds: Kinds, _: Attributes) -> Kind:
    """Each axis is longer by what is added before and after it, where that is known."""
    a, width = kinds
    dims = _dims(a)
    if dims is None or not isinstance(width, Const):
        return Array(dtype_of(a), None if dims is None else tuple(fresh() for _ in dims))
    widths = np.broadcast_to(width.value, (len(dims), 2))
    return Array(
        dtype_of(a),
        tuple(total([size, sum(pair)]) for size, pair in zip(dims, widths.tolist(), strict=True)),
    )


def resize_kind(kinds: Kinds, _: Attributes) -> Kind:
    a, shape = kinds
    return Array(dtype_of(a), dims_of_shape(shape))


def _changed_axis(kinds: Kinds, attrs: Attributes, change: Callable[[Size], Size]) -> Kind:
    """One axis, or all in one row, of another size."""
    dims, axis = _dims(kinds[0]), attrs.get("axis")
    dtype = dtype_of(kinds[0])
    if axis is None:
        dims, axis = (fresh() if dims is None else product(dims),), 0
    if dims is None or not -len(dims) <= axis < len(dims):
        return Array(dtype, None)
    axis %= len(dims)
    return Array(dtype, (*dims[:axis], change(dims[axis]), *dims[axis + 1 :]))


def _of_places(operation: str, obj: Kind, size: Size) -> Size:
    """A size that depends on a list of places, which may name one twice."""
    return combined(operation, size, repr(obj.value)) if isinstance(obj, Const) else fresh()


def delete_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    obj = kinds[1]
    if is_number(obj):
        return _changed_axis(kinds, attrs, lambda size: cut(size, 1))
    return _changed_axis(kinds, attrs, lambda size: _of_places("delete", obj, size))


def insert_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """Into one place goes as much as is given, into each of several places one entry."""
    obj, values = kinds[1:]
    if is_number(obj) and rank_of(values) == 0:
        return _changed_axis(kinds, attrs, lambda size: total([size, 1]))
    return _changed_axis(kinds, attrs, lambda _: fresh())


def diagflat_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """A square matrix with all entries on a diagonal."""
    dims = _dims(kinds[0])
    side = total([fresh() if dims is None else product(dims), abs(attrs.get("k", 0))])
    return Array(dtype_of(kinds[0]), (side, side))


def rot90_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    x = kinds[0]
    return x if isinstance(x, Array) and x.dims is None else probe(np.rot90, kinds, attrs)


def broadcast_shapes_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """As many sizes as the longest shape has."""
    lengths = []
    for kind in kinds:
        if isinstance(kind, Tuple):
            lengths.append(len(kind.items))
        elif isinstance(kind, Const) and isinstance(kind.value, tuple):
            lengths.append(len(kind.value))
        else:
            return ANY
    found = probe(np.broadcast_shapes, kinds, attrs)
    return found if isinstance(found, Tuple) and len(found.items) == max(lengths, default=0) else ANY


library_function(
    "np.pad", "array", "pad_width",
    function=pad,
    attributes={
        "mode": "constant", "constant_values": None, "end_values": None, "stat_length": None, "reflect_type": None,
    },
    kind=pad_kind,
    signature="array pad_width mode * constant_values end_values stat_length reflect_type",
)  # fmt: skip
library_function(
    "np.rollaxis", "a", attributes={"axis": None, "start": 0},
    alias=Alias.VIEW, cheap=True, signature="a axis! start",
)  # fmt: skip
library_function(
    "np.rot90", "m", attributes={"k": 1, "axes": (0, 1)}, alias=Alias.VIEW, cheap=True, kind=rot90_kind
)
library_function("np.resize", "a", "new_shape", kind=resize_kind)
library_function("np.delete", "arr", "obj", attributes={"axis": None}, kind=delete_kind)
library_function("np.insert", "arr", "obj", "values", attributes={"axis": None}, kind=insert_kind)
library_function("np.diagflat", "v", attributes={"k": 0}, kind=diagflat_kind)
library_function("np.broadcast_shapes", "*shapes", kind=broadcast_shapes_kind)
library_function(
    "np.lib.stride_tricks.sliding_window_view", "x", "window_shape",
    attributes={"axis": None}, alias=Alias.VIEW, cheap=True,
    signature="x window_shape axis * -subok:False -writeable:False",
)  # fmt: skip
