"""Derivatives of the quadrature formulas of `scipy.integrate` for sampled values."""

from __future__ import annotations

from typing import Any

import numpy as np

import tangentc.primitives.scipy.integrate
import tangentc.rules.scipy.odes
import tangentc.rules.scipy.quadrature  # noqa: F401
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
    found = np.cumsum(calculus.areas(y, x, dx, axis), axis=axis)
    if initial is None:
        return found
    return np.concatenate((y[ops.at(axis, slice(1))] * 0.0 + initial, found), axis=axis)


@defined(named("scipy.integrate.simpson"))
def simpson(y: Any, x: Any = None, dx: Any = None, *, axis: int) -> Any:
    """The sum of the values with weights that the points determine."""
    if isinstance(x, Dual) or (given(x) and rank(x) != 1):
        near = x.primal if isinstance(x, Dual) else x
        raise ops.undefined(
            "scipy.integrate.simpson has a derivative rule for points `x` that are one constant vector", near
        )
    if given(x):
        return np.sum(ops.lying_along(_weights("simpson_weights", y, x), y, axis) * y, axis=axis)
    places = _places(y, axis)
    found = np.sum(ops.lying_along(_weights("simpson_weights", y, places), y, axis) * y, axis=axis)
    return dx * found if given(dx) else found


@defined(named("scipy.integrate.romb"))
def romb(y: Any, dx: Any = None, *, axis: int) -> Any:
    weights = _weights("romberg_weights", y, ops.dim(_plain(y), axis))
    found = np.sum(ops.lying_along(weights, y, axis) * y, axis=axis)
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


@linearise(named("simpson_weights"))
def simpson_weights(y: Expr, x: Expr) -> Any:
    """Not known in the points: who needs it is told so."""
    raise ops.undefined("the weights of Simpson's rule have no derivative rule in the points", x)


nondifferentiable(named("romberg_weights"))
