"""The quadrature formulas of `scipy.integrate` for sampled values."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc import numerics_integrals
from tangentc.kinds.types import ANY, Array, Kind, Scalar, dtype_of, fresh
from tangentc.primitives.declare import declare, library_function


def as_many(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """A weight for each point."""
    x = kinds[0]
    return Array(np.dtype(float), x.dims) if isinstance(x, Array) and x.dims else ANY


def simpson_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """Whether single precision remains depends on whether the number of points is even."""
    y, axis = kinds[0], attrs.get("axis", -1)
    if not isinstance(y, Array) or not y.dims:
        return ANY
    double = dtype_of(y) == np.dtype(float)
    rest = tuple(size for k, size in enumerate(y.dims) if k != axis % len(y.dims))
    if rest:
        return Array(np.dtype(float) if double else None, rest)
    return Scalar(np.dtype(float)) if double else ANY


library_function(
    "scipy.integrate.trapezoid", "y", "x", "dx", attributes={"axis": -1}, signature="y x? dx? axis",
)  # fmt: skip
library_function(
    "scipy.integrate.cumulative_trapezoid", "y", "x", "dx", attributes={"axis": -1, "initial": None},
    signature="y x? dx? axis initial",
)  # fmt: skip
library_function(
    "scipy.integrate.simpson", "y", "x", "dx=", attributes={"axis": -1}, signature="y x? * dx? axis", kind=simpson_kind,
)  # fmt: skip
library_function(
    "scipy.integrate.romb", "y", "dx", attributes={"axis": -1}, signature="y dx? axis -show:False"
)
declare(
    "simpson_weights", numerics_integrals.simpson_weights, "x", kind=as_many,
    callables=(numerics_integrals.simpson_weights,),
)  # fmt: skip
declare(
    "romberg_weights", numerics_integrals.romberg_weights, "count",
    kind=lambda _kinds, _: Array(np.dtype(float), (fresh(),)), callables=(numerics_integrals.romberg_weights,),
)  # fmt: skip
