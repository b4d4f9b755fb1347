"""Expressions as Python functions, which compute them as the tree says: repeated parts repeatedly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy.printing.pycode import PythonCodePrinter

from tangentc.symbolic.trees import Expr, deep

__all__ = ["compiled"]


def compiled(expr: Expr, x: Expr) -> Callable[[float], float] | None:
    """The function x -> expr of numbers, without common parts shared; None if Python has no word for a part of it.

    Nor does Python read what is nested more than some hundred parentheses deep.
    """
    printer = _Printer()
    try:
        with deep():
            text = printer._print(expr)
        scope = {name: __import__(name) for name in printer.module_imports}
        function: Callable[[float], float] = eval(f"lambda {x}: {text}", scope)
    except (NotImplementedError, SyntaxError, MemoryError, RecursionError):
        return None
    return function


class _Printer(PythonCodePrinter):  # type: ignore[misc, unused-ignore]
    """Python code of a tree; the text of each part is made once."""

    def __init__(self) -> None:
        super().__init__({"fully_qualified_modules": True})
        self._known: dict[Expr, str] = {}

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if not isinstance(expr, sympy.Basic):
            return str(super()._print(expr, **kwargs))
        if expr not in self._known:
            self._known[expr] = str(super()._print(expr, **kwargs))
        return self._known[expr]

    def _print_Add(self, expr: Expr, **_: Any) -> str:
        return f"({' + '.join(map(self._print, expr.args))})"

    def _print_Mul(self, expr: Expr, **_: Any) -> str:
        return f"({'*'.join(map(self._print, expr.args))})"

    def _print_Rational(self, expr: Expr) -> str:
        return f"({expr.p}/{expr.q})"

    def _print_Integer(self, expr: Expr) -> str:
        return f"({expr.p})" if expr.p < 0 else str(expr.p)

    def _print_Float(self, expr: Expr) -> str:
        return f"({float(expr)!r})"

    def _print_Pow(self, expr: Expr, **_: Any) -> str:
        if expr.exp == sympy.Rational(1, 2):
            self.module_imports["math"].add("sqrt")
            return f"math.sqrt({self._print(expr.base)})"
        return f"{self._atom(expr.base)}**{self._atom(expr.exp)}"

    def _atom(self, expr: Expr) -> str:
        """An operand of a power: products and powers in parentheses, as all else has them."""
        text = self._print(expr)
        return f"({text})" if isinstance(expr, (sympy.Mul, sympy.Pow)) else text

    def _print_sign(self, expr: Expr) -> str:
        u = self._print(expr.args[0])
        return f"(({u} > 0) - ({u} < 0))"

    def _print_Heaviside(self, expr: Expr) -> str:
        u, half = (self._print(part) for part in (expr.args[0], expr.args[1]))
        return f"({half} if {u} == 0 else float({u} > 0))"
