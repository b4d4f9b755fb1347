"""The traces of one call: run the program step by step, then its tangents forwards and its adjoints in reverse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np

from tangentc import pipeline
from tangentc.drawing import Graph
from tangentc.errors import DifferentiationError
from tangentc.executed import Cell, Executed, execute
from tangentc.kinds.records import ClassKey
from tangentc.runtime import door
from tangentc.runtime.calls import prepared
from tangentc.runtime.door import differentiable
from tangentc.runtime.promotions import Promotions
from tangentc.runtime.selection import Argnums, check_argnums, default_argnums, name_of, select, signature_of
from tangentc.traces.graphs import graph_of
from tangentc.traces.sweeps import adjoint_table, primal_table, tangent_table
from tangentc.traces.tables import LIMIT, Table

__all__ = ["Mode", "Trace", "arguments_of", "trace", "traced"]

Mode = Literal["all", "primal", "tangent", "adjoint"]
Output = int | str | tuple[int | str, ...]


def trace(
    function: Callable[..., Any],
    at: Any,
    mode: Mode = "all",
    wrt: Argnums | None = None,
    output: Output | None = None,
) -> Trace:
    """The elementary operations of one call with their values, their tangents and their adjoints.

        trace(f, (2.0, 5.0))                        # f(x1, x2) = ln(x1) + x1 x2 - sin(x2)
        trace(f, (2.0, 5.0), mode="adjoint").adjoint.rows[-1].value

    The inputs are v_{1-n}, …, v_0, each operation that is executed makes the next of v_1, v_2, …: loops are followed,
    branches taken, calls entered, and a write into an array makes a new version of it.

    Args:
        function: the program.
        at: its arguments, a tuple; a dict gives them by name; for a function of one argument a bare value will do.
        mode: "primal", "tangent" or "adjoint" for one table, "all" for the three.
        wrt: along which arguments the tangent is taken, by position or name; their tangents are 1, all others 0.
            Left out, the first.
        output: of which part of the result the adjoints are taken, as in result[output]: an entry of a tuple, an
            element of an array.  Left out, the first output; every element of an array has the adjoint 1.
    Returns: a `Trace`; printing it prints its tables, a notebook shows them, `.graph()` draws it.
    Raises:
        DifferentiationError: TC301, there is no such output, or none that is a real or complex number;
            TC303, there is no such argument.
        UnsupportedSyntaxError: TC118, memory is written in a way that a table cannot show.
    Source: Baydin, Pearlmutter, Radul & Siskind, "Automatic differentiation in machine learning: a survey", JMLR 2018,
        tables 2 and 3.
    """
    if mode not in get_args(Mode):
        raise ValueError(f"mode={mode!r} is none of {', '.join(map(repr, get_args(Mode)))}")
    args, kwargs = arguments_of(function, at)
    return traced(function, args, kwargs, mode, wrt, output)


def traced(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    mode: Mode,
    wrt: Argnums | None,
    output: Output | None,
) -> Trace:
    """As `trace`, for the arguments of one call."""
    # every real argument is an input of the tables; wrt only chooses the direction of the tangent
    args, kwargs = prepared(function, default_argnums(args, kwargs), args, kwargs)
    along = None
    if wrt is not None:
        wrt = check_argnums(wrt, function)
        args, kwargs = prepared(function, wrt, args, kwargs)
        along = {name_of(key, function) for key in select(wrt, function, args, kwargs)}
    executed = _executed(function, args, kwargs)
    return _tables(getattr(function, "__name__", "f"), executed, mode, along, output)


def arguments_of(function: Callable[..., Any], at: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments that `at` stands for, by position and by name.

    Raises: DifferentiationError: TC303, the function cannot be called with them.
    """
    args: tuple[Any, ...] = tuple(at) if isinstance(at, (tuple, list)) else (at,)
    args, kwargs = ((), at) if isinstance(at, dict) else (args, {})
    signature = signature_of(function)
    if signature is None:  # as some functions of libraries
        return args, kwargs
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        name = getattr(function, "__name__", "the function")
        raise DifferentiationError(
            "TC303", f"{name!r} cannot be called with these arguments: {error}"
        ) from None
    return bound.args, bound.kwargs


def _executed(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Executed:
    keys = (*range(len(args)), *kwargs)
    lowered = Promotions().settle(partial(pipeline.trace, function), args, kwargs, keys)
    names = [p.name for p in lowered.function.parameters]
    signature = signature_of(function)
    if signature is None:
        arguments = {**dict(zip(names, args, strict=False)), **kwargs}
        defaults: set[str] = set()
    else:
        bound = signature.bind(*args, **kwargs)
        defaults = set(names) - set(bound.arguments)
        bound.apply_defaults()
        arguments = dict(bound.arguments)
    hidden = [p for p in lowered.function.parameters if p.kind == "hidden"]
    arguments |= {p.name: each.place() for p, each in zip(hidden, lowered.captured, strict=True)}
    door.refuse_sharing(arguments.items(), lowered.written)
    return execute(lowered.function, arguments, defaults)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Trace:
    """The tables of one call.

    tables: those that were asked for, in the order primal, tangent, adjoint.
    primals, tangents, adjoints: the values by the number of the quantity; empty where there is no such table.
    """

    name: str
    tables: tuple[Table, ...]
    primals: dict[int, Any]
    tangents: dict[int, Any]
    adjoints: dict[int, Any]
    executed: Executed
    outputs: tuple[tuple[str, Cell], ...]

    @property
    def primal(self) -> Table:
        """The forward primal trace."""
        return self._table("Forward Primal Trace")

    @property
    def tangent(self) -> Table:
        """The forward tangent trace."""
        return self._table("Forward Tangent Trace")

    @property
    def adjoint(self) -> Table:
        """The reverse adjoint trace."""
        return self._table("Reverse Adjoint Trace")

    def _table(self, title: str) -> Table:
        for table in self.tables:
            if table.title == title:
                return table
        raise AttributeError(f"this trace has no {title}: it was made with another mode")

    def text(self, limit: int | None = LIMIT) -> str:
        """The tables as text, at most `limit` rows of each."""
        return "\n\n".join(table.text(limit) for table in self.tables)

    def markdown(self, limit: int | None = LIMIT) -> str:
        """The tables in Markdown, the formulas in LaTeX between dollar signs."""
        return "\n".join(table.markdown(limit) for table in self.tables)

    def latex(self, limit: int | None = LIMIT) -> str:
        """The tables as displayed equations; the document needs amsmath."""
        return "\n".join(table.latex(limit) for table in self.tables)

    def html(self, limit: int | None = LIMIT) -> str:
        """The tables as HTML, a part of a page."""
        return "\n".join(table.html(limit) for table in self.tables)

    def graph(self, limit: int = 200) -> Graph:
        """The computational graph, with the values and whatever tangents and adjoints the trace has.

        Raises: ValueError: it has more than `limit` nodes, too many to look at.
        """
        return graph_of(self.name, self.executed, self.outputs, self.tangents, self.adjoints, limit)

    def __repr__(self) -> str:
        titles = ", ".join(table.title for table in self.tables)
        return f"<Trace of {self.name}, {len(self.primals)} quantities: {titles}>"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_latex_(self) -> str:
        return self.latex()

    def _repr_markdown_(self) -> str:
        return self.markdown()


def _tables(
    name: str, executed: Executed, mode: Mode, along: set[str] | None, output: Output | None
) -> Trace:
    outputs = _outputs(executed)
    tables = []
    tangents: dict[int, Any] = {}
    adjoints: dict[int, Any] = {}
    if mode in ("primal", "all"):
        tables.append(primal_table(executed, outputs))
    if mode in ("tangent", "all"):
        along = along or {entry.argument for entry in executed.inputs[:1]}
        seeds = {entry.number: 1.0 for entry in executed.inputs if entry.argument in along}
        table, tangents = tangent_table(executed, outputs, seeds)
        tables.append(table)
    if mode in ("adjoint", "all"):
        chosen, cell, seed = _chosen(executed, outputs, output)
        table, adjoints = adjoint_table(executed, chosen, cell, seed)
        tables.append(table)
    primals = {number: step.value for number, step in executed.steps.items()}
    return Trace(name, tuple(tables), primals, tangents, adjoints, executed, tuple(outputs))


# --- outputs -----------------------------------------------------------------------------------


def _outputs(executed: Executed) -> list[tuple[str, Cell]]:
    """The outputs that are real or complex, by name: y, or y1, y2, …; another letter where an argument is called so."""
    cells = [cell for _, cell in _leaves(executed.result) if differentiable(cell.value)]
    taken = {entry.name for entry in executed.inputs}
    for letter in ("y", "z", "w", "result"):
        names = [letter] if len(cells) == 1 else [f"{letter}{i + 1}" for i in range(len(cells))]
        if taken.isdisjoint(names):
            break
    return list(zip(names, cells, strict=True))


def _leaves(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Cell]]:
    """The cells of a result with the keys that lead to them; entries of run-time containers too."""
    if isinstance(tree, Cell):
        return [(path, tree)] if tree.parts is None else _leaves(tree.parts, path)
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [
        leaf for key, part in items if not isinstance(key, ClassKey) for leaf in _leaves(part, (*path, key))
    ]


def _chosen(
    executed: Executed, outputs: Sequence[tuple[str, Cell]], output: Output | None
) -> tuple[str, Cell, Any]:
    """The output of which adjoints are taken, and its own adjoint."""
    if not outputs:
        raise DifferentiationError("TC301", "the result holds no real or complex number that has an adjoint")
    if output is None:
        name, cell = outputs[0]
        return name, cell, _ones(cell.value)
    keys = output if isinstance(output, tuple) else (output,)
    names = {id(cell): name for name, cell in outputs}
    for path, cell in _leaves(executed.result):
        own, inside = keys[: len(path)], keys[len(path) :]
        if own == path and id(cell) in names:
            return names[id(cell)], cell, _unit(cell.value, inside, output)
    raise _no_output(
        output, [f"output={_key(path)}" for path, cell in _leaves(executed.result) if id(cell) in names]
    )


def _key(path: tuple[Any, ...]) -> Any:
    return path[0] if len(path) == 1 else path


def _ones(value: Any) -> Any:
    return np.ones_like(value) if isinstance(value, np.ndarray) else type(value)(1)


def _unit(value: Any, index: tuple[Any, ...], output: Output) -> Any:
    """1 at an element, or part, of the output and 0 elsewhere."""
    if not index:
        return _ones(value)
    seed = np.zeros_like(value)
    try:
        if not all(isinstance(i, (int, np.integer)) for i in index):
            raise IndexError
        seed[index] = 1
    except (IndexError, TypeError):
        raise _no_output(output, [f"an element of an array of shape {np.shape(value)}"]) from None
    return seed


def _no_output(output: Output, known: list[str]) -> DifferentiationError:
    return DifferentiationError(
        "TC301", f"the result has no output={output!r}", hint=f"there is {', '.join(known)}"
    )
