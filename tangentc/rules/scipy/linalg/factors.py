"""Triangular and orthogonal factors.

Sources: I. Murray, "Differentiation of the Cholesky decomposition", 2016; F. de Hoog, R. Anderssen and M. Lukas,
"Differentiation of matrix functionals using triangular factorization", 2011 (LU).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.ir.nodes import Hole, Slice
from tangentc.kinds.types import Array, dtype_of
from tangentc.primitives.core import named
from tangentc.rules import decompositions, ops
from tangentc.rules import linear_ops as linear
from tangentc.rules.decompositions import (
    adjoint,
    adjoint_tangent,
    is_square,
    is_tall,
    is_wide,
    skew_part,
    turned,
)
from tangentc.rules.defined import defined, traced
from tangentc.rules.expr import Expr, call
from tangentc.rules.linalg import cholesky as numpy_cholesky
from tangentc.rules.linear import ZERO
from tangentc.rules.linear_ops import systems
from tangentc.rules.ops import Tangent, is_complex, transposed, undefined
from tangentc.rules.registry import linearise as plainly
from tangentc.rules.scipy.linalg.checked import linearise

_HIGH, _LOW = (0, -1), (-1, 0)  # see `systems.py`


@linearise(linalg.cholesky)
def cholesky(c: Expr, a: Expr, *, lower: bool, da: Tangent) -> Tangent:
    """As NumPy's, which leaves the upper factor where SciPy does by default."""
    return numpy_cholesky(c, a, upper=not lower, da=da)


@linearise(linalg.cholesky_banded)
def cholesky_banded(c: Expr, ab: Expr, *, lower: bool, dab: Tangent) -> Tangent:
    """As of a whole matrix, by diagonals: those of the upper factor are the lower ones of its transpose."""
    if is_complex(ab):
        raise undefined("scipy.linalg.cholesky_banded of a complex band has no derivative", ab)
    if lower:
        return systems.cholesky_band(c, dab, bar=False)
    c = call("transposed_band", c, l_and_u=_HIGH, corners=True)
    dab = systems.transposed_band(dab, l_and_u=_HIGH, corners=True)
    return systems.transposed_band(systems.cholesky_band(c, dab, bar=False), l_and_u=_LOW, corners=True)


@plainly(named("cholesky_band_slope"))
def cholesky_band_slope(y: Expr, c: Expr, e: Expr, *, bar: bool, dc: Tangent, de: Tangent) -> Tangent:
    """Twice differentiated, l l^T = a gives the slope along x of that along e, y: that along -(dl y^T + y dl^T).

    The transpose follows: that of the product with y, and then of the slope.
    """
    if dc:
        de = de - (systems.band_product_bar(y, dc) if bar else systems.band_product(y, dc))
    return systems.cholesky_band(c, de, bar=bar)


@plainly(named("product_band"))
def product_band(z: Expr, x: Expr, y: Expr, *, dx: Tangent, dy: Tangent) -> Tangent:
    return systems.band_product(y, dx) + systems.band_product(x, dy)


@plainly(named("product_band_bar"))
def product_band_bar(z: Expr, w: Expr, y: Expr, *, dw: Tangent, dy: Tangent) -> Tangent:
    return systems.band_bar(y, dw) + systems.band_product_bar(w, dy)


@linearise(linalg.cho_factor)
def cho_factor(y: tuple[Expr, Expr], a: Expr, *, lower: bool, da: Tangent) -> tuple[Tangent, Tangent]:
    """The other triangle of the result is that of a."""
    other = "np.triu" if lower else "np.tril"
    factor = numpy_cholesky(y[0], a, upper=not lower, da=da)
    return factor + linear.triangle(da, of=other, k=1 if lower else -1), ZERO


@linearise(linalg.lu_factor)
def lu_factor(y: tuple[Expr, Expr], a: Expr, *, da: Tangent) -> tuple[Tangent, Tangent]:
    _require_square("lu_factor", a)
    return systems.lu_slope(y[0], systems.reordered(call("pivoted_rows", y[1]), da), bar=False), ZERO


@linearise(linalg.lu)
def lu(y: tuple[Expr, Expr, Expr], a: Expr, *, da: Tangent) -> tuple[Tangent, Tangent, Tangent]:
    """a = p l u with a constant permutation p."""
    _require_square("lu", a)
    p, lower, upper = y
    moved = systems.reordered(call("np.argmax", p, axis=0), da)
    slopes = systems.lu_slope(call("np.tril", lower, k=-1) + upper, moved, bar=False)
    return ZERO, linear.triangle(slopes, of="np.tril", k=-1), linear.triangle(slopes, of="np.triu")


@plainly(named("lu_slope"))
def lu_slope(y: Expr, lu: Expr, e: Expr, *, bar: bool, dlu: Tangent, de: Tangent) -> Tangent:
    """Twice differentiated, l u = a gives the slope along x of that along e, y: that along -(dl y_u + y_l du).

    The transpose follows: with its result y, that along -(y du^T below the diagonal, dl^T y above).
    """
    if dlu:
        dlower, dupper = linear.triangle(dlu, of="np.tril", k=-1), linear.triangle(dlu, of="np.triu")
        if bar:
            below = linear.triangle(y @ turned(dupper, lu), of="np.tril", k=-1)
            de = de - below - linear.triangle(turned(dlower, lu) @ y, of="np.triu")
        else:
            de = de - dlower @ call("np.triu", y) - call("np.tril", y, k=-1) @ dupper
    return systems.lu_slope(lu, de, bar=bar)


def _require_square(name: str, a: Expr) -> None:
    """A matrix with other sizes is an error at run time, where it is not known to be square here."""
    if isinstance(a.kind, Array) and a.kind.dims is not None and not is_square(a):
        raise undefined(f"scipy.linalg.{name} of a matrix that is not square has no derivative rule", a)


@linearise(linalg.qr)
def qr(y: tuple[Expr, Expr], a: Expr, *, mode: str, da: Tangent) -> tuple[Tangent, Tangent]:
    if mode not in ("economic", "full") or (mode == "full" and not is_wide(a)):
        raise undefined('scipy.linalg.qr has a derivative with mode="economic"', a)
    return decompositions.qr(y, a, mode="reduced", da=da)  # type: ignore[no-any-return]


@linearise(linalg.rq)
def rq(y: tuple[Expr, Expr], a: Expr, *, mode: str, da: Tangent) -> tuple[Tangent, Tangent]:
    """With c = r^-1 da q^H and k its skew part below the diagonal: dq = r^-1 da - (c - k) q, dr = da q^H - r k.

    Of a matrix with more rows than columns the last square part gives q.
    """
    if mode not in ("economic", "full") or (mode == "full" and not is_tall(a)):
        raise undefined('scipy.linalg.rq has a derivative with mode="economic"', a)
    r, q = y
    last, dlast = r, da
    if not is_wide(a):
        start, index = ops.dim(r, 0) - ops.dim(r, 1), (Slice(Hole(0), None),)
        start = start if isinstance(start, Expr) else ops.literal(r, start)
        dims = q.kind.dims if isinstance(q.kind, Array) else None
        kind = None if dims is None else Array(dtype_of(r.kind), (dims[0], dims[0]))
        last = call("getitem", r, start, index=index, kind=kind)
        dlast = linear.shaped(linear.getitem(start, da, index=index), q)
    solved = linear.shaped(linear.solve(last, dlast), q)
    c = linear.shaped(solved @ adjoint(q), last)
    skew = skew_part(c, a, below=True)
    if is_wide(a):
        return linear.shaped(r @ (c - skew), r), solved - (c - skew) @ q
    return linear.shaped(da @ adjoint(q), r) - linear.shaped(r @ skew, r), solved - (c - skew) @ q


@defined(linalg.qr_multiply)
def qr_multiply(a: Any, c: Any, *, mode: str, conjugate: bool) -> Any:
    q, r = traced(linalg.qr)(a, mode="economic")
    q = np.conjugate(q) if conjugate else q
    return (q @ c if mode == "left" else c @ q), r


@plainly(linalg.polar)
def polar(y: tuple[Expr, Expr], a: Expr, *, side: str, da: Tangent) -> tuple[Tangent, Tangent]:
    """a = u p: with k = u^H da and p s + s p = k - k^H, du = u s and dp = k - s p (Higham 2008, section 8.2).

    With side="left" a = p u, where k = da u^H and du = s u.
    """
    if not is_square(a):
        raise undefined("scipy.linalg.polar of a matrix that is not square has no derivative rule", a)
    u, p = y
    if side == "left":
        k = da @ adjoint(u)
        skew = systems.sylvester(p, p, k - adjoint_tangent(k, a))
        return skew @ u, k - p @ skew
    k = adjoint(u) @ da
    skew = systems.sylvester(p, p, k - adjoint_tangent(k, a))
    return u @ skew, k - skew @ p


@linearise(linalg.orthogonal_procrustes)
def orthogonal_procrustes(
    y: tuple[Expr, Expr], A: Expr, B: Expr, *, dA: Tangent, dB: Tangent
) -> tuple[Tangent, Tangent]:  # fmt: skip
    """The orthogonal factor of A^T B, and the trace of the other factor, see `polar`."""
    if is_complex(A) or is_complex(B):
        raise undefined("scipy.linalg.orthogonal_procrustes of complex matrices has no derivative rule", A)
    r = y[0]
    dm = turned(dA, A) @ B + transposed(A) @ dB
    k = transposed(r) @ dm
    p = transposed(r) @ (transposed(A) @ B)
    return r @ systems.sylvester(p, p, k - turned(k, A)), linear.trace(k)
