# mypy: ignore-errors
"""What the classes and functions of `scipy.sparse` mean for a matrix whose entries may vary."""

import numpy as np

from tangentc.frontend.library.asking import (
    array_like,
    form_of,
    has_one_column,
    is_entries,
    is_matrix,
    is_single,
    is_sparse,
    keeps_places,
    needs_places,
    refuse,
)
from tangentc.numerics_sparse import (
    diagonal_places,
    entries_of,
    factor_of,
    factor_solve,
    lu_solve,
    meeting,
    on_diagonal,
    row_numbers,
    sparse_dense,
    sparse_factor,
    sparse_iterate,
    sparse_product,
)

__all__: list[str] = []


class SparseEntries:
    """A matrix by its entries; those at the same place add up.

    form: how the places are given, see `numerics_sparse`.
    is_matrix: whether `*` is the product of matrices.
    as_given: whether SciPy's object has the same entries in the same order.
    """

    def __init__(self, entry, row_of, column_of, shape, form, is_matrix, as_given):
        self.entry = entry
        self.row_of = row_of
        self.column_of = column_of
        self.shape = shape
        self.form = form
        self.is_matrix = is_matrix
        self.as_given = as_given

    @property
    def T(self):
        turned = (self.shape[1], self.shape[0])
        form = other_form(form_of(self))
        return SparseEntries(
            self.entry, self.column_of, self.row_of, turned, form, self.is_matrix, self.as_given
        )

    @property
    def ndim(self):
        return 2

    @property
    def dtype(self):
        return self.entry.dtype

    @property
    def data(self):
        if not self.as_given:
            refuse(
                "the order of the entries of this sparse matrix is not known: compute with the data it was made of"
            )
        return self.entry

    @property
    def nnz(self):
        return len(self.data)

    def transpose(self):
        return self.T

    def dot(self, other):
        return self @ other

    def __neg__(self):
        return with_entries(self, -self.entry)

    def __imul__(self, other):
        refuse("a sparse matrix that may vary is multiplied in place: write `A = A * factor`")

    def __itruediv__(self, other):
        refuse("a sparse matrix that may vary is divided in place: write `A = A / divisor`")

    def __eq__(self, other):
        refuse("a comparison of a sparse matrix that may vary is not supported: compare its data")

    def __ne__(self, other):
        refuse("a comparison of a sparse matrix that may vary is not supported: compare its data")

    def toarray(self):
        given = placed(self)
        return sparse_dense(given.entry, given.row_of, given.column_of, given.shape)

    def multiply(self, other):
        return multiplied(self, other)

    def sum(self, axis=None):
        if axis is None:
            return np.sum(self.entry)
        if self.is_matrix:
            refuse("the sum of a sparse matrix along an axis is a np.matrix: use a sparse array")
        if axis in (1, -1):
            return times(self, np.ones(self.shape[1]))
        return times_from_left(np.ones(self.shape[0]), self)

    def diagonal(self):
        given = placed(self)
        on_it = with_entries(given, np.where(given.row_of == given.column_of, given.entry, 0.0))
        return times(on_it, np.ones(self.shape[1]))[: min(self.shape)]

    def trace(self):
        given = placed(self)
        return np.sum(np.where(given.row_of == given.column_of, given.entry, 0.0))

    def tocsr(self):
        return rearranged(self)

    def tocsc(self):
        return rearranged(self)

    def tocoo(self):
        return rearranged(self)

    def asformat(self, format):
        return rearranged(self)

    def copy(self):
        return with_entries(self, self.entry.copy())

    def conj(self):
        return with_entries(self, np.conj(self.entry))


def with_entries(A, entry):
    return SparseEntries(entry, A.row_of, A.column_of, A.shape, form_of(A), A.is_matrix, A.as_given)


def rearranged(A):
    return SparseEntries(A.entry.copy(), A.row_of, A.column_of, A.shape, form_of(A), A.is_matrix, False)


def other_form(form):
    if form == "coo":
        return form
    return "csc" if form == "csr" else "csr"


def placed(A):
    """The same with the row and the column of each entry."""
    if form_of(A) == "coo":
        return A
    rows = row_numbers(A.row_of) if form_of(A) == "csr" else A.row_of
    columns = A.column_of if form_of(A) == "csr" else row_numbers(A.column_of)
    return SparseEntries(A.entry, rows, columns, A.shape, "coo", A.is_matrix, A.as_given)


def entries(A):
    """A matrix by its entries, also one that the program was given."""
    if is_entries(A):
        return A
    data, rows, columns = entries_of(A)
    return SparseEntries(data, rows, columns, A.shape, "coo", is_matrix(A), False)


# --- operators ----------------------------------------------------------------------------------------


def times(A, x):
    return sparse_product(A.entry, A.row_of, A.column_of, array_like(x), A.shape, form=form_of(A))


def times_from_left(x, A):
    x = array_like(x)
    return times(A.T, x) if np.ndim(x) == 1 else times(A.T, x.T).T


def scaled(A, factor):
    given = entries(A)
    return with_entries(given, given.entry * factor)


def divided(A, by):
    given = entries(A)
    return with_entries(given, given.entry / by)


def multiplied(A, x):
    """Entry by entry with another matrix, or with an array that broadcasts to it."""
    if is_sparse(x):
        return entrywise(A, x)
    given = placed(entries(A))
    factors = np.broadcast_to(array_like(x), given.shape)[given.row_of, given.column_of]
    return rearranged(with_entries(given, given.entry * factors))


def plus(A, B):
    a, b = placed(entries(A)), placed(entries(B))
    return joined(a, b, b.entry)


def minus(A, B):
    a, b = placed(entries(A)), placed(entries(B))
    return joined(a, b, -b.entry)


def product(A, B):
    """The product of two matrices, of which one may be an object."""
    a, b = placed(entries(A)), placed(entries(B))
    if a.shape[1] != b.shape[0]:
        raise ValueError("matmul: dimension mismatch")
    return met(a, b, a.column_of, b.row_of, (a.shape[0], b.shape[1]))


def entrywise(A, B):
    """The products of the entries in the same places."""
    a, b = placed(entries(A)), placed(entries(B))
    if a.shape != b.shape:
        raise ValueError("inconsistent shapes")
    width = a.shape[1]
    return met(a, b, a.row_of * width + a.column_of, b.row_of * width + b.column_of, a.shape)


def met(a, b, inner, other, shape):
    """The sums over the pairs of entries that meet, place by place."""
    first, second, begin, rows, columns = meeting(inner, a.row_of, other, b.column_of, shape[1])
    entry = np.add.reduceat(a.entry[first] * b.entry[second], begin)
    return SparseEntries(entry, rows, columns, shape, "coo", a.is_matrix and b.is_matrix, False)


def joined(a, b, entry):
    return SparseEntries(
        np.concatenate((a.entry, entry)), np.concatenate((a.row_of, b.row_of)),
        np.concatenate((a.column_of, b.column_of)), a.shape, "coo", a.is_matrix and b.is_matrix, False,
    )  # fmt: skip


def as_dense(A):
    return A.toarray()


# --- matrices that are made ---------------------------------------------------------------------------


def compressed(arg1, shape, dtype, copy, is_matrix, by_columns):
    """A matrix that is stored by rows, or by columns."""
    if not isinstance(arg1, tuple):
        return of_matrix(arg1, dtype, is_matrix)
    if len(arg1) == 2:
        return of_places(arg1[0], arg1[1], shape, dtype, True, is_matrix, False)
    if len(arg1) != 3:
        refuse("a sparse matrix is made of its data and their places")
    if shape is None:
        refuse("the shape of a sparse matrix that may vary must be given: pass shape=")
    data, indices, indptr = arg1
    entry, numbers, starts = typed(data, dtype, copy), array_like(indices).copy(), array_like(indptr).copy()
    if by_columns:
        made = SparseEntries(entry, numbers, starts, shape, "csc", is_matrix, True)
    else:
        made = SparseEntries(entry, starts, numbers, shape, "csr", is_matrix, True)
    return placed(made) if needs_places() else made


def of_places(data, places, shape, dtype, copy, is_matrix, as_given):
    rows, columns = array_like(places[0]), array_like(places[1])
    if copy or not keeps_places(is_matrix, as_given):
        rows, columns = rows.copy(), columns.copy()
    if shape is None:
        shape = (int(np.max(rows)) + 1, int(np.max(columns)) + 1)
    return SparseEntries(typed(data, dtype, copy), rows, columns, shape, "coo", is_matrix, as_given)


def typed(data, dtype, copy):
    """The entries: the array of the caller itself, which may be written later, unless it is converted or copied."""
    data = array_like(data)
    if dtype is not None:
        return data.astype(dtype)
    return data.copy() if copy else data


def of_matrix(matrix, dtype, is_matrix):
    """Of an array every entry: where one is 0 now, the derivative is not."""
    if is_entries(matrix):
        entry = typed(matrix.entry, dtype, True)
        return SparseEntries(
            entry, matrix.row_of, matrix.column_of, matrix.shape, form_of(matrix), is_matrix, False
        )
    array = array_like(matrix)
    if np.ndim(array) != 2:
        refuse("a sparse matrix has two axes here")
    shape = np.shape(array)
    rows, columns = np.repeat(np.arange(shape[0]), shape[1]), np.tile(np.arange(shape[1]), shape[0])
    return SparseEntries(typed(np.ravel(array), dtype, True), rows, columns, shape, "coo", is_matrix, False)


def csr_array(arg1, shape=None, dtype=None, copy=False, is_matrix=False):
    return compressed(arg1, shape, dtype, copy, is_matrix, False)


def csc_array(arg1, shape=None, dtype=None, copy=False, is_matrix=False):
    return compressed(arg1, shape, dtype, copy, is_matrix, True)


def coo_array(arg1, shape=None, dtype=None, copy=False, is_matrix=False):
    if not isinstance(arg1, tuple):
        return of_matrix(arg1, dtype, is_matrix)
    return of_places(arg1[0], arg1[1], shape, dtype, copy, is_matrix, True)


def diags_array(diagonals, offsets=0, shape=None, format=None, dtype=None, is_matrix=False):
    if isinstance(offsets, (list, tuple)):
        return from_diagonals(list(diagonals), list(offsets), shape, dtype, is_matrix)
    if isinstance(diagonals, (list, tuple)) and np.ndim(diagonals[0]) > 0:
        return from_diagonals(list(diagonals), [offsets], shape, dtype, is_matrix)
    return from_diagonals([array_like(diagonals)], [offsets], shape, dtype, is_matrix)


def from_diagonals(diagonals, offsets, shape, dtype, is_matrix):
    if len(diagonals) != len(offsets):
        refuse("as many diagonals as offsets are needed")
    if shape is None:
        size = np.shape(array_like(diagonals[0]))[0] + abs(offsets[0])
        shape = (size, size)
    parts, rows, columns = [], [], []
    for diagonal, offset in zip(diagonals, offsets, strict=False):
        parts.append(on_diagonal(array_like(diagonal), shape, offset=offset))
        places = diagonal_places(shape, offset=offset)
        rows.append(places[0])
        columns.append(places[1])
    if len(parts) == 1:
        return SparseEntries(
            typed(parts[0], dtype, False), rows[0], columns[0], shape, "coo", is_matrix, False
        )
    entry = typed(np.concatenate(parts), dtype, False)
    return SparseEntries(entry, np.concatenate(rows), np.concatenate(columns), shape, "coo", is_matrix, False)


# --- systems ------------------------------------------------------------------------------------------


class Factors:
    """The LU factors of a matrix that varies."""

    def __init__(self, lu, data, rows, columns, form):
        self.lu = lu
        self.data = data
        self.rows = rows
        self.columns = columns
        self.form = form

    def solve(self, rhs, trans="N"):
        b = array_like(rhs)
        return factor_solve(self.lu, self.data, self.rows, self.columns, b, trans=trans, form=form_of(self))

    def __call__(self, rhs):
        return self.solve(rhs)


def factors(A):
    lu = sparse_factor(A.entry, A.row_of, A.column_of, A.shape, form=form_of(A))
    return Factors(lu, A.entry.copy(), A.row_of, A.column_of, form_of(A))


def vector(b):
    """A right side with a single column is a vector to `spsolve`."""
    b = array_like(b)
    is_one = has_one_column(b)
    if is_one is None and b.shape[1] == 1:
        raise ValueError("the right side of spsolve has one column, which was not known: use np.ravel")
    return np.ravel(b) if is_one else b


def spsolve(A, b, permc_spec=None, use_umfpack=True):
    b = vector(b)
    if is_entries(A):
        x = factors(A).solve(b)
    else:
        lu = factor_of(A)
        x = lu_solve(lu, b)
    return x.astype(np.float32) if is_single(A.dtype, b.dtype) else x


def iterate(A, b, name, options):
    given = placed(A)
    return sparse_iterate(given.entry, given.row_of, given.column_of, b, of=name, options=options)


def splu(A, permc_spec=None, diag_pivot_thresh=None, relax=None, panel_size=None, options=None):
    return factors(A) if is_entries(A) else factor_of(A)


def factorized(A):
    return factors(A) if is_entries(A) else Solver(factor_of(A))


class Solver:
    """What `factorized` gives for a matrix that does not vary."""

    def __init__(self, lu):
        self.lu = lu

    def __call__(self, b):
        return lu_solve(self.lu, array_like(b))


def solve(lu, rhs, trans="N"):
    return lu_solve(lu, array_like(rhs), trans=trans)


CLASSES = {
    "csr_array": csr_array, "csr_matrix": csr_array, "csc_array": csc_array, "csc_matrix": csc_array,
    "coo_array": coo_array, "coo_matrix": coo_array, "diags": diags_array, "diags_array": diags_array,
}  # fmt: skip
SYSTEMS = {"spsolve": spsolve, "splu": splu, "factorized": factorized}
