"""Derivatives of products and of linear algebra.

Sources: M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; I. Murray, "Differentiation of the Cholesky decomposition", 2016 (arXiv:1602.07527).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import rank_of
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import defined
from tangentc.rules.expr import Expr, call, several
from tangentc.rules.linear import ZERO
from tangentc.rules.linear_ops.products import cholesky_slope, cofactors_slope
from tangentc.rules.ops import (
    Tangent,
    absolute,
    conj,
    equal,
    inv,
    is_complex,
    kept,
    rank,
    ratio,
    sign,
    transposed,
    undefined,
)  # fmt: skip
from tangentc.rules.registry import linearise

# --- products -------------------------------------------------------------------------------------


@linearise(named("matmul"), np.matmul)
def matmul(c: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    """dc = da b + a db; a vector times itself varies twice the same."""
    if da and db and a.atom is b.atom and rank_of(a.kind) == 1:
        return (2.0 * a) @ db
    return linear.shaped(da @ b, c) + linear.shaped(a @ db, c)


@linearise(np.dot)
def dot(c: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    """A product of numbers, or a sum over the last axis of a and the last but one of b."""
    if rank(a) == 0 or rank(b) == 0:
        return b * da + a * db
    if rank(b) > 2:
        return _tensordot(a, b, ((rank(a) - 1,), (rank(b) - 2,)), da, db)
    return matmul(c, a, b, da=da, db=db)


@linearise(np.inner)
def inner(c: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    """Sums over the last axis of both."""
    if rank(a) == 0 or rank(b) == 0:
        return b * da + a * db
    if rank(a) == rank(b) == 1:
        return da @ b + a @ db
    return _tensordot(a, b, ((rank(a) - 1,), (rank(b) - 1,)), da, db)


@linearise(np.vdot)
def vdot(c: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    """The inner product of conj(a) and b as vectors."""
    flat_da, flat_db = (d and (d if rank_of(x.kind) == 1 else linear.ravel(d)) for x, d in ((a, da), (b, db)))
    left = flat_da and (linear.conj(flat_da) if is_complex(a) else flat_da) @ ops.ravel(b)
    return left + (flat_db and ops.ravel(conj(a)) @ flat_db)


@linearise(np.outer)
def outer(c: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    return linear.outer_right(b, da) + linear.outer_left(a, db)


@linearise(np.tensordot)
def tensordot(c: Expr, a: Expr, b: Expr, *, axes: Any, da: Tangent, db: Tangent) -> Tangent:
    return _tensordot(a, b, _pairs(axes, rank(a), rank(b)), da, db)


def _tensordot(a: Expr, b: Expr, axes: linear.Axes, da: Tangent, db: Tangent) -> Tangent:
    return linear.tensordot_right(b, da, axes=axes) + linear.tensordot_left(a, db, axes=axes)


def _pairs(axes: Any, rank_a: int, rank_b: int) -> linear.Axes:
    """The contracted axes of both operands, counted from 0."""
    if isinstance(axes, int):
        return tuple(range(rank_a - axes, rank_a)), tuple(range(axes))
    first, second = ((side,) if isinstance(side, int) else tuple(side) for side in axes)
    return tuple(axis % rank_a for axis in first), tuple(axis % rank_b for axis in second)


@linearise(np.trace)
def trace(y: Expr, a: Expr, *, offset: int, axis1: int, axis2: int, dtype: Any, da: Tangent) -> Tangent:
    if rank(a) == 2 and (axis1, axis2) == (0, 1):
        return linear.trace(da, offset=offset, dtype=dtype)
    diagonal = linear.diagonal(da, offset=offset, axis1=axis1, axis2=axis2)
    return linear.sum_(diagonal, axis=-1, dtype=dtype)


@linearise(named("matmul_left_bar"))
def matmul_left_bar(
    bar: Expr, c: Expr, w: Expr, like: Expr, *, dc: Tangent, dw: Tangent, dlike: Tangent
) -> Tangent:
    """w c^T with the shape of `like`, whose values do not matter."""
    return linear.left_bar_of_c(w, like, dc) + linear.left_bar_of_w(c, like, dw)


@linearise(named("matmul_right_bar"))
def matmul_right_bar(
    bar: Expr, c: Expr, w: Expr, like: Expr, *, dc: Tangent, dw: Tangent, dlike: Tangent
) -> Tangent:
    """c^T w with the shape of `like`."""
    return linear.right_bar_of_c(w, like, dc) + linear.right_bar_of_w(c, like, dw)


@linearise(np.einsum)
def einsum(y: Expr, *operands: Expr, subscripts: str, doperands: tuple[Tangent, ...]) -> Tangent:
    """Linear in each operand."""
    inputs, output = _letters(subscripts, y)
    total: Tangent = ZERO
    for place, d in enumerate(doperands):
        if d:
            others = [x for other, x in enumerate(operands) if other != place]
            letters = (*inputs[:place], *inputs[place + 1 :])
            total = total + linear.einsum(*others, d, others=letters, own=inputs[place], output=output)
    return total


def _letters(subscripts: str, near: Expr) -> tuple[tuple[str, ...], str]:
    """The letters of the operands and of the result."""
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = tuple(left.split(","))
    if "." in subscripts or any(len(set(letters)) < len(letters) for letters in inputs):
        raise undefined("np.einsum with an ellipsis or a diagonal has no derivative rule", near)
    if not arrow:
        counted = "".join(inputs)
        output = "".join(sorted(letter for letter in set(counted) if counted.count(letter) == 1))
    return inputs, output


@linearise(np.linalg.matrix_power)
def matrix_power(y: Expr, a: Expr, *, n: int, da: Tangent) -> Tangent:
    """y = a ... a: each factor varies in turn."""
    if n < 0:
        inverse = inv(a)
        return matrix_power(y, inverse, n=-n, da=-(inverse @ (da @ inverse)))
    total: Tangent = ZERO
    for before in range(n):
        term = da
        if before:
            term = call("np.linalg.matrix_power", a, n=before) @ term
        if n - 1 - before:
            term = term @ call("np.linalg.matrix_power", a, n=n - 1 - before)
        total = total + term
    return total


@linearise(np.linalg.multi_dot)
def multi_dot(y: Expr, *arrays: Expr, darrays: tuple[Tangent, ...]) -> Tangent:
    """Each factor varies in turn, between the products of those before it and of those after it."""
    total: Tangent = ZERO
    for place, d in enumerate(darrays):
        before, after = arrays[:place], arrays[place + 1 :]
        term = d @ _chained(after) if after else d
        total = total + linear.shaped(_chained(before) @ term if before else term, y)
    return total


def _chained(factors: tuple[Expr, ...]) -> Expr:
    return factors[0] if len(factors) == 1 else call("np.linalg.multi_dot", *factors)


# --- systems and factorisations ---------------------------------------------------------------------


@linearise(np.linalg.solve)
def solve(x: Expr, a: Expr, b: Expr, *, da: Tangent, db: Tangent) -> Tangent:
    """a dx = db - da x (Giles 2008, section 2.3.1)."""
    if rank(b) == 1 and rank(a) > 2:  # one right-hand side for a stack of matrices
        da = da and linear.squeeze(da @ ops.expand_dims(x, -1), axis=-1)
        change = (db and linear.broadcast_to(x.shape, db)) - da
        return linear.squeeze(linear.solve(a, linear.expand_dims(change, axis=-1)), axis=-1)
    return linear.solve(a, db - da @ x)


@linearise(np.linalg.inv)
def inverse(c: Expr, a: Expr, *, da: Tangent) -> Tangent:
    """dc = -c da c (Giles 2008, section 2.2.3)."""
    return -(c @ (da @ c))


@linearise(np.linalg.det)
def det(y: Expr, a: Expr, *, da: Tangent) -> Tangent:
    """Jacobi's formula dy = <cofactors of a, da>, for singular matrices too (Giles 2008, section 2.2.4)."""
    return linear.sum_(call("cofactors", a, call("stop_gradient", y)) * da, axis=(-2, -1))


@linearise(named("cofactors"))
def cofactors(c: Expr, a: Expr, determinant: Expr | None = None, *, da: Tangent) -> Tangent:
    """A function of a alone, whose determinant is handed over where it is known."""
    return cofactors_slope(a, da)


@defined(named("cofactors_slope"))
def cofactors_slope_(a: Any, e: Any) -> Any:
    """With c = cofactors(a) = det(a) a^-T; the third derivative of the determinant of a singular matrix is an error."""
    inverse_t = np.swapaxes(np.linalg.inv(a), -1, -2)
    c = np.linalg.det(a)[..., None, None] * inverse_t if rank(a) > 2 else np.linalg.det(a) * inverse_t
    change = np.sum(inverse_t * e, axis=(-2, -1), keepdims=True)
    return c * change - c @ np.swapaxes(e, -1, -2) @ inverse_t


@linearise(np.linalg.slogdet)
def slogdet(y: tuple[Expr, Expr], a: Expr, *, da: Tangent) -> tuple[Tangent, Tangent]:
    """The sign is constant for real matrices and turns for complex ones; d log|det a| = Re tr(a^-1 da)."""
    change = linear.sum_(transposed(inv(a)) * da, axis=(-2, -1))
    if not is_complex(a):
        return ZERO, change
    return 1j * y[0] * linear.imag(change), linear.real(change)


@linearise(np.linalg.cholesky)
def cholesky(c: Expr, a: Expr, *, upper: bool, da: Tangent) -> Tangent:
    """dc = c Phi(c^-1 da c^-H) with Phi the lower triangle, its diagonal halved (Murray 2016, section 3.1).

    NumPy reads one triangle of a, and the real part of its diagonal; the other triangle is its mirror image.  The
    transpose of the upper factor is the lower factor of the transposed matrix.
    """
    if not upper:
        return cholesky_slope(c, da, bar=False)
    return linear.exchange(cholesky_slope(transposed(c), linear.exchange(da, to="mT"), bar=False), to="mT")


@linearise(named("cholesky_slope"))
def slope_of_cholesky(y: Expr, c: Expr, e: Expr, *, bar: bool, dc: Tangent, de: Tangent) -> Tangent:
    """Twice differentiated, c c^H = a gives the slope along x of that along e, y: that along -(dc y^H + y dc^H).

    The transpose follows: with its result y, that along -(conj(y^T dc) + y conj(dc)).
    """
    if dc:
        turned = dc = linear.triangle(dc, of="np.tril")
        if is_complex(c):
            dc = linear.triangle(dc, of="np.tril", k=-1) + linear.real(diagonal_part(dc))
            turned = linear.conj(dc)
        if bar:
            change = transposed(conj(y)) @ turned + y @ turned
        else:
            change = dc @ transposed(conj(y)) + y @ linear.exchange(turned, to="mT")
        de = de - change
    return cholesky_slope(c, de, bar=bar)


def hermitian_part(a: Expr, da: Tangent, upper: bool) -> Tangent:
    """What a function sees of da that reads one triangle, and takes the other for its mirror image."""
    read, rest = ("np.triu", 1) if upper else ("np.tril", -1)
    one = linear.triangle(da, of=read, k=rest)
    other = linear.exchange(one, to="mT")
    if is_complex(a):
        return one + linear.conj(other) + linear.real(diagonal_part(da))
    return linear.triangle(da, of=read) + other


def diagonal_part(t: Tangent) -> Tangent:
    return linear.triangle(linear.triangle(t, of="np.tril"), of="np.triu")


# --- norms ----------------------------------------------------------------------------------------


@linearise(np.linalg.norm)
def norm(y: Expr, x: Expr, *, ord: Any, axis: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """0 at 0, where the norm has a kink."""
    axes = _norm_axes(x, ord, axis)
    size = len(axes) if axes is not None else 1
    if ord is None or (size == 1 and ord == 2) or (size == 2 and ord == "fro"):
        return _weighted(ratio(conj(x), _wide(y, x, axes, axis, keepdims)), x, axes, keepdims, dx)
    if size == 1:
        return _vector_norm(y, x, ord, axes, axis, keepdims, dx)
    if ord in (1, -1, np.inf, -np.inf):
        return _row_norm(x, ord, axes, keepdims, dx)
    return _spectral_norm(x, ord, axes, keepdims, dx)


def _spectral_norm(x: Expr, ord: Any, axes: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """The largest, the smallest, or the sum of the singular values s: their differentials are Re u^H dx v."""
    if ord not in (2, -2, "nuc"):
        raise undefined(f"np.linalg.norm with ord={ord!r} of a matrix has no derivative rule", x)
    last = (rank(x) - 2, rank(x) - 1)
    if axes != last:
        x, dx = (
            call("np.moveaxis", x, source=axes, destination=last),
            linear.moveaxis(dx, source=axes, destination=last),
        )
    u, s, vh = several("np.linalg.svd", x, full_matrices=False)
    direction = u @ vh
    if ord != "nuc":
        best = call("np.max" if ord == 2 else "np.min", s, axis=-1, keepdims=True)
        direction = (u * ops.expand_dims(ops.shared(equal(s, best), s, -1), -2)) @ vh
    found = _weighted(conj(direction), x, last, False, dx)
    return linear.expand_dims(found, axis=axes) if keepdims else found


def _norm_axes(x: Expr, ord: Any, axis: Any) -> tuple[int, ...] | None:
    """The axes that are normed, counted from 0; None for all."""
    if axis is None:
        return None if ord is None or rank(x) == 1 else tuple(range(rank(x)))
    return tuple(a % rank(x) for a in ((axis,) if isinstance(axis, int) else axis))


def _wide(y: Expr, x: Expr, axes: Any, axis: Any, keepdims: bool) -> Any:
    return kept(y, x, axes if axis is not None else None, keepdims)


def _weighted(weight: Any, x: Expr, axes: Any, keepdims: bool, dx: Tangent) -> Tangent:
    part = weight * dx
    return linear.sum_(linear.real(part) if is_complex(x) else part, axis=axes, keepdims=keepdims)


def _vector_norm(y: Expr, x: Expr, ord: Any, axes: Any, axis: Any, keepdims: bool, dx: Tangent) -> Tangent:
    direction = ratio(conj(x), absolute(x)) if is_complex(x) else sign(x)
    wide = _wide(y, x, axes, axis, keepdims)
    if ord == 0:
        return ZERO
    if ord == 1:
        weight = direction
    elif ord in (np.inf, -np.inf):
        found = equal(absolute(x), wide)
        weight = direction * ops.shared(found, x, axes)
    else:
        weight = direction * ratio(absolute(x), wide) ** (ord - 1)
    return _weighted(weight, x, axes, keepdims, dx)


def _row_norm(x: Expr, ord: Any, axes: Any, keepdims: bool, dx: Tangent) -> Tangent:
    """The largest (or smallest) of the sums of |x| along the columns (1) or rows (inf)."""
    summed, compared = (axes[0], axes[1]) if abs(ord) == 1 else (axes[1], axes[0])
    direction = ratio(conj(x), absolute(x)) if is_complex(x) else sign(x)
    sums = ops.sum_(absolute(x), axis=summed, keepdims=True)
    best = call("np.max" if ord > 0 else "np.min", sums, axis=compared, keepdims=True)
    found = equal(sums, best)
    return _weighted(direction * ops.shared(found, x, compared), x, axes, keepdims, dx)


# --- products by their definitions ------------------------------------------------------------------


@defined(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Every entry of a times all of b: the axes of both, one after the other, taken together in pairs."""
    axes = max(rank(a), rank(b))
    if axes == 0:
        return a * b
    a, b = (np.reshape(x, (*(1,) * (axes - rank(x)), *ops.sizes(x))) for x in (a, b))
    product = np.expand_dims(a, tuple(range(1, 2 * axes, 2))) * np.expand_dims(
        b, tuple(range(0, 2 * axes, 2))
    )
    return np.reshape(product, tuple(m * n for m, n in zip(ops.sizes(a), ops.sizes(b), strict=True)))


@defined(np.cross)
def cross(a: Any, b: Any, *, axisa: int, axisb: int, axisc: int, axis: int | None) -> Any:
    """Of vectors with three components."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = a if axisa in (-1, rank(a) - 1) else np.moveaxis(a, axisa, -1)
    b = b if axisb in (-1, rank(b) - 1) else np.moveaxis(b, axisb, -1)
    for x in (a, b):
        size = ops.dim(x, -1)
        if isinstance(size, int) and size == 2:
            raise undefined("np.cross of vectors with two components has no derivative rule", x)
    (a0, a1, a2), (b0, b1, b2) = ([x[..., k] for k in range(3)] for x in (a, b))
    c = np.stack((a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0), axis=-1)
    return c if axisc in (-1, rank(c) - 1) else np.moveaxis(c, -1, axisc)


if hasattr(np, "vecdot"):

    @defined(np.vecdot)
    def vecdot(x1: Any, x2: Any) -> Any:
        return np.sum(np.conjugate(x1) * x2, axis=-1)


if hasattr(np, "matvec"):  # NumPy 2.2

    @defined(np.matvec)
    def matvec(x1: Any, x2: Any) -> Any:
        """One matrix for all vectors, or a stack of them."""
        if rank(x1) == 2:
            return x1 @ x2 if rank(x2) == 1 else x2 @ x1.T
        return (x1 @ x2[..., None])[..., 0]

    @defined(np.vecmat)
    def vecmat(x1: Any, x2: Any) -> Any:
        if rank(x2) == 2:
            return np.conjugate(x1) @ x2
        return (np.conjugate(x1)[..., None, :] @ x2)[..., 0, :]
