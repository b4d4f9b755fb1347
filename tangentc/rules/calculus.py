"""Derivatives of differences, sums and interpolation along an axis, of convolutions and polynomials."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.ir.nodes import Slice
from tangentc.kinds.types import rank_of
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, given, rank
from tangentc.rules.registry import linearise

# --- cumulative products ----------------------------------------------------------------------------


@linearise(np.cumprod)
def cumprod(y: Expr, a: Expr, *, axis: int | None, dtype: Any, da: Tangent) -> Tangent:
    """dy_i = a_i dy_(i-1) + y_(i-1) da_i: exact where entries are zero."""
    if axis is None:
        a, da, axis = ops.ravel(a), (da if rank(a) == 1 else linear.ravel(da)), 0
    ones = call("np.ones_like", y[ops.at(axis, slice(1))])
    before = call("np.concatenate", ones, y[ops.at(axis, slice(-1))], axis=axis)
    return linear.recurrence(a, before * da, axis=axis)


@linearise(named("recurrence"))
def recurrence(s: Expr, x: Expr, t: Expr, *, axis: int, dx: Tangent, dt: Tangent) -> Tangent:
    """ds_i = x_i ds_(i-1) + s_(i-1) dx_i + dt_i."""
    if not dx:
        return linear.recurrence(x, dt, axis=axis)
    none = call("np.zeros_like", s[ops.at(axis, slice(1))])
    before = call("np.concatenate", none, s[ops.at(axis, slice(-1))], axis=axis)
    return linear.recurrence(x, before * dx + dt, axis=axis)


@defined(np.nancumsum)
def nancumsum(a: Any, *, axis: int | None, dtype: Any) -> Any:
    return np.cumsum(np.where(np.isnan(a), 0.0, a), axis=axis)


@defined(np.nancumprod)
def nancumprod(a: Any, *, axis: int | None, dtype: Any) -> Any:
    return np.cumprod(np.where(np.isnan(a), 1.0, a), axis=axis)


def _cumulative(function: Any, first: Any, x: Any, axis: int | None, include_initial: bool) -> Any:
    axis = 0 if axis is None else axis
    x = x if rank(x) else np.reshape(x, (1,))
    found = function(x, axis=axis)
    if include_initial:
        found = np.concatenate((first(found[ops.at(axis, slice(1))]), found), axis=axis)
    return found


if hasattr(np, "cumulative_sum"):  # NumPy 2.1

    @defined(np.cumulative_sum)
    def cumulative_sum(x: Any, *, axis: int | None, dtype: Any, include_initial: bool) -> Any:
        return _cumulative(np.cumsum, np.zeros_like, x, axis, include_initial)

    @defined(np.cumulative_prod)
    def cumulative_prod(x: Any, *, axis: int | None, dtype: Any, include_initial: bool) -> Any:
        return _cumulative(np.cumprod, np.ones_like, x, axis, include_initial)


# --- differences ------------------------------------------------------------------------------------


@defined(np.diff)
def diff(a: Any, prepend: Any = None, append: Any = None, *, n: int, axis: int) -> Any:
    parts = [_as_slab(part, a, axis) if given(part) else None for part in (prepend, append)]
    if given(prepend) or given(append):
        pieces = (parts[0], a, parts[1])
        a = np.concatenate(tuple(piece for piece in pieces if piece is not None), axis=axis)
    for _ in range(n):
        a = a[ops.at(axis, slice(1, None))] - a[ops.at(axis, slice(-1))]
    return a


def _as_slab(part: Any, a: Any, axis: int) -> Any:
    """A number as an array that is one entry thick along the axis."""
    if rank(part):
        return part
    sizes = ops.sizes(a)
    sizes[axis] = 1
    return np.broadcast_to(part, tuple(sizes))


@defined(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = np.ravel(ary)
    pieces = [np.ravel(to_begin)] if given(to_begin) else []
    pieces.append(flat[1:] - flat[:-1])
    pieces += [np.ravel(to_end)] if given(to_end) else []
    return np.concatenate(tuple(pieces)) if len(pieces) > 1 else pieces[0]


@defined(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = None, *, axis: int) -> Any:
    return np.sum(areas(y, x, dx, axis), axis=axis)


def areas(y: Any, x: Any, dx: Any, axis: int) -> Any:
    """Of the trapezoids between neighbours along an axis."""
    width = dx if given(dx) else 1.0
    if given(x):
        width = np.diff(x, axis=axis if rank(x) == rank(y) else -1)
        width = width if rank(x) == rank(y) else ops.lying_along(width, y, axis)
    return width * (0.5 * (y[ops.at(axis, slice(1, None))] + y[ops.at(axis, slice(-1))]))


@defined(np.gradient)
def gradient(f: Any, spacing: Any = None, *, axis: int | None, edge_order: int) -> Any:
    """Central differences inside, one-sided ones at both ends, along one axis."""
    if (axis is None and rank(f) != 1) or isinstance(axis, tuple):
        raise ops.undefined(
            "np.gradient along several axes has a derivative for one axis at a time: give axis=", f
        )
    axis = (axis or 0) % rank(f)
    step = spacing if given(spacing) else 1.0
    after, here, before = (f[ops.at(axis, slice(*ends))] for ends in ((2, None), (1, -1), (None, -2)))
    if rank(step) == 0:
        middle = (after - before) / (2.0 * step)
        first = second = before_last = last = step
    else:
        widths = np.diff(step)
        first, second, before_last, last = widths[0], widths[1], widths[-2], widths[-1]
        h1, h2 = (ops.lying_along(h, f, axis) for h in (widths[:-1], widths[1:]))
        middle = after * h1 / (h2 * (h1 + h2)) + here * (h2 - h1) / (h1 * h2) - before * h2 / (h1 * (h1 + h2))
    left = _one_sided(f, axis, (0, 1, 2), first, second, edge_order)
    right = _one_sided(f, axis, (-1, -2, -3), -last, -before_last, edge_order)
    return np.concatenate((np.expand_dims(left, axis), middle, np.expand_dims(right, axis)), axis=axis)


def _one_sided(f: Any, axis: int, places: tuple[int, int, int], h1: Any, h2: Any, order: int) -> Any:
    """The derivative at the first of three places, by two or by all three."""
    f0, f1 = (f[ops.at(axis, place)] for place in places[:2])
    slope = (f1 - f0) / h1
    if order == 1:
        return slope
    f2 = f[ops.at(axis, places[2])]
    return slope - h1 / (h1 + h2) * ((f2 - f1) / h2 - slope)


# --- interpolation ----------------------------------------------------------------------------------


@defined(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    last = np.maximum(ops.dim(xp, 0) - 2, 0)
    k = np.minimum(np.maximum(np.searchsorted(xp, x, side="right") - 1, 0), last)
    x0, x1, f0, f1 = xp[k], xp[k + 1], fp[k], fp[k + 1]
    y = f0 + (x - x0) / (x1 - x0) * (f1 - f0)
    y = np.where(x < xp[0], left if given(left) else fp[0], y)
    y = np.where(x > xp[-1], right if given(right) else fp[-1], y)
    return y


@linearise(np.unwrap)
def unwrap(y: Expr, p: Expr, *, discont: Any, axis: int, dp: Tangent) -> Tangent:
    """Whole periods are added, which are locally constant."""
    return dp


# --- convolutions -----------------------------------------------------------------------------------


@linearise(np.convolve)
def convolve(y: Expr, a: Expr, v: Expr, *, mode: str, da: Tangent, dv: Tangent) -> Tangent:
    """A number counts as a row of one."""
    (a, da), (v, dv) = _as_row(a, da), _as_row(v, dv)
    return linear.convolve(v, da, mode=mode, first=True) + linear.convolve(a, dv, mode=mode, first=False)


def _as_row(x: Expr, dx: Tangent) -> tuple[Expr, Tangent]:
    if rank_of(x.kind) != 0:
        return x, dx
    shape = ops.literal(x, (1,))
    return ops.reshape(x, shape), dx and linear.reshape(shape, dx)


@linearise(np.correlate)
def correlate(y: Expr, a: Expr, v: Expr, *, mode: str, da: Tangent, dv: Tangent) -> Tangent:
    dv = dv and (linear.conj(dv) if ops.is_complex(v) else dv)
    return linear.correlate_first(v, da, mode=mode) + linear.correlate_second(a, dv, mode=mode)


# --- polynomials ------------------------------------------------------------------------------------


@linearise(np.vander)
def vander(y: Expr, x: Expr, *, N: int | None, increasing: bool, dx: Tangent) -> Tangent:
    """The column of exponent k moves by k x^(k-1) dx."""
    power = ops.arange(y, ops.dim(y, 1))
    none = call("np.zeros_like", y.getitem((Slice(), Slice(None, 1))))
    if increasing:
        below = call("np.concatenate", none, y.getitem((Slice(), Slice(None, -1))), axis=1)
    else:
        power = call("np.flip", power)
        below = call("np.concatenate", y.getitem((Slice(), Slice(1, None))), none, axis=1)
    return power * below * linear.widened(dx, index=(Slice(), None))


@linearise(np.polyval)
def polyval(y: Expr, p: Expr, x: Expr, *, dp: Tangent, dx: Tangent) -> Tangent:
    """dy = sum of x^(n-1-k) dp_k, plus p'(x) dx."""
    total = dx and call("np.polyval", call("np.polyder", p), x) * dx
    if not dp:
        return total
    if rank(x) == 0:
        return x ** (1.0 * call("np.flip", ops.arange(p, ops.dim(p, 0)))) @ dp + total
    change = dp @ call("powers", ops.ravel(x), ops.pack(x, (ops.dim(p, 0), ops.count(x))))
    return (change if rank(x) == 1 else linear.reshape(x.shape, change)) + total


@linearise(named("powers"))
def powers(y: Expr, x: Expr, shape: Expr, *, dx: Tangent) -> Tangent:
    """The row of x^k moves by k x^(k-1) dx, a multiple of the row below."""
    exponent = call("np.flip", ops.arange(y, ops.dim(y, 0))).getitem((Slice(), None))
    below = call(
        "np.concatenate",
        y.getitem((Slice(1, None),)),
        call("np.zeros_like", y.getitem((Slice(None, 1),))),
        axis=0,
    )
    return exponent * below * dx


@linearise(np.polyder)
def polyder(y: Expr, p: Expr, *, m: int, dp: Tangent) -> Tangent:
    for order in range(m):
        power = call("np.flip", ops.arange(p, ops.dim(p, 0) - order - 1) + 1)
        dp = power * linear.getitem(dp, index=(Slice(None, -1),))
    return dp


# --- Bessel functions -------------------------------------------------------------------------------


@linearise(np.i0)
def i0(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return call("bessel_i", x, order=1) * dx


@linearise(named("bessel_i"))
def bessel_i(y: Expr, x: Expr, *, order: int, dx: Tangent) -> Tangent:
    """DLMF 10.29.1"""
    return 0.5 * (call("bessel_i", x, order=order - 1) + call("bessel_i", x, order=order + 1)) * dx
