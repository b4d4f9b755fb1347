"""NumPy's functions that join, part, select and map: each as what it is made of.

What they do with arrays of known rank is indexing, `np.where`, `np.concatenate` and loops, whose derivatives are
known; so views stay views, and a function of the user is looked into.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tangentc.frontend.arrays.outputs import apply_function
from tangentc.frontend.arrays.stores import part_of, store
from tangentc.frontend.expressions.indexing import SUBSCRIPTED, getitem, size_of_axis
from tangentc.frontend.expressions.iteration import items_of, known_items
from tangentc.frontend.expressions.operations import as_array
from tangentc.frontend.expressions.operators import binary
from tangentc.frontend.functions.passive import opaque
from tangentc.frontend.library import arrays, library_call, lists
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    Flat,
    ListValue,
    Partial,
    Shape,
    SliceValue,
    Static,
    TupleValue,
    Value,
    children,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, If, Literal, Node, Var, kind_of
from tangentc.kinds.types import Array, can_be_active, dtype_of, is_number, rank_of, same_dtype
from tangentc.primitives.core import named

__all__ = ["call_method", "vectorized"]

_NOTHING, _FALSE, _TRUE = Literal(None), Literal(False), Literal(True)
_ZERO, _ONE = Literal(0), Literal(1)
_CONSTANT, _BOTH, _XY, _RAISE = Literal("constant"), Literal("fb"), Literal("xy"), Literal("raise")
_FLOAT, _LEFT = Literal(float), Literal("left")


def _library(context: Context, name: str, *args: Value, **kwargs: Value) -> Value:
    return apply_function(context, named(name), args, kwargs)


def _may_vary(context: Context, value: Value) -> bool:
    """Whether a value is, or holds, what a derivative could be taken with respect to."""
    held = context.snapshot(value)
    if isinstance(held, Var):
        return can_be_active(held.kind)
    return any(_may_vary(context, child) for child in children(held))


def _array(context: Context, value: Value) -> Value:
    return as_array(context, context.snapshot(value))


def _rank(context: Context, value: Value, what: str) -> int:
    """The number of axes of a number or array.

    Raises: UnsupportedSyntaxError: TC112, it is not known.
    """
    found = rank_of(kind_of(context.atom(value)))
    if found is None:
        context.fail("TC112", f"the number of axes of {what} must be known")
    return found


def _size(context: Context, value: Value, axis: int) -> Value:
    return size_of_axis(context, value, axis) if isinstance(value, Var) else _ONE


def _axis(context: Context, axis: Value, rank: int, what: str) -> int:
    known = context.static(axis, f"'axis' of {what}")
    if not isinstance(known, (int, np.integer)) or not -rank <= known < rank:
        context.fail("TC116", f"axis {known} of an array with {rank} axes")
    return int(known) % rank


def _slice(axis: int, start: Value, stop: Value) -> Value:
    whole = SliceValue(_NOTHING, _NOTHING, _NOTHING)
    return TupleValue((*(whole,) * axis, SliceValue(start, stop, _NOTHING)))  # type: ignore[arg-type]


# --- parts ----------------------------------------------------------------------------------------


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
    array = _array(context, ary)
    if is_undefined(array) or is_undefined(indices_or_sections):
        return UNDEF
    kind = kind_of(context.atom(array))
    if not isinstance(kind, Array) or kind.dims is None:
        context.fail("TC112", f"the number of axes of what {name} parts must be known")
    place = axis if isinstance(axis, int) else _axis(context, axis, len(kind.dims), name)
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
    size = _size(context, array, axis)
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
    array = _array(context, ary)
    if is_undefined(array):
        return UNDEF
    axis = 1 if _rank(context, array, "what np.hsplit parts") > 1 else 0
    return _split(context, "np.hsplit", array, indices_or_sections, axis, True)


@builtin(np.dsplit)
def _dsplit(context: Context, ary: Value, indices_or_sections: Value) -> Value:
    return _split(context, "np.dsplit", ary, indices_or_sections, 2, True)


if hasattr(np, "unstack"):

    @builtin(np.unstack)
    def _unstack(context: Context, x: Value, /, *, axis: Value = _ZERO) -> Value:
        moved = _library(context, "np.moveaxis", x, source=axis, destination=_ZERO)
        items = known_items(context, moved)
        return library_call(context, lists.collected, moved) if items is None else TupleValue(items)


@builtin(np.trim_zeros)
def _trim_zeros(context: Context, filt: Value, trim: Value = _BOTH, axis: Value = _NOTHING) -> Value:
    row = _array(context, filt)
    if is_undefined(row):
        return UNDEF
    if _rank(context, row, "what np.trim_zeros trims") != 1 or axis != _NOTHING:
        context.fail("TC109", "np.trim_zeros is supported for arrays with one axis")
    ends = str(context.static(trim, "'trim' of np.trim_zeros")).lower()
    return library_call(context, arrays.trimmed, row, Literal("f" in ends), Literal("b" in ends))


def _positions(context: Context, name: str, array: Value, obj: Value, axis: Value) -> Value:
    """The positions that np.delete and np.insert are given; a slice as the positions in it."""
    if isinstance(obj, SliceValue):
        known = context.static(axis, f"'axis' of {name}")
        rank = _rank(context, array, f"the array of {name}")
        if known is None:
            size: Value = context.op("size", array)
        else:
            size = _size(context, array, _axis(context, axis, rank, name))
        return getitem(context, _library(context, "np.arange", size), obj)
    return obj


@builtin(np.delete)
def _delete(context: Context, arr: Value, obj: Value, axis: Value = _NOTHING) -> Value:
    array = _array(context, arr)
    if is_undefined(array):
        return UNDEF
    return _library(
        context, "np.delete", array, _positions(context, "np.delete", array, obj, axis), axis=axis
    )


@builtin(np.insert)
def _insert(context: Context, arr: Value, obj: Value, values: Value, axis: Value = _NOTHING) -> Value:
    array = _array(context, arr)
    if is_undefined(array):
        return UNDEF
    at = _positions(context, "np.insert", array, obj, axis)
    return _library(context, "np.insert", array, at, values, axis=axis)


# --- padding --------------------------------------------------------------------------------------


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
        return _library(context, "np.pad", array, pad_width, mode=mode, **options)
    value = _array(context, value)
    if context.static(mode, "'mode' of np.pad") != "constant" or rank_of(kind_of(context.atom(value))) != 0:
        context.fail(
            "TC112", "constant_values of np.pad must be known when the function is compiled, or one number",
            hint="pad one side after the other",
        )  # fmt: skip
    array = context.atom(_array(context, array))
    if is_undefined(array):
        return UNDEF
    inside = _library(context, "np.ones", Shape(array), dtype=Literal(bool))  # type: ignore[arg-type]
    return _library(
        context, "np.where", _library(context, "np.pad", inside, pad_width),
        _library(context, "np.pad", array, pad_width), value,
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


# --- joins ----------------------------------------------------------------------------------------


@builtin(np.block)
def _block(context: Context, arrays: Value) -> Value:
    """Lists of the innermost level are joined along the last axis, those around them along the ones before."""

    def depth(value: Value) -> int:
        items = _list_items(context, value)
        return 0 if items is None else 1 + max(map(depth, items), default=0)

    def ranks(value: Value) -> int:
        items = _list_items(context, value)
        return _rank(context, value, "a block") if items is None else max(map(ranks, items), default=0)

    if _holds_undefined(context, arrays):
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
        return _library(context, "np.concatenate", TupleValue(parts), axis=Literal(-level))

    result = joined(arrays, levels)
    return _library(context, "np.copy", result) if isinstance(result, Var) else result


def _list_items(context: Context, value: Value) -> Sequence[Value] | None:
    match context.contents(value):
        case ListValue(items):
            return items
        case TupleValue():
            context.fail("TC115", "np.block takes lists, not tuples")
        case Literal(list() as items):
            return [Literal(item) for item in items]
    return None


def _holds_undefined(context: Context, value: Value) -> bool:
    held = context.snapshot(value)
    return is_undefined(held) or any(_holds_undefined(context, child) for child in children(held))


def _with_axes(context: Context, value: Value, axes: int) -> Value:
    """An array with axes of size 1 before its own."""
    rank = _rank(context, value, "a block")
    if rank == axes:
        return value
    if rank == 0:
        return _library(context, "np.full", TupleValue((_ONE,) * axes), value)
    assert isinstance(value, Var)
    return context.builder.getitem(value, (*(None,) * (axes - rank), Ellipsis))


def _atleast(function: Any, name: str) -> None:
    @builtin(function)
    def atleast(context: Context, *arys: Value) -> Value:
        found = tuple(_library(context, name, _array(context, ary)) for ary in arys)
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
        array = _array(context, entry)
        is_python = isinstance(array, Literal) and type(array.value) in (bool, int, float, complex)
        found.append((array, is_python))
    return found


def _run(context: Context, entry: SliceValue) -> Value:
    """`a:b:c` as np.arange, `a:b:5j` as np.linspace."""
    start = _ZERO if entry.start == _NOTHING else entry.start
    step = _ONE if entry.step == _NOTHING else entry.step
    known = context.constant(step)
    if known is not None and isinstance(known.value, complex):
        return _library(context, "np.linspace", start, entry.stop, Literal(int(abs(known.value))))
    return _library(context, "np.arange", start, entry.stop, step)


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
        return _library(context, "np.copy", rows[0])
    return _library(context, "np.concatenate", TupleValue(tuple(rows)), **options)


def _r(context: Context, key: Value) -> Value:
    """`np.r_[a, 0:3, 1.0]`: joined along the first axis."""
    parts = _subscripted(context, "np.r_", key)
    if any(is_undefined(part) for part, _ in parts):
        return UNDEF
    rows = [
        _library(context, "np.reshape", part, _ONE)
        if _rank(context, part, "an entry of np.r_") == 0
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
        _library(context, "np.reshape", part, column)
        if _rank(context, part, "an entry of np.c_") < 2
        else part
        for part, _ in parts
    ]
    return _concatenated(context, parts, rows, -1)


SUBSCRIPTED.extend([(np.r_, _r), (np.c_, _c)])


# --- grids ----------------------------------------------------------------------------------------


@builtin(np.broadcast_arrays)
def _broadcast_arrays(context: Context, *args: Value, subok: Value = _FALSE) -> Value:
    return TupleValue(tuple(_broadcast(context, [_array(context, arg) for arg in args])))


def _broadcast(context: Context, operands: Sequence[Value]) -> list[Value]:
    atoms = [context.atom(operand) for operand in operands]
    if any(map(is_undefined, atoms)):
        return [UNDEF for _ in atoms]
    kinds = [kind_of(atom) for atom in atoms]
    dims = [kind.dims if isinstance(kind, Array) else () for kind in kinds]
    if all(given == dims[0] is not None for given in dims) and all(isinstance(k, Array) for k in kinds):
        return list(atoms)
    shapes = [Shape(a) if isinstance(a, Var) else Literal(np.shape(a.value)) for a in atoms]
    shape = context.op("np.broadcast_shapes", *(context.atom(shape) for shape in shapes))
    return [_library(context, "np.broadcast_to", atom, shape) for atom in atoms]


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
    vectors = [context.atom(_array(context, x)) for x in xi]
    if any(map(is_undefined, vectors)):
        return UNDEF
    axes = list(range(len(vectors)))
    if order == "xy" and len(axes) > 1:
        axes[:2] = [1, 0]
    sizes: list[Value] = [context.op("size", vector) for vector in vectors]
    grids = [
        _library(
            context, "np.reshape", vector, Literal(tuple(-1 if k == axis else 1 for k in range(len(axes))))
        )
        for vector, axis in zip(vectors, axes, strict=True)
    ]
    if not context.static(sparse, "'sparse' of np.meshgrid"):
        shape = TupleValue(tuple(sizes[axes.index(k)] for k in range(len(axes))))
        grids = [_library(context, "np.broadcast_to", grid, shape) for grid in grids]
    if context.static(copy, "'copy' of np.meshgrid"):
        grids = [_library(context, "np.copy", grid) for grid in grids]
    return TupleValue(tuple(grids))


# --- choices --------------------------------------------------------------------------------------


@builtin(np.select)
def _select(context: Context, condlist: Value, choicelist: Value, default: Value = _ZERO) -> Value:
    """The first condition that holds decides."""
    conditions = items_of(context, condlist, "the number of conditions")
    choices = items_of(context, choicelist, "the number of choices")
    if len(conditions) != len(choices) or not conditions:
        context.fail("TC115", "np.select takes as many conditions as choices, one at least")
    result = _array(context, default)
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        chosen = context.atom(_array(context, condition))
        if is_undefined(chosen):
            return UNDEF
        if dtype_of(kind_of(chosen)) != np.dtype(bool):
            context.fail(
                "TC115", "a condition of np.select must be known to hold truth values",
                hint="compare, or use mask.astype(bool)",
            )  # fmt: skip
        result = _library(context, "np.where", chosen, _array(context, choice), result)
    return result


@builtin(np.choose)
def _choose(context: Context, a: Value, choices: Value, out: Value = _NOTHING, mode: Value = _RAISE) -> Value:
    if out != _NOTHING:
        context.fail("TC115", "the argument 'out' of np.choose is not supported")
    operands = [
        context.atom(_array(context, value))
        for value in (a, *items_of(context, choices, "the number of choices"))
    ]
    if any(map(is_undefined, operands)):
        return UNDEF
    return context.op("np.choose", *operands, mode=context.static(mode, "'mode' of np.choose"))


@builtin(np.compress)
def _compress(
    context: Context, condition: Value, a: Value, axis: Value = _NOTHING, out: Value = _NOTHING
) -> Value:
    places = _library(context, "np.flatnonzero", _array(context, condition))
    return _library(context, "np.take", a, places, axis=axis, out=out)


@builtin(np.extract)
def _extract(context: Context, condition: Value, arr: Value) -> Value:
    return _library(context, "np.take", arr, _library(context, "np.flatnonzero", _array(context, condition)))


@builtin(np.piecewise)
def _piecewise(
    context: Context, x: Value, condlist: Value, funclist: Value, *args: Value, **kw: Value
) -> Value:
    """The entries where a condition holds go through its function; a later condition overrides."""
    array = _array(context, x)
    functions = list(items_of(context, funclist, "the number of functions"))
    if is_undefined(array) or _holds_undefined(context, condlist):
        return UNDEF
    rank = _rank(context, array, "what np.piecewise is given")
    held = context.snapshot(condlist)
    if (
        isinstance(held, Var)
        and isinstance(held.kind, Array)
        and (held.kind.dims is None or len(held.kind.dims) != rank)
    ):
        context.fail("TC112", "the conditions of np.piecewise must be a list")
    if isinstance(held, (TupleValue, ListValue)):
        conditions = [_array(context, item) for item in held.items]
    else:
        conditions = [held]
    if len(functions) == len(conditions) + 1:
        holds: Value = conditions[0]
        for condition in conditions[1:]:
            holds = _library(context, "np.logical_or", holds, condition)
        conditions.append(_library(context, "np.logical_not", holds))
    if len(functions) != len(conditions):
        context.fail("TC115", "np.piecewise takes one function for each condition, and one more for the rest")
    if rank == 0:
        array = _library(context, "np.reshape", array, _ONE)
    result = _library(context, "np.zeros_like", array)
    for condition, function in zip(conditions, functions, strict=True):
        mask = context.atom(condition)
        if dtype_of(kind_of(mask)) != np.dtype(bool):
            context.fail(
                "TC115", "a condition of np.piecewise must be known to hold truth values",
                hint="compare, or use mask.astype(bool)",
            )  # fmt: skip
        if rank == 0:
            mask = context.atom(_library(context, "np.reshape", mask, _ONE))
        if not is_callable(function):
            store(context, part_of(context, result, mask), function)
            continue
        library_call(context, arrays.piece, result, array, mask, Partial(function, (), kw), *args)
    return _library(context, "np.reshape", result, Literal(())) if rank == 0 else result


# --- order ----------------------------------------------------------------------------------------


@builtin(np.unique)
def _unique(
    context: Context, ar: Value, return_index: Value = _FALSE, return_inverse: Value = _FALSE,
    return_counts: Value = _FALSE, axis: Value = _NOTHING, *, equal_nan: Value = _TRUE, sorted: Value = _TRUE,
) -> Value:  # fmt: skip
    """The values are the entries at the first of their positions."""
    array = context.atom(_array(context, ar))
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
    found = _library(context, "np.unique", array, **options)
    if not varies and not any(flags):
        return found
    count = 1 + (varies or flags[0]) + flags[1] + flags[2]
    parts: list[Value] = [context.op("item", found, Literal(k)) for k in range(count)]
    if varies:
        index = parts[1]
        parts[0] = _library(context, "np.take", array, index, axis=axis)
        if not flags[0]:
            del parts[1]
    return parts[0] if len(parts) == 1 else TupleValue(tuple(parts))


def _set_operation(function: Any, program: Any) -> None:
    name = f"np.{function.__name__}"

    @builtin(function)
    def operation(context: Context, ar1: Value, ar2: Value, assume_unique: Value = _FALSE) -> Value:
        if not _may_vary(context, ar1) and not _may_vary(context, ar2):
            given = (context.snapshot(ar1), context.snapshot(ar2))
            kwargs = {} if assume_unique == _FALSE else {"assume_unique": assume_unique}
            return opaque(context, function, given, kwargs)
        if assume_unique != _FALSE:
            context.fail("TC115", f"the argument 'assume_unique' of {name} is not supported")
        return library_call(context, program, _array(context, ar1), _array(context, ar2))


for _function, _program in (
    (np.union1d, arrays.union), (np.setdiff1d, arrays.difference), (np.setxor1d, arrays.of_one),
):  # fmt: skip
    _set_operation(_function, _program)


@builtin(np.intersect1d)
def _intersect1d(context: Context, ar1: Value, ar2: Value, **options: Value) -> Value:
    if _may_vary(context, ar1) or _may_vary(context, ar2):
        context.fail(
            "TC109", "np.intersect1d of numbers that vary has no derivative: what is equal does not stay so",
            hint="put them through tangentc.stop_gradient",
        )  # fmt: skip
    return opaque(context, np.intersect1d, (context.snapshot(ar1), context.snapshot(ar2)), options)


# --- functions of functions -------------------------------------------------------------------------


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
    array = _array(context, arr)
    if is_undefined(array):
        return UNDEF
    place = _axis(
        context, axis, _rank(context, array, "the array of np.apply_along_axis"), "np.apply_along_axis"
    )
    moved = context.atom(
        _library(context, "np.moveaxis", array, source=Literal(place), destination=Literal(-1))
    )
    if is_undefined(moved):
        return UNDEF
    rank = _rank(context, moved, "the array of np.apply_along_axis")
    sizes = [_size(context, moved, k) for k in range(rank)]
    lines = _library(context, "np.reshape", moved, TupleValue((Literal(-1), sizes[-1])))
    results = library_call(context, arrays.mapped_lines, Partial(func1d, (), kwargs), lines, *args)
    if is_undefined(results):
        return UNDEF
    axes = _rank(context, results, "what the function of np.apply_along_axis returns") - 1
    own = tuple(_size(context, results, 1 + k) for k in range(axes))
    made = _library(context, "np.reshape", results, TupleValue((*sizes[:-1], *own)))
    if axes == 0 or place == rank - 1:
        return made
    source, goal = tuple(range(-axes, 0)), tuple(range(place, place + axes))
    return _library(context, "np.moveaxis", made, source=Literal(source), destination=Literal(goal))


@builtin(np.apply_over_axes)
def _apply_over_axes(context: Context, func: Value, a: Value, axes: Value) -> Value:
    value = _array(context, a)
    if is_undefined(value):
        return UNDEF
    rank = _rank(context, value, "the array of np.apply_over_axes")
    known = context.static(axes, "'axes' of np.apply_over_axes")
    for axis in np.ravel(known).tolist():
        value = library_call(context, arrays.over_axis, func, value, Literal(axis % rank))
    return value


def vectorized(context: Context, function: Value, otypes: Any, args: Sequence[Value]) -> Value:
    """The function at each entry of the arguments, which are broadcast."""
    if not args:
        context.fail("TC115", "a vectorized function takes at least one argument by position")
    dtype = None if otypes is None else np.dtype(otypes[0])
    operands = [_array(context, arg) for arg in args]
    if len(operands) > 1:
        operands = _broadcast(context, operands)
    elif _rank(context, operands[0], "the argument of a vectorized function") == 0:
        operands = [_library(context, "np.asarray", operands[0])]
    if any(map(is_undefined, operands)):
        return UNDEF
    program = arrays.mapped if dtype is None else arrays.mapped_and_converted
    results = library_call(context, program, function, TupleValue(tuple(operands)))
    if is_undefined(results):
        return UNDEF
    if dtype is not None and not same_dtype(dtype_of(kind_of(context.atom(results))), dtype):
        results = context.op("astype", results, dtype=dtype)
    shape = Shape(operands[0]) if isinstance(operands[0], Var) else Literal(())
    return _library(context, "np.reshape", results, shape)


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
    grid = _library(context, "np.indices", context.snapshot(shape), dtype=dtype)
    if is_undefined(grid):
        return UNDEF
    entries = [getitem(context, grid, Literal(axis)) for axis in range(axes)]
    return context.call(Partial(function, (), kwargs), *entries)


# --- arrays of arrays -----------------------------------------------------------------------------


def _converted(context: Context, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    given = tuple(context.snapshot(arg) for arg in args)
    return _library(context, name, *given, **{key: context.snapshot(value) for key, value in kwargs.items()})


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


@builtin(np.searchsorted)
def _searchsorted(
    context: Context, a: Value, v: Value, side: Value = _LEFT, sorter: Value = _NOTHING
) -> Value:
    """With a sorter, in the entries in that order."""
    row = context.snapshot(a)
    if sorter != _NOTHING:
        row = _library(context, "np.take", row, sorter)
    return _library(context, "np.searchsorted", row, context.snapshot(v), side=side)


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
    if _may_vary(context, x):
        context.fail(
            "TC109", "the order of np.unique_values is not defined, so that it has no derivative",
            hint="use np.unique",
        )  # fmt: skip
    return opaque(context, np.unique_values, (context.snapshot(x),), {})


# --- methods --------------------------------------------------------------------------------------


def call_method(
    context: Context, array: Var | Literal, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """A method of arrays that is made of others; None for any other."""
    match name:
        case "compress":
            condition, *rest = args or (kwargs.pop("condition"),)
            return _compress(context, condition, array, *rest, **kwargs)
        case "choose":
            return _choose(context, array, *args, **kwargs)
        case "searchsorted":
            return _searchsorted(context, array, *args, **kwargs)
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
