"""Give undefined values that somebody looks at a harmless value: None.

Where a path binds nothing, nothing is printed; but a value that is recorded, returned or carried on must exist.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from tangentc.ir.build import (
    Builder,
    blocks_of,
    changed,
    operands_of,
    same_objects,
    walk,
    with_body,
    with_nodes,
)
from tangentc.ir.nodes import (
    UNDEF,
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
    Var,
    With,
)

__all__ = ["define_undefined"]

_NONE = Literal(None)
_HANDING_ON = frozenset({"tuple", "list", "dict", "tape_push"})


def define_undefined(function: Function) -> Function:
    """The same function, in which every value that is used unconditionally is bound on every path."""
    return with_body(function, _block(function.body))


def _block(block: Block) -> Block:
    return with_nodes(block, [each for node in block.nodes for each in _defined(_node(node, block), block)])


def _defined(node: Node, around: Block) -> tuple[Node, ...]:
    """What an attempt that failed leaves undefined, and somebody looks at nevertheless, is None."""
    if not isinstance(node, Attempt):
        return (node,)
    tests = _tests(around, node.outcome)
    seen = {result: _like(result) for result in node.results if _is_seen(around, result, tests, True)}
    if not seen:
        return (node,)
    builder = Builder()
    succeeded = builder.op("is_", node.outcome, None)
    arms = (Block((), (), tuple(seen.values())), Block((), (), (_NONE,) * len(seen)))
    builder.append(If(tuple(seen), succeeded, arms[0], arms[1], node.span))
    return (replace(node, results=tuple(seen.get(r, r) for r in node.results)), *builder.nodes)


def _like(var: Var) -> Var:
    return Var(var.kind, var.name, var.scope, var.of, var.role)


def _tests(block: Block, outcome: Var) -> frozenset[Atom]:
    """The values that say whether an attempt succeeded."""
    return frozenset(
        node.results[0]
        for node in walk(block)
        if isinstance(node, Op) and node.primitive.name == "is_" and node.operands == (outcome, _NONE)
    )


def _node(node: Node, around: Block) -> Node:
    match node:
        case If(results, condition, then, orelse):
            blocks = []
            for block, other in ((then, False), (orelse, True)):
                yields = tuple(
                    _NONE if value == UNDEF and _is_seen(around, result, {condition}, other) else value
                    for result, value in zip(results, block.yields, strict=True)
                )
                blocks.append(_block(with_nodes(block, block.nodes, yields)))
            return changed(node, (condition,), blocks)
        case With() | Attempt():
            return changed(node, operands_of(node), [_block(inner) for inner in blocks_of(node)])
        case Loop():
            rebuilt = changed(node, operands_of(node), [_block(inner) for inner in blocks_of(node)])
            assert isinstance(rebuilt, Loop)
            params = rebuilt.body.params[0 if rebuilt.range is None else 1 :]
            used = _all_uses(rebuilt.body) | _carried_on(around)
            inits = tuple(
                _NONE if init == UNDEF and (param in used or result in used) else init
                for init, param, result in zip(rebuilt.inits, params, rebuilt.results, strict=True)
            )
            return rebuilt if same_objects(inits, rebuilt.inits) else replace(rebuilt, inits=inits)
        case _:
            return node


def _is_seen(block: Block, value: Var, conditions: Set[Atom], side: bool) -> bool:
    """Whether a value is used elsewhere than where one of `conditions` is known to be `side`, which binds it."""
    if value in block.yields:
        return True
    for node in block.nodes:
        if value in operands_of(node):
            return True
        for inner, branch in zip(blocks_of(node), (True, False), strict=False):
            is_safe = isinstance(node, If) and node.condition in conditions and branch is side
            if not is_safe and _is_seen(inner, value, conditions, side):
                return True
    return False


def _carried_on(block: Block) -> set[Var]:
    """The values that are handed on, and not only computed with where the program itself does."""
    found = {value for value in block.yields if isinstance(value, Var)}
    for node in block.nodes:
        if isinstance(node, (Call, Loop)) or (isinstance(node, Op) and node.primitive.name in _HANDING_ON):
            found.update(value for value in operands_of(node) if isinstance(value, Var))
        for inner in blocks_of(node):
            found |= _carried_on(inner)
    return found


def _all_uses(block: Block) -> set[Var]:
    found = {value for value in block.yields if isinstance(value, Var)}
    for node in block.nodes:
        found.update(value for value in operands_of(node) if isinstance(value, Var))
        for inner in blocks_of(node):
            found |= _all_uses(inner)
    return found
