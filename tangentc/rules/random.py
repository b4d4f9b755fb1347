"""Derivatives of random numbers in the parameters of their distribution, the noise behind them held fixed.

Where the noise is a function of the draw and the parameters, so is the derivative (Kingma and Welling, "Auto-encoding
variational Bayes", 2014; Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients", 2018): the generator is
not asked again.  A draw from a distribution without width, `scale=0`, has forgotten its noise: 0 / 0.
"""

from __future__ import annotations

from typing import Any

from tangentc.primitives.core import named
from tangentc.primitives.random import PARAMETERS
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.differential import applied
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, undefined
from tangentc.rules.registry import linearise

_DEFAULTS = {"loc": 0.0, "mean": 0.0, "low": 0.0, "high": 1.0}  # of the others 1


@linearise(named("draw"))
def draw(
    y: Expr,
    function: Expr,
    *args: Expr,
    distribution: str,
    keywords: tuple[str, ...],
    dargs: tuple[Tangent, ...],
) -> Tangent:
    names = (*PARAMETERS[distribution], "size")[: len(args) - len(keywords)]
    given = dict(zip((*names, *keywords), zip(args, dargs, strict=True), strict=False))
    values = {name: value for name, (value, _) in given.items()}
    if distribution == "multivariate_normal":
        return _multivariate(y, values, {name: dot for name, (_, dot) in given.items()})
    parameters = [given.get(name, (_DEFAULTS.get(name, 1.0), ZERO)) for name in PARAMETERS[distribution]]
    return _RULES.get(distribution, _of_place_and_scale)(
        y, *(value for value, _ in parameters), *(dot for _, dot in parameters)
    )


def _of_place_and_scale(y: Expr, loc: Any, scale: Any, dloc: Tangent, dscale: Tangent) -> Tangent:
    """y = loc + scale e."""
    return dloc + (dscale and (y - loc) / scale * dscale)


def _of_scale(y: Expr, scale: Any, dscale: Tangent) -> Tangent:
    """y = scale e."""
    return y / scale * dscale


def _lognormal(y: Expr, mean: Any, sigma: Any, dmean: Tangent, dsigma: Tangent) -> Tangent:
    """log y is normal."""
    return y * (dmean + (dsigma and (ops.log(y) - mean) / sigma * dsigma))


def _uniform(y: Expr, low: Any, high: Any, dlow: Tangent, dhigh: Tangent) -> Tangent:
    """y = low + (high - low) e."""
    part = (y - low) / (high - low)
    return (dlow and (1.0 - part) * dlow) + (dhigh and part * dhigh)


def _power(y: Expr, a: Any, da: Tangent) -> Tangent:
    """y = e^(1/a), with an exponential or a uniform e; y log y is 0 where y is."""
    logarithm = ops.log(call("np.where", ops.equal(y, 0.0), 1.0, y))
    return -(y * logarithm / a) * da


def _pareto(y: Expr, a: Any, da: Tangent) -> Tangent:
    """log(1 + y) = e / a."""
    return -((1.0 + y) * call("np.log1p", y) / a) * da


def _triangular(
    y: Expr, left: Any, mode: Any, right: Any, dleft: Tangent, dmode: Tangent, dright: Tangent
) -> Tangent:
    """The distribution function is (y - l)^2 / ((r - l) (m - l)) below the mode, and alike above it."""
    rises = y <= mode
    end = ops.where(rises, left, right)
    half = 0.5 * (y - end)
    from_mode = half / ops.where(rises, mode - left, mode - right)
    across = half / ops.where(rises, right - left, left - right)
    total = dmode and from_mode * dmode
    rest = 1.0 - from_mode - across
    total = total + (dleft and ops.where(rises, rest, across) * dleft)
    return total + (dright and ops.where(rises, across, rest) * dright)


def _gamma(y: Expr, shape: Any, scale: Any, dshape: Tangent, dscale: Tangent) -> Tangent:
    """y / scale keeps its place in the distribution of this shape."""
    change = _of_scale(y, scale, dscale)
    return change + (dshape and scale * call("gamma_slope", shape, y / scale) * dshape)


def _chisquare(y: Expr, df: Any, ddf: Tangent) -> Tangent:
    """y / 2 is gamma-distributed with shape df / 2."""
    return call("gamma_slope", 0.5 * df, 0.5 * y) * ddf


@linearise(named("gamma_slope"))
def gamma_slope(y: Expr, a: Expr, z: Expr, *, order: int, da: Tangent, dz: Tangent) -> Tangent:
    if da or order:
        raise undefined("a gamma-distributed draw has one derivative with respect to its shape, no second", z)
    return call("gamma_slope", a, z, order=1) * dz


def _multivariate(y: Expr, values: dict[str, Any], dots: dict[str, Tangent]) -> Tangent:
    """y = mean + L e, where the factor L of the covariance is that of Cholesky."""
    dcov = dots["cov"]
    if not dcov:
        return dots["mean"]
    if "method" not in values or ops.constant(values["method"]) != "cholesky":
        raise undefined(
            "a multivariate normal draw has a derivative with respect to `cov` with method='cholesky' only: other "
            "square roots are not unique", y,
        )  # fmt: skip
    factor = call("np.linalg.cholesky", values["cov"])
    (dfactor,) = applied(named("np.linalg.cholesky"), [factor], [values["cov"]], {}, [dcov])
    centred = y - values["mean"]
    rows = centred if ops.rank(y) > 1 else ops.expand_dims(centred, 0)
    noise = call("T", call("np.linalg.solve", factor, call("T", _flat(rows))))
    moved = noise @ linear.exchange(dfactor, to="T")
    return dots["mean"] + (moved if ops.rank(y) == 2 else linear.reshape(y.shape, moved))


def _flat(rows: Expr) -> Expr:
    return rows if ops.rank(rows) == 2 else ops.reshape(rows, ops.pack(rows, (-1, ops.dim(rows, -1))))


_RULES: dict[str, Any] = {
    "exponential": _of_scale, "rayleigh": _of_scale, "lognormal": _lognormal, "uniform": _uniform, "weibull": _power,
    "power": _power, "pareto": _pareto, "triangular": _triangular, "gamma": _gamma,
    "chisquare": _chisquare,
}  # fmt: skip
