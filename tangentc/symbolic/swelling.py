"""Expression swell: how the symbolic derivative grows, and how the code of the derivative does not."""

from __future__ import annotations

import linecache
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from tangentc import pipeline
from tangentc.errors import DifferentiationError
from tangentc.frontend.state.requests import Request
from tangentc.ir.interpret import Interpreter
from tangentc.ir.nodes import Op, Store
from tangentc.numeric.pictures import Picture
from tangentc.runtime.promotions import Promotions
from tangentc.runtime.selection import signature_of
from tangentc.symbolic.evaluation import compiled
from tangentc.symbolic.forms import factored, is_polynomial, nodes, simplified
from tangentc.symbolic.pictures import drawn
from tangentc.symbolic.programs import expression
from tangentc.symbolic.rules import derivative
from tangentc.symbolic.table import COMPOSED, CONTRACTIONS, ELEMENTARY, MOVES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Forms", "Row", "Swell", "swell"]


LOGISTIC = '''\
def logistic(x, n):
    """The logistic map l_{n+1} = 4 l_n (1 - l_n), l_1 = x."""
    l = x
    for _ in range(n - 1):
        l = 4 * l * (1 - l)
    return l
'''
"""The lecture's example.  It is text, as the compiler takes functions of this package for operations, no programs."""


def _logistic() -> Callable[..., Any]:
    name = "logistic.py"
    linecache.cache[name] = (len(LOGISTIC), None, LOGISTIC.splitlines(keepends=True), name)
    scope: dict[str, Any] = {"__name__": "logistic"}
    exec(compile(LOGISTIC, name, "exec"), scope)
    program: Callable[..., Any] = scope["logistic"]
    return program


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """The expressions for one n: the value (a polynomial in factors), its derivative by the rules, and that simplified.

    `simplified` is None where it would take long.
    """

    n: int
    value: Any
    derivative: Any
    simplified: Any


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Sizes and times for one n; None where an expression was too large to be made or evaluated.

    Attributes:
        value, derivative, simplified: nodes of the expression that the program computes, of its derivative by the
            rules, and of that simplified.
        tangent, adjoint: operations on floats that the emitted code of the two modes does, the value's included.
        seconds: of one evaluation of "derivative", "simplified", "tangent" and "adjoint".
    """

    n: int
    value: int
    derivative: int
    simplified: int | None
    tangent: int
    adjoint: int
    seconds: dict[str, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Swell(Picture):
    """The growth of a derivative with n; it prints itself as a table and draws itself."""

    name: str
    rows: tuple[Row, ...]
    forms: tuple[Forms, ...]

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """The expressions for small n, then the sizes and times."""
        blocks = [_form_text(self.name, form) for form in self.forms]
        blocks.append("As the program computes it, not factored:")
        blocks.append("\n".join(_size_lines(self.rows)))
        return "\n\n".join(blocks)

    def figure(self) -> Figure:
        return drawn(self)


_WIDTH = 100
_INDENT = 14
_SHOWN = 150  # nodes of an expression that a reader takes in; the lecture's largest has 104


def _form_text(name: str, form: Forms) -> str:
    lines = [f"n = {form.n}"]
    for label, expr in ((name, form.value), ("derivative", form.derivative), ("simplified", form.simplified)):
        if expr is not None:
            size = nodes(expr)
            text = sympy.sstr(expr, order="none") if size <= _SHOWN else f"an expression of {size} nodes"
            pieces = _wrapped(text, _WIDTH - _INDENT)
            lines += [
                f"  {label:<{_INDENT - 2}}{pieces[0]}",
                *(" " * _INDENT + piece for piece in pieces[1:]),
            ]
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> list[str]:
    """The text of a sum in lines that begin with its terms; where these are long, with terms of sums within them."""
    pieces = [text]
    for depth in range(text.count("(") + 1):
        marked = _unbroken(text, depth)
        pieces = textwrap.wrap(marked, width, break_long_words=False, break_on_hyphens=False)
        if max(map(len, pieces)) <= width:
            break
    return [piece.replace("\xa0", " ") for piece in pieces]


def _unbroken(text: str, deepest: int) -> str:
    """The text with spaces only where a term ends that is within so many parentheses or fewer."""
    depth, found = 0, []
    for k, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        may_end = character == " " and depth <= deepest and text[k + 1 : k + 2] in "+-"
        found.append("\xa0" if character == " " and not may_end else character)
    return "".join(found)


_TIMED = ("derivative", "simplified", "tangent", "adjoint")


def _size_lines(rows: tuple[Row, ...]) -> list[str]:
    """The table of sizes; the times are left out where none were measured."""
    lines = [
        f"      {'nodes of expressions':^33} {'operations':^19}",
        f"{'n':>4}  {'value':>8} {'derivative':>11} {'simplified':>12} {'tangent':>9} {'adjoint':>9}",
    ]
    for row in rows:
        small = "-" if row.simplified is None else row.simplified
        lines.append(
            f"{row.n:>4}  {row.value:>8} {row.derivative:>11} {small:>12} {row.tangent:>9} {row.adjoint:>9}"
        )
    if any(value is not None for row in rows for value in row.seconds.values()):
        times = [f"{'seconds of one evaluation':^47}", "".join(f"{name:>12}" for name in _TIMED)]
        times += ["".join(f"{_seconds(row.seconds[name]):>12}" for name in _TIMED) for row in rows]
        lines = [f"{line}  {time}" for line, time in zip(lines, times, strict=True)]
    return [line.rstrip() for line in lines]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1e}"


SIMPLIFIED = 30_000
"""Nodes of a polynomial up to which it is simplified."""
OTHERS_SIMPLIFIED = 40
"""Nodes of any other expression up to which it is: `sympy.simplify` tries many things."""
EVALUATED = 200_000
"""Nodes up to which an expression is evaluated."""
_WRITTEN = 4  # n up to which the expressions are kept: the lecture's table


def swell(
    function: Callable[..., Any] | None = None, n: int = 10, at: float = 0.3, *, timed: bool = True
) -> Swell:
    """Measure how the derivative of an iteration grows with the number of its trips.

    Args:
        function: a program f(x, n) of a number and a count, which returns a number; by default the lecture's logistic
            map.
        n: the largest count; all from 1 on are measured.
        at: the x at which derivatives are evaluated.
        timed: whether to measure times.
    Returns: a `Swell`.
    Raises:
        TangentcError: the program has no symbolic form, or no derivative.
        DifferentiationError: TC303, the program is no function of two arguments; TC309, no count.
    """
    function = _logistic() if function is None else function
    signature = signature_of(function)
    names = [] if signature is None else list(signature.parameters)
    if len(names) < 2:
        raise DifferentiationError(
            "TC303",
            f"{getattr(function, '__name__', function)!r} is no function of a number and a count",
            hint="swell measures f(x, n) for n = 1, 2, …",
        )
    if n < 1:
        raise DifferentiationError("TC309", f"n={n} is no count of trips: it is 1 or more")
    x = sympy.Symbol(names[0])
    rows, forms = [], []
    for count in range(1, n + 1):
        value = expression(function, x, count)
        if not isinstance(value, sympy.Expr):
            raise DifferentiationError("TC301", "the function does not return one number")
        slope = derivative(value, x)
        rows.append(_row(function, count, at, x, value, slope, _simplified(slope), timed))
        if count <= _WRITTEN:
            product = factored(value) if is_polynomial(value) else value
            rules = derivative(product, x)
            forms.append(Forms(count, product, rules, _simplified(rules)))
    return Swell(getattr(function, "__name__", "f"), tuple(rows), tuple(forms))


def _simplified(slope: Any) -> Any:
    """None where it would take long."""
    limit = SIMPLIFIED if is_polynomial(slope) else OTHERS_SIMPLIFIED
    return simplified(slope) if nodes(slope) <= limit else None


def _row(
    function: Callable[..., Any], n: int, at: float, x: Any, value: Any, slope: Any, small: Any, timed: bool
) -> Row:
    seconds: dict[str, float | None] = dict.fromkeys(_TIMED)
    for name, expr in (("derivative", slope), ("simplified", small)):
        if timed and expr is not None and nodes(expr) <= EVALUATED:
            run = compiled(expr, x)
            seconds[name] = None if run is None else _time(partial(run, at))
    counts = {}
    for name, mode in (("tangent", "jvp"), ("adjoint", "adjoint")):
        built = _built(function, mode, at, n)
        counts[name] = _count(built, at, n)
        if timed:
            seconds[name] = _time(partial(built.call, at, n, 1.0))
    return Row(
        n, nodes(value), nodes(slope), None if small is None else nodes(small), **counts, seconds=seconds
    )


def _built(function: Callable[..., Any], mode: str, at: float, n: int) -> pipeline.Built:
    make = partial(pipeline.build, function, request=Request(mode, function, (0,)))
    return Promotions().settle(make, (at, n), {}, (0,))


def _time(run: Callable[[], Any], least: float = 1e-3, repeats: int = 5) -> float:
    """The seconds of one call: the best of a few runs of many calls."""
    number, best = 1, np.inf
    while True:
        start = time.perf_counter()
        for _ in range(number):
            run()
        spent = time.perf_counter() - start
        if spent >= least:
            break
        number *= 4
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(number):
            run()
        best = min(best, (time.perf_counter() - start) / number)
    return float(best)


def _count(built: pipeline.Built, at: float, n: int) -> int:
    counting = _Counting(built.function)
    counting.run(at, n, 1.0)
    return counting.operations


class _Counting(Interpreter):
    """Counts the operations on floats that a trace does, entry by entry.

    A sum or a product of arrays counts as many as its largest operand has entries.
    """

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self.operations = 0

    def op(self, op: Op, values: tuple[Any, ...]) -> Any:
        if op.primitive.name in _COUNTED:
            floats = [np.size(value) for value in values if np.asarray(value).dtype.kind == "f"]
            self.operations += max(floats, default=0)
        return super().op(op, values)

    def store(self, store: Store, array: Any, place: Any, value: Any) -> None:
        self.operations += np.size(array[place]) if store.accumulate else 0
        super().store(store, array, place, value)


_COUNTED = (set(ELEMENTARY) | set(COMPOSED) | CONTRACTIONS | {"iadd", "isub"}) - MOVES
