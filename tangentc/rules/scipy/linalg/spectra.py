"""Eigenvalues and singular values."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.rules import decompositions, ops
from tangentc.rules import linear_ops as linear
from tangentc.rules.decompositions import Rows, adjoint, real_diagonal, real_products
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call, several
from tangentc.rules.linalg import hermitian_part
from tangentc.rules.linear_ops import systems
from tangentc.rules.linear_ops.bilinear import first
from tangentc.rules.ops import Tangent, given, is_complex, undefined
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
    moved = hermitian_part(a, da, upper=not lower) @ v
    if db:
        moved = moved - (hermitian_part(b, db, upper=not lower) @ v) * w[Rows]
    return real_products(v, moved, v)


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


# --- bands ------------------------------------------------------------------------------------------

_BAND, _WHOLE = ("banded_product", "banded_first_bar", "banded_second_bar"), (("l_and_u", (-1, -1)),)


def _moved(v: Expr, band: Expr, dband: Tangent, *, of: str, lower: bool) -> Tangent:
    """da v, of a symmetric matrix a that is kept by the diagonals of one triangle."""
    if is_complex(band):
        raise undefined(f"scipy.linalg.{of} of a complex band has no derivative", band)
    return linear.shaped(first(v, systems.whole_band(dband, lower=lower), of=_BAND, attrs=_WHOLE), v)


@linearise(linalg.eig_banded)
def eig_banded(
    y: tuple[Expr, Expr], a_band: Expr, *, lower: bool, da_band: Tangent
) -> tuple[Tangent, Tangent]:
    w, v = y
    inner = v.T @ _moved(v, a_band, da_band, of="eig_banded", lower=lower)
    return real_diagonal(inner, v), v @ (call("inverse_gaps", w) * inner)


@linearise(linalg.eigvals_banded)
def eigvals_banded(w: Expr, a_band: Expr, *, lower: bool, da_band: Tangent) -> Tangent:
    _, v = several("scipy.linalg.eig_banded", a_band, lower=lower)
    return linear.sum_(v * _moved(v, a_band, da_band, of="eigvals_banded", lower=lower), axis=0)


# --- subspaces --------------------------------------------------------------------------------------


@defined(linalg.subspace_angles)
def subspace_angles(A: Any, B: Any) -> Any:
    """By their sines and cosines: singular values of what lies outside the other space, and of what lies in it.

    Of matrices with independent columns: the space that others span does not move smoothly.
    Source: A. V. Knyazev and M. E. Argentati, "Principal angles between subspaces", 2002.
    """
    a, b = (np.linalg.qr(matrix)[0] for matrix in (A, B))
    within = np.conjugate(a.T) @ b
    cosines, sines = np.linalg.svdvals(within), np.linalg.svdvals(b - a @ within)
    narrow, wide = ops.dim(cosines, 0), ops.dim(sines, 0)
    if (
        not isinstance(narrow, int) or narrow != wide
    ):  # in a larger space b some directions may be free, at sine 1
        sines = sines[wide - narrow :]
    return np.arctan2(sines, np.flip(cosines))
