"""The joint form of a pullback in two: a forward function, and a reverse function that may be called later.

What crosses the cut are the residuals.  Of an array that the reverse sweep asks for its shape only, the shape crosses:
the array itself need not be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tangentc.analysis.aliasing import aliasing
from tangentc.ir.build import Builder, blocks_of, operands_of, rebuild, results_of, walk
from tangentc.ir.copying import substituted
from tangentc.ir.nodes import Atom, Block, Function, Node, Op, Parameter, Tree, Var
from tangentc.ir.trees import atoms_of, map_tree
from tangentc.kinds.types import Array
from tangentc.transform.adjoint import free_values
from tangentc.transform.headings import REVERSE

__all__ = ["Split", "function_like", "split_function"]


@dataclass(frozen=True, slots=True)
class Split:
    """The split form: forward(*args) -> y, residuals; reverse(*residuals, y_bar) -> cotangents.

    The reverse sweep writes into its residuals and pops its tapes: each call needs residuals of its own.
    """

    forward: Function
    reverse: Function


def split_function(joint: Function) -> Split:
    """The joint form that `pullback_function` gives, cut where the reverse sweep begins."""
    nodes = joint.body.nodes
    cut = next(k for k, node in enumerate(nodes) if node == REVERSE)
    value, gradient = joint.result
    seed = next(p for p in joint.parameters if p.kind == "seed")
    after = Block((), nodes[cut + 1 :], atoms_of(gradient))
    facts, after = _facts_before(nodes[:cut], after, set(atoms_of(seed.tree)))
    gradient = map_tree(dict(zip(atoms_of(gradient), after.yields, strict=True)).__getitem__, gradient)
    residuals = _residuals(after, seed)
    name = joint.name.removesuffix("_adjoint")
    program = tuple(p for p in joint.parameters if p.kind != "seed")
    doc = f"Forward sweep of {name}: the result, and the residuals for {name}_reverse; change no array in between."
    before = (*nodes[:cut], *facts)
    forward = function_like(joint, f"{name}_forward", program, before, (value, residuals), doc)
    parameters = [
        Parameter("residuals", "POSITIONAL_OR_KEYWORD", residuals),
        replace(seed, kind="POSITIONAL_OR_KEYWORD"),
    ]
    doc = joint.doc.replace("Adjoint", "Reverse sweep", 1) + " It uses up the residuals."
    reverse = function_like(joint, f"{name}_reverse", parameters, after.nodes, gradient, doc)
    return Split(forward, replace(reverse, shared=_in_one_memory(joint, residuals)))


def _residuals(after: Block, seed: Parameter) -> tuple[Var, ...]:
    seeds = set(atoms_of(seed.tree))
    return tuple(var for var in free_values(after.nodes, after.yields) if var not in seeds)


# --- shapes instead of arrays ---------------------------------------------------------------------


def _facts_before(before: Sequence[Node], after: Block, seeds: set[Atom]) -> tuple[list[Node], Block]:
    """What the reverse sweep asks of arrays that it does not read otherwise: the operations that ask, to be done before
    the cut, and the reverse sweep without them."""
    arrays = {var for var in free_values(after.nodes, after.yields) if var not in seeds}
    asked = _asked_only(arrays - (_of_one_branch(before) - _asked_always(after)), after)
    if not asked:
        return [], after
    builder = Builder()
    found: dict[Any, Var] = {}
    by: dict[Var, Atom] = {}
    for op in asked:
        key = (op.primitive, op.operands, op.attrs)
        if key not in found:
            of = next((each for each in op.operands if isinstance(each, Var)), None)
            role = "shape" if op.primitive.name == "shape_of" else op.primitive.name
            kind = op.results[0].kind
            found[key] = builder.apply(op.primitive, op.operands, dict(op.attrs), of=of, role=role, kind=kind)
        by[op.results[0]] = found[key]
    return list(builder.nodes), substituted(_without(after, set(map(id, asked))), by)


def _of_one_branch(before: Sequence[Node]) -> set[Var]:
    """Values that a branch or a loop binds, and that are None where it did not run."""
    return {result for node in before if not isinstance(node, Op) for result in results_of(node)}


def _asked_always(after: Block) -> set[Atom]:
    """The arrays that are asked on every path: then there is something to ask."""
    return {node.operands[0] for node in after.nodes if isinstance(node, Op) and _asks(node)}


def _asked_only(arrays: set[Var], after: Block) -> list[Op]:
    """The operations that ask for shapes of arrays of which nothing else is used."""
    asked: list[Op] = []
    used: set[Atom] = set(after.yields)
    for node in walk(after):
        if isinstance(node, Op) and _asks(node) and node.operands[0] in arrays:
            asked.append(node)
        else:
            used.update(operands_of(node))
        for block in blocks_of(node):
            used.update(block.yields)
    return [op for op in asked if op.operands[0] not in used]


def _asks(node: Op) -> bool:
    """Whether an operation asks an array for what its entries do not matter to."""
    return (
        not node.primitive.reads
        and node.primitive.cheap
        and len(node.operands) == 1
        and isinstance(node.operands[0], Var)
        and isinstance(node.operands[0].kind, Array)
        and not isinstance(node.results[0].kind, Array)
    )


def _without(block: Block, dropped: set[int]) -> Block:
    nodes = tuple(
        rebuild(node, operands_of(node), [_without(inner, dropped) for inner in blocks_of(node)])
        if blocks_of(node)
        else node
        for node in block.nodes
        if id(node) not in dropped
    )
    return Block(block.params, nodes, block.yields)


# --- the two functions ----------------------------------------------------------------------------


def _in_one_memory(joint: Function, residuals: Sequence[Var]) -> tuple[tuple[Var, ...], ...]:
    """The residuals that may look at the same written memory: an array, and views that the forward sweep made of it."""
    aliases = aliasing(joint)
    groups: dict[Var, list[Var]] = {}
    for var in residuals:
        cls = aliases.class_of(var)
        if cls is not None and cls in aliases.written:
            groups.setdefault(cls, []).append(var)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def function_like(
    function: Function,
    name: str,
    parameters: Sequence[Parameter],
    nodes: Sequence[Any],
    result: Tree,
    doc: str,
) -> Function:
    """A function made of another's nodes, with its place in the text."""
    params = tuple(a for p in parameters for a in atoms_of(p.tree) if isinstance(a, Var))
    body = Block(params, tuple(nodes), atoms_of(result))
    return replace(function, name=name, parameters=tuple(parameters), body=body, result=result, doc=doc)
