"""Eigenvalues and singular values."""

from __future__ import annotations

from typing import Any

from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.rules import decompositions
from tangentc.rules import linear_ops as linear
from tangentc.rules.decompositions import Rows, adjoint, real_diagonal
from tangentc.rules.expr import Expr, call, several
from tangentc.rules.linalg import hermitian_part
from tangentc.rules.ops import Tangent, given
from tangentc.rules.scipy.linalg.checked import linearise


@linearise(linalg.svd)
def svd(
    y: tuple[Expr, Expr, Expr], a: Expr, *, full_matrices: bool, lapack_driver: str, da: Tangent
) -> tuple[Tangent, ...]:  # fmt: skip
    return decompositions.svd(y, a, full_matrices=full_matrices, da=da)  # type: ignore[no-any-return]


@linearise(linalg.svdvals)
def svdvals(s: Expr, a: Expr, *, da: Tangent) -> Tangent:
    return decompositions.svdvals(s, a, dx=da)


@linearise(linalg.eigh)
def eigh(
    y: tuple[Expr, Expr], a: Expr, b: Any = None, *, lower: bool, driver: Any, da: Tangent, db: Tangent
) -> tuple[Tangent, Tangent]:  # fmt: skip
    """a v = b v diag(w) with v^H b v = 1: with m = v^H da v - (v^H db v) diag(w),

    dw = diag(m), dv = v (F * m - diag(v^H db v) / 2), F_ij = 1 / (w_j - w_i)
    """
    w, v = y
    inner = adjoint(v) @ hermitian_part(a, da, upper=not lower) @ v
    if not db:
        return real_diagonal(inner, v), v @ (call("inverse_gaps", w) * inner)
    metric = adjoint(v) @ hermitian_part(b, db, upper=not lower) @ v
    inner = inner - metric * w[Rows]
    scaled = v @ (call("inverse_gaps", w) * inner) - (0.5 * v) * linear.expand_dims(
        real_diagonal(metric, v), axis=-2
    )
    return real_diagonal(inner, v), scaled


@linearise(linalg.eigvalsh)
def eigvalsh(
    w: Expr, a: Expr, b: Any = None, *, lower: bool, driver: Any, da: Tangent, db: Tangent
) -> Tangent:  # fmt: skip
    matrices = (a, b) if given(b) else (a,)
    _, v = several("scipy.linalg.eigh", *matrices, lower=lower)
    inner = adjoint(v) @ hermitian_part(a, da, upper=not lower) @ v
    if db:
        inner = inner - (adjoint(v) @ hermitian_part(b, db, upper=not lower) @ v) * w[Rows]
    return real_diagonal(inner, v)


@linearise(linalg.eig)
def eig(y: tuple[Expr, Expr], a: Expr, *, da: Tangent) -> tuple[Tangent, Tangent]:
    return decompositions.eig(y, a, da=da)  # type: ignore[no-any-return]


@linearise(linalg.eigvals)
def eigvals(w: Expr, a: Expr, *, da: Tangent) -> Tangent:
    return decompositions.eigvals(w, a, da=da)


def _tridiagonal(dd: Tangent, de: Tangent) -> Tangent:
    change = dd and linear.diag(dd)
    return change + (de and linear.diag(de, k=1) + linear.diag(de, k=-1))


@linearise(linalg.eigh_tridiagonal)
def eigh_tridiagonal(
    y: tuple[Expr, Expr], d: Expr, e: Expr, *, lapack_driver: str, dd: Tangent, de: Tangent
) -> tuple[Tangent, Tangent]:  # fmt: skip
    w, v = y
    inner = adjoint(v) @ _tridiagonal(dd, de) @ v
    return real_diagonal(inner, v), v @ (call("inverse_gaps", w) * inner)


@linearise(linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal(
    w: Expr, d: Expr, e: Expr, *, lapack_driver: str, dd: Tangent, de: Tangent
) -> Tangent:  # fmt: skip
    """The weight of each entry in the values: v_i^2 on the diagonal, 2 v_i v_(i+1) beside it."""
    _, v = several("scipy.linalg.eigh_tridiagonal", d, e)
    turned = v.T
    return (turned * turned) @ dd + (2.0 * turned[:, 1:] * turned[:, :-1]) @ de
