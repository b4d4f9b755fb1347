"""Curves, trees and grids of finance."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import Program, normal, positive


def american_put(spot, strike, rate, sigma, n):
    """Backward induction in place, the exercise by np.maximum on a slice."""
    dt = 1.0 / max(n, 1)
    up = np.exp(sigma * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    disc = np.exp(-rate * dt)
    prices = spot * up ** (2.0 * np.arange(n + 1) - n)
    value = np.maximum(strike - prices, 0.0)
    for step in range(n, 0, -1):
        value[:step] = disc * (p * value[1 : step + 1] + (1.0 - p) * value[:step])
        prices[:step] = prices[:step] * up
        value[:step] = np.maximum(value[:step], strike - prices[:step])
    return value[0]


def trinomial_barrier(spot, barrier, sigma, rate, n):
    """A trinomial tree on a fixed grid; what lies under the barrier is worth nothing."""
    dx = sigma * np.sqrt(1.5 / n)
    drift = (rate - 0.5 * sigma**2) / n
    pu = 0.5 * ((sigma**2 / n + drift**2) / dx**2 + drift / dx)
    pd = pu - drift / dx
    pm = 1.0 - pu - pd
    s = spot * np.exp(dx * np.arange(-n, n + 1))
    v = np.where(s > barrier, np.maximum(s - 1.0, 0.0), 0.0)
    for k in range(n - 1, -1, -1):
        new = np.zeros_like(v)
        for j in range(n - k, n + k + 1):
            if s[j] > barrier:
                new[j] = np.exp(-rate / n) * (pu * v[j + 1] + pm * v[j] + pd * v[j - 1])
        v = new
    return v[n]


def bootstrap_curve(rates, maturities):
    """Discount factors from par rates, one after the other."""
    n = len(rates)
    factors = np.ones(n + 1)
    annuity = 0.0
    for i in range(n):
        tau = maturities[i] - (maturities[i - 1] if i > 0 else 0.0)
        factors[i + 1] = (1.0 - rates[i] * annuity) / (1.0 + rates[i] * tau)
        annuity += tau * factors[i + 1]
    return -np.log(factors[1:]) / maturities


def bootstrap_hazard(spreads, recovery, rate):
    """Hazard rates of a credit curve, each by Newton's method on its own contract."""
    hazards = np.zeros(len(spreads))
    survival = 1.0
    fee, loss = 0.0, 0.0
    for i in range(len(spreads)):
        h = 0.02
        disc = np.exp(-rate * (i + 1))
        for _ in range(12):
            q = survival * np.exp(-h)
            gap = spreads[i] * (fee + disc * q) - (1.0 - recovery) * (loss + disc * (survival - q))
            slope = -spreads[i] * disc * q - (1.0 - recovery) * disc * q
            change = gap / slope
            h -= change
            if abs(change) < 1e-14:
                break
        hazards[i] = h
        q = survival * np.exp(-h)
        fee += disc * q
        loss += disc * (survival - q)
        survival = q
    return hazards


def libor_market(forwards, volatility, shocks, delta):
    """Forward rates driven through time in place, a swaption-like payoff at the end."""
    n = len(forwards)
    rates = forwards.copy()
    for k in range(len(shocks)):
        drift = 0.0
        root = np.sqrt(delta) * shocks[k]
        for i in range(k + 1, n):
            lam = volatility[i - k - 1]
            drift += delta * lam * rates[i] / (1.0 + delta * rates[i])
            rates[i] *= np.exp(lam * root + lam * drift * delta - 0.5 * delta * lam**2)
    bond, value = 1.0, 0.0
    for i in range(len(shocks), n):
        bond /= 1.0 + delta * rates[i]
        value += max(bond * delta * (rates[i] - 0.4), 0.0)
    return value


def implied_volatility(price, spot, strike, t):
    """Newton's method on Black's formula, with math.erf."""
    sigma = 0.5
    for _ in range(30):
        root = sigma * math.sqrt(t)
        d1 = math.log(spot / strike) / root + 0.5 * root
        d2 = d1 - root
        n1 = 0.5 * (1.0 + math.erf(d1 / math.sqrt(2.0)))
        n2 = 0.5 * (1.0 + math.erf(d2 / math.sqrt(2.0)))
        vega = spot * math.sqrt(t) * math.exp(-0.5 * d1 * d1) / math.sqrt(2.0 * math.pi)
        step = (spot * n1 - strike * n2 - price) / vega
        sigma -= step
        if abs(step) < 1e-14:
            break
    return sigma


def sabr_smile(alpha, beta, rho, nu, forward, strikes, t):
    """Hagan's formula; at the money is a case of its own."""
    vols = np.empty(len(strikes))
    for i, k in enumerate(strikes):
        fk = (forward * k) ** (0.5 * (1.0 - beta))
        log_m = math.log(forward / k)
        term = ((1.0 - beta) * alpha / fk) ** 2 / 24.0 + 0.25 * rho * beta * nu * alpha / fk
        term += (2.0 - 3.0 * rho**2) * nu**2 / 24.0
        if abs(log_m) < 1e-7:
            vols[i] = alpha / fk * (1.0 + term * t)
        else:
            z = nu / alpha * fk * log_m
            x = math.log((math.sqrt(1.0 - 2.0 * rho * z + z * z) + z - rho) / (1.0 - rho))
            vols[i] = alpha / fk * z / x * (1.0 + term * t)
    return vols


def pricing_equation(values, sigma, rate, dt, n):
    """Explicit finite differences for an option; linear at the far end."""
    grid = np.arange(1.0, len(values) + 1.0)
    payoff = values.copy()
    for _ in range(n):
        curvature = values[2:] - 2.0 * values[1:-1] + values[:-2]
        slope = 0.5 * (values[2:] - values[:-2])
        x = grid[1:-1]
        values[1:-1] += dt * (0.5 * sigma**2 * x**2 * curvature + rate * x * slope - rate * values[1:-1])
        values[0] = payoff[0]
        values[-1] = 2.0 * values[-2] - values[-3]
    return values


def cash_flow_rate(flows):
    """The internal rate of return by Newton's method with Horner's rule for value and slope."""
    x = 0.9
    for _ in range(40):
        value, slope = 0.0, 0.0
        for c in flows[::-1]:
            slope = slope * x + value
            value = value * x + c
        change = value / slope
        x -= change
        if abs(change) < 1e-14:
            break
    return 1.0 / x - 1.0


def short_rate_lattice(r0, sigma, drift, n):
    """A zero bond on a binomial lattice of normal short rates."""
    value = np.ones(n + 1)
    for step in range(n - 1, -1, -1):
        for j in range(step + 1):
            r = r0 + drift * step + sigma * (2 * j - step)
            value[j] = 0.5 * (value[j] + value[j + 1]) / (1.0 + r)
    return value[0]


def mean_variance_frontier(mu, cov, targets):
    """Optimal weights for several targets from one bordered system."""
    n = len(mu)
    system = np.zeros((n + 2, n + 2))
    system[:n, :n] = cov
    system[:n, n] = system[n, :n] = mu
    system[:n, n + 1] = system[n + 1, :n] = 1.0
    risks = np.zeros(len(targets))
    for k in range(len(targets)):
        rhs = np.zeros(n + 2)
        rhs[n] = targets[k]
        rhs[n + 1] = 1.0
        w = np.linalg.solve(system, rhs)[:n]
        risks[k] = np.sqrt(w @ cov @ w)
    return risks


PROGRAMS = [
    Program(american_put, [(1.0, 1.1, 0.05, 0.3, 4), (1.0, 1.2, 0.05, 0.3, 1), (1.0, 1.2, 0.05, 0.3, 0)]),
    Program(trinomial_barrier, [(1.05, 0.8, 0.3, 0.04, 3), (1.05, 0.9, 0.3, 0.04, 1)], argnums=(0, 2, 3)),
    Program(
        bootstrap_curve,
        [(0.1 * positive(4), np.array([0.5, 1.0, 2.0, 3.0])), (0.1 * positive(1), np.array([1.5]))],
    ),
    Program(bootstrap_hazard, [(0.02 * positive(3), 0.4, 0.03), (0.02 * positive(1), 0.4, 0.03)]),
    Program(
        libor_market,
        [
            (0.5 * positive(4), 0.2 * positive(4, seed=1), normal(2), 0.5),
            (positive(1), positive(1), normal(0), 0.5),
        ],
    ),
    Program(implied_volatility, [(0.2, 1.1, 1.0, 0.8), (0.1, 1.0, 1.05, 0.5)]),
    Program(
        sabr_smile,
        [(0.3, 0.6, -0.3, 0.5, 1.1, np.array([0.8, 1.4]), 0.7), (0.3, 0.6, -0.3, 0.5, 1.1, np.zeros(0), 0.7)],
    ),
    Program(pricing_equation, [(positive(5), 0.3, 0.05, 0.05, 3), (positive(3), 0.3, 0.05, 0.05, 1)]),
    Program(cash_flow_rate, [(np.array([-1.0, 0.4, 0.5, 0.3]),), (np.array([-1.0, 1.2]),)]),
    Program(short_rate_lattice, [(0.04, 0.01, 0.002, 3), (0.04, 0.01, 0.002, 0)]),
    Program(
        mean_variance_frontier,
        [(normal(3), np.eye(3) + 0.1, normal(2)), (normal(2), np.eye(2) + 0.2, normal(1, seed=1))],
    ),
]
