"""Data sets, samplers and loaders: order, seeds, workers, errors."""

from __future__ import annotations

from collections import Counter, namedtuple
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    get_worker_info,
    random_split,
)


class Squares(Dataset[Any]):
    """Number, square, and which worker it was; the sample with the number `bad` is an error."""

    def __init__(self, size: int = 11, bad: int | None = None) -> None:
        self.size = size
        self.bad = bad

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> Any:
        if index == self.bad:
            raise KeyError(f"sample {index}")
        info = get_worker_info()
        return index, float(index * index), -1 if info is None else info.id


class Stream(IterableDataset[Any]):
    """0 to 9, divided among the workers."""

    def __iter__(self) -> Any:
        info = get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter(range(first, 10, step))


class Noise(Dataset[Any]):
    """Random numbers of the worker, from its seed; in processes also those of the global generators."""

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> Any:
        info = get_worker_info()
        assert info is not None and info.dataset is not None
        return info.seed % 1000, torch.rand(1).item(), np.random.random()


def lists(batches: Any) -> list[Any]:
    return [batch.tolist() for batch in batches]


# Data sets


def test_rows_of_tensors() -> None:
    data = TensorDataset(torch.arange(12.0).reshape(4, 3), torch.arange(4))
    assert len(data) == 4 and data[1][0].tolist() == [3.0, 4.0, 5.0] and data[1][1].item() == 1
    with pytest.raises(ValueError, match=r"different numbers of rows: \[2, 3\]"):
        TensorDataset(torch.ones(2), torch.ones(3))


def test_parts_and_sums() -> None:
    data: Any = list(range(10))
    assert list(Subset(data, [3, 1])) == [3, 1]
    joined = ConcatDataset([data, [], [10, 11]])
    assert len(joined) == 12 and joined[10] == 10 and joined[-1] == 11 and joined[0] == 0
    assert len(Squares(3) + Squares(4)) == 7
    with pytest.raises(IndexError, match="sample 12 of 12"):
        joined[12]
    with pytest.raises(ValueError, match="empty iterable"):
        ConcatDataset([])
    with pytest.raises(TypeError, match="use ChainDataset"):
        ConcatDataset([Stream()])
    assert list(Stream() + Stream()) == list(ChainDataset([range(10), range(10)]))


def test_random_parts() -> None:
    parts = random_split(range(10), [0.5, 0.25, 0.25], torch.Generator().manual_seed(1))
    assert [len(part) for part in parts] == [6, 2, 2]
    assert sorted(sample for part in parts for sample in part) == list(range(10))
    again = random_split(range(10), [6, 2, 2], torch.Generator().manual_seed(1))
    assert [list(part) for part in parts] == [list(part) for part in again]
    assert [len(part) for part in random_split(range(4), [1, 3])] == [1, 3]
    with pytest.raises(ValueError, match="Sum of input lengths"):
        random_split(range(4), [1, 2])


# Samplers


def test_samplers() -> None:
    torch.manual_seed(0)
    data = range(6)
    assert list(SequentialSampler(data)) == [0, 1, 2, 3, 4, 5] and len(SequentialSampler(data)) == 6
    shuffled = RandomSampler(data)
    orders = [list(shuffled) for _ in range(3)]
    assert all(sorted(order) == list(data) for order in orders) and orders[0] != orders[1]
    assert len(list(RandomSampler(data, num_samples=15))) == 15
    assert Counter(RandomSampler(data, num_samples=12)) == dict.fromkeys(data, 2)
    drawn = list(RandomSampler(data, replacement=True, num_samples=100))
    assert len(drawn) == 100 and set(drawn) == set(data)
    assert sorted(SubsetRandomSampler([4, 2, 9])) == [2, 4, 9]
    weighted = Counter(WeightedRandomSampler([0.0, 1.0, 3.0], 4000))
    assert weighted[0] == 0 and 2.6 < weighted[2] / weighted[1] < 3.4
    assert sorted(WeightedRandomSampler([1, 2, 3], 3, replacement=False)) == [0, 1, 2]
    assert list(RandomSampler([])) == []
    with pytest.raises(ValueError, match="not negative"):
        WeightedRandomSampler([-1.0], 1)


def test_batches_of_numbers() -> None:
    assert list(BatchSampler(range(5), 2)) == [[0, 1], [2, 3], [4]] and len(BatchSampler(range(5), 2)) == 3
    assert list(BatchSampler(range(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="positive integer value"):
        BatchSampler(range(5), 0)


# Batches


def test_samples_are_stacked_by_what_they_are() -> None:
    point = namedtuple("point", "x y")
    batch = default_collate([
        {"a": np.float32(i), "b": (torch.ones(2) * i, "text"), "c": [i, i > 0], "d": point(1.5 * i, np.arange(3))}
        for i in range(2)
    ])  # fmt: skip
    assert batch["a"].dtype == np.float32 and batch["a"].tolist() == [0.0, 1.0]
    assert batch["b"][0].shape == (2, 2) and batch["b"][1] == ["text", "text"]
    assert batch["c"][0].dtype == np.int64 and batch["c"][1].tolist() == [False, True]
    assert type(batch["d"]) is point and batch["d"].x.dtype == np.float64 and batch["d"].y.shape == (2, 3)
    with pytest.raises(RuntimeError, match="different shapes"):
        default_collate([torch.ones(2), torch.ones(3)])
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([(1, 2), (1,)])
    with pytest.raises(TypeError, match="samples of type object cannot be put into a batch"):
        default_collate([object()])


# Loaders


def test_batches_in_order() -> None:
    data = TensorDataset(torch.arange(10.0).reshape(5, 2), torch.arange(5))
    loader = DataLoader(data, batch_size=2)
    assert len(loader) == 3 and [y.tolist() for _, y in loader] == [[0, 1], [2, 3], [4]]
    x, _ = next(iter(loader))
    assert x.dtype == np.float32 and x.shape == (2, 2)
    assert len(DataLoader(data, 2, drop_last=True)) == 2 == len(list(DataLoader(data, 2, drop_last=True)))
    assert lists(DataLoader([3, 1, 2], 2)) == [[3, 1], [2]]
    assert [y.item() for _, y in DataLoader(data, None)] == [0, 1, 2, 3, 4]
    assert lists(DataLoader([5, 6, 7], sampler=[2, 0])) == [[7], [5]]
    assert lists(DataLoader([5, 6, 7], batch_sampler=[[0, 2], [1]])) == [[5, 7], [6]]
    assert list(DataLoader([1, 2, 3], 2, collate_fn=sum)) == [3, 3]


def test_rows_are_batched_at_once_as_one_by_one() -> None:
    data = TensorDataset(torch.randn(7, 3).requires_grad_(), np.arange(7), torch.randn(7))
    part = Subset(Subset(data, [6, 5, 4, 3, 2]), [4, 0, 1])
    for dataset, order in ((data, [3, 3, 0]), (part, [2, 0])):
        (at_once,) = DataLoader(dataset, batch_sampler=[order])
        one_by_one = default_collate([dataset[number] for number in order])
        assert type(at_once) is tuple
        for a, b in zip(at_once, one_by_one, strict=True):
            assert torch.equal(a, b) and a.dtype == b.dtype and not a.requires_grad
        assert not np.shares_memory(at_once[0].numpy(), data.tensors[0].detach().numpy())


def test_shuffling_follows_the_seed() -> None:
    loader = DataLoader(range(20), 6, shuffle=True, seed=4)
    epochs = [lists(loader) for _ in range(2)]
    assert epochs[0] != epochs[1]
    assert [sorted(sum(epoch, [])) for epoch in epochs] == [list(range(20))] * 2
    again = DataLoader(range(20), 6, shuffle=True, generator=torch.Generator().manual_seed(4))
    assert [lists(again) for _ in range(2)] == epochs
    torch.manual_seed(7)
    first = lists(DataLoader(range(20), 6, shuffle=True))
    torch.manual_seed(7)
    assert lists(DataLoader(range(20), 6, shuffle=True, num_workers=2)) == first


@pytest.mark.parametrize("options", [{"num_workers": 3}, {"num_workers": 2, "worker_type": "process"}])
def test_workers_keep_the_order(options: Any) -> None:
    alone = [(i.tolist(), square.tolist()) for i, square, _ in DataLoader(Squares(), 2, shuffle=True, seed=1)]
    batches = list(DataLoader(Squares(), 2, shuffle=True, seed=1, prefetch_factor=1, **options))
    assert [(i.tolist(), square.tolist()) for i, square, _ in batches] == alone
    count = options["num_workers"]
    assert [worker.tolist()[0] for _, _, worker in batches] == [i % count for i in range(6)]
    assert get_worker_info() is None
    assert sorted(sum(lists(DataLoader(Stream(), 3, **options)), [])) == list(range(10))


def test_streams() -> None:
    assert lists(DataLoader(Stream(), 4)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert lists(DataLoader(Stream(), 4, drop_last=True)) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert lists(DataLoader(Stream(), 3, num_workers=2)) == [[0, 2, 4], [1, 3, 5], [6, 8], [7, 9]]
    assert lists(DataLoader(Stream(), 3, num_workers=2, drop_last=True)) == [[0, 2, 4], [1, 3, 5]]
    assert list(DataLoader(Stream(), None))[:3] == [0, 1, 2]
    with pytest.raises(TypeError, match="has no len"):
        len(DataLoader(Stream(), 3))


@pytest.mark.parametrize("workers", [0, 2])
def test_errors_come_at_the_place_of_their_batch(workers: int) -> None:
    loader = iter(DataLoader(Squares(bad=5), 2, num_workers=workers))
    assert [next(loader)[0].tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(KeyError, match="sample 5"):
        next(loader)


def _failing(number: int) -> None:
    raise OSError(f"worker {number} has no disk")


def test_errors_of_processes_and_of_their_start() -> None:
    with pytest.raises(KeyError, match="sample 0"):
        list(DataLoader(Squares(bad=0), 2, num_workers=1, worker_type="process"))
    with pytest.raises(OSError, match="worker 0 has no disk"):
        list(DataLoader(Squares(), 2, num_workers=2, worker_init_fn=_failing))


def test_workers_have_seeds() -> None:
    def drawn(kind: Any) -> list[Any]:
        loader = DataLoader(Noise(), 2, num_workers=2, seed=3, worker_type=kind)
        return [[values.tolist() for values in batch] for batch in loader]

    first = drawn("process")
    assert first == drawn("process")
    seeds = [batch[0][0] for batch in first]
    assert (seeds[1] - seeds[0]) % 1000 == 1 and seeds[:2] == seeds[2:]
    assert len({value for batch in first for value in batch[1]}) == 8  # no two workers draw the same
    assert [batch[0] for batch in drawn("thread")] == [batch[0] for batch in first]


def test_workers_stop_when_the_loop_is_left() -> None:
    import threading

    for _ in DataLoader(Squares(1000), 1, num_workers=2):
        break
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("DataLoader")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_workers": -1}, "num_workers is not negative"),
        ({"worker_type": "fibre"}, "'thread' or 'process', not 'fibre'"),
        ({"sampler": [0], "shuffle": True}, "mutually exclusive with shuffle"),
        ({"batch_sampler": [[0]], "drop_last": True}, "batch_sampler option is mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, "makes no batches"),
        ({"batch_size": 0}, "positive integer value"),
        ({"seed": 1, "generator": torch.Generator()}, "a generator or a seed, not both"),
    ],
)
def test_misuse_is_refused(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DataLoader(Squares(), **options)
    with pytest.raises(ValueError, match="has an order of its own"):
        DataLoader(Stream(), shuffle=True)
