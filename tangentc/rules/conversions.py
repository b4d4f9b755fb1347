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
def copy(y: Expr, x: Expr, *, order: str, dx: Tangent) -> Tangent:
    """How the copy lies in memory does not matter to its tangent."""
    return linear.convert(dx, to="copy")


@linearise(named("own_copy"))
def own_copy(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.own(dx)


@linearise(named("copy_strided"))
def copy_strided(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.convert(dx, to="copy_strided")


@linearise(named("astype"))
def astype(y: Expr, x: Expr, *, dtype: Any, dx: Tangent) -> Tangent:
    return linear.convert(dx, to="astype", attrs=(("dtype", dtype),))


def _conversion(primitive: Primitive) -> None:
    """Tangents are converted as values are: that of a Python float is a Python float."""

    @linearise(primitive)
    def convert(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
        only_entry = isinstance(x.kind, Array) and not isinstance(y.kind, Array)
        return (linear.item if only_entry else linear.convert)(dx, to=primitive.name)


for _name in ("float16", "float32", "float64", "longdouble", "complex64", "complex128"):
    _conversion(named(f"np.{_name}"))
for _name in ("float", "array_item"):
    _conversion(named(_name))


@linearise(named("complex"))
def complex_(z: Expr, x: Expr, y: Expr | None = None, *, dx: Tangent, dy: Tangent) -> Tangent:
    """z = x + i y."""
    return linear.complexified(dx) + (dy and 1j * dy)
