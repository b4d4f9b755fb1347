"""Minima and least squares of functions of the program, with bounds and constraints."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

import tangentc
from tangentc.errors import TangentcError
from tests.matrix import check
from tests.rules.rows import normal, positive

A = positive(3)


def minimum(a):
    def objective(x):
        return 0.5 * (x[0] ** 2 + 3.0 * x[1] ** 2) + a[0] * np.sum(x**4) - x @ a[1:]

    def slope(x):
        return np.array([x[0], 3.0 * x[1]]) + 4.0 * a[0] * x**3 - a[1:]

    found = optimize.minimize(objective, np.zeros(2), jac=slope, method="BFGS", options={"gtol": 1e-11})
    return found.x[0] * a[2] + found.x[1] + found.fun


def minimum_with_its_slope(a):
    def both(x, k):
        return np.sum(np.cosh(x - k)) + 0.5 * x @ x, np.sinh(x - k) + x

    found = optimize.minimize(both, np.zeros(3), args=(a,), jac=True, method="BFGS", options={"gtol": 1e-11})
    return found.x


def lowest(a):
    found = optimize.minimize_scalar(lambda x: np.cosh(x - a[0]) + a[1] * x**2, tol=1e-12)
    return found.fun * a[2]


def fitted(a):
    t = np.linspace(0.0, 1.0, 6)
    y = a[0] * np.exp(-a[1] * t) + 0.1 * a[2] * np.sin(5.0 * t)

    def residual(x):
        return x[0] * np.exp(-x[1] * t) - y

    found = optimize.least_squares(residual, np.ones(2), xtol=1e-15, ftol=1e-15, gtol=1e-15, jac="3-point")
    return found.x[0] * 2.0 - found.x[1] + found.cost


def by_older_names(a):
    """Functions that return the minimum alone, and least squares of more residuals than unknowns."""
    x = optimize.fmin_bfgs(lambda x: np.sum(np.cosh(x - a[:2])) + x @ x, np.zeros(2), gtol=1e-11, disp=0)
    bounds = [(None, 0.5 * a[1])] * 2
    both = lambda u: (np.sum(np.cosh(u - a[:2])), np.sinh(u - a[:2]))  # noqa: E731
    u, least, _ = optimize.fmin_l_bfgs_b(both, np.zeros(2), bounds=bounds, pgtol=1e-12, factr=1.0)
    y = optimize.brent(lambda y: np.cosh(y - a[2]) + x[0] * y**2, tol=1e-12)
    z, found = optimize.leastsq(
        lambda z: np.concatenate((z**2 - a, z - y)), np.ones(3), xtol=1e-15, ftol=1e-15
    )
    if found > 4:
        raise ValueError("no fit")
    return x[1] * z + y + u @ x + least


def lowest_of_all(a):
    """Polished, so the gradient vanishes where no bound is in the way."""
    found = optimize.shgo(
        lambda x: (x[0] ** 2 - a[0]) ** 2 + a[1] * (x[1] - x[0]) ** 2, [(0.2, 2.0), (-1.0, 0.4)]
    )
    return found.x * a[2] + found.fun


# --- between bounds ----------------------------------------------------------------------------------


def hill(x, a):
    return np.sum((x - a) ** 2 * (1.0 + a)) + 0.3 * x[0] * x[1] + 0.1 * np.sum(x**4)


FINE = {"gtol": 1e-12, "ftol": 1e-16}
BOX = optimize.Bounds([0.0, 0.0, 0.0], [0.2, np.inf, 9.0])


def between_bounds(a):
    """The first is at its lower bound, which moves, the last at its upper, the other is free."""
    bounds = [(3.0 * a[0], None), (None, 5.0), (0, 0.5 * a[2])]
    found = optimize.minimize(hill, np.ones(3), args=(a,), bounds=bounds, options=FINE)
    return found.x * a + found.fun


def between_bounds_of_an_object(a):
    first = optimize.minimize(hill, 0.1 * np.ones(3), args=(a,), bounds=BOX, options=FINE).x
    made = optimize.Bounds(-1.0, 0.3)
    return first * a + optimize.minimize(hill, np.zeros(3), args=(a,), bounds=made, options=FINE).x


def in_an_interval(a):
    """At its end, and inside; never at the end itself, but as near as the tolerance says."""
    options = {"xatol": 1e-11}
    inside, end = (
        optimize.minimize_scalar(
            lambda x: np.cosh(x - a[2]) + x, bounds=(0.1, top), method="bounded", options=options
        )
        for top in (9.0, 0.4 * a[1])
    )
    return inside.x * a[0] + end.x + end.fun


def fitted_between_bounds(a):
    """By a method that stays inside."""
    t = np.linspace(0.0, 1.0, 5)

    def residual(x):
        return x[0] * np.exp(-x[1] * t) + x[2] * t - a[0] - a[1] * t

    bounds = ([-np.inf, -5.0, a[2]], np.inf)
    tight = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "jac": "3-point"}
    return optimize.least_squares(residual, np.array([0.5, 0.5, 2.5]), bounds=bounds, **tight).x


MATRIX = normal(6, 3)
SIDE = MATRIX @ np.array([1.0, -0.5, 2.0]) + 0.1 * normal(6)


def without_negative_entries(A, b):
    x, left = optimize.nnls(A, b)
    return x * np.arange(1.0, 4.0), left


def of_a_linear_system(A, b):
    found = optimize.lsq_linear(
        A, b, bounds=([-0.1, -9.0, -9.0], [0.5 + 0.1 * b[0], 9.0, 9.0]), method="bvls"
    )
    return found.x, found.cost, found.fun


# --- with constraints --------------------------------------------------------------------------------

CLOSE = {"ftol": 1e-14}


def on_a_sphere(a):
    held = {"type": "eq", "fun": lambda x: x @ x - a[0]}
    return optimize.minimize(hill, np.ones(3), args=(a,), constraints=held, options=CLOSE).x


def with_constraints(a):
    """Of four entries one holds as an equality, one as an inequality, and two are not felt."""
    held = [
        {"type": "eq", "fun": lambda x: x[0] - a[0] * x[2]},
        {"type": "ineq", "fun": lambda x, k: [k - x[1], 10.0 - x[0]], "args": (0.5 * a[1],)},
        {"type": "ineq", "fun": lambda x: x[2] + 1.0, "jac": lambda x: np.array([0.0, 0.0, 1.0])},
    ]
    found = optimize.minimize(hill, np.ones(3), args=(a,), constraints=held, options=CLOSE)
    return found.x * a + found.fun


def with_constraints_between_bounds(a):
    held = ({"type": "ineq", "fun": lambda x: a[0] - x[0] ** 2 - x[1] ** 2},)
    bounds = [(0, None), (0, 1), (-1, 0.5 * a[2])]
    return optimize.minimize(hill, 0.1 * np.ones(3), (a,), bounds=bounds, constraints=held, options=CLOSE).x


SUMS = optimize.LinearConstraint(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]), [-np.inf, 0.3], [0.5, 0.9])


def with_objects(a):
    """One that the program reads, one that it makes: of four entries one is at an end, which moves."""
    low, high = [0.1, -5.0], [0.4 * a[1], np.inf]
    turned = optimize.NonlinearConstraint(lambda x: [x @ x * a[1], x[0]], low, high)
    bounds = optimize.Bounds(ub=[9.0, 0.3 * a[1], 9.0])
    start = 0.2 * np.ones(3)
    return optimize.minimize(hill, start, (a,), bounds=bounds, constraints=[turned, SUMS], options=CLOSE).x


def with_an_object(a):
    """A lower end; a row that moves, and an equality that is given by equal ends."""
    outside = optimize.NonlinearConstraint(
        lambda x: x @ x, 4.0 * a[2], np.inf, jac=lambda x: 2.0 * x[None, :]
    )
    first = optimize.minimize(hill, 0.3 * np.ones(3), (a,), constraints=outside, options=CLOSE).x
    row = optimize.LinearConstraint(a, 0.5, 0.5)
    return first * a + optimize.minimize(hill, np.zeros(3), (a,), constraints=row, options=CLOSE).x


# --- curves through data -----------------------------------------------------------------------------

T = np.linspace(0.0, 2.0, 8)
TIGHT = {"xtol": 1e-15, "ftol": 1e-15}


def decay(t, p, q):
    return p * np.exp(-q * t) + 0.05 * t


def data(a):
    return a[0] * np.exp(-a[1] * T) + 0.1 * np.sin(a[2] * T)


def curve(a):
    """Both the places and the values move; the covariances are of the size that the residuals tell."""
    best, spread = optimize.curve_fit(decay, T + 0.1 * a[2], data(a), p0=[1.0, 1.0], **TIGHT)
    return best * a[:2], spread


def curve_with_errors(a):
    """The model reads the program's values; the errors of the data move."""
    model = lambda t, p, q, r: p * np.exp(-t) + q * t + 0.3 * q * q * t * t + r * a[2]  # noqa: E731
    sigma = 1.0 + a[0] * T
    return optimize.curve_fit(model, T, data(a), sigma=sigma, absolute_sigma=True, xtol=1e-13, ftol=1e-13)


def curve_with_correlated_errors(a):
    """Between bounds, one of which is reached."""
    sigma = np.eye(8) + a[0] * np.exp(-np.abs(np.subtract.outer(T, T)))
    bounds = ([-1.0, -np.inf], [0.9 * a[0], np.inf])
    tight = {**TIGHT, "gtol": 1e-15, "jac": "3-point"}
    return optimize.curve_fit(decay, T, data(a), [0.1, 0.5], sigma=sigma, bounds=bounds, **tight)[0]


class Model:
    def __init__(self, drift):
        self.drift = drift

    def at(self, t, p, q):
        return p * np.exp(-q * t) + self.drift * t


def curve_of_an_object(y, drift):
    slopes = lambda t, p, q: np.stack([np.exp(-q * t), -t * p * np.exp(-q * t)], 1)  # noqa: E731
    return optimize.curve_fit(Model(drift).at, T, y, jac=slopes, **TIGHT)[0]


ROWS = [
    (minimum, A), (minimum_with_its_slope, A), (lowest, A), (fitted, A), (by_older_names, A), (lowest_of_all, A),
    (between_bounds, A), (between_bounds_of_an_object, A), (in_an_interval, A), (fitted_between_bounds, A),
    (without_negative_entries, MATRIX, SIDE), (of_a_linear_system, MATRIX, SIDE),
    (on_a_sphere, A), (with_objects, A), (with_an_object, A), (with_constraints, A),
    (with_constraints_between_bounds, A),
    (curve, A), (curve_with_errors, A), (curve_with_correlated_errors, A),
    (curve_of_an_object, 2.0 + 0.1 * normal(8), 0.1),
]  # fmt: skip


SECOND = (minimum, between_bounds, with_constraints, curve)  # the others are made of the same equations


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_found_to_a_tolerance(row):
    function, *arguments = row
    check(function, *arguments, rtol=1e-5, order=2 if function in SECOND else 1)


def in_a_loop(a):
    """Each minimum is a bound of the next, and the same array is what both solvers read."""
    x = 0.1 * a
    for _ in range(2):
        bounds = np.stack([x, x + a], axis=1)
        x = optimize.minimize(hill, x, args=(a,), bounds=bounds, options=FINE).x
    return x * optimize.nnls(np.diag(a), x + a)[1] + x


def test_in_a_loop():
    check(in_a_loop, A, rtol=1e-5, order=1)


UNDECIDED = {
    "bound": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2), np.ones(2), bounds=[(0.0, None)] * 2, options={"gtol": 1e-14}
    ).x.sum(),
    "nnls": lambda a: optimize.nnls(np.eye(2), a)[0].sum(),
    "constraints": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2), np.ones(2),
        constraints=[{"type": "eq", "fun": lambda x: k * (x[0] - x[1])} for k in (1.0, 2.0)],
    ).x[0],
}  # fmt: skip


@pytest.mark.parametrize("program", UNDECIDED)
def test_where_nothing_decides_what_holds(program):
    """A free minimum exactly at its bound, and one constraint twice: an error when it runs, not a number."""
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        tangentc.grad(UNDECIDED[program])(np.array([0.0, 1.0]))


def test_single_precision():
    """The fit is in double precision, and the derivative in that of the data."""
    y = data(A).astype(np.float32)
    slope = tangentc.grad(lambda y, t: optimize.curve_fit(decay, t, y)[0].sum(), argnums=(0, 1))
    single, double = (
        slope(y, T.astype(np.float32)),
        slope(y.astype(float), T.astype(np.float32).astype(float)),
    )
    for one, other in zip(single, double, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-5)


REFUSED = {
    "linprog finds a corner": lambda a: optimize.linprog(a).x[0],
    "milp finds a corner": lambda a: optimize.milp(a).fun,
    "direct stops near": lambda a: optimize.direct(lambda x: np.sum((x - a) ** 2), [(0, 1)] * 3).x[0],
    "constraints= of minimize must be known": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2), np.ones(3), constraints=[{"type": "eq"}]
    ).x[0],
    "hess= of NonlinearConstraint": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2),
        np.ones(3),
        constraints=optimize.NonlinearConstraint(
            lambda x: x @ x, 0.0, 1.0, hess=lambda x, v: 2.0 * v * np.eye(3)
        ),
    ).x[0],
    "through an object|is not known|finds a corner": lambda a: optimize.milp(
        np.ones(3), constraints=optimize.LinearConstraint(np.eye(3), a, 9.0)
    ).x[0],
    "method 'BFGS' of minimize passes over constraints=": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2), np.ones(3), method="BFGS", constraints={"type": "eq", "fun": np.sum}
    ).x[0],
    "nan_policy": lambda a: optimize.curve_fit(decay, T, data(a), nan_policy="omit")[0][0],
    "loss= of curve_fit": lambda a: optimize.curve_fit(decay, T, data(a), method="trf", loss="cauchy")[0][0],
    "number of parameters": lambda a: optimize.curve_fit(lambda t, *p: p[0] * t + p[1], T, data(a))[0][0],
}


@pytest.mark.parametrize("word", REFUSED)
def test_refused(word):
    with pytest.raises(TangentcError, match=word):
        tangentc.grad(REFUSED[word])(A)


def test_what_is_refused_runs_where_nothing_varies():
    costs = np.array([1.0, 2.0])

    def f(a):
        found = optimize.linprog(costs, bounds=(0.5, 1.0))
        whole = optimize.milp(costs, constraints=optimize.LinearConstraint(np.eye(2), 1.0, 2.0))
        return a * found.x[1] * whole.x[0] + found.fun if found.success else 0.0

    assert tangentc.value_and_grad(f)(2.0) == (2.5, 0.5)


def of_another_minimum(a):
    """The inner minimum is a function of the unknowns of the outer one."""

    def inner(x):
        return optimize.minimize_scalar(lambda y: np.cosh(y - x * a[0]) + y * y, tol=1e-12).x

    return optimize.minimize_scalar(lambda x: (x - 1.0) ** 2 + inner(x) ** 2 * a[1], tol=1e-12).x * a[2]


def test_one_minimum_inside_another():
    check(of_another_minimum, A, rtol=1e-5, order=1)


def test_emitted(tmp_path):
    """Constraints are dicts of functions of the emitted text; a file imports what the library offers, where it does."""
    slope = tangentc.grad(lambda a: on_a_sphere(a).sum())
    expected = slope(A)
    assert "dict(type='eq', fun=lambda x: residual(x, a))" in slope.source
    slope.save(tmp_path / "slope.py")
    text = (tmp_path / "slope.py").read_text()
    assert (
        "from scipy.optimize import lsq_linear, minimize" in text
        or "from scipy.optimize import minimize" in text
    )
    names: dict = {}
    exec(compile(text, "slope.py", "exec"), names)
    np.testing.assert_array_equal(names["function_grad"](A, CLOSE=CLOSE["ftol"]), expected)
