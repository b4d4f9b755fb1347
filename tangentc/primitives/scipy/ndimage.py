"""The linear filters of `scipy.ndimage`."""

from __future__ import annotations

from typing import Any

from tangentc import numerics_filters
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, Array, Kind, dtype_of
from tangentc.primitives.declare import declare, library_function

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def like_image(kinds: Kinds, _: Attributes) -> Kind:
    """The shape and the dtype of the image."""
    x = kinds[0]
    return Array(x.dtype, x.dims) if isinstance(x, Array) and x.dims else ANY


def shaped(kinds: Kinds, _: Attributes) -> Kind:
    dims = dims_of_shape(kinds[-1])
    return Array(dtype_of(kinds[0]), dims) if dims else ANY


_PATH = "scipy.ndimage"
_EDGES = {"mode": "reflect", "cval": 0.0}
for _name, _axis in (("convolve", ""), ("correlate", ""), ("convolve1d", " axis"), ("correlate1d", " axis")):
    library_function(
        f"{_PATH}.{_name}", "input", "weights", kind=like_image,
        attributes={**({"axis": -1} if _axis else {}), **_EDGES, "origin": 0},
        signature=f"input weights{_axis} -output:None mode cval origin * -axes:None",
    )  # fmt: skip
for _name, _size, _attributes, _row in (
    ("gaussian_filter", "sigma", {"order": 0, **_EDGES, "truncate": 4.0, "radius": None},
     "input sigma order -output:None mode cval truncate * radius -axes:None"),
    ("gaussian_filter1d", "sigma", {"axis": -1, "order": 0, **_EDGES, "truncate": 4.0, "radius": None},
     "input sigma axis order -output:None mode cval truncate * radius"),
    ("gaussian_laplace", "sigma", {**_EDGES, "truncate": 4.0},
     "input sigma -output:None mode cval * truncate -axes:None"),
    ("uniform_filter", "size", {**_EDGES, "origin": 0}, "input size -output:None mode cval origin * -axes:None"),
    ("uniform_filter1d", "size", {"axis": -1, **_EDGES, "origin": 0}, "input size axis -output:None mode cval origin"),
):  # fmt: skip
    library_function(
        f"{_PATH}.{_name}", "input", _size, kind=like_image, attributes=_attributes, signature=_row
    )
library_function(
    f"{_PATH}.laplace", "input", kind=like_image, attributes=_EDGES,
    signature="input -output:None mode cval * -axes:None",
)  # fmt: skip
for _name in ("sobel", "prewitt"):
    library_function(
        f"{_PATH}.{_name}", "input", kind=like_image, attributes={"axis": -1, **_EDGES},
        signature="input axis -output:None mode cval",
    )  # fmt: skip

_FILTER = {"filter": "correlate", "axis": None, "mode": "reflect", "origin": 0}
declare(
    "image_filter", numerics_filters.image_filter, "x", "weights", attributes=_FILTER, kind=like_image,
    callables=(numerics_filters.image_filter,),
)  # fmt: skip
declare(
    "image_first_bar", numerics_filters.image_first_bar, "w", "weights", "shape", attributes=_FILTER, kind=shaped,
    callables=(numerics_filters.image_first_bar,),
)  # fmt: skip
declare(
    "image_second_bar", numerics_filters.image_second_bar, "x", "w", "shape", attributes=_FILTER, kind=shaped,
    callables=(numerics_filters.image_second_bar,),
)  # fmt: skip
declare(
    "image_filter_bar", numerics_filters.image_filter_bar, "w", "size",
    attributes={**_FILTER, "filter": "gaussian_filter", "order": 0, "truncate": 4.0, "radius": None}, kind=like_image,
    callables=(numerics_filters.image_filter_bar,),
)  # fmt: skip
