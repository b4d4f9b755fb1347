"""Bessel functions and their relatives, in their argument: DLMF 10.6, 10.29, 10.51, 9.2, 10.61, 11.4."""

from __future__ import annotations

import math
from typing import Any

from tangentc.primitives.core import named
from tangentc.rules.expr import Expr, call, several
from tangentc.rules.ops import Tangent, arange, constant, dim, imag, real, sqrt
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, is_real, known, require_real, slope

jv, iv, kv, yn, kn = map(function, ("jv", "iv", "kv", "yn", "kn"))
struve, modstruve, rgamma = map(function, ("struve", "modstruve", "rgamma"))


# --- of any order -----------------------------------------------------------------------------------


def _half_difference(name: str) -> None:
    bessel = function(name)

    @slope(name, steep=True)
    def rule(y: Expr, v: Expr, z: Expr) -> Any:
        """2 f_v' = f_(v-1) - f_(v+1)."""
        return 0.5 * (bessel(v - 1, z) - bessel(v + 1, z))


for _name in ("jv", "yv", "hankel1", "hankel2"):
    _half_difference(_name)


@slope("yn", steep=True)
def yn_(y: Expr, n: Expr, x: Expr) -> Any:
    return 0.5 * (yn(n - 1, x) - yn(n + 1, x))


@slope("iv", steep=True)
def iv_(y: Expr, v: Expr, z: Expr) -> Any:
    return 0.5 * (iv(v - 1, z) + iv(v + 1, z))


@slope("kv", steep=True)
def kv_(y: Expr, v: Expr, z: Expr) -> Any:
    return -0.5 * (kv(v - 1, z) + kv(v + 1, z))


@slope("kn", steep=True)
def kn_(y: Expr, n: Expr, x: Expr) -> Any:
    return -0.5 * (kn(call("np.absolute", n - 1), x) + kn(n + 1, x))


def _higher(name: str) -> None:
    derivative = function(name)

    @slope(name, steep=True)
    def rule(y: Expr, v: Expr, z: Expr, *, n: int) -> Any:
        return derivative(v, z, n=n + 1)


for _name in ("jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"):
    _higher(_name)


# --- scaled by an exponential -----------------------------------------------------------------------


@slope("ive", steep=True)
def ive(y: Expr, v: Expr, z: Expr) -> Any:
    """Scaled by exp(-|Re z|)."""
    require_real(z, "ive")
    return call("ive_derivative", v, z, order=1)


@slope("i0e")
def i0e(y: Expr, x: Expr) -> Any:
    return call("ive_derivative", 0, x, order=1)


@slope("i1e")
def i1e(y: Expr, x: Expr) -> Any:
    return call("ive_derivative", 1, x, order=1)


@slope("kve", steep=True)
def kve(y: Expr, v: Expr, z: Expr) -> Any:
    """Scaled by exp(z); for large complex z the difference cancels."""
    if is_real(z):
        return call("kve_derivative", v, z, order=1)
    scaled = function("kve")
    return y - 0.5 * (scaled(v - 1, z) + scaled(v + 1, z))


@slope("k0e", steep=True)
def k0e(y: Expr, x: Expr) -> Any:
    return call("kve_derivative", 0, x, order=1)


@slope("k1e", steep=True)
def k1e(y: Expr, x: Expr) -> Any:
    return call("kve_derivative", 1, x, order=1)


@slope(named("ive_derivative"), steep=True)
def ive_derivative(y: Expr, v: Expr, x: Expr, *, order: int) -> Any:
    return call("ive_derivative", v, x, order=order + 1)


@slope(named("kve_derivative"), steep=True)
def kve_derivative(y: Expr, v: Expr, x: Expr, *, order: int) -> Any:
    return call("kve_derivative", v, x, order=order + 1)


def _scaled_to_the_axis(name: str) -> None:
    bessel = function(name)

    @slope(name, steep=True)
    def rule(y: Expr, v: Expr, z: Expr) -> Any:
        """Scaled by exp(-|Im z|), which is 1 for real numbers."""
        require_real(z, name)
        return 0.5 * (bessel(v - 1, z) - bessel(v + 1, z))


for _name in ("jve", "yve"):
    _scaled_to_the_axis(_name)


def _scaled_hankel(name: str, exponent: complex) -> None:
    bessel = function(name)

    @slope(name, steep=True)
    def rule(y: Expr, v: Expr, z: Expr) -> Any:
        return 0.5 * (bessel(v - 1, z) - bessel(v + 1, z)) + exponent * y


_scaled_hankel("hankel1e", -1j)
_scaled_hankel("hankel2e", 1j)


# --- of order 0 and 1 -------------------------------------------------------------------------------


@slope("j0")
def j0(y: Expr, x: Expr) -> Any:
    return -function("j1")(x)


@slope("j1")
def j1(y: Expr, x: Expr) -> Any:
    return call("j1_slope", x)


@slope(named("j1_slope"))
def j1_slope(y: Expr, x: Expr) -> Any:
    """Without division, so that it holds at 0 to all orders."""
    return 0.25 * (jv(3, x) - 3.0 * function("j1")(x))


@slope("y0", steep=True)
def y0(y: Expr, x: Expr) -> Any:
    return -function("y1")(x)


@slope("y1", steep=True)
def y1(y: Expr, x: Expr) -> Any:
    return function("y0")(x) - y / x


@slope("i0")
def i0(y: Expr, x: Expr) -> Any:
    return function("i1")(x)


@slope("i1")
def i1(y: Expr, x: Expr) -> Any:
    return call("i1_slope", x)


@slope(named("i1_slope"))
def i1_slope(y: Expr, x: Expr) -> Any:
    return 0.25 * (iv(3, x) + 3.0 * function("i1")(x))


@slope("k0", steep=True)
def k0(y: Expr, x: Expr) -> Any:
    return -function("k1")(x)


@slope("k1", steep=True)
def k1(y: Expr, x: Expr) -> Any:
    return -(function("k0")(x) + y / x)


@linearise(*known("itj0y0"))
def itj0y0(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    return function("j0")(x) * dx, function("y0")(x) * dx


@linearise(*known("iti0k0"))
def iti0k0(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    return function("i0")(x) * dx, function("k0")(x) * dx


@linearise(*known("it2i0k0"))
def it2i0k0(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """The integrals of (I_0(t) - 1) / t from 0 to x, and of K_0(t) / t from x on."""
    return call("i0_excess", x, order=0) * dx, -function("k0")(x) / x * dx


@linearise(*known("it2j0y0"))
def it2j0y0(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """The integrals of (1 - J_0(t)) / t from 0 to x, and of Y_0(t) / t from x on."""
    return call("j0_defect", x, order=0) * dx, -function("y0")(x) / x * dx


@slope(named("i0_excess"))
def i0_excess(y: Expr, x: Expr, *, order: int) -> Any:
    return call("i0_excess", x, order=order + 1)


@slope(named("j0_defect"))
def j0_defect(y: Expr, x: Expr, *, order: int) -> Any:
    return call("j0_defect", x, order=order + 1)


@slope("besselpoly", by="a")
def besselpoly(y: Expr, a: Expr, lmb: Expr, nu: Expr) -> Any:
    """The integral of x^lmb J_nu(2 a x) from 0 to 1."""
    moment = function("besselpoly")
    return moment(a, lmb + 1, nu - 1) - moment(a, lmb + 1, nu + 1)


@linearise(*known("lmbda"))
def lmbda(y: tuple[Expr, Expr], v: Expr, x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """gamma(v + 1) J_v(x) / (x / 2)^v, of the orders v - floor(v) + 0, 1, ..., v.

    Its derivative is -x / (2 (v + 1)) times that of order v + 1; Bessel's equation, DLMF 10.2.1, gives the second.
    """
    orders = v - call("np.floor", v) + arange(y[0], dim(y[0], 0))
    above, _ = several("scipy.special.lmbda", v + 1, x)
    return y[1] * dx, ((orders + 0.5) / (orders + 1.0) * above[1:] - y[0]) * dx


# --- spherical: DLMF 10.51.2 and 10.51.5 ------------------------------------------------------------


def _spherical(name: str, below: float, above: float) -> None:
    bessel = function(name)

    @slope(name, steep=True)
    def rule(y: Expr, n: Expr, z: Expr, *, derivative: bool) -> Any:
        """(2 n + 1) f_n' = below n f_(n-1) + above (n + 1) f_(n+1); the derivative, differentiated likewise."""
        if not derivative:
            return bessel(n, z, derivative=True)
        order = constant(n)
        n, lower = (n, call("np.absolute", n - 1)) if order is None else (order, abs(order - 1))
        first, last = bessel(lower, z, derivative=True), bessel(n + 1, z, derivative=True)
        return (below * n * first + above * (n + 1) * last) / (2 * n + 1)


_spherical("spherical_jn", 1.0, -1.0)
_spherical("spherical_yn", 1.0, -1.0)
_spherical("spherical_in", 1.0, 1.0)
_spherical("spherical_kn", -1.0, -1.0)


def _riccati(name: str, bessel: Any) -> None:
    @linearise(*known(name))
    def rule(y: tuple[Expr, Expr], n: Expr, x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
        """x f_k(x) for k from 0 to n: w'' = (k (k + 1) / x^2 - 1) w, without dividing by x."""
        k = arange(y[0], dim(y[0], 0))
        lower, upper = bessel(call("np.absolute", k - 1), x), bessel(k + 1, x)
        return y[1] * dx, (k * (k + 1) / (2 * k + 1) * (lower + upper) - y[0]) * dx


_riccati("riccati_jn", function("spherical_jn"))
_riccati("riccati_yn", function("spherical_yn"))


# --- Airy functions ---------------------------------------------------------------------------------

Four = tuple[Expr, Expr, Expr, Expr]
Tangents = tuple[Tangent, Tangent, Tangent, Tangent]


@linearise(*known("airy"))
def airy(y: Four, z: Expr, *, dz: Tangent) -> Tangents:
    """w'' = z w."""
    ai, ai_slope, bi, bi_slope = y
    return ai_slope * dz, z * ai * dz, bi_slope * dz, z * bi * dz


@linearise(*known("airye"))
def airye(y: Four, z: Expr, *, dz: Tangent) -> Tangents:
    """Scaled by exp(+-2/3 z^(3/2)), Bi on the negative axis by nothing; for large z the differences cancel."""
    require_real(z, "airye")
    ai, ai_slope, bi, bi_slope = y
    root = sqrt(z)  # not a number where Ai is not
    positive = sqrt(call("np.maximum", z, 0.0))
    return (
        (ai_slope + root * ai) * dz,
        (z * ai + root * ai_slope) * dz,
        (bi_slope - positive * bi) * dz,
        (z * bi - positive * bi_slope) * dz,
    )


@linearise(*known("itairy"))
def itairy(y: Four, x: Expr, *, dx: Tangent) -> Tangents:
    """The integrals of Ai(t), Bi(t), Ai(-t) and Bi(-t)."""
    ai, _, bi, _ = _airy(x)
    left_ai, _, left_bi, _ = _airy(-x)
    return ai * dx, bi * dx, left_ai * dx, left_bi * dx


def _airy(x: Expr) -> Any:
    return several("scipy.special.airy", x)


# --- Kelvin functions -------------------------------------------------------------------------------

_BE, _KE = complex(-math.sqrt(0.5), math.sqrt(0.5)), complex(math.sqrt(0.5), math.sqrt(0.5))


def _ber_curvature(x: Expr) -> Any:
    """The second derivative of ber + i bei, which is J_0(e^(3 pi i / 4) x)."""
    z = _BE * x
    return 0.5j * (jv(0, z) - jv(2, z))


def _ker_curvature(x: Expr) -> Any:
    """The second derivative of ker + i kei, which is K_0(e^(pi i / 4) x)."""
    z = _KE * x
    return 0.5j * (kv(0, z) + kv(2, z))


@slope("ber")
def ber(y: Expr, x: Expr) -> Any:
    return function("berp")(x)


@slope("bei")
def bei(y: Expr, x: Expr) -> Any:
    return function("beip")(x)


@slope("ker", steep=True)
def ker(y: Expr, x: Expr) -> Any:
    return function("kerp")(x)


@slope("kei", steep=True)
def kei(y: Expr, x: Expr) -> Any:
    return function("keip")(x)


@slope("berp")
def berp(y: Expr, x: Expr) -> Any:
    return real(_ber_curvature(x))


@slope("beip")
def beip(y: Expr, x: Expr) -> Any:
    return imag(_ber_curvature(x))


@slope("kerp", steep=True)
def kerp(y: Expr, x: Expr) -> Any:
    return real(_ker_curvature(x))


@slope("keip", steep=True)
def keip(y: Expr, x: Expr) -> Any:
    return imag(_ker_curvature(x))


@linearise(*known("kelvin"))
def kelvin(y: Four, x: Expr, *, dx: Tangent) -> Tangents:
    """ber + i bei, ker + i kei and their derivatives."""
    return y[2] * dx, y[3] * dx, _ber_curvature(x) * dx, _ker_curvature(x) * dx


# --- Struve functions: DLMF 11.4.25 to 11.4.30 ------------------------------------------------------


def _source(v: Any, x: Any) -> Any:
    return (0.5 * x) ** v * rgamma(v + 1.5) / math.sqrt(math.pi)


@slope("struve")
def struve_(y: Expr, v: Expr, x: Expr) -> Any:
    return 0.5 * (struve(v - 1, x) - struve(v + 1, x) + _source(v, x))


@slope("modstruve")
def modstruve_(y: Expr, v: Expr, x: Expr) -> Any:
    return 0.5 * (modstruve(v - 1, x) + modstruve(v + 1, x) + _source(v, x))


@slope("itstruve0")
def itstruve0(y: Expr, x: Expr) -> Any:
    """SciPy's integral itself is wrong for x above 30."""
    return struve(0, x)


@slope("it2struve0")
def it2struve0(y: Expr, x: Expr) -> Any:
    """The integral of H_0(t) / t from x on."""
    return -struve(0, x) / x


@slope("itmodstruve0")
def itmodstruve0(y: Expr, x: Expr) -> Any:
    return modstruve(0, x)
