# mypy: ignore-errors
"""Equations that solvers of SciPy solve, and what their derivatives need."""

import numpy as np

__all__: list[str] = []


def grad(function, argnums=0):
    """As `tangentc.grad`."""
    raise NotImplementedError


grad.__tangentc__ = "grad"


def vector(values):
    array = np.asarray(values)
    return array if array.ndim > 0 else np.atleast_1d(array)


def vector_of(function, x, *args):
    return vector(function(x, *args))


def vector_at(function, t, y, *args):
    return vector(function(t, y, *args))


def vector_at_second(function, t, y, *args):
    return vector(function(y, t, *args))


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
