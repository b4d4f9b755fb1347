"""What emitted code may call of matrices: SciPy only, each function whole in itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

__all__ = [
    "banded_first_bar",
    "banded_product",
    "banded_second_bar",
    "cholesky_band_slope",
    "few_diagonals_slope",
    "folded_band",
    "many_diagonals_slope",
    "matrix_function_slope",
    "pivoted_rows",
    "product_band",
    "product_band_bar",
    "transposed_band",
    "whole_band",
]


def matrix_function_slope(a: Any, e: Any, which: str) -> Any:
    """The derivative of `scipy.linalg.<which>` at a along e: a corner of the function of a block matrix.

    An eigenvalue of a is two of the block matrix; the logarithm has a cut along the negative numbers, and where
    rounding puts the two on different sides the corner is wrong: NaN where the two logarithms of a do not agree.
    SciPy has the derivative of the exponential; of small matrices the corner is there before.

    Args:    a, e: square matrices, or stacks of them where the function takes stacks.
    Source:  N. J. Higham, "Functions of Matrices", 2008, theorem 3.6.
    """
    n = np.shape(a)[-1]
    if which == "expm" and n > 30 and np.ndim(a) == 2 and np.all(np.isfinite(a)) and np.all(np.isfinite(e)):
        slope = linalg.expm_frechet(a, e, compute_expm=False, check_finite=False)
        return slope.astype(np.result_type(a, e, np.float32), copy=False)
    rows = np.concatenate((a, e), axis=-1), np.concatenate((np.zeros_like(a), a), axis=-1)
    y = getattr(linalg, which)(np.concatenate(rows, axis=-2))
    if which == "logm" and not np.allclose(y[:n, :n], y[n:, n:], rtol=1e-5, atol=1e-5):
        return np.full_like(y[:n, n:], np.nan)
    return y[..., :n, n:]


def pivoted_rows(piv: Any) -> Any:
    """The order in which `scipy.linalg.lu_factor` takes the rows: row i was exchanged with row piv[i], one by one."""
    order = list(range(len(piv)))
    for i, other in enumerate(piv.tolist()):
        order[i], order[other] = order[other], order[i]
    return np.array(order, np.intp)


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


def transposed_band(ab: Any, l_and_u: tuple[int, int], corners: bool = False) -> Any:
    """What is kept of the transposed matrix, which has u diagonals below and l above.

    In the places that belong to no entry, zeros; with `corners`, what there is in those of ab, which go round.
    """
    rows = len(ab)
    u = l_and_u[1] if l_and_u[1] >= 0 else (rows - 1) // (1 if l_and_u[0] == 0 else 2)
    turned = np.empty_like(ab)
    for row in range(rows):
        below, line = row - u, turned[rows - 1 - row]
        line[:] = np.roll(ab[row], below)
        if below and not corners:
            line[slice(below) if below > 0 else slice(below, None)] = 0
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


def product_band(x: Any, y: Any) -> Any:
    """The lower diagonals of x y^T + y x^T, of lower triangles that are kept by their diagonals."""
    k, n = len(x) - 1, np.shape(x)[1]
    band = np.zeros((k + 1, n), np.result_type(x, y))
    for d in range(k + 1):
        for e in range(min(k - d + 1, n - d)):  # the column at distance e to the left of the entry
            columns = slice(0, n - d - e)
            band[d, e : n - d] += x[d + e, columns] * y[e, columns] + y[d + e, columns] * x[e, columns]
    return band


def product_band_bar(w: Any, y: Any) -> Any:
    """The cotangent of x in `product_band`: the lower diagonals of (w + w^T) y."""
    k, n = len(w) - 1, np.shape(w)[1]
    bar = np.zeros((k + 1, n), np.result_type(w, y))
    for d in range(min(k + 1, n)):  # of the entry, and e of the one of y that it meets
        for e in range(min(k + 1, n)):
            columns = n - max(d, e)
            bar[d, :columns] += (
                (1 + (d == e)) * w[abs(d - e), min(d, e) : min(d, e) + columns] * y[e, :columns]
            )
    return bar


def cholesky_band_slope(c: Any, e: Any, bar: bool = False) -> Any:
    """What the Cholesky factor l of a banded matrix moves by when the matrix moves by e; with `bar`, the transpose.

    Both matrices are kept by their lower diagonals.

    Args:    c: the factor, shape (k + 1, n); what is beyond its last row is passed on, as LAPACK passes it on.
    """
    return (few_diagonals_slope if len(c) <= 7 else many_diagonals_slope)(c, e, bar)


def few_diagonals_slope(c: Any, e: Any, bar: bool) -> Any:
    """The slope y solves y l^T + l y^T = e: for its entries, column by column, a triangular banded system."""
    k, n = len(c) - 1, np.shape(c)[1]
    if n == 0:
        return np.zeros_like(e)
    # by how far one entry comes after the other in the system, by the column and diagonal of the other
    system = np.zeros((k * k + 1, n, k + 1), c.dtype)
    system[0] = 1  # of places that belong to no entry
    for d in range(min(k + 1, n)):
        system[0, : n - d, d] = 0
    for d in range(min(k + 1, n)):
        for m in range(min(k - d + 1, n - d)):  # how far to the left of the entry
            last = n - m - d
            system[m * k, :last, m + d] += c[m, :last]
            system[m * k + d, :last, m] += c[m + d, :last]
    (solve,) = linalg.get_lapack_funcs(("tbtrs",), (system, e))
    band = np.reshape(system, (len(system), n * (k + 1)))
    found, _ = solve(band, np.ravel(e.T)[:, None], uplo="L", trans="T" if bar else "N")
    return np.ascontiguousarray(np.reshape(found, (n, k + 1)).T)


def many_diagonals_slope(c: Any, e: Any, bar: bool) -> Any:
    """In square blocks that are no smaller than the band, the factor has d on its diagonal and f below.

    The matrix has d d^T + (the f to the left) (that)^T and f d^T: each block moves by what follows from the ones
    before, in the transpose by what follows from the ones after.

    Source:  I. Murray, "Differentiation of the Cholesky decomposition", 2016, section 4, by diagonals.
    """
    k, n = len(c) - 1, np.shape(c)[1]
    size = max(k, 16)
    count = -(-n // size)
    columns = np.arange(size)
    below = np.arange(2 * size)[:, None] - columns
    places = size * np.arange(count)[:, None, None] + columns
    blocks = []
    for ab in (c, e):
        whole = np.zeros((k + 1, count * size), ab.dtype)
        for d in range(min(k + 1, n)):
            whole[d, : n - d] = ab[d, : n - d]
        if ab is c:
            whole[0, n:] = 1
        blocks.append(np.where((below >= 0) & (below <= k), whole[np.clip(below, 0, k), places], 0))
    diagonal, under, own, following = (piece for b in blocks for piece in (b[:, :size], b[:, size:]))
    inverse, moved = np.linalg.inv(diagonal), np.zeros_like(blocks[1])
    one = np.tri(size, dtype=c.dtype)
    half = one - np.eye(size, dtype=c.dtype) / 2
    change: Any = 0.0  # of the diagonal block that comes next
    if bar:
        for i in reversed(range(count)):
            moved[i, size:] = (following[i] - change @ under[i] if i + 1 < count else following[i]) @ inverse[
                i
            ]
            inner = diagonal[i].T @ (one * (own[i] - moved[i, size:].T @ under[i]))
            change = inverse[i].T @ (half * inner) @ inverse[i]
            change = change + change.T
            moved[i, :size] = half * change
    else:
        own = half * own
        own = own + np.swapaxes(own, 1, 2)
        for i in range(count):
            moved[i, :size] = diagonal[i] @ (half * (inverse[i] @ (own[i] - change) @ inverse[i].T))
            moved[i, size:] = (following[i] - under[i] @ moved[i, :size].T) @ inverse[i].T
            change = moved[i, size:] @ under[i].T
            change = change + change.T
    found = moved[:, np.arange(k + 1)[:, None] + columns, columns]
    slope = np.moveaxis(found, 0, 1).reshape(k + 1, count * size)[:, :n].astype(e.dtype, copy=False)
    for d in range(1, k + 1):
        slope[d, max(n - d, 0) :] = e[d, max(n - d, 0) :]
    return slope
