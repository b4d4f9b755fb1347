"""Importing this module registers every primitive."""

from __future__ import annotations

from tangentc.primitives import (  # noqa: F401
    containers,
    creation,
    dispatching,
    elementwise,
    helpers,
    linalg,
    maths,
    memory,
    operators,
    rearranging,
    reductions,
    searching,
    shaping,
    sorting,
    structure,
)
