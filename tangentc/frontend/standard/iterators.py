"""Iterators and what consumes them: builtins, `functools.reduce` and `itertools`.

Where the entries are known they are handled one by one at compile time; else a function of `library` that means the
same is inlined, so that a sum over a generator is a loop like any other.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import statistics
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from tangentc.frontend.expressions.iteration import UNROLLED, from_zero, items_of, known_items
from tangentc.frontend.expressions.operators import binary, choose
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.functions.generators import entries_of, indexed, pure_entries, splice
from tangentc.frontend.library import library_call, reductions, sequences, streams
from tangentc.frontend.standard.builtins import builtin, primitive_call
from tangentc.frontend.standard.ordering import in_any_order
from tangentc.frontend.state.classes import class_of_owner
from tangentc.frontend.state.context import ITERATORS, Context
from tangentc.frontend.state.dynamic import is_dynamic
from tangentc.frontend.state.heap import refs_in
from tangentc.frontend.state.values import (
    Endless,
    Enumerate,
    Generated,
    Generator,
    ListValue,
    Reversed,
    Static,
    TupleValue,
    Value,
    Zip,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var
from tangentc.kinds.types import Complex, Float, Scalar, rank_of

__all__ = ["advance_name"]

ZERO, ONE, NONE = Literal(0), Literal(1), Literal(None)


def _few(context: Context, value: Value) -> tuple[Value, ...] | None:
    """The entries, if they are known and, where a generator makes them, few."""
    generator = splice(context, value)
    return known_items(context, value) if generator is None else entries_of(context, generator, UNROLLED)


def _is_sequence(context: Context, value: Value) -> bool:
    """Whether a value can be indexed and run over again."""
    return splice(context, value) is None


def _stays(context: Context, value: Value) -> bool:
    """Whether a value can be indexed, and nobody can change its length while it is run over."""
    return _is_sequence(context, value) and not refs_in(value) and not is_dynamic(value)


def _is_none(value: Value | None) -> bool:
    return value is None or value == NONE


# --- sequences --------------------------------------------------------------------------------------


@builtin(zip, consumes=True)
def _zip(context: Context, *parts: Value, strict: Value | None = None) -> Value:
    if strict is not None and context.static(strict, "strict"):
        for part in parts[1:]:
            library_call(context, sequences.equally_long, parts[0], part)
    return Zip(parts)


@builtin(enumerate, consumes=True)
def _enumerate(context: Context, part: Value, start: Value | None = None) -> Value:
    return Enumerate(part, ZERO if start is None else context.atom(start))


@builtin(reversed, consumes=True)
def _reversed(_: Context, part: Value) -> Value:
    return Reversed(part)


@builtin(sequences.entry)
def _entry(context: Context, sequence: Value, index: Value) -> Value:
    known = context.constant(index)
    entries = None if known is None else known_items(context, sequence)
    if entries is not None and known is not None:
        chosen: Value = entries[known.value]
        return chosen
    return UNDEF if is_undefined(index) else from_zero(context, sequence).entry(index)  # type: ignore[arg-type]


@builtin(sequences.length)
def _length(context: Context, sequence: Value) -> Value:
    entries = known_items(context, sequence)
    return Literal(len(entries)) if entries is not None else from_zero(context, sequence).stop


@builtin(iter)
def _iter(context: Context, value: Value, sentinel: Value | None = None) -> Value:
    if sentinel is not None:
        return library_call(context, streams.called_until, value, sentinel)
    if isinstance(value, ITERATORS):
        return value
    entries = None if refs_in(value) else known_items(context, value)
    return library_call(context, streams.iterated, value if entries is None else TupleValue(entries), ZERO)


@builtin(next)
def _next(context: Context, iterator: Value, default: Value | None = None) -> Value:
    return advanced(context, iterator, default)[0]


def advanced(context: Context, iterator: Value, default: Value | None) -> tuple[Value, Value | None]:
    """The next entry and what is left of the iterator then; None where that cannot be told."""
    match iterator:
        case Generated(items) if items:
            return items[0], Generated(items[1:])
        case Generator(arguments={"sequence": sequence, "start": start} as arguments) if iterator.is_of(
            streams.iterated
        ):
            given = () if default is None else (default,)
            function = sequences.next_entry if default is None else sequences.next_entry_or
            value = library_call(context, function, sequence, start, *given)
            later = {**arguments, "start": binary(context, "add", start, ONE)}
            return value, Generator(iterator.node, iterator.frame, later, iterator.calls)
    if not isinstance(iterator, ITERATORS):
        context.fail("TC109", "next of what is not an iterator is not supported")
    source = splice(context, iterator)
    if source is None:
        return advanced(context, library_call(context, streams.iterated, iterator, ZERO), default)
    if default is None:
        return library_call(context, streams.first, source), None
    return library_call(context, streams.first_or, source, default), None


def advance_name(context: Context, node: gast.Call) -> Value:
    """`next(it)` of a name: it stands for the rest of the iterator afterwards."""
    key = context.key_of(node.args[0].id)
    iterator = context.lookup(node.args[0].id)
    default = context.expression(node.args[1]) if len(node.args) > 1 else None
    generator = iterator if isinstance(iterator, Generator) and not iterator.is_of(streams.iterated) else None
    entries = None if generator is None else pure_entries(context, generator)
    value, rest = advanced(context, iterator if entries is None else Generated(entries), default)
    if rest is not None and key is not None:
        context.environment[key] = rest
    return value


# --- reductions ---------------------------------------------------------------------------------------


@builtin(sum, consumes=True)
def _sum(context: Context, value: Value, start: Value | None = None) -> Value:
    entries = _few(context, value)
    if entries is None:
        if isinstance(value, Var) and not is_dynamic(value):
            return primitive_call(context, sum, value, *(() if start is None else (start,)))
        return library_call(context, reductions.added, value, ZERO if start is None else start)
    total: Value = ZERO if start is None else start
    for position, entry in enumerate(entries):
        is_first = position == 0 and total == ZERO and _is_float_like(entry)
        total = entry if is_first else binary(context, "add", total, entry)
    return total


@builtin(math.fsum, consumes=True)
def _fsum(context: Context, value: Value) -> Value:
    if isinstance(value, Var):
        return primitive_call(context, math.fsum, value)
    return primitive_call(
        context, math.fsum, ListValue(items_of(context, value, "the length of what math.fsum adds"))
    )


@builtin(statistics.fmean, statistics.mean, consumes=True)
def _mean(context: Context, data: Value) -> Value:
    return library_call(context, reductions.mean, _again(context, data))


@builtin(math.prod, consumes=True)
def _prod(context: Context, value: Value, start: Value | None = None) -> Value:
    entries = _few(context, value)
    if entries is None:
        return library_call(context, reductions.multiplied, value, ONE if start is None else start)
    total: Value = ONE if start is None else start
    for entry in entries:
        is_first = total == ONE and _is_float_like(entry)
        total = entry if is_first else binary(context, "mul", total, entry)
    return total


def _is_float_like(value: Value) -> bool:
    """Whether 0 + value and 1 * value are the value (but for the sign of a zero)."""
    return isinstance(value, Var) and isinstance(value.kind, (Float, Scalar, Complex))


@builtin(any, consumes=True)
def _any(context: Context, value: Value) -> Value:
    entries = None if isinstance(value, Generator) else known_items(context, value)
    if entries is None:
        return library_call(context, reductions.is_any, value)
    return _quantify(context, list(entries), "or_")


@builtin(all, consumes=True)
def _all(context: Context, value: Value) -> Value:
    entries = None if isinstance(value, Generator) else known_items(context, value)
    if entries is None:
        return library_call(context, reductions.are_all, value)
    return _quantify(context, list(entries), "and_")


def _quantify(context: Context, entries: list[Value], operator: str) -> Value:
    if not entries:
        return Literal(operator == "and_")
    first, rest = entries[0], entries[1:]
    known = truth(context, first)
    if isinstance(known, bool):
        if known is (operator == "or_"):
            return Literal(known)
        return _quantify(context, rest, operator)
    if not rest:
        return context.op("bool", known)
    result = Literal(operator == "or_")
    if operator == "and_":
        return choose(context, known, lambda: _quantify(context, rest, operator), lambda: result, operator)
    return choose(context, known, lambda: result, lambda: _quantify(context, rest, operator), operator)


def _extremum(function: Any, is_better: Any) -> Callable[..., Value]:
    """`max` or `min`."""
    order = Static(is_better), Literal(function.__name__)

    def run(
        context: Context,
        *args: Value,
        key: Value | None = None,
        default: Value | None = None,
    ) -> Value:
        has_default = default is not None
        if len(args) > 1:
            if has_default:
                context.fail("TC115", f"{function.__name__}() takes no default with several arguments")
            entries: tuple[Value, ...] | None = args
        else:
            args = (in_any_order(context, args[0]),)
            entries = _few(context, args[0])
        if entries == () and default is not None:
            return default
        source = args[0] if entries is None else Generated(entries)
        if entries is None and default is not None:
            if not _is_sequence(context, source):
                context.fail(
                    "TC117",
                    f"{function.__name__} with a default needs a sequence, whose length it can ask for",
                )
            return choose(
                context, _length(context, source), lambda: chosen(context, source, None, key), lambda: default
            )
        return chosen(context, source, entries, key)

    def chosen(
        context: Context, source: Value, entries: tuple[Value, ...] | None, key: Value | None
    ) -> Value:
        sequence = indexed(context, source) if entries is None and isinstance(source, Generator) else source
        in_sequence = sequence is not None and entries is None
        source = source if sequence is None else sequence
        if key is not None and not _is_none(key):
            by_key = reductions.extreme_in_by if in_sequence else reductions.extreme_by
            return library_call(context, by_key, source, key, *order)
        plain = reductions.extreme_in if in_sequence else reductions.extreme
        if entries is None:
            if isinstance(source, Var) and not is_dynamic(source):
                return primitive_call(context, function, source)
            return library_call(context, plain, source, *order)
        constants = [context.constant(entry) for entry in entries]
        if None not in constants and entries:
            return Literal(function(entry.value for entry in constants if entry is not None))
        if len(entries) == 1:
            return entries[0]
        if any(isinstance(entry, TupleValue) or class_of_owner(context, entry) for entry in entries):
            return library_call(context, plain, source, *order)
        return primitive_call(context, function, *entries)

    run.__name__ = function.__name__
    return run


builtin(max, consumes=True)(_extremum(max, operator.gt))
builtin(min, consumes=True)(_extremum(min, operator.lt))


@builtin(functools.reduce, consumes=True)
def _reduce(context: Context, function: Value, sequence: Value, initial: Value | None = None) -> Value:
    entries = _few(context, sequence)
    if entries is None:
        if initial is not None:
            return library_call(context, reductions.reduced, function, sequence, initial)
        if _is_sequence(context, sequence):
            return library_call(context, reductions.reduced_from_first, function, sequence)
        return library_call(context, reductions.reduced_as_they_come, function, sequence)
    if initial is not None:
        entries = (initial, *entries)
    if not entries:
        context.fail("TC116", "reduce of nothing needs an initial value")
    total = entries[0]
    for entry in entries[1:]:
        total = context.call(function, total, entry)
    return total


@builtin(np.fromiter, consumes=True)
def _fromiter(context: Context, iter: Value, dtype: Value, count: Value | None = None) -> Value:
    if count is None or count == Literal(-1):
        mapping = indexed(context, iter) if isinstance(iter, Generator) else None
        if mapping is None:
            return library_call(context, reductions.array_of, iter, dtype)
        iter, count = mapping, _length(context, mapping)
    return library_call(context, reductions.array_of_count, iter, dtype, count)


# --- iterators ----------------------------------------------------------------------------------------


@builtin(map, consumes=True)
def _map(context: Context, function: Value, *parts: Value) -> Value:
    if len(parts) == 1:
        return library_call(context, streams.mapped_one, function, parts[0])
    return library_call(context, streams.mapped, function, Zip(parts))


@builtin(itertools.starmap, consumes=True)
def _starmap(context: Context, function: Value, rows: Value) -> Value:
    return library_call(context, streams.mapped, function, rows)


@builtin(filter, consumes=True)
def _filter(context: Context, function: Value, iterable: Value) -> Value:
    if _is_none(function):
        return library_call(context, streams.filtered_true, iterable)
    return library_call(context, streams.filtered, function, iterable)


@builtin(itertools.filterfalse, consumes=True)
def _filterfalse(context: Context, function: Value, iterable: Value) -> Value:
    return library_call(
        context, streams.filtered_false, Static(bool) if _is_none(function) else function, iterable
    )


@builtin(itertools.accumulate, consumes=True)
def _accumulate(
    context: Context, iterable: Value, func: Value | None = None, *, initial: Value | None = None
) -> Value:
    function = Static(operator.add) if func is None or _is_none(func) else func
    if initial is not None and not _is_none(initial):
        return library_call(context, streams.accumulated, iterable, function, initial)
    plain = _stays(context, iterable)
    return library_call(
        context,
        streams.accumulated_from_first if plain else streams.accumulated_as_they_come,
        iterable,
        function,
    )


@builtin(itertools.chain, consumes=True)
def _chain(context: Context, *parts: Value) -> Value:
    return library_call(context, streams.chained, TupleValue(parts))


@builtin(itertools.chain.from_iterable, consumes=True)
def _chain_from(context: Context, iterable: Value) -> Value:
    return library_call(context, streams.chained, iterable)


@builtin(itertools.pairwise, consumes=True)
def _pairwise(context: Context, iterable: Value) -> Value:
    if not _is_sequence(context, iterable):
        return library_call(context, streams.pairs_as_they_come, iterable)
    if not _stays(context, iterable):
        return library_call(context, streams.pairs_of_growing, iterable)
    is_numbers = isinstance(iterable, Var) and rank_of(iterable.kind) in (None, 1)
    return library_call(context, streams.pairs_of_numbers if is_numbers else streams.pairs, iterable)


@builtin(itertools.islice, consumes=True)
def _islice(
    context: Context, iterable: Value, first: Value, stop: Value | None = None, step: Value | None = None
) -> Value:
    start, end = (ZERO, first) if stop is None else (first, stop)
    bounds = (ZERO if _is_none(start) else start, end, ONE if _is_none(step) else step or ONE)
    function = streams.sliced if _stays(context, iterable) else streams.sliced_as_they_come
    return library_call(context, function, iterable, *bounds)


@builtin(itertools.takewhile, consumes=True)
def _takewhile(context: Context, function: Value, iterable: Value) -> Value:
    return library_call(context, streams.taken_while, function, iterable)


@builtin(itertools.dropwhile, consumes=True)
def _dropwhile(context: Context, function: Value, iterable: Value) -> Value:
    return library_call(context, streams.dropped_while, function, iterable)


@builtin(itertools.compress, consumes=True)
def _compress(context: Context, data: Value, selectors: Value) -> Value:
    return library_call(context, streams.compressed, Zip((data, selectors)))


@builtin(itertools.product, consumes=True)
def _product(context: Context, *parts: Value, repeat: Value = ONE) -> Value:
    times = context.static(repeat, "how often itertools.product repeats")
    return library_call(
        context, streams.products, TupleValue(tuple(_again(context, p) for p in parts) * times)
    )


def _again(context: Context, value: Value) -> Value:
    """Something to run over several times."""
    if _is_sequence(context, value):
        return value
    return TupleValue(items_of(context, value, "the length of what is run over several times"))


@builtin(itertools.combinations, consumes=True)
def _combinations(context: Context, iterable: Value, r: Value) -> Value:
    return library_call(context, streams.combinations, _again(context, iterable), r, ZERO)


@builtin(itertools.combinations_with_replacement, consumes=True)
def _combinations_with_replacement(context: Context, iterable: Value, r: Value) -> Value:
    return library_call(context, streams.combinations_with_replacement, _again(context, iterable), r, ZERO)


@builtin(itertools.permutations, consumes=True)
def _permutations(context: Context, iterable: Value, r: Value = NONE) -> Value:
    entries = items_of(context, iterable, "the length of what is permuted")
    count = context.static(r, "the length of a permutation")
    return Generated(tuple(map(TupleValue, itertools.permutations(entries, count))))


@builtin(itertools.zip_longest, consumes=True)
def _zip_longest(context: Context, *parts: Value, fillvalue: Value = NONE) -> Value:
    columns = [items_of(context, part, "the lengths of what zip_longest runs over") for part in parts]
    return Generated(tuple(map(TupleValue, itertools.zip_longest(*columns, fillvalue=fillvalue))))


@builtin(itertools.tee, consumes=True)
def _tee(context: Context, iterable: Value, n: Value | None = None) -> Value:
    copies = 2 if n is None else context.static(n, "the number of copies")
    if _is_sequence(context, iterable) and known_items(context, iterable) is None:
        return TupleValue(
            tuple(library_call(context, streams.iterated, iterable, ZERO) for _ in range(copies))
        )
    entries = items_of(context, iterable, "the length of what tee copies")
    return TupleValue(
        tuple(library_call(context, streams.iterated, TupleValue(entries), ZERO) for _ in range(copies))
    )


@builtin(itertools.count, consumes=True)
def _count(_: Context, start: Value = ZERO, step: Value = ONE) -> Value:
    return Endless("count", (start, step))


@builtin(itertools.cycle, consumes=True)
def _cycle(context: Context, iterable: Value) -> Value:
    return Endless("cycle", (_again(context, iterable),))


@builtin(itertools.repeat, consumes=True)
def _repeat(context: Context, object: Value, times: Value | None = None) -> Value:
    if times is None:
        return Endless("repeat", (object,))
    known = context.constant(times)
    if known is not None:
        return Generated((object,) * known.value)
    return library_call(context, streams.repeated, object, times)
