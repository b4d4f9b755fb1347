"""Derivatives of scipy.special against mpmath, at hard points: near 0, far out, near branch points, negative.

Each row has the relative error that is reached.  Where it is above a few roundings, the comment says what loses them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from tangentc.testing import tangents

mp = pytest.importorskip("mpmath")


def _erfcx(x: Any) -> Any:
    return mp.exp(x * x) * mp.erfc(x)


def _dawsn(x: Any) -> Any:
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def _wofz(x: Any) -> Any:
    return mp.exp(-x * x) * mp.erfc(-1j * x)


def _mills(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi) / (mp.erfc(-x / mp.sqrt(2)) / 2)


def _gamma_density(a: Any) -> Callable[[Any], Any]:
    return lambda x: x ** (a - 1) * mp.exp(-x) / mp.gamma(a)


def _beta_density(a: Any, b: Any) -> Callable[[Any], Any]:
    return lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / mp.beta(a, b)


def _t_density(v: Any) -> Callable[[Any], Any]:
    return lambda t: (1 + t * t / v) ** (-(v + 1) / 2) / mp.sqrt(v) / mp.beta(0.5, v / 2)


def _rgamma_slope(x: Any) -> Any:
    if x <= 0 and x == mp.floor(x):
        return (-1) ** int(-x) * mp.factorial(-x)
    return -mp.psi(0, x) * mp.rgamma(x)


def _over(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: mp.diff(f, x)


def _spence_slope(z: Any) -> Any:
    return mp.log(z) / (1 - z) if z != 1 else mp.mpf(-1)


def _exprel_slope(x: Any) -> Any:
    return mp.diff(lambda t: mp.expm1(t) / t, x) if x else mp.mpf(0.5)


def _lambert_slope(z: Any) -> Any:
    return mp.exp(-mp.lambertw(z)) / (1 + mp.lambertw(z))


def _omega_slope(x: Any) -> Any:
    w = mp.lambertw(mp.exp(x))
    return w / (1 + w)


def _owen_slope(a: Any) -> Any:
    return mp.exp(-(mp.mpf(1.3) ** 2) * (1 + a * a) / 2) / (2 * mp.pi * (1 + a * a))


def _pseudo_huber_slope(d: Any) -> Any:
    root = mp.sqrt(1 + 9 / d**2)
    return 2 * d * (root - 1) - 9 / d / root


def _near_zeta(q: Any) -> Callable[[Any], Any]:
    return lambda x: mp.zeta(x, q, 1)


def _kolmogorov_slope(x: Any) -> Any:
    return 8 * x * sum((-1) ** k * k * k * mp.exp(-2 * k * k * x * x) for k in range(1, 150))


def _smirnov(n: int) -> Callable[[Any], Any]:
    def value(d: Any) -> Any:
        places = [(v, mp.mpf(v) / n) for v in range(int(n * (1 - d)) + 1)]
        return sum(mp.binomial(n, v) * d * (d + at) ** (v - 1) * (1 - d - at) ** (n - v) for v, at in places)

    return value


def _noncentral_chi(df: Any, nc: Any) -> Callable[[Any], Any]:
    return lambda x: _gamma_density(df / 2)(x / 2) / 2 * mp.exp(-nc / 2) * mp.hyp0f1(df / 2, nc * x / 4)


def _noncentral_f(m: Any, n: Any, nc: Any) -> Callable[[Any], Any]:
    def density(f: Any) -> Any:
        w = m * f / (n + m * f)
        share = _beta_density(m / 2, n / 2)(w) * mp.exp(-nc / 2) * mp.hyp1f1((m + n) / 2, m / 2, nc * w / 2)
        return share * m * n / (n + m * f) ** 2

    return density


def _noncentral_t(n: Any, nc: Any) -> Callable[[Any], Any]:
    def density(t: Any) -> Any:
        z = nc * t / mp.sqrt(n + t * t)
        moment = mp.gamma(n + 1) * mp.exp(-z * z / 4) * mp.pcfd(-n - 1, -z)
        scale = mp.sqrt(2 * mp.pi * n) * 2 ** (mp.mpf(n) / 2 - 1) * mp.gamma(mp.mpf(n) / 2)
        return (
            moment
            / scale
            * (1 + t * t / n) ** (-(mp.mpf(n) + 1) / 2)
            * mp.exp(-nc * nc * n / (n + t * t) / 2)
        )

    return density


def _tukey_slope(p: Any) -> Callable[[Any], Any]:
    def slope(x: Any) -> Any:
        y = mp.findroot(lambda y: (y**p - (1 - y) ** p) / p - x, 0.5 + x / 8)
        return 1 / (y ** (p - 1) + (1 - y) ** (p - 1))

    return slope


_LOGISTIC = lambda x: 1 / (2 + mp.exp(x) + mp.exp(-x))  # noqa: E731

# name, operands before the last, the last one at several points, the derivative, the tolerance
ROWS: list[tuple[str, tuple[Any, ...], tuple[Any, ...], Callable[[Any], Any], float]] = [
    ("expit", (), (-700.0, -3.0, 0.0, 5.0, 40.0, 300.0), _LOGISTIC, 1e-15),
    ("log_expit", (), (-40.0, 0.0, 40.0, 300.0), lambda x: 1 / (1 + mp.exp(x)), 1e-15),
    ("logit", (), (1e-300, 1e-9, 0.3, 0.999), lambda x: 1 / (x * (1 - x)), 1e-15),
    # exp(-x^2) has x^2 roundings
    ("erf", (), (-5.0, -1e-9, 0.0, 1.0, 6.0), lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x), 5e-15),
    ("erf", (), (0.3 + 2j, -1 - 1j), lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x), 2e-15),
    ("erfc", (), (-5.0, 0.0, 6.0, 20.0), lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x), 4e-14),
    ("erfi", (), (-3.0, 0.1, 10.0), lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(x * x), 1e-14),
    ("erfcx", (), (-5.0, -1.0, 0.0, 0.5, 2.0, 2.99, 3.01, 30.0, 1e6), _over(_erfcx), 8e-15),
    ("dawsn", (), (-30.0, -3.0, 1e-9, 0.5, 6.99, 7.01, 1e4), lambda x: 1 - 2 * x * _dawsn(x), 3e-14),
    ("wofz", (), (0.1 + 1j, -2.0 + 0.1j, 3.0 - 1j), _over(_wofz), 4e-14),
    ("erfinv", (), (-0.999999, -0.5, 1e-9, 0.9), lambda y: mp.sqrt(mp.pi) / 2 * mp.exp(mp.erfinv(y) ** 2), 1e-14),
    ("ndtr", (), (-30.0, -1.0, 0.0, 8.0), mp.npdf, 1e-13),
    ("log_ndtr", (), (-1e6, -300.0, -5.0, 0.0, 3.0, 20.0), lambda x: _mills(x) if x > -1e4 else -x - 1 / x, 3e-14),
    ("ndtri_exp", (), (-1000.0, -3.0, -0.1), lambda y: 1 / _mills(special.ndtri_exp(float(y))), 5e-14),
    ("fresnel", (), (0.1, 1.0, 5.0), lambda x: mp.sin(mp.pi * x * x / 2), 2e-14),
    ("sici", (), (-2.0, 0.0, 1e-9, 1.0, 30.0), lambda x: mp.sinc(x), 1e-14),
    ("shichi", (), (-2.0, 0.0, 1e-9, 1.0, 30.0), lambda x: mp.sinh(x) / x if x else mp.mpf(1), 1e-15),
    ("expi", (), (-5.0, 1e-9, 0.37, 40.0), lambda x: mp.exp(x) / x, 1e-15),
    ("exp1", (), (1e-9, 0.37, 40.0), lambda x: -mp.exp(-x) / x, 1e-15),
    ("expn", (0,), (1e-6, 0.5, 30.0), _over(lambda x: mp.exp(-x) / x), 1e-15),
    ("expn", (2,), (1e-6, 0.5, 30.0), lambda x: -mp.expint(1, x), 2e-15),
    ("spence", (), (1e-9, 0.3, 0.9999, 1.0, 1.001, 7.0, 1e8), _spence_slope, 4e-15),
    ("exprel", (), (-1e4, -1.1, -0.9, 0.0, 1e-9, 3.0, 600.0), _exprel_slope, 1e-15),
    ("lambertw", (), (-0.36, -1e-9, 0.0, 2.0, 1e9), _lambert_slope, 3e-14),  # near -1/e
    ("wrightomega", (), (-300.0, 0.0, 1.0, 1e9), _omega_slope, 2e-15),
    # gamma
    ("gamma", (), (1e-9, 0.5, 1.46, 30.0, -1.5, -7.3), _over(mp.gamma), 2e-14),  # psi near its zero, gamma at 30
    ("gammaln", (), (1e-9, 0.5, 30.0, 1e9, -1.5), lambda x: mp.psi(0, x), 2e-15),
    ("loggamma", (), (0.3 + 1j, -2.5 + 0.1j), lambda x: mp.psi(0, x), 1e-14),
    ("rgamma", (), (-3.0, -1.0, 0.0, 1e-9, 0.5, 30.0, -2.0000001), _rgamma_slope, 1e-14),
    ("psi", (), (1e-3, 0.5, 30.0, 1e9, -1.5), lambda x: mp.psi(1, x), 1e-14),
    ("polygamma", (2,), (1e-3, 0.5, 30.0, -1.5), lambda x: mp.psi(3, x), 1e-14),
    ("multigammaln", (), (2.0, 30.0), lambda a: mp.psi(0, a), 2e-15),
    ("zeta", (3,), (1e-3, 0.5, 30.0), lambda q: -3 * mp.zeta(4, q), 2e-15),
    ("zeta", (1.5,), (1e-3, 0.5, 30.0), lambda q: -1.5 * mp.zeta(2.5, q), 2e-15),
    ("zetac", (), (0.0, 0.5, 0.999, 1.001, 3.0, 30.0), _near_zeta(1), 1e-14),
    ("poch", (0.7,), (0.1, 3.0, 20.0), _over(lambda m: mp.rf(0.7, m)), 5e-14),  # SciPy's poch
    ("beta", (2.5,), (1e-6, 0.5, 20.0), _over(lambda b: mp.beta(2.5, b)), 2e-14),
    ("betaln", (1e3,), (0.5, 20.0), lambda b: mp.psi(0, b) - mp.psi(0, b + 1000), 1e-15),
    ("gammainc", (3,), (1e-9, 0.5, 30.0), _gamma_density(3), 1e-14),
    ("gammaincc", (200,), (150.0, 200.0), lambda x: -_gamma_density(200)(x), 3e-13),  # logarithms of 10^3
    ("gammaincinv", (3,), (1e-3, 0.5, 0.99), lambda y: 1 / _gamma_density(3)(special.gammaincinv(3, float(y))), 1e-14),
    ("betainc", (2, 5), (1e-9, 0.5, 0.999), _beta_density(2, 5), 1e-14),
    # Bessel
    ("jv", (0.5,), (1e-6, 0.5, 30.0), _over(lambda x: mp.besselj(0.5, x)), 1e-14),
    ("jv", (2,), (1e-3, 0.5, 30.0, -3.0), _over(lambda x: mp.besselj(2, x)), 3e-14),
    ("yv", (2,), (1e-3, 0.5, 30.0), _over(lambda x: mp.bessely(2, x)), 3e-14),
    ("iv", (2,), (1e-3, 0.5, 30.0, 300.0), _over(lambda x: mp.besseli(2, x)), 1e-14),
    ("kv", (2,), (1e-3, 0.5, 30.0, 300.0), _over(lambda x: mp.besselk(2, x)), 1e-14),
    ("jv", (1,), (1 + 2j, -3 + 0.1j), _over(lambda x: mp.besselj(1, x)), 1e-14),
    ("j1", (), (0.0, 1e-9, 0.5, 30.0), _over(lambda x: mp.besselj(1, x)), 1e-13),  # SciPy's j0 at 30
    ("k1", (), (1e-6, 0.5, 30.0), _over(lambda x: mp.besselk(1, x)), 2e-15),
    ("i0e", (), (1e-6, 0.5, 29.0, 31.0, 1e8), _over(lambda x: mp.exp(-x) * mp.besseli(0, x)), 2e-14),
    ("ive", (2.5,), (1e-3, 0.5, 29.0, 31.0, 1e8), _over(lambda x: mp.exp(-x) * mp.besseli(2.5, x)), 2e-14),
    ("k1e", (), (1e-6, 0.5, 29.0, 31.0, 1e8), _over(lambda x: mp.exp(x) * mp.besselk(1, x)), 1e-14),
    ("airy", (), (-5.0, 0.0, 0.5, 5.0), lambda x: mp.airyai(x, derivative=1), 1e-14),
    ("berp", (), (0.0, 1e-3, 3.0), lambda x: mp.diff(lambda t: mp.ber(0, t), x, 2) if x else mp.mpf(0), 1e-13),
    ("kerp", (), (1e-3, 0.5, 3.0), lambda x: mp.diff(lambda t: mp.ker(0, t), x, 2), 1e-13),
    ("struve", (1,), (1e-3, 0.5, 5.0), _over(lambda x: mp.struveh(1, x)), 1e-14),
    ("modstruve", (1,), (1e-3, 0.5, 5.0), _over(lambda x: mp.struvel(1, x)), 1e-14),
    # elliptic; near -10^6 hyp2f1 loses four digits
    ("ellipk", (), (-30.0, 0.0, 1e-9, 0.5, 1 - 1e-9), _over(mp.ellipk), 2e-15),
    ("ellipk", (), (-1e6,), _over(mp.ellipk), 1e-11),
    ("ellipkm1", (), (1e-300, 1e-9, 0.5, 1.0), lambda p: -mp.pi / 8 / p * mp.hyp2f1(0.5, 0.5, 2, 1 - p), 2e-15),
    ("ellipe", (), (-1e6, -30.0, 0.0, 1e-9, 0.5, 1 - 1e-9), _over(mp.ellipe), 2e-15),
    ("ellipkinc", (1.2,), (-30.0, 0.0, 1e-9, 0.9), _over(lambda m: mp.ellipf(1.2, m)), 2e-15),
    ("ellipkinc", (-7.0,), (-30.0, 0.0, 1e-9, 0.9), _over(lambda m: mp.ellipf(-7, m)), 2e-15),
    ("ellipeinc", (7.0,), (-30.0, 0.0, 1e-9, 0.9), _over(lambda m: mp.ellipe(7, m)), 2e-15),
    ("ellipj", (1.3,), (0.0, 1e-9, 0.5, 0.99), _over(lambda m: mp.ellipfun("sn", 1.3, m=m)), 2e-14),
    ("agm", (2.0,), (1e-9, 0.5, 2.0, 30.0), _over(lambda b: mp.agm(2, b)), 2e-14),
    ("elliprf", (1.0, 2.0), (1e-9, 1.0, 2.0, 1e9), _over(lambda z: mp.elliprf(1, 2, z)), 2e-15),
    ("elliprg", (1.0, 2.0), (1e-9, 1.0, 2.0, 1e3), _over(lambda z: mp.elliprg(1, 2, z)), 4e-15),
    ("elliprc", (1.5,), (1e-9, 1.5, 30.0, -0.5, -30.0), _over(lambda y: mp.re(mp.elliprc(1.5, y))), 3e-15),
    ("elliprd", (1.0, 2.0), (1e-9, 1.0, 2.0, 1e9), _over(lambda z: mp.elliprd(1, 2, z)), 2e-15),
    ("elliprj", (0.0, 1.0, 2.0), (1e-6, 1.0, 2.0, 1e9), _over(lambda p: mp.elliprj(0, 1, 2, p)), 2e-15),
    # hypergeometric: SciPy's own errors
    ("hyp1f1", (1, 3), (-20.0, 0.0, 20.0), _over(lambda x: mp.hyp1f1(1, 3, x)), 2e-14),
    ("hyp2f1", (1, 2, 4), (-5.0, 0.0, 0.9), _over(lambda x: mp.hyp2f1(1, 2, 4, x)), 1e-13),
    ("hyp0f1", (2,), (-5.0, 0.0, 5.0), _over(lambda x: mp.hyp0f1(2, x)), 1e-14),
    ("hyperu", (1, 3), (0.1, 5.0), _over(lambda x: mp.hyperu(1, 3, x)), 1e-12),
    ("log_wright_bessel", (1, 2), (1e-3, 5.0), _over(lambda x: mp.log(mp.hyp0f1(2, x))), 1e-14),
    ("it2i0k0", (), (0.0, 1e-9, 1.99, 2.01, 30.0), lambda x: (mp.besseli(0, x) - 1) / x if x else mp.mpf(0), 1e-15),
    ("it2j0y0", (), (0.0, 1e-9, 1.99, 2.01, 30.0), lambda x: (1 - mp.besselj(0, x)) / x if x else mp.mpf(0), 1e-14),
    # polynomials: at the ends of the interval and at 0
    ("eval_legendre", (5,), (-1.0, 0.1, 0.7, 1.0), _over(lambda x: mp.legendre(5, x)), 1e-14),
    ("eval_chebyt", (5,), (-1.0, 0.1, 0.7, 1.0), lambda x: 5 * mp.chebyu(4, x), 1e-14),
    ("eval_jacobi", (4, 1, 2), (-1.0, 0.1, 0.7, 1.0), lambda x: 4 * mp.jacobi(3, 2, 3, x), 2e-14),
    ("eval_genlaguerre", (4, 2), (0.0, 0.7, 30.0), lambda x: -mp.laguerre(3, 3, x), 1e-14),
    ("eval_hermite", (4,), (0.0, 0.7, 30.0), lambda x: 8 * mp.hermite(3, x), 1e-14),
    ("lpmv", (1, 3), (0.1, 0.999), _over(lambda x: mp.legenp(3, 1, x)), 2e-13),  # 1 - x^2
    # entropies, powers, losses
    ("xlogy", (2.0,), (1e-300, 0.3, 1e300), lambda y: 2 / y, 1e-15),
    ("kl_div", (1.0,), (1 - 1e-9, 1.0, 3.0, 1e9), lambda y: 1 - 1 / y, 1e-15),
    ("entr", (), (1e-300, 0.3, 5.0), lambda x: -1 - mp.log(x), 3e-15),
    ("boxcox", (3.0,), (-30.0, -1e-9, 0.0, 1e-9, 0.5, 30.0),
     lambda p: mp.log(3) ** 2 * _exprel_slope(p * mp.log(3)), 4e-15),
    ("pseudo_huber", (2.0,), (-1e9, 1e-9, 1.0), lambda r: r / mp.sqrt(1 + r * r / 4), 1e-15),
    # distributions
    ("stdtr", (3,), (-1e3, 0.0, 2.0), _t_density(3), 1e-14),
    ("chdtr", (3,), (1e-9, 2.0, 50.0), lambda x: _gamma_density(1.5)(x / 2) / 2, 2e-14),
    ("bdtr", (2, 7), (1e-9, 0.4, 0.99), lambda p: -_beta_density(3, 5)(p), 1e-14),
    ("kolmogorov", (), (0.2, 0.99, 1.01, 3.0), _kolmogorov_slope, 5e-15),
    ("smirnov", (10,), (0.013, 0.46, 0.83), _over(_smirnov(10)), 4e-15),
    ("smirnov", (200,), (0.013, 0.11, 0.46), _over(_smirnov(200)), 1e-13),  # logarithms of 10^3
    ("ncfdtr", (3, 4, 50.0), (1e-5, 2.0, 500.0), _noncentral_f(3, 4, 50), 2e-14),
    ("nctdtr", (3, 2.0), (-5.0, 0.0, 0.7, 40.0), _noncentral_t(3, 2), 1e-14),
    ("owens_t", (1.3,), (0.0, 0.5, 20.0), _owen_slope, 1e-12),
]  # fmt: skip

# The derivative in the first operand of two.
FIRST: list[tuple[str, Any, tuple[Any, ...], Callable[[Any], Any], float]] = [
    ("zeta", 2.5, (1.001, 1.5, 3.0, 30.0), _near_zeta(2.5), 1e-14),
    ("tklmbda", 0.3, (-2.0, 0.0, 1.0), _tukey_slope(0.3), 1e-12),  # SciPy's tklmbda
    ("elliprc", 1.5, (1e-9, 1.5, 30.0), _over(lambda x: mp.elliprc(x, 1.5)), 2e-15),
    ("elliprc", -1.5, (1e-9, 1.0, 30.0), _over(lambda x: mp.re(mp.elliprc(x, -1.5))), 1e-14),
    ("kl_div", 1.0, (1e-300, 1e-9, 0.3, 1 - 1e-9, 3.0), mp.log, 3e-16),
    ("rel_entr", 1.0, (1e-300, 0.5, 3.0), lambda x: 1 + mp.log(x), 1e-15),
    ("pseudo_huber", 3.0, (1e-9, 1e-3, 2.0, 1e9), _pseudo_huber_slope, 2e-15),
    ("owens_t", 0.5, (1e-9, 1.0, 5.0), lambda h: -mp.npdf(h) * mp.erf(h / 2 / mp.sqrt(2)) / 2, 1e-14),
    ("betaln", 1e-3, (0.5, 2.0, 30.0, 1e6), lambda a: mp.psi(0, a) - mp.psi(0, a + mp.mpf(1e-3)), 3e-13),
    ("betaln", 20.0, (0.5, 300.0, 1e3, 1e9), lambda a: mp.psi(0, a) - mp.psi(0, a + 20), 1e-13),
    ("binom", 2.5, (0.5, 1.5, 1.7, 4.3, 30.0), _over(lambda n: mp.binomial(n, 2.5)), 1e-13),  # psi cancels
]  # fmt: skip


# The derivative in the first operand of three.
OF_THREE: list[tuple[str, Any, tuple[Any, ...], Callable[[Any], Any], float]] = [
    ("chndtr", (3, 2.0), (1e-9, 0.1, 50.0), _noncentral_chi(3, 2), 1e-14),
    ("chndtr", (1, 20.0), (1e-9, 0.1, 300.0), _noncentral_chi(1, 20), 3e-14),
    ("elliprd", (1.0, 2.0), (1e-9, 1.0, 2.0, 1e9), _over(lambda x: mp.elliprd(x, 1, 2)), 2e-15),
    ("besselpoly", (0.5, 1.0), (0.1, 1.0, 5.0),
     lambda a: mp.quad(lambda x: 2 * x**1.5 * mp.besselj(1, 2 * a * x, derivative=1), [0, 1]), 1e-12),
]  # fmt: skip


def _check(got: Any, expected: Any, rtol: float, where: Any) -> None:
    value = complex(np.asarray(got).reshape(-1)[0])
    error = abs(mp.mpc(value.real, value.imag) - expected)
    assert error <= rtol * abs(expected), (
        f"{where}: {value}, not {expected}: {float(error / abs(expected)):.1e}"
    )


@pytest.mark.parametrize(
    ("name", "first", "points", "derivative", "rtol"),
    ROWS,
    ids=lambda v: str(v) if isinstance(v, str) else "",
)
def test_last_operand(name: str, first: Any, points: Any, derivative: Any, rtol: float) -> None:
    options = {"d": 1} if name == "multigammaln" else {}
    with mp.workdps(50):
        for point in points:
            dots = (*(None for _ in first), point * 0 + 1.0)
            got = tangents(getattr(special, name), (*first, point), dots, **options)
            _check(
                got[0] if isinstance(got, tuple) else got,
                derivative(mp.mpmathify(point)),
                rtol,
                (name, point),
            )


@pytest.mark.parametrize(
    ("name", "last", "points", "derivative", "rtol"),
    FIRST,
    ids=lambda v: str(v) if isinstance(v, str) else "",
)
def test_first_operand(name: str, last: Any, points: Any, derivative: Any, rtol: float) -> None:
    with mp.workdps(50):
        for point in points:
            got = tangents(getattr(special, name), (point, last), (1.0, None))
            _check(got, derivative(mp.mpf(point)), rtol, (name, point))


@pytest.mark.parametrize(
    ("name", "rest", "points", "derivative", "rtol"),
    OF_THREE,
    ids=lambda v: str(v) if isinstance(v, str) else "",
)
def test_first_operand_of_three(name: str, rest: Any, points: Any, derivative: Any, rtol: float) -> None:
    with mp.workdps(50):
        for point in points:
            got = tangents(getattr(special, name), (point, *rest), (1.0, None, None))
            _check(got, derivative(mp.mpf(point)), rtol, (name, point))


@pytest.mark.skipif(not hasattr(special, "legendre_p"), reason="this version of SciPy lacks it")
@pytest.mark.parametrize("x", [-1.0, -0.3, 1e-9, 0.999, 1.0])
def test_legendre_polynomials_to_the_third_derivative(x: float) -> None:
    got = tangents(special.legendre_p, (7, x), (None, 1.0), diff_n=2)
    with mp.workdps(50):
        for order, value in enumerate(got, 1):  # DLMF 18.9.15
            factor = mp.fac2(2 * order - 1)
            _check(value, factor * mp.gegenbauer(7 - order, order + 0.5, mp.mpf(x)), 1e-13, (x, order))


@pytest.mark.parametrize(
    ("name", "operands", "derivative"),
    [
        ("mathieu_a", (2, 1e-3), lambda q: 5 * q / 6 - 763 * q**3 / 3456 + 1002401 * 6 * q**5 / 79626240),
        ("mathieu_b", (2, 1e-3), lambda q: -q / 6 + 5 * q**3 / 3456 - 289 * 6 * q**5 / 79626240),
        ("mathieu_a", (1, -1e-3), lambda q: 1 - q / 4 - 3 * q**2 / 64 - q**3 / 384),
    ],
)
def test_characteristic_values_by_their_power_series(name: str, operands: Any, derivative: Any) -> None:
    """DLMF 28.6.1 to 28.6.5."""
    got = tangents(getattr(special, name), operands, (None, 1.0))
    np.testing.assert_allclose(got, derivative(operands[1]), rtol=1e-11)
