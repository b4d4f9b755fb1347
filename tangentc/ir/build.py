"""The one way to make a trace: a `Builder` appends nodes to the block under construction."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tangentc.ir.nodes import (
    PRIMAL,
    UNDEF,
    Atom,
    Attempt,
    Attrs,
    Block,
    Call,
    Function,
    Hole,
    If,
    Index,
    Literal,
    Loop,
    Node,
    Op,
    Range,
    Section,
    Slice,
    Store,
    Undefined,
    Var,
    With,
    kind_of,
)
from tangentc.kinds.types import Kind
from tangentc.primitives.core import Alias, Primitive, named
from tangentc.primitives.infer import infer
from tangentc.source import Span

__all__ = [
    "Builder",
    "atom",
    "attributes",
    "blocks_of",
    "changed",
    "meetings",
    "operands_of",
    "rebuild",
    "results_of",
    "same_objects",
    "uses_of",
    "walk",
    "with_body",
    "with_nodes",
]


def atom(value: Any) -> Atom:
    """A value as an operand: Vars and Literals as they are, Python values as Literals."""
    return value if isinstance(value, (Var, Literal)) else Literal(value)


def attributes(primitive: Primitive, given: dict[str, Any]) -> Attrs:
    """The attributes of an Op: sorted, defaults left out."""
    if not given:
        return ()
    return tuple(
        (name, value)
        for name, value in sorted(given.items())
        if name not in primitive.attributes or not _same(primitive.attributes[name], value)
    )


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)


class Builder:
    """Appends nodes to the block that is being built; nested blocks are built in turn.

    `span` is given to every node that is appended while it is set.  `strong` holds derivatives in which a mask or
    selection put zeros that must stay zero, and what is computed from them: see `rules.linear_ops.divide`.
    `made` holds results that are new objects, views included.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.span: Span | None = None
        self.strong: set[Var] = set()
        self.made: set[Var] = set()
        self.listener: Callable[[Node], None] | None = None  # is told of each node

    def op(
        self,
        primitive: str | Primitive,
        *operands: Any,
        name: str = "",
        scope: int = 0,
        of: Var | None = None,
        role: str = "",
        kind: Kind | None = None,
        **attrs: Any,
    ) -> Var:
        """Append `result = primitive(*operands, **attrs)` and return the result; its kind is inferred unless given."""
        return self.apply(primitive, operands, attrs, name=name, scope=scope, of=of, role=role, kind=kind)

    def apply(
        self,
        primitive: str | Primitive,
        operands: Sequence[Any],
        attrs: dict[str, Any],
        *,
        name: str = "",
        scope: int = 0,
        of: Var | None = None,
        role: str = "",
        kind: Kind | None = None,
    ) -> Var:
        """`op` for attributes of any name: np.argsort has one that is called `kind`."""
        primitive = named(primitive) if isinstance(primitive, str) else primitive
        atoms = tuple(atom(operand) for operand in operands)
        chosen = attributes(primitive, attrs)
        if kind is None:
            (kind,) = infer(primitive, tuple(kind_of(a) for a in atoms), dict(chosen))
        result = Var(kind, name, scope, of, role)
        self.append(Op((result,), primitive, atoms, chosen, self.span))
        if primitive.alias is not Alias.MAYBE:
            self.made.add(result)
        if primitive.reads and self.is_strong(*atoms):
            # a sum is zero for certain only where all that is added is
            if primitive.name not in ("add", "sub") or all(map(self.is_strong, atoms)):
                self.strong.add(result)
        return result

    def is_strong(self, *atoms: Atom) -> bool:
        """Whether one of the values may hold zeros that must stay zero."""
        return bool(self.strong) and any(a in self.strong for a in atoms if isinstance(a, Var))

    def ops(self, primitive: str | Primitive, *operands: Any, **attrs: Any) -> tuple[Var, ...]:
        """Append an operation with several results, such as `divmod`, and return them."""
        primitive = named(primitive) if isinstance(primitive, str) else primitive
        atoms = tuple(atom(operand) for operand in operands)
        chosen = attributes(primitive, attrs)
        results = tuple(map(Var, infer(primitive, tuple(kind_of(a) for a in atoms), dict(chosen))))
        self.append(Op(results, primitive, atoms, chosen, self.span))
        return results

    def effect(self, primitive: str | Primitive, *operands: Any, **attrs: Any) -> None:
        """Append an operation without results."""
        primitive = named(primitive) if isinstance(primitive, str) else primitive
        atoms = tuple(atom(operand) for operand in operands)
        self.append(Op((), primitive, atoms, attributes(primitive, attrs), self.span))

    def getitem(self, target: Atom, index: Index, operands: Sequence[Atom] = (), **naming: Any) -> Var:
        """Append `result = target[index]`, the operands filling the holes of the index."""
        return self.op("getitem", target, *operands, index=index, **naming)

    def store(
        self, target: Atom, index: Index, operands: Sequence[Atom], value: Any, accumulate: str = ""
    ) -> None:
        self.append(Store(target, index, tuple(operands), atom(value), accumulate, self.span))
        if isinstance(target, Var) and self.is_strong(atom(value)):
            self.strong.add(target)

    def append(self, node: Node) -> None:
        self.nodes.append(node)
        if self.listener is not None:
            self.listener(node)

    def section(self, title: str) -> None:
        self.nodes.append(Section(title))

    @staticmethod
    def name(var: Var, of: Var | None, role: str, name: str = "") -> None:
        """Name a temporary after the value that it belongs to: a hint for the reader, not part of the meaning."""
        if not var.name and var.of is None and var.role != PRIMAL and not _belongs(of, var):
            object.__setattr__(var, "of", of)
            object.__setattr__(var, "role", role)
            object.__setattr__(var, "name", name)

    @staticmethod
    def settle(var: Var) -> None:
        """Leave a temporary of the primal without a name from now on."""
        if not var.name and var.of is None and not var.role:
            object.__setattr__(var, "role", PRIMAL)

    @contextmanager
    def nested(self, nodes: list[Node] | None = None) -> Iterator[list[Node]]:
        """Collect the nodes appended inside the `with` in a list of their own, or in the one given."""
        outer, self.nodes = self.nodes, [] if nodes is None else nodes
        try:
            yield self.nodes
        finally:
            self.nodes = outer

    @contextmanager
    def at(self, span: Span | None) -> Iterator[None]:
        outer, self.span = self.span, span
        try:
            yield
        finally:
            self.span = outer


def _belongs(var: Var | None, owner: Var) -> bool:
    """Whether a value is named, directly or not, after `owner`: two values cannot be named after each other."""
    while var is not None and var is not owner:
        var = var.of
    return var is owner


# --- looking at nodes -------------------------------------------------------------------------


def operands_of(node: Node) -> tuple[Atom, ...]:
    """What a node reads directly; what its nested blocks read is theirs."""
    match node:
        case Op(operands=operands) | Call(operands=operands):
            return operands
        case Store(target, _, operands, value):
            return (target, *operands, value)
        case If(condition=condition):
            return (condition,)
        case With(context=context):
            return (context,)
        case Loop(range=bounds, inits=inits):
            return (*_range_atoms(bounds), *inits)
        case Section() | Attempt():
            return ()


def results_of(node: Node) -> tuple[Var, ...]:
    match node:
        case Op(results=results) | Call(results=results) | If(results=results) | Loop(results=results):
            return results
        case With(results=results):
            return results
        case Attempt(results=results, outcome=outcome):
            return (*results, outcome)
        case _:
            return ()


def blocks_of(node: Node) -> tuple[Block, ...]:
    match node:
        case Op() | Store():
            return ()
        case If(then=then, orelse=orelse):
            return (then, orelse)
        case Loop(test=test, body=body):
            return (body,) if test is None else (test, body)
        case With(block=inside) | Attempt(block=inside):
            return (inside,)
        case _:
            return ()


def _range_atoms(bounds: Range | None) -> tuple[Atom, ...]:
    if bounds is None:
        return ()
    atoms: tuple[Atom, ...] = (bounds.start, bounds.stop, bounds.step)
    return atoms if bounds.trips is None else (*atoms, bounds.trips)


def rebuild(node: Node, operands: Sequence[Atom], blocks: Sequence[Block]) -> Node:
    """A node like this one with other operands and nested blocks, in the order of `operands_of` and `blocks_of`."""
    match node:
        case Op(results, primitive, _, attrs, span):
            return Op(results, primitive, tuple(operands), attrs, span)
        case Call(results, callee, _, span):
            return Call(results, callee, tuple(operands), span)
        case Store(_, index, _, _, accumulate, span):
            return Store(operands[0], index, tuple(operands[1:-1]), operands[-1], accumulate, span)
        case If(results, _, _, _, span):
            return If(results, operands[0], blocks[0], blocks[1], span)
        case Loop(results, bounds, test, _, _, has_stop, span):
            rest = list(operands)
            if bounds is not None:
                trips = None if bounds.trips is None else rest[3]
                rest_start = 3 if bounds.trips is None else 4
                bounds = Range(rest[0], rest[1], rest[2], trips, bounds.reverse)
                rest = rest[rest_start:]
            test = None if test is None else blocks[0]
            return Loop(results, bounds, test, tuple(rest), blocks[-1], has_stop, span)
        case With(results, _, _, again, span):
            return With(results, operands[0], blocks[0], again, span)
        case Attempt(results, outcome, classes, _, span):
            return Attempt(results, outcome, classes, blocks[0], span)
        case Section():
            return node


def changed(node: Node, operands: Sequence[Atom], blocks: Sequence[Block]) -> Node:
    """`rebuild`, but the same object if operands and blocks are the same objects: for passes that keep each node."""
    if same_objects(operands, operands_of(node)) and same_objects(blocks, blocks_of(node)):
        return node
    return rebuild(node, operands, blocks)


def with_nodes(block: Block, nodes: Sequence[Node], yields: tuple[Atom, ...] | None = None) -> Block:
    """A block with other nodes, and perhaps other yields; the same object if they are the same objects."""
    yields = block.yields if yields is None else yields
    if same_objects(nodes, block.nodes) and same_objects(yields, block.yields):
        return block
    return Block(block.params, tuple(nodes), yields)


def same_objects(left: Sequence[object], right: Sequence[object]) -> bool:
    return len(left) == len(right) and all(map(operator.is_, left, right))


def with_body(function: Function, body: Block) -> Function:
    """A function with another body, and the same result; the same object if the body is."""
    return function if body is function.body else replace(function, body=body)


def uses_of(function: Function) -> Counter[Atom]:
    """How often each value is used: by operations, by what blocks yield, as a result."""
    facts = function.body.facts
    if uses_of not in facts:
        facts[uses_of] = Counter(_uses(function.body))
    return Counter(facts[uses_of])


def _uses(block: Block) -> Iterator[Atom]:
    yield from block.yields
    for node in block.nodes:
        yield from operands_of(node)
        for inner in blocks_of(node):
            yield from _uses(inner)


def meetings(node: If | Loop | With | Attempt) -> Iterator[tuple[tuple[Var, ...], tuple[Atom, ...]]]:
    """Where paths meet: the values that are one of several sources, and the sources."""
    match node:
        case If(results, _, then, orelse):
            for result, *sources in zip(results, then.yields, orelse.yields, strict=True):
                yield (result,), tuple(sources)
        case With(results, _, inside):
            for result, value in zip(results, inside.yields, strict=True):
                yield (result,), (value,)
        case Attempt(results, _, _, inside):
            for result, value in zip(results, inside.yields, strict=True):
                yield (result,), (value, UNDEF)
        case Loop(results, bounds, _, inits, body, has_stop):
            params = body.params[1:] if bounds is not None else body.params
            yields = body.yields[1:] if has_stop else body.yields
            for result, param, *ends in zip(results, params, inits, yields, strict=True):
                yield (result, param), tuple(ends)


def walk(block: Block) -> Iterator[Node]:
    """Every node of a block and of the blocks nested in it, in program order."""
    for node in block.nodes:
        yield node
        for inner in blocks_of(node):
            yield from walk(inner)


def index_operands(index: Index) -> int:
    """How many holes an index has."""
    count = 0
    for entry in index:
        parts = (entry.start, entry.stop, entry.step) if isinstance(entry, Slice) else (entry,)
        count += sum(isinstance(part, Hole) for part in parts)
    return count


def is_undefined(value: Atom) -> bool:
    return isinstance(value, Literal) and isinstance(value.value, Undefined)
