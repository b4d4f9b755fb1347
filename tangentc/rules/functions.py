"""Derivatives of what library functions make of functions of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.ir.nodes import Block, Hole, Literal, Loop, Range, Slice, Store, Var
from tangentc.ir.subprograms import Subprogram
from tangentc.kinds.types import INT
from tangentc.primitives.core import named
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import Linear, Zero
from tangentc.rules.linear_ops.functions import called, pushed, solve_vector
from tangentc.rules.ops import dim, literal, rank
from tangentc.rules.registry import linearise, nondifferentiable

__all__ = ["length", "varying"]

Tangents = Sequence[Linear | Zero]


def varying(tangents: Tangents, first: int = 0) -> tuple[tuple[int, ...], tuple[Linear, ...]]:
    """The positions of those that are not zero, counted from `first`, and these."""
    found = [(k, tangent) for k, tangent in enumerate(tangents, first) if isinstance(tangent, Linear)]
    return tuple(k for k, _ in found), tuple(tangent for _, tangent in found)


@linearise(named("solution"))
def solution(y: Expr, x: Expr, *values: Expr, residual: Subprogram, dvalues: Tangents) -> Any:
    """The implicit function theorem: r(y, values) = 0 gives dr/dy dy = -dr/dvalues dvalues."""
    wrt, moving = varying(dvalues, first=1)
    change = pushed(y, *values, *moving, program=residual, wrt=wrt)
    if rank(y) == 0:
        one = Expr.of(y.builder, Literal(1.0))
        (slope,) = called(residual.tangent((0,)), (y, *values, one))
        return change / -slope
    change.kind, change.prototype = y.kind, lambda: y  # as many equations as unknowns
    return solve_vector(-_jacobian(residual, y, values), change)


@linearise(named("stated"))
def stated(y: Expr, x: Expr, *values: Expr, program: Subprogram, dvalues: Tangents) -> Any:
    """The differential of the definition."""
    wrt, moving = varying(dvalues)
    change = pushed(*values, *moving, program=program, wrt=wrt)
    change.kind, change.prototype = y.kind, lambda: y
    return change


def length(x: Expr) -> Expr:
    """The number of entries of a vector, a constant where it is known."""
    size = dim(x, 0)
    return size if isinstance(size, Expr) else literal(x, size)


def _jacobian(program: Subprogram, x: Expr, values: Sequence[Expr]) -> Expr:
    """The derivatives of a function with respect to its first parameter, a vector: a column for each entry."""
    builder = x.builder
    size = length(x)
    matrix = call("np.zeros", call("tuple", size, size))
    index = Var(INT, "j")
    for value in (x, *values):
        _ = value.atom  # looked up here, not in the loop
    with builder.nested() as nodes:
        along = call("np.zeros", size)
        builder.append(Store(along.atom, (Hole(0),), (index,), Literal(1.0), span=builder.span))
        (column,) = called(program.tangent((0,)), (x, *values, along))
        place = (Slice(), Hole(0))
        builder.append(Store(matrix.atom, place, (index,), column.atom, span=builder.span))
    trips = Range(Literal(0), size.atom, Literal(1))
    builder.append(Loop((), trips, None, (), Block((index,), tuple(nodes), ()), span=builder.span))
    return matrix


nondifferentiable(named("solve"))
