"""Fitting procedures unrolled: their outcome is differentiated through every step."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, spd, stochastic


def adam_in_place(w, x, y, rate, n):
    """Moments and parameters updated in place, one sample after the other."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, n + 1):
        row = x[t % len(x)]
        g = 2.0 * (w @ row - y[t % len(y)]) * row
        m += 0.1 * (g - m)
        v += 0.01 * (g * g - v)
        w -= rate * (m / (1.0 - 0.9**t)) / (np.sqrt(v / (1.0 - 0.99**t)) + 0.1)
    return w


def nesterov(w, a, b, rate, n):
    """Acceleration with a sequence of weights and a look ahead."""
    look, t = w.copy(), 1.0
    for _ in range(n):
        new = look - rate * (a @ look - b)
        t_new = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * t * t))
        look = new + (t - 1.0) / t_new * (new - w)
        w, t = new, t_new
    return w


def newton_line_search(x, a, scale):
    """Newton's direction, halved while the function does not fall."""

    def f(z):
        return np.sum(scale * np.log(np.cosh(z))) + 0.5 * z @ a @ z - np.sum(z)

    for _ in range(3):
        t = np.tanh(x)
        g = scale * t + a @ x - 1.0
        hess = a.copy()
        for i in range(len(x)):
            hess[i, i] += scale * (1.0 - t[i] ** 2)
        p = -np.linalg.solve(hess, g)
        step = 1.0
        while f(x + step * p) > f(x) + 1e-4 * step * (g @ p) and step > 1e-3:
            step *= 0.5
        x = x + step * p
    return x


def bfgs(x, a, n):
    """The inverse Hessian updated in place by rank two."""
    h = np.eye(len(x))

    def gradient(z):
        return a @ z + z**3

    g = gradient(x)
    for _ in range(n):
        s = -0.3 * h @ g
        x = x + s
        new = gradient(x)
        y = new - g
        g = new
        rho = 1.0 / (y @ s)
        hy = h @ y
        h += rho * (1.0 + rho * (y @ hy)) * np.outer(s, s) - rho * (np.outer(hy, s) + np.outer(s, hy))
    return x


def sinkhorn(cost, p, q, eps, n):
    """Scalings in turn, then the cost of the plan."""
    k = np.exp(-cost / eps)
    u, v = np.ones(len(p)), np.ones(len(q))
    for _ in range(n):
        u = p / (k @ v)
        v = q / (u @ k)
    plan = u[:, None] * k * v
    return np.sum(plan * cost)


def sinkhorn_in_logarithms(cost, p, q, eps, n):
    """Potentials updated entry by entry with stable sums."""
    f, g = np.zeros(len(p)), np.zeros(len(q))
    for _ in range(n):
        for i in range(len(p)):
            z = (g - cost[i]) / eps
            top = z.max()
            f[i] = eps * (np.log(p[i]) - top - np.log(np.sum(np.exp(z - top))))
        for j in range(len(q)):
            z = (f - cost[:, j]) / eps
            top = z.max()
            g[j] = eps * (np.log(q[j]) - top - np.log(np.sum(np.exp(z - top))))
    return f @ p + g @ q


def soft_k_means(points, centres, beta, n):
    """Responsibilities and weighted means; centres are overwritten."""
    for _ in range(n):
        d2 = np.sum((points[:, None, :] - centres[None, :, :]) ** 2, axis=2)
        r = np.exp(-beta * (d2 - d2.min(axis=1, keepdims=True)))
        r /= r.sum(axis=1, keepdims=True)
        for k in range(len(centres)):
            centres[k] = r[:, k] @ points / np.sum(r[:, k])
    return centres


def hard_k_means(points, centres, n):
    """Each point joins the nearest centre; sums and counts by group."""
    for _ in range(n):
        sums, counts = np.zeros_like(centres), np.zeros(len(centres))
        for p in points:
            best, nearest = np.inf, 0
            for k in range(len(centres)):
                d = np.sum((p - centres[k]) ** 2)
                if d < best:
                    best, nearest = d, k
            sums[nearest] += p
            counts[nearest] += 1.0
        for k in range(len(centres)):
            if counts[k] > 0:
                centres[k] = sums[k] / counts[k]
    return centres


def matrix_factorisation(x, w, h, n):
    """Multiplicative updates of two non-negative factors, in place."""
    for _ in range(n):
        h *= (w.T @ x) / (w.T @ w @ h + 1e-6)
        w *= (x @ h.T) / (w @ h @ h.T + 1e-6)
    return w @ h


def soft_threshold_iteration(x, a, b, penalty, rate, n):
    """ISTA: a gradient step, then shrinkage by np.where."""
    for _ in range(n):
        z = x - rate * (a.T @ (a @ x - b))
        x = np.where(np.abs(z) > rate * penalty, z - rate * penalty * np.sign(z), 0.0)
    return x


def alternating_multipliers(a, b, penalty, rho, n):
    """ADMM for the lasso: a solve, a shrinkage, a dual step in place."""
    d = a.shape[1]
    z, u = np.zeros(d), np.zeros(d)
    m = np.linalg.inv(a.T @ a + rho * np.eye(d))
    for _ in range(n):
        x = m @ (a.T @ b + rho * (z - u))
        v = x + u
        z = np.maximum(v - penalty / rho, 0.0) - np.maximum(-v - penalty / rho, 0.0)
        u += x - z
    return z + u


def oja(w, x, rate):
    """The first principal component, learnt from a stream."""
    for row in x:
        y = w @ row
        w += rate * y * (row - y * w)
    return w / np.linalg.norm(w)


def projected_gradient(w, mu, cov, rate, n):
    """Steps on the simplex: negative weights are clipped, the rest is rescaled."""
    for _ in range(n):
        w = w + rate * (mu - cov @ w)
        w = np.clip(w, 0.01, 1.0)
        w = w / w.sum()
    return w


def boosting_weights(margins, n):
    """AdaBoost on given weak learners, the weights of the samples in place."""
    weights = np.full(margins.shape[1], 1.0 / margins.shape[1])
    score = np.zeros(margins.shape[1])
    for t in range(n):
        edge = np.sum(weights * np.tanh(margins[t]))
        alpha = 0.5 * np.log((1.0 + edge) / (1.0 - edge))
        score += alpha * margins[t]
        weights *= np.exp(-alpha * margins[t])
        weights /= np.sum(weights)
    return score, weights


def temporal_differences(rewards, features, theta, rate, gamma, trace):
    """TD with eligibility traces along one episode."""
    e = np.zeros_like(theta)
    for t in range(len(rewards)):
        delta = rewards[t] + gamma * features[t + 1] @ theta - features[t] @ theta
        e *= gamma * trace
        e += features[t]
        theta += rate * delta * e
    return theta


def value_iteration(rewards, transitions, gamma, n):
    """Bellman's operator with a hard maximum, state by state in place."""
    value = np.zeros(len(rewards))
    for _ in range(n):
        for s in range(len(rewards)):
            best = -1e9
            for a in range(transitions.shape[0]):
                q = rewards[s] + gamma * transitions[a, s] @ value
                best = max(best, q)
            value[s] = best
    return value


COST = positive(3, 2)
SIMPLEX = stochastic(3)
PROGRAMS = [
    Program(
        adam_in_place,
        [(normal(3), normal(2, 3), normal(2), 0.1, 3), (normal(1), normal(1, 1), normal(1), 0.1, 0)],
    ),
    Program(
        nesterov, [(normal(3), spd(3), normal(3, seed=1), 0.1, 3), (normal(1), spd(1), normal(1), 0.1, 0)]
    ),
    Program(
        newton_line_search, [(normal(2), spd(2), 0.7), (np.array([4.0]), spd(1), 20.0)], argnums=(0, 1, 2)
    ),
    Program(bfgs, [(normal(2), spd(2), 2), (normal(1), spd(1), 0)]),
    Program(
        sinkhorn, [(COST, SIMPLEX, stochastic(2), 0.5, 4), (COST[:1, :1], np.ones(1), np.ones(1), 0.5, 0)]
    ),
    Program(
        sinkhorn_in_logarithms,
        [(COST, SIMPLEX, stochastic(2), 0.5, 2), (COST[:1, :1], positive(1), positive(1), 0.5, 1)],
    ),
    Program(
        soft_k_means,
        [(normal(4, 2), normal(2, 2, seed=1), 0.8, 2), (normal(1, 1), normal(1, 1, seed=1), 0.8, 1)],
    ),
    Program(
        hard_k_means,
        [
            (normal(5, 2), normal(2, 2, seed=1), 2),
            (normal(1, 1), normal(2, 1), 1),
            (normal(0, 1), normal(1, 1), 1),
        ],
    ),
    Program(
        matrix_factorisation,
        [
            (positive(3, 3), positive(3, 2), positive(2, 3), 2),
            (positive(1, 1), positive(1, 1), positive(1, 1, seed=1), 0),
        ],
    ),
    Program(
        soft_threshold_iteration,
        [
            (normal(3), normal(4, 3), normal(4), 0.4, 0.1, 3),
            (normal(1), normal(1, 1), normal(1), 0.4, 0.1, 0),
        ],
    ),
    Program(
        alternating_multipliers,
        [(normal(4, 2), normal(4), 0.3, 1.0, 2), (normal(1, 1), normal(1, seed=1), 0.3, 1.0, 1)],
    ),
    Program(oja, [(normal(3), normal(3, 3), 0.2), (normal(1), normal(0, 1), 0.2)]),
    Program(
        projected_gradient, [(SIMPLEX, normal(3), spd(3), 0.2, 3), (np.ones(1), normal(1), spd(1), 0.2, 0)]
    ),
    Program(boosting_weights, [(0.4 * normal(3, 4), 3), (0.4 * normal(1, 1), 1)]),
    Program(
        temporal_differences,
        [
            (normal(3), normal(4, 2), normal(2), 0.2, 0.9, 0.8),
            (normal(0), normal(1, 1), normal(1), 0.2, 0.9, 0.8),
        ],
    ),
    Program(
        value_iteration, [(normal(3), stochastic(2, 3, 3), 0.8, 2), (normal(1), stochastic(1, 1, 1), 0.8, 1)]
    ),
]
