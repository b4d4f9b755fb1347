"""Integrators with control of the step, implicit steps and events."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def dormand_prince(y, k, t_end, tol):
    """An adaptive Runge-Kutta pair: rejected steps shrink, accepted ones grow."""

    def f(t, y):
        return np.array([y[1], -k * y[0] + 0.1 * np.cos(t)])

    t, h = 0.0, 0.6
    while t < t_end:
        h = min(h, t_end - t)
        k1 = f(t, y)
        k2 = f(t + 0.5 * h, y + 0.5 * h * k1)
        k3 = f(t + 0.75 * h, y + 0.75 * h * k2)
        new = y + h * (2.0 * k1 + 3.0 * k2 + 4.0 * k3) / 9.0
        k4 = f(t + h, new)
        lower = y + h * (7.0 * k1 / 24.0 + 0.25 * k2 + k3 / 3.0 + 0.125 * k4)
        error = np.sqrt(np.mean((new - lower) ** 2)) / tol
        if error <= 1.0:
            t += h
            y = new
        h *= 1.6 if error < 0.2 else (1.0 if error <= 1.0 else 0.5)
    return y


def newton_implicit(y, rates, dt, n):
    """Backward Euler for a stiff reaction, Newton's method with a linear solve in every step."""
    for _ in range(n):
        z = y.copy()
        for _ in range(8):
            r = rates[0] * z[0] - rates[1] * z[1] * z[2]
            q = rates[2] * z[1] ** 2
            residual = z - y - dt * np.array([-r, r - q, q])
            row = np.array([rates[0], -rates[1] * z[2], -rates[1] * z[1]])
            jac = np.eye(3)
            jac[0] += dt * row
            jac[1] -= dt * row
            jac[1, 1] += dt * 2.0 * rates[2] * z[1]
            jac[2, 1] -= dt * 2.0 * rates[2] * z[1]
            step = np.linalg.solve(jac, residual)
            z -= step
            if np.max(np.abs(step)) < 1e-13:
                break
        y = z
    return y


def falling_ball(height, speed, bounce, dt):
    """Bounces are events inside a step; the program ends with the third."""
    t, hits = 0.0, 0
    while True:
        new_speed = speed - 9.81 * dt
        new_height = height + dt * 0.5 * (speed + new_speed)
        if new_height < 0.0:
            part = height / (height - new_height)
            speed = -bounce * (speed + part * (new_speed - speed))
            height = 0.0
            t += part * dt
            hits += 1
            if hits == 3:
                break
        else:
            height, speed = new_height, new_speed
            t += dt
    return t, speed


def range_of_projectile(angle, speed, drag, dt):
    """With drag, until the ground; the last step is interpolated."""
    x, y = 0.0, 0.0
    vx, vy = speed * np.cos(angle), speed * np.sin(angle)
    for _ in range(200):
        v = np.sqrt(vx * vx + vy * vy)
        ax, ay = -drag * v * vx, -9.81 - drag * v * vy
        xn, yn = x + dt * vx, y + dt * vy
        if yn < 0.0:
            break
        vx, vy = vx + dt * ax, vy + dt * ay
        x, y = xn, yn
    return x + (xn - x) * y / (y - yn)


def backward_differences(y0, rate, dt, n):
    """BDF2 for y' = -rate y^3, started by backward Euler; the history is an array."""
    y = np.zeros(n + 2)
    y[0] = y0
    for i in range(1, n + 2):
        if i == 1:
            a, b = 1.0, y[0]
        else:
            a, b = 2.0 / 3.0, (4.0 * y[i - 1] - y[i - 2]) / 3.0
        z = y[i - 1]
        for _ in range(6):
            z -= (z - b + a * dt * rate * z**3) / (1.0 + 3.0 * a * dt * rate * z * z)
        y[i] = z
    return y


def rosenbrock_stiff(u, v, mu, dt, n):
    """A linearly implicit step for van der Pol, two by two by Cramer's rule."""
    for _ in range(n):
        f, g = v, mu * (1.0 - u * u) * v - u
        a, b = 1.0, -0.5 * dt
        c, d = 0.5 * dt * (2.0 * mu * u * v + 1.0), 1.0 - 0.5 * dt * mu * (1.0 - u * u)
        det = a * d - b * c
        u, v = u + dt * (d * f - b * g) / det, v + dt * (a * g - c * f) / det
    return u, v


def stormer_verlet(q, p, dt, n):
    """Hénon-Heiles, positions and momenta in place; the energy at the end."""
    q, p = q.copy(), p.copy()

    def force(q):
        return np.array([-q[0] - 2.0 * q[0] * q[1], -q[1] - q[0] ** 2 + q[1] ** 2])

    p += 0.5 * dt * force(q)
    for i in range(n):
        q += dt * p
        p += (0.5 if i == n - 1 else 1.0) * dt * force(q)
    return 0.5 * p @ p + 0.5 * q @ q + q[0] ** 2 * q[1] - q[1] ** 3 / 3.0


def shooting(guess, load, n):
    """A boundary value problem: secant steps on the slope, a march inside."""

    def end_of(slope):
        y, dy = 0.0, slope
        for i in range(n):
            dy += (-load * np.sin(y) + 0.2) / n
            y += dy / n
        return y - 1.0

    s0, s1 = guess, guess + 0.4
    f0, f1 = end_of(s0), end_of(s1)
    for _ in range(8):
        if abs(f1 - f0) < 1e-13:
            break
        s0, s1 = s1, s1 - f1 * (s1 - s0) / (f1 - f0)
        f0, f1 = f1, end_of(s1)
    return s1


def cable(v, gate, conductance, current, dt, n):
    """A nerve cable: gates by exponential Euler, voltages by neighbours."""
    for t in range(n):
        alpha = 1.0 / (1.0 + np.exp(-v))
        tau = 0.5 + 1.0 / (np.exp(v) + np.exp(-v))
        gate[:] = alpha + (gate - alpha) * np.exp(-dt / tau)
        inflow = -conductance * gate**3 * (v - 1.0) - 0.3 * v
        inflow[1:] += v[:-1] - v[1:]
        inflow[:-1] += v[1:] - v[:-1]
        inflow[0] += current[t]
        v += dt * inflow
    return v


def lorenz_ensemble(states, sigma, rho, beta, dt, n):
    """Runge-Kutta on rows of an ensemble with stages in one preallocated array."""
    k = np.zeros((4,) + states.shape)
    shift = np.array([0.0, 0.5, 0.5, 1.0])
    for _ in range(n):
        for s in range(4):
            z = states + dt * shift[s] * k[s - 1] if s > 0 else states
            k[s, :, 0] = sigma * (z[:, 1] - z[:, 0])
            k[s, :, 1] = z[:, 0] * (rho - z[:, 2]) - z[:, 1]
            k[s, :, 2] = z[:, 0] * z[:, 1] - beta * z[:, 2]
        states = states + dt / 6.0 * (k[0] + 2.0 * k[1] + 2.0 * k[2] + k[3])
    return states


def delay_equation(rate, delay, history, n):
    """A population that depends on its past, read from an array that grows downwards."""
    h = 0.1
    y = np.zeros(len(history) + n)
    y[: len(history)] = history
    for i in range(len(history), len(y)):
        late = y[max(0, i - 1 - delay)]
        y[i] = y[i - 1] + h * rate * y[i - 1] * (1.0 - late)
    return y[len(history) :]


PROGRAMS = [
    Program(dormand_prince, [(normal(2), 1.3, 1.0, 1e-2), (normal(2), 1.3, 0.0, 1e-2)], argnums=(0, 1)),
    Program(
        newton_implicit,
        [(positive(3), np.array([0.4, 5.0, 9.0]), 0.3, 2), (positive(3), positive(3), 0.3, 0)],
    ),
    Program(falling_ball, [(1.0, 0.5, 0.7, 0.1), (0.05, -1.0, 0.3, 0.2)]),
    Program(range_of_projectile, [(0.6, 9.0, 0.05, 0.1), (0.1, 2.0, 0.05, 0.15)]),
    Program(backward_differences, [(0.9, 1.4, 0.2, 2), (0.9, 1.4, 0.2, 0)]),
    Program(rosenbrock_stiff, [(0.9, 0.3, 5.0, 0.1, 4), (0.9, 0.3, 5.0, 0.1, 0)]),
    Program(
        stormer_verlet,
        [(0.3 * normal(2), 0.3 * normal(2, seed=1), 0.2, 4), (normal(2), normal(2, seed=1), 0.1, 0)],
    ),
    Program(shooting, [(0.8, 1.3, 5), (0.8, 1.3, 1)], rtol=1e-5),
    Program(
        cable,
        [(normal(4), positive(4), 0.8, normal(3), 0.1, 3), (normal(1), positive(1), 0.8, normal(1), 0.1, 1)],
    ),
    Program(
        lorenz_ensemble, [(normal(2, 3), 2.0, 1.4, 0.8, 0.05, 2), (normal(1, 3), 2.0, 1.4, 0.8, 0.05, 0)]
    ),
    Program(delay_equation, [(0.9, 2, positive(3), 5), (0.9, 0, positive(1), 2), (0.9, 1, positive(1), 0)]),
]
