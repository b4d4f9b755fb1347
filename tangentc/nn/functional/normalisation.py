"""Entries brought to mean 0 and variance 1: of each sample, or of each channel over a batch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tangentc.custom import nondifferentiable, primitive
from tangentc.eager import Tensor, operation
from tangentc.nn.tensors import array

__all__ = ["batch_norm", "layer_norm"]


@operation("NativeLayerNormBackward0")
def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """(x - mean) / sqrt(variance + eps) over the last axes, then times weight plus bias.

    Args:
        normalized_shape: the sizes of those axes, a number or a tuple; the shape of weight and bias.
    Raises: RuntimeError: the input does not end in these sizes.
    Source: Ba, Kiros and Hinton, "Layer Normalization", 2016.
    """
    sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    check_ending(input.shape, sizes)
    axes = tuple(range(-len(sizes), 0))
    centred = input - np.mean(input, axis=axes, keepdims=True)
    variance = np.mean(centred * centred, axis=axes, keepdims=True)
    y = centred / np.sqrt(variance + eps)
    if weight is not None:
        y = y * weight
    return y if bias is None else y + bias


@nondifferentiable
@primitive(pure=False)
def check_ending(shape: Any, sizes: Any) -> None:
    """See that a shape ends in some sizes.

    Raises: RuntimeError: it does not.
    """
    if tuple(shape[-len(sizes) :]) != tuple(sizes):
        raise RuntimeError(
            f"the input is to end in axes of the sizes {[*sizes]}, and its shape is {[*shape]}"
        )


@operation("NativeBatchNormBackward0")
def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """(x - mean) / sqrt(variance + eps) for each channel, then times weight plus bias.

    In training mean and variance are those of the batch, and the running ones move towards them in place; else they are
    the running ones.

    Args:
        input: (n, channels, …); the others are of shape (channels,) or None.
        momentum: the part of the way that the running statistics move.
    Raises: ValueError: in training, with one value for a channel.
    Source: Ioffe and Szegedy, "Batch Normalization", 2015.
    """
    axes = (0, *range(2, input.ndim))
    shape = (1, input.shape[1]) + (1,) * (input.ndim - 2)
    if training:
        mean = np.mean(input, axis=axes, keepdims=True)
        centred = input - mean
        variance = np.mean(centred * centred, axis=axes, keepdims=True)
        track(running_mean, running_var, mean, variance, input.shape, momentum)
    else:
        centred = input - np.reshape(running_mean, shape)
        variance = np.reshape(running_var, shape)
    y = centred / np.sqrt(variance + eps)
    if weight is not None:
        y = y * np.reshape(weight, shape)
    return y if bias is None else y + np.reshape(bias, shape)


@nondifferentiable
@primitive(pure=False)
def track(running_mean: Any, running_var: Any, mean: Any, variance: Any, shape: Any, momentum: Any) -> None:
    """Move the running statistics towards those of a batch, in place; the variance is the unbiased one."""
    count = math.prod(shape) // shape[1]
    if count <= 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {[*shape]}")
    if running_mean is not None:
        running_mean += momentum * (mean.ravel() - running_mean)
    if running_var is not None:
        running_var += momentum * (variance.ravel() * (count / (count - 1)) - running_var)


@nondifferentiable
@primitive(pure=False)
def one_more(count: Any) -> Any:
    """Add 1 to a counter, in place; what it holds then."""
    found = array(count) if isinstance(count, Tensor) else count
    found += 1
    return float(found)
