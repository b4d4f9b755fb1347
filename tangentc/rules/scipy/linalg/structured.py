"""Matrices of a special form, and systems with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import Dual, defined
from tangentc.rules.expr import Expr
from tangentc.rules.linear import ZERO
from tangentc.rules.linear_ops import systems
from tangentc.rules.linear_ops.joining import joined
from tangentc.rules.ops import Tangent, given, rank, undefined
from tangentc.rules.registry import linearise as plainly
from tangentc.rules.scipy.linalg.checked import linearise


@defined(linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    columns = r if given(r) else np.conjugate(c) if _is_complex(c) else c
    n, m = ops.dim(c, 0), ops.dim(columns, 0)
    entries = np.concatenate((np.flip(columns[1:]), c))  # c_ij stands at place i - j + m - 1
    place = ops.arange(c, n)[:, None] - ops.arange(c, m)[None, :] + (m - 1)
    return entries[place]


@defined(linalg.hankel)
def hankel(c: Any, r: Any = None) -> Any:
    """c_ij stands at place i + j of the column and the rest of the row, which is 0 by default."""
    last = r if given(r) else 0.0 * c
    n, m = ops.dim(c, 0), ops.dim(last, 0)
    place = ops.arange(c, n)[:, None] + ops.arange(c, m)[None, :]
    return np.concatenate((c, last[1:]))[place]


@defined(linalg.circulant)
def circulant(c: Any) -> Any:
    if rank(c) != 1:
        raise undefined("scipy.linalg.circulant of several vectors has no derivative rule", _symbol(c))
    n = ops.dim(c, 0)
    return c[(ops.arange(c, n)[:, None] - ops.arange(c, n)[None, :]) % n]


@defined(linalg.companion)
def companion(a: Any) -> Any:
    """Only the first row varies."""
    if rank(a) != 1:
        raise undefined("scipy.linalg.companion of several vectors has no derivative rule", _symbol(a))
    first = -a[1:] / a[0]
    n = ops.dim(a, 0) - 1
    rest = ops.arange(a, n - 1)[:, None] == ops.arange(a, n)[None, :]
    return np.concatenate((first[None, :], 1.0 * rest))


@defined(linalg.convolution_matrix)
def convolution_matrix(a: Any, *, n: int, mode: str) -> Any:
    """a_(i - j) in column j: all rows, those in the middle, or those in which all of the shorter one shows."""
    if rank(a) != 1:
        raise undefined(
            "scipy.linalg.convolution_matrix of several vectors has no derivative rule", _symbol(a)
        )
    size = ops.dim(a, 0)
    rows = size + (n - 1)
    place = ops.arange(a, rows)[:, None] - ops.arange(a, n)[None, :] + (n - 1)
    whole = np.pad(a, n - 1)[place]
    if mode == "full":
        return whole
    cut = np.minimum(size, n) - 1
    first = cut // 2 if mode == "same" else cut
    return whole[first : rows - (cut - first) if mode == "same" else rows - cut]


@defined(linalg.khatri_rao)
def khatri_rao(a: Any, b: Any) -> Any:
    """The Kronecker products of the columns."""
    rows = ops.dim(a, 0) * ops.dim(b, 0)
    return np.reshape(a[:, None, :] * b[None, :, :], (rows, ops.dim(a, 1)))


@plainly(linalg.diagsvd)
def diagsvd(y: Expr, s: Expr, M: Expr, N: Expr, *, ds: Tangent) -> Tangent:
    return systems.diagonal_of_values(M, N, ds)


@plainly(linalg.block_diag)
def block_diag(y: Expr, *arrs: Expr, darrs: Sequence[Tangent]) -> Tangent:
    if any(rank(x) > 2 for x in arrs):
        raise undefined("scipy.linalg.block_diag of stacks of matrices has no derivative rule", arrs[0])
    return joined(systems.blocks, arrs, darrs)


def _symbol(x: Any) -> Any:
    return x.primal if isinstance(x, Dual) else x


def _is_complex(x: Any) -> bool:
    """Of what a definition sees: arrays too."""
    return np.iscomplexobj(x) if isinstance(x, np.ndarray) else ops.is_complex(x)


# --- systems ----------------------------------------------------------------------------------------


def _change(c: Expr, r: Any, dc: Tangent, dr: Tangent) -> Tangent:
    """The tangent of a Toeplitz matrix."""
    column = Dual(c, dc) if dc else c
    row = (Dual(r, dr) if dr else r) if given(r) else None
    moved = toeplitz(column, row)
    return moved.tangent if isinstance(moved, Dual) else ZERO


@linearise(linalg.solve_toeplitz)
def solve_toeplitz(
    x: Expr, c: Expr, r: Any, b: Expr, *, dc: Tangent, dr: Tangent, db: Tangent
) -> Tangent:  # fmt: skip
    change = _change(c, r, dc, dr)
    return systems.toeplitz(c, r, db - linear.shaped(change @ x, x), of="solve_toeplitz")


@linearise(linalg.matmul_toeplitz)
def matmul_toeplitz(
    y: Expr, c: Expr, r: Any, x: Expr, *, dc: Tangent, dr: Tangent, dx: Tangent
) -> Tangent:  # fmt: skip
    change = linear.shaped(_change(c, r, dc, dr) @ x, y)
    return change + systems.toeplitz(c, r, dx, of="matmul_toeplitz")


@defined(linalg.solve_circulant)
def solve_circulant(c: Any, b: Any) -> Any:
    """Fourier transforms make a circulant matrix diagonal."""
    if rank(c) != 1 or rank(b) > 2:
        raise undefined("scipy.linalg.solve_circulant of several systems has no derivative rule", _symbol(c))
    spectrum = np.fft.fft(c)
    x = np.fft.ifft(np.fft.fft(b, axis=0) / (spectrum if rank(b) == 1 else spectrum[:, None]), axis=0)
    return x if _is_complex(c) or _is_complex(b) else np.real(x)
