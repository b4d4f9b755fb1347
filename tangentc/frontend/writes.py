"""Which parameters a program writes: through every name and view that may be the same memory."""

from __future__ import annotations

from collections.abc import Container

from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import walk
from tangentc.ir.nodes import Atom, Call, Function, If, Loop, Op, Parameter, Store, Var
from tangentc.primitives.core import Alias

__all__ = ["written_parameters"]

_HOLDERS = ("tuple", "list", "dict", "item")


def written_parameters(function: Function, captured: Container[Var]) -> tuple[str, ...]:
    """The names of the parameters that may be written.

    Raises: UnsupportedSyntaxError: the program writes data that it captured.
    """
    sources = _sources(function)
    owners = {var: parameter for parameter in function.parameters for var in _vars(parameter)}
    written: set[str] = set()
    for node in walk(function.body):
        if not isinstance(node, Store):
            continue
        for root in _reachable(node.target, sources):
            parameter = owners.get(root)
            if parameter is None:
                continue
            if root in captured:
                raise UnsupportedSyntaxError(
                    "TC107",
                    f"{parameter.origin} is written, which is shared with the rest of the program",
                    node.span,
                    "write to a copy, and return it",
                )
            written.add(parameter.name)
    return tuple(parameter.name for parameter in function.parameters if parameter.name in written)


def _vars(parameter: Parameter) -> list[Var]:
    pending, found = [parameter.tree], []
    while pending:
        tree = pending.pop()
        if isinstance(tree, Var):
            found.append(tree)
        elif isinstance(tree, dict):
            pending.extend(tree.values())
        elif isinstance(tree, (tuple, list)):
            pending.extend(tree)
    return found


def _sources(function: Function) -> dict[Var, list[Atom]]:
    """For each Var what it may share memory with, one step back."""
    sources: dict[Var, list[Atom]] = {}

    def link(var: Var, *atoms: Atom) -> None:
        sources.setdefault(var, []).extend(atoms)

    for node in walk(function.body):
        match node:
            case Op(results, primitive, operands):
                if primitive.alias is not Alias.FRESH or primitive.name in _HOLDERS:
                    for result in results:
                        link(result, *operands)
            case If(results, _, then, orelse):
                for result, *pair in zip(results, then.yields, orelse.yields, strict=True):
                    link(result, *pair)
            case Loop(results, bounds, test, inits, body, has_stop):
                params = body.params[0 if bounds is None else 1 :]
                yields = body.yields[1 if has_stop else 0 :]
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


def _reachable(start: Atom, sources: dict[Var, list[Atom]]) -> set[Var]:
    pending, seen = [start], set()
    while pending:
        atom = pending.pop()
        if isinstance(atom, Var) and atom not in seen:
            seen.add(atom)
            pending.extend(sources.get(atom, ()))
    return seen
