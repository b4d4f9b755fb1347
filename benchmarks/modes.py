"""The lecture's Net3: its forward pass in default, no-grad and inference mode, ours and PyTorch's on the same weights.

The contenders take turns on one thread.  Memory is that of one forward pass in a process of its own: how far the peak
of the resident memory rises above the weights and the input.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pytorch import EXAMPLES, installed, module_of
from benchmarks.timing import samples

__all__ = ["LECTURE", "SIZES", "Forward", "measured", "show"]

MODES = ("default", "no-grad", "inference")
SIZES = (4096, 8192, 256)
"""The lecture's: numbers of an input, units of a hidden layer, inputs at once."""
LECTURE = {"default": 0.5174, "no-grad": 0.4768, "inference": 0.4341}
"""Seconds in the lecture, on its machine."""


def weights_of(sizes: Sequence[int]) -> list[Any]:
    """The input and the four weights, in single precision, of a size that neither grows nor vanishes."""
    dim1, dim2, batch = sizes
    rng = np.random.default_rng(0)
    shapes = (batch, dim1), (dim1, dim2), (dim2, dim2), (dim2, dim2), (dim2, 1)
    arrays = [rng.random(shape, np.float32) for shape in shapes]
    for array in arrays:
        array -= np.float32(0.5)
    for array in arrays[1:]:
        array *= np.float32(4.0 / np.sqrt(len(array)))
    return arrays


class Forward:
    """Net3 with the tensors of a library, over arrays that all libraries share."""

    def __init__(self, library: str, arrays: Sequence[Any]) -> None:
        example = module_of(EXAMPLES / "lecture" / "modes.py", library)
        torch = self.torch = example.torch
        self.x = torch.from_numpy(arrays[0])
        self.net = example.Net3(1, 1)
        layers = (self.net.layer0, self.net.layer1, self.net.layer2, self.net.layer3)
        for layer, array in zip(layers, arrays[1:], strict=True):
            layer.weight = example.nn.Parameter(torch.from_numpy(array))

    def within(self, mode: str) -> AbstractContextManager[Any]:
        torch = self.torch
        contexts = {"default": nullcontext, "no-grad": torch.no_grad, "inference": torch.inference_mode}
        found: AbstractContextManager[Any] = contexts[mode]()
        return found

    def __call__(self, mode: str) -> Any:
        with self.within(mode):
            return self.net(self.x)

    def bound(self, mode: str) -> Callable[[], Any]:
        return lambda: self(mode)


def libraries() -> list[str]:
    return ["tangentc", "torch"] if installed() else ["tangentc"]


def measured(sizes: Sequence[int] = SIZES, rounds: int = 5) -> Iterator[dict[str, Any]]:
    """A row for each mode: seconds and bytes of each library."""
    if installed():
        import torch

        torch.set_num_threads(1)
    arrays = weights_of(sizes)
    forwards = {library: Forward(library, arrays) for library in libraries()}
    results = [forward(mode).detach().numpy() for forward in forwards.values() for mode in MODES]
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-3, atol=1e-4)
    jobs = [(library, mode) for mode in MODES for library in forwards]
    taken = dict(
        zip(jobs, samples(*(forwards[a].bound(mode) for a, mode in jobs), rounds=rounds), strict=True)
    )
    del arrays, forwards  # the processes that measure memory need their own
    for mode in MODES:
        row: dict[str, Any] = {"mode": mode, "sizes": list(sizes)}
        for library in libraries():
            row[f"{library}_s"] = taken[library, mode].seconds
            row[f"{library}_bytes"] = memory(library, mode, sizes)
        if installed():
            row["ratio"] = taken["tangentc", mode].over(taken["torch", mode])
        yield row


# --- memory ------------------------------------------------------------------------------------


def memory(library: str, mode: str, sizes: Sequence[int]) -> int:
    """Bytes by which one forward pass raises the peak, measured in another process."""
    words = [sys.executable, "-m", "benchmarks.modes", library, mode, *map(str, sizes)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        words, cwd=EXAMPLES.parent, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return int(json.loads(done.stdout))


def _rise(library: str, mode: str, sizes: Sequence[int]) -> int:
    small = Forward(library, weights_of((512, 512, 64)))
    for _ in range(2):  # whatever the first calls load, compile and set aside
        small(mode)
    forward = Forward(library, weights_of(sizes))
    before = _peak()
    result = forward(mode)
    after = _peak()
    del result
    return after - before


def _peak() -> int:
    """The highest resident memory of this process so far."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where `ru_maxrss` begins with the peak of the parent
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return 1024 * int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# --- showing -----------------------------------------------------------------------------------


def show(rows: list[dict[str, Any]]) -> None:
    dim1, dim2, batch = rows[0]["sizes"]
    print(f"Net3, {dim1}-{dim2}-{dim2}-{dim2}-1, batch {batch}, float32: one forward pass")
    print(f"{'':12}{'ours':>10}{'PyTorch':>12}{'ratio':>8}{'lecture':>12}{'ours':>12}{'PyTorch':>10}")
    for row in rows:
        lecture = f"{LECTURE[row['mode']]:10.4f} s" if tuple(row["sizes"]) == SIZES else f"{'-':>12}"
        theirs = f"{row['torch_s']:10.4f} s{row['ratio']:8.2f}" if "ratio" in row else f"{'-':>12}{'-':>8}"
        held = f"{row['torch_bytes'] / 1e6:7.1f} MB" if "ratio" in row else f"{'-':>10}"
        print(
            f"{row['mode']:10}{row['tangentc_s']:10.4f} s{theirs}{lecture}{row['tangentc_bytes'] / 1e6:9.1f} MB{held}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.modes", description="Bytes of one forward pass of Net3."
    )
    parser.add_argument("library", choices=("tangentc", "torch"))
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("sizes", type=int, nargs=3)
    given = parser.parse_args()
    print(json.dumps(_rise(given.library, given.mode, given.sizes)))


if __name__ == "__main__":
    main()
