"""NumPy's functions that work entry by entry."""

from __future__ import annotations

from operator import methodcaller
from typing import Any

import numpy as np

from tangentc.kinds.probing import elementwise
from tangentc.kinds.types import Kind, dtype_of
from tangentc.primitives.core import Alias, Syntax
from tangentc.primitives.declare import declare, library_function
from tangentc.primitives.searching import nonzero_kind


def where_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    """`np.where(condition)` alone gives positions."""
    return nonzero_kind(kinds, attrs) if len(kinds) == 1 else elementwise(np.where, kinds, attrs)


def rounded_alias(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Alias:
    """Some versions of NumPy hand on an array of integers, which are round already."""
    dtype = dtype_of(kinds[0])
    return Alias.FRESH if dtype is not None and dtype.kind not in "iu" else Alias.MAYBE


_UNARY: dict[str, tuple[str, ...]] = {
    "sin": (), "cos": (), "tan": (), "sinh": (), "cosh": (), "tanh": (),
    "arcsin": ("asin",), "arccos": ("acos",), "arctan": ("atan",),
    "arcsinh": ("asinh",), "arccosh": ("acosh",), "arctanh": ("atanh",),
    "exp": (), "expm1": (), "exp2": (), "log": (), "log2": (), "log10": (), "log1p": (),
    "sqrt": (), "cbrt": (), "square": (), "reciprocal": (), "absolute": ("abs",), "fabs": (),
    "deg2rad": (), "radians": (), "rad2deg": (), "degrees": (), "conjugate": ("conj",), "sinc": (), "i0": (),
    "sign": (), "floor": (), "ceil": (), "trunc": (), "rint": (), "fix": (),
    "isnan": (), "isinf": (), "isfinite": (), "isposinf": (), "isneginf": (), "signbit": (), "spacing": (),
}  # fmt: skip
_BINARY: dict[str, tuple[str, ...]] = {
    "arctan2": ("atan2",), "hypot": (), "logaddexp": (), "logaddexp2": (), "float_power": (),
    "maximum": (), "minimum": (), "fmax": (), "fmin": (), "copysign": (), "nextafter": (), "fmod": (),
    "heaviside": (), "ldexp": (), "gcd": (), "lcm": (),
}  # fmt: skip
_CHEAP = {
    "square",
    "absolute",
    "fabs",
    "sign",
    "conjugate",
    "isnan",
    "isinf",
    "isfinite",
    "maximum",
    "minimum",
}

for _name, _also in _UNARY.items():
    library_function(
        f"np.{_name}",
        "x",
        also=tuple(f"np.{other}" for other in _also),
        elementwise=True,
        cheap=_name in _CHEAP,
    )
for _name, _also in _BINARY.items():
    library_function(
        f"np.{_name}", "x1", "x2",
        also=tuple(f"np.{other}" for other in _also), elementwise=True, cheap=_name in _CHEAP,
    )  # fmt: skip

library_function("np.real", "val", alias=Alias.MAYBE, elementwise=True, cheap=True)
library_function("np.imag", "val", alias=Alias.MAYBE, elementwise=True, cheap=True)
library_function("np.angle", "z", attributes={"deg": False}, elementwise=True)
library_function(
    "np.round", "a", also=("np.around",), attributes={"decimals": 0}, alias=rounded_alias, elementwise=True
)
library_function(
    "np.nan_to_num",
    "x",
    attributes={"nan": 0.0, "posinf": None, "neginf": None},
    elementwise=True,
)
library_function(
    "np.isclose", "a", "b", attributes={"rtol": 1e-05, "atol": 1e-08, "equal_nan": False}, elementwise=True
)
library_function("np.where", "condition", "x", "y", elementwise=True, kind=where_kind)
library_function("np.clip", "a", "a_min", "a_max", elementwise=True, cheap=True)
library_function("np.modf", "x", results=2)
library_function("np.frexp", "x", results=2)
library_function("np.divmod", "x1", "x2", results=2)
# x.conjugate() of a real array is x itself, np.conjugate(x) a new array
declare(
    "conjugate", methodcaller("conjugate"), "x",
    alias=Alias.MAYBE, elementwise=True, cheap=True, syntax=Syntax.METHOD,
)  # fmt: skip
