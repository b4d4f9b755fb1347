"""Gamma and beta functions, complete and incomplete, and what counts with them."""

from __future__ import annotations

from typing import Any

from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, equal, exp, given, where
from tangentc.rules.registry import linearise, nondifferentiable
from tangentc.rules.scipy.special.slopes import function, known, require_real, slope

psi, polygamma = function("psi"), function("polygamma")
gammaln, betaln = function("gammaln"), function("betaln")
xlogy, xlog1py = function("xlogy"), function("xlog1py")


# --- gamma: DLMF 5.2, 5.9, 5.15 ---------------------------------------------------------------------


@slope("gamma")
def gamma(y: Expr, x: Expr) -> Any:
    return y * psi(x)


@slope("gammaln", "loggamma")
def log_of_gamma(y: Expr, x: Expr) -> Any:
    return psi(x)


@slope("rgamma")
def rgamma(y: Expr, x: Expr) -> Any:
    return call("rgamma_slope", x)


@slope(named("rgamma_slope"))
def rgamma_slope(y: Expr, x: Expr) -> Any:
    """Not a number at the poles of gamma."""
    require_real(x, "polygamma")
    digamma = psi(x)
    return (digamma * digamma - polygamma(1, x)) * function("rgamma")(x)


@slope("psi")
def psi_(y: Expr, x: Expr) -> Any:
    require_real(x, "polygamma")  # SciPy's is of real numbers only
    return call("trigamma", x)


@slope(named("trigamma"))
def trigamma(y: Expr, x: Expr) -> Any:
    return polygamma(2, x)


@slope("polygamma")
def polygamma_(y: Expr, n: Expr, x: Expr) -> Any:
    return polygamma(n + 1, x)


@slope("multigammaln")
def multigammaln(y: Expr, a: Expr, *, d: int) -> Any:
    """The sum of log(gamma(a - j / 2)) and a constant."""
    total = psi(a)
    for j in range(1, d):
        total = total + psi(a - 0.5 * j)
    return total


@linearise(*known("poch"))
def poch(y: Expr, z: Expr, m: Expr, *, dz: Tangent, dm: Tangent) -> Tangent:
    """gamma(z + m) / gamma(z); not a number at the poles of gamma."""
    return (dz and y * _growth(z, m) * dz) + (dm and y * psi(z + m) * dm)


@linearise(*known("factorial"))
def factorial(y: Expr, n: Expr, *, extend: str, dn: Tangent) -> Tangent:
    """gamma(n + 1), and 0 for negative n."""
    if not dn:
        return ZERO
    slope_ = linear.amplify(y * psi(n + 1.0), dn)
    return linear.select(n >= 0.0, slope_) if extend == "zero" else slope_


@linearise(*known("binom"))
def binom(y: Expr, n: Expr, k: Expr, *, dn: Tangent, dk: Tangent) -> Tangent:
    """gamma(n + 1) / gamma(k + 1) / gamma(n - k + 1); where it is 0 by the slopes of the reciprocals.

    Not a number for negative integers n.
    """
    whole, part, rest = n + 1.0, k + 1.0, n - k + 1.0
    is_zero = equal(y, 0.0)
    by_rest = function("rgamma")(part) * call("rgamma_slope", rest)
    by_n = dn and where(is_zero, function("gamma")(whole) * by_rest, y * (psi(whole) - psi(rest))) * dn
    if not dk:
        return by_n
    by_part = call("rgamma_slope", part) * function("rgamma")(rest)
    at_zero = function("gamma")(whole) * (by_part - by_rest)
    return by_n + where(is_zero, at_zero, y * (psi(rest) - psi(part))) * dk


@linearise(*known("comb"))
def comb(y: Expr, N: Expr, k: Expr, *, dN: Tangent, dk: Tangent) -> Tangent:
    """As binom, and 0 where k > N."""
    rest = _psi_where(y, N - k)
    by_n = dN and y * (_psi_where(y, N) - rest) * dN
    return by_n + (dk and y * (rest - _psi_where(y, k)) * dk)


@linearise(*known("perm"))
def perm(y: Expr, N: Expr, k: Expr, *, dN: Tangent, dk: Tangent) -> Tangent:
    """gamma(N + 1) / gamma(N - k + 1), and 0 where k > N."""
    rest = _psi_where(y, N - k)
    return (dN and y * (_psi_where(y, N) - rest) * dN) + (dk and y * rest * dk)


def _psi_where(y: Expr, x: Any) -> Any:
    """psi(x + 1) where y is not 0: elsewhere x may be a pole."""
    return psi(where(y > 0.0, x, 0.0) + 1.0)


@linearise(*known("zeta"))
def zeta(y: Expr, x: Expr, q: Expr | None = None, *, dx: Tangent, dq: Tangent) -> Tangent:
    """DLMF 25.11.17; the derivative in x is not a number for negative x."""
    by_x = dx and call("zeta_derivative", x, q if given(q) else 1.0, order=1) * dx
    return by_x - (dq and x * function("zeta")(x + 1.0, q) * dq)


@slope("zetac")
def zetac(y: Expr, x: Expr) -> Any:
    """zeta(x) - 1; not a number for negative x."""
    return call("zeta_derivative", x, 1.0, order=1)


@linearise(named("zeta_derivative"))
def zeta_derivative(y: Expr, x: Expr, q: Expr, *, order: int, dx: Tangent, dq: Tangent) -> Tangent:
    """Of order n, its derivative in q is that of order n of -x zeta(x + 1, q)."""
    by_x = dx and call("zeta_derivative", x, q, order=order + 1) * dx
    if not dq:
        return by_x
    below = (
        call("zeta_derivative", x + 1.0, q, order=order - 1) if order > 1 else function("zeta")(x + 1.0, q)
    )
    return by_x - (x * call("zeta_derivative", x + 1.0, q, order=order) + order * below) * dq


nondifferentiable(*known("gammasgn", "round"))

# --- beta: DLMF 5.12 --------------------------------------------------------------------------------


@linearise(*known("beta"))
def beta(y: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    return (da and -y * _growth(a, b) * da) - (db and y * _growth(b, a) * db)


@linearise(*known("betaln"))
def betaln_(y: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    return (da and -_growth(a, b) * da) - (db and _growth(b, a) * db)


def _growth(a: Any, b: Any) -> Any:
    """psi(a + b) - psi(a)"""
    return call("psi_growth", a, b)


@linearise(named("psi_growth"))
def psi_growth(y: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    upper = polygamma(1, a + b)
    return (da and (upper - polygamma(1, a)) * da) + (db and upper * db)


# --- incomplete: DLMF 8.2, 8.17; the logarithms cancel, which costs about a digits for a of 10^a ---


def gamma_density(a: Any, x: Any) -> Any:
    """The derivative of gammainc in x."""
    return exp(xlogy(a - 1.0, x) - x - gammaln(a))


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """The derivative of betainc in x."""
    return exp(xlogy(a - 1.0, x) + xlog1py(b - 1.0, -x) - betaln(a, b))


@slope("gammainc", steep=True)
def gammainc(y: Expr, a: Expr, x: Expr) -> Any:
    return gamma_density(a, x)


@slope("gammaincc", steep=True)
def gammaincc(y: Expr, a: Expr, x: Expr) -> Any:
    return -gamma_density(a, x)


@slope("gammaincinv", steep=True)
def gammaincinv(x: Expr, a: Expr, y: Expr) -> Any:
    return 1.0 / gamma_density(a, x)


@slope("gammainccinv", steep=True)
def gammainccinv(x: Expr, a: Expr, y: Expr) -> Any:
    return -1.0 / gamma_density(a, x)


@slope("betainc", steep=True)
def betainc(y: Expr, a: Expr, b: Expr, x: Expr) -> Any:
    return beta_density(a, b, x)


@slope("betaincc", steep=True)
def betaincc(y: Expr, a: Expr, b: Expr, x: Expr) -> Any:
    return -beta_density(a, b, x)


@slope("betaincinv", steep=True)
def betaincinv(x: Expr, a: Expr, b: Expr, y: Expr) -> Any:
    return 1.0 / beta_density(a, b, x)


@slope("betainccinv", steep=True)
def betainccinv(x: Expr, a: Expr, b: Expr, y: Expr) -> Any:
    return -1.0 / beta_density(a, b, x)
