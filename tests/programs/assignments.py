"""Assignments to parts of arrays, plain and augmented: odd indices, overlaps, names that may be numbers."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def into_temporaries(x):
    """What an index array or a mask selects is a copy: writing it changes nothing."""
    y = x * 1.0
    y[[0, 1]][y[:2] > -9] = 7.0
    y[y > 0][0] = 3.0
    t = y[[0, 1]]
    t *= x[:2]
    t[0] += y[1]
    return np.sum(t * y[:2]) * y


def through_new_axes(x):
    """Views with axes of size one."""
    y = np.zeros(4)
    y[:, None][..., 0] = x * x
    y[None][0, 1:] *= x[1:]
    y[:, np.newaxis][2] += x[0]
    z = np.zeros((2, 4, 1))
    z[..., 0] = x
    z[0, ...] *= x[:, None]
    z[:, None, :, 0] += y
    z[1][...] = z[0][::-1]
    return z * y[:, None]


def open_grids(a):
    """Rows and columns picked independently."""
    b = a * 1.0
    rows, columns = np.array([0, 2]), np.array([1, 3])
    b[np.ix_(rows, columns)] += a[:2, :2] ** 2
    b[np.ix_([0, 1], [0, 1])] *= a[1:, 1:3]
    b[np.ix_([True, False, True], [0])] = a[0, 0]
    return b * b


def mixed_indices(a, b):
    """Integers, integer arrays and slices in one index."""
    c = a * 1.0
    c[1, [0, 2], 1:] *= b
    c[[0, 1], :, 0] = a[1:, :, 1]
    c[:, [1, 1], 0] = a[:, :2, 1]
    c[0, :, [0, 1]] += 1.0
    i, j = np.array([[0, 1], [2, 2]]), np.array([[0, 1], [2, 3]])
    c[i, j, 0] = a[:2, :2, 0] * c[i, j, 1]
    c[..., [0, 1]] = a[..., [1, 0]] * c
    return c * c


def masks_with_others(a, v):
    """A mask for one axis, an index for another; masks of transposed arrays."""
    b = a * 1.0
    m = np.array([True, False, True])
    b[m, 1] = v[:2]
    b[m, 2] *= v[1:]
    b[m] += v[0]
    b[:, np.array([True, False, False, True])] -= v[:, None]
    b.T[(a > 0.2).T] = v[0]
    b[~(b > 0.2)] = b[~(b > 0.2)] ** 2
    return b * b


def overlapping(x):
    """Neighbours written from neighbours."""
    a = x * 1.0
    a[::-1][1:] = a[:-1]
    a[1:] = a[:-1]
    a[1:] += a[:-1]
    a[:-1] *= a[1:]
    x[1:] += x[:-1]
    x[:-1] -= x[1:]
    x[::-1] += x
    return a * x


def swapped_rows(a):
    """Rows exchanged with copies, without them, by index arrays."""
    a[0], a[2] = a[2].copy(), a[0].copy()
    a[[0, 1]] = a[[1, 0]]
    a[:, [0, 2]] = a[:, [2, 0]]
    a[0], a[1] = a[1], a[0]
    return a * np.arange(12.0).reshape(3, 4)


def without_axes(x):
    """An array without axes, written in every way."""
    z = np.zeros(())
    z[()] = x[0] * x[1]
    z[...] += x[2]
    z += x[3]
    z[()] *= x[0]
    w = z[()]
    z[...] = 0.5
    z *= z
    return z * w * x


def spread(a, v):
    """Rows, columns and numbers spread over parts."""
    b = np.zeros((3, 4))
    b[:] = v
    b[1:] *= v
    b[:, 1] = v[0]
    b[..., 2] += a[:, 0]
    b[0:1] = a[:1]
    b[:2, :] *= a[0]
    b[:, :1] = a[:, :1] * a[1, :1]
    return b * b


def every_operator(x, k):
    """All augmented assignments, on arrays, integers and truth values."""
    y = x * x + 1.0
    y /= x
    y **= 2
    y -= x
    y %= 30.0
    z = np.array([[1.0, 2.0], [3.0, 4.0]]) * x[0]
    z @= np.array([[x[1], 1.0], [0.0, 2.0]])
    k[0] = 0
    k *= 2
    k //= 1
    k <<= 1
    k |= 1
    k ^= 2
    m = x > 0.7
    m &= x < 1.5
    m ^= True
    s = x[0]
    s *= x[1]
    s **= 2
    return y * s * np.sum(z) * k * m


def repeated_in_place(x, m):
    """Augmented assignments through masks and repeated indices."""
    y = x + 2.0
    y[m] /= x[m]
    y[m] **= 2
    y[[0, 0]] *= x[:2]
    y[[1, 1, 2]] -= x[:3]
    y[-1] **= 3
    y[1:3] *= y[:2]
    return y * y


def views_of_views(a):
    """Transposed, reversed, cut, masked and reshaped."""
    b = a.T[1:][:, ::-1]
    b[0] = a[1, 1]
    c = b[:, 1:]
    c *= 2.0
    c[c > 0] = a[2, 2]
    d = c.reshape(-1)
    d[0] = 5.0
    return a * a * np.sum(c)


def rows_as_variables(a):
    """Loop variables that are rows."""
    for r in a:
        r *= r
    for r, s in zip(a, a[::-1], strict=True):
        r += s
    for i in range(len(a)):
        r = a[i]
        r += a[i - 1]
        r[r > 1] = 0.5
    return a * a


def keys_as_values(x):
    """Tuples, slices and positions kept in variables."""
    y = np.zeros((4, 4))
    k, s = (1, 2), slice(1, 3)
    y[k] = x[0]
    y[(0,)] = x
    y[s, s] += x[1]
    y[np.triu_indices(4, 1)] *= 2.0
    y[np.diag_indices(4)] = x
    y[np.nonzero(y > 1)] = 0.3
    i = np.argmax(x)
    y[i] *= x[i]
    y[i - 1, i:] += y[i, i]
    y.__setitem__((3, 3), x[2])
    return y * y


def sum_of_rows(x):
    """A number that becomes an array, and is written then."""
    total = 0.0
    for row in x:
        total = total + row * row
    total[0] = 3.0
    total *= x[1]
    return total * 2.0


def sum_of_three(x):
    """The same where the number of trips is known."""
    total = 0.0
    for i in range(3):
        total += x[i] * x[i]
    total[0] = 3.0
    total[1:] *= x[1, 1:]
    return total * 2.0


def sums_in_sums(x, n):
    """The same inside a loop."""
    total = 0.0
    for i in range(n):
        inner = 0.0
        for j in range(n):
            inner = inner + x[i] * x[j]
        inner[0] *= 2.0
        total = total + inner
    total[1] = 0.0
    return total * total


def number_or_array(x, n):
    """An array on one path, a number on the other."""
    total = 0.5
    if n > 2:
        total = x[0] * 2.0
    total += x[1]
    total *= x[2]
    return total * total


def none_at_first(x, n):
    """The first trip makes what the others add to."""
    total = None
    for i in range(5):
        if i >= n:
            break
        if total is None:
            total = x[i] * x[i]
            continue
        total += x[i]
        total *= 0.5
    total[0] = 2.0
    return total * total


def two_sweeps(x, n):
    """One sum continued by a second loop."""
    e = 0.0
    for i in range(n):
        e -= x[i] * 0.5
    for i in range(n):
        e += np.sin(x[i])
    e += x[0]
    e **= 2
    return e


PROGRAMS = [
    Program(into_temporaries, [(normal(4),)]),
    Program(through_new_axes, [(normal(4),)]),
    Program(open_grids, [(normal(3, 4),)]),
    Program(mixed_indices, [(normal(3, 4, 2), normal(2, 1))]),
    Program(masks_with_others, [(normal(3, 4), normal(3))]),
    Program(overlapping, [(normal(5),), (normal(1),)]),
    Program(swapped_rows, [(normal(3, 4),)]),
    Program(without_axes, [(normal(4),)]),
    Program(spread, [(normal(3, 4), normal(4))]),
    Program(every_operator, [(positive(4), np.array([1, 2, 3, 4]))]),
    Program(repeated_in_place, [(positive(4), np.array([True, False, True, True]))]),
    Program(views_of_views, [(normal(3, 4),)]),
    Program(rows_as_variables, [(normal(3, 4),)]),
    Program(keys_as_values, [(normal(4),)]),
    Program(sum_of_rows, [(normal(3, 4),)]),
    Program(sum_of_three, [(normal(3, 4),)]),
    Program(sums_in_sums, [(normal(3, 4), 3), (normal(3, 4), 1)]),
    Program(number_or_array, [(normal(3, 4), 3), (normal(3, 4), 1)]),
    Program(none_at_first, [(normal(3, 4), 3), (normal(3, 4), 1)]),
    Program(two_sweeps, [(normal(3, 4), 3), (normal(3, 4), 0)]),
]
