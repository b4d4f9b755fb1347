"""Random programs: forward mode, reverse mode and difference quotients agree; some to second order.

`make test` runs the same examples each time; `make fuzz` looks for new ones.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given, reject

from tangentc import InternalError, TangentcError
from tests.fuzz.generator import RandomProgram, programs
from tests.matrix import check

REFUSED_AT_MOST = 0.2  # of all programs, with an error that says why
SECOND_ORDER_EACH = 4  # and with optimisations off, and interpreted: every so many programs, by seed


def test_random_programs() -> None:
    tally: Counter[str] = Counter()

    @given(programs())
    def agree(program: RandomProgram) -> None:
        try:
            program.function(*program.arguments())
        except RuntimeWarning:  # it overflows by itself
            reject()
        tally["programs"] += 1
        order = 1 if program.seed % SECOND_ORDER_EACH else 2
        try:
            subject = check(program.function, *program.arguments(), order=order)
            if order == 2:
                subject.variants()
                if not program.seed % (2 * SECOND_ORDER_EACH):
                    subject.reverse_over_reverse()
        except InternalError:
            raise
        except TangentcError:
            tally["refused"] += 1

    agree()
    assert tally["refused"] <= REFUSED_AT_MOST * tally["programs"], tally
