"""Densities, distribution functions and quantiles of continuous distributions.

A distribution is told by its scores, the derivatives of its logarithmic density, standardised, in the variable z and in
each shape; `flow` tells how a quantile moves with a shape: minus the derivative of the distribution function in the
shape, over the density, where that is known in closed form.  SciPy computes the values; outside the support, where the
density is 0, nothing moves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tangentc.kinds.types import Const
from tangentc.primitives.core import Primitive, named
from tangentc.primitives.scipy.stats import CONTINUOUS
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, absolute, constant, cos, equal, exp, log, sign, sin, where
from tangentc.rules.registry import Rule, add
from tangentc.rules.scipy.special.slopes import function

expit, psi, log1p, expm1 = map(function, ("expit", "psi", "log1p", "expm1"))
exprel, i0e, i1e = map(function, ("exprel", "i0e", "i1e"))

Score = Callable[..., Any]


@dataclass(frozen=True)
class Scores:
    """What a distribution is differentiated by.

    Args:
        z: the score in the standardised variable, a function of it and the shapes.
        shapes: the scores in the shapes.
        inside: a value of z in the support, for those outside; None if the support is the whole line.
        flow: for shapes, minus how fast a quantile moves.
    """

    z: Score
    shapes: dict[str, Score] = field(default_factory=dict)
    inside: float | None = None
    flow: dict[str, Score] = field(default_factory=dict)


# --- the distributions ------------------------------------------------------------------------------


def _excess(shape: Any, edge: float, z: Any) -> Any:
    """(shape - edge) / z, and 0 also at z = 0 for the shape with which the density does not vanish there."""
    known = constant(shape)
    if known is None:
        return call("quotient", shape - edge, z)
    return (known - edge) / z if known != edge else 0.0 * z


def _tail_exponent(z: Any, c: Any) -> Any:
    """log(1 + c z) / c, which is z where c is 0."""
    return z / exprel(log1p(c * z))


def _tail_slope(z: Any, c: Any) -> Any:
    """The derivative of `_tail_exponent` in c."""
    logarithm = log1p(c * z)
    mean = exprel(logarithm)
    return -z * z * call("exprel_derivative", logarithm, order=1) / (mean * mean * (1.0 + c * z))


def _fisher_dfn(z: Any, m: Any, n: Any) -> Any:
    r = m / n
    grown = 1.0 + r * z
    return 0.5 * (
        log(r * z) + 1.0 - log1p(r * z) - (m + n) * z / (n * grown) - psi(0.5 * m) + psi(0.5 * (m + n))
    )


def _fisher_dfd(z: Any, m: Any, n: Any) -> Any:
    r = m / n
    grown = 1.0 + r * z
    return 0.5 * (-r - log1p(r * z) + (m + n) * r * z / (n * grown) - psi(0.5 * n) + psi(0.5 * (m + n)))


def _student_df(z: Any, v: Any) -> Any:
    square = z * z
    change = psi(0.5 * (v + 1.0)) - psi(0.5 * v) - 1.0 / v
    return 0.5 * (change - log1p(square / v) + (v + 1.0) * square / (v * (v + square)))


_GAMMA = Scores(
    lambda z, a: _excess(a, 1.0, z) - 1.0, {"a": lambda z, a: log(z) - psi(a)}, 0.5,
)  # fmt: skip
_LOGUNIFORM = Scores(
    lambda z, a, b: -1.0 / z,
    {"a": lambda z, a, b: 1.0 / (a * log(b / a)), "b": lambda z, a, b: -1.0 / (b * log(b / a))},
    1.0,
    {
        "a": lambda z, a, b: z / a * (log(z / a) / log(b / a) - 1.0),
        "b": lambda z, a, b: -z * log(z / a) / (log(b / a) * b),
    },
)


def _by_power(z: Any, c: Any) -> Any:
    """The flow of distributions of z^c."""
    return z * log(z) / c


SCORES: dict[str, Scores] = {
    "norm": Scores(lambda z: -z),
    "uniform": Scores(lambda z: 0.0, inside=0.5),
    "expon": Scores(lambda z: -1.0, inside=0.5),
    "cauchy": Scores(lambda z: -2.0 * z / (1.0 + z * z)),
    "laplace": Scores(lambda z: -sign(z)),
    "logistic": Scores(lambda z: -call("np.tanh", 0.5 * z)),
    "gumbel_r": Scores(lambda z: expm1(-z)),
    "gumbel_l": Scores(lambda z: -expm1(z)),
    "halfnorm": Scores(lambda z: -z, inside=0.5),
    "halfcauchy": Scores(lambda z: -2.0 * z / (1.0 + z * z), inside=0.5),
    "halflogistic": Scores(lambda z: -call("np.tanh", 0.5 * z), inside=0.5),
    "rayleigh": Scores(lambda z: 1.0 / z - z, inside=0.5),
    "maxwell": Scores(lambda z: 2.0 / z - z, inside=0.5),
    "levy": Scores(lambda z: 0.5 / (z * z) - 1.5 / z, inside=0.5),
    "hypsecant": Scores(lambda z: -call("np.tanh", z)),
    "moyal": Scores(lambda z: 0.5 * expm1(-z)),
    "semicircular": Scores(lambda z: -z / (1.0 - z * z), inside=0.5),
    "wald": Scores(lambda z: 0.5 / (z * z) - 1.5 / z - 0.5, inside=0.5),
    "gamma": _GAMMA,
    "erlang": _GAMMA,
    "beta": Scores(
        lambda z, a, b: _excess(a, 1.0, z) - _excess(b, 1.0, 1.0 - z),
        {
            "a": lambda z, a, b: log(z) - psi(a) + psi(a + b),
            "b": lambda z, a, b: log1p(-z) - psi(b) + psi(a + b),
        },
        0.5,
    ),
    "betaprime": Scores(
        lambda z, a, b: _excess(a, 1.0, z) - (a + b) / (1.0 + z),
        {
            "a": lambda z, a, b: log(z) - log1p(z) - psi(a) + psi(a + b),
            "b": lambda z, a, b: psi(a + b) - psi(b) - log1p(z),
        },
        0.5,
    ),
    "chi2": Scores(
        lambda z, v: 0.5 * _excess(v, 2.0, z) - 0.5, {"df": lambda z, v: 0.5 * (log(0.5 * z) - psi(0.5 * v))}, 0.5
    ),
    "chi": Scores(
        lambda z, v: _excess(v, 1.0, z) - z, {"df": lambda z, v: log(z) - 0.5 * (math.log(2.0) + psi(0.5 * v))}, 0.5
    ),
    "t": Scores(lambda z, v: -(v + 1.0) * z / (v + z * z), {"df": _student_df}),
    "f": Scores(
        lambda z, m, n: 0.5 * _excess(m, 2.0, z) - 0.5 * (m + n) * m / (n + m * z),
        {"dfn": _fisher_dfn, "dfd": _fisher_dfd},
        0.5,
    ),
    "lognorm": Scores(
        lambda z, s: -(1.0 + log(z) / (s * s)) / z,
        {"s": lambda z, s: (log(z) ** 2 / (s * s) - 1.0) / s},
        0.5,
        {"s": lambda z, s: -z * log(z) / s},
    ),
    "pareto": Scores(
        lambda z, b: -(b + 1.0) / z, {"b": lambda z, b: 1.0 / b - log(z)}, 2.0, {"b": _by_power}
    ),
    "lomax": Scores(
        lambda z, c: -(c + 1.0) / (1.0 + z), {"c": lambda z, c: 1.0 / c - log1p(z)}, 0.5,
        {"c": lambda z, c: (1.0 + z) * log1p(z) / c},
    ),
    "weibull_min": Scores(
        lambda z, c: _excess(c, 1.0, z) - c * z ** (c - 1.0), {"c": lambda z, c: 1.0 / c + log(z) * (1.0 - z**c)}, 0.5,
        {"c": _by_power},
    ),
    "weibull_max": Scores(
        lambda z, c: _excess(c, 1.0, z) + c * (-z) ** (c - 1.0),
        {"c": lambda z, c: 1.0 / c + log(-z) * (1.0 - (-z) ** c)},
        -0.5,
        {"c": lambda z, c: z * log(-z) / c},
    ),
    "invweibull": Scores(
        lambda z, c: (c * z**-c - c - 1.0) / z, {"c": lambda z, c: 1.0 / c + log(z) * (z**-c - 1.0)}, 0.5,
        {"c": _by_power},
    ),
    "invgamma": Scores(
        lambda z, a: (1.0 / z - a - 1.0) / z, {"a": lambda z, a: -log(z) - psi(a)}, 0.5
    ),
    "invgauss": Scores(
        lambda z, mu: 0.5 / (z * z) - 1.5 / z - 0.5 / (mu * mu), {"mu": lambda z, mu: (z / mu - 1.0) / (mu * mu)}, 0.5
    ),
    "truncnorm": Scores(
        lambda z, a, b: -z,
        {
            "a": lambda z, a, b: call("scipy.stats.truncnorm.pdf", a, a, b),
            "b": lambda z, a, b: -call("scipy.stats.truncnorm.pdf", b, a, b),
        },
        0.0,
    ),
    "skewnorm": Scores(
        lambda z, a: a * call("inverse_mills", a * z) - z, {"a": lambda z, a: z * call("inverse_mills", a * z)}
    ),
    "vonmises": Scores(
        lambda z, kappa: -kappa * sin(z), {"kappa": lambda z, kappa: cos(z) - i1e(kappa) / i0e(kappa)}
    ),
    "genextreme": Scores(
        lambda z, c: (exp(-_tail_exponent(z, -c)) + c - 1.0) / (1.0 - c * z),
        {
            "c": lambda z, c: (
                (1.0 - c - exp(-_tail_exponent(z, -c))) * _tail_slope(z, -c) + _tail_exponent(z, -c)
            )
        },
        0.0,
        {"c": lambda z, c: -_tail_slope(z, -c) * (1.0 - c * z)},
    ),
    "genpareto": Scores(
        lambda z, c: -(c + 1.0) / (1.0 + c * z),
        {"c": lambda z, c: -_tail_exponent(z, c) - (c + 1.0) * _tail_slope(z, c)},
        0.0,
        {"c": lambda z, c: _tail_slope(z, c) * (1.0 + c * z)},
    ),
    "triang": Scores(
        lambda z, c: where(z < c, 1.0 / z, -1.0 / (1.0 - z)),
        {"c": lambda z, c: where(z < c, -1.0 / c, 1.0 / (1.0 - c))},
        0.5,
    ),
    "loguniform": _LOGUNIFORM,
    "reciprocal": _LOGUNIFORM,
    "powerlaw": Scores(
        lambda z, a: _excess(a, 1.0, z), {"a": lambda z, a: 1.0 / a + log(z)}, 0.5, {"a": _by_power}
    ),
    "nakagami": Scores(
        lambda z, nu: 2.0 * (_excess(nu, 0.5, z) - nu * z),
        {"nu": lambda z, nu: 1.0 + log(nu) - psi(nu) + 2.0 * log(z) - z * z},
        0.5,
    ),
    "gompertz": Scores(
        lambda z, c: 1.0 - c * exp(z), {"c": lambda z, c: 1.0 / c - expm1(z)}, 0.5,
        {"c": lambda z, c: -expm1(-z) / c},
    ),
    "fisk": Scores(
        lambda z, c: _excess(c, 1.0, z) - 2.0 * c * z ** (c - 1.0) / (1.0 + z**c),
        {"c": lambda z, c: 1.0 / c - log(z) * call("np.tanh", 0.5 * c * log(z))},
        0.5,
        {"c": _by_power},
    ),
    "loggamma": Scores(lambda z, c: c - exp(z), {"c": lambda z, c: z - psi(c)}),
    "gennorm": Scores(
        lambda z, beta: -beta * sign(z) * absolute(z) ** (beta - 1.0),
        {
            "beta": lambda z, beta: (
                1.0 / beta + psi(1.0 / beta) / (beta * beta) - function("xlogy")(absolute(z) ** beta, absolute(z))
            )
        },
    ),
}  # fmt: skip


# --- the methods ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Given:
    """The operands of a call, and their tangents; a location or scale that is not given is None."""

    shapes: tuple[Expr, ...]
    loc: Expr | None
    scale: Expr | None
    dloc: Tangent
    dscale: Tangent
    dshapes: dict[str, Tangent]

    @classmethod
    def of(cls, names: tuple[str, ...], given: tuple[Expr, ...], tangents: dict[str, Tangent]) -> _Given:
        count = len(names)
        rest = [None if each.kind == Const(None) else each for each in given[count:]]
        loc, scale = (*rest, None, None)[:2]
        moving = {name: tangents[f"d{name}"] for name in names if tangents.get(f"d{name}")}
        return cls(given[:count], loc, scale, tangents["dloc"], tangents["dscale"], moving)

    def standard(self, x: Expr) -> Any:
        """(x - loc) / scale"""
        z = x if self.loc is None else x - self.loc
        return z if self.scale is None else z / self.scale

    def per_scale(self, value: Any) -> Any:
        return value if self.scale is None else value / self.scale

    def times_scale(self, value: Any) -> Any:
        return value if self.scale is None else value * self.scale


def _log_density(scores: Scores, x: Expr, outside: Any, given: _Given, dx: Tangent) -> Tangent:
    """The differential of log f(z) - log(scale) with z = (x - loc) / scale."""
    z = given.standard(x)
    if outside is not None:
        z = where(outside, scores.inside, z)
    moved, total = dx - given.dloc, ZERO
    if moved or given.dscale:
        score = scores.z(z, *given.shapes)
        total = (moved and given.per_scale(score) * moved) - (
            given.dscale and given.per_scale(1.0 + z * score) * given.dscale
        )
    for name, moving in given.dshapes.items():
        total = total + scores.shapes[name](z, *given.shapes) * moving
    return linear.reject(outside, total) if outside is not None else total


def _quantile(scores: Scores, x: Expr, density: Any, given: _Given) -> Tangent:
    """How a quantile x of given probability moves with location, scale and shapes."""
    z = given.standard(x)
    total = given.dloc + (given.dscale and z * given.dscale)
    if given.dshapes and scores.inside is not None:
        z = where(equal(density, 0.0), scores.inside, z)
    for name, moving in given.dshapes.items():
        total = total - given.times_scale(scores.flow[name](z, *given.shapes)) * moving
    return total


def _register(path: str, operands: tuple[str, ...], but: set[str], rule: Callable[..., Any]) -> None:
    try:
        primitive: Primitive = named(path)
    except KeyError:
        return
    tangents = tuple(f"d{name}" for name in operands if name not in but)
    add((primitive,), Rule(rule, operands, False, (), tangents))


def _densities(name: str, scores: Scores, shapes: tuple[str, ...]) -> None:
    operands = ("x", *shapes, "loc", "scale")
    unknown = set(shapes) - set(scores.shapes)

    def logpdf(y: Expr, x: Expr, *rest: Expr, dx: Tangent, **tangents: Tangent) -> Tangent:
        outside = None if scores.inside is None else equal(y, -math.inf)
        return _log_density(scores, x, outside, _Given.of(shapes, rest, tangents), dx)

    def pdf(y: Expr, x: Expr, *rest: Expr, dx: Tangent, **tangents: Tangent) -> Tangent:
        outside = None if scores.inside is None else equal(y, 0.0)
        return y * _log_density(scores, x, outside, _Given.of(shapes, rest, tangents), dx)

    _register(f"scipy.stats.{name}.logpdf", operands, unknown, logpdf)
    _register(f"scipy.stats.{name}.pdf", operands, unknown, pdf)


def _probabilities(name: str, scores: Scores, shapes: tuple[str, ...]) -> None:
    operands = ("x", *shapes, "loc", "scale")
    unknown = set(shapes) - set(scores.flow)

    def probability(y: Expr, x: Expr, *rest: Expr, dx: Tangent, **tangents: Tangent) -> Tangent:
        density = call(f"scipy.stats.{name}.pdf", x, *rest)
        return density * (dx - _quantile(scores, x, density, _Given.of(shapes, rest, tangents)))

    def survival(y: Expr, x: Expr, *rest: Expr, dx: Tangent, **tangents: Tangent) -> Tangent:
        return -probability(y, x, *rest, dx=dx, **tangents)

    def logarithm(y: Expr, x: Expr, *rest: Expr, dx: Tangent, **tangents: Tangent) -> Tangent:
        given = _Given.of(shapes, rest, tangents)
        density = _hazard(name, y, x, rest, given, 1.0)
        return density * (dx - _quantile(scores, x, density, given))

    def log_survival(y: Expr, x: Expr, *rest: Expr, dx: Tangent, **tangents: Tangent) -> Tangent:
        given = _Given.of(shapes, rest, tangents)
        density = _hazard(name, y, x, rest, given, -1.0)
        return -density * (dx - _quantile(scores, x, density, given))

    for method, rule in (
        ("cdf", probability), ("sf", survival), ("logcdf", logarithm), ("logsf", log_survival)
    ):  # fmt: skip
        _register(f"scipy.stats.{name}.{method}", operands, unknown, rule)


def _hazard(name: str, y: Expr, x: Expr, rest: tuple[Expr, ...], given: _Given, side: float) -> Any:
    """The density over the probability e^y; 0 where both are."""
    if name == "norm":
        z = given.standard(x)
        return given.per_scale(call("inverse_mills", z if side > 0 else -z))
    density = call(f"scipy.stats.{name}.logpdf", x, *rest)
    return exp(density - where(equal(y, -math.inf), 0.0, y))


def _quantiles(name: str, scores: Scores, shapes: tuple[str, ...]) -> None:
    operands = ("q", *shapes, "loc", "scale")
    unknown = set(shapes) - set(scores.flow)

    def rule_of(side: float) -> Callable[..., Any]:
        def quantile(x: Expr, q: Expr, *rest: Expr, dq: Tangent, **tangents: Tangent) -> Tangent:
            density = call(f"scipy.stats.{name}.pdf", x, *rest)
            moved = dq and linear.steep(density if side > 0 else -density, dq)
            return moved + _quantile(scores, x, density, _Given.of(shapes, rest, tangents))

        return quantile

    _register(f"scipy.stats.{name}.ppf", operands, unknown, rule_of(1.0))
    _register(f"scipy.stats.{name}.isf", operands, unknown, rule_of(-1.0))


for _name, _shapes in CONTINUOUS.items():
    for _methods in (_densities, _probabilities, _quantiles):
        _methods(_name, SCORES[_name], tuple(_shapes.split()))
