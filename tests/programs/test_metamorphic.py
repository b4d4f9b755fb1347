"""Texts that mean the same have the same derivative: renamed, spelled out, unrolled, outlined, in place or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tangentc
from tests.matrix import Subject, assert_close
from tests.programs.corpus import PROGRAMS, subject_of
from tests.programs.pairs import PAIRS, Pair
from tests.programs.program import Program
from tests.programs.rewriting import outlined, renamed, rewritten, spelled_out, unrolled, with_while

FORMS = (
    (spelled_out, with_while, renamed),
    (unrolled,),
    (outlined,),
)

# A sum that the first trip makes an array is understood in `for` loops alone; other texts of it are refused.
ONLY_IN_FOR = ("sum_of_rows", "sum_of_three", "sums_in_sums", "two_sweeps")


def cotangents(subject: Subject) -> Any:
    _, pullback = subject.pull()
    return pullback(subject.weights)


def forms(program: Program) -> list[Callable[..., Any]]:
    found = (rewritten(program.function, program.inputs[0], *form) for form in FORMS)
    return [form for form in found if form is not None]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_rewritten(program: Program) -> None:
    """Names, the spelling of writes and loops, and where functions begin mean nothing to a derivative."""
    subject = subject_of(program.title)
    others = forms(program)
    expected = cotangents(subject) if others else None
    for other in others:
        try:
            got = cotangents(Subject(other, subject.arguments, subject.argnums, subject.rtol))
        except tangentc.UnsupportedSyntaxError:
            assert program.title in ONLY_IN_FOR
            continue
        assert_close(got, expected, 0.1 * subject.exact, other.__code__.co_filename)


def test_rewritings_apply() -> None:
    """Plain Python rejects a rewriting that changes the program; few are."""
    sample = PROGRAMS[::10]
    assert sum(len(forms(program)) for program in sample) >= 1.6 * len(sample)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.in_place.__name__)
def test_in_place(pair: Pair) -> None:
    """Writing into arrays and making new ones have the same derivative, to rounding."""
    for arguments in pair.inputs:
        one, other = Subject(pair.out_of_place, arguments), Subject(pair.in_place, arguments)
        assert_close(other.result, one.result, 1e-12, "the programs")
        assert_close(cotangents(other), cotangents(one), 1e-11, "cotangents")
        _, expected = one.push(one.function, one.tangents)
        _, got = other.push(other.function, other.tangents)
        assert_close(got, expected, 1e-11, "tangents")
