"""Real and imaginary parts."""

from __future__ import annotations

from typing import Any

from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose


@linear_op(elementwise=True)
def real(t: Expr) -> Expr:
    return call("np.real", t)


@transpose(real)
def real_t(w: Expr) -> Any:
    """The cotangent of a complex number may be real: <w, Re t> = Re(w t)."""
    return ops.real(w)


@linear_op(elementwise=True)
def imag(t: Expr) -> Expr:
    return call("np.imag", t)


@transpose(imag)
def imag_t(w: Expr) -> Any:
    """<w, Im t> = Re((-i w) t)."""
    return -1j * ops.real(w)


@linear_op(elementwise=True)
def conj(t: Expr) -> Expr:
    return call("np.conjugate", t)


@transpose(conj)
def conj_t(w: Expr) -> Any:
    return call("np.conjugate", w)


@linear_op(elementwise=True)
def complexified(t: Expr) -> Expr:
    return call("complex", t)


@transpose(complexified)
def complexified_t(w: Expr) -> Any:
    return w
