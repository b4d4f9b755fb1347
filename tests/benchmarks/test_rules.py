"""The table of calls whose gradients are timed: complete, and every call runs."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from benchmarks import rules
from benchmarks.calls import CALLS, calls, differentiable
from tangentc.primitives.core import find


def test_every_differentiable_function_has_a_call() -> None:
    assert [name for name, call in calls() if call is None] == []


def test_every_entry_is_of_a_differentiable_function() -> None:
    known = {primitive.name for primitive, _ in differentiable()}
    assert {name.split()[0] for name in CALLS} <= known


@pytest.mark.parametrize("name", CALLS)
def test_an_entry_calls_its_function(name: str) -> None:
    path = name.split()[0]
    function = CALLS[name].function
    function = function.func if isinstance(function, partial) else function
    primitive = find(function)
    if primitive is not None:
        assert primitive.name == path
        return
    captured = [getattr(cell.cell_contents, "__name__", "") for cell in function.__closure__ or ()]
    assert path.rpartition(".")[2] in (*function.__code__.co_names, *captured)


def test_every_call_runs_and_has_a_number_as_its_result() -> None:
    for name, call in calls():
        assert call is not None
        result = call.function(*call.at(50))
        for part in result if isinstance(result, tuple) else (result,):
            assert np.all(np.isfinite(part)), name


def test_what_is_measured_is_the_gradient(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(rules, "SIZE", 100)
    monkeypatch.setattr(rules, "ROUNDS", 1)
    rows = list(rules.measured("np.linalg.s"))
    assert {"np.linalg.slogdet", "np.linalg.solve", "np.linalg.svd"} <= {row["name"] for row in rows}
    assert all(row["function_us"] > 0.0 for row in rows)
    rules.show(rows)
    assert "np.linalg" in capsys.readouterr().out
