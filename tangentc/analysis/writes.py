"""Which parameters a program writes: through every name and view that may be the same memory."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import walk
from tangentc.ir.nodes import (
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    If,
    Loop,
    Node,
    Op,
    Store,
    Var,
    With,
    kind_of,
)
from tangentc.ir.trees import atoms_of
from tangentc.kinds.library_objects import is_kind_of_data
from tangentc.kinds.types import Any, Array, is_container, is_number
from tangentc.primitives.core import Alias

__all__ = ["written_lists", "written_parameters"]

_HOLDERS = ("tuple", "list", "dict", "item")

Written = dict[str, frozenset[int]]
"""For each callee the positions of the parameters that it writes."""


def written_parameters(
    function: Function, others: Container[Var], shared: Mapping[Var, str]
) -> tuple[str, ...]:
    """The names of the parameters that may be written.

    Args:
        others: captured data that others see.
        shared: arrays that the cache of a function keeps, with its name.
    Raises: UnsupportedSyntaxError: the program writes data that others see, or what a cache keeps.
    """
    owners = {atom: parameter for parameter in function.parameters for atom in atoms_of(parameter.tree)}
    found: set[str] = set()
    for root, node in _written(function.body, _written_by_callees(function)):
        if root in shared:
            raise UnsupportedSyntaxError(
                "TC107", f"what {shared[root]} returns is written, and its cache would return it changed",
                getattr(node, "span", None), "write to a copy",
            )  # fmt: skip
        if is_kind_of_data(root.kind) and not (isinstance(node, Op) and node.primitive.name == "call"):
            raise UnsupportedSyntaxError(
                "TC108", "the data of an object of SciPy are written, through which no derivative passes",
                getattr(node, "span", None), "make the object that you want from data of your own",
            )  # fmt: skip
        parameter = owners.get(root)
        if parameter is None:
            continue
        if root not in others:
            found.add(parameter.name)
        elif not (isinstance(node, Op) and node.primitive.name == "call"):
            raise UnsupportedSyntaxError(
                "TC107",
                f"{parameter.origin} is written, which is shared with the rest of the program",
                getattr(node, "span", None),
                "write to a copy, and return it",
            )
    return tuple(parameter.name for parameter in function.parameters if parameter.name in found)


def written_lists(function: Function) -> list[Var]:
    """The parameters that are lists and that the program changes."""
    found = _written(function.body, _written_by_callees(function))
    params = set(function.body.params)
    return list(dict.fromkeys(root for root, _ in found if root in params and is_container(root.kind)))


def _written_by_callees(function: Function) -> Written:
    """The parameters that each callee writes, to a fixpoint."""
    known: Written = {key: frozenset() for key in function.callees}
    while True:
        wider: Written = {}
        for key, callee in function.callees.items():
            roots = {root for root, _ in _written(callee.body, known)}
            wider[key] = frozenset(i for i, var in enumerate(callee.body.params) if var in roots)
        if wider == known:
            return known
        known = wider


def _written(body: Block, callees: Written) -> Iterator[tuple[Var, Node]]:
    """What a block may write, with the node that does."""
    sources = _sources(body)
    for node in walk(body):
        for target in _targets(node, callees):
            changes_container = is_container(kind_of(target))
            for root in _reachable(target, sources):
                if is_container(root.kind) if changes_container else not is_number(root.kind):
                    yield root, node


def _targets(node: Node, callees: Written) -> tuple[Atom, ...]:
    """The operands whose memory a node may change."""
    match node:
        case Store(target):
            return (target,)
        case Call(_, callee, operands):
            return tuple(operands[i] for i in sorted(callees[callee]))
        case Op(_, primitive, operands) if primitive.writes:
            return operands[:1]
        case Op(_, primitive, operands) if primitive.name == "call":
            return tuple(a for a in operands if isinstance(a, Var) and isinstance(a.kind, (Array, Any)))
    return ()


def _sources(body: Block) -> dict[Var, list[Atom]]:
    """For each Var what it may share memory with, one step back."""
    sources: dict[Var, list[Atom]] = {}

    def link(var: Var, *atoms: Atom) -> None:
        sources.setdefault(var, []).extend(atoms)

    for node in walk(body):
        match node:
            case Op(results, primitive, operands):
                if node.alias is not Alias.FRESH or primitive.name in _HOLDERS:
                    for result in results:
                        link(result, *operands)
            case If(results, _, then, orelse):
                for result, *pair in zip(results, then.yields, orelse.yields, strict=True):
                    link(result, *pair)
            case With(results, _, inside) | Attempt(results, _, _, inside):
                for result, value in zip(results, inside.yields, strict=True):
                    link(result, value)
            case Loop(results, bounds, test, inits, inner, has_stop):
                params = inner.params[0 if bounds is None else 1 :]
                yields = inner.yields[1 if has_stop else 0 :]
                for result, param, init, end in zip(results, params, inits, yields, strict=True):
                    link(param, init, end)
                    link(result, init, end)
                if test is not None:
                    for param, init, end in zip(test.params, inits, yields, strict=True):
                        link(param, init, end)
            case Call(results, _, operands):
                for result in results:
                    link(result, *operands)
    return sources


def _reachable(start: Atom, sources: dict[Var, list[Atom]]) -> list[Var]:
    pending: list[Atom] = [start]
    seen: dict[Var, None] = {}
    while pending:
        atom = pending.pop()
        if isinstance(atom, Var) and atom not in seen:
            seen[atom] = None
            pending.extend(sources.get(atom, ()))
    return list(seen)
