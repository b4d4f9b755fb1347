"""Distribution functions and their inverses, in the variable and where a density gives the derivative.

The derivatives in degrees of freedom and other shapes are not known in closed form.
"""

from __future__ import annotations

from typing import Any

from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, exp, log
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.gammas import beta_density, betaln, gamma_density, xlog1py, xlogy
from tangentc.rules.scipy.special.slopes import known, slope


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
