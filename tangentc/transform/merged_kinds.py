"""The kinds of derivatives where paths meet: in loops, branches and calls."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tangentc.ir.nodes import Var
from tangentc.kinds.types import ANY, Any, Array, Complex, Float, Kind, Scalar, is_number

__all__ = ["MergedKinds"]


class MergedKinds:
    """The kind that a derivative of a value has, whichever path it comes by.

    Where a program has arrays, the derivative of a Python float may be an `np.float64` (a sum over an array, say); in
    a program of Python numbers alone it is a Python number.
    """

    def __init__(self, active: Iterable[Var]) -> None:
        self._arrays = any(isinstance(var.kind, (Array, Scalar, Any)) for var in active)

    def of(self, kind: Kind) -> Kind:
        match kind:
            case Float() | Complex() if self._arrays:
                return Scalar(np.dtype(float if isinstance(kind, Float) else complex))
            case Array(dtype, dims) if dtype is not None and dims is not None and dtype.kind in "fc":
                return kind
            case _ if is_number(kind):
                return kind
        return ANY
