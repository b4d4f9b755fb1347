"""Derivatives of the functions that order and choose the entries of arrays: each keeps its own.

Where entries are equal the stable order decides which of them is meant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import dtype_of
from tangentc.primitives.core import named
from tangentc.primitives.libraries import resolve
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, rank
from tangentc.rules.registry import linearise, nondifferentiable


def _reordered(x: Expr, order: Expr, axis: int | None, dx: Tangent) -> Tangent:
    if axis is None or rank(x) == 1:
        return linear.gather(order, dx, once=True)
    return linear.take_along(order, dx, axis=axis, once=True)


@linearise(np.sort)
def sort(y: Expr, x: Expr, *, axis: int | None, kind: Any, stable: Any, dx: Tangent) -> Tangent:
    return _reordered(x, call("stable_order", x, y, axis=axis), axis, dx)


@linearise(np.partition)
def partition(y: Expr, x: Expr, kth: Expr, *, axis: int | None, kind: Any, dx: Tangent) -> Tangent:
    """Which order NumPy left is seen from the result."""
    order = call("parted_order", x, y, kth, axis=axis)
    return _reordered(x, order, axis, dx)


@linearise(np.sort_complex)
def sort_complex(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    moved = _reordered(x, call("stable_order", x, y), -1, dx)
    dtype = dtype_of(y.kind)
    return (
        moved if dtype == dtype_of(x.kind) else linear.convert(moved, to="astype", attrs=(("dtype", dtype),))
    )


@linearise(np.take_along_axis)
def take_along_axis(y: Expr, x: Expr, indices: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    axis = -1 if axis is ... else axis
    if axis is None or rank(x) == 1:
        return linear.gather(indices, dx)
    return linear.take_along(indices, dx, axis=axis)


@linearise(np.choose)
def choose(y: Expr, a: Expr, *choices: Expr, mode: str, dchoices: tuple[Tangent, ...]) -> Tangent:
    """Each choice where it was chosen."""
    count = len(choices)
    if mode == "wrap":
        a = a % count
    elif mode == "clip":
        a = call("np.clip", a, 0, count - 1)
    total: Any = ZERO
    for number, dx in enumerate(dchoices):
        total = total + (dx and linear.select(call("eq", a, number), dx))
    return total


nondifferentiable(
    *(
        named(name)
        for name in (
            "np.argpartition", "parted_order", "stable_order", "flat_places", "np.lexsort", "np.unique", "np.isin",
            "np.ravel_multi_index",
            "np.indices", "np.array_equiv", "np.isreal", "np.iscomplex",
        )
    )
)  # fmt: skip
if resolve("np.in1d") is not None:
    nondifferentiable(named("np.in1d"))
