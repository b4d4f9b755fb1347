"""All programs, one test parameter for each program with each of its inputs, and the subjects that tests share."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any

import pytest

import tests.programs
from tests.matrix import Subject
from tests.programs.program import Program

__all__ = ["CASES", "PROGRAMS", "Case", "subject_of"]

_OTHERS = ("conftest", "corpus", "pairs", "program", "rewriting")


def _families() -> list[Any]:
    """The modules of this package that hold programs, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.programs.__path__))
    families = [name for name in names if not name.startswith("test_") and name not in _OTHERS]
    return [importlib.import_module(f"tests.programs.{name}") for name in families]


PROGRAMS: list[Program] = [program for family in _families() for program in family.PROGRAMS]


@dataclass(frozen=True)
class Case:
    """A program with one choice of its arguments."""

    program: Program
    number: int


CASES = [
    pytest.param(Case(program, number), id=f"{program.title}-{number}")
    for program in PROGRAMS
    for number in range(len(program.inputs))
]

_BY_TITLE = {program.title: program for program in PROGRAMS}


@functools.lru_cache(maxsize=16)
def subject_of(title: str, number: int = 0) -> Subject:
    """A program at one of its inputs: one object for tests that follow one another, compiled once."""
    program = _BY_TITLE[title]
    return Subject(program.function, program.inputs[number], program.argnums, program.rtol)
