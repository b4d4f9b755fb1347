"""Functions that move entries without changing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from tangentc.kinds.dims import combined, cut, never_one, product, total
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.shapes import dims_of_shape, reshaped
from tangentc.kinds.types import ANY, Array, Const, Kind, List, Size, dtype_of, fresh, is_number, rank_of
from tangentc.primitives.core import Alias, KindRule, Syntax
from tangentc.primitives.declare import declare, library_function
from tangentc.primitives.libraries import resolve


def joined(path: str) -> Any:
    """`np.concatenate` and its like with the arrays as separate operands."""
    function = resolve(path)

    def join(*arrays: Any, **attributes: Any) -> Any:
        return function(arrays, **attributes)

    return join


def _dims(kind: Kind) -> tuple[Size, ...] | None:
    if isinstance(kind, Array):
        return kind.dims
    return () if is_number(kind) else None


def reshape_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    a, shape = kinds
    return Array(dtype_of(a), reshaped(_dims(a), shape))


def flatten(a: Any, *, order: str = "C") -> Any:
    return a.flatten(order)


def ravel_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    dims = _dims(kinds[0])
    return Array(dtype_of(kinds[0]), (fresh() if dims is None else product(dims),))


def broadcast_to_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    a, shape = kinds
    return Array(dtype_of(a), dims_of_shape(shape))


def squeeze_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """Named axes go; without names, those of size 1, which must be known."""
    a, axis = kinds[0], attrs.get("axis")
    dims = _dims(a)
    if dims is None or not isinstance(a, Array):
        return ANY
    if axis is None:
        if any(size != 1 and not never_one(size) for size in dims):
            return Array(a.dtype, None)
        return Array(a.dtype, tuple(size for size in dims if size != 1))
    gone = {one % len(dims) for one in ((axis,) if isinstance(axis, int) else axis)} if dims else set()
    return Array(a.dtype, tuple(size for position, size in enumerate(dims) if position not in gone))


def _common_dtype(kinds: Sequence[Kind]) -> np.dtype[Any] | None:
    """The dtype of a concatenation; None where an operand's is unknown."""
    found = elementwise(lambda *xs: np.concatenate([np.ravel(x) for x in xs]), kinds, {})
    return found.dtype if isinstance(found, Array) else None


def _joined_dtype(kinds: Sequence[Kind], attrs: dict[str, Any]) -> np.dtype[Any] | None:
    wanted = attrs.get("dtype")
    return _common_dtype(kinds) if wanted is None else np.dtype(wanted)


def _equal_axes(shapes: Sequence[tuple[Size, ...]]) -> tuple[Size, ...] | None:
    """The sizes of arrays that must have one shape; None where their ranks differ."""
    if len({len(shape) for shape in shapes}) != 1:
        return None
    return tuple(
        next((size for size in sizes if isinstance(size, int)), sizes[0])
        for sizes in zip(*shapes, strict=True)
    )


def concatenate_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """Sizes add along the axis; along the others they are equal."""
    dtype = _joined_dtype(kinds, attrs)
    shapes = [dims for dims in map(_dims, kinds) if dims is not None]
    axis = attrs.get("axis", 0)
    if len(shapes) < len(kinds) or not shapes:
        return Array(dtype, (fresh(),) if axis is None else None)
    if axis is None:
        return Array(dtype, (total([product(shape) for shape in shapes]),))
    dims = _equal_axes(shapes)
    if not dims or not -len(dims) <= axis < len(dims):
        return Array(dtype, None)
    axis %= len(dims)
    return Array(dtype, (*dims[:axis], total([shape[axis] for shape in shapes]), *dims[axis + 1 :]))


def stack_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """A new axis, as long as there are arrays."""
    dtype = _joined_dtype(kinds, attrs)
    shapes = [dims for dims in map(_dims, kinds) if dims is not None]
    dims = _equal_axes(shapes) if shapes and len(shapes) == len(kinds) else None
    axis = attrs.get("axis", 0)
    if dims is None or not -len(dims) - 1 <= axis <= len(dims):
        return Array(dtype, None)
    axis %= len(dims) + 1
    return Array(dtype, (*dims[:axis], len(kinds), *dims[axis:]))


def append_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    return concatenate_kind(kinds, {"axis": attrs.get("axis")})


def split_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """Equal parts for a number of sections; else parts of unknown shape."""
    a, sections = kinds
    if not isinstance(a, Array):
        return ANY
    axis = attrs.get("axis", 0)
    match sections:
        case Const(int(count)) if a.dims is not None and -len(a.dims) <= axis < len(a.dims):
            axis %= len(a.dims)
            size = a.dims[axis]
            part = size // count if isinstance(size, int) and count else combined("part", size, count)
            return List(Array(a.dtype, (*a.dims[:axis], part, *a.dims[axis + 1 :])), count)
        case Const(list() | tuple() as places):
            return List(Array(a.dtype, None), len(places) + 1)
    return List(Array(a.dtype, None))


def array_split_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    return List(Array(dtype_of(kinds[0]), None)) if isinstance(kinds[0], Array) else ANY


def transposed_kind(function: Callable[..., Any]) -> KindRule:
    """Views that permute axes: probed, and an array also where nothing is known of the axes."""

    def kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        x = kinds[0]
        return x if isinstance(x, Array) and x.dims is None else probe(function, kinds, attrs)

    return kind


def diagonal_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """The diagonal of two axes: as long as the shorter, where that is known."""
    x = kinds[0]
    if not isinstance(x, Array) or x.dims is None:
        return x if isinstance(x, Array) else ANY
    rank = len(x.dims)
    first, second = attrs.get("axis1", 0), attrs.get("axis2", 1)
    if not (-rank <= first < rank and -rank <= second < rank) or first % rank == second % rank:
        return ANY
    rest = (size for axis, size in enumerate(x.dims) if axis not in (first % rank, second % rank))
    return Array(x.dtype, (*rest, _diagonal_size(x.dims[first], x.dims[second], attrs.get("offset", 0))))


def _diagonal_size(rows: Size, columns: Size, offset: int) -> Size:
    rows, columns = cut(rows, max(-offset, 0)), cut(columns, max(offset, 0))
    if isinstance(rows, int) and isinstance(columns, int):
        return min(rows, columns)
    base = columns if offset >= 0 else rows  # of a square, the side that was cut
    other = rows if offset >= 0 else columns
    return base if cut(other, abs(offset)) == base else combined("min", rows, columns)


def diag_alias(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Alias:
    """The matrix with a diagonal is new, the diagonal of a matrix a view."""
    rank = rank_of(kinds[0])
    return Alias.FRESH if rank == 1 else Alias.VIEW if rank == 2 else Alias.MAYBE


def view_of_array(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Alias:
    """An array is handed on; of a number an array is made."""
    return Alias.VIEW if len(kinds) == 1 and isinstance(kinds[0], Array) else Alias.MAYBE


def diag_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """A square matrix of a vector, the diagonal of a matrix."""
    x, k = kinds[0], attrs.get("k", 0)
    if isinstance(x, Array) and x.dims is not None and len(x.dims) == 1:
        side = total([x.dims[0], abs(k)])
        return Array(x.dtype, (side, side))
    return diagonal_kind(kinds, {"offset": k})


def reshape(a: Any, shape: Any, *, order: str = "C") -> Any:
    return np.reshape(a, shape, order=order)  # type: ignore[call-overload]


library_function(
    "np.reshape",
    "a",
    "shape",
    function=reshape,
    attributes={"order": "C"},
    alias=Alias.MAYBE,
    cheap=True,
    kind=reshape_kind,
)
library_function("np.ravel", "a", attributes={"order": "C"}, alias=Alias.MAYBE, cheap=True, kind=ravel_kind)
declare("flatten", flatten, "a", attributes={"order": "C"}, kind=ravel_kind, syntax=Syntax.METHOD)
declare(
    "T",
    attrgetter("T"),
    "x",
    kind=transposed_kind(attrgetter("T")),
    alias=Alias.VIEW,
    cheap=True,
    syntax=Syntax.ATTRIBUTE,
)
declare("mT", attrgetter("mT"), "x", alias=Alias.VIEW, cheap=True, syntax=Syntax.ATTRIBUTE)
library_function(
    "np.transpose",
    "a",
    also=("np.permute_dims",),
    attributes={"axes": None},
    alias=Alias.VIEW,
    cheap=True,
    kind=transposed_kind(np.transpose),
)
library_function(
    "np.matrix_transpose", "x", also=("np.linalg.matrix_transpose",), alias=Alias.VIEW, cheap=True
)
library_function(
    "np.swapaxes",
    "a",
    attributes={"axis1": None, "axis2": None},
    alias=Alias.VIEW,
    cheap=True,
    kind=transposed_kind(np.swapaxes),
)
library_function(
    "np.moveaxis", "a", attributes={"source": None, "destination": None}, alias=Alias.VIEW, cheap=True
)
library_function("np.expand_dims", "a", attributes={"axis": None}, alias=Alias.VIEW, cheap=True)
library_function(
    "np.squeeze", "a", attributes={"axis": None}, alias=Alias.VIEW, cheap=True, kind=squeeze_kind
)
library_function("np.broadcast_to", "array", "shape", alias=Alias.VIEW, cheap=True, kind=broadcast_to_kind)
library_function("np.flip", "m", attributes={"axis": None}, alias=Alias.VIEW, cheap=True)
library_function("np.fliplr", "m", alias=Alias.VIEW, cheap=True)
library_function("np.flipud", "m", alias=Alias.VIEW, cheap=True)
library_function(
    "np.diagonal",
    "a",
    attributes={"offset": 0, "axis1": 0, "axis2": 1},
    alias=Alias.VIEW,
    cheap=True,
    kind=diagonal_kind,
)
library_function("np.diag", "v", attributes={"k": 0}, alias=diag_alias, kind=diag_kind)
library_function("np.atleast_1d", "x", alias=view_of_array, cheap=True)
library_function("np.atleast_2d", "x", alias=view_of_array, cheap=True)
library_function("np.atleast_3d", "x", alias=view_of_array, cheap=True)
library_function("np.tril", "m", attributes={"k": 0})
library_function("np.triu", "m", attributes={"k": 0})
library_function("np.roll", "a", "shift", attributes={"axis": None})
library_function("np.repeat", "a", "repeats", attributes={"axis": None})
library_function("np.tile", "A", "reps")
library_function(
    "np.take", "a", "indices",
    attributes={"axis": None, "mode": "raise"}, signature="a indices axis -out:None mode",
)  # fmt: skip
library_function("np.append", "arr", "values", attributes={"axis": None}, kind=append_kind)
library_function("np.copy", "a", attributes={"order": "K"}, signature="a order -subok:False")
library_function(
    "np.concatenate", "*arrays",
    also=("np.concat",), function=joined("np.concatenate"), attributes={"axis": 0, "dtype": None},
    kind=concatenate_kind, signature="*arrays axis -out:None * dtype -casting:'same_kind'",
)  # fmt: skip
library_function(
    "np.stack", "*arrays",
    function=joined("np.stack"), attributes={"axis": 0, "dtype": None}, kind=stack_kind,
    signature="*arrays axis -out:None * dtype -casting:'same_kind'",
)  # fmt: skip
for _name, _also in (("vstack", ("np.row_stack",)), ("hstack", ())):
    library_function(
        f"np.{_name}", "*arrays",
        also=_also, function=joined(f"np.{_name}"), attributes={"dtype": None},
        signature="*arrays * dtype -casting:'same_kind'",
    )  # fmt: skip
for _name in ("dstack", "column_stack"):
    library_function(f"np.{_name}", "*arrays", function=joined(f"np.{_name}"))
for _name, _kind in (("split", split_kind), ("array_split", array_split_kind)):
    library_function(
        f"np.{_name}", "ary", "indices_or_sections", attributes={"axis": 0}, alias=Alias.VIEW, kind=_kind
    )
