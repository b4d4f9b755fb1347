"""The matrix: every program, with each of its inputs, in every mode."""

from __future__ import annotations

import pytest

import tangentc
from tests.matrix import Subject
from tests.programs import assignments, branches, recursion, stores, swaps, views, writers
from tests.programs.corpus import CASES, PROGRAMS, subject_of
from tests.programs.program import Program

MEMORY = [
    program
    for family in (branches, stores, assignments, writers, views, swaps)
    for program in family.PROGRAMS
]


@pytest.fixture(params=CASES)
def subject(request: pytest.FixtureRequest) -> Subject:
    return subject_of(request.param.program.title, request.param.number)


FIRST = [case for case in CASES if case.id.endswith("-0") and case.values[0].program.order > 1]


@pytest.fixture(params=FIRST)
def first_subject(request: pytest.FixtureRequest) -> Subject:
    """A program with its first arguments: that the text of the others differs is rare."""
    return subject_of(request.param.program.title, request.param.number)


def test_corpus_is_a_corpus() -> None:
    titles = [program.title for program in PROGRAMS]
    assert len(titles) == len(set(titles)) >= 60


def test_first_order(subject: Subject) -> None:
    """One test for what one compilation serves."""
    subject.is_smooth()
    subject.primal()
    subject.forward()
    subject.reverse()
    subject.repeated()


def test_variants(first_subject: Subject) -> None:
    first_subject.variants()


def test_second_order(first_subject: Subject) -> None:
    first_subject.second_order()


TWICE_REFUSED = ("shape_between_writes",)  # TC123 in the second reverse


@pytest.mark.parametrize(
    "program", [p for p in MEMORY if p.title not in TWICE_REFUSED], ids=lambda program: program.title
)
def test_reverse_over_reverse(program: Program) -> None:
    """The adjoint of an adjoint: shadows of shadows, tapes of cotangents."""
    for number in range(len(program.inputs)):
        subject_of(program.title, number).reverse_over_reverse()


@pytest.mark.parametrize("program", recursion.REFUSED, ids=lambda program: program.title)
def test_refused(program: Program) -> None:
    """What belongs to a later part raises in every mode."""
    for arguments in program.inputs:
        for mode in (tangentc.vjp, lambda f, *xs: tangentc.jvp(f, xs, xs)):
            with pytest.raises(tangentc.UnsupportedSyntaxError):
                mode(program.function, *arguments)
