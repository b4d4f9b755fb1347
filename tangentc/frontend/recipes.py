# mypy: ignore-errors
# ruff: noqa: F821, F841, SIM110, SIM113
"""Builtins and `itertools` in Python, which the compiler inlines where lengths are not known.

None of this is ever run as it is: `entry` and `length` mean what the frontend makes of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__: list[str] = []


def entry(sequence: Any, index: Any) -> Any:
    """The entry of whatever can be indexed, zip and enumerate included."""
    raise NotImplementedError


def length(sequence: Any) -> Any:
    """How many entries whatever can be indexed has."""
    raise NotImplementedError


# --- running along ------------------------------------------------------------------------------------


def enumerated(iterable, start):
    i = start
    for value in iterable:
        yield i, value
        i += 1


def zipped(before, iterable, after):
    """`zip` takes from `before` first, so that nothing more is taken from the others where it is exhausted."""
    i = 0
    if before is not None and i >= length(before):
        return
    for value in iterable:
        if after is not None and i >= length(after):
            return
        if before is None:
            yield value, *entry(after, i)
        elif after is None:
            yield *entry(before, i), value
        else:
            yield *entry(before, i), value, *entry(after, i)
        i += 1
        if before is not None and i >= length(before):
            return


def zipped_endless(iterable, others):
    i = 0
    for value in iterable:
        yield value, *entry(others, i)
        i += 1


# --- reductions ---------------------------------------------------------------------------------------


def added(iterable, start):
    total = start
    for value in iterable:
        total = total + value
    return total


def multiplied(iterable, start):
    total = start
    for value in iterable:
        total = total * value
    return total


def mean(sequence):
    return sum(sequence) / length(sequence)


def is_any(iterable):
    for value in iterable:
        if value:
            return True
    return False


def are_all(iterable):
    for value in iterable:
        if not value:
            return False
    return True


def largest(iterable):
    found = False
    for value in iterable:
        if not found:
            best, found = value, True
        elif value > best:
            best = value
    if not found:
        raise ValueError("max() iterable argument is empty")
    return best


def smallest(iterable):
    found = False
    for value in iterable:
        if not found:
            best, found = value, True
        elif value < best:
            best = value
    if not found:
        raise ValueError("min() iterable argument is empty")
    return best


def largest_by(iterable, key):
    found = False
    for value in iterable:
        score = key(value)
        if not found:
            best, best_score, found = value, score, True
        elif score > best_score:
            best, best_score = value, score
    if not found:
        raise ValueError("max() iterable argument is empty")
    return best


def smallest_by(iterable, key):
    found = False
    for value in iterable:
        score = key(value)
        if not found:
            best, best_score, found = value, score, True
        elif score < best_score:
            best, best_score = value, score
    if not found:
        raise ValueError("min() iterable argument is empty")
    return best


def largest_in(sequence):
    if length(sequence) == 0:
        raise ValueError("max() iterable argument is empty")
    best = entry(sequence, 0)
    for i in range(1, length(sequence)):
        value = entry(sequence, i)
        if value > best:
            best = value
    return best


def largest_in_by(sequence, key):
    if length(sequence) == 0:
        raise ValueError("max() iterable argument is empty")
    best = entry(sequence, 0)
    best_score = key(best)
    for i in range(1, length(sequence)):
        value = entry(sequence, i)
        score = key(value)
        if score > best_score:
            best, best_score = value, score
    return best


def smallest_in(sequence):
    if length(sequence) == 0:
        raise ValueError("min() iterable argument is empty")
    best = entry(sequence, 0)
    for i in range(1, length(sequence)):
        value = entry(sequence, i)
        if value < best:
            best = value
    return best


def smallest_in_by(sequence, key):
    if length(sequence) == 0:
        raise ValueError("min() iterable argument is empty")
    best = entry(sequence, 0)
    best_score = key(best)
    for i in range(1, length(sequence)):
        value = entry(sequence, i)
        score = key(value)
        if score < best_score:
            best, best_score = value, score
    return best


def reduced(function, iterable, initial):
    total = initial
    for value in iterable:
        total = function(total, value)
    return total


def reduced_from_first(function, sequence):
    if length(sequence) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    total = entry(sequence, 0)
    for i in range(1, length(sequence)):
        total = function(total, entry(sequence, i))
    return total


def reduced_as_they_come(function, iterable):
    found = False
    for value in iterable:
        total = function(total, value) if found else value
        found = True
    if not found:
        raise TypeError("reduce() of empty iterable with no initial value")
    return total


def first(iterable):
    for value in iterable:
        return value
    raise StopIteration


def first_or(iterable, default):
    for value in iterable:
        return value
    return default


def next_entry(sequence, start):
    if start >= length(sequence):
        raise StopIteration
    return entry(sequence, start)


def next_entry_or(sequence, start, default):
    return default if start >= length(sequence) else entry(sequence, start)


def array_of(iterable, dtype):
    result = np.zeros(0, dtype)
    for value in iterable:
        result = np.append(result, value)
    return result


def array_of_count(iterable, dtype, count):
    result = np.zeros(count, dtype)
    i = 0
    for value in iterable:
        if i >= count:
            return result
        result[i] = value
        i += 1
    if i < count:
        raise ValueError("iterator too short")
    return result


def equally_long(a, b):
    if length(a) != length(b):
        raise ValueError("zip() arguments have different lengths")


# --- iterators ----------------------------------------------------------------------------------------


def iterated(sequence, start):
    for i in range(start, length(sequence)):
        yield entry(sequence, i)


def called_until(function, sentinel):
    while True:
        value = function()
        if value == sentinel:
            return
        yield value


def mapped(function, rows):
    for row in rows:
        yield function(*row)


def mapped_one(function, iterable):
    for value in iterable:
        yield function(value)


def filtered(function, iterable):
    for value in iterable:
        if function(value):
            yield value


def filtered_true(iterable):
    for value in iterable:
        if value:
            yield value


def filtered_false(function, iterable):
    for value in iterable:
        if not function(value):
            yield value


def accumulated(iterable, function, initial):
    total = initial
    yield total
    for value in iterable:
        total = function(total, value)
        yield total


def accumulated_from_first(sequence, function):
    if length(sequence) == 0:
        return
    total = entry(sequence, 0)
    yield total
    for i in range(1, length(sequence)):
        total = function(total, entry(sequence, i))
        yield total


def accumulated_as_they_come(iterable, function):
    found = False
    for value in iterable:
        total = function(total, value) if found else value
        found = True
        yield total


def chained(iterables):
    for iterable in iterables:
        yield from iterable


def pairs(sequence):
    for i in range(length(sequence) - 1):
        yield entry(sequence, i), entry(sequence, i + 1)


def pairs_as_they_come(iterable):
    found = False
    for value in iterable:
        if found:
            yield previous, value
        previous, found = value, True


def sliced(sequence, start, stop, step):
    end = length(sequence) if stop is None else min(stop, length(sequence))
    for i in range(start, end, step):
        yield entry(sequence, i)


def sliced_as_they_come(iterable, start, stop, step):
    if stop is not None and stop <= 0:
        return
    i = 0
    for value in iterable:
        if i >= start and (i - start) % step == 0:
            yield value
        i += 1
        if stop is not None and i >= stop:
            return


def taken_while(function, iterable):
    for value in iterable:
        if not function(value):
            return
        yield value


def dropped_while(function, iterable):
    dropping = True
    for value in iterable:
        if dropping:
            dropping = bool(function(value))
        if not dropping:
            yield value


def compressed(pairs):
    for value, is_chosen in pairs:
        if is_chosen:
            yield value


def products(pools):
    if not pools:
        yield ()
    else:
        for value in pools[0]:
            for rest in products(pools[1:]):
                yield value, *rest


def combinations(sequence, count, start):
    if count == 0:
        yield ()
    else:
        for i in range(start, length(sequence)):
            for rest in combinations(sequence, count - 1, i + 1):
                yield entry(sequence, i), *rest


def combinations_with_replacement(sequence, count, start):
    if count == 0:
        yield ()
    else:
        for i in range(start, length(sequence)):
            for rest in combinations_with_replacement(sequence, count - 1, i):
                yield entry(sequence, i), *rest


def counted_up(start, step):
    value = start
    while True:
        yield value
        value += step


def cycled(sequence):
    while length(sequence) > 0:
        yield from sequence


def repeated(value, times):
    for _ in range(times):
        yield value


def repeated_forever(value):
    while True:
        yield value
