"""Hypergeometric functions in their argument, and parabolic cylinder functions: DLMF 13.3, 15.5, 16.3, 12.2."""

from __future__ import annotations

from typing import Any

from tangentc.rules.expr import Expr
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, known, slope


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
