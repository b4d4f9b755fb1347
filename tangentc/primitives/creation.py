"""Functions that make arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.kinds.dims import as_size, combined, label_of, shift
from tangentc.kinds.join import widened
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Array, Const, Int, Kind, Size, dtype_of, fresh, is_number
from tangentc.primitives.core import Alias, KindRule
from tangentc.primitives.declare import library_function
from tangentc.primitives.index import Hole


def fill_nesting(nesting: Any, leaves: tuple[Any, ...]) -> Any:
    """Nested lists with the leaves in their holes."""
    if isinstance(nesting, Hole):
        return leaves[nesting.position]
    return [fill_nesting(inner, leaves) for inner in nesting]


_FLAT = Hole(0)  # the nesting of one leaf


def array(*leaves: Any, nesting: Any = _FLAT, dtype: Any = None, order: Any = "K", ndmin: int = 0) -> Any:
    return np.array(fill_nesting(nesting, leaves), dtype=dtype, order=order, ndmin=ndmin)


def asarray(*leaves: Any, nesting: Any = _FLAT, dtype: Any = None, order: Any = None) -> Any:
    return np.asarray(fill_nesting(nesting, leaves), dtype=dtype, order=order)


def ascontiguousarray(*leaves: Any, nesting: Any = _FLAT, dtype: Any = None) -> Any:
    return np.ascontiguousarray(fill_nesting(nesting, leaves), dtype=dtype)


def linspace(
    start: Any, stop: Any, num: Any = 50, *, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    return np.linspace(start, stop, num, endpoint=endpoint, dtype=dtype, axis=axis)


def filled_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """An array of the given shape; its dtype is the attribute, that of the fill value, or float."""
    shape, *fill = kinds
    dtype = attrs.get("dtype")
    if dtype is None and fill:
        return Array(dtype_of(widened(fill[0])), dims_of_shape(shape))
    return Array(np.dtype(dtype), dims_of_shape(shape))


def like_kind(function: Callable[..., Any]) -> KindRule:
    """An array of the shape of another."""

    def kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        prototype, *_ = kinds
        dtype = attrs.get("dtype")
        dtype = None if dtype is None else np.dtype(dtype)
        match prototype:
            case Array(own, dims):
                return Array(own if dtype is None else dtype, dims)
            case AnyKind():
                return Array(dtype, None)
        return probe(function, kinds, attrs)

    return kind


def arange_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """Ints give a size that they name, floats a fresh one: rounding decides."""
    if not kinds or not all(map(is_number, kinds)):
        return Array(None, (fresh(),))
    dtype = attrs.get("dtype")
    own = dtype_of(probe(np.arange, kinds, {})) if dtype is None else np.dtype(dtype)
    return Array(own, (_run_length(kinds),))


def _run_length(kinds: Sequence[Kind]) -> Size:
    labels = [label_of(kind) for kind in kinds if isinstance(kind, (Int, Const))]
    if len(labels) < len(kinds) or any(label is None for label in labels):
        return fresh()
    match labels:
        case [stop] if stop is not None:
            return as_size(stop)
        case [int(start), stop] if stop is not None:
            return as_size(shift(stop, -start))
        case _ if all(isinstance(label, int) for label in labels):
            return len(range(*labels))  # type: ignore[arg-type]
    return combined("arange", *labels)


def array_kind(function: Callable[..., Any]) -> KindRule:
    """Nested lists of leaves: their lengths, then the axes of the leaves, which NumPy wants equal."""

    def kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        nesting = attrs.get("nesting", _FLAT)
        dtype = attrs.get("dtype")
        if any(isinstance(leaf, AnyKind) for leaf in kinds):
            return Array(None if dtype is None else np.dtype(dtype), None)
        if not kinds or not all(is_number(leaf) or isinstance(leaf, Array) for leaf in kinds):
            return probe(function, kinds, attrs)
        shapes = [leaf.dims if isinstance(leaf, Array) else () for leaf in kinds]
        if dtype is None:
            small = elementwise(lambda *leaves: np.array([np.ravel(leaf)[0] for leaf in leaves]), kinds, {})
            dtype = small.dtype if isinstance(small, Array) else None
        if any(shape is None or len(shape) != len(shapes[0] or ()) for shape in shapes):
            return Array(dtype if dtype is None else np.dtype(dtype), None)
        columns = zip(*(shape for shape in shapes if shape is not None), strict=True)
        inner = tuple(
            next((size for size in column if isinstance(size, int)), column[0]) for column in columns
        )
        dims = (*_lengths(nesting), *inner)
        dims = (*(1,) * (attrs.get("ndmin", 0) - len(dims)), *dims)
        if function is ascontiguousarray and not dims:
            dims = (1,)
        return Array(dtype if dtype is None else np.dtype(dtype), dims)

    return kind


def asarray_alias(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Alias:
    """An array of the wanted dtype is handed on as it is."""
    dtype, nesting = attrs.get("dtype"), attrs.get("nesting", _FLAT)
    if (
        attrs.get("order") is not None
        or nesting != _FLAT
        or len(kinds) != 1
        or not isinstance(kinds[0], Array)
        or kinds[0].dtype is None
    ):
        return Alias.MAYBE
    return Alias.VIEW if dtype is None or np.dtype(dtype) == kinds[0].dtype else Alias.FRESH


def _lengths(nesting: Any) -> tuple[int, ...]:
    if isinstance(nesting, Hole):
        return ()
    return (len(nesting), *(_lengths(nesting[0]) if nesting else ()))


for _name in ("zeros", "ones", "empty"):
    library_function(f"np.{_name}", "shape", attributes={"dtype": None}, kind=filled_kind)
    library_function(
        f"np.{_name}_like", "a",
        attributes={"dtype": None}, reads=False, kind=like_kind(getattr(np, f"{_name}_like")),
    )  # fmt: skip
library_function("np.full", "shape", "fill_value", attributes={"dtype": None}, kind=filled_kind)
library_function("np.full_like", "a", "fill_value", attributes={"dtype": None}, kind=like_kind(np.full_like))
library_function("np.eye", "N", "M", attributes={"k": 0, "dtype": float})
library_function("np.identity", "n", attributes={"dtype": None})
library_function("np.tri", "N", "M", attributes={"k": 0, "dtype": float})
library_function("np.arange", "*bounds", attributes={"dtype": None}, kind=arange_kind)
library_function(
    "np.linspace", "start", "stop", "num",
    function=linspace, attributes={"endpoint": True, "dtype": None, "axis": 0},
)  # fmt: skip
library_function(
    "np.logspace", "start", "stop", "num", attributes={"endpoint": True, "base": 10.0, "dtype": None}
)
library_function(
    "np.geomspace", "start", "stop", "num", attributes={"endpoint": True, "dtype": None, "axis": 0},
    signature="start stop num? endpoint dtype axis",
)  # fmt: skip
for _name, _attribute in (("asarray_chkfinite", "order"), ("require", "requirements")):
    library_function(
        f"np.{_name}", "a", attributes={"dtype": None, _attribute: None}, alias=Alias.MAYBE,
        signature=f"a dtype {_attribute}" + (" * -like:None" if _name == "require" else ""),
    )  # fmt: skip
library_function(
    "np.array",
    "*leaves",
    function=array,
    kind=array_kind(array),
    attributes={"nesting": _FLAT, "dtype": None, "order": "K", "ndmin": 0},
)
for _name in ("asarray", "asanyarray", "ascontiguousarray"):
    _function = ascontiguousarray if _name == "ascontiguousarray" else asarray
    library_function(
        f"np.{_name}", "*leaves",
        function=_function, kind=array_kind(_function),
        alias=Alias.MAYBE if _name == "ascontiguousarray" else asarray_alias,
        attributes={"nesting": _FLAT, "dtype": None} | ({} if _name == "ascontiguousarray" else {"order": None}),
    )  # fmt: skip
