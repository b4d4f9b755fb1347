from __future__ import annotations

from typing import Any

import numpy as np


def smooth_adjoint(u, k, n, u_bar):
    """Adjoint of smooth."""
    sizes = {}
    check_argument(sizes, "u", u, "float64", ("n",))
    k = float_argument("k", k)
    check_argument(sizes, "n", n, "int")
    check_argument(sizes, "u_bar", u_bar, "float64", ("n",))
    # forward sweep: record u[1:-1], overwritten and read in reverse
    u = u.copy()
    u_tape = []
    for _ in range(n):
        u_tape.append(u[1:-1].copy())
        u[1:-1] += k * u[1:-1] * (u[2:] - u[:-2])
    result = u.copy()
    # reverse sweep
    u_bar = u_bar.copy()
    k_bar = 0.0
    for _ in reversed(range(n)):
        u[1:-1] = u_tape.pop()
        v1_bar = (u[2:] - u[:-2]) * u_bar[1:-1]
        v2_bar = k * u[1:-1] * u_bar[1:-1]
        k_bar += np.sum(u[1:-1] * v1_bar)
        u_bar[1:-1] += k * v1_bar
        u_bar[2:] += v2_bar
        u_bar[:-2] -= v2_bar
    return result, (u_bar, k_bar)


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
