"""Derivatives of spectral decompositions, of QR, and of what is made of them.

Where eigenvalues or singular values are equal, single vectors have no derivative, and the derivative through them is
NaN: not even that of a smooth function of the matrix can be had from what single vectors do.  With a = v diag(w) v^T,
tr(b v diag(w) v^T) is tr(b a), whose gradient is b; what comes back for v says b_ij (w_j - w_i) of each pair, nothing
where w_i = w_j, and 0 in place of NaN would lose the entries of b between such vectors without a word.  (Nor is it
enough that nothing comes back for both vectors of a pair: so it is here where w_i = w_j = 0.)  The values by
themselves, and norms made of them, stay finite there.  Vectors are defined up to a phase, whose change counts as 0
for Hermitian matrices.

Sources: M. B. Giles, "Collected matrix derivative results", 2008; J. Townsend, "Differentiating the singular value
decomposition", 2016; S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions", 2010
(QR); G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems", 1973.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Slice
from tangentc.kinds.types import Array, dtype_of
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call, several
from tangentc.rules.linalg import diagonal_part, hermitian_part
from tangentc.rules.linear import ZERO, linear_op, transpose
from tangentc.rules.ops import Tangent, conj, is_complex, rank, ratio, transposed, undefined
from tangentc.rules.registry import linearise, nondifferentiable

Rows = (Ellipsis, None, slice(None))  # x[..., None, :]
Columns = (Ellipsis, slice(None), None)


def adjoint(x: Expr) -> Any:
    return conj(transposed(x))


def adjoint_tangent(t: Tangent, x: Expr) -> Tangent:
    """The conjugate transpose of a tangent, complex where x is."""
    flipped = t and turned(t, x)
    return linear.conj(flipped) if flipped and is_complex(x) else flipped


def turned(t: Tangent, x: Expr) -> Tangent:
    """The transpose of a tangent that has as many axes as x."""
    return linear.exchange(t, to="T" if rank(x) == 2 else "mT")


def real_diagonal(t: Tangent, x: Expr) -> Tangent:
    entries = linear.diagonal(t, axis1=-2, axis2=-1)
    return linear.real(entries) if is_complex(x) else entries


def real_products(u: Expr, t: Tangent, x: Expr) -> Tangent:
    """The real diagonal of u^H t: each column of u times that of t."""
    products = linear.sum_(conj(u) * t, axis=-2)
    return linear.real(products) if is_complex(x) else products


# --- Hermitian matrices -----------------------------------------------------------------------------


@linearise(np.linalg.eigh)
def eigh(y: tuple[Expr, Expr], a: Expr, *, UPLO: str, da: Tangent) -> tuple[Tangent, Tangent]:
    """dw = diag(v^H da v), dv = v (F * v^H da v) with F_ij = 1 / (w_j - w_i) (Giles 2008, section 3.1)."""
    w, v = y
    inner = adjoint(v) @ hermitian_part(a, da, upper=UPLO.upper() == "U") @ v
    return real_diagonal(inner, a), v @ (call("inverse_gaps", w) * inner)


@linearise(named("inverse_gaps"))
def inverse_gaps(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    """y_ij = 1 / (x_j - x_i), 0 on the diagonal."""
    return -(y * y) * (
        linear.getitem(dx, index=(Ellipsis, None, Slice()))
        - linear.getitem(dx, index=(Ellipsis, Slice(), None))
    )


@linearise(np.linalg.eigvalsh)
def eigvalsh(w: Expr, a: Expr, *, UPLO: str, da: Tangent) -> Tangent:
    _, v = several("np.linalg.eigh", a, UPLO=UPLO)
    return real_products(v, hermitian_part(a, da, upper=UPLO.upper() == "U") @ v, a)


# --- matrices of any kind ---------------------------------------------------------------------------


@linear_op
def quarter_turn(model: Expr, t: Expr) -> Expr:
    return call("quarter_turn", t, model)


@transpose(quarter_turn)
def quarter_turn_t(w: Expr, model: Expr) -> Any:
    return call("quarter_turn", w, model)


@linearise(named("quarter_turn"))
def turned_by_a_quarter(y: Expr, x: Expr, like: Expr, *, dx: Tangent, dlike: Tangent) -> Tangent:
    """Of `like` only the dtype matters."""
    return quarter_turn(like, dx)


@linearise(np.linalg.eig)
def eig(y: tuple[Expr, Expr], a: Expr, *, da: Tangent) -> tuple[Tangent, Tangent]:
    """With m = v^-1 da v: dw = diag(m), and dv = v (F * m + c) with F_ij = 1 / (w_j - w_i) and a diagonal c.

    c keeps what LAPACK makes of the vectors: their length is 1, and their largest entry is real.
    """
    w, v = y
    inner = linear.solve(v, da @ v)
    free = v @ (call("inverse_gaps", w) * inner)
    length = linear.real(linear.sum_(conj(v) * free, axis=-2, keepdims=True))
    places = call("real_places", v)
    entry = linear.sum_(places * free, axis=-2, keepdims=True) / ops.sum_(places * v, axis=-2, keepdims=True)
    turn = linear.real(quarter_turn(v, entry))  # the angle by which `free` turns it, the other way
    free = free - v * length + call("quarter_turn", v, v) * turn
    return linear.diagonal(inner, axis1=-2, axis2=-1), free


@linearise(np.linalg.eigvals)
def eigvals(w: Expr, a: Expr, *, da: Tangent) -> Tangent:
    _, v = several("np.linalg.eig", a)
    return linear.diagonal(linear.solve(v, da @ v), axis1=-2, axis2=-1)


# --- singular values --------------------------------------------------------------------------------


@linearise(np.linalg.svd)
def svd(y: tuple[Expr, Expr, Expr], a: Expr, *, full_matrices: bool, da: Tangent) -> tuple[Tangent, ...]:
    """With m = u^H da v: ds = Re diag(m), and what Townsend (2016) gives for u and v."""
    u, s, vh = y
    if full_matrices and not is_square(a):
        raise undefined("np.linalg.svd has a derivative with full_matrices=False", a)
    v = adjoint(vh)
    m = adjoint(u) @ da @ v
    mh = adjoint_tangent(m, a)
    gaps = call("inverse_gaps", s) * ratio(1.0, s[Rows] + s[Columns])
    du = u @ (gaps * (m * s[Rows] + s[Columns] * mh))
    dv = v @ (gaps * (s[Columns] * m + mh * s[Rows]))
    if is_complex(a):  # the phases of u and v are tied to each other
        du = du + u @ (_half_imaginary_diagonal(m, mh, s))
    if not is_square(a):  # what lies outside the spaces that u and v span
        inverse = (1.0 / s)[Rows]
        du = du + (da @ v - u @ m) * inverse
        dv = dv + (adjoint_tangent(da, a) @ u - v @ mh) * inverse
    return du, real_diagonal(m, a), adjoint_tangent(dv, a)


def _half_imaginary_diagonal(m: Tangent, mh: Tangent, s: Expr) -> Tangent:
    size = ops.dim(s, -1)
    one = call("np.eye", size if isinstance(size, Expr) else ops.literal(s, size))
    return (one * ratio(0.5, s)[Rows]) * (m - mh)


def is_square(a: Expr) -> bool:
    return isinstance(a.kind, Array) and a.kind.dims is not None and a.kind.dims[-1] == a.kind.dims[-2]


@linearise(named("np.linalg.svdvals"))
def svdvals(s: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    u, _, vh = several("np.linalg.svd", x, full_matrices=False)
    return real_products(u, linear.shaped(dx @ adjoint(vh), u), x)


@linearise(np.linalg.pinv)
def pinv(p: Expr, a: Expr, *, rcond: Any, hermitian: bool, da: Tangent) -> Tangent:
    """Golub and Pereyra (1973), equation 4.12; right while the rank stays the same."""
    if hermitian:
        raise undefined("np.linalg.pinv has a derivative with hermitian=False", a)
    _require_rounding("np.linalg.pinv", rcond, a)
    ph, dah = adjoint(p), adjoint_tangent(da, a)
    left, right = dah - (dah @ a) @ p, dah - p @ (a @ dah)
    return -(p @ da @ p) + (p @ ph) @ left + right @ (ph @ p)


def _require_rounding(name: str, rcond: Any, a: Expr) -> None:
    """The formulas take what is cut off for 0, up to rounding."""
    if rcond is not None and not rcond <= 1e-10:
        raise undefined(f"{name} has a derivative where rcond is at most 1e-10", a)


@linearise(np.linalg.lstsq)
def lstsq(
    y: tuple[Expr, ...], a: Expr, b: Expr, *, rcond: Any, da: Tangent, db: Tangent
) -> tuple[Tangent, ...]:
    """x = pinv(a) b; the sums of squares move with the residual only, which is orthogonal to a."""
    _require_rounding("np.linalg.lstsq", rcond, a)
    x = y[0]
    cut = float(np.finfo(float).eps) if rcond is not None and rcond < 0 else rcond
    p = call("np.linalg.pinv", a, rcond=cut)
    dah = adjoint_tangent(da, a)
    residual = b - a @ x
    moved = db - da @ x
    dx = p @ moved
    if da:
        ph = adjoint(p)
        inner = dah @ (ph @ x)
        dx = dx + (p @ ph) @ (dah @ residual) + (inner - p @ (a @ inner))
    squares = conj(residual) * moved
    squares = 2.0 * (linear.real(squares) if is_complex(a) or is_complex(b) else squares)
    dresiduals = linear.sum_(squares, axis=0, keepdims=rank(b) == 1)
    ds = svdvals(y[3], a, dx=da) if da else ZERO
    return dx, dresiduals, ZERO, ds


# --- QR ---------------------------------------------------------------------------------------------


@linearise(np.linalg.qr)
def qr(y: tuple[Expr, Expr], a: Expr, *, mode: str, da: Tangent) -> tuple[Tangent, Tangent]:
    """With c = q^H da r^-1 and k its skew part below the diagonal: dq = da r^-1 - q (c - k), dr = (c - k) r.

    For matrices with at least as many rows as columns (Walter and Lehmann 2010, section 3).  Of others the first
    square part, a1 = q r1, gives q; and dr = q^H da - k r, whatever the sizes.
    """
    q, r = y
    if mode not in ("reduced", "complete") or (mode == "complete" and not is_wide(a)):
        raise undefined('np.linalg.qr has a derivative with mode="reduced"', a)
    first, dfirst = (r, da) if is_tall(a) else _square_part(r, da, q)
    solved = linear.shaped(turned(linear.solve(transposed(first), turned(dfirst, a)), a), q)
    c = linear.shaped(adjoint(q) @ solved, first)
    skew = skew_part(c, a, below=True)
    if is_tall(a):
        return solved - q @ (c - skew), linear.shaped((c - skew) @ r, r)
    return solved - q @ (c - skew), linear.triangle(
        adjoint(q) @ da - linear.shaped(skew @ r, r), of="np.triu"
    )


def is_tall(a: Expr) -> bool:
    """Whether a matrix is known to have at least as many rows as columns."""
    rows, columns = a.kind.dims[-2:] if isinstance(a.kind, Array) and a.kind.dims else (0, 1)
    return rows == columns or (isinstance(rows, int) and isinstance(columns, int) and rows > columns)


def is_wide(a: Expr) -> bool:
    rows, columns = a.kind.dims[-2:] if isinstance(a.kind, Array) and a.kind.dims else (1, 0)
    return rows == columns or (isinstance(rows, int) and isinstance(columns, int) and rows < columns)


def _square_part(r: Expr, da: Tangent, q: Expr) -> tuple[Expr, Tangent]:
    """As many columns of r as it has rows, and as many of a."""
    size = ops.dim(r, -2)
    size = size if isinstance(size, Expr) else ops.literal(r, size)
    index = (*(Slice(),) * (rank(r) - 1), Slice(None, Hole(0)))
    dims = r.kind.dims if isinstance(r.kind, Array) else None
    kind = None if dims is None else Array(dtype_of(r.kind), (*dims[:-1], dims[-2]))
    first = call("getitem", r, size, index=index, kind=kind)
    return first, linear.shaped(linear.getitem(size, da, index=index), q)


def skew_part(c: Tangent, a: Expr, *, below: bool) -> Tangent:
    """The skew matrix with the entries of c on one side of its diagonal; there, c's imaginary ones."""
    side = linear.triangle(c, of="np.tril" if below else "np.triu", k=-1 if below else 1)
    skew = side - adjoint_tangent(side, a)
    if is_complex(a):
        diagonal = diagonal_part(c)
        skew = skew + 0.5 * (diagonal - linear.conj(diagonal))
    return skew


# --- made of them -----------------------------------------------------------------------------------


@defined(np.linalg.cond)
def cond(x: Any, *, p: Any) -> Any:
    if p is None or p in (2, -2):
        s = np.linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return np.linalg.norm(x, ord=p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), ord=p, axis=(-2, -1))


@defined(np.linalg.matrix_norm)
def matrix_norm(x: Any, *, keepdims: bool, ord: Any) -> Any:
    return np.linalg.norm(x, ord=ord, axis=(-2, -1), keepdims=keepdims)


@defined(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, *, axes: Any) -> Any:
    if axes is not None:
        kept = [k for k in range(rank(a)) if k not in axes]
        a = np.transpose(a, (*kept, *axes))
    shape = tuple(ops.dim(a, k) for k in range(rank(b), rank(a)))
    size = ops.count(a, range(rank(b), rank(a)))
    square = np.reshape(a, (size, size))
    return np.reshape(np.linalg.solve(square, np.ravel(b)), shape)


@defined(np.linalg.tensorinv)
def tensorinv(a: Any, *, ind: int) -> Any:
    shape = tuple(ops.dim(a, k) for k in (*range(ind, rank(a)), *range(ind)))
    square = np.reshape(a, (-1, ops.count(a, range(ind, rank(a)))))
    return np.reshape(np.linalg.inv(square), shape)


nondifferentiable(np.linalg.matrix_rank, named("real_places"))
