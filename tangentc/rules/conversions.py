"""Derivatives of copies and of conversions between numbers and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import Array
from tangentc.primitives.core import Primitive, named
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import linearise


@linearise(named("copy"), np.copy)
def copy(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.convert(dx, to="copy")


@linearise(named("copy_strided"))
def copy_strided(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.convert(dx, to="copy_strided")


@linearise(named("astype"))
def astype(y: Expr, x: Expr, *, dtype: Any, dx: Tangent) -> Tangent:
    return linear.convert(dx, to="astype", attrs=(("dtype", dtype),))


def _converted(primitive: Primitive) -> None:
    @linearise(primitive)
    def convert(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
        if isinstance(x.kind, Array):
            return linear.item(dx, to=primitive.name) if not isinstance(y.kind, Array) else linear.convert(dx, to=primitive.name)
        return linear.convert(dx, to=primitive.name)


for _name in ("float", "array_item", "np.float64", "np.float32", "np.float16", "np.longdouble", "np.complex128", "np.complex64"):
    _converted(named(_name))


@linearise(named("complex"))
def complex_(z: Expr, x: Expr, y: Expr | None = None, *, dx: Tangent, dy: Tangent) -> Tangent:
    """z = x + i y."""
    return linear.complexified(dx) + (dy and 1j * dy)
