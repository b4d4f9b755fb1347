"""Derivatives of expressions by the rules, each applied once and nothing simplified.

    d/dx (u + v) = du/dx + dv/dx        d/dx (u v) = u dv/dx + v du/dx        dy/dx = dy/du du/dx

and the derivatives of the common functions below.  Terms 0 and factors 1 are not written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from tangentc.errors import MissingRuleError
from tangentc.symbolic.trees import ONE, ZERO, Expr, add, deep, multiply, power, remembering, tidy

__all__ = ["COMMON", "derivative"]

COMMON: dict[Any, Callable[[Expr], Expr]] = {
    sympy.exp: lambda u: _of(sympy.exp, u),
    sympy.log: lambda u: power(u, -ONE),
    sympy.sin: lambda u: _of(sympy.cos, u),
    sympy.cos: lambda u: multiply([-ONE, _of(sympy.sin, u)]),
    sympy.tan: lambda u: power(_of(sympy.sec, u), ONE + 1),
    sympy.sinh: lambda u: _of(sympy.cosh, u),
    sympy.cosh: lambda u: _of(sympy.sinh, u),
    sympy.tanh: lambda u: add([ONE, multiply([-ONE, power(_of(sympy.tanh, u), ONE + 1)])]),
    sympy.Abs: lambda u: _of(sympy.sign, u),
    sympy.sign: lambda u: ZERO,
    sympy.floor: lambda u: ZERO,
    sympy.ceiling: lambda u: ZERO,
    sympy.Heaviside: lambda u: ZERO,
}
"""dy/du of the common functions y(u), as NumPy's real functions have it; of any other SymPy is asked."""


def derivative(expr: Any, x: Any) -> Any:
    """The derivative of an expression by a symbol, as the rules of the textbook give it.

    An expression that holds a part twice holds its derivative twice too: the result can be exponentially larger.

    Args: expr: an expression; an array of them entry by entry.
    Returns: an expression that is not simplified: operations of SymPy on it will do that.
    Raises: MissingRuleError: TC411, there is no rule for a function.
    """
    if isinstance(expr, np.ndarray):
        found = np.empty(expr.shape, object)
        for index in np.ndindex(expr.shape):
            found[index] = derivative(expr[index], x)
        return found
    x = sympy.sympify(x)
    with deep():
        return remembering(lambda part, of: _derived(part, x, of))(tidy(sympy.sympify(expr)))


def _derived(expr: Expr, x: Expr, of: Callable[[Expr], Expr]) -> Expr:
    if expr == x:
        return ONE
    match expr:
        case sympy.Add():
            return add(map(of, expr.args))
        case sympy.Mul():
            return _of_product(expr.args, of)
        case sympy.Pow():
            return _of_power(expr.base, expr.exp, of)
        case sympy.exp():
            return multiply([expr, of(expr.exp)])
        case sympy.Max() | sympy.Min():
            return _of_extreme(expr, of)
        case sympy.Piecewise():
            pieces = [(of(value), condition) for value, condition in expr.args]
            return (
                sympy.Piecewise(*pieces, evaluate=False)
                if any(value != ZERO for value, _ in pieces)
                else ZERO
            )
    return add(
        multiply([_outer(expr, position), du])
        for position, du in enumerate(map(of, expr.args), 1)
        if du != ZERO
    )


def _of_product(factors: tuple[Expr, ...], of: Callable[[Expr], Expr]) -> Expr:
    """For each factor the product with its derivative in its place."""
    return add(
        multiply([*factors[:k], of(factor), *factors[k + 1 :]])
        for k, factor in enumerate(factors)
        if of(factor) != ZERO
    )


def _of_power(u: Expr, v: Expr, of: Callable[[Expr], Expr]) -> Expr:
    """n u^(n-1) du for a constant exponent, a^v ln(a) dv for a constant base, else both."""
    du, dv = of(u), of(v)
    terms = []
    if du != ZERO:
        terms.append(multiply([v, power(u, add([v, -ONE])), du]))
    if dv != ZERO:
        terms.append(multiply([power(u, v), sympy.log(u, evaluate=False), dv]))
    return add(terms)


def _of_extreme(expr: Expr, of: Callable[[Expr], Expr]) -> Expr:
    """Of the largest (smallest) argument; a tie of two is shared, as Heaviside(0) = 1/2 says."""
    first, *others = expr.args
    if not others:
        return of(first)
    rest = others[0] if len(others) == 1 else expr.func(*others, evaluate=False)
    sign = ONE if isinstance(expr, sympy.Max) else -ONE
    gap = multiply([sign, add([first, multiply([-ONE, rest])])])
    back = multiply([-ONE, sign, add([first, multiply([-ONE, rest])])])
    return add(
        multiply([sympy.Heaviside(difference, evaluate=False), of(part)])
        for difference, part in ((gap, first), (back, rest))
    )


def _outer(expr: Expr, position: int) -> Expr:
    """dy/du_k of a function y(u_1, …)."""
    rule = COMMON.get(expr.func)
    if rule is not None:
        return rule(expr.args[0]) if position == 1 else ZERO
    found = tidy(expr.fdiff(position)) if hasattr(expr, "fdiff") else None
    is_open = found is None or (found.has(sympy.Derivative) and not isinstance(expr, AppliedUndef))
    if is_open:
        raise MissingRuleError("TC411", f"there is no rule for the derivative of {expr.func.__name__}")
    return found


def _of(function: Any, u: Expr) -> Expr:
    return function(u, evaluate=False)
