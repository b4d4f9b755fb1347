"""Workers: threads or processes that make batches ahead of time.

Each worker does every n-th batch, one after the other, and the batches come in their order: so what comes is the same
in every run, also where a data set draws random numbers.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from tangentc.data.collating import default_collate
from tangentc.data.dataset import batches_of
from tangentc.eager import manual_seed

__all__ = ["END", "Job", "WorkerInfo", "fetcher", "get_worker_info", "in_order"]

Fetch = Callable[[Any], Any]
END = "the data set has come to its end"  # compared by value: it may come from another process


@dataclass(frozen=True)
class Job:
    """What the workers of a loader do.

    Args:
        dataset: where samples come from.
        is_iterable: whether they come one after the other, and not by number.
        collate: makes a batch of samples.
        is_single: whether a "batch" is one sample, without an axis of its own.
        drop_last: whether a short batch at the end of an iterable data set is left out.
    """

    dataset: Any
    is_iterable: bool
    collate: Callable[[Any], Any]
    is_single: bool
    drop_last: bool


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker knows of itself: its number, how many there are, its seed, and the data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


class _Here(threading.local):
    info: WorkerInfo | None = None
    fetch: Fetch | None = None


_HERE = _Here()


def get_worker_info() -> WorkerInfo | None:
    """Within a worker, what it knows of itself; elsewhere None."""
    return _HERE.info


def fetcher(job: Job) -> Fetch:
    """The function that makes a batch: of a list of numbers, or of how many samples are to come next."""
    if job.is_iterable:
        samples = iter(job.dataset)
        return lambda count: _next_batch(job, samples, count)
    if job.is_single:
        return lambda number: job.collate(job.dataset[number])
    if job.collate is default_collate and (whole := batches_of(job.dataset)):
        return whole
    if hasattr(job.dataset, "__getitems__"):
        return lambda numbers: job.collate(job.dataset.__getitems__(numbers))
    return lambda numbers: job.collate([job.dataset[number] for number in numbers])


def _next_batch(job: Job, samples: Iterator[Any], count: int) -> Any:
    found = list(islice(samples, count))
    if not found or (job.drop_last and len(found) < count):
        return END
    return job.collate(found[0] if job.is_single else found)


def in_order(
    job: Job,
    requests: Iterable[Any],
    count: int,
    ahead: int,
    kind: str,
    seed: int,
    prepare: Callable[[int], Any] | None,
) -> Iterator[Any]:
    """The batches that are requested, made by `count` workers.

    Args:
        ahead: how many batches each worker makes before they are asked for.
        kind: "thread" or "process"; a process starts the generators of random numbers from its seed, threads share
            those of the program.
        seed: the seed of the first worker; the others count up.
        prepare: called in each worker with its number.
    Raises: what a worker raised, at the place of its batch.
    """
    with ExitStack() as stack:
        executors = [stack.enter_context(_executor(kind)) for _ in range(count)]
        starts = [
            executor.submit(
                _start, job, WorkerInfo(i, count, seed + i, job.dataset), prepare, kind == "process"
            )
            for i, executor in enumerate(executors)
        ]
        waiting: deque[tuple[int, Future[Any]]] = deque()
        # What nobody waits for any longer is not begun: an error, or a loop that is left early.
        stack.callback(lambda: [future.cancel() for _, future in waiting])
        pending, live = iter(requests), deque(range(count))

        def submit(worker: int) -> None:
            for request in islice(pending, 1):
                waiting.append((worker, executors[worker].submit(_work, request)))

        for _ in range(ahead):
            for worker in range(count):
                submit(worker)
        while waiting:
            worker, future = waiting.popleft()
            starts[worker].result()
            batch = future.result()
            if isinstance(batch, str) and batch == END:
                if worker in live:
                    live.remove(worker)
                continue
            if worker in live:
                submit(worker)
            yield batch


def _executor(kind: str) -> Executor:
    if kind == "thread":
        return ThreadPoolExecutor(1, "DataLoader")
    # A program with threads is not to be forked: the copy may wait for ever for a lock that one of them held.
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imported once, and not by each worker
    return ProcessPoolExecutor(1, context)


def _start(job: Job, info: WorkerInfo, prepare: Callable[[int], Any] | None, is_process: bool) -> None:
    """Make the thread or process that this runs in a worker."""
    _HERE.info = info
    if is_process:
        random.seed(info.seed)
        np.random.seed(info.seed % (1 << 32))
        manual_seed(info.seed)
    if prepare is not None:
        prepare(info.id)
    _HERE.fetch = fetcher(job)


def _work(request: Any) -> Any:
    assert _HERE.fetch is not None
    return _HERE.fetch(request)
