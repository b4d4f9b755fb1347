"""Derivatives of the functions that put entries in order: each goes with its tangent, equal ones keep their order."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import linearise, nondifferentiable


@linearise(np.sort)
def sort(y: Expr, a: Expr, *, axis: int | None, kind: Any, da: Tangent) -> Tangent:
    """Stable, whatever the algorithm: NumPy's own order of equal entries cannot be told from their values."""
    if axis is None:
        a, da, axis = ops.ravel(a), linear.ravel(da), 0
    order = _order(a, axis)
    return linear.along(order, da, axis=axis, once=True)


def _order(a: Expr, axis: int) -> Expr:
    return Expr.of(a.builder, a.builder.ops("np.argsort", a.atom, axis=axis, kind="stable")[0])


@linearise(np.partition)
def partition(y: Expr, a: Expr, kth: Expr, *, axis: int, da: Tangent) -> Tangent:
    return linear.along(call("np.argpartition", a, kth, axis=axis), da, axis=axis, once=True)


@linearise(np.take_along_axis)
def take_along_axis(y: Expr, arr: Expr, indices: Expr, *, axis: int | None, darr: Tangent) -> Tangent:
    if axis is None:
        return linear.gather(indices, darr)
    return linear.along(indices, darr, axis=axis)


nondifferentiable(np.argpartition)
