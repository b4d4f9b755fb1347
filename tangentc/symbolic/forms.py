"""Forms of expressions: factored, simplified, ordered; and their size."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import sympy

from tangentc.symbolic.trees import Expr, add, deep, multiply, power, rebuilt, remembering, tidy

__all__ = ["factored", "is_polynomial", "nodes", "operations", "ordered", "simplified"]


def nodes(expr: Expr) -> int:
    """How many nodes the expression has as a tree: operations, symbols and numbers, repeated parts repeatedly."""
    with deep():
        return int(remembering(lambda part, of: 1 + sum(map(of, part.args)))(expr))


def operations(expr: Expr) -> int:
    """How many operations with two operands, powers and functions evaluate the tree, repeated parts repeatedly."""

    def visit(part: Expr, of: Callable[[Expr], int]) -> int:
        own = len(part.args) - 1 if isinstance(part, (sympy.Add, sympy.Mul)) else bool(part.args)
        return int(own) + sum(map(of, part.args))

    with deep():
        return int(remembering(visit)(expr))


def ordered(expr: Expr) -> Expr:
    """The same tree with the arguments of sums and products in SymPy's order.

    Trees that differ in that order alone are equal then, and no others.
    """

    def visit(part: Expr, of: Callable[[Expr], Expr]) -> Expr:
        if not part.args:
            return part
        args = list(map(of, part.args))
        if isinstance(part, (sympy.Add, sympy.Mul)):
            args.sort(key=sympy.default_sort_key)
        return rebuilt(part, args)

    with deep():
        return remembering(visit)(tidy(expr))


def factored(expr: Expr) -> Expr:
    """A polynomial as a product of irreducible ones, which begin with their lowest terms, and those positive.

    For example 16*x*(1 - x)*(1 - 2*x)**2.  A polynomial with floats has no factors that are exact, and stays as it is.
    What is no polynomial is left to `sympy.factor`.
    """
    polynomial = _polynomial(expr)
    if polynomial is None:
        return sympy.factor(expr.doit())
    if not polynomial.domain.is_Exact:
        return tidy(expr)
    coefficient, factors = polynomial.factor_list()
    parts = []
    for factor, exponent in sorted(factors, key=lambda pair: (pair[0].total_degree(), len(pair[0].terms()))):
        if factor.terms()[-1][1] < 0:
            factor, coefficient = -factor, coefficient * (-1) ** exponent
        parts.append(power(_ascending(factor), sympy.Integer(exponent)))
    return multiply([coefficient, *parts])


def simplified(expr: Expr) -> Expr:
    """A polynomial by its powers, lowest first, with the common factor of its numbers in front where that is shorter.

    For example 16*(1 - 10*x + 24*x**2 - 16*x**3).  What is no polynomial is left to `sympy.simplify`.  To read, not to
    compute with: terms of high degree cancel, and floats lose their digits (all of them, for the ninth logistic map).
    """
    polynomial = _polynomial(expr)
    if polynomial is None:
        return sympy.simplify(expr.doit())
    candidates = [_ascending(polynomial)]
    if polynomial.domain.is_Exact and not polynomial.is_zero:
        content, primitive = polynomial.primitive()
        candidates.append(multiply([content, _ascending(primitive)]))
    return min(candidates, key=_length)


def _length(expr: Expr) -> int:
    """Nodes, numbers counted by digits and sign: what Mathematica's `Simplify` makes least (`SimplifyCount`)."""

    def visit(part: Expr, of: Callable[[Expr], int]) -> int:
        return (len(str(part)) if part.is_Number else 1) + sum(map(of, part.args))

    return int(remembering(visit)(expr))


def _ascending(polynomial: Any) -> Expr:
    """A polynomial as a sum of its terms, lowest powers first."""
    terms = sorted(polynomial.terms(), key=lambda term: (sum(term[0]), [-k for k in term[0]]))
    return add(
        multiply(
            [coefficient, *(power(g, sympy.Integer(k)) for g, k in zip(polynomial.gens, powers, strict=True))]
        )
        for powers, coefficient in terms
    )


def is_polynomial(expr: Expr) -> bool:
    """Whether the tree is made of symbols, numbers, sums, products and whole powers."""

    def visit(part: Expr, of: Callable[[Expr], Any]) -> bool:
        if isinstance(part, sympy.Pow):
            return bool(part.exp.is_Integer and part.exp > 0 and of(part.base))
        is_sum = isinstance(part, (sympy.Add, sympy.Mul))
        return isinstance(part, (sympy.Symbol, sympy.Number)) or (is_sum and all(map(of, part.args)))

    with deep():
        return bool(remembering(visit)(expr))


def _polynomial(expr: Expr) -> Any:
    """The expression as a polynomial in its symbols; None if it is none, or has none."""
    symbols = _symbols(expr)
    if not symbols or not is_polynomial(expr):
        return None

    def visit(part: Expr, of: Callable[[Expr], Any]) -> Any:
        match part:
            case sympy.Add():
                return functools.reduce(operator.add, map(of, part.args))
            case sympy.Mul():
                return functools.reduce(operator.mul, map(of, part.args))
            case sympy.Pow():
                return of(part.base) ** int(part.exp)
        return sympy.Poly(part, *symbols)

    with deep():
        return remembering(visit)(expr)


def _symbols(expr: Expr) -> list[Expr]:
    """The symbols, by name; each part is looked at once."""

    def visit(part: Expr, of: Callable[[Expr], Any]) -> frozenset[Expr]:
        return frozenset([part] if part.is_Symbol else []).union(*map(of, part.args))

    with deep():
        return sorted(remembering(visit)(expr), key=str)
