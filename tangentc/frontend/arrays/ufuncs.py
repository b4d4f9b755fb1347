"""Methods of ufuncs: `np.add.reduce`, `np.multiply.outer`, `np.add.at`, each as what it is made of."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.frontend.arrays.outputs import apply_function
from tangentc.frontend.arrays.stores import check_cast, current, part_of, store
from tangentc.frontend.expressions.indexing import is_repeated
from tangentc.frontend.expressions.operations import apply_primitive, as_array
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, kind_of
from tangentc.kinds.types import rank_of
from tangentc.primitives.core import Primitive, find, named

__all__ = ["call_ufunc_method", "is_ufunc_method"]

_NOTHING, _FALSE, _FIRST = Literal(None), Literal(False), Literal(0)

_REDUCED: dict[np.ufunc, str] = {
    np.add: "np.sum", np.multiply: "np.prod", np.maximum: "np.max", np.minimum: "np.min",
    np.logical_and: "np.all", np.logical_or: "np.any",
}  # fmt: skip
_ACCUMULATED: dict[np.ufunc, str] = {np.add: "np.cumsum", np.multiply: "np.cumprod"}


def is_ufunc_method(function: Any) -> bool:
    """Whether something is a bound method of a ufunc whose meaning is known here."""
    if not isinstance(function, types.BuiltinMethodType) or not isinstance(function.__self__, np.ufunc):
        return False
    ufunc, name = function.__self__, function.__name__
    match name:
        case "reduce":
            return ufunc in _REDUCED
        case "accumulate":
            return ufunc in _ACCUMULATED
        case "outer":
            return ufunc.nin == 2 and find(ufunc) is not None
    return name == "at"


def call_ufunc_method(
    context: Context, function: types.BuiltinMethodType, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """A call of a method that `is_ufunc_method` knows."""
    if any(map(is_undefined, (*args, *kwargs.values()))):
        return UNDEF
    ufunc: Any = function.__self__
    handler = _METHODS[function.__name__]
    try:
        inspect.signature(handler).bind(context, ufunc, *args, **kwargs)
    except TypeError as error:
        context.fail("TC115", f"{ufunc.__name__}.{function.__name__}(): {error}")
    return handler(context, ufunc, *args, **kwargs)


def _reduce(
    context: Context, ufunc: np.ufunc, array: Value, axis: Value = _FIRST, dtype: Value = _NOTHING,
    out: Value = _NOTHING, keepdims: Value = _FALSE, **partial: Value,
) -> Value:  # fmt: skip
    """Along the first axis unless another is given."""
    options = {"axis": axis, "out": out, "keepdims": keepdims, **partial}
    if dtype != _NOTHING:
        options["dtype"] = dtype
    return apply_function(context, named(_REDUCED[ufunc]), (array,), options)


def _accumulate(
    context: Context, ufunc: np.ufunc, array: Value, axis: Value = _FIRST, dtype: Value = _NOTHING,
    out: Value = _NOTHING,
) -> Value:  # fmt: skip
    options = {"axis": axis, "dtype": dtype, "out": out}
    return apply_function(context, named(_ACCUMULATED[ufunc]), (array,), options)


def _outer(context: Context, ufunc: np.ufunc, A: Value, B: Value, **options: Value) -> Value:
    """Each entry of A with each of B: the axes of A, then those of B."""
    A, B = as_array(context, A), as_array(context, B)
    ranks = [rank_of(kind_of(context.atom(operand))) for operand in (A, B)]
    if None in ranks:
        context.fail("TC112", "the number of axes of the operands of outer must be known")
    if ranks[0] and ranks[1]:
        key = (Ellipsis, *(None,) * ranks[1])
        A = context.builder.getitem(context.atom(A), key)
    return apply_function(context, _primitive(ufunc), (A, B), options)


def _at(context: Context, ufunc: np.ufunc, a: Value, indices: Value, b: Value | None = None) -> Value:
    """`a[indices] = ufunc(a[indices], b)`, where an entry that is named twice takes part twice."""
    where = part_of(context, a, indices)
    operands = [] if b is None else [as_array(context, b)]
    if where is None or any(map(is_undefined, operands)):
        return UNDEF
    target = where.target
    if len(operands) != ufunc.nin - 1:
        context.fail("TC115", f"{ufunc.__name__}.at() takes {ufunc.nin + 1} arguments")
    if ufunc in (np.add, np.subtract):
        value = context.atom(operands[0])
        check_cast(context, kind_of(value), kind_of(target))
        if not is_repeated(where):
            sign = "+" if ufunc is np.add else "-"
            context.builder.store(target, where.index, where.operands, value, sign)
            return _NOTHING
        if ufunc is np.subtract:
            value = context.op("neg", value)
        context.effect("add_at", target, *where.operands, value, index=where.index)
        return _NOTHING
    if is_repeated(where) or find(ufunc) is None:
        context.fail(
            "TC108", f"np.{ufunc.__name__}.at with integer arrays, which may name an entry twice, is not supported",
            hint="write a loop over the indices",
        )  # fmt: skip
    held = current(context, where)
    store(context, where, apply_primitive(context, _primitive(ufunc), (held, *operands), {}), "same_kind")
    return _NOTHING


def _primitive(ufunc: np.ufunc) -> Primitive:
    primitive = find(ufunc)
    assert primitive is not None
    return primitive


_METHODS: dict[str, Callable[..., Value]] = {
    "reduce": _reduce, "accumulate": _accumulate, "outer": _outer, "at": _at,
}  # fmt: skip
