"""What NumPy tells about dtypes, shapes and memory, mostly known at compile time."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.operations import as_array
from tangentc.frontend.functions.passive import opaque
from tangentc.frontend.standard.builtins import builtin, class_of
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Shape, Static, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import (
    Array,
    Bool,
    Complex,
    Float,
    Int,
    dtype_of,
    rank_of,
)

__all__: list[str] = []

_MAIN = Literal(0)


def _dtype(context: Context, value: Value, what: str) -> np.dtype[Any]:
    array = context.atom(as_array(context, context.snapshot(value)))
    found = dtype_of(kind_of(array))
    if found is None:
        context.fail("TC113", f"the dtype of what {what} is given must be known")
    return found


def _is_complex(function: Any, wanted: bool) -> None:
    @builtin(function)
    def answer(context: Context, x: Value) -> Value:
        if is_undefined(x):
            return UNDEF
        return Literal((_dtype(context, x, f"np.{function.__name__}").kind == "c") is wanted)


_is_complex(np.iscomplexobj, True)
_is_complex(np.isrealobj, False)


@builtin(np.isscalar)
def _isscalar(context: Context, element: Value) -> Value:
    if is_undefined(element):
        return UNDEF
    cls = class_of(context.contents(element))
    if cls is None:
        context.fail("TC113", "what np.isscalar is given must be known to be a number or an array")
    return Literal(issubclass(cls, (np.generic, numbers.Number, str, bytes)))


@builtin(np.iterable)
def _iterable(context: Context, y: Value) -> Value:
    if isinstance(y, Var) and isinstance(y.kind, Array) and y.kind.dims is not None:
        return Literal(bool(y.kind.dims))
    if is_undefined(y):
        return UNDEF
    cls = class_of(context.contents(y))
    if cls is None or cls is np.ndarray:
        context.fail("TC113", "what np.iterable is given must be known to be a number or an array")
    return Literal(hasattr(cls, "__iter__"))


def _example(context: Context, value: Value, what: str) -> Any:
    """A dtype, or a Python number, which only has a kind, as an argument of NumPy's promotion."""
    known = context.constant(value)
    if known is not None:
        return known.value
    if isinstance(value, Static):
        return value.value
    match kind_of(context.atom(value)):
        case Bool():
            return False
        case Int():
            return 0
        case Float():
            return 0.0
        case Complex():
            return 0j
    return _dtype(context, value, what)


def _of_dtypes(function: Any) -> None:
    """A function of dtypes, and of arrays for which only theirs matters."""
    name = f"np.{function.__name__}"

    @builtin(function)
    def known(context: Context, *args: Value, **kwargs: Value) -> Value:
        if any(map(is_undefined, (*args, *kwargs.values()))):
            return UNDEF
        examples = [_example(context, arg, name) for arg in args]
        options = {key: context.static(value, f"{key!r} of {name}") for key, value in kwargs.items()}
        if function is np.common_type:
            examples = [
                np.empty(0, example) if isinstance(example, np.dtype) else example for example in examples
            ]
        try:
            return Literal(function(*examples, **options))
        except (TypeError, ValueError) as error:
            context.fail("TC116", str(error))


for _function in (np.result_type, np.can_cast, np.promote_types, np.common_type, np.min_scalar_type):
    _of_dtypes(_function)


@builtin(np.finfo)
def _finfo(context: Context, dtype: Value) -> Value:
    """The limits of floats; of an array those of its dtype."""
    return _limits(context, np.finfo, dtype)


@builtin(np.iinfo)
def _iinfo(context: Context, type: Value) -> Value:
    return _limits(context, np.iinfo, type)


def _limits(context: Context, function: Any, dtype: Value) -> Value:
    if is_undefined(dtype):
        return UNDEF
    try:
        return Literal(function(_example(context, dtype, f"np.{function.__name__}")))
    except (TypeError, ValueError) as error:
        context.fail("TC116", str(error))


@builtin(np.dtype)
def _np_dtype(context: Context, dtype: Value, *args: Value, **kwargs: Value) -> Value:
    given = [context.static(value, "a dtype") for value in (dtype, *args)]
    options = {key: context.static(value, f"{key!r} of np.dtype") for key, value in kwargs.items()}
    try:
        return Literal(np.dtype(*given, **options))
    except (TypeError, ValueError) as error:
        context.fail("TC116", str(error))


# --- index arrays of a shape ----------------------------------------------------------------------


def _sizes(context: Context, arr: Value, name: str) -> Sequence[Value]:
    rank = rank_of(arr.kind) if isinstance(arr, Var) else None
    if rank is None or rank < 2:
        context.fail("TC112", f"the number of axes of what {name} is given must be known, and at least 2")
    return [getitem(context, Shape(arr), Literal(axis)) for axis in range(rank)]  # type: ignore[arg-type]


def _triangle_of(function: Any, indices: Any) -> None:
    name = f"np.{function.__name__}"

    @builtin(function)
    def found(context: Context, arr: Value, k: Value = _MAIN) -> Value:
        if is_undefined(arr):
            return UNDEF
        rows, columns = _sizes(context, arr, name)[-2:]
        return opaque(context, indices, (rows, k, columns), {})


_triangle_of(np.tril_indices_from, np.tril_indices)
_triangle_of(np.triu_indices_from, np.triu_indices)


@builtin(np.diag_indices_from)
def _diag_indices_from(context: Context, arr: Value) -> Value:
    """NumPy is asked with zeros of the shape, and refuses axes of different sizes."""
    if is_undefined(arr):
        return UNDEF
    _sizes(context, arr, "np.diag_indices_from")
    return opaque(context, np.diag_indices_from, (context.op("np.zeros_like", arr),), {})
