"""The matrix: every program, with each of its inputs, in every mode."""

from __future__ import annotations

import pytest

import tangentc
from tests.matrix import Subject
from tests.programs import assignments, branches, recursion, stores, swaps, views, writers
from tests.programs.corpus import CASES, PROGRAMS
from tests.programs.program import Program

MEMORY = [
    program
    for family in (branches, stores, assignments, writers, views, swaps)
    for program in family.PROGRAMS
]


@pytest.fixture(params=CASES)
def subject(request: pytest.FixtureRequest) -> Subject:
    program, arguments = request.param.program, request.param.arguments
    return Subject(program.function, arguments, program.argnums, program.rtol)


@pytest.fixture(params=[case for case in CASES if case.values[0].program.order > 1])
def scalable_subject(request: pytest.FixtureRequest) -> Subject:
    program, arguments = request.param.program, request.param.arguments
    return Subject(program.function, arguments, program.argnums, program.rtol)


def test_corpus_is_a_corpus() -> None:
    titles = [program.title for program in PROGRAMS]
    assert len(titles) == len(set(titles)) >= 60


def test_is_smooth(subject: Subject) -> None:
    subject.is_smooth()


def test_primal(subject: Subject) -> None:
    subject.primal()


def test_forward(subject: Subject) -> None:
    subject.forward()


def test_reverse(subject: Subject) -> None:
    subject.reverse()


def test_repeated(subject: Subject) -> None:
    subject.repeated()


def test_variants(scalable_subject: Subject, request: pytest.FixtureRequest) -> None:
    """All of them with the first arguments of a program: that the text of the others differs is rare."""
    scalable_subject.variants(thorough=request.node.name.endswith("-0]"))


def test_second_order(scalable_subject: Subject) -> None:
    scalable_subject.second_order()


@pytest.mark.parametrize("program", MEMORY, ids=lambda program: program.title)
def test_reverse_over_reverse(program: Program) -> None:
    """The adjoint of an adjoint: shadows of shadows, tapes of cotangents."""
    for arguments in program.inputs:
        Subject(program.function, arguments, program.argnums, program.rtol).reverse_over_reverse()


@pytest.mark.parametrize("program", recursion.REFUSED, ids=lambda program: program.title)
def test_refused(program: Program) -> None:
    """What belongs to a later part raises in every mode."""
    for arguments in program.inputs:
        for mode in (tangentc.vjp, lambda f, *xs: tangentc.jvp(f, xs, xs)):
            with pytest.raises(tangentc.UnsupportedSyntaxError):
                mode(program.function, *arguments)
