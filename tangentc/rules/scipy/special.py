"""Derivatives of the functions of `scipy.special`."""

from __future__ import annotations

from scipy import special

import tangentc.primitives.scipy.special  # noqa: F401
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import linearise


@linearise(special.expit)
def expit(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    """The logistic function."""
    return y * (1.0 - y) * dx


@linearise(special.logit)
def logit(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.steep(x * (1.0 - x), dx)


@linearise(special.log_expit)
def log_expit(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return call("scipy.special.expit", -x) * dx
