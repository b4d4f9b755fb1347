# mypy: ignore-errors
"""Equations that solvers of SciPy solve, and what their derivatives need."""

import numpy as np

__all__: list[str] = []


def grad(function, argnums=0):
    """As `tangentc.grad`."""
    raise NotImplementedError


def jvp(function, primals, tangents):
    """As `tangentc.jvp`."""
    raise NotImplementedError


grad.__tangentc__ = "grad"
jvp.__tangentc__ = "jvp"


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


def half_square(function, x, *args):
    residuals = np.asarray(function(x, *args))
    return 0.5 * np.sum(residuals * residuals)


def between(equation, lower, upper, x, *args):
    """The gradient times the room before the bound that it points at.

    It vanishes at a minimum between bounds: where an unknown is free the gradient does, else the room.
    Source: Coleman and Li, "An interior trust region approach for nonlinear minimization subject to bounds", 1996.
    """
    slopes = equation(x, *args)
    room = np.where(slopes >= 0.0, x - lower, upper - x)
    return slopes * np.where(np.isfinite(room), room, 1.0)


def misfit(model, xdata, ydata, parameters):
    return model(xdata, *parameters) - ydata


def weighted_misfit(model, xdata, ydata, sigma, parameters):
    return (model(xdata, *parameters) - ydata) / sigma


def whitened_misfit(model, xdata, ydata, sigma, parameters):
    return np.linalg.solve(np.linalg.cholesky(sigma), model(xdata, *parameters) - ydata)


def covariance(residuals, parameters):
    """The inverse of the curvature of half the sum of squares, as far as first derivatives make it."""
    slopes = jacobian(residuals, parameters)
    return np.linalg.inv(slopes.T @ slopes)


def scaled_covariance(residuals, parameters):
    """`covariance` for errors of a size that the residuals tell."""
    errors = np.asarray(residuals(parameters))
    return covariance(residuals, parameters) * (errors @ errors / (len(errors) - len(parameters)))


def jacobian(function, x):
    """The derivatives of a vector with respect to a vector: a column for each entry."""
    units = np.eye(len(x))
    columns = np.zeros((len(function(x)), len(x)))
    for j in range(len(x)):
        columns[:, j] = jvp(function, (x,), (units[j],))[1]
    return columns


def linear_slope(A, b, x):
    """The gradient of half the square of A x - b."""
    return A.T @ (A @ x - b)


def linear_misfit(A, b, x):
    return A @ x - b
