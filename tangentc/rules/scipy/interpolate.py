"""Derivatives of splines and other interpolants.

A spline is linear in its coefficients, and those of an interpolating spline are linear in the ordinates; its derivative
at a point is the spline's own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

import tangentc.primitives.scipy.interpolate  # noqa: F401
from tangentc.ir.nodes import Hole
from tangentc.kinds.types import Array, dtype_of
from tangentc.numerics_interpolation import akima_partials, pchip_partials
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import Dual, defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO, linear_op, transpose
from tangentc.rules.linear_ops.places import add_part
from tangentc.rules.ops import Tangent, rank, transposed, undefined
from tangentc.rules.registry import linearise, nondifferentiable

Attrs = dict[str, Any]


# --- values of splines: linear in the coefficients ------------------------------------------------------


@linear_op
def of_pieces(x: Expr, xi: Expr, t: Expr, *, nu: int, extrapolate: Any) -> Expr:
    return call("piecewise", t, x, xi, nu=nu, extrapolate=extrapolate)


@transpose(of_pieces)
def of_pieces_t(w: Expr, x: Expr, xi: Expr, like: Expr, **attrs: Any) -> Any:
    return call("piecewise_bar", w, x, xi, like.shape, **attrs)


@linear_op
def to_pieces(x: Expr, xi: Expr, shape: Expr, t: Expr, *, nu: int, extrapolate: Any) -> Expr:
    return call("piecewise_bar", t, x, xi, shape, nu=nu, extrapolate=extrapolate)


@transpose(to_pieces)
def to_pieces_t(u: Expr, x: Expr, xi: Expr, shape: Expr, **attrs: Any) -> Any:
    return call("piecewise", u, x, xi, **attrs)


@linear_op
def of_spline(knots: Expr, xi: Expr, t: Expr, *, k: int, nu: int, extrapolate: Any) -> Expr:
    return call("bspline", knots, t, xi, k=k, nu=nu, extrapolate=extrapolate)


@transpose(of_spline)
def of_spline_t(w: Expr, knots: Expr, xi: Expr, like: Expr, **attrs: Any) -> Any:
    return call("bspline_bar", w, knots, xi, like.shape, **attrs)


@linear_op
def to_spline(knots: Expr, xi: Expr, shape: Expr, t: Expr, *, k: int, nu: int, extrapolate: Any) -> Expr:
    return call("bspline_bar", t, knots, xi, shape, k=k, nu=nu, extrapolate=extrapolate)


@transpose(to_spline)
def to_spline_t(u: Expr, knots: Expr, xi: Expr, shape: Expr, **attrs: Any) -> Any:
    return call("bspline", knots, u, xi, **attrs)


def _moved(slope: Any, dxi: Tangent, xi: Expr, trailing: int) -> Tangent:
    """slope dxi, where a point has several values; outside its range a spline that ends there is NaN, its slope too."""
    return linear.amplify(slope, _lifted(dxi, xi, trailing))


def _lifted(dxi: Tangent, xi: Expr, trailing: int) -> Tangent:
    """The tangent of points with axes for what there is at each of them."""
    if not trailing or rank(xi) == 0:
        return dxi
    return linear.expand_dims(dxi, axis=tuple(range(rank(xi), rank(xi) + trailing)))


@linearise(named("piecewise"))
def piecewise(
    y: Expr, c: Expr, x: Expr, xi: Expr, *, nu: int, extrapolate: Any, dc: Tangent, dx: Tangent, dxi: Tangent
) -> Tangent:  # fmt: skip
    """With the coefficients kept, a breakpoint that moves takes along the piece that starts there."""
    options = {"nu": nu, "extrapolate": extrapolate}
    change = of_pieces(x, xi, dc, **options)
    if not dx and not dxi:
        return change
    if dx:
        if extrapolate == "periodic":
            raise undefined("a periodic spline has no derivative with respect to its breakpoints", x)
        start = linear.getitem(call("interval", x, xi), dx, index=(Hole(0),))
        dxi = dxi - start
    slope = call("piecewise", c, x, xi, nu=nu + 1, extrapolate=extrapolate)
    return change + _moved(slope, dxi, xi, rank(c) - 2)


@linearise(named("piecewise_bar"))
def piecewise_bar(
    y: Expr, w: Expr, x: Expr, xi: Expr, shape: Expr, *, nu: int, extrapolate: Any, dw: Tangent, dx: Tangent,
    dxi: Tangent,
) -> Tangent:  # fmt: skip
    if dx:
        start = linear.getitem(call("interval", x, xi), dx, index=(Hole(0),))
        dxi = dxi - start
    turned = dxi and to_pieces(
        x, xi, shape, w * _lifted(dxi, xi, rank(w) - rank(xi)), nu=nu + 1, extrapolate=extrapolate
    )
    return to_pieces(x, xi, shape, dw, nu=nu, extrapolate=extrapolate) + turned


@linearise(named("bspline"))
def bspline(
    y: Expr, t: Expr, c: Expr, xi: Expr, *, k: int, nu: int, extrapolate: Any, dt: Tangent, dc: Tangent, dxi: Tangent
) -> Tangent:  # fmt: skip
    change = of_spline(t, xi, dc, k=k, nu=nu, extrapolate=extrapolate)
    if dt:
        if extrapolate == "periodic":
            raise undefined("a periodic spline has no derivative with respect to its knots", t)
        found = de_boor(Dual(t, dt), c, xi, k, nu)
        change = change + (found.tangent if isinstance(found, Dual) else ZERO)
    if not dxi:
        return change
    slope = call("bspline", t, c, xi, k=k, nu=nu + 1, extrapolate=extrapolate)
    return change + _moved(slope, dxi, xi, rank(c) - 1)


Average = tuple[int, Any, bool]
"""parts[j] = a parts[j] + (1 - a) parts[j - 1], or a (parts[j] - parts[j - 1])."""


def _averages(t: Any, xi: Any, cell: Any, k: int, nu: int, wide: Any) -> Iterator[Average]:
    """How the k + 1 coefficients that count at a point make the value of a spline, as functions of its knots.

    Of its derivatives the first averages are differences.  Source: de Boor, "A Practical Guide to Splines", 2001, X.
    """
    for level in range(1, k + 1):
        for j in range(k, level - 1, -1):
            left, right = t[cell + (j - k)], t[cell + (j + 1 - level)]
            is_difference = level <= nu
            part = (k + 1 - level if is_difference else xi - left) / (right - left)
            yield j, part[wide], is_difference


def _cell(t: Any, xi: Any, k: int) -> Any:
    """The knot before each point."""
    knots = t.primal if isinstance(t, Dual) else t
    return call("interval", knots[k : -k or None], xi) + k


def _widening(xi: Any, trailing: int) -> Any:
    """The index that gives points axes for what there is at each of them."""
    return (Ellipsis, *(None,) * (trailing if rank(xi) else 0))


def de_boor(t: Any, c: Any, xi: Any, k: int, nu: int) -> Any:
    """The value of the spline of degree k."""
    cell = _cell(t, xi, k)
    parts = [c[cell + (j - k)] for j in range(k + 1)]
    for j, part, is_difference in _averages(t, xi, cell, k, nu, _widening(xi, rank(c) - 1)):
        if is_difference:
            parts[j] = part * (parts[j] - parts[j - 1])
        else:
            parts[j] = part * parts[j] + (1.0 - part) * parts[j - 1]
    return parts[k] if nu <= k else 0.0 * parts[k]


def shares(t: Any, w: Any, xi: Any, k: int, nu: int) -> list[tuple[Any, Any]]:
    """The transpose of `de_boor` in the coefficients: places, and what each of them receives."""
    cell = _cell(t, xi, k)
    bars: list[Any] = [None] * k + [w]
    for j, part, is_difference in reversed(
        list(_averages(t, xi, cell, k, nu, _widening(xi, rank(w) - rank(xi))))
    ):
        if bars[j] is None:
            continue
        rest = -part * bars[j] if is_difference else (1.0 - part) * bars[j]
        bars[j], bars[j - 1] = part * bars[j], rest if bars[j - 1] is None else bars[j - 1] + rest
    return [(cell + (j - k), bar) for j, bar in enumerate(bars) if bar is not None]


@linear_op
def in_rows(rows: Expr, shape: Expr, t: Expr) -> Expr:
    """Zeros of a shape with t added in rows, each repetition counted."""
    place: Expr = ops.room(t, shape)
    add_part(place, t, rows, index=(Hole(0),))
    return place


@transpose(in_rows)
def in_rows_t(w: Expr, rows: Expr, shape: Expr) -> Expr:
    return w.getitem((Hole(0),), rows)


@linearise(named("bspline_bar"))
def bspline_bar(
    y: Expr, w: Expr, t: Expr, xi: Expr, shape: Expr, *, k: int, nu: int, extrapolate: Any, dw: Tangent, dt: Tangent,
    dxi: Tangent,
) -> Tangent:  # fmt: skip
    turned = dxi and to_spline(
        t, xi, shape, w * _lifted(dxi, xi, rank(w) - rank(xi)), k=k, nu=nu + 1, extrapolate=extrapolate
    )
    change = to_spline(t, xi, shape, dw, k=k, nu=nu, extrapolate=extrapolate) + turned
    if not dt:
        return change
    if extrapolate == "periodic":
        raise undefined("a periodic spline has no derivative with respect to its knots", t)
    if not extrapolate:
        is_inside = (t[k] <= xi) & (xi <= t[-k - 1])
        w = call("np.where", is_inside[_widening(xi, rank(w) - rank(xi))], w, 0.0)
    for rows, bar in shares(Dual(t, dt), w, xi, k, nu) if nu <= k else ():
        if isinstance(bar, Dual):
            change = change + in_rows(rows, shape, bar.tangent)
    return change


@linearise(named("interpolant"))
def interpolant(y: Expr, f: Expr, xi: Expr, *, nu: int, extrapolate: Any, dxi: Tangent) -> Tangent:
    slope = call("interpolant", f, xi, nu=nu + 1, extrapolate=extrapolate)
    return _moved(slope, dxi, xi, rank(y) - rank(xi))


# --- coefficients of interpolating splines: linear in the ordinates -------------------------------------


@linear_op
def of_ordinates(x: Expr, t: Expr, *, of: str, attrs: tuple[tuple[str, Any], ...]) -> Expr:
    return call(of, x, t, **dict(attrs))


@transpose(of_ordinates)
def of_ordinates_t(w: Expr, x: Expr, like: Expr, *, of: str, attrs: tuple[tuple[str, Any], ...]) -> Any:
    return call(f"{of}_bar", w, x, kind=_like(w, like), **dict(attrs))


@linear_op
def to_ordinates(x: Expr, t: Expr, *, of: str, attrs: tuple[tuple[str, Any], ...]) -> Expr:
    return call(f"{of}_bar", t, x, **dict(attrs))


@transpose(to_ordinates)
def to_ordinates_t(u: Expr, x: Expr, *, of: str, attrs: tuple[tuple[str, Any], ...]) -> Any:
    return call(of, x, u, **dict(attrs))


def _homogeneous(bc_type: Any) -> Any:
    """Conditions at the ends with values 0: how the spline changes as the ordinates do."""
    if bc_type is None or isinstance(bc_type, str):
        return bc_type
    return tuple(_without_value(end) for end in bc_type)


def _without_value(end: Any) -> Any:
    if end is None or isinstance(end, str):
        return end
    if isinstance(end[0], int):
        return (end[0], 0.0)
    return tuple((order, 0.0) for order, _ in end)


@linearise(named("cubic_coefficients"))
def cubic_coefficients(c: Expr, x: Expr, y: Expr, *, bc_type: Any, dy: Tangent) -> Tangent:
    return of_ordinates(x, dy, of="cubic_coefficients", attrs=(("bc_type", _homogeneous(bc_type)),))


@linearise(named("cubic_coefficients_bar"))
def cubic_coefficients_bar(y: Expr, w: Expr, x: Expr, *, bc_type: Any, dw: Tangent) -> Tangent:
    return to_ordinates(x, dw, of="cubic_coefficients", attrs=(("bc_type", bc_type),))


@linearise(named("spline_coefficients"))
def spline_coefficients(c: Expr, x: Expr, y: Expr, *, k: int, bc_type: Any, dy: Tangent) -> Tangent:
    if bc_type == "periodic":
        raise undefined(
            'make_interp_spline with bc_type="periodic" has no derivative rule: use CubicSpline', x
        )
    return of_ordinates(x, dy, of="spline_coefficients", attrs=(("k", k), ("bc_type", _homogeneous(bc_type))))


@linearise(named("spline_coefficients_bar"))
def spline_coefficients_bar(y: Expr, w: Expr, x: Expr, *, k: int, bc_type: Any, dw: Tangent) -> Tangent:
    return to_ordinates(x, dw, of="spline_coefficients", attrs=(("k", k), ("bc_type", bc_type)))


@linearise(named("spline_knots"))
def spline_knots(t: Expr, x: Expr, *, k: int, bc_type: Any) -> Tangent:
    """The abscissas are no operand that may vary: the coefficients would have to follow."""
    raise AssertionError  # pragma: no cover: there is no operand to vary


# --- cubic splines from values and slopes ---------------------------------------------------------------


@linear_op
def from_values(x: Expr, t: Expr) -> Expr:
    return call("hermite_coefficients", x, t, 0.0 * t)


@transpose(from_values)
def from_values_t(w: Expr, x: Expr, like: Expr) -> Any:
    return call("hermite_values_bar", w, x, kind=_like(w, like))


@linear_op
def from_slopes(x: Expr, t: Expr) -> Expr:
    return call("hermite_coefficients", x, 0.0 * t, t)


@transpose(from_slopes)
def from_slopes_t(w: Expr, x: Expr, like: Expr) -> Any:
    return call("hermite_slopes_bar", w, x, kind=_like(w, like))


@linear_op
def to_values(x: Expr, t: Expr) -> Expr:
    return call("hermite_values_bar", t, x)


@transpose(to_values)
def to_values_t(u: Expr, x: Expr) -> Any:
    return from_values.apply(x, u)


@linear_op
def to_slopes(x: Expr, t: Expr) -> Expr:
    return call("hermite_slopes_bar", t, x)


@transpose(to_slopes)
def to_slopes_t(u: Expr, x: Expr) -> Any:
    return from_slopes.apply(x, u)


def _like(w: Expr, like: Expr) -> Any:
    return Array(dtype_of(w.kind), like.kind.dims) if isinstance(like.kind, Array) else None


@linearise(named("hermite_values_bar"))
def hermite_values_bar(y: Expr, w: Expr, x: Expr, *, dw: Tangent) -> Tangent:
    return to_values(x, dw)


@linearise(named("hermite_slopes_bar"))
def hermite_slopes_bar(y: Expr, w: Expr, x: Expr, *, dw: Tangent) -> Tangent:
    return to_slopes(x, dw)


def _along(x: Any, y: Any) -> Any:
    """Something for each interval, against values with more axes."""
    return np.reshape(x, (-1, *(1,) * (rank(y) - 1))) if rank(y) > 1 else x


def _secants(x: Any, y: Any) -> tuple[Any, Any]:
    h = _along(x[1:] - x[:-1], y)
    return h, (y[1:] - y[:-1]) / h


def hermite(x: Any, y: Any, dydx: Any) -> Any:
    """The coefficients by their definition: what they are where the points x move, too."""
    h, secant = _secants(x, y)
    curve = (dydx[:-1] + dydx[1:] - 2.0 * secant) / h
    rows = (curve / h, (secant - dydx[:-1]) / h - curve, dydx[:-1], y[:-1])
    return np.concatenate(tuple(row[None] for row in rows))


@linearise(named("hermite_coefficients"))
def hermite_coefficients(
    c: Expr, x: Expr, y: Expr, dydx: Expr, *, dx: Tangent, dy: Tangent, ddydx: Tangent
) -> Tangent:
    return _by_slopes(x, y, dx, dy, _paired(dydx, ddydx))


def _by_slopes(x: Expr, y: Expr, dx: Tangent, dy: Tangent, slopes: Any) -> Tangent:
    if dx:
        return hermite(Dual(x, dx), _paired(y, dy), slopes).tangent
    change = from_slopes(x, slopes.tangent) if isinstance(slopes, Dual) else ZERO
    return from_values(x, dy) + change


def _paired(x: Expr, dx: Tangent) -> Any:
    return Dual(x, dx) if dx else x


@linear_op
def windows(x: Expr, t: Expr, *, straight: bool) -> Expr:
    return call("secant_windows", x, t, straight=straight)


@transpose(windows)
def windows_t(w: Expr, x: Expr, like: Expr, *, straight: bool) -> Any:
    return call("secant_windows_bar", w, x, straight=straight, kind=_like(w, like))


@linear_op
def from_windows(x: Expr, t: Expr, *, straight: bool) -> Expr:
    return call("secant_windows_bar", t, x, straight=straight)


@transpose(from_windows)
def from_windows_t(u: Expr, x: Expr, *, straight: bool) -> Any:
    return call("secant_windows", x, u, straight=straight)


@linearise(named("secant_windows"))
def secant_windows(m: Expr, x: Expr, y: Expr, *, straight: bool, dy: Tangent) -> Tangent:
    return windows(x, dy, straight=straight)


@linearise(named("secant_windows_bar"))
def secant_windows_bar(y: Expr, w: Expr, x: Expr, *, straight: bool, dw: Tangent) -> Tangent:
    return from_windows(x, dw, straight=straight)


defined(named("pchip_partials"))(pchip_partials)
defined(named("akima_partials"))(akima_partials)


def _by_secants(x: Expr, y: Expr, partials: Expr, straight: bool, dy: Tangent) -> Tangent:
    """Each slope depends on four secants around its point."""
    slopes = linear.sum_(partials * windows(x, dy, straight=straight), axis=0)
    return from_values(x, dy) + from_slopes(x, linear.shaped(slopes, y))


@linearise(named("pchip_coefficients"))
def pchip_coefficients(c: Expr, x: Expr, y: Expr, *, dy: Tangent) -> Tangent:
    partials = call("pchip_partials", call("secant_windows", x, y), _windows_of_widths(x, y))
    return _by_secants(x, y, partials, False, dy)


@linearise(named("akima_coefficients"))
def akima_coefficients(c: Expr, x: Expr, y: Expr, *, method: str, dy: Tangent) -> Tangent:
    partials = call("akima_partials", call("secant_windows", x, y, straight=True), method=method)
    return _by_secants(x, y, partials, True, dy)


def _windows_of_widths(x: Expr, y: Expr) -> Expr:
    """The widths of the intervals in the same windows, with axes for those of the values."""
    widths = call("width_windows", x)
    return call("np.reshape", widths, (4, -1, *(1,) * (rank(y) - 1))) if rank(y) > 1 else widths


# --- integrals of piecewise polynomials -----------------------------------------------------------------


@linear_op
def integral(x: Expr, t: Expr) -> Expr:
    return call("pieces_integral", t, x)


@transpose(integral)
def integral_t(w: Expr, x: Expr) -> Any:
    return call("pieces_integral_bar", w, x)


@linear_op
def integrand(x: Expr, t: Expr) -> Expr:
    return call("pieces_integral_bar", t, x)


@transpose(integrand)
def integrand_t(u: Expr, x: Expr) -> Any:
    return call("pieces_integral", u, x)


@linearise(named("pieces_integral"))
def pieces_integral(y: Expr, c: Expr, x: Expr, *, dc: Tangent) -> Tangent:
    return integral(x, dc)


@linearise(named("pieces_integral_bar"))
def pieces_integral_bar(y: Expr, w: Expr, x: Expr, *, dw: Tangent) -> Tangent:
    return integrand(x, dw)


# --- polynomials ------------------------------------------------------------------------------------------


@linear_op
def of_nodes(xi: Expr, x: Expr, t: Expr) -> Expr:
    return call("barycentric", xi, t, x)


@transpose(of_nodes)
def of_nodes_t(w: Expr, xi: Expr, x: Expr, like: Expr) -> Any:
    return call("barycentric_bar", w, xi, x, kind=_like(w, like))


@linear_op
def to_nodes(xi: Expr, x: Expr, t: Expr) -> Expr:
    return call("barycentric_bar", t, xi, x)


@transpose(to_nodes)
def to_nodes_t(u: Expr, xi: Expr, x: Expr) -> Any:
    return call("barycentric", xi, u, x)


@linearise(named("barycentric"))
def barycentric(y: Expr, xi: Expr, yi: Expr, x: Expr, *, dyi: Tangent, dx: Tangent) -> Tangent:
    """The derivative is the polynomial through its own values at the nodes."""
    change = of_nodes(xi, x, dyi)
    if not dx:
        return change
    slopes = call("np.tensordot", call("differentiation_matrix", xi), yi, axes=1)
    return change + _lifted(dx, x, rank(yi) - 1) * call("barycentric", xi, slopes, x)


@linearise(named("barycentric_bar"))
def barycentric_bar(y: Expr, w: Expr, xi: Expr, x: Expr, *, dw: Tangent, dx: Tangent) -> Tangent:
    change = to_nodes(xi, x, dw)
    if not dx:
        return change
    turned = to_nodes(xi, x, w * _lifted(dx, x, rank(w) - rank(x)))
    matrix = transposed(call("differentiation_matrix", xi))
    return change + linear.tensordot_left(matrix, turned, axes=((1,), (0,)))


@defined(named("grid_values"))
def grid_values(*operands: Any) -> Any:
    """Along each axis between two neighbours, weighted by how near they are."""
    values, xi, *points = operands
    places, parts = [], []
    for axis, grid in enumerate(points):
        x = xi[..., axis]
        place = np.clip(np.searchsorted(grid, x, side="right") - 1, 0, ops.dim(grid, 0) - 2)
        places.append(place)
        parts.append((x - grid[place]) / (grid[place + 1] - grid[place]))
    trailing = rank(values) - len(points)
    total: Any = None
    for corner in itertools.product((0, 1), repeat=len(points)):
        weight: Any = None
        for part, side in zip(parts, corner, strict=True):
            factor = part if side else 1.0 - part
            weight = factor if weight is None else weight * factor
        if trailing:
            weight = weight[(Ellipsis,) + (None,) * trailing]
        entry = values[
            tuple(place + 1 if side else place for place, side in zip(places, corner, strict=True))
        ]
        total = weight * entry if total is None else total + weight * entry
    return total


nondifferentiable(*map(named, ("differentiation_matrix", "falling", "derivative_of", "antiderivative_of")))
nondifferentiable(named("interval"))
nondifferentiable(named("width_windows"))
