"""Derivatives of integrals of functions of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tangentc.primitives.scipy.functions  # noqa: F401
from tangentc.ir.subprograms import Subprogram
from tangentc.kinds.types import Const, is_number
from tangentc.primitives.core import named
from tangentc.rules import ops
from tangentc.rules.expr import Expr, several
from tangentc.rules.functions import Tangents, varying
from tangentc.rules.linear import ZERO, Linear, Zero, linear_op, transpose
from tangentc.rules.linear_ops.functions import called
from tangentc.rules.registry import linearise

Tangent = Linear | Zero


@linearise(named("scipy.integrate.quad"), named("scipy.integrate.quad_vec"))
def quad(
    y: tuple[Expr, Expr], a: Expr, b: Expr, *values: Expr, program: Subprogram, epsabs: Any, epsrel: Any, limit: Any,
    points: Any, da: Tangent, db: Tangent, dvalues: Tangents,
) -> tuple[Any, Any]:  # fmt: skip
    """Leibniz: the integrand at the ends times the speed of the ends, and the integral of its derivative.

    The estimate of the error counts as constant.
    """
    change: Any = ZERO
    if isinstance(db, Linear):
        change = change + called(program, (b, *values))[0] * db
    if isinstance(da, Linear):
        change = change - called(program, (a, *values))[0] * da
    wrt, moving = varying(dvalues, first=1)
    if moving:
        options = (("epsabs", epsabs), ("epsrel", epsrel), ("limit", limit), ("points", points))
        inside = integral(a, b, *values, *moving, program=program, wrt=wrt, options=options)
        inside.kind, inside.prototype = y[0].kind, lambda: y[0]
        change = change + inside
    return change, ZERO


def _integral(a: Expr, b: Expr, values: Sequence[Expr], program: Subprogram, options: Any) -> Expr:
    """The integral of what the program returns: a number or an array."""
    word = "scipy.integrate.quad" if is_number(program.kind) else "scipy.integrate.quad_vec"
    return several(word, a, b, *values, program=program, **dict(options))[0]


@linear_op
def integral(
    a: Expr, b: Expr, *values: Expr, program: Subprogram, wrt: tuple[int, ...], options: Any
) -> Expr:
    """The integral of the tangent of the program."""
    return _integral(a, b, values, program.tangent(wrt), options)


@transpose(integral)
def integral_t(
    w: Expr, a: Expr, b: Expr, *values: Expr, program: Subprogram, wrt: tuple[int, ...], options: Any
) -> Any:
    """The integrals of the cotangents of what the program reads, one by one."""
    one = ops.literal(w, 1.0)
    is_one = isinstance(w.kind, Const) and w.kind.value == 1.0
    bars = []
    for position in wrt:
        reverse = program.adjoint((position,))
        if is_number(program.kind):
            found = _integral(a, b, (*values, one), reverse, options)
            bars.append(found if is_one else w * found)
        else:
            bars.append(_integral(a, b, (*values, w), reverse, options))
    return tuple(bars) if len(bars) > 1 else bars[0]
