"""Distribution functions and their inverses, in the variable and where a density gives the derivative.

The derivatives in degrees of freedom and other shapes are not known in closed form.
"""

from __future__ import annotations

import math
from typing import Any

from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, exp, log, sqrt
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.gammas import beta_density, betaln, gamma_density, gammaln, xlog1py, xlogy
from tangentc.rules.scipy.special.logarithms import by_power
from tangentc.rules.scipy.special.slopes import function, known, slope

hyp1f1 = function("hyp1f1")


def _floor(k: Any) -> Any:
    return call("np.floor", k)


# --- chi square and gamma ---------------------------------------------------------------------------


@slope("chdtr", steep=True)
def chdtr(y: Expr, v: Expr, x: Expr) -> Any:
    return 0.5 * gamma_density(0.5 * v, 0.5 * x)


@slope("chdtrc", steep=True)
def chdtrc(y: Expr, v: Expr, x: Expr) -> Any:
    return -0.5 * gamma_density(0.5 * v, 0.5 * x)


@slope("chdtri", steep=True)
def chdtri(x: Expr, v: Expr, p: Expr) -> Any:
    return -2.0 / gamma_density(0.5 * v, 0.5 * x)


@linearise(*known("gdtr"))
def gdtr(y: Expr, a: Expr, b: Expr, x: Expr, *, da: Tangent, dx: Tangent) -> Tangent:
    """gammainc(b, a x)"""
    return linear.amplify(gamma_density(b, a * x), x * da + a * dx)


@linearise(*known("gdtrc"))
def gdtrc(y: Expr, a: Expr, b: Expr, x: Expr, *, da: Tangent, dx: Tangent) -> Tangent:
    return linear.amplify(-gamma_density(b, a * x), x * da + a * dx)


@linearise(*known("gdtrix"))
def gdtrix(x: Expr, a: Expr, b: Expr, p: Expr, *, da: Tangent, dp: Tangent) -> Tangent:
    return (dp and linear.steep(a * gamma_density(b, a * x), dp)) - (da and x / a * da)


@linearise(*known("gdtria"))
def gdtria(a: Expr, p: Expr, b: Expr, x: Expr, *, dp: Tangent, dx: Tangent) -> Tangent:
    return (dp and linear.steep(x * gamma_density(b, a * x), dp)) - (dx and a / x * dx)


# --- Student's t and F ------------------------------------------------------------------------------


def _t_density(df: Any, t: Any) -> Any:
    spread = xlog1py(0.5 * (df + 1.0), t * t / df)
    return exp(-spread - 0.5 * log(df) - betaln(0.5, 0.5 * df))


def _f_density(dfn: Any, dfd: Any, x: Any) -> Any:
    a, b, scale = 0.5 * dfn, 0.5 * dfd, dfn / dfd
    return scale * exp(xlogy(a - 1.0, scale * x) - xlog1py(a + b, scale * x) - betaln(a, b))


@slope("stdtr")
def stdtr(y: Expr, df: Expr, t: Expr) -> Any:
    return _t_density(df, t)


@slope("stdtrit", steep=True)
def stdtrit(t: Expr, df: Expr, p: Expr) -> Any:
    return 1.0 / _t_density(df, t)


@slope("fdtr", steep=True)
def fdtr(y: Expr, dfn: Expr, dfd: Expr, x: Expr) -> Any:
    return _f_density(dfn, dfd, x)


@slope("fdtrc", steep=True)
def fdtrc(y: Expr, dfn: Expr, dfd: Expr, x: Expr) -> Any:
    return -_f_density(dfn, dfd, x)


@slope("fdtri", steep=True)
def fdtri(x: Expr, dfn: Expr, dfd: Expr, p: Expr) -> Any:
    return 1.0 / _f_density(dfn, dfd, x)


# --- noncentral: F is the distribution function, f its density --------------------------------------


def _chi_slopes(df: Any, nc: Any, x: Any) -> tuple[Any, Any]:
    """The derivatives of `chndtr` in x and in nc."""
    return call("chndtr_density", x, df, nc), -call("chndtr_density", x, df + 2, nc)


@linearise(named("chndtr_density"))
def chndtr_density(f: Expr, x: Expr, df: Expr, nc: Expr, *, dx: Tangent, dnc: Tangent) -> Tangent:
    """Johnson, Kotz and Balakrishnan (1995), 29.6."""
    by_x = dx and linear.amplify(0.5 * (call("chndtr_density", x, df - 2, nc) - f), dx)
    return by_x + (dnc and 0.5 * (call("chndtr_density", x, df + 2, nc) - f) * dnc)


@linearise(*known("chndtr"))
def chndtr(y: Expr, x: Expr, df: Expr, nc: Expr, *, dx: Tangent, dnc: Tangent) -> Tangent:
    by_x, by_nc = _chi_slopes(df, nc, x)
    return (dx and linear.amplify(by_x, dx)) + (dnc and by_nc * dnc)


@linearise(*known("chndtrix"))
def chndtrix(x: Expr, p: Expr, df: Expr, nc: Expr, *, dp: Tangent, dnc: Tangent) -> Tangent:
    by_x, by_nc = _chi_slopes(df, nc, x)
    return linear.steep(by_x, dp - (dnc and by_nc * dnc))


@linearise(*known("chndtrinc"))
def chndtrinc(nc: Expr, x: Expr, df: Expr, p: Expr, *, dx: Tangent, dp: Tangent) -> Tangent:
    by_x, by_nc = _chi_slopes(df, nc, x)
    return linear.steep(by_nc, dp - (dx and by_x * dx))


def _f_slopes(dfn: Any, dfd: Any, nc: Any, f: Any) -> tuple[Any, Any]:
    """The derivatives of `ncfdtr` in f and in nc: sums over a Poisson distribution, DLMF 13.2.2, 13.2.39."""
    a, b, total = 0.5 * dfn, 0.5 * dfd, dfd + dfn * f
    z = 0.5 * nc * (dfn * f / total)
    central = _f_density(dfn, dfd, f) * exp(-0.5 * nc * (dfd / total))
    return central * hyp1f1(-b, a, -z), -central * f / dfn * hyp1f1(1.0 - b, a + 1.0, -z)


@linearise(*known("ncfdtr"))
def ncfdtr(y: Expr, dfn: Expr, dfd: Expr, nc: Expr, f: Expr, *, dnc: Tangent, df: Tangent) -> Tangent:
    by_f, by_nc = _f_slopes(dfn, dfd, nc, f)
    return (df and linear.amplify(by_f, df)) + (dnc and by_nc * dnc)


@linearise(*known("ncfdtri"))
def ncfdtri(f: Expr, dfn: Expr, dfd: Expr, nc: Expr, p: Expr, *, dnc: Tangent, dp: Tangent) -> Tangent:
    by_f, by_nc = _f_slopes(dfn, dfd, nc, f)
    return linear.steep(by_f, dp - (dnc and by_nc * dnc))


@linearise(*known("ncfdtrinc"))
def ncfdtrinc(nc: Expr, dfn: Expr, dfd: Expr, p: Expr, f: Expr, *, dp: Tangent, df: Tangent) -> Tangent:
    by_f, by_nc = _f_slopes(dfn, dfd, nc, f)
    return linear.steep(by_nc, dp - (df and by_f * df))


def _t_slopes(df: Any, nc: Any, t: Any) -> tuple[Any, Any]:
    """The derivatives of `nctdtr` in t and in nc: of the mean of Phi(t s - nc), where df s^2 is of chi square."""
    grown = 1.0 + t * t / df
    z = t * nc / sqrt(df * grown)
    scale = (
        -0.5 * nc * nc / grown
        - (0.5 * df - 1.0) * math.log(2.0)
        - gammaln(0.5 * df)
        - 0.5 * math.log(2.0 * math.pi)
    )
    by_t = exp(scale - 0.5 * (df + 1.0) * log(grown) + call("log_normal_moment", df, z)) / sqrt(df)
    return by_t, -exp(scale - 0.5 * df * log(grown) + call("log_normal_moment", df - 1.0, z))


@slope(named("log_normal_moment"))
def log_normal_moment(y: Expr, k: Expr, z: Expr) -> Any:
    return exp(call("log_normal_moment", k + 1.0, z) - y) - z


@linearise(*known("nctdtr"))
def nctdtr(y: Expr, df: Expr, nc: Expr, t: Expr, *, dnc: Tangent, dt: Tangent) -> Tangent:
    by_t, by_nc = _t_slopes(df, nc, t)
    return (dt and by_t * dt) + (dnc and by_nc * dnc)


@linearise(*known("nctdtrit"))
def nctdtrit(t: Expr, df: Expr, nc: Expr, p: Expr, *, dnc: Tangent, dp: Tangent) -> Tangent:
    by_t, by_nc = _t_slopes(df, nc, t)
    return linear.steep(by_t, dp - (dnc and by_nc * dnc))


@linearise(*known("nctdtrinc"))
def nctdtrinc(nc: Expr, df: Expr, p: Expr, t: Expr, *, dp: Tangent, dt: Tangent) -> Tangent:
    by_t, by_nc = _t_slopes(df, nc, t)
    return linear.steep(by_nc, dp - (dt and by_t * dt))


# --- normal: parameters for which a value has a given probability -----------------------------------


def _one_over_normal_density(z: Any) -> Any:
    return math.sqrt(2.0 * math.pi) * exp(0.5 * z * z)


@linearise(*known("nrdtrimn"))
def nrdtrimn(mn: Expr, p: Expr, std: Expr, x: Expr, *, dp: Tangent, dstd: Tangent, dx: Tangent) -> Tangent:
    """x - std z, where z = ndtri(p)."""
    z = (x - mn) / std
    by_p = dp and linear.amplify(std * _one_over_normal_density(z), dp)
    return dx - (dstd and z * dstd) - by_p


@linearise(*known("nrdtrisd"))
def nrdtrisd(std: Expr, mn: Expr, p: Expr, x: Expr, *, dmn: Tangent, dp: Tangent, dx: Tangent) -> Tangent:
    """(x - mn) / z, where z = ndtri(p)."""
    z = function("ndtri")(p)
    by_p = dp and linear.amplify(std * _one_over_normal_density(z), dp)
    return linear.steep(z, dx - dmn - by_p)


# --- Kolmogorov and Smirnov, Tukey ------------------------------------------------------------------


@slope("kolmogorov")
def kolmogorov(y: Expr, x: Expr) -> Any:
    return call("kolmogorov_derivative", x, order=1)


@slope(named("kolmogorov_derivative"))
def kolmogorov_derivative(y: Expr, x: Expr, *, order: int) -> Any:
    return call("kolmogorov_derivative", x, order=order + 1)


@slope("kolmogi", steep=True)
def kolmogi(x: Expr, y: Expr) -> Any:
    return 1.0 / call("kolmogorov_derivative", x, order=1)


@slope("smirnov")
def smirnov(y: Expr, n: Expr, d: Expr) -> Any:
    """At the multiples of 1 / n, where it has kinks, the derivative from the right."""
    return call("smirnov_derivative", n, d, order=1)


@slope(named("smirnov_derivative"))
def smirnov_derivative(y: Expr, n: Expr, d: Expr, *, order: int) -> Any:
    return call("smirnov_derivative", n, d, order=order + 1)


@slope("smirnovi", steep=True)
def smirnovi(d: Expr, n: Expr, p: Expr) -> Any:
    return 1.0 / call("smirnov_derivative", n, d, order=1)


@linearise(*known("tklmbda"))
def tklmbda(y: Expr, x: Expr, lmbda: Expr, *, dx: Tangent, dlmbda: Tangent) -> Tangent:
    """x = boxcox(y, lmbda) - boxcox(1 - y, lmbda); constant outside of the support."""
    rest = function("tklmbda")(-x, lmbda)
    inside = call("np.minimum", y, rest) > 0.0
    density = 1.0 / (y ** (lmbda - 1.0) + rest ** (lmbda - 1.0))
    by_lmbda = dlmbda and linear.amplify(by_power(log(y), lmbda) - by_power(log(rest), lmbda), dlmbda)
    return linear.select(inside, linear.amplify(density, dx - by_lmbda))


# --- counts: a sum of probabilities telescopes ------------------------------------------------------


@slope("pdtr")
def pdtr(y: Expr, k: Expr, m: Expr) -> Any:
    return -gamma_density(_floor(k) + 1.0, m)


@slope("pdtrc")
def pdtrc(y: Expr, k: Expr, m: Expr) -> Any:
    return gamma_density(_floor(k) + 1.0, m)


@slope("pdtri", steep=True)
def pdtri(m: Expr, k: Expr, y: Expr) -> Any:
    return -1.0 / gamma_density(_floor(k) + 1.0, m)


def _binomial(k: Any, n: Any, p: Any) -> Any:
    """Minus the derivative of bdtr; 0 where k is n."""
    k = _floor(k)
    return exp(xlogy(k, p) + xlog1py(n - k - 1.0, -p) - betaln(n - k, k + 1.0))


@slope("bdtr")
def bdtr(y: Expr, k: Expr, n: Expr, p: Expr) -> Any:
    return -_binomial(k, n, p)


@slope("bdtrc")
def bdtrc(y: Expr, k: Expr, n: Expr, p: Expr) -> Any:
    return _binomial(k, n, p)


@slope("bdtri", steep=True)
def bdtri(p: Expr, k: Expr, n: Expr, y: Expr) -> Any:
    return -1.0 / _binomial(k, n, p)


@slope("nbdtr", steep=True)
def nbdtr(y: Expr, k: Expr, n: Expr, p: Expr) -> Any:
    return beta_density(n, k + 1.0, p)


@slope("nbdtrc", steep=True)
def nbdtrc(y: Expr, k: Expr, n: Expr, p: Expr) -> Any:
    return -beta_density(n, k + 1.0, p)


@slope("nbdtri", steep=True)
def nbdtri(p: Expr, k: Expr, n: Expr, y: Expr) -> Any:
    return 1.0 / beta_density(n, k + 1.0, p)
