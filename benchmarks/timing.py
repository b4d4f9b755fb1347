"""Seconds of callables that take turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["once", "seconds"]


def once(run: Callable[[], Any]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _batch(run: Callable[[], Any], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - began) / calls


def seconds(*contenders: Callable[[], Any], rounds: int = 41, batch: float = 2e-3) -> Sequence[float]:
    """The median seconds of one call of each contender.

    In each round every contender runs once, in batches of about `batch` seconds, and the order rotates.  The
    collector of garbage is off meanwhile: it would charge one contender for the litter of another.
    """
    calls = [max(1, int(batch / max(once(run), once(run), 1e-9))) for run in contenders]
    samples: list[list[float]] = [[] for _ in contenders]
    enabled = gc.isenabled()
    gc.disable()
    try:
        for turn in range(rounds):
            for step in range(len(contenders)):
                chosen = (turn + step) % len(contenders)
                samples[chosen].append(_batch(contenders[chosen], calls[chosen]))
            gc.collect(0)
    finally:
        if enabled:
            gc.enable()
    return [statistics.median(taken) for taken in samples]
