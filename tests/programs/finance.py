"""Prices and their sensitivities."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import Program, normal


def black_scholes(spot, strike, rate, sigma, t):
    """A call, with math.erf."""

    def phi(z):
        return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))

    d1 = (math.log(spot / strike) + (rate + 0.5 * sigma**2) * t) / (sigma * math.sqrt(t))
    d2 = d1 - sigma * math.sqrt(t)
    return spot * phi(d1) - strike * math.exp(-rate * t) * phi(d2)


def binomial_tree(spot, strike, rate, sigma, t, n):
    """An American put on a binomial tree, in one array."""
    dt = t / max(n, 1)
    up = np.exp(sigma * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    discount = np.exp(-rate * dt)
    value = np.zeros(n + 1)
    for i in range(n + 1):
        value[i] = max(strike - spot * up ** (2 * i - n), 0.0)
    for level in range(n - 1, -1, -1):
        for i in range(level + 1):
            hold = discount * (p * value[i + 1] + (1.0 - p) * value[i])
            exercise = strike - spot * up ** (2 * i - level)
            value[i] = exercise if exercise > hold else hold
    return value[0]


def european_tree(spot, strike, rate, sigma, t, n):
    """A European call, level by level with shrinking slices."""
    dt = t / n
    up = np.exp(sigma * np.sqrt(dt))
    down = 1.0 / up
    p = (np.exp(rate * dt) - down) / (up - down)
    values = np.maximum(spot * up ** np.arange(-n, n + 1, 2) - strike, 0.0)
    while len(values) > 1:
        values = np.exp(-rate * dt) * (p * values[1:] + (1.0 - p) * values[:-1])
    return values[0]


def barrier_monte_carlo(spot, sigma, noise, barrier):
    """Paths that are knocked out."""
    paths, steps = noise.shape
    total = 0.0
    for p in range(paths):
        s = spot
        for k in range(steps):
            s = s * np.exp(sigma * noise[p, k] - 0.5 * sigma**2)
            if s < barrier:
                break
        else:
            total += max(s - 1.0, 0.0)
    return total / paths


def bond_yield(price, coupon, n):
    """Yield of a bond by Newton's method with an inner loop."""
    y = 0.05
    for _ in range(30):
        value, slope = 0.0, 0.0
        for k in range(1, n + 1):
            cash = coupon + (100.0 if k == n else 0.0)
            value += cash / (1.0 + y) ** k
            slope -= k * cash / (1.0 + y) ** (k + 1)
        step = (value - price) / slope
        y -= step
        if abs(step) < 1e-13:
            break
    return y


def portfolio(weights, returns, covariance, aversion):
    """Mean and variance, with costs by asset."""
    w = weights / np.sum(weights)
    cost = 0.0
    for old, new in zip(weights, w):
        cost += 0.01 * abs(new - old) ** 1.5
    return returns @ w - aversion * w @ covariance @ w - cost


PROGRAMS = [
    Program(black_scholes, [(100.0, 105.0, 0.02, 0.3, 0.8)]),
    Program(binomial_tree, [(100.0, 105.0, 0.05, 0.3, 0.8, 4), (90.0, 105.0, 0.05, 0.3, 0.8, 1)]),
    Program(european_tree, [(100.0, 95.0, 0.05, 0.3, 0.8, 4), (100.0, 95.0, 0.05, 0.3, 0.8, 1)]),
    Program(
        barrier_monte_carlo, [(1.1, 0.3, normal(4, 3), 0.8), (1.1, 0.3, normal(2, 0), 0.8)], argnums=(0, 1)
    ),
    Program(bond_yield, [(95.0, 4.0, 5), (95.0, 4.0, 1)], argnums=(0, 1)),
    Program(portfolio, [(np.array([0.5, 0.9, 0.3]), normal(3), np.eye(3) + 0.1, 2.0)]),
]
