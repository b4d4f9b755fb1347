"""The computational graph of a trace: a node for each quantity v_i, with its value and its adjoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tangentc.drawing import Edge, Graph, Line, Node
from tangentc.drawing.graph import Tone
from tangentc.executed import Cell, Executed, Input, OpStep, Step, StoreStep, ViewStep
from tangentc.traces.formulas import Symbol
from tangentc.traces.notation import UNICODE
from tangentc.traces.operations import quantity
from tangentc.traces.sweeps import primal_formula

__all__ = ["graph_of"]

_WIDE = 36
"""Longer formulas are cut."""


def graph_of(
    name: str,
    executed: Executed,
    outputs: Sequence[tuple[str, Cell]],
    tangents: dict[int, Any],
    adjoints: dict[int, Any],
    limit: int,
) -> Graph:
    """The graph; tangents and adjoints that are known stand in the nodes.

    Raises: ValueError: there are more than `limit` quantities.
    """
    if len(executed.steps) > limit:
        raise ValueError(
            f"the graph of {name} has {len(executed.steps)} nodes, more than the limit of {limit}"
        )
    nodes, edges = [], []
    for number, step in executed.steps.items():
        key = str(quantity(number))
        formula = UNICODE.write(primal_formula(step))
        lines = [
            Line(f"{UNICODE.symbol(quantity(number))} = {_cut(formula)}", "strong"),
            Line(f"= {UNICODE.value(step.value)}"),
        ]
        if number in tangents:
            lines.append(_line(quantity(number, "dot"), tangents[number], "faint"))
        if number in adjoints:
            lines.append(_line(quantity(number, "bar"), adjoints[number], "accent"))
        nodes.append(Node(key, tuple(lines), "input" if isinstance(step, Input) else "operation", formula))
        edges += [Edge(str(quantity(source)), key) for source in _sources(step)]
    for title, cell in outputs:
        text = f"{UNICODE.symbol(Symbol(title))} = {UNICODE.value(cell.value)}"
        nodes.append(Node(title, (Line(text, "strong"),), "output"))
        if cell.number is not None:
            edges.append(Edge(str(quantity(cell.number)), title))
    return Graph(nodes, edges, name=name)


def _line(symbol: Symbol, value: Any, tone: Tone) -> Line:
    return Line(f"{UNICODE.symbol(symbol)} = {UNICODE.value(value)}", tone)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"


def _sources(step: Step) -> Iterator[int]:
    """The quantities that a step reads, each use of them."""
    match step:
        case OpStep(numbers=numbers):
            yield from (number for number in numbers if number is not None)
        case ViewStep(source=source, numbers=numbers):
            yield source
            yield from (number for number in numbers if number is not None and number != source)
        case StoreStep(source=source, stored_number=stored):
            yield from (number for number in (source, stored) if number is not None)
