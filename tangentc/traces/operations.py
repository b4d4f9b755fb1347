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
            if node.primitive.name == "add_at":
                self._written(
                    node.operands[0], node.attr("index", ()), operands[1:], "+", values, made, each=True
                )
                continue
            result = node.primitive.function(*values, **dict(node.attrs))
            found = Apply(_plain(node, values), operands)
            if len(node.results) == 1:
                made[node.results[0]], self.values[node.results[0]] = found, result
                continue
            whole = self.formula(found)
            for position, (var, value) in enumerate(zip(node.results, result, strict=True)):
                entry = ast.Subscript(whole, ast.Constant(position))
                made[var], self.values[var] = self.var(var.kind, entry, value), value
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
        """A store into an array that the rule itself has made."""
        atoms = (*store.operands, store.value)
        texts = tuple(made.get(a, a) if isinstance(a, Var) else a for a in atoms)
        values = tuple(map(self._value, (store.target, *atoms)))
        self._written(store.target, store.index, texts, store.accumulate, values, made)

    def _written(
        self,
        target: Atom,
        index: Index,
        texts: Sequence[Var | Literal | Apply],
        sign: str,
        values: tuple[Any, ...],
        made: dict[Var, Any],
        each: bool = False,
    ) -> None:
        """`0 with [index] = part`; texts: of the holes of the index and the part; values: of the target and these."""
        assert isinstance(target, Var)
        array, *holes, value = values
        place = fill_index(index, tuple(holes))
        before = self.formula(made.get(target, target))
        if not np.any(array) and isinstance(before, ast.Call):
            before = Number(0)  # `zeros(v_1.shape)`
        if each:
            np.add.at(array, place, value)
        elif sign:
            array[place] += value if sign == "+" else -value
        else:
            array[place] = value
        formula = Written(before, self.index(index, texts[:-1]), sign, self.formula(texts[-1]), each)
        made[target] = self.var(target.kind, formula, array)


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
        self.results: tuple[int | None, ...] = (step.number,)
        whole: tuple[Any, ...] = (step.value,)
        if isinstance(step, OpStep) and step.results:
            self.results, whole = step.results, step.whole
        self.operands = Operands(step.values, step.numbers, others=whole)
        self.builder = Builder()
        results = [
            self._expression(value, None if number is None else quantity(number))
            for number, value in zip(self.results, whole, strict=True)
        ]
        active = [
            number is not None and differentiable(value)
            for number, value in zip(step.numbers, step.values, strict=True)
        ]
        self.inputs, self.outputs = differential(
            step.op.primitive,
            results,
            [Expr.of(self.builder, operand) for operand in self.operands.atoms],
            dict(step.op.attrs),
            active,
        )

    def tangent(self, dots: dict[int, Any]) -> tuple[ast.expr, Any] | None:
        """The tangent of the step's result for those of the operands; None where it is 0."""
        given = {
            value: self._expression(dots[number], quantity(number, "dot"))
            for value, number in zip(self.inputs, self.step.numbers, strict=True)
            if value is not None and number is not None
        }
        tangent = push(self.outputs, given)[self.results.index(self.step.number)]
        return None if tangent is None else self.operands.run(self.builder, tangent.atom)

    def cotangents(self, bars: dict[int, Any]) -> Iterator[tuple[int, ast.expr, Any]]:
        """What the adjoints of the results contribute to the step of each operand."""
        given = [
            self._expression(bars[number], quantity(number, "bar"))
            if number is not None and number in bars
            else None
            for number in self.results
        ]
        contributions = pull(self.outputs, given)
        for value, number in zip(self.inputs, self.step.numbers, strict=True):
            if isinstance(value, Linear) and value in contributions and number is not None:
                yield (number, *self.operands.run(self.builder, contributions[value].atom))

    def _expression(self, value: Any, symbol: Symbol | None) -> Expr:
        return Expr.of(self.builder, self.operands.atom(value, symbol))
