"""Derivatives of the functions that make arrays of values."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import dtype_of, rank_of
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, undefined
from tangentc.rules.registry import linearise


@linearise(np.full)
def full(y: Expr, shape: Expr, fill_value: Expr, *, dtype: Any, dfill_value: Tangent) -> Tangent:
    return linear.full(shape, dfill_value, dtype=dtype)


@linearise(np.full_like)
def full_like(
    y: Expr, a: Expr, fill_value: Expr, *, dtype: Any, da: Tangent, dfill_value: Tangent
) -> Tangent:
    """Only the shape and the dtype of a matter."""
    return linear.full(y.shape, dfill_value, dtype=dtype)


@linearise(np.array, np.asarray, named("np.asanyarray"), named("np.ascontiguousarray"))
def array(
    y: Expr, *leaves: Expr,
    nesting: Any, dtype: Any, order: Any = None, ndmin: int = 0, dleaves: tuple[Tangent, ...],
) -> Tangent:  # fmt: skip
    """How the result lies in memory does not matter to its tangent."""
    made = linear.joined(linear.nest, leaves, dleaves, nesting=nesting, dtype=dtype)
    return linear.reshape(y.shape, made) if ndmin else made


@linearise(np.linspace)
def linspace(
    y: Expr, start: Expr, stop: Expr, num: Expr | None = None, *,
    endpoint: bool, dtype: Any, axis: int, dstart: Tangent, dstop: Tangent,
) -> Tangent:  # fmt: skip
    """y = (1 - s) start + s stop with s from 0 to 1."""
    numbers = ops.literal(y, 50) if num is None else num
    part = call("np.linspace", ops.literal(y, 0.0), ops.literal(y, 1.0), numbers, endpoint=endpoint)
    if rank_of(start.kind) != 0 or rank_of(stop.kind) != 0:
        if axis != 0:
            raise undefined("a row of numbers between arrays has a derivative along axis 0 only", y)
        part = ops.reshape(part, (-1, *(1,) * (ops.rank(y) - 1)))
    return (dstart and (1.0 - part) * dstart) + (dstop and part * dstop)


@linearise(np.logspace)
def logspace(
    y: Expr, start: Expr, stop: Expr, num: Expr | None = None, *,
    endpoint: bool, base: float, dtype: Any, dstart: Tangent, dstop: Tangent,
) -> Tangent:  # fmt: skip
    """y = base^linspace(start, stop)."""
    exponent = linspace(
        y, start, stop, num, endpoint=endpoint, dtype=None, axis=0, dstart=dstart, dstop=dstop
    )
    return exponent and ops.log(ops.literal(y, base)) * y * exponent


@linearise(np.geomspace)
def geomspace(
    y: Expr, start: Expr, stop: Expr, num: Expr | None = None, *,
    endpoint: bool, dtype: Any, axis: int, dstart: Tangent, dstop: Tangent,
) -> Tangent:  # fmt: skip
    """The logarithms are evenly spaced: dy / y = (1 - s) dstart / start + s dstop / stop."""
    return y * linspace(
        y, start, stop, num, endpoint=endpoint, dtype=None, axis=axis,
        dstart=dstart and dstart / start, dstop=dstop and dstop / stop,
    )  # fmt: skip


@linearise(np.asarray_chkfinite)
def asarray_chkfinite(y: Expr, a: Expr, *, dtype: Any, order: Any, da: Tangent) -> Tangent:
    return _as_array(y, da)


@linearise(np.require)
def require(y: Expr, a: Expr, *, dtype: Any, requirements: Any, da: Tangent) -> Tangent:
    return _as_array(y, da)


def _as_array(y: Expr, da: Tangent) -> Tangent:
    """How the result lies in memory does not matter to its tangent."""
    dtype = dtype_of(y.kind)
    made = linear.convert(da, to="astype", attrs=(("dtype", dtype),)) if dtype is not None else da
    return made


@linearise(np.arange)
def arange(y: Expr, *bounds: Expr, dtype: Any, dbounds: tuple[Tangent, ...]) -> Tangent:
    """y = start + k step; where it stops does not matter."""
    if len(bounds) == 1:
        return ZERO
    start = dbounds[0] and linear.full(y.shape, dbounds[0])
    return start + (dbounds[2] and ops.arange(y, ops.dim(y, 0)) * dbounds[2] if len(bounds) == 3 else ZERO)
