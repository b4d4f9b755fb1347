"""Discrete Fourier transforms.

The matrix of a transform is symmetric, so that the transpose is the transform itself; around it, entries that padding
added are cut off, and those that were cut off are zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Slice
from tangentc.kinds.types import dtype_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose
from tangentc.rules.linear_ops.arithmetic import masked
from tangentc.rules.ops import rank

OPPOSITE = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}
"""The `norm` with which a transform and its inverse exchange their factors."""


@linear_op
def fourier(t: Expr, *, name: str, **options: Any) -> Expr:
    """fft, ifft and their like along several axes: `options` are those of the function."""
    return call(name, t, **options)


@transpose(fourier)
def fourier_t(w: Expr, like: Expr, *, name: str, **options: Any) -> Any:
    sizes, axes = options.get("s"), options.get("axes")
    if "axis" in options:
        sizes, axes = None if options["n"] is None else (options["n"],), (options["axis"],)
    if sizes is None:
        return call(name, w, **options)
    if axes is None:
        axes = tuple(range(-len(sizes), 0))
    w = call(name, w, **({"axis": axes[0]} if "axis" in options else {"axes": axes}), norm=options["norm"])
    return _fitted(w, like, axes)


@linear_op
def half_spectrum(t: Expr, *, module: str, n: int | None, axis: int, norm: str | None) -> Expr:
    """rfft: of a real array, the first half of the spectrum."""
    return call(f"{module}.rfft", t, n=n, axis=axis, norm=norm)


@transpose(half_spectrum)
def half_spectrum_t(w: Expr, like: Expr, *, module: str, n: int | None, axis: int, norm: str | None) -> Any:
    """The other half of the spectrum gets nothing; a real array gets the real part."""
    size = ops.dim(like, axis) if n is None else n
    whole = _begins_with(w, like, axis, size // 2 + 1, size)
    found = call("np.real", call(f"{module}.fft", whole, axis=axis, norm=norm))
    return found if n is None else _fitted(found, like, (axis,))


@linear_op
def from_half_spectrum(t: Expr, *, module: str, n: int | None, axis: int, norm: str | None) -> Expr:
    """irfft: the real array with this half of the spectrum."""
    return call(f"{module}.irfft", t, n=n, axis=axis, norm=norm)


@transpose(from_half_spectrum)
def from_half_spectrum_t(
    w: Expr, like: Expr, *, module: str, n: int | None, axis: int, norm: str | None
) -> Any:
    """An entry stands for its mirror image too, but for the first and, where n is even, the last."""
    spectrum = call("np.conjugate", call(f"{module}.rfft", w, axis=axis, norm=OPPOSITE[norm]))
    size = ops.dim(w, axis)
    place = ops.arange(w, size // 2 + 1)
    alone = call("or_", call("eq", place, 0), call("eq", 2 * place, size))
    counts = ops.where(alone, 1.0, 2.0)
    found = spectrum * _lying_along(counts, like, axis)
    return found if n is None else _fitted(found, like, (axis,))


def _fitted(w: Expr, like: Expr, axes: tuple[int, ...]) -> Expr:
    """As long as `like` along the axes: the rest is cut off, or zero."""
    for axis in axes:
        have, want = ops.dim(w, axis), ops.dim(like, axis)
        if isinstance(have, int) and isinstance(want, int):
            if have > want:
                w = w[ops.at(axis, slice(want))]
            if have >= want:
                continue
        common = np.minimum(have, want)
        common = common if isinstance(common, Expr) else int(common)
        w = _begins_with(w[ops.at(axis, slice(common))], w, axis, common, want)
    return w


def _begins_with(part: Expr, like: Expr, axis: int, count: Any, size: Any) -> Expr:
    """An array of this size along the axis, `like` another along the others: the part, then zeros."""
    sizes = ops.sizes(like)
    sizes[axis] = size
    whole = ops.zeros(ops.pack(part, tuple(sizes)), dtype_of(part.kind) or np.dtype(complex))
    if isinstance(count, Expr):
        part.builder.store(whole.atom, _cut(axis, Hole(0)), (count.atom,), part.atom)
    else:
        part.builder.store(whole.atom, _cut(axis, count), (), part.atom)
    return masked(whole)


def _cut(axis: int, stop: Any) -> tuple[Any, ...]:
    cut, whole = Slice(None, stop), Slice()
    return (*(whole,) * axis, cut) if axis >= 0 else (Ellipsis, cut, *(whole,) * (-axis - 1))


PAIRS = {1: 1, 2: 3, 3: 2, 4: 4}
"""The type of a cosine or sine transform that is, up to weights, its inverse and its transpose."""


@linear_op
def trigonometric(t: Expr, *, name: str, type: int, n: int | None, axis: int, norm: str | None) -> Expr:
    """scipy.fft.dct or dst."""
    return call(name, t, type=type, n=n, axis=axis, norm=norm)


@transpose(trigonometric)
def trigonometric_t(
    w: Expr, like: Expr, *, name: str, type: int, n: int | None, axis: int, norm: str | None
) -> Any:
    """Types 2 and 3 are each other's transposes, 1 and 4 their own, up to weights of the entries at the ends.

    Source: the definitions in the documentation of `scipy.fft`.
    """
    own = type == 1 and name.endswith("dct")  # weights at both ends
    if norm != "ortho" and (own or type == 2):
        w = w * 2.0 / _weights(w, name, axis, both=own)
    found = call(name, w, type=PAIRS[type], axis=axis, norm=norm)
    if norm != "ortho" and (own or type == 3):
        found = 0.5 * _weights(found, name, axis, both=own) * found
    return found if n is None else _fitted(found, like, (axis,))


def _weights(w: Expr, name: str, axis: int, both: bool) -> Expr:
    """1 for the first entry of a cosine transform, the last of a sine transform, or both ends; 2 for the others."""
    size = ops.dim(w, axis)
    place = ops.arange(w, size)
    single = call("eq", place, 0) if name.endswith("dct") else call("eq", place, size - 1)
    if both:
        single = call("or_", single, call("eq", place, size - 1))
    weights: Expr = ops.where(single, 1.0, 2.0)
    return _lying_along(weights, w, axis)


def _lying_along(x: Expr, y: Expr, axis: int) -> Expr:
    return x if axis in (-1, rank(y) - 1) else ops.lying_along(x, y, axis)
