"""Entries brought to mean 0 and variance 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.eager import Tensor, empty, ones, tensor, zeros
from tangentc.nn import functional as F
from tangentc.nn import init
from tangentc.nn.functional.normalisation import one_more
from tangentc.nn.module import Module
from tangentc.nn.parameter import Parameter
from tangentc.nn.tensors import overwrite

__all__ = ["BatchNorm1d", "BatchNorm2d", "LayerNorm"]


class LayerNorm(Module):
    """Mean 0 and variance 1 over the last axes of each sample, then weight and bias for each entry.

    Args: normalized_shape: the sizes of these axes.
    Source:  `torch.nn.LayerNorm`.
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape = sizes
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        has_bias = elementwise_affine and bias
        options = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(empty(sizes, **options)) if elementwise_affine else None)
        self.register_parameter("bias", Parameter(empty(sizes, **options)) if has_bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight 1 and bias 0."""
        _reset_to_identity(self)

    def forward(self, input: Tensor) -> Any:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        settings = f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        return f"{settings}, bias={self.bias is not None}"


def _reset_to_identity(module: Any) -> None:
    if module.weight is not None:
        init.ones_(module.weight)
    if module.bias is not None:
        init.zeros_(module.bias)


class _BatchNorm(Module):
    """What the two batch normalisations have in common: all but the number of axes."""

    ranks: tuple[int, ...]
    expected: str

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        options = {"device": device, "dtype": dtype}
        for name, is_there in (("weight", affine), ("bias", affine and bias)):
            self.register_parameter(name, Parameter(empty(num_features, **options)) if is_there else None)
        tracks = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, **options) if tracks else None)
        self.register_buffer("running_var", ones(num_features, **options) if tracks else None)
        self.register_buffer("num_batches_tracked", tensor(0, dtype=np.int64) if tracks else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight 1 and bias 0, and statistics as of no batch."""
        self.reset_running_stats()
        _reset_to_identity(self)

    def reset_running_stats(self) -> None:
        """Running mean 0 and variance 1, as of no batch."""
        if self.track_running_stats:
            overwrite(self.running_mean, 0)
            overwrite(self.running_var, 1)
            overwrite(self.num_batches_tracked, 0)

    def forward(self, input: Tensor) -> Any:
        if input.ndim not in self.ranks:
            raise ValueError(f"expected {self.expected} input (got {input.ndim}D input)")
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.num_batches_tracked is not None:
            count = one_more(self.num_batches_tracked)
            if self.momentum is None:
                momentum = 1.0 / count  # the running statistics are plain means over all batches
        has_statistics = self.running_mean is not None
        learns = self.training or not has_statistics
        tracks = has_statistics and (not self.training or self.track_running_stats)
        return F.batch_norm(
            input,
            self.running_mean if tracks else None,
            self.running_var if tracks else None,
            self.weight,
            self.bias,
            learns,
            momentum,
            self.eps,
        )

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    """Mean 0 and variance 1 for each channel over a batch.  Input (n, c) or (n, c, length).

    In training the statistics are those of the batch, and running ones are kept; in evaluation it is those.
    `momentum` is the part that a batch has in them; None makes them plain means.

    Source:  `torch.nn.BatchNorm1d`.
    """

    ranks = (2, 3)
    expected = "2D or 3D"


class BatchNorm2d(_BatchNorm):
    """Mean 0 and variance 1 for each channel over a batch.  Input (n, c, height, width); as `BatchNorm1d`.

    Source:  `torch.nn.BatchNorm2d`.
    """

    ranks = (4,)
    expected = "4D"
