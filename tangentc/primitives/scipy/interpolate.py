"""Interpolation as functions of coefficients: what the objects of `scipy.interpolate` come to."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.interpolate import BSpline, PPoly

from tangentc import numerics_interpolation
from tangentc.kinds.dims import as_size, cut, shift
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, Array, Const, Int, Kind, Object, Size, dtype_of, fresh, is_number
from tangentc.primitives.core import Syntax
from tangentc.primitives.declare import declare

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def dims_of(kind: Kind) -> tuple[Size, ...] | None:
    if isinstance(kind, Array):
        return kind.dims
    return () if is_number(kind) else None


def _double(*kinds: Kind) -> np.dtype[Any] | None:
    """Splines are computed in double precision."""
    is_complex = False
    for dtype in map(dtype_of, kinds):
        if dtype is None:
            return None
        is_complex |= dtype.kind == "c"
    return np.dtype(complex if is_complex else float)


def values_kind(of: int, axes: int) -> Any:
    """The kind of values at the points that come last: the shape of the points, then that of a coefficient."""

    def kind(kinds: Kinds, _: Attributes) -> Kind:
        points, each = dims_of(kinds[-1]), dims_of(kinds[of])
        dtype = _double(kinds[of])
        return Array(dtype, None if points is None or each is None else (*points, *each[axes:]))

    return kind


def shaped(kinds: Kinds, _: Attributes) -> Kind:
    """Coefficients of the shape that is given last."""
    dims = dims_of_shape(kinds[-1])
    return ANY if not dims else Array(_double(kinds[0]), dims)


def pieces_kind(kinds: Kinds, _: Attributes) -> Kind:
    """Four coefficients for each interval."""
    dims = dims_of(kinds[1])
    if not dims:
        return Array(_double(*kinds[1:]), None)
    return Array(_double(*kinds[1:]), (4, cut(dims[0], 1), *dims[1:]))


def _of_pieces(kinds: Kinds, attrs: Attributes) -> Kind:
    size, dims = dims_of(kinds[1]), dims_of(kinds[0])
    return Array(_double(kinds[0]), None if not size or not dims else (size[0], *dims[2:]))


def _windows_kind(kinds: Kinds, _: Attributes) -> Kind:
    """Four entries for each point."""
    dims = dims_of(kinds[-1])
    return Array(_double(kinds[-1]), (4, *dims) if dims else None)


def _knots_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    dims = dims_of(kinds[0])
    known = dims and attrs.get("bc_type") in (None, "not-a-knot")
    return Array(
        np.dtype(float), (as_size(shift(dims[0], attrs.get("k", 3) + 1)) if known and dims else fresh(),)
    )


def _coefficients_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    dims = dims_of(kinds[1])
    if not dims:
        return Array(_double(kinds[1]), None)
    known = attrs.get("bc_type") in (None, "not-a-knot")
    return Array(_double(kinds[1]), (dims[0] if known else fresh(), *dims[1:]))


def _ordinates_of_spline(kinds: Kinds, attrs: Attributes) -> Kind:
    size, dims = dims_of(kinds[1]), dims_of(kinds[0])
    return Array(_double(kinds[0]), None if not size or not dims else (size[0], *dims[1:]))


def _places_kind(kinds: Kinds, _: Attributes) -> Kind:
    dims = dims_of(kinds[1])
    return ANY if not dims else Array(np.dtype(np.intp), dims)


def _helper(name: str, *operands: str, kind: Any, **attributes: Any) -> None:
    function = getattr(numerics_interpolation, name)
    declare(name, function, *operands, attributes=attributes, kind=kind, callables=(function,))


def interpolant_kind(kinds: Kinds, _: Attributes) -> Kind:
    """The shape of the points, then that of a value."""
    f = kinds[0]
    if isinstance(f, Const):
        f = kind_of_value(f.value, Pattern())
    points = dims_of(kinds[1])
    if not isinstance(f, Object) or points is None or f.shape is None:
        return Array(None, None)
    dtype = None if f.dtype is None else np.dtype(complex if f.dtype.kind == "c" else float)
    return Array(dtype, (*points, *f.shape))


_PIECES = {"nu": 0, "extrapolate": True}
_SPLINE = {"k": 3, **_PIECES}
_ENDS = {"k": 3, "bc_type": None}

_helper("interval", "x", "xi", kind=_places_kind)
_helper("piecewise", "c", "x", "xi", kind=values_kind(0, 2), **_PIECES)
_helper("piecewise_bar", "w", "x", "xi", "shape", kind=shaped, **_PIECES)
_helper("cubic_coefficients", "x", "y", kind=pieces_kind, bc_type="not-a-knot")
_helper("cubic_coefficients_bar", "w", "x", kind=_of_pieces, bc_type="not-a-knot")
_helper("hermite_coefficients", "x", "y", "dydx", kind=pieces_kind)
_helper("hermite_values_bar", "w", "x", kind=_of_pieces)
_helper("hermite_slopes_bar", "w", "x", kind=_of_pieces)
_helper("secant_windows", "x", "y", kind=_windows_kind, straight=False)
_helper("secant_windows_bar", "w", "x", kind=_of_pieces, straight=False)
_helper("width_windows", "x", kind=_windows_kind)
_helper("pchip_partials", "m", "h", kind=lambda kinds, _: kinds[0])
_helper("akima_partials", "m", kind=lambda kinds, _: kinds[0], method="akima")
_helper("pchip_coefficients", "x", "y", kind=pieces_kind)
_helper("akima_coefficients", "x", "y", kind=pieces_kind, method="akima")
_helper("bspline", "t", "c", "xi", kind=values_kind(1, 1), **_SPLINE)
_helper("bspline_bar", "w", "t", "xi", "shape", kind=shaped, **_SPLINE)
_helper("spline_knots", "x", kind=_knots_kind, **_ENDS)
_helper("spline_coefficients", "x", "y", kind=_coefficients_kind, **_ENDS)
_helper("spline_coefficients_bar", "w", "x", kind=_ordinates_of_spline, **_ENDS)


def _integral_kind(kinds: Kinds, _: Attributes) -> Kind:
    dims = dims_of(kinds[0])
    return Array(_double(kinds[0]), (as_size(shift(dims[0], 1)), *dims[1:]) if dims else None)


def _integrand_kind(kinds: Kinds, _: Attributes) -> Kind:
    dims = dims_of(kinds[0])
    return Array(_double(kinds[0]), (cut(dims[0], 1), *dims[1:]) if dims else None)


def _falling_kind(kinds: Kinds, _: Attributes) -> Kind:
    known = [
        kind.value if isinstance(kind, Const) else kind.size if isinstance(kind, Int) else None
        for kind in kinds
    ]
    k, nu = known
    return Array(np.dtype(float), (k - nu if isinstance(k, int) and isinstance(nu, int) else fresh(),))


def _square_kind(kinds: Kinds, _: Attributes) -> Kind:
    dims = dims_of(kinds[0])
    return Array(np.dtype(float), (dims[0], dims[0]) if dims else None)


def _nodes_kind(kinds: Kinds, _: Attributes) -> Kind:
    w, xi, x = map(dims_of, kinds)
    return Array(_double(kinds[0]), None if w is None or not xi or x is None else (xi[0], *w[len(x) :]))


def _grid_kind(kinds: Kinds, _: Attributes) -> Kind:
    values, xi = dims_of(kinds[0]), dims_of(kinds[1])
    known = values is not None and xi is not None
    return Array(_double(kinds[0]), (*xi[:-1], *values[len(kinds) - 2 :]) if known else None)  # type: ignore[index]


def _spline_kind(kinds: Kinds, _: Attributes) -> Kind:
    """A spline of the same family, with values of the same shape."""
    f = kinds[0]
    if isinstance(f, Const):
        f = kind_of_value(f.value, Pattern())
    if not isinstance(f, Object):
        return ANY
    return Object(next(cls for cls in (BSpline, PPoly) if issubclass(f.cls, cls)), f.dtype, f.shape)


_helper("falling", "k", "nu", kind=_falling_kind)
_helper("pieces_integral", "c", "x", kind=_integral_kind)
_helper("pieces_integral_bar", "w", "x", kind=_integrand_kind)
_helper("barycentric", "xi", "yi", "x", kind=values_kind(1, 1))
_helper("barycentric_bar", "w", "xi", "x", kind=_nodes_kind)
_helper("differentiation_matrix", "xi", kind=_square_kind)
_helper("grid_values", "*operands", kind=_grid_kind)
for _name in ("derivative", "antiderivative"):
    _function = getattr(numerics_interpolation, f"{_name}_of")
    declare(
        f"{_name}_of", _function, "f", attributes={"nu": 1}, kind=_spline_kind, syntax=Syntax.METHOD, spelling=_name,
        callables=(_function,),
    )  # fmt: skip
declare(
    "interpolant", numerics_interpolation.interpolant, "f", "xi", attributes={"nu": 0, "extrapolate": None},
    kind=interpolant_kind, signature="f x=xi nu extrapolate", callables=(numerics_interpolation.interpolant,),
)  # fmt: skip
