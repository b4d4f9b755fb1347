"""Shapes as operands: the sizes of `np.zeros((n, 3))`, `x.reshape(n, -1)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tangentc.kinds.dims import as_size, label_of, product
from tangentc.kinds.types import Const, Int, Kind, Scalar, Size, Tuple, fresh

__all__ = ["dims_of_shape", "reshaped"]


def dims_of_shape(kind: Kind) -> tuple[Size, ...] | None:
    """The sizes that a shape operand asks for; None where even their number is unknown."""
    labels = _labels(kind)
    return None if labels is None else tuple(fresh() if label is None else as_size(label) for label in labels)


def _labels(kind: Kind) -> list[Size | None] | None:
    match kind:
        case Int() | Scalar() | Const(int()):
            return [label_of(kind)]
        case Tuple(items):
            return [label_of(item) for item in items]
        case Const(tuple() | list() as sizes):
            return [int(size) for size in sizes]
    return None


def reshaped(dims: tuple[Size, ...] | None, shape: Kind) -> tuple[Size, ...] | None:
    """The sizes of `x.reshape(shape)` for an x with these sizes.

    One entry may be -1, at compile time or in the run: of an int that is no known size nothing is believed.
    """
    labels = _labels(shape)
    if labels is None:
        return None
    known = [label for label in labels if label is not None and _is_size(label)]
    solvable = dims is not None and len(known) == len(labels) - 1

    def size(label: Size | None) -> Size:
        if label is not None and _is_size(label):
            return label
        return _missing(dims, known) if label == -1 and solvable and dims is not None else fresh()

    return tuple(map(size, labels))


def _is_size(label: Size) -> bool:
    if isinstance(label, int):
        return label >= 0
    return not (isinstance(label.base, tuple) and label.base[0] == "int")


def _missing(dims: Sequence[Size], known: Sequence[Size]) -> Size:
    """The size that -1 stands for: what is left of the entries, where that can be told."""
    left = Counter(size for size in dims if size != 1)
    there = Counter(size for size in known if size != 1)
    if any(count > left[size] for size, count in there.items()):
        return fresh()
    # a size that cancels is not 0: NumPy refuses -1 beside 0
    return product(list((left - there).elements()))
