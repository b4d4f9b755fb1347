from __future__ import annotations

from typing import Any

import numpy as np


def f_grad(x, p=2, axis=0, mode="a", w=None, scale=0.5, *, k=3.0, flag=True):
    """Adjoint of f (/tmp/mine/sa2.py:3), with respect to x. Nothing recorded."""
    sizes = {}
    check_argument(sizes, "x", x, "float64", ("n", "m"))
    check_argument(sizes, "p", p, "int")
    assert axis == 0, "this file was made for axis = 0"
    assert mode == "a", "this file was made for mode = 'a'"
    assert w is None, "this file was made for w = None"
    scale = float_argument("scale", scale)
    k = float_argument("k", k)
    assert flag is True, "this file was made for flag = True"
    # forward sweep
    y = np.sum(x**p, axis=0) * scale
    y = y * k
    y += 1.0
    # reverse sweep
    y_bar = np.cos(y)  # sin(y)
    y_bar = k * y_bar  # y * k
    x_bar = p * (x + (x == 0) * (p == 0)) ** (p - 1) * np.expand_dims(scale * y_bar, axis=0)  # x ** p
    return x_bar


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


def float_argument(name: str, value: Any) -> float:
    """A number as the Python float that the file was made for.

    Raises: TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"this file was made for {name} a float, not {type(value).__name__}")
    return float(value)
