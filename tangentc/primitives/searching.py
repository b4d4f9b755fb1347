"""Functions whose results are positions, truth values or counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.probing import probe
from tangentc.kinds.types import ANY, Array, Const, Kind, Scalar, Tuple, fresh, is_number, rank_of
from tangentc.primitives.declare import library_function


def nonzero_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """One array of positions for each axis, all equally long."""
    rank = rank_of(kinds[0])
    return Tuple((Array(np.dtype(np.intp), (fresh(),)),) * rank) if rank else ANY


def flatnonzero_kind(_kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    return Array(np.dtype(np.intp), (fresh(),))


def argwhere_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    rank = rank_of(kinds[0])
    return Array(np.dtype(np.intp), (fresh(), fresh() if rank is None else rank))


def unravel_index_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """One position, or array of positions, for each axis."""
    indices, shape = kinds
    rank = len(shape.items) if isinstance(shape, Tuple) else None
    if isinstance(shape, Const) and isinstance(shape.value, tuple):
        rank = len(shape.value)
    if rank is None:
        return ANY
    return Tuple((_positions(indices),) * rank)


def _positions(indices: Kind) -> Kind:
    """Positions of one axis in the shape of the indices, which may be nested lists."""
    position = np.dtype(np.intp)
    if is_number(indices):
        return Scalar(position)
    if isinstance(indices, Array):
        return Array(position, indices.dims)
    found = probe(np.asarray, (indices,), {})
    return Array(position, found.dims) if isinstance(found, Array) else ANY


for _name in ("argmax", "argmin"):
    library_function(f"np.{_name}", "a", attributes={"axis": None, "keepdims": False})
for _name in ("nanargmax", "nanargmin"):
    library_function(
        f"np.{_name}",
        "a",
        attributes={"axis": None, "keepdims": False},
        signature="a axis -out:None * keepdims",
    )
library_function(
    "np.argsort", "a",
    attributes={"axis": -1, "kind": None, "stable": None}, signature="a axis kind -order:None * stable",
)  # fmt: skip
library_function("np.searchsorted", "a", "v", attributes={"side": "left"})
library_function("np.digitize", "x", "bins", attributes={"right": False})
library_function("np.nonzero", "a", kind=nonzero_kind)
library_function("np.flatnonzero", "a", kind=flatnonzero_kind)
library_function("np.argwhere", "a", kind=argwhere_kind)
library_function("np.unravel_index", "indices", "shape", cheap=True, kind=unravel_index_kind)
library_function("np.shares_memory", "a", "b", reads=False)
library_function("np.may_share_memory", "a", "b", reads=False)
library_function("np.array_equal", "a1", "a2", attributes={"equal_nan": False})
library_function("np.allclose", "a", "b", attributes={"rtol": 1e-05, "atol": 1e-08, "equal_nan": False})
