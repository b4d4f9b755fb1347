"""Functions that move entries without changing them."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import numpy as np

from tangentc.eager.dtypes import result_dtype
from tangentc.eager.functions.conversions import astype, conj
from tangentc.eager.operations import Operation, numbered, operation
from tangentc.eager.tensor import Tensor, as_plain

__all__ = [
    "adjoint", "atleast_1d", "atleast_2d", "block_diag", "broadcast_tensors", "broadcast_to", "cat",
    "chunk", "column_stack", "concat", "concatenate", "diag", "diag_embed", "diagonal", "diff", "dstack",
    "expand", "expand_as", "flatten", "flip", "fliplr", "flipud", "hsplit", "hstack", "moveaxis", "movedim",
    "permute", "ravel", "repeat", "repeat_interleave", "reshape", "reshape_as", "roll", "rot90",
    "row_stack", "split", "squeeze", "stack", "swapaxes", "swapdims", "t", "tensor_split", "tile",
    "transpose", "tril", "triu", "unbind", "unflatten", "unfold", "unsqueeze", "view", "view_as", "vsplit",
    "vstack",
]  # fmt: skip


def _sizes(first: Any, rest: tuple[Any, ...]) -> tuple[int, ...]:
    """Sizes that are given one by one or together."""
    return tuple(first) if isinstance(first, (tuple, list)) else (first, *rest)


def _reshape_name(input: Any, shape: Any) -> str:
    """PyTorch tells a view from a copy."""
    return "ViewBackward0" if as_plain(input).flags.c_contiguous else "UnsafeViewBackward0"


vars(_reshape_name)["is_of_each_call"] = True


@operation(_reshape_name)
def _reshape(input, shape):
    return np.reshape(input, shape)


vars(_reshape.function)["is_reshape"] = True


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


swapaxes = swapdims = transpose


def adjoint(input: Any) -> Any:
    """The conjugate transpose of the last two axes."""
    return conj(transpose(input, -2, -1))


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


moveaxis = movedim


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


def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """The tensors as views of their common shape."""
    shape = np.broadcast_shapes(*map(np.shape, tensors))
    return tuple([expand(tensor, *shape) for tensor in tensors])


def atleast_1d(input: Any) -> Any:
    return input if np.ndim(input) >= 1 else reshape(input, 1)


def atleast_2d(input: Any) -> Any:
    return input if np.ndim(input) >= 2 else reshape(input, 1, -1)


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


def _of_one_dtype(run: Operation) -> Any:
    """An operation on several tensors, before which they are brought to one dtype, as PyTorch chooses it."""

    @functools.wraps(run.function)
    def call(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        dtypes = {tensor.dtype for tensor in tensors if isinstance(tensor, (Tensor, np.ndarray))}
        if len(dtypes) > 1:
            dtype = result_dtype([as_plain(tensor) for tensor in tensors])
            tensors = [tensor if tensor.dtype == dtype else astype(tensor, dtype) for tensor in tensors]
        return run(tensors, *args, **kwargs)

    vars(call)["__tangentc_operation__"] = run.function
    return call


@_of_one_dtype
@operation("CatBackward0")
def cat(tensors, dim=0):
    return np.concatenate(tensors, axis=dim)


concat = concatenate = cat


@_of_one_dtype
@operation("StackBackward0")
def stack(tensors, dim=0):
    return np.stack(tensors, axis=dim)


@_of_one_dtype
@operation("CatBackward0")
def hstack(tensors):
    return np.hstack(tensors)


@_of_one_dtype
@operation("CatBackward0")
def vstack(tensors):
    return np.vstack(tensors)


@_of_one_dtype
@operation("CatBackward0")
def dstack(tensors):
    return np.dstack(tensors)


@_of_one_dtype
@operation("CatBackward0")
def column_stack(tensors):
    return np.column_stack(tensors)


row_stack = vstack


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


def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> Any:
    """Views of so many pieces of nearly one size, or of those between the given places."""
    if not isinstance(indices_or_sections, int):
        return _split(input, list(indices_or_sections), dim, False)
    size, longer = divmod(np.shape(input)[dim], indices_or_sections)
    sizes = [size + (i < longer) for i in range(indices_or_sections)]
    return _split(input, list(itertools.accumulate(sizes[:-1])), dim, False)


def hsplit(input: Any, indices_or_sections: Any) -> Any:
    return tensor_split(input, indices_or_sections, 0 if np.ndim(input) == 1 else 1)


def vsplit(input: Any, indices_or_sections: Any) -> Any:
    return tensor_split(input, indices_or_sections, 0)


@operation("UnfoldBackward0")
def unfold(input, dimension, size, step):
    """All windows of a size along an axis, at distances of `step`; their entries are along a new last axis."""
    axis = dimension % input.ndim
    windows = np.moveaxis(np.lib.stride_tricks.sliding_window_view(input, size, axis), axis, 0)
    return np.moveaxis(windows[::step], 0, axis)


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


def fliplr(input: Any) -> Any:
    return flip(input, (1,))


def flipud(input: Any) -> Any:
    return flip(input, (0,))


@operation("Rot90Backward0")
def rot90(input, k=1, dims=(0, 1)):
    return np.rot90(input, k, dims)


@operation("SubBackward0")
def diff(input, n=1, dim=-1):
    return np.diff(input, n, axis=dim)


@operation("RollBackward0", integers_vary=True)
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


@operation("DiagEmbedBackward0")
def diag_embed(input, offset=0):
    """Matrices with the entries along the last axis on a diagonal, and zeros elsewhere."""
    n, below = input.shape[-1], max(-offset, 0)
    rows = np.clip(np.arange(n + abs(offset)) - below, 0, n - 1)
    return np.where(np.eye(n + abs(offset), k=offset) > 0, np.expand_dims(input[..., rows], -1), 0)


@operation("BlockDiagBackward0")
def block_diag(*tensors):
    """A matrix with these matrices along its diagonal."""
    rows = sum([matrix.shape[0] for matrix in tensors])
    columns = sum([matrix.shape[1] for matrix in tensors])
    result = np.zeros((rows, columns), tensors[0].dtype)
    row, column = 0, 0
    for matrix in tensors:
        result[row : row + matrix.shape[0], column : column + matrix.shape[1]] = matrix
        row, column = row + matrix.shape[0], column + matrix.shape[1]
    return result


def ravel(input: Any) -> Any:
    return reshape(input, -1)
