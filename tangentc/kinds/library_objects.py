"""Objects of libraries that are data to a program, as arrays are: sparse matrices, their factors, and interpolants.

They are known by class, dtype and shape instead of being constants of a specialisation.  No library is imported for
that: whoever has made such an object has imported it.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from tangentc.kinds.types import Kind, Object

__all__ = [
    "facts",
    "gives_derivatives",
    "is_data",
    "is_factor",
    "is_family",
    "is_interpolant",
    "is_kind_of_data",
    "is_sparse",
]


def is_data(value: Any) -> bool:
    """Whether a value is such an object."""
    cls = type(value)
    return is_sparse(cls) or is_factor(cls) or is_interpolant(cls)


def is_sparse(cls: type) -> bool:
    """Whether instances are sparse matrices or arrays of SciPy."""
    module = sys.modules.get("scipy.sparse")
    return module is not None and _is_own(cls) and issubclass(cls, (module.spmatrix, module.sparray))


def is_factor(cls: type) -> bool:
    """Whether instances are factorisations of sparse matrices."""
    return cls.__name__ == "SuperLU" and "scipy.sparse.linalg" in sys.modules


def is_family(cls: type) -> bool:
    """Whether a class stands for any of those that derive from it: what a function of `scipy.sparse` gives."""
    module = sys.modules.get("scipy.sparse")
    return module is not None and cls in (module.spmatrix, module.sparray)


_INTERPOLANTS = ("PPoly", "BSpline", "interp1d", "BarycentricInterpolator")


def is_interpolant(cls: type) -> bool:
    """Whether instances are functions of one variable that interpolate."""
    module = sys.modules.get("scipy.interpolate")
    return (
        module is not None
        and _is_own(cls)
        and issubclass(cls, tuple(getattr(module, name) for name in _INTERPOLANTS))
    )


def gives_derivatives(cls: type) -> bool:
    """Whether an interpolant takes the order of a derivative as its second argument."""
    module = sys.modules["scipy.interpolate"]
    return issubclass(cls, (module.PPoly, module.BSpline))


def _is_own(cls: type) -> bool:
    """Whether a class is the library's: what a subclass of the user means is the user's."""
    return cls.__module__.startswith("scipy.")


def is_kind_of_data(kind: Kind) -> bool:
    return isinstance(kind, Object) and (
        is_sparse(kind.cls) or is_factor(kind.cls) or is_interpolant(kind.cls)
    )


def facts(value: Any) -> tuple[np.dtype[Any] | None, tuple[int, ...] | None]:
    """The dtype and shape of a matrix; of an interpolant, those of its value at one point, None where they vary."""
    if is_sparse(type(value)):
        return value.dtype, value.shape
    if is_factor(type(value)):
        return value.L.dtype, value.shape
    interpolate = sys.modules["scipy.interpolate"]
    if isinstance(value, interpolate.PPoly):
        return value.c.dtype, value.c.shape[2:] if value.axis == 0 else None
    if isinstance(value, interpolate.BSpline):
        return value.c.dtype, value.c.shape[1:] if value.axis == 0 else None
    if isinstance(value, interpolate.interp1d):
        return value.y.dtype, value.y.shape[1:] if value.axis == 0 else None
    return value(np.zeros(0)).dtype, value(np.zeros(0)).shape[1:]
