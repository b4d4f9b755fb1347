"""All programs, and one test parameter for each program with each of its inputs."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any

import pytest

import tests.programs
from tests.programs.program import Program

__all__ = ["CASES", "PROGRAMS", "Case"]

_OTHERS = ("corpus", "pairs", "program", "rewriting")


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
    arguments: tuple[Any, ...]


CASES = [
    pytest.param(Case(program, arguments), id=f"{program.title}-{number}")
    for program in PROGRAMS
    for number, arguments in enumerate(program.inputs)
]
