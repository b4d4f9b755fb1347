"""The functions of `numerics` that rules use: primitives with rules of their own."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tangentc import numerics
from tangentc.kinds.dims import new_int
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, FLOAT, Array, Kind, Scalar, Tuple, dtype_of, fresh, is_number
from tangentc.primitives.core import Alias
from tangentc.primitives.declare import declare

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def unbroadcast_kind(kinds: Kinds, _: Attributes) -> Kind:
    """An array of the given shape; a number stays the number it is."""
    w, shape = kinds
    dims = dims_of_shape(shape)
    if dims is None:
        return ANY
    if dims:
        return Array(dtype_of(w), dims)
    if is_number(w):
        return w
    dtype = dtype_of(w)
    return ANY if dtype is None or (isinstance(w, Array) and w.dims in (None, ())) else Scalar(dtype)


def like_third(kinds: Kinds, _: Attributes) -> Kind:
    """The cotangent of an operand of a product: the operand's shape, and the dtype of the product with w."""
    c, w, like = kinds
    promoted = dtype_of(elementwise(operator.mul, [c, w], {}))
    return Array(promoted, like.dims) if isinstance(like, Array) else ANY


def powers_kind(kinds: Kinds, _: Attributes) -> Kind:
    dtype = dtype_of(kinds[0])
    return Array(None if dtype is None else np.result_type(dtype, np.float16), dims_of_shape(kinds[1]))


declare(
    "unbroadcast", numerics.unbroadcast, "w", "shape",
    kind=unbroadcast_kind, alias=Alias.MAYBE, callables=(numerics.unbroadcast,),
)  # fmt: skip
declare(
    "stop_gradient", numerics.stop_gradient, "x",
    kind=lambda kinds, _: kinds[0], alias=Alias.FRESH, cheap=True, callables=(numerics.stop_gradient,),
)  # fmt: skip
declare("ratio", numerics.ratio, "x", "y", elementwise=True, callables=(numerics.ratio,))
declare(
    "quotient", numerics.quotient, "x", "y",
    kind=lambda kinds, _: elementwise(operator.truediv, kinds, {}), elementwise=True, callables=(numerics.quotient,),
)  # fmt: skip
declare("inverse_gaps", numerics.inverse_gaps, "x", callables=(numerics.inverse_gaps,))
declare("share", numerics.share, "x", "y", elementwise=True, callables=(numerics.share,))
_ALONG: dict[str, Any] = {"axis": None, "keepdims": False}
declare(
    "chosen_mean", numerics.chosen_mean, "t", "mask", attributes=_ALONG, callables=(numerics.chosen_mean,),
    kind=lambda kinds, attrs: probe(lambda t, _, **a: np.mean(t, **a), kinds, attrs),
)  # fmt: skip
declare(
    "evenly", numerics.evenly, "w", "mask", attributes=_ALONG, callables=(numerics.evenly,),
    kind=lambda kinds, _: Array(dtype_of(kinds[0]), getattr(kinds[1], "dims", None)),
)  # fmt: skip
declare("inside", numerics.inside, "x", "low", "high", elementwise=True, callables=(numerics.inside,))
declare(
    "windows_bar", numerics.windows_bar, "w", "shape", attributes={"axes": None},
    kind=lambda kinds, _: Array(dtype_of(kinds[0]), dims_of_shape(kinds[1])), callables=(numerics.windows_bar,),
)  # fmt: skip
declare(
    "resized_bar", numerics.resized_bar, "w", "shape",
    kind=lambda kinds, _: Array(dtype_of(kinds[0]), dims_of_shape(kinds[1])), callables=(numerics.resized_bar,),
)  # fmt: skip
declare(
    "product_of_others", numerics.product_of_others, "x",
    attributes={"axis": None}, callables=(numerics.product_of_others,),
)  # fmt: skip
declare(
    "sinc_derivative", numerics.sinc_derivative, "x",
    attributes={"order": 1}, elementwise=True, callables=(numerics.sinc_derivative,),
)  # fmt: skip
declare(
    "power_slope", numerics.power_slope, "x", "y",
    kind=lambda _kinds, _: FLOAT, callables=(numerics.power_slope,),
)  # fmt: skip
declare(
    "log_of_base", numerics.log_of_base, "x", kind=lambda _kinds, _: FLOAT, callables=(numerics.log_of_base,)
)
declare(
    "polygamma", numerics.polygamma, "x",
    attributes={"order": 0}, kind=lambda _kinds, _: FLOAT, callables=(numerics.polygamma,),
)  # fmt: skip
declare(
    "gamma_slope", numerics.gamma_slope, "a", "z", attributes={"order": 0}, elementwise=True,
    callables=(numerics.gamma_slope,),
)  # fmt: skip
declare(
    "centred", numerics.centred, "x", attributes={"axis": None}, callables=(numerics.centred,),
)  # fmt: skip
for _function in (numerics.matmul_right_bar, numerics.matmul_left_bar):
    declare(_function.__name__, _function, "c", "w", "like", kind=like_third, callables=(_function,))
declare(
    "sorted_order", numerics.sorted_order, "*keys", attributes={"reverse": False},
    kind=lambda kinds, _: Tuple(tuple(new_int() for _ in kinds)), callables=(numerics.sorted_order,),
)  # fmt: skip
declare(
    "stable_order", numerics.stable_order, "x", "y", attributes={"axis": -1},
    kind=lambda kinds, _: Array(np.dtype(np.intp), kinds[1].dims) if isinstance(kinds[1], Array) else ANY,
    callables=(numerics.stable_order,),
)  # fmt: skip
declare(
    "parted_order", numerics.parted_order, "x", "y", "kth", attributes={"axis": -1},
    kind=lambda kinds, _: Array(np.dtype(np.intp), kinds[1].dims) if isinstance(kinds[1], Array) else ANY,
    callables=(numerics.parted_order,),
)  # fmt: skip
declare(
    "flat_places", numerics.flat_places, "indices", "shape", attributes={"axis": -1},
    kind=lambda kinds, _: Array(np.dtype(np.intp), (fresh(),)), callables=(numerics.flat_places,),
)  # fmt: skip
declare(
    "folded", numerics.folded, "w", "pad_width", "shape", attributes={"mode": "reflect"},
    kind=lambda kinds, _: Array(dtype_of(kinds[0]), dims_of_shape(kinds[2])), callables=(numerics.folded,),
)  # fmt: skip
declare(
    "powers", numerics.powers, "x", "shape",
    kind=powers_kind, callables=(numerics.powers,),
)  # fmt: skip
declare(
    "real_places", numerics.real_places, "v", callables=(numerics.real_places,),
    kind=lambda kinds, _: Array(np.dtype(bool), kinds[0].dims) if isinstance(kinds[0], Array) else ANY,
)  # fmt: skip
declare(
    "quarter_turn", numerics.quarter_turn, "x", "like", callables=(numerics.quarter_turn,),
    kind=lambda kinds, _: Array(dtype_of(kinds[1]), kinds[0].dims) if isinstance(kinds[0], Array) else ANY,
)  # fmt: skip
declare(
    "room", numerics.room, "shape", "w", callables=(numerics.room,),
    kind=lambda kinds, _: Array(dtype_of(kinds[1]), dims_of_shape(kinds[0])),
)  # fmt: skip
