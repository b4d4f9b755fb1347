"""Derivatives of the operators and of NumPy's functions that spell them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole
from tangentc.kinds.types import Const
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, constant, equal, is_python_number, log, ratio, share, trunc
from tangentc.rules.registry import linearise


@linearise(named("add"), np.add)
def add(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return dx + dy


@linearise(named("sub"), np.subtract)
def subtract(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return dx - dy


@linearise(named("mul"), np.multiply)
def multiply(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """A square has one factor, and its tangent arrives twice."""
    if dx and dy and x.atom is y.atom:
        return 2.0 * x * dx
    return _times(y, dx) + _times(x, dy)


def _times(c: Expr, t: Tangent) -> Tangent:
    return linear.amplify(c, t) if c.boundless else c * t


@linearise(named("truediv"), np.divide)
def divide(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """y dz = dx - z dy."""
    return (dx - linear.amplify(z, dy)) / y


@linearise(named("mod"), np.remainder)
def mod(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """x mod y = x - floor(x / y) y."""
    return dx - (dy and (x // y) * dy)


@linearise(named("divmod"), named("np.divmod"))
def divmod_(z: tuple[Expr, Expr], x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> tuple[Tangent, Tangent]:
    return ZERO, dx - z[0] * dy


@linearise(np.fmod, math.fmod)
def fmod(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return dx - (dy and trunc(x / y) * dy)


@linearise(math.remainder)
def remainder(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """x - n y with n the whole number nearest to x / y."""
    return dx - (dy and (x - z) / y * dy)


@linearise(named("neg"), np.negative)
def negate(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return -dx


@linearise(named("pos"), np.positive)
def positive(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return dx


@linearise(named("pow"), np.power, np.float_power, math.pow)
def power(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """dz = y x^(y-1) dx + z log(x) dy, where x^0 is constant and 0^y does not vary with y."""
    exponent = constant(y)
    if exponent is not None:
        return _power(z, x, exponent, dx)
    return (dx and linear.amplify(_power_slope(x, y), dx)) + (dy and linear.amplify(z * _log_of_base(x), dy))


def _power_slope(x: Expr, y: Expr) -> Any:
    if is_python_number(x) and is_python_number(y):
        return call("power_slope", x, y)
    base = x + equal(x, 0) * equal(y, 0)  # at x = y = 0: 0 1^-1, not 0 0^-1
    return y * base ** (y - 1)


@linearise(named("power_slope"))
def power_slope(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """z = y x^(y-1)."""
    by_base = dx and y * call("power_slope", x, y - 1) * dx
    return by_base + (dy and (x ** (y - 1) + z * _log_of_base(x)) * dy)


def _log_of_base(x: Expr) -> Any:
    """log(x), and 0 at 0: 0^y does not vary."""
    return call("log_of_base", x) if is_python_number(x) else log(x + equal(x, 0))


@linearise(named("log_of_base"))
def log_of_base(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return ratio(1.0, x) * dx


def _power(z: Expr, x: Expr, n: Any, dx: Tangent) -> Tangent:
    """n x^(n-1) dx without a power where products or z = x^n do: powers are slow, negative ones most of all."""
    if n == 0:
        return 0.0 * dx
    if n == 1:
        return 1.0 * dx
    if n == 2:
        return 2.0 * x * dx
    if n == 3:
        return 3.0 * (x * x) * dx
    if n == 4:
        return 4.0 * (x * x * x) * dx
    if n == 0.5:
        return linear.steep(2.0 * z, dx)
    if n == -1:
        return linear.amplify(-(z * z), dx)
    if isinstance(n, complex):
        return linear.amplify(n * x ** (n - 1), dx)
    if n < 0:
        return linear.amplify(n * z / x, dx)
    if n < 1:
        return linear.steep(x ** (1 - n), n * dx)  # infinite at 0, as its limit is
    return n * x ** (n - 1) * dx


# --- the larger, the smaller ----------------------------------------------------------------------


@linearise(np.maximum)
def maximum(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """Ties share the derivative."""
    return (dx and linear.portion(share(x, y), dx)) + (dy and linear.portion(share(y, x), dy))


@linearise(np.minimum)
def minimum(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return (dx and linear.portion(share(y, x), dx)) + (dy and linear.portion(share(x, y), dy))


@linearise(np.fmax, np.fmin)
def fmax(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """The operand that is the result, or half of each; a NaN never is."""
    first, second = equal(x, z), equal(y, z)
    return (dx and linear.portion(first * (1.0 - 0.5 * second), dx)) + (
        dy and linear.portion(second * (1.0 - 0.5 * first), dy)
    )


@linearise(np.clip)
def clip(
    z: Expr, a: Expr, a_min: Expr, a_max: Expr, *, da: Tangent, da_min: Tangent = ZERO, da_max: Tangent = ZERO
) -> Tangent:
    """min(max(a, a_min), a_max); a bound that is None does not bind."""
    low, high = (bound.kind != Const(None) for bound in (a_min, a_max))
    bounds = constant(a_min), constant(a_max)
    apart = (
        isinstance(bounds[0], (int, float)) and isinstance(bounds[1], (int, float)) and bounds[0] < bounds[1]
    )
    if apart and da:
        return linear.portion(call("inside", a, a_min, a_max), da)
    raised = linear.portion(share(a, a_min), da) if low and da else da
    result = raised + (linear.portion(share(a_min, a), da_min) if low and da_min else ZERO)
    if not high:
        return result
    inner = call("np.maximum", a, a_min) if low else a  # what the upper bound is compared with
    return (linear.portion(share(a_max, inner), result) if result else ZERO) + (
        da_max and linear.portion(share(inner, a_max), da_max)
    )


@linearise(named("max"))
def builtin_max(z: Expr, *xs: Expr, dxs: tuple[Tangent, ...]) -> Tangent:
    """The first of the largest, as Python chooses."""
    if len(xs) == 1:
        return _entry(xs[0], dxs[0], "np.argmax")
    return _chosen(xs, dxs, lambda x, earlier: x > earlier)


@linearise(named("min"))
def builtin_min(z: Expr, *xs: Expr, dxs: tuple[Tangent, ...]) -> Tangent:
    if len(xs) == 1:
        return _entry(xs[0], dxs[0], "np.argmin")
    return _chosen(xs, dxs, lambda x, earlier: x < earlier)


def _entry(x: Expr, dx: Tangent, place: str) -> Tangent:
    """The tangent of the entry of an array that stands at `np.argmax` or `np.argmin`, the first of equal ones."""
    return dx and linear.getitem(call(place, x), dx, index=(Hole(0),))


def _chosen(xs: tuple[Expr, ...], dxs: tuple[Tangent, ...], better: Any) -> Tangent:
    """The tangent of the operand that Python takes: better than all before it, as good as all after it."""
    total: Any = ZERO
    for place, dx in enumerate(dxs):
        if not dx:
            continue
        chosen: Any = 1.0
        for other, x in enumerate(xs):
            if other < place:
                chosen = chosen * better(xs[place], x)
            elif other > place:
                chosen = chosen * (1.0 - better(x, xs[place]))
        total = total + chosen * dx
    return total
