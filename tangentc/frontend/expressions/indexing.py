"""Subscripts: reads of arrays, containers and shapes, and the index templates of reads and stores."""

from __future__ import annotations

import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import gast
import numpy as np

from tangentc.frontend.expressions import sparse_matrices
from tangentc.frontend.expressions.operations import as_array
from tangentc.frontend.flow.choices import choice, from_table, holds_code, select
from tangentc.frontend.library import dicts, library_call
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.classes import call_special, defines
from tangentc.frontend.state.context import Context, LoopState, lowers
from tangentc.frontend.state.heap import AtRunTime, refs_in
from tangentc.frontend.state.values import (
    Choice,
    DictValue,
    Flat,
    Instance,
    ListValue,
    ObjectValue,
    RangeValue,
    Ref,
    Shape,
    SliceValue,
    Static,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, Hole, Index, Literal, Slice, Var, kind_of
from tangentc.kinds.dims import new_int
from tangentc.kinds.join import join
from tangentc.kinds.types import (
    Array,
    Bool,
    Const,
    Dict,
    Int,
    List,
    Scalar,
    Tuple,
    dtype_of,
    is_container,
    rank_of,
)  # fmt: skip

__all__ = ["SUBSCRIPTED", "Place", "contains", "flat_part", "getitem", "is_repeated", "place", "size_of_axis"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a subscript names: a part of an array, by template and operands."""

    target: Atom
    index: Index
    operands: tuple[Atom, ...]


@lowers(gast.Subscript)
def _subscript(context: Context, node: gast.Subscript) -> Value:
    return getitem(context, context.expression(node.value), context.expression(node.slice))


@lowers(gast.Slice)
def _slice(context: Context, node: gast.Slice) -> Value:
    parts = (
        Literal(None) if part is None else context.expression(part)
        for part in (node.lower, node.upper, node.step)
    )
    return SliceValue(*(context.atom(part) for part in parts))


def getitem(context: Context, target: Value, key: Value) -> Value:
    """`target[key]`."""
    owner, target = target, context.contents(target)
    factory = None if context.frame.is_library else context.heap.factory(owner)
    if factory is not None:
        return _made_if_missing(context, owner, key, factory)
    part = sparse_matrices.part(context, target, key)
    if part is not None:
        return part
    match target:
        case TupleValue(items=items) | ListValue(items):
            return _entry(context, owner, items, key)
        case DictValue(items):
            if isinstance(owner, Ref) and not is_undefined(key):
                known = context.constant(key)
                if known is None:
                    if not any(map(holds_code, items.values())):  # else one of them is chosen
                        raise AtRunTime(owner.sites)
                elif known.value not in items and context.is_uncertain:
                    raise AtRunTime(owner.sites)
            return _mapped(context, items, key)
        case Shape(array):
            return _axis(context, array, key)
        case Flat():
            return _flat_entries(context, target, key)
        case RangeValue():
            return _of_range(context, target, key)
        case Literal(value) if not is_undefined(target):
            known = context.constant(key)
            if known is not None:
                try:
                    return Literal(value[known.value])
                except (LookupError, TypeError) as error:
                    context.fail("TC116", str(error))
        case Choice():
            return select(context, target, lambda option: getitem(context, option, key))
        case ObjectValue(cls, attributes) if issubclass(cls, dict):  # what SciPy's solvers return
            name = context.static(key, "the key")
            if name not in attributes:
                context.fail("TC102", f"{cls.__name__} has no entry {name!r} in a differentiated program")
            return attributes[name]
        case Instance() | ObjectValue() if defines(context, owner, "__getitem__"):
            return call_special(context, owner, "__getitem__", key)
        case Instance(origin=origin):
            context.fail("TC109", f"{origin} is indexed, but is not a tuple, list, dict or array")
        case Static(value) if (of_parts := _subscripted(value)) is not None:
            return of_parts(context, key)
        case Static(value):
            found = value[context.static(key, "the key")]
            return Static(typing.get_origin(found) or found)  # Box[float](x) makes a Box
    if not isinstance(target, (Var, Literal)):
        cls = target.cls if isinstance(target, ObjectValue) else type(target)
        context.fail("TC101", f"a {cls.__name__} object cannot be indexed")
    if isinstance(target, Var) and is_container(target.kind):
        if defines(context, owner, "__getitem__"):
            return call_special(context, owner, "__getitem__", key)
        return dynamic.get(context, target, key)
    cut = context.constant(key) if isinstance(key, SliceValue) else None
    if cut is not None and isinstance(target, Var) and isinstance(target.kind, Tuple):
        places = range(len(target.kind.items))[cut.value]
        return TupleValue(tuple([context.op("item", target, Literal(i)) for i in places]))
    if isinstance(kind_of(target), (Tuple, List, Dict)) and not isinstance(key, SliceValue):
        return context.op("item", target, key)
    where = place(context, target, key)
    if any(is_undefined(atom) for atom in (where.target, *where.operands)):
        return UNDEF
    return context.builder.getitem(where.target, where.index, where.operands)


SUBSCRIPTED: list[tuple[Any, Callable[[Context, Value], Value]]] = []
"""What `np.r_[…]` and the like mean."""


def _subscripted(value: Any) -> Callable[[Context, Value], Value] | None:
    return next((meaning for known, meaning in SUBSCRIPTED if value is known), None)


def _made_if_missing(context: Context, owner: Value, key: Value, factory: Value) -> Value:
    """`owner[key]` of a defaultdict."""
    from tangentc.frontend.objects.containers import set_item

    held = context.contents(owner)
    if isinstance(held, DictValue):
        known = context.constant(key)
        if known is None:
            assert isinstance(owner, Ref)
            raise AtRunTime(owner.sites)
        if known.value not in held.items:
            made = context.call(factory)
            set_item(context, owner, key, made)
            return made
        return held.items[known.value]
    return library_call(context, dicts.made_if_missing, owner, key, factory)


def _of_range(context: Context, target: RangeValue, key: Value) -> Value:
    """`range(start, stop, step)[key]`."""
    from tangentc.frontend.expressions.operators import binary

    bounds = (target.start, target.stop, target.step)
    known = context.constant(key)
    if known is not None and all(isinstance(bound, Literal) for bound in bounds):
        return getitem(context, Literal(range(*(bound.value for bound in bounds))), known)  # type: ignore[union-attr]
    if isinstance(key, SliceValue):
        context.fail(
            "TC101", "a slice of a range is not supported", hint="write the bounds into `range` itself"
        )
    if known is not None and target.step == Literal(1) and type(known.value) is int:
        end = target.start if known.value >= 0 else target.stop
        return binary(context, "add", end, known)
    return context.op("item", context.op("range", *bounds), key, kind=Int())


def _entry(context: Context, target: Value, items: tuple[Value, ...], key: Value) -> Value:
    known = context.constant(key)
    if known is not None and isinstance(known.value, slice):
        part = items[known.value]
        return TupleValue(part) if isinstance(target, TupleValue) else context.allocate(ListValue(part))
    if known is not None:
        try:
            chosen: Value = items[known.value]
        except (IndexError, TypeError) as error:
            if isinstance(target, Ref) and context.is_uncertain:
                raise AtRunTime(target.sites) from None  # other trips may make it longer
            context.fail("TC116", str(error))
        return chosen
    if isinstance(key, SliceValue):
        context.static(key, "a slice of a tuple or list")
    if is_undefined(key):
        return UNDEF
    for loop in reversed(context.loops):
        if loop.unroll is key:
            raise UnrollLoop(loop)
    if isinstance(target, Ref) and any(map(refs_in, items)):
        raise AtRunTime(target.sites)  # an entry that may be changed
    if any(map(holds_code, items)):
        return from_table(context, items, key)
    return context.op("item", context.contents(target), key)


def _mapped(context: Context, items: dict[Any, Value], key: Value) -> Value:
    if context.constant(key) is None and any(map(holds_code, items.values())):
        return _looked_up(context, items, key)
    if context.constant(key) is None and items and all(isinstance(item, Literal) for item in items.values()):
        if not (isinstance(key, Var) and context.path_of(key) is not None):  # else it becomes a constant
            kind = reduce(join, (kind_of(item) for item in items.values()))  # type: ignore[arg-type]
            return context.op("item", context.op("dict", *items.values(), keys=tuple(items)), key, kind=kind)
    known = context.static(key, "the key of a dict")
    if known not in items:
        context.fail("TC116", f"the key {known!r} is not in the dict")
    return items[known]


def _looked_up(context: Context, items: dict[Any, Value], key: Value) -> Value:
    """A function from a dict by a key that is not known at compile time; a missing one raises KeyError."""
    if isinstance(key, Var) and context.path_of(key) is not None:
        context.static(key, "the key of a dict")
    numbers = context.op("dict", *map(Literal, range(len(items))), keys=tuple(items))
    return choice(context, context.op("item", numbers, key, kind=new_int()), tuple(items.values()))


def _axis(context: Context, array: Var, key: Value) -> Value:
    known = context.constant(key)
    rank = len(array.kind.dims) if isinstance(array.kind, Array) and array.kind.dims is not None else None
    if known is not None and isinstance(known.value, slice) and rank is not None:
        return TupleValue(tuple([size_of_axis(context, array, axis) for axis in range(rank)[known.value]]))
    if known is None or not isinstance(known.value, int):
        return getitem(context, context.op("shape_of", array), key)
    axis = known.value
    if rank is not None:
        if not -rank <= axis < rank:
            context.fail("TC116", f"axis {axis} of an array with {rank} axes")
        axis %= rank
    return size_of_axis(context, array, axis)


def _flat_entries(context: Context, flat: Flat, key: Value) -> Value:
    where = flat_part(context, flat, key)
    if where is None:
        return UNDEF
    entries = context.builder.getitem(where.target, where.index, where.operands)
    return context.op("copy", entries) if isinstance(entries.kind, Array) else entries


def size_of_axis(context: Context, array: Var, axis: int) -> Value:
    """`x.shape[axis]`, a constant where the size is one."""
    if isinstance(array.kind, Array) and array.kind.dims is not None:
        size = array.kind.dims[axis]
        if isinstance(size, int):
            return Literal(size)
        return context.op("dim", array, axis=axis, kind=Int(size))
    return context.op("dim", array, axis=axis)


class UnrollLoop(Exception):
    """A container whose entries differ is indexed by the counter of a short loop: lower the trips one by one."""

    def __init__(self, loop: LoopState) -> None:
        self.loop = loop
        super().__init__()


# --- templates ------------------------------------------------------------------------------------


def place(context: Context, target: Atom, key: Value) -> Place:
    """The template of `target[key]`."""
    entries: Sequence[Value] = key.items if isinstance(key, TupleValue) else (key,)
    if isinstance(key, Literal) and isinstance(key.value, tuple):
        entries = [Literal(item) for item in key.value]
    elif isinstance(key, Var) and isinstance(key.kind, Tuple):
        entries = [context.op("item", key, Literal(i)) for i in range(len(key.kind.items))]
    operands: list[Atom] = []

    def hole(value: Value) -> Hole:
        operands.append(context.atom(value))
        return Hole(len(operands) - 1)

    def part(value: Atom) -> int | None | Hole:
        if isinstance(value, Literal) and (value.value is None or type(value.value) is int):
            number: int | None = value.value
            return number
        return hole(value)

    def entry(value: Value) -> Any:
        match value:
            case SliceValue(start, stop, step):
                return Slice(part(start), part(stop), part(step))
            case Literal(slice() as piece):
                return Slice(piece.start, piece.stop, piece.step)
            case Literal(constant) if constant is None or constant is ... or type(constant) is int:
                return constant
            case TupleValue(items=items):  # a tuple inside a tuple means an array of integers
                return hole(ListValue(items))
            case Ref():
                return hole(context.snapshot(value))
        return hole(value)

    return Place(target, tuple(entry(value) for value in entries), tuple(operands))


def is_repeated(where: Place) -> bool:
    """Whether an index may name an element twice: one of its operands may be an array of integers."""
    return any(
        isinstance(entry, Hole) and not _names_once(where.operands[entry.position]) for entry in where.index
    )


def _names_once(operand: Atom) -> bool:
    match kind_of(operand):
        case Int() | Bool():
            return True
        case Const(value):
            return isinstance(value, (int, bool))
        case Scalar(dtype):
            return dtype.kind in "iub"
        case Array(dtype, _):
            return dtype is not None and dtype.kind == "b"
    return False


# --- x.flat ---------------------------------------------------------------------------------------


def flat_part(context: Context, flat: Flat, key: Value) -> Place | None:
    """The entries of an array that positions in its reading order name; None in a pass that will be repeated."""
    array = flat.array
    if is_undefined(key):
        return None
    if rank_of(array.kind) != 1:
        key = _unravelled(context, array, key)
    where = place(context, array, key)
    return None if any(is_undefined(atom) for atom in where.operands) else where


def _unravelled(context: Context, array: Var, key: Value) -> Value:
    """Positions in the reading order as one index for each axis."""
    size = context.op("size", array)
    if isinstance(key, SliceValue) or key == Literal(Ellipsis):
        key = getitem(context, context.op("np.arange", size), key)
    key = context.atom(as_array(context, key))
    if dtype_of(kind_of(key)) == np.dtype(bool):
        key = context.op("np.flatnonzero", key)
    elif not (isinstance(key, Literal) and isinstance(key.value, int) and key.value >= 0):
        key = context.op("mod", key, size)  # counted from the end
    return context.op("np.unravel_index", key, Shape(array))


# --- membership -----------------------------------------------------------------------------------


def contains(context: Context, item: Value, container: Value) -> Value:
    """`item in container`."""
    known = context.constant(item)
    owner, container = container, context.contents(container)
    match container:
        case Instance() | ObjectValue() if defines(context, owner, "__contains__"):
            return call_special(context, owner, "__contains__", item)
        case DictValue() if known is None and isinstance(owner, Ref) and not is_undefined(item):
            raise AtRunTime(owner.sites)
        case DictValue(items) if known is not None:
            return Literal(known.value in items)
        case TupleValue(items=items) | ListValue(items):
            constants = [context.constant(entry) for entry in items]
            if known is not None and None not in constants:
                return Literal(any(known.value == entry.value for entry in constants if entry is not None))
        case RangeValue(start, stop, step):
            bounds = [context.constant(bound) for bound in (start, stop, step)]
            if None in bounds:
                return context.op("contains", item, context.op("range", start, stop, step))
            return contains(
                context, item, Literal(range(*(bound.value for bound in bounds if bound is not None)))
            )
        case Literal(value) if known is not None:
            return Literal(known.value in value)
        case Static(value) if known is not None:
            return Literal(known.value in value)
    if isinstance(container, Var) and is_container(container.kind):
        return dynamic.contains(context, item, container)
    return context.op("contains", context.snapshot(item), context.snapshot(container))
