"""Functions that choose among arrays or their entries by conditions or numbers."""

from __future__ import annotations

import numpy as np

from tangentc.frontend.arrays.operands import array_of, holds_undefined, known_rank, numpy_call
from tangentc.frontend.arrays.stores import part_of, store
from tangentc.frontend.expressions.iteration import items_of
from tangentc.frontend.library import arrays, library_call
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    ListValue,
    Partial,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import Array, dtype_of

__all__ = ["choose", "compress"]

_NOTHING = Literal(None)
_ZERO = Literal(0)
_ONE = Literal(1)
_RAISE = Literal("raise")


@builtin(np.select)
def _select(context: Context, condlist: Value, choicelist: Value, default: Value = _ZERO) -> Value:
    """The first condition that holds decides."""
    conditions = items_of(context, condlist, "the number of conditions")
    choices = items_of(context, choicelist, "the number of choices")
    if len(conditions) != len(choices) or not conditions:
        context.fail("TC115", "np.select takes as many conditions as choices, one at least")
    result = array_of(context, default)
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        chosen = context.atom(array_of(context, condition))
        if is_undefined(chosen):
            return UNDEF
        if dtype_of(kind_of(chosen)) != np.dtype(bool):
            context.fail(
                "TC115", "a condition of np.select must be known to hold truth values",
                hint="compare, or use mask.astype(bool)",
            )  # fmt: skip
        result = numpy_call(context, "np.where", chosen, array_of(context, choice), result)
    return result


@builtin(np.choose)
def choose(context: Context, a: Value, choices: Value, out: Value = _NOTHING, mode: Value = _RAISE) -> Value:
    if out != _NOTHING:
        context.fail("TC115", "the argument 'out' of np.choose is not supported")
    operands = [
        context.atom(array_of(context, value))
        for value in (a, *items_of(context, choices, "the number of choices"))
    ]
    if any(map(is_undefined, operands)):
        return UNDEF
    return context.op("np.choose", *operands, mode=context.static(mode, "'mode' of np.choose"))


@builtin(np.compress)
def compress(
    context: Context, condition: Value, a: Value, axis: Value = _NOTHING, out: Value = _NOTHING
) -> Value:
    places = numpy_call(context, "np.flatnonzero", array_of(context, condition))
    return numpy_call(context, "np.take", a, places, axis=axis, out=out)


@builtin(np.extract)
def _extract(context: Context, condition: Value, arr: Value) -> Value:
    return numpy_call(
        context, "np.take", arr, numpy_call(context, "np.flatnonzero", array_of(context, condition))
    )


@builtin(np.piecewise)
def _piecewise(
    context: Context, x: Value, condlist: Value, funclist: Value, *args: Value, **kw: Value
) -> Value:
    """The entries where a condition holds go through its function; a later condition overrides."""
    array = array_of(context, x)
    functions = list(items_of(context, funclist, "the number of functions"))
    if is_undefined(array) or holds_undefined(context, condlist):
        return UNDEF
    rank = known_rank(context, array, "what np.piecewise is given")
    held = context.snapshot(condlist)
    if (
        isinstance(held, Var)
        and isinstance(held.kind, Array)
        and (held.kind.dims is None or len(held.kind.dims) != rank)
    ):
        context.fail("TC112", "the conditions of np.piecewise must be a list")
    if isinstance(held, (TupleValue, ListValue)):
        conditions = [array_of(context, item) for item in held.items]
    else:
        conditions = [held]
    if len(functions) == len(conditions) + 1:
        holds: Value = conditions[0]
        for condition in conditions[1:]:
            holds = numpy_call(context, "np.logical_or", holds, condition)
        conditions.append(numpy_call(context, "np.logical_not", holds))
    if len(functions) != len(conditions):
        context.fail("TC115", "np.piecewise takes one function for each condition, and one more for the rest")
    if rank == 0:
        array = numpy_call(context, "np.reshape", array, _ONE)
    result = numpy_call(context, "np.zeros_like", array)
    for condition, function in zip(conditions, functions, strict=True):
        mask = context.atom(condition)
        if dtype_of(kind_of(mask)) != np.dtype(bool):
            context.fail(
                "TC115", "a condition of np.piecewise must be known to hold truth values",
                hint="compare, or use mask.astype(bool)",
            )  # fmt: skip
        if rank == 0:
            mask = context.atom(numpy_call(context, "np.reshape", mask, _ONE))
        if not is_callable(function):
            store(context, part_of(context, result, mask), function)
            continue
        library_call(context, arrays.piece, result, array, mask, Partial(function, (), kw), *args)
    return numpy_call(context, "np.reshape", result, Literal(())) if rank == 0 else result
