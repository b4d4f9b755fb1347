"""Arithmetic of symbolic sizes.

A *size* (`int` or `Dim`) is the length of an axis, so never negative.  A *label* names the value of a
Python int: a size, an `int`, or `Dim(("int", base, offset))`, the integer base + offset of either sign, where
`base` is a `Symbol`, a size or the description of a computation.  Labels that compare equal are equal
integers; `as_size` turns the label of an integer into the size of an axis made with it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tangentc.kinds.types import Array, Const, Dict, Dim, Int, Kind, List, Size, Symbol, Tape, Tuple, fresh

__all__ = [
    "as_size", "broadcast", "combined", "computed_int", "cut", "label_of", "labelled", "never_one", "new_int",
    "product", "shift", "sliced", "symbols_of", "total", "undecided",
]  # fmt: skip

_DEEPEST = 4  # descriptions nest no deeper than this: beyond, a fresh name costs less than it tells


# --- sizes ------------------------------------------------------------------------------------


def cut(size: Size, amount: int) -> Size:
    """max(size - amount, 0), for amount >= 0."""
    if isinstance(size, int):
        return max(size - amount, 0)
    match size:
        case Dim(("plus", inner, int(offset)), 0):
            return _offset(inner, offset - amount)
    return Dim(size.base, size.minus + amount)


def _offset(base: Hashable, offset: int) -> Size:
    """max(base + offset, 0), where `base` is a size, or names an integer."""
    if offset > 0:
        return Dim(("plus", base, offset))
    size = base if isinstance(base, Dim) else Dim(base)
    return cut(size, -offset) if offset else size


def never_one(size: Size) -> bool:
    """Whether broadcasting cannot stretch an axis of this size."""
    if isinstance(size, int):
        return size != 1
    return isinstance(size.base, Symbol) and size.base.never_one and size.minus == 0


def broadcast(*shapes: Sequence[Size]) -> tuple[Size, ...]:
    """The shape of an elementwise result: an axis of size 1 is stretched, others must be equal in the run."""
    rank = max((len(shape) for shape in shapes), default=0)
    return tuple(
        _broadcast_axis(
            [shape[axis - rank + len(shape)] for shape in shapes if axis - rank + len(shape) >= 0]
        )
        for axis in range(rank)
    )


def _broadcast_axis(sizes: list[Size]) -> Size:
    distinct = list(dict.fromkeys(size for size in sizes if size != 1))
    if not distinct:
        return 1
    sure = [size for size in distinct if never_one(size)]
    if sure:
        return min(sure, key=lambda size: not isinstance(size, int))  # all are equal, or the program fails
    return distinct[0] if len(distinct) == 1 else fresh()


def undecided(*shapes: Sequence[Size]) -> int | None:
    """A known size that an axis of unknown size meets elementwise, so that it is that size or the program fails.

    None where there is none, or where a look at the arguments has shown the axis to be of another size.
    """
    for axis in range(1, max((len(shape) for shape in shapes), default=0) + 1):
        sizes = [shape[-axis] for shape in shapes if len(shape) >= axis]
        for known in sizes:
            if isinstance(known, int) and known > 1 and any(_may_be(size, known) for size in sizes):
                return known
    return None


def _may_be(size: Size, known: int) -> bool:
    base = size.base if isinstance(size, Dim) and size.minus == 0 else None
    return isinstance(base, Symbol) and base.unlike is not None and known not in base.unlike


def total(sizes: Sequence[Size]) -> Size:
    """The sum of sizes."""
    constant = sum(size for size in sizes if isinstance(size, int))
    symbolic = [size for size in sizes if isinstance(size, Dim)]
    if not symbolic:
        return constant
    if len(symbolic) == 1:
        return symbolic[0] if constant == 0 else as_size(shift(symbolic[0], constant))
    return combined("sum", *symbolic, constant)


def symbols_of(*kinds: Kind) -> dict[Symbol, None]:
    """The symbols that kinds mention, in order of appearance."""
    found: dict[Symbol, None] = {}

    def visit(value: object) -> None:
        match value:
            case Symbol():
                found[value] = None
            case Dim(base, _):
                visit(base)
            case Array(_, dims):
                visit(dims)
            case Int(size):
                visit(size)
            case List(item, size):
                visit(item)
                visit(size)
            case Tape(item):
                visit(item)
            case Tuple(items) | Dict(items):
                visit(items)
            case tuple():
                for item in value:
                    visit(item)

    for kind in kinds:
        visit(kind)
    return found


def product(sizes: Sequence[Size]) -> Size:
    """The number of entries of a shape."""
    constant, symbolic = 1, []
    for size in sizes:
        if isinstance(size, int):
            constant *= size
        else:
            symbolic.append(size)
    if not symbolic or constant == 0:
        return constant
    if len(symbolic) == 1 and constant == 1:
        return symbolic[0]
    return combined("product", constant, *symbolic)


def combined(operation: str, *parts: Hashable) -> Dim:
    """The size (or label) that a computation on others gives; the same computation gives the same size."""
    if max(map(_depth, parts)) >= _DEEPEST:
        return fresh()
    return Dim((operation, *parts))


def _depth(description: Hashable) -> int:
    if isinstance(description, Dim):
        return _depth(description.base)
    if isinstance(description, tuple):
        return 1 + max(map(_depth, description), default=0)
    return 0


def sliced(size: Size, start: Size | None, stop: Size | None, step: Size | None) -> Size:
    """The size of an axis after `start:stop:step`, given the labels of the three."""
    bounds = (start, stop, step)
    if isinstance(size, int) and not any(isinstance(bound, Dim) for bound in bounds):
        return len(range(*slice(*bounds).indices(size)))
    if step in (None, 1):
        first = 0 if start is None else start
        if isinstance(first, int) and first >= 0:
            if stop is None or stop == size:
                return cut(size, first)
            if isinstance(stop, int) and stop < 0:
                return cut(size, first - stop)
            shorter = _shortened(size, stop)
            if shorter is not None:
                return cut(size, first + shorter)
    elif step == -1 and start is None and stop is None:
        return size
    return combined("slice", size, *bounds)


def _shortened(size: Size, stop: Size) -> int | None:
    """k where `x[:stop]` has the size max(size - k, 0), for an x of that size.

    A stop such as `n - 1` may be negative, and then counts from the end: up to k = 2 the result is empty
    as well when n < k, but not so for n = 2, k = 3.
    """
    if isinstance(size, int) or isinstance(stop, int):
        return None
    match stop.base:
        case ("int", base, int(offset)) if base == size and -2 <= offset < 0:
            return -offset
    if stop.base == size.base and stop.minus >= size.minus:
        return stop.minus - size.minus
    return None


# --- labels of ints ---------------------------------------------------------------------------


def new_int(hint: str = "i") -> Int:
    """An int about which nothing is known but that it equals itself."""
    return Int(Dim(("int", Symbol(hint), 0)))


def labelled(kind: Kind) -> Kind:
    """The kind of a value with a name: an int that is only known to be one gets a label of its own."""
    return new_int() if kind == Int() else kind


def computed_int(operation: str, *labels: Size) -> Int:
    """The int that an operation on ints gives, named after it."""
    described = combined(operation, *labels)
    return Int(Dim(("int", described.base, 0)))


def label_of(kind: Kind) -> Size | None:
    """The label of an int; None for what is no int."""
    match kind:
        case Int(None):
            return new_int().size
        case Int(size):
            return size
        case Const(value) if isinstance(value, int):
            return int(value)
    return None


def shift(label: Size, amount: int) -> Size:
    """The label of an integer plus a constant."""
    if isinstance(label, int):
        return label + amount
    base: Hashable
    match label:
        case Dim(("int", base, int(offset))):
            offset += amount
        case Dim(("plus", Dim() as base, int(offset)), 0):
            offset += amount
        case _:
            base, offset = label, amount
    if offset == 0 and isinstance(base, Dim):
        return base
    return Dim(("int", base, offset))


def as_size(label: Size) -> Size:
    """The size max(label, 0) of an axis made with an integer."""
    if isinstance(label, int):
        return max(label, 0)
    match label:
        case Dim(("int", base, int(offset))):
            return _offset(base, offset)
    return label
