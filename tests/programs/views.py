"""Views and aliases of arrays that are written."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def view_of_view(x):
    """A write through a view of a view."""
    y = x.copy()
    inner = y[1:-1]
    odd = inner[::2]
    odd *= y[0]
    inner += odd[0] * y[-1]
    return y


def transposed(a):
    """Writes through a transpose are writes to the matrix."""
    b = a * 1.0
    t = b.T
    t[0] = b[0, 0] * t[-1]
    t += a.T * b[0, 0]
    return b


def maybe_views(x):
    """reshape of an array is a view; of a transpose it is a copy."""
    y = x * 1.0
    a = y.reshape(2, 3)
    a[0] *= y[3:]
    b = a.T.reshape(6)
    b[0] = 5.0 * y[3]
    c = a.T.ravel()
    c[1] = 3.0
    return y, b, c


def diagonal(a, shift):
    """The diagonal of a matrix as a strided view of its flat form."""
    b = a.copy()
    flat = b.ravel()
    flat[:: b.shape[1] + 1] += shift * flat[0]
    return b @ a


def carried_view(x):
    """A view made in one iteration and used in the next."""
    y = x.copy()
    s = 0.0
    v = y[0:2]
    for i in range(1, len(y) - 1):
        s += v[0] * v[1]
        v[0] = v[1] * s
        v = y[i : i + 2]
    return s + np.sum(y * y)


def chosen_alias(x, p):
    """A name for one of two arrays, decided at run time."""
    a = x.copy()
    b = x * 2.0
    c = a if p > 0 else b
    c[0] = c[1] * p
    c[1:] += a[0]
    return a * b


def normalised_rows(a):
    """Rows changed in place while iterating over them."""
    b = a.copy()
    for row in b:
        row /= np.sum(row * row)
        row[0] += 1.0
    return b


def alias_then_rebind(x):
    """`+=` writes into the alias; `= … +` does not."""
    a = x * 1.0
    b = a
    b += x[0]
    c = a * x
    b = b + 1.0
    b[0] = 7.0 * x[1]
    return a, b, c


def blocks(a):
    """Quadrants of a matrix as named views."""
    m = a.copy()
    h = m.shape[0] // 2
    top, bottom = m[:h], m[h:]
    left, right = top[:, :h], top[:, h:]
    right[:] = left @ right
    bottom[:, :h] -= right * 0.5
    left[0, 0] = bottom[0, 0] * right[0, 0]
    return m


def shifting_window(x, n):
    """Overlapping windows, each written from the last."""
    y = x.copy()
    w = y[:3]
    for i in range(n):
        z = y[i : i + 3]
        z *= np.sin(w[0]) + 1.5
        w[1] = z[2] * z[0]
        w = z
    return y


def two_names(x):
    """Two names for one buffer among the values that a loop carries."""
    u = x.copy()
    up = u
    for _ in range(3):
        un = u * 1.0
        un[0] = up[1] * u[2]
        up, u = u, un
    return up * u


def scalar_rows(a):
    """A row taken once, elements of it written, the whole read."""
    b = a * a
    r = b[0]
    s = 0.0
    for j in range(r.shape[0]):
        r[j] = r[j] * s + a[0, j]
        s += np.sum(b[:, j])
    return s


def expanded(x):
    """Views with new axes and without."""
    y = x * 1.0
    col = y[:, None]
    col *= 2.0
    row = np.expand_dims(y, 0)
    row[0, 0] = y[1] * x[0]
    flat = np.squeeze(row, axis=0)
    flat[-1] += col[0, 0]
    return y * flat


def swapped_axes(a):
    """Writes through swapaxes and transpose of three axes."""
    b = a.copy()
    s = np.swapaxes(b, 0, 2)
    s[0] *= b[0, 0, 0]
    t = b.transpose(1, 0, 2)
    t[0, 0] = t[-1, -1] * a[0, 0]
    return b


def diagonal_while_written(a):
    """The diagonal is a read-only view, which shows what is written after it was taken."""
    b = a.copy()
    b[0, 0] *= b[-1, -1]
    d = np.diag(b)
    first = d[0] * d
    b[-1, -1] = 3.0 * d[0]
    upper = b.diagonal(1)
    b[0, -1] += np.sum(d) * a[0, 0]
    return first, d * d, upper * 2.0, np.diag(d[:2], 1)


def converted(a):
    """asarray and atleast_1d hand an array on as it is."""
    b = a.copy()
    c = np.asarray(b)
    c[0] = c[1] * c[0]
    d = np.atleast_1d(b)
    d[1:] += c[:-1]
    e = np.asarray(b, dtype=np.float32)
    e[0] = 0.5
    return b * c, np.atleast_2d(b) * b[0]


def empty_views(x, n):
    """Views without elements of an array that has some, fixed, maybe copied, and carried."""
    y = x.copy()
    none = y[:0].reshape(-1)
    none *= 2.0
    v = y[2:2]
    for i in range(n):
        v *= y[1]
        y[0] *= y[1] * x[i]
        v = y[i:i]
        y[i:].ravel()[:0] += 1.0
    return y, v


def bound_on_one_path(x, p):
    """A buffer and a view of it that exist on one path only, looked at again on that path."""
    is_positive = p > 0
    y = x * 2.0
    if is_positive:
        buffer = np.zeros(len(x))
        buffer[:] = x * p
        view = buffer[1:]
    for i in range(2):
        if is_positive:
            view[i] = y[0] * buffer[0]
            y[0] += view[1] * buffer[i]
            tail = view
        y[1] *= y[0]
        if is_positive:
            tail *= y[1]
    return y


def contiguous(a):
    """`ascontiguousarray` copies by the strides of the argument, and gives a number an axis."""
    rows = np.ascontiguousarray(a)
    rows[0] = a[0] * 2.0
    columns = np.ascontiguousarray(rows.T)
    columns[0] *= rows[0, 0]
    one = np.ascontiguousarray(a[0, 0] * a[-1, -1])
    one *= columns[0, 0]
    return a, rows, columns, one


def read_only_views(a):
    """A diagonal is a view that cannot be written, of an array that can."""
    b = a * 1.0
    main, also, upper = b.diagonal(), np.diag(b), np.diagonal(b, 1)
    s = main * also
    b[0, 0] = 3.0 * main[1]
    b[1] *= also[0]
    if s[0] > 0.0:
        main = np.diagonal(b, -1)
    b[0, 1] *= 2.0
    return b, main[0], also, s, upper


def reversed_differences(x):
    """A negated cotangent that a view of it adds to before it is negated again."""
    y = x - x[::-1]
    return y[::-1] * 5.0 - y


def rotated_differences(x):
    """The same through a concatenation of views."""
    y = 2.0 * x - 3.0 * x[::-1]
    return np.concatenate((y[-1:], y[:-1])) - y


def places_between_writes(x, y):
    """0-d arrays as slice bounds, written between two uses."""
    k = np.array(2)
    s = np.sin(x[k:]) @ y[k:]
    k[()] = 1
    x[k:] *= y[k:]
    k[()] = 0
    return s + x[k:] @ y[k:]


def shape_between_writes(x, shape):
    """An array as a shape, written between two uses."""
    shape[0] = 2
    y = x.reshape(shape)
    shape[0], shape[1] = 3, 2
    return y * np.sum(x.reshape(shape), axis=1)[0]


def views_before_writes(x, p):
    """Views taken before their array is written, as straight-line code."""
    y = x * p
    low, high = y[:3], y[1:4]
    y[:3] = p * high + (1.0 - p) * low
    low, high = y[:2], y[1:3]
    y[:2] = p * high + (1.0 - p) * low
    return y[0]


PROGRAMS = [
    Program(contiguous, [(normal(3, 3),), (np.asfortranarray(normal(2, 2)),), (normal(1, 1),)]),
    Program(read_only_views, [(normal(3, 3),), (np.asfortranarray(normal(3, 3)),)]),
    Program(empty_views, [(normal(4), 3), (normal(2), 0)]),
    Program(bound_on_one_path, [(normal(3), 0.5), (normal(3), -0.5)]),
    Program(view_of_view, [(normal(7),), (normal(3),)]),
    Program(transposed, [(normal(3, 3),), (normal(2, 4),), (normal(1, 1),)]),
    Program(maybe_views, [(normal(6),)]),
    Program(diagonal, [(normal(3, 3), 0.7), (normal(1, 1), 0.2)]),
    Program(carried_view, [(normal(6),), (normal(3),), (normal(2),)]),
    Program(chosen_alias, [(normal(4), 0.8), (normal(4), -0.8)]),
    Program(normalised_rows, [(normal(3, 4),), (normal(1, 2),), (normal(0, 2),)]),
    Program(alias_then_rebind, [(normal(3),), (normal(2),)]),
    Program(blocks, [(normal(4, 4),), (normal(2, 2),)]),
    Program(shifting_window, [(normal(8), 4), (normal(5), 0), (normal(4), 1)]),
    Program(two_names, [(normal(4),), (normal(3),)]),
    Program(scalar_rows, [(normal(3, 3),), (normal(1, 2),)]),
    Program(expanded, [(normal(4),), (positive(2),)]),
    Program(diagonal_while_written, [(normal(3, 3),), (normal(2, 4),), (normal(4, 2),)]),
    Program(converted, [(normal(4),), (normal(2),)]),
    Program(swapped_axes, [(normal(2, 3, 4),), (normal(1, 1, 1),)]),
    Program(reversed_differences, [(normal(4),), (normal(1),)]),
    Program(rotated_differences, [(normal(4),), (normal(1),)]),
    Program(places_between_writes, [(normal(4), normal(4, seed=1)), (normal(3), normal(3, seed=1))]),
    Program(shape_between_writes, [(normal(6), np.array([1, 3])), (normal(2, 3), np.array([9, 3]))]),
    Program(views_before_writes, [(normal(5), 0.7), (normal(4), 0.7)]),
]
