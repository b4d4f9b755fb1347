"""The lecture's tables: the forward primal trace, the forward tangent trace and the reverse adjoint trace.

The inputs are v_-1, v_0 and so on up to v_0, each elementary operation that was executed makes the next of
v_1, v_2, …  A tangent is v_k_dot, an adjoint v_k_bar.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.emit.expressions import Expressions, Names
from tangentc.emit.statements import Apply
from tangentc.errors import DifferentiationError
from tangentc.executed import Executed, Input, OpStep, Step, StoreStep, ViewStep
from tangentc.ir.build import Builder
from tangentc.ir.nodes import Atom, Literal, Op, Store, Var
from tangentc.kinds.of_values import Pattern, kind_of_value, leaves
from tangentc.numerics import last_writer
from tangentc.primitives.structure import fill_index
from tangentc.rules.differential import differential
from tangentc.rules.expr import Expr
from tangentc.rules.linear import Linear, pull, push
from tangentc.runtime.door import differentiable

__all__ = ["Row", "Table", "adjoint_table", "primal_table", "tangent_table"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: name = formula = value."""

    name: str
    formula: str
    value: Any


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    rows: tuple[Row, ...]

    def text(self, limit: int | None = None) -> str:
        """The table in columns; rows beyond the limit are counted, the last rows are always shown."""
        rows, left = self.rows, 0
        if limit is not None and len(rows) > limit:
            left = len(rows) - limit
            rows = (*rows[: limit - 2], *rows[-2:])
        cells = [(row.name, row.formula, shown(row.value)) for row in rows]
        wide = [max((len(cell[i]) for cell in cells), default=0) for i in (0, 1)]
        lines = [f"  {name:<{wide[0]}} = {formula:<{wide[1]}} = {value}" for name, formula, value in cells]
        if left:
            lines.insert(len(lines) - 2, f"  … {left} more")
        return "\n".join([self.title, *lines])


def shown(value: Any) -> str:
    """A value with three decimals, as the lecture prints it."""
    if isinstance(value, np.ndarray) and value.ndim > 0:
        if value.size > 6:
            return f"array of shape {value.shape}"
        text = np.array2string(value, formatter={"float_kind": shown, "complex_kind": shown}, separator=", ")
        return " ".join(text.split())
    if isinstance(value, (complex, np.complexfloating)):
        return f"{shown(value.real)}{'-' if value.imag < 0 else '+'}{shown(abs(value.imag))}j"
    number = float(value)
    if number == 0:
        return "0"
    if 1e-3 <= abs(number) < 1e7:
        return f"{number:.3f}".rstrip("0").rstrip(".")
    return f"{number:.4g}"


# --- the tables --------------------------------------------------------------------------------


def primal_table(executed: Executed) -> Table:
    """Each elementary operation with its value."""
    rows = [Row(_v(step.number), _formula(step), step.value) for step in executed.steps.values()]
    return Table("Forward Primal Trace", (*rows, *_outputs(executed, "", {})))


def tangent_table(executed: Executed, seeds: dict[int, Any]) -> Table:
    """The tangent of each step, in lockstep with the primal trace.

    Args: seeds: the tangents of the inputs by number; 0 for those left out.
    """
    dots: dict[int, Any] = {}
    rows = []
    for step in executed.steps.values():
        formula, dots[step.number] = _tangent(step, dots, seeds)
        rows.append(Row(f"{_v(step.number)}_dot", formula, dots[step.number]))
    return Table("Forward Tangent Trace", (*rows, *_outputs(executed, "_dot", dots)))


def adjoint_table(executed: Executed, seed: Any = 1.0) -> Table:
    """The adjoints in reverse order; each contribution to an adjoint is a row of its own.

    Args: seed: the adjoint of the output, which is one number or array.
    """
    sweep = _Reverse(executed.steps)
    outputs = _results(executed)
    if len(outputs) != 1:
        raise DifferentiationError(
            "TC301", f"an adjoint table needs one output, and there are {len(outputs)}"
        )
    output = outputs[0]
    if output.number is not None:
        sweep.add(output.number, "y_bar", np.broadcast_to(seed, np.shape(output.value)) + _zero(output.value))
    for step in reversed(executed.steps.values()):
        sweep.step(step)
    inputs = [
        Row(f"{step.name}_bar", f"{_v(step.number)}_bar", sweep.bars.get(step.number, _zero(step.value)))
        for step in executed.inputs
    ]
    return Table("Reverse Adjoint Trace", (*sweep.rows, *inputs))


def _outputs(executed: Executed, suffix: str, dots: dict[int, Any]) -> list[Row]:
    results = _results(executed)
    rows = []
    for position, cell in enumerate(results):
        name = "y" if len(results) == 1 else f"y{position + 1}"
        value = dots.get(cell.number, _zero(cell.value)) if suffix else cell.value
        formula = shown(value) if cell.number is None else f"{_v(cell.number)}{suffix}"
        rows.append(Row(f"{name}{suffix}", formula, value))
    return rows


def _results(executed: Executed) -> list[Any]:
    return [cell for cell in leaves(executed.result) if differentiable(cell.value)]


def _v(number: int) -> str:
    return f"v_{number}"


def _zero(value: Any) -> Any:
    return np.zeros_like(value) if isinstance(value, np.ndarray) else type(value)(0)


# --- formulas ----------------------------------------------------------------------------------


def _formula(step: Step) -> str:
    match step:
        case Input(_, name, _):
            return name
        case OpStep(_, op, values, numbers, _):
            symbols = _Symbols(values, numbers)
            return symbols.text(Apply(op, symbols.operands))
        case ViewStep(_, None, _, _, source, _, _):
            return f"view of {_v(source)}"
        case ViewStep(_, op, numbers, values, _, _, _):
            assert op is not None
            symbols = _Symbols(values, numbers)
            return symbols.text(Apply(op, symbols.operands))
        case StoreStep():
            value = _v(step.stored_number) if step.stored_number is not None else shown(step.stored)
            return f"{_before(step)} with {_place(step)} {step.store.accumulate}= {value}"


def _before(step: StoreStep) -> str:
    return step.name if step.source is None else _v(step.source)


def _place(step: StoreStep) -> str:
    symbols = _Symbols(step.holes, (None,) * len(step.holes))
    index = ast.unparse(symbols.expressions.index(step.index, symbols.operands))
    return f"[{index}]"


class _Symbols:
    """The operands of one step as Vars of a small trace, with their names and values."""

    def __init__(self, values: Sequence[Any], numbers: Sequence[int | None], suffix: str = "") -> None:
        pattern = Pattern()
        self.names: dict[Var, str] = {}
        self.values: dict[Var, Any] = {}
        self.operands: tuple[Atom, ...] = tuple(
            self.symbol(value, f"{_v(number)}{suffix}" if number is not None else _constant(value), pattern)
            for value, number in zip(values, numbers, strict=True)
        )
        self.expressions = Expressions(self.names.__getitem__, Names())

    def symbol(self, value: Any, name: str, pattern: Pattern | None = None) -> Atom:
        if not isinstance(value, (int, float, complex, np.generic, np.ndarray)) or isinstance(value, bool):
            return Literal(value)
        var = Var(kind_of_value(value, pattern or Pattern()), name)
        self.names[var], self.values[var] = name, value
        return var

    def text(self, value: Any) -> str:
        """An expression, functions without the names of their modules."""
        return re.sub(
            r"\b(?:np|math)\.", "", ast.unparse(ast.fix_missing_locations(self.expressions.value(value)))
        )

    def run(self, builder: Builder, inside: Atom) -> tuple[str, Any]:
        """The text and the value of an operand, in terms of the symbols."""
        made: dict[Var, Any] = {}
        for node in builder.nodes:
            if isinstance(node, Store):
                self._store(node, made)
                continue
            assert isinstance(node, Op)  # rules are straight lines
            operands = tuple(made.get(a, a) if isinstance(a, Var) else a for a in node.operands)
            values = [a.value if isinstance(a, Literal) else self.values[a] for a in node.operands]
            result = node.primitive.function(*values, **dict(node.attrs))
            results = (result,) if len(node.results) == 1 else result
            for var, value in zip(node.results, results, strict=True):
                made[var], self.values[var] = Apply(node, operands), value
        if isinstance(inside, Literal):
            return self.text(inside), inside.value
        return self.text(made.get(inside, inside)), self.values[inside]

    def _store(self, store: Store, made: dict[Var, Any]) -> None:
        """A store into an array that the rule itself has made: `zeros(n) with [i] = w`."""
        assert isinstance(store.target, Var)
        values = [
            a.value if isinstance(a, Literal) else self.values[a] for a in (*store.operands, store.value)
        ]
        texts = [made.get(a, a) if isinstance(a, Var) else a for a in (*store.operands, store.value)]
        place = fill_index(store.index, tuple(values[:-1]))
        if store.accumulate:
            self.values[store.target][place] += values[-1] if store.accumulate == "+" else -values[-1]
        else:
            self.values[store.target][place] = values[-1]
        index = ast.unparse(self.expressions.index(store.index, texts[:-1]))
        before = self.text(made.get(store.target, store.target))
        text = Var(store.target.kind)
        self.names[text] = f"({before} with [{index}] {store.accumulate}= {self.text(texts[-1])})"
        made[store.target] = text


def _constant(value: Any) -> str:
    """What does not vary is shown as its value."""
    if isinstance(value, np.ndarray) and value.size > 6:
        return "constant"
    return shown(value)


class _Linearised:
    """The differential of one executed operation, with its operands and result as symbols."""

    def __init__(self, step: OpStep) -> None:
        self.symbols = _Symbols(step.values, step.numbers)
        self.builder = Builder()
        result = self.symbols.symbol(step.value, _v(step.number))
        active = [
            number is not None and differentiable(v)
            for number, v in zip(step.numbers, step.values, strict=True)
        ]
        self.inputs, self.outputs = differential(
            step.op.primitive,
            [Expr.of(self.builder, result)],
            [Expr.of(self.builder, operand) for operand in self.symbols.operands],
            dict(step.op.attrs),
            active,
        )

    def expression(self, value: Any, name: str) -> Expr:
        return Expr.of(self.builder, self.symbols.symbol(value, name))


# --- tangents ----------------------------------------------------------------------------------


def _tangent(step: Step, dots: dict[int, Any], seeds: dict[int, Any]) -> tuple[str, Any]:
    match step:
        case Input(number, name, value, _):
            return f"{name}_dot", seeds.get(number, 0.0) + _zero(value)
        case OpStep():
            return _pushed(step, dots)
        case ViewStep(_, op, _, _, source, places, _):
            name = f"view of {_v(source)}_dot" if op is None else _dotted(step)
            return name, dots[source].ravel()[places]
        case StoreStep():
            return _stored_dot(step, dots)


def _pushed(step: OpStep, dots: dict[int, Any]) -> tuple[str, Any]:
    found = _Linearised(step)
    given = {
        value: found.expression(dots[number], f"{_v(number)}_dot")
        for value, number in zip(found.inputs, step.numbers, strict=True)
        if value is not None and number is not None
    }
    (tangent,) = push(found.outputs, given)
    if tangent is None:
        return "0", _zero(step.value)
    text, value = found.symbols.run(found.builder, tangent.atom)
    return text, value


def _dotted(step: ViewStep) -> str:
    assert step.op is not None
    symbols = _Symbols(step.values, step.numbers, "_dot")
    return symbols.text(Apply(step.op, symbols.operands))


def _stored_dot(step: StoreStep, dots: dict[int, Any]) -> tuple[str, Any]:
    before = _zero(step.value) if step.source is None else dots[step.source].copy()
    given = 0.0 if step.stored_number is None else dots[step.stored_number]
    flat = before.ravel()
    if step.store.accumulate:
        flat[step.places] += given if step.store.accumulate == "+" else -given
    else:
        flat[step.places] = given
    name = "0" if step.stored_number is None else f"{_v(step.stored_number)}_dot"
    source = f"{step.name}_dot" if step.source is None else f"{_v(step.source)}_dot"
    return f"{source} with {_place(step)} {step.store.accumulate}= {name}", flat.reshape(before.shape)


# --- adjoints ----------------------------------------------------------------------------------


class _Reverse:
    """The adjoints so far, and the rows that made them."""

    def __init__(self, steps: dict[int, Step]) -> None:
        self.steps = steps
        self.bars: dict[int, Any] = {}
        self.rows: list[Row] = []

    def add(self, number: int, formula: str, value: Any) -> None:
        """A contribution to an adjoint: the first sets it, later ones are added."""
        name, shape = f"{_v(number)}_bar", np.shape(self.steps[number].value)
        if np.shape(value) != shape:  # one number for all elements
            value = np.broadcast_to(value, shape)
        if number in self.bars:
            formula, value = _sum(name, formula), self.bars[number] + value
        self.bars[number] = value
        self.rows.append(Row(name, formula, value))

    def step(self, step: Step) -> None:
        if step.number not in self.bars:
            return
        match step:
            case OpStep():
                self._op(step)
            case ViewStep():
                self._view(step)
            case StoreStep():
                self._store(step)

    def _op(self, step: OpStep) -> None:
        found = _Linearised(step)
        w = found.expression(self.bars[step.number], f"{_v(step.number)}_bar")
        contributions = pull(found.outputs, [w])
        for value, number in zip(found.inputs, step.numbers, strict=True):
            if isinstance(value, Linear) and value in contributions and number is not None:
                text, bar = found.symbols.run(found.builder, contributions[value].atom)
                self.add(number, text, bar)

    def _view(self, step: ViewStep) -> None:
        spread = _zero(self.steps[step.source].value)
        np.add.at(spread.reshape(-1), step.places, self.bars[step.number])
        self.add(step.source, f"{_v(step.number)}_bar in its place", spread)

    def _store(self, step: StoreStep) -> None:
        name, bar = f"{_v(step.number)}_bar", self.bars[step.number]
        overwrites = not step.store.accumulate
        if step.stored_number is not None:
            given = bar.reshape(-1)[step.places]
            if overwrites and np.ndim(step.places):  # of repeated places the last one counts
                given = np.where(last_writer((bar.size,), step.places), given, 0.0)
            sign = "-" if step.store.accumulate == "-" else ""
            value = _summed(-given if sign else given, np.shape(step.stored))
            self.add(step.stored_number, f"{sign}{name}{_place(step)}", value)
        if step.source is not None:
            before, formula = bar.copy(), name
            if overwrites:
                before.reshape(-1)[step.places] = 0.0
                formula = f"{name} with {_place(step)} = 0"
            self.add(step.source, formula, before)


def _summed(value: Any, shape: tuple[int, ...]) -> Any:
    """A cotangent of what was broadcast, summed to its shape."""
    value = np.asarray(value)
    value = value.sum(axis=tuple(range(value.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 != value.shape[axis])
    return value.sum(axis=stretched, keepdims=True) if stretched else value[()]


def _sum(name: str, formula: str) -> str:
    return (
        f"{name} - {formula[1:]}" if formula.startswith("-") and " " not in formula else f"{name} + {formula}"
    )
