"""Functions of ordered and different entries: `np.unique`, set operations, `np.searchsorted`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.frontend.arrays.operands import array_of, may_vary, numpy_call
from tangentc.frontend.functions.passive import opaque
from tangentc.frontend.library import arrays, library_call
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, kind_of
from tangentc.kinds.types import can_be_active

__all__ = ["searchsorted"]

_NOTHING = Literal(None)
_FALSE = Literal(False)
_TRUE = Literal(True)
_LEFT = Literal("left")


@builtin(np.unique)
def _unique(
    context: Context, ar: Value, return_index: Value = _FALSE, return_inverse: Value = _FALSE,
    return_counts: Value = _FALSE, axis: Value = _NOTHING, *, equal_nan: Value = _TRUE, sorted: Value = _TRUE,
) -> Value:  # fmt: skip
    """The values are the entries at the first of their positions."""
    array = context.atom(array_of(context, ar))
    if is_undefined(array):
        return UNDEF
    if not context.static(sorted, "'sorted' of np.unique"):
        context.fail("TC115", "np.unique with sorted=False is not supported")
    flags = [
        bool(context.static(flag, "an option of np.unique"))
        for flag in (return_index, return_inverse, return_counts)
    ]
    options = {
        "return_index": _TRUE, "return_inverse": Literal(flags[1]), "return_counts": Literal(flags[2]),
        "axis": axis, "equal_nan": equal_nan,
    }  # fmt: skip
    varies = can_be_active(kind_of(array))
    if not varies:
        options["return_index"] = Literal(flags[0])
    found = numpy_call(context, "np.unique", array, **options)
    if not varies and not any(flags):
        return found
    count = 1 + (varies or flags[0]) + flags[1] + flags[2]
    parts: list[Value] = [context.op("item", found, Literal(k)) for k in range(count)]
    if varies:
        index = parts[1]
        parts[0] = numpy_call(context, "np.take", array, index, axis=axis)
        if not flags[0]:
            del parts[1]
    return parts[0] if len(parts) == 1 else TupleValue(tuple(parts))


def _set_operation(function: Any, program: Any) -> None:
    name = f"np.{function.__name__}"

    @builtin(function)
    def operation(context: Context, ar1: Value, ar2: Value, assume_unique: Value = _FALSE) -> Value:
        if not may_vary(context, ar1) and not may_vary(context, ar2):
            given = (context.snapshot(ar1), context.snapshot(ar2))
            kwargs = {} if assume_unique == _FALSE else {"assume_unique": assume_unique}
            return opaque(context, function, given, kwargs)
        if assume_unique != _FALSE:
            context.fail("TC115", f"the argument 'assume_unique' of {name} is not supported")
        return library_call(context, program, array_of(context, ar1), array_of(context, ar2))


for _function, _program in (
    (np.union1d, arrays.union), (np.setdiff1d, arrays.difference), (np.setxor1d, arrays.of_one),
):  # fmt: skip
    _set_operation(_function, _program)


@builtin(np.intersect1d)
def _intersect1d(context: Context, ar1: Value, ar2: Value, **options: Value) -> Value:
    if may_vary(context, ar1) or may_vary(context, ar2):
        context.fail(
            "TC109", "np.intersect1d of numbers that vary has no derivative: what is equal does not stay so",
            hint="put them through tangentc.stop_gradient",
        )  # fmt: skip
    return opaque(context, np.intersect1d, (context.snapshot(ar1), context.snapshot(ar2)), options)


@builtin(np.searchsorted)
def searchsorted(
    context: Context, a: Value, v: Value, side: Value = _LEFT, sorter: Value = _NOTHING
) -> Value:
    """With a sorter, in the entries in that order."""
    row = context.snapshot(a)
    if sorter != _NOTHING:
        row = numpy_call(context, "np.take", row, sorter)
    return numpy_call(context, "np.searchsorted", row, context.snapshot(v), side=side)


def _unique_parts(name: str, **flags: Value) -> None:
    function = getattr(np, name)
    cls = type(function(np.zeros(1)))

    @builtin(function)
    def parts(context: Context, x: Value) -> Value:
        """Named results of np.unique, where each nan counts for itself."""
        found = _unique(context, x, equal_nan=_FALSE, **flags)
        return TupleValue(found.items, cls) if isinstance(found, TupleValue) else found


_unique_parts("unique_counts", return_counts=_TRUE)
_unique_parts("unique_inverse", return_inverse=_TRUE)
_unique_parts("unique_all", return_index=_TRUE, return_inverse=_TRUE, return_counts=_TRUE)


@builtin(np.unique_values)
def _unique_values(context: Context, x: Value) -> Value:
    if may_vary(context, x):
        context.fail(
            "TC109", "the order of np.unique_values is not defined, so that it has no derivative",
            hint="use np.unique",
        )  # fmt: skip
    return opaque(context, np.unique_values, (context.snapshot(x),), {})
