"""Derivatives of the functions of `scipy.linalg`.

Sources: M. B. Giles, "Collected matrix derivative results", 2008; N. J. Higham, "Functions of Matrices", 2008.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import defined, traced
from tangentc.rules.expr import Expr
from tangentc.rules.linalg import cholesky as numpy_cholesky
from tangentc.rules.linear_ops import systems
from tangentc.rules.ops import Tangent, conj, given, is_complex, rank, transposed, undefined
from tangentc.rules.registry import linearise


@defined(linalg.inv)
def inv(a: Any) -> Any:
    return np.linalg.inv(a)


@defined(linalg.det)
def det(a: Any) -> Any:
    return np.linalg.det(a)


@linearise(linalg.cholesky)
def cholesky(c: Expr, a: Expr, *, lower: bool, da: Tangent) -> Tangent:
    """As NumPy's, which leaves the upper factor where SciPy does by default."""
    return numpy_cholesky(c, a, upper=not lower, da=da)


@linearise(linalg.solve)
def solve(x: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    """a dx = db - da x"""
    return linear.solve(a, db - da @ x)


@linearise(linalg.solve_triangular)
def solve_triangular(
    x: Expr, a: Expr, b: Expr, *, trans: Any, lower: bool, unit_diagonal: bool, da: Tangent, db: Tangent
) -> Tangent:  # fmt: skip
    """The triangle that is read moves the solution; with a unit diagonal, without its diagonal."""
    number = {0: 0, 1: 1, "N": 0, "T": 1}.get(trans)
    if number is None:
        raise undefined(f"scipy.linalg.solve_triangular with trans={trans!r} has no derivative rule", a)
    part = linear.triangle(
        da, of="np.tril" if lower else "np.triu", k=(-1 if lower else 1) if unit_diagonal else 0
    )
    part = linear.exchange(part, to="T") if number else part
    options = {"trans": number, "lower": lower, "unit_diagonal": unit_diagonal}
    return systems.triangular(a, db - linear.shaped(part @ x, x), **options)


@linearise(linalg.solve_sylvester)
def solve_sylvester(x: Expr, a: Expr, b: Expr, q: Expr, *, da: Tangent, db: Tangent, dq: Tangent) -> Tangent:
    """a dx + dx b = dq - da x - x db"""
    return systems.sylvester(a, b, dq - da @ x - x @ db)


@linearise(linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(x: Expr, a: Expr, q: Expr, *, da: Tangent, dq: Tangent) -> Tangent:
    """a x + x a^H = q"""
    turned = da and linear.exchange(da, to="T")
    turned = linear.conj(turned) if turned and is_complex(a) else turned
    return systems.sylvester(a, conj(transposed(a)), dq - da @ x - x @ turned)


@linearise(linalg.expm)
def expm(y: Expr, A: Expr, *, dA: Tangent) -> Tangent:
    if rank(A) != 2:
        raise undefined("scipy.linalg.expm of a stack of matrices has no derivative rule", A)
    return systems.expm_slope(A, dA)


@defined(named("expm_slope"))
def expm_slope_(a: Any, e: Any) -> Any:
    """A corner of the exponential of a block matrix, so that there is a derivative of every order."""
    n = ops.dim(a, 0)
    block = np.concatenate((np.concatenate((a, e), axis=1), np.concatenate((0.0 * a, a), axis=1)))
    return traced(linalg.expm)(block)[:n, n:]


@linearise(linalg.sqrtm)
def sqrtm(x: Expr, A: Expr, *, dA: Tangent) -> Tangent:
    """x dx + dx x = dA (Higham 2008, section 6.1)"""
    return systems.sylvester(x, x, dA)


@defined(linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    columns = r if given(r) else np.conjugate(c)
    n, m = ops.dim(c, 0), ops.dim(columns, 0)
    entries = np.concatenate((np.flip(columns[1:]), c))  # c_ij stands at place i - j + m - 1
    place = ops.arange(c, n)[:, None] - ops.arange(c, m)[None, :] + (m - 1)
    return entries[place]
