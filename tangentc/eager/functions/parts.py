"""Parts of tensors: what an index, a mask or positions choose."""

from __future__ import annotations

import builtins
import operator
from typing import Any

import numpy as np

from tangentc.eager.operations import operation
from tangentc.eager.tensor import Tensor

__all__ = [
    "gather", "getitem", "index_parts", "index_select", "masked_select", "narrow", "nonzero", "scatter_add",
    "select", "take", "with_part",
]  # fmt: skip


def _index_name(input: Any, index: Any) -> str:
    """PyTorch names the step that comes last."""
    parts = index if isinstance(index, tuple) else (index,)
    if builtins.any(isinstance(part, (Tensor, np.ndarray, list)) for part in parts):
        return "IndexBackward0"
    steps = {int: "SelectBackward0", slice: "SliceBackward0", builtins.type(None): "UnsqueezeBackward0"}
    kinds = [builtins.type(part) for part in parts if part != slice(None)]
    named = [steps[kind] for kind in kinds if kind in steps]
    return named[-1] if named else "AliasBackward0"


@operation(_index_name, integers_vary=True)
def _part(input, index):
    return input[index]


def getitem(input: Any, index: Any) -> Any:
    """input[index]: a view of what numbers, slices, None and ... choose, a copy of what arrays choose."""
    parts = index_parts(index)
    is_basic = not builtins.any(isinstance(part, (Tensor, np.ndarray)) for part in parts)
    if is_basic and not builtins.any(part is ... for part in parts):
        parts = (*parts, ...)  # an element is an array without axes, too, and not a number
    return _part(input, parts)


def index_parts(index: Any) -> tuple[Any, ...]:
    """An index as a tuple of what NumPy takes."""
    return tuple([index_part(part) for part in (index if isinstance(index, tuple) else (index,))])


def index_part(part: Any) -> Any:
    """A part of an index: lists are arrays, a tensor of one integer without axes is a number."""
    if isinstance(part, (list, range)):
        return np.asarray([index_part(each) for each in part]) if len(part) else np.zeros(0, np.int64)
    if isinstance(part, (Tensor, np.ndarray, np.generic)) and not part.ndim and part.dtype.kind in "iu":
        return int(part)
    if isinstance(part, slice):
        return slice(_bound(part.start), _bound(part.stop), _bound(part.step))
    return part._array if isinstance(part, Tensor) else part


def _bound(bound: Any) -> Any:
    return bound if bound is None else operator.index(bound)


@operation("CopySlices", integers_vary=True)
def with_part(input, index, value):
    input = input.copy()
    input[index] = value
    return input


@operation("SelectBackward0")
def select(input, dim, index):
    return np.moveaxis(input, dim, 0)[index, ...]


@operation("SliceBackward0")
def narrow(input, dim, start, length):
    return np.moveaxis(np.moveaxis(input, dim, 0)[start : start + length], 0, dim)


@operation("IndexSelectBackward0")
def index_select(input, dim, index):
    return np.take(input, index, axis=dim)


@operation("GatherBackward0")
def gather(input, dim, index):
    """input[i][index[i][j]] for dim = 1, and so on; the index may be shorter along the other axes."""
    places = [
        np.arange(n).reshape([-1 if j == i else 1 for j in range(index.ndim)])
        for i, n in enumerate(index.shape)
    ]
    places[dim] = index
    return input[tuple(places)]


@operation("ScatterAddBackward0")
def scatter_add(input, dim, index, src):
    places = [
        np.arange(n).reshape([-1 if j == i else 1 for j in range(index.ndim)])
        for i, n in enumerate(index.shape)
    ]
    places[dim] = index
    result = input.copy()
    np.add.at(result, tuple(places), src[tuple([slice(n) for n in index.shape])])
    return result


@operation("TakeBackward0")
def take(input, index):
    return np.take(input, index)


@operation("MaskedSelectBackward0")
def masked_select(input, mask):
    return input[mask]


@operation("NonzeroBackward0")
def _nonzero(input):
    return np.stack(np.nonzero(input), axis=1)


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    found = _nonzero(input)
    return tuple([found[:, i] for i in range(found.shape[1])]) if as_tuple else found
