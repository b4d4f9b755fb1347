"""Importing this module registers every derivative rule."""

from __future__ import annotations

from importlib import import_module

import tangentc.primitives.table  # noqa: F401
from tangentc.primitives.core import extra
from tangentc.rules import (  # noqa: F401
    arithmetic,
    calculus,
    conversions,
    creation,
    decompositions,
    dispatching,
    elementwise,
    fourier,
    functions,
    indexing,
    linalg,
    nondifferentiable,
    polynomials,
    random,
    rearranging,
    reductions,
    shaping,
    sorting,
    statistics,
)
from tangentc.rules.registry import own_rules


def _scipy(part: str) -> None:
    """The rules of a part of SciPy, as soon as the user has imported that part."""

    def load() -> None:
        with own_rules():
            import_module(f"tangentc.rules.scipy.{part}")

    extra(f"scipy.{part}", load)


for _part in (
    "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "spatial", "special",
    "stats",
):  # fmt: skip
    _scipy(_part)
