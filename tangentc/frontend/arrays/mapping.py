"""Functions of NumPy that are given functions: each is inlined where it is applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.frontend.arrays.joins import broadcast_to_one
from tangentc.frontend.arrays.operands import array_of, known_axis, known_rank, numpy_call, size_along
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import items_of
from tangentc.frontend.library import arrays, library_call
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    Partial,
    Shape,
    Static,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, If, Literal, Node, Var, kind_of
from tangentc.kinds.types import dtype_of, same_dtype

__all__ = ["vectorized"]

_NOTHING = Literal(None)
_FALSE = Literal(False)
_FLOAT = Literal(float)


@builtin(arrays.of_one_type)
def _of_one_type(context: Context, result: Value) -> Value:
    """NumPy converts all results to the type of the first: an integer there cuts the others off."""
    dtypes = [dtype_of(kind_of(source)) for source in _sources(context.builder.nodes, context.atom(result))]
    known = [dtype for dtype in dtypes if dtype is not None]
    if any(dtype != known[0] for dtype in known):
        context.fail(
            "TC109", "a function that is mapped returns numbers of different types, and the first would decide",
            hint="return floats on every path, or give np.vectorize otypes=[float]",
        )  # fmt: skip
    return result


def _sources(nodes: Sequence[Node], value: Atom) -> list[Atom]:
    """What a value may be, on the paths that meet in it."""
    for node in reversed(nodes):
        if isinstance(node, If) and isinstance(value, Var) and value in node.results:
            place = node.results.index(value)
            return [
                source
                for block in (node.then, node.orelse)
                for source in _sources(block.nodes, block.yields[place])
                if not is_undefined(source)
            ]
    return [value]


@builtin(np.apply_along_axis)
def _apply_along_axis(
    context: Context, func1d: Value, axis: Value, arr: Value, *args: Value, **kwargs: Value
) -> Value:
    array = array_of(context, arr)
    if is_undefined(array):
        return UNDEF
    place = known_axis(
        context, axis, known_rank(context, array, "the array of np.apply_along_axis"), "np.apply_along_axis"
    )
    moved = context.atom(
        numpy_call(context, "np.moveaxis", array, source=Literal(place), destination=Literal(-1))
    )
    if is_undefined(moved):
        return UNDEF
    rank = known_rank(context, moved, "the array of np.apply_along_axis")
    sizes = [size_along(context, moved, k) for k in range(rank)]
    lines = numpy_call(context, "np.reshape", moved, TupleValue((Literal(-1), sizes[-1])))
    results = library_call(context, arrays.mapped_lines, Partial(func1d, (), kwargs), lines, *args)
    if is_undefined(results):
        return UNDEF
    axes = known_rank(context, results, "what the function of np.apply_along_axis returns") - 1
    own = tuple(size_along(context, results, 1 + k) for k in range(axes))
    made = numpy_call(context, "np.reshape", results, TupleValue((*sizes[:-1], *own)))
    if axes == 0 or place == rank - 1:
        return made
    source, goal = tuple(range(-axes, 0)), tuple(range(place, place + axes))
    return numpy_call(context, "np.moveaxis", made, source=Literal(source), destination=Literal(goal))


@builtin(np.apply_over_axes)
def _apply_over_axes(context: Context, func: Value, a: Value, axes: Value) -> Value:
    value = array_of(context, a)
    if is_undefined(value):
        return UNDEF
    rank = known_rank(context, value, "the array of np.apply_over_axes")
    known = context.static(axes, "'axes' of np.apply_over_axes")
    for axis in np.ravel(known).tolist():
        value = library_call(context, arrays.over_axis, func, value, Literal(axis % rank))
    return value


def vectorized(context: Context, function: Value, otypes: Any, args: Sequence[Value]) -> Value:
    """The function at each entry of the arguments, which are broadcast."""
    if not args:
        context.fail("TC115", "a vectorized function takes at least one argument by position")
    dtype = None if otypes is None else np.dtype(otypes[0])
    operands = [array_of(context, arg) for arg in args]
    if len(operands) > 1:
        operands = broadcast_to_one(context, operands)
    elif known_rank(context, operands[0], "the argument of a vectorized function") == 0:
        operands = [numpy_call(context, "np.asarray", operands[0])]
    if any(map(is_undefined, operands)):
        return UNDEF
    program = arrays.mapped if dtype is None else arrays.mapped_and_converted
    results = library_call(context, program, function, TupleValue(tuple(operands)))
    if is_undefined(results):
        return UNDEF
    if dtype is not None and not same_dtype(dtype_of(kind_of(context.atom(results))), dtype):
        results = context.op("astype", results, dtype=dtype)
    shape = Shape(operands[0]) if isinstance(operands[0], Var) else Literal(())
    return numpy_call(context, "np.reshape", results, shape)


@builtin(np.vectorize)
def _vectorize(
    context: Context, pyfunc: Value, otypes: Value = _NOTHING, doc: Value = _NOTHING,
    excluded: Value = _NOTHING, cache: Value = _FALSE, signature: Value = _NOTHING,
) -> Value:  # fmt: skip
    if excluded != _NOTHING or signature != _NOTHING:
        context.fail(
            "TC109", "np.vectorize with excluded= or signature= is not supported", hint="write a loop"
        )
    types = context.static(otypes, "'otypes' of np.vectorize")
    if types is not None and len(types) != 1:
        context.fail("TC109", "np.vectorize of a function with several results is not supported")
    return Partial(Static(_mapped), (pyfunc, Literal(None if types is None else np.dtype(types[0]))), {})


def _mapped(function: Any, dtype: Any, *args: Any) -> Any:
    """What a call of `np.vectorize(function)` means."""
    raise NotImplementedError


@builtin(_mapped)
def _call_mapped(context: Context, function: Value, dtype: Value, *args: Value) -> Value:
    known = context.static(dtype, "'otypes' of np.vectorize")
    return vectorized(context, function, None if known is None else [known], args)


@builtin(np.frompyfunc)
def _frompyfunc(context: Context, *_args: Value, **_options: Value) -> Value:
    context.fail(
        "TC109", "np.frompyfunc makes arrays of objects, which have no derivatives", hint="use np.vectorize"
    )


@builtin(np.fromfunction)
def _fromfunction(
    context: Context, function: Value, shape: Value, *, dtype: Value = _FLOAT, **kwargs: Value
) -> Value:
    """The function of the arrays of indices."""
    axes = len(items_of(context, shape, "the number of axes"))
    grid = numpy_call(context, "np.indices", context.snapshot(shape), dtype=dtype)
    if is_undefined(grid):
        return UNDEF
    entries = [getitem(context, grid, Literal(axis)) for axis in range(axes)]
    return context.call(Partial(function, (), kwargs), *entries)
