"""Loaders: batches of a data set, in order or at random, made here or by workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any, Literal

from tangentc.data.collating import default_collate, default_convert
from tangentc.data.dataset import IterableDataset
from tangentc.data.sampler import BatchSampler, RandomSampler, SequentialSampler
from tangentc.data.workers import END, Job, fetcher, in_order
from tangentc.eager import Generator
from tangentc.eager.creation import source

__all__ = ["DataLoader"]


class DataLoader:
    """An iterable over the batches of a data set; each iteration is an epoch.

    Args:
        dataset: samples by number (`Dataset`, a list), or one after the other (`IterableDataset`).
        batch_size: samples in a batch; None for single samples, without an axis for the batch.
        shuffle: whether the order is random, another one in each epoch.
        sampler: the numbers of the samples in order, instead of `shuffle`.
        batch_sampler: lists of numbers, instead of `batch_size`, `shuffle`, `sampler` and `drop_last`.
        num_workers: how many workers make batches ahead of time; 0 for none.
        collate_fn: makes a batch of a list of samples; `default_collate` stacks them.
        drop_last: leave out a last batch that is shorter.
        worker_init_fn: called in each worker with its number.
        generator: the source of random orders, and of the seeds of the workers; by default that of `manual_seed`.
        seed: instead of a generator, one that starts from this seed.
        prefetch_factor: how many batches each worker makes ahead of time.
        worker_type: "thread", which shares memory with the program; or "process", for data sets that compute in Python,
            and can be pickled.
    Raises: ValueError: options that exclude each other.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[list[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        *,
        drop_last: bool = False,
        worker_init_fn: Callable[[int], Any] | None = None,
        generator: Generator | None = None,
        seed: int | None = None,
        prefetch_factor: int = 2,
        worker_type: Literal["thread", "process"] = "thread",
    ) -> None:
        if num_workers < 0 or prefetch_factor < 1:
            raise ValueError("num_workers is not negative, and prefetch_factor positive")
        if worker_type not in ("thread", "process"):
            raise ValueError(f"worker_type is 'thread' or 'process', not {worker_type!r}")
        if generator is not None and seed is not None:
            raise ValueError("give a generator or a seed, not both")
        self.dataset = dataset
        self.num_workers = num_workers
        self.drop_last = drop_last
        self.worker_init_fn = worker_init_fn
        self.generator = generator if seed is None else Generator().manual_seed(seed)
        self.prefetch_factor = prefetch_factor
        self.worker_type = worker_type
        self._is_iterable = isinstance(dataset, IterableDataset)
        if self._is_iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError(
                "an IterableDataset has an order of its own: no shuffle, sampler or batch_sampler"
            )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None makes no batches, so there is no last one to drop")
        self.batch_size = batch_size
        self.sampler = sampler if sampler is not None or self._is_iterable else self._default_sampler(shuffle)
        if batch_sampler is None and batch_size is not None and self.sampler is not None:
            batch_sampler = BatchSampler(self.sampler, batch_size, drop_last)
        self.batch_sampler = batch_sampler
        self._is_single = batch_size is None and batch_sampler is None
        self.collate_fn = collate_fn or (default_convert if self._is_single else default_collate)

    def _default_sampler(self, shuffle: bool | None) -> Iterable[int]:
        if shuffle:
            return RandomSampler(self.dataset, generator=self.generator)
        return SequentialSampler(self.dataset)

    def __iter__(self) -> Iterator[Any]:
        job = Job(self.dataset, self._is_iterable, self.collate_fn, self._is_single, self.drop_last)
        seed = int(source(self.generator).integers(1 << 62))  # the order is the same with and without workers
        if self.num_workers:
            return in_order(
                job,
                self._requests(),
                self.num_workers,
                self.prefetch_factor,
                self.worker_type,
                seed,
                self.worker_init_fn,
            )
        return self._made_here(job)

    def _made_here(self, job: Job) -> Iterator[Any]:
        fetch = fetcher(job)
        for request in self._requests():
            batch = fetch(request)
            if isinstance(batch, str) and batch == END:
                return
            yield batch

    def _requests(self) -> Iterable[Any]:
        """What the batches are made of, one after the other."""
        if self._is_iterable:
            return repeat(1 if self.batch_size is None else self.batch_size)
        found = self.sampler if self.batch_sampler is None else self.batch_sampler
        assert found is not None
        return found

    def __len__(self) -> int:
        """The number of batches.

        Raises: TypeError: the data set does not tell how many samples it has.
        """
        if not self._is_iterable:
            return len(self._requests())  # type: ignore[arg-type]
        count = len(self.dataset)
        size = 1 if self.batch_size is None else self.batch_size
        return count // size if self.drop_last else -(-count // size)
