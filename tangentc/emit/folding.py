"""Which operations are written inside the expression that uses them.

An operation moves from its own place to that of its only consumer, so nothing that it reads may change in
between: neither the contents of memory nor the value that a name stands for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tangentc.analysis.aliasing import Aliasing, aliasing, is_reference, is_view
from tangentc.analysis.raising import may_raise
from tangentc.ir.build import blocks_of, operands_of, results_of, uses_of
from tangentc.ir.nodes import (
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    If,
    Literal,
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
from tangentc.primitives.core import Syntax
from tangentc.primitives.functions import FOUND

__all__ = ["Folding", "fold", "nothing_folded"]

COLUMNS = 90  # longer statements are split
OPERATIONS = 12  # in one expression
_ORDERED = frozenset(
    {"tape_pop", "shadow_of", "shadow_take", "list_pop"}
)  # impure, but only among users of operand 0
_DERIVED = frozenset({"bar", "dot"})


@dataclass(frozen=True, slots=True)
class Folding:
    """The results of the operations that stand inside their consumer."""

    inside: frozenset[Var]


def nothing_folded() -> Folding:
    """For the form with one statement for each operation."""
    return Folding(frozenset())


def fold(function: Function) -> Folding:
    """Choose what is folded, greedily in program order."""
    folder = _Folder(function, aliasing(function))
    folder.block(function.body, 1, function.body.yields)
    return Folding(frozenset(folder.inside))


Stem = tuple[object, ...]


def _stem(var: Var) -> Stem | None:
    """What a printed name is made from; None for a temporary, whose name nothing else gets."""
    if var.of is not None:
        inner = _stem(var.of)
        return (inner or id(var.of), var.role)
    return (var.scope, var.name) if var.name else None


@dataclass(slots=True)
class _Moving:
    """An operation that may still move: what it reads, and how much room it takes."""

    op: Op
    position: int
    classes: frozenset[Var | None]  # of the storage that it reads
    ordered: frozenset[Var]  # tapes and shadow maps that it takes from
    stems: frozenset[Stem]
    columns: int
    operations: int
    fails: bool  # in an attempt: what is written after it is not written if it fails


@dataclass(slots=True)
class _Event:
    """What happens at one node of a block that something may not move across."""

    anything: bool = False  # a title, a branch, a loop: nothing moves across
    writes: set[Var | None] = field(default_factory=set)
    everything: bool = False  # writes what cannot be known
    is_effect: bool = False
    ordered: set[Var] = field(default_factory=set)
    stems: set[Stem] = field(default_factory=set)


class _Folder:
    def __init__(self, function: Function, aliases: Aliasing) -> None:
        self.aliases = aliases
        self.inside: set[Var] = set()
        self.uses = uses_of(function)
        self.attempts = 0  # how many are around

    def block(self, block: Block, depth: int, last: Iterable[Atom], carried: tuple[Var, ...] = ()) -> None:
        """Fold inside a block; `last` is what its end reads, `carried` what the loop around it assigns."""
        moving: dict[Var, _Moving] = {}
        events: list[_Event] = []
        room = COLUMNS - 4 * depth
        for position, node in enumerate(block.nodes):
            if isinstance(node, With):
                self._enter(node, block.nodes[position - 1] if position else None)
            self._consume(node, moving, events, room)
            self.attempts += isinstance(node, Attempt)
            for inner in blocks_of(node):
                carries = isinstance(node, Loop) and inner is node.body
                self.block(inner, depth + 1, inner.yields, _carried(node) if carries else ())
            self.attempts -= isinstance(node, Attempt)
            if isinstance(node, Op) and len(node.results) == 1:
                (result,) = node.results
                if self.uses[result] == 1 and self._movable(node, block, carried):
                    moving[result] = self._start(node, position, moving)
            events.append(self._event(node))
        for atom in last:
            if isinstance(atom, Var) and atom in moving:
                self._accept([atom], moving, events, room - 10)

    def _enter(self, node: With, before: Node | None) -> None:
        """A context manager that is made for a `with` is made in its line."""
        if isinstance(before, Op) and before.results == (node.context,) and self.uses[node.context] == 1:
            self.inside.update(before.results)

    def _movable(self, op: Op, block: Block, carried: tuple[Var, ...]) -> bool:
        (result,) = op.results
        primitive = op.primitive
        if primitive.name in ("iadd", "isub", "tape_new", "shadows_new") or primitive.effect:
            return False
        if primitive.writes and primitive.name not in _ORDERED:
            return False
        if not primitive.pure and primitive.name not in _ORDERED:
            return False
        base = result
        while base.of is not None and base.role in _DERIVED:
            base = base.of
        if base.name or base.of is not None:
            return _swaps(result, block, carried)
        return True

    def _start(self, op: Op, position: int, moving: dict[Var, _Moving]) -> _Moving:
        """The operation with everything that is folded into it."""
        classes: set[Var | None] = set()
        ordered: set[Var] = set()
        stems: set[Stem] = set()
        columns, operations = _own_columns(op), 1
        fails = self.attempts > 0 and may_raise(op, True)
        if op.primitive.name in _ORDERED and isinstance(op.operands[0], Var):
            ordered.add(self.aliases.class_of(op.operands[0]) or op.operands[0])
        for operand in op.operands:
            if isinstance(operand, Var) and op.primitive.reads:
                if is_reference(operand.kind) and self.aliases.is_storage(operand):
                    classes.add(self.aliases.class_of(operand))  # of an entry it is not that of its container
            if isinstance(operand, Var) and operand in self.inside:
                part = moving[operand]
                classes |= part.classes
                ordered |= part.ordered
                stems |= part.stems
                columns += part.columns
                operations += part.operations
                fails = fails or part.fails
                continue
            columns += _columns(operand)
            if isinstance(operand, Var):
                stem = _stem(operand)
                stems |= {stem} if stem is not None else set()
        return _Moving(
            op, position, frozenset(classes), frozenset(ordered), frozenset(stems), columns, operations, fails
        )

    def _event(self, node: Node) -> _Event:
        event = _Event(stems={stem for var in results_of(node) if (stem := _stem(var)) is not None})
        match node:
            case Section() | If() | Loop() | With() | Attempt():
                event.anything = True
            case Call():
                event.everything = True
            case Store(target):
                event.writes.add(self.aliases.class_of(target))
            case Op(_, primitive, operands):
                event.everything = primitive.name == "call"
                event.is_effect = primitive.effect
                if primitive.writes:
                    event.writes.add(self.aliases.class_of(operands[0]))
                if primitive.name in _ORDERED or primitive.name == "tape_push":
                    if isinstance(operands[0], Var):
                        event.ordered.add(self.aliases.class_of(operands[0]) or operands[0])
                for (
                    operand
                ) in operands:  # what is taken from a list comes before or after every other use of it
                    if is_container(kind_of(operand)):
                        event.ordered |= set(self.aliases.reachable(operand))
        return event

    def _consume(self, node: Node, moving: dict[Var, _Moving], events: list[_Event], room: int) -> None:
        """Decide which operands of a node are folded into it."""
        wanted = [atom for atom in operands_of(node) if isinstance(atom, Var) and atom in moving]
        match node:
            case Op(_, primitive, operands) if primitive.writes:
                wanted = [atom for atom in wanted if atom is not operands[0]]
                if primitive.name == "add_item":  # `c[k] += v` reads c[k] before v takes anything from c
                    held = set(self.aliases.reachable(operands[0]))
                    wanted = [atom for atom in wanted if not moving[atom].ordered & held]
            case Store(target) if isinstance(target, Var) and target in moving:
                if is_view(moving[target].op) is not True:
                    wanted.remove(target)
            case Loop(inits=inits):
                # a folded start is assigned before the loop begins
                wanted = [atom for atom in wanted if atom not in inits or not _stem(atom)]
        own = sum(_columns(atom) for atom in operands_of(node) if atom not in wanted)
        own += _own_columns(node) if isinstance(node, Op) else 10
        self._accept(wanted, moving, events, room - own)

    def _accept(self, wanted: list[Var], moving: dict[Var, _Moving], events: list[_Event], room: int) -> None:
        """Fold the operands that may move to here; where there is no room, the longest stay behind."""
        fine = [atom for atom in wanted if self._can_reach(moving[atom], events)]
        while fine and (
            sum(moving[atom].columns for atom in fine) > room
            or sum(moving[atom].operations for atom in fine) > OPERATIONS
        ):
            longest = max(fine, key=lambda atom: moving[atom].columns)
            fine.remove(longest)
            room -= 3
        self.inside.update(fine)

    def _can_reach(self, moving: _Moving, events: list[_Event]) -> bool:
        """Whether nothing between the operation and the end of the events so far touches what it reads."""
        for event in events[moving.position + 1 :]:
            if event.anything or event.stems & moving.stems or event.ordered & moving.ordered:
                return False
            if moving.fails and (event.is_effect or event.writes or event.ordered):
                return False
            if moving.classes and (event.everything or event.writes & moving.classes or None in event.writes):
                return False
        return True


def _carried(loop: Node) -> tuple[Var, ...]:
    """The parameters of a loop's body that are not its index."""
    assert isinstance(loop, Loop)
    return loop.body.params if loop.range is None else loop.body.params[1:]


def _swaps(result: Var, block: Block, carried: tuple[Var, ...]) -> bool:
    """Whether a named value is better computed in the assignment that ends a loop's body.

    `a, b = b, a + b` needs the old b when it assigns the new one: the name of the result belongs to a
    parameter of the loop whose old value is assigned as well.
    """
    yields = block.yields[len(block.yields) - len(carried) :]
    places = [place for place, value in enumerate(yields) if value is result]
    return len(places) == 1 and any(
        value is carried[places[0]] for place, value in enumerate(yields) if place != places[0]
    )


def _columns(atom: Atom) -> int:
    """About how many columns an operand takes."""
    if isinstance(atom, Literal):
        return len(getattr(atom.value, "__name__", None) or repr(atom.value))
    return len(atom.name) or (3 if atom.of is None else 1 + len(atom.role) + _columns(atom.of))


def _own_columns(op: Op) -> int:
    """About how many columns an operation takes without its operands."""
    if op.primitive.name in FOUND:
        return 0  # printed as its operand
    if op.primitive.name == "solve":
        called = (len(program.__name__) + 14 for _, program, _ in op.attr("programs", ()))
        return sum(called) + sum(len(name) + 3 for name in op.attr("keywords", ()))
    attrs = sum(len(name) + len(repr(value)) + 3 for name, value in op.attrs if name != "index")
    match op.primitive.syntax:
        case Syntax.BINARY:
            return len(op.primitive.spelling) + 3
        case Syntax.UNARY | Syntax.ATTRIBUTE:
            return len(op.primitive.spelling) + 1
        case _:
            spelled = 6 if op.primitive.name == "getitem" else len(op.primitive.spelling) + 2
            return spelled + attrs + 2 * len(op.operands)
