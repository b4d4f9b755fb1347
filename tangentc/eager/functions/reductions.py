"""Functions that combine the entries along axes, and those that order them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from tangentc.eager.functions.parts import narrow
from tangentc.eager.functions.pointwise import maximum, minimum
from tangentc.eager.operations import numbered, operation
from tangentc.eager.tensor import Tensor

__all__ = [
    "all", "amax", "amin", "any", "argmax", "argmin", "argsort", "cumprod", "cumsum", "log_softmax",
    "logsumexp", "max", "mean", "median", "min", "norm", "prod", "softmax", "sort", "std", "sum",
    "topk", "var",
]  # fmt: skip


@operation(numbered("Sum"))
def sum(input, dim=None, keepdim=False, *, dtype=None):
    return np.sum(input, axis=dim, keepdims=keepdim, dtype=dtype)


@operation(numbered("Mean"))
def mean(input, dim=None, keepdim=False, *, dtype=None):
    return np.mean(input, axis=dim, keepdims=keepdim, dtype=dtype)


@operation(numbered("Prod"))
def prod(input, dim=None, keepdim=False, *, dtype=None):
    return np.prod(input, axis=dim, keepdims=keepdim, dtype=dtype)


@operation("VarBackward0")
def var(input, dim=None, *, correction=1, keepdim=False):
    return np.var(input, axis=dim, ddof=correction, keepdims=keepdim)


@operation("StdBackward0")
def std(input, dim=None, *, correction=1, keepdim=False):
    return np.std(input, axis=dim, ddof=correction, keepdims=keepdim)


@operation("AmaxBackward0")
def amax(input, dim=None, keepdim=False):
    """The largest values; ties share the derivative."""
    return np.max(input, axis=dim, keepdims=keepdim)


@operation("AminBackward0")
def amin(input, dim=None, keepdim=False):
    return np.min(input, axis=dim, keepdims=keepdim)


@operation("MaxBackward1")
def _largest(input):
    return np.max(input)


@operation("MinBackward1")
def _smallest(input):
    return np.min(input)


def _extreme_name(input: Any, indices: Any, dim: int, keepdim: bool, word: str) -> str:
    return f"{word}Backward0"


@operation(_extreme_name)
def _values_at(input, indices, dim, keepdim, word):
    values = np.take_along_axis(input, np.expand_dims(indices, dim), dim)
    return values if keepdim else np.squeeze(values, dim)


_RESULTS: dict[str, Any] = {
    name: namedtuple(name, ["values", "indices"]) for name in ("max", "min", "sort", "topk")
}


def max(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest value, in whose derivative ties share; with an axis, (values, indices) of the first ones along it;
    of two tensors, the larger values."""
    return _extreme(input, dim, keepdim, (_largest, argmax, "max", maximum))


def min(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """As `max`, of the smallest value."""
    return _extreme(input, dim, keepdim, (_smallest, argmin, "min", minimum))


def _extreme(input: Any, dim: Any, keepdim: bool, means: tuple[Any, ...]) -> Any:
    of_all, position, name, of_two = means
    if dim is None:
        return of_all(input)
    if isinstance(dim, (Tensor, np.ndarray)):
        return of_two(input, dim)
    indices = position(input, dim)
    values = _values_at(input, indices, dim, keepdim, name.capitalize())
    return _RESULTS[name](values, position(input, dim, keepdim))


@operation("ArgmaxBackward0")
def argmax(input, dim=None, keepdim=False):
    return np.argmax(input, axis=dim, keepdims=keepdim)


@operation("ArgminBackward0")
def argmin(input, dim=None, keepdim=False):
    return np.argmin(input, axis=dim, keepdims=keepdim)


@operation("AllBackward0")
def all(input, dim=None, keepdim=False):
    return np.all(input, axis=dim, keepdims=keepdim)


@operation("AnyBackward0")
def any(input, dim=None, keepdim=False):
    return np.any(input, axis=dim, keepdims=keepdim)


@operation("CumsumBackward0")
def cumsum(input, dim):
    return np.cumsum(input, axis=dim)


@operation("CumprodBackward0")
def cumprod(input, dim):
    return np.cumprod(input, axis=dim)


@operation("LogsumexpBackward0")
def logsumexp(input, dim, keepdim=False):
    largest = np.max(input, axis=dim, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    total = np.log(np.sum(np.exp(input - largest), axis=dim, keepdims=True)) + largest
    return total if keepdim else np.squeeze(total, dim)


@operation("LinalgVectorNormBackward0")
def norm(input, p=2, dim=None, keepdim=False):
    """The p-norm of all entries, or along axes, taken as of vectors."""
    return np.linalg.vector_norm(input, ord=2 if p == "fro" else p, axis=dim, keepdims=keepdim)


@operation("MedianBackward0")
def median(input):
    """The lower of the two middle values where there are two, as PyTorch has it."""
    return np.sort(input.reshape(-1))[(input.size - 1) // 2]


@operation("TopkBackward0")
def _best(input, order, dim):
    return np.take_along_axis(input, order, dim)


@operation("SortBackward0")
def _sorted_by(input, order, dim):
    return np.take_along_axis(input, order, dim)


def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """(values, indices) along an axis."""
    order = argsort(input, dim, descending)
    return _RESULTS["sort"](_sorted_by(input, order, dim), order)


@operation("ArgsortBackward0")
def argsort(input, dim=-1, descending=False):
    if descending:
        return np.flip(input.shape[dim] - 1 - np.argsort(np.flip(input, dim), axis=dim, kind="stable"), dim)
    return np.argsort(input, axis=dim, kind="stable")


def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """(values, indices) of the k largest or smallest along an axis."""
    order = narrow(argsort(input, dim, largest), dim, 0, k)
    return _RESULTS["topk"](_best(input, order, dim), order)


@operation("SoftmaxBackward0")
def softmax(input, dim):
    powers = np.exp(input - np.max(input, axis=dim, keepdims=True))
    return powers / np.sum(powers, axis=dim, keepdims=True)


@operation("LogSoftmaxBackward0")
def log_softmax(input, dim):
    shifted = input - np.max(input, axis=dim, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))
