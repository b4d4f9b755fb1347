"""The tests of one program follow one another, so that each of its derivatives is compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs.corpus import PROGRAMS, Case
from tests.programs.program import Program

_PLACES = {program.title: place for place, program in enumerate(PROGRAMS)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if item.path.parent == Path(__file__).parent]
    ordered = iter(sorted(here, key=_place))
    items[:] = [next(ordered) if item.path.parent == Path(__file__).parent else item for item in items]


def _place(item: pytest.Item) -> int:
    """Where the program of a test stands in the corpus; tests of no program come first."""
    callspec = getattr(item, "callspec", None)
    for value in () if callspec is None else callspec.params.values():
        program = value.program if isinstance(value, Case) else value
        if isinstance(program, Program):
            return _PLACES.get(program.title, -1)
    return -1
