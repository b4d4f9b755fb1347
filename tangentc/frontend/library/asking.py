# mypy: ignore-errors
"""What the compiler's own library asks of the frontend (`frontend/standard/library_requests.py`)."""

__all__: list[str] = []


def array_like(value):
    """A list or tuple of numbers as the array that NumPy makes of it."""
    raise NotImplementedError


def refuse(message):
    """An error of the compiler at the user's call."""
    raise NotImplementedError


def is_entries(value):
    """Whether a matrix is given by its entries: known when the program is compiled."""
    raise NotImplementedError


def is_sparse(value):
    """Whether a value is a sparse matrix, given by its entries or an object."""
    raise NotImplementedError


def is_matrix(value):
    """Whether `*` of a sparse matrix is the product of matrices."""
    raise NotImplementedError


def form_of(A):
    """How the places of a matrix by its entries are given."""
    raise NotImplementedError


def needs_places():
    """Whether every matrix needs the row and the column of each entry."""
    raise NotImplementedError


def has_one_column(b):
    """Whether the right side of a system is a matrix with one column; None where that is not known."""
    raise NotImplementedError


def keeps_places(is_matrix, by_entries):
    """Whether a matrix shares the memory of the arrays that say where its entries are."""
    raise NotImplementedError


def is_single(*dtypes):
    """Whether all are known to be single precision."""
    raise NotImplementedError
