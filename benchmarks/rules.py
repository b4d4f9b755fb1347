"""What the derivative of every library function costs: the reverse sweep over the function, at 100,000 entries or so.

The program is a weighted sum of what the function returns.  "reverse" is what its value with the gradient, by compiled
code, takes longer than its value; the ratio of that to the function alone is the figure to keep below 3.  A function
that returns a view takes no time, but its gradient must be written: no function counts as faster than a copy of what
it reads and returns.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

import tangentc
from benchmarks.calls import Call, calls
from benchmarks.timing import once, samples

__all__ = ["AIM", "measure", "measured", "show", "summary"]

AIM = 3.0
SIZE, SMALLEST, LONGEST = 100_000, 25, 6e-3  # entries, as long as one call takes no more than so many seconds
ROUNDS = 5
LIBRARIES = (
    "np.linalg", "np.fft", "np", "scipy.special", "scipy.stats", "scipy.fft", "scipy.linalg", "scipy.signal",
    "scipy.ndimage", "scipy.integrate", "scipy.spatial",
)  # fmt: skip


def weighted(function: Callable[..., Any], is_tuple: bool, is_complex: bool) -> Callable[..., Any]:
    """The scalar program that adds up all that a function returns, with weights."""

    def total(weights, *operands):
        return np.sum(weights * function(*operands))

    def real_total(weights, *operands):
        return np.sum(np.real(weights * function(*operands)))

    def total_of_several(weights, *operands):
        added = 0.0
        for weight, part in zip(weights, function(*operands), strict=True):
            added = added + np.sum(np.real(weight * part))
        return added

    return total_of_several if is_tuple else real_total if is_complex else total


def measure(name: str, call: Call) -> dict[str, float | str]:
    """Seconds of the function, and of the reverse sweep over that."""
    operands = _operands(call)
    result = call.function(*operands)
    parts = result if isinstance(result, tuple) else (result,)
    program = weighted(call.function, isinstance(result, tuple), any(map(np.iscomplexobj, parts)))
    weights = tuple(np.random.default_rng(1).uniform(0.5, 1.5, np.shape(part)) for part in parts)
    arguments = (weights if isinstance(result, tuple) else weights[0], *operands)
    gradient = tangentc.value_and_grad(program, argnums=_active(operands))
    value, _ = gradient(*arguments)
    np.testing.assert_allclose(value, program(*arguments), rtol=1e-6, err_msg=name)
    whole, forward, alone, copies = (
        taken.least
        for taken in samples(
            lambda: gradient(*arguments),
            lambda: program(*arguments),
            lambda: call.function(*operands),
            lambda: [np.copy(array) for array in (*operands, *parts)],
            rounds=ROUNDS,
            batch=1e-3,
            clock=time.process_time,
        )
    )
    reverse, function = whole - forward, max(alone, copies)
    return {
        "name": name,
        "entries": max(map(np.size, (*operands, *parts))),
        "function_us": 1e6 * function,
        "reverse_us": 1e6 * reverse,
        "ratio": reverse / function,
    }


def _operands(call: Call) -> tuple[Any, ...]:
    """Operands as large as time allows."""
    size = SMALLEST
    operands = call.at(size)
    while size < SIZE and _seconds(call, operands) < LONGEST / 6:
        size = min(4 * size, SIZE)
        operands = call.at(size)
    return operands


def _seconds(call: Call, operands: tuple[Any, ...]) -> float:
    """Of the second of two runs: the first may have something to prepare."""
    return [once(partial(call.function, *operands)) for _ in range(2)][1]


def _active(operands: tuple[Any, ...]) -> tuple[int, ...]:
    """The positions of what varies in the program, which has the weights first."""
    return tuple(place for place, x in enumerate(operands, 1) if np.asarray(x).dtype.kind in "fc")


def measured(chosen: str = "") -> Iterator[dict[str, Any]]:
    """A row for every call whose name contains `chosen`; what cannot be measured is named."""
    for name, call in calls():
        if chosen in name:
            if call is None:
                print(f"{name} has no call in benchmarks/calls.py")
                continue
            try:
                yield measure(name, call)
            except tangentc.TangentcError as error:
                print(f"{name}: {error.message}")


def summary(rows: list[dict[str, Any]]) -> dict[str, float]:
    ratios = [row["ratio"] for row in rows]
    return {
        "functions": len(ratios),
        "median": statistics.median(ratios),
        "above_aim": sum(ratio > AIM for ratio in ratios),
        "worst": max(ratios),
    }


def show(rows: list[dict[str, Any]]) -> None:
    """All figures, the largest first: in full above the aim, by name and ratio below."""
    rows = sorted(rows, key=lambda row: row["ratio"], reverse=True)
    print(f"\n{'reverse sweep over function':52}{'entries':>9}{'function':>13}{'reverse':>13}{'ratio':>8}")
    above = [row for row in rows if row["ratio"] > AIM]
    for row in above:
        print(
            f"{row['name']:52}{row['entries']:9}{row['function_us']:10.0f} us{row['reverse_us']:10.0f} us"
            f"{row['ratio']:8.2f}"
        )
    below = [f"{row['name']:42.42}{row['ratio']:6.2f}" for row in rows[len(above) :]]
    lines = -(-len(below) // 3)
    print()
    for line in range(lines):
        print("   ".join(below[line::lines]))
    print()
    for library in (*LIBRARIES, ""):
        part = [row for row in rows if _library(row["name"]) == library or not library]
        if part:
            total = summary(part)
            print(
                f"{library or 'all':14}{total['functions']:5} calls, median {total['median']:.2f}, "
                f"{total['above_aim']} above {AIM:.0f}, worst {total['worst']:.1f}"
            )


def _library(name: str) -> str:
    return next(library for library in LIBRARIES if name.startswith(f"{library}."))
