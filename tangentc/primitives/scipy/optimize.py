"""The functions of `scipy.optimize` that take no function of the program."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import Array, Kind, fresh
from tangentc.primitives.declare import library_function


def pairs_kind(_kinds: tuple[Kind, ...], _: dict[str, Any]) -> tuple[Kind, Kind]:
    """Rows, and the column that each is given."""
    places = Array(np.dtype(np.intp), (fresh(),))
    return places, places


library_function(
    "scipy.optimize.linear_sum_assignment", "cost_matrix", attributes={"maximize": False}, results=2, kind=pairs_kind,
)  # fmt: skip
library_function("scipy.optimize.rosen", "x")
library_function("scipy.optimize.rosen_der", "x")
