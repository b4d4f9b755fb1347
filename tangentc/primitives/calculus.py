"""Differences, sums and interpolation along an axis; convolutions; polynomials."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc import numerics
from tangentc.kinds.dims import as_size, combined, shift, total
from tangentc.kinds.probing import elementwise
from tangentc.kinds.types import Array, Kind, dtype_of, fresh
from tangentc.primitives.declare import declare, library_function

library_function(
    "np.diff",
    "a",
    "prepend=",
    "append=",
    attributes={"n": 1, "axis": -1},
    signature="a n axis prepend? append?",
)
library_function("np.ediff1d", "ary", "to_end", "to_begin", signature="ary to_end? to_begin?")
library_function(
    "np.trapezoid", "y", "x", "dx", attributes={"axis": -1}, signature="y x? dx? axis", also=("np.trapz",)
)
library_function(
    "np.gradient",
    "f",
    "spacing",
    attributes={"axis": None, "edge_order": 1},
    signature="f spacing? * axis edge_order",
)
library_function("np.interp", "x", "xp", "fp", "left", "right", signature="x xp fp left? right? -period:None")
library_function(
    "np.unwrap",
    "p",
    attributes={"discont": None, "axis": -1},
    signature="p discont axis * -period:6.283185307179586",
)


def convolution_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """All of it has n + m - 1 entries; what the other modes keep depends on which is longer."""
    a, v = kinds
    dtype = dtype_of(elementwise(np.multiply, [a, v], {}))
    if not (isinstance(a, Array) and isinstance(v, Array) and a.dims and v.dims):
        return Array(dtype, (fresh(),))
    n, m = a.dims[0], v.dims[0]
    mode = attrs.get("mode", "full")
    if mode == "full":
        return Array(dtype, (as_size(shift(total([n, m]), -1)),))
    if isinstance(n, int) and isinstance(m, int):
        return Array(dtype, (max(n, m) if mode == "same" else abs(n - m) + 1,))
    return Array(dtype, (combined(mode, n, m),))


def correlation_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    return convolution_kind(kinds, {"mode": "valid", **attrs})


library_function("np.convolve", "a", "v", attributes={"mode": "full"}, kind=convolution_kind)
library_function("np.correlate", "a", "v", attributes={"mode": "valid"}, kind=correlation_kind)
library_function("np.vander", "x", attributes={"N": None, "increasing": False})
library_function("np.polyval", "p", "x")
library_function("np.polyder", "p", attributes={"m": 1})
declare(
    "recurrence", numerics.recurrence, "x", "t", attributes={"axis": -1}, callables=(numerics.recurrence,),
)  # fmt: skip
declare(
    "bessel_i",
    numerics.bessel_i,
    "x",
    attributes={"order": 1},
    elementwise=True,
    callables=(numerics.bessel_i,),
)
