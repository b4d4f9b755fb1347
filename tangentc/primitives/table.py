"""Importing this module registers every primitive."""

from __future__ import annotations

from tangentc.primitives import (  # noqa: F401
    calculus,
    containers,
    creation,
    dispatching,
    elementwise,
    fourier,
    functions,
    helpers,
    linalg,
    maths,
    memory,
    operators,
    polynomials,
    random,
    rearranging,
    reductions,
    searching,
    shaping,
    sorting,
    statistics,
    structure,
)
