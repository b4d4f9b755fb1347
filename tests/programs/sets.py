"""Sets that decide what runs, and lists whose length depends on the run, sorted."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive

RING = ((0, 2), (2, 1), (1, 0), (2, 3))


def breadth_first(x, edges):
    """A graph, walked with a queue and the set of what was seen."""
    seen = {0}
    queue = [0]
    total = 0.0
    while queue:
        node = queue.pop(0)
        total += x[node] ** 2 * len(seen)
        for a, b in edges:
            if a == node and b not in seen:
                seen.add(b)
                queue.append(b)
    return total


def without_repeats(x, order):
    """Only the first time that an index comes counts."""
    seen = set()
    product = 1.0
    for i in order:
        if i in seen:
            continue
        product *= x[i] + len(seen)
        seen.add(i)
    return product * min(seen) + max(seen)


def added_and_discarded(x):
    """A set that grows and shrinks with the signs of the data."""
    seen = set()
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0:
            seen.add(i)
        else:
            seen.discard(i - 1)
            total *= 1.5
        total += len(seen) * x[i]
    for i in sorted(seen):
        total += x[i] ** 3
    for i in sorted(set(range(len(x))) - seen):
        total += np.sin(x[i])
    return total


def set_algebra(x, n):
    """Unions, intersections, differences and comparisons."""
    odd = {i for i in range(n) if i % 2}
    some = {1, 2, 3}
    total = 0.0
    for i in sorted(odd & some):
        total += x[i]
    either = odd | some
    either -= {3}
    either ^= {0}
    if either <= {0, 1, 2, 5}:
        total = total * x[0]
    if 2 in either and not {7} & some and some.isdisjoint((8, 9)):
        total = total * x[2]
    for i in sorted(either, reverse=True):
        total = total * x[i] + x[i]
    return total * len(either.union([4], odd).difference(some))


def grouped_in_sets(x):
    """Sets in a dict, made when they are needed."""
    groups = {}
    for i in range(len(x)):
        sign = 1 if x[i] > 0 else 0
        if sign not in groups:
            groups[sign] = set()
        groups[sign].add(i)
    total = 0.0
    for sign in sorted(groups):
        for i in sorted(groups[sign]):
            total += x[i] ** 2 * (sign + 1)
    return total


def labelled(x, labels):
    """The distinct entries of an array."""
    total = 0.0
    for label in sorted(set(labels)):
        total += np.sum(x[labels == label]) ** 2
    return total * len(set(labels))


def not_twice(x):
    """What was taken is not taken again, in a loop that depends on the data."""
    done = set()
    t = 1.0
    while len(done) < len(x) // 2:
        j = int(abs(t * 7)) % len(x)
        while j in done:
            j = (j + 1) % len(x)
        done.add(j)
        t = t * np.cos(x[j]) + 0.1 * x[j]
    return t


def by_rank(x):
    """The positions of the positive entries, from the greatest to the least, with weights that fall."""
    places = sorted((i for i in range(len(x)) if x[i] > 0), key=lambda i: -x[i])
    total = 0.0
    for rank, i in enumerate(places):
        total += x[i] ** 2 / (rank + 1)
    return total


def sorted_values(x, limit):
    """A list of values, sorted by value, in both directions."""
    kept = []
    for v in x:
        if v < limit:
            kept.append(v * v)
    total = 0.0
    for k, v in enumerate(sorted(kept)):
        total += (k + 1) * v
    for k, v in enumerate(sorted(kept, reverse=True)):
        total += np.cos(k * 1.0) * v
    return total


class Item:
    def __init__(self, value):
        self.value = value


class Special(Item):
    pass


def told_apart_by_class(x):
    """Objects in a list whose length depends on the data, told apart by their class."""
    items = []
    for v in x:
        if v > -0.5:
            items.append(Item(v))
    specials = []
    for v in x:
        specials.append(Special(v * 2.0))
    total = 0.0
    for item in items:
        total += item.value**2 if isinstance(item, Item) else item.value
        total += 0.0 if isinstance(item, dict) else item.value
    for item in specials:
        total += item.value**3 if isinstance(item, Special) else item.value
    return total


PROGRAMS = [
    Program(breadth_first, [(normal(4), RING), (normal(4), RING[:1]), (normal(1), ())]),
    Program(without_repeats, [(positive(4), (3, 1, 3, 2)), (positive(4), (0, 0)), (positive(4), (2,))]),
    Program(added_and_discarded, [(normal(8),), (normal(1),), (normal(0),)]),
    Program(set_algebra, [(normal(6), 6), (normal(6), 3), (normal(6), 0)]),
    Program(grouped_in_sets, [(normal(7),), (positive(3),), (normal(0),)]),
    Program(labelled, [(normal(8), np.array([1, 2, 1, 3, 3, 3, 1, 2])), (normal(1), np.array([4]))]),
    Program(not_twice, [(normal(8),), (normal(2),), (normal(1),)]),
    Program(by_rank, [(normal(7),), (-positive(3),), (normal(0),)]),
    Program(sorted_values, [(normal(6), 0.7), (normal(6), -9.0), (normal(1), 9.0)]),
    Program(told_apart_by_class, [(normal(6),), (normal(1),), (normal(0),)]),
]
