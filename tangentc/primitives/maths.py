"""The functions of the module `math`, on Python numbers."""

from __future__ import annotations

from tangentc.kinds.dims import new_int
from tangentc.kinds.types import ANY, BOOL, FLOAT, INT, Const, Int, Kind, List, Tuple
from tangentc.primitives.core import KindRule
from tangentc.primitives.declare import library_function

_INTEGERS = {"ceil", "floor", "trunc", "factorial", "isqrt", "comb", "perm", "gcd", "lcm"}
_TRUTHS = {"isfinite", "isinf", "isnan", "isclose"}
_PAIRS: dict[str, tuple[Kind, ...]] = {"frexp": (FLOAT, INT), "modf": (FLOAT, FLOAT)}


def kind_of_math(name: str) -> KindRule:
    """`math` takes anything that converts to a float and gives Python numbers."""

    def kind(_kinds: tuple[Kind, ...], _attrs: dict[str, object]) -> Kind:
        if name in _INTEGERS:
            return new_int()
        if name in _TRUTHS:
            return BOOL
        return Tuple(_PAIRS[name]) if name in _PAIRS else FLOAT

    return kind


def kind_of_fold(kinds: tuple[Kind, ...], _: dict[str, object]) -> Kind:
    """A product of numbers is an int if all are."""
    match kinds:
        case (List(Int(), _), *_):
            return new_int()
        case (Const(), *_) | (Tuple(), *_):
            return ANY
        case (List(item, _), *_):
            return item
    return ANY


_ONE = (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "degrees", "erf",
    "erfc", "exp", "exp2", "expm1", "fabs", "factorial", "floor", "gamma", "isfinite", "isinf", "isnan",
    "isqrt", "lgamma", "log10", "log1p", "log2", "radians", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    "ulp", "frexp", "modf",
)  # fmt: skip
_TWO = ("atan2", "copysign", "fmod", "ldexp", "nextafter", "pow", "remainder", "comb", "perm", "dist")

for _name in _ONE:
    library_function(f"math.{_name}", "x", kind=kind_of_math(_name), results=len(_PAIRS.get(_name, (FLOAT,))))
for _name in _TWO:
    library_function(f"math.{_name}", "x", "y", kind=kind_of_math(_name))
for _name in ("hypot", "gcd", "lcm"):
    library_function(f"math.{_name}", "*xs", kind=kind_of_math(_name))
library_function("math.log", "x", "base", kind=kind_of_math("log"))
library_function("math.fma", "x", "y", "z", kind=kind_of_math("fma"))
library_function("math.fsum", "xs", kind=kind_of_math("fsum"))
library_function("math.prod", "xs", attributes={"start": 1}, kind=kind_of_fold)
library_function("math.sumprod", "xs", "ys", kind=kind_of_fold)
library_function(
    "math.isclose", "x", "y", attributes={"rel_tol": 1e-09, "abs_tol": 0.0}, kind=kind_of_math("isclose")
)
