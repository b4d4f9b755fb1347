"""Algebra, one law a row: the value stays the same, the kind stays the same, the code gets shorter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from tangentc.analysis.aliasing import Aliasing, aliasing
from tangentc.ir.build import (
    Builder,
    atom,
    blocks_of,
    changed,
    operands_of,
    same_objects,
    uses_of,
    with_nodes,
)
from tangentc.ir.nodes import Atom, Block, Function, Literal, Loop, Node, Op, Store, Var, kind_of
from tangentc.ir.trees import map_tree
from tangentc.kinds.types import Array, dtype_of
from tangentc.primitives.core import Alias, named
from tangentc.rules.linear import same_dims

__all__ = ["LAWS", "negated", "simplify"]


class Definitions(dict[Var, Op]):
    """What defines each value; and which memory is written, so that a copy of it must stay one."""

    def __init__(self, aliases: Aliasing, uses: Counter[Atom]) -> None:
        super().__init__()
        self.aliases = aliases
        self.uses = uses
        self.stored: set[Atom] = set()  # what took the place of written memory
        self.here: set[Var] = set()  # bound in the block that is being rewritten

    def is_only_for(self, value: Atom, op: Op) -> bool:
        """Whether a value is new memory that nobody but `op` knows, so that its result may be that memory.

        Made outside the loop that `op` stands in, it would be written in every round.
        """
        made = self.get(value) if isinstance(value, Var) else None
        if made is None or value not in self.here:
            return False
        return made.alias is Alias.FRESH and self.uses[value] == 1

    def is_storage(self, value: Atom) -> bool:
        return value in self.stored or self.aliases.is_storage(value)

    def replaced(self, op: Op, found: Atom | Op) -> None:
        """Count the uses that replacing `op` brings and takes away; what stands for written memory is written."""
        (result,) = op.results
        if isinstance(found, Op):
            self.uses.update(found.operands)
        else:
            self.uses[found] += self.uses[result]
            if self.is_storage(result):
                self.stored.add(found)
        self.uses.subtract(op.operands)


Law = Callable[[Op, Definitions], "Atom | Op | None"]
LAWS: dict[str, list[Law]] = {}


def law(*primitives: str) -> Callable[[Law], Law]:
    """Register a law for operations with these primitives; it gives what replaces the operation, or None."""

    def decorate(function: Law) -> Law:
        for name in primitives:
            LAWS.setdefault(name, []).append(function)
        return function

    return decorate


def _is(value: Atom, number: float) -> bool:
    return isinstance(value, Literal) and type(value.value) in (int, float) and value.value == number


def negated(value: Atom, made: Mapping[Var, Op], aliases: Aliasing | Definitions) -> Atom | None:
    """y, where the value is -y, and both still are what they were then."""
    op = made.get(value) if isinstance(value, Var) else None
    if op is None or op.primitive.name != "neg" or aliases.is_storage(value):
        return None
    return None if aliases.is_storage(op.operands[0]) else op.operands[0]


def _is_inexact(value: Var) -> bool:
    dtype = dtype_of(value.kind)
    return dtype is not None and dtype.kind in "fc"


def _same_kind(value: Atom, op: Op) -> bool:
    return kind_of(value) == op.results[0].kind


def _stands_for(value: Atom, op: Op, definitions: Definitions) -> bool:
    """Whether an operand can take the place of the result: `x * 1` is a copy, which matters if x is written."""
    if not _same_kind(value, op) or definitions.is_storage(value):
        return False
    return not definitions.is_storage(op.results[0]) or definitions.is_only_for(value, op)


def _op(op: Op, primitive: str, *operands: Atom) -> Op:
    return Op(op.results, named(primitive), operands, (), op.span)


@law("mul")
def multiply_by_one(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x * 1 -> x; 1 * x -> x"""
    x, y = op.operands
    if _is(y, 1.0) and _stands_for(x, op, definitions):
        return x
    return y if _is(x, 1.0) and _stands_for(y, op, definitions) else None


@law("mul")
def multiply_by_minus_one(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x * -1 -> -x; -1 * x -> -x"""
    x, y = op.operands
    if _is(y, -1.0) and _same_kind(x, op):
        return _op(op, "neg", x)
    return _op(op, "neg", y) if _is(x, -1.0) and _same_kind(y, op) else None


@law("getitem")
def view_of_the_whole(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x[...] -> x, the same memory; a view that the program names stays another object"""
    (x, *_), (result,) = op.operands, op.results
    if op.attr("index") != (Ellipsis,) or result.name or not isinstance(kind_of(x), Array):
        return None
    return x if _same_kind(x, op) else None


@law("T", "mT")
def transpose_twice(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x.T.T -> x, the same memory, unless the program names it"""
    (inner,), (result,) = op.operands, op.results
    made = definitions.get(inner) if isinstance(inner, Var) else None
    if made is None or made.primitive is not op.primitive or result.name:
        return None
    return made.operands[0] if _same_kind(made.operands[0], op) else None


@law("truediv")
def divide_by_one(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x / 1 -> x"""
    x, y = op.operands
    return x if _is(y, 1.0) and _stands_for(x, op, definitions) else None


@law("neg")
def negate_twice(op: Op, definitions: Definitions) -> Atom | Op | None:
    """-(-x) -> x"""
    positive = negated(op.operands[0], definitions, definitions)
    return positive if positive is not None and _stands_for(positive, op, definitions) else None


@law("neg", "mul", "add", "sub")
def fold_constants(op: Op, definitions: Definitions) -> Atom | Op | None:
    """2.0 * 3.0 -> 6.0"""
    values = [operand.value for operand in op.operands if isinstance(operand, Literal)]
    if len(values) == len(op.operands) and all(type(value) in (int, float) for value in values):
        return atom(op.primitive.function(*values))
    return None


@law("add")
def add_to_itself(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x + x -> 2 * x"""
    x, y = op.operands
    return _op(op, "mul", Literal(2.0), x) if x is y and isinstance(x, Var) and _is_inexact(x) else None


@law("add")
def add_negated(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x + (-y) -> x - y"""
    x, y = op.operands
    positive = negated(y, definitions, definitions)
    return None if positive is None else _op(op, "sub", x, positive)


@law("sub")
def subtract_negated(op: Op, definitions: Definitions) -> Atom | Op | None:
    """x - (-y) -> x + y"""
    x, y = op.operands
    positive = negated(y, definitions, definitions)
    return None if positive is None else _op(op, "add", x, positive)


@law("eq")
def compare_negated_with_zero(op: Op, definitions: Definitions) -> Atom | Op | None:
    """-x == 0 -> x == 0"""
    x, y = op.operands
    positive = negated(x, definitions, definitions)
    return None if positive is None or not _is(y, 0.0) else _op(op, "eq", positive, y)


@law("np.broadcast_to")
def broadcast_to_own_shape(op: Op, definitions: Definitions) -> Atom | Op | None:
    """np.broadcast_to(x, x.shape) -> x"""
    x = op.operands[0]
    return x if same_dims(kind_of(x), op.results[0].kind) and _same_kind(x, op) else None


def simplify(function: Function) -> Function:
    """Apply the laws everywhere, operands first."""
    rewriter = _Rewriter(aliasing(function), uses_of(function))
    body = rewriter.block(function.body)
    if body is function.body:
        return function
    return replace(function, body=body, result=map_tree(rewriter.atom, function.result))


class _Rewriter:
    def __init__(self, aliases: Aliasing, uses: Counter[Atom]) -> None:
        self.table: dict[Var, Atom] = {}
        self.definitions = Definitions(aliases, uses)

    def atom(self, value: Atom) -> Atom:
        return self.table.get(value, value) if isinstance(value, Var) else value

    def block(self, block: Block) -> Block:
        outer, self.definitions.here = self.definitions.here, set()
        nodes = [new for node in block.nodes if (new := self.node(node)) is not None]
        self.definitions.here = outer
        return with_nodes(block, nodes, tuple(self.atom(value) for value in block.yields))

    def node(self, node: Node) -> Node | None:
        operands = [self.atom(value) for value in operands_of(node)]
        if isinstance(node, Store):
            return self.store(node, operands)
        if isinstance(node, Loop):
            return self.loop(node, operands)
        if not isinstance(node, Op):
            return changed(node, operands, [self.block(block) for block in blocks_of(node)])
        op = node
        if not same_objects(operands, node.operands):
            op = Op(node.results, node.primitive, tuple(operands), node.attrs, node.span)
        if len(op.results) != 1:
            return op
        result = op.results[0]
        for _ in range(4):  # a law may open the way for another
            found = self._apply(op)
            if found is None:
                break
            self.definitions.replaced(op, found)
            if not isinstance(found, Op):
                self.table[result] = found
                if isinstance(found, Var) and not result.name:
                    Builder.name(found, result.of, result.role)
                if result.name and isinstance(found, Literal):
                    return op  # the user's name stays for the reader
                return None
            op = found
        self.definitions[result] = op
        self.definitions.here.add(result)
        return op

    def loop(self, loop: Loop, operands: list[Atom]) -> Node:
        """A value that is carried round a loop unchanged is the value that it starts with."""
        first = 0 if loop.range is None else 1
        stop = 1 if loop.has_stop else 0
        params, yields = loop.body.params[first:], loop.body.yields[stop:]
        inits = operands[len(operands) - len(loop.inits) :]
        for k, param in enumerate(params):
            if yields[k] is param:
                self.table[param] = self.table[loop.results[k]] = inits[k]
                if loop.test is not None:
                    self.table[loop.test.params[k]] = inits[k]
        return changed(loop, operands, [self.block(block) for block in blocks_of(loop)])

    def store(self, store: Store, operands: list[Atom]) -> Node:
        """x[i] += -v -> x[i] -= v, and the reverse"""
        *_, value = operands
        positive = negated(value, self.definitions, self.definitions)
        if store.accumulate and positive is not None:
            operands[-1] = positive
            store = replace(store, accumulate="-" if store.accumulate == "+" else "+")
        return changed(store, operands, [])

    def _apply(self, op: Op) -> Atom | Op | None:
        for rule in LAWS.get(op.primitive.name, []):
            found = rule(op, self.definitions)
            if found is not None:
                return found
        return None
