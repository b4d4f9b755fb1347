"""The steps of an execution, and what the program holds while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tangentc.ir.nodes import Index, Op

__all__ = ["Cell", "Executed", "Input", "OpStep", "Step", "StoreStep", "ViewStep"]


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """A differentiable number or array of the arguments; `argument` is the one that it belongs to."""

    number: int
    name: str
    value: Any
    argument: str


@dataclass(frozen=True, slots=True, eq=False)
class OpStep:
    """value = op(*values); `numbers` are the steps that made the operands, None for what does not vary.

    results, whole: of an operation with several results the steps of all, None for those that do not vary, and their
    values; this step is of number `position` among them.
    """

    number: int
    op: Op
    values: tuple[Any, ...]
    numbers: tuple[int | None, ...]
    value: Any
    results: tuple[int | None, ...] = ()
    whole: tuple[Any, ...] = ()
    position: int = 0


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
    """The memory of step `source` (None: it did not vary) with memory[places] = stored, or += or -=.

    index: as the program has it, with values for its holes; `is_whole`: it is an index into that memory itself, not
    into a view of a part of it.  each: of places that are named several times each time counts, as in np.add.at.
    """

    number: int
    name: str
    index: Index
    holes: tuple[Any, ...]
    sign: str
    source: int | None
    places: Any
    stored: Any
    stored_number: int | None
    before: Any
    value: Any
    is_whole: bool
    each: bool = False


Step = Input | OpStep | ViewStep | StoreStep


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A value, the step that made it, and in what a program returns the cells of a container's entries."""

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
