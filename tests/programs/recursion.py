"""Functions that call themselves and each other."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def shrinking(x, n):
    """A residual in each branch."""
    if n <= 0:
        return x
    return shrinking(x * x + 0.1, n - 1) * x


def fibonacci_like(a, b, n):
    """Two calls in one expression."""
    if n == 0:
        return a
    if n == 1:
        return b * a
    return fibonacci_like(a, b, n - 1) * np.sin(b) + fibonacci_like(b, a, n - 2)


def tree_product(x):
    """Halves of an array, views passed down."""
    n = len(x)
    if n == 0:
        return 1.0
    if n == 1:
        return x[0] + 0.5
    return tree_product(x[: n // 2]) * tree_product(x[n // 2 :])


def matrix_power(a, n):
    """Power of a matrix by squaring."""
    if n == 0:
        return np.eye(a.shape[0])
    half = matrix_power(a, n // 2)
    square = half @ half
    return square @ a if n % 2 else square


def even_part(x, n):
    """Mutual recursion."""
    if n == 0:
        return x
    return odd_part(x * 1.1, n - 1) + x


def odd_part(x, n):
    if n == 0:
        return -x * x
    return even_part(np.sin(x), n - 1) * x


def in_place_haar(x):
    """A Haar transform that writes its argument and recurses on a view of it."""

    def haar(v):
        n = len(v)
        if n == 1:
            return
        h = n // 2
        low = 0.5 * (v[0::2] + v[1::2])
        high = v[0::2] * v[1::2]
        v[:h] = low
        v[h:] = high
        haar(v[:h])

    y = x * 1.0
    haar(y)
    return y


def adaptive_integral(a, b, k):
    """Adaptive quadrature: the recursion depends on the values."""

    def f(t):
        return np.exp(-k * t * t)

    def rule(lo, hi):
        return (hi - lo) / 6.0 * (f(lo) + 4.0 * f(0.5 * (lo + hi)) + f(hi))

    def refine(lo, hi, whole, depth):
        mid = 0.5 * (lo + hi)
        left, right = rule(lo, mid), rule(mid, hi)
        if depth == 0 or abs(left + right - whole) < 1e-3:
            return left + right
        return refine(lo, mid, left, depth - 1) + refine(mid, hi, right, depth - 1)

    return refine(a, b, rule(a, b), 4)


def continued_fraction(x, n):
    """Recursion inside a loop."""

    def level(v, k):
        return v + 1.0 if k == 0 else v + 1.0 / level(v * 0.9, k - 1)

    total = 0.0
    for i in range(n):
        total += level(x, i) * x
    return total


def recursive_writes(x):
    """The callee writes an array that the caller reads before and after."""

    def sweep(v, i, s):
        if i == len(v):
            return s
        v[i] = v[i] * v[i - 1] + s
        return sweep(v, i + 1, s + v[i] * 0.3)

    y = x.copy()
    before = y * x
    s = sweep(y, 1, y[0])
    y[0] = s * y[-1]
    return before + y


def recursive_copies(x):
    """The callee writes a copy of what it is given."""

    def sweep(v, i, s):
        if i == len(v):
            return s * v[0]
        v = v.copy()
        v[i] = v[i] * v[i - 1] + s
        return sweep(v, i + 1, s + v[i] * 0.3) * v[i]

    y = x.copy()
    before = y * x
    y[0] = sweep(y, 1, y[0]) * y[-1]
    return before + y


def same_shape(x, n):
    """Every level returns an array of the shape of its argument."""
    if n <= 0:
        return x
    return same_shape(x * x + 0.1, n - 1) * x


def halves(x, y):
    """Two arrays of one size, which changes from level to level."""
    if len(x) <= 1:
        return x * y, y
    k = len(x) // 2
    a, b = halves(x[:k] + x[k : 2 * k], y[:k] * y[k : 2 * k])
    return np.concatenate([a, b]) * x[: 2 * k], y[: 2 * k] - x[: 2 * k]


def merge_sort(x):
    """The argument on one path, a local array that is written on the other."""

    def sort(a):
        if len(a) <= 1:
            return a
        left, right = sort(a[: len(a) // 2]), sort(a[len(a) // 2 :])
        out = np.empty(len(a))
        i = j = 0
        for k in range(len(a)):
            if j >= len(right) or (i < len(left) and left[i] <= right[j]):
                out[k] = left[i]
                i += 1
            else:
                out[k] = right[j]
                j += 1
        return out

    return sort(x * x) * np.arange(float(len(x)))


def power_spectrum(x):
    """A fast Fourier transform by halves."""

    def fft(z):
        n = len(z)
        if n == 1:
            return z
        even, odd = fft(z[::2]), fft(z[1::2])
        odd = np.exp(-2j * np.pi * np.arange(n // 2) / n) * odd
        out = np.zeros(n, dtype=complex)
        out[: n // 2] = even + odd
        out[n // 2 :] = even - odd
        return out

    z = fft(x * (1.0 + 0.0j))
    return np.real(z * np.conj(z))


def written_results(x):
    """What a call returns is written by the caller; its tangent is the argument's, its cotangent the result's."""

    def shifted(a, n):
        return a + 0.5 if n == 0 else shifted(a, n - 1)

    def exponential(a, n):
        return np.exp(a) if n == 0 else np.exp(exponential(0.5 * a, n - 1) * 0.1)

    y = x * 1.0
    for i in range(2):
        v, w = shifted(y, i), exponential(y, i)
        v[0] = y[1] * v[1] * w[0]
        w[:] = v * w[1]
        y *= 0.5 * v + w
    return y, v


def simplified_to_its_argument(x):
    """`v * 1.0` is a new array, whatever it is simplified to: its cotangent is not that of what was passed."""

    def damped(v, depth):
        if depth == 0:
            return v * 1.0
        v = v.copy()
        v[0] = np.sin(v[1])
        return 0.5 * damped(v, depth - 1) + 2.0 * v

    return x * damped(x, 2)


def two_results(x):
    """A call with two results, which the caller reads."""

    def split(a, n):
        return (a * 2.0, a[1:]) if n == 0 else split(a * a, n - 1)

    first, rest = split(x, 2)
    return first[:-1] * rest


def leaves_from_a_loop(x, n, acc):
    """The call is left from inside a loop, which keeps a tape among the residuals."""
    for i in range(n):
        if x[i] > 0.2:
            return leaves_from_a_loop(x * 0.5, n - 1, acc * x[i])
        acc = acc + x[i] * x[i]
        if acc > 2.0:
            break
    else:
        return acc * 2.0
    return acc


def passive_tapes(x, n, k):
    """What is recorded does not depend on x."""
    c = np.ones(4) * n
    s = 1.0
    for i in range(n):
        q = c[i] * k
        s = s * np.sin(q) * x[i] + x[0]
        k += 1
        if q > 5.0:
            break
    if n == 0:
        return x[1] * s
    return passive_tapes(x * 0.5, n - 1, k) * s * c[0]


def handed_back(x, n):
    """The innermost call returns its argument itself, an array that its caller has written."""
    if n == 0:
        return x
    y = x * x
    y[0] = x[1]
    return handed_back(y, n - 1) * x


def handed_back_view(x, n):
    """The caller goes on reading and writing an array of which the call returned a part."""

    def tail(v, n):
        return v[1:] if n == 0 else tail(v * v, n - 1)

    y = x * 2.0
    for i in range(n):
        part = tail(y, i)
        y[i] = part[1] * 0.5 + y[i] * part[0]
        part[0] = y[i] * part[1]
    return y


def pairs(x, n):
    """Two results, neither of which has a name."""
    if n == 0:
        return x, x * 2
    a, b = pairs(x * 1.1, n - 1)
    if n % 2:
        return a * b, b + x
    return a * a, b * x


def from_pairs(x, n):
    a, b = pairs(x, n)
    return a * b + b


def swapped_and_returned(v, w, depth):
    """At the end of the recursion the result is an argument of the call, and the caller has written another."""
    if depth <= 0:
        return v
    v = v.copy()
    v[-2:] = v[1] ** 2
    return 0.5 * swapped_and_returned(w, v, depth - 1) + v * 2.0


def part_returned(x, y):
    """The same where the recursion is not the program itself, and hands back a part."""

    def step(v, w, depth):
        if depth <= 0:
            return v[1:]
        v = v * 1.0
        v[0] = v[1] * w[0]
        return step(w, v, depth - 1) * v[1:]

    return step(x, y, 3) + y[1:]


PROGRAMS = [
    Program(
        swapped_and_returned, [(normal(4), normal(4, seed=1), 3), (normal(3), normal(3, seed=1), 0)], order=1
    ),
    Program(part_returned, [(normal(4), positive(4)), (-positive(3), normal(3))], order=1),
    Program(merge_sort, [(normal(5),), (normal(1),), (normal(0),)], order=1),
    Program(power_spectrum, [(normal(4),), (normal(1),)], order=1),
    Program(written_results, [(normal(3),)]),
    Program(simplified_to_its_argument, [(normal(3),)], order=1),
    Program(two_results, [(normal(3),)]),
    Program(shrinking, [(0.4, 4), (0.4, 0), (0.4, 1), (normal(3) * 0.5, 2)]),
    Program(fibonacci_like, [(0.4, 0.7, 4), (0.4, 0.7, 0), (0.4, 0.7, 1)]),
    Program(tree_product, [(positive(5),), (positive(1),), (positive(0),)]),
    Program(matrix_power, [(normal(3, 3) * 0.5, 5), (normal(2, 2), 0), (normal(1, 1), 3)]),
    Program(even_part, [(0.4, 3), (0.4, 4), (normal(2), 0)]),
    Program(adaptive_integral, [(0.0, 2.0, 1.3), (0.0, 0.2, 1.0)]),
    Program(continued_fraction, [(0.8, 3), (0.8, 0)]),
    Program(same_shape, [(normal(3), 3), (normal(1), 2), (normal(2, 2), 1), (normal(3), 0)]),
    Program(
        halves,
        [(normal(8), normal(8, seed=1)), (normal(5), normal(5, seed=1)), (normal(1), normal(1, seed=1))],
    ),
    Program(recursive_copies, [(normal(4),), (normal(1),)], order=1),
    Program(leaves_from_a_loop, [(normal(4), 4, 1.0), (-positive(4), 3, 0.0)]),
    Program(passive_tapes, [(normal(4), 3, 1)]),
    Program(from_pairs, [(0.7, 4), (normal(2), 3)]),
]

# A recursive function that writes its argument, or hands out memory that is written, is refused until a later part.
REFUSED = [
    Program(in_place_haar, [(normal(8),), (normal(2),)]),
    Program(recursive_writes, [(normal(4),)]),
    Program(handed_back, [(normal(4), 3)]),
    Program(handed_back_view, [(normal(4), 3)]),
]
