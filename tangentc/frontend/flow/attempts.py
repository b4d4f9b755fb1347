"""What happens inside `try`: an exception is an early exit.

Operations that may raise are collected until what a handler could see changes: a name that it reads is bound, memory
that it knows is written.  Then they become an `Attempt`, and all that follows is nested in a branch that is taken
if it succeeded.  `<error>` is the exception that is on its way, None almost everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tangentc.analysis.aliasing import is_view
from tangentc.analysis.effects import written_by
from tangentc.analysis.raising import may_raise
from tangentc.frontend.flow.merging import Branch, join
from tangentc.frontend.state.context import ERROR, Context, Environment, Flow, Key
from tangentc.frontend.state.heap import is_cell
from tangentc.frontend.state.values import Value
from tangentc.ir.build import results_of, walk
from tangentc.ir.copying import fresh_copy
from tangentc.ir.nodes import Atom, Attempt, Block, Literal, Node, Op, Var
from tangentc.kinds.types import Object

__all__ = ["Attempts", "Exceptions", "Try", "in_region", "merge"]

Exceptions = tuple[type[BaseException], ...]
NO_ERROR, TRUE, FALSE = Literal(None), Literal(True), Literal(False)


@dataclass(frozen=True, slots=True)
class Try:
    """A `try` around what is being lowered: what it catches, and what is read where an exception leads.

    scope: the frame that it stands in; scopes: how many frames there were when it began.
    """

    classes: Exceptions
    scope: int
    scopes: int
    read: frozenset[str] | None

    def reads(self, context: Context, key: Key) -> bool:
        """Whether a name may be read after an exception."""
        scope, name = key
        if scope == self.scope:
            return self.read is None or name in self.read
        if scope > self.scopes:  # a call inside ends by the exception, but closures may live on
            liveness = context.frame.liveness
            return scope != context.frame.scope or liveness is None or name in liveness.always
        return True


@dataclass(slots=True)
class _Guard:
    """The nodes before an attempt, and the path on which it failed; what follows is being lowered."""

    condition: Atom
    outer: list[Node]
    failed: Branch


@dataclass(slots=True)
class _Region:
    """A list of nodes under construction: those from `start` on may still fail together, back to `before`."""

    scope: int
    nodes: list[Node]
    before: Environment
    start: int = 0
    committed: bool = False
    guards: list[_Guard] = field(default_factory=list)


State = list[tuple[_Region, _Region]]
"""The regions, each with a copy."""


class Restart(Exception):
    """Memory that was made for private use is written where a handler may see it: attempt each write."""


class Attempts:
    """The `try` statements around what is being lowered."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tries: list[Try] = []
        self.regions: list[_Region] = []
        self.commits = 0
        self.strict = False

    @property
    def classes(self) -> Exceptions:
        """What is caught somewhere, no class twice."""
        every = dict.fromkeys(cls for each in self.tries for cls in each.classes)
        return tuple(c for c in every if not any(c is not other and issubclass(c, other) for other in every))

    def expects(self, cls: type[BaseException]) -> bool:
        """Whether some handler is for exceptions of this class."""
        return any(issubclass(cls, known) for known in self.classes)

    def state(self) -> State:
        """What `restore` needs to take back what is lowered from here on."""
        return [(r, replace(r, before=dict(r.before), guards=list(r.guards))) for r in self.regions]

    def restore(self, state: State) -> None:
        self.regions = [region for region, _ in state]
        for region, kept in state:
            region.nodes, region.before, region.start = kept.nodes, kept.before, kept.start
            region.committed, region.guards = kept.committed, kept.guards

    # --- what the rest of the frontend tells ---------------------------------------------------------

    def will_bind(self, key: Key) -> None:
        """A name is about to stand for something else."""
        if self._is_seen(key):
            self.commit()

    def has_bound(self, key: Key) -> None:
        if self._is_seen(key):
            self.regions[-1].before[key] = self.context.environment[key]

    def _is_seen(self, key: Key) -> bool:
        """Whether a handler may see what a name, or a container, stands for."""
        if is_cell(key):
            return bool(self.tries) and key in self._seen_now()
        return any(each.reads(self.context, key) for each in self.tries)

    def has_written(self, node: Node) -> None:
        """A node that may write memory has been appended."""
        if self.tries and self.context.attempts is self and written_by(node):
            if self.strict or not all(map(self._is_private, written_by(node))):
                self.commit()

    def _is_private(self, target: Var) -> bool:
        """Whether memory was made since the state that a handler would see."""
        self.regions[-1].nodes = self.context.builder.nodes
        return _made_by([node for region in self.regions for node in region.nodes[region.start :]], target)

    # --- regions -------------------------------------------------------------------------------------

    def enter(self) -> _Region:
        context = self.context
        region = _Region(context.frame.scope, context.builder.nodes, dict(context.environment))
        self.regions.append(region)
        return region

    def leave(self, flow: Flow) -> Flow:
        """The end of a list of nodes: how it ends, exceptions included."""
        if self.regions[-1].committed:
            self.commit()
        flow = self.close(flow)
        self.regions.pop()
        return flow

    def close(self, flow: Flow) -> Flow:
        """Join the paths on which attempts failed with the end of the list."""
        context, region = self.context, self.regions[-1]
        while region.guards:
            guard = region.guards.pop()
            then = Branch(context.builder.nodes, context.environment, flow)
            context.builder.nodes = guard.outer
            guard.failed.environment = self.visible(guard.failed.environment, context.environment)
            join(context, guard.condition, then, guard.failed)
            flow = flow.both(Flow.RAISE)
            region.nodes = context.builder.nodes
        region.start = len(context.builder.nodes)
        return flow

    def _seen_now(self) -> Environment:
        """The state that a handler would see if what is lowered now failed."""
        for region in reversed(self.regions):
            if region.committed:
                return region.before
        return self.regions[0].before

    def commit(self) -> None:
        """From here on a handler sees another state: what came before has succeeded or not."""
        region, builder = self.regions[-1], self.context.builder
        region.committed = True
        self.commits += 1
        pending = builder.nodes[region.start :]
        if self.may_fail(pending):
            self._check_writes(pending)
            results = tuple(result for node in pending for result in results_of(node))
            outcome = Var(Object(BaseException), "failed", self.context.frame.scope)
            block = fresh_copy(Block((), tuple(pending), results))
            builder.nodes[region.start :] = [Attempt(results, outcome, self.classes, block, builder.span)]
            self.guard(outcome, region.before)
        self.settle()

    def may_fail(self, nodes: Sequence[Node]) -> bool:
        return any(may_raise(node, self.context.errstates > 0) for node in nodes)

    def settle(self) -> None:
        """What has been lowered so far is done with: a handler would see the state as it is now."""
        if not self.tries:
            return
        region, builder = self.regions[-1], self.context.builder
        region.nodes, region.start = builder.nodes, len(builder.nodes)
        region.before = dict(self.context.environment)
        region.committed = True

    def _check_writes(self, pending: Sequence[Node]) -> None:
        """A write to what an attempt did not make itself is its last step."""
        every = list(walk(Block((), tuple(pending), ())))
        for node in every:
            for target in written_by(node):
                if node is not pending[-1] and not _made_by(every, target):
                    if self.strict:
                        self.context.fail("TC105", "a write in the middle of what may fail is not supported")
                    raise Restart

    def guard(self, error: Value, before: Environment) -> None:
        """Nest what follows in a branch that is taken if there is no exception."""
        context, region = self.context, self.regions[-1]
        failed = {key: value for key, value in before.items() if key[1] != "<choice>"}
        failed[ERROR] = error
        self.leaving(failed, region.scope)
        condition = context.op("is_", error, NO_ERROR)
        region.guards.append(
            _Guard(context.atom(condition), context.builder.nodes, Branch([], failed, Flow.RAISE))
        )
        context.builder.nodes = []
        context.environment[ERROR] = error  # None, there

    def visible(self, failed: Environment, then: Environment) -> Environment:
        """The state where an attempt failed, without names that nobody reads there and that mean something else now."""
        return {
            key: value
            for key, value in failed.items()
            if key[1].startswith("<")
            or then.get(key) is value
            or any(each.reads(self.context, key) for each in self.tries)
        }

    @staticmethod
    def leaving(environment: Environment, scope: int) -> None:
        """The flags of a frame that an exception leaves."""
        environment[scope, "<skip>"] = environment[scope, "<stop>"] = TRUE

    def after(self, flow: Flow) -> Flow:
        """How lowering goes on after a node that may have ended by an exception."""
        if not self.tries:
            return flow
        if flow.may(Flow.RAISE):
            region = self.regions[-1]
            region.committed = True
            self.guard(self.context.environment[ERROR], dict(self.context.environment))
            flow = flow.without(Flow.RAISE)
            if flow.only(Flow.NORMAL):
                for scope in {region.scope, self.context.frame.scope}:
                    for flag in ("<skip>", "<stop>"):
                        self.context.environment[scope, flag] = FALSE
            self.settle()
        return flow

    def protect(self, path: Branch) -> Branch:
        """A path whose operations were left to be attempted as a whole, with attempts of its own."""
        if path.committed or not self.may_fail(path.nodes) or path.before is None:
            return path
        context, environment = self.context, self.context.environment
        context.environment = path.environment
        with context.builder.nested(list(path.nodes)):
            self.enter().before = path.before
            self.regions[-1].committed = True
            flow = self.leave(path.flow)
            made = Branch(context.builder.nodes, context.environment, flow, path.before, True)
        context.environment = environment
        return made


def _made_by(nodes: Sequence[Node], target: Var) -> bool:
    """Whether the memory of a reference was made by one of these nodes."""
    made = {var: node for node in nodes for var in results_of(node)}
    while target in made:
        op = made[target]
        if not isinstance(op, Op) or is_view(op) is None:
            return False
        if is_view(op) is False:
            return op.primitive.name != "call"
        source = op.operands[0]
        if not isinstance(source, Var):
            return False
        target = source
    return False


@contextmanager
def in_region(context: Context, nodes: list[Node] | None = None) -> Iterator[_Lowered]:
    """Lower into a list of nodes of its own; the body of the `with` calls `ends` with how it ends."""
    lowered = _Lowered(context)
    attempts = context.attempts
    before = dict(context.environment)
    if attempts is None or not attempts.tries:
        with context.builder.nested(nodes) as made:
            lowered.nodes = made
            yield lowered
        return
    depth = len(attempts.regions)
    if attempts.regions:
        attempts.regions[-1].nodes = context.builder.nodes
    try:
        with context.builder.nested(nodes) as made:
            lowered.nodes = made
            lowered.region = attempts.enter()
            lowered.before = before
            yield lowered
    finally:
        del attempts.regions[depth:]


@dataclass(slots=True)
class _Lowered:
    """A list of nodes under construction, and whether parts of it are attempted on their own."""

    context: Context
    nodes: list[Node] = field(default_factory=list)
    region: _Region | None = None
    before: Environment | None = None

    def goes_on(self, path: Branch) -> Flow:
        """Begin where a path has ended."""
        attempts, region = self.context.attempts, self.region
        if attempts is None or region is None:
            return path.flow
        if path.committed or path.before is None:
            region.committed = True
            attempts.settle()
        else:
            region.before = self.before = path.before
        return attempts.after(path.flow)

    def ends(self, flow: Flow) -> Flow:
        attempts = self.context.attempts
        if attempts is None or self.region is None:
            return flow
        return attempts.leave(flow)

    @property
    def committed(self) -> bool:
        return self.region is not None and self.region.committed

    def branch(self, flow: Flow) -> Branch:
        return Branch(self.nodes, self.context.environment, flow, self.before, self.committed)


def merge(context: Context, condition: Atom, then: Branch, orelse: Branch, last: Any = None) -> Flow:
    """Append `If` and continue with the joined environment, see `merging.join`; exceptions lead on."""
    attempts = context.attempts
    if attempts is None or not attempts.tries:
        return join(context, condition, then, orelse, last)
    leaves = then.flow.may(Flow.RAISE) or orelse.flow.may(Flow.RAISE)
    if not (then.committed or orelse.committed or leaves):
        return join(context, condition, then, orelse, last)
    attempts.commit()
    then, orelse = attempts.protect(then), attempts.protect(orelse)
    flow = join(context, condition, then, orelse, last)
    attempts.settle()
    return flow if flow.only(Flow.RAISE) else attempts.after(flow)
