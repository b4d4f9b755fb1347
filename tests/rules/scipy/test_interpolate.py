"""Rows for rules/scipy/interpolate.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import interpolate

import tangentc
from tangentc.primitives.core import named
from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal

X = np.array([0.0, 0.7, 1.5, 2.6, 3.0, 4.2])
XI = np.array([0.3, 2.1, 1.1, 3.9, 0.2])
OUTSIDE = np.array([-0.5, 2.1, 4.9])
KNOTS = np.array([-0.9, -0.4, -0.2, 0.0, 0.8, 1.9, 2.3, 3.0, 3.2, 3.9, 4.4])
REPEATED = np.array([0, 0, 0, 0, 1, 2, 2, 4, 4, 4, 4])  # whole numbers never vary

_ONCE: dict[str, Any] = {"single": False, "unknown": False}

_IS_STRAIGHT = not np.any(interpolate.Akima1DInterpolator([0.0, 1.2], [1.0, 2.5]).c[:2])  # since SciPy 1.16

CASES = [
    case("piecewise", normal(4, 5), X, XI, single=False),
    case("piecewise", normal(3, 5), X, 1.2, **_ONCE),
    case("piecewise", normal(4, 5, 2), X, OUTSIDE, nu=1, **_ONCE),
    case("piecewise", normal(3, 5, 2), X, XI[:4].reshape(2, 2), nu=2, **_ONCE),
    case("piecewise", complexes(3, 5), X, XI[::-2], **_ONCE),
    case("piecewise", normal(2, 5), X, XI[:0], **_ONCE),
    case("bspline", REPEATED, normal(7), XI, single=False),
    case("bspline", KNOTS, normal(7), XI[XI < 3.0], single=False),
    case("bspline", KNOTS, normal(7), OUTSIDE, nu=1, **_ONCE),
    case("bspline", KNOTS, normal(8, 2), 1.2, nu=2, **_ONCE),
    case("bspline", KNOTS[1:-1], complexes(6), XI[:2], k=2, **_ONCE),
    case("cubic_coefficients", X, normal(6), single=False),
    case("cubic_coefficients", X, normal(6, 2), **_ONCE),
    case("cubic_coefficients", X, complexes(6), bc_type="natural", **_ONCE),
    *(case("cubic_coefficients", X[:n], normal(n), **_ONCE) for n in (2, 3, 4)),
    *(
        case("cubic_coefficients", X[:n], normal(n), bc_type=bc, **_ONCE)
        for n in (2, 3, 6) for bc in ("clamped", ((2, 0.3), (1, -0.7)), ("not-a-knot", (2, 1.0)))
    ),
    case("hermite_coefficients", X, normal(6), normal(6, seed=1), **_ONCE),
    case("hermite_coefficients", X, normal(6, 2), normal(6, 2, seed=1), **_ONCE),
    case("pchip_coefficients", X, np.array([0.2, 0.9, 2.5, 2.7, 1.0, 3.5]), **_ONCE),
    case("pchip_coefficients", X, np.stack((np.exp(X), normal(6), -normal(6, seed=5)), axis=1), **_ONCE),
    case("pchip_coefficients", X[:2], normal(2), **_ONCE),
    case("akima_coefficients", X, normal(6), **_ONCE),
    case("akima_coefficients", X, normal(6, 2), **_ONCE),
    *([case("akima_coefficients", X[:2], normal(2), **_ONCE)] if _IS_STRAIGHT else []),
    case("spline_coefficients", X, normal(6), single=False),
    case("spline_coefficients", X, normal(6, 2), k=1, **_ONCE),
    case("spline_coefficients", X, complexes(6), k=2, **_ONCE),
    case("spline_coefficients", X, normal(6, 2), bc_type="natural", **_ONCE),
    case("spline_coefficients", X, normal(6), bc_type=(((1, 0.4),), "clamped"), **_ONCE),
    case("spline_coefficients", X, normal(6), k=5, **_ONCE),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize("points", [XI, XI[:4].reshape(2, 2)])
def test_table_on_a_grid(points: Any) -> None:
    """The definition is the function, also beyond the grid."""
    from tangentc.rules.scipy.interpolate import grid_values

    grid, values = (np.array([0.0, 1.0, 2.5]), np.array([0.0, 0.5, 2.0, 4.0])), normal(3, 4)
    at = np.stack((points - 0.5, points), axis=-1)
    assert np.allclose(
        grid_values(values, at, *grid),
        interpolate.RegularGridInterpolator(grid, values, bounds_error=False, fill_value=None)(at),
    )
    check_rule(named("grid_values"), values, at, *grid, single=False, unknown=False)


# --- programs -------------------------------------------------------------------------------------------

Y = np.sin(X) + 0.1 * X**2 + 0.5
AT = np.array([0.3, 2.2, 3.5])
W = np.array([0.3, -1.2, 0.7])
TCK = interpolate.splrep(X, Y)
SPLINE = interpolate.CubicSpline(X, Y)
PAIR = interpolate.CubicSpline(X, np.stack((Y, Y**2), axis=1))
GIVEN = (
    SPLINE,
    interpolate.make_interp_spline(X, Y),
    interpolate.PchipInterpolator(X, Y),
    interpolate.interp1d(X, Y),
    interpolate.interp1d(X, Y, kind="cubic", bounds_error=False, fill_value=0.0),
    interpolate.BarycentricInterpolator(X, Y),
)
GRID = (np.array([0.0, 1.0, 2.5]), np.array([0.0, 0.5, 2.0, 3.0]))
PLANE = normal(3, 4)
PLACES = np.array([[0.3, 0.7], [1.2, 2.2], [2.4, 0.1]])


def march(x: Any, y: Any) -> Any:
    spline, u = interpolate.CubicSpline(X, y), x[0]
    for _ in range(4):
        u = u + 0.1 * spline(u)
    return u


def periodic(x: Any, y: Any) -> Any:
    spline = interpolate.CubicSpline(X, np.append(y[:-1], y[0]), bc_type="periodic")
    return W @ spline(x + 4.0)


def knots(y: Any) -> Any:
    """Those of TCK, stretched between the ends."""
    return TCK[0] + 0.1 * y[0] * (TCK[0] - TCK[0][0]) * (TCK[0][-1] - TCK[0])


PROGRAMS = {
    "captured": lambda x, y: W @ SPLINE(x) * y[0],
    "several values": lambda x, y: W @ PAIR(x, 1) @ y[:2],
    "derived": lambda x, y: W @ SPLINE.derivative()(x) + SPLINE.antiderivative()(x[0]) * SPLINE.integrate(0.1, x[1]),
    "fitpack": lambda x, y: W @ interpolate.splev(x, TCK, der=1) + W @ interpolate.splev(2.0 * x, TCK, ext=1) * y[0],
    "clamped at the ends": lambda x, y: W @ interpolate.splev(2.0 * x, TCK, ext=3) * y[0],
    "cubic": lambda x, y: W @ interpolate.CubicSpline(X, y, bc_type="natural")(x, 1),
    "not the first axis": lambda x, y: W @ interpolate.CubicSpline(X, np.stack((y, y**2)), axis=1)(x).T @ x[:2],
    "periodic": periodic,
    "march": march,
    "integral": lambda x, y: interpolate.CubicSpline(X, y).integrate(x[0], x[1]),
    "integrals": lambda x, y: W @ interpolate.CubicSpline(X, y).antiderivative()(x),
    "second derivative": lambda x, y: W @ interpolate.PchipInterpolator(X, y).derivative(2)(x),
    "hermite": lambda x, y: W @ interpolate.CubicHermiteSpline(np.cumsum(y**2) - 0.5, Y, y)(x),
    "akima": lambda x, y: W @ interpolate.Akima1DInterpolator(X, y)(x),
    "polynomials": lambda x, y: interpolate.PPoly(np.stack((y, 2.0 * y)), np.append(X, 5.0))(x[1]) ** 2,
    "b-splines": lambda x, y: W @ interpolate.make_interp_spline(X, y, k=2)(x) * y[1],
    "own b-spline": lambda x, y: interpolate.BSpline(TCK[0], TCK[1] * y[0], 3)(x[0]),
    "knots": lambda x, y: W @ interpolate.BSpline(knots(y), TCK[1] * y[0], 3)(x, nu=1) + knots(y)[4],
    "knots of several": lambda x, y: (
        W @ interpolate.BSpline(knots(y), np.stack((TCK[1], Y[:1] * TCK[1]), 1), 3, extrapolate=False)(x) @ y[:2]
    ),
    "knots of steps and lines": lambda x, y: (
        W @ interpolate.BSpline(np.sort(y), Y[2:], 1)(x) * interpolate.BSpline(np.sort(y), Y[1:], 0)(0.1) * x[0]
    ),
    "knots at which it ends": lambda x, y: W @ interpolate.splev(2.0 * x, (knots(y), TCK[1], 3), ext=3),
    "slopes of b-splines": lambda x, y: W @ interpolate.BSpline(knots(y), TCK[1], 3).derivative()(x),
    "areas of b-splines": lambda x, y: (
        W @ interpolate.BSpline(knots(y), TCK[1], 3).antiderivative()(x)
        + interpolate.BSpline(TCK[0], TCK[1] * y[0], 3).integrate(x[0], 9.0, extrapolate=False)
    ),
    "lines": lambda x, y: W @ interpolate.interp1d(X, y)(x),
    "lines beyond": lambda x, y: W @ interpolate.interp1d(X, y, fill_value="extrapolate")(x - 1),
    "fill": lambda x, y: W @ interpolate.interp1d(X, y, bounds_error=False, fill_value=(-1.0, 2.0))(2.0 * x - 1.0),
    "unsorted": lambda x, y: W @ interpolate.interp1d(X[::-1], np.stack((y, y**2)), kind="quadratic")(x)[1],
    "steps": lambda x, y: W @ (interpolate.interp1d(X, y, kind="nearest")(x) * x),
    "steps before": lambda x, y: W @ (interpolate.interp1d(X, y, kind="previous")(x) * x),
    "barycentric": lambda x, y: W @ interpolate.barycentric_interpolate(X, y, x, der=1),
    "grid": lambda x, y: W @ interpolate.RegularGridInterpolator(GRID, PLANE * y[0])(PLACES * x[0]),
    "beyond the grid": lambda x, y: (
        W @ interpolate.interpn(GRID, PLANE * y[0], PLACES * x[:2], bounds_error=False, fill_value=None)
    ),
    "what it has": lambda x, y: np.sum(SPLINE.c * y[0]) + SPLINE.x[1] * x[0],
    "its coefficients": lambda x, y: np.sum(interpolate.CubicSpline(X, y).c ** 2),
    "lists": lambda x, y: interpolate.CubicSpline([0, 1, 2, 4], [y[0], 1.0, x[0], 2])(3),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    tangentc.check_grads(PROGRAMS[name], (AT, Y))


@pytest.mark.parametrize("spline", GIVEN, ids=lambda spline: type(spline).__name__)
def test_an_interpolant_as_an_argument(spline: Any) -> None:
    def f(g: Any, x: Any) -> Any:
        return W @ (g(x) * np.sin(x)) + g(x[0])

    tangentc.check_grads(lambda x: f(spline, x), (AT,))
    gradient = tangentc.grad(f, argnums=1)
    assert np.allclose(gradient(spline, AT), tangentc.grad(lambda x: f(spline, x))(AT))
    assert gradient(SPLINE, AT).shape == (3,)  # another object of the same class is no new program


def test_values_outside_are_masked() -> None:
    """A spline that ends is NaN beyond its range: a mask lets no NaN into the gradient."""
    akima = interpolate.Akima1DInterpolator(X, Y)

    def f(x: Any) -> Any:
        return np.sum(np.where(x < 4.2, akima(x), 0.0))

    assert np.allclose(tangentc.grad(f)(np.array([0.3, 5.0])), [akima(0.3, 1), 0.0])


def test_the_limits_of_pchip_are_kinks() -> None:
    """At an extremum of the data the slope is 0, from both sides."""
    x, y = np.arange(4.0), np.array([0.0, 1.0, 1.0, 0.0])
    found = tangentc.grad(lambda y: interpolate.PchipInterpolator(x, y)(1.5))(y)
    assert np.allclose(found, [0.0, 0.5, 0.5, 0.0])


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: interpolate.CubicSpline(x, Y[:3])(0.5), "with respect to `x`"),
        (lambda x: interpolate.make_interp_spline(X, Y * x[0], bc_type="periodic")(0.5), "periodic"),
        (lambda x: interpolate.make_interp_spline(X, Y * x[0], t=TCK[0])(0.5), "knots of your own"),
        (lambda x: interpolate.BSpline(TCK[0] * x[0], TCK[1], 3, "periodic")(0.5), "respect to its knots"),
        (lambda x: interpolate.BSpline(TCK[0], TCK[1] * x[0], 3).derivative(2)(0.5), "one at a time"),
        (lambda x: interpolate.splev(x[0], (TCK[0], [TCK[1], TCK[1]], 3))[0], "curve"),
        (lambda x: interpolate.griddata(PLACES, x, PLACES)[0], "not known"),
        (lambda x: interpolate.interp1d(X, Y * x[0], kind="none")(0.5), "kind of interp1d"),
        (lambda x: interpolate.CubicSpline(X, Y * x[0]).solve(0.5)[0], "'solve' of an object of SciPy"),
    ],
)
def test_refused(f: Any, message: str) -> None:
    with pytest.raises(tangentc.TangentcError, match=message):
        tangentc.grad(f)(np.array([0.5, 1.0, 2.0]))


def test_outside_the_table() -> None:
    with pytest.raises(ValueError, match="below"):
        tangentc.grad(lambda y: interpolate.interp1d(X, y)(-1.0) * y[0])(Y)


def test_emitted_code() -> None:
    gradient = tangentc.grad(march, argnums=(0, 1))
    gradient(AT, Y)
    assert "c_bar += piecewise_bar(v1_bar, X, u, c.shape)" in gradient.source
    captured = tangentc.grad(lambda x: np.sum(SPLINE(x)))
    captured(AT)
    assert "x_bar = SPLINE(x, 1)" in captured.source
