"""Legendre functions and spherical harmonics: DLMF 14.2, 14.10, 14.30, 18.9(iii)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, exp, rank, sin
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, known

gegenbauer, sph_legendre_p = function("eval_gegenbauer"), function("sph_legendre_p")
Two = tuple[Expr, Expr]


# --- of the first kind: entry j of the result is the derivative of order j --------------------------


def _following(
    name: str, y: Expr, operands: Any, third: Callable[[], Any], diff_n: int, **options: Any
) -> Any:
    """The derivatives of orders 1 to diff_n + 1, of which SciPy itself has those up to 2."""
    if diff_n < 2:
        return function(name)(*operands, **options, diff_n=diff_n + 1)[1:]
    known_ones: Any = y[1:]
    return np.concatenate((known_ones, ops.expand_dims(third(), 0)))


@linearise(*known("legendre_p"))
def legendre_p(y: Expr, n: Expr, z: Expr, *, diff_n: int, dz: Tangent) -> Tangent:
    return _following("legendre_p", y, (n, z), lambda: _third_of_polynomial(n, z), diff_n) * dz


@linearise(*known("legendre_p_all"))
def legendre_p_all(y: Expr, n: Expr, z: Expr, *, diff_n: int, dz: Tangent) -> Tangent:
    def third() -> Any:
        return _third_of_polynomial(_degrees(n, z, rank(z)), z)

    return _following("legendre_p_all", y, (n, z), third, diff_n) * dz


def _third_of_polynomial(n: Any, z: Expr) -> Any:
    return 15.0 * gegenbauer(n - 3, 3.5, z)


@linearise(*known("assoc_legendre_p"))
def assoc_legendre_p(
    y: Expr, n: Expr, m: Expr, z: Expr, *, branch_cut: int, norm: bool, diff_n: int, dz: Tangent
) -> Tangent:
    def third() -> Any:
        return _third_of_associated(y, n, m, z)

    options = {"branch_cut": branch_cut, "norm": norm}
    return linear.amplify(_following("assoc_legendre_p", y, (n, m, z), third, diff_n, **options), dz)


@linearise(*known("assoc_legendre_p_all"))
def assoc_legendre_p_all(
    y: Expr, n: Expr, m: Expr, z: Expr, *, branch_cut: int, norm: bool, diff_n: int, dz: Tangent
) -> Tangent:
    def third() -> Any:
        return _third_of_associated(y, _degrees(n, z, rank(z) + 1), _orders(m, z, rank(z)), z)

    options = {"branch_cut": branch_cut, "norm": norm}
    return linear.amplify(_following("assoc_legendre_p_all", y, (n, m, z), third, diff_n, **options), dz)


def _third_of_associated(y: Expr, n: Any, m: Any, z: Expr) -> Any:
    """From the differential equation, DLMF 14.2.2; not a number at -1 and 1."""
    rest = 1.0 - z * z
    square = m * m / rest
    return (4.0 * z * y[2] + (2.0 - n * (n + 1) + square) * y[1] + 2.0 * z * square / rest * y[0]) / rest


@linearise(*known("sph_legendre_p"))
def sph_legendre_p_(y: Expr, n: Expr, m: Expr, theta: Expr, *, diff_n: int, dtheta: Tangent) -> Tangent:
    def third() -> Any:
        return _third_of_spherical(n, m, theta)

    return _following("sph_legendre_p", y, (n, m, theta), third, diff_n) * dtheta


@linearise(*known("sph_legendre_p_all"))
def sph_legendre_p_all(y: Expr, n: Expr, m: Expr, theta: Expr, *, diff_n: int, dtheta: Tangent) -> Tangent:
    def third() -> Any:
        return _third_of_spherical(_degrees(n, theta, rank(theta) + 1), _orders(m, theta, rank(theta)), theta)

    return _following("sph_legendre_p_all", y, (n, m, theta), third, diff_n) * dtheta


def _third_of_spherical(n: Any, m: Any, theta: Expr) -> Any:
    """The derivative is half the difference of the neighbours in m, at the poles too: DLMF 14.10.5, 14.30.1.

    Outside of [0, pi], SciPy's function has the absolute value of sin(theta) in it.
    """
    above, below = np.maximum((n - m) * (n + m + 1), 0), np.maximum((n + m) * (n - m + 1), 0)
    higher = sph_legendre_p(n, m + 1, theta, diff_n=2)[2]
    lower = sph_legendre_p(n, m - 1, theta, diff_n=2)[2]
    return _half(theta) * (np.sqrt(above) * higher - np.sqrt(below) * lower)


def _half(theta: Expr) -> Any:
    return ops.copysign(0.5, sin(theta))


# --- spherical harmonics: products of a function of theta and exp(i m phi) --------------------------


@linearise(*known("sph_harm_y"))
def sph_harm_y(
    y: Expr, n: Expr, m: Expr, theta: Expr, phi: Expr, *, dtheta: Tangent, dphi: Tangent
) -> Tangent:
    turning = 1j * (m if ops.constant(m) is None else ops.constant(m))
    by_theta = dtheta and sph_legendre_p(n, m, theta, diff_n=1)[1] * exp(turning * phi) * dtheta
    return by_theta + (dphi and turning * y * dphi)


@linearise(*known("sph_harm"))
def sph_harm(y: Expr, m: Expr, n: Expr, theta: Expr, phi: Expr, *, dtheta: Tangent, dphi: Tangent) -> Tangent:
    """Here theta is the angle around the axis.  The derivative in phi as in `_third_of_spherical`."""
    by_theta = dtheta and 1j * m * y * dtheta
    if not dphi:
        return by_theta
    above, below = np.maximum((n - m) * (n + m + 1), 0), np.maximum((n + m) * (n - m + 1), 0)
    turn, of = exp(1j * theta), function("sph_harm")
    higher = np.sqrt(above) / turn * of(call("np.minimum", m + 1, n), n, theta, phi)
    lower = np.sqrt(below) * turn * of(call("np.maximum", m - 1, -n), n, theta, phi)
    return by_theta + _half(phi) * (higher - lower) * dphi


@linearise(*known("sph_harm_y_all"))
def sph_harm_y_all(
    y: Expr, n: Expr, m: Expr, theta: Expr, phi: Expr, *, dtheta: Tangent, dphi: Tangent
) -> Tangent:
    axes = max(rank(theta), rank(phi))
    turning = 1j * _orders(m, phi, axes)
    by_phi = dphi and turning * y * dphi
    if not dtheta:
        return by_phi
    lacking = axes - rank(theta)
    if lacking:
        theta = ops.reshape(theta, ops.pack(theta, ((1,) * lacking + tuple(ops.sizes(theta)))))
    by_theta: Any = function("sph_legendre_p_all")(n, m, theta, diff_n=1)[1] * exp(turning * phi)
    return by_theta * dtheta + by_phi


def _degrees(n: Expr, near: Expr, axes: int) -> Any:
    """0 to n, along the axis before so many others."""
    return _along(ops.arange(near, n + 1), axes)


def _orders(m: Expr, near: Expr, axes: int) -> Any:
    """0 to m, then -m to -1, along the axis before so many others."""
    most = abs(m)
    return _along((ops.arange(near, 2 * most + 1) + most) % (2 * most + 1) - most, axes)


def _along(x: Any, axes: int) -> Any:
    return ops.reshape(x, (-1, *(1,) * axes)) if axes else x


# --- of the second kind -----------------------------------------------------------------------------


@linearise(*known("lqn"))
def lqn(y: Two, n: Expr, z: Expr, *, dz: Tangent) -> tuple[Tangent, Tangent]:
    return y[1] * dz, _curvature(y, _degrees(n, z, rank(z)), 0, z) * dz


@linearise(*known("lqmn"))
def lqmn(y: Two, m: Expr, n: Expr, z: Expr, *, dz: Tangent) -> tuple[Tangent, Tangent]:
    orders = _along(ops.arange(z, m + 1), rank(z) + 1)
    return y[1] * dz, _curvature(y, _degrees(n, z, rank(z)), orders, z) * dz


def _curvature(y: Two, n: Any, m: Any, z: Expr) -> Any:
    """The second derivative, from the differential equation, DLMF 14.2.2."""
    rest = 1.0 - z * z
    factor = n * (n + 1) - (m * m / rest if isinstance(m, Expr) else 0)
    return (2.0 * z * y[1] - factor * y[0]) / rest
