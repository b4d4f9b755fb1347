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

_OPPOSITE = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


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
    places = [ops.dim(like, k) if k != axis % rank(like) else size for k in range(rank(like))]
    whole = ops.zeros(ops.pack(w, tuple(places)), dtype_of(w.kind) or np.dtype(complex))
    _store(whole, axis, size // 2 + 1, w)
    found = call("np.real", call(f"{module}.fft", masked(whole), axis=axis, norm=norm))
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
    spectrum = call("np.conjugate", call(f"{module}.rfft", w, axis=axis, norm=_OPPOSITE[norm]))
    size = ops.dim(w, axis)
    place = ops.arange(w, size // 2 + 1)
    alone = call("or_", call("eq", place, 0), call("eq", 2 * place, size))
    counts = ops.where(alone, 1.0, 2.0)
    after = rank(like) - 1 - axis % rank(like)
    found = spectrum * (counts.getitem((Slice(), *(None,) * after)) if after else counts)
    return found if n is None else _fitted(found, like, (axis,))


def _fitted(w: Expr, like: Expr, axes: tuple[int, ...]) -> Expr:
    """As long as `like` along the axes: the rest is cut off, or zero."""
    for axis in axes:
        have, want = ops.dim(w, axis), ops.dim(like, axis)
        if isinstance(have, int) and isinstance(want, int):
            if have > want:
                w = w.getitem(_cut(axis, want))
            if have >= want:
                continue
        common = np.minimum(have, want)
        places = [ops.dim(w, k) if k != axis % rank(w) else want for k in range(rank(w))]
        whole = ops.zeros(ops.pack(w, tuple(places)), dtype_of(w.kind) or np.dtype(complex))
        part = (
            w.getitem(_cut(axis, Hole(0)), common)
            if isinstance(common, Expr)
            else w.getitem(_cut(axis, int(common)))
        )
        _store(whole, axis, common, part)
        w = masked(whole)
    return w


def _store(whole: Expr, axis: int, count: Any, part: Expr) -> None:
    """whole[..., :count] = part"""
    if isinstance(count, Expr):
        whole.builder.store(whole.atom, _cut(axis, Hole(0)), (count.atom,), part.atom)
    else:
        whole.builder.store(whole.atom, _cut(axis, int(count)), (), part.atom)


def _cut(axis: int, stop: Any) -> tuple[Any, ...]:
    cut, whole = Slice(None, stop), Slice()
    return (*(whole,) * axis, cut) if axis >= 0 else (Ellipsis, cut, *(whole,) * (-axis - 1))


_PAIRS = {1: 1, 2: 3, 3: 2, 4: 4}


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
    found = call(name, w, type=_PAIRS[type], axis=axis, norm=norm)
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
    after = rank(w) - 1 - axis % rank(w)
    return weights.getitem((Slice(), *(None,) * after)) if after else weights
