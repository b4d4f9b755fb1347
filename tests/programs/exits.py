"""return, break and continue, anywhere."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def first_crossing(x, level):
    """Where a polygon first crosses a level, by linear interpolation."""
    for i in range(1, len(x)):
        if x[i] > level:
            t = (level - x[i - 1]) / (x[i] - x[i - 1])
            return i - 1 + t
    return 0.0


def positive_log_sum(x):
    """Negative entries are skipped."""
    total = 0.0
    for v in x:
        if v <= 0.0:
            continue
        total += np.log(v) * v
    return total


def capped_growth(x, rate, cap):
    """Stop after the update that exceeds the cap."""
    balance = 1.0
    for v in x:
        balance = balance * (1.0 + rate * v)
        if balance > cap:
            break
        balance = balance + 0.1 * v * v
    return balance


def relax_with_skips(x):
    """Conditions that read what the body overwrites."""
    y = x.copy()
    for i in range(1, len(y)):
        if y[i] < 0.2:
            continue
        y[i] *= y[i - 1]
        if y[i] > 0.4:
            y[i - 1] = 0.0
            continue
        y[0] += y[i] ** 2
    return y


def search(matrix, target):
    """Return out of two loops."""
    best = 0.0
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            if matrix[i, j] > target:
                return matrix[i, j] * best + i
            best += matrix[i, j] ** 2
    return best


def inner_break(a):
    """Break leaves the inner loop only."""
    total = 0.0
    for i in range(a.shape[0]):
        row = 1.0
        for j in range(a.shape[1]):
            row *= 1.0 + 0.3 * a[i, j]
            if row > 1.5:
                row = row * a[i, 0]
                break
            if a[i, j] < -1.0:
                continue
            row += 0.1 * a[i, j]
        total += row
    return total


def guard_clauses(x, n):
    """Early returns in a row, of different shapes of expression."""
    if n == 0:
        return x
    if n < 0:
        return -x
    y = x * x
    if n == 1:
        return np.exp(-y)
    y = y + n
    return np.sqrt(y)


def while_true(x, rate):
    """An endless loop with two ways out."""
    steps = 0
    while True:
        x = x - rate * (x**3 - 2.0)
        steps += 1
        if abs(x**3 - 2.0) < 1e-3:
            break
        if steps == 6:
            return x * 10.0
    return x * x


def search_with_else(x, level):
    """The else of a loop runs when nothing broke it."""
    scale = 1.0
    for v in x:
        scale *= 1.0 + 0.1 * v
        if v > level:
            result = v * v
            break
    else:
        result = 3.0
    return result * scale


def stores_before_return(x):
    """A return from a loop that writes an array."""
    y = x * 1.0
    for i in range(1, len(y)):
        y[i] = y[i] * y[i - 1] + x[i]
        if y[i] > 1.0:
            y[0] = y[i] ** 2
            return y
        y[i - 1] = np.sin(y[i])
    return y * 2.0


def continue_in_while(x):
    """continue in a while loop: the index moves first."""
    i = -1
    s = 1.0
    while i < len(x) - 1:
        i += 1
        if x[i] < 0:
            continue
        s = s * np.cos(x[i]) + x[i]
    return s


def left_backwards(x):
    """A loop over reversed rows that ends early."""
    s = 0.0
    for v in reversed(x):
        s += v * v * s + v
        if s > 1:
            break
    return s


def stores_left_backwards(x):
    """Stores in a reversed range that is left."""
    s = 0.0
    y = x.copy()
    for i in reversed(range(1, len(x))):
        y[i - 1] *= y[i]
        if i == 2:
            break
        s += y[i]
    return y * s


def returns_from_a_strided_run(x):
    """A return from a reversed range with steps."""
    s = 0.0
    for i in reversed(range(0, len(x), 2)):
        s += x[i] * i
        if i <= 2:
            return s * x
    return s * x


def nested_backwards(x, k):
    """Backwards in backwards, left on both levels."""
    s = 0.0
    for i in reversed(range(k, len(x))):
        for j, (a, b) in enumerate(zip(reversed(x), x)):
            if j == i:
                break
            s += a * b * b
        if s > 3:
            break
    return s * x


def first_of_all(x):
    """A loop whose first trip returns."""
    for v in x:
        return x * v
    return x


def breaks_in_breaks(x):
    """A loop without end around one that always breaks."""
    t = 0.0
    while True:
        t = t + x[0] ** 2
        for v in reversed(x):
            t += v
            break
        if t > 4:
            return t * x


PROGRAMS = [
    Program(left_backwards, [(normal(5),), (positive(4),), (normal(1),), (normal(0),)]),
    Program(stores_left_backwards, [(normal(5),), (normal(2),)]),
    Program(returns_from_a_strided_run, [(normal(6),), (normal(5),), (normal(1),)]),
    Program(nested_backwards, [(normal(6), 2), (positive(5), 0), (normal(4), 4)]),
    Program(first_of_all, [(normal(3),), (normal(0),)]),
    Program(breaks_in_breaks, [(positive(4),), (1.5 * positive(1),)]),
    Program(
        first_crossing,
        [(np.array([0.1, 0.4, 0.35, 0.9]), 0.5), (np.array([0.1, 0.2]), 0.5), (normal(0), 0.5)],
    ),
    Program(positive_log_sum, [(normal(7),), (-positive(3),), (normal(0),)]),
    Program(capped_growth, [(positive(6), 0.4, 2.0), (positive(2), 0.1, 9.0), (normal(0), 0.1, 2.0)]),
    Program(relax_with_skips, [(positive(8) * 0.5,), (normal(8),), (normal(1),)]),
    Program(search, [(normal(3, 4), 1.0), (normal(2, 2), 9.0), (positive(1, 3), 0.0), (normal(0, 3), 0.0)]),
    Program(inner_break, [(normal(4, 3),), (positive(3, 5),), (normal(2, 0),)]),
    Program(guard_clauses, [(0.7, 0), (0.7, -2), (0.7, 1), (0.7, 3), (normal(3), 2)]),
    Program(while_true, [(1.0, 0.1), (1.0, 0.01)]),
    Program(search_with_else, [(normal(5), 0.3), (normal(5), 9.0), (normal(0), 0.0)]),
    Program(stores_before_return, [(positive(6) * 0.6,), (normal(5) * 0.2,), (positive(5),)]),
    Program(continue_in_while, [(normal(6),), (normal(0),)]),
]
