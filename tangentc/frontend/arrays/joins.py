"""Functions that put arrays together: blocks, borders, grids, more axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.frontend.arrays.operands import array_of, holds_undefined, known_rank, numpy_call
from tangentc.frontend.expressions.indexing import SUBSCRIPTED
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    ListValue,
    Shape,
    SliceValue,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import Array, dtype_of, is_number, rank_of

__all__ = ["broadcast_to_one"]

_NOTHING = Literal(None)
_FALSE = Literal(False)
_TRUE = Literal(True)
_ZERO = Literal(0)
_ONE = Literal(1)
_CONSTANT = Literal("constant")
_XY = Literal("xy")


@builtin(np.block)
def _block(context: Context, arrays: Value) -> Value:
    """Lists of the innermost level are joined along the last axis, those around them along the ones before."""

    def depth(value: Value) -> int:
        items = _list_items(context, value)
        return 0 if items is None else 1 + max(map(depth, items), default=0)

    def ranks(value: Value) -> int:
        items = _list_items(context, value)
        return known_rank(context, value, "a block") if items is None else max(map(ranks, items), default=0)

    if holds_undefined(context, arrays):
        return UNDEF
    levels = depth(arrays)
    axes = max(levels, ranks(arrays))

    def joined(value: Value, level: int) -> Value:
        items = _list_items(context, value)
        if items is None:
            return _with_axes(context, value, axes)
        parts = tuple(joined(item, level - 1) for item in items)
        if len(parts) == 1:
            return parts[0]
        return numpy_call(context, "np.concatenate", TupleValue(parts), axis=Literal(-level))

    result = joined(arrays, levels)
    return numpy_call(context, "np.copy", result) if isinstance(result, Var) else result


def _list_items(context: Context, value: Value) -> Sequence[Value] | None:
    match context.contents(value):
        case ListValue(items):
            return items
        case TupleValue():
            context.fail("TC115", "np.block takes lists, not tuples")
        case Literal(list() as items):
            return [Literal(item) for item in items]
    return None


def _with_axes(context: Context, value: Value, axes: int) -> Value:
    """An array with axes of size 1 before its own."""
    rank = known_rank(context, value, "a block")
    if rank == axes:
        return value
    if rank == 0:
        return numpy_call(context, "np.full", TupleValue((_ONE,) * axes), value)
    assert isinstance(value, Var)
    return context.builder.getitem(value, (*(None,) * (axes - rank), Ellipsis))


def _atleast(function: Any, name: str) -> None:
    @builtin(function)
    def atleast(context: Context, *arys: Value) -> Value:
        found = tuple(numpy_call(context, name, array_of(context, ary)) for ary in arys)
        return found[0] if len(found) == 1 else TupleValue(found)


for _number in (1, 2, 3):
    _atleast(getattr(np, f"atleast_{_number}d"), f"np.atleast_{_number}d")


def _subscripted(context: Context, name: str, key: Value) -> list[tuple[Value, bool]]:
    """The entries of `np.r_[…]`, and whether each is a Python number."""
    entries = key.items if isinstance(key, TupleValue) else (key,)
    if isinstance(key, Literal) and isinstance(key.value, tuple):
        entries = tuple(map(Literal, key.value))
    found = []
    for entry in entries:
        if isinstance(entry, SliceValue):
            found.append((_run(context, entry), False))
            continue
        if isinstance(entry, Literal) and isinstance(entry.value, str):
            context.fail("TC109", f"a directive in {name}[…] is not supported", hint="use np.concatenate")
        array = array_of(context, entry)
        is_python = isinstance(array, Literal) and type(array.value) in (bool, int, float, complex)
        found.append((array, is_python))
    return found


def _run(context: Context, entry: SliceValue) -> Value:
    """`a:b:c` as np.arange, `a:b:5j` as np.linspace."""
    start = _ZERO if entry.start == _NOTHING else entry.start
    step = _ONE if entry.step == _NOTHING else entry.step
    known = context.constant(step)
    if known is not None and isinstance(known.value, complex):
        return numpy_call(context, "np.linspace", start, entry.stop, Literal(int(abs(known.value))))
    return numpy_call(context, "np.arange", start, entry.stop, step)


def _concatenated(
    context: Context, parts: Sequence[tuple[Value, bool]], rows: Sequence[Value], axis: int
) -> Value:
    """Python numbers leave the dtype of the arrays that they are put among."""
    options: dict[str, Value] = {"axis": Literal(axis)}
    kinds = [dtype_of(kind_of(context.atom(part))) for part, _ in parts]
    if any(is_python for _, is_python in parts) and all(kind is not None for kind in kinds):
        examples = [
            part.value if is_python and isinstance(part, Literal) else dtype
            for (part, is_python), dtype in zip(parts, kinds, strict=True)
        ]
        options["dtype"] = Literal(np.result_type(*examples))
    if len(rows) == 1:
        return numpy_call(context, "np.copy", rows[0])
    return numpy_call(context, "np.concatenate", TupleValue(tuple(rows)), **options)


def _r(context: Context, key: Value) -> Value:
    """`np.r_[a, 0:3, 1.0]`: joined along the first axis."""
    parts = _subscripted(context, "np.r_", key)
    if any(is_undefined(part) for part, _ in parts):
        return UNDEF
    rows = [
        numpy_call(context, "np.reshape", part, _ONE)
        if known_rank(context, part, "an entry of np.r_") == 0
        else part
        for part, _ in parts
    ]
    return _concatenated(context, parts, rows, 0)


def _c(context: Context, key: Value) -> Value:
    """`np.c_[a, b]`: vectors are columns."""
    parts = _subscripted(context, "np.c_", key)
    if any(is_undefined(part) for part, _ in parts):
        return UNDEF
    column = Literal((-1, 1))
    rows = [
        numpy_call(context, "np.reshape", part, column)
        if known_rank(context, part, "an entry of np.c_") < 2
        else part
        for part, _ in parts
    ]
    return _concatenated(context, parts, rows, -1)


SUBSCRIPTED.extend([(np.r_, _r), (np.c_, _c)])


@builtin(np.pad)
def _pad(
    context: Context, array: Value, pad_width: Value, mode: Value = _CONSTANT, **options: Value
) -> Value:
    """A constant that is not known when the function is compiled goes where no entry of the array is."""
    if is_callable(mode):
        context.fail(
            "TC109", "np.pad with a function that writes the padding is not supported",
            hint="pad with zeros, and write the padding with assignments",
        )  # fmt: skip
    pad_width = _as_tuples(context, pad_width)
    value = options.get("constant_values")
    if value is None or is_undefined(value) or context.constant(context.snapshot(value)) is not None:
        return numpy_call(context, "np.pad", array, pad_width, mode=mode, **options)
    value = array_of(context, value)
    if context.static(mode, "'mode' of np.pad") != "constant" or rank_of(kind_of(context.atom(value))) != 0:
        context.fail(
            "TC112", "constant_values of np.pad must be known when the function is compiled, or one number",
            hint="pad one side after the other",
        )  # fmt: skip
    array = context.atom(array_of(context, array))
    if is_undefined(array):
        return UNDEF
    inside = numpy_call(context, "np.ones", Shape(array), dtype=Literal(bool))  # type: ignore[arg-type]
    return numpy_call(
        context, "np.where", numpy_call(context, "np.pad", inside, pad_width),
        numpy_call(context, "np.pad", array, pad_width), value,
    )  # fmt: skip


def _as_tuples(context: Context, value: Value) -> Value:
    """Widths in lists or in a constant array, as NumPy takes them in tuples."""
    held = context.snapshot(value)
    known = context.constant(held)
    if known is not None and isinstance(known.value, (list, np.ndarray)):
        return Literal(_tuples(np.asarray(known.value).tolist()))
    if isinstance(held, (TupleValue, ListValue)):
        return TupleValue(tuple(_as_tuples(context, item) for item in held.items))
    return held


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@builtin(np.broadcast_arrays)
def _broadcast_arrays(context: Context, *args: Value, subok: Value = _FALSE) -> Value:
    return TupleValue(tuple(broadcast_to_one(context, [array_of(context, arg) for arg in args])))


def broadcast_to_one(context: Context, operands: Sequence[Value]) -> list[Value]:
    atoms = [context.atom(operand) for operand in operands]
    if any(map(is_undefined, atoms)):
        return [UNDEF for _ in atoms]
    kinds = [kind_of(atom) for atom in atoms]
    dims = [kind.dims if isinstance(kind, Array) else () for kind in kinds]
    if all(given == dims[0] is not None for given in dims) and all(isinstance(k, Array) for k in kinds):
        return list(atoms)
    shapes = [Shape(a) if isinstance(a, Var) else Literal(np.shape(a.value)) for a in atoms]
    shape = context.op("np.broadcast_shapes", *(context.atom(shape) for shape in shapes))
    return [numpy_call(context, "np.broadcast_to", atom, shape) for atom in atoms]


@builtin(np.broadcast_shapes)
def _broadcast_shapes(context: Context, *args: Value) -> Value:
    shapes = [context.atom(context.snapshot(arg)) for arg in args]
    shapes = [
        context.op("tuple", shape) if not is_undefined(shape) and is_number(kind_of(shape)) else shape
        for shape in shapes
    ]
    return context.op("np.broadcast_shapes", *shapes)


@builtin(np.meshgrid)
def _meshgrid(
    context: Context, *xi: Value, copy: Value = _TRUE, sparse: Value = _FALSE, indexing: Value = _XY
) -> Value:
    """Each vector along an axis of its own, the first two exchanged for indexing="xy"."""
    order = context.static(indexing, "'indexing' of np.meshgrid")
    if order not in ("xy", "ij"):
        context.fail("TC115", "Valid values for `indexing` are 'xy' and 'ij'.")
    vectors = [context.atom(array_of(context, x)) for x in xi]
    if any(map(is_undefined, vectors)):
        return UNDEF
    axes = list(range(len(vectors)))
    if order == "xy" and len(axes) > 1:
        axes[:2] = [1, 0]
    sizes: list[Value] = [context.op("size", vector) for vector in vectors]
    grids = [
        numpy_call(
            context, "np.reshape", vector, Literal(tuple(-1 if k == axis else 1 for k in range(len(axes))))
        )
        for vector, axis in zip(vectors, axes, strict=True)
    ]
    if not context.static(sparse, "'sparse' of np.meshgrid"):
        shape = TupleValue(tuple(sizes[axes.index(k)] for k in range(len(axes))))
        grids = [numpy_call(context, "np.broadcast_to", grid, shape) for grid in grids]
    if context.static(copy, "'copy' of np.meshgrid"):
        grids = [numpy_call(context, "np.copy", grid) for grid in grids]
    return TupleValue(tuple(grids))
