"""Derivatives of factors of matrices: emitted code may call them, as `numerics`."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["cholesky_slope", "lu_slope"]


def cholesky_slope(c: Any, e: Any, bar: bool = False) -> Any:
    """What the lower Cholesky factor c of a matrix moves by when the matrix moves by e; with `bar`, the transpose.

    Of both, as of the matrix, the lower triangle is read, and the real part of the diagonal.  In blocks, so that nearly
    all is done by products of matrices: a block d on the diagonal of c, with r to its left, f below it, and b below r,
    has r r^H + d d^H and b r^H + f d^H in its places of the matrix.

    Args:    c, e: matrices (..., n, n).
    Returns: lower triangles of the same shape.
    Source:  I. Murray, "Differentiation of the Cholesky decomposition", 2016, section 4.2.
    """
    n, size = c.shape[-1], 48
    moved = np.tril(e).astype(np.result_type(c, e), copy=False)
    for j in reversed(range(0, n, size)) if bar else range(0, n, size):
        k = min(j + size, n)
        d, r, f, b = np.tril(c[..., j:k, j:k]), c[..., j:k, :j], c[..., k:, j:k], c[..., k:, :j]
        if c.dtype.kind == "c":
            d.imag[..., np.arange(k - j), np.arange(k - j)] = 0
        inverse = np.linalg.inv(d)
        half = np.tri(k - j, dtype=inverse.real.dtype)
        np.fill_diagonal(half, 0.5)
        own, under = moved[..., j:k, j:k], moved[..., k:, j:k]
        if bar:
            under[...] = under @ inverse.conj()
            moved[..., k:, :j] -= under @ r.conj()
            inner = half * (d.mT @ (own - (under.mT @ f).conj()))
            whole = inverse.mT @ inner @ inverse.conj()
            whole = whole + whole.mT.conj()
            moved[..., j:k, :j] -= (under.mT @ b).conj() + whole @ r.conj()
            own[...] = half * whole
        else:
            left = moved[..., j:k, :j]
            whole = half * own - left @ r.mT.conj()
            whole = whole + whole.mT.conj()
            own[...] = d @ (half * (inverse @ whole @ inverse.mT.conj()))
            under -= moved[..., k:, :j] @ r.mT.conj() + b @ left.mT.conj() + f @ own.mT.conj()
            under[...] = under @ inverse.mT.conj()
    return moved


def lu_slope(lu: Any, e: Any, bar: bool = False) -> Any:
    """What the factors l and u of a matrix move by when the matrix moves by e; with `bar`, the transpose.

    Both are kept in one matrix, as `scipy.linalg.lu_factor` keeps them, and so are their slopes and cotangents.  In
    blocks: with m the blocks of l to the left of a block and n those of u above it, the matrix has m n + l u there.

    Args:    lu, e: square matrices; the rows of e are in the order of the factors.
    Source:  F. de Hoog, R. Anderssen and M. Lukas, "Differentiation of matrix functionals using triangular
             factorization", 2011, block by block.
    """
    n, size = len(lu), 48
    moved = np.array(e, np.result_type(lu, e))
    for j in reversed(range(0, n, size)) if bar else range(0, n, size):
        k = min(j + size, n)
        lower = np.tril(lu[j:k, j:k], -1) + np.eye(k - j, dtype=lu.dtype)
        upper = np.triu(lu[j:k, j:k])
        own, under, right = moved[j:k, j:k], moved[k:, j:k], moved[j:k, k:]
        m, above = lu[j:k, :j], lu[:j, j:k]  # of l to the left, of u above
        inverse_l, inverse_u = np.linalg.inv(lower), np.linalg.inv(upper)
        if bar:
            right[...] = inverse_l.T @ right
            under[...] = under @ inverse_u.T
            strict = np.tril(lower.T @ (own - right @ lu[j:k, k:].T), -1)
            own[...] = inverse_l.T @ (strict + np.triu((own - lu[k:, j:k].T @ under) @ upper.T)) @ inverse_u.T
            moved[j:, :j] -= moved[j:, j:k] @ above.T
            moved[:j, j:] -= m.T @ moved[j:k, j:]
            moved[j:k, :j] -= right @ lu[:j, k:].T
            moved[:j, j:k] -= lu[k:, :j].T @ under
        else:
            left, top = moved[j:k, :j], moved[:j, j:k]
            inner = inverse_l @ (own - left @ above - m @ top) @ inverse_u
            own[...] = lower @ np.tril(inner, -1) + np.triu(inner) @ upper
            under -= moved[k:, :j] @ above + lu[k:, :j] @ top + lu[k:, j:k] @ np.triu(own)
            under[...] = under @ inverse_u
            right -= left @ lu[:j, k:] + m @ moved[:j, k:] + np.tril(own, -1) @ lu[j:k, k:]
            right[...] = inverse_l @ right
    return moved
