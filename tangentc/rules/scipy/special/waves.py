"""Mathieu and spheroidal wave functions in their argument: DLMF 28.2, 28.20, 30.2, 30.11.

Each comes with its derivative, and the derivative of that follows from the differential equation.  In the other
parameters no derivative is known; in those of the characteristic values, only the first is.
"""

from __future__ import annotations

import math
from typing import Any

from tangentc.primitives.core import named
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, arange, cos, cosh, dim
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, known, slope

Two = tuple[Expr, Expr]
Tangents = tuple[Tangent, Tangent]
_DEGREE = math.pi / 180.0


# --- characteristic values, by Hellmann and Feynman's theorem ---------------------------------------


@slope("mathieu_a")
def mathieu_a(y: Expr, m: Expr, q: Expr) -> Any:
    return call("mathieu_a_slope", m, q)


@slope("mathieu_b")
def mathieu_b(y: Expr, m: Expr, q: Expr) -> Any:
    return call("mathieu_b_slope", m, q)


@slope("pro_cv")
def pro_cv(y: Expr, m: Expr, n: Expr, c: Expr) -> Any:
    return call("pro_cv_slope", m, n, c)


@slope("obl_cv")
def obl_cv(y: Expr, m: Expr, n: Expr, c: Expr) -> Any:
    return call("obl_cv_slope", m, n, c)


@slope("pro_cv_seq")
def pro_cv_seq(y: Expr, m: Expr, n: Expr, c: Expr) -> Any:
    return call("pro_cv_slope", m, m + arange(y, dim(y, 0)), c)


@slope("obl_cv_seq")
def obl_cv_seq(y: Expr, m: Expr, n: Expr, c: Expr) -> Any:
    return call("obl_cv_slope", m, m + arange(y, dim(y, 0)), c)


@linearise(*(named(f"{name}_slope") for name in ("mathieu_a", "mathieu_b")))
def of_mathieu(y: Expr, m: Expr, q: Expr) -> Any:
    """The second derivative is a sum over all the other characteristic values."""


@linearise(*(named(f"{name}_slope") for name in ("pro_cv", "obl_cv")))
def of_spheroidal(y: Expr, m: Expr, n: Expr, c: Expr) -> Any:
    """As `of_mathieu`."""


# --- wave functions ---------------------------------------------------------------------------------


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


def _spheroidal(kind: str, sign: int) -> None:
    """Of a prolate spheroid, and with sign -1 of an oblate one: there x i is for x, and -c i for c."""
    characteristic = function(f"{kind}_cv")

    def angular(y: Two, m: Expr, c: Expr, cv: Any, x: Expr) -> Any:
        """(1 - x^2) y'' = 2 x y' + (m^2 / (1 - x^2) +- c^2 x^2 - cv) y; not a number at -1 and 1."""
        rest = 1.0 - x * x
        return (2.0 * x * y[1] + (m * m / rest + sign * (c * x) ** 2 - cv) * y[0]) / rest

    def radial(y: Two, m: Expr, c: Expr, cv: Any, x: Expr) -> Any:
        """(x^2 -+ 1) y'' = (cv - c^2 x^2 +- m^2 / (x^2 -+ 1)) y - 2 x y'"""
        rest = x * x - sign
        return ((cv - (c * x) ** 2 + sign * (m * m) / rest) * y[0] - 2.0 * x * y[1]) / rest

    for names, curvature in ((("ang1",), angular), (("rad1", "rad2"), radial)):
        _with_curvature([f"{kind}_{name}" for name in names], characteristic, curvature)


def _with_curvature(names: list[str], characteristic: Any, curvature: Any) -> None:
    @linearise(*known(*names))
    def rule(y: Two, m: Expr, n: Expr, c: Expr, x: Expr, *, dx: Tangent) -> Tangents:
        return y[1] * dx, curvature(y, m, c, characteristic(m, n, c), x) * dx

    @linearise(*known(*(f"{name}_cv" for name in names)))
    def given(y: Two, m: Expr, n: Expr, c: Expr, cv: Expr, x: Expr, *, dx: Tangent) -> Tangents:
        """The characteristic value is a parameter here."""
        return y[1] * dx, curvature(y, m, c, cv, x) * dx


_spheroidal("pro", 1)
_spheroidal("obl", -1)
