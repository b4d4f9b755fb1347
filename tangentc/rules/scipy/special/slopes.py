"""A short form for rules of functions of which one operand varies: the factor of its tangent."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tangentc.kinds.types import dtype_of
from tangentc.primitives.core import Primitive, named
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import constant, undefined
from tangentc.rules.registry import Rule, add

__all__ = ["function", "is_real", "known", "lowered", "require_real", "slope"]


def known(*names: str) -> tuple[Primitive, ...]:
    """Those of the functions of `scipy.special` that the installed version has."""
    found = []
    for name in names:
        try:
            found.append(named(f"scipy.special.{name}"))
        except KeyError:
            continue
    return tuple(found)


def slope(*names: str | Primitive, by: str = "", steep: bool = False) -> Callable[..., Any]:
    """Register `factor(y, *operands, **attributes)` as derivative of functions with respect to one operand.

    Args:
        names: of functions of `scipy.special`, or primitives.
        by: the operand; the last one by default.
        steep: the factor may be infinite, so that a zero that was selected must stay zero.
    """
    primitives = tuple(p for each in names for p in (known(each) if isinstance(each, str) else (each,)))

    def decorate(factor: Callable[..., Any]) -> Callable[..., Any]:
        parameters = list(inspect.signature(factor).parameters.values())[1:]
        operands = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
        attributes = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
        tangent = f"d{by or operands[-1]}"

        def rule(y: Expr, *given: Expr, **options: Any) -> Any:
            dx = options.pop(tangent)
            if not dx:
                return ZERO
            c = factor(y, *given, **options)
            return linear.amplify(c, dx) if steep else c * dx

        add(primitives, Rule(rule, operands, False, attributes, (tangent,)))
        return factor

    return decorate


def function(name: str) -> Callable[..., Any]:
    """A function of `scipy.special`, on what rules see."""

    def of(*operands: Any, **attributes: Any) -> Any:
        return call(f"scipy.special.{name}", *operands, **attributes)

    return of


def is_real(x: Expr) -> bool:
    """Whether a value is known to be real."""
    dtype = dtype_of(x.kind)
    return dtype is not None and dtype.kind != "c"


def require_real(x: Expr, name: str) -> None:
    """Refuse complex numbers to a function that is not holomorphic.

    Raises: MissingRuleError: x is complex, or may be.
    """
    if not is_real(x):
        raise undefined(
            f"scipy.special.{name} is not holomorphic: of a complex number it has no derivative", x
        )


def lowered(n: Expr) -> Any:
    """n - 1, but 0 for 0: the degree below, where the factor n makes that of degree 0 vanish."""
    value = constant(n)
    return call("np.maximum", n - 1, 0) if value is None else max(value - 1, 0)
