"""Buffers that exchange their names."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal


def ping_pong(x, n):
    """Two buffers in turn."""
    a = x.copy()
    b = np.zeros_like(x)
    for _ in range(n):
        b[1:-1] = a[1:-1] * np.cos(a[:-2]) + 0.5 * a[2:]
        b[0] = a[0]
        b[-1] = a[-1]
        a, b = b, a
    return a


def three_buffers(u, v, c, n):
    """The wave equation with a rotation of three buffers."""
    old, now, new = u - 0.1 * v, u.copy(), np.zeros(len(u))
    for _ in range(n):
        new[1:-1] = 2.0 * now[1:-1] - old[1:-1] + c * c * (now[2:] - 2.0 * now[1:-1] + now[:-2])
        old, now, new = now, new, old
    return now


def swap_with_views(x):
    """Views of a buffer stay on the buffer when its name moves on."""
    a = x.copy()
    b = x * x
    va, vb = a[1:], b[:-1]
    for i in range(3):
        va[0] = vb[i % 2] * a[0]
        a, b = b, a
        a[0] = va[-1] * 0.5
        vb *= 1.1
    return a + 2.0 * b


def conditional_swap(x, y):
    """A swap on one path only."""
    a, b = x.copy(), y.copy()
    for i in range(len(a)):
        if a[i] < b[i]:
            a, b = b, a
        a[i] = a[i] * b[i]
        b *= 0.9
    return a - b


def swap_in_call(x, n):
    """A helper that returns its arguments exchanged and written."""

    def step(source, target):
        target[:] = source * source[0]
        target[-1] = source[0] + target[0]
        return target, source

    a, b = x.copy(), np.empty_like(x)
    for _ in range(n):
        a, b = step(a, b)
    return a * b


def copy_back(x, n):
    """A work array copied back whole."""
    a = x.copy()
    work = np.zeros_like(a)
    for k in range(n):
        work[:] = a
        work[k % len(a)] *= a[0]
        a[:] = np.sin(work) + a * 0.5
    return a


PROGRAMS = [
    Program(ping_pong, [(normal(6), 4), (normal(6), 3), (normal(3), 0), (normal(2), 2)]),
    Program(three_buffers, [(normal(6), normal(6, seed=1), 0.4, 5), (normal(3), normal(3, seed=1), 0.4, 0)]),
    Program(swap_with_views, [(normal(4),), (normal(3),)]),
    Program(conditional_swap, [(normal(4), normal(4, seed=3)), (normal(1), normal(1, seed=2))]),
    Program(swap_in_call, [(normal(3), 4), (normal(2), 1)]),
    Program(copy_back, [(normal(4), 5), (normal(2), 1)]),
]
