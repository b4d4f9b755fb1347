"""Decisions: if, elif, else, conditional expressions, and, or, chained comparisons."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def piecewise(x):
    """A function in four pieces."""
    if x < -1.0:
        y = -x - 0.5
    elif -1.0 <= x < 0.0:
        y = 0.5 * x * x
    elif x < 2.0:
        y = np.sin(x) * x
    else:
        y = np.log(x)
    return y * y + x


def conditional_expressions(x, y):
    """Expressions with conditions inside."""
    low = x if x < y else y
    high = y if x < y else x
    middle = 0.5 * (low + high) if high - low > 1.0 else np.exp(low) if low > 0 else high * high
    return low * high + middle


def and_or(x, y):
    """Short circuits that guard a division and a root."""
    total = 0.0
    if x > 0.0 and 1.0 / x < 5.0:
        total += 1.0 / x
    if y <= 0.0 or np.sqrt(y) > 1.5:
        total += y * x
    if not (x > y or x == 0.0):
        total *= y
    return total + x * y


def values_of_and_or(x, y):
    """`and` and `or` choose one of their operands."""
    return (x or y) * (x and y) + (0.0 or x * x)


def branch_assigns_more(x, flag):
    """Names bound on one side only, or on both with other kinds of value."""
    scale = 1.0
    if flag:
        scale = x * x
        shift = np.sum(scale)
    else:
        shift = 2.0
    if flag and shift > 0:
        result = scale * shift
    else:
        result = x * shift + scale
    return result


def store_in_branch(x, y):
    """An array written in one branch, its alias in the other."""
    a = x.copy()
    b = a
    if np.sum(y) > 0:
        a[0] = y[0] * a[1]
    else:
        b[1] = y[1] * a[0] * a[1]
        a = a * 2.0
    return a * b


def huber(residuals, delta):
    """Huber's loss, entry by entry."""
    total = 0.0
    for r in residuals:
        if abs(r) <= delta:
            total += 0.5 * r * r
        else:
            total += delta * (abs(r) - 0.5 * delta)
    return total / max(len(residuals), 1)


def nested_decisions(x, y, z):
    """Branches in branches that write one variable on some paths."""
    w = x * y
    if x > 0:
        if y > 0:
            w = w * z
        elif z > 0:
            w = w + z
            if w > 1.0:
                w = np.sqrt(w) * z
        x = x * w
    else:
        y = y * w
    return w * x + y


def option(x, kind):
    """A string argument selects the formula."""
    if kind == "l1":
        return np.sum(np.abs(x))
    if kind == "l2":
        return np.sqrt(np.sum(x**2))
    if kind is None:
        return 0.0
    return np.max(x)


def perhaps_nothing(x):
    """None on one path, a number on the other."""
    a = 1
    if x > 0:
        a = x
    b = None
    if x > 0.5:
        b = x * x
    return a * x if b is None else a * b


def selected(x, lo, hi):
    """where, clip, maximum and minimum."""
    a = np.where(x > 0, x * hi, np.exp(x) * lo)
    b = np.clip(x, lo, hi)
    c = np.maximum(x, lo) * np.minimum(x, hi)
    return np.sum(a * b + c)


PROGRAMS = [
    Program(piecewise, [(-2.0,), (-0.5,), (1.1,), (3.0,)]),
    Program(conditional_expressions, [(0.2, 0.9), (2.5, 0.1), (-0.3, 0.1)]),
    Program(and_or, [(0.7, 3.1), (0.7, 1.1), (0.0, 1.1), (-0.7, -0.2), (0.1, 0.5)]),
    Program(values_of_and_or, [(0.7, 3.1), (-0.7, 1.1)]),
    Program(branch_assigns_more, [(normal(3), True), (normal(3), False), (0.6, True)]),
    Program(store_in_branch, [(normal(3), positive(3)), (normal(3), -positive(3))]),
    Program(huber, [(normal(6), 0.7), (normal(1), 2.0), (normal(0), 1.0)]),
    Program(
        nested_decisions,
        [(1.2, 0.7, 0.3), (1.2, -0.7, 0.3), (2.1, -0.1, 1.9), (1.0, -1.0, -1.0), (-0.4, 0.6, 0.8)],
    ),
    Program(option, [(normal(4), "l1"), (normal(4), "l2"), (normal(4), None), (normal(4), "max")]),
    Program(perhaps_nothing, [(0.7,), (0.2,), (-0.3,)]),
    Program(selected, [(normal(7), -0.6, 0.8)]),
]
