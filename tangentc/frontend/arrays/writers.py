"""Library functions and methods that write their arrays: each is one store, or a few, of the trace.

`np.copyto(a, b)` is `a[...] = b`, `x.sort()` is `x[...] = x[order]`: what they write is indexed, and what
they write into it is computed first, so that nothing is special about them afterwards.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.frontend.arrays.stores import (
    augment,
    check_cast,
    masked,
    part_of,
    require_array,
    store,
    whole,
)
from tangentc.frontend.expressions.indexing import flat_part, getitem, place, size_of_axis
from tangentc.frontend.expressions.iteration import same_length
from tangentc.frontend.expressions.operations import apply_primitive, as_array
from tangentc.frontend.expressions.operators import BINARY, binary
from tangentc.frontend.objects.containers import set_item
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    DictValue,
    Flat,
    ListValue,
    Shape,
    SliceValue,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import Array, can_be_active, dtype_of, is_number, rank_of
from tangentc.primitives.core import named

__all__ = ["WRITING_METHODS", "set_array_attribute", "shuffle", "write_method"]

_NOTHING, _TRUE, _FALSE = Literal(None), Literal(True), Literal(False)
_SAME_KIND, _RAISE, _LAST = Literal("same_kind"), Literal("raise"), Literal(-1)
_FIRST, _ONE = Literal(0), Literal(1)
_INTROSELECT = Literal("introselect")


def _library(context: Context, name: str, *args: Value, **kwargs: Value) -> Value:
    return apply_primitive(context, named(name), args, kwargs)


# --- functions ------------------------------------------------------------------------------------


@builtin(np.copyto)
def _copyto(
    context: Context,
    dst: Value,
    src: Value,
    casting: Value = _SAME_KIND,
    where: Value = _TRUE,
) -> Value:
    """`dst[...] = src`, or under a mask `dst[mask] = src[mask]`."""
    target = require_array(context, dst)
    rule = str(context.static(casting, "'casting' of np.copyto"))
    if where == Literal(True):
        store(context, whole(target), src, rule)
        return _NOTHING
    chosen = masked(context, target, where)
    if chosen is not None:
        part, pick = chosen
        store(context, part, pick(src), rule)
    return _NOTHING


@builtin(np.putmask)
def _putmask(context: Context, a: Value, mask: Value, values: Value) -> Value:
    """`a[mask] = values[mask]`; values of another size are repeated to the size of a."""
    target = require_array(context, a)
    values = as_array(context, values)
    chosen = masked(context, target, mask)
    if chosen is None or is_undefined(values):
        return UNDEF
    part, pick = chosen
    if not _is_single(values) and not _same_dims(values, target):
        values = _library(
            context, "np.reshape", _repeated(context, values, context.op("size", target)), Shape(target)
        )
    store(context, part, pick(values), "safe" if not _is_single(values) else "unsafe")
    return _NOTHING


@builtin(np.place)
def _place(context: Context, arr: Value, mask: Value, vals: Value) -> Value:
    """The chosen entries get the values one after the other, from the first again when they are used up."""
    target = require_array(context, arr)
    vals = as_array(context, vals)
    chosen = masked(context, target, mask)
    if chosen is None or is_undefined(vals):
        return UNDEF
    part, _ = chosen
    if not _is_single(vals):
        vals = _repeated(context, vals, _library(context, "np.count_nonzero", part.operands[0]))
    store(context, part, vals)
    return _NOTHING


@builtin(np.put)
def _put(context: Context, a: Value, ind: Value, v: Value, mode: Value = _RAISE) -> Value:
    """`a.flat[ind] = v`, with v repeated."""
    target = require_array(context, a)
    if context.static(mode, "'mode' of np.put") != "raise":
        context.fail("TC115", "the argument 'mode' of np.put is not supported")
    ind, v = as_array(context, ind), as_array(context, v)
    if is_undefined(ind) or is_undefined(v):
        return UNDEF
    if dtype_of(kind_of(context.atom(ind))) == np.dtype(bool):
        context.fail("TC115", "the positions of np.put must be integers")
    if not _is_single(ind):
        ind = _row(context, ind)
    if not _is_single(v):
        count = size_of_axis(context, ind, 0) if isinstance(ind, Var) and not _is_single(ind) else _ONE
        v = _repeated(context, v, count)
        v = getitem(context, v, Literal(0)) if _is_single(ind) else v
    store(context, flat_part(context, Flat(target), ind), v)
    return _NOTHING


@builtin(np.fill_diagonal)
def _fill_diagonal(context: Context, a: Value, val: Value, wrap: Value = _FALSE) -> Value:
    """The entries whose indices are equal; more values than entries are left over, fewer are repeated."""
    target = require_array(context, a)
    if rank_of(target.kind) != 2 or context.static(wrap, "'wrap' of np.fill_diagonal"):
        context.fail("TC109", "np.fill_diagonal is supported for matrices, without wrap")
    val = as_array(context, val)
    rows, columns = (context.atom(size_of_axis(context, target, axis)) for axis in (0, 1))
    chosen = _library(context, "np.eye", rows, columns, dtype=Literal(bool))
    if is_undefined(val) or is_undefined(chosen):
        return UNDEF
    if not _is_single(val):
        val = _repeated(
            context, val, rows if same_length(rows, columns) else context.op("min", rows, columns)
        )
    store(context, place(context, target, chosen), val)
    return _NOTHING


@builtin(np.put_along_axis)
def _put_along_axis(
    context: Context, arr: Value, indices: Value, values: Value, axis: Value = _LAST
) -> Value:
    """`arr[..., indices, ...] = values`, the other indices running over their axes."""
    target = require_array(context, arr)
    known = context.static(axis, "'axis' of np.put_along_axis")
    if known is None:
        return _put(context, target, indices, values)
    store(context, part_of(context, target, _along(context, target, indices, known)), values)
    return _NOTHING


def _along(context: Context, array: Var, indices: Value, axis: int) -> Value:
    """The index that takes `indices` along an axis, each of them at its own place of the other axes."""
    rank = rank_of(array.kind)
    if rank is None:
        context.fail("TC112", "the number of axes of the array must be known")
    entries: list[Value] = []
    for position in range(rank):
        if position == axis % rank:
            entries.append(indices)
            continue
        run = _library(context, "np.arange", size_of_axis(context, array, position))
        shape = tuple(Literal(-1 if k == position else 1) for k in range(rank))
        entries.append(_library(context, "np.reshape", run, TupleValue(shape)))
    return TupleValue(tuple(entries))


def _repeated(context: Context, values: Value, count: Value) -> Value:
    """The first `count` entries of endless repetitions of some values."""
    row = _row(context, values)
    if same_length(context.atom(count), context.atom(size_of_axis(context, row, 0))):
        return row
    run = _library(context, "np.arange", count)
    return getitem(context, row, binary(context, "mod", run, context.op("size", row)))


def _row(context: Context, values: Value) -> Var:
    """The entries in one row."""
    given = context.atom(values)
    if rank_of(kind_of(given)) != 1:
        given = context.atom(_library(context, "np.ravel", given))
    return require_array(context, given)


def _is_single(value: Value) -> bool:
    """Whether a value is a number, or an array without axes."""
    return isinstance(value, (Var, Literal)) and rank_of(kind_of(value)) == 0


def _same_dims(value: Value, array: Var) -> bool:
    kind = kind_of(value) if isinstance(value, (Var, Literal)) else None
    return (
        isinstance(kind, Array) and isinstance(array.kind, Array) and kind.dims == array.kind.dims is not None
    )


@builtin(np.nan_to_num)
def _nan_to_num(context: Context, x: Value, copy: Value = _TRUE, **options: Value) -> Value:
    """Without a copy, the array itself."""
    result = _library(context, "np.nan_to_num", x, **options)
    if context.static(copy, "'copy' of np.nan_to_num") or not isinstance(x, Var):
        return result
    store(context, whole(require_array(context, x)), result)
    return x


# --- operators ------------------------------------------------------------------------------------


@builtin(operator.setitem)
def _setitem(context: Context, a: Value, b: Value, c: Value) -> Value:
    if isinstance(context.contents(a), (ListValue, DictValue)):
        set_item(context, a, b, c)
    else:
        store(context, part_of(context, a, b), c)
    return _NOTHING


def _in_place(name: str) -> Callable[..., Value]:
    def run(context: Context, a: Value, b: Value) -> Value:
        """`a op= b`, whose value is a if that is changed in place."""
        if isinstance(a, Var) and isinstance(a.kind, Array):
            augment(context, whole(a), name, b)
            return a
        if isinstance(a, (Var, Literal)) and (is_number(kind_of(a)) or is_undefined(a)):
            return binary(context, name, a, b)
        context.fail("TC113", "what is changed here is not known to be an array or a number")

    return run


for _name in BINARY.values():
    builtin(getattr(operator, f"i{_name.rstrip('_')}"))(_in_place(_name))


# --- methods --------------------------------------------------------------------------------------


def _fill(context: Context, array: Var, value: Value) -> None:
    store(context, whole(array), value)


def _sort(
    context: Context, array: Var, axis: Value = _LAST, kind: Value = _NOTHING, stable: Value = _NOTHING
) -> None:
    """`x[...] = x[order]`: equal entries keep their order, which nobody can tell but their derivatives."""
    del kind, stable
    known = context.static(axis, "'axis' of sort")
    order = _library(context, "np.argsort", array, axis=Literal(known), kind=Literal("stable"))
    index = order if rank_of(array.kind) == 1 else _along(context, array, order, known)
    store(context, whole(array), getitem(context, array, index))


def _partition(
    context: Context, array: Var, kth: Value, axis: Value = _LAST, kind: Value = _INTROSELECT
) -> None:
    store(context, whole(array), _library(context, "np.partition", array, kth, axis, kind))


def _method_put(context: Context, array: Var, indices: Value, values: Value, mode: Value = _RAISE) -> None:
    _put(context, array, indices, values, mode)


def _method_setitem(context: Context, array: Var, key: Value, value: Value) -> None:
    store(context, part_of(context, array, key), value)


WRITING_METHODS: dict[str, Callable[..., None]] = {
    "fill": _fill, "sort": _sort, "partition": _partition, "put": _method_put, "__setitem__": _method_setitem,
}  # fmt: skip
"""Methods of arrays that write the array and return nothing."""

_REFUSED = {
    "resize": "make a new array: np.resize, np.append or np.zeros",
    "setflags": "leave the flags as they are",
    "setfield": "write to a view of that dtype outside the function",
    "byteswap": "use the values as they are",
}


def write_method(
    context: Context, array: Var, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """A call of a method that writes its array; None if it is none."""
    if name in _REFUSED:
        context.fail("TC108", f"the method {name!r} of an array is not supported", hint=_REFUSED[name])
    handler = WRITING_METHODS.get(name)
    if handler is None:
        return None
    try:
        inspect.signature(handler).bind(context, array, *args, **kwargs)
    except TypeError as error:
        context.fail("TC115", f"{name}(): {error}")
    if any(map(is_undefined, (*args, *kwargs.values()))):
        return UNDEF
    handler(context, array, *args, **kwargs)
    return _NOTHING


def shuffle(
    context: Context, draw: Callable[[Value], Value], args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """`rng.shuffle(x)` as `x[...] = x[order]`; None if no derivative can go with the entries.

    `draw` shuffles the positions in x's stead, for which the generator draws the same numbers.
    """
    array, *rest = args or (_NOTHING,)
    if not isinstance(array, Var) or not isinstance(array.kind, Array) or not can_be_active(array.kind):
        return None
    axis = context.static(rest[0] if rest else kwargs.get("axis", _FIRST), "'axis' of shuffle")
    order = _library(context, "np.arange", size_of_axis(context, array, axis))
    draw(order)
    rows = SliceValue(_NOTHING, _NOTHING, _NOTHING)
    store(context, whole(array), getitem(context, array, TupleValue((*(rows,) * axis, order))))
    return _NOTHING


# --- attributes -----------------------------------------------------------------------------------


def set_array_attribute(context: Context, array: Var, name: str, value: Value) -> None:
    """`x.name = value` of an array."""
    match name:
        case "flat":
            _put(context, array, _library(context, "np.arange", context.op("size", array)), value)
        case "real" | "imag" if isinstance(array.kind, Array) and array.kind.dtype is not None:
            _set_part(context, array, array.kind.dtype, name, value)
        case _:
            context.fail(
                "TC108", f"a write to the attribute {name!r} of an array is not supported",
                hint="make a new array: x.reshape(...), x.astype(...)",
            )  # fmt: skip


def _set_part(context: Context, array: Var, dtype: np.dtype[Any], name: str, value: Value) -> None:
    if dtype.kind != "c":
        if name == "imag":
            context.fail("TC128", f"an array of dtype {dtype} has no imaginary part to write")
        store(context, whole(array), value)
        return
    given = as_array(context, value)
    kind = kind_of(context.atom(given))
    if dtype_of(kind) is None:
        context.fail("TC113", "what is written here must be known to be real")
    check_cast(context, kind, Array(np.dtype(float), ()))
    rest = context.op("np.imag" if name == "real" else "np.real", array)
    real, imaginary = (given, rest) if name == "real" else (rest, given)
    store(context, whole(array), binary(context, "add", real, binary(context, "mul", Literal(1j), imaginary)))
