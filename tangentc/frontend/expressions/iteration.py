"""What a loop runs over: entries known at compile time, or an integer range with an entry for each index."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from tangentc.frontend.expressions.indexing import getitem, size_of_axis
from tangentc.frontend.expressions.operators import binary
from tangentc.frontend.flow.choices import select
from tangentc.frontend.functions.generators import entries_of, mapping_of
from tangentc.frontend.library import streams
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.classes import call_special
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    Choice,
    DictValue,
    Endless,
    Enumerate,
    Flat,
    Generated,
    Generator,
    Instance,
    ListValue,
    ObjectValue,
    Positions,
    RangeValue,
    Reversed,
    Shape,
    TupleValue,
    Value,
    View,
    Zip,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, Literal, Var
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Array, Dict, Int, List, Map, Tuple, is_container

__all__ = ["Counted", "counted", "from_zero", "items_of", "known_items", "length", "same_length"]

UNROLLED = 16  # a longer homogeneous sequence stays a loop

ZERO, ONE = Literal(0), Literal(1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A run over `range(start, stop, step)`; `entry` gives the loop variable's value for an index."""

    start: Atom
    stop: Atom
    step: Atom
    entry: Callable[[Var], Value]
    reverse: bool = False
    is_range: bool = False
    lists: tuple[Var, ...] = ()  # whose lengths must not change meanwhile


def known_items(context: Context, value: Value) -> tuple[Value, ...] | None:
    """The entries of a sequence whose length is known; None where it is not."""
    value = context.contents(value)
    match value:
        case TupleValue(items=items) | ListValue(items) | Generated(items):
            return items
        case Generator():
            return entries_of(context, value)
        case DictValue(items):
            return tuple(Literal(key) for key in items)
        case Literal(tuple() | list() | str() | range() | bytes() as constant):
            return tuple(Literal(entry) for entry in constant)
        case Zip(parts):
            return _known_rows(context, parts)
        case Enumerate(part, Literal(start)):
            entries = known_items(context, part)
            if entries is None:
                return None
            return tuple(TupleValue((Literal(start + i), entry)) for i, entry in enumerate(entries))
        case Reversed(part):
            entries = known_items(context, part)
            return None if entries is None else entries[::-1]
        case RangeValue(Literal(start), Literal(stop), Literal(step)):
            return (
                tuple(Literal(i) for i in range(start, stop, step))
                if len(range(start, stop, step)) <= 4096
                else None
            )
        case Shape(array) if isinstance(array.kind, Array) and array.kind.dims is not None:
            return tuple(size_of_axis(context, array, axis) for axis in range(len(array.kind.dims)))
        case Var(kind=Tuple(kinds)):
            return tuple(context.op("item", value, Literal(i)) for i in range(len(kinds)))
        case Var(kind=Array(_, (int() as size, *_))):
            return (
                tuple(getitem(context, value, Literal(i)) for i in range(size)) if size <= UNROLLED else None
            )
        case Instance(value=obj):
            context.fail("TC109", f"iteration over an object of type {type(obj).__name__!r} is not supported")
    return None


def _known_rows(context: Context, parts: tuple[Value, ...]) -> tuple[Value, ...] | None:
    """The entries of `zip(*parts)`."""
    columns = [None if isinstance(part, Endless) else known_items(context, part) for part in parts]
    finite = [column for part, column in zip(parts, columns, strict=True) if not isinstance(part, Endless)]
    if not finite or any(column is None for column in finite):
        return None if parts else ()
    count = min(len(column) for column in finite if column is not None)
    for position, part in enumerate(parts):
        if isinstance(part, Endless):
            columns[position] = tuple(_endless(context, part, Literal(i)) for i in range(count))
    return tuple(TupleValue(row) for row in zip(*(c for c in columns if c is not None), strict=False))


def _endless(context: Context, value: Endless, index: Atom) -> Value:
    """An entry of an iterator that never ends."""
    match value:
        case Endless("count", (start, step)):
            offset = index if step == ONE else binary(context, "mul", step, index)
            return offset if start == ZERO else binary(context, "add", start, offset)
        case Endless("cycle", (sequence,)):
            run = from_zero(context, sequence)
            place = binary(context, "mod", index, run.stop)
            entries = known_items(context, sequence)
            if entries is not None and isinstance(place, Literal):
                chosen: Value = entries[place.value]
                return chosen
            return run.entry(place)  # type: ignore[arg-type]
    return value.parts[0]


def items_of(context: Context, value: Value, what: str) -> tuple[Value, ...]:
    """The entries of a sequence whose length must be known."""
    entries = known_items(context, value)
    if entries is None:
        context.fail("TC117", f"{what} must be known when the function is compiled")
    return entries


def length(context: Context, value: Value) -> Value:
    """`len(value)`."""
    owner, value = value, context.contents(value)
    match value:
        case View(seen):
            return length(context, seen)
        case TupleValue(items=items) | ListValue(items):
            return Literal(len(items))
        case DictValue(items):
            return Literal(len(items))
        case Literal(constant) if not is_undefined(value):
            return Literal(len(constant))
        case RangeValue(Literal(0), stop, Literal(1)):
            return stop
        case RangeValue(start, stop, step):
            return context.op("len", context.op("range", start, stop, step))
        case Var(kind=Array(_, dims)) if dims != ():
            return size_of_axis(context, value, 0)
        case Var(kind=Tuple(items)):
            return Literal(len(items))
        case Var(kind=kind) if is_container(kind) and not (isinstance(kind, List) and not kind.sites):
            return dynamic.length(context, value)
        case Shape(array) if isinstance(array.kind, Array) and array.kind.dims is not None:
            return Literal(len(array.kind.dims))
        case Choice():
            return select(context, value, lambda option: length(context, option))
        case Instance() | ObjectValue():
            return call_special(context, owner, "__len__")
    return context.op("len", value)


def counted(context: Context, value: Value) -> Counted:
    """A sequence as a run over integers: `v = seq[i]` at the head of each trip."""
    value = context.contents(value)
    match value:
        case RangeValue(start, stop, step):
            return Counted(start, stop, step, lambda index: index, is_range=True)
        case Reversed(part):
            inner = counted(context, part)
            return Counted(
                inner.start,
                inner.stop,
                inner.step,
                inner.entry,
                not inner.reverse,
                inner.is_range,
                inner.lists,
            )
        case Enumerate(part, start):
            inner = from_zero(context, part)
            return Counted(
                inner.start,
                inner.stop,
                inner.step,
                lambda index: TupleValue(
                    (binary(context, "add", index, start) if start != ZERO else index, inner.entry(index))
                ),
                lists=inner.lists,
            )
        case Zip(parts):
            columns = [None if isinstance(part, Endless) else from_zero(context, part) for part in parts]

            def row(index: Var) -> Value:
                entries = (
                    _endless(context, part, index) if column is None else column.entry(index)  # type: ignore[arg-type]
                    for part, column in zip(parts, columns, strict=True)
                )
                return TupleValue(tuple(entries))

            stops = [column.stop for column in columns if column is not None]
            lists = tuple(each for column in columns if column is not None for each in column.lists)
            return Counted(ZERO, _shortest(context, stops), ONE, row, lists=lists)
        case Generator(arguments={"sequence": sequence, "start": first}) if value.is_of(streams.iterated):
            run = from_zero(context, sequence)
            rest = context.op("max", binary(context, "sub", run.stop, first), ZERO)
            return Counted(
                ZERO,
                rest,
                ONE,
                lambda index: run.entry(binary(context, "add", first, index)),  # type: ignore[arg-type]
                lists=run.lists,
            )
        case Generator() if (mapping := mapping_of(context, value)) is not None:
            run = from_zero(context, mapping[0])
            return Counted(ZERO, run.stop, ONE, lambda index: mapping[1](run.entry(index)), lists=run.lists)
        case View(owner, name):
            keys = counted(context, owner)

            def seen(index: Var) -> Value:
                key = keys.entry(index)
                found = getitem(context, owner, key)
                return TupleValue((key, found)) if name == "items" else found

            return Counted(ZERO, keys.stop, ONE, seen)
        case Var(kind=Dict() | Map()):
            return counted(context, dynamic.keys(context, value))
        case Positions(sizes, array):
            return Counted(ZERO, _product(context, sizes), ONE, lambda k: _position(context, sizes, array, k))
        case Flat(array):
            size = context.atom(context.op("size", array))
            return Counted(ZERO, size, ONE, lambda index: getitem(context, value, index))
        case Var(kind=AnyKind()):
            context.fail("TC109", "iteration over a value about which nothing is known is not supported")
        case (
            Var(kind=Array() | List() | Tuple())
            | TupleValue()
            | ListValue()
            | Literal(tuple() | list() | range())
        ):
            sequence = context.atom(value)
            count = context.atom(length(context, value))
            lists = (value,) if isinstance(value, Var) and isinstance(value.kind, List) else ()
            return Counted(ZERO, count, ONE, lambda index: getitem(context, sequence, index), lists=lists)
    if is_undefined(value):
        return Counted(ZERO, ZERO, ONE, lambda _: UNDEF)
    context.fail(
        "TC101",
        f"iteration over {_describe(value)} is not supported",
        hint="iterate over a range or a sequence",
    )


def _product(context: Context, sizes: tuple[Atom, ...]) -> Atom:
    total: Value = ONE
    for size in sizes:
        total = size if total == ONE else binary(context, "mul", total, size)
    return context.atom(total)


def _position(context: Context, sizes: tuple[Atom, ...], array: Var | None, index: Var) -> Value:
    """The place of an array that is the `index`-th in reading order, and what is there."""
    entries: list[Value] = []
    for axis, size in enumerate(sizes):
        inner = _product(context, sizes[axis + 1 :])
        entry = index if inner == ONE else binary(context, "floordiv", index, inner)
        entries.append(entry if axis == 0 else binary(context, "mod", entry, size))
    place = TupleValue(tuple(entries))
    return place if array is None else TupleValue((place, getitem(context, array, place)))


def from_zero(context: Context, value: Value) -> Counted:
    """A run over `range(n)`."""
    run = counted(context, value)
    if run.start == ZERO and run.step == ONE and not run.reverse:
        return run
    if run.reverse and run.start == ZERO and run.step == ONE:

        def mirrored(index: Var) -> Value:
            last = binary(context, "sub", run.stop, ONE)
            return run.entry(context.op("sub", last, index))  # type: ignore[arg-type]

        return Counted(ZERO, run.stop, ONE, mirrored, lists=run.lists)
    if isinstance(value, RangeValue):
        count = (
            context.op("len", context.op("range", run.start, run.stop, run.step))
            if run.step != ONE
            else (context.op("max", binary(context, "sub", run.stop, run.start), ZERO))
        )
        start, step = run.start, run.step

        def entry(index: Var) -> Value:
            offset = index if step == ONE else binary(context, "mul", index, step)
            return binary(context, "add", start, offset)

        return Counted(ZERO, count, ONE, entry)
    context.fail(
        "TC101", f"{_describe(value)} inside zip or enumerate is not supported", hint="iterate over an index"
    )


def _shortest(context: Context, stops: list[Atom]) -> Atom:
    """The least of several lengths; lengths that are equal in every run count once."""
    if not stops:
        return Literal(sys.maxsize)
    distinct: list[Atom] = []
    for stop in stops:
        if not any(same_length(stop, other) for other in distinct):
            distinct.append(stop)
    return distinct[0] if len(distinct) == 1 else context.op("min", *distinct)


def same_length(a: Atom, b: Atom) -> bool:
    """Whether two lengths are equal in every run."""
    if isinstance(a, Literal) or isinstance(b, Literal):
        return a == b
    sizes = [atom.kind.size if isinstance(atom.kind, Int) else None for atom in (a, b)]
    return a is b or (sizes[0] is not None and sizes[0] == sizes[1])


def _describe(value: Value) -> str:
    return f"a value of kind {value.kind}" if isinstance(value, Var) else f"a {type(value).__name__} object"
