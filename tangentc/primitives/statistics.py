"""Averages, quantiles, covariances and counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.dims import as_size, shift
from tangentc.kinds.types import ANY, Array, Const, Int, Kind, Tuple, dtype_of, fresh
from tangentc.primitives.declare import library_function
from tangentc.primitives.libraries import resolve
from tangentc.primitives.reductions import reduction_kind

library_function(
    "np.average", "a", "weights=", attributes={"axis": None, "keepdims": False},
    signature="a axis weights? -returned:False * keepdims",
)  # fmt: skip
for _name in ("median", "nanmedian"):
    library_function(
        f"np.{_name}", "a", attributes={"axis": None, "keepdims": False}, kind=reduction_kind(resolve(f"np.{_name}")),
        signature="a axis -out:None -overwrite_input:False keepdims",
    )  # fmt: skip
for _name in ("quantile", "percentile", "nanquantile", "nanpercentile"):
    library_function(
        f"np.{_name}", "a", "q", attributes={"axis": None, "method": "linear", "keepdims": False},
        signature="a q axis -out:None -overwrite_input:False method keepdims * -weights:None -interpolation:None",
    )  # fmt: skip
library_function(
    "np.cov", "m", "y", "fweights=", "aweights=",
    attributes={"rowvar": True, "bias": False, "ddof": None, "dtype": None},
    signature="m y? rowvar bias ddof fweights? aweights? * dtype",
)  # fmt: skip
library_function(
    "np.corrcoef",
    "x",
    "y",
    attributes={"rowvar": True, "dtype": None},
    signature="x y? rowvar * dtype",
)


def bincount_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """As many entries as the largest number, which nobody knows, wants."""
    counts = len(kinds) == 1 or dtype_of(kinds[1]) is None
    return Array(np.dtype(np.intp if counts else float), (fresh(),))


library_function(
    "np.bincount",
    "x",
    "weights",
    attributes={"minlength": 0},
    kind=bincount_kind,
    signature="x weights? minlength",
)


def histogram_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """The sums in the bins and the edges; how many there are, where the number or the edges are given."""
    _, bins, weights = (*kinds, *(Const(None),) * (3 - len(kinds)))[:3]
    count: Any = fresh()
    edges: Any = np.dtype(float)
    match bins:
        case Const(int(size)):
            count = size
        case Const(None):
            count = 10
        case Array(own, (size,)):
            count, edges = as_size(shift(size, -1)), own
        case Const(str()) | Int():
            pass
        case _:
            return Tuple((ANY, ANY))
    dtype = np.dtype(np.intp) if weights == Const(None) else dtype_of(weights)
    if attrs.get("density"):
        dtype = np.dtype(float) if dtype is not None and dtype.kind != "c" else None
    return Tuple((Array(dtype, (count,)), Array(edges, (as_size(shift(count, 1)),))))


library_function(
    "np.histogram",
    "a",
    "bins",
    "weights=",
    attributes={"range": None, "density": None},
    kind=histogram_kind,
    results=2,
    signature="a bins? range density weights?",
)
