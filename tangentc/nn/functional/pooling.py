"""One number for each position of a window on an image: its largest entry, or its mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.custom import nondifferentiable, primitive
from tangentc.eager import operation
from tangentc.kinds.types import Array, Kind, fresh
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
    largest = np.take_along_axis(seen, first_largest(seen, *placing), axis=1)[:, 0]
    y = np.ascontiguousarray(np.swapaxes(largest, 0, 1))
    return y if input.ndim == 4 else y[0]


def _places_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    return Array(np.dtype(np.intp), tuple(fresh() for _ in range(5)))


@nondifferentiable
@primitive(kind=_places_kind)
def first_largest(seen: Any, sizes: Any, kernel: Any, stride: Any, sides: Any, dilation: Any) -> Any:
    """Where in each window its first largest entry is, on the image and not around it."""
    if sides == around(0):
        return np.argmax(seen, axis=1, keepdims=True)
    image = np.ones((1, 1, *sizes), bool)
    is_inside = windows(image, sizes, kernel, stride, sides, dilation)
    first = np.argmax(np.where(is_inside, seen, -np.inf), axis=1, keepdims=True)
    found = np.take_along_axis(np.broadcast_to(is_inside, seen.shape), first, axis=1)
    # A window of nothing but -inf: outside of the image is no better.
    return np.where(found, first, np.argmax(is_inside, axis=1, keepdims=True))


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
