"""Reverse mode: from a function to its forward sweep followed by its reverse sweep.

At the reverse of a node every array that is needed holds what it held just after the node ran forward; each store
is undone on the way back.  The reverse sweep is generated first; it says what the forward sweep records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tangentc.analysis.activity import Activity, activity, carries
from tangentc.analysis.aliasing import Aliasing, aliasing, index_form
from tangentc.analysis.boundlessness import possibly_boundless
from tangentc.analysis.calls import is_half, second_derivative_of_recursion
from tangentc.analysis.effects import opaque_writes
from tangentc.analysis.regions import Region, Regions, regions
from tangentc.analysis.undefinedness import possibly_undefined
from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import Builder, blocks_of, operands_of, results_of, walk
from tangentc.ir.nodes import (
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    If,
    Index,
    Literal,
    Loop,
    Node,
    Op,
    Parameter,
    Range,
    Store,
    Var,
    With,
    kind_of,
)
from tangentc.ir.trees import unique
from tangentc.kinds.join import same_kind
from tangentc.kinds.types import ANY, INT, Array, can_be_active, is_container, is_number
from tangentc.primitives.core import Alias
from tangentc.rules.differential import differential
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import exact, fit, pull, same_dims
from tangentc.rules.linear_ops import add_part
from tangentc.transform.containers import CONTAINERS, reverse_container
from tangentc.transform.cotangents import Cotangents, Place
from tangentc.transform.entry import substitute
from tangentc.transform.recording import Mirror, Sweep
from tangentc.transform.tangent import moves

__all__ = ["Adjoint", "Reverse", "adjoint", "free_values"]


@dataclass(frozen=True, slots=True)
class Adjoint:
    """A forward sweep, a reverse sweep, and the cotangents of the differentiated parameters at its end."""

    forward: tuple[Node, ...]
    reverse: tuple[Node, ...]
    bars: tuple[Atom, ...]
    tapes: int


def adjoint(
    function: Function,
    wrt: Sequence[Var],
    seeds: Sequence[Atom | None],
    callees: dict[str, Function] | None = None,
) -> Adjoint:
    """The two sweeps of a function.

    Args:
        function: whose written parameters have been copied at entry.
        wrt: block parameters to differentiate.
        seeds: the cotangent of each of `function.body.yields`, None where it is not differentiated.
        callees: receives the split forms of the functions that are called and not inlined.
    Raises:
        MissingRuleError: an active value reaches an operation without derivative.
    """
    where = regions(function)
    for var in where.home:
        Builder.settle(var)
    aliases = aliasing(function)
    active = activity(function, wrt, aliases)
    made = {} if callees is None else callees
    first = Reverse(function, where, aliases, active, made, frozenset())
    found = first.run(wrt, seeds)
    recorded = frozenset(first.sweep.recording.tapes)
    if len(recorded) < 2:
        return found
    return Reverse(function, regions(function), aliases, active, made, recorded).run(wrt, seeds)


class Reverse:
    """The reverse sweep of one function under construction."""

    def __init__(
        self,
        function: Function,
        where: Regions,
        aliases: Aliasing,
        active: Activity,
        callees: dict[str, Function],
        recorded: frozenset[Var],
    ) -> None:
        self.function = function
        self.callees = callees
        self.regions = where
        self.aliases = aliases
        self.activity = active
        self.builder = Builder()
        self.joined: set[int] = set()  # attempts that were reversed where their success is known
        self.sweep = Sweep(where, aliases, self.builder, recorded)
        self.bars = Cotangents(
            self.sweep, where, aliases, active, possibly_undefined(function), possibly_boundless(function)
        )

    def run(self, wrt: Sequence[Var], seeds: Sequence[Atom | None]) -> Adjoint:
        body = self.function.body
        with self.sweep.entering(self.regions.top) as mirror:
            self.sweep.position = self.regions.ends(body.nodes[-1]) if body.nodes else 0
            for value, seed in zip(body.yields, seeds, strict=True):
                if seed is not None:
                    self.bars.land(value, Expr.of(self.builder, seed))
            self._block(self.regions.top)
            results = []
            for param in wrt:
                taken = self.bars.take(param)
                results.append(self.bars.full(param, None if taken is None else taken.atom))
            reverse = (*mirror.head, *self.builder.nodes)
        forward = self.sweep.forward_sweep(body)
        return Adjoint(forward, reverse, tuple(results), len(self.sweep.recording.tapes))

    # --- nodes ---------------------------------------------------------------------------------

    def _block(self, region: Region) -> None:
        for node in reversed(region.block.nodes):
            self.sweep.position = self.regions.ends(node)
            with self.builder.at(getattr(node, "span", None)):
                self._node(node)

    def _node(self, node: Node) -> None:
        match node:
            case Op():
                self._op(node)
            case Store():
                self._store(node)
            case If():
                self._if(node)
            case Loop():
                self._loop(node)
            case With():
                self._with(node)
            case Attempt():
                self._attempt(node)
            case Call():
                self._call(node)

    def _op(self, op: Op) -> None:
        if op.primitive.name == "tape_pop" or op.primitive.name == "tape_push":
            self._tape(op)
            return
        if op.primitive.name == "add_at":
            self._add_at(op)
            return
        if op.primitive.name in CONTAINERS:
            reverse_container(self, op)
            return
        for target in opaque_writes(op) if op.primitive.name == "call" else ():
            self._restore(op, target, (Ellipsis,), ())
        active = [result for result in op.results if self.activity.is_active(result)]
        if not active or not carries(op.primitive):
            return
        if op.primitive.name in ("zero_items", "shadows_new", "tape_new", "shadow_of", "shadow_take"):
            return  # a shadow starts as zeros, and a taken one is the same memory: nothing flows on
        if len(op.results) == 1 and self.bars.is_part(op.results[0]):
            return
        if op.alias is Alias.MAYBE and self.bars.place(active[0]) is Place.IDENTITY:
            self._maybe_view(op)
            return
        taken = [self.bars.take(result) if result in active else None for result in op.results]
        if any(bar is not None for bar in taken):
            self._pull(op, taken)

    def _pull(self, op: Op, taken: Sequence[Expr | None]) -> None:
        """Add what the transposed differential gives to the operands' cotangents."""
        if op.primitive.name == "getitem" and taken[0] is not None:
            self._scatter(op, taken[0])
            return
        start = len(self.builder.nodes)
        inputs, outputs = differential(
            op.primitive,
            [self.bars.prototype(result) for result in op.results],
            [self.bars.prototype(operand) for operand in op.operands],
            dict(op.attrs),
            [self.activity.is_active(operand) for operand in op.operands],
        )
        found = pull(outputs, taken)
        # one for each operand, also where it stands twice, as in `x * x`
        contributions: dict[Atom, Expr] = {}
        for operand, slot in zip(op.operands, inputs, strict=True):
            if slot is not None and slot in found:
                earlier = contributions.get(operand)
                contributions[operand] = found[slot] if earlier is None else earlier + found[slot]
        self.bars.land_all(start, contributions)

    def _scatter(self, op: Op, w: Expr) -> None:
        """The transpose of reading `x[index]`: add to the same places of the cotangent of x, in place."""
        source = op.operands[0]
        if not isinstance(source, Var) or not self.activity.is_active(source):
            return
        if self.bars.is_indirect(source):
            self.bars.pass_on(op, w)
            return
        holes = self.sweep.resolve_all(op.operands[1:])
        w = exact(w, op.results[0].kind, lambda: self.bars.prototype(op.results[0]))
        target, index = self.bars.shadow(source), op.attr("index", ())
        if index_form(op) in ("fancy", "unknown"):
            add_part(
                Expr.of(self.builder, target),
                w,
                *(Expr.of(self.builder, hole) for hole in holes),
                index=index,
            )
        else:
            self.builder.store(target, index, holes, w.atom, "+")

    def _maybe_view(self, op: Op) -> None:
        """A reshape that copied has a shadow of its own, which flows back; one that is a view shares it."""
        result, source = op.results[0], op.operands[0]
        here, there = self.sweep.resolve(result), self.sweep.resolve(source)
        if (
            isinstance(source, Var)
            and self.activity.is_active(source)
            and self.bars.place(source) is Place.IDENTITY
        ):
            self.bars.shadow(source)  # looked up outside the branch, for what comes after it
        shared = self.builder.op("np.shares_memory", here, there)
        with self.builder.nested() as nodes:
            taken = self.bars.take(result)
            if taken is not None:
                self._pull(op, [taken])
        self.builder.append(If((), shared, Block((), (), ()), Block((), tuple(nodes), ()), op.span))

    def _add_at(self, op: Op) -> None:
        """target[index] += value, counting repeats: the value gets target_bar[index]."""
        target, *holes, value = op.operands
        assert isinstance(target, Var)
        index = op.attr("index", ())
        if isinstance(value, Var) and self.activity.is_active(target):
            here = self.sweep.resolve_all(holes)
            w = Expr.of(self.builder, self.builder.getitem(self.bars.shadow(target), index, here))
            self.bars.land(value, fit(w, w.kind, lambda: w, value.kind, lambda: self.bars.prototype(value)))
        self._restore(op, target, index, holes)

    def _tape(self, op: Op) -> None:
        """Cotangents travel on a tape of their own, the other way."""
        tape = op.operands[0]
        assert isinstance(tape, Var)
        if op.primitive.name == "tape_pop":
            result = op.results[0]
            if not self.activity.is_active(result) or self.bars.place(result) is Place.IDENTITY:
                return
            taken = self.bars.take(result)
            bar = self.bars.full(result, None if taken is None else taken.atom)
            self.builder.effect("tape_push", self._bar_tape(tape), bar)
        else:
            value = op.operands[1]
            if not isinstance(value, Var) or not self.activity.is_active(value):
                return
            if self.bars.place(value) is Place.IDENTITY or not self._is_popped_active(tape):
                return
            popped = self.builder.op("tape_pop", self._bar_tape(tape), kind=self.bars.bar_kind(value))
            self.bars.land(value, Expr.of(self.builder, popped))

    def _is_popped_active(self, tape: Var) -> bool:
        """Whether what is popped from a tape carries a derivative: else nothing was put on the tape of cotangents."""
        return any(
            self.activity.is_active(node.results[0])
            for node, _ in self.regions.order
            if isinstance(node, Op) and node.primitive.name == "tape_pop" and node.operands[0] is tape
        )

    def _bar_tape(self, tape: Var) -> Var:
        top = self.sweep.stack[0]
        if tape not in top.shadows:
            made = Builder()
            bars = made.op("tape_new", kind=tape.kind)
            Builder.name(bars, tape, "bar")
            top.head[:0] = made.nodes
            top.shadows[tape] = bars
        return top.shadows[tape]

    # --- stores ----------------------------------------------------------------------------------

    def _store(self, store: Store) -> None:
        target, value = store.target, store.value
        assert isinstance(target, Var)
        holes = self.sweep.resolve_all(store.operands)
        if self.activity.is_active(target):
            shadow = self.bars.shadow(target)
            w = self._stored_bar(store, shadow, holes) if self.activity.is_active(value) else None
            if not store.accumulate:
                # before w lands: value may be a part of target
                self.builder.store(shadow, store.index, holes, 0.0)
                in_loop = self.regions.region_of[id(store)].in_loop
                if not in_loop:  # there, element by element, guards would be everywhere
                    self.bars.zeroed(target, shadow)
            if w is not None:
                self.bars.land(value, w)
        self._restore(store, target, store.index, store.operands)

    def _stored_bar(self, store: Store, shadow: Var, holes: Sequence[Atom]) -> Expr:
        """The cotangent of a stored value: a copy of that of the place it was stored to."""
        part = self.builder.getitem(shadow, store.index, holes)
        w = Expr.of(self.builder, part)
        kind = part.kind
        if not store.accumulate and index_form(store) in ("fancy", "unknown"):
            last = self.builder.op("last_writer", shadow, *holes, index=store.index)
            w = call("np.where", Expr.of(self.builder, last), w, 0.0)
        elif not is_number(kind) and not _is_fresh(store):
            w = call("copy", w)
        if store.accumulate == "-":
            w = -w
        whole = w
        assert isinstance(store.value, Var)
        value = store.value
        return fit(w, kind, lambda: whole, value.kind, lambda: self.bars.prototype(value))

    def _restore(self, node: Op | Store, target: Var, index: Index, operands: Sequence[Atom]) -> None:
        """Undo a write: the forward sweep saves what it overwrites.  Dead-store elimination drops what nobody reads."""
        before = Builder()
        before.span = node.span
        saved = before.getitem(target, index, operands)
        if not is_number(saved.kind) and (isinstance(node, Op) or not _is_fresh(node)):
            saved = before.op("copy", saved)
        self.sweep.introduce_before(node, before.nodes, saved, target)
        holes = self.sweep.resolve_all(operands)
        self.builder.store(self.sweep.resolve(target), index, holes, self.sweep.pop_here(saved))

    # --- control flow ------------------------------------------------------------------------------

    def _if(self, node: If) -> None:
        attempt = self._attempt_before(node)
        condition = self._condition(node)
        carried = self._taken(node.results)
        branches = []
        for block in (node.then, node.orelse):
            region = self.regions.of_block[id(block)]
            self.sweep.position = self.regions.ends(node)
            with self.sweep.entering(region) as mirror, self.builder.nested() as nodes:
                mirror.same.update(self._attempted(block, node.results))
                for place, bar in carried:
                    self.bars.land(block.yields[place], bar)
                self._block(region)
                if attempt is not None and block is node.then:
                    self._once(attempt, self._taken(attempt.results))
                    self.joined.add(id(attempt))
            branches.append((mirror, nodes))
        self._meet(node, condition, branches, (node.then, node.orelse))

    def _attempted(self, arm: Block, results: Sequence[Var]) -> dict[Var, Var]:
        """Results of a branch that in one arm are those of an attempt: the reverse of the arm has one name for both."""
        return {
            value: result
            for result, value in zip(results, arm.yields, strict=True)
            if isinstance(value, Var)
            and not self.regions.home[result].in_loop  # there each name has a tape
            and same_kind(value.kind, result.kind)
            and isinstance(self.regions.node_of.get(value), Attempt)
        }

    def _condition(self, node: If) -> Atom:
        """The condition of a branch, as it was; whether an attempt failed is asked again, which reads better."""
        op = self.regions.node_of.get(node.condition) if isinstance(node.condition, Var) else None
        if isinstance(op, Op) and op.primitive.name in ("is_", "is_not"):
            attempt = self.regions.node_of.get(op.operands[0]) if isinstance(op.operands[0], Var) else None
            if isinstance(attempt, Attempt) and not self.regions.region_of[id(attempt)].in_loop:
                return self.builder.op(op.primitive, *self.sweep.resolve_all(op.operands))
        return self.sweep.resolve(node.condition)

    def _taken(self, results: Sequence[Var]) -> list[tuple[int, Expr]]:
        """The cotangents of results that are values, with the places of the results."""
        taken = []
        for place, result in enumerate(results):
            bar = self.bars.take(result) if self._has_value_bar(result) else None
            if bar is not None:
                taken.append((place, bar))
        return taken

    def _meet(
        self,
        node: If | Attempt,
        condition: Atom,
        branches: Sequence[tuple[Mirror, list[Node]]],
        around: Sequence[Block],
    ) -> None:
        """Append the branch whose arms are the reverses of two paths, and join the cotangents that they changed."""
        touched = list(dict.fromkeys(var for mirror, _ in branches for var in mirror.bars))
        touched = [var for var in touched if not self._inside(var, *around)]
        blocks = []
        strong: set[Var] = set()  # one of the branches has nothing to add
        for mirror, nodes in branches:
            self.sweep.position = self.regions.ends(node)
            self.sweep.stack.append(mirror)
            with self.builder.nested(nodes):
                bars = [self.bars.current(var) for var in touched]
                yields = tuple(self.bars.full(var, bar) for var, bar in zip(touched, bars, strict=True))
            self.sweep.stack.pop()
            strong.update(
                var
                for var, bar in zip(touched, bars, strict=True)
                if bar is None or self.builder.is_strong(bar)
            )
            blocks.append(Block((), (*mirror.head, *nodes), yields))
        if not touched and not blocks[0].nodes and not blocks[1].nodes:
            return
        results = tuple(Var(self.bars.bar_kind(var), of=var, role="bar") for var in touched)
        self.builder.append(If(results, condition, blocks[0], blocks[1], node.span))
        self.builder.strong.update(bar for var, bar in zip(touched, results, strict=True) if var in strong)
        self.sweep.mirror.bars.update(zip(touched, results, strict=True))

    # --- what runs once ------------------------------------------------------------------------------

    def _once(self, node: With | Attempt, carried: Sequence[tuple[int, Expr]]) -> None:
        """The reverse of a block that ran, here; `carried` are the cotangents of its results."""
        region = self.regions.of_block[id(node.block)]
        self.sweep.position = self.regions.ends(node)
        outer = self.sweep.mirror
        with self.sweep.entering(region) as mirror, self.builder.nested() as nodes:
            for place, bar in carried:
                is_buffer = (
                    self.bars.place(node.results[place]) is Place.BUFFER
                )  # which nobody needs any more
                self.bars.land_owned(node.block.yields[place], bar, is_buffer)
            self._block(region)
        for each in (*mirror.head, *nodes):
            self.builder.append(each)
        outer.bars.update((var, bar) for var, bar in mirror.bars.items() if not self._inside(var, node.block))

    def _with(self, node: With) -> None:
        carried = self._taken(node.results)
        if not node.again:
            self._once(node, carried)
            return
        outer = self.sweep.mirror
        known = dict(outer.bars)
        with self.builder.nested() as nodes:
            self._once(node, carried)
            touched = {
                var: bar
                for var, bar in outer.bars.items()
                if isinstance(bar, Var) and known.get(var) is not bar
            }
        if not nodes:
            return
        op = self.regions.node_of[node.context] if isinstance(node.context, Var) else None
        assert isinstance(op, Op)
        context = self.builder.op(op.primitive, *self.sweep.resolve_all(op.operands), **dict(op.attrs))
        bars = {var: Var(bar.kind, of=var, role="bar") for var, bar in touched.items()}
        inside = Block((), tuple(nodes), tuple(touched.values()))
        self.builder.append(With(tuple(bars.values()), context, inside, True, node.span))
        self.builder.strong.update(bars[var] for var, bar in touched.items() if self.builder.is_strong(bar))
        outer.bars.update(bars)

    def _attempt(self, node: Attempt) -> None:
        """What failed has no derivative."""
        if id(node) in self.joined:
            return
        succeeded = self.builder.op("is_", self.sweep.resolve(node.outcome), None)
        carried = self._taken(node.results)
        branches = []
        for runs in (True, False):
            region = self.regions.region_of[id(node)]
            none = Region(Block((), (), ()), region, node, region.loops)
            with self.sweep.entering(none) as mirror, self.builder.nested() as nodes:
                if runs:
                    self._once(node, carried)
            branches.append((mirror, nodes))
        self._meet(node, succeeded, branches, (node.block,))

    def _attempt_before(self, node: If) -> Attempt | None:
        """The attempt whose success a branch depends on, if nothing else uses what it computed."""
        test = self.regions.node_of.get(node.condition) if isinstance(node.condition, Var) else None
        if not (isinstance(test, Op) and test.primitive.name == "is_" and isinstance(test.operands[0], Var)):
            return None
        attempt = self.regions.node_of.get(test.operands[0])
        if not (isinstance(attempt, Attempt) and test.operands[0] is attempt.outcome):
            return None
        block = self.regions.region_of[id(node)].block
        if self.regions.region_of[id(attempt)].block is not block:
            return None
        first = next(place for place, each in enumerate(block.nodes) if each is attempt)
        last = next(place for place, each in enumerate(block.nodes) if each is node)
        between = block.nodes[first + 1 : last]
        if any(not isinstance(each, Op) or each.primitive.name not in ("is_", "is_not") for each in between):
            return None
        others = (*block.nodes[last + 1 :], replace(node, then=Block((), (), ())))
        used = free_values(others, block.yields)
        return None if any(result in used for result in attempt.results) else attempt

    def _has_value_bar(self, value: Var) -> bool:
        return self.activity.is_active(value) and self.bars.place(value) is not Place.IDENTITY

    def _inside(self, var: Var, *blocks: Block) -> bool:
        inner = {id(block) for block in blocks}
        return any(id(region.block) in inner for region in self.regions.home[var].chain())

    def _loop(self, node: Loop) -> None:
        body = node.body
        region = self.regions.of_block[id(body)]
        params = body.params[1:] if node.range is not None else body.params
        yields = body.yields[1:] if node.has_stop else body.yields
        carried = [
            (param, init, value, result)
            for param, init, value, result in zip(params, node.inits, yields, node.results, strict=True)
            if self._has_value_bar(param) or self._has_value_bar(result)
        ]
        outer = self._plain_outside(node)
        inits: list[Atom] = []
        for _, _, _, result in carried:
            bar = self.bars.take(result) if self._has_value_bar(result) else None
            inits.append(self.bars.full(result, None if bar is None else bar.atom))
        inits += [self.bars.full(var, self.bars.current(var)) for var in outer]
        bounds, index = self._reverse_range(node)
        carried_bars = [Var(self.bars.bar_kind(param), of=param, role="bar") for param, _, _, _ in carried]
        outer_bars = [Var(self.bars.bar_kind(var), of=var, role="bar") for var in outer]
        bars = zip((*carried_bars, *outer_bars), inits, strict=True)
        self.builder.strong.update(bar for bar, init in bars if self.builder.is_strong(init))
        with self.sweep.entering(region) as mirror, self.builder.nested() as nodes:
            mirror.bars.update(zip(outer, outer_bars, strict=True))
            if node.range is not None:
                mirror.present_in_head[body.params[0]] = index
            self.sweep.position = self.sweep.regions.ends(node)
            for (_, _, value, _), carried_bar in zip(carried, carried_bars, strict=True):
                self.bars.land(value, Expr.of(self.builder, carried_bar))
            self._block(region)
            ends: list[Atom] = []
            for (param, _, value, _), carried_bar in zip(carried, carried_bars, strict=True):
                taken = self.bars.take(param) if self._has_value_bar(param) else None
                is_array = isinstance(carried_bar.kind, Array)
                if taken is None and is_array and same_dims(param.kind, kind_of(value)):
                    ends.append(self.builder.op("np.zeros_like", carried_bar))
                else:
                    ends.append(self.bars.full(param, None if taken is None else taken.atom))
            ends += [self.bars.full(var, mirror.bars[var]) for var in outer]
        if not carried and not outer and not nodes and not mirror.head:
            return
        results = tuple(Var(var.kind, of=var.of, role="bar") for var in (*carried_bars, *outer_bars))
        inner = Block((index, *carried_bars, *outer_bars), (*mirror.head, *nodes), tuple(ends))
        self.builder.append(Loop(results, bounds, None, tuple(inits), inner, False, node.span))
        self.sweep.mirror.bars.update(zip(outer, results[len(carried) :], strict=True))
        for (_, init, _, _), result in zip(carried, results, strict=False):
            self.bars.land(init, Expr.of(self.builder, result))

    def _plain_outside(self, loop: Loop) -> list[Var]:
        """The plain active values from outside a loop that its reverse adds to."""
        found: dict[Var, None] = {}

        def look(value: Atom) -> None:
            if isinstance(value, Var) and value not in found and self.activity.is_active(value):
                if not self._inside(value, loop.body) and self.bars.place(value) is Place.PLAIN:
                    found[value] = None

        def visit(block: Block) -> None:
            for node in block.nodes:
                match node:
                    case Op(_, _, operands) | Call(_, _, operands):
                        for operand in operands:
                            look(operand)
                    case Store(_, _, _, value):
                        look(value)
                    case If(_, _, then, orelse):
                        visit(then)
                        visit(orelse)
                    case Loop(_, _, _, inits, body):
                        for init in inits:
                            look(init)
                        visit(body)
                    case With(block=inside) | Attempt(block=inside):
                        visit(inside)
            for value in block.yields:
                look(value)

        visit(loop.body)
        return list(found)

    def _reverse_range(self, node: Loop) -> tuple[Range, Var]:
        """The trips of a loop that were made, last one first."""
        trips = self.sweep.trips_of(node) if node.has_stop or node.range is None else None
        if node.range is None:
            assert trips is not None
            return Range(Literal(0), trips, Literal(1)), Var(INT)
        index = node.body.params[0]
        start, stop, step = self.sweep.resolve_all((node.range.start, node.range.stop, node.range.step))
        given = None if node.range.trips is None else self.sweep.resolve(node.range.trips)
        if node.range.reverse and given is None and trips is not None:
            reverse = self._backwards(start, stop, step, trips)
        else:
            count = trips if given is None else given
            reverse = Range(start, stop, step, count, not node.range.reverse)
        return reverse, Var(index.kind, index.name, index.scope, index.of, index.role)

    def _backwards(self, start: Atom, stop: Atom, step: Atom, trips: Atom) -> Range:
        """The reverse of a loop that left `reversed(range(start, stop, step))` early: the last `trips` numbers."""
        op = self.builder.op
        last: Atom
        before: Atom
        down: Atom
        if step == Literal(1):
            last, down = op("sub", stop, Literal(1)), Literal(-1)
            before = Literal(start.value - 1) if isinstance(start, Literal) else op("sub", start, Literal(1))
        else:
            count = op("len", op("range", start, stop, step))
            last = op("add", start, op("mul", op("sub", count, Literal(1)), step))
            before, down = op("sub", start, step), op("neg", step)
        return Range(last, before, down, trips, True)

    # --- calls -------------------------------------------------------------------------------------

    def _call(self, node: Call) -> None:
        """A call that is not inlined: its forward part leaves residuals, which its reverse part takes up."""
        if not any(self.activity.is_active(result) for result in node.results):
            return
        callee = self.function.callees[node.callee]
        if is_half(node.callee, self.function):
            raise second_derivative_of_recursion(callee, node.span)
        if _reads_containers(callee):
            raise UnsupportedSyntaxError(
                "TC136", f"{callee.name} calls itself with lists, dicts or objects that hold others", node.span,
                "walk through them with a loop and a list of what is left to do, or use jvp",
            )  # fmt: skip
        split_callee(node.callee, callee, self.function.callees, self.callees)
        residuals = Var(ANY, role="residuals", of=node.results[0])
        forward = Call((*node.results, residuals), f"{node.callee}_forward", node.operands, node.span)
        self.sweep.introduce_instead(node, forward, residuals)
        bars = []
        for result, value in zip(node.results, callee.body.yields, strict=True):
            if moves(value):
                taken = self.bars.take(result) if self.activity.is_active(result) else None
                bar = self.bars.full(result, None if taken is None else taken.atom)
                if isinstance(result.kind, Array) and self.aliases.is_storage(result):
                    bar = self.builder.op("copy", bar, kind=result.kind)  # a cotangent may come back as it is
                bars.append(bar)
        pairs = zip(callee.body.params, node.operands, strict=True)
        differentiated = [(param, operand) for param, operand in pairs if can_be_active(param.kind)]
        results = tuple(Var(param.kind, of=param, role="bar") for param, _ in differentiated)
        here = self.sweep.resolve(residuals)
        self.builder.append(Call(results, f"{node.callee}_reverse", (here, *bars), node.span))
        for (_, operand), bar in zip(differentiated, results, strict=True):
            self.bars.land(operand, Expr.of(self.builder, bar))


def _reads_containers(callee: Function) -> bool:
    """Whether a function finds lists, dicts or objects in what it is passed.

    Their cotangents are found by identity, within one call.
    """
    for node in walk(callee.body):
        match node:
            case Op((found,), primitive, (owner, *_)) if primitive.name in ("item", "list_pop"):
                if is_container(kind_of(owner)) and (is_container(found.kind) or found.kind == ANY):
                    return True
    return False


def _is_fresh(store: Store) -> bool:
    """Whether reading the place of a store gives new memory; an index of unknown kind may give a view."""
    return index_form(store) in ("mask", "fancy")


def split_callee(name: str, callee: Function, known: dict[str, Function], made: dict[str, Function]) -> None:
    """The split form of a function that is called: `<name>_forward` and `<name>_reverse`, put into `made`.

    forward(*args) -> (*results, residuals); reverse(residuals, *result cotangents) -> argument cotangents, one for each
    argument and result whose kind can carry a derivative.
    """
    if f"{name}_forward" in made:
        return
    made[f"{name}_forward"] = callee  # taken: a recursive call refers to it by name
    wrt = [param for param in callee.body.params if can_be_active(param.kind)]
    seeds = [
        Var(value.kind, of=value, role="bar") if isinstance(value, Var) and moves(value) else None
        for value in callee.body.yields
    ]
    found = adjoint(replace(callee, callees=known), wrt, seeds, made)
    residuals = [var for var in free_values(found.reverse, found.bars) if var not in seeds]
    packed = Builder()
    bundle = packed.op("tuple", *residuals, name="residuals")
    aliases = aliasing(callee)
    results = tuple(_unwound(packed, value, aliases) for value in callee.body.yields)
    forward = Block(callee.body.params, (*found.forward, *packed.nodes), (*results, bundle))
    given = Var(ANY, "residuals")
    unpacked = Builder()
    table: dict[Var, Atom] = {}
    for position, residual in enumerate(residuals):
        table[residual] = unpacked.op(
            "item",
            given,
            position,
            kind=residual.kind,
            name=residual.name,
            of=residual.of,
            role=residual.role,
        )
    reverse = substitute(Block((), found.reverse, found.bars), table)
    params = (given, *(seed for seed in seeds if seed is not None))
    taken: set[str] = set()
    body = Block(params, (*unpacked.nodes, *reverse.nodes), reverse.yields)
    made[f"{name}_forward"] = replace(
        callee,
        name=f"{callee.name}_forward",
        body=forward,
        result=forward.yields,
        callees=made,
        doc=f"Forward sweep of a call of {callee.name}: its results, and the residuals for {callee.name}_reverse.",
    )
    made[f"{name}_reverse"] = replace(
        callee,
        name=f"{callee.name}_reverse",
        parameters=tuple(
            Parameter(_parameter_name(param, taken), "POSITIONAL_OR_KEYWORD", param) for param in params
        ),
        body=body,
        result=body.yields,
        callees=made,
        doc=f"Reverse sweep of a call of {callee.name}: from the cotangents of its results to those of its arguments.",
    )


def _unwound(builder: Builder, value: Atom, aliases: Aliasing) -> Atom:
    """A result that the reverse sweep does not rewind."""
    if isinstance(value, Var) and isinstance(value.kind, Array) and aliases.is_storage(value):
        return builder.op("copy", value, kind=value.kind, of=value, role="result")
    return value


def _parameter_name(param: Var, taken: set[str]) -> str:
    base = param.name or (param.of.name if param.of is not None else "") or "y"
    return unique(f"{base}_{param.role}" if param.role and param.of is not None else base, taken)


def free_values(nodes: Sequence[Node], yields: Sequence[Atom]) -> list[Var]:
    """The values that nodes use and do not bind, in order of first use."""
    bound: set[Var] = set()
    free: dict[Var, None] = {}

    def use(values: Sequence[Atom]) -> None:
        for value in values:
            if isinstance(value, Var) and value not in bound:
                free[value] = None

    def visit(inner: Sequence[Node]) -> None:
        for node in inner:
            use(operands_of(node))
            for block in blocks_of(node):
                bound.update(block.params)
                visit(block.nodes)
                use(block.yields)
            bound.update(results_of(node))

    visit(nodes)
    use(yields)
    return list(free)
