"""Layers, losses, optimisers and schedules give what PyTorch gives: values, gradients, and states.

PyTorch's figures are stored, see `make_reference`; where it is installed it also computes them anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.nn.cases import CASES, ours, results, theirs

REFERENCE = np.load(Path(__file__).with_name("reference.npz"))
OPTIMISERS = {"sgd", "adam", "adamw", "rmsprop", "adagrad", "lbfgs"}


def tolerance(name: str, dtype: Any) -> float:
    """Rounding errors of optimisers grow from step to step, most with line searches."""
    found = 1e-5 if dtype == np.float32 else 1e-12
    family = name.split(",")[0]
    return found * (1e3 if family == "lbfgs" else 10 if family in OPTIMISERS else 1)


def error(found: Any, expected: Any) -> float:
    """The largest difference, as a part of the largest entry where that exceeds 1."""
    assert found.shape == expected.shape
    if not found.size:
        return 0.0
    return float(np.max(np.abs(found - expected)) / max(1.0, np.max(np.abs(expected))))


def flat(arrays: list[Any]) -> Any:
    return np.concatenate([a.ravel() for a in arrays])


def test_every_case_is_stored() -> None:
    assert set(REFERENCE.files) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_double_precision(name: str) -> None:
    found = results(name, ours(), np.float64)
    assert error(flat(found), REFERENCE[name]) < tolerance(name, np.float64)


# The path of L-BFGS hangs on the last bits of the losses.
SINGLE = [name for name in CASES if not name.startswith(("schedule", "lbfgs"))]


@pytest.mark.parametrize("name", SINGLE)
def test_single_precision(name: str) -> None:
    found = results(name, ours(), np.float32)
    assert error(flat(found), REFERENCE[name]) < tolerance(name, np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_live(dtype: Any) -> None:
    """PyTorch itself: also that dtypes are the same, and that the stored figures are not out of date."""
    pytest.importorskip("torch")
    wrong = []
    for name in CASES if dtype == np.float64 else SINGLE:
        found, expected = results(name, ours(), dtype), results(name, theirs(), dtype)
        is_same = [
            a.dtype == b.dtype and error(a, b) < tolerance(name, dtype)
            for a, b in zip(found, expected, strict=True)
        ]
        if not all(is_same) or error(flat(expected), REFERENCE[name]) >= tolerance(name, dtype):
            wrong.append(name)
    assert not wrong
