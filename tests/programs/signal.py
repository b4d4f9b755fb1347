"""Filters and convolutions with loops."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal


def biquad(x, b, a):
    """A recursive filter of second order, with its states as floats."""
    y = np.zeros_like(x)
    x1 = x2 = y1 = y2 = 0.0
    for n in range(len(x)):
        y[n] = b[0] * x[n] + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
        x2, x1 = x1, x[n]
        y2, y1 = y1, y[n]
    return y


def recursive_in_place(y, a):
    """A filter that overwrites its signal, then runs backwards."""
    for n in range(2, len(y)):
        y[n] += a[0] * y[n - 1] + a[1] * y[n - 2]
    for n in range(len(y) - 2, -1, -1):
        y[n] -= a[0] * y[n + 1]
    return y


def convolve(x, h):
    """Full convolution, entry by entry."""
    y = np.zeros(len(x) + len(h) - 1)
    for i in range(len(x)):
        for j in range(len(h)):
            y[i + j] += x[i] * h[j]
    return y


def delay_line(x, taps):
    """A buffer that shifts by one place per sample."""
    line = np.zeros(len(taps))
    out = np.zeros(len(x))
    for n in range(len(x)):
        line[1:] = line[:-1].copy()
        line[0] = x[n]
        out[n] = line @ taps
    return out


def overlapping_shift(x, n):
    """Overlapping slices of one array on both sides."""
    y = x.copy()
    for _ in range(n):
        y[1:] = y[:-1] * y[1:]
        y[:-1] += y[1:]
    return y


def lattice(x, k):
    """A lattice filter: forward and backward errors in place."""
    f = x.copy()
    b = x.copy()
    for m in range(len(k)):
        delayed = np.concatenate((np.zeros(1), b[:-1]))
        b = delayed + k[m] * f
        f = f + k[m] * delayed
    return f * b


def dynamic_time_warping(x, y):
    """Cheapest alignment, by nested comparisons."""
    cost = np.zeros((len(x) + 1, len(y) + 1))
    cost[1:, 0] = 1e3
    cost[0, 1:] = 1e3
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            best = cost[i - 1, j - 1]
            if cost[i - 1, j] < best:
                best = cost[i - 1, j]
            if cost[i, j - 1] < best:
                best = cost[i, j - 1]
            cost[i, j] = (x[i - 1] - y[j - 1]) ** 2 + best
    return cost[-1, -1]


def haar(x):
    """Haar transform level by level."""
    y = x.copy()
    n = len(y)
    while n > 1:
        half = n // 2
        low = (y[0:n:2] + y[1:n:2]) * 0.5
        high = (y[0:n:2] - y[1:n:2]) * y[0]
        y[:half] = low
        y[half:n] = high
        n = half
    return y


def discrete_fourier(x):
    """Power spectrum from real sums."""
    n = len(x)
    t = np.arange(n)
    power = np.zeros(n)
    for k in range(n):
        angle = 2.0 * np.pi * k * t / n
        power[k] = np.sum(x * np.cos(angle)) ** 2 + np.sum(x * np.sin(angle)) ** 2
    return power


def complex_impedance(z, w):
    """Complex arithmetic: products, real and imaginary parts, conjugates."""
    total = z * w + np.exp(z) / w
    return np.real(total * np.conj(z)) + np.imag(z * w * w) + np.abs(w) ** 2


Z = normal(3) + 1j * normal(3, seed=1)
W = normal(3, seed=2) + 1j * normal(3, seed=3)
PROGRAMS = [
    Program(
        biquad,
        [
            (normal(6), normal(3), normal(2) * 0.4),
            (normal(1), normal(3), normal(2)),
            (normal(0),) + (normal(3),) * 2,
        ],
    ),
    Program(
        recursive_in_place, [(normal(6), normal(2) * 0.5), (normal(2), normal(2)), (normal(1), normal(2))]
    ),
    Program(convolve, [(normal(4), normal(3)), (normal(1), normal(1)), (normal(2), normal(4))]),
    Program(delay_line, [(normal(5), normal(3)), (normal(2), normal(1)), (normal(0), normal(2))]),
    Program(overlapping_shift, [(normal(5), 3), (normal(2), 1), (normal(3), 0)]),
    Program(lattice, [(normal(5), normal(3) * 0.4), (normal(1), normal(1))]),
    Program(dynamic_time_warping, [(normal(4), normal(3, seed=1)), (normal(1), normal(1, seed=1))]),
    Program(haar, [(normal(8),), (normal(1),), (normal(2),)]),
    Program(discrete_fourier, [(normal(4),), (normal(1),)]),
    Program(complex_impedance, [(Z, W), (0.3 + 0.4j, 1.1 - 0.2j)], argnums=(0, 1), order=1),
]
