"""Derivatives of factors of matrices: emitted code may call them, as `numerics`."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["cholesky_slope"]


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
