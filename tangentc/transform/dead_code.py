"""Remove what no result depends on: operations, stores, tapes, carried values, and the loops that held them.

A store is dead if no living operation reads its class of memory afterwards; so the saves and restores of the reverse
sweep stay only where the reverse sweep reads what they bring back.  A push lives while a pop of its tape does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tangentc.analysis.aliasing import Aliasing, aliasing, is_reference, is_view
from tangentc.analysis.effects import has_effect
from tangentc.analysis.raising import may_raise
from tangentc.analysis.regions import Regions, regions
from tangentc.ir.build import blocks_of, changed, operands_of, walk, with_body, with_nodes
from tangentc.ir.nodes import (
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    If,
    Loop,
    Node,
    Op,
    Section,
    Store,
    Var,
    With,
    kind_of,
)
from tangentc.kinds.types import is_container

__all__ = ["eliminate_dead_code"]

_END = 1 << 60
_REFERRING = frozenset({
    "tape_push", "tape_pop", "tape_new", "tuple", "list", "dict", "list_append", "list_insert", "set_item",
    "restore_item",
})  # fmt: skip
_SHALLOW = frozenset({
    "item", "list_pop", "del_item", "saved_item", "list_len", "has_key", "keys_of", "zero_items", "shadow_of",
    "shadow_take",
})  # fmt: skip
_ON_TAPES = frozenset({"tape_push", "tape_pop", "tape_new", "tape_len", "tape_cut"})


def eliminate_dead_code(function: Function) -> Function:
    """The same results and effects with as few nodes as this analysis can show."""
    marks = _Marks(regions(function), aliasing(function))
    marks.run(function)
    return with_body(function, _Sweeper(marks).block(function.body))


@dataclass(slots=True)
class _Reads:
    """Where the living operations read a class of memory: the last place, and the loops that hold such places."""

    last: int = -1
    loops: set[int] = field(default_factory=set)


class _Marks:
    """The values and nodes that live, by repeated backward walks until nothing is added."""

    def __init__(self, where: Regions, aliases: Aliasing) -> None:
        self.regions = where
        self.aliases = aliases
        self.values: set[Var] = set()
        self.nodes: set[int] = set()
        self.tapes: set[Var] = set()
        self.reads: dict[Var, _Reads] = {}
        self.attempted: set[int] = set()
        self.changed = False

    def run(self, function: Function) -> None:
        for value in function.body.yields:
            self.need(value)
            self._read_at(value, _END, ())
        self.changed = True
        while self.changed:
            self.changed = False
            for node, region in reversed(self.regions.order):
                self._visit(node, region.loops)

    def need(self, value: Atom) -> None:
        if isinstance(value, Var) and value not in self.values:
            self.values.add(value)
            self.changed = True

    def _keep(self, node: Node) -> bool:
        """Mark a node as living; whether it was not before."""
        if id(node) in self.nodes:
            return False
        self.nodes.add(id(node))
        self.changed = True
        return True

    def _read_at(self, value: Atom, position: int, loops: tuple[Loop, ...], shallow: bool = False) -> None:
        """Note a read of the memory of a value, and unless it is shallow of all that is inside it."""
        classes = self.aliases.reachable(value)
        for cls in classes[:1] if shallow else classes:
            if cls not in self.aliases.written:
                continue
            reads = self.reads.setdefault(cls, _Reads())
            around = {id(loop) for loop in loops}
            if position > reads.last or not around <= reads.loops:
                reads.last = max(reads.last, position)
                reads.loops |= around
                self.changed = True

    def _is_read_after(self, target: Var, node: Node, loops: tuple[Loop, ...]) -> bool:
        cls = self.aliases.class_of(target)
        reads = self.reads.get(cls) if cls is not None else None
        if reads is None:
            return False
        return reads.last > self.regions.starts(node) or any(id(loop) in reads.loops for loop in loops)

    # --- one node ------------------------------------------------------------------------------

    def _visit(self, node: Node, loops: tuple[Loop, ...]) -> None:
        match node:
            case Op() | Store() | Call() if id(node) in self.nodes:
                pass  # all that it uses is marked already
            case Op():
                if self._op_lives(node, loops) and self._keep(node):
                    self._use_op(node, loops)
            case Store(target, _, operands, value):
                assert isinstance(target, Var)
                lives = id(node) in self.attempted or self._is_read_after(target, node, loops)
                if lives and self._keep(node):
                    self.need(target)
                    for operand in (*operands, value, *([target] if node.accumulate else [])):
                        self._use(operand, node, loops)
            case Call(results, _, operands):
                lives = id(node) in self.attempted or any(result in self.values for result in results)
                if lives and self._keep(node):
                    for operand in operands:
                        self._use(operand, node, loops)
            case If():
                self._visit_if(node, loops)
            case Loop():
                self._visit_loop(node, loops)
            case With():
                self._visit_with(node, loops)
            case Attempt():
                self._visit_attempt(node)
            case Section():
                self.nodes.add(id(node))

    def _use(self, value: Atom, node: Node, loops: tuple[Loop, ...]) -> None:
        """A living node looks at a value, and at the memory that it refers to."""
        self.need(value)
        self._read_at(value, self.regions.starts(node), loops)

    def _op_lives(self, op: Op, loops: tuple[Loop, ...]) -> bool:
        name = op.primitive.name
        if name in _ON_TAPES:
            tape = op.operands[0] if op.operands else op.results[0]
            if name == "tape_pop" and op.results[0] in self.values and tape not in self.tapes:
                assert isinstance(tape, Var)
                self.tapes.add(tape)
                self.changed = True
            return tape in self.tapes
        if name == "shadow_take" and op.operands[0] in self.values:
            return True  # it also makes the map forget
        if has_effect(op) or id(op) in self.attempted or any(result in self.values for result in op.results):
            return True
        if op.primitive.writes and isinstance(op.operands[0], Var):
            return self._is_read_after(op.operands[0], op, loops)
        return False

    def _use_op(self, op: Op, loops: tuple[Loop, ...]) -> None:
        position = self.regions.starts(op)
        shallow = op.primitive.name in _SHALLOW
        for number, operand in enumerate(op.operands):
            self.need(operand)
            looks = op.primitive.reads or is_container(kind_of(operand))
            if looks and not self._only_refers(op, number):
                self._read_at(operand, position, loops, shallow)

    @staticmethod
    def _only_refers(op: Op, number: int) -> bool:
        """Whether an operation passes an operand on as a reference, without looking at its memory."""
        if op.primitive.name in _REFERRING or op.primitive.name in _ON_TAPES:
            return True
        # a view refers to its base; it looks at the places and bounds that choose it
        return (
            number == 0 and len(op.results) == 1 and is_reference(op.results[0].kind) and is_view(op) is True
        )

    def _visit_if(self, node: If, loops: tuple[Loop, ...]) -> None:
        for block in (node.then, node.orelse):
            for result, value in zip(node.results, block.yields, strict=True):
                if result in self.values:
                    self.need(value)
        inside = any(self._lives(inner) for block in (node.then, node.orelse) for inner in block.nodes)
        if (inside or any(result in self.values for result in node.results)) and self._keep(node):
            self._use(node.condition, node, loops)

    def _visit_with(self, node: With, loops: tuple[Loop, ...]) -> None:
        """A context manager acts by being entered and left, unless it only says how numbers are computed."""
        inside = self._needs(node.results, node.block)
        if (inside or not node.again) and self._keep(node):
            self._use(node.context, node, loops)

    def _visit_attempt(self, node: Attempt) -> None:
        inside = self._needs(node.results, node.block)
        if (inside or node.outcome in self.values) and self._keep(node):
            # whether it succeeds depends on everything in it that may fail
            self.need(node.outcome)
            self.attempted.update(id(inner) for inner in walk(node.block) if may_raise(inner, True))

    def _needs(self, results: tuple[Var, ...], block: Block) -> bool:
        """Whether anything of a block that runs once is needed."""
        for result, value in zip(results, block.yields, strict=True):
            if result in self.values:
                self.need(value)
        return any(self._lives(node) for node in block.nodes) or any(r in self.values for r in results)

    def _visit_loop(self, node: Loop, loops: tuple[Loop, ...]) -> None:
        first = 0 if node.range is None else 1
        stop = 1 if node.has_stop else 0
        params, yields = node.body.params[first:], node.body.yields[stop:]
        tested = node.test.params if node.test is not None else (None,) * len(params)
        for param, init, value, result, test in zip(
            params, node.inits, yields, node.results, tested, strict=True
        ):
            if param in self.values or result in self.values or test in self.values:
                for atom in (param, init, value, result):
                    self.need(atom)
        inside = any(self._lives(inner) for inner in node.body.nodes)
        if (inside or any(result in self.values for result in node.results)) and self._keep(node):
            if node.range is not None:
                bounds = (node.range.start, node.range.stop, node.range.step)
                for atom in bounds if node.range.trips is None else (*bounds, node.range.trips):
                    self._use(atom, node, loops)
            if node.has_stop:
                self._use(node.body.yields[0], node, (*loops, node))
            if node.test is not None:
                self._use(node.test.yields[0], node, (*loops, node))

    def _lives(self, node: Node) -> bool:
        return id(node) in self.nodes and not isinstance(node, Section)


Item = TypeVar("Item")


def _kept(items: Sequence[Item], keep: Sequence[bool]) -> tuple[Item, ...]:
    return tuple(item for item, is_kept in zip(items, keep, strict=True) if is_kept)


class _Sweeper:
    """Rebuilds a block from what lives."""

    def __init__(self, marks: _Marks) -> None:
        self.marks = marks

    def block(self, block: Block) -> Block:
        return with_nodes(block, self.nodes(block))

    def part(self, block: Block, keep: list[bool], params: tuple[Var, ...] | None = None) -> Block:
        """A block without some of its yields and parameters."""
        params = block.params if params is None else params
        return Block(params, tuple(self.nodes(block)), _kept(block.yields, keep))

    def nodes(self, block: Block) -> list[Node]:
        return [self.node(node) for node in block.nodes if id(node) in self.marks.nodes]

    def node(self, node: Node) -> Node:
        blocks = blocks_of(node)
        if not blocks:
            return node
        keep = self.keep(node)
        if all(keep):
            return changed(node, operands_of(node), [self.block(block) for block in blocks])
        match node:
            case If(results, condition, then, orelse, span):
                return If(
                    _kept(results, keep), condition, self.part(then, keep), self.part(orelse, keep), span
                )
            case Loop(results, bounds, test, inits, body, has_stop, span):
                first = 0 if bounds is None else 1
                kept = (*body.params[:first], *_kept(body.params[first:], keep))
                inner = self.part(body, [True, *keep] if has_stop else keep, kept)
                tested = None if test is None else self.part(test, [True], _kept(test.params, keep))
                return Loop(_kept(results, keep), bounds, tested, _kept(inits, keep), inner, has_stop, span)
            case With(results, context, block, again, span):
                return With(_kept(results, keep), context, self.part(block, keep), again, span)
            case Attempt(results, outcome, classes, block, span):
                return Attempt(_kept(results, keep), outcome, classes, self.part(block, keep), span)
            case _:
                return node

    def keep(self, node: Node) -> list[bool]:
        """Which results of a branch, a loop or a block live; a carried value lives in all its places."""
        living = self.marks.values
        match node:
            case Loop(results, bounds, test, _, body):
                carried = [results, body.params[0 if bounds is None else 1 :]]
                carried += [] if test is None else [test.params]
                return [any(var in living for var in places) for places in zip(*carried, strict=True)]
            case If(results) | With(results) | Attempt(results):
                return [result in living for result in results]
        return []
