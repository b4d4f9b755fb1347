"""Arrays that nothing reads but a condition, a bound or an index."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal


def flag_array(x):
    """A branch on a 0-d array that is written in the loop."""
    flag = np.array(True)
    s = 0.0
    for v in x:
        if flag:
            s += v * v
        flag[()] = v < 0
    return s


def while_array(x):
    """A `while` on a 0-d array that its body writes."""
    go = np.array(True)
    s = 0.0
    i = 0
    while go:
        s += x[i] ** 2
        i += 1
        go[()] = i < len(x)
    return s


def place_array(x):
    """A 0-d array as an index and as a slice bound."""
    k = np.array(2)
    s = 0.0
    for i in range(3):
        s += x[k] * x[i]
        k[()] = i + 1
        s += x[k:][0]
    return s


def moving_mask(x):
    """A mask that changes while it is used for writes, selections and reads."""
    mask = np.zeros(len(x), bool)
    mask[1] = True
    y = x.copy()
    for i in range(3):
        y[mask] *= y[i]
        mask[i] = not mask[i]
        y = np.where(mask, y * 2, y)
        y[0] += np.sum(y[mask])
    return y


def moving_places(x):
    """Places that are only written to through an array that changes."""
    places = np.array([0, 1, 0])
    y = x.copy()
    for t in range(3):
        y[places] = x[:3]
        places[0] = places[t] + 1
        y[places] += 1.0
    return y


PROGRAMS = [
    Program(flag_array, [(normal(5),), (normal(1),), (normal(0),)]),
    Program(while_array, [(normal(5),), (normal(1),)]),
    Program(place_array, [(normal(6),)]),
    Program(moving_mask, [(normal(6),), (normal(3),)]),
    Program(moving_places, [(normal(6),), (normal(3),)]),
]
