"""One executed operation: its formula, and the formulas and values of its tangent and of its adjoints."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tangentc.emit.expressions import Expressions, Names
from tangentc.emit.statements import Apply
from tangentc.executed import OpStep, ViewStep
from tangentc.ir.build import Builder
from tangentc.ir.nodes import Atom, Block, Function, Index, Literal, Node, Op, Parameter, Store, Var
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.primitives.core import named
from tangentc.primitives.structure import fill_index
from tangentc.rules.differential import differential
from tangentc.rules.expr import Expr
from tangentc.rules.linear import Linear, pull, push
from tangentc.runtime.door import differentiable
from tangentc.traces.formulas import Mark, Number, Symbol, Term, Written, with_terms
from tangentc.transform.simplify import simplify

__all__ = ["Linearised", "Operands", "quantity"]


def quantity(number: int, mark: Mark = "") -> Symbol:
    """v_1, v_2, …: what a step has made."""
    return Symbol("v", number, mark)


class Operands:
    """The operands of one step as Vars of a small trace, with their formulas and values."""

    def __init__(
        self,
        values: Sequence[Any],
        numbers: Sequence[int | None],
        mark: Mark = "",
        others: Sequence[Any] = (),
    ) -> None:
        sizes = {size for value in (*values, *others) for size in np.shape(value)}
        self.pattern = Pattern(
            frozenset(sizes)
        )  # every size is known: formulas have no conversions of shapes
        self.terms: dict[str, ast.expr] = {}
        self.values: dict[Var, Any] = {}
        self.names = Names()
        self.expressions = Expressions(lambda var: var.name, self.names)
        self.atoms: tuple[Atom, ...] = tuple(
            self.atom(value, None if number is None else quantity(number, mark))
            for value, number in zip(values, numbers, strict=True)
        )

    def atom(self, value: Any, symbol: Symbol | None) -> Atom:
        """An operand: a quantity, or without a symbol what does not vary."""
        if not isinstance(value, (int, float, complex, np.generic, np.ndarray)) or isinstance(value, bool):
            return Literal(value)
        if symbol is None and isinstance(value, (int, float, complex)) and not isinstance(value, np.generic):
            return Literal(value)  # rules know simpler forms for constants
        formula = Number(value, exact=True) if symbol is None else Term(symbol, value)
        return self.var(kind_of_value(value, self.pattern), formula, value)

    def var(self, kind: Any, formula: ast.expr, value: Any) -> Var:
        """A Var that stands for a formula."""
        var = Var(kind, f"%{len(self.terms)}")
        self.terms[var.name], self.values[var] = formula, value
        return var

    def formula(self, value: Var | Literal | Apply) -> ast.expr:
        """An expression, functions without the names of their modules."""
        return with_terms(self.expressions.value(value), self.terms, self.names.bound)

    def index(self, index: Index, holes: Sequence[Var | Literal | Apply]) -> ast.expr:
        return with_terms(self.expressions.index(index, holes), self.terms, self.names.bound)

    def run(self, builder: Builder, wanted: Atom) -> tuple[ast.expr, Any]:
        """The formula and the value of an atom of a rule's trace, in terms of the operands."""
        made: dict[Var, Any] = {}
        nodes, wanted = self._simplified(builder, wanted)
        for node in nodes:
            if isinstance(node, Store):
                self._store(node, made)
                continue
            assert isinstance(node, Op)  # rules are straight lines
            operands = tuple(made.get(a, a) if isinstance(a, Var) else a for a in node.operands)
            values = tuple(map(self._value, node.operands))
            result = node.primitive.function(*values, **dict(node.attrs))
            results = (result,) if len(node.results) == 1 else result
            for var, value in zip(node.results, results, strict=True):
                made[var], self.values[var] = Apply(_plain(node, values), operands), value
        if isinstance(wanted, Literal):
            return self.formula(wanted), wanted.value
        return self.formula(made.get(wanted, wanted)), self.values[wanted]

    def _simplified(self, builder: Builder, wanted: Atom) -> tuple[Sequence[Node], Atom]:
        """The operations of a rule as emitted code has them: `v_1 * 1` is v_1."""
        params = tuple(self.values)
        parameters = tuple(Parameter(var.name, "POSITIONAL_ONLY", var) for var in params)
        function = Function("rule", parameters, Block(params, tuple(builder.nodes), (wanted,)), wanted)
        body = simplify(function).body
        return body.nodes, body.yields[0]

    def _value(self, atom: Atom) -> Any:
        return atom.value if isinstance(atom, Literal) else self.values[atom]

    def _store(self, store: Store, made: dict[Var, Any]) -> None:
        """A store into an array that the rule itself has made: `0 with [i] = w`."""
        assert isinstance(store.target, Var)
        *holes, part = (made.get(a, a) if isinstance(a, Var) else a for a in (*store.operands, store.value))
        place = fill_index(store.index, tuple(map(self._value, store.operands)))
        array, value = self.values[store.target], self._value(store.value)
        before = self.formula(made.get(store.target, store.target))
        if not np.any(array) and isinstance(before, ast.Call):
            before = Number(0)  # `zeros(v_1.shape)`
        if store.accumulate:
            array[place] += value if store.accumulate == "+" else -value
        else:
            array[place] = value
        written = Written(before, self.index(store.index, holes), store.accumulate, self.formula(part))
        made[store.target] = self.var(store.target.kind, written, array)


def _plain(op: Op, values: tuple[Any, ...]) -> Op:
    """A division that is guarded against zeros as a plain one where there are none."""
    if op.primitive.name not in ("quotient", "ratio") or not np.all(values[1]):
        return op
    return replace(op, primitive=named("truediv"), attrs=())


class Linearised:
    """The differential of one executed operation."""

    def __init__(self, step: OpStep | ViewStep) -> None:
        assert step.op is not None
        self.step = step
        self.operands = Operands(step.values, step.numbers, others=(step.value,))
        self.builder = Builder()
        result = self.operands.atom(step.value, quantity(step.number))
        active = [
            number is not None and differentiable(value)
            for number, value in zip(step.numbers, step.values, strict=True)
        ]
        self.inputs, self.outputs = differential(
            step.op.primitive,
            [Expr.of(self.builder, result)],
            [Expr.of(self.builder, operand) for operand in self.operands.atoms],
            dict(step.op.attrs),
            active,
        )

    def tangent(self, dots: dict[int, Any]) -> tuple[ast.expr, Any] | None:
        """The tangent of the result for those of the operands; None where it is 0."""
        given = {
            value: self._expression(dots[number], quantity(number, "dot"))
            for value, number in zip(self.inputs, self.step.numbers, strict=True)
            if value is not None and number is not None
        }
        (tangent,) = push(self.outputs, given)
        return None if tangent is None else self.operands.run(self.builder, tangent.atom)

    def cotangents(self, bar: Any) -> Iterator[tuple[int, ast.expr, Any]]:
        """What the adjoint of the result contributes to the step of each operand."""
        contributions = pull(self.outputs, [self._expression(bar, quantity(self.step.number, "bar"))])
        for value, number in zip(self.inputs, self.step.numbers, strict=True):
            if isinstance(value, Linear) and value in contributions and number is not None:
                yield (number, *self.operands.run(self.builder, contributions[value].atom))

    def _expression(self, value: Any, symbol: Symbol) -> Expr:
        return Expr.of(self.builder, self.operands.atom(value, symbol))
