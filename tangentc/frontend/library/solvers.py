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


def stop_gradient(value):
    """As `tangentc.stop_gradient`."""
    raise NotImplementedError


grad.__tangentc__ = "grad"
jvp.__tangentc__ = "jvp"
stop_gradient.__tangentc__ = "stop_gradient"


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
    """The equation of a minimum between bounds, of that of one without."""
    return stopped(equation(x, *args), lower, upper, x)


def stopped(slopes, lower, upper, x):
    """The gradient times the room before the bound that it points at.

    It vanishes at a minimum between bounds: where an unknown is free the gradient does, else the room.
    Source: Coleman and Li, "An interior trust region approach for nonlinear minimization subject to bounds", 1996.
    """
    room = np.where(slopes >= 0.0, x - lower, upper - x)
    return slopes * np.where(np.isfinite(room), room, 1.0)


def closed(function, args, x):
    return function(x, *args)


def linear(A, x):
    return A @ x


def held(functions, lower, upper, x):
    """The values of all constraints, and the ends between which each of them lies."""
    values = [function(x) for function in functions]
    low = [end + np.zeros_like(value) for end, value in zip(lower, values, strict=True)]
    high = [end + np.zeros_like(value) for end, value in zip(upper, values, strict=True)]
    return np.concatenate(values), np.concatenate(low), np.concatenate(high)


def stationary(objective, held, lower, upper, count, unknowns):
    """The conditions of Karush, Kuhn and Tucker: a minimum, then multipliers, solve them.

    A multiplier of a constraint is what the gradient is at a bound: it vanishes, or the room before the end does.
    """
    x, multipliers = unknowns[:count], unknowns[count:]
    slopes = grad(lambda x: objective(x) - multipliers @ held(x)[0])(x)
    if lower is not None:
        slopes = stopped(slopes, lower, upper, x)
    values, low, high = held(x)
    conditions = np.where(low == high, values - low, stopped(multipliers, low, high, values))
    return np.concatenate((slopes, conditions))


def with_multipliers(least, objective, held, lower, upper, x):
    """A minimum, then the multipliers of its constraints: they make the gradients cancel, as far as they may.

    Where there is room before both ends a multiplier is small, where there is none before a bound the gradient counts
    little.  Source: Glad and Polak, "A multiplier method with automatic limitation of penalty growth", 1979.
    """
    x = stop_gradient(x)
    slopes, matrix = grad(objective)(x), jacobian(lambda x: held(x)[0], x).T
    if lower is not None:
        room = np.minimum(np.minimum(x - lower, upper - x), 1.0)
        slopes, matrix = slopes * room, matrix * room[:, None]
    values, low, high = held(x)
    room = np.where(low == high, 0.0, np.minimum(values - low, high - values))
    from_below, from_above = np.isfinite(low), np.isfinite(high)
    floor = np.where(from_below & ~from_above, 0.0, -np.inf)
    ceiling = np.where(from_above & ~from_below, 0.0, np.inf)
    system = np.concatenate((matrix, np.diag(np.where(np.isfinite(room), room, 1.0))))
    goal = np.concatenate((slopes, np.zeros(len(values))))
    return stop_gradient(np.concatenate((x, least(system, goal, (floor, ceiling), "bvls").x)))


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


def inner(level, *outer):
    """One of several integrals, by the variables of those around it (`calls/integrals.py`)."""
    raise NotImplementedError


def gauss(function, a, b, args, nodes, weights):
    """A quadrature formula on (-1, 1), moved to (a, b)."""
    if np.isinf(np.abs(a) + np.abs(b)):
        raise ValueError("Gaussian quadrature is only available for finite limits.")
    places = (b - a) * (nodes + 1) / 2.0 + a
    return (b - a) / 2.0 * np.sum(weights * function(places, *args), axis=-1), None


def cumulative_simpson(widths_of, y, x, axis, initial):
    """The integrals up to each point but the first, each interval under a parabola through three points.

    Source: Cartwright, "Simpson's rule cumulative integration with MS Excel and irregularly-spaced data", 2017.
    """
    y = np.swapaxes(y, axis, -1)
    widths = widths_of(y, x, axis)
    if y.shape[-1] < 3:
        parts = widths * (y[..., 1:] + y[..., :-1]) / 2.0
    else:
        before = before_the_middle(y, widths)
        after = before_the_middle(y[..., ::-1], widths[..., ::-1])[..., ::-1]
        even = np.arange(y.shape[-1] - 1) % 2 == 0
        first = np.concatenate((before, after[..., -1:]), axis=-1)
        second = np.concatenate((before[..., :1], after), axis=-1)
        parts = np.where(even, first, second)
    found = np.swapaxes(np.cumsum(parts, axis=-1), -1, axis)
    if initial is None:
        return found
    return np.concatenate((initial + np.zeros_like(np.take(found, [0], axis)), initial + found), axis)


def all_alike(y, dx, axis):
    return dx * np.ones(y.shape[-1] - 1)


def alike_along(y, dx, axis):
    return np.swapaxes(dx, axis, -1) * np.ones(y.shape[-1] - 1)


def between_points(y, x, axis):
    return np.diff(x)


def between_points_along(y, x, axis):
    return np.diff(np.swapaxes(x, axis, -1))


def before_the_middle(y, widths):
    """The areas of the first of two intervals, under parabolas through three neighbours."""
    first, second = widths[..., :-1], widths[..., 1:]
    part, bend = first / (first + second), first / second
    slopes = (3.0 - part) * y[..., :-2] + (3.0 + part * bend + part) * y[..., 1:-1] - part * bend * y[..., 2:]
    return first / 6.0 * slopes
