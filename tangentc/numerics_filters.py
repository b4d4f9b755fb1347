"""Transposes of SciPy's filters: emitted code may call them, as `numerics`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

__all__ = ["convolve_first_bar", "convolve_second_bar", "fir", "fir_first_bar", "fir_second_bar"]


def convolve_first_bar(w: Any, b: Any, shape: tuple[int, ...], mode: str = "full") -> Any:
    """The cotangent of an array `a` of this shape, w that of `scipy.signal.convolve(a, b, mode)`."""
    full = tuple(n + m - 1 for n, m in zip(shape, b.shape, strict=True))
    if 0 in full or -1 in full:
        return np.zeros(shape, np.result_type(w, b))
    start = [0] * len(full)
    if mode == "same":
        start = [(f - n) // 2 for f, n in zip(full, shape, strict=True)]
    if mode == "valid":
        start = [min(n, m) - 1 for n, m in zip(shape, b.shape, strict=True)]
    whole = np.zeros(full, np.asarray(w).dtype)
    whole[tuple(slice(k, k + n) for k, n in zip(start, np.shape(w), strict=True))] = w
    return scipy.signal.convolve(whole, np.flip(b), mode="valid")


def convolve_second_bar(a: Any, w: Any, shape: tuple[int, ...], mode: str = "full") -> Any:
    """The cotangent of an array `b` of this shape, w that of `scipy.signal.convolve(a, b, mode)`."""
    full = tuple(n + m - 1 for n, m in zip(a.shape, shape, strict=True))
    if 0 in full or -1 in full:
        return np.zeros(shape, np.result_type(a, w))
    start = [0] * len(full)
    if mode == "same":
        start = [(f - n) // 2 for f, n in zip(full, a.shape, strict=True)]
    if mode == "valid":
        start = [min(n, m) - 1 for n, m in zip(a.shape, shape, strict=True)]
    whole = np.zeros(full, np.asarray(w).dtype)
    whole[tuple(slice(k, k + n) for k, n in zip(start, np.shape(w), strict=True))] = w
    return scipy.signal.convolve(whole, np.flip(a), mode="valid")


def fir(b: Any, x: Any, axis: int = -1) -> Any:
    """The sums of b_k x_(n-k) over k along an axis: what lies before the first entry counts as 0."""
    return scipy.signal.lfilter(b, np.ones(1, np.result_type(b, x)), x, axis=axis)


def fir_first_bar(w: Any, x: Any, shape: tuple[int, ...], axis: int = -1) -> Any:
    """The cotangent of the coefficients, w that of `fir(b, x, axis)`."""
    w, x = np.moveaxis(w, axis, -1), np.moveaxis(x, axis, -1)
    found = np.zeros(shape, np.result_type(w, x))
    for k in range(min(len(found), x.shape[-1])):
        found[k] = np.sum(w[..., k:] * x[..., : x.shape[-1] - k])
    return found


def fir_second_bar(b: Any, w: Any, shape: tuple[int, ...], axis: int = -1) -> Any:
    """The cotangent of the signal, w that of `fir(b, x, axis)`."""
    one = np.ones(1, np.result_type(b, w))
    return np.flip(scipy.signal.lfilter(b, one, np.flip(w, axis), axis=axis), axis)
