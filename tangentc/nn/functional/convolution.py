"""Convolutions, and the windows that they are products of.

A convolution is the product of the kernels, as rows of a matrix, with the windows that they are laid on, as columns.
Its adjoint is the two products that belong to it, and the transpose of taking windows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.custom import nondifferentiable, primitive
from tangentc.eager import operation
from tangentc.nn.functional.windows import around, pair, spread_windows, windows

__all__ = ["conv1d", "conv2d", "fold", "unfold"]


@operation("ConvolutionBackward0")
def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The cross-correlation of images with kernels.

    Args:
        input: (n, channels, height, width), or one image without the first axis.
        weight: (outputs, channels / groups, rows, columns).
        bias: (outputs,).
        stride, dilation: between positions of a kernel, and between its entries; a number or a pair.
        padding: rows and columns of zeros on each side, a number or a pair; "same" for an output of the size
            of the input, "valid" for none.
        groups: the parts into which channels and outputs are divided, each with kernels of its own.
    Returns: (n, outputs, positions along the height, and along the width).
    Raises:  RuntimeError: the channels do not fit, or a kernel has no position.
    """
    if input.ndim == 3:
        return _convolved(input[np.newaxis], weight, bias, stride, padding, dilation, groups)[0]
    return _convolved(input, weight, bias, stride, padding, dilation, groups)


@operation("ConvolutionBackward0")
def conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The cross-correlation of sequences with kernels: `conv2d` for images of one row.

    Args:    input: (n, channels, length), or one sequence without the first axis;
             weight: (outputs, channels / groups, entries); bias: (outputs,); the rest as for `conv2d`.
    Returns: (n, outputs, positions).
    """
    rows = weight[:, :, np.newaxis, :]
    settings = _one_row(stride, 1), _one_row(padding, 0), _one_row(dilation, 1), groups
    if input.ndim == 2:
        return _convolved(input[np.newaxis, :, np.newaxis], rows, bias, *settings)[0, :, 0]
    return _convolved(input[:, :, np.newaxis], rows, bias, *settings)[:, :, 0]


def _one_row(setting: Any, across: int) -> Any:
    """A setting along the length, as a pair for an image of one row."""
    if isinstance(setting, str):
        return setting
    return (across, setting if isinstance(setting, int) else setting[0])


def _convolved(x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    check_channels(x.shape, weight.shape, groups)
    n, (outputs, depth), kernel = x.shape[0], weight.shape[:2], weight.shape[2:]
    gaps = pair(dilation)
    is_named = isinstance(padding, str)
    sides = named_padding(padding, kernel, pair(stride), gaps) if is_named else around(padding)
    seen = windows(x, x.shape[2:], kernel, pair(stride), sides, gaps)
    rows, columns = seen.shape[3:]
    entries = depth * kernel[0] * kernel[1]
    kernels = np.reshape(weight, (groups, outputs // groups, entries))
    products = kernels @ np.reshape(seen, (groups, entries, n * rows * columns))
    y = np.reshape(products, (outputs, n, rows, columns))
    if bias is not None:
        y = y + np.reshape(bias, (outputs, 1, 1, 1))
    return np.ascontiguousarray(np.swapaxes(y, 0, 1))


@nondifferentiable
@primitive(pure=False)
def check_channels(sizes: Any, kernels: Any, groups: Any) -> None:
    """See that a kernel has as many channels as a part of the images.

    Raises: RuntimeError: it has not.
    """
    if sizes[1] != groups * kernels[1] or kernels[0] % groups != 0:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {[*kernels]}, expected input{[*sizes]} to have "
            f"{groups * kernels[1]} channels, but got {sizes[1]} channels instead"
        )


@nondifferentiable
def named_padding(padding: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    """How many rows before and after, and how many columns, for "same" and "valid".

    Raises: ValueError: another name, or strides with "same".
    """
    if padding == "valid":
        return around(0)
    if padding != "same":
        raise ValueError(f"padding is 'valid', 'same' or numbers, not {padding!r}")
    if tuple(stride) != (1, 1):
        raise ValueError("padding='same' is not supported for strided convolutions")
    down, across = dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)
    return ((down // 2, down - down // 2), (across // 2, across - across // 2))


@operation("Im2ColBackward0")
def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The windows that a kernel is laid on, as columns.

    Args:    input: (n, channels, height, width).
    Returns: (n, channels times entries of the kernel, positions of the kernel).
    """
    placing = pair(kernel_size), pair(stride), around(padding), pair(dilation)
    seen = windows(input, input.shape[2:], *placing)
    channels, entries, n, rows, columns = seen.shape
    return np.reshape(np.ascontiguousarray(np.moveaxis(seen, 2, 0)), (n, channels * entries, rows * columns))


@operation("Col2ImBackward0")
def fold(
    input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """The transpose of `unfold`: the sum of what the columns hold for each place of an image.

    Args:    input: (n, channels times entries of the kernel, positions of the kernel);
             output_size: height and width of the images.
    Returns: (n, channels, height, width).
    """
    sizes, kernel, step, gap = pair(output_size), pair(kernel_size), pair(stride), pair(dilation)
    down, across = pair(padding)
    rows = (sizes[0] + 2 * down - gap[0] * (kernel[0] - 1) - 1) // step[0] + 1
    columns = (sizes[1] + 2 * across - gap[1] * (kernel[1] - 1) - 1) // step[1] + 1
    entries = kernel[0] * kernel[1]
    seen = np.reshape(input, (input.shape[0], input.shape[1] // entries, entries, rows, columns))
    return spread_windows(np.moveaxis(seen, 0, 2), sizes, kernel, step, around(padding), gap)
