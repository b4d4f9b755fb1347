"""What an attribute of a value means: `x.sum` is np.sum applied to x, `x.T` the transpose of x."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangentc.kinds.types import Any, Array, Bool, Complex, Const, Float, Int, Kind, Scalar
from tangentc.primitives.core import Primitive, named

__all__ = ["Meaning", "meaning"]


@dataclass(frozen=True)
class Meaning:
    """A primitive with the object as first operand; a `method` takes further arguments."""

    primitive: Primitive
    method: bool


_ATTRIBUTES = {
    "T": "T", "mT": "mT", "shape": "shape_of", "ndim": "ndim", "size": "size", "dtype": "dtype",
    "real": "np.real", "imag": "np.imag",
}  # fmt: skip
_METHODS = {
    "sum": "np.sum", "prod": "np.prod", "mean": "np.mean", "max": "np.max", "min": "np.min", "var": "np.var",
    "std": "np.std", "all": "np.all", "any": "np.any", "cumsum": "np.cumsum", "cumprod": "np.cumprod",
    "argmax": "np.argmax", "argmin": "np.argmin", "argsort": "np.argsort",
    "argpartition": "np.argpartition", "searchsorted": "np.searchsorted",
    "nonzero": "np.nonzero", "round": "np.round", "clip": "np.clip", "dot": "np.dot", "trace": "np.trace",
    "diagonal": "np.diagonal", "reshape": "np.reshape", "ravel": "np.ravel", "flatten": "flatten",
    "transpose": "np.transpose", "swapaxes": "np.swapaxes", "squeeze": "np.squeeze", "repeat": "np.repeat",
    "take": "np.take", "copy": "copy", "astype": "astype", "item": "array_item", "tolist": "tolist",
    "conj": "conjugate", "conjugate": "conjugate",
}  # fmt: skip
_NUMBER_ATTRIBUTES = {"real": "np.real", "imag": "np.imag"}
_NUMBER_METHODS = {"conjugate": "conjugate"}


def meaning(kind: Kind, name: str) -> Meaning | None:
    """What `x.name` means for an x of this kind; None where no primitive does it.

    A value of unknown kind is taken for an array.  Methods that write their array (`fill`, `sort`, `put`)
    have no meaning here.
    """
    match kind:
        case Array() | Scalar() | Any():
            attributes, methods = _ATTRIBUTES, _METHODS
        case Bool() | Int() | Float() | Complex():
            attributes, methods = _NUMBER_ATTRIBUTES, _NUMBER_METHODS
        case Const(np.generic()):
            attributes, methods = _ATTRIBUTES, _METHODS
        case Const(bool() | int() | float() | complex()):
            attributes, methods = _NUMBER_ATTRIBUTES, _NUMBER_METHODS
        case _:
            return None
    if name in attributes:
        return Meaning(named(attributes[name]), False)
    if name in methods:
        return Meaning(named(methods[name]), True)
    return None
