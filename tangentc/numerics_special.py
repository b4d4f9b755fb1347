"""Derivatives of SciPy's special functions that need more than a line: emitted code may call them, as `numerics`.

Each holds where the textbook formula subtracts nearly equal numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy

__all__ = [
    "carlson_integral", "chndtr_density", "dawsn_derivative", "ellipe_slope", "ellipeinc_slope", "ellipk_slope",
    "ellipkinc_slope", "ellipkm1_slope", "erfcx_derivative", "exprel_derivative", "i0_excess", "i1_slope",
    "inverse_mills", "ive_derivative", "j0_defect", "j1_slope", "kolmogorov_derivative", "kve_derivative",
    "log_normal_moment", "mathieu_a_slope", "mathieu_b_slope", "mills_gap", "obl_cv_slope", "pro_cv_slope",
    "psi_growth", "rgamma_slope", "smirnov_derivative", "trigamma", "zeta_derivative",
]  # fmt: skip


def exprel_derivative(x: Any, order: int = 1) -> Any:
    """The derivative of the given order of (exp(x) - 1) / x, the integral of t^order exp(x t) from 0 to 1.

    Source: DLMF 13.4.1 for positive, 8.2.1 for negative x.
    """
    x = np.asarray(x)
    if order == 1 and np.all(np.abs(x) > 0.5):
        return (np.exp(x) - scipy.special.exprel(x)) / x
    negative = x < -1.0
    value = scipy.special.hyp1f1(order + 1.0, order + 2.0, np.where(negative, 0.0, x)) / (order + 1.0)
    if np.any(negative):
        far = -np.where(negative, x, -1.0)
        left = math.factorial(order) * scipy.special.gammainc(order + 1.0, far) / far ** (order + 1)
        value = np.where(negative, left, value)
    return np.asarray(value, np.result_type(x, np.float32))[()]


def erfcx_derivative(x: Any, order: int = 1) -> Any:
    """The derivative of the given order of exp(x^2) erfc(x), for real x.

    It is (-2)^n n! e_n, where e_n is exp(x^2) times the n-fold integral of erfc, with 2 n e_n = e_(n-2) - 2 x e_(n-1).
    For large x that cancels, and a continued fraction gives e_n / e_(n-1).

    Source: DLMF 7.18.4 and 7.18.7.
    """
    x = np.asarray(x)
    is_far = x > 3.0
    near = np.where(is_far, 3.0, x)
    first, second = 2.0 / math.sqrt(math.pi), scipy.special.erfcx(near)
    for n in range(1, order + 1):
        first, second = second, (first - 2.0 * near * second) / (2.0 * n)
    if np.any(is_far):
        far = np.where(is_far, x, 3.0)
        ratio, product = np.zeros_like(far), scipy.special.erfcx(far)
        for n in range(order + 30, 0, -1):
            ratio = 1.0 / (2.0 * far + 2.0 * (n + 1) * ratio)
            if n <= order:
                product = product * ratio
        second = np.where(is_far, product, second)
    return np.asarray((-2.0) ** order * math.factorial(order) * second, np.result_type(x, np.float32))[()]


def dawsn_derivative(x: Any, order: int = 1) -> Any:
    """The derivative of the given order of Dawson's function, for real x.

    From F' = 1 - 2 x F, and for large x from the asymptotic series, term by term.

    Source: DLMF 7.5.1 and 7.12.1.
    """
    x = np.asarray(x)
    is_far = np.abs(x) > 7.0
    near = np.where(is_far, 0.0, x)
    first, second = scipy.special.dawsn(near), 1.0 - 2.0 * near * scipy.special.dawsn(near)
    for n in range(1, order):
        first, second = second, -2.0 * near * second - 2.0 * n * first
    if not np.any(is_far):
        return np.asarray(second, np.result_type(x, np.float32))[()]
    inverse = 1.0 / np.where(is_far, x, 7.0)
    term = 0.5 * inverse ** (order + 1) * (-1.0) ** order * math.factorial(order)
    series = term
    for k in range(1, 30):
        growth = (2 * k - 1) / 2.0 * (2 * k + order) * (2 * k + order - 1) / ((2 * k) * (2 * k - 1))
        term = term * growth * inverse * inverse
        series = series + term
    return np.where(is_far, series, second).astype(np.result_type(x, np.float32))[()]


def inverse_mills(x: Any) -> Any:
    """The derivative of `log_ndtr`: the normal density over the normal distribution function, without their ranges."""
    return math.sqrt(2.0 / math.pi) / scipy.special.erfcx(-math.sqrt(0.5) * np.asarray(x))


def mills_gap(x: Any) -> Any:
    """x + inverse_mills(x), also far to the left, where both are large: there by the ratio of `erfcx_derivative`."""
    x = np.asarray(x)
    t = -math.sqrt(0.5) * x
    is_far = t > 3.0
    near = np.where(is_far, 0.0, x)
    gap = near + math.sqrt(2.0 / math.pi) / scipy.special.erfcx(-math.sqrt(0.5) * near)
    if np.any(is_far):
        far = np.where(is_far, t, 3.0)
        ratio = np.zeros_like(far)
        for n in range(30, 0, -1):
            ratio = 1.0 / (2.0 * far + 2.0 * (n + 1) * ratio)
        gap = np.where(is_far, math.sqrt(2.0) * ratio, gap)
    return np.asarray(gap, np.result_type(x, np.float32))[()]


def ive_derivative(v: Any, x: Any, order: int = 1) -> Any:
    """The derivative in x of the given order of exp(-|x|) I_v(x), for real x.

    From 2 I_v' = I_(v-1) + I_(v+1), and for large x from the asymptotic series, term by term.

    Source: DLMF 10.29.1 and 10.40.1.
    """
    v, x = np.asarray(v), np.asarray(x)
    if order == 1 and v.ndim == 0 and v in (0, 1):
        first, second = scipy.special.i0e(x), scipy.special.i1e(x)
        below = second if v == 0 else first - np.where(x == 0, 0.5, second / np.where(x == 0, 1.0, x))
        value: Any = below - np.sign(x) * (first if v == 0 else second)
        return _where_far(v, x, order, value, -1.0, 1.0 / math.sqrt(2.0 * math.pi))
    value = 0.0
    for k in range(order + 1):
        sign = (-np.sign(x)) ** (order - k)
        for j in range(k + 1):
            weight = math.comb(order, k) * math.comb(k, j) / 2.0**k
            value = value + weight * sign * _scaled("i", v - k + 2 * j, x)
    return _where_far(v, x, order, value, -1.0, 1.0 / math.sqrt(2.0 * math.pi))


def kve_derivative(v: Any, x: Any, order: int = 1) -> Any:
    """The derivative in x of the given order of exp(x) K_v(x), for real x.

    As `ive_derivative`, from 2 K_v' = -K_(v-1) - K_(v+1) and DLMF 10.40.2.
    """
    v, x = np.asarray(v), np.asarray(x)
    if order == 1 and v.ndim == 0 and v in (0, 1):
        first, second = scipy.special.k0e(x), scipy.special.k1e(x)
        value: Any = first - second if v == 0 else second - first - second / x
        return _where_far(v, x, order, value, 1.0, math.sqrt(math.pi / 2.0))
    value = 0.0
    for k in range(order + 1):
        for j in range(k + 1):
            weight = math.comb(order, k) * math.comb(k, j) * (-0.5) ** k
            value = value + weight * _scaled("k", v - k + 2 * j, x)
    return _where_far(v, x, order, value, 1.0, math.sqrt(math.pi / 2.0))


def _scaled(kind: str, v: Any, x: Any) -> Any:
    """`ive` or `kve`, for the orders 0 and 1 by the functions of their own, which are ten times as fast."""
    if v.ndim == 0 and abs(v) <= 1 and v == np.round(v):
        return getattr(scipy.special, f"{kind}{abs(int(v))}e")(x)
    return getattr(scipy.special, f"{kind}ve")(v, x)


def j1_slope(x: Any) -> Any:
    """The derivative of `j1`, J_0(x) - J_1(x) / x: DLMF 10.6.2."""
    x = np.asarray(x)
    safe = np.where(x == 0, 1.0, x)
    return np.asarray(
        scipy.special.j0(x) - np.where(x == 0, 0.5, scipy.special.j1(safe) / safe),
        np.result_type(x, np.float32),
    )[()]


def i1_slope(x: Any) -> Any:
    """The derivative of `i1`, I_0(x) - I_1(x) / x: DLMF 10.29.2."""
    x = np.asarray(x)
    safe = np.where(x == 0, 1.0, x)
    return np.asarray(
        scipy.special.i0(x) - np.where(x == 0, 0.5, scipy.special.i1(safe) / safe),
        np.result_type(x, np.float32),
    )[()]


def _where_far(v: Any, x: Any, order: int, value: Any, sign: float, scale: float) -> Any:
    """`value`, and for large x the asymptotic series of a scaled Bessel function, differentiated term by term."""
    is_far = x > np.maximum(30.0, np.square(v))
    if not np.any(is_far):
        return np.asarray(value, np.result_type(x, np.float32))[()]
    inverse = 1.0 / np.where(is_far, x, 1.0)
    square = 4.0 * np.square(np.where(is_far, v, 0.5))
    coefficient: Any = scale * np.sqrt(inverse) * (-inverse) ** order
    series: Any = 0.0
    for k in range(25):
        factor = 1.0
        for i in range(order):
            factor *= k + 0.5 + i
        series = series + coefficient * factor
        coefficient = coefficient * sign * (square - (2 * k + 1) ** 2) / (8.0 * (k + 1)) * inverse
    return np.where(is_far, series, value).astype(np.result_type(x, np.float32))[()]


def ellipkinc_slope(phi: Any, m: Any) -> Any:
    """The derivative in m of the incomplete elliptic integral of the first kind.

    Between -pi/2 and pi/2 it is s^3 / 6 R_D(c^2, 1, 1 - m s^2), with s and c the sine and cosine of phi; each half turn
    adds twice the derivative of the complete integral.

    Source: DLMF 19.25.5 and 19.18.3.
    """
    turns = np.round(np.asarray(phi) / np.pi)
    s = np.sin(phi) * np.cos(np.pi * turns)
    part = s**3 / 6.0 * scipy.special.elliprd(np.cos(phi) ** 2, 1.0, 1.0 - m * s * s)
    whole = np.pi / 8.0 * scipy.special.hyp2f1(0.5, 0.5, 2.0, m) / (1.0 - m)
    return np.where(turns == 0, part, part + 2.0 * turns * whole)[()]


def ellipeinc_slope(phi: Any, m: Any) -> Any:
    """The derivative in m of the incomplete elliptic integral of the second kind: -s^3 / 6 R_D(c^2, 1 - m s^2, 1).

    Source: DLMF 19.25.10 with 19.4.6; s, c and the half turns as in `ellipkinc_slope`.
    """
    turns = np.round(np.asarray(phi) / np.pi)
    s = np.sin(phi) * np.cos(np.pi * turns)
    part = -(s**3) / 6.0 * scipy.special.elliprd(np.cos(phi) ** 2, 1.0 - m * s * s, 1.0)
    whole = -np.pi / 8.0 * scipy.special.hyp2f1(0.5, 1.5, 2.0, m)
    return np.where(turns == 0, part, part + 2.0 * turns * whole)[()]


def psi_growth(a: Any, b: Any) -> Any:
    """psi(a + b) - psi(a), by Taylor's series where b is small beside a."""
    a, b = np.asarray(a), np.asarray(b)
    value = scipy.special.psi(a + b) - scipy.special.psi(a)
    is_small = (a > 1.0) & (np.abs(b) < 0.05 * a)
    if np.any(is_small):
        near, step = np.where(is_small, a, 1.0), np.where(is_small, b, 0.0)
        series: Any = 0.0
        power: Any = 1.0
        for k in range(1, 13):
            power = power * step / k
            series = series + scipy.special.polygamma(k, near) * power
        value = np.where(is_small, series, value)
    return np.asarray(value, np.result_type(a, b, np.float32))[()]


def rgamma_slope(x: Any) -> Any:
    """The derivative of 1 / gamma(x): -psi(x) / gamma(x), and (-1)^n n! at the poles -n of gamma."""
    x = np.asarray(x)
    is_pole = (np.real(x) <= 0) & (x == np.round(x))
    safe = np.where(is_pole, 1.0, x)
    n = np.where(is_pole, -np.real(x), 0.0)
    at_pole = np.where(n % 2, -1.0, 1.0) * scipy.special.gamma(n + 1.0)
    slope = -scipy.special.psi(safe) * scipy.special.rgamma(safe)
    return np.where(is_pole, at_pole, slope).astype(np.result_type(x, np.float32))[()]


def i0_excess(x: Any, order: int = 0) -> Any:
    """(I_0(x) - 1) / x, or its derivative of the given order: near 0 by the power series.

    Source: DLMF 10.25.2.
    """
    x = np.asarray(x)
    is_near = np.abs(x) < 2.0
    far, near = np.where(is_near, 2.0, x), np.where(is_near, x, 0.0)
    value = (scipy.special.i0(far) - 1.0) / far
    for n in range(1, order + 1):
        value = (scipy.special.ivp(0, far, n) - n * value) / far
    series: Any = 0.0
    for k in range(order // 2 + 15, order // 2, -1):
        factor = math.perm(2 * k - 1, order) / (4.0**k * math.factorial(k) ** 2)
        series = series + factor * near ** (2 * k - 1 - order)
    return np.where(is_near, series, value).astype(np.result_type(x, np.float32))[()]


def j0_defect(x: Any, order: int = 0) -> Any:
    """(1 - J_0(x)) / x, or its derivative of the given order: near 0 by the power series.

    Source: DLMF 10.2.2.
    """
    x = np.asarray(x)
    is_near = np.abs(x) < 2.0
    far, near = np.where(is_near, 2.0, x), np.where(is_near, x, 0.0)
    value = (1.0 - scipy.special.j0(far)) / far
    for n in range(1, order + 1):
        value = -(scipy.special.jvp(0, far, n) + n * value) / far
    series: Any = 0.0
    for k in range(order // 2 + 15, order // 2, -1):
        factor = math.perm(2 * k - 1, order) / (4.0**k * math.factorial(k) ** 2)
        series = series - (-1.0) ** k * factor * near ** (2 * k - 1 - order)
    return np.where(is_near, series, value).astype(np.result_type(x, np.float32))[()]


def zeta_derivative(x: Any, q: Any, order: int = 1) -> Any:
    """The derivative in x of the given order of `zeta(x, q)`, for x > 1, and for q = 1 also down to x = 0.

    Euler and Maclaurin's formula as a truncated power series in x: entry i is the derivative of order i over i!.

    Source: DLMF 25.11.5 with 2.10.1.
    """
    kind = np.result_type(np.asarray(x), q, np.float32)
    x, q = np.asarray(x, float), np.asarray(q, float)

    def product(f: list[Any], g: list[Any]) -> list[Any]:
        return [sum(f[j] * g[i - j] for j in range(i + 1)) for i in range(order + 1)]

    total: Any = 0.0
    for k in range(12):
        logarithm = np.log(q + k)
        total = total + np.exp(-x * logarithm) * (-logarithm) ** order
    far, logarithm = q + 12.0, np.log(q + 12.0)
    power = [(-logarithm) ** i / math.factorial(i) for i in range(order + 1)]
    # Beside far^(-x): the integral, half the last term, and the corrections with rising powers of x.
    series = [far * (-1.0) ** i / (x - 1.0) ** (i + 1) for i in range(order + 1)]
    series[0] = series[0] + 0.5
    rising: list[Any] = [x, 1.0, *[0.0] * order]
    for k, number in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510), 1):
        factor = number / math.factorial(2 * k) * far ** (1 - 2 * k)
        series = [each + factor * more for each, more in zip(series, rising, strict=False)]
        for more in (2 * k - 1, 2 * k):
            rising = product(rising, [x + more, 1.0, *[0.0] * order])
    total = total + np.exp(-x * logarithm) * math.factorial(order) * product(series, power)[order]
    return np.where((x >= 0.0) & (q > 0.0), total, np.nan).astype(kind)[()]


def trigamma(x: Any) -> Any:
    """The derivative of `psi`: for positive x ten times as fast as `polygamma(1, x)`.

    Source: DLMF 5.15.5 and 5.15.8.
    """
    x = np.asarray(x)
    if not np.all(x > 0.0):
        return np.asarray(scipy.special.polygamma(1, x), np.result_type(x, np.float32))[()]
    near = np.square(np.reciprocal(x, dtype=float))
    for k in range(1, 10):
        near = near + np.square(1.0 / (x + k))
    inverse = 1.0 / (x + 10.0)
    square = np.square(inverse)
    tail: Any = 0.0
    for number in (-3617 / 510, 7 / 6, -691 / 2730, 5 / 66, -1 / 30, 1 / 42, -1 / 30, 1 / 6):
        tail = (tail + number) * square
    return (near + inverse * (1.0 + 0.5 * inverse + tail)).astype(np.result_type(x, np.float32))[()]


def ellipk_slope(m: Any) -> Any:
    """The derivative of `ellipk`, (E - (1 - m) K) / (2 m (1 - m)), and near 0, where that cancels, its power series.

    Source: DLMF 19.4.1 and 19.5.1.
    """
    m = np.asarray(m)
    is_near = np.abs(m) < 0.1
    far = np.where(is_near, 0.5, m)
    value = np.asarray((scipy.special.ellipe(far) / (1.0 - far) - scipy.special.ellipk(far)) / (2.0 * far))
    near, series = m[is_near], 0.0
    if near.size:
        for n in range(17, 0, -1):
            series = series * near + n * (math.comb(2 * n, n) / 4.0**n) ** 2
        value[is_near] = 0.5 * math.pi * series
    return value.astype(np.result_type(m, np.float32))[()]


def ellipkm1_slope(p: Any) -> Any:
    """The derivative of `ellipkm1`, as `ellipk_slope`: nothing is lost where p is small."""
    p = np.asarray(p)
    is_near = np.abs(1.0 - p) < 0.1
    far = np.where(is_near, 0.5, p)
    value = np.asarray(
        (scipy.special.ellipkm1(far) - scipy.special.ellipe(1.0 - far) / far) / (2.0 * (1.0 - far))
    )
    value[is_near] = -ellipk_slope(1.0 - p[is_near])
    return value.astype(np.result_type(p, np.float32))[()]


def ellipe_slope(m: Any) -> Any:
    """The derivative of `ellipe`, (E - K) / (2 m), as `ellipk_slope`."""
    m = np.asarray(m)
    is_near = np.abs(m) < 0.1
    far = np.where(is_near, 0.5, m)
    value = np.asarray((scipy.special.ellipe(far) - scipy.special.ellipk(far)) / (2.0 * far))
    near, series = m[is_near], 0.0
    if near.size:
        for n in range(17, 0, -1):
            series = series * near - n * (math.comb(2 * n, n) / 4.0**n) ** 2 / (2 * n - 1)
        value[is_near] = 0.5 * math.pi * series
    return value.astype(np.result_type(m, np.float32))[()]


def mathieu_a_slope(m: Any, q: Any) -> Any:
    """The derivative of `mathieu_a` in q: the mean of 2 cos(2 x) ce_m(x)^2, by the Fourier coefficients of ce_m.

    Source: Feynman, Phys. Rev. 56 (1939) 340; DLMF 28.4(ii), and 28.2(v) for negative q.
    """
    return _one_by_one(lambda m, q: _mean_cosine(m, q, "even" if q >= 0.0 or m % 2 == 0 else "odd"), m, q)


def mathieu_b_slope(m: Any, q: Any) -> Any:
    """The derivative of `mathieu_b` in q, as `mathieu_a_slope`."""
    return _one_by_one(lambda m, q: _mean_cosine(m, q, "odd" if q >= 0.0 or m % 2 == 0 else "even"), m, q)


def _mean_cosine(m: int, q: float, parity: str) -> float:
    """From continued fractions on both sides of the coefficient that is 1 at q = 0: DLMF 28.4.5 to 28.4.8."""
    size, is_constant = abs(q), parity == "even" and m % 2 == 0  # the series begins with a constant
    value = float((scipy.special.mathieu_a if parity == "even" else scipy.special.mathieu_b)(m, size))
    lowest = m % 2 if m % 2 or parity == "even" else 2
    squares = [float((lowest + 2 * k) ** 2) for k in range(m // 2 + 30 + int(math.sqrt(size)))]
    squares[0] += 0.0 if m % 2 == 0 else size if parity == "even" else -size
    place, last = (m - lowest) // 2, len(squares) - 1
    c, ratio = [0.0] * len(squares), 0.0
    c[place] = 1.0
    above = [0.0] * len(squares)
    for k in range(last, place, -1):
        ratio = (2.0 if k == 1 and is_constant else 1.0) * size / (value - squares[k] - size * ratio)
        above[k] = ratio
    for k in range(place + 1, last + 1):
        c[k] = c[k - 1] * above[k]
    ratio, below = 0.0, [0.0] * len(squares)
    for k in range(place):
        ratio = size / (value - squares[k] - (2.0 if k == 1 and is_constant else 1.0) * size * ratio)
        below[k] = ratio
    for k in range(place - 1, -1, -1):
        c[k] = c[k + 1] * below[k]
    total = math.fsum(x * x for x in c) + (c[0] ** 2 if is_constant else 0.0)
    first = c[0] * c[1] if is_constant else 0.0 if m % 2 == 0 else 0.5 * c[0] ** 2
    mean = float(np.dot(c[:-1], c[1:])) + (first if parity == "even" else -first)
    return math.copysign(2.0, q) * mean / total


def _one_by_one(slope: Any, m: Any, q: Any) -> Any:
    kind = np.float32 if np.can_cast(np.result_type(m, q), np.float32) else float
    m, q = np.broadcast_arrays(m, q)
    pairs = zip(m.flat, q.flat, strict=True)
    found = np.array([slope(int(m), q) if m == int(m) else math.nan for m, q in pairs], dtype=float)
    return found.reshape(q.shape).astype(kind)[()]


def pro_cv_slope(m: Any, n: Any, c: Any) -> Any:
    """The derivative of `pro_cv` in c: 2 c times the mean of x^2 with the weight S(x)^2, by Gauss's quadrature.

    Source: Feynman, Phys. Rev. 56 (1939) 340; DLMF 30.2.1.
    """
    return 2.0 * c * _mean_square("pro", m, n, c)


def obl_cv_slope(m: Any, n: Any, c: Any) -> Any:
    """The derivative of `obl_cv` in c, as `pro_cv_slope`."""
    return -2.0 * c * _mean_square("obl", m, n, c)


def _mean_square(kind: str, m: Any, n: Any, c: Any) -> Any:
    nodes, weights = np.polynomial.legendre.leggauss(
        24 + int(np.max(n, initial=0)) + int(np.max(np.abs(c), initial=0))
    )
    m, n, c = (np.asarray(each)[..., None] for each in (m, n, c))
    cv = getattr(scipy.special, f"{kind}_cv")(m, n, c)
    x = 0.5 * (nodes + 1.0)
    square = weights * getattr(scipy.special, f"{kind}_ang1_cv")(m, n, c, cv, x)[0] ** 2
    return np.sum(x * x * square, axis=-1) / np.sum(square, axis=-1)


def carlson_integral(x: Any, y: Any, z: Any, p: Any, orders: tuple[int, int, int, int] = (0, 0, 0, 1)) -> Any:
    """The integral of (t + x)^(-1/2 - i) (t + y)^(-1/2 - j) (t + z)^(-1/2 - k) (t + p)^-l over positive t.

    2/3 of R_J, but for the orders i, j, k, l, which are those of its derivatives.  By the trapezoidal rule in log(t),
    where the integrand is analytic in a strip of width 2 pi: nothing cancels where some of the operands are equal.
    Not a number for negative operands.

    Source: DLMF 19.16.2; Trefethen and Weideman, SIAM Review 56 (2014) 385.
    """
    x, y, z, p = np.broadcast_arrays(x, y, z, p)
    kind = np.result_type(x, y, z, p, np.float32)
    every = np.stack([x, y, z, p]).astype(float)
    valid = np.all(every >= 0.0, axis=0) & (p > 0.0) & np.all(np.isfinite(every), axis=0)
    every = np.where(valid, every, 1.0)
    step, above = 0.4, np.where(every > 0.0, every, np.inf)
    low = np.log(np.min(above, axis=0)) - np.where(np.any(every == 0.0, axis=0), 80.0, 40.0)
    steps = int(np.max(np.log(np.max(every, axis=0)) - low, initial=0.0) / step) + 70
    total, t = np.zeros(x.shape), np.exp(low)
    for _ in range(steps):
        shifted = t + every
        term = t / np.sqrt(shifted[0] * shifted[1] * shifted[2])
        for each, order in zip(shifted, orders, strict=True):
            for _ in range(order):
                term = term / each
        total = total + term
        t = t * math.exp(step)
    return np.where(valid, step * total, np.nan).astype(kind)[()]


def kolmogorov_derivative(x: Any, order: int = 1) -> Any:
    """The derivative of the given order of `kolmogorov`, by whichever of its two theta series converges faster.

    Source: Kolmogorov, Giorn. Ist. Ital. Attuari 4 (1933) 83; DLMF 20.7.30 and 18.5.5.
    """
    x = np.asarray(x)
    is_far, is_near = x > 1.0, (x > 0.03) & (x <= 1.0)
    far, near = x[is_far], x[is_near]
    tail: Any = 0.0
    for k in range(order // 2 + 5, 0, -1):
        b = math.sqrt(2.0) * k
        density = (-b) ** order * scipy.special.eval_hermite(order, b * far) * np.exp(-np.square(b * far))
        tail = tail - 2.0 * (-1.0) ** k * density
    # The other series has the terms exp(-w) / x; its derivatives have x^(-1 - n) P_n(w) exp(-w) instead.
    polynomial = np.polynomial.Polynomial([1.0])
    w = np.polynomial.Polynomial([0.0, 2.0])
    for n in range(order):
        polynomial = w * (polynomial - polynomial.deriv()) - (n + 1.0) * polynomial
    start: Any = 0.0
    for k in range(order // 4 + 3, 0, -1):
        inner = np.square((2 * k - 1) * math.pi / near) / 8.0
        start = start - math.sqrt(2.0 * math.pi) * polynomial(inner) * np.exp(-inner) / near ** (order + 1)
    value = np.where(np.isnan(x), x, 0.0).astype(np.result_type(x, np.float32))
    value[is_far], value[is_near] = tail, start
    return value[()]


def smirnov_derivative(n: Any, d: Any, order: int = 1) -> Any:
    """The derivative in d of the given order of `smirnov`, term by term.

    Source: Birnbaum and Tingey, Ann. Math. Statist. 22 (1951) 592.
    """
    n, d = np.asarray(n, float), np.asarray(d)
    inside = (d >= 0.0) & (d <= 1.0)
    safe = np.where(inside, d, 0.5)
    falling = (-1.0) ** order * scipy.special.poch(n - order + 1.0, order)
    total = falling * (1.0 - safe) ** np.maximum(n - order, 0.0)
    for v in range(1, int(np.max(n, initial=0.0))):
        low, rest = safe + v / n, 1.0 - safe - v / n
        used = (rest > 0.0) & (v < n)
        low, rest, right = (np.where(used, each, 1.0) for each in (low, rest, n - v))
        size = np.exp((v - 1) * np.log(low) + right * np.log(rest) - np.log(n + 1.0)
                      - scipy.special.betaln(np.where(used, n - v, 1.0) + 1.0, v + 1.0))  # fmt: skip
        factors: list[Any] = []
        for r in (order - 1, order):
            factor: Any = 0.0
            for j in range(r + 1):
                left = math.comb(r, j) * math.perm(v - 1, j) * low ** (-j)
                factor = factor + left * (-rest) ** (j - r) * scipy.special.poch(right - (r - j) + 1.0, r - j)
            factors.append(factor)
        total = total + np.where(used, size * (safe * factors[1] + order * factors[0]), 0.0)
    return np.where(inside, total, np.nan).astype(np.result_type(d, np.float32))[()]


def chndtr_density(x: Any, df: Any, nc: Any) -> Any:
    """The derivative of `chndtr` in x; also for the degrees of freedom df - 2, ..., that its derivatives have.

    Source: Fisher (1928); the Bessel function by DLMF 10.39.9 where its argument is small.
    """
    x, df, nc = np.asarray(x), np.asarray(df), np.asarray(nc)
    order, square = 0.5 * df - 1.0, x * nc
    is_far = square > 1.0
    far = np.where(is_far, square, 1.0)
    near, half = np.where(is_far, 0.0, 0.25 * square), np.where(is_far, 1.0, 0.5 * x)
    shift = np.exp(-0.5 * np.square(np.sqrt(x) - np.sqrt(nc)))
    ratio = np.where(is_far, x, 1.0) / np.where(is_far, nc, 1.0)
    large = 0.5 * shift * ratio ** (0.5 * order) * scipy.special.ive(order, np.sqrt(far))
    is_pole = (order < 0.0) & (order == np.round(order))
    power = np.where(is_pole, np.where(is_far, 1.0, 0.5 * nc) ** np.where(is_pole, -order, 0.0), half**order)
    positive = np.where(is_pole, -order, order) + 1.0
    small = (
        0.5
        * np.exp(-0.5 * (x + nc))
        * power
        * scipy.special.hyp0f1(positive, near)
        * scipy.special.rgamma(positive)
    )
    return np.where(is_far, large, small).astype(np.result_type(x, df, nc, np.float32))[()]


def log_normal_moment(k: Any, z: Any) -> Any:
    """The logarithm of the integral of y^k exp(-(y - z)^2 / 2) over positive y, for k > -0.9.

    By the trapezoidal rule in t, where log(y) = c + t - exp(-t), which takes both ends to 0 faster than exponentially.

    Source: DLMF 12.5.1, which makes it a parabolic cylinder function of order -k - 1; Mori, Publ. RIMS 41 (2005) 897.
    """
    k, z = np.broadcast_arrays(k, z)
    valid = (k > -0.9) & np.isfinite(z)
    power, z, kind = np.where(valid, k + 1.0, 1.0), np.where(valid, z, 0.0), np.result_type(k, z, np.float32)
    root = np.sqrt(np.square(z) + 4.0 * power)
    peak = np.where(z > 0.0, 0.5 * (z + root), 2.0 * power / (root - np.minimum(z, 0.0)))
    width = 1.0 / np.sqrt(np.square(peak) + power)
    step = np.minimum(0.25 * width, 0.05)
    left = np.maximum(40.0 - 0.5 * np.square(np.maximum(z, 0.0)), 0.0) / power + 9.0 * width + 5.0
    left = np.where(peak > 9.6, np.minimum(left, -np.log1p(-9.5 / np.maximum(peak, 9.6))), left)
    top = power * np.log(peak) - 0.5 * np.square(peak - z)
    total, t = np.zeros(z.shape), -np.log1p(left)
    right = np.maximum(9.0 * width, 9.0 * step)
    for _ in range(int(np.max((right - t) / step, initial=0.0)) + 1):
        u = np.log(peak) + t + 1.0 - np.exp(-t)
        density = np.exp(power * u - 0.5 * np.square(np.exp(np.minimum(u, 300.0)) - z) - top)
        total, t = total + (1.0 + np.exp(-t)) * density, t + step
    return np.where(valid, top + np.log(step * total), np.nan).astype(kind)[()]
