# mypy: ignore-errors
"""What the classes and functions of `scipy.interpolate` mean in terms of coefficients."""

import numpy as np

from tangentc.frontend.library.asking import array_like, refuse
from tangentc.numerics_interpolation import (
    akima_coefficients,
    antiderivative_of,
    barycentric,
    bspline,
    cubic_coefficients,
    derivative_of,
    differentiation_matrix,
    falling,
    grid_values,
    hermite_coefficients,
    pchip_coefficients,
    pieces_integral,
    piecewise,
    spline_coefficients,
    spline_knots,
)

__all__ = [
    "Akima1DInterpolator", "BSpline", "BarycentricInterpolator", "CubicHermiteSpline", "CubicSpline", "PPoly",
    "PchipInterpolator", "RegularGridInterpolator", "barycentric_interpolate", "interp1d", "interpn",
    "make_interp_spline", "pchip_interpolate", "splev",
]  # fmt: skip


def from_axis(values, axis):
    """Array-like values with the axis of interpolation first."""
    values = array_like(values)
    return values if axis == 0 else np.moveaxis(values, axis, 0)


def to_axis(values, points, axis):
    """Values at points, the axes of the points where the axis of interpolation was."""
    if axis == 0 or np.ndim(points) == 0:
        return values
    return np.moveaxis(values, tuple(range(np.ndim(points))), tuple(range(axis, axis + np.ndim(points))))


# --- piecewise polynomials ----------------------------------------------------------------------------


class Pieces:
    """A piecewise polynomial: what PPoly and the cubic interpolants are."""

    def __init__(self, c, x, extrapolate, axis):
        self.c = c
        self.x = x
        self.extrapolate = extrapolate
        self.axis = axis

    def __call__(self, x, nu=0, extrapolate=None):
        points = array_like(x)
        beyond = self.extrapolate if extrapolate is None else extrapolate
        return to_axis(piecewise(self.c, self.x, points, nu=nu, extrapolate=beyond), points, self.axis)

    def derivative(self, nu=1):
        factors = np.reshape(falling(self.c.shape[0], nu), (-1,) + (1,) * (np.ndim(self.c) - 1))
        return Pieces(self.c[:-nu] * factors, self.x, self.extrapolate, self.axis)

    def antiderivative(self, nu=1):
        if nu != 1:
            refuse("an antiderivative is supported one at a time: call antiderivative() twice")
        beyond = False if isinstance(self.extrapolate, str) else self.extrapolate
        return Pieces(pieces_integral(self.c, self.x), self.x, beyond, self.axis)

    def integrate(self, a, b, extrapolate=None):
        beyond = self.extrapolate if extrapolate is None else extrapolate
        if isinstance(beyond, str):
            refuse("the integral of a periodic spline is not supported")
        whole = pieces_integral(self.c, self.x)
        return piecewise(whole, self.x, b, extrapolate=beyond) - piecewise(
            whole, self.x, a, extrapolate=beyond
        )


def PPoly(c, x, extrapolate=None, axis=0):
    coefficients = array_like(c)
    if axis != 0:
        coefficients = np.moveaxis(coefficients, (axis, axis + 1), (0, 1))
    return Pieces(coefficients, array_like(x), True if extrapolate is None else extrapolate, axis)


def CubicSpline(x, y, axis=0, bc_type="not-a-knot", extrapolate=None):
    points, values = array_like(x), from_axis(y, axis)
    beyond = extrapolate
    if extrapolate is None:
        beyond = "periodic" if isinstance(bc_type, str) and bc_type == "periodic" else True
    return Pieces(cubic_coefficients(points, values, bc_type=bc_type), points, beyond, axis % np.ndim(values))


def CubicHermiteSpline(x, y, dydx, axis=0, extrapolate=None):
    points, values, slopes = array_like(x), from_axis(y, axis), from_axis(dydx, axis)
    beyond = True if extrapolate is None else extrapolate
    return Pieces(hermite_coefficients(points, values, slopes), points, beyond, axis % np.ndim(values))


def PchipInterpolator(x, y, axis=0, extrapolate=None):
    points, values = array_like(x), from_axis(y, axis)
    beyond = True if extrapolate is None else extrapolate
    return Pieces(pchip_coefficients(points, values), points, beyond, axis % np.ndim(values))


def pchip_interpolate(xi, yi, x, der=0, axis=0):
    return PchipInterpolator(xi, yi, axis)(x, der)


def Akima1DInterpolator(x, y, axis=0, *, method="akima", extrapolate=None):
    points, values = array_like(x), from_axis(y, axis)
    beyond = False if extrapolate is None else extrapolate
    return Pieces(akima_coefficients(points, values, method=method), points, beyond, axis % np.ndim(values))


# --- B-splines ----------------------------------------------------------------------------------------


class Spline:
    """A spline in terms of B-splines."""

    def __init__(self, t, c, k, extrapolate, axis):
        self.t = t
        self.c = c
        self.k = k
        self.extrapolate = extrapolate
        self.axis = axis

    @property
    def tck(self):
        return self.t, self.c, self.k

    def __call__(self, x, nu=0, extrapolate=None):
        points = array_like(x)
        beyond = self.extrapolate if extrapolate is None else extrapolate
        return to_axis(
            bspline(self.t, self.c, points, k=self.k, nu=nu, extrapolate=beyond), points, self.axis
        )

    def derivative(self, nu=1):
        if nu != 1:
            refuse("a derivative of a spline is supported one at a time: call derivative() twice")
        if self.k < 1:
            raise ValueError("a spline of degree 0 has no derivative")
        t, c, k = self.t, self.padded(), self.k
        rise = k * (c[1 : -1 - k] - c[: -2 - k]) / along(t[k + 1 : -1] - t[1 : -k - 1], c)
        padded = np.concatenate((rise, none(k, c)))
        return Spline(t[1:-1], padded, k - 1, self.extrapolate, self.axis)

    def antiderivative(self, nu=1):
        if nu != 1:
            refuse("an antiderivative is supported one at a time: call antiderivative() twice")
        t, c, k = self.t, self.padded(), self.k
        sums = np.cumsum(c[: -k - 1] * along(t[k + 1 :] - t[: -k - 1], c), axis=0) / (k + 1)
        last = along(np.ones(k + 2), c) * sums[-1:]
        whole = np.concatenate((none(1, c), sums, last))
        beyond = False if isinstance(self.extrapolate, str) else self.extrapolate
        return Spline(np.concatenate((t[:1], t, t[-1:])), whole, k + 1, beyond, self.axis)

    def padded(self):
        """As many coefficients as knots; the last count for nothing."""
        return np.concatenate((self.c, none(len(self.t) - len(self.c), self.c)))

    def integrate(self, a, b, extrapolate=None):
        beyond = self.extrapolate if extrapolate is None else extrapolate
        if isinstance(beyond, str):
            refuse("the integral of a periodic spline is not supported")
        whole = self.antiderivative()
        if not beyond:
            first, last = self.t[self.k], self.t[-self.k - 1]
            a, b = np.clip(a, first, last), np.clip(b, first, last)
        return np.asarray(whole(b, extrapolate=True) - whole(a, extrapolate=True))


def along(numbers, c):
    """A number for each coefficient, along the first axis."""
    return np.reshape(numbers, (-1,) + (1,) * (np.ndim(c) - 1))


def none(count, c):
    """Coefficients that are zero."""
    return np.zeros_like(along(np.zeros(count), c) + c[:1])


def BSpline(t, c, k, extrapolate=True, axis=0):
    coefficients = from_axis(c, axis)
    return Spline(array_like(t), coefficients, k, extrapolate, axis % np.ndim(coefficients))


def make_interp_spline(x, y, k=3, t=None, bc_type=None, axis=0, check_finite=True):
    points, values = array_like(x), from_axis(y, axis)
    if t is not None:
        refuse("make_interp_spline with knots of your own is not supported")
    knots = spline_knots(points, k=k, bc_type=bc_type)
    c = spline_coefficients(points, values, k=k, bc_type=bc_type)
    return Spline(knots, c, k, True, axis % np.ndim(values))


def splev(x, tck, der=0, ext=0):
    t, c, k = tck
    knots, coefficients, points = array_like(t), array_like(c), array_like(x)
    if np.ndim(coefficients) != 1:
        refuse("splev of a curve is not supported: call it for each coordinate")
    if ext not in (0, 1, 3):
        refuse("splev is supported with ext=0, 1 and 3")
    first, last = knots[k], knots[-k - 1]
    if ext == 3:
        points = np.clip(points, first, last)
    values = bspline(knots, coefficients, points, k=k, nu=der)
    if ext == 1:
        values = np.where((points < first) | (points > last), 0.0, values)
    return values


# --- tables -------------------------------------------------------------------------------------------


class Table:
    """Values between those of a table, by lines, steps or splines."""

    def __init__(self, x, y, kind, axis, bounds_error, fill_value):
        self.x = x
        self.rows = y
        self.kind = kind
        self.axis = axis
        self.bounds_error = bounds_error
        self.fill_value = fill_value
        self.spline = None
        if isinstance(kind, int):
            knots = spline_knots(x, k=kind)
            self.spline = Spline(knots, spline_coefficients(x, y, k=kind), kind, True, 0)

    def __call__(self, x):
        points = array_like(x)
        is_open = isinstance(self.fill_value, str)
        if self.bounds_error and not is_open:
            if np.any(points < self.x[0]):
                raise ValueError("A value in x_new is below the interpolation range.")
            if np.any(points > self.x[-1]):
                raise ValueError("A value in x_new is above the interpolation range.")
        values = inside(self, points, is_open)
        if not self.bounds_error and not is_open:
            values = filled(values, points, self.x, self.fill_value)
        return to_axis(values, points, self.axis)


def inside(table, points, is_open):
    if table.spline is not None:
        return table.spline(points)
    if table.kind == "linear":
        if np.ndim(table.rows) == 1 and not is_open:
            return np.asarray(np.interp(points, table.x, table.rows))
        widths = np.reshape(table.x[1:] - table.x[:-1], (-1,) + (1,) * (np.ndim(table.rows) - 1))
        slopes = (table.rows[1:] - table.rows[:-1]) / widths
        return piecewise(np.stack((slopes, table.rows[:-1])), table.x, points)
    last = len(table.x) - 1
    if table.kind == "previous":
        return table.rows[np.clip(np.searchsorted(table.x, points, side="right") - 1, 0, last)]
    if table.kind == "next":
        return table.rows[np.clip(np.searchsorted(table.x, points), 0, last)]
    middles = table.x[1:] / 2.0 + table.x[:-1] / 2.0
    side = "left" if table.kind == "nearest" else "right"
    return table.rows[np.clip(np.searchsorted(middles, points, side=side), 0, last)]


def filled(values, points, x, fill_value):
    below, above = fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
    if np.ndim(points) > 0:
        points = np.reshape(points, np.shape(points) + (1,) * (np.ndim(values) - np.ndim(points)))
    return np.where(points < x[0], below, np.where(points > x[-1], above, values))


def interp1d(
    x, y, kind="linear", axis=-1, copy=True, bounds_error=None, fill_value=np.nan, assume_sorted=False
):
    points, values = array_like(x), array_like(y)
    axis = axis % np.ndim(values)
    values = from_axis(values, axis)
    if not assume_sorted:
        order = np.argsort(points, kind="mergesort")
        points, values = points[order], values[order]
    if kind in ("zero", "slinear", "quadratic", "cubic"):
        kind = ("zero", "slinear", "quadratic", "cubic").index(kind)
    if not isinstance(kind, int) and kind not in ("linear", "nearest", "nearest-up", "previous", "next"):
        refuse("this kind of interp1d is not supported")
    if isinstance(fill_value, str) and kind in ("previous", "next"):
        refuse("interp1d with steps has a derivative where it does not extrapolate")
    return Table(points, values, kind, axis, True if bounds_error is None else bounds_error, fill_value)


# --- polynomials --------------------------------------------------------------------------------------


class Polynomial:
    """The polynomial through points."""

    def __init__(self, xi, yi, axis):
        self.xi = xi
        self.nodal = yi
        self.axis = axis

    def __call__(self, x):
        points = array_like(x)
        return to_axis(barycentric(self.xi, self.nodal, points), points, self.axis)

    def derivative(self, x, der=1):
        points, values = array_like(x), self.nodal
        for _ in range(der):
            values = np.tensordot(differentiation_matrix(self.xi), values, axes=1)
        return to_axis(barycentric(self.xi, values, points), points, self.axis)


def BarycentricInterpolator(xi, yi, axis=0):
    values = from_axis(yi, axis)
    return Polynomial(array_like(xi), values, axis % np.ndim(values))


def barycentric_interpolate(xi, yi, x, axis=0, *, der=0):
    return BarycentricInterpolator(xi, yi, axis).derivative(x, der)


# --- grids --------------------------------------------------------------------------------------------


class Grid:
    """Values between those on a rectangular grid."""

    def __init__(self, grid, values, bounds_error, fill_value):
        self.grid = grid
        self.values = values
        self.bounds_error = bounds_error
        self.fill_value = fill_value

    def __call__(self, xi):
        points = coordinates(xi, len(self.grid))
        is_outside = outside(points, self.grid)
        if self.bounds_error and np.any(is_outside):
            raise ValueError("One of the requested xi is out of bounds.")
        values = grid_values(self.values, points, *self.grid)
        if self.bounds_error or self.fill_value is None:
            return values
        trailing = np.ndim(self.values) - len(self.grid)
        mask = np.reshape(is_outside, np.shape(is_outside) + (1,) * trailing)
        return np.where(mask, self.fill_value, values)


def coordinates(xi, count):
    if isinstance(xi, tuple):
        return np.stack(np.broadcast_arrays(*xi), axis=-1)
    points = array_like(xi)
    return np.reshape(points, (-1, count)) if np.ndim(points) == 1 else points


def outside(points, grid):
    found = (points[..., 0] < grid[0][0]) | (points[..., 0] > grid[0][-1])
    for axis in range(1, len(grid)):
        found = found | (points[..., axis] < grid[axis][0]) | (points[..., axis] > grid[axis][-1])
    return found


def RegularGridInterpolator(points, values, method="linear", bounds_error=True, fill_value=np.nan):
    if method != "linear":
        refuse("RegularGridInterpolator is supported with method='linear'")
    return Grid(tuple([array_like(axis) for axis in points]), array_like(values), bounds_error, fill_value)


def interpn(points, values, xi, method="linear", bounds_error=True, fill_value=np.nan):
    return RegularGridInterpolator(points, values, method, bounds_error, fill_value)(xi)


# --- objects that the program was given ---------------------------------------------------------------


def integrate(f, a, b):
    whole = antiderivative_of(f)
    return whole(b) - whole(a)


METHODS = {"derivative": derivative_of, "antiderivative": antiderivative_of, "integrate": integrate}
