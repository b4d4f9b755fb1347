"""Probabilities of discrete distributions, in their parameters: nothing flows through the counted number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tangentc.kinds.types import Const
from tangentc.primitives.core import named
from tangentc.primitives.scipy.stats import DISCRETE
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, absolute, equal, log, where
from tangentc.rules.registry import Rule, add
from tangentc.rules.scipy.special.slopes import function

psi, log1p, expm1 = map(function, ("psi", "log1p", "expm1"))


def _quotient(x: Any, y: Any) -> Any:
    """x / y, and 0 where x is 0: a count of none."""
    return call("quotient", x, y)


# For each parameter that may vary, the derivative of the logarithm of the probability of k.
SCORES: dict[str, dict[str, Callable[..., Any]]] = {
    "poisson": {"mu": lambda k, mu: _quotient(k, mu) - 1.0},
    "binom": {"p": lambda k, n, p: _quotient(k, p) - _quotient(n - k, 1.0 - p)},
    "bernoulli": {"p": lambda k, p: _quotient(k, p) - _quotient(1.0 - k, 1.0 - p)},
    "geom": {"p": lambda k, p: 1.0 / p - _quotient(k - 1.0, 1.0 - p)},
    "nbinom": {
        "n": lambda k, n, p: psi(k + n) - psi(n) + log(p),
        "p": lambda k, n, p: n / p - _quotient(k, 1.0 - p),
    },
    "logser": {"p": lambda k, p: k / p + 1.0 / ((1.0 - p) * log1p(-p))},
    "betabinom": {
        "a": lambda k, n, a, b: psi(k + a) - psi(n + a + b) - psi(a) + psi(a + b),
        "b": lambda k, n, a, b: psi(n - k + b) - psi(n + a + b) - psi(b) + psi(a + b),
    },
    "planck": {"lambda_": lambda k, rate: 1.0 / expm1(rate) - k},
    "dlaplace": {"a": lambda k, a: 1.0 / call("np.sinh", a) - absolute(k)},
}


def _counted(k: Expr, rest: tuple[Expr, ...]) -> Any:
    """k - loc"""
    return k if not rest or rest[0].kind == Const(None) else k - rest[0]


def _declare(path: str, shapes: tuple[str, ...], varying: tuple[str, ...], rule: Callable[..., Any]) -> None:
    operands = ("k", *shapes, "loc")
    add((named(path),), Rule(rule, operands, False, (), tuple(f"d{name}" for name in varying)))


def _probabilities(name: str, shapes: tuple[str, ...], scores: dict[str, Callable[..., Any]]) -> None:
    def logarithm(outside: Any, k: Expr, *given: Expr, **tangents: Tangent) -> Tangent:
        """Nothing moves where the probability is 0."""
        count = where(outside, 1.0, _counted(k, given[len(shapes) :]))
        total: Any = ZERO
        for parameter, score in scores.items():
            moving = tangents[f"d{parameter}"]
            total = total + (moving and score(count, *given[: len(shapes)]) * moving)
        return linear.reject(outside, total)

    def logpmf(y: Expr, k: Expr, *given: Expr, **tangents: Tangent) -> Tangent:
        return logarithm(equal(y, -math.inf), k, *given, **tangents)

    def pmf(y: Expr, k: Expr, *given: Expr, **tangents: Tangent) -> Tangent:
        return y * logarithm(equal(y, 0.0), k, *given, **tangents)

    for method, rule in (("logpmf", logpmf), ("pmf", pmf)):
        _declare(f"scipy.stats.{name}.{method}", shapes, tuple(scores), rule)


for _name, _shapes in DISCRETE.items():
    _probabilities(_name, tuple(_shapes.split()), SCORES[_name])


# --- distribution functions: the sum of the probabilities' derivatives telescopes -------------------


def _summed(name: str, slope: Callable[..., Any], *shapes: str) -> None:
    varying = shapes[-1]

    def cdf(y: Expr, k: Expr, *given: Expr, **tangents: Tangent) -> Tangent:
        moving = tangents[f"d{varying}"]
        count = call("np.floor", _counted(k, given[len(shapes) :]))
        return moving and slope(count, *given[: len(shapes)]) * moving

    def sf(y: Expr, k: Expr, *given: Expr, **tangents: Tangent) -> Tangent:
        return -cdf(y, k, *given, **tangents)

    _declare(f"scipy.stats.{name}.cdf", shapes, (varying,), cdf)
    _declare(f"scipy.stats.{name}.sf", shapes, (varying,), sf)


_summed("poisson", lambda k, mu: -call("scipy.stats.poisson.pmf", k, mu), "mu")
_summed("binom", lambda k, n, p: -n * call("scipy.stats.binom.pmf", k, n - 1, p), "n", "p")
_summed("bernoulli", lambda k, p: -1.0 * equal(k, 0.0), "p")
_summed("geom", lambda k, p: where(k >= 1.0, k * (1.0 - p) ** (k - 1.0), 0.0), "p")
