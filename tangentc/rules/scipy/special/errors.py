"""The error function and its relatives, and integrals of elementary functions."""

from __future__ import annotations

import cmath
import math
from typing import Any

from tangentc.primitives.core import named
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, constant, cos, cosh, exp, log, sin, where
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, is_real, known, slope

_TWICE = 2.0 / math.sqrt(math.pi)  # the slope of erf at 0
_NORMAL = 1.0 / math.sqrt(2.0 * math.pi)

expn, exprel = function("expn"), function("exprel")


# --- error functions: DLMF 7.2, 7.10 ----------------------------------------------------------------


@slope("erf")
def erf(y: Expr, x: Expr) -> Any:
    return _TWICE * exp(-(x * x))


@slope("erfc")
def erfc(y: Expr, x: Expr) -> Any:
    return -_TWICE * exp(-(x * x))


@slope("erfi")
def erfi(y: Expr, x: Expr) -> Any:
    return _TWICE * exp(x * x)


@slope("erfcx")
def erfcx(y: Expr, x: Expr) -> Any:
    """2 x y - 2 / sqrt(pi), which cancels for large x."""
    return call("erfcx_derivative", x, order=1) if is_real(x) else 2.0 * x * y - _TWICE


@slope(named("erfcx_derivative"))
def erfcx_derivative(y: Expr, x: Expr, *, order: int) -> Any:
    return call("erfcx_derivative", x, order=order + 1)


@slope("wofz")
def wofz(y: Expr, x: Expr) -> Any:
    """DLMF 7.10.2; for large x the terms cancel to 1 / (2 x^2) of each."""
    return _TWICE * 1j - 2.0 * x * y


@slope("dawsn")
def dawsn(y: Expr, x: Expr) -> Any:
    """1 - 2 x y, which cancels for large x."""
    return call("dawsn_derivative", x, order=1) if is_real(x) else 1.0 - 2.0 * x * y


@slope(named("dawsn_derivative"))
def dawsn_derivative(y: Expr, x: Expr, *, order: int) -> Any:
    return call("dawsn_derivative", x, order=order + 1)


@slope("erfinv", steep=True)
def erfinv(y: Expr, x: Expr) -> Any:
    return exp(y * y) / _TWICE


@slope("erfcinv", steep=True)
def erfcinv(y: Expr, x: Expr) -> Any:
    return -exp(y * y) / _TWICE


@defined(*known("voigt_profile"))
def voigt_profile(x: Any, sigma: Any, gamma: Any) -> Any:
    """The real part of wofz, DLMF 7.19; sigma must not be 0."""
    import numpy as np
    from scipy import special

    return np.real(special.wofz((x + 1j * gamma) / (math.sqrt(2.0) * sigma))) * (_NORMAL / sigma)


# --- the normal distribution ------------------------------------------------------------------------


@slope("ndtr")
def ndtr(y: Expr, x: Expr) -> Any:
    return _NORMAL * exp(-0.5 * (x * x))


@slope("log_ndtr")
def log_ndtr(y: Expr, x: Expr) -> Any:
    return call("inverse_mills", x) if is_real(x) else _NORMAL * exp(-0.5 * (x * x) - y)


@slope(named("inverse_mills"))
def inverse_mills(y: Expr, x: Expr) -> Any:
    return -y * call("mills_gap", x)


@slope(named("mills_gap"))
def mills_gap(y: Expr, x: Expr) -> Any:
    return 1.0 - call("inverse_mills", x) * y


@slope("ndtri", steep=True)
def ndtri(x: Expr, y: Expr) -> Any:
    return exp(0.5 * (x * x)) / _NORMAL


@slope("ndtri_exp", steep=True)
def ndtri_exp(x: Expr, y: Expr) -> Any:
    return 1.0 / call("inverse_mills", x)


@linearise(*known("owens_t"))
def owens_t(y: Expr, h: Expr, a: Expr, *, dh: Tangent, da: Tangent) -> Tangent:
    """Owen (1956), equations 2.1 and 2.2."""
    square = h * h
    by_h = dh and -0.5 * _NORMAL * exp(-0.5 * square) * function("erf")(a * h * math.sqrt(0.5)) * dh
    grown = 1.0 + a * a
    return by_h + (da and exp(-0.5 * square * grown) / (2.0 * math.pi * grown) * da)


# --- integrals: DLMF 6.2, 7.2, 8.19, 25.12 ----------------------------------------------------------


@linearise(*known("fresnel"))
def fresnel(y: tuple[Expr, Expr], z: Expr, *, dz: Tangent) -> tuple[Tangent, Tangent]:
    angle = 0.5 * math.pi * (z * z)
    return sin(angle) * dz, cos(angle) * dz


def _modified_fresnel(name: str, turn: complex) -> None:
    @linearise(*known(name))
    def rule(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
        """The integral F of exp(+-i t^2) from x on, and K = exp(-+i (x^2 + pi / 4)) F / sqrt(pi).

        SciPy's own values are wrong for negative x.  For large x, the derivative of K cancels to 1 / (2 x^2) of each
        term.
        """
        start = cmath.exp(-0.25 * math.pi * turn) / math.sqrt(math.pi)
        return -exp(turn * (x * x)) * dx, -(start + 2.0 * turn * x * y[1]) * dx


_modified_fresnel("modfresnelp", 1j)
_modified_fresnel("modfresnelm", -1j)


@linearise(*known("sici"))
def sici(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    return call("np.sinc", x / math.pi) * dx, cos(x) / x * dx


@linearise(*known("shichi"))
def shichi(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """sinh(x) / x is the mean of (e^x - 1) / x and (e^-x - 1) / -x."""
    even = 0.5 * (exprel(x) + exprel(-x)) if is_real(x) else call("np.sinc", 1j / math.pi * x)
    return even * dx, cosh(x) / x * dx


@slope("expi", steep=True)
def expi(y: Expr, x: Expr) -> Any:
    return exp(x) / x


@slope("exp1", steep=True)
def exp1(y: Expr, x: Expr) -> Any:
    return -exp(-x) / x


@slope("expn", steep=True)
def expn_(y: Expr, n: Expr, x: Expr) -> Any:
    """E_n' = -E_(n-1); E_0 is e^-x / x."""
    value = constant(n)
    if value is not None and value >= 1:
        return -expn(value - 1, x)
    first = -exp(-x) * (1.0 + x) / (x * x)
    return first if value is not None else where(n > 0, -expn(call("np.maximum", n - 1, 0), x), first)


@slope("spence", steep=True)
def spence(y: Expr, z: Expr) -> Any:
    """log(z) / (1 - z), written so that nothing cancels where z is 1."""
    return -1.0 / exprel(log(z)) if is_real(z) else log(z) / (1.0 - z)


@slope("exprel")
def exprel_(y: Expr, x: Expr) -> Any:
    return call("exprel_derivative", x, order=1)


@slope(named("exprel_derivative"))
def exprel_derivative(y: Expr, x: Expr, *, order: int) -> Any:
    return call("exprel_derivative", x, order=order + 1)


# --- the functions of Lambert and Wright ------------------------------------------------------------


@slope("lambertw", steep=True)
def lambertw(w: Expr, z: Expr, *, k: int, tol: float) -> Any:
    """w e^w = z: DLMF 4.13.4."""
    return exp(-w) / (1.0 + w)


@slope("wrightomega", steep=True)
def wrightomega(w: Expr, z: Expr) -> Any:
    """w + log(w) = z."""
    return w / (1.0 + w)
