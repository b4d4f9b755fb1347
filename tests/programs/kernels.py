"""Dense and sparse kernels in loops, as they come from Fortran."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def gemver(a, u1, v1, u2, v2, y, z, alpha, beta):
    """A rank-2 update, then two products with the updated matrix."""
    a += np.outer(u1, v1) + np.outer(u2, v2)
    x = beta * y @ a + z
    return alpha * a @ x


def gesummv(a, b, x, alpha, beta):
    """Two products summed row by row."""
    n = len(x)
    tmp, y = np.zeros(n), np.zeros(n)
    for i in range(n):
        for j in range(n):
            tmp[i] += a[i, j] * x[j]
            y[i] += b[i, j] * x[j]
        y[i] = alpha * tmp[i] + beta * y[i]
    return y


def atax(a, x):
    """A' (A x), one row at a time."""
    y = np.zeros(a.shape[1])
    for row in a:
        y += row * (row @ x)
    return y


def bicg_kernel(a, p, r):
    """A' r and A p in the same sweep."""
    s, q = np.zeros(a.shape[1]), np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s[j] += r[i] * a[i, j]
            q[i] += a[i, j] * p[j]
    return s, q


def mvt(a, x1, x2, y1, y2):
    """x1 += A y1 and x2 += A' y2 into the arguments."""
    x1 += a @ y1
    x2 += y2 @ a
    return x1 * x2


def symm(a, b, c, alpha, beta):
    """A symmetric matrix, of which the lower triangle is stored, times B."""
    m, n = c.shape
    for i in range(m):
        for j in range(n):
            temp = 0.0
            for k in range(i):
                c[k, j] += alpha * b[i, j] * a[i, k]
                temp += b[k, j] * a[i, k]
            c[i, j] = beta * c[i, j] + alpha * b[i, j] * a[i, i] + alpha * temp
    return c


def trmm(a, b, alpha):
    """B becomes alpha A' B for a unit lower triangle A."""
    m, n = b.shape
    for i in range(m):
        for j in range(n):
            b[i, j] += a[i + 1 :, i] @ b[i + 1 :, j]
            b[i, j] *= alpha
    return b


def syrk(a, c, alpha, beta):
    """The lower triangle of beta C + alpha A A'."""
    for i in range(len(c)):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += alpha * a[i, k] * a[: i + 1, k]
    return c


def syr2k(a, b, c, alpha, beta):
    """The lower triangle of beta C + alpha (A B' + B A')."""
    n, m = a.shape
    for i in range(n):
        for j in range(i + 1):
            c[i, j] *= beta
        for k in range(m):
            for j in range(i + 1):
                c[i, j] += a[j, k] * alpha * b[i, k] + b[j, k] * alpha * a[i, k]
    return c


def doitgen(a, c4):
    """Every fibre of a tensor times a matrix, through a buffer that is used again."""
    nr, nq, np_ = a.shape
    total = np.zeros(np_)
    for r in range(nr):
        for q in range(nq):
            for p in range(np_):
                total[p] = 0.0
                for s in range(np_):
                    total[p] += a[r, q, s] * c4[s, p]
            a[r, q, :] = total
    return a


def two_products(a, b, c, d, alpha, beta):
    """D = alpha A B C + beta D with the intermediate product in an array."""
    tmp = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                tmp[i, j] += alpha * a[i, k] * b[k, j]
    d[:] = beta * d + tmp @ c
    return d


def three_products(a, b, c, d):
    """(A B)(C D)."""
    e = a @ b
    f = c @ d
    return e @ f


def correlation(data, eps):
    """The correlation matrix, standardised in place, upper triangle mirrored."""
    n, m = data.shape
    mean = np.zeros(m)
    for j in range(m):
        for i in range(n):
            mean[j] += data[i, j]
        mean[j] /= n
    stddev = np.zeros(m)
    for j in range(m):
        stddev[j] = np.sqrt(np.mean((data[:, j] - mean[j]) ** 2))
        if stddev[j] <= eps:
            stddev[j] = 1.0
    data -= mean
    data /= np.sqrt(n) * stddev
    corr = np.eye(m)
    for i in range(m - 1):
        corr[i, i + 1 :] = data[:, i] @ data[:, i + 1 :]
        corr[i + 1 :, i] = corr[i, i + 1 :]
    return corr


def covariance(data):
    """The covariance matrix, each pair of columns once."""
    n, m = data.shape
    data -= np.sum(data, axis=0) / n
    cov = np.empty((m, m))
    for i in range(m):
        for j in range(i, m):
            cov[i, j] = np.sum(data[:, i] * data[:, j]) / (n - 1.0)
            cov[j, i] = cov[i, j]
    return cov


def csr_product(values, columns, starts, x):
    """A sparse matrix in compressed rows times a vector."""
    y = np.zeros(len(starts) - 1)
    for i in range(len(y)):
        for k in range(starts[i], starts[i + 1]):
            y[i] += values[k] * x[columns[k]]
    return y


def csr_gather(values, columns, starts, x):
    """The same with one gather for each row."""
    y = np.empty(starts.size - 1)
    for i in range(starts.size - 1):
        lo, hi = starts[i], starts[i + 1]
        y[i] = values[lo:hi] @ x[columns[lo:hi]]
    return y


def sparse_triangular_solve(values, columns, starts, b):
    """Forward substitution with a sparse lower triangle whose diagonal ends each row."""
    x = b.copy()
    for i in range(len(b)):
        last = starts[i + 1] - 1
        for k in range(starts[i], last):
            x[i] -= values[k] * x[columns[k]]
        x[i] /= values[last]
    return x


def clipped_kernel(a, b, c, low, high):
    """A compute kernel: clip, scale, mix."""
    return np.clip(a, low, high) * c + b * np.clip(a - b, 0.5 * low, 0.5 * high)


def blocked_product(a, b, block):
    """A matrix product in tiles that are views."""
    n, m, p = a.shape[0], a.shape[1], b.shape[1]
    c = np.zeros((n, p))
    for i in range(0, n, block):
        for j in range(0, p, block):
            tile = c[i : i + block, j : j + block]
            for k in range(0, m, block):
                tile += a[i : i + block, k : k + block] @ b[k : k + block, j : j + block]
    return c


def chain_by_halves(mats):
    """A chain of matrices multiplied from the left and from the right towards the middle."""
    n = mats.shape[0]
    left = right = np.eye(mats.shape[1])
    for i in range(n // 2):
        left = left @ mats[i]
        right = mats[n - 1 - i] @ right
    if n % 2:
        left = left @ mats[n // 2]
    return left @ right


def matrix_exponential(a, terms, squarings):
    """Scaling and squaring around a Taylor sum in place."""
    a = a / 2.0**squarings
    term = np.eye(len(a))
    total = term.copy()
    for k in range(1, terms + 1):
        term = term @ a / k
        total += term
    for _ in range(squarings):
        total = total @ total
    return total


def khatri_rao(a, b, c, x):
    """One factor of a tensor decomposition: loops over the columns."""
    result = np.zeros((x.shape[0], b.shape[1]))
    for r in range(b.shape[1]):
        for j in range(x.shape[1]):
            for k in range(x.shape[2]):
                result[:, r] += x[:, j, k] * b[j, r] * c[k, r]
    gram = (b.T @ b) * (c.T @ c)
    return result - a @ gram


def self_energies(g, d, neighbours, dh):
    """Scattering self energies: small matrix products over energies, momenta and neighbours."""
    nk, ne, na = g.shape[:3]
    sigma = np.zeros_like(g)
    for k in range(nk):
        for e in range(ne):
            for q in range(d.shape[0]):
                for w in range(d.shape[1]):
                    for a in range(na):
                        for b in range(dh.shape[1]):
                            if e - w >= 0:
                                left = g[k - q, e - w, neighbours[a, b]] @ dh[a, b]
                                sigma[k, e, a] += left @ (dh[a, b] * d[q, w, a, b])
    return sigma


COLUMNS = np.array([0, 2, 1, 0, 1, 2, 3])
STARTS = np.array([0, 2, 3, 3, 7])
LOWER = (3.0 * positive(6), np.array([0, 0, 1, 1, 0, 2]), np.array([0, 1, 3, 4, 6]))
V = [normal(4, seed=s) for s in range(8)]
PROGRAMS = [
    Program(
        gemver,
        [
            (normal(4, 4), *V[:4], V[4], V[5], 1.5, 0.7),
            (normal(1, 1), *[v[:1] for v in V[:6]], 1.5, 0.7),
        ],
    ),
    Program(
        gesummv,
        [
            (normal(3, 3), normal(3, 3, seed=1), normal(3), 1.5, 0.7),
            (normal(0, 0),) * 2 + (normal(0), 1.5, 0.7),
        ],
    ),
    Program(atax, [(normal(3, 4), normal(4)), (normal(0, 2), normal(2))]),
    Program(
        bicg_kernel, [(normal(3, 2), normal(2), normal(3)), (normal(1, 1), normal(1), normal(1, seed=1))]
    ),
    Program(mvt, [(normal(4, 4), *V[:4]), (normal(1, 1), *[v[:1] for v in V[:4]])]),
    Program(
        symm,
        [
            (normal(3, 3), normal(3, 2), normal(3, 2, seed=1), 1.5, 0.7),
            (normal(1, 1),) + (normal(1, 1), normal(1, 1, seed=1), 1.5, 0.7),
        ],
    ),
    Program(trmm, [(normal(3, 3), normal(3, 2), 1.5), (normal(1, 1), normal(1, 2), 1.5)]),
    Program(syrk, [(normal(3, 2), normal(3, 3), 1.5, 0.7), (normal(2, 0), normal(2, 2), 1.5, 0.7)]),
    Program(
        syr2k,
        [
            (normal(3, 2), normal(3, 2, seed=1), normal(3, 3), 1.5, 0.7),
            (normal(1, 1), normal(1, 1, seed=1), normal(1, 1, seed=2), 1.5, 0.7),
        ],
    ),
    Program(doitgen, [(normal(2, 2, 3), normal(3, 3)), (normal(1, 1, 1), normal(1, 1))]),
    Program(
        two_products,
        [
            (normal(2, 3), normal(3, 2), normal(2, 2), normal(2, 2, seed=1), 1.5, 0.7),
            (normal(1, 0), normal(0, 1), normal(1, 2), normal(1, 2, seed=1), 1.5, 0.7),
        ],
    ),
    Program(
        three_products,
        [(normal(2, 3), normal(3, 4), normal(4, 2), normal(2, 3, seed=1)), (normal(1, 1),) * 4],
    ),
    Program(correlation, [(normal(5, 3), 0.1), (normal(2, 1), 0.1)], argnums=(0,)),
    Program(covariance, [(normal(5, 3),), (normal(2, 1),)]),
    Program(
        csr_product,
        [(normal(7), COLUMNS, STARTS, normal(4)), (normal(0), COLUMNS[:0], STARTS[:1], normal(2))],
    ),
    Program(
        csr_gather,
        [(normal(7), COLUMNS, STARTS, normal(4)), (normal(1), np.array([1]), np.array([0, 1]), normal(2))],
    ),
    Program(
        sparse_triangular_solve,
        [(*LOWER, normal(4)), (positive(1), np.array([0]), np.array([0, 1]), normal(1))],
    ),
    Program(
        clipped_kernel,
        [
            (normal(6), normal(6, seed=1), 1.5, -0.8, 0.9),
            (normal(2, 2), normal(2, 2, seed=1), 0.3, -0.2, 0.1),
        ],
    ),
    Program(blocked_product, [(normal(3, 4), normal(4, 3), 2), (normal(2, 2), normal(2, 2, seed=1), 5)]),
    Program(chain_by_halves, [(normal(5, 2, 2),), (normal(2, 2, 2),), (normal(0, 2, 2),)]),
    Program(matrix_exponential, [(normal(3, 3), 5, 2), (normal(1, 1), 0, 0)]),
    Program(
        khatri_rao,
        [
            (normal(2, 2), normal(3, 2), normal(2, 2, seed=1), normal(2, 3, 2)),
            (normal(1, 1), normal(1, 1), normal(1, 1, seed=1), normal(1, 1, 1)),
        ],
    ),
    Program(
        self_energies,
        [
            (normal(2, 2, 2, 2, 2), normal(1, 2, 2, 2), np.array([[0, 1], [1, 0]]), normal(2, 2, 2, 2)),
            (normal(1, 1, 1, 1, 1), normal(1, 1, 1, 1), np.array([[0]]), normal(1, 1, 1, 1)),
        ],
    ),
]
