"""Solutions of triangular systems and matrix equations, derivatives of the matrix exponential: of SciPy's functions."""

from __future__ import annotations

from typing import Any

from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose

_SOLVE = "scipy.linalg.solve_triangular"


@linear_op
def triangular(a: Expr, t: Expr, *, trans: int, lower: bool, unit_diagonal: bool) -> Expr:
    """a x = t (0) or a^T x = t (1), of which one triangle of a is read."""
    return call(_SOLVE, a, t, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


@transpose(triangular)
def triangular_t(w: Expr, a: Expr, *, trans: int, lower: bool, unit_diagonal: bool) -> Any:
    return call(_SOLVE, a, w, trans=1 - trans, lower=lower, unit_diagonal=unit_diagonal)


@linear_op
def sylvester(a: Expr, b: Expr, t: Expr) -> Expr:
    """a x + x b = t"""
    return call("scipy.linalg.solve_sylvester", a, b, t)


@transpose(sylvester)
def sylvester_t(w: Expr, a: Expr, b: Expr) -> Any:
    return call("scipy.linalg.solve_sylvester", ops.transposed(a), ops.transposed(b), w)


@linear_op
def expm_slope(a: Expr, t: Expr) -> Expr:
    """The derivative of the matrix exponential at a along t."""
    return call("expm_slope", a, t)


@transpose(expm_slope)
def expm_slope_t(w: Expr, a: Expr) -> Any:
    return call("expm_slope", ops.transposed(a), w)
