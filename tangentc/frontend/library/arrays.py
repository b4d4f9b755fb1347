# mypy: ignore-errors
"""What NumPy's functions mean that run a function of the user, or are made of other functions."""

import numpy as np

__all__: list[str] = []


# --- functions of functions -------------------------------------------------------------------------


def of_one_type(result):
    """What a mapped function returns; the frontend refuses what NumPy would convert to the type of the first."""
    raise NotImplementedError


def mapped(function, arrays):
    rows = [np.ravel(array) for array in arrays]
    return np.array([of_one_type(function(*[row[i] for row in rows])) for i in range(arrays[0].size)])


def mapped_and_converted(function, arrays):
    rows = [np.ravel(array) for array in arrays]
    return np.array([function(*[row[i] for row in rows]) for i in range(arrays[0].size)])


def mapped_lines(function, lines, *args):
    return np.array([of_one_type(function(lines[i], *args)) for i in range(len(lines))])


def over_axis(function, value, axis):
    result = function(value, axis)
    return result if np.ndim(result) == np.ndim(value) else np.expand_dims(result, axis)


def piece(result, x, condition, function, *args):
    if np.count_nonzero(condition) > 0:
        result[condition] = function(x[condition], *args)


# --- parts ------------------------------------------------------------------------------------------


def trimmed(row, front, back):
    found = np.flatnonzero(row)
    if len(found) == 0:
        return row[:0]
    start = found[0] if front else 0
    stop = found[-1] + 1 if back else len(row)
    return row[start:stop]


def equal_part(size, count):
    if size % count != 0:
        raise ValueError("array split does not result in an equal division")
    return size // count


def numbers(row):
    return [entry.item() for entry in row]


def rows_of_numbers(matrix):
    return [[entry.item() for entry in row] for row in matrix]


def as_large(matrix, other):
    """With zeros below and to the right, as many as it takes."""
    return np.pad(matrix, ((0, other.shape[0] - matrix.shape[0]), (0, other.shape[1] - matrix.shape[1])))


def as_large_from_the_end(matrix, other):
    return np.pad(matrix, ((other.shape[0] - matrix.shape[0], 0), (other.shape[1] - matrix.shape[1], 0)))


# --- sets -------------------------------------------------------------------------------------------


def union(a, b):
    return np.unique(np.concatenate((a, b), axis=None))


def difference(a, b):
    different = np.unique(a)
    return different[np.isin(different, b, invert=True)]


def of_one(a, b):
    return np.sort(np.concatenate((difference(a, b), difference(b, a))))


def of_tensors(tensors):
    """The arrays of a list of tensors."""
    return [tensor._array for tensor in tensors]
