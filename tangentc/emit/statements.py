"""Statements: the trace as Python will run it, names still to be given.

Blocks become lists of statements.  What a loop carries is one variable, assigned before the loop and at
the end of its body; what a branch yields is assigned at the end of each arm.  These assignments are
`Move`s, which print nothing where both sides turn out to have the same name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tangentc.emit.folding import Folding
from tangentc.ir.build import is_undefined, uses_of
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
    Tree,
    Var,
    With,
)
from tangentc.ir.trees import is_atom
from tangentc.source import Span

__all__ = [
    "Apply", "Assign", "Attempted", "Bounds", "Branch", "Break", "Move", "Put", "Repeat", "Return",
    "Statement", "Title", "Value", "Within", "blocks_in", "defined_by", "leaves_of", "lower", "map_values",
    "substitute", "values_in",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Apply:
    """An operation inside an expression."""

    node: Op | Call
    operands: tuple[Value, ...]


Value = Var | Literal | Apply


@dataclass(frozen=True, slots=True, eq=False)
class Assign:
    """results = value; an effect has no results."""

    results: tuple[Var, ...]
    value: Apply


@dataclass(frozen=True, slots=True, eq=False)
class Put:
    """target[index] = value, or += / -=; see `Store`."""

    node: Store
    target: Value
    operands: tuple[Value, ...]
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """Every target gets its value at once."""

    pairs: tuple[tuple[Var, Value], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    condition: Value
    then: tuple[Statement, ...]
    orelse: tuple[Statement, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """The range of a loop, see `ir.nodes.Range`."""

    start: Value
    stop: Value
    step: Value
    trips: Value | None
    reverse: bool


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """`for index in bounds`, or `while test`, or `while True`."""

    index: Var | None
    bounds: Bounds | None
    test: Value | None
    body: tuple[Statement, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """`with context as given: body`"""

    context: Value
    given: Var | None
    body: tuple[Statement, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Attempted:
    """`try: body`; `outcome` is None, or the exception where it is of one of the classes."""

    outcome: Var
    classes: tuple[type[BaseException], ...]
    body: tuple[Statement, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Break:
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Title:
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    tree: Tree  # of values


Statement = Assign | Put | Move | Branch | Repeat | Within | Attempted | Break | Title | Return


Change = Callable[[Value], Value]


# --- looking at statements ----------------------------------------------------------------------


def leaves_of(value: Value) -> Iterator[Var]:
    """The variables that an expression reads, each as often as it is read."""
    if isinstance(value, Var):
        yield value
    elif isinstance(value, Apply):
        for operand in value.operands:
            yield from leaves_of(operand)


def values_in(statement: Statement) -> tuple[Value, ...]:
    """The expressions that a statement evaluates itself; a loop's test is evaluated before each trip."""
    match statement:
        case Assign(_, value):
            return (value,)
        case Put(_, target, operands, value):
            return (target, *operands, value)
        case Move(pairs):
            return tuple(value for _, value in pairs)
        case Branch(condition):
            return (condition,)
        case Repeat(_, bounds, test):
            values = () if bounds is None else (bounds.start, bounds.stop, bounds.step, bounds.trips, test)
            return tuple(value for value in (*values, test) if value is not None)
        case Within(context):
            return (context,)
        case Return(tree):
            return tuple(_tree_values(tree))
        case Break() | Title() | Attempted():
            return ()


def defined_by(statement: Statement) -> tuple[Var, ...]:
    """The variables that a statement assigns itself."""
    match statement:
        case Assign(results):
            return results
        case Move(pairs):
            return tuple(target for target, _ in pairs)
        case Repeat(index):
            return () if index is None else (index,)
        case Within(_, given):
            return () if given is None else (given,)
        case Attempted(outcome):
            return (outcome,)
        case _:
            return ()


def blocks_in(statement: Statement) -> tuple[tuple[Statement, ...], ...]:
    match statement:
        case Branch(_, then, orelse):
            return (then, orelse)
        case Repeat(_, _, _, body) | Within(_, _, body) | Attempted(_, _, body):
            return (body,)
        case _:
            return ()


def substitute(value: Value, table: dict[Var, Value]) -> Value:
    """An expression with other values in the place of some variables."""
    if isinstance(value, Var):
        return table.get(value, value)
    if isinstance(value, Apply):
        return Apply(value.node, tuple(substitute(operand, table) for operand in value.operands))
    return value


def map_values(statement: Statement, change: Change) -> Statement:
    """A statement with each expression of its own changed; nested statements are as they were."""
    match statement:
        case Assign(results, value):
            changed = change(value)
            return Assign(results, changed) if isinstance(changed, Apply) else statement
        case Put(node, target, operands, value):
            return Put(node, change(target), tuple(map(change, operands)), change(value))
        case Move(pairs):
            return Move(tuple((target, change(value)) for target, value in pairs))
        case Branch(condition):
            return replace(statement, condition=change(condition))
        case Repeat(_, bounds, test):
            if bounds is not None:
                trips = None if bounds.trips is None else change(bounds.trips)
                ends = (change(bounds.start), change(bounds.stop), change(bounds.step))
                bounds = Bounds(*ends, trips, bounds.reverse)
            return replace(statement, bounds=bounds, test=None if test is None else change(test))
        case Within(context):
            return replace(statement, context=change(context))
        case Return(tree):
            return Return(_map_tree(change, tree))
        case Break() | Title() | Attempted():
            return statement


def _tree_values(tree: Tree) -> Iterator[Value]:
    if is_atom(tree) or isinstance(tree, Apply):
        yield tree
    else:
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _tree_values(branch)


def _map_tree(change: Change, tree: Tree) -> Tree:
    if is_atom(tree) or isinstance(tree, Apply):
        return change(tree)
    if isinstance(tree, dict):
        return {key: _map_tree(change, branch) for key, branch in tree.items()}
    return type(tree)(_map_tree(change, branch) for branch in tree)


# --- from the trace -------------------------------------------------------------------------------


def lower(function: Function, folding: Folding) -> tuple[Statement, ...]:
    """The statements of a function; operations that `folding` names stand inside their only consumer."""
    lowering = _Lowering(folding, uses_of(function))
    body = lowering.nodes(function.body)
    return (*body, Return(_map_tree(lowering.value, function.result)))


class _Lowering:
    """`same` maps a value to the one that it is another name of: a loop's result to its parameter."""

    def __init__(self, folding: Folding, uses: Counter[Atom]) -> None:
        self.folding = folding
        self.uses = uses
        self.same: dict[Var, Atom] = {}
        self.inside: dict[Var, Apply] = {}

    def value(self, atom: Value) -> Value:
        if isinstance(atom, Var):
            atom = self.same.get(atom, atom)
        return self.inside.get(atom, atom) if isinstance(atom, Var) else atom

    def values(self, atoms: tuple[Atom, ...]) -> tuple[Value, ...]:
        return tuple(map(self.value, atoms))

    def moves(self, targets: tuple[Var, ...], sources: tuple[Atom, ...]) -> tuple[Statement, ...]:
        pairs = tuple(
            (target, self.value(source))
            for target, source in zip(targets, sources, strict=True)
            if not is_undefined(source) and self.value(source) is not target
        )
        return (Move(pairs),) if pairs else ()

    def nodes(self, block: Block) -> tuple[Statement, ...]:
        return tuple(statement for node in block.nodes for statement in self.node(node))

    def node(self, node: Node) -> tuple[Statement, ...]:
        match node:
            case Op(results, primitive, operands):
                value = Apply(node, self.values(operands))
                if primitive.name in ("iadd", "isub"):
                    self.same[results[0]] = self.same.get(operands[0], operands[0])  # type: ignore[arg-type]
                    return (Assign((), value),)
                if primitive.writes and not any(self.uses[result] for result in results):
                    return (Assign((), value),)
                if results and results[0] in self.folding.inside:
                    self.inside[results[0]] = value
                    return ()
                return (Assign(results, value),)
            case Call(results, _, operands):
                return (Assign(results, Apply(node, self.values(operands))),)
            case Store(target, _, operands, value):
                return (Put(node, self.value(target), self.values(operands), self.value(value)),)
            case If(results, condition, then, orelse, span):
                before = self.value(condition)
                arms = [(*self.nodes(arm), *self.moves(results, arm.yields)) for arm in (then, orelse)]
                return (Branch(before, arms[0], arms[1], span),)
            case Loop():
                return self.loop(node)
            case With(results, context, inside, _, span):
                manager = self.value(context)
                body = (*self.nodes(inside), *self.moves(results, inside.yields))
                return (Within(manager, inside.params[0] if inside.params else None, body, span),)
            case Attempt(results, outcome, classes, inside, span):
                body = (*self.nodes(inside), *self.moves(results, inside.yields))
                return (Attempted(outcome, classes, body, span),)
            case Section(title):
                return (Title(title),)

    def loop(self, loop: Loop) -> tuple[Statement, ...]:
        index, params = None, loop.body.params
        if loop.range is not None:
            index, *rest = params
            params = tuple(rest)
        start = self.moves(params, loop.inits)
        bounds = None
        if loop.range is not None:
            r = loop.range
            trips = None if r.trips is None else self.value(r.trips)
            bounds = Bounds(self.value(r.start), self.value(r.stop), self.value(r.step), trips, r.reverse)
        test, head = self.test(loop, params)
        body = self.nodes(loop.body)
        if loop.has_stop:
            stop, *values = loop.body.yields
            end = self.moves(params, tuple(values))
            if isinstance(stop, Literal):
                body = (*body, *end, Break()) if stop.value else (*body, *end)
            else:
                leave = (*self.moves(params, tuple(values)), Break())  # other variables are needed there
                body = (*body, Branch(self.value(stop), leave, (), loop.span), *end)
        else:
            body = (*body, *self.moves(params, loop.body.yields))
        self.same.update(zip(loop.results, params, strict=True))
        return (*start, Repeat(index, bounds, test, (*head, *body), loop.span))

    def test(self, loop: Loop, params: tuple[Var, ...]) -> tuple[Value | None, tuple[Statement, ...]]:
        """The condition of `while`, or what the body begins with where the condition is no one expression."""
        if loop.test is None:
            return None, ()
        self.same.update(zip(loop.test.params, params, strict=True))
        head = self.nodes(loop.test)
        condition = self.value(loop.test.yields[0])
        if not head:
            return condition, ()
        return None, (*head, Branch(condition, (), (Break(),), loop.span))
