"""Trees: values with structure, as parameters and results have them, and the signature that carries them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from tangentc.ir.nodes import Atom, Function, Literal, Parameter, Tree, Var

__all__ = ["atoms_of", "is_atom", "leaves", "map_tree", "signature_of"]

Path = tuple[Any, ...]


def is_atom(tree: Tree) -> bool:
    return isinstance(tree, (Var, Literal))


def leaves(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Atom]]:
    """The atoms of a tree, each with the keys that lead to it."""
    if is_atom(tree):
        yield path, tree
        return
    for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield from leaves(branch, (*path, key))


def atoms_of(tree: Tree) -> tuple[Atom, ...]:
    """The atoms of a tree in order."""
    return tuple(atom for _, atom in leaves(tree))


def map_tree(function: Callable[[Atom], Any], tree: Tree) -> Any:
    """The same structure with `function(atom)` in the place of each atom."""
    if is_atom(tree):
        return function(tree)
    if isinstance(tree, dict):
        return {key: map_tree(function, branch) for key, branch in tree.items()}
    return type(tree)(map_tree(function, branch) for branch in tree)


def signature_of(function: Function) -> inspect.Signature:
    """How the function is called: the user's parameters, then seeds and captured data, by keyword only.

    Raises: ValueError: the parameters make no signature.
    """
    return inspect.Signature(sorted(map(_parameter, function.parameters), key=lambda p: p.kind))


def _parameter(parameter: Parameter) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    if parameter.kind not in ("hidden", "seed"):
        kind = getattr(inspect.Parameter, parameter.kind)
    default = parameter.default if parameter.has_default else inspect.Parameter.empty
    return inspect.Parameter(parameter.name, kind, default=default)
