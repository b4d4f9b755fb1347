"""Likelihoods of statistical models, term by term."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import Program, normal, positive, spd


def process_by_hand(x, y, amplitude, length, noise):
    """Marginal likelihood of a Gaussian process: kernel, factor and solve in loops."""
    n = len(x)
    k = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            k[i, j] = amplitude * np.exp(-0.5 * ((x[i] - x[j]) / length) ** 2)
        k[i, i] += noise
    logdet = 0.0
    for j in range(n):
        k[j, j] = np.sqrt(k[j, j] - k[j, :j] @ k[j, :j])
        logdet += np.log(k[j, j])
        for i in range(j + 1, n):
            k[i, j] = (k[i, j] - k[i, :j] @ k[j, :j]) / k[j, j]
    z = np.zeros(n)
    for i in range(n):
        z[i] = (y[i] - k[i, :i] @ z[:i]) / k[i, i]
    return -0.5 * z @ z - logdet - 0.5 * n * np.log(2.0 * np.pi)


def process_by_library(x, y, lengths, noise):
    """The same with one length for each dimension, slogdet and solve."""
    scaled = x / lengths
    d2 = np.sum((scaled[:, None, :] - scaled[None, :, :]) ** 2, axis=-1)
    k = (1.0 + np.sqrt(3.0 * d2 + 1e-6)) * np.exp(-np.sqrt(3.0 * d2 + 1e-6)) + noise * np.eye(len(x))
    sign, logdet = np.linalg.slogdet(k)
    return -0.5 * y @ np.linalg.solve(k, y) - 0.5 * sign * logdet


def mixture_in_loops(x, weights, means, factors):
    """A multivariate mixture: precision factors, log sums with the largest term taken out."""
    n, d = x.shape
    k = len(weights)
    total = 0.0
    for i in range(n):
        terms = np.zeros(k)
        for c in range(k):
            z = np.zeros(d)
            logdet = 0.0
            for r in range(d):
                logdet += factors[c, r, r]
                z[r] = np.exp(factors[c, r, r]) * (x[i, r] - means[c, r])
                for s in range(r):
                    z[r] += factors[c, r, s] * (x[i, s] - means[c, s])
            terms[c] = weights[c] + logdet - 0.5 * z @ z
        top = terms[0]
        for c in range(1, k):
            if terms[c] > top:
                top = terms[c]
        total += top + np.log(np.sum(np.exp(terms - top)))
    return total - n * np.log(np.sum(np.exp(weights)))


def weibull_survival(shape, scale, beta, times, events, x):
    """Censored lifetimes: hazards of the observed, survival of all."""
    total = 0.0
    for i in range(len(times)):
        lam = scale * np.exp(-x[i] @ beta)
        if events[i]:
            total += np.log(shape / lam) + (shape - 1.0) * np.log(times[i] / lam)
        total -= (times[i] / lam) ** shape
    return total


def partial_likelihood(beta, x, times, events):
    """Cox: each event against those still at risk, from the last to the first."""
    order = np.argsort(-times)
    risk, total = 0.0, 0.0
    for i in order:
        eta = x[i] @ beta
        risk += np.exp(eta)
        if events[i] == 1:
            total += eta - np.log(risk)
    return total


def ordinal_logit(beta, cuts, x, y):
    """Ordered categories between cut points that are sums of exponentials."""
    edges = np.empty(len(cuts) + 2)
    edges[0], edges[-1] = -30.0, 30.0
    edges[1] = cuts[0]
    for k in range(1, len(cuts)):
        edges[k + 1] = edges[k] + np.exp(cuts[k])
    eta = x @ beta
    upper = 1.0 / (1.0 + np.exp(eta - edges[y + 1]))
    lower = 1.0 / (1.0 + np.exp(eta - edges[y]))
    return np.sum(np.log(upper - lower))


def hawkes(mu, alpha, decay, times, horizon):
    """A self-exciting process by its recursion."""
    total = -mu * horizon
    excited = 0.0
    for i in range(len(times)):
        if i > 0:
            excited = np.exp(-decay * (times[i] - times[i - 1])) * (1.0 + excited)
        total += np.log(mu + alpha * excited)
        total -= alpha / decay * (1.0 - np.exp(-decay * (horizon - times[i])))
    return total


def negative_binomial(mean_coef, log_size, x, counts):
    """Counts with overdispersion; log gamma by a product over the counts."""
    size = np.exp(log_size)
    total = 0.0
    for row, count in zip(x, counts):
        mu = np.exp(row @ mean_coef)
        for k in range(count):
            total += np.log(size + k) - np.log(k + 1.0)
        total += size * np.log(size / (size + mu)) + count * np.log(mu / (size + mu))
    return total


def student_regression(beta, log_scale, df, x, y):
    """Heavy tails, with math.lgamma."""
    z = (y - x @ beta) / np.exp(log_scale)
    norm = math.lgamma(0.5 * (df + 1.0)) - math.lgamma(0.5 * df) - 0.5 * math.log(df * math.pi)
    return len(y) * (norm - log_scale) - 0.5 * (df + 1.0) * np.sum(np.log1p(z**2 / df))


def random_effects(effects, log_sd, slope, group, x, y):
    """A logistic model with an intercept for each group, and their prior."""
    eta = slope * x + np.exp(log_sd) * effects[group]
    loglik = np.sum(y * eta - np.logaddexp(0.0, eta))
    return loglik - 0.5 * effects @ effects - 0.5 * log_sd**2


def vector_autoregression(a, chol, y):
    """Residuals of a VAR, whitened by forward substitution."""
    total = 0.0
    for t in range(1, len(y)):
        e = y[t] - a @ y[t - 1]
        for i in range(len(e)):
            e[i] = (e[i] - chol[i, :i] @ e[:i]) / chol[i, i]
        total -= 0.5 * np.dot(e, e)
    return total - (len(y) - 1) * np.sum(np.log(np.diag(chol)))


def categorical_smoother(logits, transitions, n):
    """Loopy beliefs on a chain: messages in both directions, in place."""
    size, k = logits.shape
    right, left = np.zeros((size, k)), np.zeros((size, k))
    for _ in range(n):
        for i in range(1, size):
            m = np.exp(logits[i - 1] + right[i - 1])
            right[i] = np.log(m @ np.exp(transitions) / np.sum(m))
        for i in range(size - 2, -1, -1):
            m = np.exp(logits[i + 1] + left[i + 1])
            left[i] = np.log(np.exp(transitions) @ m / m.sum())
    belief = np.exp(logits + right + left)
    return belief / belief.sum(axis=1, keepdims=True)


def stochastic_volatility(h, mu, phi, sigma, y):
    """The joint density of returns and log variances; latent values centred in place."""
    h *= sigma
    h[0] /= np.sqrt(1.0 - phi**2)
    h += mu
    for t in range(1, len(h)):
        h[t] += phi * (h[t - 1] - mu)
    return -0.5 * np.sum(h) - 0.5 * np.sum(y**2 * np.exp(-h))


def item_response(ability, difficulty, discrimination, guess, answers):
    """Three parameters for each item, every person with every item."""
    total = 0.0
    for p in range(answers.shape[0]):
        for i in range(answers.shape[1]):
            z = discrimination[i] * (ability[p] - difficulty[i])
            prob = guess + (1.0 - guess) / (1.0 + math.exp(-z))
            total += math.log(prob) if answers[p, i] else math.log(1.0 - prob)
    return total


ROWS = normal(4, 2)
PROGRAMS = [
    Program(
        process_by_hand,
        [(normal(3), normal(3, seed=1), 1.2, 0.8, 0.3), (normal(1), normal(1, seed=1), 1.2, 0.8, 0.3)],
    ),
    Program(
        process_by_library,
        [(normal(3, 2), normal(3), positive(2), 0.3), (normal(1, 1), normal(1), positive(1), 0.3)],
    ),
    Program(
        mixture_in_loops,
        [
            (normal(3, 2), normal(2), normal(2, 2), normal(2, 2, 2)),
            (normal(1, 1), normal(1), normal(1, 1, seed=1), normal(1, 1, 1)),
        ],
    ),
    Program(
        weibull_survival,
        [
            (1.4, 0.9, normal(2), positive(4), np.array([True, False, True, True]), ROWS),
            (1.4, 0.9, normal(1), positive(1), np.array([False]), normal(1, 1)),
        ],
    ),
    Program(
        partial_likelihood,
        [
            (normal(2), ROWS, np.array([3.0, 1.0, 2.0, 5.0]), np.array([1, 0, 1, 1])),
            (normal(1), normal(1, 1), np.array([1.0]), np.array([1])),
        ],
        argnums=(0, 1),
    ),
    Program(
        ordinal_logit,
        [
            (normal(2), normal(2, seed=1), ROWS, np.array([0, 1, 2, 1])),
            (normal(1), normal(1, seed=1), normal(1, 1), np.array([1])),
        ],
    ),
    Program(hawkes, [(0.5, 0.4, 1.1, np.array([0.3, 0.8, 1.0]), 2.0), (0.5, 0.4, 1.1, np.zeros(0), 2.0)]),
    Program(
        negative_binomial,
        [(normal(2), 0.3, ROWS, np.array([2, 0, 3, 1])), (normal(1), 0.3, normal(1, 1), np.array([0]))],
    ),
    Program(
        student_regression,
        [(normal(2), -0.3, 4.5, ROWS, normal(4)), (normal(1), -0.3, 2.5, normal(1, 1), normal(1))],
    ),
    Program(
        random_effects,
        [
            (normal(2), -0.4, 0.7, np.array([0, 1, 0, 0]), normal(4), np.array([1.0, 0.0, 0.0, 1.0])),
            (normal(1), -0.4, 0.7, np.array([0]), normal(1, seed=1), np.array([1.0])),
        ],
    ),
    Program(
        vector_autoregression,
        [
            (normal(2, 2), np.linalg.cholesky(spd(2)), normal(4, 2)),
            (normal(1, 1), positive(1, 1), normal(1, 1, seed=1)),
        ],
    ),
    Program(
        categorical_smoother,
        [(normal(3, 2), normal(2, 2), 1), (normal(1, 2), normal(2, 2), 2), (normal(2, 1), normal(1, 1), 0)],
    ),
    Program(
        stochastic_volatility,
        [(normal(4), -0.5, 0.8, 0.4, normal(4)), (normal(1), -0.5, 0.8, 0.4, normal(1, seed=1))],
    ),
    Program(
        item_response,
        [
            (normal(2), normal(3), positive(3), 0.2, np.array([[1, 0, 1], [0, 0, 1]])),
            (normal(1), normal(1, seed=1), positive(1), 0.1, np.array([[0]])),
        ],
    ),
]
