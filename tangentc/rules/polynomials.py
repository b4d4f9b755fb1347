"""Derivatives of polynomials: of their coefficients, roots and fits, and of series in a basis."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Slice
from tangentc.kinds.types import Array, dtype_of
from tangentc.primitives.core import named
from tangentc.primitives.polynomials import BASES
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.ops import Tangent, given, is_complex, rank, undefined
from tangentc.rules.registry import linearise

# --- zeros ------------------------------------------------------------------------------------------


@linearise(np.poly)
def poly(y: Expr, seq_of_zeros: Expr, *, dseq_of_zeros: Tangent) -> Tangent:
    """Without its factor x - z_k a product moves by -dz_k."""
    if isinstance(seq_of_zeros.kind, Array) and seq_of_zeros.kind.dims == (0,):
        return ZERO
    if rank(seq_of_zeros) != 1:
        raise undefined("np.poly of a matrix has no derivative", seq_of_zeros)
    if is_complex(seq_of_zeros):
        raise undefined(
            "np.poly of complex zeros has no derivative: whether the result is real depends on them",
            seq_of_zeros,
        )
    others = call("np.pad", call("without_each", seq_of_zeros), ((0, 0), (1, 0)))
    return dseq_of_zeros @ -others


@linearise(named("without_each"))
def without_each(y: Expr, zeros: Expr, *, dzeros: Tangent) -> Tangent:
    """(x - z_k) y_k is the product p of all factors, so (x - z_k) dy_k = dp + dz_k y_k: a division from the top."""
    factor, column = zeros.getitem((Slice(), None)), linear.getitem(dzeros, index=(Slice(), None))
    product = linear.getitem(
        -(dzeros @ y), index=(None, Slice())
    )  # dp, which begins one power lower than y_k
    below = call("np.broadcast_to", factor, y.shape)
    divided = linear.recurrence(below, product + column * y, axis=1)
    return linear.pad(
        ops.literal(y, ((0, 0), (1, 0))), linear.getitem(divided, index=(Slice(), Slice(None, -1)))
    )


@linearise(np.roots)
def roots(z: Expr, p: Expr, *, dp: Tangent) -> Tangent:
    """p'(z) dz = -(sum of z^(n-1-k) dp_k), for zeros that are simple."""
    dtype = dtype_of(p.kind)
    if dtype is None or dtype.kind != "c":
        raise undefined(
            "np.roots has a derivative for complex coefficients: whether the roots of real ones are real depends on "
            "the coefficients; p + 0j has the same roots",
            p,
        )
    power = call("np.flip", ops.arange(p, ops.dim(p, 0)))
    slope = call("np.polyval", call("np.polyder", p), z)
    return -((z.getitem((Slice(), None)) ** power) @ dp / slope)


# --- arithmetic -------------------------------------------------------------------------------------


@defined(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    left, right = _of_one_length(a1, a2)
    return left + right


@defined(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    left, right = _of_one_length(a1, a2)
    return left - right


def _of_one_length(a1: Any, a2: Any) -> tuple[Any, Any]:
    """With zeros as the higher coefficients of the shorter one."""
    a1, a2 = (np.reshape(a, (1,)) if rank(a) == 0 else a for a in (a1, a2))
    n, m = ops.dim(a1, 0), ops.dim(a2, 0)
    if not (isinstance(n, int) and isinstance(m, int)):
        return _filled_up(a1, np.maximum(m - n, 0)), _filled_up(a2, np.maximum(n - m, 0))
    return _filled_up(a1, max(m - n, 0)), _filled_up(a2, max(n - m, 0))


def _filled_up(a: Any, missing: Any) -> Any:
    return a if isinstance(missing, int) and missing == 0 else np.pad(a, (missing, 0))


@linearise(np.polymul)
def polymul(y: Expr, a1: Expr, a2: Expr, *, da1: Tangent, da2: Tangent) -> Tangent:
    """A convolution, of which what the cut off zeros would have added above the result is left out."""
    if rank(a1) != 1 or rank(a2) != 1:
        raise undefined("np.polymul has a derivative for arrays with one axis", y)
    a1, da1 = _with_zero(a1, da1)
    a2, da2 = _with_zero(a2, da2)
    whole = linear.convolve(a2, da1, mode="full", first=True)
    whole = whole + linear.convolve(a1, da2, mode="full", first=False)
    cut = ops.dim(a1, 0) + ops.dim(a2, 0) - 1 - ops.dim(y, 0)
    return linear.reshape(y.shape, linear.getitem(cut, whole, index=(Slice(Hole(0), None),)))


def _with_zero(a: Expr, da: Tangent) -> tuple[Expr, Tangent]:
    """With a zero as the highest coefficient, since an array without coefficients counts as the polynomial 0."""
    width = ops.literal(a, (1, 0))
    return call("np.pad", a, width), linear.pad(width, da)


@defined(np.polyint)
def polyint(p: Any, k: Any = None, *, m: int) -> Any:
    n = ops.dim(p, 0)
    if given(k):  # one for all orders, or one for each
        k = np.broadcast_to(k[:m] if rank(k) else k, (m,))
    for order in range(m):
        p = p / (np.flip(ops.arange(p, n + order)) + 1)
        if given(k):
            p = np.concatenate((p, k[order : order + 1]))
        else:
            p = np.pad(p, (0, 1))
    return p


@defined(np.polyfit)
def polyfit(x: Any, y: Any, w: Any = None, *, deg: int, rcond: float | None) -> Any:
    powers, values = np.vander(x, deg + 1), y
    if given(w):
        powers = powers * w[:, None]
        values = y * (w[:, None] if rank(y) == 2 else w)
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    found = np.linalg.lstsq(powers / scale, values, rcond=rcond)[0]
    return found / (scale[:, None] if rank(y) == 2 else scale)


# --- series in a basis ------------------------------------------------------------------------------


def _series(prefix: str) -> None:
    """The rules of one basis: series, and the coefficients of their derivatives and integrals, are linear in theirs."""
    val, vander, der, integral = (f"{prefix}{name}" for name in ("val", "vander", "der", "int"))

    @linearise(named(val))
    def _val(y: Expr, x: Expr, c: Expr, *, tensor: bool, dx: Tangent, dc: Tangent) -> Tangent:
        if rank(c) == 0:
            raise undefined(f"{val} has a derivative where the coefficients are an array with an axis", y)
        if not tensor and rank(c) != 1:
            raise undefined(f"{val} of several series has a derivative with tensor=True", y)
        total = dx and call(val, x, call(der, c)) * dx
        if dc:
            basis = call(vander, x, ops.dim(c, 0) - 1)
            if rank(x) == 0:
                basis = basis.getitem((0,))
            moved = basis @ dc if rank(c) == 1 else linear.tensordot_right(basis, dc, axes=((0,), (rank(x),)))
            total = moved + total
        return total

    @linearise(named(vander))
    def _vander(y: Expr, x: Expr, deg: Expr, *, dx: Tangent) -> Tangent:
        """The slopes of the basis, as series."""
        slopes = call(der, _identity(y, ops.dim(y, -1)))
        lower = y[..., : ops.dim(slopes, 0)]
        along = linear.expand_dims(dx, axis=-1)
        return (lower @ slopes) * along

    def applied(name: str, c: Expr, dc: Tangent, axis: int, **attrs: Any) -> Tangent:
        if rank(c) == 0:
            raise undefined(f"{name} has a derivative where the coefficients are an array with an axis", c)
        change = call(name, _identity(c, ops.dim(c, axis)), **attrs)
        if rank(c) == 1 or (rank(c) == 2 and axis in (0, -2)):
            return change @ dc
        moved = linear.moveaxis(dc, source=axis, destination=-2 if rank(c) > 1 else 0)
        return linear.moveaxis(change @ moved, source=-2, destination=axis)

    @linearise(named(der))
    def _der(y: Expr, c: Expr, *, m: int, scl: Any, axis: int, dc: Tangent) -> Tangent:
        return applied(der, c, dc, axis, m=m, scl=scl)

    @linearise(named(integral))
    def _int(
        y: Expr, c: Expr, k: Expr | None = None, *, m: int, lbnd: Any, scl: Any, axis: int, dc: Tangent
    ) -> Tangent:
        """The constants of integration do not depend on c."""
        return applied(integral, c, dc, axis, m=m, lbnd=lbnd, scl=scl)


def _identity(near: Expr, size: Any) -> Expr:
    return call("np.eye", size if isinstance(size, Expr) else ops.literal(near, size))


for _module, _prefix in BASES.items():
    _series(f"np.polynomial.{_module}.{_prefix}")
