"""Textbook linear algebra with loops."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, spd


def lu_determinant(a):
    """Determinant by elimination without pivots, in place."""
    a = a.copy()
    n = a.shape[0]
    det = 1.0
    for k in range(n):
        det *= a[k, k]
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
    return det


def lu_pivoted(a):
    """Elimination with partial pivoting: rows are exchanged."""
    a = a.copy()
    n = len(a)
    sign = 1.0
    for k in range(n - 1):
        p = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[p, k]):
                p = i
        if p != k:
            a[[k, p]] = a[[p, k]]
            sign = -sign
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    return a * sign


def cholesky_by_hand(a):
    """Lower factor, entry by entry."""
    n = a.shape[0]
    low = np.zeros((n, n))
    for j in range(n):
        s = a[j, j]
        for k in range(j):
            s -= low[j, k] ** 2
        low[j, j] = np.sqrt(s)
        for i in range(j + 1, n):
            low[i, j] = (a[i, j] - low[i, :j] @ low[j, :j]) / low[j, j]
    return low


def forward_substitution(low, b):
    """Solve L x = b."""
    x = np.zeros_like(b)
    for i in range(len(b)):
        x[i] = (b[i] - low[i, :i] @ x[:i]) / low[i, i]
    return x


def back_substitution(up, b):
    """Solve U x = b in the place of b."""
    x = b.copy()
    for i in range(len(b) - 1, -1, -1):
        for j in range(i + 1, len(b)):
            x[i] -= up[i, j] * x[j]
        x[i] /= up[i, i]
    return x


def gram_schmidt(a):
    """Modified Gram-Schmidt on the columns."""
    q = a.copy()
    for j in range(q.shape[1]):
        q[:, j] /= np.sqrt(np.sum(q[:, j] ** 2))
        for k in range(j + 1, q.shape[1]):
            q[:, k] -= (q[:, j] @ q[:, k]) * q[:, j]
    return q


def power_iteration(a, v, tol):
    """Largest eigenvalue, until it settles."""
    v = v / np.linalg.norm(v)
    old, value = 0.0, v @ a @ v
    while abs(value - old) > tol:
        v = a @ v
        v /= np.linalg.norm(v)
        old, value = value, v @ a @ v
    return value


def conjugate_gradient(a, b, n):
    """Conjugate gradients with in-place updates."""
    x = np.zeros_like(b)
    r = b - a @ x
    p = r.copy()
    rr = r @ r
    for _ in range(n):
        ap = a @ p
        alpha = rr / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        new = r @ r
        p *= new / rr
        p += r
        rr = new
    return x


def thomas(low, mid, up, d):
    """Tridiagonal solver."""
    n = len(d)
    c, y = np.zeros(n), np.zeros(n)
    c[0] = up[0] / mid[0]
    y[0] = d[0] / mid[0]
    for i in range(1, n):
        m = mid[i] - low[i] * c[i - 1]
        c[i] = up[i] / m
        y[i] = (d[i] - low[i] * y[i - 1]) / m
    for i in range(n - 2, -1, -1):
        y[i] -= c[i] * y[i + 1]
    return y


def householder(a):
    """R of the QR factorisation."""
    r = a.copy()
    for k in range(min(r.shape[0] - 1, r.shape[1])):
        x = r[k:, k]
        v = x.copy()
        v[0] += np.linalg.norm(x) if x[0] > 0 else -np.linalg.norm(x)
        v = v / np.linalg.norm(v)
        r[k:, k:] -= 2.0 * np.outer(v, v @ r[k:, k:])
    return r


def library(a, b):
    """What np.linalg does."""
    x = np.linalg.solve(a, b)
    low = np.linalg.cholesky(a @ a.T)
    return np.linalg.det(a) * np.trace(np.linalg.inv(a)) + x @ low @ x + np.linalg.norm(x - b)


def products(a, b, u):
    """dot, matmul, inner, outer on all ranks."""
    v = np.dot(a, u)
    w = u @ b
    return np.inner(v, w) * np.outer(v, w) + np.dot(a, b).T + a @ b * np.dot(u, u)


def triangles(a):
    """tril, triu and their product."""
    return np.tril(a) @ np.triu(a, 1) + np.triu(a, -1) * a


A3 = spd(3, seed=2)
PROGRAMS = [
    Program(lu_determinant, [(spd(4),), (spd(1),), (normal(0, 0),)]),
    Program(lu_pivoted, [(normal(4, 4),), (normal(3, 3, seed=1),), (normal(1, 1),)]),
    Program(cholesky_by_hand, [(spd(4),), (spd(1),)]),
    Program(forward_substitution, [(spd(4), normal(4)), (spd(1), normal(1)), (spd(0), normal(0))]),
    Program(back_substitution, [(spd(4), normal(4)), (spd(1), normal(1))]),
    Program(gram_schmidt, [(normal(4, 3),), (normal(2, 1),), (spd(3),)]),
    Program(
        power_iteration,
        [(spd(3), normal(3), 1e-11), (spd(3), normal(3), 99.0)],
        argnums=(0, 1),
        rtol=1e-4,
        order=1,
    ),
    Program(conjugate_gradient, [(A3, normal(3), 2), (A3, normal(3), 0), (spd(1), normal(1), 1)]),
    Program(thomas, [(normal(5), 4.0 + normal(5, seed=1) * 0.3, normal(5, seed=2), normal(5, seed=3))]),
    Program(householder, [(normal(4, 3),), (normal(3, 3),), (normal(1, 1),)]),
    Program(library, [(A3, normal(3)), (spd(1) * 2, normal(1))]),
    Program(
        products,
        [(normal(3, 3), normal(3, 3, seed=1), normal(3)), (positive(1, 1), positive(1, 1), normal(1))],
    ),
    Program(triangles, [(normal(3, 3),), (normal(1, 1),)]),
]
