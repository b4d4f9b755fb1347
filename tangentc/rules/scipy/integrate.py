"""Derivatives of the quadrature formulas of `scipy.integrate` for sampled values."""

from __future__ import annotations

from typing import Any

import numpy as np

import tangentc.primitives.scipy.integrate  # noqa: F401
from tangentc.primitives.core import named
from tangentc.rules import calculus, ops
from tangentc.rules.defined import Dual, defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import given, rank
from tangentc.rules.registry import linearise, nondifferentiable


@defined(named("scipy.integrate.trapezoid"))
def trapezoid(y: Any, x: Any = None, dx: Any = None, *, axis: int) -> Any:
    return calculus.trapezoid(y, x, dx, axis=axis)


@defined(named("scipy.integrate.cumulative_trapezoid"))
def cumulative_trapezoid(y: Any, x: Any = None, dx: Any = None, *, axis: int, initial: Any) -> Any:
    if given(x):
        width = np.diff(x, axis=axis if rank(x) == rank(y) else -1)
        width = width if rank(x) == rank(y) else _along(width, y, axis)
    else:
        width = dx if given(dx) else 1.0
    heights = 0.5 * (y[_cut(axis, 1, None)] + y[_cut(axis, None, -1)])
    found = np.cumsum(width * heights, axis=axis)
    if initial is None:
        return found
    return np.concatenate((y[_cut(axis, None, 1)] * 0.0 + initial, found), axis=axis)


@defined(named("scipy.integrate.simpson"))
def simpson(y: Any, x: Any = None, dx: Any = None, *, axis: int) -> Any:
    """The sum of the values with weights that the points determine."""
    if isinstance(x, Dual) or (given(x) and rank(x) != 1):
        near = x.primal if isinstance(x, Dual) else x
        raise ops.undefined(
            "scipy.integrate.simpson has a derivative rule for points `x` that are one constant vector", near
        )
    if given(x):
        return np.sum(_along(_weights("simpson_weights", y, x), y, axis) * y, axis=axis)
    places = _places(y, axis)
    found = np.sum(_along(_weights("simpson_weights", y, places), y, axis) * y, axis=axis)
    return dx * found if given(dx) else found


@defined(named("scipy.integrate.romb"))
def romb(y: Any, dx: Any = None, *, axis: int) -> Any:
    weights = _weights("romberg_weights", y, ops.dim(_plain(y), axis))
    found = np.sum(_along(weights, y, axis) * y, axis=axis)
    return dx * found if given(dx) else found


def _plain(x: Any) -> Any:
    return x.primal if isinstance(x, Dual) else x


def _places(y: Any, axis: int) -> Any:
    n = ops.dim(_plain(y), axis)
    return call("np.arange", n * 1.0) if isinstance(n, Expr) else np.arange(n * 1.0)


def _weights(name: str, y: Any, operand: Any) -> Any:
    """Of what is known when the rule runs, and of arrays, the weights themselves."""
    if isinstance(operand, Expr):
        return call(name, operand)
    return named(name).function(operand)


def _along(x: Any, y: Any, axis: int) -> Any:
    """A vector along an axis of y."""
    return np.reshape(x, (-1, *(1,) * (rank(y) - 1 - axis % rank(y))))


def _cut(axis: int, start: int | None, stop: int | None) -> tuple[Any, ...]:
    cut, whole = slice(start, stop), slice(None)
    return (*(whole,) * axis, cut) if axis >= 0 else (Ellipsis, cut, *(whole,) * (-axis - 1))


@linearise(named("simpson_weights"))
def simpson_weights(y: Expr, x: Expr) -> Any:
    """Not known in the points: who needs it is told so."""
    raise ops.undefined("the weights of Simpson's rule have no derivative rule in the points", x)


nondifferentiable(named("romberg_weights"))
