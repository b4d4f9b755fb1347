"""Loops whose trips are lowered one by one, because their entries are known or differ in kind."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence

import gast

from tangentc.frontend.expressions.iteration import UNROLLED, known_items
from tangentc.frontend.flow.choices import holds_code
from tangentc.frontend.flow.control import FALSE, block, skip_unless_done
from tangentc.frontend.state.context import (
    Context,
    Flow,
)
from tangentc.frontend.state.heap import AtRunTime, refs_in
from tangentc.frontend.state.values import (
    DictValue,
    Enumerate,
    Generated,
    ListValue,
    RangeValue,
    Ref,
    Reversed,
    TupleValue,
    Value,
    View,
    Zip,
    children,
)
from tangentc.frontend.statements.assignments import bind_target
from tangentc.ir.nodes import Literal, Var, kind_of
from tangentc.kinds.types import Array

__all__ = ["entries_to_unroll", "unroll"]

_LONGEST = 4096  # trips that are lowered one by one


def entries_to_unroll(context: Context, sequence: Value) -> tuple[Value, ...] | None:
    """The entries of a sequence of known structure, unless it is long and uniform."""
    sequence = context.contents(sequence)
    if isinstance(sequence, RangeValue) or (
        isinstance(sequence, Literal) and isinstance(sequence.value, range)
    ):
        return None
    if isinstance(sequence, Var) and isinstance(sequence.kind, Array):
        return None
    if not _has_structure(sequence):
        return None
    entries = known_items(context, sequence)
    if entries is None or (
        len(entries) > UNROLLED and _uniform(entries) and not any(map(holds_code, entries))
    ):
        return None
    return entries


def unroll(context: Context, node: gast.For, sequence: Value, entries: Sequence[Value]) -> Flow:
    """One copy of the body for each entry; says how the loop ends."""
    scope = context.frame.scope
    entry = _live(context, sequence, entries)

    def trips(first: int) -> Flow:
        flow = Flow.NORMAL
        for number in itertools.count(first):
            value = entry(number)
            if value is None:
                break
            context.environment[scope, "<skip>"] = FALSE
            bind_target(context, node.target, value)
            flow = block(context, node.body)
            if flow.may(Flow.CONTINUE):
                flow = flow.without(Flow.CONTINUE).both(Flow.NORMAL)
                context.environment[scope, "<skip>"] = context.environment[scope, "<stop>"]
            if flow.may(Flow.NORMAL) and not flow.only(Flow.NORMAL) and entry(number + 1) is not None:
                return skip_unless_done(context, flow, functools.partial(trips, number + 1))
            if not flow.only(Flow.NORMAL):
                break
        return flow

    context.environment[scope, "<broke>"] = FALSE
    return trips(0)


Entry = Callable[[int], Value | None]
"""What a trip finds, by its number; None after the last."""


def _live(context: Context, sequence: Value, entries: Sequence[Value]) -> Entry:
    """What each trip finds; a list or dict is looked at again each time, it may have changed.

    Args: entries: what is there at the start.
    """
    match sequence:
        case Ref() if isinstance(context.contents(sequence), ListValue):
            return functools.partial(_held, context, sequence)
        case View():
            return functools.partial(_held, context, sequence)
        case Enumerate(part, Literal(start)) if refs_in(part):
            return functools.partial(_numbered, _live(context, part, _column(entries, 1)), start)
        case Reversed(part) if refs_in(part):
            backwards, last = _live(context, part, entries[::-1]), len(entries) - 1
            return lambda number: backwards(last - number) if number <= last else None
        case Zip(parts) if refs_in(sequence):
            columns = [_live(context, part, _column(entries, k)) for k, part in enumerate(parts)]
            return functools.partial(_row, sequence, columns, len(entries))
    return lambda number: entries[number] if number < len(entries) else None


def _held(context: Context, sequence: Value, number: int) -> Value | None:
    """What stands in a list or dict now."""
    now = known_items(context, sequence)
    if now is None or number > _LONGEST:
        raise _unknown(sequence)
    return now[number] if 0 <= number < len(now) else None


def _numbered(value: Entry, start: int, number: int) -> Value | None:
    found = value(number)
    return None if found is None else TupleValue((Literal(start + number), found))


def _row(sequence: Zip, columns: Sequence[Entry], length: int, number: int) -> Value | None:
    """One entry of each; beyond `length`, only those of lists and dicts are known."""
    found = [column(number) for column in columns]
    if all(value is not None for value in found):
        return TupleValue(tuple(value for value in found if value is not None))
    lists = [value for value, part in zip(found, sequence.parts, strict=True) if refs_in(part)]
    if number >= length and any(value is not None for value in lists):
        raise _unknown(sequence)  # the others were looked at only as far as the lists went
    return None


def _unknown(sequence: Value) -> AtRunTime:
    return AtRunTime(site for ref in refs_in(sequence) for site in ref.sites)


def _column(rows: Sequence[Value], k: int) -> tuple[Value, ...]:
    return tuple(row.items[k] for row in rows if isinstance(row, TupleValue))


def _has_structure(sequence: Value) -> bool:
    """Whether anything but ranges and arrays is iterated."""
    parts = (sequence.part,) if isinstance(sequence, Enumerate) else children(sequence)
    if isinstance(sequence, (Ref, View, TupleValue, ListValue, DictValue, Generated, Literal)):
        return True
    if isinstance(sequence, (Var, RangeValue)):
        return isinstance(sequence, Var) and not isinstance(sequence.kind, Array)
    return any(map(_has_structure, parts)) or not parts


def _uniform(entries: Sequence[Value]) -> bool:
    kinds = {kind_of(entry) if isinstance(entry, Var) else type(entry) for entry in entries}
    return len(kinds) == 1 and not any(map(refs_in, entries))
