"""Closures: captured data, captured functions, nonlocal, globals."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive

RATE = 0.3
CENTRES = np.array([-1.0, 0.2, 0.9])


def globals_read(x):
    """A global number and a global array."""
    total = 0.0
    for c in CENTRES:
        total += np.exp(-RATE * (x - c) ** 2)
    return total


def make_kernel(length, order):
    """A closure over a number, an array made here, and another closure."""
    scale = 1.0 / length**2
    powers = np.arange(1.0, order + 1.0)

    def distance(x, y):
        return scale * (x - y) ** 2

    def kernel(x, y):
        return np.sum(np.exp(-powers * distance(x, y)) / powers)

    return kernel


def closure_over_argument(x, y):
    """Inner functions that see the arguments of the outer one."""

    def f(t):
        return t * x + y

    def g(t):
        return f(t) * f(y)

    return g(x) + g(y * y)


def counter(x):
    """nonlocal numbers changed by an inner function."""
    total, calls = 0.0, 0

    def add(v):
        nonlocal total, calls
        calls += 1
        total = total * v + calls

    for e in x:
        add(e)
        add(e * e)
    return total


def writes_captured_array(x):
    """An inner function that writes the array it captured."""
    memory = x * 1.0

    def update(i):
        memory[i] = memory[i - 1] * memory[i] + x[0]
        return memory[i]

    s = 0.0
    for i in range(len(x)):
        s += update(i)
    return s * memory


def late_binding(x):
    """A closure sees the value that its variable has when it is called."""
    k = 1.0

    def scaled(v):
        return k * v

    a = scaled(x)
    k = x * x
    b = scaled(a)
    for k in (2.0, 3.0):
        b = b + scaled(x)
    return a * b


def curried(x, y):
    """Functions that return functions."""

    def add(a):
        return lambda b: lambda c: a * b + c * x

    return add(x)(y)(2.0) * add(y)(y)(x)


def choose(x, n):
    """Functions chosen by an argument, called where they are chosen."""

    def square(v):
        return v * v

    def ripple(v):
        return np.sin(v) + v

    for k in range(3):
        x = square(x) if (n + k) % 2 else ripple(x)
    return x


def composed(x):
    """Functions composed by a helper."""

    def compose(*functions):
        def run(v):
            for f in functions:
                v = f(v)
            return v

        return run

    return compose(np.sin, lambda v: v * x, np.exp)(x)


KERNEL = make_kernel(0.8, 3)

PROGRAMS = [
    Program(globals_read, [(0.4,), (normal(2),)]),
    Program(KERNEL, [(0.4, 1.1)], name="made_kernel"),
    Program(closure_over_argument, [(0.4, 1.1), (normal(2), normal(2, seed=1))]),
    Program(counter, [(normal(4),), (normal(0),)]),
    Program(writes_captured_array, [(normal(4),), (normal(1),)]),
    Program(late_binding, [(0.4,), (normal(3),)]),
    Program(curried, [(0.4, 1.2)]),
    Program(choose, [(0.4, 1), (0.4, 2), (positive(2), 3)]),
    Program(composed, [(0.4,), (normal(2),)]),
]
