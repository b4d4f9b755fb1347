"""What emitted code may call of matrices: SciPy only, each function whole in itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

__all__ = [
    "banded_first_bar",
    "banded_product",
    "banded_second_bar",
    "folded_band",
    "matrix_function_slope",
    "pivoted_rows",
    "transposed_band",
    "whole_band",
]


def matrix_function_slope(a: Any, e: Any, which: str) -> Any:
    """The derivative of `scipy.linalg.<which>` at a along e: a corner of the function of a block matrix.

    An eigenvalue of a is two of the block matrix; the logarithm has a cut along the negative numbers, and where
    rounding puts the two on different sides the corner is wrong: NaN where the two logarithms of a do not agree.

    Args:    a, e: square matrices, or stacks of them where the function takes stacks.
    Source:  N. J. Higham, "Functions of Matrices", 2008, theorem 3.6.
    """
    n = np.shape(a)[-1]
    rows = np.concatenate((a, e), axis=-1), np.concatenate((np.zeros_like(a), a), axis=-1)
    y = getattr(linalg, which)(np.concatenate(rows, axis=-2))
    if which == "logm" and not np.allclose(y[:n, :n], y[n:, n:], rtol=1e-5, atol=1e-5):
        return np.full_like(y[:n, n:], np.nan)
    return y[..., :n, n:]


def pivoted_rows(piv: Any) -> Any:
    """The order in which `scipy.linalg.lu_factor` takes the rows: row i was exchanged with row piv[i], one by one."""
    order = np.arange(len(piv))
    for i, other in enumerate(piv):
        order[[i, other]] = order[[other, i]]
    return order


# Matrices with l diagonals below the main one and u above, a[i, j] kept as ab[u + i - j, j].  -1 stands for as many as
# are kept: (0, -1) is an upper triangle, (-1, 0) a lower one, (-1, -1) has as many on both sides.


def banded_product(ab: Any, x: Any, l_and_u: tuple[int, int]) -> Any:
    """a @ x of a banded matrix, row by row of what is kept of it."""
    rows, n = np.shape(ab)
    u = l_and_u[1] if l_and_u[1] >= 0 else (rows - 1) // (1 if l_and_u[0] == 0 else 2)
    y = np.zeros(np.shape(x), np.result_type(ab, x))
    for row in range(rows):
        below = row - u
        first, last = max(0, -below), min(n, n - below)  # the columns that this diagonal has
        if first < last:
            entries = ab[row, first:last].reshape((-1,) + (1,) * (np.ndim(x) - 1))
            y[first + below : last + below] += entries * x[first:last]
    return y


def banded_first_bar(w: Any, x: Any, shape: tuple[int, ...], l_and_u: tuple[int, int]) -> Any:
    """The cotangent of the band in `banded_product`: the entries of w x^T that the matrix has."""
    rows, n = shape
    u = l_and_u[1] if l_and_u[1] >= 0 else (rows - 1) // (1 if l_and_u[0] == 0 else 2)
    bar = np.zeros(shape, np.result_type(w, x))
    for row in range(rows):
        below = row - u
        first, last = max(0, -below), min(n, n - below)
        if first < last:
            products = w[first + below : last + below] * x[first:last]
            bar[row, first:last] = products.reshape((last - first, -1)).sum(axis=1)
    return bar


def banded_second_bar(ab: Any, w: Any, shape: tuple[int, ...], l_and_u: tuple[int, int]) -> Any:
    """The cotangent of x in `banded_product`: the transposed matrix times w."""
    rows, n = np.shape(ab)
    u = l_and_u[1] if l_and_u[1] >= 0 else (rows - 1) // (1 if l_and_u[0] == 0 else 2)
    bar = np.zeros(shape, np.result_type(ab, w))
    for row in range(rows):
        below = row - u
        first, last = max(0, -below), min(n, n - below)
        if first < last:
            entries = ab[row, first:last].reshape((-1,) + (1,) * (len(shape) - 1))
            bar[first:last] += entries * w[first + below : last + below]
    return bar


def transposed_band(ab: Any, l_and_u: tuple[int, int]) -> Any:
    """What is kept of the transposed matrix, which has u diagonals below and l above."""
    rows, n = np.shape(ab)
    u = l_and_u[1] if l_and_u[1] >= 0 else (rows - 1) // (1 if l_and_u[0] == 0 else 2)
    turned = np.zeros_like(ab)
    for row in range(rows):
        below = row - u
        first, last = max(0, -below), min(n, n - below)
        if first < last:
            turned[rows - 1 - row, first + below : last + below] = ab[row, first:last]
    return turned


def whole_band(ab: Any, lower: bool = False) -> Any:
    """All diagonals of a symmetric matrix of which those of one triangle are kept."""
    k, n = len(ab) - 1, np.shape(ab)[1]
    band = np.zeros((2 * k + 1, n), ab.dtype)
    for d in range(k + 1):  # the diagonals at distance d from the main one
        entries = ab[d, : n - d] if lower else ab[k - d, d:]
        band[k + d, : n - d] = entries
        band[k - d, d:] = entries
    return band


def folded_band(w: Any, shape: tuple[int, int], lower: bool = False) -> Any:
    """The transpose of `whole_band`, of the shape that is kept."""
    k, n = shape[0] - 1, shape[1]
    ab = np.zeros(shape, w.dtype)
    for d in range(k + 1):
        entries = w[k + d, : n - d] + (w[k - d, d:] if d else 0)
        if lower:
            ab[d, : n - d] = entries
        else:
            ab[k - d, d:] = entries
    return ab
