"""First values of parameters: each function fills a tensor in place, outside of the graph, and gives it back.

Random numbers are those that `manual_seed` starts, or of the `generator` that is given.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tangentc.eager import Generator, Tensor
from tangentc.eager.creation import source
from tangentc.nn.tensors import overwrite

__all__ = [
    "calculate_gain", "constant_", "eye_", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_", "orthogonal_",
    "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip


def _filled(tensor: Tensor, value: Any) -> Tensor:
    overwrite(tensor, value)
    return tensor


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform in [a, b)."""
    return _filled(tensor, source(generator).uniform(a, b, tensor.shape))


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Normal with this mean and standard deviation."""
    return _filled(tensor, source(generator).normal(mean, std, tensor.shape))


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normal, under the condition that it is in [a, b]: what falls outside is drawn again.

    Raises: ValueError: the interval is empty, or so far out that hardly anything falls into it.
    """
    low, high = (a - mean) / std, (b - mean) / std
    share = 0.5 * (math.erf(high / math.sqrt(2)) - math.erf(low / math.sqrt(2)))
    if not share > 1e-3:
        raise ValueError(
            f"only a part {share:.1e} of the normal numbers is in [{a}, {b}]; choose another interval"
        )
    random = source(generator)
    values = random.normal(size=tensor.shape)
    while (outside := (values < low) | (values > high)).any():
        values[outside] = random.normal(size=np.count_nonzero(outside))
    return _filled(tensor, mean + std * values)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """The same number everywhere."""
    return _filled(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return _filled(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return _filled(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix.

    Raises: ValueError: the tensor is no matrix.
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _filled(tensor, np.eye(*tensor.shape))


def orthogonal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """A matrix with orthogonal rows or columns of length `gain`; axes after the first are taken together.

    Raises: ValueError: the tensor has fewer than two axes.
    Source: Saxe, McClelland and Ganguli, 2013; Mezzadri, "How to generate random matrices", 2007 (for the signs).
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    rows = tensor.shape[0]
    columns = tensor.numel() // rows if rows else 0
    flat = source(generator).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(flat)
    q = q * np.where(np.diag(r) < 0, -1, 1)
    return _filled(tensor, gain * (q if rows >= columns else q.T).reshape(tensor.shape))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform with variance gain^2 * 2 / (fan_in + fan_out).

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    """
    bound = math.sqrt(3) * _xavier_deviation(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal with variance gain^2 * 2 / (fan_in + fan_out).  Source: as for `xavier_uniform_`."""
    return normal_(tensor, 0.0, _xavier_deviation(tensor, gain), generator)


def _xavier_deviation(tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor)))


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform with variance gain^2 / fan.

    Args:
        a: the negative slope of the leaky relu that follows.
        mode: the fan: "fan_in" keeps the variance of the values, "fan_out" that of the gradients.
        nonlinearity: what follows, see `calculate_gain`.
    Source: He et al., "Delving Deep into Rectifiers", 2015.
    """
    bound = math.sqrt(3.0) * _kaiming_deviation(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal with variance gain^2 / fan.  Arguments and source: as for `kaiming_uniform_`."""
    return normal_(tensor, 0.0, _kaiming_deviation(tensor, a, mode, nonlinearity), generator)


def _kaiming_deviation(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    fans = dict(zip(("fan_in", "fan_out"), _calculate_fan_in_and_fan_out(tensor), strict=True))
    if mode.lower() not in fans:
        raise ValueError(f"Mode {mode} not supported, please use one of {list(fans)}")
    fan = fans[mode.lower()]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan) if fan else 0.0


_GAINS = {
    **dict.fromkeys(("linear", "sigmoid", "conv1d", "conv2d", "conv3d"), 1.0),
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """How much larger weights should be before this nonlinearity, for values to keep their size.

    Args:   nonlinearity: a name as in `functional`; param: the negative slope of "leaky_relu", 0.01 by default.
    Raises: ValueError: an unknown name.
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return _GAINS[nonlinearity]


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """With how many values a result is made, and in how many results a value is used."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    window = math.prod(tensor.shape[2:])
    return tensor.shape[1] * window, tensor.shape[0] * window
