"""Products with weights, and rows of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.api import stop_gradient
from tangentc.custom import nondifferentiable
from tangentc.eager import operation

__all__ = ["embedding", "linear", "one_hot"]


@operation("AddmmBackward0")
def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """x W^T + b.

    Its adjoint is the two products x_bar = y_bar W and W_bar = y_bar^T x.

    Args:    input: (…, n); weight: (m, n), or (n,) for one output; bias: (m,).
    Returns: (…, m).
    """
    output = input @ weight.T
    return output if bias is None else output + bias


@operation("EmbeddingBackward0")
def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """The rows of `weight` that the integers in `input` name.

    Args:    padding_idx: the row to which no gradient flows.
    Returns: the shape of input, then that of a row.
    Raises:  IndexError: an integer names no row.
    """
    rows = weight[row_numbers(input, weight.shape[0])]
    if padding_idx is None:
        return rows
    return np.where(np.expand_dims(input == padding_idx, -1), stop_gradient(rows), rows)


@nondifferentiable
def row_numbers(numbers: Any, count: Any) -> Any:
    """The numbers, seen to be in range: NumPy would count negative ones from the end."""
    numbers = np.asarray(numbers)
    if numbers.dtype.kind not in "iu":
        raise TypeError(f"rows are named by integers, not by numbers of type {numbers.dtype}")
    if np.any((numbers < 0) | (numbers >= count)):
        raise IndexError("index out of range in self")
    return numbers


@operation("OneHotBackward0")
def one_hot(input: Any, num_classes: int = -1) -> Any:
    """For each integer k a row of zeros with a one at k.

    Args: num_classes: the length of the rows; by default the largest integer and one.
    """
    count = np.max(input) + 1 if num_classes == -1 else num_classes
    return np.eye(count, dtype=np.int64)[row_numbers(input, count)]
