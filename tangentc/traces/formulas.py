"""Formulas of the tables: expressions of Python whose leaves are the quantities v_i, their tangents and adjoints."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Literal

import numpy as np

__all__ = [
    "SHOWN", "Copying", "Mark", "Number", "Partial", "Phrase", "Symbol", "Term", "Written", "negated", "substituted",
    "with_terms",
]  # fmt: skip

Mark = Literal["", "dot", "bar"]

SHOWN = 6
"""Arrays of at most so many elements are shown, larger ones by their shape."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """The name of a quantity: v_3, x1, and with a mark its tangent or its adjoint."""

    base: str
    index: int | None = None
    mark: Mark = ""

    def __str__(self) -> str:
        index = "" if self.index is None else f"_{self.index}"
        return f"{self.base}{index}{'_' if self.mark else ''}{self.mark}"

    def marked(self, mark: Mark) -> Symbol:
        return replace(self, mark=mark)


class Term(ast.expr):
    """A quantity by its name; `value` is what it is at this point."""

    _fields = ()

    def __init__(self, symbol: Symbol, value: Any) -> None:
        super().__init__()
        self.symbol = symbol
        self.value = value


class Number(ast.expr):
    """A number or array by its value; `exact`: with every digit, as a program has it."""

    _fields = ()

    def __init__(self, value: Any, exact: bool = False) -> None:
        super().__init__()
        self.value = value
        self.exact = exact


class Partial(ast.expr):
    """The partial derivative of one quantity by another."""

    _fields = ()

    def __init__(self, of: Symbol, by: Symbol) -> None:
        super().__init__()
        self.of = of
        self.by = by


class Phrase(ast.expr):
    """A quantity in words: `before operand after`."""

    _fields = ("operand",)

    def __init__(self, before: str, operand: ast.expr, after: str = "") -> None:
        super().__init__()
        self.before = before
        self.operand = operand
        self.after = after


class Written(ast.expr):
    """An array in which a part is replaced: `array with [index] sign= part`.

    each: of elements that the index names several times each time counts, where Python keeps the last.
    """

    _fields = ("array", "index", "part")

    def __init__(
        self, array: ast.expr, index: ast.expr, sign: str, part: ast.expr, each: bool = False
    ) -> None:
        super().__init__()
        self.array = array
        self.index = index
        self.sign = sign
        self.part = part
        self.each = each


# --- made of others ----------------------------------------------------------------------------


class Copying(ast.NodeTransformer):
    """Changes a copy: other rows share parts of a formula."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        twin = type(node).__new__(type(node))
        for key, value in vars(node).items():
            setattr(twin, key, list(value) if isinstance(value, list) else value)
        return super().generic_visit(twin)


def with_terms(expression: ast.expr, terms: dict[str, ast.expr], called: dict[str, Any]) -> ast.expr:
    """An expression with formulas in the place of names, functions without the names of their modules."""
    found: ast.expr = _WithTerms(terms, called).visit(expression)
    return found


class _WithTerms(Copying):
    def __init__(self, terms: dict[str, ast.expr], called: dict[str, Any]) -> None:
        self.terms = terms
        self.called = called

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.terms.get(node.id, node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self.generic_visit(node) if self.module(node.value) is None else ast.Name(node.attr)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "complex":
            return Number(complex(*map(ast.literal_eval, node.args)), exact=True)
        return self.generic_visit(node)

    def module(self, node: ast.expr) -> ModuleType | None:
        """The module that an expression names."""
        found: Any = None
        if isinstance(node, ast.Name):
            found = self.called.get(node.id)
        elif isinstance(node, ast.Attribute):
            found = getattr(self.module(node.value), node.attr, None)
        return found if isinstance(found, ModuleType) else None


def substituted(formula: ast.expr) -> ast.expr | None:
    """The formula with values in the place of names; None where that says nothing more."""
    whole = formula.value if isinstance(formula, ast.Subscript) else formula
    if isinstance(whole, (Term, Phrase, Number, ast.Constant)):
        return None
    transformer = _Substituted()
    found: ast.expr = transformer.visit(formula)
    return found if transformer.is_shown else None


class _Substituted(Copying):
    def __init__(self) -> None:
        self.is_shown = True

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, (Term, Number)):
            self.is_shown = self.is_shown and np.size(node.value) <= SHOWN
            return Number(node.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            return Number(node.value)
        if isinstance(node, Phrase):
            self.is_shown = False
        if isinstance(node, ast.Attribute):  # `v_1.shape` says more than a shape of numbers
            return node
        return super().visit(node)


def negated(formula: ast.expr) -> ast.expr | None:
    """What a formula that begins with a minus sign is the negative of; None for others."""
    match formula:
        case ast.UnaryOp(ast.USub(), operand):
            return operand
        case Number(value=value) if np.ndim(value) == 0 and np.isrealobj(value) and value < 0:
            return Number(-value, formula.exact)
        case ast.BinOp(left, (ast.Mult() | ast.Div() | ast.MatMult()) as operator, right):
            inside = negated(left)
            return None if inside is None else ast.BinOp(inside, operator, right)
    return None
