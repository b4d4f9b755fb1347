"""Derivatives of the functions that combine the entries along axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.kinds.types import Array, rank_of
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, conj, equal, is_complex, kept, rank, ratio
from tangentc.rules.registry import linearise

Axis = Any  # None, an integer or a tuple of integers


@linearise(np.sum)
def sum_(y: Expr, x: Expr, *, axis: Axis, dtype: Any, keepdims: bool, dx: Tangent) -> Tangent:
    return linear.sum_(dx, axis=axis, dtype=dtype, keepdims=keepdims)


@linearise(np.mean)
def mean(y: Expr, x: Expr, *, axis: Axis, dtype: Any, keepdims: bool, dx: Tangent) -> Tangent:
    return linear.mean(dx, axis=axis, dtype=dtype, keepdims=keepdims)


@linearise(np.nansum)
def nansum(y: Expr, x: Expr, *, axis: Axis, dtype: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """NaN counts as 0."""
    return linear.sum_(linear.reject(ops.isnan(x), dx), axis=axis, dtype=dtype, keepdims=keepdims)


@linearise(math.prod)
def product(y: Expr, xs: Expr, *, start: Any, dxs: Tangent) -> Tangent:
    """Python's product of the entries of an array."""
    if not isinstance(xs.kind, Array):
        raise ops.undefined("the product of a list that is built at run time has no derivative", xs)
    return linear.convert(linear.sum_(start * call("product_of_others", xs) * dxs), to="float")


@linearise(np.nanprod)
def nanprod(y: Expr, x: Expr, *, axis: Axis, dtype: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """NaN counts as 1."""
    missing = ops.isnan(x)
    others = call("product_of_others", ops.where(missing, 1.0, x), axis=axis)
    return linear.sum_(others * linear.reject(missing, dx), axis=axis, dtype=dtype, keepdims=keepdims)


@linearise(np.nanmean)
def nanmean(y: Expr, x: Expr, *, axis: Axis, dtype: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """NaN does not count."""
    missing = ops.isnan(x)
    counted = ops.sum_(1.0 - missing * 1.0, axis=axis, keepdims=keepdims)
    return linear.sum_(linear.reject(missing, dx), axis=axis, dtype=dtype, keepdims=keepdims) / counted


@linearise(math.fsum)
def fsum(y: Expr, xs: Expr, *, dxs: Tangent) -> Tangent:
    return linear.convert(linear.sum_(dxs), to="float")


@linearise(named("sum"))
def builtin_sum(y: Expr, xs: Expr, start: Expr | None = None, *, dxs: Tangent, dstart: Tangent) -> Tangent:
    """Python's sum of the entries, or rows, of an array."""
    if dxs and not isinstance(xs.kind, Array):
        raise ops.undefined("the sum of a list that is built at run time has no derivative", xs)
    return linear.sum_(dxs, axis=0) + dstart


@linearise(np.prod)
def prod(y: Expr, x: Expr, *, axis: Axis, dtype: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """Each entry counts with the product of the others; exact where entries are zero."""
    return linear.sum_(
        call("product_of_others", x, axis=axis) * dx, axis=axis, dtype=dtype, keepdims=keepdims
    )


@linearise(named("product_of_others"))
def product_of_others(y: Expr, x: Expr, *, axis: Axis, dx: Tangent) -> Tangent:
    """y_i is the product of row i of the matrix with the x_j, and 1 on its diagonal: a product again."""
    axes = tuple(range(rank(x))) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = tuple(a % rank(x) for a in axes)
    if not axes:
        return linear.scale(0.0, dx)
    last = tuple(range(rank(x) - len(axes), rank(x)))
    moved = call("np.moveaxis", x, source=axes, destination=last)
    lead = [ops.dim(moved, a) for a in range(rank(x) - len(axes))]
    n = ops.count(x, axes)
    rows_shape = ops.pack(x, [*lead, 1, n])
    diagonal = call("np.eye", n if isinstance(n, Expr) else ops.literal(x, n), dtype=bool)
    matrix = ops.where(diagonal, 1.0, ops.reshape(moved, rows_shape))
    dmoved = linear.moveaxis(dx, source=axes, destination=last)
    dmatrix = linear.reject(diagonal, linear.reshape(rows_shape, dmoved))
    dflat = linear.sum_(call("product_of_others", matrix, axis=-1) * dmatrix, axis=-1)
    return linear.moveaxis(linear.reshape(moved.shape, dflat), source=last, destination=axes)


@linearise(np.max, np.min, np.nanmax, np.nanmin)
def max_(y: Expr, x: Expr, *, axis: Axis, keepdims: bool, dx: Tangent) -> Tangent:
    """The largest entries share the derivative."""
    return _of_equal(kept(y, x, axis, keepdims), y, x, axis, keepdims, dx)


def _of_equal(extreme: Expr, y: Expr, x: Expr, axis: Axis, keepdims: bool, dx: Tangent) -> Tangent:
    """The mean of dx over the entries that are extreme."""
    chosen = equal(x, extreme)
    if rank_of(x.kind) == 0:
        return linear.portion(chosen, dx)
    return linear.shaped(linear.chosen_mean(chosen, dx, axis=axis, keepdims=keepdims), y)


@linearise(named("chosen_mean"))
def chosen_mean(y: Expr, t: Expr, mask: Expr, *, axis: Axis, keepdims: bool, dt: Tangent) -> Tangent:
    return linear.chosen_mean(mask, dt, axis=axis, keepdims=keepdims)


@linearise(named("evenly"))
def evenly(y: Expr, w: Expr, mask: Expr, *, axis: Axis, keepdims: bool, dw: Tangent) -> Tangent:
    return linear.evenly(mask, dw, axis=axis, keepdims=keepdims)


@linearise(np.ptp)
def ptp(y: Expr, x: Expr, *, axis: Axis, keepdims: bool, dx: Tangent) -> Tangent:
    """The largest minus the smallest."""
    largest, smallest = (call(name, x, axis=axis, keepdims=axis is not None) for name in ("np.max", "np.min"))
    return _of_equal(largest, y, x, axis, keepdims, dx) - _of_equal(smallest, y, x, axis, keepdims, dx)


@linearise(np.var)
def var(y: Expr, x: Expr, *, axis: Axis, dtype: Any, ddof: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """y = sum |x - mean|^2 / (n - ddof); the mean's own change drops out, as the deviations sum to 0.

    The deviations are divided rather than 2.0: where n = ddof, NumPy divides by 0 with a warning, Python with an error.
    """
    n = ops.count(x, axis)
    n = n if ddof == 0 else n - ddof
    deviation = x - ops.mean(x, axis=axis, keepdims=axis is not None)
    return 2.0 * linear.shaped(_real_sum(conj(deviation) / n * dx, x, axis, dtype, keepdims), y)


@linearise(np.std)
def std(y: Expr, x: Expr, *, axis: Axis, dtype: Any, ddof: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """2 y dy = d(y^2), and 0 where all entries are equal."""
    n = ops.count(x, axis)
    n = n if ddof == 0 else n - ddof
    deviation = call("centred", x, axis=axis)
    weight = ratio(conj(deviation), n * kept(y, x, axis, keepdims))
    return _real_sum(weight * dx, x, axis, dtype, keepdims)


def _real_sum(summands: Tangent, x: Expr, axis: Axis, dtype: Any, keepdims: bool) -> Tangent:
    summands = linear.real(summands) if is_complex(x) else summands
    return linear.sum_(summands, axis=axis, dtype=dtype, keepdims=keepdims)


@linearise(named("centred"))
def centred(y: Expr, x: Expr, *, axis: Axis, dx: Tangent) -> Tangent:
    return linear.centred(dx, axis=axis)


@linearise(np.cumsum)
def cumsum(y: Expr, x: Expr, *, axis: int | None, dtype: Any, dx: Tangent) -> Tangent:
    return linear.cumsum(dx, axis=axis, dtype=dtype)


# --- methods of ufuncs --------------------------------------------------------------------------


@linearise(np.logaddexp.reduce)
def logaddexp_reduce(y: Expr, array: Expr, *, axis: Axis, keepdims: bool, darray: Tangent) -> Tangent:
    """dy = sum of e^(x - y) dx; where all x are -inf, so is y, and nothing moves."""
    if rank(array) == 0:
        return darray
    axis = None if rank(array) == 1 else axis
    total = kept(y, array, axis, keepdims)
    total = ops.where(ops.equal(total, -np.inf), 0.0, total)
    return linear.sum_(ops.exp(array - total) * darray, axis=axis, keepdims=keepdims)


@linearise(np.maximum.accumulate)
def maximum_accumulate(y: Expr, array: Expr, *, axis: int, darray: Tangent) -> Tangent:
    return _of_records(y, array, axis, darray, lambda x, before: x > before)


@linearise(np.minimum.accumulate)
def minimum_accumulate(y: Expr, array: Expr, *, axis: int, darray: Tangent) -> Tangent:
    return _of_records(y, array, axis, darray, lambda x, before: x < before)


def _of_records(y: Expr, x: Expr, axis: int, dx: Tangent, is_record: Callable[[Expr, Expr], Expr]) -> Tangent:
    """Each entry moves with the last record before it; of equal ones the first counts."""
    numbers = ops.reshape(ops.arange(x, ops.count(x)), x.shape)
    later = is_record(x[ops.at(axis, slice(1, None))], y[ops.at(axis, slice(-1))])
    first = call("np.ones_like", x[ops.at(axis, slice(1))], dtype=bool)
    records = call("np.concatenate", first, later, axis=axis)
    places = call("np.maximum.accumulate", ops.where(records, numbers, 0), axis=axis)
    return linear.gather(places, dx)


@linearise(np.add.reduceat)
def add_reduceat(y: Expr, array: Expr, indices: Expr, *, axis: int, darray: Tangent) -> Tangent:
    return linear.reduceat(indices, darray, axis=axis)


@linearise(named("spread_parts"))
def spread_parts(y: Expr, w: Expr, indices: Expr, size: Expr, *, axis: int, dw: Tangent) -> Tangent:
    return linear.spread_parts(indices, size, dw, axis=axis)
