"""The windows of images that a kernel is laid on, and their transpose: what convolutions and pooling have in common.

Sizes, strides and dilations are pairs: along the height and along the width; paddings are a pair of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tangentc.custom import primitive, transpose
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import Array, Kind, dtype_of, fresh

__all__ = ["around", "pair", "spread_windows", "windows"]

Arr = np.ndarray[Any, np.dtype[Any]]
Pair = tuple[int, int]
Paddings = tuple[Pair, Pair]

NO_PADDING = ((0, 0), (0, 0))


def _windows_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    count, channels = _dims(kinds[0], 4)[:2]
    return Array(dtype_of(kinds[0]), (channels, fresh(), count, fresh(), fresh()))


def _images_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    channels, count = _dims(kinds[0], 5)[:3:2]
    return Array(dtype_of(kinds[0]), (count, channels, *(dims_of_shape(kinds[1]) or (fresh(), fresh()))))


def _dims(kind: Kind, rank: int) -> tuple[Any, ...]:
    known = kind.dims if isinstance(kind, Array) else None
    return tuple(fresh() for _ in range(rank)) if known is None else known


@primitive(kind=_windows_kind)
def windows(x: Any, sizes: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The entries under the kernel, for each of its positions; zeros surround the images.

    All images stand side by side, so that a convolution is one product of matrices.

    Args:
        x: (n, c, height, width).
        sizes: the height and the width.
        kernel: the sizes of the kernel.
    Returns: (c, entries of the kernel, n, positions along the height, positions along the width).
    Raises:  RuntimeError: the kernel has no position.
    """
    counts = _positions(sizes, kernel, stride, padding, dilation)
    found = np.empty((x.shape[1], kernel[0] * kernel[1], x.shape[0], *counts), x.dtype)
    x = np.swapaxes(_surrounded(x, padding), 0, 1)
    for entry, under in enumerate(_under_each_entry(counts, kernel, stride, dilation)):
        found[:, entry] = x[under]
    return found


@primitive(kind=_images_kind)
def spread_windows(w: Any, sizes: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The transpose of `windows`: what lies under the kernel is added to where it came from."""
    x = np.zeros((w.shape[2], w.shape[0], *_padded(sizes, padding)), w.dtype)
    turned = np.swapaxes(x, 0, 1)
    for entry, under in enumerate(_under_each_entry(w.shape[3:], kernel, stride, dilation)):
        turned[under] += w[:, entry]
    return x[_inside(sizes, padding)]


@transpose(windows)
def windows_transpose(w: Any, *placing: Any) -> Any:
    return spread_windows(w, *placing)


@transpose(spread_windows)
def spread_windows_transpose(x: Any, *placing: Any) -> Any:
    return windows(x, *placing)


def _under_each_entry(counts: Any, kernel: Any, stride: Pair, dilation: Pair) -> Iterator[Any]:
    """For each entry of the kernel the index of what it lies on, over all positions of the kernel."""
    for place in np.ndindex(*kernel):
        starts = [k * gap for k, gap in zip(place, dilation, strict=True)]
        along = [
            slice(start, start + step * (count - 1) + 1, step)
            for start, step, count in zip(starts, stride, counts, strict=True)
        ]
        yield (slice(None), slice(None), *along)


def _positions(sizes: Any, kernel: Any, stride: Pair, padding: Paddings, dilation: Pair) -> list[int]:
    """How many positions the kernel has along each axis."""
    spans = [gap * (count - 1) + 1 for gap, count in zip(dilation, kernel, strict=True)]
    padded = _padded(sizes, padding)
    if any(span > size for span, size in zip(spans, padded, strict=True)):
        raise RuntimeError(
            f"the kernel spans {spans[0]} x {spans[1]}, more than the padded input of {padded[0]} x {padded[1]}"
        )
    return [(size - span) // step + 1 for size, span, step in zip(padded, spans, stride, strict=True)]


def _padded(sizes: Any, padding: Paddings) -> list[int]:
    return [size + before + after for size, (before, after) in zip(sizes, padding, strict=True)]


def _inside(sizes: Any, padding: Paddings) -> Any:
    along = [slice(before, before + size) for size, (before, _) in zip(sizes, padding, strict=True)]
    return (slice(None), slice(None), *along)


def _surrounded(x: Arr, padding: Paddings) -> Arr:
    if padding == NO_PADDING:
        return x
    sizes = x.shape[2:]
    wide = np.zeros((*x.shape[:2], *_padded(sizes, padding)), x.dtype)
    wide[_inside(sizes, padding)] = x
    return wide


def pair(value: Any) -> Any:
    """One number for both axes, or one for each."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def around(padding: Any) -> Any:
    """As many rows before as after, and as many columns."""
    down, across = pair(padding)
    return ((down, down), (across, across))
