"""Moving entries without changing them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Slice
from tangentc.kinds.types import Array, dtype_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import dims_of, fit, linear_op, transpose
from tangentc.rules.linear_ops.arithmetic import masked

_WINDOWS = "np.lib.stride_tricks.sliding_window_view"


@linear_op
def reshape(shape: Expr, t: Expr, *, order: str = "C") -> Expr:
    return call("np.reshape", t, shape, order=order)


@transpose(reshape)
def reshape_t(w: Expr, shape: Expr, like: Expr, *, order: str = "C") -> Any:
    return ops.reshape(w, like.shape, order)


@linear_op
def ravel(t: Expr, *, order: str = "C") -> Expr:
    return call("np.ravel", t, order=order)


@transpose(ravel)
def ravel_t(w: Expr, like: Expr, *, order: str = "C") -> Any:
    return ops.reshape(w, like.shape, order)


@linear_op
def broadcast_to(shape: Expr, t: Expr) -> Expr:
    return call("np.broadcast_to", t, shape)


@transpose(broadcast_to)
def broadcast_to_t(w: Expr, shape: Expr, like: Expr) -> Any:
    return landed(w, like)


@linear_op
def unbroadcast(shape: Expr, t: Expr) -> Expr:
    return call("unbroadcast", t, shape)


@transpose(unbroadcast)
def unbroadcast_t(w: Expr, shape: Expr, like: Expr) -> Any:
    return w  # constant along the axes that were summed


@linear_op
def full(shape: Expr, t: Expr, *, dtype: Any = None) -> Expr:
    return call("np.full", shape, t, dtype=dtype)


@transpose(full)
def full_t(w: Expr, shape: Expr, like: Expr, *, dtype: Any = None) -> Any:
    return landed(w, like)


def landed(w: Expr, like: Expr) -> Expr:
    """A cotangent summed over the axes along which its value was broadcast."""
    return fit(w, w.kind, lambda: w, like.kind, lambda: like)


@linear_op
def permute(t: Expr, *, axes: Any = None) -> Expr:
    return call("np.transpose", t, axes=axes)


@transpose(permute)
def permute_t(w: Expr, *, axes: Any = None) -> Any:
    if axes is None:
        return call("np.transpose", w)
    count = len(axes)
    inverse = sorted(range(count), key=lambda axis: axes[axis] % count)
    return call("np.transpose", w, axes=tuple(inverse))


@linear_op
def exchange(t: Expr, *, to: str) -> Expr:
    """`t.T`, `t.mT`, `np.matrix_transpose(t)`: undone by doing it again."""
    return call(to, t)


@transpose(exchange)
def exchange_t(w: Expr, *, to: str) -> Any:
    return call(to, w)


@linear_op
def swapaxes(t: Expr, *, axis1: int, axis2: int) -> Expr:
    return call("np.swapaxes", t, axis1=axis1, axis2=axis2)


@transpose(swapaxes)
def swapaxes_t(w: Expr, *, axis1: int, axis2: int) -> Any:
    return call("np.swapaxes", w, axis1=axis1, axis2=axis2)


@linear_op
def moveaxis(t: Expr, *, source: Any, destination: Any) -> Expr:
    return call("np.moveaxis", t, source=source, destination=destination)


@transpose(moveaxis)
def moveaxis_t(w: Expr, *, source: Any, destination: Any) -> Any:
    return call("np.moveaxis", w, source=destination, destination=source)


@linear_op
def expand_dims(t: Expr, *, axis: Any) -> Expr:
    return call("np.expand_dims", t, axis=axis)


@transpose(expand_dims)
def expand_dims_t(w: Expr, *, axis: Any) -> Any:
    return call("np.squeeze", w, axis=axis)


@linear_op
def squeeze(t: Expr, *, axis: Any = None) -> Expr:
    return call("np.squeeze", t, axis=axis)


@transpose(squeeze)
def squeeze_t(w: Expr, like: Expr, *, axis: Any = None) -> Any:
    return ops.reshape(w, like.shape) if axis is None else call("np.expand_dims", w, axis=axis)


@linear_op
def flip(t: Expr, *, axis: Any = None) -> Expr:
    return call("np.flip", t, axis=axis)


@transpose(flip)
def flip_t(w: Expr, *, axis: Any = None) -> Any:
    return call("np.flip", w, axis=axis)


@linear_op
def rotate(t: Expr, *, k: int, axes: tuple[int, int]) -> Expr:
    """Turned by k right angles."""
    return call("np.rot90", t, k=k, axes=axes)


@transpose(rotate)
def rotate_t(w: Expr, *, k: int, axes: tuple[int, int]) -> Any:
    return call("np.rot90", w, k=-k, axes=axes)


@linear_op
def pad(width: Expr, t: Expr) -> Expr:
    """Zeros around an array."""
    return masked(call("np.pad", t, width))


@transpose(pad)
def pad_t(w: Expr, width: Expr, like: Expr) -> Any:
    """What is inside the padding."""
    holes: list[Expr] = []

    def bound(place: Any) -> Any:
        if isinstance(place, Expr):
            holes.append(place)
            return Hole(len(holes) - 1)
        return place

    index = []
    for axis in range(ops.rank(like)):
        start, size = ops.width_before(width, axis, ops.rank(like)), ops.dim(like, axis)
        none = type(start) is int and start == 0
        index.append(Slice(None if none else bound(start), bound(size if none else start + size)))
    kind = Array(dtype_of(w.kind), dims_of(like.kind))
    return call("getitem", w, *holes, index=tuple(index), kind=kind)


@linear_op
def pad_moved(width: Expr, t: Expr, *, mode: str) -> Expr:
    """Padding with entries of the array: "edge", "reflect", "symmetric" or "wrap"."""
    return call("np.pad", t, width, mode=mode)


@transpose(pad_moved)
def pad_moved_t(w: Expr, width: Expr, like: Expr, *, mode: str) -> Any:
    return call("folded", w, width, like.shape, mode=mode)


@linear_op
def folded(width: Expr, shape: Expr, t: Expr, *, mode: str) -> Expr:
    return call("folded", t, width, shape, mode=mode)


@transpose(folded)
def folded_t(w: Expr, width: Expr, shape: Expr, *, mode: str) -> Any:
    return call("np.pad", w, width, mode=mode)


@linear_op
def windows(window: Expr, t: Expr, *, axes: tuple[int, ...]) -> Expr:
    return call(_WINDOWS, t, window, axis=axes)


@transpose(windows)
def windows_t(w: Expr, window: Expr, like: Expr, *, axes: tuple[int, ...]) -> Any:
    return call("windows_bar", w, like.shape, axes=axes)


@linear_op
def windows_bar(window: Expr, shape: Expr, t: Expr, *, axes: tuple[int, ...]) -> Expr:
    return call("windows_bar", t, shape, axes=axes)


@transpose(windows_bar)
def windows_bar_t(w: Expr, window: Expr, shape: Expr, *, axes: tuple[int, ...]) -> Any:
    return call(_WINDOWS, w, window, axis=axes)


@linear_op
def resize(shape: Expr, t: Expr) -> Expr:
    """The entries in order, from the first again when they are used up; zeros if there are none."""
    return call("np.resize", t, shape)


@transpose(resize)
def resize_t(w: Expr, shape: Expr, like: Expr) -> Any:
    return call("resized_bar", w, like.shape)


@linear_op
def resized_bar(shape: Expr, t: Expr) -> Expr:
    return call("resized_bar", t, shape)


@transpose(resized_bar)
def resized_bar_t(w: Expr, shape: Expr, like: Expr) -> Any:
    return call("np.resize", w, like.shape)


@linear_op
def repeat(times: Expr, t: Expr, *, axis: int | None) -> Expr:
    """Each entry along an axis so many times."""
    return call("np.repeat", t, times, axis=axis)


@transpose(repeat)
def repeat_t(w: Expr, times: Expr, like: Expr, *, axis: int | None) -> Any:
    """The sum over the repetitions, as an axis of their own."""
    if axis is None:
        total = _last_summed(ops.reshape(w, ops.pack(w, (ops.count(like), times))), times, None)
        return ops.reshape(total, like.shape)
    sizes, axis = ops.sizes(like), axis % ops.rank(like)
    apart = ops.pack(w, (*sizes[: axis + 1], times, *sizes[axis + 1 :]))
    if axis == ops.rank(like) - 1:
        return _last_summed(ops.reshape(w, apart), times, like)
    return _summed(w, apart, axis + 1, like)


def _last_summed(w: Expr, times: Expr, like: Expr | None) -> Expr:
    """The sum over the last axis, which is short: NumPy's product with ones is many times as fast as its sum."""
    dtype = dtype_of(w.kind)
    kind = None if like is None else Array(dtype, dims_of(like.kind))
    if dtype is None or dtype.kind not in "fc":
        return call("np.sum", w, axis=-1, kind=kind)
    options = {} if dtype == np.dtype(float) else {"dtype": dtype}
    return call("matmul", w, call("np.ones", times, **options), kind=kind)


@linear_op
def tile(reps: Expr, t: Expr) -> Expr:
    return call("np.tile", t, reps)


@transpose(tile)
def tile_t(w: Expr, reps: Expr, like: Expr) -> Any:
    """The sum over the tiles, numbered along axes of their own."""
    times = ops.entries(reps) or []
    times = [1] * (ops.rank(like) - len(times)) + times
    sizes = [1] * (len(times) - ops.rank(like)) + ops.sizes(like)
    apart: list[Any] = []
    summed: list[int] = []
    for count, size in zip(times, sizes, strict=True):
        if not isinstance(count, int) or count != 1:
            summed.append(len(apart))
            apart.append(count)
        apart.append(size)
    if not summed:
        return ops.reshape(w, like.shape)
    axes = summed[0] if len(summed) == 1 else tuple(summed)
    if len(apart) - len(summed) == ops.rank(like):
        return _summed(w, ops.pack(w, apart), axes, like)
    return ops.reshape(call("np.sum", ops.reshape(w, ops.pack(w, apart)), axis=axes), like.shape)


def _summed(w: Expr, apart: Expr, axes: Any, like: Expr) -> Expr:
    """w as an array of more axes, summed over some so that the shape of `like` is left."""
    kind = Array(dtype_of(w.kind), dims_of(like.kind))
    return call("np.sum", ops.reshape(w, apart), axis=axes, kind=kind)


@linear_op
def roll(shift: Expr, t: Expr, *, axis: Any = None) -> Expr:
    return call("np.roll", t, shift, axis=axis)


@transpose(roll)
def roll_t(w: Expr, shift: Expr, *, axis: Any = None) -> Any:
    return call("np.roll", w, ops.opposite(shift), axis=axis)


@linear_op
def diag(t: Expr, *, k: int = 0) -> Expr:
    """The matrix with this diagonal."""
    return call("np.diag", t, k=k)


@transpose(diag)
def diag_t(w: Expr, *, k: int = 0) -> Any:
    return call("np.diagonal", w, offset=k)


@linear_op
def triangle(t: Expr, *, of: str, k: int = 0) -> Expr:
    """`np.tril` or `np.triu`."""
    return masked(call(of, t, k=k))


@transpose(triangle)
def triangle_t(w: Expr, *, of: str, k: int = 0) -> Any:
    return triangle.apply(w, of=of, k=k)
