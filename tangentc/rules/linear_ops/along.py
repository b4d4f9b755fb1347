"""Operations along an axis: recurrences, convolutions, sums by place."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Slice
from tangentc.kinds.types import Array, dtype_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import dims_of, linear_op, transpose
from tangentc.rules.linear_ops.arithmetic import masked


@linear_op
def recurrence(x: Expr, t: Expr, *, axis: int) -> Expr:
    """s_i = x_i s_(i-1) + t_i."""
    return call("recurrence", x, t, axis=axis)


@transpose(recurrence)
def recurrence_t(w: Expr, x: Expr, *, axis: int) -> Any:
    """b_i = w_i + x_(i+1) b_(i+1): the same, from the other end."""
    factors = call("np.flip", call("np.roll", x, ops.literal(x, -1), axis=axis), axis=axis)
    return call("np.flip", call("recurrence", factors, call("np.flip", w, axis=axis), axis=axis), axis=axis)


@linear_op
def convolve(c: Expr, t: Expr, *, mode: str, first: bool) -> Expr:
    """np.convolve(t, c, mode) where t comes `first`, else np.convolve(c, t, mode)."""
    return call("np.convolve", t, c, mode=mode) if first else call("np.convolve", c, t, mode=mode)


@transpose(convolve)
def convolve_t(w: Expr, c: Expr, like: Expr, *, mode: str, first: bool) -> Any:
    both = (like, c) if first else (c, like)
    return _overlap(_padded(w, *both, mode, from_end=False), call("np.flip", c), like)


@linear_op
def correlate_first(c: Expr, t: Expr, *, mode: str) -> Expr:
    """np.correlate(t, c, mode), the convolution of t with conj(c) from the other end."""
    return call("np.correlate", t, c, mode=mode)


@transpose(correlate_first)
def correlate_first_t(w: Expr, c: Expr, like: Expr, *, mode: str) -> Any:
    return _overlap(_padded(w, like, c, mode, from_end=True), ops.conj(c), like)


@linear_op
def correlate_second(c: Expr, t: Expr, *, mode: str) -> Expr:
    """np.correlate(c, conj(t), mode), the convolution of c with t from the other end."""
    return call("np.correlate", c, ops.conj(t), mode=mode)


@transpose(correlate_second)
def correlate_second_t(w: Expr, c: Expr, like: Expr, *, mode: str) -> Any:
    return call("np.flip", _overlap(_padded(w, c, like, mode, from_end=True), call("np.flip", c), like))


def _overlap(w: Expr, c: Expr, like: Expr) -> Expr:
    """Where c overlaps w wholly: as many entries as `like` has."""
    one, other = dtype_of(w.kind), dtype_of(c.kind)
    dtype = None if one is None or other is None else np.result_type(one, other)
    kind = Array(dtype, dims_of(like.kind)) if dims_of(like.kind) else None
    return call("np.convolve", w, c, mode="valid", kind=kind)


def _padded(w: Expr, a: Expr, v: Expr, mode: str, from_end: bool) -> Expr:
    """The cotangent of all of a convolution, of which the mode kept a part.

    NumPy exchanges the two arrays where the second is longer, and a correlation then comes out turned round.
    """
    if mode == "full":
        return w
    n, m = ops.dim(a, 0), ops.dim(v, 0)
    small, large = np.minimum(n, m), np.maximum(n, m)
    start, length = (small - 1, large - small + 1) if mode == "valid" else ((small - 1) // 2, large)
    if mode == "same" and from_end:
        start = (small - (n >= m)) // 2
    whole = ops.room(w, ops.pack(w, (n + m - 1,)))
    if isinstance(length, Expr):
        w.builder.store(whole.atom, (Slice(Hole(0), Hole(1)),), (start.atom, (start + length).atom), w.atom)
    else:
        w.builder.store(whole.atom, (Slice(int(start), int(start + length)),), (), w.atom)
    return masked(whole)


@linear_op
def bincount(places: Expr, t: Expr, *, minlength: int) -> Expr:
    """The sums of the entries of t by their places."""
    return call("np.bincount", places, t, minlength=minlength)


@transpose(bincount)
def bincount_t(w: Expr, places: Expr, *, minlength: int) -> Any:
    return w.getitem((Hole(0),), places)


@linear_op
def reduceat(indices: Expr, t: Expr, *, axis: int) -> Expr:
    """The sums of the parts of t that begin at the indices."""
    return call("np.add.reduceat", t, indices, axis=axis)


@transpose(reduceat)
def reduceat_t(w: Expr, indices: Expr, like: Expr, *, axis: int) -> Any:
    return call("spread_parts", w, indices, ops.dim(like, axis), axis=axis)


@linear_op
def spread_parts(indices: Expr, size: Expr, t: Expr, *, axis: int) -> Expr:
    return call("spread_parts", t, indices, size, axis=axis)


@transpose(spread_parts)
def spread_parts_t(w: Expr, indices: Expr, size: Expr, *, axis: int) -> Any:
    return call("np.add.reduceat", w, indices, axis=axis)
