"""for over everything it can run over, and while."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive, uniform


def neighbour_products(x):
    """sum x[i] x[i-1]."""
    total = 0.0
    for i in range(1, len(x)):
        total += x[i] * x[i - 1]
    return total


def logistic_map(x, r, steps):
    """Iterate x -> r x (1 - x)."""
    for _ in range(steps):
        x = r * x * (1.0 - x)
    return x


def heron(x, tol):
    """Square root by Heron's rule, until it no longer moves."""
    guess = 0.5 * (1.0 + x)
    while abs(guess * guess - x) > tol:
        guess = 0.5 * (guess + x / guess)
    return guess


def exponential_series(x):
    """exp(x) from its series, until the terms are small."""
    total, term, k = 1.0, 1.0, 0
    while abs(term) > 1e-15:
        k += 1
        term = term * x / k
        total = total + term
    return total


def pairwise_energy(points):
    """Lennard-Jones like energy of points, i < j."""
    n = points.shape[0]
    energy = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            d = points[i] - points[j]
            r2 = np.sum(d * d) + 0.5
            energy += 1.0 / r2**3 - 1.0 / r2
    return energy


def discounted(rewards, gamma):
    """Discounted return, from the end."""
    value = 0.0
    for reward in reversed(rewards):
        value = reward + gamma * value
    return value


def zipped(x, y, weights):
    """zip and enumerate together."""
    total = 0.0
    for k, (a, b, w) in enumerate(zip(x, y, weights)):
        total += w * (a - b) ** 2 / (k + 1)
    return total


def rows(matrix, v):
    """Rows of a matrix, and a sum that starts as a float and becomes an array."""
    total = 0.0
    for row in matrix:
        total = total + np.tanh(row * v) * row[0]
    return total


def welford(x):
    """Mean and variance in one pass."""
    mean, m2 = 0.0, 0.0
    for count, value in enumerate(x, start=1):
        delta = value - mean
        mean += delta / count
        m2 += delta * (value - mean)
    return mean, m2 / len(x)


def strided(x):
    """Ranges with steps, downwards too, and the loop variable after the loop."""
    total = 0.0
    for i in range(len(x) - 1, -1, -2):
        total = total * 0.5 + x[i]
    for i in range(0, len(x), 3):
        total += x[i] ** 2
    return total * x[i]


def triangular(a):
    """Nested loops with bounds that depend on each other."""
    total = 0.0
    for i in range(a.shape[0]):
        row = 1.0
        for j in range(i, a.shape[1]):
            row = row * np.sin(a[i, j]) + a[j, i]
        total += row * row
    return total


def while_counter(x):
    """A while loop over an index, with a bound that changes."""
    i, n, s = 0, len(x), 1.0
    while i < n:
        s = s * (1.0 + 0.1 * x[i])
        if s > 1.2:
            n -= 1
        i += 1
    return s


def collatz(x, n):
    """A trip count and branches that depend on an integer."""
    while n != 1:
        if n % 2 == 0:
            n //= 2
            x = np.sin(x) + 0.1 * n
        else:
            n = 3 * n + 1
            x = x * np.cos(x)
    return x


def harmonic_mean_iteration(a, b):
    """Arithmetic-geometric mean: two values that move together."""
    while abs(a - b) > 1e-10:
        a, b = 0.5 * (a + b), np.sqrt(a * b)
    return a


def over_a_tuple(x):
    """A loop over a literal tuple and a literal list."""
    total = 0.0
    for p in (1, 2, 3):
        total += x**p
    for c in [0.5, 1.5]:
        total *= np.cos(c * x)
    return total


def accumulating_divisor(x):
    """Division by a value that accumulates, which is then read after the loop."""
    norm = 1.0
    out = 0.0
    for v in x:
        norm += v * v
        out = (out + v) / norm
    return out * norm


def fixed_point_pair(k, u):
    """Sinkhorn scaling of a matrix: v is read after the loop."""
    v = np.ones(k.shape[1])
    for _ in range(4):
        v = 1.0 / (k.T @ u)
        u = 1.0 / (k @ v)
    return np.outer(u, v) * k


PROGRAMS = [
    Program(neighbour_products, [(normal(6),), (normal(1),), (normal(0),)]),
    Program(logistic_map, [(0.3, 2.9, 5), (0.3, 2.9, 0), (uniform(3, low=0.1, high=0.9), 3.1, 1)]),
    Program(heron, [(2.0, 1e-12), (0.3, 1e-12), (1.0, 1.0)], argnums=(0,)),
    Program(exponential_series, [(0.5,), (-2.0,)]),
    Program(pairwise_energy, [(normal(4, 2),), (normal(1, 3),), (normal(2, 1),)]),
    Program(discounted, [(normal(5), 0.9), (normal(0), 0.9)]),
    Program(
        zipped, [(normal(4), normal(4, seed=1), positive(4)), (normal(3), normal(1, seed=1), positive(2))]
    ),
    Program(rows, [(normal(3, 4), normal(4)), (normal(1, 2), normal(2))]),
    Program(welford, [(normal(6),), (normal(1),)]),
    Program(strided, [(normal(7),), (normal(1),), (normal(4),)]),
    Program(triangular, [(normal(4, 4),), (normal(1, 1),), (normal(0, 0),)]),
    Program(while_counter, [(positive(6),), (normal(3),), (normal(0),)]),
    Program(collatz, [(0.7, 6), (0.7, 1), (0.4, 7)]),
    Program(harmonic_mean_iteration, [(1.0, 2.3), (0.4, 7.0)]),
    Program(over_a_tuple, [(0.7,), (normal(3),)]),
    Program(accumulating_divisor, [(normal(4),), (normal(0),)]),
    Program(fixed_point_pair, [(positive(3, 4), positive(3)), (positive(1, 1), positive(1))]),
]
