"""Tuples, lists and dicts of a running program: their entries keep their steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tangentc.executed.steps import Cell
from tangentc.ir.nodes import Hole, Op
from tangentc.kinds.of_values import leaves
from tangentc.primitives.core import named
from tangentc.runtime.door import differentiable

__all__ = ["Containers", "has_derivative", "stacked"]

Parts = Any
"""For each entry of a tuple, list or dict its cell: a list or a dict."""


def has_derivative(value: Any) -> bool:
    """Whether there are real or complex numbers in a value; not in lengths, keys and truth values."""
    return any(differentiable(leaf) for leaf in leaves(value))


def stacked(op: Op, parts: Sequence[Cell]) -> tuple[Op, tuple[Cell, ...]]:
    """The array of a list that the program made, as an operation on its entries."""
    nesting = tuple(Hole(position) for position in range(len(parts)))
    return Op(op.results, named("np.array"), op.operands, (("nesting", nesting),), op.span), tuple(parts)


class Containers:
    """The cells of the entries of each container, by its identity: the program may know it under several names."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Parts]] = {}

    def parts(self, container: Any) -> Parts:
        """None where nothing in the container varies."""
        found = self._known.get(id(container))
        return None if found is None else found[1]

    def run(self, op: Op, cells: Sequence[Cell]) -> Cell | None:
        """An operation of `OPERATIONS`; None where it has no result."""
        return OPERATIONS[op.primitive.name](self, op, cells)

    def made(self, container: Any, parts: Parts) -> Cell:
        self._known[id(container)] = container, parts
        return Cell(container)

    def opened(self, container: Any) -> Parts:
        """The cells of a container that is going to be changed."""
        if id(container) not in self._known:
            is_dict = isinstance(container, dict)
            cells = {k: Cell(v) for k, v in container.items()} if is_dict else [Cell(v) for v in container]
            self.made(container, cells)
        return self._known[id(container)][1]


def _tuple(known: Containers, op: Op, cells: Sequence[Cell]) -> Cell:
    return known.made(op.primitive.function(*(cell.value for cell in cells)), list(cells))


def _dict(known: Containers, op: Op, cells: Sequence[Cell]) -> Cell:
    keys = op.attr("keys", ())
    values = dict(zip(keys, (cell.value for cell in cells), strict=True))
    return known.made(values, dict(zip(keys, cells, strict=True)))


def _item(known: Containers, op: Op, cells: Sequence[Cell]) -> Cell:
    container, key = (cell.value for cell in cells)
    parts = known.parts(container)
    if parts is None:
        return Cell(container[key])
    if isinstance(key, slice):
        return known.made(container[key], parts[key])
    found: Cell = parts[key]
    return found


def _append(known: Containers, op: Op, cells: Sequence[Cell]) -> None:
    items, value = cells
    known.opened(items.value).append(value)
    items.value.append(value.value)


def _insert(known: Containers, op: Op, cells: Sequence[Cell]) -> None:
    items, place, value = cells
    known.opened(items.value).insert(place.value, value)
    items.value.insert(place.value, value.value)


def _pop(known: Containers, op: Op, cells: Sequence[Cell]) -> Cell:
    items, place = cells
    found: Cell = known.opened(items.value).pop(place.value)
    items.value.pop(place.value)
    return found


def _set_item(known: Containers, op: Op, cells: Sequence[Cell]) -> None:
    container, key, value = cells
    known.opened(container.value)[key.value] = value
    container.value[key.value] = value.value


def _del_item(known: Containers, op: Op, cells: Sequence[Cell]) -> None:
    container, key = (cell.value for cell in cells)
    del known.opened(container)[key]
    del container[key]


def _copied(known: Containers, op: Op, cells: Sequence[Cell]) -> Cell:
    items = cells[0].value
    return known.made(list(items), list(known.opened(items)))


OPERATIONS: dict[str, Callable[[Containers, Op, Sequence[Cell]], Cell | None]] = {
    "tuple": _tuple,
    "list": _tuple,
    "dict": _dict,
    "item": _item,
    "list_append": _append,
    "list_insert": _insert,
    "list_pop": _pop,
    "set_item": _set_item,
    "del_item": _del_item,
    "copied_items": _copied,
}
