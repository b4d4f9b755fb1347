"""The kind of a variable that holds numbers of two kinds.

`s = 0.0`, then `s += x[i]`, is a Python float before the first trip and a NumPy scalar after it.  Nothing is
converted: the program keeps its exact values, and the kind says what the number is once it has been added to.
"""

from __future__ import annotations

import numpy as np

from tangentc.kinds.dims import new_int
from tangentc.kinds.join import join
from tangentc.kinds.types import ANY, BOOL, COMPLEX, FLOAT, Bool, Complex, Const, Float, Int, Kind, Scalar

__all__ = ["joined", "unknown_int"]

_WIDTH: dict[type, int] = {Bool: 0, Int: 1, Float: 2, Complex: 3}
_DOUBLE = {Float: np.dtype(float), Complex: np.dtype(complex)}


def unknown_int() -> Int:
    """An int of which nothing is known."""
    return new_int()


def joined(a: Kind, b: Kind) -> Kind:
    """The kind of what is either: numbers meet in the wider type, other kinds as `join` says."""
    either = join(a, b)
    if either != ANY:
        return either
    for one, other in ((a, b), (b, a)):
        if isinstance(other, Scalar) and _fits(one, other):
            return other
    x, y = (_number(kind) for kind in (a, b))
    if x is None or y is None:
        return ANY
    widest = max(x, y)
    return (BOOL, new_int(), FLOAT, COMPLEX)[widest]


def _fits(number: Kind, scalar: Scalar) -> bool:
    """Whether a Python number may stand in for a NumPy scalar: a constant always, a variable of the same precision."""
    if isinstance(number, Const):
        python = {float: "fc", int: "fciu", bool: "fciub", complex: "c"}.get(type(number.value), "")
        return scalar.dtype.kind in python
    if isinstance(number, (Bool, Int)):
        return scalar.dtype in _DOUBLE.values()
    double = _DOUBLE.get(type(number))  # None would compare equal to float64: NumPy reads it as that dtype
    return double is not None and double == scalar.dtype


def _number(kind: Kind) -> int | None:
    if isinstance(kind, Const):
        return {bool: 0, int: 1, float: 2, complex: 3}.get(type(kind.value))
    return _WIDTH.get(type(kind))
