"""Mathieu and spheroidal wave functions in their argument: DLMF 28.2, 28.20, 30.2, 30.11.

Each comes with its derivative, and the derivative of that follows from the differential equation.
"""

from __future__ import annotations

import math
from typing import Any

from tangentc.rules.expr import Expr
from tangentc.rules.ops import Tangent, cos, cosh
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, known

Two = tuple[Expr, Expr]
Tangents = tuple[Tangent, Tangent]
_DEGREE = math.pi / 180.0


def _mathieu(name: str, characteristic: Any) -> None:
    @linearise(*known(f"mathieu_{name}m"))
    def rule(y: Two, m: Expr, q: Expr, x: Expr, *, dx: Tangent) -> Tangents:
        """y'' = (2 q cos 2x - a) y; x is in degrees, the derivatives are not."""
        curvature = (2.0 * q * cos(2.0 * _DEGREE * x) - characteristic(m, q)) * y[0]
        return _DEGREE * y[1] * dx, _DEGREE * curvature * dx

    @linearise(*known(f"mathieu_mod{name}m1", f"mathieu_mod{name}m2"))
    def modified(y: Two, m: Expr, q: Expr, x: Expr, *, dx: Tangent) -> Tangents:
        """y'' = (a - 2 q cosh 2x) y"""
        return y[1] * dx, (characteristic(m, q) - 2.0 * q * cosh(2.0 * x)) * y[0] * dx


_mathieu("ce", function("mathieu_a"))
_mathieu("se", function("mathieu_b"))


def _angular(y: Two, m: Expr, square: Any, cv: Any, x: Expr) -> Any:
    """(1 - x^2) y'' = 2 x y' + (c^2 x^2 + m^2 / (1 - x^2) - cv) y; not a number at -1 and 1."""
    rest = 1.0 - x * x
    return (2.0 * x * y[1] + (square * x * x + m * m / rest - cv) * y[0]) / rest


def _radial(y: Two, m: Expr, square: Any, cv: Any, x: Expr) -> Any:
    """Of an oblate spheroid, (x^2 + 1) y'' = (cv + c^2 x^2 ... ) y - 2 x y', where c^2 has the other sign."""
    rest = x * x + 1.0
    return ((cv + square * x * x - m * m / rest) * y[0] - 2.0 * x * y[1]) / rest
