"""Transposes of SciPy's filters: emitted code may call them, as `numerics`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

__all__ = [
    "convolve_first_bar",
    "convolve_second_bar",
    "fir",
    "fir_first_bar",
    "fir_second_bar",
    "image_filter",
    "image_filter_bar",
    "image_first_bar",
    "image_second_bar",
    "savgol_bar",
]


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
    """The cotangent of an array `b` of this shape, w that of `scipy.signal.convolve(a, b, mode)`.

    Of each entry an inner product; of many all together, by Fourier transforms.
    """
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
    if np.prod(shape) > 64:
        return scipy.signal.convolve(whole, np.flip(a), mode="valid")
    found, axes = np.zeros(shape, np.result_type(a, w)), list(range(len(shape)))
    for place in np.ndindex(shape):
        part = whole[tuple(slice(k, k + n) for k, n in zip(place, a.shape, strict=True))]
        found[place] = np.einsum(part, axes, a, axes, [])
    return found


def fir(b: Any, x: Any, axis: int = -1) -> Any:
    """The sums of b_k x_(n-k) over k along an axis: what lies before the first entry counts as 0."""
    return scipy.signal.lfilter(b, np.ones(1, np.result_type(b, x)), x, axis=axis)


def fir_first_bar(w: Any, x: Any, shape: tuple[int, ...], axis: int = -1) -> Any:
    """The cotangent of the coefficients, w that of `fir(b, x, axis)`."""
    w, x = np.moveaxis(w, axis, -1), np.moveaxis(x, axis, -1)
    found, axes = np.zeros(shape, np.result_type(w, x)), list(range(w.ndim))
    for k in range(min(len(found), x.shape[-1])):
        found[k] = np.einsum(w[..., k:], axes, x[..., : x.shape[-1] - k], axes, [])
    return found


def fir_second_bar(b: Any, w: Any, shape: tuple[int, ...], axis: int = -1) -> Any:
    """The cotangent of the signal, w that of `fir(b, x, axis)`."""
    one = np.ones(1, np.result_type(b, w))
    return np.flip(scipy.signal.lfilter(b, one, np.flip(w, axis), axis=axis), axis)


def savgol_bar(
    w: Any, window_length: int = 3, polyorder: int = 1, deriv: int = 0, delta: float = 1.0, axis: int = -1
) -> Any:
    """The cotangent of the signal, w that of `scipy.signal.savgol_filter`, which fits a polynomial at both ends.

    What the filter does to a signal of one window has all its weights: those of the ends, and in the middle row
    those of every other place.
    """
    w = np.moveaxis(w, axis, -1)
    half = window_length // 2
    unit = np.eye(window_length, dtype=w.dtype)
    rows = scipy.signal.savgol_filter(unit, window_length, polyorder, deriv, delta, axis=0)
    middle = rows[half].reshape((1,) * (w.ndim - 1) + (-1,))
    found = scipy.signal.convolve(w[..., half : w.shape[-1] - half], middle)
    found[..., :window_length] += w[..., :half] @ rows[:half]
    found[..., -window_length:] += w[..., w.shape[-1] - half :] @ rows[window_length - half :]
    return np.moveaxis(found, -1, axis)


def image_filter(
    x: Any,
    weights: Any,
    filter: str = "correlate",
    axis: int | None = None,
    mode: str = "reflect",
    origin: Any = 0,
) -> Any:
    """A filter of `scipy.ndimage` with weights, along an axis or all; the mode "constant" puts zeros outside."""
    options = {} if axis is None else {"axis": axis}
    return getattr(scipy.ndimage, filter)(x, weights, mode=mode, origin=origin, **options)


def image_first_bar(
    w: Any,
    weights: Any,
    shape: Any,
    filter: str = "correlate",
    axis: int | None = None,
    mode: str = "reflect",
    origin: Any = 0,
) -> Any:
    """The cotangent of x, w that of `image_filter(x, weights, ...)`: the opposite filter, its margins folded back.

    Outside the image the filter reads entries of the image again; np.pad tells which.
    """
    if np.iscomplexobj(w) or np.iscomplexobj(weights):
        raise TypeError("filters of scipy.ndimage with complex weights or images have no derivative rule")
    axes = range(len(shape)) if axis is None else [axis % len(shape)]
    inside: dict[str, Any] = {
        "reflect": "symmetric",
        "grid-mirror": "symmetric",
        "mirror": "reflect",
        "nearest": "edge",
    }
    width = [0] * len(shape)
    if mode not in ("constant", "grid-constant"):
        for place, k in enumerate(axes):
            width[k] = weights.shape[place]
    opposite = filter.replace("convolve", "?").replace("correlate", "convolve").replace("?", "correlate")
    options = {} if axis is None else {"axis": axis}
    wide = np.pad(w, [(k, k) for k in width])
    wide = getattr(scipy.ndimage, opposite)(wide, weights, mode="constant", origin=origin, **options)
    for k in axes:
        if width[k] and shape[k]:
            places = np.pad(np.arange(shape[k]), width[k], mode=inside.get(mode, "wrap"))
            wide = np.moveaxis(wide, k, 0)
            middle = wide[width[k] : width[k] + shape[k]].copy()
            np.add.at(middle, places[: width[k]], wide[: width[k]])
            np.add.at(middle, places[width[k] + shape[k] :], wide[width[k] + shape[k] :])
            wide = np.moveaxis(middle, 0, k)
    return wide


def image_second_bar(
    x: Any,
    w: Any,
    shape: Any,
    filter: str = "correlate",
    axis: int | None = None,
    mode: str = "reflect",
    origin: Any = 0,
) -> Any:
    """The cotangent of the weights, w that of `image_filter(x, weights, ...)`.

    Of each the inner product of w with the image, shifted; of many all together, by Fourier transforms.
    """
    if np.iscomplexobj(w) or np.iscomplexobj(x):
        raise TypeError("filters of scipy.ndimage with complex weights or images have no derivative rule")
    x = np.asarray(x)
    whole = {axis % x.ndim: shape[0]} if axis is not None else dict(enumerate(shape))
    origins = np.broadcast_to(origin, len(whole))
    turned = filter.startswith("convolve")
    width = [(0, 0)] * x.ndim
    for place, (k, size) in enumerate(whole.items()):
        shift = -int(origins[place]) - (size + 1) % 2 if turned else int(origins[place])
        width[k] = (size // 2 + shift, size - 1 - size // 2 - shift)
    inside: dict[str, Any] = {
        "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap",
        "grid-wrap": "wrap",
    }  # fmt: skip
    wide = np.pad(x, width, mode=inside.get(mode, "constant"))
    w = np.asarray(w)
    counts = tuple(n - m + 1 for n, m in zip(wide.shape, w.shape, strict=True))
    if np.prod(counts) <= 100:
        found, axes = np.zeros(counts, np.result_type(x, w)), list(range(w.ndim))
        for place in np.ndindex(counts):
            part = wide[tuple(slice(k, k + n) for k, n in zip(place, w.shape, strict=True))]
            found[place] = np.einsum(part, axes, w, axes, [])
    else:
        found = scipy.signal.convolve(wide, np.flip(w), mode="valid")
    found = found.reshape(shape)
    return np.flip(found) if turned else found


def image_filter_bar(
    w: Any, size: Any, filter: str = "gaussian_filter", axis: int | None = None, order: Any = 0,
    mode: str = "reflect", origin: int = 0, truncate: float = 4.0, radius: Any = None,
) -> Any:  # fmt: skip
    """The cotangent of x, w that of a filter of `scipy.ndimage` whose weights are symmetric, or antisymmetric.

    Such a filter is its own opposite, up to the sign and to where an even number of weights has its middle; its margins
    are folded back.
    """
    w = np.asarray(w)
    options: dict[str, Any] = {"mode": "constant"}
    operands = [] if size is None else [size]
    one_axis = filter.endswith("1d")
    axes = [axis % w.ndim] if one_axis and axis is not None else list(range(w.ndim))
    reach = [1] * len(axes)
    sign = 1.0
    if axis is not None:
        options["axis"] = axis
    if filter.startswith("gaussian"):
        sizes = np.broadcast_to(size, len(axes))
        reach = [int(truncate * float(sigma) + 0.5) for sigma in sizes]
        options["truncate"] = truncate
        if filter != "gaussian_laplace":
            if radius is not None:
                reach = [int(r) for r in np.broadcast_to(radius, len(axes))]
                options["radius"] = radius
            options["order"] = order
            sign = (-1.0) ** int(np.sum(np.broadcast_to(order, len(axes))))
    elif filter.startswith("uniform"):
        reach = [int(m) for m in np.broadcast_to(size, len(axes))]
        origins = [-origin - (m + 1) % 2 for m in reach]
        options["origin"] = origins[0] if one_axis else origins
    elif filter != "laplace":
        sign = -1.0
    width = [0] * w.ndim
    if mode not in ("constant", "grid-constant"):
        for k, r in zip(axes, reach, strict=True):
            width[k] = r + 1
    wide = np.pad(w, [(k, k) for k in width])
    wide = sign * getattr(scipy.ndimage, filter)(wide, *operands, **options)
    inside: dict[str, Any] = {
        "reflect": "symmetric",
        "grid-mirror": "symmetric",
        "mirror": "reflect",
        "nearest": "edge",
    }
    for k in axes:
        n = w.shape[k]
        if width[k] and n:
            places = np.pad(np.arange(n), width[k], mode=inside.get(mode, "wrap"))
            wide = np.moveaxis(wide, k, 0)
            middle = wide[width[k] : width[k] + n].copy()
            np.add.at(middle, places[: width[k]], wide[: width[k]])
            np.add.at(middle, places[width[k] + n :], wide[width[k] + n :])
            wide = np.moveaxis(middle, 0, k)
    return wide.astype(w.dtype)
