"""A table of a trace as data, and as text, Markdown, LaTeX and HTML."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tangentc.traces.formulas import Symbol, substituted
from tangentc.traces.notation import HTML, LATEX, TEXT, Notation
from tangentc.traces.values import shown

__all__ = ["LIMIT", "Row", "Table"]

LIMIT = 60
"""The rows of a table that are shown where nothing else is asked for."""

_WIDE = 48
"""Longer formulas of numbers are left out."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Row:
    """One line of a table: name = formula = numbers = value.

    symbol, expression: the name and the formula as data; `rule` is the chain rule that a contribution to an adjoint
    is an instance of, None elsewhere.
    """

    symbol: Symbol
    expression: ast.expr
    value: Any
    rule: ast.expr | None = None

    def __repr__(self) -> str:
        return " = ".join(cell for cell in self.cells(TEXT, with_rule=False) if cell)

    @property
    def name(self) -> str:
        """`v_1`, its tangent `v_1_dot`, its adjoint `v_1_bar`."""
        return str(self.symbol)

    @property
    def formula(self) -> str:
        """`v_-1 * v_0`."""
        return TEXT.write(self.expression)

    @property
    def numbers(self) -> str:
        """The formula with the values of its quantities, `2 * 5`; empty where that says nothing more."""
        return self._numbers(TEXT)

    def _numbers(self, notation: Notation) -> str:
        numbers = substituted(self.expression)
        if numbers is None:
            return ""
        plain = TEXT.write(numbers)
        says_more = plain not in (self.formula, shown(self.value)) and len(plain) <= _WIDE
        return notation.write(numbers) if says_more else ""

    def cells(self, notation: Notation, with_rule: bool) -> list[str]:
        """The row in a notation: name, formula, numbers, value; with_rule: the chain rule before the formula."""
        formulas = [notation.write(self.expression)]
        if with_rule:
            formulas = [notation.write(self.rule), *formulas] if self.rule is not None else [*formulas, ""]
        return [
            notation.symbol(self.symbol),
            *formulas,
            self._numbers(notation),
            notation.value(self.value),
        ]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """The rows of one trace, in the order in which they are computed.

    A notebook shows it.  `limit` is the number of rows that are shown; the first and the last two always are.
    """

    title: str
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return f"<{self.title}, {len(self.rows)} rows>"

    def __str__(self) -> str:
        return self.text()

    def text(self, limit: int | None = LIMIT) -> str:
        """The table in columns."""
        return "\n".join([self.title, *_aligned(self._shown(TEXT, limit, with_rule=False))])

    def markdown(self, limit: int | None = LIMIT) -> str:
        """A table whose formulas are in LaTeX between dollar signs."""

        def line(cells: list[str] | str) -> str:
            if isinstance(cells, str):
                cells = [cells, *[""] * (width - 1)]
            return "| " + " | ".join(cells) + " |"

        rows = list(self._shown(LATEX, limit))
        width = max((len(row) for row in rows if isinstance(row, list)), default=1)
        found = [f"**{self.title}**", "", line([""] * width), line(["---"] * width)]
        for row in rows:
            found.append(line(row if isinstance(row, str) else [f"${c}$" if c else "" for c in _equal(row)]))
        return "\n".join(found) + "\n"

    def latex(self, limit: int | None = LIMIT) -> str:
        """Displayed equations, one below the other (`align*` of amsmath)."""
        found = []
        for row in self._shown(LATEX, limit):
            cells = [r"\vdots", rf"\text{{{row}}}"] if isinstance(row, str) else _equal(row)
            first, *others = cells
            found.append(f"  {first} &" + " &&".join(others).rstrip("& "))
        rows = " \\\\\n".join(found)
        return f"\\[ \\textbf{{{self.title}}} \\]\n\\begin{{align*}}\n{rows}\n\\end{{align*}}\n"

    def html(self, limit: int | None = LIMIT) -> str:
        """A `table`, without scripts and style sheets."""
        found = []
        for row in self._shown(HTML, limit):
            cells = [row] if isinstance(row, str) else _equal(row)
            found.append("<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells) + "</tr>")
        caption = f'<caption style="{_CAPTION}">{self.title}</caption>'
        rows = "\n".join(found)
        return f'<table class="tangentc-trace">\n{caption}\n<tbody>\n{rows}\n</tbody>\n</table>\n'

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_latex_(self) -> str:
        return self.latex()

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _shown(
        self, notation: Notation, limit: int | None, with_rule: bool = True
    ) -> Iterator[list[str] | str]:
        """The cells of each row that is shown, without empty columns; a text where rows are left out."""
        rows, left = self.rows, 0
        if limit is not None and len(rows) > limit:
            left = len(rows) - limit
            rows = (*rows[: max(limit - 2, 1)], *rows[-2:])
            left = len(self.rows) - len(rows)
        with_rule = with_rule and any(row.rule is not None for row in rows)
        cells = [row.cells(notation, with_rule) for row in rows]
        columns = [i for i in range(len(cells[0])) if any(row[i] for row in cells)] if cells else []
        for place, row in enumerate(cells):
            if left and place == len(cells) - 2:
                yield f"… {left} more"
            yield [row[i] for i in columns]


_CELL = "text-align: left"  # notebooks have numbers on the right
_CAPTION = "caption-side: top; text-align: left; font-weight: bold"


def _equal(cells: list[str]) -> list[str]:
    """The cells after the first with their equals signs."""
    return [cells[0], *(f"= {cell}" if cell else "" for cell in cells[1:])]


def _aligned(rows: Iterator[list[str] | str]) -> Iterator[str]:
    """Columns of equal width; what is very long stands out of its column."""
    found = [row if isinstance(row, str) else _equal(row) for row in rows]
    lists = [row for row in found if not isinstance(row, str)]
    widths = [
        max((len(cell) for cell in column if len(cell) <= _WIDE + 2), default=0)
        for column in zip(*lists, strict=True)
    ]
    starts = [2 + sum(widths[:column]) + column for column in range(len(widths))]
    for row in found:
        line = "" if not isinstance(row, str) else f"  {row}"
        for start, cell in zip(starts, row if not isinstance(row, str) else (), strict=False):
            if cell:
                line = f"{line:<{start - 1}} {cell}" if line else f"{'':<{start}}{cell}"
        yield line
