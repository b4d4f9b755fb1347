# mypy: ignore-errors
# ruff: noqa: F821, SIM110
"""What runs along an iterable and leaves one result."""

import numpy as np

from tangentc.frontend.library.sequences import entry, length

__all__: list[str] = []


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


def extreme(iterable, is_better, name):
    found = False
    for value in iterable:
        if not found:
            best, found = value, True
        elif is_better(value, best):
            best = value
    if not found:
        raise ValueError(f"{name}() iterable argument is empty")
    return best


def extreme_by(iterable, key, is_better, name):
    found = False
    for value in iterable:
        score = key(value)
        if not found:
            best, best_score, found = value, score, True
        elif is_better(score, best_score):
            best, best_score = value, score
    if not found:
        raise ValueError(f"{name}() iterable argument is empty")
    return best


def extreme_in(sequence, is_better, name):
    if length(sequence) == 0:
        raise ValueError(f"{name}() iterable argument is empty")
    best = entry(sequence, 0)
    for i in range(1, length(sequence)):
        value = entry(sequence, i)
        if is_better(value, best):
            best = value
    return best


def extreme_in_by(sequence, key, is_better, name):
    if length(sequence) == 0:
        raise ValueError(f"{name}() iterable argument is empty")
    best = entry(sequence, 0)
    best_score = key(best)
    for i in range(1, length(sequence)):
        value = entry(sequence, i)
        score = key(value)
        if is_better(score, best_score):
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
