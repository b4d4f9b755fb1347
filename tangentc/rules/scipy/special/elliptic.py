"""Elliptic integrals, the functions that invert them, and the arithmetic-geometric mean: DLMF 19, 22."""

from __future__ import annotations

import math
from typing import Any

from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, constant, sin, sqrt, undefined, where
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, is_real, known, slope

hyp2f1 = function("hyp2f1")


@slope("ellipk", steep=True)
def ellipk(y: Expr, m: Expr) -> Any:
    return call("ellipk_slope", m)


@slope("ellipkm1", steep=True)
def ellipkm1(y: Expr, p: Expr) -> Any:
    """ellipk(1 - p)."""
    return call("ellipkm1_slope", p)


@slope("ellipe", steep=True)
def ellipe(y: Expr, m: Expr) -> Any:
    return call("ellipe_slope", m)


@slope(named("ellipk_slope"), steep=True)
def ellipk_slope(y: Expr, m: Expr) -> Any:
    """From pi / 2 F(1/2, 1/2; 1; m), DLMF 19.5.1 and 15.8.1, which does not cancel at m = 0."""
    rest = 1.0 - m
    return 9.0 * math.pi / 64.0 * hyp2f1(0.5, 0.5, 3.0, m) / (rest * rest)


@slope(named("ellipkm1_slope"), steep=True)
def ellipkm1_slope(y: Expr, p: Expr) -> Any:
    return 9.0 * math.pi / 64.0 * hyp2f1(0.5, 0.5, 3.0, 1.0 - p) / (p * p)


@slope(named("ellipe_slope"), steep=True)
def ellipe_slope(y: Expr, m: Expr) -> Any:
    """From pi / 2 F(-1/2, 1/2; 1; m), DLMF 19.5.2 and 15.8.1."""
    return -3.0 * math.pi / 64.0 * hyp2f1(0.5, 1.5, 3.0, m) / (1.0 - m)


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


# --- Carlson's symmetric integrals: DLMF 19.16, 19.18 -----------------------------------------------

elliprd, elliprf = function("elliprd"), function("elliprf")


@linearise(*known("elliprf"))
def elliprf_(r: Expr, x: Expr, y: Expr, z: Expr, *, dx: Tangent, dy: Tangent, dz: Tangent) -> Tangent:
    by_x = dx and linear.amplify(-elliprd(y, z, x) / 6.0, dx)
    by_y = dy and linear.amplify(-elliprd(x, z, y) / 6.0, dy)
    return by_x + by_y + (dz and linear.amplify(-elliprd(x, y, z) / 6.0, dz))


@linearise(*known("elliprc"))
def elliprc(r: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """R_F(x, y, y); for negative y, where it is a principal value, by 19.6.15 and the homogeneity."""
    by_x, by_y = -elliprd(y, y, x) / 6.0, -elliprd(x, y, y) / 3.0
    if is_real(y) and not (isinstance(constant(y), (int, float)) and constant(y) > 0):
        gap, root = 2.0 * (y - x), sqrt(x)
        by_x = where(y < 0.0, (r - 1.0 / root) / gap, by_x)
        by_y = where(y < 0.0, (root / y - r) / gap, by_y)
    return (dx and linear.amplify(by_x, dx)) + (dy and linear.amplify(by_y, dy))


@linearise(*known("elliprg"))
def elliprg(r: Expr, x: Expr, y: Expr, z: Expr, *, dx: Tangent, dy: Tangent, dz: Tangent) -> Tangent:
    """From 19.16.9 with 19.18.4: the derivative in x is R_F(x, y, z) / 4 - x R_D(y, z, x) / 12."""
    whole = 0.25 * elliprf(x, y, z)
    by_x = dx and linear.amplify(whole - x * elliprd(y, z, x) / 12.0, dx)
    by_y = dy and linear.amplify(whole - y * elliprd(x, z, y) / 12.0, dy)
    return by_x + by_y + (dz and linear.amplify(whole - z * elliprd(x, y, z) / 12.0, dz))


@linearise(*known("elliprj"))
def elliprj(
    r: Expr, x: Expr, y: Expr, z: Expr, p: Expr, *, dx: Tangent, dy: Tangent, dz: Tangent, dp: Tangent
) -> Tangent:
    """3/2 of the integral; not a number for negative p, where that is a principal value."""
    return _change((x, y, z, p), (0, 0, 0, 1), (dx, dy, dz, dp), 1.5)


@linearise(*known("elliprd"))
def elliprd_(r: Expr, x: Expr, y: Expr, z: Expr, *, dx: Tangent, dy: Tangent, dz: Tangent) -> Tangent:
    """R_J(x, y, z, z)"""
    by_both = dz and linear.amplify(-2.25 * _integral((x, y, z, z), (0, 0, 0, 2)), dz)
    return _change((x, y, z, z), (0, 0, 0, 1), (dx, dy, ZERO, ZERO), 1.5) + by_both


@linearise(named("carlson_integral"))
def carlson_integral(
    r: Expr,
    x: Expr,
    y: Expr,
    z: Expr,
    p: Expr,
    *,
    orders: Any,
    dx: Tangent,
    dy: Tangent,
    dz: Tangent,
    dp: Tangent,
) -> Tangent:
    return _change((x, y, z, p), orders, (dx, dy, dz, dp), 1.0)


def _change(operands: Any, orders: tuple[int, ...], tangents: Any, factor: float) -> Tangent:
    """The differential of the integral: each derivative raises one order and brings down an exponent."""
    total: Tangent = ZERO
    for place, tangent in enumerate(tangents):
        if tangent:
            exponent = orders[place] + (0.0 if place == 3 else 0.5)
            raised = tuple(order + (at == place) for at, order in enumerate(orders))
            total = total + linear.amplify(-factor * exponent * _integral(operands, raised), tangent)
    return total


def _integral(operands: Any, orders: tuple[int, ...]) -> Any:
    for operand in operands:
        if not is_real(operand):
            raise undefined("the derivatives of elliprd and elliprj are known of real operands only", operand)
    return call("carlson_integral", *operands, orders=orders)
