"""Weights of quadrature formulas, solutions of differential equations: emitted code may call them, as `numerics`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

__all__ = ["evolved", "romberg_weights", "simpson_weights"]


def simpson_weights(x: Any) -> Any:
    """The weights that `scipy.integrate.simpson` gives to values at the points x.

    Parabolas through three points at a time; of an even number of points the last interval lies under the parabola
    through the last three (Cartwright, "Simpson's rule cumulative integration with MS Excel", 2017).
    """
    n = len(x)
    h = np.diff(x)
    found = np.zeros(n)
    if n == 2:
        found[:] = 0.5 * h[0]
        return found
    last = n - 1 if n % 2 else n - 2  # where the last whole pair of intervals ends
    first, second = h[0:last:2], h[1:last:2]
    both = first + second
    found[0:last:2] += both / 6.0 * (2.0 - second / first)
    found[1:last:2] += both**3 / (6.0 * first * second)
    found[2 : last + 1 : 2] += both / 6.0 * (2.0 - first / second)
    if n % 2 == 0 and n > 2:
        a, b = h[-2], h[-1]
        found[-1] += (2.0 * b * b + 3.0 * a * b) / (6.0 * (a + b))
        found[-2] += (b * b + 3.0 * a * b) / (6.0 * a)
        found[-3] -= b**3 / (6.0 * a * (a + b))
    return found


def romberg_weights(count: int) -> Any:
    """The weights that `scipy.integrate.romb` gives to that many values, one apart.

    Extrapolating the trapezoidal sums (Richardson) takes as much as their number, the logarithm of `count`.
    """
    steps = [2**k for k in reversed(range((count - 1).bit_length()))]
    shares = list(np.eye(len(steps)))
    for order in range(1, len(steps)):
        better = 1.0 / (4.0**order - 1.0)
        shares = [shares[k] + better * (shares[k] - shares[k - 1]) for k in range(1, len(shares))]
    weights = np.zeros(count)
    for step, share in zip(steps, shares[0], strict=True):
        weights[::step] += share * step
    weights[[0, -1]] *= 0.5
    return weights


def evolved(function: Any, start: Any, end: Any, y0: Any, **options: Any) -> Any:
    """The solution at `end` of dy/dt = function(t, y), y(start) = y0.

    Raises: RuntimeError: `scipy.integrate.solve_ivp` with these options does not reach the end.
    """
    if start == end:
        return y0
    found = integrate.solve_ivp(function, (start, end), y0, **options)
    if not found.success:
        raise RuntimeError(f"the equation of a derivative cannot be solved: {found.message}")
    return found.y[:, -1]
