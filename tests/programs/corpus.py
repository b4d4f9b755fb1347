"""All programs, and one test parameter for each program with each of its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.programs import (
    branches,
    callees,
    calls,
    closures,
    containers,
    exits,
    finance,
    flags,
    linear_algebra,
    loops,
    networks,
    ode,
    optimisation,
    passive,
    recursion,
    scalars,
    shaping,
    signal,
    statistics,
    stencils,
    stores,
    swaps,
    unbound,
    views,
)
from tests.programs.program import Program

__all__ = ["CASES", "PROGRAMS", "Case"]

FAMILIES = (
    scalars, branches, loops, exits, flags, unbound, stores, views, swaps, callees, calls, closures, recursion,
    containers, shaping, passive, linear_algebra, stencils, ode, statistics, networks, signal, finance, optimisation,
)  # fmt: skip

PROGRAMS: list[Program] = [program for family in FAMILIES for program in family.PROGRAMS]


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
