"""Add into memory that the function owns, instead of making a new array for each contribution.

`r = a + b` becomes `a += b` where a is a fresh array of the same shape and dtype whose only use is this one: then
nobody can see the difference.  So are the contributions to one derivative summed; expressions stay as they are, and
NumPy itself reuses the large temporaries inside them.
"""

from __future__ import annotations

from collections import Counter

from tangentc.ir.build import blocks_of, changed, operands_of, uses_of, with_body, with_nodes
from tangentc.ir.nodes import Atom, Attempt, Block, Function, If, Loop, Node, Op, Var, With
from tangentc.kinds.types import Array, same_dtype
from tangentc.primitives.core import Alias, named
from tangentc.rules.linear import same_dims

__all__ = ["accumulate_in_place"]

_IN_PLACE = {"add": "iadd", "sub": "isub"}
_DERIVED = ("bar", "dot")
_OWNERLESS = frozenset({"tape_pop", "shadow_take", "shadow_of", "item", "call", "np.broadcast_to"})


def accumulate_in_place(function: Function) -> Function:
    """The same function with additions to owned arrays done in place."""
    owner = _Owner(uses_of(function))
    return with_body(function, owner.block(function.body, set()))


class _Owner:
    def __init__(self, uses: Counter[Atom]) -> None:
        self.uses = uses

    def block(self, block: Block, owned: set[Var]) -> Block:
        return with_nodes(block, [self.node(node, owned) for node in block.nodes])

    def node(self, node: Node, owned: set[Var]) -> Node:
        match node:
            case Op():
                return self.op(node, owned)
            case If(results, condition, then, orelse):
                blocks, last = [], []
                for block in (then, orelse):
                    inside = set(owned)
                    blocks.append(self.block(block, inside))
                    last.append([value in inside for value in block.yields])
                for result, *ends in zip(results, *last, strict=True):
                    if all(ends):
                        self.own(result, owned)
                return changed(node, (condition,), blocks)
            case With(results, _, block) | Attempt(results, _, _, block):
                inside = set(owned) if isinstance(node, With) else set()
                rebuilt = changed(node, operands_of(node), [self.block(block, inside)])
                for result, value in zip(results, block.yields, strict=True):
                    if value in inside:
                        self.own(result, owned)
                return rebuilt
            case Loop():
                return self.loop(node, owned)
            case _:
                return changed(node, operands_of(node), [self.block(b, set()) for b in blocks_of(node)])

    def op(self, op: Op, owned: set[Var]) -> Op:
        if len(op.results) != 1:
            return op
        result, kind = op.results[0], op.results[0].kind
        if not isinstance(kind, Array):
            return op
        target = op.operands[0] if op.operands else None
        if (
            op.primitive.name in _IN_PLACE
            and isinstance(target, Var)
            and result.role in _DERIVED
            and (target.of, target.role) == (result.of, result.role)
            and target in owned
            and isinstance(target.kind, Array)
            and same_dims(target.kind, kind)
            and target.kind.dtype is not None  # else one may be real and the other complex
            and same_dtype(target.kind.dtype, kind.dtype)
        ):
            self.own(result, owned)
            return Op(op.results, named(_IN_PLACE[op.primitive.name]), op.operands, (), op.span)
        if op.alias is Alias.FRESH and op.primitive.name not in _OWNERLESS and op.primitive.pure:
            self.own(result, owned)
        return op

    def own(self, value: Var, owned: set[Var]) -> None:
        if self.uses[value] == 1 and isinstance(value.kind, Array):
            owned.add(value)

    def loop(self, loop: Loop, owned: set[Var]) -> Node:
        first = 0 if loop.range is None else 1
        stop = 1 if loop.has_stop else 0
        params, yields = loop.body.params[first:], loop.body.yields[stop:]
        carried = {
            k
            for k, init in enumerate(loop.inits)
            if init in owned and self.uses[params[k]] <= 1 and isinstance(params[k].kind, Array)
        }
        while True:  # what a loop owns at its start it must own at its end
            inside = {params[k] for k in carried}
            body = self.block(loop.body, inside)
            lost = {k for k in carried if not self._holds(yields[k], inside)}
            if not lost:
                break
            carried -= lost
        for k in carried:
            self.own(loop.results[k], owned)
        blocks = (body,) if loop.test is None else (loop.test, body)
        return changed(loop, operands_of(loop), blocks)

    @staticmethod
    def _holds(value: Atom, owned: set[Var]) -> bool:
        return isinstance(value, Var) and value in owned
