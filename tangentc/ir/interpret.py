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

__all__ = ["Interpreter", "interpret"]

Environment = dict[Var, Any]
Values = tuple[Any, ...]


def interpret(function: Function, *args: Any, **kwargs: Any) -> Any:
    """What the function returns for these arguments, node by node.

    Args:    the arguments as the user passes them; captured data ("hidden" parameters) by keyword.
    Returns: a value with the structure of `function.result`.
    """
    return Interpreter(function).run(*args, **kwargs)


class Interpreter:
    """Runs a trace; what an operation, a decision or a range means can be overridden."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns, as `interpret`."""
        bound = signature_of(self.function).bind(*args, **kwargs)
        bound.apply_defaults()
        environment: Environment = {}
        for parameter in self.function.parameters:
            for path, leaf in leaves(parameter.tree):
                value = bound.arguments[parameter.name]
                for key in path:
                    value = getattr(value, key) if isinstance(key, Field) else value[key]
                if isinstance(leaf, Var):
                    environment[leaf] = value
        self._nodes(self.function.body, environment)
        return _result(self.function.result, environment)

    def op(self, op: Op, values: Values) -> Any:
        """What the primitive gives."""
        return op.primitive.function(*values, **{**op.primitive.attributes, **dict(op.attrs)})

    def store(self, store: Store, array: Any, place: Any, value: Any) -> None:
        """Write into an array."""
        if store.accumulate == "+":
            array[place] += value
        elif store.accumulate == "-":
            array[place] -= value
        else:
            array[place] = value

    def truth(self, value: Any, node: If | Loop) -> bool:
        """Whether the condition of a branch or of a loop holds."""
        return bool(value)

    def indices(self, bounds: Values, loop: Loop) -> range:
        """The integers that a loop runs over."""
        return range(*bounds)

    def _block(self, block: Block, inputs: Sequence[Any], environment: Environment) -> Values:
        """Run a block; what it yields."""
        environment.update(zip(block.params, inputs, strict=True))
        self._nodes(block, environment)
        return _values(block.yields, environment)

    def _nodes(self, block: Block, environment: Environment) -> None:
        for node in block.nodes:
            results = self._node(node, environment)
            environment.update(zip(results_of(node), results, strict=True))

    def _node(self, node: Node, environment: Environment) -> Values:
        """Run a node; the values of its results."""
        match node:
            case Op(results, _, operands):
                value = self.op(node, _values(operands, environment))
                return () if not results else (value,) if len(results) == 1 else tuple(value)
            case Store(target, index, operands, stored):
                key = fill_index(index, _values(operands, environment))
                place = key[0] if len(key) == 1 else key  # an operand may be a tuple of indices
                self.store(node, _value(target, environment), place, _value(stored, environment))
                return ()
            case If(_, condition, then, orelse):
                holds = self.truth(_value(condition, environment), node)
                return self._block(then if holds else orelse, (), environment)
            case Loop():
                return self._loop(node, environment)
            case With(_, manager, inside):
                with _value(manager, environment) as given:
                    return self._block(inside, (given,) if inside.params else (), environment)
            case Attempt(undefined, _, classes, inside):
                try:
                    return (*self._block(inside, (), environment), None)
                except classes as error:
                    return (*(UNDEF.value for _ in undefined), error)
            case Call(_, callee, operands):
                return self._call(self.function.callees[callee], _values(operands, environment))
            case Section():
                return ()

    def _call(self, callee: Function, values: Values) -> Values:
        outer, self.function = self.function, callee
        try:
            return self._block(callee.body, values, {})
        finally:
            self.function = outer

    def _loop(self, loop: Loop, environment: Environment) -> Values:
        """Run a loop; the carried values at its end."""
        carried = _values(loop.inits, environment)
        indices = None if loop.range is None else iter(self._indices(loop.range, loop, environment))
        while True:
            if loop.test is not None:
                (condition,) = self._block(loop.test, carried, environment)
                if not self.truth(condition, loop):
                    return carried
            inputs = carried
            if indices is not None:
                index = next(indices, None)
                if index is None:
                    return carried
                inputs = (index, *carried)
            yields = self._block(loop.body, inputs, environment)
            stop, carried = (yields[0], yields[1:]) if loop.has_stop else (False, yields)
            if self.truth(stop, loop):
                return carried

    def _indices(self, bounds: Range, loop: Loop, environment: Environment) -> range:
        indices = self.indices(_values((bounds.start, bounds.stop, bounds.step), environment), loop)
        if bounds.trips is not None:
            indices = indices[: _value(bounds.trips, environment)]
        return indices[::-1] if bounds.reverse else indices


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
