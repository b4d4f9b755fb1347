"""Elliptic integrals, the functions that invert them, and the arithmetic-geometric mean: DLMF 19, 22."""

from __future__ import annotations

import math
from typing import Any

from tangentc.primitives.core import named
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, sin, sqrt
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, known, slope

hyp2f1 = function("hyp2f1")


@slope("ellipk", steep=True)
def ellipk(y: Expr, m: Expr) -> Any:
    """pi / 2 F(1/2, 1/2; 1; m), DLMF 19.5.1, whose derivative does not cancel at m = 0."""
    return math.pi / 8.0 * hyp2f1(0.5, 0.5, 2.0, m) / (1.0 - m)


@slope("ellipkm1", steep=True)
def ellipkm1(y: Expr, p: Expr) -> Any:
    """ellipk(1 - p)."""
    return -math.pi / 8.0 * hyp2f1(0.5, 0.5, 2.0, 1.0 - p) / p


@slope("ellipe", steep=True)
def ellipe(y: Expr, m: Expr) -> Any:
    """pi / 2 F(-1/2, 1/2; 1; m), DLMF 19.5.2."""
    return -math.pi / 8.0 * hyp2f1(0.5, 1.5, 2.0, m)


@linearise(*known("ellipkinc"))
def ellipkinc(y: Expr, phi: Expr, m: Expr, *, dphi: Tangent, dm: Tangent) -> Tangent:
    by_phi = dphi and dphi / sqrt(1.0 - m * sin(phi) ** 2)
    return by_phi + (dm and call("ellipkinc_slope", phi, m) * dm)


@linearise(*known("ellipeinc"))
def ellipeinc(y: Expr, phi: Expr, m: Expr, *, dphi: Tangent, dm: Tangent) -> Tangent:
    by_phi = dphi and sqrt(1.0 - m * sin(phi) ** 2) * dphi
    return by_phi + (dm and call("ellipeinc_slope", phi, m) * dm)


@slope(named("ellipkinc_slope"), by="phi")
def ellipkinc_slope(y: Expr, phi: Expr, m: Expr) -> Any:
    square = sin(phi) ** 2
    rest = 1.0 - m * square
    return 0.5 * square / (rest * sqrt(rest))


@slope(named("ellipeinc_slope"), by="phi")
def ellipeinc_slope(y: Expr, phi: Expr, m: Expr) -> Any:
    square = sin(phi) ** 2
    return -0.5 * square / sqrt(1.0 - m * square)


@linearise(*known("ellipj"))
def ellipj(y: tuple[Expr, Expr, Expr, Expr], u: Expr, m: Expr, *, du: Tangent, dm: Tangent) -> Any:
    """u = F(ph, m), sn = sin(ph), cn = cos(ph), dn^2 = 1 - m sn^2."""
    sn, cn, dn, ph = y
    dph = (du and dn * du) - (dm and dn * call("ellipkinc_slope", ph, m) * dm)
    ddn = -m * sn * cn / dn * dph - (dm and 0.5 * sn * sn / dn * dm)
    return cn * dph, -sn * dph, ddn, dph


@defined(*known("agm"))
def agm(a: Any, b: Any) -> Any:
    """Gauss: pi / 4 (a + b) / K, DLMF 19.8.5; only for positive operands."""
    from scipy import special

    total = a + b
    return math.pi / 4.0 * total / special.ellipkm1(4.0 * a * b / (total * total))
