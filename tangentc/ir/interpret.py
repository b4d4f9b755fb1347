"""Running a trace directly: the oracle that emitted code is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.ir.build import results_of
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
    Range,
    Section,
    Store,
    Tree,
    Var,
    With,
)
from tangentc.ir.trees import is_atom, leaves, signature_of
from tangentc.kinds.records import Field, class_of_tree
from tangentc.numerics import instance
from tangentc.primitives.structure import fill_index

__all__ = ["interpret"]

Environment = dict[Var, Any]
Values = tuple[Any, ...]


def interpret(function: Function, *args: Any, **kwargs: Any) -> Any:
    """What the function returns for these arguments, node by node.

    Args:    the arguments as the user passes them; captured data ("hidden" parameters) by keyword.
    Returns: a value with the structure of `function.result`.
    """
    bound = signature_of(function).bind(*args, **kwargs)
    bound.apply_defaults()
    environment: Environment = {}
    for parameter in function.parameters:
        for path, leaf in leaves(parameter.tree):
            value = bound.arguments[parameter.name]
            for key in path:
                value = getattr(value, key) if isinstance(key, Field) else value[key]
            if isinstance(leaf, Var):
                environment[leaf] = value
    _nodes(function, function.body, environment)
    return _result(function.result, environment)


def _result(tree: Tree, environment: Environment) -> Any:
    """A tree of the trace as a value."""
    if is_atom(tree):
        return _value(tree, environment)
    if not isinstance(tree, dict):
        return type(tree)(_result(branch, environment) for branch in tree)
    parts = {key: _result(branch, environment) for key, branch in tree.items()}
    cls = class_of_tree(tree)
    return parts if cls is None else instance(cls, **{k: v for k, v in parts.items() if isinstance(k, str)})


def _value(operand: Atom, environment: Environment) -> Any:
    return operand.value if isinstance(operand, Literal) else environment[operand]


def _values(operands: Sequence[Atom], environment: Environment) -> Values:
    return tuple(_value(operand, environment) for operand in operands)


def _block(function: Function, block: Block, inputs: Sequence[Any], environment: Environment) -> Values:
    """Run a block; what it yields."""
    environment.update(zip(block.params, inputs, strict=True))
    _nodes(function, block, environment)
    return _values(block.yields, environment)


def _nodes(function: Function, block: Block, environment: Environment) -> None:
    for node in block.nodes:
        results = _node(function, node, environment)
        environment.update(zip(results_of(node), results, strict=True))


def _node(function: Function, node: Node, environment: Environment) -> Values:
    """Run a node; the values of its results."""
    match node:
        case Op(results, primitive, operands):
            values = _values(operands, environment)
            value = primitive.function(*values, **{**primitive.attributes, **dict(node.attrs)})
            return () if not results else (value,) if len(results) == 1 else tuple(value)
        case Store(target, index, operands, stored, accumulate):
            array = _value(target, environment)
            key = fill_index(index, _values(operands, environment))
            place = key[0] if len(key) == 1 else key  # an operand may be a tuple of indices
            value = _value(stored, environment)
            if accumulate == "+":
                array[place] += value
            elif accumulate == "-":
                array[place] -= value
            else:
                array[place] = value
            return ()
        case If(_, condition, then, orelse):
            return _block(function, then if _value(condition, environment) else orelse, (), environment)
        case Loop():
            return _loop(function, node, environment)
        case With(_, manager, inside):
            with _value(manager, environment) as given:
                return _block(function, inside, (given,) if inside.params else (), environment)
        case Attempt(undefined, _, classes, inside):
            try:
                return (*_block(function, inside, (), environment), None)
            except classes as error:
                return (*(UNDEF.value for _ in undefined), error)
        case Call(_, callee, operands):
            called = function.callees[callee]
            return _block(called, called.body, _values(operands, environment), {})
        case Section():
            return ()


def _loop(function: Function, loop: Loop, environment: Environment) -> Values:
    """Run a loop; the carried values at its end."""
    carried = _values(loop.inits, environment)
    indices = None if loop.range is None else iter(_range(loop.range, environment))
    while True:
        if loop.test is not None and not _block(function, loop.test, carried, environment)[0]:
            return carried
        inputs = carried
        if indices is not None:
            index = next(indices, None)
            if index is None:
                return carried
            inputs = (index, *carried)
        yields = _block(function, loop.body, inputs, environment)
        stop, carried = (yields[0], yields[1:]) if loop.has_stop else (False, yields)
        if stop:
            return carried


def _range(bounds: Range, environment: Environment) -> range:
    indices = range(*_values((bounds.start, bounds.stop, bounds.step), environment))
    if bounds.trips is not None:
        indices = indices[: _value(bounds.trips, environment)]
    return indices[::-1] if bounds.reverse else indices
