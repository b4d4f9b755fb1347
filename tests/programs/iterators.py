"""Builtins, `functools.reduce` and `itertools`, over what is known and over arrays."""

from __future__ import annotations

import functools
import itertools
import math
import operator

import numpy as np

from tests.programs.program import Program, normal, positive


def sorted_by_key(x):
    """The order depends on the data."""
    a, b, c = sorted([x[0], x[1] * 2.0, x[2] ** 2], key=lambda v: -v * v)
    return a * 3.0 + b * c


def sorted_pairs(x):
    """Pairs sorted by a key, backwards; and by what comes first in them."""
    pairs = sorted([(x[i], i * x[i] ** 2) for i in range(4)], key=lambda p: p[0] ** 2, reverse=True)
    total = sum((k + 1) * a * b for k, (a, b) in enumerate(pairs))
    (a, b), *_ = sorted((x[i], x[i + 1]) for i in range(3))
    return total * a + b


def extremes(x):
    """max and min with keys and defaults."""
    far = max(x, key=lambda v: v * v)
    near = min((v * 2.0 for v in x), key=abs)
    none = max((), default=x[0]) * max(x[:0], default=2.0)
    return far**3 * near + none + min((v * v for v in x if v < 9.0)) * max((x[1] * x[0],), default=1.0)


def folds(x):
    """functools.reduce with and without a start, over an array and a generator."""
    a = functools.reduce(lambda p, v: p * v + 1.0, x)
    b = functools.reduce(operator.mul, (v + 2.0 for v in x), x[0])
    return a * b + functools.reduce(lambda p, v: p + v * p, (v for v in x))


def products_and_sums(x):
    """math.prod and sum with starts, over generators."""
    return math.prod(v + 1.0 for v in x) + math.prod((x[0], x[1]), start=x[2]) + sum((v * v for v in x), x[0])


def sum_of_arrays(x):
    """sum of arrays, whose number is not known."""
    return sum(x * v for v in x) * sum(x[i:][:2] for i in range(2))


def filters(x):
    """filter, filterfalse, takewhile, dropwhile, compress."""
    a = sum(v * v for v in filter(lambda v: v > 0.0, x))
    b = sum(v**3 for v in itertools.filterfalse(lambda v: v > 0.0, x))
    c = sum(itertools.takewhile(lambda v: v > -0.5, x)) * sum(itertools.dropwhile(lambda v: v > -0.5, x))
    return a * b + c + sum(v * v for v in itertools.compress(x, x > 0.3))


def maps(x):
    """map over several sequences, starmap."""
    return sum(map(lambda a, b: a * b * b, x, x[1:])) + sum(
        itertools.starmap(lambda a, b: np.sin(a) * b, zip(x, x[::-1]))
    )


def accumulated(x):
    """Running sums, products, and a recurrence from a start."""
    y = np.zeros(len(x))
    for i, v in enumerate(itertools.accumulate(x)):
        y[i] += v * v
    for i, v in enumerate(itertools.accumulate((v + 1.0 for v in x), operator.mul)):
        y[i] *= v
    return y * sum(itertools.accumulate(x, lambda a, v: a * 0.5 + v, initial=x[0] * 2.0))


def chained(x):
    """Arrays and lists one after the other."""
    total = 1.0
    for v in itertools.chain(x[:2], [x[2] * x[1]], (v * v for v in x)):
        total = total * 0.5 + v * v
    return total + sum(i * v for i, v in enumerate(itertools.chain.from_iterable([x, x[1:3]])))


def grids(x):
    """product, with repeats."""
    return sum(a * b * b for a, b in itertools.product(x, x[:2])) + sum(
        a * b * c for a, b, c in itertools.product((x[0], 2.0), repeat=3)
    )


def pairs_of(x):
    """combinations and permutations."""
    a = sum((p - q) ** 2 * p for p, q in itertools.combinations(x, 2))
    b = sum(p * q**2 for p, q in itertools.combinations_with_replacement(x, 2))
    return a * b + sum(p * q * q for p, q in itertools.permutations((x[0], x[1], x[2]), 2))


def neighbours(x):
    """pairwise over an array and over a generator."""
    return (
        x[0]
        + sum((b - a) ** 2 * a for a, b in itertools.pairwise(x))
        + sum(a * b for a, b in itertools.pairwise(v * v for v in x))
    )


def cut(x, n):
    """islice of an array and of a generator."""
    return sum(v * v for v in itertools.islice(x, 1, None, 2)) + sum(
        i * v**2 for i, v in enumerate(itertools.islice((v * 2.0 for v in x), n))
    )


def endless(x):
    """count, cycle and repeat in zip."""
    y = x.copy()
    for i, w, s in zip(itertools.count(2, 3), itertools.cycle((1.0, x[0])), itertools.repeat(x[1])):
        if i > 10:
            break
        y = y * w + s * i
    return y + sum(i * v for i, v in zip(itertools.count(1), x)) + sum(itertools.repeat(x[0] * x[1], 3))


def by_hand(x):
    """iter and next."""
    it = iter(x)
    previous = next(it)
    total = 0.0
    for v in it:
        total += (v - previous) ** 2 * v
        previous = v
    few = iter((x[0], x[1]))
    return total + next(few) * next(few) ** 2 * next(few, 3.0)


def longest(x):
    """zip_longest, tee, zip(strict=True)."""
    a, b = itertools.tee(x)
    next(b)
    total = sum(u * v * v for u, v in zip(a, b)) + sum(u * v for u, v in zip(x, x * x, strict=True))
    return total + sum(
        p * q for p, q in itertools.zip_longest((x[0], x[1]), (x[2], x[0], x[1]), fillvalue=x[2])
    )


def arrays_from(x):
    """np.fromiter and np.array of a list."""
    a = np.fromiter((v**3 for v in x if v > 0.0), float)
    b = np.fromiter((v * v for v in x), float, len(x))
    return np.sum(a * a) * b + np.sum(np.array(list(v * v for v in (x[0], x[1]))))


def ranges(x, n):
    """Ranges are indexed and searched."""
    r, q = range(1, 3), range(n)
    return x[r[-1]] * x[q[-1]] * (2.0 if n - 1 in q else 1.0) * (5.0 if 3 not in r else 1.0)


def arguments(x, *rest, scale=2.0, **others):
    """Stars both ways, in calls, tuples and dicts."""

    def g(a, /, b, *more, c=1.0, **named):
        return a * b + sum(more) * c + sum(v * v for v in named.values())

    values = [*rest, x[0]]
    named = {**others, "d": x[1]}
    return g(*values, x[2], x[0] * x[1], c=scale, **named) * g(x[0], b=x[2], **{"e": scale, **others})


def walrus(x):
    """Names bound in conditions and comprehensions."""
    total = 0.0
    if (n := len(x)) > 1 and (m := x[0] * x[1]) < 9.0:
        total += m * n
    squares = [s := v * v for v in (x[0], x[1])]
    total += sum((last := v) * squares[0] for v in x) * s
    while (last := last * 0.5) > 0.1:
        total += last * last
    return total + last


def found_or_not(x):
    """A name that only some trips bind, in a condition that looks at it only then."""
    found = False
    for v in x:
        if not found or v > best:  # noqa: F821
            best = v * 1.0
        found = True
    return best**2


PROGRAMS = [
    Program(sorted_by_key, [(normal(3),), (positive(3),)]),
    Program(sorted_pairs, [(normal(4),)]),
    Program(extremes, [(normal(4),), (normal(4, seed=1),)]),
    Program(folds, [(normal(4),), (normal(1),)]),
    Program(products_and_sums, [(normal(4),)]),
    Program(sum_of_arrays, [(normal(2),)]),
    Program(filters, [(normal(5),), (positive(3),)]),
    Program(maps, [(normal(4),)]),
    Program(accumulated, [(normal(4),), (normal(1),)]),
    Program(chained, [(normal(3),)]),
    Program(grids, [(normal(3),)]),
    Program(pairs_of, [(normal(3),)]),
    Program(neighbours, [(normal(4),), (normal(1),)]),
    Program(cut, [(normal(5), 3), (normal(5), 0)]),
    Program(endless, [(normal(3),)]),
    Program(by_hand, [(normal(4),), (normal(2),)]),
    Program(longest, [(normal(3),)]),
    Program(arrays_from, [(normal(4),), (-positive(3),)]),
    Program(ranges, [(normal(4), 4)]),
    Program(arguments, [(normal(3), 0.5, 1.5)]),
    Program(walrus, [(positive(3),)]),
    Program(found_or_not, [(normal(4),)]),
]
