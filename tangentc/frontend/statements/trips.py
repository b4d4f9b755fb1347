"""A loop as one node of the trace: its body is lowered until the kinds of what it carries no longer change.

What it carries is found by comparing environments.  A name keeps its Python value in every trip: where an int and a
float meet, the kind says float and nothing is converted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

from tangentc.analysis.raising import may_raise
from tangentc.frontend.expressions.iteration import UNROLLED, Counted
from tangentc.frontend.flow.attempts import in_region, merge
from tangentc.frontend.flow.carried import RESET, Carried, Trip, fill, slots, substituted
from tangentc.frontend.flow.control import FALSE, block, run_branch
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.state.context import (
    ERROR,
    Context,
    Environment,
    Flow,
    Key,
    LoopState,
)
from tangentc.frontend.state.joining import unknown_int
from tangentc.frontend.state.values import (
    is_undefined,
)
from tangentc.frontend.statements.assignments import bind_target
from tangentc.frontend.text.parse import span_of
from tangentc.frontend.text.scopes import assigned
from tangentc.ir.copying import fresh_copy
from tangentc.ir.nodes import UNDEF, Atom, Block, Literal, Loop, Node, Range, Var

__all__ = ["LoopNode"]


class LoopNode:
    """A `for` over a counted run, or a `while`, on its way to a node."""

    def __init__(self, context: Context, node: gast.For | gast.While, run: Counted | None = None) -> None:
        self.context = context
        self.node = node
        self.run = run
        self.target: gast.AST | None = node.target if isinstance(node, gast.For) else None
        self.test: gast.AST | None = node.test if isinstance(node, gast.While) else None
        self.tests_inside = self.test is not None and _binds(self.test)
        self.scope = context.frame.scope

    def lower(self) -> Flow:
        """Append the node; says how the loop ends."""
        context = self.context
        context.environment[self.scope, "<broke>"] = FALSE
        entry = dict(context.environment)
        keys = self._assigned()
        carried = Carried(context, self.node, entry, keys)
        scopes = context.scopes
        while True:
            carried.passes += 1
            context.scopes = scopes
            state = LoopState(carried.start(), set(keys), self.node, scopes=scopes)
            context.loops.append(state)
            try:
                trip = self._trip(carried, state)
            except _BindingTest:
                self.tests_inside = True
                continue
            finally:
                context.loops.pop()
                context.environment = entry
            if trip is None:  # the condition is false from the start
                return Flow.NORMAL
            if trip.committed and any(may_raise(each, True) for each in trip.test_nodes or ()):
                self.tests_inside = True  # so that it is attempted as well
                continue
            if not carried.widen(trip, state):
                return self._finish(carried, trip)

    def _assigned(self) -> list[Key]:
        """The names that the loop binds, and those that who consumes the generator around it binds."""
        nodes = [*self.node.body, *(each for each in (self.target, self.test) if each is not None)]
        keys = [self.context.key(name) for name in assigned(nodes)]
        consumers = [frame.consumer for frame in self.context.frame.chain if frame.consumer is not None]
        return keys + [key for consumer in consumers for key in consumer.keys]

    # --- one trip -------------------------------------------------------------------------------

    def _trip(self, carried: Carried, state: LoopState) -> Trip | None:
        """Lower the body once; None if the condition is known to be false."""
        context = self.context
        self._enter(carried, state)
        tested: bool | Atom = True
        test_nodes: list[Node] | None = None
        if self.test is not None and not self.tests_inside:
            tested, test_nodes = self._condition(self.test)
        if tested is False:
            return None
        index: Var | None = None
        with in_region(context) as lowered:
            if self.run is not None:
                index = self._bind_target(self.run, state)
            if self.tests_inside:
                flow = self._tested_body()
            else:
                flow = block(context, self.node.body)
            flow = lowered.ends(flow)
        return Trip(
            index,
            lowered.nodes,
            context.environment,
            flow,
            None if isinstance(tested, bool) else tested,
            test_nodes,
            lowered.committed or flow.may(Flow.RAISE),
        )

    def _enter(self, carried: Carried, state: LoopState) -> None:
        """Let the names stand for what they do at the head of a trip."""
        context = self.context
        context.environment = {**carried.entry, **state.start}
        for key, template in carried.templates.items():
            if carried.is_unbound(key):
                context.unbound.update(slots(template))
        for frame in context.frame.chain:
            for flag in (*RESET, "<broke>", "<returned>"):
                context.environment[frame.scope, flag] = FALSE
            context.environment[frame.scope, "<value>"] = UNDEF
        context.environment[ERROR] = Literal(None)

    def _condition(self, test: gast.AST) -> tuple[bool | Atom, list[Node]]:
        """The condition of a `while`, and what computes it.

        Raises: _BindingTest: it does more than that.
        """
        context = self.context
        outer = dict(context.environment)
        with in_region(context) as lowered, context.builder.at(span_of(test, context.frame.file)):
            known = truth(context, context.expression(test))
        binds = any(context.environment.get(key) is not value for key, value in outer.items())
        if lowered.committed or (binds and known is not False):
            raise _BindingTest
        context.environment = outer
        return known, lowered.nodes

    def _bind_target(self, run: Counted, state: LoopState) -> Var:
        """Bind what a `for` runs over; the index that counts the trips."""
        context, target = self.context, self.target
        assert target is not None
        name = target.id if run.is_range and isinstance(target, gast.Name) else "i"
        index = Var(unknown_int(), name, self.scope)
        if 0 <= _constant_trips(run) <= UNROLLED:
            state.unroll = index
        with context.builder.at(span_of(target, context.frame.file)):
            bind_target(context, target, run.entry(index))
        return index

    def _tested_body(self) -> Flow:
        """A condition that binds names, evaluated inside the trip: the loop stops where it is false."""
        context = self.context
        assert self.test is not None
        condition = truth(context, context.expression(self.test))

        def body() -> Flow:
            return block(context, self.node.body)

        def stop() -> Flow:
            stops = Literal(True)
            context.environment[self.scope, "<stop>"] = context.environment[self.scope, "<skip>"] = stops
            return Flow.CONTINUE

        if isinstance(condition, bool):
            return body() if condition else stop()
        then = run_branch(context, body, condition, True)
        return merge(context, condition, then, run_branch(context, stop, condition, False))

    # --- the node -------------------------------------------------------------------------------

    def _finish(self, carried: Carried, trip: Trip) -> Flow:
        context, run = self.context, self.run
        stop = trip.end[self.scope, "<stop>"]
        has_stop = stop != FALSE
        runs = run is not None and not has_stop and _constant_trips(run) > 0
        joined = self._join(carried, trip, runs)
        params, yields = tuple(joined.params), tuple(joined.yields)
        body = Block(
            params if trip.index is None else (trip.index, *params),
            tuple(trip.nodes),
            (context.atom(stop), *yields) if has_stop else yields,
        )
        test = None
        if trip.tested is not None:
            test = fresh_copy(Block(params, tuple(trip.test_nodes or ()), (trip.tested,)))
        bounds = None if run is None else Range(run.start, run.stop, run.step, None, run.reverse)
        is_endless = bounds is None and test is None
        if is_endless and not has_stop:
            context.fail(
                "TC101", "this loop never ends", self.node, "add a `break`, a `return` or a condition"
            )
        attempts = context.attempts if trip.committed else None
        if attempts is not None:
            attempts.commit()  # what came before the loop; each trip has attempts of its own
            joined.environment = {**context.environment, **joined.environment}
        context.environment = joined.environment
        results, inits = tuple(joined.results), tuple(joined.inits)
        context.builder.append(Loop(results, bounds, test, inits, body, has_stop, context.builder.span))
        flow = trip.flow.without(Flow.NORMAL).without(Flow.CONTINUE)
        if not is_endless or self.tests_inside:
            flow = flow.both(Flow.NORMAL)
        if attempts is not None:
            attempts.settle()
            flow = attempts.after(flow)
        return flow

    def _join(self, carried: Carried, trip: Trip, runs: bool) -> _Joined:
        context = self.context
        joined = _Joined(dict(context.environment))
        for key, template in carried.templates.items():
            if is_undefined(carried.entry.get(key, UNDEF)):
                context.left_unbound(key)
            end = carried.final.get(key, trip.end.get(key, UNDEF))
            joined.inits += fill(context, template, carried.entry.get(key, UNDEF), None)
            joined.yields += fill(context, template, end, trip.nodes)
            params = slots(template)
            results = [Var(carried.result_kind(slot, runs), slot.name, slot.scope) for slot in params]
            if carried.is_unbound(key):
                context.unbound.update(results)
            for slot, result in zip(params, results, strict=True):
                if slot in context.accumulators:
                    context.accumulators[result] = context.accumulators[slot]
            joined.params += params
            joined.results += results
            joined.environment[key] = substituted(template, dict(zip(params, results, strict=True)))
        return joined


@dataclass(slots=True)
class _Joined:
    """What is carried, in one order: into the first trip, at the head and the end of each, and out of the last."""

    environment: Environment
    """What the names stand for after the loop."""
    inits: list[Atom] = field(default_factory=list)
    params: list[Var] = field(default_factory=list)
    yields: list[Atom] = field(default_factory=list)
    results: list[Var] = field(default_factory=list)


class _BindingTest(Exception):
    """A condition changes names (a closure that it calls does): it must be part of the trip."""


def _binds(test: gast.AST) -> bool:
    return any(isinstance(child, gast.NamedExpr) for child in gast.walk(test))


def _constant_trips(run: Counted) -> int:
    """How many trips there are; -1 where that is not known."""
    match run:
        case Counted(Literal(start), Literal(stop), Literal(step)):
            return len(range(start, stop, step))
    return -1
