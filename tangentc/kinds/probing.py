"""Kinds of results by experiment: call the NumPy function on small stand-ins and look at what comes back.

Each unknown size gets a prime of its own, twice with different primes: a size of the result is believed
only where both runs agree on which size it is, give or take a constant.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any as AnyType

import numpy as np

from tangentc.kinds.dims import as_size, broadcast, new_int, shift
from tangentc.kinds.join import EACH, joined_items
from tangentc.kinds.types import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    Any,
    Array,
    Bool,
    Complex,
    Const,
    Dict,
    Float,
    Function,
    Int,
    Kind,
    List,
    Object,
    Scalar,
    Size,
    Tuple,
    fresh,
    is_number,
)

__all__ = ["elementwise", "kind_of_result", "probe"]

# Primes at least 6 apart, so that size + offset is unambiguous for |offset| <= _REACH.  The second run takes
# its primes in falling order: what is the smaller of two sizes in one run is the larger in the other.
_FIRST = (7, 13, 19, 29, 37, 43, 53, 61, 67, 73, 79, 89, 97, 103, 109)
_SECOND = (5, 11, 17, 23, 31, 41, 47, 59, 71, 83, 101, 107, 113, 127, 137)
_REACH = 2
_MOST_ENTRIES = 1_000_000


class _Unknown(Exception):
    """No stand-in can be made."""


class _StandIns:
    """Values that stand for the operands of one run."""

    def __init__(
        self,
        primes: Sequence[int] | int,
        numbers: float,
        same: dict[Size, Size],
        sizes: dict[Size, int] | None = None,
    ) -> None:
        self.primes = primes
        self.numbers = numbers
        self.same = same
        self.sizes = sizes or {}
        self.dtype_unknown = False

    def size(self, size: Size) -> int:
        size = self.same.get(size, size)
        if isinstance(size, int) and size <= 1:
            return size
        if isinstance(self.primes, int):
            return size if isinstance(size, int) else self.primes
        if size not in self.sizes:
            if len(self.sizes) >= len(self.primes):
                raise _Unknown
            self.sizes[size] = self.primes[len(self.sizes)]
        return self.sizes[size]

    def value(self, kind: Kind) -> AnyType:
        match kind:
            case Const(value) | Function(value):
                return value
            case Bool():
                return self.numbers > 0.6
            case Int(int(size)):
                return size
            case Int(size):
                return self.size(fresh() if size is None else size)
            case Float():
                return self.numbers
            case Complex():
                return complex(self.numbers, 0.25)
            case Scalar(dtype):
                return self.entries((), dtype)[()]
            case Array(dtype, dims) if dims is not None:
                if dtype is None:
                    self.dtype_unknown = True
                return self.entries(tuple(map(self.size, dims)), np.dtype(float) if dtype is None else dtype)
            case Tuple(items):
                return tuple(map(self.value, items))
            case List(item, size):
                return [self.value(item) for _ in range(2 if size is None else self.size(size))]
            case Dict(items):
                return {key: self.value(item) for key, item in items}
        raise _Unknown

    def entries(self, shape: tuple[int, ...], dtype: np.dtype[AnyType]) -> np.ndarray[AnyType, AnyType]:
        """Entries in the domain of most functions; square matrices are positive definite."""
        if math.prod(shape) > _MOST_ENTRIES:
            raise _Unknown
        if dtype.kind == "b":
            return np.full(shape, self.numbers > 0.6)
        if dtype.kind in "iu":
            return np.full(shape, int(self.numbers > 0.6), dtype)
        if dtype.kind not in "fc":
            raise _Unknown
        array = np.full(shape, self.numbers, dtype)
        if len(shape) >= 2:
            array += len(shape) * np.eye(*shape[-2:], dtype=dtype)
        return array


def probe(
    function: Callable[..., AnyType],
    kinds: Sequence[Kind],
    attrs: dict[str, AnyType],
    equal: Iterable[tuple[Size, Size]] = (),
) -> Kind:
    """The kind of `function(*operands, **attrs)`, found by calling it; `Any` if it cannot be.

    `equal` lists sizes that the function requires to be equal (contracted axes).
    """
    same = _classes(equal)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for low, high in ((0.5, 0.75), (2.0, 0.5)):
            first = _run(function, kinds, attrs, _StandIns(_FIRST, low, same))
            if first is None:
                continue
            known = first[1].sizes
            again = dict(zip(known, reversed(_SECOND[: len(known)]), strict=True))
            second = _run(function, kinds, attrs, _StandIns((), high, same, again))
            if second is not None:
                return _compare(first, second)
        for size in (5, 3):  # functions that want equal or certain sizes tell rank and dtype at least
            run = _run(function, kinds, attrs, _StandIns(size, 0.5, same))
            if run is not None:
                return _without_sizes(*run)
    return ANY


_Run = tuple[AnyType, _StandIns]


def _run(
    function: Callable[..., AnyType], kinds: Sequence[Kind], attrs: dict[str, AnyType], stand_ins: _StandIns
) -> _Run | None:
    try:
        return function(*map(stand_ins.value, kinds), **attrs), stand_ins
    except Exception:  # any failure of the function on invented values only means that nothing is learnt
        return None


def _classes(equal: Iterable[tuple[Size, Size]]) -> dict[Size, Size]:
    """A representative for each size that is equal to others: an int where there is one."""
    representative: dict[Size, Size] = {}

    def find(size: Size) -> Size:
        while size in representative:
            size = representative[size]
        return size

    for a, b in equal:
        a, b = find(a), find(b)
        if a != b:
            kept, other = (a, b) if isinstance(a, int) else (b, a) if isinstance(b, int) else (a, b)
            representative[other] = kept
    return {size: find(size) for size in representative}


# --- reading results --------------------------------------------------------------------------


def _compare(first: _Run, second: _Run) -> Kind:
    (a, here), (b, there) = first, second

    def label(m: int, n: int) -> Size | None:
        return _label(m, here, n, there)

    return _kind(a, b, label, here.dtype_unknown)


def _without_sizes(result: AnyType, stand_ins: _StandIns) -> Kind:
    return _kind(result, result, lambda _m, _n: None, stand_ins.dtype_unknown)


def kind_of_result(value: AnyType) -> Kind:
    """The kind of one result, its sizes taken as they are."""
    return _kind(value, value, lambda m, _n: m, False)


def _kind(a: AnyType, b: AnyType, label: Callable[[int, int], Size | None], dtype_unknown: bool) -> Kind:
    """The kind that covers the results of two runs; `label` names the sizes in which they agree."""
    if type(a) is not type(b):
        return ANY
    if type(a) is np.ndarray:
        dtype = None if dtype_unknown or a.dtype != b.dtype else a.dtype
        if a.ndim != b.ndim:
            return Array(dtype, None)
        labels = [label(m, n) for m, n in zip(a.shape, b.shape, strict=True)]
        return Array(dtype, tuple(fresh() if found is None else as_size(found) for found in labels))
    if isinstance(a, np.generic):
        return ANY if dtype_unknown or a.dtype != b.dtype else Scalar(a.dtype)
    if isinstance(a, bool):
        return BOOL
    if isinstance(a, int):
        return new_int()
    if isinstance(a, float):
        return FLOAT
    if isinstance(a, complex):
        return COMPLEX
    if isinstance(a, tuple) and len(a) == len(b):
        return Tuple(tuple(_kind(x, y, label, dtype_unknown) for x, y in zip(a, b, strict=True)))
    if isinstance(a, list) and len(a) == len(b) and a:
        items = [_kind(x, y, label, dtype_unknown) for x, y in zip(a, b, strict=True)]
        return List(joined_items(items), label(len(a), len(b)))
    return Object(str) if isinstance(a, str) else ANY


def _label(first: int, here: _StandIns, second: int, there: _StandIns) -> Size | None:
    """What size, plus or minus a constant, was `first` in one run and `second` in the other."""
    for size, prime in here.sizes.items():
        offset = first - prime
        if size != EACH and abs(offset) <= _REACH and there.sizes.get(size) == second - offset:
            return shift(size, offset)
    # 0 may be what max(size - constant, 0) comes to for each of the primes
    return first if first == second and first > 0 else None


# --- elementwise functions --------------------------------------------------------------------


def elementwise(function: Callable[..., AnyType], kinds: Sequence[Kind], attrs: dict[str, AnyType]) -> Kind:
    """The kind of a function that works entry by entry: dims by broadcasting, dtype from one entry."""
    shapes: list[tuple[Size, ...]] = []
    rank_unknown = dtype_unknown = False
    for kind in kinds:
        if isinstance(kind, Array):
            dtype_unknown |= kind.dtype is None
            if kind.dims is None:
                rank_unknown = True
            else:
                shapes.append(kind.dims)
        elif isinstance(kind, (Any, Object, Function)):
            return ANY
        elif not is_number(kind) and kind != Const(None):
            return probe(function, kinds, attrs)
    dims = broadcast(*shapes)
    if rank_unknown and not dims:
        return ANY
    one_entry = [_one_entry(kind) for kind in kinds]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in (0.5, 2.0):
            run = _run(function, one_entry, attrs, _StandIns(1, number, {}))
            if run is not None:
                break
        else:
            return ANY
    result = run[0]
    if type(result) is np.ndarray:
        return Array(None if dtype_unknown else result.dtype, None if rank_unknown else dims)
    if dtype_unknown:
        return ANY
    return new_int() if type(result) is int else kind_of_result(result)


def _one_entry(kind: Kind) -> Kind:
    match kind:
        case Array(dtype, dims):
            return Array(dtype, (1,) * (1 if dims is None else len(dims)))
        case Int():
            return Int(2)
    return kind
