"""Sums along axes."""

from __future__ import annotations

from typing import Any

from tangentc.ir.nodes import Slice
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose
from tangentc.rules.linear_ops.arithmetic import masked


def _widened(w: Expr, axis: Any, keepdims: bool) -> Expr:
    """The cotangent of a reduction with the axes that it lost, of size 1."""
    if axis is None and not keepdims:
        return w
    return w if keepdims else call("np.expand_dims", w, axis=axis)


@linear_op
def sum_(t: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Expr:
    return call("np.sum", t, axis=axis, dtype=dtype, keepdims=keepdims)


@transpose(sum_)
def sum_t(w: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """Every summand gets the cotangent of its sum."""
    return _widened(w, axis, keepdims)


@linear_op
def mean(t: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Expr:
    return call("np.mean", t, axis=axis, dtype=dtype, keepdims=keepdims)


@transpose(mean)
def mean_t(w: Expr, like: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    return _widened(w / ops.count(like, axis), axis, keepdims)


@linear_op
def chosen_mean(mask: Expr, t: Expr, *, axis: Any, keepdims: bool) -> Expr:
    """The mean of the entries that are chosen along the axes."""
    return call("chosen_mean", t, mask, axis=axis, keepdims=keepdims)


@transpose(chosen_mean)
def chosen_mean_t(w: Expr, mask: Expr, *, axis: Any, keepdims: bool) -> Any:
    return masked(call("evenly", w, mask, axis=axis, keepdims=keepdims))


@linear_op
def evenly(mask: Expr, t: Expr, *, axis: Any, keepdims: bool) -> Expr:
    return masked(call("evenly", t, mask, axis=axis, keepdims=keepdims))


@transpose(evenly)
def evenly_t(w: Expr, mask: Expr, *, axis: Any, keepdims: bool) -> Any:
    return call("chosen_mean", w, mask, axis=axis, keepdims=keepdims)


@linear_op
def centred(t: Expr, *, axis: Any = None) -> Expr:
    """t minus its mean: an orthogonal projection."""
    return call("centred", t, axis=axis)


@transpose(centred)
def centred_t(w: Expr, *, axis: Any = None) -> Any:
    return call("centred", w, axis=axis)


@linear_op
def cumsum(t: Expr, *, axis: Any = None, dtype: Any = None) -> Expr:
    return call("np.cumsum", t, axis=axis, dtype=dtype)


@transpose(cumsum)
def cumsum_t(w: Expr, like: Expr, *, axis: Any = None, dtype: Any = None) -> Any:
    """An entry is in all later sums: the sums from the other end."""
    if axis is None:
        return ops.reshape(_flip(call("np.cumsum", _flip(w, 0)), 0), like.shape)
    return _flip(call("np.cumsum", _flip(w, axis), axis=axis), axis)


def _flip(x: Expr, axis: int) -> Expr:
    backwards = Slice(None, None, -1)
    if axis >= 0:
        return x.getitem((*(Slice(),) * axis, backwards))
    return x.getitem((Ellipsis, backwards, *(Slice(),) * (-axis - 1)))
