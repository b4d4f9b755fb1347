"""Functions that order, choose and compare the entries of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.dims import product
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, Array, Kind, Size, Tuple, dtype_of, fresh, rank_of
from tangentc.primitives.declare import library_function

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]

_POSITION = np.dtype(np.intp)


def _row_of(x: Kind) -> Size:
    return product(x.dims) if isinstance(x, Array) and x.dims is not None else fresh()


def sorted_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """The shape stays, unless all entries are put into one row."""
    x = kinds[0]
    if not isinstance(x, Array):
        return ANY
    return Array(x.dtype, (_row_of(x),) if attrs.get("axis", -1) is None else x.dims)


def order_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    found = sorted_kind(kinds, attrs)
    return Array(_POSITION, found.dims) if isinstance(found, Array) else ANY


def lexsort_kind(kinds: Kinds, _: Attributes) -> Kind:
    """Positions in the shape of one key."""
    keys = kinds[0]
    if isinstance(keys, Array) and keys.dims is not None and len(keys.dims) > 1:
        return Array(_POSITION, keys.dims[1:])
    first = keys.items[0] if isinstance(keys, Tuple) and keys.items else None
    return Array(_POSITION, first.dims if isinstance(first, Array) else None)


def unique_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """How many different entries there are is not known; the positions and counts are as many."""
    x, axis = kinds[0], attrs.get("axis")
    count = fresh()
    dims: tuple[Size, ...] | None = (count,)
    if axis is not None:
        known = x.dims if isinstance(x, Array) else None
        dims = (
            None if known is None else (*known[: axis % len(known)], count, *known[axis % len(known) + 1 :])
        )
    found: list[Kind] = [Array(dtype_of(x), dims)]
    if attrs.get("return_index"):
        found.append(Array(_POSITION, (count,)))
    if attrs.get("return_inverse"):  # its shape depends on the version of NumPy
        found.append(Array(_POSITION, x.dims if rank_of(x) == 1 else None))  # type: ignore[union-attr]
    if attrs.get("return_counts"):
        found.append(Array(_POSITION, (count,)))
    return found[0] if len(found) == 1 else Tuple(tuple(found))


def membership_kind(kinds: Kinds, _: Attributes) -> Kind:
    found = elementwise(np.isnan, kinds[:1], {})
    return (
        found
        if isinstance(found, Array)
        else Array(np.dtype(bool), None if rank_of(kinds[0]) is None else ())
    )


def along_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """The shape of the indices along the axis, that of the array along the others."""
    x, indices = kinds
    axis = attrs.get("axis", -1)
    if not isinstance(x, Array) or not isinstance(indices, Array):
        return ANY
    if axis is None:
        return Array(x.dtype, indices.dims)
    if x.dims is None or indices.dims is None or len(x.dims) != len(indices.dims):
        return Array(x.dtype, None)
    sizes = [own if own != 1 else other for own, other in zip(x.dims, indices.dims, strict=True)]
    sizes[axis] = indices.dims[axis]
    return Array(x.dtype, tuple(sizes))


def choose_kind(kinds: Kinds, _: Attributes) -> Kind:
    """All operands broadcast; the dtype is that of the choices."""
    shape = elementwise(lambda *xs: sum(np.asarray(x, complex) for x in xs), kinds, {})
    joined = elementwise(lambda *xs: np.choose(0, xs), kinds[1:], {})
    dims: tuple[Size, ...] | None = None
    if isinstance(shape, Array):
        dims = shape.dims
    elif shape != ANY:
        dims = ()
    return Array(dtype_of(joined), dims)


def ravelled_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """`np.ravel_multi_index`: in the shape of the indices."""
    indices = kinds[0]
    first = indices.items[0] if isinstance(indices, Tuple) and indices.items else None
    if isinstance(first, Array):
        return Array(_POSITION, first.dims)
    return probe(np.ravel_multi_index, kinds, attrs)


def indices_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """One array for each axis, stacked, or of its own shape."""
    dims = dims_of_shape(kinds[0])
    dtype = np.dtype(attrs.get("dtype", int))
    if dims is None:
        return ANY if attrs.get("sparse") else Array(dtype, None)
    if not attrs.get("sparse"):
        return Array(dtype, (len(dims), *dims))
    return Tuple(
        tuple(
            Array(dtype, tuple(size if other == axis else 1 for other in range(len(dims))))
            for axis, size in enumerate(dims)
        )
    )


def choose(a: Any, *choices: Any, mode: str = "raise") -> Any:
    return np.choose(a, choices, mode=mode)  # type: ignore[call-overload]


def take_along_axis(x: Any, indices: Any, axis: Any = ...) -> Any:
    """Before NumPy 2.3 the axis must be given, so emitted code gives it where the program does."""
    return np.take_along_axis(x, indices, axis=-1 if axis is ... else axis)


_SORT = "a axis kind -order:None"
library_function(
    "np.sort", "a",
    attributes={"axis": -1, "kind": None, "stable": None}, kind=sorted_kind, signature=f"{_SORT} * stable",
)  # fmt: skip
library_function(
    "np.partition", "a", "kth",
    attributes={"axis": -1, "kind": "introselect"}, kind=sorted_kind, signature="a kth axis kind -order:None",
)  # fmt: skip
library_function(
    "np.argpartition", "a", "kth",
    attributes={"axis": -1, "kind": "introselect"}, kind=order_kind, signature="a kth axis kind -order:None",
)  # fmt: skip
library_function("np.sort_complex", "a")
library_function("np.lexsort", "keys", attributes={"axis": -1}, kind=lexsort_kind)
library_function(
    "np.unique", "ar",
    attributes={
        "return_index": False, "return_inverse": False, "return_counts": False, "axis": None, "equal_nan": True,
    },
    kind=unique_kind,
    signature="ar return_index return_inverse return_counts axis * equal_nan -sorted:True",
)  # fmt: skip
library_function(
    "np.isin", "element", "test_elements",
    attributes={"assume_unique": False, "invert": False, "kind": None}, kind=membership_kind,
    signature="element test_elements assume_unique invert * kind",
)  # fmt: skip
library_function(
    "np.in1d", "ar1", "ar2",
    attributes={"assume_unique": False, "invert": False, "kind": None},
    kind=lambda kinds, _: Array(np.dtype(bool), (_row_of(kinds[0]),)),
    signature="ar1 ar2 assume_unique invert * kind",
)  # fmt: skip
library_function(
    "np.take_along_axis", "arr", "indices",
    function=take_along_axis, attributes={"axis": ...}, kind=along_kind,
)  # fmt: skip
library_function(
    "np.choose", "a", "*choices",
    function=choose, attributes={"mode": "raise"}, kind=choose_kind, signature="a *choices -out:None mode",
)  # fmt: skip
library_function(
    "np.ravel_multi_index", "multi_index", "dims",
    attributes={"mode": "raise", "order": "C"}, kind=ravelled_kind, cheap=True,
)  # fmt: skip
library_function("np.indices", "dimensions", attributes={"dtype": int, "sparse": False}, kind=indices_kind)
library_function("np.array_equiv", "a1", "a2")
for _name in ("isreal", "iscomplex"):
    library_function(f"np.{_name}", "x", elementwise=True)
