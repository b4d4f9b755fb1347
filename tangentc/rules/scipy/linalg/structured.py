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
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.linear_ops import systems
from tangentc.rules.linear_ops.joining import joined
from tangentc.rules.ops import Tangent, given, rank, undefined
from tangentc.rules.registry import linearise as plainly
from tangentc.rules.scipy.linalg.checked import linearise


def _windows(entries: Any, columns: Any, y: Expr, along: int | None = None) -> Tangent:
    """The tangent of a matrix that is constant along its diagonals: row i has the entries from i on, or from i back.

    `along` is the axis that runs backwards.
    """
    if not isinstance(entries, Dual):
        return ZERO
    columns = columns if isinstance(columns, Expr) else ops.literal(y, columns)
    found = linear.shaped(linear.windows(columns, entries.tangent, axes=(0,)), y)
    return found if along is None else linear.flip(found, axis=along)


def _varying(x: Any, dx: Tangent) -> Any:
    return Dual(x, dx) if dx else x


def _toeplitz_entries(c: Any, r: Any) -> tuple[Any, Any]:
    """Those of the first row from its end, then those of the first column; and how many columns there are."""
    row = r if given(r) else np.conjugate(c) if ops.is_complex(c) else c
    return np.concatenate((np.flip(row[1:]), c)), ops.dim(row, 0)


@plainly(linalg.toeplitz)
def toeplitz(y: Expr, c: Expr, r: Any = None, *, dc: Tangent, dr: Tangent) -> Tangent:
    return _windows(*_toeplitz_entries(_varying(c, dc), _varying(r, dr)), y, along=1)


@plainly(linalg.hankel)
def hankel(y: Expr, c: Expr, r: Any = None, *, dc: Tangent, dr: Tangent) -> Tangent:
    """The column and the rest of the row, which is 0 by default."""
    last = _varying(r, dr) if given(r) else call("np.zeros_like", c)
    return _windows(np.concatenate((_varying(c, dc), last[1:])), ops.dim(last, 0), y)


@plainly(linalg.circulant)
def circulant(y: Expr, c: Expr, *, dc: Tangent) -> Tangent:
    """A Toeplitz matrix: its diagonals go on from the other end of c."""
    if rank(c) != 1:
        raise undefined("scipy.linalg.circulant of several vectors has no derivative rule", c)
    column = _varying(c, dc)
    return _windows(np.concatenate((column[1:], column)), ops.dim(c, 0), y, along=1)


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
    whole = np.flip(np.lib.stride_tricks.sliding_window_view(np.pad(a, n - 1), n), axis=1)
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


def _changed(y: Expr, c: Expr, r: Any, dc: Tangent, dr: Tangent, x: Expr) -> Tangent:
    """The tangent of a Toeplitz matrix times x: of a vector, the part of a convolution that it overlaps wholly."""
    entries, columns = _toeplitz_entries(_varying(c, dc), _varying(r, dr))
    if not isinstance(entries, Dual):
        return ZERO
    if rank(x) == 1:
        return linear.shaped(linear.convolve(x, entries.tangent, mode="valid", first=True), y)
    matrix = call("scipy.linalg.toeplitz", c, r) if given(r) else call("scipy.linalg.toeplitz", c)
    return linear.shaped(_windows(entries, columns, matrix, along=1) @ x, y)


@linearise(linalg.solve_toeplitz)
def solve_toeplitz(
    x: Expr, c: Expr, r: Any, b: Expr, *, dc: Tangent, dr: Tangent, db: Tangent
) -> Tangent:  # fmt: skip
    return systems.toeplitz(c, r, db - _changed(x, c, r, dc, dr, x), of="solve_toeplitz")


@linearise(linalg.matmul_toeplitz)
def matmul_toeplitz(
    y: Expr, c: Expr, r: Any, x: Expr, *, dc: Tangent, dr: Tangent, dx: Tangent
) -> Tangent:  # fmt: skip
    return _changed(y, c, r, dc, dr, x) + systems.toeplitz(c, r, dx, of="matmul_toeplitz")


@defined(linalg.solve_circulant)
def solve_circulant(c: Any, b: Any) -> Any:
    """Fourier transforms make a circulant matrix diagonal."""
    if rank(c) != 1 or rank(b) > 2:
        raise undefined("scipy.linalg.solve_circulant of several systems has no derivative rule", _symbol(c))
    spectrum = np.fft.fft(c)
    x = np.fft.ifft(np.fft.fft(b, axis=0) / (spectrum if rank(b) == 1 else spectrum[:, None]), axis=0)
    return x if _is_complex(c) or _is_complex(b) else np.real(x)
