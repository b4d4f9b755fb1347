"""Factorisations and direct solvers, as textbooks write them: loops that overwrite their matrix."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, spd, uniform


def lu_solve(a, b):
    """Solve by elimination with partial pivoting; the multipliers overwrite the lower triangle."""
    n = len(b)
    pivots = np.arange(n)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            a[[k, p]] = a[[p, k]]
            pivots[[k, p]] = pivots[[p, k]]
        for i in range(k + 1, n):
            a[i, k] = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    x = b[pivots]
    for i in range(n):
        x[i] -= a[i, :i] @ x[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


def crout(a):
    """Crout's order: a column of L, then a row of U with unit diagonal."""
    n = a.shape[0]
    low, up = np.zeros_like(a), np.eye(n)
    for j in range(n):
        for i in range(j, n):
            total = 0.0
            for k in range(j):
                total += low[i, k] * up[k, j]
            low[i, j] = a[i, j] - total
        for i in range(j + 1, n):
            up[j, i] = (a[j, i] - low[j, :j] @ up[:j, i]) / low[j, j]
    return low + up


def cholesky_rows(a):
    """Row by row, in the lower triangle of the argument."""
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = np.sqrt(a[i, i])
    return np.tril(a)


def cholesky_columns(a):
    """Right-looking: each column updates the rest of the matrix at once."""
    a = a.copy()
    n = len(a)
    for k in range(n):
        a[k, k] = np.sqrt(a[k, k])
        a[k + 1 :, k] /= a[k, k]
        for j in range(k + 1, n):
            a[j:, j] -= a[j:, k] * a[j, k]
        a[k, k + 1 :] = 0.0
    return a


def ldl(a):
    """Without square roots: unit lower triangle and diagonal."""
    n = len(a)
    low, d = np.eye(n), np.zeros(n)
    for j in range(n):
        v = d[:j] * low[j, :j]
        d[j] = a[j, j] - low[j, :j] @ v
        for i in range(j + 1, n):
            low[i, j] = (a[i, j] - low[i, :j] @ v) / d[j]
    return low, d


def classical_gram_schmidt(a):
    """Q and R; every projection is taken from the column as it was."""
    m, n = a.shape
    q, r = np.zeros((m, n)), np.zeros((n, n))
    for j in range(n):
        v = a[:, j].copy()
        for i in range(j):
            r[i, j] = q[:, i] @ a[:, j]
            v -= r[i, j] * q[:, i]
        r[j, j] = np.sqrt(v @ v)
        q[:, j] = v / r[j, j]
    return q, r


def modified_gram_schmidt(a):
    """Element by element, with the columns of A overwritten by what is left of them."""
    m, n = a.shape
    q = np.zeros((m, n))
    r = np.zeros((n, n))
    for k in range(n):
        norm = 0.0
        for i in range(m):
            norm += a[i, k] * a[i, k]
        r[k, k] = np.sqrt(norm)
        for i in range(m):
            q[i, k] = a[i, k] / r[k, k]
        for j in range(k + 1, n):
            for i in range(m):
                r[k, j] += q[i, k] * a[i, j]
            for i in range(m):
                a[i, j] -= q[i, k] * r[k, j]
    return q @ r + r.sum()


def householder_least_squares(a, b):
    """Reflections applied to the matrix and the right-hand side; then back substitution."""
    m, n = a.shape
    for k in range(n):
        v = a[k:, k].copy()
        v[0] += np.copysign(np.sqrt(v @ v), v[0])
        beta = 2.0 / (v @ v)
        a[k:, k:] -= beta * np.outer(v, v @ a[k:, k:])
        b[k:] -= beta * (v @ b[k:]) * v
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


def givens_qr(a):
    """R by plane rotations of neighbouring rows, both rows written at once."""
    r = a.copy()
    m, n = r.shape
    for j in range(n):
        for i in range(m - 1, j, -1):
            h = np.hypot(r[i - 1, j], r[i, j])
            c, s = r[i - 1, j] / h, r[i, j] / h
            upper = c * r[i - 1, j:] + s * r[i, j:]
            r[i, j:] = c * r[i, j:] - s * r[i - 1, j:]
            r[i - 1, j:] = upper
    return np.triu(r)


def qr_algorithm(a, steps):
    """Steps of the QR iteration with a shift, with rotations stored and applied from the right."""
    n = len(a)
    for _ in range(steps):
        shift = a[n - 1, n - 1]
        for i in range(n):
            a[i, i] -= shift
        cs, sn = np.ones(n), np.zeros(n)
        for k in range(n - 1):
            h = np.sqrt(a[k, k] ** 2 + a[k + 1, k] ** 2)
            cs[k], sn[k] = a[k, k] / h, a[k + 1, k] / h
            rows = a[k : k + 2].copy()
            a[k] = cs[k] * rows[0] + sn[k] * rows[1]
            a[k + 1] = cs[k] * rows[1] - sn[k] * rows[0]
        for k in range(n - 1):
            left = cs[k] * a[:, k] + sn[k] * a[:, k + 1]
            a[:, k + 1] = cs[k] * a[:, k + 1] - sn[k] * a[:, k]
            a[:, k] = left
        a += shift * np.eye(n)
    return a


def jacobi_eigenvalues(a, sweeps):
    """Jacobi's rotations on a symmetric matrix: rows and columns in place."""
    a = a.copy()
    n = a.shape[0]
    for _ in range(sweeps):
        for p in range(n - 1):
            for q in range(p + 1, n):
                if abs(a[p, q]) < 1e-14:
                    continue
                theta = 0.5 * (a[q, q] - a[p, p]) / a[p, q]
                sign = 1.0 if theta >= 0 else -1.0
                t = sign / (abs(theta) + np.sqrt(theta * theta + 1.0))
                c = 1.0 / np.sqrt(t * t + 1.0)
                s = t * c
                row_p, row_q = a[p].copy(), a[q].copy()
                a[p], a[q] = c * row_p - s * row_q, s * row_p + c * row_q
                col_p, col_q = a[:, p].copy(), a[:, q].copy()
                a[:, p], a[:, q] = c * col_p - s * col_q, s * col_p + c * col_q
    return np.diag(a)


def durbin(r):
    """The Yule-Walker equations of a Toeplitz matrix."""
    n = len(r)
    y = np.empty_like(r)
    y[0] = -r[0]
    alpha, beta = -r[0], 1.0
    for k in range(1, n):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return y


def levinson(r, b):
    """A symmetric Toeplitz system with a general right-hand side."""
    n = len(b)
    x, y, z = np.zeros(n), np.zeros(n), np.zeros(n)
    x[0] = b[0]
    if n > 1:
        y[0] = -r[0]
    beta, alpha = 1.0, -r[0]
    for k in range(1, n):
        beta = (1.0 - alpha**2) * beta
        mu = (b[k] - r[:k] @ x[k - 1 :: -1][:k]) / beta
        for i in range(k):
            x[i] += mu * y[k - 1 - i]
        x[k] = mu
        if k < n - 1:
            alpha = -(r[k] + r[:k] @ y[k - 1 :: -1][:k]) / beta
            for i in range(k):
                z[i] = y[i] + alpha * y[k - 1 - i]
            y[:k] = z[:k]
            y[k] = alpha
    return x


def rank_one_update(low, v):
    """The Cholesky factor of L L' + v v', column by column; v is used up."""
    low, v = low.copy(), v.copy()
    n = len(v)
    for k in range(n):
        r = np.sqrt(low[k, k] ** 2 + v[k] ** 2)
        c, s = r / low[k, k], v[k] / low[k, k]
        low[k, k] = r
        low[k + 1 :, k] = (low[k + 1 :, k] + s * v[k + 1 :]) / c
        v[k + 1 :] = c * v[k + 1 :] - s * low[k + 1 :, k]
    return low


def gauss_jordan(a):
    """The inverse in place, pivot by pivot."""
    n = a.shape[0]
    for k in range(n):
        pivot = a[k, k]
        a[k, k] = 1.0
        a[k, :] /= pivot
        for i in range(n):
            if i != k:
                factor = a[i, k]
                a[i, k] = 0.0
                a[i, :] -= factor * a[k, :]
    return a


def triangular_inverse(low):
    """The inverse of a lower triangle, column by column."""
    n = low.shape[0]
    inverse = np.zeros((n, n))
    for j in range(n):
        inverse[j, j] = 1.0 / low[j, j]
        for i in range(j + 1, n):
            total = 0.0
            for k in range(j, i):
                total -= low[i, k] * inverse[k, j]
            inverse[i, j] = total / low[i, i]
    return inverse


def banded_cholesky(diagonal, below, b):
    """A symmetric tridiagonal system: factor, forwards and backwards in the arrays given."""
    n = len(diagonal)
    for i in range(1, n):
        below[i - 1] /= np.sqrt(diagonal[i - 1])
        diagonal[i] -= below[i - 1] ** 2
    root = np.sqrt(diagonal)
    b[0] /= root[0]
    for i in range(1, n):
        b[i] = (b[i] - below[i - 1] * b[i - 1]) / root[i]
    b[-1] /= root[-1]
    for i in range(n - 2, -1, -1):
        b[i] = (b[i] - below[i] * b[i + 1]) / root[i]
    return b


def cyclic_thomas(low, mid, up, d, corner):
    """A periodic tridiagonal system by Sherman and Morrison: two solves with one matrix."""

    def solve(m, rhs):
        c, x = np.zeros(len(m)), np.zeros(len(m))
        c[0], x[0] = up[0] / m[0], rhs[0] / m[0]
        for i in range(1, len(m)):
            w = m[i] - low[i] * c[i - 1]
            c[i] = up[i] / w
            x[i] = (rhs[i] - low[i] * x[i - 1]) / w
        for i in range(len(m) - 2, -1, -1):
            x[i] = x[i] - c[i] * x[i + 1]
        return x

    gamma = -mid[0]
    changed = mid.copy()
    changed[0] -= gamma
    changed[-1] -= corner * corner / gamma
    x = solve(changed, d)
    u = np.zeros(len(d))
    u[0], u[-1] = gamma, corner
    z = solve(changed, u)
    fact = (x[0] + corner * x[-1] / gamma) / (1.0 + z[0] + corner * z[-1] / gamma)
    return x - fact * z


def hessenberg(a):
    """Reduction to Hessenberg form by elimination: row operations, then the matching columns."""
    n = len(a)
    for m in range(1, n - 1):
        for i in range(m + 1, n):
            y = a[i, m - 1] / a[m, m - 1]
            a[i, m - 1 :] -= y * a[m, m - 1 :]
            a[:, m] += y * a[:, i]
    return a


T = 0.4 * uniform(4, seed=5)
TRIANGLE = np.linalg.cholesky(spd(4, seed=3))
PROGRAMS = [
    Program(lu_solve, [(normal(4, 4), normal(4)), (normal(3, 3, seed=4), normal(3)), (spd(1), normal(1))]),
    Program(crout, [(spd(4),), (spd(1),), (spd(0),)]),
    Program(cholesky_rows, [(spd(4),), (spd(1),)]),
    Program(cholesky_columns, [(spd(4),), (spd(1),), (spd(0),)]),
    Program(ldl, [(spd(4),), (spd(1),)]),
    Program(classical_gram_schmidt, [(normal(4, 3),), (normal(2, 1),)]),
    Program(modified_gram_schmidt, [(normal(3, 3),), (normal(2, 1),)]),
    Program(householder_least_squares, [(normal(4, 2), normal(4)), (normal(2, 1), normal(2))]),
    Program(givens_qr, [(normal(4, 3),), (normal(3, 3),), (normal(1, 2),)]),
    Program(qr_algorithm, [(np.triu(normal(4, 4), -1), 2), (spd(1), 1), (normal(3, 3), 0)]),
    Program(jacobi_eigenvalues, [(spd(3), 2), (spd(3), 0), (spd(1), 2)]),
    Program(durbin, [(T,), (T[:1],)]),
    Program(levinson, [(T, normal(4)), (T[:1], normal(1)), (T[:2], normal(2))]),
    Program(rank_one_update, [(TRIANGLE, normal(4)), (TRIANGLE[:1, :1], normal(1))]),
    Program(gauss_jordan, [(spd(3),), (spd(1),), (spd(0),)]),
    Program(triangular_inverse, [(TRIANGLE,), (TRIANGLE[:1, :1],)]),
    Program(
        banded_cholesky, [(3.0 + positive(4), normal(3), normal(4)), (positive(1), normal(0), normal(1))]
    ),
    Program(cyclic_thomas, [(normal(4), 5.0 + positive(4), normal(4, seed=1), normal(4, seed=2), 0.7)]),
    Program(hessenberg, [(normal(4, 4),), (normal(2, 2),)]),
]
