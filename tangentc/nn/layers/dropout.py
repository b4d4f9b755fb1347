"""Entries that are left out at random."""

from __future__ import annotations

from typing import Any

from tangentc.eager import Tensor
from tangentc.nn import functional as F
from tangentc.nn.layers.activations import in_place
from tangentc.nn.module import Module

__all__ = ["Dropout"]


class Dropout(Module):
    """In training each entry is 0 with probability p, and divided by 1 - p otherwise; in evaluation nothing happens.

    The random numbers are those that `manual_seed` starts.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Any:
        output = F.dropout(input, self.p, self.training)
        return in_place(input, output) if self.inplace and output is not input else output

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
