"""Random programs: forward mode, reverse mode and difference quotients agree; some to second order.

`make test` runs the same examples each time; `make fuzz` looks for new ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import given, reject

from tangentc import InternalError, TangentcError
from tests.fuzz.generator import RandomProgram, programs
from tests.matrix import check

REFUSED_AT_MOST = {"refused": 0.1, "refused to second order": 0.5}  # of all programs, of those that go on
SECOND_ORDER_EACH = 12  # and with optimisations off, and interpreted: every so many programs, by seed


def test_random_programs() -> None:
    tally: Counter[str] = Counter()

    def refusals(what: str, attempt: Callable[[], object]) -> bool:
        """Whether an attempt was refused, which has to stay rare, with an error that says why."""
        try:
            attempt()
        except InternalError:
            raise
        except TangentcError:
            tally[what] += 1
            return True
        return False

    @given(programs())
    def agree(program: RandomProgram) -> None:
        arguments = program.arguments()
        try:
            program.function(*program.arguments())
        except RuntimeWarning:  # it overflows by itself
            reject()
        tally["programs"] += 1
        if refusals("refused", lambda: check(program.function, *arguments, order=1)):
            return
        if not program.seed % SECOND_ORDER_EACH:
            tally["to second order"] += 1
            subject = check(program.function, *program.arguments(), order=1)
            subject.variants()
            for attempt in (subject.second_order, subject.reverse_over_reverse):
                refusals("refused to second order", attempt)

    agree()
    assert tally["refused"] <= REFUSED_AT_MOST["refused"] * tally["programs"], tally
