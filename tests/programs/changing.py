"""Lists and dicts that change while a loop runs over them: what each trip finds is what is there by then."""

from __future__ import annotations

import itertools

from tests.programs.program import Program, normal, positive


def swept(x):
    """A sweep that sees what it has just written."""
    values = [x[0], x[1], x[2]]
    for i, v in enumerate(values):
        values[-1] = v * 2.0 + i
    return values[2]


def weighted_ahead(x):
    """Two lists side by side, one of them written ahead of the loop."""
    values = [x[0], x[1], x[2]]
    total = 0.0
    for v, w in zip(values, (1.0, 2.0, 3.0)):
        values[-1] = values[-1] + v * w
        total = total * 0.5 + v
    return total


def written_at_the_start(x):
    """From the end, written at the start."""
    values = [x[0], x[1], x[2]]
    for v in reversed(values):
        values[0] = v * values[0]
    return values[0]


def by_name(x):
    """The values of a dict, one of which each trip replaces."""
    parts = {"a": x[0], "b": x[1], "c": x[2]}
    total = 0.0
    for key, v in parts.items():
        parts["c"] = v * 2.0
        total = total * 0.7 + v * len(key)
    for v in parts.values():
        parts["b"] = parts["a"] * v
        total = total * 0.7 + v
    return total


def seen_later(x):
    """Views of a dict show what it holds when they are run over."""
    parts = {"a": x[0], "b": x[1]}
    values, keys, items = parts.values(), parts.keys(), parts.items()
    parts["c"] = parts["a"] * 7.0
    return sum(values) * len(keys) + sum(v for _, v in items if "c" in keys)


def asked_by_hand(x):
    """An iterator that is taken from by hand looks at the list as it is."""
    values = [x[0], x[1], x[2]]
    entries = iter(values)
    first = next(entries)
    values[1] = first * 3.0
    total = first
    for v in entries:
        values[2] = v * values[2]
        total = total * 0.5 + v
    return total


def growing_queue(x, limit):
    """What a loop appends, it comes to in its turn."""
    values = [v for v in x if v > -9.0]
    total = 0.0
    for v in values:
        total = total * 0.9 + v
        if len(values) < limit:
            values.append(v * v)
    return total


def numbered_queue(x, limit):
    values = [v for v in x if v > -9.0]
    total = 0.0
    for i, v in enumerate(values):
        total = total + v * (i + 1)
        if len(values) < limit:
            values.append(v * 0.5)
    return total


def queue_with_rates(x, limit):
    values = [v for v in x if v > -9.0]
    total = 0.0
    for v, k in zip(values, itertools.count(1)):
        total = total + v / k
        if len(values) < limit:
            values.append(v * v)
    return total


def known_queue(x):
    """A list that is known when the function is compiled, and outgrows what stands beside it."""
    values = [x[0], x[1]]
    total = 0.0
    for v, w in zip(values, (1.0, 2.0, 3.0, 4.0)):
        total = total * 0.5 + v * w
        if len(values) < 5:
            values.append(v * w)
    return total + values[-1]


def taken_away(x):
    """A loop that takes from the end comes to half of the list."""
    values = [v for v in x if v > -9.0]
    total = 0.0
    for i, v in enumerate(values):
        total = total + v * v * (i + 1)
        values.pop()
    return total


def from_both_ends(x):
    """Run over from the end while entries are put at the end: those are not reached."""
    values = [v for v in x if v > -9.0]
    total = 0.0
    for v in reversed(values):
        total = total * 0.5 + v
        values.append(v * 2.0)
    return total + len(values)


def through_generators(x, limit):
    """Generators and itertools look at the list as it is when they are asked."""
    values = [v for v in x if v > -9.0]
    total = 0.0
    for v in (2.0 * w for w in values):
        total = total * 0.5 + v
        if len(values) < limit:
            values.append(v)
    for v in map(lambda w: w * w, values):
        total = total * 0.5 + v
        if len(values) < 2 * limit:
            values.append(v * 0.1)
    for a, b in itertools.pairwise(values):
        total = total + a * b
        if len(values) < 3 * limit:
            values.append(a * 0.3)
    for v in itertools.islice(values, 1, 3 * limit):
        total = total * 0.5 + v
        if len(values) < 4 * limit:
            values.append(v)
    return total


def by_number(x):
    """A dict whose keys depend on the data, changed through the loop over its items and values."""
    parts = {i: v for i, v in enumerate(x)}
    total = 0.0
    for key, v in parts.items():
        parts[len(x) - 1] = v * 2.0
        total = total * 0.5 + v * (key + 1)
    seen = parts.items()
    for v in parts.values():
        parts[0] = v * parts[0]
        total = total * 0.5 + v
    return total + sum(v * (key + 1) for key, v in seen)


def pairs_as_read(x):
    """A pair holds what was read, not what the loop has written since."""
    total = 0.0
    for a, b in itertools.pairwise(x):
        x[1] = x[1] * 0.5 + b
        total = total + a * b
    return total + x[1]


def weighed(values):
    return sum(v * (i + 1) for i, v in enumerate(values))


def by_slices(x):
    """Parts of a list whose length depends on the data are replaced, doubled and deleted."""
    values = [v for v in x if v > -9.0]
    values[1:2] = [v * 2.0 for v in values]
    total = weighed(values)
    values[::2] = [v * v for v in values[::2]]
    total = total + weighed(values)
    values[2:] = values
    del values[:1]
    values[5:3] = values[:1]
    return total + weighed(values) * len(values[1:-1])


def in_place(x):
    """Sorted, searched and shortened where it stands."""
    values = [v for v in x if v > -9.0]
    values.sort()
    total = weighed(values)
    values.sort(key=lambda v: v * v, reverse=True)
    total = total + weighed(values) * (1 + values.index(x[0])) * values.count(x[0])
    values.remove(x[0])
    return total * weighed(values) + len(range(0, len(values), 2))


PROGRAMS = [
    *(
        Program(f, [(normal(3),), (positive(3),)])
        for f in (swept, weighted_ahead, written_at_the_start, by_name, seen_later, asked_by_hand)
    ),
    *(
        Program(f, [(normal(3), 7), (positive(1), 4), (normal(0), 3), (normal(4), 2)])
        for f in (growing_queue, numbered_queue, queue_with_rates)
    ),
    Program(known_queue, [(normal(2),)]),
    *(Program(f, [(normal(5),), (positive(2),), (normal(0),)]) for f in (taken_away, from_both_ends)),
    Program(through_generators, [(positive(3), 5), (positive(1), 2), (normal(0), 2)]),
    Program(pairs_as_read, [(normal(4),), (normal(2),)]),
    Program(by_slices, [(normal(5),), (positive(2),)]),
    Program(in_place, [(normal(5),), (positive(2),)]),
    Program(by_number, [(normal(4),), (positive(1),)]),
]
