"""Sparse matrices by their entries: emitted code may call these functions, as `numerics`.

Entry e of a matrix is `data[e]`, in row `rows[e]` and column `columns[e]`; entries at the same place add up.  In the
form "csr" the entries are sorted by rows, and `rows[i]` is where those of row i begin; "csc" is the same for columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from scipy.sparse import linalg

__all__ = [
    "diagonal_places",
    "entries_of",
    "factor_of",
    "factor_solve",
    "lu_solve",
    "meeting",
    "on_diagonal",
    "row_numbers",
    "sparse_dense",
    "sparse_factor",
    "sparse_iterate",
    "sparse_product",
]


def row_numbers(indptr: Any) -> Any:
    """The row of each entry, where row i has the entries from indptr[i] on."""
    return np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))


def entries_of(A: Any) -> Any:
    """The entries of a sparse matrix, with their rows and columns."""
    entries = A.tocoo()
    return entries.data, entries.row, entries.col


def on_diagonal(d: Any, shape: tuple[int, int], offset: int = 0) -> Any:
    """The entries of a diagonal of a matrix of this shape: as they are given, or a single one for all places."""
    length = min(shape[0], shape[1] - offset) if offset >= 0 else min(shape[0] + offset, shape[1])
    return np.broadcast_to(d, (length,)).copy()


def diagonal_places(shape: tuple[int, int], offset: int = 0) -> Any:
    """The rows and columns of the entries of a diagonal."""
    length = min(shape[0], shape[1] - offset) if offset >= 0 else min(shape[0] + offset, shape[1])
    places = np.arange(length)
    return places + max(-offset, 0), places + max(offset, 0)


def sparse_product(
    data: Any, rows: Any, columns: Any, x: Any, shape: tuple[int, int], form: str = "coo"
) -> Any:
    """The matrix of this shape times a vector, or times a matrix."""
    if form == "csr":
        return scipy.sparse.csr_array((data, columns, rows), shape=shape) @ x
    if form == "csc":
        return scipy.sparse.csc_array((data, rows, columns), shape=shape) @ x
    if np.ndim(x) == 1 and data.dtype == x.dtype == np.float64 and len(data):
        found = np.bincount(rows, data * x[columns], minlength=shape[0])
        if found.shape == shape[:1] and x.shape == shape[1:]:
            return found
    return scipy.sparse.coo_array((data, (rows, columns)), shape=shape) @ x


def meeting(inner: Any, rows: Any, other: Any, columns: Any, width: int) -> Any:
    """The pairs of entries of two matrices that meet: where `inner` of the first is `other` of the second.

    In a product of matrices the columns of one meet the rows of the other.
    Returns: the entries of both, in the order of the places to which their products belong: the row of the first and
        the column, less than `width`, of the second; where each place begins; and the rows and columns of the places.
    """
    order = np.argsort(other, kind="stable")
    size = max(np.max(inner, initial=0), np.max(other, initial=0)) + 1
    if size <= 9 * (len(inner) + len(other)):
        alike = np.bincount(other, minlength=size)
        count, start = alike[inner], (np.cumsum(alike) - alike)[inner]
    else:  # a table would be too large
        start = np.searchsorted(other[order], inner)
        count = np.searchsorted(other[order], inner, "right") - start
    first = np.repeat(np.arange(len(inner)), count)
    within = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    second = order[np.repeat(start, count) + within]
    places = rows[first] * np.int64(max(width, 1)) + columns[second]
    by_place = np.argsort(places, kind="stable")
    places = places[by_place]
    is_new = np.ones(len(places), bool)
    is_new[1:] = places[1:] != places[:-1]
    begin = np.flatnonzero(is_new)
    row, column = np.divmod(places[begin], max(width, 1))
    return first[by_place], second[by_place], begin, row, column


def sparse_dense(data: Any, rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    """The matrix as an array."""
    return scipy.sparse.coo_array((data, (rows, columns)), shape=shape).toarray()


def factor_of(A: Any) -> Any:
    """The LU factors of a sparse matrix, in double precision."""
    return linalg.splu(A.tocsc().astype(np.promote_types(A.dtype, np.float64)))


def sparse_factor(data: Any, rows: Any, columns: Any, shape: tuple[int, int], form: str = "coo") -> Any:
    """The LU factors of the matrix, in double precision."""
    data = np.asarray(data, np.promote_types(data.dtype, np.float64))
    if form == "csr":
        return linalg.splu(scipy.sparse.csr_array((data, columns, rows), shape=shape).tocsc())
    if form == "csc":
        return linalg.splu(scipy.sparse.csc_array((data, rows, columns), shape=shape))
    return linalg.splu(scipy.sparse.coo_array((data, (rows, columns)), shape=shape).tocsc())


def sparse_iterate(
    data: Any, rows: Any, columns: Any, b: Any, of: str = "cg", options: tuple[tuple[str, Any], ...] = ()
) -> Any:
    """The solution of A x = b by an iteration of `scipy.sparse.linalg`, and what that says about it."""
    A = scipy.sparse.coo_array((data, (rows, columns)), shape=(len(b), len(b))).tocsr()
    return getattr(linalg, of)(A, b, **dict(options))


def lu_solve(lu: Any, b: Any, trans: str = "N") -> Any:
    """The solution of A x = b, or of its transpose ("T"), by the LU factors of A."""
    b = np.asarray(b)
    try:
        return lu.solve(b, trans)
    except TypeError:  # the factors are real, or of single precision
        if b.dtype.kind != "c":
            return lu.solve(b.astype(np.float32), trans)
        return lu.solve(b.real.copy(), trans) + 1j * lu.solve(b.imag.copy(), trans)


def factor_solve(
    lu: Any, data: Any, rows: Any, columns: Any, b: Any, trans: str = "N", form: str = "coo"
) -> Any:
    """The same for the factors of the matrix with these entries, which are needed for derivatives alone."""
    b = np.asarray(b)
    try:
        return lu.solve(b, trans)
    except TypeError:  # the factors are real, or of single precision
        if b.dtype.kind != "c":
            return lu.solve(b.astype(np.float32), trans)
        return lu.solve(b.real.copy(), trans) + 1j * lu.solve(b.imag.copy(), trans)
