"""Iterative linear algebra: Krylov methods, eigenvalue iterations, page rank."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, spd, stochastic


def bicgstab(a, b, n):
    """Steps of the stabilised biconjugate gradients."""
    x = np.zeros_like(b)
    r = b - a @ x
    shadow = r.copy()
    rho = alpha = omega = 1.0
    v, p = np.zeros_like(b), np.zeros_like(b)
    for _ in range(n):
        rho_new = shadow @ r
        beta = rho_new / rho * (alpha / omega)
        p = r + beta * (p - omega * v)
        v = a @ p
        alpha = rho_new / (shadow @ v)
        s = r - alpha * v
        t = a @ s
        omega = (t @ s) / (t @ t)
        x += alpha * p + omega * s
        r = s - omega * t
        rho = rho_new
    return x


def gmres(a, b, m):
    """Arnoldi's basis, rotations on the Hessenberg matrix, a small triangular solve."""
    n = len(b)
    q, h = np.zeros((n, m + 1)), np.zeros((m + 1, m))
    cs, sn = np.zeros(m), np.zeros(m)
    beta = np.linalg.norm(b)
    q[:, 0] = b / beta
    g = np.zeros(m + 1)
    g[0] = beta
    for k in range(m):
        w = a @ q[:, k]
        for i in range(k + 1):
            h[i, k] = q[:, i] @ w
            w -= h[i, k] * q[:, i]
        h[k + 1, k] = np.sqrt(w @ w)
        q[:, k + 1] = w / h[k + 1, k]
        for i in range(k):
            turned = cs[i] * h[i, k] + sn[i] * h[i + 1, k]
            h[i + 1, k] = -sn[i] * h[i, k] + cs[i] * h[i + 1, k]
            h[i, k] = turned
        size = np.hypot(h[k, k], h[k + 1, k])
        cs[k], sn[k] = h[k, k] / size, h[k + 1, k] / size
        h[k, k], h[k + 1, k] = size, 0.0
        g[k + 1] = -sn[k] * g[k]
        g[k] = cs[k] * g[k]
    y = np.zeros(m)
    for i in range(m - 1, -1, -1):
        y[i] = (g[i] - h[i, i + 1 : m] @ y[i + 1 : m]) / h[i, i]
    return q[:, :m] @ y


def lanczos(a, v, m):
    """The coefficients of the tridiagonal matrix."""
    alpha, beta = np.zeros(m), np.zeros(m)
    previous = np.zeros_like(v)
    v = v / np.sqrt(v @ v)
    for j in range(m):
        w = a @ v
        alpha[j] = w @ v
        w -= alpha[j] * v
        if j > 0:
            w -= beta[j - 1] * previous
        beta[j] = np.linalg.norm(w)
        previous, v = v, w / beta[j]
    return alpha, beta


def matrix_free_gradients(k, b, tol):
    """Conjugate gradients on a diffusion operator that is only applied, until the residual is small."""

    def apply(u):
        out = 0.5 * u
        flux = k * (u[1:] - u[:-1])
        out[:-1] -= flux
        out[1:] += flux
        return out

    x = np.zeros_like(b)
    r = b.copy()
    p = r.copy()
    rho = r @ r
    trips = 0
    while np.sqrt(rho) > tol and trips < 20:
        q = apply(p)
        alpha = rho / (p @ q)
        x += alpha * p
        r -= alpha * q
        rho, old = r @ r, rho
        p = r + rho / old * p
        trips += 1
    return x


def deflation(a, starts, steps):
    """Several eigenvalues by powers, each taken out of the matrix in place."""
    a = a.copy()
    values = np.zeros(len(starts))
    for k in range(len(starts)):
        v = starts[k]
        for _ in range(steps):
            v = a @ v
            v = v / np.sqrt(np.sum(v * v))
        values[k] = v @ a @ v
        a -= values[k] * np.outer(v, v)
    return values


def inverse_iteration(a, v, shift, n):
    """A shifted solve in every step and the Rayleigh quotient at the end."""
    for _ in range(n):
        v = np.linalg.solve(a - shift * np.eye(len(v)), v)
        v /= np.max(np.abs(v))
    return v @ a @ v / (v @ v)


def page_rank(weights, follows, damping, n):
    """Power steps with teleportation; pages without links share evenly."""
    size = follows.shape[0]
    links = np.where(follows, weights, 0.0)
    out = links.sum(axis=1)
    rank = np.full(size, 1.0 / size)
    for _ in range(n):
        new = np.full(size, (1.0 - damping) / size)
        for i in range(size):
            if follows[i].any():
                new += damping * rank[i] * links[i] / out[i]
            else:
                new += damping * rank[i] / size
        rank = new
    return rank


def chebyshev_iteration(a, b, low, high, n):
    """Chebyshev's semi-iteration between two bounds of the spectrum."""
    d, c = 0.5 * (high + low), 0.5 * (high - low)
    x = np.zeros_like(b)
    r = b - a @ x
    for i in range(n):
        if i == 0:
            p = r.copy()
            alpha = 1.0 / d
        else:
            beta = (0.5 * c * alpha) ** 2 if i > 1 else 0.5 * (c * alpha) ** 2
            alpha = 1.0 / (d - beta / alpha)
            p = r + beta * p
        x = x + alpha * p
        r = b - a @ x
    return x


def kaczmarz(a, b, sweeps):
    """Projections onto one equation after the other."""
    x = np.zeros(a.shape[1])
    for _ in range(sweeps):
        for i in range(a.shape[0]):
            x += (b[i] - a[i] @ x) / (a[i] @ a[i]) * a[i]
    return x


def subspace_iteration(a, v, n):
    """Orthonormalised powers of a block; the columns are overwritten one by one."""
    for _ in range(n):
        v = a @ v
        for j in range(v.shape[1]):
            for i in range(j):
                v[:, j] -= (v[:, i] @ v[:, j]) * v[:, i]
            v[:, j] /= np.linalg.norm(v[:, j])
    return v.T @ a @ v


def cimmino(a, b, weights, n):
    """All projections at once, averaged, with the rows' norms taken before."""
    norms = np.einsum("ij,ij->i", a, a)
    x = np.zeros(a.shape[1])
    for _ in range(n):
        x = x + np.einsum("i,ij->j", weights * (b - a @ x) / norms, a)
    return x


A = normal(3, 3, seed=3) + 3.0 * np.eye(3)
LINKS = np.array([[0, 1, 1, 0], [0, 0, 1, 0], [1, 1, 0, 1], [0, 0, 0, 0]], dtype=bool)
PROGRAMS = [
    Program(bicgstab, [(A, normal(3), 1), (A, normal(3), 0), (normal(1, 1) + 3.0, normal(1), 0)]),
    Program(gmres, [(A, normal(3), 2), (A, normal(3), 0)]),
    Program(lanczos, [(spd(4), normal(4), 3), (spd(3), normal(3), 1)]),
    Program(
        matrix_free_gradients,
        [(positive(3), normal(4), 1e-9), (positive(0), normal(1), 1e-9), (positive(3), normal(4), 1e3)],
        argnums=(0, 1),
    ),
    Program(deflation, [(spd(3), normal(2, 3), 3), (spd(1), normal(1, 1), 1), (spd(2), normal(0, 2), 1)]),
    Program(inverse_iteration, [(spd(3), normal(3), -0.3, 2), (spd(2), normal(2), -0.3, 0)]),
    Program(page_rank, [(positive(4, 4), LINKS, 0.85, 3), (positive(1, 1), LINKS[:1, :1], 0.85, 2)]),
    Program(chebyshev_iteration, [(spd(3), normal(3), 0.8, 4.0, 4), (spd(1), normal(1), 0.8, 4.0, 1)]),
    Program(
        kaczmarz, [(normal(4, 3), normal(4), 2), (normal(1, 1), normal(1), 1), (normal(0, 2), normal(0), 1)]
    ),
    Program(subspace_iteration, [(spd(3), normal(3, 2), 2), (spd(3), normal(3, 1), 1)]),
    Program(
        cimmino, [(normal(4, 3), normal(4), stochastic(4), 2), (normal(1, 2), normal(1), positive(1), 0)]
    ),
]
