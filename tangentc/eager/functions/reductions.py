"""Functions that combine the entries along axes, and those that order them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from tangentc.eager.functions.parts import narrow, places_along
from tangentc.eager.functions.pointwise import maximum, minimum, of_floats
from tangentc.eager.operations import numbered, operation
from tangentc.eager.tensor import Tensor, as_plain

__all__ = [
    "all", "amax", "amin", "aminmax", "any", "argmax", "argmin", "argsort", "bincount", "corrcoef",
    "count_nonzero", "cov", "cummax", "cummin", "cumprod", "cumsum", "histc", "kthvalue", "log_softmax",
    "logcumsumexp", "logsumexp", "max", "mean", "median", "min", "nanmean", "nansum", "norm", "prod",
    "quantile", "softmax", "sort", "std", "std_mean", "sum", "sum_to_size", "topk", "trapezoid", "trapz",
    "unique", "var", "var_mean",
]  # fmt: skip


def _along(word: str) -> Any:
    """The name of a reduction; `axis` is another word for `dim`."""
    name = numbered(word)
    return lambda input, dim=None, *rest, axis=None, **options: name(input, axis if dim is None else dim)


@operation(_along("Sum"))
def sum(input, dim=None, keepdim=False, *, axis=None, dtype=None):
    return np.sum(input, axis=axis if dim is None else dim, keepdims=keepdim, dtype=dtype)


@operation(_along("Mean"))
def _mean(input, dim=None, keepdim=False, *, axis=None, dtype=None):
    return np.mean(input, axis=axis if dim is None else dim, keepdims=keepdim, dtype=dtype)


def mean(input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None, dtype: Any = None) -> Any:
    """The mean of all entries, or along axes.

    Raises: RuntimeError: the entries are integers, and no dtype for their mean is given.
    """
    if dtype is None:
        refuse_integers(input, "mean")
    return _mean(input, dim, keepdim, axis=axis, dtype=dtype)


vars(mean)["__tangentc_operation__"] = _mean.function


def refuse_integers(input: Any, name: str) -> None:
    dtype = getattr(input, "dtype", None)
    if dtype is not None and dtype.kind in "biu":
        raise RuntimeError(
            f"{name} is of real or complex numbers, and this tensor is of {dtype}: use .float()"
        )


@operation(_along("Prod"))
def prod(input, dim=None, keepdim=False, *, axis=None, dtype=None):
    return np.prod(input, axis=axis if dim is None else dim, keepdims=keepdim, dtype=dtype)


@operation("VarBackward0")
def _var(input, dim, correction, keepdim):
    return np.var(input, axis=dim, ddof=correction, keepdims=keepdim)


@operation("StdBackward0")
def _std(input, dim, correction, keepdim):
    return np.std(input, axis=dim, ddof=correction, keepdims=keepdim)


def var(
    input: Any,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: Any = None,
    axis: Any = None,
) -> Any:
    """The variance: the sum of squared deviations over n - correction, which is 1 for the unbiased one.

    Raises: RuntimeError: the entries are integers.
    """
    return _spread(_var, "var", input, axis if dim is None else dim, unbiased, keepdim, correction)


def std(
    input: Any,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: Any = None,
    axis: Any = None,
) -> Any:
    """The square root of `var`."""
    return _spread(_std, "std", input, axis if dim is None else dim, unbiased, keepdim, correction)


def _spread(run: Any, name: str, input: Any, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> Any:
    refuse_integers(input, name)
    if isinstance(dim, bool):  # var(input, unbiased)
        dim, unbiased = None, dim
    return run(input, dim, int(unbiased) if correction is None else correction, keepdim)


def _var_of_array(input, dim=None, unbiased=True, keepdim=False, *, correction=None, axis=None):
    ddof = (1 if unbiased else 0) if correction is None else correction
    return np.var(input, axis=axis if dim is None else dim, ddof=ddof, keepdims=keepdim)


def _std_of_array(input, dim=None, unbiased=True, keepdim=False, *, correction=None, axis=None):
    ddof = (1 if unbiased else 0) if correction is None else correction
    return np.std(input, axis=axis if dim is None else dim, ddof=ddof, keepdims=keepdim)


vars(var)["__tangentc_operation__"] = _var_of_array
vars(std)["__tangentc_operation__"] = _std_of_array


def var_mean(input: Any, dim: Any = None, **options: Any) -> tuple[Any, Any]:
    return var(input, dim, **options), mean(input, dim, options.get("keepdim", False))


def std_mean(input: Any, dim: Any = None, **options: Any) -> tuple[Any, Any]:
    return std(input, dim, **options), mean(input, dim, options.get("keepdim", False))


@operation("NansumBackward0")
def nansum(input, dim=None, keepdim=False):
    return np.nansum(input, axis=dim, keepdims=keepdim)


@operation("DivBackward0")
def nanmean(input, dim=None, keepdim=False):
    return np.nanmean(input, axis=dim, keepdims=keepdim)


def trapezoid(y: Any, x: Any = None, *, dx: float = 1.0, dim: int = -1) -> Any:
    """The integral of y over x, or over steps of dx, by the trapezoidal rule."""
    return _integral(y, x, dx, dim)


@operation("TrapezoidBackward0")
def _integral(y, x, dx, dim):
    return np.trapezoid(y, x, dx, axis=dim)


trapz = trapezoid


def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """(values, indices) of the k-th smallest along an axis, counted from 1."""
    indices = argsort(input, dim).select(dim, k - 1)
    values = _values_at(input, indices, dim, keepdim, "Kthvalue")
    return _RESULTS["kthvalue"](values, indices.unsqueeze(dim) if keepdim else indices)


def cummax(input: Any, dim: int) -> Any:
    """(values, indices) of the largest so far along an axis, of the last where several are equal."""
    return _running("cummax", np.greater_equal, input, dim)


def cummin(input: Any, dim: int) -> Any:
    """As `cummax`, of the smallest."""
    return _running("cummin", np.less_equal, input, dim)


def _running(name: str, takes_over: Any, input: Any, dim: int) -> Any:
    moved = np.moveaxis(as_plain(input), dim, 0)
    order = np.zeros(moved.shape, np.int64)
    for i in range(1, len(moved)):
        before = np.take_along_axis(moved, order[i - 1 : i], 0)[0]
        order[i] = np.where(takes_over(moved[i], before), i, order[i - 1])
    indices = Tensor(np.ascontiguousarray(np.moveaxis(order, 0, dim)))
    return _RESULTS[name](_running_values(input, indices, dim, name), indices)


def _running_name(input: Any, indices: Any, dim: int, word: str) -> str:
    return f"{word.capitalize()}Backward0"


@operation(_running_name)
def _running_values(input, indices, dim, word):
    return input[places_along(indices, dim)]


@operation("QuantileBackward0")
def quantile(input, q, dim=None, keepdim=False):
    return np.quantile(input, q, axis=dim, keepdims=keepdim)


@operation("CovBackward0")
def cov(input, *, correction=1):
    """The covariances of the rows of a matrix."""
    centred = input - np.mean(input, axis=-1, keepdims=True)
    return centred @ np.conj(centred.T) / (input.shape[-1] - correction)


@operation("CorrcoefBackward0")
def corrcoef(input):
    """The correlations of the rows of a matrix."""
    centred = input - np.mean(input, axis=-1, keepdims=True)
    scaled = centred / np.sqrt(np.sum(centred * centred, axis=-1, keepdims=True))
    return scaled @ scaled.T


@operation("LogcumsumexpBackward0")
def logcumsumexp(input, dim):
    largest = np.max(input, axis=dim, keepdims=True)
    return np.log(np.cumsum(np.exp(input - largest), axis=dim)) + largest


@operation("SumBackward1")
def _summed(input, new, kept):
    total = np.sum(input, axis=new) if new else input
    return np.sum(total, axis=kept, keepdims=True) if kept else total


def sum_to_size(input: Any, *size: Any) -> Any:
    """The sums over the axes along which an array of this shape was broadcast to that of the input.

    Raises: ValueError: it cannot be broadcast to it.
    """
    target = tuple(size[0]) if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    shape = tuple(np.shape(input))
    if np.broadcast_shapes(shape, target) != shape:
        raise ValueError(f"{target} cannot be broadcast to {shape}")
    new = len(shape) - len(target)
    kept = tuple([i for i, n in enumerate(target) if n == 1 and shape[new + i] != 1])
    return _summed(input, tuple(range(new)), kept) if new or kept else input


def aminmax(input: Any, *, dim: Any = None, keepdim: bool = False) -> Any:
    return _RESULTS["aminmax"](amin(input, dim, keepdim), amax(input, dim, keepdim))


def count_nonzero(input: Any, dim: Any = None) -> Any:
    return Tensor(np.asarray(np.count_nonzero(as_plain(input), axis=dim)))


def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    return Tensor(np.bincount(as_plain(input), as_plain(weights), minlength))


def histc(input: Any, bins: int = 100, min: float = 0, max: float = 0) -> Any:
    """How many entries are in each of so many equal bins between min and max, or between the extremes."""
    array = as_plain(input)
    ends = (array.min(), array.max()) if min == max == 0 else (min, max)
    return Tensor(np.histogram(array, bins, ends)[0].astype(array.dtype))


def unique(
    input: Any,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: Any = None,
) -> Any:
    """The different entries in order; with them where each is found and how often, where that is asked for."""
    find: Any = np.unique
    found = find(as_plain(input), return_inverse=return_inverse, return_counts=return_counts, axis=dim)
    return tuple(map(Tensor, found)) if isinstance(found, tuple) else Tensor(found)


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
    return f"{word}Backward{int(word == 'Median')}"


@operation(_extreme_name)
def _values_at(input, indices, dim, keepdim, word):
    values = input[places_along(np.expand_dims(indices, dim), dim)]
    return values if keepdim else np.squeeze(values, dim)


def _named(name: str, *fields: str) -> Any:
    """A tuple with names for its parts, printed as PyTorch does."""

    def text(self: Any) -> str:
        return f"torch.return_types.{name}(\n" + ",\n".join(f"{f}={getattr(self, f)!r}" for f in fields) + ")"

    return type(name, (namedtuple(name, fields),), {"__slots__": (), "__repr__": text})


_RESULTS: dict[str, Any] = {
    name: _named(name, "values", "indices")
    for name in ("cummax", "cummin", "kthvalue", "max", "median", "min", "sort", "topk")
}
_RESULTS["aminmax"] = _named("aminmax", "min", "max")


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


@of_floats
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


@operation("MedianBackward0", integers_vary=True)
def _entry(input, place):
    return input[place]


def median(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The lower of the two middle values where there are two, as PyTorch has it; with an axis, (values, indices)."""
    if dim is None:
        array = as_plain(input)
        middle = np.argsort(array, axis=None, kind="stable")[(array.size - 1) // 2]
        return _entry(input, tuple([int(i) for i in np.unravel_index(middle, array.shape)]))
    middle = (np.shape(input)[dim] - 1) // 2
    indices = argsort(input, dim).select(dim, middle)
    values = _values_at(input, indices, dim, keepdim, "Median")
    return _RESULTS["median"](values, indices.unsqueeze(dim) if keepdim else indices)


@operation("TopkBackward0")
def _best(input, order, dim):
    return input[places_along(order, dim)]


@operation("SortBackward0")
def _sorted_by(input, order, dim):
    return input[places_along(order, dim)]


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


@of_floats
@operation("SoftmaxBackward0")
def softmax(input, dim, dtype=None):
    input = input if dtype is None else input.astype(dtype)
    powers = np.exp(input - np.max(input, axis=dim, keepdims=True))
    return powers / np.sum(powers, axis=dim, keepdims=True)


@of_floats
@operation("LogSoftmaxBackward0")
def log_softmax(input, dim, dtype=None):
    input = input if dtype is None else input.astype(dtype)
    shifted = input - np.max(input, axis=dim, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))
