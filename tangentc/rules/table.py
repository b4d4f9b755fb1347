"""Importing this module registers every derivative rule."""

from __future__ import annotations

import tangentc.primitives.table  # noqa: F401
from tangentc.rules import (  # noqa: F401
    arithmetic,
    conversions,
    creation,
    dispatching,
    elementwise,
    indexing,
    linalg,
    nondifferentiable,
    reductions,
    shaping,
)
