"""Trees: values with structure, as parameters and results have them, and the signature that carries them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from tangentc.ir.nodes import Atom, Function, Literal, Tree, Var
from tangentc.kinds.records import Field, class_of_tree

__all__ = ["atoms_of", "is_atom", "leaves", "map_tree", "signature_of", "unique"]

Path = tuple[Any, ...]


def is_atom(tree: Tree) -> bool:
    return isinstance(tree, (Var, Literal))


def leaves(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Atom]]:
    """The atoms of a tree, each with the keys that lead to it."""
    if is_atom(tree):
        yield path, tree
        return
    is_object = class_of_tree(tree) is not None
    for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
        key = Field(key) if is_object and isinstance(key, str) else key
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
    """How the function is called: the user's parameters, then seeds and captured data.

    A seed may be passed by position where that is possible; captured data only by keyword.

    Raises: ValueError: the parameters make no signature.
    """
    positional = [p for p in function.parameters if p.kind in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
    every = [p for p in function.parameters if p.kind == "VAR_POSITIONAL"]
    made = []
    for parameter in function.parameters:
        word = parameter.kind
        if word == "hidden":
            word = "KEYWORD_ONLY"
        elif word == "seed":
            follows = parameter.has_default or not any(p.has_default for p in positional)
            word = "POSITIONAL_OR_KEYWORD" if follows and not every else "KEYWORD_ONLY"
        default = parameter.default if parameter.has_default else inspect.Parameter.empty
        made.append(inspect.Parameter(parameter.name, getattr(inspect.Parameter, word), default=default))
    return inspect.Signature(sorted(made, key=lambda parameter: parameter.kind))


def unique(name: str, taken: set[str]) -> str:
    """A name that is not taken yet; it is taken then."""
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}{number}", number + 1
    taken.add(candidate)
    return candidate
