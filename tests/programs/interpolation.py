"""Interpolation, quadrature and approximation."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def cubic_spline(x, y, at):
    """A natural spline: the tridiagonal system by hand, then evaluation by bisection."""
    n = len(x)
    h = x[1:] - x[:-1]
    m, c, d = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(1, n - 1):
        rhs = 6.0 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
        pivot = 2.0 * (h[i] + h[i - 1]) - h[i - 1] * c[i - 1]
        c[i] = h[i] / pivot
        d[i] = (rhs - h[i - 1] * d[i - 1]) / pivot
    for i in range(n - 2, 0, -1):
        m[i] = d[i] - c[i] * m[i + 1]
    out = np.zeros(len(at))
    for k in range(len(at)):
        low, high = 0, n - 1
        while high - low > 1:
            mid = (low + high) // 2
            if x[mid] > at[k]:
                high = mid
            else:
                low = mid
        a, b = (x[high] - at[k]) / h[low], (at[k] - x[low]) / h[low]
        out[k] = a * y[low] + b * y[high] + ((a**3 - a) * m[low] + (b**3 - b) * m[high]) * h[low] ** 2 / 6.0
    return out


def bicubic(image, ys, xs):
    """Catmull-Rom weights in both directions over a clamped neighbourhood."""

    def weights(t):
        return np.array(
            [
                -0.5 * t + t**2 - 0.5 * t**3,
                1.0 - 2.5 * t**2 + 1.5 * t**3,
                0.5 * t + 2.0 * t**2 - 1.5 * t**3,
                -0.5 * t**2 + 0.5 * t**3,
            ]
        )

    rows, cols = image.shape
    out = np.zeros(len(ys))
    for k in range(len(ys)):
        i, j = int(np.floor(ys[k])), int(np.floor(xs[k]))
        wy, wx = weights(ys[k] - i), weights(xs[k] - j)
        for a in range(4):
            for b in range(4):
                r, c = min(max(i + a - 1, 0), rows - 1), min(max(j + b - 1, 0), cols - 1)
                out[k] += wy[a] * wx[b] * image[r, c]
    return out


def bilinear_table(table, u, v):
    """A look-up in a table with extrapolation at its edge."""
    i = min(int(u), table.shape[0] - 2)
    j = min(int(v), table.shape[1] - 2)
    p, q = u - i, v - j
    corner = table[i : i + 2, j : j + 2]
    return np.array([1.0 - p, p]) @ corner @ np.array([1.0 - q, q])


def neville(x, y, at):
    """Neville's scheme, one array overwritten level by level."""
    n = len(x)
    p = y.copy()
    for level in range(1, n):
        for i in range(n - level):
            p[i] = ((at - x[i + level]) * p[i] + (x[i] - at) * p[i + 1]) / (x[i] - x[i + level])
    return p[0]


def divided_differences(x, y, at):
    """Newton's form: coefficients in place from below, then Horner's rule."""
    for level in range(1, len(x)):
        for i in range(len(x) - 1, level - 1, -1):
            y[i] = (y[i] - y[i - 1]) / (x[i] - x[i - level])
    value = 0.0
    for i in range(len(x) - 1, -1, -1):
        value = value * (at - x[i]) + y[i]
    return value


def de_boor(knots, control, degree, at):
    """A point on a B-spline curve."""
    k = degree
    while k < len(control) - 1 and at >= knots[k + 1]:
        k += 1
    d = control[k - degree : k + 1].copy()
    for r in range(1, degree + 1):
        for j in range(degree, r - 1, -1):
            left = knots[j + k - degree]
            alpha = (at - left) / (knots[j + 1 + k - r] - left)
            d[j] = (1.0 - alpha) * d[j - 1] + alpha * d[j]
    return d[degree]


def clenshaw(coefficients, x):
    """A Chebyshev series by its backward recursion."""
    b1, b2 = np.zeros_like(x), np.zeros_like(x)
    for k in range(len(coefficients) - 1, 0, -1):
        b1, b2 = 2.0 * x * b1 - b2 + coefficients[k], b1
    return x * b1 - b2 + coefficients[0]


def romberg(a, b, k, levels):
    """Richardson's table over trapezoids, row by row in one array."""

    def f(x):
        return np.exp(-k * x) * np.sin(x)

    table = np.zeros((levels + 1, levels + 1))
    h = b - a
    table[0, 0] = 0.5 * h * (f(a) + f(b))
    for i in range(1, levels + 1):
        h = 0.5 * h
        total = 0.0
        for j in range(1, 2**i, 2):
            total += f(a + j * h)
        table[i, 0] = 0.5 * table[i - 1, 0] + h * total
        for m in range(1, i + 1):
            table[i, m] = table[i, m - 1] + (table[i, m - 1] - table[i - 1, m - 1]) / (4.0**m - 1.0)
    return table[levels, levels]


def moving_least_squares(x, y, at, width, degree):
    """A weighted polynomial fit at each point, normal equations and all."""
    out = np.zeros(len(at))
    for k in range(len(at)):
        w = np.exp(-(((x - at[k]) / width) ** 2))
        basis = np.ones((len(x), degree + 1))
        for d in range(1, degree + 1):
            basis[:, d] = basis[:, d - 1] * (x - at[k])
        normal_matrix = basis.T @ (w[:, None] * basis)
        out[k] = np.linalg.solve(normal_matrix, basis.T @ (w * y))[0]
    return out


def radial_basis(centres, values, at, shape):
    """Weights from a dense system, evaluation in a loop."""
    d2 = (centres[:, None] - centres[None, :]) ** 2
    weights = np.linalg.solve(np.sqrt(1.0 + shape * d2) - 2.0 * np.eye(len(centres)), values)
    total = 0.0
    for c, w in zip(centres, weights):
        total += w * np.sqrt(1.0 + shape * (at - c) ** 2)
    return total


def monotone_cubic(x, y, at):
    """Fritsch and Carlson: slopes limited so that the curve does not overshoot."""
    h = x[1:] - x[:-1]
    delta = (y[1:] - y[:-1]) / h
    m = np.empty_like(y)
    m[0], m[-1] = delta[0], delta[-1]
    for i in range(1, len(y) - 1):
        if delta[i - 1] * delta[i] <= 0.0:
            m[i] = 0.0
        else:
            m[i] = 2.0 * delta[i - 1] * delta[i] / (delta[i - 1] + delta[i])
    i = 0
    while i < len(h) - 1 and at > x[i + 1]:
        i += 1
    t = (at - x[i]) / h[i]
    value = y[i] * (1.0 + 2.0 * t) * (1.0 - t) ** 2 + h[i] * m[i] * t * (1.0 - t) ** 2
    return value + y[i + 1] * t * t * (3.0 - 2.0 * t) + h[i] * m[i + 1] * t * t * (t - 1.0)


def pade(c, x):
    """A continued fraction from power-series coefficients by quotient differences in place."""
    n = len(c)
    e, q = np.zeros(n), np.zeros(n)
    q[: n - 1] = c[1:] / c[:-1]
    coefficients = np.zeros(n)
    coefficients[0] = c[0]
    for k in range(1, n):
        if k % 2 == 1:
            coefficients[k] = -q[0]
            e[: n - k - 1] = q[1 : n - k] - q[: n - k - 1] + e[1 : n - k]
        else:
            coefficients[k] = -e[0]
            q[: n - k - 1] = q[1 : n - k] * e[1 : n - k] / e[: n - k - 1]
    value = 1.0
    for k in range(n - 1, 0, -1):
        value = 1.0 + coefficients[k] * x / value
    return coefficients[0] / value


X5 = np.array([0.0, 0.7, 1.1, 2.0, 2.6])
KNOTS = np.array([0.0, 0.0, 0.0, 1.0, 2.2, 3.0, 3.0, 3.0])
PROGRAMS = [
    Program(cubic_spline, [(X5, normal(5), np.array([0.3, 1.5, 2.2])), (X5[:2], normal(2), np.array([0.4]))]),
    Program(
        bicubic,
        [
            (normal(4, 4), np.array([1.3, 0.2]), np.array([1.6, 2.7])),
            (normal(1, 1), np.array([0.4]), np.array([0.3])),
        ],
    ),
    Program(bilinear_table, [(normal(3, 4), 0.7, 1.6), (normal(2, 2), 1.3, 0.2)]),
    Program(neville, [(X5[:4], normal(4), 0.9), (X5[:1], normal(1), 0.9)]),
    Program(divided_differences, [(X5[:4], normal(4), 0.9), (X5[:1], normal(1), 0.9)]),
    Program(de_boor, [(KNOTS, normal(5, 2), 2, 1.4), (KNOTS[2:], normal(3), 0, 0.3)]),
    Program(clenshaw, [(normal(4), normal(3, seed=1)), (normal(1), normal(2)), (normal(3), 0.4)]),
    Program(romberg, [(0.2, 1.4, 0.8, 2), (0.2, 1.4, 0.8, 0)]),
    Program(
        moving_least_squares,
        [(X5, normal(5), np.array([0.5, 1.7]), 1.1, 1), (X5[:1], normal(1), np.array([0.3]), 1.1, 0)],
    ),
    Program(radial_basis, [(X5[:4], normal(4), 0.9, 0.7), (X5[:1], normal(1), 0.9, 0.7)]),
    Program(
        monotone_cubic, [(X5, np.cumsum(positive(5)), 1.4), (X5, normal(5), 0.5), (X5[:2], normal(2), 0.2)]
    ),
    Program(pade, [(positive(4), 0.3), (positive(1), 0.3), (positive(2), 0.3)]),
]
