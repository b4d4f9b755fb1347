"""Minima and least squares of functions of the program, with bounds and constraints."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from tests.matrix import check
from tests.rules.rows import positive

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


ROWS = [(minimum, A), (minimum_with_its_slope, A), (lowest, A), (fitted, A)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_found_to_a_tolerance(row):
    function, *arguments = row
    check(function, *arguments, rtol=1e-5)
