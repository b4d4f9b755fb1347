"""What modules and optimisers do with tensors beneath the graph: their arrays, replaced or written in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.eager import Tensor, no_grad

__all__ = ["array", "is_floating", "overwrite", "typename", "written"]

Arr = np.ndarray[Any, np.dtype[Any]]


def array(tensor: Tensor) -> Arr:
    """The array of a tensor, its own memory."""
    contents: Arr = tensor.detach().numpy()
    return contents


def is_floating(tensor: Tensor) -> bool:
    """Whether the entries are real or complex floating-point numbers."""
    return np.dtype(tensor.dtype).kind in "fc"


def overwrite(tensor: Tensor, value: Any) -> None:
    """tensor[...] = value, outside of the graph, converted to the dtype of the tensor."""
    with no_grad():
        tensor[...] = value


def written(tensor: Tensor) -> None:
    """Count a change of the array of a tensor, so that graphs which saved it before find out."""
    tensor._version.value += 1


def typename(value: object) -> str:
    """The type as messages name it: the module that defines it, unless that is Python itself, and its name."""
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
