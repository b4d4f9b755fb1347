"""Functions that take arrays apart: each part is a view, or what is left is put together again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tangentc.frontend.arrays.operands import array_of, known_axis, known_rank, numpy_call, size_along
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import known_items
from tangentc.frontend.expressions.operators import binary
from tangentc.frontend.library import arrays, library_call, lists
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    ListValue,
    SliceValue,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, kind_of
from tangentc.kinds.types import Array

__all__: list[str] = []

_NOTHING = Literal(None)
_ZERO = Literal(0)
_BOTH = Literal("fb")


def _slice(axis: int, start: Value, stop: Value) -> Value:
    whole = SliceValue(_NOTHING, _NOTHING, _NOTHING)
    return TupleValue((*(whole,) * axis, SliceValue(start, stop, _NOTHING)))  # type: ignore[arg-type]


def _parts(context: Context, array: Value, bounds: Sequence[Value], axis: int) -> Value:
    """`[x[:b0], x[b0:b1], …, x[bn:]]` along an axis."""
    atoms = [_NOTHING, *(context.atom(bound) for bound in bounds), _NOTHING]
    if any(map(is_undefined, atoms)):
        return UNDEF
    pairs = pairwise(atoms)
    items = tuple(getitem(context, array, _slice(axis, start, stop)) for start, stop in pairs)
    return context.allocate(ListValue(items))


def _split(
    context: Context, name: str, ary: Value, indices_or_sections: Value, axis: Value | int, equal: bool
) -> Value:
    array = array_of(context, ary)
    if is_undefined(array) or is_undefined(indices_or_sections):
        return UNDEF
    kind = kind_of(context.atom(array))
    if not isinstance(kind, Array) or kind.dims is None:
        context.fail("TC112", f"the number of axes of what {name} parts must be known")
    place = axis if isinstance(axis, int) else known_axis(context, axis, len(kind.dims), name)
    if place >= len(kind.dims):
        context.fail("TC116", f"{name} of an array with {len(kind.dims)} axes")
    sections = context.snapshot(indices_or_sections)
    known = context.constant(sections)
    if known is not None and isinstance(known.value, (int, np.integer)):
        bounds = _bounds(context, array, place, int(known.value), equal)
        return _parts(context, array, bounds, place)
    if known is not None and isinstance(known.value, np.ndarray):
        return _parts(context, array, [Literal(int(b)) for b in known.value], place)
    found = known_items(context, sections)
    if found is None:
        context.fail("TC112", f"how many parts {name} makes must be known when the function is compiled")
    return _parts(context, array, found, place)


def _bounds(context: Context, array: Value, axis: int, count: int, equal: bool) -> list[Value]:
    """Where the parts begin, but for the first; those that are longer by one come first."""
    if count <= 0:
        context.fail("TC116", "number sections must be larger than 0")
    size = size_along(context, array, axis)
    if equal:
        part = library_call(context, arrays.equal_part, size, Literal(count))
        return [binary(context, "mul", part, Literal(k)) if k > 1 else part for k in range(1, count)]
    if isinstance(size, Literal):
        each, longer = divmod(size.value, count)
        return [Literal(k * each + min(k, longer)) for k in range(1, count)]
    each, left = (
        binary(context, "floordiv", size, Literal(count)),
        binary(context, "mod", size, Literal(count)),
    )
    return [
        binary(context, "add", binary(context, "mul", each, Literal(k)), context.op("min", left, Literal(k)))
        for k in range(1, count)
    ]


@builtin(np.split)
def _np_split(context: Context, ary: Value, indices_or_sections: Value, axis: Value = _ZERO) -> Value:
    return _split(context, "np.split", ary, indices_or_sections, axis, True)


@builtin(np.array_split)
def _np_array_split(context: Context, ary: Value, indices_or_sections: Value, axis: Value = _ZERO) -> Value:
    return _split(context, "np.array_split", ary, indices_or_sections, axis, False)


@builtin(np.vsplit)
def _vsplit(context: Context, ary: Value, indices_or_sections: Value) -> Value:
    return _split(context, "np.vsplit", ary, indices_or_sections, 0, True)


@builtin(np.hsplit)
def _hsplit(context: Context, ary: Value, indices_or_sections: Value) -> Value:
    array = array_of(context, ary)
    if is_undefined(array):
        return UNDEF
    axis = 1 if known_rank(context, array, "what np.hsplit parts") > 1 else 0
    return _split(context, "np.hsplit", array, indices_or_sections, axis, True)


@builtin(np.dsplit)
def _dsplit(context: Context, ary: Value, indices_or_sections: Value) -> Value:
    return _split(context, "np.dsplit", ary, indices_or_sections, 2, True)


if hasattr(np, "unstack"):

    @builtin(np.unstack)
    def _unstack(context: Context, x: Value, /, *, axis: Value = _ZERO) -> Value:
        moved = numpy_call(context, "np.moveaxis", x, source=axis, destination=_ZERO)
        items = known_items(context, moved)
        return library_call(context, lists.collected, moved) if items is None else TupleValue(items)


@builtin(np.trim_zeros)
def _trim_zeros(context: Context, filt: Value, trim: Value = _BOTH, axis: Value = _NOTHING) -> Value:
    row = array_of(context, filt)
    if is_undefined(row):
        return UNDEF
    if known_rank(context, row, "what np.trim_zeros trims") != 1 or axis != _NOTHING:
        context.fail("TC109", "np.trim_zeros is supported for arrays with one axis")
    ends = str(context.static(trim, "'trim' of np.trim_zeros")).lower()
    return library_call(context, arrays.trimmed, row, Literal("f" in ends), Literal("b" in ends))


def _positions(context: Context, name: str, array: Value, obj: Value, axis: Value) -> Value:
    """The positions that np.delete and np.insert are given; a slice as the positions in it."""
    if isinstance(obj, SliceValue):
        known = context.static(axis, f"'axis' of {name}")
        rank = known_rank(context, array, f"the array of {name}")
        if known is None:
            size: Value = context.op("size", array)
        else:
            size = size_along(context, array, known_axis(context, axis, rank, name))
        return getitem(context, numpy_call(context, "np.arange", size), obj)
    return obj


@builtin(np.delete)
def _delete(context: Context, arr: Value, obj: Value, axis: Value = _NOTHING) -> Value:
    array = array_of(context, arr)
    if is_undefined(array):
        return UNDEF
    return numpy_call(
        context, "np.delete", array, _positions(context, "np.delete", array, obj, axis), axis=axis
    )


@builtin(np.insert)
def _insert(context: Context, arr: Value, obj: Value, values: Value, axis: Value = _NOTHING) -> Value:
    array = array_of(context, arr)
    if is_undefined(array):
        return UNDEF
    at = _positions(context, "np.insert", array, obj, axis)
    return numpy_call(context, "np.insert", array, at, values, axis=axis)
