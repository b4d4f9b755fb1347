"""What the reverse sweep needs of the forward sweep, and how it gets it.

A value of the forward sweep is, in this order: present already; outside every loop, and so still in scope; evaluated
again from values that are present, if no store lies between; else recorded on a tape.  The decisions are
collected while the reverse sweep is generated; `forward_sweep` then writes them into the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tangentc.analysis.aliasing import Aliasing, is_view
from tangentc.analysis.effects import written_by
from tangentc.analysis.regions import Region, Regions
from tangentc.ir.build import Builder, results_of, walk
from tangentc.ir.nodes import UNDEF, Atom, Attempt, Block, If, Literal, Loop, Node, Op, Var, With
from tangentc.kinds.types import INT, Array, Float, Int, Tape
from tangentc.primitives.core import named

__all__ = ["Mirror", "Recording", "Sweep"]

_RECOMPUTE_DEPTH = 4


@dataclass(eq=False, slots=True)
class Mirror:
    """The reverse of a region while it is being generated.

    `head` runs first: values popped from tapes, fresh cotangent buffers.  `bars` are the cotangents of plain
    values as this region changes them; `present` and `present_in_head` are forward values at hand.  `same` has other
    names of values that the region hands on.
    """

    region: Region
    head: list[Node] = field(default_factory=list)
    bars: dict[Var, Atom] = field(default_factory=dict)
    buffers: dict[Var, Var] = field(default_factory=dict)
    shadows: dict[Var, Var] = field(default_factory=dict)
    present: dict[Var, Atom] = field(default_factory=dict)
    present_in_head: dict[Var, Atom] = field(default_factory=dict)
    same: dict[Var, Var] = field(default_factory=dict)


@dataclass(slots=True)
class Recording:
    """What the forward sweep does beyond the program: decided by the reverse sweep."""

    tapes: dict[Var, Var] = field(default_factory=dict)
    exports: dict[int, list[tuple[Block, Var, Var]]] = field(default_factory=dict)
    before: dict[int, list[Node]] = field(default_factory=dict)
    after: dict[Var, list[Node]] = field(default_factory=dict)
    trips: dict[int, Var] = field(default_factory=dict)
    instead: dict[int, Node] = field(default_factory=dict)


class Sweep:
    """The reverse sweep under construction: where it stands, and the forward values it can use there.

    `recorded` are values that will be on a tape whatever is decided here (a first round has shown it): what can be
    evaluated from them need not be recorded itself.
    """

    def __init__(
        self, regions: Regions, aliases: Aliasing, builder: Builder, recorded: frozenset[Var] = frozenset()
    ) -> None:
        self.regions = regions
        self.aliases = aliases
        self.builder = builder
        self.recording = Recording()
        self.recorded = recorded
        self.stack: list[Mirror] = []
        self.position = 0
        self._in_head = False
        self._exported: dict[Var, Var] = {}
        self._owners: dict[Var, Var] = {}
        self._shapes: dict[Var, Var] = {}
        self._handed_on = {
            value: result
            for node, _ in regions.order
            if isinstance(node, (With, Attempt))
            for result, value in zip(node.results, node.block.yields, strict=True)
            if isinstance(value, Var) and regions.home[value].block is node.block
        }
        self._visible_dims = {
            var.kind.dims: var
            for var in reversed(regions.top.block.params)
            if isinstance(var.kind, Array) and var.kind.dims
        }
        self._stores: dict[Var, list[int]] = {}
        for node, _ in regions.order:
            for target in written_by(node):
                cls = aliases.class_of(target)
                if cls is not None:
                    self._stores.setdefault(cls, []).append(regions.starts(node))

    # --- where the sweep stands ---------------------------------------------------------------

    @property
    def mirror(self) -> Mirror:
        return self.stack[-1]

    @contextmanager
    def entering(self, region: Region) -> Iterator[Mirror]:
        """Generate the reverse of a nested region into a node list of its own."""
        mirror = Mirror(region)
        self.stack.append(mirror)
        try:
            yield mirror
        finally:
            self.stack.pop()

    @contextmanager
    def head_of(self, mirror: Mirror) -> Iterator[None]:
        """Append to the start of an enclosing reverse region."""
        stack, position, in_head = self.stack, self.position, self._in_head
        self.stack = stack[: stack.index(mirror) + 1]
        self.position = self._end(mirror.region)
        self._in_head = True
        try:
            with self.builder.nested(mirror.head), self.builder.at(None):
                yield
        finally:
            self.stack, self.position, self._in_head = stack, position, in_head

    def mirror_of(self, region: Region) -> Mirror:
        return next(mirror for mirror in self.stack if mirror.region is region)

    def _end(self, region: Region) -> int:
        nodes = region.block.nodes
        return self.regions.ends(nodes[-1]) if nodes else 0

    # --- forward values ------------------------------------------------------------------------

    def resolve(self, value: Atom) -> Atom:
        """An operand of the forward sweep as an operand of the reverse sweep, here."""
        if isinstance(value, Literal):
            return value
        present = self._present(value)
        if present is not None:
            return present
        other = self._handed_on.get(value)
        for mirror in self.stack:
            other = mirror.same.get(value, other)
        if other is not None:
            return self.resolve(other)
        home = self.regions.home.get(value)
        if home is None:
            return value
        if not home.in_loop:
            return self._export(value, home)
        if value not in self.recording.tapes and self._can_recompute(value, _RECOMPUTE_DEPTH):
            return self._recompute(value)
        return self._pop_in_head(value, home)

    def resolve_all(self, values: Sequence[Atom]) -> tuple[Atom, ...]:
        return tuple(self.resolve(value) for value in values)

    def knows_shape(self, value: Var) -> bool:
        """Whether the shape of a forward value is a constant or that of a parameter."""
        dims = value.kind.dims if isinstance(value.kind, Array) else None
        return dims is not None and (
            dims in self._visible_dims or all(isinstance(size, int) for size in dims)
        )

    def shape_of(self, value: Var) -> Atom:
        """The shape of a forward value, by the cheapest way that is open."""
        dims = value.kind.dims if isinstance(value.kind, Array) else None
        if dims is not None:
            if all(isinstance(size, int) for size in dims):
                return Literal(dims)
            twin = self._visible_dims.get(dims)
            if twin is not None:
                rebound = (twin.name, twin.scope) == (value.name, value.scope)
                if rebound and self.regions.home.get(value) is self.regions.top:
                    twin = value  # `A = A.copy()`: the name means the copy from there on
                return self.builder.op("shape_of", self.resolve(twin))
        if self._available(value, _RECOMPUTE_DEPTH):
            return self.builder.op("shape_of", self.resolve(value))
        if value not in self._shapes:
            after = Builder()
            shape = after.op("shape_of", value, of=value, role="shape")
            self.recording.after.setdefault(value, []).extend(after.nodes)
            self._introduce(shape, value)
            self._shapes[value] = shape
        return self.resolve(self._shapes[value])

    def introduce_before(self, node: Node, nodes: list[Node], result: Var, owner: Var) -> None:
        """Have the forward sweep compute `result` just before `node`; its tape is named after `owner`."""
        self._owners[result] = owner
        self.recording.before.setdefault(id(node), []).extend(nodes)
        self.regions.home[result] = self.regions.region_of[id(node)]
        self.regions.bound[result] = self.regions.starts(node) - 1

    def introduce_instead(self, node: Node, other: Node, result: Var) -> None:
        """Have the forward sweep run `other` for `node`; it also binds `result`."""
        self.recording.instead[id(node)] = other
        self.regions.home[result] = self.regions.region_of[id(node)]
        self.regions.bound[result] = self.regions.ends(node)

    def trips_of(self, loop: Loop) -> Atom:
        """How many times a forward loop ran."""
        trips = self.recording.trips.get(id(loop))
        if trips is None:
            trips = Var(Int(None), "trips")
            self.recording.trips[id(loop)] = trips
            self.regions.home[trips] = self.regions.region_of[id(loop)]
            self.regions.bound[trips] = self.regions.ends(loop)
        return self.resolve(trips)

    def pop_here(self, value: Var) -> Atom:
        """A recorded value whose only use is at this place of the region that recorded it."""
        home = self.regions.home[value]
        if not home.in_loop:
            return self._export(value, home)
        return self._pop(value)

    def _introduce(self, var: Var, beside: Var) -> None:
        self.regions.home[var] = self.regions.home[beside]
        self.regions.bound[var] = self.regions.bound[beside]

    def _present(self, value: Var) -> Atom | None:
        innermost = len(self.stack) - 1
        for depth in range(innermost, -1, -1):
            mirror = self.stack[depth]
            if value in mirror.present_in_head:
                return mirror.present_in_head[value]
            if value in mirror.present and not (self._in_head and depth == innermost):
                return mirror.present[value]
        return None

    def _keep(self, value: Var, here: Atom) -> Atom:
        table = self.mirror.present_in_head if self._in_head else self.mirror.present
        table[value] = here
        return here

    def _export(self, value: Var, home: Region) -> Var:
        """Outside loops a value stays in scope; one made in a branch becomes a result of its If."""
        if home.parent is None:
            return value
        if value not in self._exported:
            inner, region = value, home
            while region.parent is not None:
                assert isinstance(region.owner, (If, With, Attempt))
                outer = Var(value.kind, value.name, value.scope, value.of, value.role)
                self.recording.exports.setdefault(id(region.owner), []).append((region.block, inner, outer))
                inner, region = outer, region.parent
            self._exported[value] = inner
        return self._exported[value]

    def _pop_in_head(self, value: Var, home: Region) -> Atom:
        mirror = self.mirror_of(home)
        with self.head_of(mirror):
            popped = self._pop(value)
        mirror.present_in_head[value] = popped
        return popped

    def _pop(self, value: Var) -> Var:
        tape = self.recording.tapes.get(value)
        if tape is None:
            tape = Var(Tape(value.kind), of=self._owners.get(value, value), role="tape")
            self.recording.tapes[value] = tape
        return self.builder.op(
            "tape_pop",
            tape,
            kind=value.kind,
            name=value.name,
            scope=value.scope,
            of=value.of,
            role=value.role,
        )

    # --- evaluating again ------------------------------------------------------------------------

    def _available(self, value: Atom, depth: int) -> bool:
        """Whether a value can be had without recording anything new."""
        if isinstance(value, Literal) or self._present(value) is not None:
            return True
        if value in self.recording.tapes or value in self.recorded:
            return True
        home = self.regions.home.get(value)
        return home is None or not home.in_loop or self._can_recompute(value, depth)

    def _can_recompute(self, value: Var, depth: int) -> bool:
        op = self.regions.node_of.get(value)
        if not isinstance(op, Op) or depth == 0 or not op.primitive.pure or op.primitive.effect:
            return False
        if len(op.results) != 1:
            return False
        view = is_view(op)
        if view is not True:
            if (
                not (op.primitive.cheap or not op.primitive.reads or _is_float_math(op))
                or op.primitive.writes
            ):
                return False
            if self.aliases.is_storage(value):
                return False  # its identity matters: a second one would have another shadow
            if op.primitive.reads and any(self._stored_since(value, operand) for operand in op.operands):
                return False
        return all(self._available(operand, depth - 1) for operand in op.operands)

    def _stored_since(self, value: Var, operand: Atom) -> bool:
        """Whether the memory of an operand may have changed between the binding of a value and this place."""
        cls = self.aliases.class_of(operand)
        if cls is None or cls not in self._stores:
            return False
        here, home = self.regions.bound[value], self.regions.home[value]
        limit = self.regions.reach(here, self.position, home.loops, self.mirror.region.loops)
        return any(here < store <= limit for store in self._stores[cls])

    def _recompute(self, value: Var) -> Atom:
        op = self.regions.node_of[value]
        assert isinstance(op, Op)
        operands = self.resolve_all(op.operands)
        result = Var(value.kind, value.name, value.scope, value.of, value.role)
        self.builder.append(Op((result,), op.primitive, operands, op.attrs, op.span))
        # `i - 1` is written again wherever it is used, as the program does
        return result if isinstance(value.kind, Int) else self._keep(value, result)

    # --- the forward sweep -----------------------------------------------------------------------

    def forward_sweep(self, block: Block) -> tuple[Node, ...]:
        """The program's own nodes with everything recorded that the reverse sweep asked for."""
        nodes: list[Node] = []
        for node in block.nodes:
            rewritten = self._forward(node)
            tapes = [Op((tape,), named("tape_new"), (), ()) for tape in self._tapes_started_by(node)]
            # a context manager is made in the line of its `with`
            follows = isinstance(node, With) and bool(nodes) and results_of(nodes[-1]) == (node.context,)
            nodes[len(nodes) - follows :] = [*tapes, *nodes[len(nodes) - follows :]]
            nodes.extend(rewritten)
        return tuple(nodes)

    def _tapes_started_by(self, node: Node) -> list[Var]:
        """The tapes of values inside a node, in the order in which the values are bound."""
        first, last = self.regions.starts(node), self.regions.ends(node)
        inside = [value for value in self.recording.tapes if first <= self.regions.bound[value] <= last]
        inside.sort(key=lambda value: self.regions.bound[value])
        return [self.recording.tapes[value] for value in inside if self.regions.home[value].in_loop]

    def _forward(self, node: Node) -> list[Node]:
        nodes: list[Node] = []
        for extra in self.recording.before.get(id(node), []):
            nodes.append(extra)
            nodes.extend(self._pushes(extra))
        match node:
            case If(results, condition, then, orelse, span):
                exports = self.recording.exports.get(id(node), [])
                blocks = []
                for block in (then, orelse):
                    more = tuple(inner if home is block else UNDEF for home, inner, _ in exports)
                    blocks.append(Block((), self._inside(block), block.yields + more))
                outer = tuple(result for _, _, result in exports)
                rebuilt: Node = If(results + outer, condition, blocks[0], blocks[1], span)
            case With() | Attempt():
                return [*nodes, *self._once(node)]
            case Loop():
                rebuilt = self._loop(node, nodes)
            case _:
                rebuilt = self.recording.instead.get(id(node), node)
        nodes.append(rebuilt)
        nodes.extend(self._pushes(rebuilt))
        return nodes

    def _once(self, node: With | Attempt) -> list[Node]:
        """A block that runs once hands on what the reverse sweep asks for."""
        exports = self.recording.exports.get(id(node), [])
        inner = tuple(inner for _, inner, _ in exports)
        results = node.results + tuple(outer for _, _, outer in exports)
        if isinstance(node, With):
            block = Block(node.block.params, self._inside(node.block), node.block.yields + inner)
            rebuilt: Node = replace(node, results=results, block=block)
            return [rebuilt, *self._pushes(rebuilt)]
        return self._attempt(node, results, inner)

    def _attempt(self, node: Attempt, results: tuple[Var, ...], exported: tuple[Var, ...]) -> list[Node]:
        """An attempt that failed has recorded nothing: its own values are pushed at its end, others are forgotten."""
        pushes: list[Node] = []
        nodes: list[Node] = []
        for each in self._inside(node.block):
            is_push = isinstance(each, Op) and each.primitive.name == "tape_push"
            (pushes if is_push else nodes).append(each)
        block = Block((), (*nodes, *pushes), node.block.yields + exported)
        tapes = dict.fromkeys(
            inner.operands[0]
            for inner in walk(Block((), tuple(nodes), ()))
            if isinstance(inner, Op) and inner.primitive.name == "tape_push"
            if isinstance(inner.operands[0], Var)
        )
        before, after = Builder(), Builder()
        if tapes and self.regions.region_of[id(node)].in_loop:
            lengths = {tape: before.op("tape_len", tape, of=tape, role="length") for tape in tapes}
            with after.nested() as cuts:
                for tape, length in lengths.items():
                    after.effect("tape_cut", tape, length)
            failed = after.op("is_not", node.outcome, None)
            after.append(If((), failed, Block((), tuple(cuts), ()), Block((), (), ()), node.span))
        rebuilt = replace(node, results=results, block=block)
        return [*before.nodes, rebuilt, *after.nodes, *self._pushes(rebuilt)]

    def _inside(self, block: Block) -> tuple[Node, ...]:
        nodes: list[Node] = []
        for param in block.params:
            nodes.extend(self._push(param))
        for node in block.nodes:
            nodes.extend(self._forward(node))
        return tuple(nodes)

    def _loop(self, loop: Loop, nodes: list[Node]) -> Loop:
        body = Block(loop.body.params, self._inside(loop.body), loop.body.yields)
        trips = self.recording.trips.get(id(loop))
        if trips is None:
            return Loop(loop.results, loop.range, loop.test, loop.inits, body, loop.has_stop, loop.span)
        count, counter = Var(INT, "trips"), Builder()
        more = counter.op("add", count, 1, name="trips")
        body = Block((*body.params, count), (*counter.nodes, *body.nodes), (*body.yields, more))
        test = loop.test
        if test is not None:
            test = Block((*test.params, Var(INT, "trips")), test.nodes, test.yields)
        return Loop(
            (*loop.results, trips),
            loop.range,
            test,
            (*loop.inits, Literal(0)),
            body,
            loop.has_stop,
            loop.span,
        )

    def _pushes(self, node: Node) -> list[Node]:
        return [push for result in results_of(node) for push in self._push(result)]

    def _push(self, value: Var) -> list[Node]:
        nodes: list[Node] = []
        for extra in self.recording.after.get(value, []):
            nodes.append(extra)
            nodes.extend(self._pushes(extra))
        tape = self.recording.tapes.get(value)
        if tape is not None and self.regions.home[value].in_loop:
            nodes.append(Op((), named("tape_push"), (tape, value), ()))
        return nodes


def _is_float_math(op: Op) -> bool:
    """Functions of `math` on Python floats cost less than a push and a pop."""
    return op.primitive.name.startswith("math.") and isinstance(op.results[0].kind, Float)
