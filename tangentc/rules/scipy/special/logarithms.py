"""Exponentials, logarithms, powers, entropies and losses."""

from __future__ import annotations

import math
from typing import Any

from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import (
    Tangent,
    absolute,
    equal,
    exp,
    expand_dims,
    is_python_number,
    log,
    ratio,
    sin,
    where,
)
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function, known, slope

expit, log1p = function("expit"), function("log1p")
_DEGREE = math.pi / 180.0


def _quotient(x: Any, y: Any) -> Any:
    """x / y, and 0 where x is 0."""
    return call("quotient", x, y)


def _over(x: Any, y: Any) -> Any:
    """x / y, which of Python numbers would raise at 0."""
    return _quotient(x, y) if is_python_number(x) and is_python_number(y) else x / y


def _power(x: Any, y: Any) -> Any:
    """x^y, which of Python numbers would raise at 0 and be complex for negative ones."""
    return call("np.float_power", x, y) if is_python_number(x) and is_python_number(y) else x**y


# --- logistic functions -----------------------------------------------------------------------------


@slope("expit")
def expit_(y: Expr, x: Expr) -> Any:
    """y (1 - y), where 1 - y would round to 0 for large x."""
    return y * expit(-x)


@linearise(*known("logit"))
def logit(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.steep(x * (1.0 - x), dx)


@slope("log_expit")
def log_expit(y: Expr, x: Expr) -> Any:
    return expit(-x)


@slope("softplus")
def softplus(y: Expr, x: Expr) -> Any:
    return expit(x)


@linearise(*known("softmax"))
def softmax(y: Expr, x: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    moved = y * dx
    return moved - y * linear.sum_(moved, axis=axis, keepdims=True)


@linearise(*known("log_softmax"))
def log_softmax(y: Expr, x: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    return dx - linear.sum_(exp(y) * dx, axis=axis, keepdims=True)


@linearise(*known("logsumexp"))
def logsumexp(
    y: Expr, a: Expr, b: Expr | None = None, *, axis: Any, keepdims: bool, da: Tangent, db: Tangent
) -> Tangent:
    """e^y dy is the sum of b e^a da + e^a db; nothing flows where all a are -inf."""
    whole = y if axis is None or keepdims else expand_dims(y, axis)
    share = exp(a - where(equal(whole, -math.inf), 0.0, whole))
    by_a = da and (share if b is None else b * share) * da
    total = by_a + (db and share * db)
    return linear.sum_(total, axis=axis, keepdims=keepdims) if total else ZERO


# --- logarithms and entropies: 0 log 0 is 0 ---------------------------------------------------------


@linearise(*known("xlogy"))
def xlogy(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return (dx and linear.amplify(log(y), dx)) + (dy and linear.amplify(_quotient(x, y), dy))


@linearise(*known("xlog1py"))
def xlog1py(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return (dx and linear.amplify(log1p(y), dx)) + (dy and linear.amplify(_quotient(x, 1.0 + y), dy))


@slope("entr", steep=True)
def entr(y: Expr, x: Expr) -> Any:
    return -1.0 - log(x)


@linearise(*known("rel_entr"))
def rel_entr(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """x log(x / y)"""
    by_x = dx and linear.amplify(1.0 + log(_over(x, y)), dx)
    return by_x - (dy and linear.amplify(_quotient(x, y), dy))


@linearise(*known("kl_div"))
def kl_div(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """x log(x / y) - x + y; the logarithm of a quotient near 1 would cancel."""
    excess = _over(x - y, y)
    by_x = dx and linear.amplify(where(absolute(excess) < 0.5, log1p(excess), log(_over(x, y))), dx)
    return by_x - (dy and linear.amplify(excess, dy))


@linearise(*known("log1p"))
def log1p_(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.steep(1.0 + x, dx)


# --- powers -----------------------------------------------------------------------------------------


@slope("expm1", steep=True)
def expm1(y: Expr, x: Expr) -> Any:
    return y + 1.0


@slope("exp2", steep=True)
def exp2(y: Expr, x: Expr) -> Any:
    return math.log(2.0) * y


@slope("exp10", steep=True)
def exp10(y: Expr, x: Expr) -> Any:
    return math.log(10.0) * y


@slope("cbrt", steep=True)
def cbrt(y: Expr, x: Expr) -> Any:
    return 1.0 / (3.0 * (y * y))


@linearise(*known("powm1"))
def powm1(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    """x^y - 1"""
    by_x = dx and linear.amplify(y * _power(x, y - 1.0), dx)
    return by_x + (dy and function("xlogy")(z + 1.0, x) * dy)


@linearise(*known("boxcox"))
def boxcox(y: Expr, x: Expr, lmbda: Expr, *, dx: Tangent, dlmbda: Tangent) -> Tangent:
    """(x^l - 1) / l is log(x) exprel(l log(x)): Box and Cox (1964)."""
    by_x = dx and linear.amplify(_power(x, lmbda - 1.0), dx)
    return by_x + (dlmbda and by_power(log(x), lmbda) * dlmbda)


@linearise(*known("boxcox1p"))
def boxcox1p(y: Expr, x: Expr, lmbda: Expr, *, dx: Tangent, dlmbda: Tangent) -> Tangent:
    by_x = dx and linear.amplify(_power(1.0 + x, lmbda - 1.0), dx)
    return by_x + (dlmbda and by_power(log1p(x), lmbda) * dlmbda)


@linearise(*known("inv_boxcox"))
def inv_boxcox(x: Expr, y: Expr, lmbda: Expr, *, dy: Tangent, dlmbda: Tangent) -> Tangent:
    return _power(x, 1.0 - lmbda) * (dy - (dlmbda and by_power(log(x), lmbda) * dlmbda))


@linearise(*known("inv_boxcox1p"))
def inv_boxcox1p(x: Expr, y: Expr, lmbda: Expr, *, dy: Tangent, dlmbda: Tangent) -> Tangent:
    change = dy - (dlmbda and by_power(log1p(x), lmbda) * dlmbda)
    return _power(1.0 + x, 1.0 - lmbda) * change


def by_power(logarithm: Any, lmbda: Expr) -> Any:
    """The derivative of log(x) exprel(l log(x)) in l."""
    return logarithm * logarithm * call("exprel_derivative", lmbda * logarithm, order=1)


# --- losses -----------------------------------------------------------------------------------------


@linearise(*known("huber"))
def huber(y: Expr, delta: Expr, r: Expr, *, ddelta: Tangent, dr: Tangent) -> Tangent:
    """r^2 / 2 up to delta, then delta (|r| - delta / 2)."""
    by_delta = ddelta and call("np.maximum", absolute(r) - delta, 0.0) * ddelta
    return by_delta + (dr and call("np.clip", r, -delta, delta) * dr)


@linearise(*known("pseudo_huber"))
def pseudo_huber(y: Expr, delta: Expr, r: Expr, *, ddelta: Tangent, dr: Tangent) -> Tangent:
    """delta (h - delta) with h^2 = delta^2 + r^2; (h - delta)^2 / h without cancellation."""
    h = call("np.hypot", delta, r)
    near = ratio(r, h + delta)
    by_delta = ddelta and near * near * ratio(r, h) * r * ddelta
    return by_delta + (dr and delta * ratio(r, h) * dr)


# --- angles in degrees ------------------------------------------------------------------------------


@slope("cosm1")
def cosm1(y: Expr, x: Expr) -> Any:
    return -sin(x)


@slope("sindg")
def sindg(y: Expr, x: Expr) -> Any:
    return _DEGREE * function("cosdg")(x)


@slope("cosdg")
def cosdg(y: Expr, x: Expr) -> Any:
    return -_DEGREE * function("sindg")(x)


@slope("tandg", steep=True)
def tandg(y: Expr, x: Expr) -> Any:
    return _DEGREE * (1.0 + y * y)


@slope("cotdg", steep=True)
def cotdg(y: Expr, x: Expr) -> Any:
    return -_DEGREE * (1.0 + y * y)


@linearise(*known("radian"))
def radian(y: Expr, d: Expr, m: Expr, s: Expr, *, dd: Tangent, dm: Tangent, ds: Tangent) -> Tangent:
    """Degrees, minutes and seconds."""
    return _DEGREE * dd + _DEGREE / 60.0 * dm + _DEGREE / 3600.0 * ds
