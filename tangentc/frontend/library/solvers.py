# mypy: ignore-errors
"""Equations that solvers of SciPy solve, and what their derivatives need."""

import numpy as np

__all__: list[str] = []


def grad(function, argnums=0):
    """As `tangentc.grad`."""
    raise NotImplementedError


grad.__tangentc__ = "grad"


def vector_of(function, x, *args):
    values = np.asarray(function(x, *args))
    return values if values.ndim > 0 else np.atleast_1d(values)


def vector_at(function, t, y, *args):
    values = np.asarray(function(t, y, *args))
    return values if values.ndim > 0 else np.atleast_1d(values)


def vector_at_second(function, t, y, *args):
    values = np.asarray(function(y, t, *args))
    return values if values.ndim > 0 else np.atleast_1d(values)


def excess(function, x, *args):
    return function(x, *args) - x


def slope(function, x, *args):
    return grad(function)(x, *args)


def first(function, x, *args):
    return function(x, *args)[0]


def slope_of_squares(function, x, *args):
    return grad(half_square, 1)(function, x, *args)


def half_square(function, x, *args):
    residuals = np.asarray(function(x, *args))
    return 0.5 * np.sum(residuals * residuals)
