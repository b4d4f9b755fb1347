"""Optimisers unrolled, and programs that ask for derivatives themselves."""

from __future__ import annotations

import numpy as np

import tangentc
from tests.programs.program import Program, normal, positive, spd


def gradient_descent(w, a, b, rate, n):
    """Least squares with the gradient written out."""
    for _ in range(n):
        w = w - rate * (a.T @ (a @ w - b))
    return np.sum((a @ w - b) ** 2)


def momentum(w, a, rate, beta, n):
    """Weights and velocity updated in place."""
    w = w.copy()
    v = np.zeros_like(w)
    for _ in range(n):
        g = a @ w + np.sin(w)
        v *= beta
        v -= rate * g
        w += v
    return w


def adam(w, n):
    """Adam on a quartic."""
    m = np.zeros(w.shape)
    s = np.zeros(w.shape)
    for k in range(1, n + 1):
        g = 4.0 * w**3 - w
        m[:] = 0.9 * m + 0.1 * g
        s[:] = 0.99 * s + 0.01 * g * g
        w = w - 0.1 * (m / (1.0 - 0.9**k)) / (np.sqrt(s / (1.0 - 0.99**k)) + 1e-3)
    return w


def newton_root(a, x):
    """A root of x^3 - a x - 1, until it no longer moves."""
    step = 1.0
    while abs(step) > 1e-12:
        step = (x**3 - a * x - 1.0) / (3.0 * x**2 - a)
        x = x - step
    return x


def line_search(x, a):
    """Backtracking in an inner while loop."""

    def f(z):
        return 0.5 * z @ a @ z + np.sum(z**4)

    for _ in range(3):
        g = a @ x + 4.0 * x**3
        t = 1.0
        while f(x - t * g) > f(x) - 0.3 * t * (g @ g):
            t *= 0.5
        x = x - t * g
    return f(x)


def coordinate_descent(x, a, b):
    """Lasso, one coordinate at a time, in place."""
    x = x.copy()
    for _ in range(2):
        for j in range(len(x)):
            residual = b - a @ x + a[:, j] * x[j]
            rho = a[:, j] @ residual
            norm = a[:, j] @ a[:, j]
            if rho > 0.2:
                x[j] = (rho - 0.2) / norm
            elif rho < -0.2:
                x[j] = (rho + 0.2) / norm
            else:
                x[j] = 0.0
    return x


def loss(w, scale):
    return np.sum(np.cos(w) * scale) + np.sum(w**4) * 0.1


def learned_rate(w, rate, scale):
    """Gradient descent that calls grad: the derivative of an optimiser."""
    for _ in range(2):
        w = w - rate * tangentc.grad(loss)(w, scale)
    return loss(w, scale)


def perturbation_confusion(x):
    """A derivative inside a function of the same variable."""
    return x * tangentc.grad(lambda y: x * y * y)(2.0 * x)


def nested_jvp(x, v):
    """A tangent inside."""
    y, y_dot = tangentc.jvp(lambda z: np.sin(z) * x, (x * x,), (v,))
    return y * y_dot


def force_field(x, k):
    """Force as the gradient of an energy that has a loop."""

    def energy(z):
        e = 0.0
        for i in range(1, len(z)):
            e += k * (z[i] - z[i - 1]) ** 4
        return e

    return -tangentc.grad(energy)(x) * x


def value_and_slope(x, y):
    """value_and_grad in one argument of several."""
    value, (x_bar, y_bar) = tangentc.value_and_grad(lambda a, b: np.sum(a * a * b), argnums=(0, 1))(x, y)
    return value * np.sum(x_bar * y_bar)


B = normal(3, seed=5)
PROGRAMS = [
    Program(gradient_descent, [(normal(2), normal(3, 2), B, 0.1, 3), (normal(2), normal(3, 2), B, 0.1, 0)]),
    Program(momentum, [(normal(3), spd(3), 0.1, 0.8, 4), (normal(1), spd(1), 0.1, 0.8, 1)]),
    Program(adam, [(normal(3), 3), (normal(1), 0)]),
    Program(newton_root, [(1.2, 2.0), (0.5, 1.1)], rtol=1e-5),
    Program(line_search, [(normal(2), spd(2)), (normal(1) * 0.1, spd(1))]),
    Program(coordinate_descent, [(normal(2), normal(3, 2), B), (normal(1), normal(3, 1), B * 0.01)]),
    Program(learned_rate, [(normal(2), 0.2, positive(2)), (0.6, 0.2, 1.3)]),
    Program(perturbation_confusion, [(0.7,)]),
    Program(nested_jvp, [(0.7, 1.3), (normal(2), normal(2, seed=1))]),
    Program(force_field, [(normal(4), 0.7), (normal(1), 0.7)]),
    Program(value_and_slope, [(0.7, 1.3), (normal(2), normal(2, seed=1))]),
]
