"""Derivatives of averages, quantiles and covariances: most by their definitions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import Array, dtype_of
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, given, rank
from tangentc.rules.registry import linearise

Axis = Any  # None, an integer or a tuple of integers


@defined(np.average)
def average(a: Any, weights: Any = None, *, axis: Axis, keepdims: bool) -> Any:
    if not given(weights):
        return np.mean(a, axis=axis, keepdims=keepdims)
    if rank(weights) < rank(a):  # along one axis
        weights = ops.lying_along(weights, a, axis)
    total = np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis, keepdims=keepdims)
    return np.sum(a * weights, axis=axis, keepdims=keepdims) / total


@defined(np.nanvar)
def nanvar(a: Any, *, axis: Axis, dtype: Any, ddof: Any, keepdims: bool) -> Any:
    missing = np.isnan(a)
    count = np.sum(1.0 - missing * 1.0, axis=axis, keepdims=True)
    centre = np.sum(np.where(missing, 0.0, a), axis=axis, keepdims=True) / count
    square = np.where(missing, 0.0, a - centre) ** 2
    return np.sum(square, axis=axis, keepdims=keepdims) / _shaped(count - ddof, axis, keepdims)


def _shaped(x: Any, axis: Axis, keepdims: bool) -> Any:
    return x if keepdims else np.sum(x, axis=axis)  # of size 1 along the axes


@linearise(np.nanstd)
def nanstd(y: Expr, a: Expr, *, axis: Axis, dtype: Any, ddof: Any, keepdims: bool, da: Tangent) -> Tangent:
    """y dy = sum (x - mean) dx / (n - ddof) over what is there, and 0 where all is equal."""
    missing = ops.isnan(a)
    count = ops.sum_(1.0 - missing * 1.0, axis=axis, keepdims=True)
    centre = ops.sum_(ops.where(missing, 0.0, a), axis=axis, keepdims=True) / count
    deviation = ops.where(missing, 0.0, a - centre)
    weight = ops.ratio(deviation, (count - ddof) * ops.kept(y, a, axis, keepdims))
    return linear.sum_(linear.reject(missing, weight * da), axis=axis, dtype=dtype, keepdims=keepdims)


# --- order statistics -------------------------------------------------------------------------------

# Hyndman & Fan, "Sample quantiles in statistical packages", 1996: the position q n + a + q b, from 0.
_POSITIONS = {
    "linear": (0.0, -1.0), "weibull": (-1.0, 1.0), "hazen": (-0.5, 0.0), "interpolated_inverted_cdf": (-1.0, 0.0),
    "median_unbiased": (-2.0 / 3.0, 1.0 / 3.0), "normal_unbiased": (-5.0 / 8.0, 0.25),
}  # fmt: skip
_ROUNDED = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint, "midpoint": None}


@defined(np.quantile)
def quantile(a: Any, q: Any, *, axis: Axis, method: str, keepdims: bool) -> Any:
    return _quantile(a, q, axis, method, keepdims)


@defined(np.percentile)
def percentile(a: Any, q: Any, *, axis: Axis, method: str, keepdims: bool) -> Any:
    return _quantile(a, q / 100.0, axis, method, keepdims)


@defined(np.nanquantile)
def nanquantile(a: Any, q: Any, *, axis: Axis, method: str, keepdims: bool) -> Any:
    return _quantile(a, q, axis, method, keepdims, has_gaps=True)


@defined(np.nanpercentile)
def nanpercentile(a: Any, q: Any, *, axis: Axis, method: str, keepdims: bool) -> Any:
    return _quantile(a, q / 100.0, axis, method, keepdims, has_gaps=True)


@defined(np.nanmedian)
def nanmedian(a: Any, *, axis: Axis, keepdims: bool) -> Any:
    return _quantile(a, 0.5, axis, "linear", keepdims, has_gaps=True)


@defined(np.median)
def median(a: Any, *, axis: Axis, keepdims: bool) -> Any:
    """The mean of the two entries in the middle, or of the one, or of nothing."""
    rows, axes = _rows(a, axis)
    count = ops.dim(rows, -1)
    low, high = (count - 1) // 2, count // 2
    if rank(rows) == 1:
        entries = rows[np.argpartition(rows, (low, high))[low : high + 1]]
    else:
        places = np.argpartition(rows, ops.array(rows, (low, high)), axis=-1)[..., low : high + 1]
        entries = np.take_along_axis(rows, places, axis=-1)
    middle = np.mean(entries, axis=None if rank(rows) == 1 else -1)
    return np.expand_dims(middle, axes) if keepdims else middle


def _quantile(a: Any, q: Any, axis: Axis, method: str, keepdims: bool, has_gaps: bool = False) -> Any:
    """Two neighbours in the order of the entries, weighted by where the quantile lies between them."""
    if method not in _POSITIONS and method not in _ROUNDED:
        raise ops.undefined(f"the quantile method {method!r} has no derivative rule", a)
    rows, axes = _rows(a, axis)
    has_one = rank(q) == 0
    count, levels = ops.dim(rows, -1) * 1.0, q
    if has_gaps:
        count = np.sum(1.0 - np.isnan(rows) * 1.0, axis=-1, keepdims=True)
    if rank(q) > 1:
        levels = np.ravel(q)
    position = _position(levels, count, method)
    below, above = np.floor(position), np.ceil(position)
    part = 0.5 * (above - below) if method == "midpoint" else position - below
    rounded = _ROUNDED.get(method)
    if rounded is not None:
        below = above = rounded(position)
    below, above = _whole(below), _whole(above)
    if has_gaps:  # every row has its own places
        rows = np.sort(rows, axis=-1)  # NaN comes last
        lower, upper = (np.take_along_axis(rows, places, axis=-1) for places in (below, above))
    else:
        lower, upper = _ranked(rows, below, above)
    found = lower + part * (upper - lower)
    if has_one and has_gaps:
        found = found[..., 0]
    if not has_one:
        found = np.moveaxis(found, -1, 0)
        if rank(q) > 1:
            found = np.reshape(found, (*ops.sizes(q), *ops.sizes(found)[1:]))
    return np.expand_dims(found, tuple(k + rank(q) for k in axes)) if keepdims else found


def _rows(a: Any, axis: Axis) -> tuple[Any, tuple[int, ...]]:
    """The axes that are reduced as the last one; and which they are."""
    axes = tuple(range(rank(a))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(k % rank(a) for k in axes)
    if len(axes) == rank(a):
        return (a if rank(a) == 1 else np.ravel(a)), axes
    if len(axes) == 1:
        return (a if axes[0] == rank(a) - 1 else np.moveaxis(a, axes[0], -1)), axes
    moved = np.moveaxis(a, axes, tuple(range(-len(axes), 0)))
    return np.reshape(moved, (*ops.sizes(moved)[: -len(axes)], -1)), axes


def _whole(x: Any) -> Any:
    """Rounded numbers as integers."""
    if isinstance(x, Expr):
        return call("int", x) if rank(x) == 0 else call("astype", x, dtype=np.intp)
    return np.asarray(x).astype(np.intp)


def _position(levels: Any, count: Any, method: str) -> Any:
    """Where the quantiles lie among the sorted entries, counted from 0."""
    shift, stretch = _POSITIONS.get(method, _POSITIONS["linear"])
    if (shift, stretch) == _POSITIONS["linear"]:
        return levels * (count - 1.0)
    return np.minimum(np.maximum(levels * (count + stretch) + shift, 0.0), count - 1.0)


def _ranked(rows: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """The entries of each row that come at two places, or at two lists of places, in its order."""
    if rank(rows) == 1:
        order = np.argpartition(rows, np.concatenate((low, high)) if rank(low) else (low, high))
        return rows[order[low]], rows[order[high]]
    places = np.concatenate((low, high)) if rank(low) else ops.array(rows, (low, high))
    order = np.argpartition(rows, places, axis=-1)[..., places]
    found = np.take_along_axis(rows, order, axis=-1)
    if not rank(low):
        return found[..., 0], found[..., 1]
    count = ops.dim(low, 0)
    return found[..., :count], found[..., count:]


# --- covariances ------------------------------------------------------------------------------------


@defined(np.cov)
def cov(
    m: Any, y: Any = None, fweights: Any = None, aweights: Any = None, *,
    rowvar: bool, bias: bool, ddof: int | None, dtype: Any,
) -> Any:  # fmt: skip
    x = _observations(m, rowvar)
    if given(y):
        x = np.concatenate((x, _observations(y, rowvar)))
    weights = fweights if given(fweights) else None
    if given(aweights):
        weights = aweights if weights is None else weights * aweights
    free = (0 if bias else 1) if ddof is None else ddof
    if weights is None:
        count = ops.dim(x, 1) - free
        x = x - np.mean(x, axis=1, keepdims=True)
        c = x @ np.conjugate(x).T / count
    else:
        total = np.sum(weights)
        if free and given(aweights):
            count = total - free * np.sum(weights * aweights) / total
        else:
            count = total - free
        x = x - (x @ weights / total)[:, None]
        c = (x * weights) @ np.conjugate(x).T / count
    return c[0, 0] if rank(m) < 2 and not given(y) else c


def _observations(m: Any, rowvar: bool) -> Any:
    """Variables as rows, observations as columns."""
    if rank(m) < 2:
        return np.atleast_2d(m)
    return m if rowvar else m.T


@defined(np.corrcoef)
def corrcoef(x: Any, y: Any = None, *, rowvar: bool, dtype: Any) -> Any:
    c = cov(x, y, rowvar=rowvar, bias=False, ddof=None, dtype=None)
    if rank(x) < 2 and not given(y):
        return c / c
    scale = np.sqrt(np.real(np.diag(c)))
    return c / scale[:, None] / scale[None, :]


# --- counts -----------------------------------------------------------------------------------------


@linearise(np.bincount)
def bincount(y: Expr, x: Expr, weights: Expr | None = None, *, minlength: int, dweights: Tangent) -> Tangent:
    """The sums of the weights by number."""
    return linear.bincount(x, dweights, minlength=minlength)


@linearise(np.histogram)
def histogram(
    y: tuple[Expr, Expr], a: Expr, bins: Expr | None = None, weights: Expr | None = None, *,
    range: Any, density: bool | None, da: Tangent, dweights: Tangent,
) -> tuple[Tangent, Tangent]:  # fmt: skip
    """The sums of the weights by bin: locally constant in a, whose entries stay in their bins."""
    if da and range is None and not (bins is not None and isinstance(bins.kind, Array)):
        raise ops.undefined(
            "np.histogram has no derivative where the edges of the bins depend on the data: give them, or the range",
            a,
        )
    if not dweights or weights is None:
        return ZERO, ZERO
    dtype = dtype_of(weights.kind)
    if dtype is not None and dtype.kind == "c":
        raise ops.undefined("np.histogram has no derivative in complex weights", a)
    a = ops.ravel(a)
    sums, edges = y
    count = ops.dim(edges, 0) - 1
    place = call("np.searchsorted", edges, a, side="right") - 1
    place = ops.where(ops.equal(a, edges[-1]), count - 1, place)  # the last bin has its right end
    outside = np.logical_or(place < 0, place >= count)
    place = ops.where(outside, 0, place)
    moved = linear.reject(outside, dweights if rank(weights) == 1 else linear.ravel(dweights))
    if isinstance(count, int):
        dsums = linear.bincount(place, moved, minlength=count)
    else:  # a zero for the last bin, so that there are as many sums however many bins are empty
        place = call("np.append", place, count - 1)
        dsums = linear.bincount(place, linear.pad(ops.literal(a, (0, 1)), moved), minlength=0)
    dsums = linear.shaped(dsums, sums)
    if density:
        total = ops.sum_(ops.where(outside, 0.0, ops.ravel(weights)))
        dsums = (dsums / call("np.diff", edges) - sums * linear.sum_(dsums)) / total
    return dsums, ZERO
