"""Derivatives of the functions that pad, cut, insert and turn.

Where an entry comes from is found by doing the same to the numbers of the places.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from tangentc.ir.build import atom
from tangentc.ir.nodes import Literal
from tangentc.kinds.types import Array
from tangentc.primitives.core import named
from tangentc.primitives.index import Hole
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import Dual, defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import dims_of
from tangentc.rules.ops import Tangent, rank, undefined
from tangentc.rules.registry import linearise, nondifferentiable

# --- pad ------------------------------------------------------------------------------------------

_MOVED = ("edge", "wrap", "reflect", "symmetric")
_OF_SLICES = ("maximum", "minimum", "mean", "median")


@defined(np.pad)
def pad(
    x: Any, pad_width: Any, *,
    mode: Any, constant_values: Any, end_values: Any, stat_length: Any, reflect_type: Any,
) -> Any:  # fmt: skip
    """Constants have no derivative, moved entries keep theirs; what is computed is so axis by axis."""
    if not isinstance(mode, str):
        raise undefined("np.pad with a function that writes the padding has no derivative", _primal(x))
    if mode in ("constant", "empty"):
        return _with_zeros(x, pad_width)
    if mode in _MOVED and reflect_type in (None, "even"):
        return _with_tangent(
            x,
            lambda dx: linear.pad_moved(pad_width, dx, mode=mode),
            lambda: call("np.pad", _primal(x), pad_width, mode=mode),
        )
    widths = ops.constant(pad_width)
    if widths is None:
        raise undefined(
            f"np.pad with mode={mode!r} has a derivative for widths that are known when it is compiled",
            _primal(x),
        )
    axes = rank(x)
    lengths = None if stat_length is None else np.broadcast_to(stat_length, (axes, 2))
    for axis, (before, after) in enumerate(np.broadcast_to(widths, (axes, 2)).tolist()):
        if before == after == 0:
            continue
        if mode in _MOVED:
            x = _odd(x, axis, (before, after), mode)
        elif mode == "linear_ramp":
            x = _ramps(x, axis, (before, after))
        else:
            x = _statistics(x, axis, (before, after), mode, None if lengths is None else lengths[axis])
    return x


def _primal(x: Any) -> Expr:
    return x.primal if isinstance(x, Dual) else x


def _places(y: Expr, name: str, *operands: Any, **attrs: Any) -> Expr:
    """The numbers that an operation leaves in the places of its result y."""
    atoms = [operand.atom if isinstance(operand, Expr) else atom(operand) for operand in operands]
    kind = Array(np.dtype(int), dims_of(y.kind))
    return Expr.of(y.builder, y.builder.apply(named(name), atoms, attrs, kind=kind))


def _numbers(x: Any) -> Expr:
    """The numbers of the places of an array."""
    primal = _primal(x)
    return ops.reshape(ops.arange(primal, ops.count(primal)), x.shape)  # type: ignore[no-any-return]


def _with_tangent(x: Any, tangent: Any, primal: Any) -> Any:
    return Dual(primal(), tangent(x.tangent)) if isinstance(x, Dual) else primal()


def _with_zeros(x: Any, pad_width: Expr) -> Any:
    return _with_tangent(
        x, lambda dx: linear.pad(pad_width, dx), lambda: call("np.pad", _primal(x), pad_width)
    )


def _part(x: Any, axis: int, start: Any, stop: Any) -> Any:
    return x[ops.at(axis, slice(start, stop))]


def _joined(x: Any, axis: int, before: Any, after: Any) -> Any:
    parts = [part for part in (before, x, after) if part is not None]
    return np.concatenate(parts, axis=axis)


def _repeated(part: Any, axis: int, count: int) -> Any:
    """An entry along an axis of size 1, so many times."""
    return np.repeat(part, count, axis=axis) if count else None


def _statistics(x: Any, axis: int, widths: tuple[int, int], mode: str, lengths: Any) -> Any:
    """The statistic of the entries next to each end, or of all."""
    function: Any = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}[mode]
    if lengths is None:
        whole = function(x, axis=axis, keepdims=True)
        return _joined(x, axis, *(_repeated(whole, axis, count) for count in widths))
    first, last = (int(length) for length in lengths)
    size = ops.dim(_primal(x), axis)
    start = max(size - last, 0) if isinstance(size, int) else call("max", ops.literal(size, 0), size - last)
    before = function(_part(x, axis, None, first), axis=axis, keepdims=True) if widths[0] else None
    after = function(_part(x, axis, start, None), axis=axis, keepdims=True) if widths[1] else None
    return _joined(
        x, axis,
        None if before is None else _repeated(before, axis, widths[0]),
        None if after is None else _repeated(after, axis, widths[1]),
    )  # fmt: skip


def _ramps(x: Any, axis: int, widths: tuple[int, int]) -> Any:
    """From the edge down to the end value, which is a constant: shares of the edge."""
    near = _primal(x)
    shape = tuple(-1 if k == axis else 1 for k in range(rank(x)))

    def ramp(count: int, *bounds: int) -> Any:
        run = call("np.arange", *(ops.literal(near, bound) for bound in bounds))
        return ops.reshape(run / count, shape)

    before, after = widths
    return _joined(
        x, axis,
        _part(x, axis, None, 1) * ramp(before, before) if before else None,
        _part(x, axis, -1, None) * ramp(after, after - 1, -1, -1) if after else None,
    )  # fmt: skip


def _odd(x: Any, axis: int, widths: tuple[int, int], mode: str) -> Any:
    """An odd continuation is a x[first] + b x[last] + (1 - a - b) x[place] with the place of the even one.

    It continues constants as constants, which gives the third weight; the others are what it makes of the
    indicators of the two ends.
    """
    near = _primal(x)
    size = ops.dim(near, axis)
    run = ops.arange(near, size)
    pair = ops.literal(near, widths)
    places = call("np.pad", run, pair, mode=mode)

    def weights(end: Any) -> Any:
        indicator = call("astype", call("eq", run, end), dtype=np.dtype(float))
        padded = call("np.pad", indicator, pair, mode=mode, reflect_type="odd")
        return ops.reshape(padded, tuple(-1 if k == axis else 1 for k in range(rank(x))))

    first, last = _part(x, axis, None, 1), _part(x, axis, -1, None)
    a, b = weights(0), weights(size - 1)
    moved = x[ops.at(axis, places)]
    return a * first + b * last + (1.0 - a - b) * moved


@linearise(named("folded"))
def folded(y: Expr, w: Expr, pad_width: Expr, shape: Expr, *, mode: str, dw: Tangent) -> Tangent:
    """Linear: the transpose of a padding."""
    return linear.folded(pad_width, shape, dw, mode=mode)


# --- the others -----------------------------------------------------------------------------------


@linearise(np.rollaxis)
def rollaxis(y: Expr, x: Expr, *, axis: int, start: int, dx: Tangent) -> Tangent:
    axes = rank(x)
    source, goal = axis % axes, start + axes if start < 0 else start
    return linear.moveaxis(dx, source=source, destination=goal - (source < goal))


@linearise(np.rot90)
def rot90(y: Expr, x: Expr, *, k: int, axes: tuple[int, int], dx: Tangent) -> Tangent:
    return linear.rotate(dx, k=k, axes=axes)


@linearise(np.resize)
def resize(y: Expr, x: Expr, new_shape: Expr, *, dx: Tangent) -> Tangent:
    return linear.resize(new_shape, dx)


@linearise(named("resized_bar"))
def resized_bar(y: Expr, w: Expr, shape: Expr, *, dw: Tangent) -> Tangent:
    return linear.resized_bar(shape, dw)


@linearise(np.delete)
def delete(y: Expr, x: Expr, obj: Expr, *, axis: int | None, dx: Tangent) -> Tangent:
    """The part where a mask along the axis, or over all entries in a row, is left."""
    along = 0 if axis is None else axis % rank(x)
    size = ops.count(x) if axis is None else ops.dim(x, along)
    kept: Expr = call("np.ones", size if isinstance(size, Expr) else ops.literal(x, size), dtype=bool)
    kept.builder.store(kept.atom, (Hole(0),), (obj.atom,), Literal(False))
    row = dx if axis is not None or rank(x) == 1 else linear.ravel(dx)
    return linear.keep(kept, row, axis=along, dims=dims_of(y.kind))


@linearise(np.insert)
def insert(
    y: Expr, x: Expr, obj: Expr, values: Expr, *, axis: int | None, dx: Tangent, dvalues: Tangent
) -> Tangent:
    parts = (x if axis is not None or rank(x) == 1 else ops.reshape(x, (-1,)), values)
    dparts = (dx and (dx if parts[0] is x else _row_of(dx, x)), dvalues)
    return linear.joined(partial(linear.insert, y, obj), parts, dparts, axis=axis)


def _row_of(dx: Tangent, x: Expr) -> Tangent:
    return linear.reshape(ops.literal(x, (-1,)), dx)


@linearise(np.diagflat)
def diagflat(y: Expr, x: Expr, *, k: int, dx: Tangent) -> Tangent:
    return linear.diag(_row_of(dx, x), k=k)


@linearise(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(y: Expr, x: Expr, window_shape: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    axes = tuple(range(rank(x))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return linear.windows(window_shape, dx, axes=tuple(k % rank(x) for k in axes))


@linearise(named("windows_bar"))
def windows_bar(y: Expr, w: Expr, shape: Expr, *, axes: tuple[int, ...], dw: Tangent) -> Tangent:
    """Linear: the transpose of sliding windows."""
    sizes = ops.pack(w, [ops.dim(w, rank(y) + k) for k in range(len(axes))])
    return linear.windows_bar(sizes, shape, dw, axes=axes)


nondifferentiable(named("np.broadcast_shapes"))
