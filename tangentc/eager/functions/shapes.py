"""Functions that move entries without changing them."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from tangentc.eager.operations import numbered, operation
from tangentc.eager.tensor import as_plain

__all__ = [
    "broadcast_to", "cat", "chunk", "concat", "concatenate", "diag", "diagonal", "expand",
    "expand_as", "flatten", "flip", "movedim", "permute", "repeat", "repeat_interleave", "reshape",
    "reshape_as", "roll", "split", "squeeze", "stack", "t", "tile", "transpose", "tril", "triu",
    "unbind", "unflatten", "unsqueeze", "view", "view_as",
]  # fmt: skip


def _sizes(first: Any, rest: tuple[Any, ...]) -> tuple[int, ...]:
    """Sizes that are given one by one or together."""
    return tuple(first) if isinstance(first, (tuple, list)) else (first, *rest)


def _reshape_name(input: Any, shape: Any) -> str:
    """PyTorch tells a view from a copy."""
    return "ViewBackward0" if as_plain(input).flags.c_contiguous else "UnsafeViewBackward0"


@operation(_reshape_name)
def _reshape(input, shape):
    return np.reshape(input, shape)


def reshape(input: Any, *shape: Any) -> Any:
    return _reshape(input, _sizes(shape[0], shape[1:]))


def view(input: Any, *shape: Any) -> Any:
    """The same entries in another shape; a view, where `reshape` may copy.

    Raises: RuntimeError: the memory does not allow a view.
    """
    found = reshape(input, *shape)
    if np.size(found) and not np.may_share_memory(as_plain(found), as_plain(input)):
        raise RuntimeError("the memory of this tensor has no view of that shape; use reshape()")
    return found


def view_as(input: Any, other: Any) -> Any:
    return view(input, *np.shape(other))


def reshape_as(input: Any, other: Any) -> Any:
    return reshape(input, *np.shape(other))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The axes from `start_dim` to `end_dim` as one."""
    shape = np.shape(input)
    first, last = start_dim % max(len(shape), 1), end_dim % max(len(shape), 1)
    return _reshape(input, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """An axis as several, of these sizes."""
    shape = np.shape(input)
    dim = dim % len(shape)
    return _reshape(input, (*shape[:dim], *sizes, *shape[dim + 1 :]))


@operation("TransposeBackward0")
def transpose(input, dim0, dim1):
    return np.swapaxes(input, dim0, dim1)


@operation("TBackward0")
def t(input):
    return input.T


@operation("PermuteBackward0")
def _permute(input, dims):
    return np.transpose(input, dims)


def permute(input: Any, *dims: Any) -> Any:
    return _permute(input, _sizes(dims[0], dims[1:]))


@operation("PermuteBackward0")
def movedim(input, source, destination):
    return np.moveaxis(input, source, destination)


@operation(numbered("Squeeze"))
def _squeeze(input, dim=None):
    return np.squeeze(input, dim)


def squeeze(input: Any, dim: Any = None) -> Any:
    """Without the axes of size 1, or without those of these that have it."""
    if dim is None:
        return _squeeze(input)
    dims = dim if isinstance(dim, tuple) else (dim,)
    return _squeeze(input, tuple([d for d in dims if np.ndim(input) and np.shape(input)[d] == 1]))


@operation("UnsqueezeBackward0")
def unsqueeze(input, dim):
    return np.expand_dims(input, dim)


@operation("ExpandBackward0")
def _expand(input, shape):
    new = len(shape) - input.ndim
    sizes = [input.shape[i - new] if shape[i] == -1 else shape[i] for i in range(len(shape))]
    return np.broadcast_to(input, tuple(sizes))


def expand(input: Any, *sizes: Any) -> Any:
    """A view with axes of size 1 repeated; -1 leaves a size as it is."""
    return _expand(input, _sizes(sizes[0], sizes[1:]))


def expand_as(input: Any, other: Any) -> Any:
    return expand(input, *np.shape(other))


broadcast_to = expand


@operation("RepeatBackward0")
def _tile(input, repeats):
    return np.tile(input, repeats)


def repeat(input: Any, *repeats: Any) -> Any:
    return _tile(input, _sizes(repeats[0], repeats[1:]))


def tile(input: Any, *dims: Any) -> Any:
    return _tile(input, _sizes(dims[0], dims[1:]))


@operation("RepeatInterleaveBackward0")
def repeat_interleave(input, repeats, dim=None):
    return np.repeat(input, repeats, axis=dim)


@operation("CatBackward0")
def cat(tensors, dim=0):
    return np.concatenate(tensors, axis=dim)


concat = concatenate = cat


@operation("StackBackward0")
def stack(tensors, dim=0):
    return np.stack(tensors, axis=dim)


def _split_name(tensor: Any, cuts: Any, dim: int, is_even: bool) -> str:
    return "SplitBackward0" if is_even else "SplitWithSizesBackward0"


@operation(_split_name)
def _split(tensor, cuts, dim, is_even):
    return tuple(np.split(tensor, cuts, axis=dim))


def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> Any:
    """Views of pieces of one size, the last of which may be shorter, or of the given sizes."""
    n = np.shape(tensor)[dim]
    is_even = isinstance(split_size_or_sections, int)
    if is_even:
        cuts = list(range(split_size_or_sections, n, split_size_or_sections))
    else:
        cuts = list(itertools.accumulate(split_size_or_sections[:-1]))
    return _split(tensor, cuts, dim, is_even)


def chunk(input: Any, chunks: int, dim: int = 0) -> Any:
    """Views of that many pieces of one size, the last of which may be shorter."""
    return split(input, max(1, -(-np.shape(input)[dim] // chunks)), dim)


def _chunks_of_one_size(input, chunks, dim=0):
    """As `chunk`, where the size is not known before the program runs."""
    size = -(-input.shape[dim] // chunks)
    if size * (chunks - 1) >= input.shape[dim]:
        raise RuntimeError("there are fewer chunks than asked for, and a compiled program must know how many")
    moved = np.moveaxis(input, dim, 0)
    return tuple([np.moveaxis(moved[i * size : (i + 1) * size], 0, dim) for i in range(chunks)])


vars(chunk)["__tangentc_operation__"] = _chunks_of_one_size


@operation("UnbindBackward0")
def _unbind(input, dim, count):
    moved = np.moveaxis(input, dim, 0)
    return tuple([moved[i, ...] for i in range(count)])


def unbind(input: Any, dim: int = 0) -> Any:
    """Views of the parts along an axis."""
    return _unbind(input, dim, np.shape(input)[dim])


@operation("FlipBackward0")
def flip(input, dims):
    return np.flip(input, dims)


@operation("RollBackward0")
def roll(input, shifts, dims=None):
    return np.roll(input, shifts, dims)


@operation("TrilBackward0")
def tril(input, diagonal=0):
    return np.tril(input, diagonal)


@operation("TriuBackward0")
def triu(input, diagonal=0):
    return np.triu(input, diagonal)


@operation("DiagonalBackward0")
def diagonal(input, offset=0, dim1=0, dim2=1):
    return np.diagonal(input, offset, dim1, dim2)


@operation("DiagBackward0")
def diag(input, diagonal=0):
    return np.diag(input, diagonal)
