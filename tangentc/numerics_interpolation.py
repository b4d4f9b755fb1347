"""Splines and other interpolants as functions of their coefficients: emitted code may call them, as `numerics`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from scipy import interpolate

__all__ = [
    "akima_coefficients",
    "akima_partials",
    "antiderivative_of",
    "barycentric",
    "barycentric_bar",
    "bspline",
    "bspline_bar",
    "cubic_coefficients",
    "cubic_coefficients_bar",
    "derivative_of",
    "differentiation_matrix",
    "falling",
    "grid_values",
    "hermite_coefficients",
    "hermite_slopes_bar",
    "hermite_values_bar",
    "interpolant",
    "interval",
    "pchip_coefficients",
    "pchip_partials",
    "pieces_integral",
    "pieces_integral_bar",
    "piecewise",
    "piecewise_bar",
    "secant_windows",
    "secant_windows_bar",
    "spline_coefficients",
    "spline_coefficients_bar",
    "spline_knots",
    "width_windows",
]


# --- piecewise polynomials ----------------------------------------------------------------------------


def interval(x: Any, xi: Any) -> Any:
    """The number of the interval between the breakpoints x in which each point lies, at least the first or last."""
    return np.clip(np.searchsorted(x, xi, side="right") - 1, 0, len(x) - 2)


def piecewise(c: Any, x: Any, xi: Any, nu: int = 0, extrapolate: Any = True) -> Any:
    """The sum over j of c[j, i] (xi - x[i])**(k - 1 - j) for xi in interval i: its derivative of order nu."""
    pieces = interpolate.PPoly.construct_fast(
        np.ascontiguousarray(c, complex if np.iscomplexobj(c) else float),
        np.ascontiguousarray(x, float), extrapolate, 0,
    )  # fmt: skip
    return pieces(xi, nu)


def piecewise_bar(
    w: Any, x: Any, xi: Any, shape: tuple[int, ...], nu: int = 0, extrapolate: Any = True
) -> Any:
    """The cotangent of coefficients of this shape, w that of `piecewise(c, x, xi)`."""
    points, rows = np.ravel(xi), np.reshape(w, (np.size(xi), int(np.prod(shape[2:]))))
    c_bar = np.zeros((shape[0], shape[1], rows.shape[1]), rows.dtype)
    if extrapolate == "periodic":
        points = x[0] + (points - x[0]) % (x[-1] - x[0])
    elif not extrapolate:
        inside = (x[0] <= points) & (points <= x[-1])
        points, rows = points[inside], rows[inside]
    place = np.clip(np.searchsorted(x, points, side="right") - 1, 0, len(x) - 2)
    place[np.isnan(points)] = 0
    power, factor = np.ones(len(points)), float(np.prod(np.arange(1, nu + 1)))
    for degree in range(nu, shape[0]):
        np.add.at(c_bar[shape[0] - 1 - degree], place, factor * power[:, None] * rows)
        power = power * (points - x[place])
        factor = factor * (degree + 1) / (degree + 1 - nu)
    return c_bar.reshape(shape)


def falling(k: int, nu: int) -> Any:
    """What a derivative of order nu multiplies the coefficients of k powers by, those that remain."""
    powers = np.arange(k - 1.0, nu - 1.0, -1.0)
    return np.prod([powers - step for step in range(nu)], axis=0) if nu else np.ones(k)


def pieces_integral(c: Any, x: Any) -> Any:
    """The coefficients of the integral of a piecewise polynomial from its first breakpoint on."""
    return interpolate.PPoly(c, x).antiderivative().c


def pieces_integral_bar(w: Any, x: Any) -> Any:
    """The cotangent of the coefficients c, w that of `pieces_integral(c, x)`."""
    k, ones = w.shape[0] - 1, (1,) * (w.ndim - 2)
    powers = np.arange(k, 0, -1).reshape(k, 1, *ones)
    after = np.cumsum(w[-1, ::-1], axis=0)[::-1] - w[-1]  # each piece lifts those that follow
    return (w[:-1] + after * np.diff(x).reshape(-1, *ones) ** powers) / powers


def cubic_coefficients(x: Any, y: Any, bc_type: Any = "not-a-knot") -> Any:
    """The coefficients of `scipy.interpolate.CubicSpline(x, y)`, as `piecewise` takes them."""
    return interpolate.CubicSpline(x, y, bc_type=bc_type).c


def cubic_coefficients_bar(w: Any, x: Any, bc_type: Any = "not-a-knot") -> Any:
    """The cotangent of the ordinates y, w that of `cubic_coefficients(x, y)`.

    With the secants d = diff(y) / h the slopes s of the spline solve A s = B d + c, where A has three diagonals; the
    coefficients of each interval follow from its slopes and secant.
    """
    n, h, shape = len(x), np.diff(x), (len(x), *w.shape[2:])
    w = w.reshape(4, n - 1, -1)
    curve = (w[0] / h[:, None] - w[1]) / h[:, None]  # the cotangent of s[i] + s[i+1] - 2 d[i]
    s_bar = np.zeros((n, w.shape[2]), w.dtype)
    s_bar[:-1] = w[2] - w[1] / h[:, None] + curve
    s_bar[1:] += curve
    d_bar = w[1] / h[:, None] - 2.0 * curve
    A, B = (
        np.zeros((3, n)),
        np.zeros((3, n)),
    )  # below, on and above the diagonals; d[i] stands between y[i], y[i+1]
    A[:, 1:-1] = h[1:], 2.0 * (h[:-1] + h[1:]), h[:-1]
    B[:2, 1:-1] = 3.0 * h[1:], 3.0 * h[:-1]
    first, last = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
    if n == 3 and first == last == "not-a-knot":  # a parabola
        A[:, 0], A[:, -1] = (0.0, 1.0, 1.0), (1.0, 1.0, 0.0)
        B[:, 0], B[:, -1] = (0.0, 2.0, 0.0), (2.0, 0.0, 0.0)
    else:
        ends = []
        for kind, near, far in ((first, h[0], h[min(1, n - 2)]), (last, h[-1], h[max(-2, 1 - n)])):
            both = near + far
            order = {"clamped": 1, "natural": 2}.get(kind) if isinstance(kind, str) else kind[0]
            if order == 1:
                ends.append((1.0, 0.0, 0.0, 0.0))
            elif order == 2:
                ends.append((2.0 * near, near, 3.0 * near, 0.0))
            elif n == 2:
                ends.append((1.0, 0.0, 1.0, 0.0))
            else:
                ends.append((far, both, (near + 2.0 * both) * far / both, near**2 / both))
        A[:, 0], A[:, -1] = (0.0, *ends[0][:2]), (*ends[1][1::-1], 0.0)
        B[:, 0], B[:, -1] = (0.0, *ends[0][2:]), (ends[1][2], 0.0, 0.0)
    matrix = scipy.sparse.diags_array([A[0, 1:], A[1], A[2, :-1]], offsets=[-1, 0, 1], shape=(n, n)).tolil()
    sides = scipy.sparse.diags_array(
        [B[0, 1:], B[1, : n - 1], B[2, : n - 2]], offsets=[-1, 0, 1], shape=(n, n - 1)
    )
    sides = sides.tolil()
    if first == "periodic" and n > 2:
        matrix[0, :], sides[0, :] = 0.0, 0.0
        matrix[0, 0], matrix[0, 1] = 2.0 * (h[-1] + h[0]), h[-1]
        matrix[0, n - 2] += h[0]
        sides[0, 0], sides[0, n - 2] = 3.0 * h[-1], 3.0 * h[0]
        matrix[-1, :], sides[-1, :] = 0.0, 0.0
        matrix[-1, -1], matrix[-1, 0] = 1.0, -1.0
    elif n > 2 and not (n == 3 and first == last == "not-a-knot"):
        sides[-1, n - 3] = ends[1][3]
    solve = scipy.sparse.linalg.splu(matrix.tocsc()).solve
    moved = solve(s_bar.real, "T") + (1j * solve(s_bar.imag, "T") if np.iscomplexobj(w) else 0.0)
    d_bar = (d_bar + sides.T @ moved) / h[:, None]
    y_bar = np.zeros_like(s_bar)
    y_bar[:-1] = w[3] - d_bar
    y_bar[1:] += d_bar
    return y_bar.reshape(shape)


def hermite_coefficients(x: Any, y: Any, dydx: Any) -> Any:
    """The coefficients of `scipy.interpolate.CubicHermiteSpline(x, y, dydx)`."""
    return interpolate.CubicHermiteSpline(x, y, dydx).c


def hermite_values_bar(w: Any, x: Any) -> Any:
    """The cotangent of the values y, w that of `hermite_coefficients(x, y, dydx)`."""
    h = np.diff(x).reshape(-1, *(1,) * (w.ndim - 2))
    secant_bar = (3.0 * w[1] - 2.0 * w[0] / h) / h**2
    y_bar = np.zeros((len(x), *w.shape[2:]), w.dtype)
    y_bar[:-1] = w[3] - secant_bar
    y_bar[1:] += secant_bar
    return y_bar


def hermite_slopes_bar(w: Any, x: Any) -> Any:
    """The cotangent of the slopes dydx, w that of `hermite_coefficients(x, y, dydx)`."""
    h = np.diff(x).reshape(-1, *(1,) * (w.ndim - 2))
    curve_bar = (w[0] / h - w[1]) / h
    s_bar = np.zeros((len(x), *w.shape[2:]), w.dtype)
    s_bar[:-1] = w[2] - w[1] / h + curve_bar
    s_bar[1:] += curve_bar
    return s_bar


def pchip_coefficients(x: Any, y: Any) -> Any:
    """The coefficients of `scipy.interpolate.PchipInterpolator(x, y)`."""
    return interpolate.PchipInterpolator(x, y).c


def akima_coefficients(x: Any, y: Any, method: str = "akima") -> Any:
    """The coefficients of `scipy.interpolate.Akima1DInterpolator(x, y)`.

    Raises: ValueError: SciPy before 1.16 puts no straight line through two points, and the derivative is that of one.
    """
    options = {} if method == "akima" else {"method": method}
    found = interpolate.Akima1DInterpolator(x, y, **options).c
    if len(x) == 2 and np.any(found[:2]):
        raise ValueError("this version of SciPy puts no straight line through two points")
    return found


def secant_windows(x: Any, y: Any, straight: bool = False) -> Any:
    """For each point, the slopes of four secants: of the two intervals before it, and of the two after it.

    Beyond the ends there are zeros, or (`straight`) secants that go on changing as the last two do.
    """
    h = np.diff(x).reshape(-1, *(1,) * (y.ndim - 1))
    m = np.diff(y, axis=0) / h
    low, high = np.zeros_like(y[:2]), np.zeros_like(y[:2])
    if straight:
        rise, fall = m[0] - m[min(1, len(m) - 1)], m[-1] - m[max(-2, -len(m))]
        low, high = np.stack((m[0] + 2.0 * rise, m[0] + rise)), np.stack((m[-1] + fall, m[-1] + 2.0 * fall))
    m = np.concatenate((low, m, high))
    return np.stack([m[j : j + len(x)] for j in range(4)])


def secant_windows_bar(w: Any, x: Any, straight: bool = False) -> Any:
    """The cotangent of the values y, w that of `secant_windows(x, y)`."""
    n = len(x)
    whole = np.zeros((n + 3, *w.shape[2:]), w.dtype)
    for j in range(4):
        whole[j : j + n] += w[j]
    m_bar = whole[2 : n + 1].copy()
    if straight:
        m_bar[0] += whole[0] + whole[1]
        m_bar[-1] += whole[-1] + whole[-2]
        rise, fall = 2.0 * whole[0] + whole[1], 2.0 * whole[-1] + whole[-2]
        m_bar[0] += rise
        m_bar[min(1, n - 2)] -= rise
        m_bar[-1] += fall
        m_bar[max(-2, 1 - n)] -= fall
    m_bar /= np.diff(x).reshape(-1, *(1,) * (w.ndim - 2))
    y_bar = np.zeros((n, *w.shape[2:]), w.dtype)
    y_bar[1:] = m_bar
    y_bar[:-1] -= m_bar
    return y_bar


def width_windows(x: Any) -> Any:
    """The widths of the intervals, in the same windows: 0 beyond the ends."""
    h = np.concatenate((np.zeros(2), np.diff(x), np.zeros(2)))
    return np.stack([h[j : j + len(x)] for j in range(4)])


def pchip_partials(m: Any, h: Any) -> Any:
    """How the slopes of `scipy.interpolate.PchipInterpolator` change with the secants m in `secant_windows`.

    h has the widths of the intervals.  Inside, a slope is the weighted harmonic mean of two secants, and 0 at an
    extremum (Fritsch and Butland 1984); at the ends that of a parabola, limited so that the shape is kept (Moler 2004).
    """
    left, right = m[1], m[2]
    same = left * right > 0.0
    a, b = 2.0 * h[2] + h[1], h[2] + 2.0 * h[1]
    mean = np.where(same, a * right + b * left, 1.0)
    before = np.where(same, (a + b) * a * (right / mean) ** 2, 0.0)
    after = np.where(same, (a + b) * b * (left / mean) ** 2, 0.0)
    zero = 0.0 * left
    inner = (zero, before, after, zero)
    ends = []
    for near, far in ((2, 3), (1, 0)):
        both = h[near] + h[far] + (h[near] == 0.0)
        lean, along = -h[near] / both * (h[far] > 0.0), (2.0 * h[near] + h[far]) / both
        along = np.where(h[far] > 0.0, along, 1.0)  # a single interval
        slope = along * m[near] + lean * m[far]
        limited = np.logical_and(m[near] * m[far] < 0.0, abs(slope) > 3.0 * abs(m[near]))
        along, lean = np.where(limited, 3.0, along), np.where(limited, 0.0, lean)
        kept = np.where(limited, 3.0 * m[near], slope) * m[near] > 0.0
        ends.append((np.where(kept, along, 0.0), np.where(kept, lean, 0.0)))
    is_first, is_last = h[1] == 0.0, h[2] == 0.0
    first = (zero, zero, ends[0][0], ends[0][1])
    last = (ends[1][1], ends[1][0], zero, zero)
    rows = [
        np.where(is_first, s, np.where(is_last, e, i)) for s, e, i in zip(first, last, inner, strict=True)
    ]
    return np.concatenate(tuple(row[None] for row in rows))


def akima_partials(m: Any, *, method: str = "akima") -> Any:
    """How the slopes of `scipy.interpolate.Akima1DInterpolator` change with the secants m in `secant_windows`.

    A slope is a mean of the two secants beside a point, weighted by how much those beyond them change (Akima 1970).
    """
    low, high = m[1] - m[0], m[3] - m[2]
    left, right = abs(low), abs(high)
    steps = [-np.sign(low), np.sign(low), -np.sign(high), np.sign(high)]
    if method == "makima":
        left, right = left + 0.5 * abs(m[1] + m[0]), right + 0.5 * abs(m[3] + m[2])
        both = [0.5 * np.sign(m[1] + m[0]), 0.5 * np.sign(m[3] + m[2])]
        steps = [step + both[j // 2] for j, step in enumerate(steps)]
    whole = left + right
    is_known = whole > 1e-9 * np.max(whole)
    safe = np.where(is_known, whole, 1.0)
    part, turn = left / safe, (m[2] - m[1]) / safe**2
    rows = (
        turn * right * steps[0], 1.0 - part + turn * right * steps[1],
        part - turn * left * steps[2], -turn * left * steps[3],
    )  # fmt: skip
    middle = (0.5, 0.0, 0.0, 0.5)
    return np.concatenate(
        tuple(np.where(is_known, row, other)[None] for row, other in zip(rows, middle, strict=True))
    )


# --- B-splines ----------------------------------------------------------------------------------------


def bspline(t: Any, c: Any, xi: Any, k: int = 3, nu: int = 0, extrapolate: Any = True) -> Any:
    """The derivative of order nu of the spline of degree k with knots t and coefficients c."""
    spline = interpolate.BSpline.construct_fast(
        np.ascontiguousarray(t, float), np.ascontiguousarray(c, complex if np.iscomplexobj(c) else float),
        k, extrapolate, 0,
    )  # fmt: skip
    return spline(xi, nu)


def bspline_bar(
    w: Any, t: Any, xi: Any, shape: tuple[int, ...], k: int = 3, nu: int = 0, extrapolate: Any = True
) -> Any:
    """The cotangent of coefficients of this shape, w that of `bspline(t, c, xi)`."""
    points, rows = np.ravel(xi).astype(float), np.reshape(w, (np.size(xi), int(np.prod(shape[1:]))))
    c_bar = np.zeros((shape[0], rows.shape[1]), rows.dtype)
    n = len(t) - k - 1
    if extrapolate == "periodic":
        points = t[k] + (points - t[k]) % (t[n] - t[k])
    elif not extrapolate:
        inside = (t[k] <= points) & (points <= t[n])
        points, rows = points[inside], rows[inside]
    if nu <= k and len(points):
        knots = np.asarray(t, float)[nu : len(t) - nu]
        basis = interpolate.BSpline.design_matrix(points, knots, k - nu, extrapolate=True)
        part = basis.T @ rows
        for degree in range(k - nu + 1, k + 1):  # the transposes of the differences that derivatives take
            inner = np.asarray(t, float)[k - degree + 1 : len(t) - (k - degree + 1)]
            width = inner[degree:] - inner[:-degree]
            part = part * (degree / np.where(width > 0.0, width, np.inf))[:, None]
            part = np.concatenate((-part[:1], part[:-1] - part[1:], part[-1:]))
        c_bar[:n] = part
    return c_bar.reshape(shape)


def spline_knots(x: Any, k: int = 3, bc_type: Any = None) -> Any:
    """The knots of `scipy.interpolate.make_interp_spline(x, y, k, bc_type=bc_type)`."""
    return interpolate.make_interp_spline(x, np.zeros(len(x)), k, bc_type=bc_type).t


def spline_coefficients(x: Any, y: Any, k: int = 3, bc_type: Any = None) -> Any:
    """The coefficients of `scipy.interpolate.make_interp_spline(x, y, k, bc_type=bc_type)`."""
    return interpolate.make_interp_spline(x, y, k, bc_type=bc_type).c


def spline_coefficients_bar(w: Any, x: Any, k: int = 3, bc_type: Any = None) -> Any:
    """The cotangent of the ordinates y, w that of `spline_coefficients(x, y)`.

    The coefficients solve a banded system: one row for each point, and for each condition at an end.
    """
    if k < 2:
        return w.copy()
    t = interpolate.make_interp_spline(x, np.zeros(len(x)), k, bc_type=bc_type).t
    n = len(t) - k - 1
    first, last = (bc_type, bc_type) if bc_type is None or isinstance(bc_type, str) else bc_type
    ends: list[Any] = []
    for condition, point, basis in ((first, x[0], slice(k + 1)), (last, x[-1], slice(n - k - 1, n))):
        orders: Any = {None: (), "not-a-knot": (), "clamped": (1,), "natural": (2,)}.get(
            condition if isinstance(condition, str) else None
        )
        if not isinstance(condition, (str, type(None))):
            orders = [order for order, _ in condition]
        rows = np.zeros((len(orders), n))
        for row, order in zip(rows, orders, strict=True):
            row[basis] = interpolate.BSpline(t, np.eye(n)[:, basis], k)(point, order)
        ends.append(scipy.sparse.csr_array(rows))
    inner = interpolate.BSpline.design_matrix(np.asarray(x, float), t, k)
    matrix = scipy.sparse.vstack([ends[0], scipy.sparse.csr_array(inner), ends[1]], format="csc")
    solve, flat = scipy.sparse.linalg.splu(matrix).solve, w.reshape(n, -1)
    found = solve(flat.real.copy(), "T") + (1j * solve(flat.imag.copy(), "T") if np.iscomplexobj(w) else 0.0)
    start = ends[0].shape[0]
    return found[start : start + len(x)].reshape(len(x), *w.shape[1:])


# --- polynomials --------------------------------------------------------------------------------------


def barycentric(xi: Any, yi: Any, x: Any) -> Any:
    """The polynomial through the points (xi, yi) at x."""
    return np.asarray(interpolate.barycentric_interpolate(xi, yi, x))


def barycentric_bar(w: Any, xi: Any, x: Any) -> Any:
    """The cotangent of the values yi, w that of `barycentric(xi, yi, x)`."""
    weights = interpolate.barycentric_interpolate(xi, np.eye(len(xi)), np.ravel(x))
    rows = np.reshape(w, (np.size(x), *np.shape(w)[np.ndim(x) :]))
    return np.tensordot(weights, rows, axes=(0, 0))


def differentiation_matrix(xi: Any) -> Any:
    """The matrix that takes the values of a polynomial at xi to those of its derivative.

    Source: J.-P. Berrut and L. N. Trefethen, "Barycentric Lagrange interpolation", 2004, section 9.3.
    """
    gaps = np.subtract.outer(np.asarray(xi, float), xi) + np.eye(len(xi))
    weights = 1.0 / np.prod(gaps * (4.0 / (np.max(xi) - np.min(xi))) ** (1.0 - np.eye(len(xi))), axis=1)
    found = weights / weights[:, None] / gaps
    np.fill_diagonal(found, 0.0)
    np.fill_diagonal(found, -np.sum(found, axis=1))
    return found


def grid_values(values: Any, xi: Any, *points: Any) -> Any:
    """The multilinear interpolation of values on a grid, at the points xi along the last axis; linear beyond it."""
    return interpolate.RegularGridInterpolator(points, values, bounds_error=False, fill_value=None)(xi)


# --- objects of SciPy ---------------------------------------------------------------------------------


def interpolant(f: Any, xi: Any, nu: int = 0, extrapolate: Any = None) -> Any:
    """The value of an interpolant at xi, or its derivative of order nu."""
    options = {} if extrapolate is None else {"extrapolate": extrapolate}
    if nu == 0:
        return f(xi, **options)
    if isinstance(f, (interpolate.PPoly, interpolate.BSpline)):
        return f(xi, nu, **options)
    if isinstance(f, interpolate.BarycentricInterpolator):
        return f.derivative(xi, nu)
    points, values = np.ravel(xi), np.moveaxis(f.y, f.axis, 0)
    if f.axis != 0 and np.ndim(xi) != 0:
        raise ValueError("the derivative of interp1d is known for values whose first axis is that of x")
    spline = getattr(f, "_spline", None)
    if spline is not None:
        found = spline(points, nu).reshape(len(points), *values.shape[1:])
    elif nu == 1 and f._kind == "linear":
        place = np.clip(np.searchsorted(f.x, points), 1, len(f.x) - 1)
        width = (f.x[place] - f.x[place - 1]).reshape(-1, *(1,) * (values.ndim - 1))
        found = (values[place] - values[place - 1]) / width
    else:
        found = np.zeros((len(points), *values.shape[1:]))
    if not f._extrapolate:
        found[(points < f.x[0]) | (points > f.x[-1])] = 0.0
    return found.reshape((*np.shape(xi), *values.shape[1:]))


def derivative_of(f: Any, nu: int = 1) -> Any:
    """The derivative of a spline, as a spline."""
    return f.derivative(nu)


def antiderivative_of(f: Any, nu: int = 1) -> Any:
    """The integral of a spline from its start on, as a spline."""
    return f.antiderivative(nu)
