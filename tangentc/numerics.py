"""What emitted code may call at run time: NumPy and `math` only, each function whole in itself.

The standalone form of a derivative carries copies of the functions that it uses.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np

__all__ = [
    "add_item",
    "add_items",
    "add_parts",
    "centred",
    "check_length",
    "check_single",
    "chosen_mean",
    "cofactors",
    "copy_strided",
    "evenly",
    "flat_places",
    "folded",
    "gamma_slope",
    "inside",
    "instance",
    "inverse_gaps",
    "last_writer",
    "log_of_base",
    "matmul_left_bar",
    "matmul_right_bar",
    "part",
    "parted_order",
    "placed",
    "polygamma",
    "power_slope",
    "powers",
    "product_of_others",
    "quotient",
    "ratio",
    "resized_bar",
    "restore_item",
    "saved_item",
    "share",
    "sinc_derivative",
    "slice_indices",
    "sorted_order",
    "spread_parts",
    "stable_order",
    "stack_items",
    "stop_gradient",
    "unbroadcast",
    "windows_bar",
    "without_each",
    "zero_items",
]  # fmt: skip

Arr = np.ndarray[Any, np.dtype[Any]]


def sorted_order(*keys: Any, reverse: bool = False) -> tuple[int, ...]:
    """The positions of `keys` in the order in which `sorted` puts them: equal keys keep theirs."""
    return tuple(sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse))


def last_writer(shape: tuple[int, ...], index: Any) -> Arr:
    """Which elements of the value of `x[index] = value` are still in x afterwards.

    NumPy assigns repeated indices in order, so the last one wins.

    Args:    shape of x; an index of integer arrays, possibly mixed with slices.
    Returns: booleans of the shape of x[index].
    """
    places = np.arange(int(np.prod(shape))).reshape(shape)[index]
    order = np.arange(places.size).reshape(places.shape)
    last = np.zeros(int(np.prod(shape)), dtype=np.intp)
    last[places.ravel()] = order.ravel()
    winners: Arr = last[places] == order
    return winners


def instance(cls: type, **attributes: Any) -> Any:
    """An object of a class with these attributes, made without a call of its `__init__`."""
    if issubclass(cls, tuple):
        return tuple.__new__(cls, attributes.values())
    if hasattr(cls, "__tangentc_made__"):  # it has attributes of its own, too
        return cls.__tangentc_made__(*attributes.values())
    made = cls.__new__(cls)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made


def copy_strided(x: Arr) -> Arr:
    """A copy with the memory layout of x, so that `reshape` and `ravel` copy it when they copy x."""
    low, high = np.lib.array_utils.byte_bounds(x)
    first = x.__array_interface__["data"][0]
    twin: Arr = np.ndarray(x.shape, x.dtype, np.zeros(high - low, np.uint8), first - low, x.strides)
    twin[...] = x
    return twin


def zero_items(container: Any) -> Any:
    """The cotangent of a list, tuple or dict to which nothing has been added: 0.0 for each entry."""
    return defaultdict(float) if isinstance(container, dict) else [0.0] * len(container)


def stack_items(items: Any) -> Any:
    """The array of the entries of a list."""
    return np.array(items)


def add_item(bars: Any, key: Any, w: Any) -> None:
    """Add to the cotangent of one entry; a new value, so that entries share no memory."""
    bars[key] = add_parts(bars[key], w)


def add_items(bars: Any, w: Any) -> None:
    """Add to the cotangents of all entries of a list or dict: `w` is a list, a dict, an array, or the number 0.0."""
    if isinstance(w, float):
        return
    for key in w if isinstance(w, dict) else range(len(w)):
        add_item(bars, key, w[key])


def add_parts(a: Any, b: Any) -> Any:
    """The sum of two cotangents of a number, an array or a tuple; the number 0.0 stands for zeros of any structure."""
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return tuple(add_parts(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, (tuple, list)):
        return a
    return b if isinstance(b, (tuple, list)) else a + b


def part(w: Any, key: Any) -> Any:
    """The cotangent of one entry of a tuple, of which `w` is the cotangent."""
    return w if isinstance(w, float) else w[key]


def slice_indices(start: Any, stop: Any, step: Any, length: int) -> tuple[int, int, int]:
    """The range of indices that `items[start:stop:step]` selects of a list of that length."""
    return slice(start, stop, step).indices(length)


def placed(w: Any, key: int, size: int) -> tuple[Any, ...]:
    """The cotangent of a tuple of which one entry is read."""
    parts: list[Any] = [0.0] * size
    parts[key] = w
    return tuple(parts)


def saved_item(container: Any, key: Any) -> Any:
    """What a list or dict holds under a key, `...` where a dict has no such key."""
    return container.get(key, ...) if isinstance(container, dict) else container[key]


def restore_item(container: Any, key: Any, saved: Any) -> None:
    """Undo `container[key] = value`, given what `saved_item` gave before."""
    if saved is ...:
        del container[key]
    else:
        container[key] = saved


def check_single(y: Any) -> None:
    """Refuse an output that is no scalar: its gradient would be a sum of gradients.

    Raises: TypeError: y has more or fewer elements than one, or is None.
    """
    if y is None:
        raise TypeError("the output is None on this path; a gradient needs exactly one element")
    if np.size(y) != 1:
        raise TypeError(f"the output has shape {np.shape(y)}; a gradient needs exactly one element")


def check_length(x: Any, names: int) -> None:
    """Refuse what `a, b = x` refuses.

    Raises: ValueError: x has more or fewer entries than there are names.
    """
    if len(x) > names:
        raise ValueError(f"too many values to unpack (expected {names})")
    if len(x) < names:
        raise ValueError(f"not enough values to unpack (expected {names}, got {len(x)})")


def stop_gradient(x: Any) -> Any:
    """x, as a constant to every derivative; of an array a copy, so that what is written to x later is not seen."""
    return x.copy() if isinstance(x, np.ndarray) else x


def unbroadcast(w: Any, shape: tuple[int, ...]) -> Any:
    """The transpose of broadcasting: w summed over the axes along which an array of `shape` was repeated.

    Args:    w: any shape that `shape` broadcasts to.
    Returns: an array of `shape`, a number for (); w itself where nothing was repeated.
    """
    if np.shape(w) == tuple(shape):
        return w
    extra = np.ndim(w) - len(shape)
    stretched = [
        extra + axis for axis, size in enumerate(shape) if size == 1 and np.shape(w)[extra + axis] != 1
    ]
    return np.sum(w, axis=(*range(extra), *stretched), keepdims=True).reshape(shape)[()]


def ratio(x: Any, y: Any) -> Any:
    """x / y, and 0 where y is 0: the derivative that norms, distances and deviations have at their kink."""
    if type(y) in (bool, int, float, complex):
        if y:
            return x / y
        return type(x / 1)(0) if type(x) in (bool, int, float, complex) else np.zeros_like(x / 1)[()]
    zero = np.equal(y, 0)
    if not np.any(zero):
        return np.divide(x, y)
    return np.where(zero, 0, np.divide(x, np.where(zero, 1, y)))[()]


def quotient(x: Any, y: Any) -> Any:
    """x / y, but 0 where x is 0, and infinite where only y is 0: the derivative of a root at 0."""
    if type(x) in (bool, int, float) and type(y) in (bool, int, float):
        if x and y:
            return x / y
        return math.copysign(math.inf, x) if x else 0.0
    with np.errstate(invalid="ignore"):
        return np.where(np.equal(x, 0), 0, np.divide(x, y))[()]


def share(x: Any, y: Any) -> Any:
    """The part of max(x, y) that is x: 1 where x > y, 0.5 where they are equal, else 0."""
    if type(x) in (int, float) and type(y) in (int, float):
        return 0.5 * (x > y) + 0.5 * (x >= y)
    dtype = np.result_type(x, y)
    half = dtype.type(0.5) if dtype.kind == "f" else np.float64(0.5)
    # sums of bytes, which are cheaper than sums of floats
    both = np.greater(x, y).astype(np.int8) + np.greater_equal(x, y)
    return half * both


def chosen_mean(t: Any, mask: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean of t over the places of the mask along the axes; NaN where it has none."""
    count = np.sum(mask, axis=axis, keepdims=keepdims, dtype=np.result_type(t))
    with np.errstate(invalid="ignore"):
        return np.sum(np.where(mask, t, 0), axis=axis, keepdims=keepdims) / count


def evenly(w: Any, mask: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The transpose of `chosen_mean`: w at the places of the mask, in equal parts along the axes.

    Mostly there is one place to a line, as a look at many lines tells faster than a count: there are as many in all as
    lines, and in each an odd number, modulo 256 one.
    """
    w = w if axis is None or keepdims else np.expand_dims(w, axis)
    dtype, alone = np.result_type(w), axis is not None
    if mask.size > 4000:
        parity = np.sum(mask.view(np.int8), axis=axis, dtype=np.int8, keepdims=alone)
        if np.count_nonzero(mask) == np.size(parity) and np.all(parity == 1):
            spread = np.zeros(mask.shape, dtype)
            np.copyto(spread, w, where=mask)
            return spread
    count = mask.sum(axis=axis, dtype=dtype, keepdims=alone)
    if count.all():
        return np.where(mask, w / count, 0)[()]
    missing = np.equal(count, 0)
    each = np.where(missing, np.where(np.equal(w, 0), 0, np.nan), np.divide(w, np.where(missing, 1, count)))
    return np.where(mask | missing, each, 0).astype(dtype)[()]


def inside(x: Any, low: Any, high: Any) -> Any:
    """The derivative of clipping to low < high: 1 between the bounds, 0.5 at one of them, else 0."""
    if type(x) in (int, float) and type(low) in (int, float) and type(high) in (int, float):
        return 0.5 * (low < x < high) + 0.5 * (low <= x <= high)
    dtype = np.result_type(x, low, high)
    half = dtype.type(0.5) if dtype.kind == "f" else np.float64(0.5)
    within = np.greater(x, low) & np.less(x, high)
    return half * (within.astype(np.int8) + (np.greater_equal(x, low) & np.less_equal(x, high)))


def log_of_base(x: float) -> float:
    """log(x) for the derivative of x**y in y: 0 at x = 0, where 0**y stays 0, and NaN below, where it has none."""
    return math.log(x) if x > 0 else 0.0 if x == 0 else math.nan


def power_slope(x: float, y: float) -> float:
    """y x**(y - 1), the derivative of x**y in x: 0 where y = 0, infinite at x = 0 where y < 1."""
    if x == 0 and y < 1:
        return math.inf if y else 0.0
    slope: float = y * x ** (y - 1)
    return slope


def centred(x: Any, axis: Any = None) -> Any:
    """The deviations from the mean, which sum to 0 along `axis`, also where rounding the mean left a remainder."""
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    return (deviation - np.mean(deviation, axis=axis, keepdims=True)).reshape(np.shape(x))[()]


def product_of_others(x: Any, axis: Any = None) -> Any:
    """For each entry, the product of the others along `axis`: the gradient of `np.prod`, exact with zeros.

    The product over the entry, where the product is a normal number.  Else the entries before are multiplied from one
    end, those after from the other, and nothing is divided.

    Args:    axis: an int, a tuple of ints, or None for all axes.
    Returns: an array of the shape of x.
    """
    shape, rank = np.shape(x), np.ndim(x)
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    last = range(rank - len(axes), rank)
    moved = np.moveaxis(np.asarray(x), axes, last)
    rows = moved.reshape((*moved.shape[: rank - len(axes)], int(np.prod([shape[a] for a in axes]))))
    whole = np.prod(rows, axis=-1, keepdims=True)
    size = np.abs(whole)
    if rows.dtype.kind in "fc" and np.all((size >= np.finfo(rows.dtype).tiny) & (size < np.inf)):
        others = whole / rows
    else:
        before, after = np.ones_like(rows), np.ones_like(rows)
        before[..., 1:] = np.cumprod(rows[..., :-1], axis=-1)
        after[..., :-1] = np.cumprod(rows[..., :0:-1], axis=-1)[..., ::-1]
        others = before * after
    return np.moveaxis(others.reshape(moved.shape), last, axes)[()]


def powers(x: Any, shape: tuple[int, int]) -> Any:
    """The powers of the entries of x as rows, from the highest down to x^0: an array of that shape."""
    found = np.ones(shape, np.result_type(x, np.float16))  # never integers, which overflow
    for row in range(len(found) - 2, -1, -1):
        np.multiply(found[row + 1], x, out=found[row])
    return found


def without_each(zeros: Any) -> Any:
    """Row k has the coefficients, from the highest power down, of the product of all x - zeros[j] but that of j = k.

    Each row is multiplied out, which no division by a factor matches in accuracy.
    """
    n = len(zeros)
    found = np.zeros((n, n), zeros.dtype)
    found[:, :1] = 1.0
    for j in range(n):
        times = zeros[j] * found[:, :-1]
        times[j] = 0.0
        found[:, 1:] -= times
    return found


def sinc_derivative(x: Any, order: int = 1) -> Any:
    """The derivative of `np.sinc`, sin(pi x) / (pi x), of the given order.

    Near 0 the Taylor series of sinc, else the recurrence from (x sinc(x))^(k) = x s_k + k s_(k-1), which is
    pi^(k-1) sin(pi x + k pi / 2).
    """
    x = np.asarray(x)
    near = np.abs(x) < 0.5 + 0.25 * order
    result = np.empty(x.shape, np.result_type(x.dtype, np.float16))
    z = np.pi * x[near]
    series = np.zeros_like(z)
    for k in range(order % 2 + 38, -1, -2):  # z^k is left of z^(order + k) / (order + k + 1)!
        sign = -1.0 if (order + k) // 2 % 2 else 1.0
        series = series * (z * z) + sign / ((order + k + 1) * math.factorial(k))
    result[near] = np.pi**order * (series * z if order % 2 else series)
    far = x[~near]
    value = np.sinc(far)
    for k in range(1, order + 1):
        value = (np.pi ** (k - 1) * np.sin(np.pi * far + k * np.pi / 2) - k * value) / far
    result[~near] = value
    return result[()]


def polygamma(x: float, order: int = 0) -> float:
    """The derivative of the given order of the digamma function, the logarithmic derivative of gamma, at a real x.

    The recurrence psi(x + 1) = psi(x) + 1 / x leads to where the asymptotic series holds to rounding.

    Returns: NaN at the poles 0, -1, -2 …
    Source:  Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 6.3.18, 6.4.6 and 6.4.11.
    """
    if (x <= 0 and x == math.floor(x)) or x != x:
        return math.nan
    sign, value = (-1.0) ** (order + 1), 0.0
    while x < 20 + order:
        value += sign * math.factorial(order) / x ** (order + 1)
        x += 1.0
    series = sign * math.factorial(order) / (2.0 * x ** (order + 1))
    series += math.log(x) if order == 0 else sign * math.factorial(order - 1) / x**order
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    for k, number in enumerate(bernoulli, 1):
        factor = math.factorial(2 * k + order - 1) / math.factorial(2 * k)
        series += sign * number * factor / x ** (2 * k + order)
    return value + series


def gamma_slope(a: Any, z: Any, order: int = 0) -> Any:
    """dz/da for a number z that is distributed as gamma with shape a, where its place in the distribution stays.

    The quotient of the derivative of the distribution function in a by its density: with t = z e^(-s) below the mean,
    and z e^s above it, an integral of what falls from 1, steadily.

    Args:   order: 1 for the derivative in z.
    Source: Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients", 2018.
    """
    a, z = np.broadcast_arrays(np.asarray(a, float), np.asarray(z, float))
    far = a + 10.0
    square = 1.0 / (far * far)
    psi = np.log(far) - 0.5 / far - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    for k in range(10):
        psi = psi - 1.0 / (a + k)
    safe = np.where(z > 0.0, z, 1.0)
    logarithm, side = np.log(safe), np.where(safe <= a, 1.0, -1.0)
    end = np.where(safe <= a, (40.0 + safe) / a, 4.0 + np.log1p(40.0 / safe))
    for _ in range(30):  # to where e^-40 is left
        fallen = side * a * end + safe * np.expm1(-side * end)
        end = end - (fallen - 40.0) / (side * (a - safe * np.exp(-side * end)))
    middle, total = np.minimum(end, 25.0), np.zeros(a.shape)
    for start, width in ((0.0, 0.5 * middle), (middle, 0.5 * (end - middle))):
        for node, weight in zip(*np.polynomial.legendre.leggauss(48), strict=True):
            s = start + width * (node + 1.0)
            height = np.exp(-(side * a * s + safe * np.expm1(-side * s)))
            total = total + weight * width * height * (logarithm - side * s - psi)
    slope = np.where(z > 0.0, -side * safe * total, 0.0)
    found = psi - logarithm - slope * ((a - 1.0) / safe - 1.0) if order else slope
    return found[()]


def matmul_right_bar(c: Any, w: Any, like: Any) -> Any:
    """The cotangent of t in c @ t, given that of the product: c^T w, summed over broadcast stacks.

    Args: w: the cotangent, of the shape of c @ like; like: an array of the shape of t.
    """
    if hasattr(c, "tocoo"):  # a sparse matrix of SciPy
        return c.T @ w
    stack = np.shape(w)[: np.ndim(w) - (np.ndim(c) > 1) - (np.ndim(like) > 1)]
    rows = np.shape(c)[-2] if np.ndim(c) > 1 else 1
    columns = np.shape(like)[-1] if np.ndim(like) > 1 else 1
    w = np.reshape(w, (*stack, rows, columns))
    bar = np.swapaxes(np.atleast_2d(c), -1, -2) @ w
    return unbroadcast(bar if np.ndim(like) > 1 else bar[..., 0], np.shape(like))


def matmul_left_bar(c: Any, w: Any, like: Any) -> Any:
    """The cotangent of t in t @ c, given that of the product: w c^T, summed over broadcast stacks.

    Args: w: the cotangent, of the shape of like @ c; like: an array of the shape of t.
    """
    if hasattr(c, "tocoo"):  # a sparse matrix of SciPy
        return w @ c.T
    stack = np.shape(w)[: np.ndim(w) - (np.ndim(c) > 1) - (np.ndim(like) > 1)]
    rows = np.shape(like)[-2] if np.ndim(like) > 1 else 1
    columns = np.shape(c)[-1] if np.ndim(c) > 1 else 1
    w = np.reshape(w, (*stack, rows, columns))
    bar = w @ (np.swapaxes(c, -1, -2) if np.ndim(c) > 1 else np.reshape(c, (1, -1)))
    return unbroadcast(bar if np.ndim(like) > 1 else bar[..., 0, :], np.shape(like))


def cofactors(a: Any, determinant: Any = None) -> Any:
    """The matrix of cofactors, det(a) a^-T: the gradient of `np.linalg.det`, for singular matrices too.

    Where the inverse is not accurate, with a = u diag(s) v it is det(u) det(v) conj(u) diag(t) conj(v), where
    t_i is the product of the other s_j.

    Args:    a: square matrices (..., n, n).
             determinant: det(a), if it is known.
    Returns: the same shape.
    """
    if np.size(a) == 0:
        return np.zeros_like(a)
    try:
        inverse = np.linalg.inv(a)
        condition = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
        if np.all(condition * np.finfo(inverse.dtype).eps < 1e-9):
            scale = np.asarray(np.linalg.det(a) if determinant is None else determinant)
            return scale[..., None, None] * np.swapaxes(inverse, -1, -2)
    except np.linalg.LinAlgError:
        pass
    u, s, v = np.linalg.svd(a)
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(s.shape[-1])], axis=-1)
    scale = np.linalg.det(u) * np.linalg.det(v)
    return (scale[..., None, None] * u.conj() * others[..., None, :]) @ v.conj()


def cofactors_slope(a: Any, e: Any) -> Any:
    """The derivative of `cofactors` at a along e: the second derivative of `np.linalg.det`, for singular matrices too.

    With a = u diag(s) v and m = u^H e v^H, in whose coordinates a is diagonal, that of the entry i, j is -p_ij m_ji,
    and of the entry i, i the sum over k of p_ik m_kk, where p_ij is the product of the s but the i-th and j-th.

    Args:    a, e: square matrices (..., n, n).
    Returns: the same shape.  It is symmetric: the sum of w * slope(a, e) is that of e * slope(a, w).
    """
    if np.size(a) == 0:
        return np.zeros_like(a)
    try:
        inverse = np.linalg.inv(a)
        condition = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
        if np.all(condition * np.finfo(inverse.dtype).eps < 1e-9):
            turned = np.swapaxes(inverse, -1, -2)
            change = np.sum(turned * e, axis=(-2, -1), keepdims=True)
            inner = change * turned - turned @ np.swapaxes(e, -1, -2) @ turned
            return np.linalg.det(a)[..., None, None] * inner
    except np.linalg.LinAlgError:
        pass
    u, s, v = np.linalg.svd(a)
    one = np.eye(s.shape[-1], dtype=bool)
    left_out = one[:, None, :] | one[None, :, :]
    p = np.where(one, 0.0, np.prod(np.where(left_out, 1.0, s[..., None, None, :]), axis=-1))
    m = np.swapaxes(u.conj(), -1, -2) @ e @ np.swapaxes(v.conj(), -1, -2)
    sums = p @ np.diagonal(m, axis1=-2, axis2=-1)[..., None]
    inner = np.where(one, sums, -p * np.swapaxes(m, -1, -2))
    scale = np.linalg.det(u) * np.linalg.det(v)
    slope = (scale[..., None, None] * u.conj()) @ inner @ v.conj()
    return slope.astype(np.result_type(a, e), copy=False)


def recurrence(x: Any, t: Any, axis: int = -1) -> Any:
    """s_i = x_i s_(i-1) + t_i along an axis, from s_0 = t_0.

    With the products p_i = x_1 ... x_i it is p_i times the sum of the t_j / p_j up to i.  Where these are too small or
    too large, and where there is much to do in each step, it is computed step by step.
    """
    dtype = np.result_type(x, t, np.float16)
    factors, terms = (np.moveaxis(np.asarray(v), axis, 0) for v in np.broadcast_arrays(x, t))
    steps = len(terms)
    if steps > 64 and 0 < terms.size < 100 * steps:
        p, least = np.array(factors, dtype), np.finfo(dtype).tiny ** (1 / 3)
        p[0] = 1
        with np.errstate(all="ignore"):
            np.cumprod(p, axis=0, out=p)
            size = np.abs(p)
            if np.min(size) > least and np.max(size) < 1 / least:
                sums = terms / p
                np.cumsum(sums, axis=0, out=sums)
                sums *= p
                if np.all(np.isfinite(sums[-1])):
                    return np.moveaxis(sums, 0, axis)
    s = np.array(terms, dtype, order="C")
    for i in range(1, steps):
        s[i] += factors[i] * s[i - 1]
    return np.moveaxis(s, 0, axis)


def bessel_i(x: Any, order: int = 1) -> Any:
    """The modified Bessel function I_n(x), the mean of exp(x cos t) cos(n t) over a period.

    Source: DLMF 10.32.3; the trapezoidal rule with m points in a period is wrong by I_(m-n)(x), which is nothing to
    I_0(x) where m is some multiple of sqrt(x).
    """
    largest = np.max(np.abs(x), initial=0.0)
    count = math.ceil((24.0 + order + 20.0 * math.sqrt(largest)) / 4.0) if largest < 700.0 else 256
    angle = np.pi * (np.arange(count) + 0.5) / (2 * count)
    x = np.asarray(x)[..., np.newaxis]
    wave = np.sinh(x * np.cos(angle)) if order % 2 else np.cosh(x * np.cos(angle))
    return np.mean(wave * np.cos(order * angle), axis=-1)


def stable_order(x: Any, y: Any, axis: int | None = -1) -> Any:
    """np.argsort(x, axis, kind="stable"), given y = np.sort(x, axis).

    Where all entries are different every order is the stable one, and others are found much faster.
    """
    last = -1 if axis is None else axis
    lines = np.moveaxis(y, last, -1)
    differ = np.all(lines[..., 1:] > lines[..., :-1])
    return np.argsort(x, axis=axis, kind=None if differ else "stable")


def parted_order(x: Any, y: Any, kth: Any, axis: int | None = -1) -> Any:
    """The places in x that the entries of y = np.partition(x, kth, axis) come from.

    np.argpartition may leave the same order; where it does not, the k-th smallest of y is the k-th smallest of x.
    """
    if axis is None:
        x, axis = np.ravel(x), -1
    order = np.argpartition(x, kth, axis=axis)
    if np.array_equal(np.take_along_axis(x, order, axis), y, equal_nan=True):
        return order
    order = np.empty_like(order)
    np.put_along_axis(order, np.argsort(y, axis=axis), np.argsort(x, axis=axis), axis)
    return order


def flat_places(indices: Any, shape: tuple[int, ...], axis: int = -1) -> Any:
    """Where the entries of `np.take_along_axis(x, indices, axis)` stand in an x of that shape, counted in C order.

    Returns: integers in one row, as `np.take_along_axis(...).ravel()` has its entries.
    """
    axis %= len(shape)
    steps = np.cumprod((1, *shape[:0:-1]))[::-1]
    places = np.where(indices < 0, indices + shape[axis], indices) * steps[axis]
    for other, size in enumerate(shape):
        if other != axis:
            places = places + (np.arange(size) * steps[other]).reshape(-1, *(1,) * (len(shape) - 1 - other))
    return places.ravel()


def folded(w: Any, pad_width: Any, shape: tuple[int, ...], mode: str = "reflect") -> Any:
    """The transpose of np.pad(x, pad_width, mode), which repeats entries of x: each gets what its copies have.

    Args:    w: an array of the shape of the padded one; shape: that of x.
    """
    widths = np.broadcast_to(pad_width, (len(shape), 2)).tolist()
    for axis in reversed(range(len(shape))):  # np.pad takes the axes one after the other
        before, after = widths[axis]
        if before or after:
            lines, last = np.moveaxis(w, axis, 0), before + shape[axis]
            inner = lines[before:last].copy(order="K")
            places = np.pad(np.arange(shape[axis]), (before, after), mode)  # type: ignore[call-overload]
            np.add.at(inner, places[:before], lines[:before])
            np.add.at(inner, places[last:], lines[last:])
            w = np.moveaxis(inner, 0, axis)
    return w


def windows_bar(w: Any, shape: tuple[int, ...], axes: tuple[int, ...]) -> Any:
    """The transpose of sliding windows along `axes` over an array of that shape: each entry is in many windows.

    Args: w: an array of the shape of the view, whose last axes are those of the windows.
    """
    if len(shape) == w.ndim - 1 == 1 and min(w.shape) > 8 and max(w.shape) < 32 * min(w.shape):
        # the rows of a matrix, each one entry further right than the one before
        rows = w if len(w) <= len(w.T) else w.T
        apart = np.zeros((len(rows), sum(w.shape)), w.dtype)
        apart[:, : rows.shape[1]] = rows
        return np.sum(np.reshape(np.ravel(apart)[: -len(rows)], (len(rows), -1)), axis=0, dtype=w.dtype)
    bar = np.zeros(shape, np.result_type(w))
    for place in np.ndindex(w.shape[len(shape) :]):
        start = [0] * len(shape)
        for axis, offset in zip(axes, place, strict=True):
            start[axis] += offset
        index = (Ellipsis, *place)
        part = w[index]
        bar[tuple(slice(a, a + n) for a, n in zip(start, part.shape, strict=True))] += part
    return bar


def resized_bar(w: Any, shape: tuple[int, ...]) -> Any:
    """The transpose of `np.resize`, which takes the entries of an array of that shape in turn, again and again."""
    size = math.prod(shape)
    rounds = -(-np.size(w) // size) if size else 0
    whole = np.zeros(rounds * size, np.result_type(w))
    whole[: np.size(w)] = np.ravel(w)[: rounds * size]
    return np.reshape(np.sum(np.reshape(whole, (rounds, size)), axis=0), shape)


def spread_parts(w: Any, indices: Any, size: int, axis: int = 0) -> Any:
    """Each entry of w at all places along the axis that `np.add.reduceat` adds up to it: its transpose."""
    starts = np.asarray(indices, dtype=np.intp)
    ends = np.append(starts[1:], size)
    lengths = np.where(ends > starts, ends - starts, 1)
    rows = np.repeat(np.arange(len(starts)), lengths)
    places = np.arange(len(rows)) + (starts - np.cumsum(lengths) + lengths)[rows]
    w = np.moveaxis(w, axis, 0)
    found = np.zeros((size, *w.shape[1:]), dtype=w.dtype)
    np.add.at(found, places, w[rows])
    return np.moveaxis(found, 0, axis)


def inverse_gaps(x: Any) -> Any:
    """1 / (x_j - x_i) for all pairs, 0 on the diagonal and NaN for other pairs of equal entries."""
    gaps = x[..., np.newaxis, :] - x[..., :, np.newaxis]
    alone = np.eye(x.shape[-1], dtype=bool)
    return np.where(alone, 0.0, np.where(gaps == 0.0, np.nan, 1.0 / np.where(gaps == 0.0, 1.0, gaps))).astype(
        gaps.dtype
    )


def real_places(v: Any) -> Any:
    """One in each column: the largest entry, of those that are real where there are any.

    LAPACK turns an eigenvector so that its largest entry is real.
    """
    size = np.abs(v) * (1 + (np.imag(v) == 0))
    return np.argmax(size, axis=-2)[..., np.newaxis, :] == np.arange(v.shape[-2])[:, np.newaxis]


def quarter_turn(x: Any, like: Any) -> Any:
    """1j * x where `like` is complex; 0 where it is real, and an imaginary part would be."""
    return 1j * x if np.iscomplexobj(like) else np.zeros_like(x)


def room(shape: Any, w: Any) -> Any:
    """Zeros among which entries of w are put."""
    return np.zeros(shape, np.result_type(w))
