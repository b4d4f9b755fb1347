"""Generators: their bodies and their consumers' are one program."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def scaled(x, n):
    """A generator over a range."""
    for i in range(n):
        yield x[i] * (i + 1.0)


def consumed_by_for(x, n):
    """A loop over a generator function."""
    total = 0.0
    for v in scaled(x, n):
        total = total * 0.5 + v * v
    return total


def left_by_break(x, n):
    """break, continue and else of the consumer."""
    total = 0.0
    for v in scaled(x, n):
        if v > 1.5:
            break
        if v < -1.0:
            continue
        total += v**3
    else:
        total *= 2.0
    return total + x[0]


def left_by_return(x, n):
    """The consumer returns from inside the generator's loop."""
    total = 1.0
    for i, v in enumerate(scaled(x, n), start=1):
        total = total * np.cos(v) + i
        if v * v > 1.0:
            return total * v
    return total


def branches(x, cut):
    """Several yields, and a return of the generator's own."""

    def parts():
        yield x[0] * x[1]
        for v in x:
            if v > cut:
                yield v * v
            elif v < -cut:
                yield -v
                return
        yield x[2] * 3.0

    y = np.zeros(2)
    for v in parts():
        y[0] += v * v
        y[1] = y[0] * v
    return y


def delegated(x):
    """yield from a generator and from an array."""

    def inner(s):
        for v in x:
            yield v * s
            if v > 1.0:
                return

    def outer():
        yield x[0]
        yield from inner(x[1])
        yield from x[1:]
        yield from (x[2], 2.0)

    total = 1.0
    for v in outer():
        total = total * 0.7 + np.sin(v)
    return total


def depth_first(tree):
    """The values of a tree, in order."""
    if tree is None:
        return
    left, value, right = tree
    yield from depth_first(left)
    yield value
    yield from depth_first(right)


def tree_walk(x):
    """Recursion over a structure that is known."""
    tree = ((None, x[0], None), x[1] * x[0], ((None, x[2], (None, x[3] * x[1], None)), x[3], None))
    total = 1.0
    for i, v in enumerate(depth_first(tree)):
        total = total * v + i
    return total


def in_list(x):
    """A list of what a generator yields."""
    values = list(depth_first(((None, x[0] * x[1], None), x[1], (None, x[2], None))))
    return values[0] * values[-1] + sum(values) * len(values)


def reused_buffer(x):
    """A generator that yields one buffer again and again, into which the consumer writes too."""

    def windows():
        b = np.zeros(2)
        for v in x:
            b[0] += v
            b[1] = v * b[0]
            yield b

    total = 0.0
    last = x[:2]
    for b in windows():
        total += b[0] * b[1]
        b[0] *= 0.5
        last = b
    return total * last[0] + last[1] ** 2


def views(x):
    """A generator of views: the consumer writes the array."""

    def pieces(a, n):
        for i in range(len(a) - n + 1):
            yield a[i : i + n]

    y = x.copy()
    total = 0.0
    for w in pieces(y, 3):
        w[1] += w[0] * w[2]
        total += np.sum(w * w)
    return total + y * x


def both_write(x):
    """Generator and consumer write the same array in turn."""
    y = x.copy()

    def sweep():
        for i in range(1, len(y)):
            y[i] += y[i - 1] * y[i]
            yield i
            y[i] *= y[i]

    total = 0.0
    for i in sweep():
        total += y[i] ** 2
        y[i - 1] *= 0.5
    return total * y


def newton(a):
    """An endless generator."""
    z = a
    while True:
        yield z
        z = 0.5 * (z + a / z)


def endless_generator(x):
    """The consumer stops an endless generator; both name a variable z."""
    a = x * x + 1.0
    for k, z in enumerate(newton(a)):
        if k > 4:
            break
    return z**3 + k


def shared_state(x):
    """nonlocal names written between the consumer's trips, and by the consumer."""
    n, total = 0, 0.0

    def numbered():
        nonlocal n
        for v in x:
            n += 1
            yield v * n

    for v in numbered():
        total += v * v * n
        n += 1
    return total + n * x[0]


def nested_generators(x):
    """A generator in the loop over the same generator."""
    total = 0.0
    for a in scaled(x, len(x)):
        for b in scaled(x * a, 3):
            if b > 1.0:
                break
            total += a * b * b
        else:
            total *= 1.1
        if total > 30.0:
            break
    return total


def lazily(x):
    """A generator expression runs when it is consumed: it sees what is written in between."""
    y = x.copy()
    squares = (v * y[0] for v in y)
    y[0] = x[1] * 3.0
    y[1] *= y[0]
    return sum(squares)


def sum_of_expression(x, n):
    """sum over a range whose length is not known."""
    return sum(x[i] ** 2 * np.sin(x[0] * i) for i in range(n)) + x[0]


def filtered_sum(x):
    """Two loops and conditions in one generator expression."""
    return sum(a * b * b for i, a in enumerate(x) if a > 0 for b in x[:i] if b < a) + sum(x)


def sums_of_sums(x, a):
    """A generator expression inside another, and arrays added up."""
    return sum(sum(a[i] * v for i in range(len(a))) * v for v in x) + x[0] * a[0]


def quantified(x, bound):
    """any stops at the first: what the test does further on never happens."""
    scale = 1.0

    def test(v):
        nonlocal scale
        scale = scale * v
        return v * v > bound

    if any(test(v) for v in x):
        scale *= 3.0
    if all(v > -bound for v in x):
        scale += x[0]
    return scale * np.sum(x)


def first_that(x, bound):
    """next with a default."""
    return next((v * v for v in x if v > bound), x[0] ** 3) + next(scaled(x, 2))


def two_side_by_side(x):
    """Two generators that can be indexed run side by side."""
    total = 0.0
    for a, b in zip((v * v for v in x), scaled(x, len(x))):
        total += a * b
    return total


def one_in_zip(x, n):
    """A generator between two arrays: what is shortest ends it, and nothing is drawn too much."""
    drawn = 0

    def draws():
        nonlocal drawn
        for v in x:
            drawn += 1
            if drawn != 3:
                yield v * drawn

    total = 0.0
    for a, v, b in zip(x[:n], draws(), x[1:]):
        total += a * v * b
    return total + drawn * x[0]


def not_consumed(x):
    """What nobody asks for does not run."""
    y = x.copy()

    def effects():
        y[0] = 100.0
        yield y[1]

    effects()
    y[1] *= y[0]
    return y


class Grid:
    """An object that can be iterated."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i

    def cells(self, x):
        for i in self:
            yield i, x[i]


GRID = Grid(3)


def iterable_object(x):
    """__iter__ and a method that are generators."""
    return sum(x[i] ** 2 for i in GRID) + sum(i * v**3 for i, v in GRID.cells(x))


PROGRAMS = [
    Program(consumed_by_for, [(normal(4), 4), (normal(4), 0)]),
    Program(left_by_break, [(normal(5), 5), (0.1 * normal(5), 5), (normal(5), 0)]),
    Program(left_by_return, [(normal(5), 5), (0.1 * normal(5), 5), (normal(5), 0)]),
    Program(branches, [(normal(5), 0.2), (normal(5, seed=1), 0.5), (normal(3), 9.0)]),
    Program(delegated, [(normal(4),), (positive(4),)]),
    Program(tree_walk, [(normal(4),)]),
    Program(in_list, [(normal(3),)]),
    Program(reused_buffer, [(normal(4),), (normal(2),)]),
    Program(views, [(normal(5),), (normal(2),)]),
    Program(both_write, [(0.5 * normal(4),), (normal(1),)]),
    Program(endless_generator, [(1.3,), (-0.4,)]),
    Program(shared_state, [(normal(4),), (normal(1),)]),
    Program(nested_generators, [(normal(4),), (positive(4),)]),
    Program(lazily, [(normal(4),)]),
    Program(sum_of_expression, [(normal(4), 4), (normal(4), 0)]),
    Program(filtered_sum, [(normal(5),), (normal(1),)]),
    Program(sums_of_sums, [(normal(3), normal(2, 2))]),
    Program(quantified, [(normal(4), 0.3), (normal(4), 9.0)]),
    Program(first_that, [(normal(4), 0.2), (normal(4), 9.0)]),
    Program(two_side_by_side, [(normal(4),), (normal(1),)]),
    Program(one_in_zip, [(normal(5), 5), (normal(5), 2), (normal(5), 0)]),
    Program(not_consumed, [(normal(3),)]),
    Program(iterable_object, [(normal(3),)]),
]
