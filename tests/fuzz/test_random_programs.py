"""Random programs: forward mode, reverse mode and difference quotients agree; some to second order.

`make test` runs the same examples each time; `make fuzz` looks for new ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, reject, seed, settings

from tangentc import InternalError, TangentcError
from tests.fuzz.generator import RandomProgram, programs
from tests.matrix import check

PARTS = 6  # which run at the same time where there are processes for them
REFUSED_AT_MOST = 0.2  # of all programs, with an error that says why
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

    @settings(max_examples=settings.default.max_examples // PARTS)
    @given(programs())
    def agree(program: RandomProgram) -> None:
        try:
            program.function(*program.arguments())
        except RuntimeWarning:  # it overflows by itself
            reject()
        tally["programs"] += 1
        subject = attempt("refused", lambda: check(program.function, *program.arguments(), order=1))
        if subject is not None and not program.seed % SECOND_ORDER_EACH:
            subject.variants()
            attempt("refused to second order", subject.second_order)
            attempt("refused, reverse over reverse", subject.reverse_over_reverse)

    if settings.default.derandomize:
        agree = seed(part)(agree)
    agree()
    assert tally["refused"] <= REFUSED_AT_MOST * tally["programs"], tally
