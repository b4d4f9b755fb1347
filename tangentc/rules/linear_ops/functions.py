"""Derivatives of functions of the program, along tangents of what they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.ir.subprograms import Subprogram
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose

__all__ = ["called", "pushed", "solve_vector"]


def called(program: Subprogram, values: Sequence[Expr]) -> tuple[Expr, ...]:
    """What the function returns for these values: its operations, inlined."""
    builder = values[0].builder
    return tuple(Expr.of(builder, found) for found in program.inlined(builder, [v.atom for v in values]))


@linear_op
def pushed(*values: Expr, program: Subprogram, wrt: tuple[int, ...]) -> Expr:
    """The tangent of program(*parameters) along tangents of those in `wrt`."""
    (found,) = called(program.tangent(wrt), values)
    return found


@transpose(pushed)
def pushed_t(w: Expr, *values: Expr, program: Subprogram, wrt: tuple[int, ...]) -> Any:
    found = called(program.adjoint(wrt), (*values, w))
    return found if len(found) > 1 else found[0]


@linear_op
def solve_vector(a: Expr, t: Expr) -> Expr:
    """a x = t for a vector t"""
    return call("np.linalg.solve", a, t)


@transpose(solve_vector)
def solve_vector_t(w: Expr, a: Expr) -> Any:
    return call("np.linalg.solve", ops.transposed(a), w)
