"""Straight lines of arithmetic on numbers."""

from __future__ import annotations

import math
from math import exp, sqrt

import numpy as np

from tests.programs.program import Program, normal, positive


def lecture(x1, x2):
    """ln(x1) + x1 x2 - sin(x2)."""
    return np.log(x1) + x1 * x2 - np.sin(x2)


def powers(x, y):
    """Every form of a power, negative constants as bases included."""
    a = x**y
    b = x**3 - x**-2 + x**0.5
    c = (-2.0) ** 3 * x + (-x) ** 2 - -(x**2)
    d = 1.5**y
    return a * b + c / d


def bell_curve(x, mu, sigma):
    """Density of the normal distribution, with the math module."""
    z = (x - mu) / sigma
    return exp(-0.5 * z * z) / (sigma * sqrt(2.0 * math.pi))


def quadratic_roots(a, b, c):
    """Both roots of a x^2 + b x + c."""
    root = math.sqrt(b * b - 4.0 * a * c)
    return (-b + root) / (2.0 * a), (-b - root) / (2.0 * a)


def spherical(r, theta, phi):
    """Cartesian coordinates of a point."""
    rho = r * np.sin(theta)
    return np.array([rho * np.cos(phi), rho * np.sin(phi), r * np.cos(theta)])


def rebinding(x):
    """A name that means four values in turn; the first ones are still needed."""
    y = x
    y = y * x
    x = np.tanh(y) + x
    y += x
    y *= y - x
    y /= 2.0 + x * x
    y -= x
    return y


def many_uses(x, y):
    """One intermediate read often, and an argument that does not matter."""
    t = x * x + 1.0
    u = t * t + t / (1.0 + t) + math.log(t)
    return u * t - u


def hyperbolic(x, y):
    """The less common functions of math."""
    a = math.sinh(x) / math.cosh(y) + math.tanh(x * y)
    b = math.atan2(y, x) + math.hypot(x, y)
    c = math.asinh(x) + math.atan(y) + math.log1p(y * y) + math.expm1(-x)
    return a * b - c + math.fabs(x) * math.pow(y, 2.0)


def numpy_scalars(x):
    """NumPy scalars among Python floats."""
    total = np.sum(x)
    first = x[0]
    return first * total / (1.0 + np.max(x) ** 2) + np.float64(2.0) * x[-1] + float(x[1]) * 0.5


def names_of_derivatives(y, y_bar, x_dot, x, residuals):
    """Parameters that are called what derivatives would be called."""
    y = y * y_bar + np.sin(x) * x_dot * residuals
    return y


PROGRAMS = [
    Program(lecture, [(2.0, 5.0), (positive(3), normal(3)), (positive(2, 1), normal(1, 3))]),
    Program(powers, [(1.3, 0.7), (positive(4), normal(4))]),
    Program(bell_curve, [(0.3, -0.2, 1.4)]),
    Program(quadratic_roots, [(1.0, -3.0, 1.5), (-2.0, 0.5, 1.0)]),
    Program(spherical, [(1.5, 0.4, 1.1), (0.2, 2.0, -0.3)]),
    Program(rebinding, [(0.7,), (normal(3),), (normal(2, 2),)]),
    Program(many_uses, [(0.7, 1.2), (-1.1, 0.0)]),
    Program(hyperbolic, [(0.8, 0.4), (-0.6, 1.7)]),
    Program(numpy_scalars, [(normal(2),), (normal(5),)]),
    Program(names_of_derivatives, [(0.3, 0.8, 1.2, -0.7, 0.4), tuple(normal(2, seed=k) for k in range(5))]),
]
