"""One number for each position of a window on an image: its largest entry, or its mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tangentc.custom import nondifferentiable, primitive, transpose
from tangentc.eager import operation
from tangentc.kinds.types import Array, Kind, dtype_of, fresh
from tangentc.nn.functional.windows import around, pair, windows

__all__ = ["adaptive_avg_pool2d", "avg_pool2d", "max_pool2d"]


@operation("MaxPool2DWithIndicesBackward0")
def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    """The largest entry in each window; of equal ones the first takes the gradient.

    Args:
        input: (n, channels, height, width), or one image without the first axis.
        stride: between windows; by default their size.
        padding: rows and columns outside of the image that windows may cover; at most half of the window.
        dilation: between the entries of a window.
        ceil_mode: keep a last window that is only partly on the image.
    Returns: (n, channels, positions along the height, and along the width).
    """
    x = input if input.ndim == 4 else input[np.newaxis]
    kernel, gap = pair(kernel_size), pair(dilation)
    step = kernel if stride is None else pair(stride)
    sides = pooled_sides(x.shape[2:], kernel, step, pair(padding), gap, ceil_mode)
    placing = x.shape[2:], kernel, step, sides, gap
    seen = windows(x, *placing)
    largest = chosen(seen, first_largest(seen, *placing), kernel[0] * kernel[1])
    y = np.ascontiguousarray(np.swapaxes(largest, 0, 1))
    if (
        gap[0] != 1 or gap[1] != 1
    ):  # the entries of a window may lie on both sides of a small image, and none on it
        y = np.where(is_on_image(*placing), y, -np.inf)
    return y if input.ndim == 4 else y[0]


def _without_entries(dims: tuple[Any, ...] | None) -> tuple[Any, ...]:
    return tuple(fresh() for _ in range(4)) if dims is None else (dims[0], *dims[2:])


def _places_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    dims = kinds[0].dims if isinstance(kinds[0], Array) else None
    return Array(np.dtype(np.intp), _without_entries(dims))


def _chosen_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    dims = kinds[0].dims if isinstance(kinds[0], Array) else None
    return Array(dtype_of(kinds[0]), _without_entries(dims))


def _put_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    dims = kinds[0].dims if isinstance(kinds[0], Array) else None
    known = tuple(fresh() for _ in range(4)) if dims is None else dims
    return Array(dtype_of(kinds[0]), (known[0], fresh(), *known[1:]))


@primitive(kind=_chosen_kind)
def chosen(seen: Any, first: Any, count: Any) -> Any:
    """Of each window of `count` entries the one whose number is in `first`: (c, count, n, …) -> (c, n, …)."""
    channels, size = seen.shape[0], math.prod(seen.shape[2:])
    places = first.reshape(channels, size) * size + np.arange(size)
    return np.take_along_axis(seen.reshape(channels, count * size), places, axis=1).reshape(first.shape)


@primitive(kind=_put_kind)
def put_back(y: Any, first: Any, count: Any) -> Any:
    """The transpose of `chosen`: windows with one entry, and zeros."""
    seen = np.empty((y.shape[0], count, *y.shape[1:]), y.dtype)
    for entry in range(count):
        np.multiply(y, first == entry, out=seen[:, entry])
    return seen


@transpose(chosen)
def chosen_transpose(y: Any, first: Any, count: Any) -> Any:
    return put_back(y, first, count)


@transpose(put_back)
def put_back_transpose(seen: Any, first: Any, count: Any) -> Any:
    return chosen(seen, first, count)


@nondifferentiable
@primitive(kind=_places_kind)
def first_largest(seen: Any, sizes: Any, kernel: Any, stride: Any, sides: Any, dilation: Any) -> Any:
    """The number of the first largest entry of each window, on the image and not around it."""
    if sides == around(0):
        return _largest_along_entries(seen)
    image = np.ones((1, 1, *sizes), bool)
    is_inside = windows(image, sizes, kernel, stride, sides, dilation)
    first = _largest_along_entries(np.where(is_inside, seen, -np.inf))
    found = np.take_along_axis(np.broadcast_to(is_inside, seen.shape), first[:, np.newaxis], axis=1)[:, 0]
    # A window of nothing but -inf: outside of the image is no better.
    return np.where(found, first, np.argmax(is_inside, axis=1))


def _largest_along_entries(seen: Any) -> Any:
    """np.argmax(seen, axis=1): NaN counts as largest.  With few entries a pass for each is much faster."""
    best = seen[:, 0]
    first = np.zeros(best.shape, np.intp)
    for entry in range(1, seen.shape[1]):
        x = seen[:, entry]
        is_better = (x > best) | ((x != x) & (best == best))
        first = np.maximum(first, is_better * entry)
        best = np.maximum(best, x)
    return first


@nondifferentiable
def is_on_image(sizes: Any, kernel: Any, stride: Any, sides: Any, dilation: Any) -> Any:
    """For each window whether any of its entries is on the image."""
    seen = windows(np.ones((1, 1, *sizes), bool), sizes, kernel, stride, sides, dilation)
    return np.any(seen[0, :, 0], axis=0)


@operation("AvgPool2DBackward0")
def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window.

    Args:
        count_include_pad: whether the rows and columns of zeros around the image count as entries.
        divisor_override: divide the sum by this, instead of the number of entries.
        the others: as for `max_pool2d`.
    """
    x = input if input.ndim == 4 else input[np.newaxis]
    kernel, room = pair(kernel_size), pair(padding)
    step = kernel if stride is None else pair(stride)
    sides = pooled_sides(x.shape[2:], kernel, step, room, (1, 1), ceil_mode)
    totals = np.sum(windows(x, x.shape[2:], kernel, step, sides, (1, 1)), axis=1)
    totals = np.ascontiguousarray(np.swapaxes(totals, 0, 1))
    if divisor_override is not None:
        y = totals / divisor_override
    elif sides == around(0):
        y = totals / (kernel[0] * kernel[1])
    else:
        y = totals / entry_counts(x, kernel, step, sides, room if count_include_pad else (0, 0))
    return y if input.ndim == 4 else y[0]


@nondifferentiable
def pooled_sides(sizes: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: Any) -> Any:
    """How many rows before and after the image the windows cover, and how many columns.

    Raises: RuntimeError: more padding than half of a window.
    """
    if any(2 * room > size for room, size in zip(padding, kernel, strict=True)):
        raise RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={max(padding)} and "
            f"kernel_size={max(kernel)}"
        )
    sides = []
    for size, count, step, room, gap in zip(sizes, kernel, stride, padding, dilation, strict=True):
        free = size + 2 * room - gap * (count - 1) - 1
        after = room
        if ceil_mode and free % step and (free // step + 1) * step < size + room:
            after += step - free % step  # a window more, which starts on the image
        sides.append((room, after))
    return tuple(sides)


@nondifferentiable
def entry_counts(x: Any, kernel: Any, stride: Any, sides: Any, counted: Any) -> Any:
    """How many entries each window has, on the image and on so many rows and columns around it."""
    along = []
    for size, count, step, (before, after), room in zip(
        x.shape[2:], kernel, stride, sides, counted, strict=True
    ):
        starts = np.arange(-before, size + after - count + 1, step)
        along.append(np.minimum(starts + count, size + room) - np.maximum(starts, -room))
    return np.multiply.outer(*along).astype(x.dtype)


@operation("AdaptiveAvgPool2DBackward0")
def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """Means over windows of such sizes that there are `output_size` of them.

    Args:    input: (…, height, width); output_size: a number or a pair, None for the size of the input.
    Returns: (…, positions along the height, and along the width).
    """
    height, width = pair(output_size) if output_size is not None else (None, None)
    down = averages(input, input.shape[-2], height)
    across = averages(input, input.shape[-1], width)
    return down @ input @ across.T


@nondifferentiable
def averages(x: Any, size: Any, parts: Any) -> Any:
    """The matrix that takes the means of `parts` runs of `size` entries; runs may share an entry."""
    parts = size if parts is None else parts
    starts = np.arange(parts) * size // parts
    ends = -(np.arange(1, parts + 1) * -size // parts)
    places = np.arange(size)
    is_inside = (places >= starts[:, np.newaxis]) & (places < ends[:, np.newaxis])
    return is_inside.astype(x.dtype) / (ends - starts)[:, np.newaxis].astype(x.dtype)
