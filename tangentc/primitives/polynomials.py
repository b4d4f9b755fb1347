"""Polynomials: coefficients from the highest power down (`np.poly…`), and series in a basis (`np.polynomial`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc import numerics
from tangentc.kinds.dims import as_size, shift
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.types import ANY, Array, Const, Kind, dtype_of, fresh
from tangentc.primitives.core import Alias
from tangentc.primitives.declare import declare, library_function

BASES = {
    "polynomial": "poly", "chebyshev": "cheb", "legendre": "leg",
    "hermite": "herm", "hermite_e": "herme", "laguerre": "lag",
}  # fmt: skip
"""The modules of `np.polynomial` and how the names of their functions begin."""

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def poly_kind(kinds: Kinds, _: Attributes) -> Kind:
    """One coefficient more than there are zeros; whether those of complex zeros are real depends on the zeros."""
    match kinds[0]:
        case Array(dtype, (int(size),)) if not size:
            return ANY
        case Array(dtype, (size,)) if dtype is not None and dtype.kind == "f":
            return Array(dtype, (as_size(shift(size, 1)),))
    return ANY


def roots_kind(kinds: Kinds, _: Attributes) -> Kind:
    """Leading coefficients that are 0 count for nothing; whether the roots are real depends on the coefficients."""
    dtype = dtype_of(kinds[0])
    return Array(dtype if dtype is not None and dtype.kind == "c" else None, (fresh(),))


def product_kind(kinds: Kinds, _: Attributes) -> Kind:
    """Leading coefficients that are 0 are cut off."""
    return Array(dtype_of(elementwise(np.multiply, kinds, {})), (fresh(),))


def fitted_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """A coefficient for each power, of every column of y."""
    x, y, *weights = kinds
    degree = attrs.get("deg")
    if not isinstance(y, Array) or y.dims is None or not isinstance(degree, int):
        return ANY
    first = [Array(dtype_of(each), (1,)) for each in (x, y, *weights) if each != Const(None)]
    dtype = dtype_of(elementwise(lambda *each: sum(each, start=np.zeros(1, int)) + 0.0, first, {}))
    return Array(dtype, (degree + 1, *y.dims[1:]))


library_function("np.poly", "seq_of_zeros", kind=poly_kind)
library_function("np.roots", "p", kind=roots_kind)
library_function("np.polyadd", "a1", "a2")
library_function("np.polysub", "a1", "a2")
library_function("np.polymul", "a1", "a2", kind=product_kind)
library_function("np.polyint", "p", "k=", attributes={"m": 1}, alias=Alias.MAYBE, signature="p m k?")
library_function(
    "np.polyfit", "x", "y", "w=", attributes={"deg": None, "rcond": None},
    signature="x y deg! rcond -full:False w? -cov:False",
    kind=fitted_kind,
)  # fmt: skip
declare("without_each", numerics.without_each, "zeros", callables=(numerics.without_each,))


# --- series in a basis -------------------------------------------------------------------------------


def valued_kind(function: Any) -> Any:
    """An entry for each point, of every column of coefficients."""

    def kind(kinds: Kinds, attrs: Attributes) -> Kind:
        x, c = kinds
        if isinstance(c, Array) and c.dims and len(c.dims) == 1 and isinstance(x, Array):
            return Array(dtype_of(elementwise(lambda x, c: (c + 0.0) * x, kinds, {})), x.dims)
        return probe(function, kinds, attrs)

    return kind


for _module, _prefix in BASES.items():
    _path = f"np.polynomial.{_module}.{_prefix}"
    _function = getattr(getattr(np.polynomial, _module), f"{_prefix}val")
    library_function(f"{_path}val", "x", "c", attributes={"tensor": True}, kind=valued_kind(_function))
    library_function(f"{_path}vander", "x", "deg")
    library_function(f"{_path}der", "c", attributes={"m": 1, "scl": 1, "axis": 0})
    library_function(
        f"{_path}int", "c", "k=", attributes={"m": 1, "lbnd": 0, "scl": 1, "axis": 0},
        signature="c m k? lbnd scl axis",
    )  # fmt: skip
