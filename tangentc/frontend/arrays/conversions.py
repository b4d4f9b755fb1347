"""Arrays of what the program holds, what arrays turn into, and the methods of arrays that say so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tangentc.frontend.arrays.choosing import choose, compress
from tangentc.frontend.arrays.operands import numpy_call
from tangentc.frontend.arrays.sets import searchsorted
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.library import arrays, library_call
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    Flat,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import Literal, Var, kind_of
from tangentc.kinds.types import Array, can_be_active, dtype_of, rank_of, same_dtype

__all__ = ["call_method"]

_NOTHING = Literal(None)
_TRUE = Literal(True)


def _converted(context: Context, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    given = tuple(context.snapshot(arg) for arg in args)
    return numpy_call(
        context, name, *given, **{key: context.snapshot(value) for key, value in kwargs.items()}
    )


@builtin(np.array)
def _np_array(context: Context, *args: Value, copy: Value = _TRUE, **kwargs: Value) -> Value:
    """`copy=None` copies only where the dtype changes, as np.asarray does."""
    if copy == _TRUE:
        return _converted(context, "np.array", args, kwargs)
    _check_copy(context, copy, "np.array")
    if kwargs.keys() & {"ndmin", "subok"}:
        context.fail("TC115", "the arguments 'copy' and 'ndmin' of np.array are not supported together")
    return _converted(context, "np.asarray", args, kwargs)


@builtin(np.asarray)
def _asarray(context: Context, *args: Value, copy: Value = _NOTHING, **kwargs: Value) -> Value:
    if copy == _TRUE:
        return _converted(context, "np.array", args, kwargs)
    _check_copy(context, copy, "np.asarray")
    return _converted(context, "np.asarray", args, kwargs)


def _check_copy(context: Context, copy: Value, name: str) -> None:
    if copy != _NOTHING and not is_undefined(copy):
        context.fail(
            "TC115", f"the argument 'copy' of {name} is not supported, unless it is True or None",
            hint="copy=None copies only where it must",
        )  # fmt: skip


@builtin(np.asfortranarray)
def _asfortranarray(context: Context, a: Value, dtype: Value = _NOTHING) -> Value:
    return _converted(context, "np.asarray", (a,), {"dtype": dtype, "order": Literal("F")})


def call_method(
    context: Context, array: Var | Literal, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """A method of arrays that is made of others; None for any other."""
    match name:
        case "compress":
            condition, *rest = args or (kwargs.pop("condition"),)
            return compress(context, condition, array, *rest, **kwargs)
        case "choose":
            return choose(context, array, *args, **kwargs)
        case "searchsorted":
            return searchsorted(context, array, *args, **kwargs)
        case "item" if args:
            return _item(context, array, args)
        case "tolist":
            return _tolist(context, array)
        case "view":
            return _view(context, array, *args, **kwargs)
    return None


def _item(context: Context, array: Var | Literal, args: Sequence[Value]) -> Value:
    """`x.item(i, j)`, or of one position in the reading order."""
    index = args[0] if len(args) == 1 else TupleValue(tuple(args))
    is_tuple = isinstance(index, TupleValue) or (
        isinstance(index, Literal) and isinstance(index.value, tuple)
    )
    target: Value = array
    if not is_tuple and rank_of(kind_of(array)) != 1:
        target = Flat(array) if isinstance(array, Var) else array
    entry = getitem(context, target, index)
    return entry if is_undefined(entry) else context.op("array_item", entry)


def _tolist(context: Context, array: Var | Literal) -> Value | None:
    """Lists of Python numbers, for which the number of axes must be known."""
    kind = kind_of(array)
    if not can_be_active(kind):
        return None
    match rank_of(kind):
        case 0:
            return context.op("array_item", array)
        case 1:
            return library_call(context, arrays.numbers, array)
        case 2:
            return library_call(context, arrays.rows_of_numbers, array)
    context.fail("TC109", "tolist is supported for arrays with one or two axes", hint="use the array itself")


def _view(context: Context, array: Var | Literal, dtype: Value = _NOTHING, type: Value = _NOTHING) -> Value:
    """The array seen again; in another dtype its bits would mean other numbers."""
    if type != _NOTHING:
        context.fail("TC109", "a view as another class of arrays is not supported")
    own = dtype_of(kind_of(array))
    if dtype != _NOTHING:
        wanted = np.dtype(context.static(dtype, "'dtype' of view"))
        if not same_dtype(own, wanted):
            context.fail(
                "TC109", "a view in another dtype reads the bits of the numbers, which has no derivative",
                hint="convert the numbers with astype, or use .real and .imag",
            )  # fmt: skip
    if not isinstance(array, Var) or not isinstance(array.kind, Array):
        return array
    return context.builder.getitem(array, (Ellipsis,))
