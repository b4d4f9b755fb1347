"""Hypergeometric functions in their argument, and parabolic cylinder functions: DLMF 13.3, 15.5, 16.3, 12.2."""

from __future__ import annotations

import math
from typing import Any

from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, constant, exp, undefined, where
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, known, require_real, slope


@slope("hyp0f1")
def hyp0f1(y: Expr, v: Expr, z: Expr) -> Any:
    return function("hyp0f1")(v + 1, z) / v


@slope("hyp1f1")
def hyp1f1(y: Expr, a: Expr, b: Expr, x: Expr) -> Any:
    return a / b * function("hyp1f1")(a + 1, b + 1, x)


@slope("hyp2f1", steep=True)
def hyp2f1(y: Expr, a: Expr, b: Expr, c: Expr, z: Expr) -> Any:
    return a * b / c * function("hyp2f1")(a + 1, b + 1, c + 1, z)


@slope("hyperu", steep=True)
def hyperu(y: Expr, a: Expr, b: Expr, x: Expr) -> Any:
    return -a * function("hyperu")(a + 1, b + 1, x)


@slope("log_wright_bessel")
def log_wright_bessel(y: Expr, a: Expr, b: Expr, x: Expr) -> Any:
    return exp(function("log_wright_bessel")(a, a + b, x) - y)


@slope("wright_bessel")
def wright_bessel(y: Expr, a: Expr, b: Expr, x: Expr) -> Any:
    """The sum of x^k / (k! gamma(a k + b))."""
    return function("wright_bessel")(a, a + b, x)


@linearise(*known("pbdv", "pbvv"))
def parabolic_cylinder(y: tuple[Expr, Expr], v: Expr, x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """w'' = (x^2 / 4 - v - 1/2) w."""
    return y[1] * dx, (0.25 * x * x - v - 0.5) * y[0] * dx


@linearise(*known("pbwa"))
def pbwa(y: tuple[Expr, Expr], a: Expr, x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """w'' = (a - x^2 / 4) w."""
    return y[1] * dx, (a - 0.25 * x * x) * y[0] * dx


@linearise(*known("pbdv_seq", "pbvv_seq"))
def parabolic_cylinders(y: tuple[Expr, Expr], v: Expr, x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """Of the orders v - floor(v) + 0, 1, 2, ..."""
    return y[1] * dx, (0.25 * x * x - _orders(y[0], v) - 0.5) * y[0] * dx


@linearise(*known("pbdn_seq"))
def parabolic_cylinders_of_whole_order(
    y: tuple[Expr, Expr], n: Expr, z: Expr, *, dz: Tangent
) -> tuple[Tangent, Tangent]:
    """SciPy's are right for real z only."""
    require_real(z, "pbdn_seq")
    return y[1] * dz, (0.25 * z * z - _orders(y[0], n) - 0.5) * y[0] * dz


def _orders(y: Expr, v: Expr) -> Any:
    """Not numbers where v is negative, of which SciPy's own derivatives are wrong.

    Raises: MissingRuleError: v is known to be negative.
    """
    value = constant(v)
    if value is not None and value < 0:
        raise undefined("the parabolic cylinder functions of negative orders have no derivative here", v)
    count = ops.arange(y, ops.dim(y, 0))
    if value is not None:
        part = value - math.floor(value)
        return part + count if part else count
    return where(v >= 0, v - call("np.floor", v), math.nan) + count
