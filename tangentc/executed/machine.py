"""The machine that runs a trace and writes down its steps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from tangentc.errors import UnsupportedSyntaxError
from tangentc.executed.containers import OPERATIONS, Containers, has_derivative, stacked
from tangentc.executed.memory import inside, owner, places, snapshot
from tangentc.executed.steps import Cell, Executed, Input, OpStep, Step, StoreStep, ViewStep
from tangentc.ir.nodes import (
    UNDEF,
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    If,
    Index,
    Literal,
    Loop,
    Op,
    Parameter,
    Range,
    Section,
    Store,
    Var,
    With,
)
from tangentc.ir.trees import Path, is_atom, leaves
from tangentc.kinds.records import fields_of, is_record
from tangentc.primitives.core import named
from tangentc.primitives.structure import fill_index
from tangentc.rules.registry import rule_of
from tangentc.runtime.door import differentiable
from tangentc.source import Span

__all__ = ["execute"]


def execute(function: Function, arguments: dict[str, Any], constants: Collection[str] = ()) -> Executed:
    """Run a trace, given a value for each of its parameters.

    Args: constants: the parameters that do not vary: those that the call leaves out.
    Raises:
        UnsupportedSyntaxError: TC118, memory is written in a way that a table cannot show.
    """
    return _Machine(function, arguments, constants).run()


def _argument(parameter: Parameter, path: Path) -> str:
    """What messages call the argument that a leaf belongs to; nothing for what is captured."""
    match parameter.kind:
        case "hidden":
            return ""
        case "VAR_POSITIONAL":
            return f"{parameter.name}[{path[0]}]"
        case "VAR_KEYWORD":
            return str(path[0])
    return parameter.name


class _Machine:
    def __init__(self, function: Function, arguments: dict[str, Any], constants: Collection[str]) -> None:
        self.function = function
        self.steps: dict[int, Step] = {}
        self.memory: dict[int, tuple[Any, int]] = {}  # id of an owner -> it and the step of its contents
        self.views: dict[tuple[int, int, Any], int] = {}
        self.containers = Containers()
        self.inputs: list[Input] = []
        self.environment: dict[Var, Cell] = {}
        self.last = 0
        found = [
            (
                leaf,
                _at(arguments[parameter.name], path),
                "" if parameter.name in constants else _argument(parameter, path),
            )
            for parameter in function.parameters
            for path, leaf in leaves(parameter.tree)
            if isinstance(leaf, Var)
        ]
        given = [value for _, value, argument in found if argument and differentiable(value)]
        for leaf, passed, argument in found:
            value = passed.copy() if isinstance(passed, np.ndarray) else passed
            if argument and differentiable(value):
                number = len(self.inputs) + 1 - len(given)
                self.inputs.append(Input(number, leaf.name, snapshot(value), argument))
                self.steps[number] = self.inputs[-1]
                self.environment[leaf] = self._made(value, number)
            else:
                self.environment[leaf] = Cell(value)

    def run(self) -> Executed:
        self.block(self.function.body, ())
        return Executed(self.steps, tuple(self.inputs), self._tree(self.function.result))

    def _tree(self, tree: Any) -> Any:
        if is_atom(tree):
            return self._settled(self.cell(tree))
        if isinstance(tree, dict):
            return {key: self._tree(item) for key, item in tree.items()}
        return type(tree)(self._tree(item) for item in tree)

    def _settled(self, cell: Cell) -> Cell:
        """What a cell is in the end, its entries too."""
        parts = self.containers.parts(cell.value)
        if isinstance(parts, dict):
            parts = {key: self._settled(part) for key, part in parts.items()}
        elif parts is not None:
            parts = [self._settled(part) for part in parts]
        return Cell(snapshot(cell.value), self.number(cell), parts)

    # --- cells ----------------------------------------------------------------------------------

    def cell(self, atom: Atom) -> Cell:
        return Cell(atom.value) if isinstance(atom, Literal) else self.environment[atom]

    def _made(self, value: Any, number: int) -> Cell:
        """A value that a step has made; an array's step is that of its memory."""
        if isinstance(value, np.ndarray):
            self.memory[id(value)] = value, number
        return Cell(value, number)

    def number(self, cell: Cell) -> int | None:
        """The step that holds a cell's value now: memory may have been written since the cell was made."""
        if not isinstance(cell.value, np.ndarray):
            return cell.number
        base = owner(cell.value)
        known = self.memory.get(id(base))
        if known is None:
            return None
        return known[1] if cell.value is base else self.view(cell.value, base, known[1], None, ())

    def holds(self, cell: Cell) -> bool:
        """Whether some entry of a container varies."""
        parts = self.containers.parts(cell.value)
        if parts is None:
            return False
        entries = parts.values() if isinstance(parts, dict) else parts
        return any(self.number(part) is not None or self.holds(part) for part in entries)

    def view(self, array: Any, base: Any, source: int, op: Op | None, cells: Sequence[Cell]) -> int:
        """The step of a piece of the memory `base`, whose contents are those of step `source`."""
        key = (source, array.__array_interface__["data"][0], (array.dtype, array.shape, array.strides))
        if key not in self.views:
            numbers = tuple(source if cell.value is base else self.number(cell) for cell in cells)
            values = tuple(snapshot(cell.value) for cell in cells)
            number = self.views[key] = self._next()
            if array.dtype != base.dtype:  # the real parts of complex numbers
                if op is None:
                    raise _unshown("parts of complex numbers that are written elsewhere", None)
                self.steps[number] = OpStep(number, op, values, numbers, array.copy())
                return number
            at = places(array, base)
            if cells and numbers[0] not in (None, source):  # of a view: what it reads is the nearer source
                nearer = inside(at, places(cells[0].value, base))
                source, at = (source, at) if nearer is None or numbers[0] is None else (numbers[0], nearer)
            self.steps[number] = ViewStep(number, op, numbers, values, source, at, array.copy())
        return self.views[key]

    def _next(self) -> int:
        self.last += 1
        return self.last

    # --- nodes ----------------------------------------------------------------------------------

    def block(self, block: Block, inputs: Sequence[Cell]) -> tuple[Cell, ...]:
        self.environment.update(zip(block.params, inputs, strict=False))
        for node in block.nodes:
            match node:
                case Op():
                    self.op(node)
                case Store():
                    self.store(node)
                case If(results, condition, then, orelse):
                    chosen = then if self.cell(condition).value else orelse
                    self.environment.update(zip(results, self.block(chosen, ()), strict=True))
                case Loop():
                    self.environment.update(zip(node.results, self.loop(node), strict=True))
                case With(results, manager, inside):
                    with self.cell(manager).value as given:
                        cells = self.block(inside, (Cell(given),))
                    self.environment.update(zip(results, cells, strict=True))
                case Attempt(results, outcome, classes, inside):
                    try:
                        cells = self.block(inside, ())
                        self.environment.update(zip(results, cells, strict=True))
                        self.environment[outcome] = Cell(None)
                    except classes as error:
                        self.environment.update((result, Cell(UNDEF.value)) for result in results)
                        self.environment[outcome] = Cell(error)
                case Call(results, callee, operands):
                    self.environment.update(zip(results, self.call(callee, operands), strict=True))
                case Section():
                    pass
        return tuple(self.cell(atom) for atom in block.yields)

    def call(self, callee: str, operands: Sequence[Atom]) -> tuple[Cell, ...]:
        inputs = [self.cell(operand) for operand in operands]
        outer, self.environment = self.environment, {}
        try:
            return self.block(self.function.callees[callee].body, inputs)
        finally:
            self.environment = outer

    def loop(self, loop: Loop) -> tuple[Cell, ...]:
        carried = tuple(self.cell(atom) for atom in loop.inits)
        indices = None if loop.range is None else iter(self._range(loop.range))
        while True:
            if loop.test is not None and not self.block(loop.test, carried)[0].value:
                return carried
            inputs = carried
            if indices is not None:
                index = next(indices, None)
                if index is None:
                    return carried
                inputs = (Cell(index), *carried)
            yields = self.block(loop.body, inputs)
            stop, carried = (yields[0].value, yields[1:]) if loop.has_stop else (False, yields)
            if stop:
                return carried

    def _range(self, bounds: Range) -> range:
        found = range(*(self.cell(atom).value for atom in (bounds.start, bounds.stop, bounds.step)))
        if bounds.trips is not None:
            found = found[: self.cell(bounds.trips).value]
        return found[::-1] if bounds.reverse else found

    def op(self, op: Op) -> None:
        cells: Sequence[Cell] = [self.cell(operand) for operand in op.operands]
        if op.primitive.name in OPERATIONS:
            found = self.containers.run(op, cells)
            self.environment.update(zip(op.results, () if found is None else (found,), strict=True))
            return
        if op.primitive.name == "stack_items" and self.holds(cells[0]):
            op, cells = stacked(op, self.containers.parts(cells[0].value))
        numbers = tuple(self.number(cell) for cell in cells)
        if any(number is not None for number in numbers):
            self.varying(op, cells, numbers)
            return
        result = op.primitive.function(*(cell.value for cell in cells), **dict(op.attrs))
        results = (result,) if len(op.results) == 1 else result or ()
        if any(map(self.holds, cells)) and (op.primitive.writes or any(map(has_derivative, results))):
            raise _unshown(str(op.primitive), op.span)
        self.environment.update(zip(op.results, map(Cell, results), strict=True))

    def varying(self, op: Op, cells: Sequence[Cell], numbers: tuple[int | None, ...]) -> None:
        """An operation some operand of which varies."""
        match op.primitive.name:
            case "add_at":
                target, *holes, value = cells
                self.put(target, op.attr("index", ()), holes, value, "+", "array", op.span, each=True)
                return
            case "iadd" | "isub":
                sign = "+" if op.primitive.name == "iadd" else "-"
                if isinstance(cells[0].value, np.ndarray):
                    self.put(cells[0], (Ellipsis,), (), cells[1], sign, "array", op.span)
                    self.environment[op.results[0]] = cells[0]
                    return
                op = Op(op.results, named("add" if sign == "+" else "sub"), op.operands, (), op.span)
        if op.primitive.writes:
            raise _unshown(str(op.primitive), op.span)
        before = tuple(snapshot(cell.value) for cell in cells)
        result = op.primitive.function(*(cell.value for cell in cells), **dict(op.attrs))
        if len(op.results) != 1:
            found = self.results(op, before, numbers, result or ())
        else:
            found = [self.result(op, cells, before, numbers, result)]
        self.environment.update(zip(op.results, found, strict=True))

    def result(
        self,
        op: Op,
        cells: Sequence[Cell],
        values: tuple[Any, ...],
        numbers: tuple[int | None, ...],
        result: Any,
    ) -> Cell:
        """The cell of the one result of an operation."""
        if not _has_derivative(op, result):
            return self.constant(result)
        for cell in cells:
            if result is cell.value:
                return cell
        if isinstance(result, np.ndarray):
            base = owner(result)
            known = self.memory.get(id(base))
            if known is not None and result is not base:
                return Cell(result, self.view(result, base, known[1], op, cells))
            result = result.copy() if result is not base else result  # a view of memory made just now
        number = self._next()
        self.steps[number] = OpStep(number, op, values, numbers, snapshot(result))
        return self._made(result, number)

    def results(
        self, op: Op, values: tuple[Any, ...], numbers: tuple[int | None, ...], results: Sequence[Any]
    ) -> list[Cell]:
        """The cells of several results: a step for each that varies."""
        if any(isinstance(result, np.ndarray) and id(owner(result)) in self.memory for result in results):
            raise _unshown(str(op.primitive), op.span)
        own = [np.array(result) if isinstance(result, np.ndarray) else result for result in results]
        made = tuple(self._next() if _has_derivative(op, result) else None for result in own)
        whole = tuple(map(snapshot, own))
        for position, number in enumerate(made):
            if number is not None:
                self.steps[number] = OpStep(
                    number, op, values, numbers, whole[position], made, whole, position
                )
        return [
            Cell(result) if number is None else self._made(result, number)
            for result, number in zip(own, made, strict=True)
        ]

    def constant(self, value: Any) -> Cell:
        """A value through which no derivative flows, although its operands vary."""
        if isinstance(value, np.ndarray) and id(owner(value)) in self.memory:
            value = value.copy()  # `stop_gradient(x)`
        return Cell(value)

    def store(self, store: Store) -> None:
        target, value = self.cell(store.target), self.cell(store.value)
        holes = [self.cell(operand) for operand in store.operands]
        name = store.target.name if isinstance(store.target, Var) else ""
        self.put(target, store.index, holes, value, store.accumulate, name or "array", store.span)

    def put(
        self,
        target: Cell,
        index: Index,
        holes: Sequence[Cell],
        value: Cell,
        sign: str,
        name: str,
        span: Span | None,
        each: bool = False,
    ) -> None:
        """target[index] = value, or += or -=."""
        filled = tuple(cell.value for cell in holes)
        place = fill_index(index, filled)
        base = owner(target.value)
        _, source = self.memory.get(id(base), (base, None))
        stored_number, stored, before = self.number(value), snapshot(value.value), base.copy()
        if each:
            np.add.at(target.value, place, value.value)
        elif sign:
            target.value[place] += value.value if sign == "+" else -value.value
        else:
            target.value[place] = value.value
        if source is None and stored_number is None:
            return
        if target.value.dtype != base.dtype:
            raise _unshown("a store into a part of complex numbers", span)
        at = places(target.value, base)[place]
        number = self._next()
        self.steps[number] = StoreStep(
            number, name, index, filled, sign, source, at, stored, stored_number, before, base.copy(),
            target.value is base, each,
        )  # fmt: skip
        self.memory[id(base)] = base, number


def _unshown(what: str, span: Span | None) -> UnsupportedSyntaxError:
    return UnsupportedSyntaxError("TC118", f"a table cannot show {what}", span)


def _has_derivative(op: Op, result: Any) -> bool:
    rule = rule_of(op.primitive)
    return differentiable(result) and not (rule is not None and rule.function is None)


def _at(value: Any, path: Sequence[Any]) -> Any:
    """A part of an argument; the parts of an object are its attributes."""
    for key in path:
        value = fields_of(value)[key] if is_record(type(value)) else value[key]
    return value
