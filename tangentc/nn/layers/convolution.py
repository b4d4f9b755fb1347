"""Convolutions of sequences and of images."""

from __future__ import annotations

from typing import Any

from tangentc.eager import Tensor, empty
from tangentc.nn import functional as F
from tangentc.nn.layers.linear import reset_weight_and_bias
from tangentc.nn.module import Module
from tangentc.nn.parameter import Parameter

__all__ = ["Conv1d", "Conv2d"]


class _Convolution(Module):
    """What convolutions along one and along two axes have in common."""

    axes: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if padding_mode != "zeros":
            raise ValueError(
                f"padding_mode is 'zeros', not {padding_mode!r}: pad the input with np.pad before"
            )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = self._for_each_axis(kernel_size)
        self.stride = self._for_each_axis(stride)
        self.padding = padding if isinstance(padding, str) else self._for_each_axis(padding)
        self.dilation = self._for_each_axis(dilation)
        self.groups = groups
        self.padding_mode = padding_mode
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _for_each_axis(self, value: Any) -> tuple[int, ...]:
        values = (value,) * self.axes if isinstance(value, int) else tuple(value)
        if len(values) != self.axes:
            raise ValueError(f"{type(self).__name__} takes one number, or {self.axes} of them, not {value}")
        return values

    def reset_parameters(self) -> None:
        """Draw new first values: uniform, with the bound 1 / sqrt(in_channels / groups * entries of a kernel)."""
        reset_weight_and_bias(self.weight, self.bias)

    def extra_repr(self) -> str:
        settings = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        )
        if self.padding != (0,) * self.axes:
            settings += f", padding={self.padding}"
        if self.dilation != (1,) * self.axes:
            settings += f", dilation={self.dilation}"
        if self.groups != 1:
            settings += f", groups={self.groups}"
        return settings + (", bias=False" if self.bias is None else "")


class Conv1d(_Convolution):
    """The cross-correlation of sequences with kernels.

    Input (n, in_channels, length) or without n, output (n, out_channels, positions).

    Source:  `torch.nn.Conv1d`.
    """

    axes = 1

    def forward(self, input: Tensor) -> Any:
        return F.conv1d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Conv2d(_Convolution):
    """The cross-correlation of images with kernels.

    Input (n, in_channels, height, width) or without n, output (n, out_channels, rows, columns).

    Source:  `torch.nn.Conv2d`.
    """

    axes = 2

    def forward(self, input: Tensor) -> Any:
        return F.conv2d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
