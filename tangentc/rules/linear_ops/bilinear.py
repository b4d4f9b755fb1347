"""Functions that are linear in each of two arrays, with the functions that give the cotangents of these.

f(a, b), first_bar(w, b, shape of a) and second_bar(a, w, shape of b) come from one trilinear form, the sum of
w f(a, b); so the derivative and the transpose of each of the three is one of the three.
"""

from __future__ import annotations

from typing import Any

from tangentc.primitives.core import named
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose
from tangentc.rules.registry import Rule, add

__all__ = ["first", "second"]

Attrs = tuple[tuple[str, Any], ...]
Names = tuple[str, str, str]


@linear_op
def first(b: Expr, t: Expr, *, of: Names, attrs: Attrs = ()) -> Expr:
    """f(t, b)"""
    return call(of[0], t, b, **dict(attrs))


@transpose(first)
def first_t(w: Expr, b: Expr, like: Expr, *, of: Names, attrs: Attrs = ()) -> Any:
    return call(of[1], w, b, like.shape, **dict(attrs))


@linear_op
def second(a: Expr, t: Expr, *, of: Names, attrs: Attrs = ()) -> Expr:
    """f(a, t)"""
    return call(of[0], a, t, **dict(attrs))


@transpose(second)
def second_t(w: Expr, a: Expr, like: Expr, *, of: Names, attrs: Attrs = ()) -> Any:
    return call(of[2], a, w, like.shape, **dict(attrs))


@linear_op
def first_bar_w(b: Expr, shape: Expr, t: Expr, *, of: Names, attrs: Attrs = ()) -> Expr:
    return call(of[1], t, b, shape, **dict(attrs))


@transpose(first_bar_w)
def first_bar_w_t(u: Expr, b: Expr, shape: Expr, *, of: Names, attrs: Attrs = ()) -> Any:
    return call(of[0], u, b, **dict(attrs))


@linear_op
def first_bar_b(w: Expr, shape: Expr, t: Expr, *, of: Names, attrs: Attrs = ()) -> Expr:
    return call(of[1], w, t, shape, **dict(attrs))


@transpose(first_bar_b)
def first_bar_b_t(u: Expr, w: Expr, shape: Expr, like: Expr, *, of: Names, attrs: Attrs = ()) -> Any:
    return call(of[2], u, w, like.shape, **dict(attrs))


@linear_op
def second_bar_a(w: Expr, shape: Expr, t: Expr, *, of: Names, attrs: Attrs = ()) -> Expr:
    return call(of[2], t, w, shape, **dict(attrs))


@transpose(second_bar_a)
def second_bar_a_t(u: Expr, w: Expr, shape: Expr, like: Expr, *, of: Names, attrs: Attrs = ()) -> Any:
    return call(of[1], w, u, like.shape, **dict(attrs))


@linear_op
def second_bar_w(a: Expr, shape: Expr, t: Expr, *, of: Names, attrs: Attrs = ()) -> Expr:
    return call(of[2], a, t, shape, **dict(attrs))


@transpose(second_bar_w)
def second_bar_w_t(u: Expr, a: Expr, shape: Expr, *, of: Names, attrs: Attrs = ()) -> Any:
    return call(of[0], a, u, **dict(attrs))


def bars_have_rules(of: Names) -> None:
    """Register the differentials of the two functions that give cotangents."""

    def first_bar(y: Expr, w: Expr, b: Expr, shape: Expr, *, dw: Any, db: Any, **attrs: Any) -> Any:
        options = {"of": of, "attrs": tuple(attrs.items())}
        return first_bar_w(b, shape, dw, **options) + first_bar_b(w, shape, db, **options)

    def second_bar(y: Expr, a: Expr, w: Expr, shape: Expr, *, da: Any, dw: Any, **attrs: Any) -> Any:
        options = {"of": of, "attrs": tuple(attrs.items())}
        return second_bar_a(w, shape, da, **options) + second_bar_w(a, shape, dw, **options)

    names = tuple(named(of[1]).attributes)
    add((named(of[1]),), Rule(first_bar, ("w", "b", "shape"), False, names, ("dw", "db")))
    add((named(of[2]),), Rule(second_bar, ("a", "w", "shape"), False, names, ("da", "dw")))
