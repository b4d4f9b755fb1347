"""Monte Carlo with seeded generators: what is drawn is passive, what is done with it is not."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, spd


def asian_option(spot, rate, sigma, strike, paths, steps, seed):
    """The mean along each path; normal numbers are drawn in the loop."""
    rng = np.random.default_rng(seed)
    total = 0.0
    for _ in range(paths):
        s, mean = spot, 0.0
        for z in rng.normal(size=steps):
            s *= np.exp((rate - 0.5 * sigma**2) / steps + sigma * z / np.sqrt(steps))
            mean += s / steps
        total += max(mean - strike, 0.0)
    return np.exp(-rate) * total / paths


def antithetic_paths(spot, sigma, seed, n):
    """Pairs of paths with opposite noise, all at once."""
    z = np.random.default_rng(seed).standard_normal(n)
    up = spot * np.exp(sigma * z - 0.5 * sigma**2)
    down = spot * np.exp(-sigma * z - 0.5 * sigma**2)
    pay = 0.5 * (np.maximum(up - 1.0, 0.0) + np.maximum(down - 1.0, 0.0))
    return np.mean(pay), np.var(pay)


def heston(spot, v0, kappa, theta, xi, rho, seed, steps):
    """Euler for price and variance, the variance cut off at zero."""
    rng = np.random.default_rng(seed)
    s, v = np.full(4, spot), np.full(4, v0)
    dt = 1.0 / max(steps, 1)
    for _ in range(steps):
        z = rng.normal(size=(2, 4))
        other = rho * z[0] + np.sqrt(1.0 - rho**2) * z[1]
        vp = np.maximum(v, 0.0)
        s *= np.exp(-0.5 * vp * dt + np.sqrt(vp * dt + 1e-8) * z[0])
        v += kappa * (theta - vp) * dt + xi * np.sqrt(vp * dt + 1e-8) * other
    return np.mean(np.maximum(s - 1.0, 0.0)), np.mean(v)


def importance_weights(mu, log_sigma, seed, n):
    """Self-normalised weights of a Gaussian proposal for a heavier target."""
    eps = np.random.default_rng(seed).normal(size=n)
    sigma = np.exp(log_sigma)
    x = mu + sigma * eps
    log_w = -1.5 * np.log1p(x * x / 2.0) + 0.5 * eps**2 + log_sigma
    w = np.exp(log_w - np.max(log_w))
    w /= w.sum()
    return w @ x, 1.0 / np.sum(w * w)


def variational_autoencoder(enc_mean, enc_scale, dec, bias, x, seed):
    """The evidence bound with one reparameterised draw for each row."""
    rng = np.random.default_rng(seed)
    bound = 0.0
    for row in x:
        mean = np.tanh(row @ enc_mean)
        log_var = row @ enc_scale
        z = mean + np.exp(0.5 * log_var) * rng.normal(size=mean.shape)
        logits = z @ dec + bias
        bound -= np.sum(np.logaddexp(0.0, logits) - (row > 0) * logits)
        bound += 0.5 * np.sum(1.0 + log_var - mean**2 - np.exp(log_var))
    return bound / max(len(x), 1)


def hamiltonian_proposal(x, precision, step, seed, leaps):
    """A leapfrog trajectory from a drawn momentum; the change of energy decides the blend."""
    momentum = np.random.default_rng(seed).normal(size=len(x))
    q, p = x.copy(), momentum.copy()
    p -= 0.5 * step * (precision @ q)
    for k in range(leaps):
        q += step * p
        if k < leaps - 1:
            p -= step * (precision @ q)
    p -= 0.5 * step * (precision @ q)
    before = 0.5 * x @ precision @ x + 0.5 * momentum @ momentum
    after = 0.5 * q @ precision @ q + 0.5 * p @ p
    accept = np.exp(min(0.0, before - after))
    return accept * q + (1.0 - accept) * x


def particle_filter(y, phi, scale, seed, n):
    """A bootstrap filter; resampling picks rows by passive integers."""
    rng = np.random.default_rng(seed)
    x = scale * rng.normal(size=n)
    loglik = 0.0
    for t in range(len(y)):
        x = phi * x + scale * rng.normal(size=n)
        log_w = -0.5 * (y[t] - x) ** 2
        top = log_w.max()
        w = np.exp(log_w - top)
        loglik += top + np.log(w.mean())
        x = x[rng.integers(0, n, size=n)]
    return loglik


def gumbel_softmax(logits, temperature, values, seed):
    """A relaxed categorical draw."""
    u = np.random.default_rng(seed).uniform(0.05, 0.95, size=logits.shape)
    z = (logits - np.log(-np.log(u))) / temperature
    z -= np.max(z, axis=-1, keepdims=True)
    p = np.exp(z)
    p /= np.sum(p, axis=-1, keepdims=True)
    return p @ values


def copula_losses(thresholds, loading, seed, n):
    """A factor model of defaults, with a smooth indicator."""
    rng = np.random.default_rng(seed)
    losses = np.zeros(n)
    for k in range(n):
        factor = rng.normal()
        own = rng.normal(size=len(thresholds))
        x = loading * factor + np.sqrt(1.0 - loading**2) * own
        losses[k] = np.sum(1.0 / (1.0 + np.exp(-8.0 * (thresholds - x))))
    return losses


def correlated_basket(spots, chol, weights, seed, n):
    """Correlated endings of several assets, added up path by path into a buffer."""
    z = np.random.default_rng(seed).normal(size=(n, len(spots)))
    value = np.zeros(n)
    for k in range(len(spots)):
        shock = z[:, : k + 1] @ chol[k, : k + 1]
        value += weights[k] * spots[k] * np.exp(0.2 * shock - 0.02)
    return np.sum(np.clip(value - 1.0, 0.0, 2.0)) / n


PROGRAMS = [
    Program(
        asian_option, [(1.1, 0.05, 0.3, 1.0, 3, 3, 7), (1.1, 0.05, 0.3, 1.0, 1, 1, 7)], argnums=(0, 1, 2)
    ),
    Program(antithetic_paths, [(1.1, 0.4, 3, 5), (1.1, 0.4, 3, 1)]),
    Program(heston, [(1.1, 0.3, 0.8, 0.4, 0.3, -0.4, 5, 2), (1.1, 0.3, 0.8, 0.4, 0.3, -0.4, 5, 0)]),
    Program(importance_weights, [(0.3, -0.2, 2, 6), (0.3, -0.2, 2, 1)]),
    Program(
        variational_autoencoder,
        [
            (normal(3, 2), 0.3 * normal(3, 2, seed=1), normal(2, 3), normal(3), normal(2, 3, seed=1), 4),
            (normal(1, 1), normal(1, 1, seed=1), normal(1, 1, seed=2), normal(1), normal(0, 1), 4),
        ],
        argnums=(0, 1, 2, 3),
    ),
    Program(hamiltonian_proposal, [(normal(3), spd(3), 0.2, 1, 3), (normal(1), spd(1), 0.2, 1, 0)]),
    Program(particle_filter, [(normal(3), 0.8, 0.6, 9, 4), (normal(0), 0.8, 0.6, 9, 2)]),
    Program(gumbel_softmax, [(normal(2, 3), 0.7, normal(3), 1), (normal(1), 0.7, normal(1), 1)]),
    Program(copula_losses, [(normal(3), 0.4, 2, 3), (normal(1), 0.4, 2, 0)]),
    Program(
        correlated_basket,
        [
            (positive(3), np.linalg.cholesky(spd(3)), positive(3, seed=1), 6, 5),
            (positive(1), positive(1, 1), positive(1, seed=1), 6, 1),
        ],
    ),
]
