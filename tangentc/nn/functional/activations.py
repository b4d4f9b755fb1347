"""Functions that act entry by entry, and the softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.api import stop_gradient
from tangentc.custom import linearise, primitive
from tangentc.eager import operation

__all__ = [
    "elu",
    "gelu",
    "hardtanh",
    "leaky_relu",
    "log_softmax",
    "logsigmoid",
    "relu",
    "relu6",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]


@primitive(elementwise=True)
def logistic(x: Any) -> Any:
    """1 / (1 + exp(-x)), without overflow and with full relative accuracy in both tails."""
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


@linearise(logistic)
def logistic_rule(y: Any, x: Any, *, dx: Any) -> Any:  # y' = y (1 - y)
    return y * (1 - y) * dx


@primitive(elementwise=True)
def soft_positive(x: Any) -> Any:
    """log(1 + exp(x)), without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@linearise(soft_positive)
def soft_positive_rule(y: Any, x: Any, *, dx: Any) -> Any:  # exp(x) / (1 + exp(x))
    return logistic(x) * dx


@primitive(elementwise=True)
def positive_part(x: Any) -> Any:
    """max(x, 0)."""
    return np.maximum(x, 0)


@linearise(positive_part)
def positive_part_rule(
    y: Any, x: Any, *, dx: Any
) -> Any:  # slope 0 at 0, where np.maximum shares the cotangent
    # A product is many times as fast as a choice by np.where, whose branches cannot be foreseen.
    return (y > 0) * dx


@operation("ReluBackward0")
def relu(input: Any) -> Any:
    """max(x, 0), with slope 0 at 0; NaN stays NaN."""
    return positive_part(input)


@operation("HardtanhBackward0")
def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """x limited to [min_val, max_val], with slope 0 from the limits on."""
    return np.where(input <= min_val, min_val, np.where(input >= max_val, max_val, input))


@operation("HardtanhBackward0")
def relu6(input: Any) -> Any:
    """x limited to [0, 6], with slope 0 from the limits on."""
    return np.where(input <= 0, 0, np.where(input >= 6, 6, input))


@operation("LeakyReluBackward0")
def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """x where it is positive, else negative_slope x."""
    return np.where(input > 0, input, negative_slope * input)


@operation("EluBackward0")
def elu(input: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha (exp(x) - 1)."""
    return np.where(input > 0, input, alpha * np.expm1(np.where(input > 0, 0, input)))


@operation("GeluBackward0")
def gelu(input: Any, approximate: str = "none") -> Any:
    """x times the probability that a standard normal variable is less than x.

    Args:   approximate: "tanh" for the formula with tanh; "none" needs SciPy, for erf.
    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """
    if approximate == "tanh":
        inner = 0.7978845608028654 * (input + 0.044715 * input * input * input)  # sqrt(2 / pi)
        return 0.5 * input * (1 + np.tanh(inner))
    if approximate != "none":
        raise RuntimeError("approximate argument must be either none or tanh.")
    return input * normal_probability(input)


@primitive(elementwise=True)
def normal_probability(x: Any) -> Any:
    """The probability that a standard normal variable is less than x."""
    try:
        from scipy.special import ndtr
    except ImportError:
        raise ImportError("gelu needs SciPy: pip install 'tangentc[nn]', or gelu(x, \"tanh\")") from None
    return ndtr(x)


@linearise(normal_probability)
def normal_probability_rule(y: Any, x: Any, *, dx: Any) -> Any:  # the density, exp(-x^2 / 2) / sqrt(2 pi)
    return 0.3989422804014327 * np.exp(-0.5 * x * x) * dx


@operation("SiluBackward0")
def silu(input: Any) -> Any:
    """x times its logistic function."""
    return input * logistic(input)


@operation("SigmoidBackward0")
def sigmoid(input: Any) -> Any:
    """The logistic function, 1 / (1 + exp(-x))."""
    return logistic(input)


@operation("LogSigmoidBackward0")
def logsigmoid(input: Any) -> Any:
    """log(1 / (1 + exp(-x))), without overflow."""
    return -soft_positive(-input)


@operation("TanhBackward0")
def tanh(input: Any) -> Any:
    """The hyperbolic tangent."""
    return np.tanh(input)


@operation("SoftplusBackward0")
def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta x)) / beta; x itself where beta x exceeds the threshold."""
    scaled = beta * input
    return np.where(scaled > threshold, input, soft_positive(scaled) / beta)


@operation("SoftmaxBackward0")
def softmax(input: Any, dim: int) -> Any:
    """exp(x) divided by its sum along an axis."""
    # A shift changes nothing, hence the largest entry counts as a constant.
    weights = np.exp(input - stop_gradient(np.max(input, axis=dim, keepdims=True)))
    return weights / np.sum(weights, axis=dim, keepdims=True)


@operation("LogSoftmaxBackward0")
def log_softmax(input: Any, dim: int) -> Any:
    """The logarithm of the softmax, x - log(sum(exp(x))), without overflow."""
    shifted = input - stop_gradient(np.max(input, axis=dim, keepdims=True))
    return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))
