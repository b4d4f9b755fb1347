"""Copies of blocks: with new Vars for what they bind, or with other Vars for what they only read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tangentc.ir.build import blocks_of, operands_of, rebuild, results_of, walk
from tangentc.ir.nodes import Atom, Attempt, Block, Call, If, Loop, Node, Op, Var, With

__all__ = ["free_vars", "fresh_copy", "needed_vars", "substituted"]


def fresh_copy(block: Block, known: dict[Var, Atom] | None = None) -> Block:
    """The same block with new Vars for all that it binds; free Vars go by `known`."""
    by: dict[Var, Atom] = dict(known or {})
    params = tuple(_renewed(var, by) for var in block.params)
    nodes = tuple(_copied(node, by) for node in block.nodes)
    return Block(params, nodes, tuple(_followed(atom, by) for atom in block.yields))


def substituted(block: Block, by: dict[Var, Atom]) -> Block:
    """The same block, reading other atoms in the place of some of its free Vars."""
    nodes = tuple(
        rebuild(
            node,
            [_followed(atom, by) for atom in operands_of(node)],
            [substituted(inner, by) for inner in blocks_of(node)],
        )
        for node in block.nodes
    )
    return Block(block.params, nodes, tuple(_followed(atom, by) for atom in block.yields))


def needed_vars(block: Block) -> set[Var]:
    """The Vars that a block uses, not counting those that branches and loops only hand on."""
    handed: dict[Var, list[Atom]] = {}
    pending: list[Atom] = list(block.yields)

    def hand(results: Iterable[Var], *sources: Sequence[Atom]) -> None:
        for result, *atoms in zip(results, *sources, strict=True):
            handed.setdefault(result, []).extend(atoms)

    for node in walk(block):
        match node:
            case If(results, condition, then, orelse):
                pending.append(condition)
                hand(results, then.yields, orelse.yields)
            case Loop(results, bounds, test, inits, body, has_stop):
                pending += [] if bounds is None else [bounds.start, bounds.stop, bounds.step]
                pending += body.yields[:1] if has_stop else ()
                yields = body.yields[1 if has_stop else 0 :]
                params = body.params[0 if bounds is None else 1 :]
                hand(results, inits, yields)
                hand(params, inits, yields)
                if test is not None:
                    hand(test.params, params)
                    pending += test.yields
            case _:
                pending += operands_of(node)
                pending += [atom for inner in blocks_of(node) for atom in inner.yields]
    needed: set[Var] = set()
    while pending:
        atom = pending.pop()
        if isinstance(atom, Var) and atom not in needed:
            needed.add(atom)
            pending += handed.get(atom, ())
    return needed


def free_vars(block: Block) -> list[Var]:
    """The Vars that a block reads and does not bind, in order of first use."""
    bound: set[Var] = set(block.params)
    used: dict[Var, None] = {}

    def note(*atoms: Atom) -> None:
        used.update((atom, None) for atom in atoms if isinstance(atom, Var))

    for node in walk(block):
        bound.update(results_of(node))
        note(*operands_of(node))
        for inner in blocks_of(node):
            bound.update(inner.params)
            note(*inner.yields)
    note(*block.yields)
    return [var for var in used if var not in bound]


def _renewed(var: Var, by: dict[Var, Atom]) -> Var:
    copy = Var(var.kind, var.name, var.scope, var.of, var.role)
    by[var] = copy
    return copy


def _followed(atom: Atom, by: dict[Var, Atom]) -> Atom:
    return by.get(atom, atom) if isinstance(atom, Var) else atom


def _copied(node: Node, by: dict[Var, Atom]) -> Node:
    operands = [_followed(atom, by) for atom in operands_of(node)]
    blocks = [fresh_copy(block, by) for block in blocks_of(node)]
    results = tuple(_renewed(var, by) for var in results_of(node))
    node = rebuild(node, operands, blocks)
    match node:
        case Op(_, primitive, atoms, attrs, span):
            return Op(results, primitive, atoms, attrs, span)
        case If(_, condition, then, orelse, span):
            return If(results, condition, then, orelse, span)
        case Loop(_, bounds, test, inits, body, has_stop, span):
            return Loop(results, bounds, test, inits, body, has_stop, span)
        case Call(_, callee, atoms, span):
            return Call(results, callee, atoms, span)
        case With(_, context, inside, again, span):
            return With(results, context, inside, again, span)
        case Attempt(_, _, classes, inside, span):
            return Attempt(results[:-1], results[-1], classes, inside, span)
    return node
