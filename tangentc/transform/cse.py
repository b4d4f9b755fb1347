"""Common subexpressions: an operation done before with the same operands is not done again.

Only fresh, unwritten results are shared: memory that is written, or found by identity, must stay apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tangentc.analysis.aliasing import Aliasing, aliasing, is_reference, is_view
from tangentc.ir.build import Builder, blocks_of, changed, operands_of, results_of, with_nodes
from tangentc.ir.nodes import Atom, Block, Function, Node, Op, Var, With
from tangentc.ir.trees import map_tree
from tangentc.kinds.types import Int

__all__ = ["share_common_subexpressions"]


def share_common_subexpressions(function: Function) -> Function:
    """The same function with each pure, memory-independent operation done once in its scope."""
    shared = _Sharing(aliasing(function))
    body = shared.block(function.body, {})
    if body is function.body:
        return function
    return replace(function, body=body, result=map_tree(shared.atom, function.result))


class _Sharing:
    def __init__(self, aliases: Aliasing) -> None:
        self.aliases = aliases
        self.table: dict[Var, Atom] = {}

    def atom(self, value: Atom) -> Atom:
        return self.table.get(value, value) if isinstance(value, Var) else value

    def block(self, block: Block, outer: dict[Any, Var]) -> Block:
        known = dict(outer)
        nodes: list[Node] = []
        for node in block.nodes:
            operands = tuple(self.atom(value) for value in operands_of(node))
            if isinstance(node, Op) and self._can_share(node):
                key = (node.primitive, operands, node.attrs)
                earlier = known.get(key)
                if earlier is not None and not (earlier.name and node.results[0].name):
                    self.table[node.results[0]] = earlier
                    if not earlier.name:
                        Builder.name(earlier, node.results[0].of, node.results[0].role, node.results[0].name)
                    continue
                known[key] = node.results[0]
            # what np.errstate says decides what an operation does, warnings and exceptions included
            around = {} if isinstance(node, With) else known
            blocks = [self.block(inner, around) for inner in blocks_of(node)]
            nodes.append(changed(node, operands, blocks))
        return with_nodes(block, nodes, tuple(self.atom(value) for value in block.yields))

    def _can_share(self, op: Op) -> bool:
        primitive = op.primitive
        if len(op.results) != 1 or not primitive.pure or primitive.effect or primitive.writes:
            return False
        if is_view(op) is not False or (primitive.cheap and isinstance(op.results[0].kind, Int)):
            return False  # `x[1:-1]` and `i - 1` cost next to nothing, and say more than a name for them
        if primitive.name in ("shape_of", "tuple", "is_", "is_not"):
            return False  # so do `x.shape`, `(n, n)` and `failed is None`
        if any(self.aliases.is_storage(value) for value in (*results_of(op), *op.operands)):
            return not (primitive.reads or is_reference(op.results[0].kind))
        return not (is_reference(op.results[0].kind) and self.aliases.is_merged(op.results[0]))
