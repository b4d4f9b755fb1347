"""Kinds: what the compiler knows about a value before it runs.

A kind is a type with the facts that decide which code is emitted: the dtype and the sizes of an
array, the entries of a tuple, the value of a constant.  Sizes are symbolic: two sizes that compare
equal are equal in every run, two that differ may or may not be.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any as AnyType

import numpy as np

__all__ = [
    "ANY",
    "BOOL",
    "COMPLEX",
    "FLOAT",
    "INT",
    "Any",
    "Array",
    "Bool",
    "Complex",
    "Const",
    "Dict",
    "Dim",
    "Float",
    "Function",
    "Int",
    "Kind",
    "List",
    "Map",
    "Object",
    "Scalar",
    "Sites",
    "Size",
    "Symbol",
    "Tape",
    "Tuple",
    "can_be_active",
    "dtype_of",
    "fresh",
    "is_container",
    "is_number",
    "rank_of",
    "same_dtype",
]  # fmt: skip


class Symbol:
    """An unknown size.  Symbols are equal only to themselves.

    `never_one` says that the size was seen at the door not to be 1, so that the axis cannot be
    stretched by broadcasting; `unlike`, which other sizes it was seen not to be (None where nobody looked).
    """

    __slots__ = ("hint", "never_one", "unlike")

    def __init__(
        self, hint: str = "n", never_one: bool = False, unlike: frozenset[int] | None = None
    ) -> None:
        self.hint = hint
        self.never_one = never_one
        self.unlike = unlike

    def __repr__(self) -> str:
        return self.hint


@dataclass(frozen=True, slots=True)
class Dim:
    """The size `max(base - minus, 0)`.

    `base` is a `Symbol`, or a tuple that names how a size was computed, for example
    `("slice", size, start, stop, step)`: equal descriptions are equal sizes.
    `minus` counts what basic slices such as `x[1:-1]` cut off; it is never negative, so that
    `x[1:-1]`, `x[2:]` and `x[:-2]` agree for every size.
    """

    base: Hashable
    minus: int = 0

    def __repr__(self) -> str:
        return f"{self.base}-{self.minus}" if self.minus else f"{self.base}"


Size = int | Dim


def fresh(hint: str = "n") -> Dim:
    """A size about which nothing is known."""
    return Dim(Symbol(hint))


@dataclass(frozen=True, slots=True)
class Const:
    """A value known at compile time: a number, a string, None, a dtype, a tuple of such."""

    value: AnyType


@dataclass(frozen=True, slots=True)
class Bool:
    """A Python bool."""


@dataclass(frozen=True, slots=True)
class Int:
    """A Python int; `size` names its value: the size of an axis, or a label of `kinds.dims`."""

    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Float:
    """A Python float."""


@dataclass(frozen=True, slots=True)
class Complex:
    """A Python complex."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A NumPy scalar (`np.float64(1.0)`): immutable, without axes, with NumPy's promotion."""

    dtype: np.dtype[AnyType]


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """An exact `np.ndarray`.  `dtype` or `dims` is None where it is unknown."""

    dtype: np.dtype[AnyType] | None
    dims: tuple[Size, ...] | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Array) and same_dtype(self.dtype, other.dtype) and self.dims == other.dims

    def __hash__(self) -> int:
        return hash((self.dtype, self.dims))


@dataclass(frozen=True, slots=True)
class Tuple:
    items: tuple[Kind, ...]


Sites = frozenset[Hashable]
"""The expressions of the program that may have made a list or dict which the program changes."""


@dataclass(frozen=True, slots=True)
class List:
    """A Python list whose entries all have kind `item`; `size` is its length where known."""

    item: Kind
    size: Size | None = None
    sites: Sites = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Dict:
    """A dict with some of these keys; `cls` is the class of the object whose attributes it holds, if it does."""

    items: tuple[tuple[Hashable, Kind], ...]
    cls: type | None = None
    sites: Sites = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Map:
    """A dict with any keys of kind `key`."""

    key: Kind
    value: Kind
    sites: Sites = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of `cls` that the program only passes around or reads attributes of.

    dtype, shape: what is known of an object of a library that is data, see `kinds.library_objects`.
    """

    cls: type
    dtype: np.dtype[AnyType] | None = None
    shape: tuple[Size, ...] | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A callable known at compile time."""

    value: Callable[..., AnyType]


@dataclass(frozen=True, slots=True)
class Tape:
    """A stack of recorded values of one loop."""

    item: Kind


@dataclass(frozen=True, slots=True)
class Any:
    """Nothing is known: costs a run-time helper, never correctness."""


Kind = (
    Const
    | Bool
    | Int
    | Float
    | Complex
    | Scalar
    | Array
    | Tuple
    | List
    | Dict
    | Map
    | Object
    | Function
    | Tape
    | Any
)

BOOL, INT, FLOAT, COMPLEX, ANY = Bool(), Int(), Float(), Complex(), Any()


def same_dtype(a: np.dtype[AnyType] | None, b: np.dtype[AnyType] | None) -> bool:
    """Whether two dtypes are the same, or both unknown.  To NumPy, float64 equals None."""
    return a is b if a is None or b is None else a == b


def is_number(kind: Kind) -> bool:
    """Whether values of this kind are Python or NumPy numbers (no axes, immutable)."""
    if isinstance(kind, Const):
        return isinstance(kind.value, (bool, int, float, complex, np.generic))
    return isinstance(kind, (Bool, Int, Float, Complex, Scalar))


def rank_of(kind: Kind) -> int | None:
    """The number of axes; 0 for numbers, None where it is unknown or has no meaning."""
    if isinstance(kind, Array):
        return None if kind.dims is None else len(kind.dims)
    return 0 if is_number(kind) else None


def dtype_of(kind: Kind) -> np.dtype[AnyType] | None:
    """The dtype that NumPy gives a value of this kind; None where it is unknown."""
    match kind:
        case Array(dtype, _) | Scalar(dtype):
            return dtype
        case Bool():
            return np.dtype(bool)
        case Int():
            return np.dtype(int)
        case Float():
            return np.dtype(float)
        case Complex():
            return np.dtype(complex)
        case Const(value) if isinstance(value, (bool, int, float, complex, np.generic)):
            return np.asarray(value).dtype
    return None


def can_be_active(kind: Kind) -> bool:
    """Whether a value of this kind can carry a derivative."""
    match kind:
        case Float() | Complex() | Any():
            return True
        case Array(dtype, _):
            return dtype is None or dtype.kind in "fc"
        case Scalar(dtype):
            return dtype.kind in "fc"
        case Tuple(items):
            return any(can_be_active(item) for item in items)
        case List(item, _):
            return can_be_active(item)
        case Dict(items, _, sites):
            return bool(sites) or any(can_be_active(item) for _, item in items)
        case Map(_, value):
            return can_be_active(value)
    return False


def is_container(kind: Kind) -> bool:
    """Whether values of this kind hold others under keys, and may be changed."""
    return isinstance(kind, (List, Dict, Map))
