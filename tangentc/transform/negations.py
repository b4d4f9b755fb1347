"""Let sums take minus signs: x + a * -b is x - a * b, one operation fewer, and none on an array.

The product keeps its place and changes its sign, so it must have no name and no other use than the sum.
"""

from __future__ import annotations

from dataclasses import replace

from tangentc.analysis.aliasing import Aliasing, aliasing
from tangentc.ir.build import blocks_of, changed, operands_of, uses_of, walk, with_nodes
from tangentc.ir.nodes import Atom, Block, Function, Node, Op, Store, Var
from tangentc.primitives.core import named
from tangentc.transform.simplify import negated

__all__ = ["absorb_negations"]

_ODD = frozenset({"mul", "truediv", "matmul", "np.sum"})
"""With the sign of one operand the sign of the result changes, and nothing else."""
_OTHER = {"add": "sub", "sub": "add"}


def absorb_negations(function: Function) -> Function:
    """The same function with negations inside products that are added undone."""
    absorber = _Absorber(function)
    for node in walk(function.body):
        absorber.look_at(node)
    return replace(function, body=absorber.block(function.body)) if absorber.changed else function


class _Absorber:
    def __init__(self, function: Function) -> None:
        self.aliases: Aliasing = aliasing(function)
        self.uses = uses_of(function)
        self.changed: dict[int, Node] = {}
        ops = (node for node in walk(function.body) if isinstance(node, Op) and len(node.results) == 1)
        self.made: dict[Var, Op] = {op.results[0]: op for op in ops}

    def look_at(self, node: Node) -> None:
        """Change the sign of what a node adds, if that undoes a negation."""
        match node:
            case Op(results, primitive, (first, second)) if primitive.name in _OTHER and first is not second:
                flipped = self.flip(second)
                if flipped is not None:
                    other = named(_OTHER[primitive.name])
                    self.changed[id(node)] = Op(results, other, (first, flipped), node.attrs, node.span)
            case Store(_, _, _, value, accumulate) if accumulate:
                flipped = self.flip(value)
                if flipped is not None:
                    sign = "-" if accumulate == "+" else "+"
                    self.changed[id(node)] = replace(node, value=flipped, accumulate=sign)

    def flip(self, value: Atom) -> Var | None:
        """The product with the other sign, if that undoes a negation inside it."""
        op = self.made.get(value) if isinstance(value, Var) else None
        if (
            op is None
            or id(op) in self.changed
            or op.primitive.name not in _ODD
            or self.uses[value] != 1
            or _is_named(op.results[0])
        ):
            return None
        for position, operand in enumerate(op.operands):
            positive = negated(operand, self.made, self.aliases) or self.flip(operand)
            if positive is not None:
                result = Var(op.results[0].kind)
                operands = (*op.operands[:position], positive, *op.operands[position + 1 :])
                self.changed[id(op)] = Op((result,), op.primitive, operands, op.attrs, op.span)
                return result
        return None

    def block(self, block: Block) -> Block:
        return with_nodes(block, list(map(self.node, block.nodes)))

    def node(self, node: Node) -> Node:
        other = self.changed.get(id(node))
        if other is not None:
            return other
        return changed(node, operands_of(node), [self.block(block) for block in blocks_of(node)])


def _is_named(var: Var) -> bool:
    """Whether the reader knows a value by name, so that its sign must stay."""
    return bool(var.name) if var.of is None else _is_named(var.of)
