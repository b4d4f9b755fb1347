"""Derivatives of the functions of `math` and NumPy that work entry by entry."""

from __future__ import annotations

import math
from operator import truediv

import numpy as np

from tangentc.kinds.types import dtype_of
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import (
    Tangent,
    conj,
    copysign,
    cos,
    cosh,
    equal,
    exp,
    is_complex,
    is_python_number,
    isfinite,
    ldexp,
    log,
    ratio,
    sign,
    sin,
    sinh,
    sqrt,
)
from tangentc.rules.registry import linearise

# --- exponentials and logarithms ------------------------------------------------------------------


@linearise(np.exp, math.exp)
def exp_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.amplify(y, dx)


@linearise(np.expm1, math.expm1)
def expm1(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.amplify(y + 1.0, dx)


@linearise(np.exp2, *([named("math.exp2")] if hasattr(math, "exp2") else []))
def exp2(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.amplify(math.log(2.0) * y, dx)


@linearise(np.log)
def log_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx / x


@linearise(math.log)
def log_to_base(y: Expr, x: Expr, base: Expr | None = None, *, dx: Tangent, dbase: Tangent) -> Tangent:
    """y = log(x) / log(base)."""
    if base is None:
        return dx / x
    scale = log(base)
    return (dx and dx / (x * scale)) - (dbase and y / (base * scale) * dbase)


@linearise(np.log2, math.log2)
def log2(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx / (math.log(2.0) * x)


@linearise(np.log10, math.log10)
def log10(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx / (math.log(10.0) * x)


@linearise(np.log1p, math.log1p)
def log1p(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx / (x + 1.0)


@linearise(np.logaddexp)
def logaddexp(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """z = log(e^x + e^y)."""
    return (dx and exp(x - z) * dx) + (dy and exp(y - z) * dy)


@linearise(np.logaddexp2)
def logaddexp2(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return (dx and 2.0 ** (x - z) * dx) + (dy and 2.0 ** (y - z) * dy)


@linearise(math.erf)
def erf(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return 2.0 / math.sqrt(math.pi) * exp(-(x * x)) * dx


@linearise(math.erfc)
def erfc(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return -2.0 / math.sqrt(math.pi) * exp(-(x * x)) * dx


@linearise(math.lgamma)
def lgamma(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return call("polygamma", x) * dx


@linearise(math.gamma)
def gamma(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return y * call("polygamma", x) * dx


@linearise(named("polygamma"))
def polygamma(y: Expr, x: Expr, *, order: int, dx: Tangent) -> Tangent:
    return call("polygamma", x, order=order + 1) * dx


# --- powers and roots -----------------------------------------------------------------------------


@linearise(np.sqrt, math.sqrt)
def sqrt_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.steep(2.0 * y, dx)


@linearise(np.cbrt, *([named("math.cbrt")] if hasattr(math, "cbrt") else []))
def cbrt(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.steep(3.0 * (y * y), dx)


@linearise(np.square)
def square(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return 2.0 * x * dx


@linearise(np.reciprocal)
def reciprocal(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.amplify(-(y * y), dx)


@linearise(*([named("math.fma")] if hasattr(math, "fma") else []))
def fma(r: Expr, x: Expr, y: Expr, z: Expr, *, dx: Tangent, dy: Tangent, dz: Tangent) -> Tangent:
    """r = x y + z, rounded once."""
    return y * dx + x * dy + dz


@linearise(np.ldexp, math.ldexp)
def ldexp_(z: Expr, x: Expr, n: Expr, *, dx: Tangent) -> Tangent:
    """z = 2^n x."""
    return 2.0**n * dx


# --- trigonometry ---------------------------------------------------------------------------------


@linearise(np.sin, math.sin)
def sin_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return cos(x) * dx


@linearise(np.cos, math.cos)
def cos_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return -sin(x) * dx


@linearise(np.tan, math.tan)
def tan(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.amplify(1.0 + y * y, dx)


@linearise(np.arcsin, math.asin)
def arcsin(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.steep(sqrt(1.0 - x * x), dx)


@linearise(np.arccos, math.acos)
def arccos(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.steep(sqrt(1.0 - x * x), -dx)


@linearise(np.arctan, math.atan)
def arctan(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx / (1.0 + x * x)


@linearise(np.arctan2, math.atan2)
def arctan2(z: Expr, y: Expr, x: Expr, *, dy: Tangent, dx: Tangent) -> Tangent:
    square = x * x + y * y
    divided = ratio if is_python_number(square) else truediv  # Python would raise at the origin
    by_y = dy and linear.amplify(divided(x, square), dy)
    return by_y - (dx and linear.amplify(divided(y, square), dx))


@linearise(np.sinh, math.sinh)
def sinh_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.amplify(cosh(x), dx)


@linearise(np.cosh, math.cosh)
def cosh_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.amplify(sinh(x), dx)


@linearise(np.tanh, math.tanh)
def tanh(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return (1.0 - y * y) * dx


@linearise(np.arcsinh, math.asinh)
def arcsinh(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx / sqrt(x * x + 1.0)


@linearise(np.arccosh, math.acosh)
def arccosh(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    # one root of the product has other branches
    return linear.steep(sqrt(x - 1.0) * sqrt(x + 1.0), dx)


@linearise(np.arctanh, math.atanh)
def arctanh(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx / (1.0 - x * x)


@linearise(np.deg2rad, np.radians, math.radians)
def radians(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return math.pi / 180.0 * dx


@linearise(np.rad2deg, np.degrees, math.degrees)
def degrees(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return 180.0 / math.pi * dx


@linearise(np.sinc)
def sinc(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return call("sinc_derivative", x, order=1) * dx


@linearise(named("sinc_derivative"))
def sinc_derivative(y: Expr, x: Expr, *, order: int, dx: Tangent) -> Tangent:
    return call("sinc_derivative", x, order=order + 1) * dx


# --- distances ------------------------------------------------------------------------------------


@linearise(np.hypot)
def hypot(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """z dz = x dx + y dy, and 0 at the origin."""
    return (dx and ratio(x, z) * dx) + (dy and ratio(y, z) * dy)


@linearise(math.hypot)
def distance(z: Expr, *xs: Expr, dxs: tuple[Tangent, ...]) -> Tangent:
    total = ZERO
    for x, dx in zip(xs, dxs, strict=True):
        total = total + (dx and ratio(x, z) * dx)
    return total


@linearise(math.dist)
def between(z: Expr, p: Expr, q: Expr, *, dp: Tangent, dq: Tangent) -> Tangent:
    """The distance between two points: z dz = <p - q, dp - dq>, and 0 where they are equal."""
    return linear.convert(linear.sum_(ratio(p - q, z) * (dp - dq)), to="float")


@linearise(named("abs"), np.absolute, np.fabs, math.fabs)
def absolute(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    """The direction of x times dx; 0 at 0."""
    if is_complex(x):
        return linear.real(ratio(conj(x), y) * dx)
    return sign(x) * dx


@linearise(np.copysign, math.copysign)
def copysign_(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """|x| with the sign of y, which is locally constant."""
    return dx and sign(x) * copysign(1.0, y) * dx


@linearise(np.nextafter, math.nextafter)
def nextafter(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """x moved by one rounding; y gives only the direction."""
    return dx


@linearise(named("quotient"))
def quotient(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return linear.steep(y, dx - linear.amplify(z, dy))


@linearise(named("ratio"))
def ratio_(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return ratio(1.0, y) * (dx - z * dy)


# --- complex numbers ------------------------------------------------------------------------------


@linearise(np.real)
def real_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.real(dx) if is_complex(x) else dx


@linearise(np.imag)
def imag_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.imag(dx) if is_complex(x) else ZERO


@linearise(np.conjugate, named("conjugate"))
def conjugate(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.conj(dx) if is_complex(x) else dx


@linearise(np.angle)
def angle(y: Expr, z: Expr, *, deg: bool, dz: Tangent) -> Tangent:
    """The imaginary part of dz / z."""
    if not is_complex(z):
        return ZERO
    turn = linear.imag(dz / z)
    return 180.0 / math.pi * turn if deg else turn


@linearise(np.sign)
def sign_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    """Constant on the real line; y = x / |x| turns with a complex x."""
    dtype = dtype_of(x.kind)
    if dtype is not None and dtype.kind != "c":
        return ZERO
    size = call("np.absolute", x)
    return ratio(1.0, size) * (dx - y * linear.real(conj(y) * dx))


# --- choices --------------------------------------------------------------------------------------


@linearise(np.where)
def where(z: Expr, condition: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    if dx and dy:
        return linear.choose(condition, dx, dy)
    return linear.select(condition, dx) + linear.reject(condition, dy)


@linearise(np.heaviside)
def heaviside(z: Expr, x: Expr, h: Expr, *, dx: Tangent, dh: Tangent) -> Tangent:
    """Locally constant in x; the value at 0 is h."""
    return dh and linear.select(equal(x, 0.0), dh)


@linearise(np.nan_to_num)
def nan_to_num(y: Expr, x: Expr, *, nan: float, posinf: float, neginf: float, dx: Tangent) -> Tangent:
    return linear.select(isfinite(x), dx)


@linearise(np.modf, math.modf)
def modf(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """The fraction moves with x, the whole part does not."""
    return dx, ZERO


@linearise(np.frexp, math.frexp)
def frexp(y: tuple[Expr, Expr], x: Expr, *, dx: Tangent) -> tuple[Tangent, Tangent]:
    """x = y[0] 2^y[1]."""
    return ldexp(1.0, -y[1]) * dx, ZERO
