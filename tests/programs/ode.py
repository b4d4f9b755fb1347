"""Differential equations in time."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def lotka_volterra(state, rates, dt, n):
    """Runge-Kutta of order four with the right-hand side as an inner function."""

    def rhs(y):
        prey, predator = y
        return np.array(
            [
                rates[0] * prey - rates[1] * prey * predator,
                rates[2] * prey * predator - rates[3] * predator,
            ]
        )

    for _ in range(n):
        k1 = rhs(state)
        k2 = rhs(state + 0.5 * dt * k1)
        k3 = rhs(state + 0.5 * dt * k2)
        k4 = rhs(state + dt * k3)
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return state


def n_body(x, v, mass, dt, n):
    """Leapfrog with accelerations summed in place."""
    x, v = x.copy(), v.copy()
    count = len(mass)
    for _ in range(n):
        a = np.zeros_like(x)
        for i in range(count):
            for j in range(count):
                if i == j:
                    continue
                d = x[j] - x[i]
                r2 = d @ d + 0.1
                a[i] += mass[j] * d / (r2 * np.sqrt(r2))
        v += dt * a
        x += dt * v
    return x


def pendulum(theta, omega, damping, n):
    """Symplectic Euler on floats."""
    energy = 0.0
    for k in range(n):
        omega -= 0.1 * (np.sin(theta) + damping * omega)
        theta += 0.1 * omega
        energy += (0.5 * omega**2 - np.cos(theta)) / (k + 1)
    return theta, energy


def adaptive_euler(y, rate, tol):
    """Step doubling: rejected steps are tried again."""
    t, h = 0.0, 0.5
    while t < 1.0:
        if t + h > 1.0:
            h = 1.0 - t
        full = y - h * rate * y * y
        half = y - 0.5 * h * rate * y * y
        two = half - 0.5 * h * rate * half * half
        error = abs(full - two)
        if error > tol:
            h *= 0.5
            continue
        t += h
        y = 2.0 * two - full
        if error < 0.1 * tol:
            h *= 2.0
    return y


def implicit_euler(y, rate, dt, n):
    """A Newton iteration in every step."""
    for _ in range(n):
        z = y
        for _ in range(20):
            step = (z - y + dt * rate * z**3) / (1.0 + 3.0 * dt * rate * z**2)
            z = z - step
            if abs(step) < 1e-12:
                break
        y = z
    return y


def trajectory(y0, k, n):
    """Every state kept in an array that is filled row by row."""
    ys = np.zeros((n + 1, len(y0)))
    ys[0] = y0
    for i in range(n):
        ys[i + 1] = ys[i] + 0.1 * np.tanh(k @ ys[i])
        ys[i + 1, 0] *= ys[i, -1]
    return ys


def multistep(y, n):
    """Adams-Bashforth: the last slopes rotate through names."""
    f2 = f1 = -y
    for _ in range(n):
        f0 = -y * np.cos(y)
        y = y + 0.1 * (23.0 * f0 - 16.0 * f1 + 5.0 * f2) / 12.0
        f2, f1 = f1, f0
    return y * f2


PROGRAMS = [
    Program(lotka_volterra, [(positive(2), positive(4), 0.1, 3), (positive(2), positive(4), 0.1, 0)]),
    Program(
        n_body,
        [
            (normal(3, 2), normal(3, 2, seed=1), positive(3), 0.05, 3),
            (normal(1, 3), normal(1, 3, seed=1), positive(1), 0.05, 2),
        ],
    ),
    Program(pendulum, [(0.4, 1.2, 0.1, 6), (0.4, 1.2, 0.1, 0)]),
    Program(adaptive_euler, [(1.3, 0.9, 1e-3), (1.3, 0.9, 1e3)], argnums=(0, 1)),
    Program(implicit_euler, [(1.3, 0.9, 0.3, 2), (1.3, 0.9, 0.3, 0)]),
    Program(trajectory, [(normal(3), normal(3, 3), 4), (normal(1), normal(1, 1), 0)]),
    Program(multistep, [(0.8, 5), (normal(3), 2), (0.8, 0)]),
]
