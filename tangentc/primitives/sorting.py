"""Functions that put entries in order, and that take them in an order."""

from __future__ import annotations

from typing import Any

from tangentc.kinds.types import Array, Kind, dtype_of
from tangentc.primitives.declare import library_function


def taken_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """As many entries as there are indices along the axis, and as the array has along the others."""
    x, indices = kinds
    axis = attrs.get("axis", -1)
    known = isinstance(x, Array) and isinstance(indices, Array)
    if not known or x.dims is None or indices.dims is None or axis is None:  # type: ignore[union-attr]
        return Array(dtype_of(x), indices.dims if axis is None and isinstance(indices, Array) else None)
    dims = list(x.dims)  # type: ignore[union-attr]
    dims[axis] = indices.dims[axis]  # type: ignore[union-attr]
    return Array(dtype_of(x), tuple(dims))


library_function(
    "np.sort", "a", attributes={"axis": -1, "kind": None}, signature="a axis kind -order:None * -stable:None"
)
library_function(
    "np.partition",
    "a",
    "kth",
    attributes={"axis": -1},
    signature="a kth axis -kind:'introselect' -order:None",
)
library_function(
    "np.argpartition",
    "a",
    "kth",
    attributes={"axis": -1},
    signature="a kth axis -kind:'introselect' -order:None",
)
library_function("np.take_along_axis", "arr", "indices", attributes={"axis": -1}, kind=taken_kind)
