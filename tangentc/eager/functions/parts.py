"""Parts of tensors: what an index, a mask or positions choose."""

from __future__ import annotations

import builtins
import operator
from typing import Any

import numpy as np

from tangentc.eager.operations import operation
from tangentc.eager.tensor import Tensor, as_plain

__all__ = [
    "argwhere", "bucketize", "gather", "getitem", "index_add", "index_copy", "index_fill", "index_parts",
    "index_put", "index_select", "masked_select", "narrow", "nonzero", "places_along", "scatter", "scatter_add",
    "searchsorted", "select", "take", "take_along_dim", "with_part",
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
    return part


def _bound(bound: Any) -> Any:
    return bound if bound is None else operator.index(bound)


def _put_name(input: Any, index: Any, value: Any) -> str:
    """PyTorch tells arrays among the index from slices and numbers."""
    has_arrays = builtins.any(isinstance(part, (Tensor, np.ndarray)) for part in index)
    return "IndexPutBackward0" if has_arrays else "CopySlices"


@operation(_put_name, integers_vary=True)
def with_part(input, index, value):
    input = input.copy()
    input[index] = value
    return input


@operation("SelectBackward0", integers_vary=True)
def select(input, dim, index):
    return np.moveaxis(input, dim, 0)[index, ...]


@operation("SliceBackward0", integers_vary=True)
def narrow(input, dim, start, length):
    return np.moveaxis(np.moveaxis(input, dim, 0)[start : start + length], 0, dim)


@operation("IndexSelectBackward0")
def index_select(input, dim, index):
    return np.take(input, index, axis=dim)


def places_along(index, dim):
    """The places that an index along one axis means; along the others it counts."""
    places = [
        np.arange(n).reshape([-1 if j == i else 1 for j in range(index.ndim)])
        for i, n in enumerate(index.shape)
    ]
    places[dim] = index
    return tuple(places)


@operation("GatherBackward0")
def gather(input, dim, index):
    """input[i][index[i][j]] for dim = 1, and so on; the index may be shorter along the other axes."""
    return input[places_along(index, dim)]


@operation("ScatterAddBackward0")
def scatter_add(input, dim, index, src):
    result = input.copy()
    np.add.at(result, places_along(index, dim), src[tuple([slice(n) for n in index.shape])])
    return result


@operation("ScatterBackward0")
def _scatter(input, dim, index, src):
    result = input.copy()
    result[places_along(index, dim)] = src[tuple([slice(n) for n in index.shape])]
    return result


@operation("ScatterBackward1")
def _scatter_number(input, dim, index, value):
    result = input.copy()
    result[places_along(index, dim)] = value
    return result


def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None) -> Any:
    """A copy with src, or a number, at the places that the index means (as of `gather`)."""
    source = value if src is None else src
    run = _scatter if isinstance(source, (Tensor, np.ndarray)) and source.ndim else _scatter_number
    return run(input, dim, index, source)


def slices_along(index: Any, dim: int, ndim: int) -> tuple[Any, ...]:
    """An index along one axis, all of the others."""
    return (*[slice(None)] * (dim % ndim), index)


def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    """A copy to whose slices along an axis those of the source are added; repeated ones are added up."""
    return index_add_at(input, slices_along(index, dim, np.ndim(input)), source, alpha)


@operation("IndexAddBackward0")
def index_add_at(input, places, source, alpha):
    result = input.copy()
    np.add.at(result, places, alpha * source)
    return result


def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """A copy whose slices along an axis are those of the source."""
    return index_copy_at(input, slices_along(index, dim, np.ndim(input)), source)


@operation("IndexCopyBackward0")
def index_copy_at(input, places, source):
    result = input.copy()
    result[places] = source
    return result


def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """A copy with one number in these slices along an axis."""
    return index_fill_at(input, slices_along(index, dim, np.ndim(input)), value)


@operation("IndexFillBackward0")
def index_fill_at(input, places, value):
    result = input.copy()
    result[places] = value
    return result


@operation("GatherBackward0")
def take_along_dim(input, indices, dim):
    return input[places_along(indices, dim)]


def index_put(input: Any, indices: tuple[Any, ...], values: Any, accumulate: bool = False) -> Any:
    """A copy with values at the places that the indices mean, or added there."""
    return (_added_to if accumulate else with_part)(input, index_parts(tuple(indices)), values)


@operation("IndexPutBackward0", integers_vary=True)
def _added_to(input, index, value):
    result = input.copy()
    np.add.at(result, index, value)
    return result


def searchsorted(sorted_sequence: Any, values: Any, *, right: bool = False) -> Any:
    """Where values would be inserted into an ascending sequence."""
    return Tensor(
        np.asarray(np.searchsorted(as_plain(sorted_sequence), as_plain(values), "right" if right else "left"))
    )


def bucketize(input: Any, boundaries: Any, *, right: bool = False) -> Any:
    return searchsorted(boundaries, input, right=right)


def argwhere(input: Any) -> Any:
    return nonzero(input)


@operation("TakeBackward0")
def take(input, index):
    return input[np.unravel_index(index, input.shape)]


@operation("MaskedSelectBackward0")
def masked_select(input, mask):
    return input[mask]


@operation("NonzeroBackward0")
def _nonzero(input):
    return np.stack(np.nonzero(input), axis=1)


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    found = _nonzero(input)
    return tuple([found[:, i] for i in range(found.shape[1])]) if as_tuple else found
