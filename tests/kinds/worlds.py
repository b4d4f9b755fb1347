"""Random worlds: sizes for the symbols, values for kinds, and whether a value is of a kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.join import EACH
from tangentc.kinds.types import (
    Any as AnyKind,
)
from tangentc.kinds.types import (
    Array,
    Bool,
    Complex,
    Const,
    Dict,
    Dim,
    Float,
    Int,
    List,
    Object,
    Scalar,
    Symbol,
    Tuple,
)

F8, F4, C16, I8, B1 = (np.dtype(name) for name in ("f8", "f4", "c16", "i8", "?"))

N, M, K = (Dim(Symbol(hint, never_one=True)) for hint in "nmk")  # sizes of arguments
P, Q = (Dim(Symbol(hint)) for hint in "pq")  # sizes that may be 1
LETTERS = {"n": N, "m": M, "k": K, "p": P, "q": Q}


def array(axes: str, dtype: Any = F8) -> Array:
    """The kind of an array: "nm3" has axes n, m and 3; "n-2" is written "n_", "n--" etc. are not needed."""
    return Array(np.dtype(dtype), tuple(LETTERS[c] if c in LETTERS else int(c) for c in axes))


class World:
    """One assignment of sizes to symbols, and what was seen of all other sizes so far."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.sizes: dict[Any, int] = {}
        for dim in (N, M, K):
            self.sizes[dim] = int(self.random.choice([0, 2, 3, 4, 5, 7]))
        for dim in (P, Q):
            self.sizes[dim] = int(self.random.choice([0, 1, 2, 3, 5]))

    def size(self, size: Any) -> int:
        if isinstance(size, int):
            return size
        return max(self.sizes[Dim(size.base)] - size.minus, 0)

    def value(self, kind: Any) -> Any:
        """A random value of this kind."""
        match kind:
            case Const(value):
                return value
            case Bool():
                return bool(self.random.integers(2))
            case Int(size):
                return int(self.random.integers(-3, 4)) if size is None else self.integer(size)
            case Float():
                return float(self.random.uniform(0.2, 0.9))
            case Complex():
                return complex(*self.random.uniform(0.2, 0.9, 2))
            case Scalar(dtype):
                return self.entries((), dtype)[()]
            case Array(dtype, dims):
                return self.entries(tuple(map(self.size, dims)), dtype)
            case Tuple(items):
                return tuple(map(self.value, items))
            case List(item, size):
                return [self.value(item) for _ in range(3 if size is None else self.size(size))]
            case Dict(items):
                return {key: self.value(item) for key, item in items}
        raise AssertionError(kind)

    def integer(self, label: Any) -> int:
        """The value of a label: the size of an axis, or base + offset."""
        match label:
            case int():
                return label
            case Dim(("int", base, offset)):
                return self.size(base if isinstance(base, Dim) else Dim(base)) + offset
        return self.size(label)

    def entries(self, shape: tuple[int, ...], dtype: Any) -> Any:
        match dtype.kind:
            case "f":
                array = self.random.uniform(0.2, 0.9, shape)
            case "c":
                array = self.random.uniform(0.2, 0.9, shape) + 1j * self.random.uniform(0.2, 0.9, shape)
            case "b":
                array = self.random.integers(2, size=shape)
            case _:
                array = self.random.integers(0, 3, size=shape)
        array = np.asarray(array).astype(dtype)
        if dtype.kind in "fc" and len(shape) >= 2:
            array = array + 3 * np.eye(*shape[-2:], dtype=dtype)
        return array

    def check(self, value: Any, kind: Any) -> None:
        """Fail unless the value is of the kind, and every size that was seen before is the same again."""
        match kind:
            case AnyKind():
                return
            case Const(known):
                assert type(value) is type(known) and value == known
            case Bool():
                assert type(value) is bool
            case Int(size):
                assert type(value) is int
                if size is not None:
                    self.same(("label", size), value)
                    if not (isinstance(size, Dim) and isinstance(size.base, tuple) and size.base[0] == "int"):
                        self.same(size, value)
            case Float():
                assert type(value) is float
            case Complex():
                assert type(value) is complex
            case Scalar(dtype):
                assert isinstance(value, np.generic) and value.dtype == dtype, (type(value), kind)
            case Array(dtype, dims):
                assert type(value) is np.ndarray, (type(value), kind)
                assert dtype is None or value.dtype == dtype, (value.dtype, kind)
                if dims is not None:
                    assert value.ndim == len(dims), (value.shape, kind)
                    for size, dim in zip(value.shape, dims, strict=True):
                        self.same(dim, size)
            case Tuple(items):
                assert isinstance(value, tuple) and len(value) == len(items)
                for entry, item in zip(value, items, strict=True):
                    self.check(entry, item)
            case List(item, size):
                assert type(value) is list
                if size is not None:
                    self.same(size, len(value))
                for entry in value:
                    self.check(entry, item)
            case Dict(items):
                assert list(value) == [key for key, _ in items]
                for key, item in items:
                    self.check(value[key], item)
            case Object(cls):
                assert isinstance(value, cls)
            case _:
                raise AssertionError(kind)

    def same(self, dim: Any, size: int) -> None:
        if dim == EACH:
            return
        if isinstance(dim, int):
            assert dim == size, f"{size} is not {dim}"
            return
        if isinstance(dim, Dim) and Dim(dim.base) in self.sizes:
            assert self.size(dim) == size, f"{size} is not {dim}"
            return
        assert self.sizes.setdefault(dim, size) == size, f"{dim} is {self.sizes[dim]} and {size}"
