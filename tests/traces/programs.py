"""The programs that the tests of traces share."""

from __future__ import annotations

import numpy as np


def lecture(x1, x2):
    """f(x1, x2) = ln(x1) + x1 x2 - sin(x2), one operation a line in the order of the lecture."""
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


def recurrence(x, n):
    """A loop, stores, and a view that is read after its memory was written."""
    y = x.copy()
    total = 0.0
    for i in range(1, n):
        y[i] += y[i - 1] * x[i]
        total = total + y[i] * y[i]
    tail = y[1:]
    tail[0] = total
    return np.sum(tail * tail[::-1])


def plane(x):
    """R^3 -> R^2."""
    return np.array([x[0] * x[1] + np.sin(x[2]), x[1] / x[2]])
