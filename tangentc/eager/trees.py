"""Outputs of operations: an array, or tuples and lists of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["description_of", "flat", "hollow", "mapped", "seed_of"]


def flat(value: Any) -> list[Any]:
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in flat(item)]
    return [value]


def mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """A tree with its arrays and numbers changed."""
    if isinstance(value, (tuple, list)):
        items = [mapped(change, item) for item in value]
        return type(value)._make(items) if hasattr(value, "_make") else type(value)(items)
    if isinstance(value, dict):
        return {key: mapped(change, item) for key, item in value.items()}
    return change(value)


def hollow(value: Any) -> Any:
    """The structure of the outputs, with their positions as leaves; None for one that stands alone."""
    if not isinstance(value, (tuple, list)):
        return None
    counter = iter(range(len(flat(value))))
    return mapped(lambda _: next(counter), value)


def seed_of(like: Any, outputs: tuple[Any, ...], bars: list[Any]) -> Any:
    """The cotangents in the structure of the outputs: zeros for those that are not known."""

    def seed(position: int) -> Any:
        if bars[position] is not None or outputs[position] is None:
            return bars[position]
        dtype, shape = outputs[position]
        return np.zeros(shape, dtype)

    return seed(0) if like is None else mapped(seed, like)


def description_of(output: Any) -> Any:
    """Dtype and shape of an output that has a derivative."""
    if isinstance(output, (np.ndarray, np.generic)):
        return (output.dtype, output.shape) if output.dtype.kind in "fc" else None
    return (np.dtype(type(output)), ()) if type(output) in (float, complex) else None
