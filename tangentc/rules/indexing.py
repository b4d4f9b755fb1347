"""Derivatives of reading parts of arrays."""

from __future__ import annotations

import numpy as np

from tangentc.ir.nodes import Hole, Index, Slice
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Array, Scalar
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import linearise


@linearise(named("getitem"))
def getitem(y: Expr, x: Expr, *holes: Expr, index: Index, dx: Tangent) -> Tangent:
    """The same part of dx: basic, integer-array and boolean indices alike."""
    if not isinstance(x.kind, (Array, Scalar, AnyKind)):
        raise ops.undefined("an element of a container that is built at run time has no derivative", x)
    if isinstance(x.kind, Array) and linear.only_widens(index):
        return linear.widened(dx, index=index)
    return linear.getitem(*holes, dx, index=index)


@linearise(np.take)
def take(y: Expr, x: Expr, indices: Expr, *, axis: int | None, mode: str, dx: Tangent) -> Tangent:
    if mode != "raise":  # indices beyond the ends are brought back first
        places = ops.arange(x, ops.count(x) if axis is None else ops.dim(x, axis))
        indices = call("np.take", places, indices, mode=mode)
    if axis is None:
        return linear.gather(indices, dx)
    index = (*(Slice(),) * axis, Hole(0)) if axis >= 0 else (Ellipsis, Hole(0), *(Slice(),) * (-axis - 1))
    return linear.getitem(indices, dx, index=index)
