"""Data sets: samples by number, or samples one after the other."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np

from tangentc.eager import Generator, Tensor
from tangentc.eager.creation import source
from tangentc.nn.tensors import array

__all__ = [
    "ChainDataset", "ConcatDataset", "Dataset", "IterableDataset", "Subset", "TensorDataset", "random_split",
]  # fmt: skip

T = TypeVar("T")


class Dataset(Generic[T]):
    """Samples by number: a subclass defines `__getitem__`, and `__len__` where samplers need it.

    `__getitems__(numbers)`, if it is defined, gives the samples of a batch at once.
    """

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError(f"{type(self).__name__} does not define __getitem__")

    def __add__(self, other: Dataset[T]) -> ConcatDataset[T]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T]):
    """Samples one after the other: a subclass defines `__iter__`.

    With several workers each iterates over a copy; `get_worker_info()` tells it which part is its own.
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError(f"{type(self).__name__} does not define __iter__")

    def __add__(self, other: Any) -> Any:
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Any, ...]]):
    """Tensors whose first axes run over the samples: a sample is a tuple with a row of each.

    Raises: ValueError: the tensors have different numbers of rows.
    """

    def __init__(self, *tensors: Any) -> None:
        if len({len(tensor) for tensor in tensors}) > 1:
            raise ValueError(f"the tensors have different numbers of rows: {[len(t) for t in tensors]}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset[T]):
    """The samples of a data set with the given numbers."""

    def __init__(self, dataset: Dataset[T], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> T:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset[T]):
    """Data sets one after the other, as one.

    Raises: ValueError: none are given; TypeError: one of them is iterable only.
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise ValueError("datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise TypeError("ConcatDataset does not support IterableDataset; use ChainDataset")
        self.cumulative_sizes = list(accumulate(len(dataset) for dataset in self.datasets))

    def __getitem__(self, index: Any) -> T:
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"sample {index} of {len(self)}")
        number = bisect_right(self.cumulative_sizes, place)
        before = self.cumulative_sizes[number - 1] if number else 0
        sample: T = self.datasets[number][place - before]
        return sample

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset[T]):
    """Iterable data sets one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)

    def __iter__(self) -> Iterator[T]:
        for dataset in self.datasets:
            yield from dataset


def batches_of(dataset: Any) -> Callable[[list[int]], Any] | None:
    """What makes at once the batch that `default_collate` makes of samples; None where samples are to be asked for."""
    if type(dataset) is TensorDataset:
        arrays = [array(rows) if isinstance(rows, Tensor) else np.asarray(rows) for rows in dataset.tensors]
        return lambda numbers: tuple([Tensor(rows[numbers]) for rows in arrays])
    if type(dataset) is Subset:
        whole, indices = batches_of(dataset.dataset), dataset.indices
        return whole and (lambda numbers: whole([indices[number] for number in numbers]))
    return None


def random_split(
    dataset: Any, lengths: Sequence[int | float], generator: Generator | None = None
) -> list[Subset[Any]]:
    """Divide a data set at random.

    Args:
        lengths: how many samples each part gets, or which share of them; shares add up to 1, and what rounding
            leaves over goes to the first parts.
    Raises: ValueError: the lengths do not add up.
    """
    sizes = _sizes(lengths, len(dataset))
    if sum(sizes) != len(dataset):
        raise ValueError("Sum of input lengths does not equal the length of the input dataset!")
    order = source(generator).permutation(len(dataset)).tolist()
    ends = list(accumulate(sizes))
    return [Subset(dataset, order[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


def _sizes(lengths: Sequence[int | float], total: int) -> list[int]:
    if not (lengths and all(0 <= length <= 1 for length in lengths) and math.isclose(sum(lengths), 1)):
        return [int(length) for length in lengths]
    sizes = [math.floor(total * length) for length in lengths]
    for number in range(total - sum(sizes)):
        sizes[number % len(sizes)] += 1
    return sizes
