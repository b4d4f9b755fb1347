"""Samples made into batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tangentc.eager import Tensor, tensor
from tangentc.nn.tensors import array, typename

__all__ = ["default_collate", "default_convert"]


def default_collate(batch: Sequence[Any]) -> Any:
    """Stack samples along a new first axis.

    Tensors, arrays and numbers become tensors; tuples, lists, dicts and namedtuples of them become the same of batches;
    strings stay a list.

    Raises:
        TypeError: samples of another type.
        RuntimeError: arrays of different shapes, or tuples of different lengths.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return Tensor(_stacked([array(sample) for sample in batch]))
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind not in "SUO":
        return Tensor(_stacked([np.asarray(sample) for sample in batch]))
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, (bool, int, complex)):
        return tensor(list(batch))
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, Mapping):
        collated = {key: default_collate([sample[key] for sample in batch]) for key in first}
        return collated if type(first) is dict else type(first)(collated)  # type: ignore[call-arg]
    if isinstance(first, (tuple, list)):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        parts = [default_collate(part) for part in zip(*batch, strict=True)]
        if hasattr(first, "_make"):
            return first._make(parts)
        return tuple(parts) if isinstance(first, tuple) else parts
    raise TypeError(f"samples of type {typename(first)} cannot be put into a batch: give a collate_fn")


def _stacked(arrays: list[Any]) -> Any:
    shapes = {a.shape for a in arrays}
    if len(shapes) > 1:
        raise RuntimeError(f"samples of different shapes cannot be stacked: {sorted(shapes)}")
    return np.stack(arrays)


def default_convert(sample: Any) -> Any:
    """A sample that stays alone: arrays in it become tensors."""
    if isinstance(sample, np.ndarray):
        return Tensor(sample)
    if isinstance(sample, Mapping):
        return {key: default_convert(value) for key, value in sample.items()}
    if isinstance(sample, tuple) and hasattr(sample, "_make"):
        return sample._make(default_convert(value) for value in sample)
    if isinstance(sample, (tuple, list)):
        return type(sample)(default_convert(value) for value in sample)
    return sample
