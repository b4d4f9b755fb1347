"""Expression trees of SymPy that stay as they are built.

SymPy simplifies what it builds: 4*(1 - x) becomes 4 - 4*x.  What is made here is as it was written, but for what nobody
writes: sums within sums and products within products are one, their numbers are added and multiplied, and terms 0 and
factors 1 are left out.

A tree may hold the same part many times; in memory it is there once.  So every function of trees remembers what it made
of a part, and takes time by parts, not by their number in the tree, which may be exponential.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sympy

from tangentc.errors import DifferentiationError

__all__ = ["Expr", "add", "deep", "multiply", "number", "power", "rebuilt", "remembering", "tidy"]

Expr = Any
"""An expression of SymPy."""

ZERO, ONE = sympy.Integer(0), sympy.Integer(1)
_FINEST = 1024  # denominators up to which a float is written as a fraction


def number(value: Any) -> Expr:
    """A number as SymPy has it: whole numbers and fractions such as 0.5 are exact, 0.1 stays a float."""
    if isinstance(value, complex) or (getattr(value, "dtype", None) is not None and value.dtype.kind == "c"):
        return sympy.Add(number(value.real), sympy.Mul(number(value.imag), sympy.I))
    if not isinstance(value, float) and getattr(getattr(value, "dtype", None), "kind", "") != "f":
        return sympy.sympify(value)
    value = float(value)
    scaled = value * _FINEST
    if scaled == scaled // 1 and abs(scaled) < 2.0**53:
        return sympy.Rational(int(scaled), _FINEST)
    return sympy.Float(value)


def add(terms: Iterable[Expr]) -> Expr:
    """A sum."""
    constant, kept, place = ZERO, [], None
    for term in _flat(sympy.Add, terms):
        if not term.is_Number:
            kept.append(term)
            continue
        place = len(kept) if place is None else place  # numbers stand where the first of them stood
        constant += term
    if constant != ZERO:
        kept.insert(place or 0, constant)
    return kept[0] if len(kept) == 1 else sympy.Add(*kept, evaluate=False) if kept else ZERO


def multiply(factors: Iterable[Expr]) -> Expr:
    """A product, its number in front."""
    coefficient, kept = ONE, []
    for factor in _flat(sympy.Mul, factors):
        if factor.is_Number:
            coefficient *= factor
        else:
            kept.append(factor)
    if coefficient == ZERO or not kept:
        return coefficient
    if coefficient != ONE:
        kept.insert(0, coefficient)
    return kept[0] if len(kept) == 1 else sympy.Mul(*kept, evaluate=False)


def power(base: Expr, exponent: Expr) -> Expr:
    """A power; of a number to a whole one the value."""
    if exponent == ZERO:
        return ONE
    if exponent == ONE:
        return base
    if base.is_Number and exponent.is_Integer:
        return base**exponent
    return sympy.Pow(base, exponent, evaluate=False)


def _flat(cls: Any, parts: Iterable[Expr]) -> Iterator[Expr]:
    for part in parts:
        if isinstance(part, cls):
            yield from part.args
        else:
            yield part


def rebuilt(expr: Expr, args: Iterable[Expr]) -> Expr:
    """The same operation of other arguments, as it is written."""
    args = tuple(args)
    match expr:
        case sympy.Add():
            return add(args)
        case sympy.Mul():
            return multiply(args)
        case sympy.Pow():
            return power(*args)
    if all(new is old for new, old in zip(args, expr.args, strict=True)):
        return expr
    try:
        return expr.func(*args, evaluate=False)
    except TypeError:  # a class that does not evaluate
        return expr.func(*args)


def remembering(visit: Callable[[Expr, Callable[[Expr], Any]], Any]) -> Callable[[Expr], Any]:
    """A function of trees, given what it makes of a part by what it makes of the parts of the part."""
    known: dict[Expr, Any] = {}

    def of(expr: Expr) -> Any:
        if expr not in known:
            known[expr] = visit(expr, of)
        return known[expr]

    return of


def tidy(expr: Expr) -> Expr:
    """The tree without sums within sums, terms 0, factors 1 and sums and products of numbers."""
    return remembering(lambda part, of: rebuilt(part, map(of, part.args)) if part.args else part)(expr)


_DEPTH = 8_000


@contextmanager
def deep() -> Iterator[None]:
    """Allow for expressions that are nested as deeply as a long loop makes them.

    Raises: DifferentiationError: TC413, they are nested more deeply still.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEPTH))
    try:
        yield
    except RecursionError:
        raise DifferentiationError(
            "TC413",
            "the expression is nested too deeply",
            hint="fewer trips of a loop, or tangentc.grad, for which their number does not matter",
        ) from None
    finally:
        sys.setrecursionlimit(limit)
