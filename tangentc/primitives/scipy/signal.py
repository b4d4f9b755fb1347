"""The convolutions and filters of `scipy.signal`."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tangentc import numerics_filters
from tangentc.kinds.dims import as_size, combined, shift, total
from tangentc.kinds.probing import elementwise
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, Array, Const, Kind, Size, dtype_of
from tangentc.primitives.declare import declare, library_function

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def _product_dtype(kinds: Kinds) -> np.dtype[Any] | None:
    return dtype_of(elementwise(operator.mul, kinds, {}))


def convolution_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """All of it has n + m - 1 entries along each axis; "same" keeps as many as the first array has."""
    a, b = kinds
    if not (isinstance(a, Array) and isinstance(b, Array)):
        return ANY
    dtype = _product_dtype(kinds)
    dtype = (
        dtype if dtype is not None and dtype.kind in "fc" else None
    )  # of integers it depends on the method
    mode = attrs.get("mode", "full")
    if mode == "same" and a.dims != ():
        return Array(dtype, a.dims)
    if not a.dims or not b.dims or len(a.dims) != len(b.dims):
        return Array(dtype, None) if a.dims != () else ANY
    return Array(dtype, tuple(_size(mode, n, m) for n, m in zip(a.dims, b.dims, strict=True)))


def _size(mode: str, n: Size, m: Size) -> Size:
    if mode == "full":
        return as_size(shift(total([n, m]), -1))
    return abs(n - m) + 1 if isinstance(n, int) and isinstance(m, int) else combined(mode, n, m)


for _name in ("convolve", "correlate"):
    library_function(
        f"scipy.signal.{_name}", "in1", "in2", attributes={"mode": "full", "method": "auto"}, kind=convolution_kind
    )  # fmt: skip
for _name in ("fftconvolve", "oaconvolve"):
    library_function(
        f"scipy.signal.{_name}", "in1", "in2", attributes={"mode": "full"}, kind=convolution_kind,
        signature="in1 in2 mode -axes:None",
    )  # fmt: skip
for _name in ("convolve2d", "correlate2d"):
    library_function(
        f"scipy.signal.{_name}", "in1", "in2", attributes={"mode": "full"}, kind=convolution_kind,
        signature="in1 in2 mode -boundary:'fill' -fillvalue:0",
    )  # fmt: skip


def filtered(kinds: Kinds, _: Attributes) -> Kind:
    """As many entries as the signal has, in the precision of all."""
    x = kinds[-1]
    if not isinstance(x, Array) or x.dims == ():
        return ANY
    dtypes = [np.asarray(kind.value).dtype if isinstance(kind, Const) else dtype_of(kind) for kind in kinds]
    known = all(dtype is not None and dtype.kind in "fc" for dtype in dtypes)
    return Array(np.result_type(*dtypes) if known else None, x.dims)


library_function(
    "scipy.signal.lfilter",
    "b",
    "a",
    "x",
    attributes={"axis": -1},
    kind=filtered,
    signature="b a x axis -zi:None",
)
library_function(
    "scipy.signal.sosfilt",
    "sos",
    "x",
    attributes={"axis": -1},
    kind=filtered,
    signature="sos x axis -zi:None",
)
library_function(
    "scipy.signal.detrend", "data", attributes={"axis": -1, "type": "linear", "bp": 0},
    kind=lambda kinds, _: filtered(kinds, {}), signature="data axis type bp -overwrite_data:False",
)  # fmt: skip

# --- what rules use ---------------------------------------------------------------------------------


def shaped(kinds: Kinds, _: Attributes) -> Kind:
    """An array of the shape that is given last."""
    dims = dims_of_shape(kinds[-1])
    return ANY if not dims else Array(_product_dtype(kinds[:2]), dims)


def _helper(name: str, *operands: str, kind: Any = shaped, **attributes: Any) -> None:
    function = getattr(numerics_filters, name)
    declare(name, function, *operands, attributes=attributes, kind=kind, callables=(function,))


_helper("convolve_first_bar", "w", "b", "shape", mode="full")
_helper("convolve_second_bar", "a", "w", "shape", mode="full")
_helper("fir", "b", "x", kind=filtered, axis=-1)
_helper("fir_first_bar", "w", "x", "shape", axis=-1)
_helper("fir_second_bar", "b", "w", "shape", axis=-1)
_SAVGOL = {"window_length": 3, "polyorder": 1, "deriv": 0, "delta": 1.0, "axis": -1}
library_function(
    "scipy.signal.savgol_filter", "x", attributes={**_SAVGOL, "window_length": None, "polyorder": None},
    kind=filtered, signature="x window_length! polyorder! deriv delta axis -mode:'interp' -cval",
)  # fmt: skip
_helper("savgol_bar", "w", kind=filtered, **_SAVGOL)
