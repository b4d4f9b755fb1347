"""Seconds of an epoch of examples/digits.py: define by run, compiled, and with PyTorch where it is installed.

Each contender starts from the same weights and sees the same batches.  They take turns, on one thread, and the median
of the rounds counts.  "steps" are forward pass, backward pass and optimiser; "epoch" adds the loader that stacks
batches of single images.  "small" is forward and backward pass of three layers of 32 units for 8 images, where nearly
all is overhead.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import tangentc
from benchmarks.pytorch import EXAMPLES, installed, module_of
from benchmarks.timing import samples

__all__ = ["CONTENDERS", "Run", "Training", "measured", "show"]

CONTENDERS = {
    "define by run": ("tangentc", False),
    "compiled": ("tangentc", True),
    "PyTorch": ("torch", False),
}
RATE = 5e-3


@dataclass
class Run:
    """What became of a network."""

    losses: list[float] = field(default_factory=list)
    test_loss: float = 0.0
    accuracy: float = 0.0


class Training:
    """The network of examples/digits.py with the tensors of a library, its weights and batches taken from NumPy."""

    def __init__(self, library: str, compiled: bool = False, batch_size: int = 32) -> None:
        self.example = module_of(EXAMPLES / "digits.py", library)
        self.train, self.test = self.example.digits(0)
        self.batch_size = batch_size
        self.rng = np.random.default_rng(4901)
        self.model = self.example.Network()
        self.run = tangentc.compile(self.model) if compiled else self.model
        self.loss_fn = self.example.nn.CrossEntropyLoss()
        self._fill()
        self.optimizer = self.example.optim.Adam(self.model.parameters(), lr=RATE)
        self.found = Run()

    def _fill(self) -> None:
        """Uniform weights, as the layers themselves choose them."""
        torch = self.example.torch
        with torch.no_grad():
            for parameter in self.model.parameters():
                shape = tuple(parameter.shape)
                bound = 1.0 / np.sqrt(np.prod(shape[1:]) if len(shape) > 1 else shape[0])
                values = self.rng.uniform(-bound, bound, shape).astype(np.float32)
                parameter.copy_(torch.from_numpy(values))

    def loader(self) -> Any:
        """The batches of the next epoch."""
        order = self.rng.permutation(len(self.train)).tolist()
        return self.example.DataLoader(self.train, batch_size=self.batch_size, sampler=order)

    def epoch(self) -> float:
        """Train for one epoch; seconds."""
        return self._over(self.loader())

    def steps(self) -> float:
        """Train for one epoch whose batches are there already; seconds."""
        return self._over(list(self.loader()))

    def _over(self, batches: Any) -> float:
        self.model.train()
        began = time.perf_counter()
        losses = self.example.train_loop(batches, self.run, self.loss_fn, self.optimizer)
        seconds = time.perf_counter() - began
        self.found.losses += losses
        return seconds

    def tested(self) -> Run:
        """Test on what was held out."""
        batches = self.example.DataLoader(self.test, batch_size=self.batch_size)
        self.found.test_loss, self.found.accuracy = self.example.test_loop(batches, self.model, self.loss_fn)
        return self.found


def small_step(library: str, compiled: bool = False) -> Callable[[], None]:
    """Forward and backward pass of a network that is too small for its arithmetic to count."""
    example = module_of(EXAMPLES / "digits.py", library)
    torch, nn = example.torch, example.nn
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10))
    run = tangentc.compile(model) if compiled else model
    loss_fn = nn.CrossEntropyLoss()
    X = torch.from_numpy(np.random.default_rng(0).random((8, 64), np.float32))
    y = torch.arange(8)

    def step() -> None:
        model.zero_grad()
        loss_fn(run(X), y).backward()

    return step


def measured(rounds: int = 7) -> Iterator[dict[str, float | str]]:
    """A row for each contender, after one epoch that is not counted: the first compiles."""
    if installed():
        import torch

        torch.set_num_threads(1)
    names = [name for name, (library, _) in CONTENDERS.items() if library != "torch" or installed()]
    trainings = {name: Training(*CONTENDERS[name]) for name in names}
    first = {name: training.epoch() for name, training in trainings.items()}
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for turn in range(rounds):
        for step in range(len(names)):
            name = names[(turn + step) % len(names)]
            seconds[name].append((trainings[name].epoch(), trainings[name].steps()))
    small = samples(*(small_step(*CONTENDERS[name]) for name in names))
    for (name, training), step in zip(trainings.items(), small, strict=True):
        epochs, steps = zip(*seconds[name], strict=True)
        found = training.tested()
        yield {
            "name": name,
            "first_epoch_s": first[name],
            "epoch_s": statistics.median(epochs),
            "steps_s": statistics.median(steps),
            "small_us": 1e6 * step.seconds,
            "test_loss": found.test_loss,
            "accuracy": found.accuracy,
        }


def show(rows: list[dict[str, Any]]) -> None:
    heads = f"{'first epoch':>13}{'epoch':>10}{'steps':>10}{'small':>11}{'held out':>10}{'loss':>9}"
    print(f"{'examples/digits.py':20}{heads}")
    for row in rows:
        print(
            f"{row['name']:20}{row['first_epoch_s']:11.2f} s{row['epoch_s']:8.3f} s{row['steps_s']:8.3f} s"
            f"{row['small_us']:8.0f} us"
            f"{row['accuracy']:10.1%}{row['test_loss']:9.4f}"
        )
    if not installed():
        print("PyTorch is not installed: it would run beside")
