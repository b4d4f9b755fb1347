"""Likelihoods and losses."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, spd, stochastic


def gaussian_mixture(x, logits, mu, log_sigma):
    """Log likelihood of a mixture, with the largest exponent taken out."""
    log_w = logits - np.log(np.sum(np.exp(logits)))
    z = (x[:, None] - mu) / np.exp(log_sigma)
    log_p = log_w - 0.5 * z**2 - log_sigma - 0.5 * np.log(2.0 * np.pi)
    top = np.max(log_p, axis=1, keepdims=True)
    return np.sum(np.log(np.sum(np.exp(log_p - top), axis=1)) + top[:, 0])


def hmm_forward(observations, start, transition, emission):
    """Scaled forward algorithm."""
    alpha = start * emission[:, observations[0]]
    log_likelihood = 0.0
    for t in range(1, len(observations)):
        scale = np.sum(alpha)
        log_likelihood += np.log(scale)
        alpha = (alpha / scale) @ transition * emission[:, observations[t]]
    return log_likelihood + np.log(np.sum(alpha))


def kalman(ys, a, q, h, r):
    """Negative log likelihood of a Kalman filter."""
    d = a.shape[0]
    m, p = np.zeros(d), np.eye(d)
    nll = 0.0
    for y in ys:
        m = a @ m
        p = a @ p @ a.T + q
        s = h @ p @ h.T + r
        e = y - h @ m
        gain = np.linalg.solve(s, h @ p).T
        m = m + gain @ e
        p = p - gain @ s @ gain.T
        nll += 0.5 * (e @ np.linalg.solve(s, e) + np.log(np.linalg.det(s)))
    return nll


def logistic_regression(w, x, y, penalty):
    """Mean log loss, in its stable form."""
    z = x @ w
    loss = np.mean(np.maximum(z, 0.0) - z * y + np.log1p(np.exp(-np.abs(z))))
    return loss + penalty * np.sum(w**2)


def poisson_regression(w, x, counts):
    """Row by row."""
    total = 0.0
    for row, count in zip(x, counts):
        eta = row @ w
        total += np.exp(eta) - count * eta
    return total / len(x)


def gaussian_process(x, y, length, noise):
    """Marginal likelihood by Cholesky."""
    d = x[:, None] - x[None, :]
    k = np.exp(-0.5 * d**2 / length**2) + noise * np.eye(len(x))
    low = np.linalg.cholesky(k)
    alpha = np.linalg.solve(low, y)
    pivots = np.sum(low * np.eye(len(x)), axis=1)
    return 0.5 * alpha @ alpha + np.sum(np.log(pivots))


def autoregressive(y, phi, sigma):
    """An AR(2) likelihood with an index loop."""
    total = 0.0
    for t in range(2, len(y)):
        e = y[t] - phi[0] * y[t - 1] - phi[1] * y[t - 2]
        total -= 0.5 * (e / sigma) ** 2 + np.log(sigma)
    return total


def expectation_maximisation(x, mu, n):
    """A few steps of EM for two components."""
    for _ in range(n):
        p = 1.0 / (1.0 + np.exp(-0.5 * (x - mu[0]) ** 2 + 0.5 * (x - mu[1]) ** 2))
        new = np.empty(2)
        new[0] = np.sum((1.0 - p) * x) / np.sum(1.0 - p)
        new[1] = np.sum(p * x) / np.sum(p)
        mu = new
    return mu


def garch(returns, omega, alpha, beta):
    """Variance recursion kept in an array."""
    n = len(returns)
    var = np.zeros(n)
    var[0] = np.var(returns) + omega
    for t in range(1, n):
        var[t] = omega + alpha * returns[t - 1] ** 2 + beta * var[t - 1]
    return np.sum(np.log(var) + returns**2 / var)


def standardised(x):
    """mean, std and var along axes."""
    z = (x - np.mean(x, axis=0)) / np.std(x, axis=0)
    c = z.T @ z / x.shape[0]
    return np.sum(c * c) + np.sum(np.var(x, axis=1) * np.prod(x, axis=1)) + x.std() * x.max() * x.mean()


ROWS = normal(5, 3)
PROGRAMS = [
    Program(
        gaussian_mixture,
        [
            (normal(5), normal(3), normal(3, seed=1), normal(3, seed=2) * 0.3),
            (normal(1), normal(1), normal(1, seed=1), normal(1, seed=2)),
        ],
    ),
    Program(
        hmm_forward,
        [
            (np.array([0, 2, 1, 1]), stochastic(2), stochastic(2, 2), stochastic(2, 3)),
            (np.array([1]), stochastic(1), stochastic(1, 1), stochastic(1, 2)),
        ],
    ),
    Program(
        kalman,
        [
            (normal(3, 1), normal(2, 2) * 0.5, spd(2), normal(1, 2), spd(1)),
            (normal(0, 1), normal(2, 2) * 0.5, spd(2), normal(1, 2), spd(1)),
        ],
    ),
    Program(logistic_regression, [(normal(3), ROWS, np.array([0, 1, 1, 0, 1]), 0.1)], argnums=(0, 1)),
    Program(poisson_regression, [(normal(3), ROWS, np.array([0, 1, 3, 0, 2]))]),
    Program(gaussian_process, [(normal(4), normal(4, seed=1), 0.7, 0.2), (normal(1), normal(1), 0.7, 0.2)]),
    Program(autoregressive, [(normal(6), normal(2), 0.8), (normal(2), normal(2), 0.8)]),
    Program(expectation_maximisation, [(normal(6), np.array([-0.5, 0.7]), 3), (normal(1), normal(2), 0)]),
    Program(garch, [(normal(5), 0.1, 0.2, 0.6), (normal(2), 0.1, 0.2, 0.6)]),
    Program(standardised, [(normal(4, 3),), (normal(2, 2),)]),
]
