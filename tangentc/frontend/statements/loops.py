"""`for` and `while`: one node each, with the carried variables found by comparing environments.

The body is lowered until the kinds of what it carries no longer change.  A name keeps its Python value in every
trip: where an int and a float meet, the kind says float and nothing is converted.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gast

from tangentc.analysis.raising import may_raise
from tangentc.frontend.expressions.indexing import UnrollLoop
from tangentc.frontend.expressions.iteration import UNROLLED, Counted, counted, known_items
from tangentc.frontend.flow.attempts import in_region, merge
from tangentc.frontend.flow.choices import holds_code, is_option, placed, union
from tangentc.frontend.flow.control import FALSE, block, run_branch, skip_unless_done
from tangentc.frontend.flow.merging import OWN_NAMES, Branch, aligned, compound
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.functions.generators import consume, splice
from tangentc.frontend.library import library_call, streams
from tangentc.frontend.state.context import (
    ERROR,
    Context,
    Environment,
    Flow,
    Key,
    LoopState,
    lowers_statement,
)
from tangentc.frontend.state.heap import AtRunTime, Cell, is_cell, name_parts, refs_in
from tangentc.frontend.state.joining import joined, unknown_int
from tangentc.frontend.state.values import (
    Choice,
    DictValue,
    Enumerate,
    Generated,
    Generator,
    ListValue,
    ObjectValue,
    Poison,
    RangeValue,
    Ref,
    Reversed,
    TupleValue,
    Value,
    View,
    Zip,
    children,
    is_undefined,
    rebuilt,
    same_shape,
)
from tangentc.frontend.statements.assignments import bind_target
from tangentc.frontend.text.parse import span_of
from tangentc.frontend.text.scopes import Consumer, assigned, own_nodes
from tangentc.ir.build import walk
from tangentc.ir.copying import free_vars, fresh_copy
from tangentc.ir.nodes import UNDEF, Atom, Block, Call, Literal, Loop, Node, Op, Range, Var, kind_of
from tangentc.kinds.join import same_kind, widened
from tangentc.kinds.types import ANY, Array, Const, Dim, Int, Kind, List, Tuple, fresh

__all__: list[str] = []

_LONGEST = 4096  # trips that are lowered one by one
_PASSES = 6  # after which what still changes has no known kind
_RESET = ("<stop>", "<skip>")  # set anew by each trip
_EXITS = ("<returned>", "<broke>", "<value>", "<error>")  # carried out of a loop, never into a trip


# --- for ------------------------------------------------------------------------------------------


@lowers_statement(gast.For)
def _for(context: Context, node: gast.For) -> Flow:
    sequence = context.expression(node.iter)
    if not context.frame.is_library:
        context.take(sequence)
    generator = splice(context, sequence)
    if generator is not None:
        return _splice(context, node, generator)
    is_static = any(frame.consumer is not None and frame.consumer.is_static for frame in context.frame.chain)
    if is_static or node in context.heap.sites.unrolled:
        entries = known_items(context, sequence)
    else:
        entries = _unrolled(context, sequence)
    if entries is not None:
        return _unroll(context, node, sequence, entries)
    held = {ref: context.contents(ref) for ref in refs_in(sequence)}
    run = counted(context, sequence)
    attempt = (len(context.builder.nodes), dict(context.environment), context.scopes)
    try:
        flow = _loop(context, node, node.body, run=run, target=node.target)
        if changed := [ref for ref in held if context.contents(ref) is not held[ref]]:
            raise AtRunTime(site for ref in changed for site in ref.sites)  # while it is iterated
        if _is_resized(context.builder.nodes[attempt[0] :], run.lists):
            del context.builder.nodes[attempt[0] :]
            context.environment, context.scopes = attempt[1], attempt[2]
            return _for_growing(context, node, sequence)
        return flow
    except UnrollLoop as request:
        entries = known_items(context, sequence) if request.loop.node is node else None
        if entries is None:
            raise
        del context.builder.nodes[attempt[0] :]
        context.environment, context.scopes = attempt[1], attempt[2]
        return _unroll(context, node, sequence, entries)


_RESIZING = frozenset({"list_append", "list_insert", "list_pop", "del_item"})


def _is_resized(nodes: Sequence[Node], lists: Sequence[Var]) -> bool:
    """Whether a loop among these nodes may change the length of one of these lists."""
    sites = frozenset(site for each in lists if isinstance(each.kind, List) for site in each.kind.sites)

    def may_be(operand: Atom) -> bool:
        kind = kind_of(operand)
        return isinstance(kind, List) and bool(kind.sites & sites)

    for loop in nodes:
        for node in walk(loop.body) if isinstance(loop, Loop) and sites else ():
            match node:
                case Op(_, primitive, operands) if primitive.name in _RESIZING and may_be(operands[0]):
                    return True
                case Call(_, _, operands) if any(map(may_be, operands)):
                    return True
    return False


def _for_growing(context: Context, node: gast.For, sequence: Value) -> Flow:
    """A loop over a list whose length the loop changes: it is asked again before each trip."""
    generator = splice(context, _growing(context, sequence))
    if generator is None:
        context.fail(
            "TC109", "this loop changes the length of a list that it runs over in another order",
            hint="iterate over a copy of the list",
        )  # fmt: skip
    return _splice(context, node, generator)


def _growing(context: Context, sequence: Value) -> Value:
    """The same sequence, of which the length of lists is asked again for each entry."""
    match sequence:
        case Var(kind=List()):
            return library_call(context, streams.growing, sequence, Literal(0))
        case Generator(arguments={"sequence": inner, "start": start}) if sequence.is_of(streams.iterated):
            return library_call(context, streams.growing, inner, start)
        case Reversed(Var(kind=List()) as part):
            return library_call(context, streams.growing_reversed, part)
        case Enumerate(part, start):
            return Enumerate(_growing(context, part), start)
        case Zip(parts):
            return Zip(tuple(_growing(context, part) for part in parts))
    return sequence


def _splice(context: Context, node: gast.For, generator: Generator) -> Flow:
    """A loop over a generator: its body is lowered at each `yield`."""

    def body(value: Value) -> Flow:
        bind_target(context, node.target, value)
        return block(context, node.body)

    names = assigned([*node.body, node.target])
    keys = tuple(context.key(name) for name in names)
    context.environment[context.frame.scope, "<broke>"] = FALSE
    return _after(context, node, consume(context, generator, Consumer(context.frame, node, body, keys)))


def _unrolled(context: Context, sequence: Value) -> tuple[Value, ...] | None:
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


Entry = Callable[[int], Value | None]


def _live(context: Context, sequence: Value, entries: Sequence[Value]) -> Entry:
    """What each trip finds, None after the last; a list or dict is looked at again each time, it may have changed.

    Args: entries: what is there at the start.
    """

    def known(number: int) -> Value | None:
        return entries[number] if number < len(entries) else None

    def held(number: int) -> Value | None:
        now = known_items(context, sequence)
        if now is None or number > _LONGEST:
            raise AtRunTime(site for ref in refs_in(sequence) for site in ref.sites)
        return now[number] if 0 <= number < len(now) else None

    match sequence:
        case Ref() if isinstance(context.contents(sequence), ListValue):
            return held
        case View():
            return held
        case Enumerate(part, Literal(start)) if refs_in(part):
            value = _live(context, part, _column(entries, 1))

            def numbered(number: int) -> Value | None:
                found = value(number)
                return None if found is None else TupleValue((Literal(start + number), found))

            return numbered
        case Reversed(part) if refs_in(part):
            backwards = _live(context, part, entries[::-1])
            last = len(entries) - 1
            return lambda number: backwards(last - number) if number <= last else None
        case Zip(parts) if refs_in(sequence):
            columns = [_live(context, part, _column(entries, k)) for k, part in enumerate(parts)]
            are_live = [bool(refs_in(part)) for part in parts]

            def row(number: int) -> Value | None:
                found = [column(number) for column in columns]
                ended = [value is None for value in found]
                if (
                    any(ended)
                    and number >= len(entries)
                    and not all(end for end, is_live in zip(ended, are_live, strict=True) if is_live)
                ):  # the others were looked at only as far as the lists went
                    raise AtRunTime(site for ref in refs_in(sequence) for site in ref.sites)
                return (
                    None if any(ended) else TupleValue(tuple(value for value in found if value is not None))
                )

            return row
    return known


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


def _unroll(context: Context, node: gast.For, sequence: Value, entries: Sequence[Value]) -> Flow:
    """One copy of the body for each entry."""
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
    return _after(context, node, trips(0))


def _after(context: Context, node: gast.For | gast.While, flow: Flow) -> Flow:
    """The `else` clause, and the flags of the loops around.

    `flow` says how the loop ends: NORMAL when it is exhausted, BREAK and RETURN when it is left.
    """
    scope = context.frame.scope
    broke = context.environment[scope, "<broke>"]
    returned = context.environment[scope, "<returned>"] if flow.may(Flow.RETURN) else FALSE
    context.environment[scope, "<stop>"] = context.environment[scope, "<skip>"] = returned
    context.environment[scope, "<broke>"] = FALSE
    left = flow.without(Flow.NORMAL).without(Flow.BREAK)
    if flow.may(Flow.BREAK):
        left = left.both(Flow.NORMAL)
    if not node.orelse or not flow.may(Flow.NORMAL):
        return left.both(Flow.NORMAL) if flow.may(Flow.NORMAL) else left
    if flow.only(Flow.NORMAL):
        return block(context, node.orelse)
    condition = returned if not flow.may(Flow.BREAK) else broke
    if flow.may(Flow.BREAK) and flow.may(Flow.RETURN):
        condition = context.op("or_", returned, broke)
    then = Branch([], dict(context.environment), left)
    was_left = context.atom(condition)
    orelse = run_branch(context, lambda: block(context, node.orelse), was_left, False)
    return merge(context, was_left, then, orelse, node.orelse[-1])


# --- while ----------------------------------------------------------------------------------------


@lowers_statement(gast.While)
def _while(context: Context, node: gast.While) -> Flow:
    return _loop(context, node, node.body, test=node.test)


# --- the loop node --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Trip:
    """One lowering of a body."""

    index: Var | None
    nodes: list[Node]
    end: Environment
    flow: Flow
    tested: Atom | None = None
    test_nodes: list[Node] | None = None
    committed: bool = False


def _loop(
    context: Context,
    node: gast.For | gast.While,
    body: Sequence[gast.AST],
    run: Counted | None = None,
    target: gast.AST | None = None,
    test: gast.AST | None = None,
) -> Flow:
    scope = context.frame.scope
    context.environment[scope, "<broke>"] = FALSE
    entry = dict(context.environment)
    names = assigned(
        [*body, *([target] if target is not None else []), *([test] if test is not None else [])]
    )
    keys = [context.key(name) for name in names]
    keys += [
        key for frame in context.frame.chain if frame.consumer is not None for key in frame.consumer.keys
    ]
    carried = _Carried(context, node, entry, keys)
    scopes = context.scopes
    inline_test = test is not None and _binds(test)
    while True:
        carried.passes += 1
        context.scopes = scopes
        state = LoopState(carried.start(), set(keys), node, scopes=scopes)
        context.loops.append(state)
        try:
            trip = _lower_trip(context, carried, state, body, run, target, test, inline_test)
        except _BindingTest:
            inline_test = True
            continue
        finally:
            context.loops.pop()
            context.environment = entry
        if trip is None:  # the condition is false from the start
            return _after(context, node, Flow.NORMAL)
        if trip.committed and any(may_raise(each, True) for each in trip.test_nodes or ()):
            inline_test = True  # so that it is attempted as well
            continue
        if not carried.widen(trip, state):
            break
    return _finish(context, node, carried, trip, run, test, inline_test)


class _BindingTest(Exception):
    """A condition changes names (a closure that it calls does): it must be part of the trip."""


def _binds(test: gast.AST) -> bool:
    return any(isinstance(child, gast.NamedExpr) for child in gast.walk(test))


def _lower_trip(
    context: Context,
    carried: _Carried,
    state: LoopState,
    body: Sequence[gast.AST],
    run: Counted | None,
    target: gast.AST | None,
    test: gast.AST | None,
    inline_test: bool,
) -> _Trip | None:
    scope = context.frame.scope
    context.environment = dict(carried.entry)
    context.environment.update(state.start)
    context.unbound.update(
        slot
        for key, template in carried.templates.items()
        if carried.is_unbound(key)
        for slot in _slots(template)
    )
    for frame in context.frame.chain:
        for flag in (*_RESET, "<broke>", "<returned>"):
            context.environment[frame.scope, flag] = FALSE
        context.environment[frame.scope, "<value>"] = UNDEF
    context.environment[ERROR] = Literal(None)
    tested: Atom | None = None
    test_nodes: list[Node] | None = None
    if test is not None and not inline_test:
        outer = dict(context.environment)
        with in_region(context) as lowered, context.builder.at(span_of(test, context.frame.file)):
            test_nodes = lowered.nodes
            known = truth(context, context.expression(test))
        if lowered.committed:
            raise _BindingTest
        if known is False:
            return None
        tested = None if isinstance(known, bool) else known
        if any(context.environment.get(key) is not value for key, value in outer.items()):
            raise _BindingTest
        context.environment = outer
    index: Var | None = None
    with in_region(context) as lowered:
        if run is not None:
            assert target is not None
            name = target.id if run.is_range and isinstance(target, gast.Name) else "i"
            index = Var(unknown_int(), name, scope)
            if 0 <= _constant_trips(run) <= UNROLLED:
                state.unroll = index
            with context.builder.at(span_of(target, context.frame.file)):
                bind_target(context, target, run.entry(index))
        if inline_test:
            flow = _tested(context, test, body)
        else:
            flow = block(context, body)
        flow = lowered.ends(flow)
    return _Trip(
        index,
        lowered.nodes,
        context.environment,
        flow,
        tested,
        test_nodes,
        lowered.committed or flow.may(Flow.RAISE),
    )


def _constant_trips(run: Counted) -> int:
    """How many trips there are; -1 where that is not known."""
    match run:
        case Counted(Literal(start), Literal(stop), Literal(step)):
            return len(range(start, stop, step))
    return -1


def _tested(context: Context, test: gast.AST | None, body: Sequence[gast.AST]) -> Flow:
    """A condition that binds names, evaluated inside the trip: the loop stops where it is false."""
    assert test is not None
    scope = context.frame.scope
    condition = truth(context, context.expression(test))

    def stop() -> Flow:
        context.environment[scope, "<stop>"] = context.environment[scope, "<skip>"] = Literal(True)
        return Flow.CONTINUE

    if isinstance(condition, bool):
        return block(context, body) if condition else stop()
    then = run_branch(context, lambda: block(context, body), condition, True)
    return merge(context, condition, then, run_branch(context, stop, condition, False))


def _finish(
    context: Context,
    node: gast.For | gast.While,
    carried: _Carried,
    trip: _Trip,
    run: Counted | None,
    test: gast.AST | None,
    inline_test: bool,
) -> Flow:
    scope = context.frame.scope
    stop = trip.end[scope, "<stop>"]
    has_stop = stop != FALSE
    end_nodes = trip.nodes
    inits: list[Atom] = []
    yields: list[Atom] = []
    results: list[Var] = []
    params: list[Var] = []
    after: Environment = dict(context.environment)
    runs = run is not None and not has_stop and _constant_trips(run) > 0
    for key, template in carried.templates.items():
        slots = _slots(template)
        if is_undefined(carried.entry.get(key, UNDEF)):
            context.left_unbound(key)
        inits += _fill(context, template, carried.entry.get(key, UNDEF), None)
        yields += _fill(context, template, carried.final.get(key, trip.end.get(key, UNDEF)), end_nodes)
        made = [Var(carried.result_kind(slot, runs), slot.name, slot.scope) for slot in slots]
        if carried.is_unbound(key):
            context.unbound.update(made)
        for slot, result in zip(slots, made, strict=True):
            if slot in context.accumulators:
                context.accumulators[result] = context.accumulators[slot]
        params += slots
        results += made
        after[key] = _substitute(template, dict(zip(slots, made, strict=True)))
    body_params = (trip.index, *params) if trip.index is not None else tuple(params)
    body = Block(
        body_params,
        tuple(end_nodes),
        (context.atom(stop), *yields) if has_stop else tuple(yields),
    )
    test_block = None
    if trip.tested is not None:
        test_block = fresh_copy(Block(tuple(params), tuple(trip.test_nodes or ()), (trip.tested,)))
    bounds = None if run is None else Range(run.start, run.stop, run.step, None, run.reverse)
    endless = bounds is None and test_block is None
    if endless and not has_stop:
        context.fail("TC101", "this loop never ends", node, "add a `break`, a `return` or a condition")
    attempts = context.attempts if trip.committed else None
    if attempts is not None:
        attempts.commit()  # what came before the loop; each trip has attempts of its own
        after = {**context.environment, **after}
    context.environment = after
    context.builder.append(
        Loop(tuple(results), bounds, test_block, tuple(inits), body, has_stop, context.builder.span)
    )
    flow = trip.flow.without(Flow.NORMAL).without(Flow.CONTINUE)
    if not endless or inline_test:
        flow = flow.both(Flow.NORMAL)
    if attempts is not None:
        attempts.settle()
        flow = attempts.after(flow)
    return _after(context, node, flow)


def _slots(template: Value) -> list[Var]:
    if isinstance(template, Var):
        return [template]
    return [slot for part in children(template) for slot in _slots(part)]


def _substitute(template: Value, by: dict[Var, Var]) -> Value:
    if isinstance(template, Var):
        return by.get(template, template)
    parts = children(template)
    return rebuilt(template, tuple(_substitute(part, by) for part in parts)) if parts else template


def _fill(context: Context, template: Value, value: Value, nodes: list[Node] | None) -> list[Atom]:
    """The atoms for the slots of a template; what must be made is appended to `nodes`, or to the current block."""
    if isinstance(template, Var):
        if isinstance(value, (Var, Literal)):
            return [value]
        if nodes is None:
            return [context.atom(value)]
        with context.builder.nested() as made:
            atom = context.atom(value)
        nodes.extend(made)
        return [atom]
    if is_undefined(value):
        return [UNDEF] * len(_slots(template))
    if not _slots(template):
        return []
    if isinstance(template, Choice):
        with context.builder.nested() as made:
            value = placed(context, template.options, value)
        (context.builder.nodes if nodes is None else nodes).extend(made)
    pairs = zip(children(template), children(value), strict=True)
    return [atom for part, entry in pairs for atom in _fill(context, part, entry, nodes)]


# --- what is carried ------------------------------------------------------------------------------


class _Carried:
    """The variables of a loop: for each a template whose Vars are the parameters of the body."""

    def __init__(self, context: Context, node: gast.AST, entry: Environment, keys: Sequence[Key]) -> None:
        self.node = node
        self.context = context
        self.entry = entry
        self.passes = 0
        self.templates: dict[Key, Value] = {}
        self.loose: set[Dim] = set()
        self.constants: dict[Var, Kind] = {}
        self.merged: dict[Cell, _Merged] = {}
        self.final: dict[Key, Value] = {}
        self._known: set[Dim] | None = None
        for key in keys:
            if key in entry and not is_undefined(entry[key]) and self._is_live(key):
                self.templates[key] = self._parameters(key, entry[key])

    def _is_live(self, key: Key) -> bool:
        """Whether a later trip or what follows the loop reads the name."""
        if key[1].startswith("<"):
            return True
        node: gast.AST | None = self.node
        for frame in self.context.frame.chain:
            if key[0] == frame.scope and frame.liveness is not None and node is not None:
                live = frame.liveness
                return live.is_live_in_trip(node, key[1]) or live.is_live_after(node, key[1])
            node = None if frame.consumer is None else frame.consumer.node
        return True

    def is_unbound(self, key: Key) -> bool:
        """Whether the name may have no value in a trip, or after the loop."""
        value = self.entry.get(key, UNDEF)
        return is_undefined(value) or value in self.context.unbound

    def start(self) -> Environment:
        """What the names stand for at the head of a trip."""
        own = {(frame.scope, name) for frame in self.context.frame.chain for name in _EXITS}
        return {key: template for key, template in self.templates.items() if key not in own}

    def result_kind(self, slot: Var, runs: bool) -> Kind:
        """The kind after the loop; `runs` if there is a trip.

        A size that changes from trip to trip has another name then.
        """
        kind = slot.kind
        if runs:
            kind = self.context.accumulators.get(slot) or kind
        return self._after(kind)

    def _after(self, kind: Kind) -> Kind:
        match kind:
            case Int():
                return unknown_int()
            case Array(dtype, dims) if dims is not None and any(dim in self.loose for dim in dims):
                return Array(dtype, tuple(fresh() if dim in self.loose else dim for dim in dims))
            case Tuple(items):
                return Tuple(tuple(map(self._after, items)))
        return kind

    def widen(self, trip: _Trip, state: LoopState) -> bool:
        """Take in what a trip left in the environment; says whether the body must be lowered again."""
        again = False
        stale: list[Var] = []
        self.final = {}
        self._end = trip.end
        before = {cell: self.templates[cell] for cell in self.merged}
        scopes = {frame.scope for frame in self.context.frame.chain}
        living = {outer.scope for frame in self.context.frame.chain for outer in frame.lineage}
        for key, value in trip.end.items():
            if not self._is_live(key) or key in self.merged:
                continue
            if key[1] in _RESET or (
                key[0] not in living and key not in self.entry and key not in self.templates
            ):
                continue  # a name of a call that has ended
            own = key[0] in scopes and key[1] in _EXITS
            if key[1].startswith("<") and not (is_cell(key) or key == ERROR or own):
                continue
            old = self.templates.get(key)
            if old is None:
                if key in self.entry and (self.entry[key] is value or _equal(self.entry[key], value)):
                    continue
                again |= self._first(key, value, state)
            else:
                new = self._wider(key, old, value)
                if new is not old:
                    self.templates[key] = new
                    again |= key in state.reads or _is_reshaped(old, new)
                    stale += _slots(old)
        again |= self._widen_merged(before)
        return again or (bool(stale) and not _used(trip).isdisjoint(stale))

    # --- containers ---

    def _widen_merged(self, before: dict[Cell, Value]) -> bool:
        """Take in what the containers hold that are others in each trip; says whether any changed."""
        for cell in list(self.merged):
            if cell not in self.final:  # no name was bound anew: it was changed in place
                self._ends(cell, self._end[cell])
        for cell, merged in self.merged.items():
            if not self._is_exclusive(cell, merged):
                self.context.heap.confuse(*merged.refs)
        return any(before.get(cell) is not self.templates[cell] for cell in self.merged)

    def _either(self, entry: Ref | None, end: Ref) -> Ref:
        """The container that a name stands for in a trip, where each trip leaves another one in it."""
        merged = self.merged.get(entry.key) if entry is not None else None
        if merged is None:
            key = (None if entry is None else entry.key, end.key)
            merged = next((m for m in self.merged.values() if m.pair == key), None)
        if merged is None:
            ref = self.context.heap.new(end.sites if entry is None else entry.sites | end.sites)
            merged = self.merged[ref.key] = _Merged(ref, entry, end)
            if entry is None:
                self.templates[ref.key] = self._parameters(ref.key, self._end[end.key], outside=False)
            else:
                self.entry[ref.key] = self.entry[entry.key]
                self.templates[ref.key] = self._parameters(ref.key, self.entry[entry.key])
        if end.key == merged.ref.key:
            return merged.ref
        if merged.ref.key in self.final and merged.end is not None and merged.end.key != end.key:
            raise AtRunTime(merged.ref.sites | end.sites)  # two names that meant one container part
        merged.end = end
        self._ends(merged.ref.key, self._end[end.key])
        return merged.ref

    def _ends(self, cell: Cell, contents: Value) -> None:
        self.final[cell] = contents
        self.templates[cell] = self._wider(cell, self.templates[cell], contents)

    def _is_exclusive(self, cell: Cell, merged: _Merged) -> bool:
        """Whether nothing but the names that stand for a merged container refers to those that it stands for."""
        holders = {key for key, template in self.templates.items() if _mentions(template, cell)}
        others = [(self.entry, merged.entry), (self._end, merged.end)]
        return not any(
            key not in holders and self._is_live(key) and _mentions(value, ref.key)
            for environment, ref in others
            if ref is not None and ref.key != cell
            for key, value in environment.items()
        )

    def _first(self, key: Key, value: Value, state: LoopState) -> bool:
        """A name that was not expected to change."""
        init = self.entry.get(key, UNDEF)
        if is_undefined(init):
            if is_undefined(value):
                if key in state.reads and key[1] not in _EXITS:
                    self.context.fail("TC102", f"{key[1]!r} has no value here")
                return False
            self.templates[key] = self._parameters(key, value, outside=False)
            return key in state.reads
        self.templates[key] = self._wider(key, self._parameters(key, init), value)
        return key[1] not in _EXITS

    def _parameters(self, key: Key, value: Value, outside: bool = True) -> Value:
        """A template of the same structure."""
        match value:
            case Ref() if value.key not in self.entry:
                return self._either(None, value)
            case Var(kind=kind):
                slot = self._slot(key, kind if outside else self._escaping(kind))
                if value in self.context.accumulators and self._only_accumulates(slot.name):
                    self.context.accumulators[slot] = self.context.accumulators[value]
                return slot
            case Literal(bool() | int() | float() | complex() as number):
                slot = self._slot(key, widened(Const(number)))
                self.constants[slot] = kind_of(value)
                if not isinstance(number, complex) and self._only_accumulates(slot.name):
                    self.context.accumulators[slot] = None
                return slot
            case Choice(_, options):
                return Choice(
                    self._selector(key), tuple(self._option(key, option, outside) for option in options)
                )
        parts = tuple(self._parameters(key, part, outside) for part in children(value))
        return name_parts(rebuilt(value, parts)) if parts else value

    def _aligned(
        self, key: Key, template: ObjectValue, value: ObjectValue
    ) -> tuple[ObjectValue, ObjectValue]:
        """Objects with the same attributes: one that is first set inside the loop is undefined before it."""
        old, value = aligned(template, value)
        if len(old.attributes) == len(template.attributes):
            return template, value
        attributes = {
            name: self._parameters(key, value.attributes[name], outside=False)
            if name not in template.attributes
            else part
            for name, part in old.attributes.items()
        }
        if key in self.entry:
            entry, _ = aligned(self.entry[key], old)  # type: ignore[arg-type]
            self.entry[key] = ObjectValue(old.cls, {name: entry.attributes[name] for name in attributes})
        return ObjectValue(old.cls, attributes), value

    def _option(self, key: Key, option: Value, outside: bool) -> Value:
        return option if isinstance(option, Literal) else self._parameters(key, option, outside)

    def _selector(self, key: Key) -> Var:
        return Var(unknown_int(), f"{OWN_NAMES.get(key[1], key[1])}_choice", key[0])

    def _wider_choice(self, key: Key, template: Value, value: Value) -> Value:
        """One of more functions or objects."""
        pairs = union(template, value)
        if isinstance(template, Choice) and len(pairs) == len(template.options):
            selector = template.selector
        elif self.passes >= _PASSES:
            return Poison(
                "is another function in every trip of the loop", "choose among functions made before it"
            )
        else:
            selector = self._selector(key)
        options = tuple(
            self._option(key, new, outside=False)
            if is_undefined(old)
            else (old if isinstance(old, Literal) else self._wider(key, old, new))
            for old, new in pairs
        )
        if isinstance(template, Choice) and selector is template.selector and options == template.options:
            return template
        return Choice(selector, options)

    def _slot(self, key: Key, kind: Kind) -> Var:
        if isinstance(kind, Int):
            kind = unknown_int()
        return Var(kind, OWN_NAMES.get(key[1], key[1]), key[0])

    def _wider(self, key: Key, template: Value, value: Value) -> Value:
        if template is value or is_undefined(value) or isinstance(template, Poison):
            return template
        if isinstance(template, Literal) and isinstance(value, Literal) and template == value:
            return template
        if isinstance(template, Ref) and isinstance(value, Ref):
            return template if template.key == value.key else self._either(template, value)
        if isinstance(template, ObjectValue) and isinstance(value, ObjectValue) and template.cls is value.cls:
            template, value = self._aligned(key, template, value)
        if isinstance(template, Var) and isinstance(value, (Var, Literal)):
            return self._wider_slot(template, value)
        if isinstance(template, Literal) and isinstance(value, (Var, Literal)):
            slot = self._slot(key, joined(kind_of(template), kind_of(value)))
            made = self.context.owned(value)
            if template == Literal(None) and made is not None and self._only_accumulates(slot.name):
                self.context.accumulators[slot] = self._lasting(made)
            return slot
        if isinstance(template, Choice) or (
            is_option(template) and is_option(value) and not same_shape(template, value)
        ):
            if is_option(value):
                return self._wider_choice(key, template, value)
        if not isinstance(template, (Var, Literal)) and same_shape(template, value):
            old = children(template)
            new = tuple(
                self._wider(key, part, entry) for part, entry in zip(old, children(value), strict=True)
            )
            return template if all(a is b for a, b in zip(old, new, strict=True)) else rebuilt(template, new)
        if refs := [*refs_in(template), *refs_in(value)]:
            raise AtRunTime(site for ref in refs for site in ref.sites)
        if is_cell(key):
            raise AtRunTime(self.context.heap.sites_of(key))
        if isinstance(template, (Var, Literal)) and compound(value):
            return self._slot(key, ANY) if not _is_any(template) else template
        if compound(template) and (compound(value) or isinstance(value, (Var, Literal))):
            return self._slot(key, ANY)
        return Poison(
            "is not the same kind of thing in every trip of the loop", "use another name inside the loop"
        )

    def _wider_slot(self, slot: Var, value: Atom) -> Var:
        kind = kind_of(value)
        if isinstance(slot.kind, Int) and isinstance(widened(kind), Int):
            return slot
        wider = self._joined(self.constants.get(slot, slot.kind), kind)
        if isinstance(wider, Const) or wider == slot.kind or same_kind(widened(wider), slot.kind):
            return self._still_owned(slot, value)
        if self.passes >= _PASSES:
            wider = ANY
        new = Var(wider, slot.name, slot.scope)
        owned = self.context.accumulators
        if slot in owned and isinstance(value, Var) and (value in owned or value in self.context.unshared):
            owned[new] = self._lasting(self.context.owned(value))
        return new

    def _still_owned(self, slot: Var, value: Atom) -> Var:
        """The parameter of a name; another one, to which others may refer, if the trip does not keep its array."""
        expected = self.context.accumulators.get(slot)
        if expected is None or self._lasting(self.context.owned(value)) == expected:
            return slot
        return Var(slot.kind, slot.name, slot.scope)

    def _lasting(self, kind: Array | None) -> Array | None:
        """The kind of an array that the next trip finds: without sizes that each trip makes anew."""
        if kind is None or kind.dims is None:
            return kind
        escaping = self._escaping(kind)
        return kind if escaping == kind else Array(kind.dtype, None)

    def _only_accumulates(self, name: str) -> bool:
        """Whether the loop keeps no reference to a name: it is the target of augmented assignments, or an operand."""
        frame = self.context.frame
        if frame.liveness is None or name in frame.liveness.always:
            return False
        borrowed = {
            id(operand)
            for node in own_nodes([self.node])
            if isinstance(node, (gast.BinOp, gast.UnaryOp, gast.Compare))
            for operand in gast.iter_child_nodes(node)
        }
        return not any(
            isinstance(node, gast.Name)
            and node.id == name
            and isinstance(node.ctx, gast.Load)
            and id(node) not in borrowed
            for node in own_nodes([self.node])
        )

    def _joined(self, old: Kind, new: Kind) -> Kind:
        """The kind of both; a size that differs gets a name that stays."""
        if (
            isinstance(old, Array)
            and isinstance(new, Array)
            and old.dims is not None
            and new.dims is not None
        ):
            if len(old.dims) == len(new.dims):
                dims = tuple(self._size(a, b) for a, b in zip(old.dims, new.dims, strict=True))
                return joined(Array(old.dtype, dims), Array(new.dtype, dims))
        return joined(old, new)

    def _size(self, old: int | Dim, new: int | Dim) -> int | Dim:
        if old == new or (isinstance(old, Dim) and old in self.loose):
            return old
        size = fresh()
        self.loose.add(size)
        return size

    def _escaping(self, kind: Kind) -> Kind:
        """The kind of a value that is first made inside the loop: its own sizes change from trip to trip."""
        if isinstance(kind, Tuple):
            return Tuple(tuple(self._escaping(item) for item in kind.items))
        if not isinstance(kind, Array) or kind.dims is None:
            return kind
        if self._known is None:
            self._known = set()
            for value in self.entry.values():
                self._collect(value)
        dims = []
        for dim in kind.dims:
            if isinstance(dim, Dim) and Dim(dim.base) not in self._known:
                dim = fresh()
                self.loose.add(dim)
            dims.append(dim)
        return Array(kind.dtype, tuple(dims))

    def _collect(self, value: Value) -> None:
        assert self._known is not None
        if isinstance(value, Var):
            if isinstance(value.kind, Array) and value.kind.dims is not None:
                self._known.update(Dim(dim.base) for dim in value.kind.dims if isinstance(dim, Dim))
            elif isinstance(value.kind, Int) and isinstance(value.kind.size, Dim):
                self._known.add(Dim(value.kind.size.base))
        for part in children(value):
            self._collect(part)


@dataclass(eq=False, slots=True)
class _Merged:
    """A container that stands for another one in each trip: `entry` in the first, then what the trip before left."""

    ref: Ref
    entry: Ref | None
    end: Ref | None

    @property
    def pair(self) -> tuple[Cell | None, Cell | None]:
        return (None if self.entry is None else self.entry.key, None if self.end is None else self.end.key)

    @property
    def refs(self) -> list[Ref]:
        return [ref for ref in (self.ref, self.entry, self.end) if ref is not None]


def _mentions(value: Value, cell: Cell) -> bool:
    return any(ref.key == cell for ref in refs_in(value))


def _is_reshaped(old: Value, new: Value) -> bool:
    """Whether a trip that passed `old` on, without reading it, passed on what `new` does not stand for.

    Slots of it would be found among what the trip uses; what was a constant or a function leaves no trace.
    """
    if old is new or (isinstance(old, Var) and isinstance(new, Var)):
        return False
    if not same_shape(old, new) or not children(old):
        return True
    return any(map(_is_reshaped, children(old), children(new)))


def _used(trip: _Trip) -> set[Var]:
    """The Vars of its surroundings, parameters included, that a trip passes on or reads."""
    used = set(free_vars(Block((), tuple(trip.nodes), ())))
    for value in trip.end.values():
        used.update(_slots(value))
    return used


def _equal(a: Value, b: Value) -> bool:
    return isinstance(a, Literal) and isinstance(b, Literal) and a == b


def _is_any(template: Value) -> bool:
    return isinstance(template, Var) and template.kind == ANY
