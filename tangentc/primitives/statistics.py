"""Averages, quantiles, covariances and counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import Array, Kind, dtype_of, fresh
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
