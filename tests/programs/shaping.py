"""Arrays rearranged: shapes, axes, indexing, construction."""

from __future__ import annotations

import numpy as np
from numpy import concatenate, sin
from numpy import sum as total_of

from tests.programs.program import Program, normal


def rearranged(a):
    """reshape, ravel, transpose, swapaxes, expand_dims, squeeze, stack, concatenate, broadcast_to."""
    b = a.reshape(-1, a.shape[1] * 2)
    c = np.transpose(a)[None]
    d = np.swapaxes(np.expand_dims(a, 1), 0, 2)
    e = np.stack((a[0], a[1] * a[0]), axis=1).ravel()
    f = np.broadcast_to(a[0], (3, a.shape[1]))
    g = np.concatenate([c.squeeze(0).ravel(), d.reshape(-1), e, f.T.ravel() ** 2])
    return b.sum() * g


def indexed(a, rows, mask):
    """Every kind of index on the right."""
    b = a[rows] * a[0, :]
    c = a[mask]
    d = a[rows[:, None], np.array([0, 1])]
    e = a[..., -1] * a[::-1, 0]
    return b.sum(axis=1) * np.sum(c * c) + d.prod(axis=1) + e[rows] + a[-1][-1]


def constructed(x, n):
    """zeros, ones, full, empty, eye, arange, linspace, asarray and the _like family."""
    a = np.full(n, x) * np.linspace(0.0, 1.0, n)
    b = np.ones_like(a) * x + np.zeros(n) + np.arange(n)
    c = np.array([[x, 1.0], [2.0, x * x]])
    d = np.asarray(a) + np.full_like(b, x)
    e = np.empty(n)
    e[:] = d
    return e @ np.eye(n) @ b + c.sum() * c[1, 1]


def cumulative(x):
    """cumsum, prod with a zero, mean of products."""
    return np.cumsum(x) * np.prod(x) + np.cumsum(x[::-1]).mean() * x.min()


def growing(x, n):
    """An array that changes its shape in a loop."""
    a = x[:1]
    for i in range(n):
        a = np.concatenate((a, a * x[i % len(x)]))
    return a


def spellings(x):
    """The same functions under other names, and as methods."""
    y = x.reshape((-1,)).astype(float)
    return (
        total_of(sin(y)) * x.sum(0).mean()
        + concatenate((y, y * y)).max()
        + x.T.dot(x).trace()
        + np.add(x, x).var()
    )


def casts(x):
    """Single precision in the middle of double."""
    y = x.astype(np.float32)
    return np.sum(y * np.float32(2.0)) + np.sum(x * x) + (y * 2.0)[0]


PROGRAMS = [
    Program(rearranged, [(normal(2, 3),), (normal(4, 1),)]),
    Program(
        indexed,
        [
            (normal(4, 3), np.array([3, 0, 0, 1]), normal(4, 3) > 0),
            (normal(2, 2), np.array([1, 1]), np.array([True, False])),
        ],
    ),
    Program(constructed, [(0.7, 3), (0.7, 1)]),
    Program(cumulative, [(normal(4),), (np.array([0.5, 0.0, -1.2]),), (normal(1),)]),
    Program(growing, [(normal(3), 2), (normal(1), 0)]),
    Program(spellings, [(normal(3, 3),), (normal(2, 2),)]),
    Program(casts, [(normal(3),)], rtol=1e-3, order=1),
]
