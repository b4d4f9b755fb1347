"""What `make demo` runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.docs.markdown import ROOT


def _run(name: str) -> str:
    command = [sys.executable, str(ROOT / "examples" / name)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}  # this tree, whatever is installed
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def test_lecture(golden):
    printed = _run("lecture/traces.py")
    for number in ("11.652", "5.5", "1.716"):
        assert number in printed
    golden("traces.txt", printed)


@pytest.fixture(scope="module")
def fit():
    return _run("fit.py")


def test_fit_learns(fit):
    (line,) = [line for line in fit.splitlines() if line.startswith("right: ")]
    fitted, held_out = (float(word.rstrip("%")) for word in line.split() if word.endswith("%"))
    assert fitted > 98
    assert held_out > 95


def test_fit_runs_its_saved_adjoint_alone(fit):
    assert "equal to the last bit" in fit
    assert "DIFFERENT" not in fit
