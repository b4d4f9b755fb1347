"""Random programs: forward mode, reverse mode and difference quotients agree; some to second order.

`make test` runs the same examples each time; `make fuzz` looks for new ones. One that fails is shrunk and kept in
`found/`, which each later run tries again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, seed, settings

from tangentc import InternalError, TangentcError
from tests.fuzz.generator import RandomProgram, programs
from tests.matrix import check

FOUND = Path(__file__).with_name("found")
HEAD = (
    "# ruff: noqa\n# A random program that once failed, with its trip count and the seed of its arguments.\n"
)
PARTS = 6  # which run at the same time where there are processes for them
REFUSED_AT_MOST = 0.2  # of all programs, with an error that says why
WRONG_AT_MOST = 0.1  # of all programs, in plain Python
SECOND_ORDER_EACH = 24  # and with optimisations off, and interpreted: every so many programs, by seed


@pytest.mark.parametrize("part", range(PARTS))
def test_random_programs(part: int) -> None:
    tally: Counter[str] = Counter()

    def attempt(what: str, action: Callable[[], Any]) -> Any:
        """What an action returns; None, and counted, if it is refused."""
        try:
            return action()
        except InternalError:
            raise
        except TangentcError:
            tally[what] += 1
            return None

    failing: list[RandomProgram] = []

    @settings(max_examples=settings.default.max_examples // PARTS)
    @given(programs())
    def agree(program: RandomProgram) -> None:
        try:
            program.function(*program.arguments())
        except Exception:  # it overflows, or goes wrong in another way by itself
            tally["wrong by themselves"] += 1
            reject()
        tally["programs"] += 1
        failing[:] = [program]
        subject = attempt("refused", lambda: check(program.function, *program.arguments(), order=1))
        if subject is not None and not program.seed % SECOND_ORDER_EACH:
            subject.variants()
            attempt("refused to second order", subject.second_order)
            attempt("refused, reverse over reverse", subject.reverse_over_reverse)
        failing.clear()

    if settings.default.derandomize:
        agree = seed(part)(agree)
    try:
        agree()
    finally:
        for program in failing:  # the last that was tried, after shrinking
            digest = hashlib.sha256(program.text.encode()).hexdigest()[:8]
            (FOUND / f"{digest}.py").write_text(f"{HEAD}# {program.n}, {program.seed}\n\n{program.text}")
    assert tally["wrong by themselves"] <= WRONG_AT_MOST * tally["programs"], tally
    assert tally["refused"] <= REFUSED_AT_MOST * tally["programs"], tally


@pytest.mark.parametrize("path", sorted(FOUND.glob("*.py")), ids=lambda path: path.stem)
def test_found_programs(path: Path) -> None:
    facts, _, text = path.read_text().removeprefix(HEAD).partition("\n\n")
    n, seed = map(int, facts.removeprefix("# ").split(", "))
    program = RandomProgram(text, n, seed)
    try:
        subject = check(program.function, *program.arguments(), order=1)
        subject.variants()
        subject.second_order()
        subject.reverse_over_reverse()
    except InternalError:
        raise
    except TangentcError:
        pass  # refused with a reason
