"""Seconds of callables that take turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Samples", "once", "samples"]


@dataclass(frozen=True)
class Samples:
    """Seconds of one call, one figure for each round; figures of one round belong together."""

    rounds: tuple[float, ...]

    @property
    def seconds(self) -> float:
        return statistics.median(self.rounds)

    @property
    def least(self) -> float:
        """The shortest of the rounds: what else runs on the machine only adds."""
        return min(self.rounds)

    def over(self, other: Samples) -> float:
        """How many times as long as the other: the median over the rounds, since load comes and goes."""
        return statistics.median(a / b for a, b in zip(self.rounds, other.rounds, strict=True))


Clock = Callable[[], float]


def once(run: Callable[[], Any], clock: Clock = time.perf_counter) -> float:
    """Seconds of one call."""
    return _batch(run, 1, clock)


def _batch(run: Callable[[], Any], calls: int, clock: Clock) -> float:
    began = clock()
    for _ in range(calls):
        run()
    return (clock() - began) / calls


def samples(
    *contenders: Callable[[], Any], rounds: int = 41, batch: float = 2e-3, clock: Clock = time.perf_counter
) -> Sequence[Samples]:
    """The seconds of one call of each contender, in rounds.

    In each round every contender runs once, in batches of about `batch` seconds, and the order rotates.  The
    collector of garbage is off meanwhile: it would charge one contender for the litter of another.  A `clock` of the
    process, instead of the wall, leaves out what other programs take.
    """
    calls = [max(1, int(batch / max(once(run, clock), once(run, clock), 1e-9))) for run in contenders]
    taken: list[list[float]] = [[] for _ in contenders]
    enabled = gc.isenabled()
    gc.disable()
    try:
        for turn in range(rounds):
            for step in range(len(contenders)):
                chosen = (turn + step) % len(contenders)
                taken[chosen].append(_batch(contenders[chosen], calls[chosen], clock))
            gc.collect(0)
    finally:
        if enabled:
            gc.enable()
    return [Samples(tuple(figures)) for figures in taken]
