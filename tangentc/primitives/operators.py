"""Python's operators, the NumPy functions that spell them, and the conversions between numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

from tangentc.kinds.dims import computed_int, label_of, new_int
from tangentc.kinds.join import join, widened
from tangentc.kinds.numbers import python_operator
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.types import BOOL, COMPLEX, FLOAT, Bool, Const, Int, Kind, is_number
from tangentc.primitives.core import KindRule, Syntax
from tangentc.primitives.declare import declare, library_function

_ARITHMETIC = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
    "and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
}  # fmt: skip


def is_in(item: Any, container: Any) -> bool:
    return item in container


def operator_kind(name: str, function: Callable[..., Any]) -> KindRule:
    """Python numbers and containers by table, NumPy values by experiment."""

    def kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
        found = python_operator(name, kinds)
        return elementwise(function, kinds, {}) if found is None else found

    return kind


def always(kind: Kind) -> KindRule:
    """A result that has one kind whatever the operands are."""
    return lambda _kinds, _attrs: kind


def int_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """`int(n)` of an int is that int; of anything else a new one."""
    label = label_of(kinds[0]) if kinds and isinstance(kinds[0], (Int, Const)) else None
    return new_int() if label is None else Int(label)


def extreme_kind(function: Callable[..., Any]) -> KindRule:
    """`max(a, b)` is one of its operands, `max(xs)` an entry."""

    def kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
        if len(kinds) == 1 or not all(map(is_number, kinds)):
            return probe(function, kinds, {})
        labels = [label_of(kind) for kind in kinds if not isinstance(widened(kind), Bool)]
        if len(labels) == len(kinds) and all(label is not None for label in labels):
            return computed_int(function.__name__, *(label for label in labels if label is not None))
        return reduce(join, map(widened, kinds))

    return kind


for _name, _spelling in _ARITHMETIC.items():
    _function = getattr(operator, _name)
    declare(
        _name, _function, "x", "y", kind=operator_kind(_name, _function),
        elementwise=True, cheap=True, syntax=Syntax.BINARY, spelling=_spelling, callables=(_function,),
    )  # fmt: skip

declare(
    "is_", operator.is_, "x", "y",
    kind=always(BOOL), cheap=True, reads=False, syntax=Syntax.BINARY, spelling="is",
)  # fmt: skip
declare(
    "is_not", operator.is_not, "x", "y",
    kind=always(BOOL), cheap=True, reads=False, syntax=Syntax.BINARY, spelling="is not",
)  # fmt: skip
declare("contains", is_in, "item", "container", kind=always(BOOL), syntax=Syntax.BINARY, spelling="in")

for _name, _spelling in {"neg": "-", "pos": "+", "invert": "~"}.items():
    _function = getattr(operator, _name)
    declare(
        _name, _function, "x", kind=operator_kind(_name, _function),
        elementwise=True, cheap=True, syntax=Syntax.UNARY, spelling=_spelling, callables=(_function,),
    )  # fmt: skip
declare(
    "not_", operator.not_, "x",
    kind=always(BOOL), cheap=True, syntax=Syntax.UNARY, spelling="not", callables=(operator.not_,),
)  # fmt: skip

declare("abs", abs, "x", kind=operator_kind("abs", abs), elementwise=True, cheap=True, callables=(abs,))
declare("divmod", divmod, "x", "y", results=2, cheap=True, callables=(divmod,))
declare("round", round, "x", "digits", cheap=True, callables=(round,))
declare("float", float, "x", kind=always(FLOAT), cheap=True, callables=(float,))
declare("int", int, "x", kind=int_kind, cheap=True, callables=(int,))
declare("bool", bool, "x", kind=always(BOOL), cheap=True, callables=(bool,))
declare("complex", complex, "x", "y", kind=always(COMPLEX), cheap=True, callables=(complex,))
declare("max", max, "*xs", kind=extreme_kind(max), cheap=True, callables=(max,))
declare("min", min, "*xs", kind=extreme_kind(min), cheap=True, callables=(min,))
declare("sum", sum, "xs", "start", callables=(sum,))

for _path in (
    "np.add", "np.subtract", "np.multiply", "np.divide", "np.floor_divide", "np.remainder", "np.power",
    "np.less", "np.less_equal", "np.greater", "np.greater_equal", "np.equal", "np.not_equal",
    "np.logical_and", "np.logical_or", "np.logical_xor",
    "np.bitwise_and", "np.bitwise_or", "np.bitwise_xor", "np.left_shift", "np.right_shift",
):  # fmt: skip
    _also = {
        "np.divide": ("np.true_divide",), "np.remainder": ("np.mod",), "np.power": ("np.pow",),
        "np.left_shift": ("np.bitwise_left_shift",), "np.right_shift": ("np.bitwise_right_shift",),
    }  # fmt: skip
    library_function(_path, "x1", "x2", also=_also.get(_path, ()), elementwise=True, cheap=True)

library_function("np.negative", "x", elementwise=True, cheap=True)
library_function("np.positive", "x", elementwise=True, cheap=True)
library_function("np.logical_not", "x", elementwise=True, cheap=True)
library_function("np.invert", "x", also=("np.bitwise_not", "np.bitwise_invert"), elementwise=True, cheap=True)

for _path in (
    "np.float64", "np.float32", "np.float16", "np.longdouble", "np.complex128", "np.complex64",
    "np.int64", "np.int32", "np.int16", "np.int8", "np.uint64", "np.uint32", "np.uint16", "np.uint8",
    "np.bool_",
):  # fmt: skip
    library_function(_path, "x", cheap=True)
