"""What a standalone file asks of its arguments; the text of these functions is copied into it."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["check_argument", "check_constant", "float_argument"]


def float_argument(name: str, value: Any) -> float:
    """A number as the Python float that the file was made for.

    Raises: TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"this file was made for {name} a float, not {type(value).__name__}")
    return float(value)


def check_constant(name: str, value: Any, wanted: Any) -> None:
    """Refuse another value of an argument that decided what the file computes.

    Raises: TypeError: it is another one.
    """
    if type(value) is not type(wanted) or value != wanted:
        raise TypeError(
            f"this file was made for {name} = {wanted!r}, not {value!r}: compile it again for this"
        )


def check_argument(sizes: dict[str, int], name: str, value: Any, kind: str, shape: Any = None) -> None:
    """Refuse an argument that the file was not made for.

    Args:
        sizes: the sizes of axes met so far, by the letter of the axis; extended here.
        kind: the type's name, or the dtype of an array.
        shape: for an array, a size or a letter for each axis; equal letters are equal sizes, none of them 1.
    Raises: TypeError: another type, dtype, number of axes or pattern of sizes.
    """
    wanted = kind if shape is None else f"{kind} array of shape ({', '.join(map(str, shape))})"
    if shape is None:
        scalar = isinstance(value, np.generic) and f"np.{value.dtype.name}" == kind
        fits = scalar or any(base.__name__ == kind for base in type(value).__mro__)
        found = type(value).__name__
    else:
        fits = type(value) is np.ndarray and value.dtype.name == kind and value.ndim == len(shape)
        found = f"{value.dtype.name} array of shape {value.shape}" if fits else type(value).__name__
        for size, axis in zip(value.shape if fits else (), shape, strict=False):
            fits = fits and size == (sizes.setdefault(axis, size) if isinstance(axis, str) else axis)
            fits = fits and (size != 1 or axis == 1)
    if not fits:
        raise TypeError(f"this file was made for {name} a {wanted}, not {found}: compile it again for this")
