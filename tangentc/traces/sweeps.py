"""The rows of the three tables: the forward primal trace, the forward tangent trace, the reverse adjoint trace."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.emit.statements import Apply
from tangentc.executed import Cell, Executed, Input, OpStep, Step, StoreStep, ViewStep
from tangentc.numerics import last_writer
from tangentc.traces.formulas import Mark, Number, Partial, Phrase, Symbol, Term, Written
from tangentc.traces.operations import Linearised, Operands, quantity
from tangentc.traces.tables import Row, Table

__all__ = ["adjoint_table", "primal_table", "tangent_table", "zero"]


def zero(value: Any) -> Any:
    """The zero of a number's or an array's type and shape."""
    return np.zeros_like(value) if isinstance(value, np.ndarray) else type(value)(0)


# --- primal ------------------------------------------------------------------------------------


def primal_table(executed: Executed, outputs: Sequence[tuple[str, Cell]]) -> Table:
    """Each elementary operation with its value."""
    rows = [
        Row(quantity(number), primal_formula(step), step.value) for number, step in executed.steps.items()
    ]
    ends = [Row(Symbol(name), _held(cell, cell.value), cell.value) for name, cell in outputs]
    return Table("Forward Primal Trace", (*rows, *ends))


def primal_formula(step: Step) -> ast.expr:
    """What a step computes."""
    match step:
        case Input(name=name, value=value):
            return Term(Symbol(name), value)
        case ViewStep(op=None):
            return Phrase("view of ", Term(quantity(step.source), step.value))
        case OpStep(op=op) | ViewStep(op=op):
            assert op is not None
            operands = Operands(step.values, step.numbers)
            whole = operands.formula(Apply(op, operands.atoms))
            if isinstance(step, OpStep) and step.results:
                return ast.Subscript(whole, ast.Constant(step.position))
            return whole
        case StoreStep():
            return _written(step, "", _stored(step))


def _held(cell: Cell, value: Any, mark: Mark = "") -> ast.expr:
    """An output: the quantity that it is, or a constant."""
    return Number(value) if cell.number is None else Term(quantity(cell.number, mark), value)


def _stored(step: StoreStep) -> ast.expr:
    if step.stored_number is None:
        return Number(step.stored, exact=True)
    return Term(quantity(step.stored_number), step.stored)


def _written(step: StoreStep, mark: Mark, part: ast.expr, before: Any = None) -> ast.expr:
    """The memory before a store, with the part that it writes."""
    symbol = Symbol(step.name, mark=mark) if step.source is None else quantity(step.source, mark)
    array = Term(symbol, step.before if before is None else before)
    return Written(array, _place(step), step.sign, part, step.each)


def _place(step: StoreStep) -> ast.expr:
    """The index of what a store writes, into the whole of the memory."""
    if step.is_whole:
        operands = Operands(step.holes, (None,) * len(step.holes))
        return operands.index(step.index, operands.atoms)
    index = _index(step.places, np.shape(step.value))
    return ast.Constant(...) if index is None else index


def _index(places: Any, shape: tuple[int, ...]) -> ast.expr | None:
    """Integers and slices that lead to the elements with these flat indices; None where there are none."""
    if np.size(places) == 0:
        return None
    chosen: list[Any] = []
    for numbers in np.unravel_index(places, shape):
        found = np.unique(numbers)
        step = int(found[1] - found[0]) if found.size > 1 else 1
        chosen.append(int(found[0]) if found.size == 1 else slice(int(found[0]), int(found[-1]) + 1, step))
    index = tuple(chosen)
    if not np.array_equal(np.arange(np.prod(shape)).reshape(shape)[index], places):
        return None
    entries = [_slice(each) if isinstance(each, slice) else ast.Constant(each) for each in chosen]
    return entries[0] if len(entries) == 1 else ast.Tuple(entries)


def _slice(each: slice) -> ast.expr:
    step = None if each.step == 1 else ast.Constant(each.step)
    return ast.Slice(lower=ast.Constant(each.start), upper=ast.Constant(each.stop), step=step)


# --- tangent -----------------------------------------------------------------------------------


def tangent_table(
    executed: Executed, outputs: Sequence[tuple[str, Cell]], seeds: dict[int, Any]
) -> tuple[Table, dict[int, Any]]:
    """The tangent of each step, in lockstep with the primal trace; also the tangents by number.

    Args: seeds: the tangents of the inputs by number; 0 for those left out.
    """
    dots: dict[int, Any] = {}
    rows = []
    for number, step in executed.steps.items():
        formula, dots[number] = _tangent(step, dots, seeds)
        rows.append(Row(quantity(number, "dot"), formula, dots[number]))
    for name, cell in outputs:
        dot = zero(cell.value) if cell.number is None else dots[cell.number]
        rows.append(Row(Symbol(name, mark="dot"), _held(cell, dot, "dot"), dot))
    return Table("Forward Tangent Trace", tuple(rows)), dots


def _tangent(step: Step, dots: dict[int, Any], seeds: dict[int, Any]) -> tuple[ast.expr, Any]:
    match step:
        case Input(number, name, value, _):
            dot = seeds.get(number, 0.0) + zero(value)
            return Term(Symbol(name, mark="dot"), dot), dot
        case OpStep():
            return Linearised(step).tangent(dots) or (ast.Constant(0), zero(step.value))
        case ViewStep(op=op):
            dot = dots[step.source].ravel()[step.places]
            if op is None:
                return Phrase("view of ", Term(quantity(step.source, "dot"), dot)), dot
            values = [
                value if n is None else dots[n] for n, value in zip(step.numbers, step.values, strict=True)
            ]
            operands = Operands(values, step.numbers, "dot")
            return operands.formula(Apply(op, operands.atoms)), dot
        case StoreStep():
            return _stored_dot(step, dots)


def _stored_dot(step: StoreStep, dots: dict[int, Any]) -> tuple[ast.expr, Any]:
    before = zero(step.value) if step.source is None else dots[step.source]
    given = 0.0 if step.stored_number is None else dots[step.stored_number]
    after = before.copy()
    flat = after.ravel()
    if step.each:
        np.add.at(flat, step.places, given)
    elif step.sign:
        flat[step.places] += given if step.sign == "+" else -given
    else:
        flat[step.places] = given
    part = Number(0) if step.stored_number is None else Term(quantity(step.stored_number, "dot"), given)
    return _written(step, "dot", part, before), flat.reshape(before.shape)


# --- adjoint -----------------------------------------------------------------------------------


def adjoint_table(executed: Executed, output: str, cell: Cell, seed: Any) -> tuple[Table, dict[int, Any]]:
    """The adjoints in reverse order, each contribution to an adjoint a row of its own; also those by number.

    Args: seed: the adjoint of the output.
    """
    sweep = _Reverse(executed.steps)
    if cell.number is not None:
        sweep.add(cell.number, Term(Symbol(output, mark="bar"), seed), seed)
    for step in reversed(executed.steps.values()):
        sweep.step(step)
    for entry in executed.inputs:
        bar = sweep.bars.setdefault(entry.number, zero(entry.value))
        row = Row(Symbol(entry.name, mark="bar"), Term(quantity(entry.number, "bar"), bar), bar)
        sweep.rows.append(row)
    return Table("Reverse Adjoint Trace", tuple(sweep.rows)), sweep.bars


class _Reverse:
    """The adjoints so far, and the rows that made them."""

    def __init__(self, steps: dict[int, Step]) -> None:
        self.steps = steps
        self.bars: dict[int, Any] = {}
        self.rows: list[Row] = []

    def add(self, number: int, formula: ast.expr, value: Any, rule: ast.expr | None = None) -> None:
        """A contribution to an adjoint: the first sets it, later ones are added."""
        symbol, shape = quantity(number, "bar"), np.shape(self.steps[number].value)
        if np.shape(value) != shape:  # one number for all elements
            value = np.broadcast_to(value, shape)
        if number in self.bars:
            before = Term(symbol, self.bars[number])
            formula, value = _sum(before, formula), self.bars[number] + value
            rule = None if rule is None else _sum(before, rule)
        self.bars[number] = value
        self.rows.append(Row(symbol, formula, value, rule))

    def step(self, step: Step) -> None:
        match step:
            case OpStep():
                self._op(step)
            case ViewStep() if step.number in self.bars:
                self._view(step)
            case StoreStep() if step.number in self.bars:
                self._store(step)

    def _op(self, step: OpStep | ViewStep) -> None:
        several = (isinstance(step, OpStep) and step.results) or (step.number,)
        made = [number for number in several if number is not None]
        if step.number != made[0] or not any(number in self.bars for number in made):
            return  # of several results the first comes last, when the adjoints of all are there
        uses = Counter(step.numbers)
        for number, formula, value in Linearised(step).cotangents(self.bars):
            rule = None
            if uses[number] == len(several) == 1:  # else each row has a share of the partial derivative
                bar = Term(quantity(step.number, "bar"), self.bars[step.number])
                rule = ast.BinOp(bar, ast.Mult(), Partial(quantity(step.number), quantity(number)))
            self.add(number, formula, value, rule)

    def _view(self, step: ViewStep) -> None:
        if step.op is not None and step.numbers[0] == step.source:
            self._op(step)
            return
        bar = self.bars[step.number]
        spread = zero(self.steps[step.source].value)
        np.add.at(spread.reshape(-1), step.places, bar)
        self.add(step.source, Phrase("", Term(quantity(step.number, "bar"), bar), " in its place"), spread)

    def _store(self, step: StoreStep) -> None:
        bar = self.bars[step.number]
        term = Term(quantity(step.number, "bar"), bar)
        overwrites = not step.sign
        if step.stored_number is not None:
            given = bar.reshape(-1)[step.places]
            if not step.each and np.ndim(step.places):  # of repeated places the last one counts
                given = np.where(last_writer((bar.size,), step.places), given, 0.0)
            part: ast.expr = ast.Subscript(term, _place(step))
            if step.sign == "-":
                given, part = -given, ast.UnaryOp(ast.USub(), part)
            self.add(step.stored_number, part, _summed(given, np.shape(step.stored)))
        if step.source is not None:
            before, formula = np.array(bar), term
            if overwrites:
                before.reshape(-1)[step.places] = 0.0
                self.add(step.source, Written(term, _place(step), "", Number(0)), before)
            else:
                self.add(step.source, formula, before)


def _summed(value: Any, shape: tuple[int, ...]) -> Any:
    """A cotangent of what was broadcast, summed to its shape."""
    value = np.asarray(value)
    value = value.sum(axis=tuple(range(value.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 != value.shape[axis])
    return value.sum(axis=stretched, keepdims=True) if stretched else value[()]


def _sum(before: ast.expr, formula: ast.expr) -> ast.expr:
    """The sum of an adjoint and a contribution; an array that is 0 but for a part is added in that part."""
    match formula:
        case Written(array=Number(value=0), index=index, sign=("" | "+"), part=part):
            return Written(before, index, "+", part, formula.each)
    return ast.BinOp(before, ast.Add(), formula)
