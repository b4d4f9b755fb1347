"""Losses: how far outputs are from targets, entry by entry or as one number.

`reduction` is "mean", "sum", or "none" for the losses of the entries.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.custom import linearise, nondifferentiable, primitive
from tangentc.eager import operation
from tangentc.nn.functional.activations import log_softmax, soft_positive

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "nll_loss",
    "smooth_l1_loss",
]


def _reduced(losses: Any, reduction: str) -> Any:
    if reduction == "mean":
        return np.mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    if reduction != "none":
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return losses


@nondifferentiable
@primitive(pure=False)
def check_sizes(sizes: Any, target_sizes: Any) -> None:
    """See that input and target have the same shape: broadcasting them is nearly always a mistake.

    Raises: ValueError: they have not.
    """
    if tuple(sizes) != tuple(target_sizes):
        raise ValueError(
            f"the target has shape {[*target_sizes]}, the input {[*sizes]}; broadcast them if you mean it"
        )


@operation("MseLossBackward0")
def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """(x - t)^2."""
    check_sizes(input.shape, target.shape)
    difference = input - target
    return _reduced(difference * difference, reduction)


@operation("L1LossBackward0")
def l1_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """|x - t|, with slope 0 where they are equal."""
    check_sizes(input.shape, target.shape)
    return _reduced(np.abs(input - target), reduction)


@operation("SmoothL1LossBackward0")
def smooth_l1_loss(input: Any, target: Any, *, reduction: str = "mean", beta: float = 1.0) -> Any:
    """(x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2."""
    check_sizes(input.shape, target.shape)
    if beta == 0:
        return _reduced(np.abs(input - target), reduction)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    gap = np.abs(input - target)
    return _reduced(np.where(gap < beta, 0.5 * gap * gap / beta, gap - 0.5 * beta), reduction)


@operation("HuberLossBackward0")
def huber_loss(input: Any, target: Any, *, reduction: str = "mean", delta: float = 1.0) -> Any:
    """(x - t)^2 / 2 where |x - t| < delta, else delta (|x - t| - delta / 2)."""
    check_sizes(input.shape, target.shape)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    gap = np.abs(input - target)
    return _reduced(np.where(gap < delta, 0.5 * gap * gap, delta * (gap - 0.5 * delta)), reduction)


@operation("KlDivBackward0")
def kl_div(input: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """t (log t - x), for logarithms x of probabilities and probabilities t; 0 log 0 counts as 0.

    Args:
        reduction: also "batchmean", the sum divided by the size of the first axis: the mathematical divergence.
        log_target: the targets are logarithms too.
    """
    if log_target:
        losses = np.exp(target) * (target - input)
    else:
        some = target > 0
        losses = np.where(some, target * np.log(np.where(some, target, 1)), 0) - target * input
    if reduction == "batchmean":
        return np.sum(losses) / input.shape[0]
    return _reduced(losses, reduction)


@operation("BinaryCrossEntropyBackward0")
def binary_cross_entropy(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """-(t log x + (1 - t) log(1 - x)), for probabilities x; logarithms are limited to -100.

    Raises: RuntimeError: an input outside of [0, 1].
    """
    check_sizes(input.shape, target.shape)
    check_probabilities(input)
    losses = entropy_of_bit(input, target)
    return _reduced(losses if weight is None else losses * weight, reduction)


@nondifferentiable
@primitive(pure=False)
def check_probabilities(x: Any) -> None:
    """See that all entries are in [0, 1].

    Raises: RuntimeError: they are not.
    """
    if not np.all((x >= 0) & (x <= 1)):
        raise RuntimeError("all elements of input should be between 0 and 1")


@primitive(elementwise=True)
def entropy_of_bit(x: Any, t: Any) -> Any:
    """-(t log x + (1 - t) log(1 - x)), with logarithms of at least -100."""
    with np.errstate(divide="ignore"):
        return (t - 1) * np.maximum(np.log1p(-x), -100) - t * np.maximum(np.log(x), -100)


@primitive(elementwise=True)
def log_odds(x: Any) -> Any:
    """log(x / (1 - x)), with logarithms of at least -100."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), -100) - np.maximum(np.log1p(-x), -100)


@linearise(log_odds)
def log_odds_rule(y: Any, x: Any, *, dx: Any) -> Any:
    return dx / np.maximum(x * (1 - x), 1e-12)


@linearise(entropy_of_bit)
def entropy_of_bit_rule(y: Any, x: Any, t: Any, *, dx: Any, dt: Any) -> Any:
    # The divisor is kept from 0 as in PyTorch: a wrong certainty has a large slope, not an infinite one.
    return (x - t) / np.maximum(x * (1 - x), 1e-12) * dx - log_odds(x) * dt


@operation("BinaryCrossEntropyWithLogitsBackward0")
def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, *, pos_weight: Any = None, reduction: str = "mean"
) -> Any:
    """The binary cross-entropy of the logistic function of the input, without overflow.

    Args: weight: factors of the losses; pos_weight: factors of their terms with t.
    """
    check_sizes(input.shape, target.shape)
    softened = soft_positive(-input)
    if pos_weight is not None:
        softened = (1 + (pos_weight - 1) * target) * softened
    losses = (1 - target) * input + softened
    return _reduced(losses if weight is None else losses * weight, reduction)


@operation("NllLossBackward0")
def nll_loss(
    input: Any, target: Any, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean"
) -> Any:
    """-x at the target class, for logarithms x of probabilities.

    Args:
        input: (n, classes, …), or (classes,) for one sample.
        target: integers, (n, …), or ().
        weight: a factor for each class; the mean is then the weighted one.
        ignore_index: targets that do not count.
    Raises: IndexError: a target that is no class.
    """
    axis = 0 if input.ndim == 1 else 1
    check_classes(input.shape, target, ignore_index)
    counts = target != ignore_index
    classes = np.where(counts, target, 0)
    found = np.take_along_axis(input, np.expand_dims(classes, axis), axis=axis)
    losses = -np.squeeze(found, axis=axis)
    if weight is None:
        losses = np.where(counts, losses, 0)
        total = np.sum(counts, dtype=losses.dtype)
    else:
        weights = np.where(counts, weight[classes], 0)
        losses = np.where(counts, losses, 0) * weights
        total = np.sum(weights)
    if reduction == "mean":
        return np.sum(losses) / total
    return _reduced(losses, reduction)


@nondifferentiable
@primitive(pure=False)
def check_classes(sizes: Any, target: Any, ignore_index: Any) -> None:
    """See that the targets are classes of an input of the given shape: NumPy would count negative ones from the end.

    Raises: TypeError: no integers; ValueError: another shape; IndexError: no such class.
    """
    target = np.asarray(target)
    if target.dtype.kind not in "iu":
        raise TypeError(f"targets are the numbers of classes, integers, not of type {target.dtype}")
    expected = (*sizes[:1], *sizes[2:]) if len(sizes) > 1 else ()
    if target.shape != expected:
        raise ValueError(
            f"targets for an input of shape {[*sizes]} have shape {[*expected]}, not {[*target.shape]}"
        )
    outside = ((target < 0) | (target >= sizes[min(len(sizes), 2) - 1])) & (target != ignore_index)
    if np.any(outside):
        raise IndexError(f"Target {target[outside].flat[0]} is out of bounds.")


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """The cross-entropy of the softmax of the input: `nll_loss` of its logarithm.

    Args:
        input: (n, classes, …), or (classes,) for one sample.
        target: the numbers of classes, integers of shape (n, …); or probabilities, in the shape of the input.
        label_smoothing: the part of each target that is spread evenly over the classes.
        the others: as for `nll_loss`.
    """
    logs = log_softmax(input, 0 if input.ndim == 1 else 1)
    if np.dtype(target.dtype).kind == "f":
        return soft_nll_loss(logs, target, weight, reduction, label_smoothing)
    if label_smoothing == 0:
        return nll_loss(logs, target, weight, ignore_index=ignore_index, reduction=reduction)
    return smooth_nll_loss(logs, target, weight, ignore_index, reduction, label_smoothing)


@operation("SoftNllLossBackward0")
def soft_nll_loss(logs: Any, target: Any, weight: Any, reduction: str, label_smoothing: float) -> Any:
    """The sum over the classes of -t log p; the mean is over the samples, also with weights."""
    check_sizes(logs.shape, target.shape)
    axis = 0 if logs.ndim == 1 else 1
    classes = logs.shape[axis]
    terms = logs * (target * (1 - label_smoothing) + label_smoothing / classes)
    if weight is not None:
        terms = terms * _along_classes(weight, logs)
    return _reduced(-np.sum(terms, axis=axis), reduction)


@operation("SmoothNllLossBackward0")
def smooth_nll_loss(
    logs: Any, target: Any, weight: Any, ignore_index: int, reduction: str, label_smoothing: float
) -> Any:
    """The part 1 - s of `nll_loss`, and the part s of the mean over all classes, weighted as they are."""
    axis = 0 if logs.ndim == 1 else 1
    check_classes(logs.shape, target, ignore_index)
    counts = target != ignore_index
    classes = np.where(counts, target, 0)
    factors = np.ones(logs.shape[axis], logs.dtype) if weight is None else weight
    weights = np.where(counts, factors[classes], 0)
    found = np.squeeze(np.take_along_axis(logs, np.expand_dims(classes, axis), axis=axis), axis=axis)
    spread = np.sum(logs * _along_classes(factors, logs), axis=axis)
    share = label_smoothing / logs.shape[axis]
    losses = (label_smoothing - 1) * found * weights - share * np.where(counts, spread, 0)
    if reduction == "mean":
        return np.sum(losses) / np.sum(weights)
    return _reduced(losses, reduction)


def _along_classes(weight: Any, logs: Any) -> Any:
    """The weights of the classes, in a shape that is broadcast along the axis of the classes."""
    return weight if logs.ndim == 1 else np.reshape(weight, (-1,) + (1,) * (logs.ndim - 2))
