"""Running a trace and listing the elementary operations as they were executed, with their values.

Loops are followed, branches taken, calls entered: what is left is a straight line of steps.  Arrays that
are written in place become versions: each store makes a new value of the memory that it writes to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.errors import UnsupportedSyntaxError
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
from tangentc.primitives.structure import fill_index
from tangentc.rules.registry import rule_of
from tangentc.runtime.door import differentiable

__all__ = ["Cell", "Executed", "Input", "OpStep", "Step", "StoreStep", "ViewStep", "execute"]


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """A differentiable number or array of the arguments; `argument` is the one that it belongs to."""

    number: int
    name: str
    value: Any
    argument: str


@dataclass(frozen=True, slots=True, eq=False)
class OpStep:
    """value = op(*values); `numbers` are the steps that made the operands, None for what does not vary."""

    number: int
    op: Op
    values: tuple[Any, ...]
    numbers: tuple[int | None, ...]
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class ViewStep:
    """A piece of the value of step `source`, its memory shared; `places` are the flat indices of its elements there."""

    number: int
    op: Op | None  # None where an old view is read again after a store
    numbers: tuple[int | None, ...]
    values: tuple[Any, ...]
    source: int
    places: Any
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class StoreStep:
    """The memory of step `source` (None: it did not vary) with value[places] = stored, or += or -=.

    is_whole: the target of the store is that memory itself, no view of a part of it.
    """

    number: int
    store: Store
    name: str
    holes: tuple[Any, ...]
    source: int | None
    places: Any
    stored: Any
    stored_number: int | None
    before: Any
    value: Any
    is_whole: bool

    @property
    def index(self) -> Index:
        return self.store.index


Step = Input | OpStep | ViewStep | StoreStep


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A value of the running program: the step that made it, or for a container the cells of its entries."""

    value: Any
    number: int | None = None
    parts: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Executed:
    """The steps by number (the inputs first, the last of them 0), and what the program returned.

    result: a tree of cells.
    """

    steps: dict[int, Step]
    inputs: tuple[Input, ...]
    result: Any


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
                self.inputs.append(Input(number, leaf.name, _snapshot(value), argument))
                self.steps[number] = self.inputs[-1]
                self.environment[leaf] = self._made(value, number)
            else:
                self.environment[leaf] = Cell(value)

    def run(self) -> Executed:
        self.block(self.function.body, ())
        return Executed(self.steps, tuple(self.inputs), self._tree(self.function.result))

    def _tree(self, tree: Any) -> Any:
        if is_atom(tree):
            cell = self.cell(tree)
            return Cell(_snapshot(cell.value), self.number(cell), cell.parts)
        if isinstance(tree, dict):
            return {key: self._tree(item) for key, item in tree.items()}
        return type(tree)(self._tree(item) for item in tree)

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
        owner = _owner(cell.value)
        known = self.memory.get(id(owner))
        if known is None:
            return None
        return known[1] if cell.value is owner else self.view(cell.value, owner, known[1], None, ())

    def view(self, array: Any, owner: Any, source: int, op: Op | None, cells: Sequence[Cell]) -> int:
        key = (source, array.__array_interface__["data"][0], (array.shape, array.strides))
        if key not in self.views:
            numbers = tuple(None if cell.value is owner else self.number(cell) for cell in cells)
            numbers = tuple(
                source if cell.value is owner else number for cell, number in zip(cells, numbers, strict=True)
            )
            values = tuple(_snapshot(cell.value) for cell in cells)
            places = _places(array, owner)
            if cells and numbers[0] not in (None, source):  # of a view: what it reads is the nearer source
                inside = _inside(places, _places(cells[0].value, owner))
                source, places = (source, places) if inside is None else (numbers[0], inside)
            self.views[key] = self._next()
            self.steps[self.views[key]] = ViewStep(
                self.views[key], op, numbers, values, source, places, array.copy()
            )
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
        cells = [self.cell(operand) for operand in op.operands]
        values = tuple(cell.value for cell in cells)
        structure = _STRUCTURE.get(op.primitive.name)
        if structure is not None:
            self.environment[op.results[0]] = structure(op, cells)
            return
        numbers = tuple(self.number(cell) for cell in cells)
        varies = any(number is not None for number in numbers)
        if varies and (op.primitive.writes or len(op.results) > 1):
            raise UnsupportedSyntaxError("TC118", f"a table cannot show {op.primitive}", op.span)
        before = tuple(_snapshot(value) for value in values) if varies else ()
        result = op.primitive.function(*values, **dict(op.attrs))
        if len(op.results) != 1:
            self.environment.update(zip(op.results, map(Cell, result or ()), strict=True))
            return
        self.environment[op.results[0]] = (
            self.result(op, cells, before, numbers, result) if varies else Cell(result)
        )

    def result(
        self,
        op: Op,
        cells: Sequence[Cell],
        values: tuple[Any, ...],
        numbers: tuple[int | None, ...],
        result: Any,
    ) -> Cell:
        """The cell of a result some operand of which varies."""
        rule = rule_of(op.primitive)
        if not differentiable(result) or (rule is not None and rule.function is None):
            return Cell(result)
        for cell in cells:
            if result is cell.value:
                return cell
        if isinstance(result, np.ndarray):
            owner = _owner(result)
            known = self.memory.get(id(owner))
            if known is not None and result is not owner:
                return Cell(result, self.view(result, owner, known[1], op, cells))
            result = result.copy() if result is not owner else result  # a view of memory made just now
        number = self._next()
        self.steps[number] = OpStep(number, op, values, numbers, _snapshot(result))
        return self._made(result, number)

    def store(self, store: Store) -> None:
        target, value = self.cell(store.target), self.cell(store.value)
        holes = tuple(self.cell(operand).value for operand in store.operands)
        place = fill_index(store.index, holes)
        owner = _owner(target.value)
        _, source = self.memory.get(id(owner), (owner, None))
        stored_number, stored, before = self.number(value), _snapshot(value.value), owner.copy()
        match store.accumulate:
            case "+":
                target.value[place] += value.value
            case "-":
                target.value[place] -= value.value
            case _:
                target.value[place] = value.value
        if source is None and stored_number is None:
            return
        places = _places(target.value, owner)[place]
        number = self._next()
        name = store.target.name if isinstance(store.target, Var) else ""
        is_whole = target.value is owner
        self.steps[number] = StoreStep(
            number,
            store,
            name or "array",
            holes,
            source,
            places,
            stored,
            stored_number,
            before,
            owner.copy(),
            is_whole,
        )
        self.memory[id(owner)] = owner, number


def _tuple(op: Op, cells: Sequence[Cell]) -> Cell:
    return Cell(op.primitive.function(*(cell.value for cell in cells), **dict(op.attrs)), None, tuple(cells))


def _dict(op: Op, cells: Sequence[Cell]) -> Cell:
    keys = op.attr("keys", ())
    return Cell(
        dict(zip(keys, (cell.value for cell in cells), strict=True)),
        None,
        dict(zip(keys, cells, strict=True)),
    )


def _item(op: Op, cells: Sequence[Cell]) -> Cell:
    container, key = cells
    if container.parts is None:
        return Cell(container.value[key.value])
    found: Cell = container.parts[key.value]
    return found


_STRUCTURE: dict[str, Callable[[Op, Sequence[Cell]], Cell]] = {
    "tuple": _tuple,
    "list": _tuple,
    "dict": _dict,
    "item": _item,
}


def _at(value: Any, path: Sequence[Any]) -> Any:
    for key in path:
        value = value[key]
    return value


def _snapshot(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _owner(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _inside(places: Any, others: Any) -> Any:
    """For each place the flat index of the same place among others; None where one is not among them."""
    others = others.ravel()
    order = np.argsort(others, kind="stable")
    found = np.searchsorted(others[order], places)
    if not np.all(np.isin(places, others)):
        return None
    return order[found]


def _places(array: Any, owner: Any) -> Any:
    """For each element of an array the flat index of the same element in the array that owns the memory."""
    numbers = np.empty_like(owner, np.intp)  # laid out as the owner
    numbers[...] = np.arange(owner.size).reshape(owner.shape)
    scale = numbers.itemsize / owner.itemsize
    offset = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    strides = tuple(int(stride * scale) for stride in array.strides)
    memory = numbers.ravel(order="K").data
    return np.ndarray(array.shape, np.intp, memory, int(offset * scale), strides).copy()
