"""Arrays written in place: elements, slices, masks, integer arrays; local arrays and arguments."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def smooth(u, k, n):
    """A nonlinear stencil, written over its own input."""
    for _ in range(n):
        u[1:-1] += k * u[1:-1] * (u[2:] - u[:-2])
    return u


def leaky(x, slope):
    """Masks, written and multiplied."""
    y = x * 2.0
    y[y < 0] *= slope
    y[y > 1.0] = np.sqrt(y[y > 1.0])
    y[x > 0.5] += slope * x[x > 0.5]
    return y


def prefix_sums(x):
    """Running sums in the argument itself."""
    for i in range(1, len(x)):
        x[i] += x[i - 1]
    return x


def kernel_matrix(x, scale):
    """A symmetric matrix, filled by both triangles."""
    n = len(x)
    k = np.empty((n, n))
    for i in range(n):
        for j in range(i + 1):
            k[i, j] = np.exp(-((x[i] - x[j]) ** 2) / scale)
            k[j, i] = k[i, j]
    return k


def scatter(x, index):
    """Reads and writes by an integer array without repeats."""
    y = np.zeros(len(x))
    y[index] = x[index] ** 2
    y[index] += np.sin(x[index])
    y[index[::-1]] *= x[index]
    return y


def last_writer_wins(x):
    """Repeated indices: the last write counts, and += adds once."""
    y = x * x
    y[[0, 0, 1]] = x[:3]
    y[[2, 1, 2]] += x[1:4]
    return y


def strides(x):
    """Steps and negative steps on the left."""
    y = x.copy()
    y[::2] = x[::2] ** 2
    y[1::2] -= y[::2][: len(y[1::2])]
    y[::-1] *= x
    return y


def zero_rank(x):
    """A zero-dimensional array as an accumulator."""
    total = np.zeros(())
    for v in x:
        total += v * v
        total[...] = total * 0.9
    return total * np.ones(2)


def bubble_sort(x):
    """Elements swapped in place."""
    n = len(x)
    for end in range(n - 1, 0, -1):
        for i in range(end):
            if x[i] > x[i + 1]:
                x[i], x[i + 1] = x[i + 1], x[i]
    return x


def overwritten_read(x):
    """A value read, its place overwritten, the value used afterwards."""
    y = x.copy()
    s = 0.0
    for i in range(len(y)):
        t = y[i]
        y[i] = 0.3
        s += np.sin(t) * t
    return s + np.sum(y)


def read_before_write(x):
    """The read stands before the write in the text of one loop."""
    y = x.copy()
    s = 0.0
    for i in range(1, len(y)):
        t = y[i] * 2
        y[i] = t * t
        s += t * y[i] * y[i - 1]
    return s


def constant_store(x):
    """A constant written over a value that was used."""
    y = x.copy()
    y[0] = x[0] * x[1]
    z = y * x
    y[0] = 2.0
    return z * y


def outer_update(a, u, v):
    """A matrix argument changed by rank one updates, row and column writes."""
    a += np.outer(u, v)
    a[0] = u[0] * a[-1]
    a[:, 0] *= 2.0 * a[:, -1]
    return a


def broadcast_store(x, y):
    """Stores that broadcast a number, a row, a column."""
    a = np.zeros((len(x), len(y)))
    a[:] = y
    a += x[:, None]
    a[0] = x[0]
    a[:, -1:] = (x * x)[:, None]
    return a * a


def histogram(x, edges):
    """Soft counting into a preallocated array."""
    counts = np.zeros(len(edges) - 1)
    for v in x:
        for b in range(len(counts)):
            counts[b] += np.tanh(v - edges[b]) - np.tanh(v - edges[b + 1])
    return counts / (1.0 + np.sum(counts))


def index_overwritten(x, order):
    """An index array that the loop itself changes."""
    y = x.copy()
    order = order.copy()
    for t in range(len(order)):
        y[order[t]] = y[order[t]] * x[t] + 1.0
        order[0] = order[t]
        y[order] *= 0.5
    return y


def shifted_then_scaled(x):
    """The tangent of `v` is that of `x`, which is overwritten while `v` stays."""
    v = x - 0.1
    w = x[::-1] + 1.0
    x *= v
    return v * x + w


def kept_while_scaled(x, n):
    """The same, with values that a list keeps."""
    kept = []
    for _ in range(n):
        kept.append(x[::-1] - 0.1)
        x *= kept[-1]
    total = x * 0.5
    for v in kept:
        total = total + v * x
    return total


def other_forms_of_itself(x):
    """Unary plus, a conversion, a sum with zero: values of their own, whose tangents are those of `a`."""
    a = x.copy()
    v = +a
    w = a.astype(float)
    z = a.reshape(len(x), 1) + 0.0
    a[0] = a[-1] * 3.0
    return v * a + w + z[:, 0] ** 2


def one_of_two(x, n):
    """`v` is taken before or after the store, as the branch says."""
    a = x.copy()
    v = a - 1.0
    for i in range(n):
        if a[i] > 0.0:
            v = a - 1.0
        a[i] = a[i - 1] * v[i]
    return v * a


def copies_of_copies(x):
    """What a copy of a copy protects is the original."""
    a = x * 2.0
    b = a.copy().copy()
    c = b[1:].copy()
    d = b.reshape(len(x), 1).copy()[:2].copy()
    a[0] = a[-1] * 3.0
    for i in range(1, len(x)):
        a[i] = a[i - 1] * c[i - 1]
    return a * b + np.sum(c) * np.sum(d)


PROGRAMS = [
    Program(copies_of_copies, [(normal(4),), (normal(2),), (normal(1),)]),
    Program(shifted_then_scaled, [(normal(4),), (normal(1),), (normal(0),)]),
    Program(kept_while_scaled, [(normal(4), 3), (normal(1), 1), (normal(3), 0)]),
    Program(other_forms_of_itself, [(normal(4),), (normal(1),)]),
    Program(one_of_two, [(normal(4), 3), (-positive(3), 2), (normal(2), 0)]),
    Program(smooth, [(normal(7), 0.2, 3), (normal(3), 0.2, 1), (normal(2), 0.2, 2), (normal(5), 0.3, 0)]),
    Program(leaky, [(normal(8), 0.1), (positive(3), 0.3), (-positive(2), 0.2)]),
    Program(prefix_sums, [(normal(5),), (normal(1),), (normal(0),)]),
    Program(kernel_matrix, [(normal(4), 1.3), (normal(1), 0.5)]),
    Program(scatter, [(normal(5), np.array([4, 0, 2])), (normal(3), np.array([], dtype=int))]),
    Program(last_writer_wins, [(normal(5),), (normal(4),)]),
    Program(strides, [(normal(6),), (normal(7),), (normal(1),)]),
    Program(zero_rank, [(normal(4),), (normal(0),)]),
    Program(bubble_sort, [(normal(6),), (normal(2),), (normal(1),)]),
    Program(overwritten_read, [(normal(4),), (normal(0),)]),
    Program(read_before_write, [(normal(5),), (normal(2),)]),
    Program(constant_store, [(normal(4),), (normal(2),)]),
    Program(outer_update, [(normal(3, 4), normal(3), normal(4)), (normal(1, 1), normal(1), normal(1))]),
    Program(broadcast_store, [(normal(3), normal(4)), (normal(1), normal(1))]),
    Program(histogram, [(normal(4), np.array([-1.0, 0.0, 0.5, 1.5])), (normal(0), np.array([0.0, 1.0]))]),
    Program(index_overwritten, [(normal(4), np.array([2, 0, 3])), (normal(2), np.array([1]))]),
]
