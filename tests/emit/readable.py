"""Programs as people write them, whose emitted derivatives are kept as golden files and read by the authors."""

from __future__ import annotations

import math

import numpy as np


def lu_logdet(A):
    A = A.copy()
    n = A.shape[0]
    s = 0.0
    for k in range(n):
        s += math.log(abs(A[k, k]))
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            for j in range(k + 1, n):
                A[i, j] -= A[i, k] * A[k, j]
    return s


def chol_logdet(A):
    n = len(A)
    L = np.zeros_like(A)
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j] - np.dot(L[i, :j], L[j, :j])
            if i == j:
                L[i, j] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return 2 * np.sum(np.log(np.diag(L)))


def rk4(y, theta, h=0.1, steps=20):
    def f(y):
        return np.array([y[1], -theta[0] * np.sin(y[0]) - theta[1] * y[1]])

    for _ in range(steps):
        k1 = f(y)
        k2 = f(y + h / 2 * k1)
        k3 = f(y + h / 2 * k2)
        k4 = f(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y @ y


def newton(a):
    x = 1.0
    while abs(x * x - a) > 1e-10:
        x = 0.5 * (x + a / x)
    return x


def logistic(w, X, y, lam):
    z = X @ w
    return np.mean(np.logaddexp(0.0, z) - y * z) + 0.5 * lam * np.sum(w**2)


def mlp(params, X, Y):
    h = X
    for W, b in params[:-1]:
        h = np.tanh(h @ W + b)
    W, b = params[-1]
    logits = h @ W + b
    m = logits - np.max(logits, axis=1, keepdims=True)
    logp = m - np.log(np.sum(np.exp(m), axis=1, keepdims=True))
    return -np.mean(np.sum(logp * Y, axis=1))


def gmm(X, mu, sigma, logw):
    total = 0.0
    for x in X:
        best = -np.inf
        comps = np.zeros(len(mu))
        for k in range(len(mu)):
            comps[k] = logw[k] - np.log(sigma[k]) - 0.5 * ((x - mu[k]) / sigma[k]) ** 2
            if comps[k] > best:
                best = comps[k]
        total += best + np.log(np.sum(np.exp(comps - best)))
    return total


def kalman(z, q, r):
    x, p = 0.0, 1.0
    ll = 0.0
    for zi in z:
        p = p + q
        s = p + r
        k = p / s
        e = zi - x
        ll -= 0.5 * (math.log(s) + e * e / s)
        x = x + k * e
        p = (1 - k) * p
    return ll


def jacobi(b, iters):
    n = b.shape[0]
    u = np.zeros((n, n))
    v = np.zeros((n, n))
    for _ in range(iters):
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - b[1:-1, 1:-1])
        u, v = v, u
    return np.sum(u * u)


def find(x, target):
    s = 0.0
    for i in range(len(x)):
        if x[i] < 0:
            continue
        s += x[i] ** 2
        if s > target:
            return s * x[i]
    return s


def fact(x, n):
    if n <= 0:
        return x
    return fact(x * x + 0.1, n - 1) * x


def dtw(a, b):
    n, m = len(a), len(b)
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            c = (a[i - 1] - b[j - 1]) ** 2
            D[i, j] = c + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D[n, m]


def collected(x):
    """A list that grows in a loop."""
    values = []
    for v in x:
        values.append(np.sin(v) * v)
    return np.array(values)


class Body:
    def __init__(self, position, mass):
        self.position = position
        self.mass = mass
        self.force = 0.0

    def kick(self, dt):
        self.position = self.position + dt * self.force / self.mass


def bodies(x, steps):
    """Objects in a list that act on each other."""
    bodies = [Body(v, 1.0 + v * v) for v in x]
    for _ in range(steps):
        for a in bodies:
            a.force = 0.0
            for b in bodies:
                if a is not b:
                    a.force += b.mass * (b.position - a.position)
        for a in bodies:
            a.kick(0.1)
    return sum(b.position * b.position * b.mass for b in bodies)


def jittered(matrix):
    """A factorisation that is tried again."""
    jitter = 1e-6
    while True:
        try:
            factor = np.linalg.cholesky(matrix + jitter * np.eye(len(matrix)))
            break
        except np.linalg.LinAlgError:
            jitter *= 10.0
    return 2.0 * np.sum(np.log(np.diag(factor)))


_RNG = np.random.default_rng(3)
_A = _RNG.normal(size=(4, 4))
_LAYERS = [(_RNG.normal(size=(3, 4)), _RNG.normal(size=4)), (_RNG.normal(size=(4, 2)), _RNG.normal(size=2))]

READABLE = {
    lu_logdet: ((_A,), (0,)),
    chol_logdet: ((_A @ _A.T + np.eye(4),), (0,)),
    rk4: ((_RNG.normal(size=2), _RNG.normal(size=2)), (0, 1)),
    newton: ((2.0,), (0,)),
    logistic: (
        (_RNG.normal(size=3), _RNG.normal(size=(5, 3)), np.array([0.0, 1.0, 1.0, 0.0, 1.0]), 0.1),
        (0,),
    ),
    mlp: ((_LAYERS, _RNG.normal(size=(5, 3)), np.eye(2)[[0, 1, 1, 0, 1]]), (0,)),
    gmm: ((_RNG.normal(size=6), _RNG.normal(size=2), np.array([1.0, 2.0]), np.log([0.3, 0.7])), (1, 2, 3)),
    kalman: ((_RNG.normal(size=7), 0.1, 0.2), (1, 2)),
    jacobi: ((_RNG.normal(size=(5, 5)), 4), (0,)),
    find: ((_RNG.normal(size=8), 1.0), (0,)),
    fact: ((0.7, 3), (0,)),
    dtw: ((_RNG.normal(size=3), _RNG.normal(size=4)), (0, 1)),
    collected: ((_RNG.normal(size=4),), (0,)),
    bodies: ((_RNG.normal(size=3), 2), (0,)),
    jittered: ((_A @ _A.T + 0.1 * np.eye(4),), (0,)),
}
"""Each program with arguments and the positions of those that are differentiated."""
