"""Between values of the frontend and trees of the trace, and templates of the same structure."""

from __future__ import annotations

from collections.abc import Callable

from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    DictValue,
    ListValue,
    ObjectValue,
    TupleValue,
    Value,
    children,
    is_undefined,
    rebuilt,
    vars_of,
)
from tangentc.ir.nodes import UNDEF, Atom, Literal, Tree, Var
from tangentc.ir.trees import map_tree
from tangentc.kinds.records import ClassKey, class_of_tree, is_namedtuple, returned

__all__ = ["atoms_for", "map_tree_vars", "map_vars", "tree_of", "value_of", "vars_of"]


def tree_of(context: Context, value: Value) -> Tree:
    """A value as a tree: tuples, lists and dicts of known structure stay structure."""
    value = context.contents(value)
    match value:
        case TupleValue(items=items, cls=cls) if cls is not None:
            entries = zip(cls._fields, items, strict=True)  # type: ignore[attr-defined]
            return {ClassKey(cls): (), **{name: tree_of(context, item) for name, item in entries}}
        case ObjectValue(cls, attributes):
            returned(cls)
            return {ClassKey(cls): (), **{name: tree_of(context, item) for name, item in attributes.items()}}
        case TupleValue(items=items):
            return tuple(tree_of(context, item) for item in items)
        case ListValue(items):
            return [tree_of(context, item) for item in items]
        case DictValue(items):
            return {key: tree_of(context, item) for key, item in items.items()}
    return context.atom(value)


def value_of(tree: Tree) -> Value:
    """A tree as a value."""
    if isinstance(tree, tuple):
        return TupleValue(tuple(value_of(item) for item in tree))
    if isinstance(tree, list):
        return ListValue(tuple(value_of(item) for item in tree))
    cls = class_of_tree(tree)
    if cls is not None:
        parts = {name: value_of(item) for name, item in tree.items() if isinstance(name, str)}
        return TupleValue(tuple(parts.values()), cls) if is_namedtuple(cls) else ObjectValue(cls, parts)
    if isinstance(tree, dict):
        return DictValue({key: value_of(item) for key, item in tree.items()})
    assert isinstance(tree, (Var, Literal))
    return tree


def map_vars(function: Callable[[Var], Value], value: Value) -> Value:
    """The same structure with `function(var)` in the place of each Var."""
    if isinstance(value, Var):
        return function(value)
    parts = children(value)
    return rebuilt(value, tuple(map_vars(function, part) for part in parts)) if parts else value


def atoms_for(context: Context, template: Value, value: Value) -> list[Atom]:
    """The atoms of `value` at the places where the template has a Var."""
    if isinstance(template, Var):
        return [value] if isinstance(value, (Var, Literal)) else [context.atom(value)]
    if is_undefined(value):
        return [UNDEF] * len(vars_of(template))
    if not vars_of(template):
        return []
    pairs = zip(children(template), children(value), strict=True)
    return [atom for part, entry in pairs for atom in atoms_for(context, part, entry)]


def map_tree_vars(tree: Tree, by: dict[Var, Atom]) -> Tree:
    """The same tree with other atoms in the place of some Vars."""
    return map_tree(lambda atom: by.get(atom, atom) if isinstance(atom, Var) else atom, tree)
