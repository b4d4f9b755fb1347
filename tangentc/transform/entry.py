"""The door of emitted code: what the function writes is copied first, what it returns is its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tangentc.analysis.aliasing import READ_ONLY, aliasing, is_reference
from tangentc.analysis.origins import Origins, origins
from tangentc.ir.build import Builder, blocks_of, changed, operands_of, walk, with_nodes
from tangentc.ir.nodes import Atom, Block, Call, Function, Node, Op, Var, kind_of
from tangentc.ir.trees import map_tree
from tangentc.kinds.types import Array
from tangentc.primitives.core import Alias

__all__ = ["copy_written", "own_arguments", "own_call_results", "own_results", "substitute"]


def copy_written(function: Function) -> Function:
    """Copy at entry the array parameters that the program writes, so that the caller's stay as they are."""
    aliases = aliasing(function)
    builder = Builder()
    table: dict[Var, Atom] = {}
    for param in function.body.params:
        if isinstance(param.kind, Array) and aliases.is_storage(param):
            table[param] = builder.op(
                _copy_for(function, param), param, kind=param.kind, name=param.name, scope=param.scope
            )
    if not table:
        return function
    body = substitute(function.body, table)
    body = Block(body.params, (*builder.nodes, *body.nodes), body.yields)
    result = map_tree(lambda atom: table.get(atom, atom) if isinstance(atom, Var) else atom, function.result)
    return replace(function, body=body, result=result)


def _copy_for(function: Function, param: Var) -> str:
    """`reshape` and `ravel` copy or not by the strides of their operand: there the copy keeps them."""
    maybe = any(isinstance(n, Op) and n.alias is Alias.MAYBE for n in walk(function.body))
    return "copy_strided" if maybe else "copy"


def own_arguments(function: Function) -> Function:
    """Callees whose arguments meet memory that is written, in a branch or a loop, work on copies of them.

    They write none of their arguments; a shadow that is found by identity is theirs alone only with a copy.
    """
    if not function.callees:
        return function
    callees = {key: copy_written(callee) for key, callee in function.callees.items()}
    return replace(function, callees={key: replace(c, callees=callees) for key, c in callees.items()})


def own_call_results(function: Function, before: Function) -> Function:
    """Callees return memory of their own where they did `before` they were optimised (`x * 1.0` is now x), and where a
    caller finds the cotangent of the result by its memory: there an argument and a result that is the same memory
    have one, of which neither knows what the other has taken.

    A result that is an argument is memory that nobody writes (`analysis.calls`), so a copy of it means the same.
    """
    if not function.callees:
        return function
    now, once, found = origins(function), origins(before), _found_by_memory(function)
    callees = {}
    for key, callee in function.callees.items():
        kept = [k for k in _foreign(before.callees[key], once[key]) if (key, k) not in found]
        copied = [k for k in _foreign(callee, now[key]) if k not in kept]
        builder, yields = Builder(), list(callee.body.yields)
        for k in copied:
            yields[k] = builder.op("copy", yields[k], kind=kind_of(yields[k]))
        nodes = (*callee.body.nodes, *builder.nodes)
        callees[key] = _with_yields(callee, replace(callee.body, nodes=nodes, yields=tuple(yields)))
    return replace(function, callees={key: replace(c, callees=callees) for key, c in callees.items()})


def _found_by_memory(function: Function) -> set[tuple[str, int]]:
    """The results of callees, by position, whose shadows are found by the memory of the result."""
    found: set[tuple[str, int]] = set()
    for caller in (function, *function.callees.values()):
        aliases = aliasing(caller)
        for node in walk(caller.body):
            if isinstance(node, Call):
                storage = (k for k, result in enumerate(node.results) if aliases.is_storage(result))
                found.update((node.callee, k) for k in storage)
    return found


def _foreign(callee: Function, found: Origins) -> list[int]:
    """The positions of returned arrays that may be memory of the caller, or that of an earlier result."""
    taken = set(callee.body.params)
    positions = []
    for position, value in enumerate(callee.body.yields):
        sources = found.of(value)
        if isinstance(kind_of(value), Array) and sources & taken:
            positions.append(position)
        taken |= sources
    return positions


def _with_yields(function: Function, body: Block) -> Function:
    remaining = iter(body.yields)
    return replace(function, body=body, result=map_tree(lambda _: next(remaining), function.result))


def own_results(function: Function, borrowed: Sequence[Var] = ()) -> Function:
    """Copy every returned array that is an argument, a view, or returned twice.

    Args: borrowed: values that the function must not hand out, such as the seed.
    """
    aliases = aliasing(function)
    taken = {
        node.results[0]
        for node in function.body.nodes
        if isinstance(node, Op) and node.primitive.name == "shadow_take"
    }
    seen = {aliases.class_of(var) for var in (*function.body.params, *borrowed)}
    seen |= {
        aliases.class_of(node.results[0])
        for node in walk(function.body)
        if isinstance(node, Op) and node.primitive.name in READ_ONLY
    }
    builder = Builder()
    yields: list[Atom] = []
    for value in function.body.yields:
        cls = aliases.class_of(value)
        if isinstance(value, Var) and is_reference(value.kind) and isinstance(value.kind, Array):
            if value not in taken and cls in seen:
                value = builder.op("copy", value, kind=value.kind, of=value.of, role=value.role)
            seen.add(cls)
        yields.append(value)
    if not builder.nodes:
        return function
    nodes = (*function.body.nodes, *builder.nodes)
    return _with_yields(function, Block(function.body.params, nodes, tuple(yields)))


def substitute(block: Block, table: dict[Var, Atom]) -> Block:
    """A block with some of its free values replaced."""

    def atom(value: Atom) -> Atom:
        return table.get(value, value) if isinstance(value, Var) else value

    def node(old: Node) -> Node:
        operands = [atom(value) for value in operands_of(old)]
        return changed(old, operands, [substitute(inner, table) for inner in blocks_of(old)])

    return with_nodes(block, [node(n) for n in block.nodes], tuple(atom(v) for v in block.yields))
