"""Names that one path, or the first trip of a loop, does not bind."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal


def bound_late(x, n):
    """Bound by the second trip, read by it and all that follow."""
    s = 0.0
    for i in range(n):
        if i == 1:
            w = x * x
        if i >= 1:
            s = s + w * (i + 1)
    return s


def bound_once_read_after(x, n):
    """Bound by one trip, read after the loop."""
    for i in range(n):
        if i == 1:
            w = x * x
    return w * x


def not_bound_by_the_last(x, n):
    """The last trips go on before the binding."""
    for i in range(n):
        if i >= 2:
            continue
        w = x * x * (i + 1)
    return w * x


def bound_by_inner_loop(x, n):
    """The inner loop has no trips in the last trips of the outer one."""
    s = 0.0
    for k in range(n):
        for i in range(n - k - 2):
            w = x * x * (i + 1)
        s = s + w * (k + 1)
    return s * w


def bound_before_break(x, n):
    """An inner loop is left before the binding."""
    s = 0.0
    for j in range(3):
        for i in range(n):
            if x[i] > x[0] + 1.0:
                break
            w = x[i] * x[j]
        s = s + w * x[j]
    return s


def bound_by_closure(x, n):
    """A closure binds the name of its surroundings."""
    s = 0.0
    if n < 0:
        w = 3.0

    def bind():
        nonlocal w
        w = x * x

    for i in range(n):
        if i == 1:
            bind()
        if i >= 1:
            s = s + w * i
    return s * w


def tuple_bound_late(x, n):
    """A tuple, bound by the second trip."""
    s = 0.0
    for i in range(n):
        if i == 1:
            t = (x, x * x * i)
        if i >= 1:
            s = s + t[0] * (i + 1) * t[1]
    return s


def bound_by_while(x, n):
    """A condition that binds, two names bound by different trips."""
    k = 0
    while (k := k + 1) <= n:
        if k == 2:
            w = x * k
        elif k == 3:
            q = w * x
            continue
        elif k > 3:
            break
    return w * q


def buffer_bound_late(x, n):
    """An array that is written in the trips that follow."""
    for i in range(n):
        if i == 1:
            w = x[:2].copy()
        if i >= 1:
            w[i % 2] *= x[i]
    if n > 1:
        return w
    return x * x


def index_after_loop(x, n):
    """The loop's own name, where the loop may have no trips."""
    acc = 1.0
    for i in range(n):
        acc = acc * x[i] + x[i - 1]
    if n == 0:
        return acc * x[1]
    return acc * x[i]


def _seldom(x, n, made):
    """An array that exists only if the inner loop has trips."""
    s = 0.0
    for k in range(3):
        while s < n * k * 0.1:
            y = x[k] * x[k] + s
            r = made(y, x)
            s = s + y * y + 0.05
        if s > 0.1:
            s = s * y + np.sum(r * r) + r[0]
    return s


def seldom_of_known_shape(x, n):
    return _seldom(x, n, lambda y, x: y * x)


def seldom_of_unknown_shape(x, n):
    return _seldom(x, n, lambda y, x: y * x[x > -1.0])


def seldom_written(x, n):
    def made(y, x):
        r = y * x[1:]
        r[0] = x[1]
        return r

    return _seldom(x, n, made)


def seldom_reshaped(x, n):
    return _seldom(x, n, lambda y, x: (x * y).reshape(2, 2).ravel())


def index_in_recursion(x, n, acc):
    """The innermost call has a loop without trips."""
    for i in range(n):
        acc = acc + x[i] * x[i]
    if n == 0:
        return acc
    return index_in_recursion(x * 0.5, n - 1, acc * x[i])


_X = normal(4)

PROGRAMS = [
    Program(bound_late, [(0.7, 4), (normal(2), 3), (0.7, 1)]),
    Program(bound_once_read_after, [(0.7, 4), (normal(2), 2)]),
    Program(not_bound_by_the_last, [(0.7, 4), (normal(2), 1)]),
    Program(bound_by_inner_loop, [(0.7, 4), (normal(2), 5)]),
    Program(bound_before_break, [(_X, 4)]),
    Program(bound_by_closure, [(0.7, 4)]),
    Program(tuple_bound_late, [(0.7, 4), (normal(2), 3)]),
    Program(bound_by_while, [(0.7, 3), (normal(2), 6)]),
    Program(buffer_bound_late, [(_X, 0), (_X, 1), (_X, 4)]),
    Program(index_after_loop, [(_X, 0), (_X, 3)]),
    Program(seldom_of_known_shape, [(_X, 0), (_X, 4)]),
    Program(seldom_of_unknown_shape, [(_X, 0), (_X, 4)]),
    Program(seldom_written, [(_X, 0), (_X, 4)]),
    Program(seldom_reshaped, [(_X, 0), (_X, 4)]),
    Program(index_in_recursion, [(_X, 3, 0.7), (_X, 0, 0.7)]),
]
