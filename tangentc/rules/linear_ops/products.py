"""Products of arrays and solutions of linear systems."""

from __future__ import annotations

from typing import Any

from tangentc.kinds.types import Array, rank_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import Linear, dims_of, linear_op, transpose
from tangentc.rules.linear_ops.shapes import landed
from tangentc.rules.ops import rank


@linear_op
def matmul_left(c: Expr, t: Expr) -> Expr:
    return c @ t  # type: ignore[no-any-return]


@transpose(matmul_left)
def matmul_left_t(w: Expr, c: Expr, like: Expr) -> Any:
    """y = c t: the cotangent of t is c^T w, summed over the axes along which t was broadcast."""
    if rank_of(c.kind) is None or rank_of(like.kind) is None:
        return call("matmul_right_bar", c, w, like)
    if rank(like) == 1:
        if rank(c) == 1:
            return c * w
        return ops.transposed(c) @ w if rank(c) == 2 else call("np.tensordot", w, c, axes=rank(c) - 1)
    if rank(c) == 1:
        if rank(like) == 2:
            return ops.outer(c, w)
        return landed(ops.expand_dims(c, 1) * ops.expand_dims(w, -2), like)
    return _unstacked(ops.transposed(c) @ w, like)


@linear_op
def matmul_right(c: Expr, t: Expr) -> Expr:
    return t @ c  # type: ignore[no-any-return]


@transpose(matmul_right)
def matmul_right_t(w: Expr, c: Expr, like: Expr) -> Any:
    """y = t c: the cotangent of t is w c^T, summed over the axes along which t was broadcast."""
    if rank_of(c.kind) is None or rank_of(like.kind) is None:
        return call("matmul_left_bar", c, w, like)
    if rank(like) == 1:
        if rank(c) == 1:
            return c * w
        return c @ w if rank(c) == 2 else call("np.tensordot", w, ops.transposed(c), axes=rank(c) - 1)
    if rank(c) == 1:
        if rank(like) == 2:
            return ops.outer(w, c)
        return ops.expand_dims(w, -1) * c
    return _unstacked(w @ ops.transposed(c), like)


def shaped(t: Any, result: Expr) -> Any:
    """A tangent of which the rule knows that it has the shape of the result."""
    if isinstance(t, Linear) and t.op is not None:
        t.prototype = lambda: result
        sizes = dims_of(result.kind)
        if isinstance(t.kind, Array) and sizes is not None:
            t.kind = Array(t.kind.dtype, sizes)
    return t


def _unstacked(w: Expr, like: Expr) -> Expr:
    """A stack of matrices summed over the axes of the stack that broadcasting added or stretched."""
    return w if rank_of(w.kind) == 2 == rank(like) else landed(w, like)


# The cotangents of products of arrays whose numbers of axes are not known: bilinear, and closed under it.


@linear_op
def left_bar_of_w(c: Expr, shape: Expr, t: Expr) -> Expr:
    return call("matmul_left_bar", c, t, shape)


@transpose(left_bar_of_w)
def left_bar_of_w_t(v: Expr, c: Expr, shape: Expr) -> Any:
    return v @ c


@linear_op
def left_bar_of_c(w: Expr, shape: Expr, t: Expr) -> Expr:
    return call("matmul_left_bar", t, w, shape)


@transpose(left_bar_of_c)
def left_bar_of_c_t(v: Expr, w: Expr, shape: Expr, like: Expr) -> Any:
    return call("matmul_right_bar", v, w, like)


@linear_op
def right_bar_of_w(c: Expr, shape: Expr, t: Expr) -> Expr:
    return call("matmul_right_bar", c, t, shape)


@transpose(right_bar_of_w)
def right_bar_of_w_t(v: Expr, c: Expr, shape: Expr) -> Any:
    return c @ v


@linear_op
def right_bar_of_c(w: Expr, shape: Expr, t: Expr) -> Expr:
    return call("matmul_right_bar", t, w, shape)


@transpose(right_bar_of_c)
def right_bar_of_c_t(v: Expr, w: Expr, shape: Expr, like: Expr) -> Any:
    return call("matmul_left_bar", v, w, like)


@linear_op
def outer_left(c: Expr, t: Expr) -> Expr:
    return call("np.outer", c, t)


@transpose(outer_left)
def outer_left_t(w: Expr, c: Expr, like: Expr) -> Any:
    return _as(ops.ravel(c) @ w, like)


@linear_op
def outer_right(c: Expr, t: Expr) -> Expr:
    return call("np.outer", t, c)


@transpose(outer_right)
def outer_right_t(w: Expr, c: Expr, like: Expr) -> Any:
    return _as(w @ ops.ravel(c), like)


def _as(flat: Expr, like: Expr) -> Expr:
    return flat if rank_of(like.kind) == 1 else ops.reshape(flat, like.shape)


@linear_op
def cholesky_slope(c: Expr, t: Expr, *, bar: bool) -> Expr:
    """What the lower factor c of a matrix moves by along t, or with `bar` its transpose."""
    return call("cholesky_slope", c, t, bar=bar)


@transpose(cholesky_slope)
def cholesky_slope_t(w: Expr, c: Expr, *, bar: bool) -> Any:
    return call("cholesky_slope", c, w, bar=not bar)


Axes = tuple[tuple[int, ...], tuple[int, ...]]


@linear_op
def tensordot_left(c: Expr, t: Expr, *, axes: Axes) -> Expr:
    """np.tensordot(c, t, axes), the axes given as two tuples of numbers from 0."""
    return call("np.tensordot", c, t, axes=axes)


@transpose(tensordot_left)
def tensordot_left_t(w: Expr, c: Expr, like: Expr, *, axes: Axes) -> Any:
    """Contract w with c over the axes that c kept; then bring the axes of t in order."""
    kept = [axis for axis in range(rank(c)) if axis not in axes[0]]
    found = call("np.tensordot", c, w, axes=(tuple(kept), tuple(range(len(kept)))))
    free = [axis for axis in range(rank(like)) if axis not in axes[1]]
    return _ordered(found, [axes[1][place] for place in _by_size(axes[0])] + free)


@linear_op
def tensordot_right(c: Expr, t: Expr, *, axes: Axes) -> Expr:
    """np.tensordot(t, c, axes), the axes given as two tuples of numbers from 0."""
    return call("np.tensordot", t, c, axes=axes)


@transpose(tensordot_right)
def tensordot_right_t(w: Expr, c: Expr, like: Expr, *, axes: Axes) -> Any:
    kept = [axis for axis in range(rank(c)) if axis not in axes[1]]
    free = [axis for axis in range(rank(like)) if axis not in axes[0]]
    last = tuple(range(len(free), len(free) + len(kept)))
    found = call("np.tensordot", w, c, axes=(last, tuple(kept)))
    return _ordered(found, free + [axes[0][place] for place in _by_size(axes[1])])


def _by_size(axes: tuple[int, ...]) -> list[int]:
    return sorted(range(len(axes)), key=lambda place: axes[place])


def _ordered(x: Expr, axes: list[int]) -> Expr:
    """x, whose k-th axis is to become axis `axes[k]`."""
    if axes == sorted(axes):
        return x
    return call("np.transpose", x, axes=tuple(sorted(range(len(axes)), key=lambda place: axes[place])))


@linear_op
def einsum(*others_and_t: Expr, others: tuple[str, ...], own: str, output: str) -> Expr:
    """np.einsum of the others and t, whose axes have the letters `own`."""
    return call("np.einsum", *others_and_t, subscripts=",".join((*others, own)) + "->" + output)


@transpose(einsum)
def einsum_t(w: Expr, *constants: Expr, like: Expr, others: tuple[str, ...], own: str, output: str) -> Any:
    """The roles of the result and the operand exchanged; an axis summed alone gets the same everywhere."""
    found = "".join(letter for letter in own if letter in output or any(letter in o for o in others))
    bar = call("np.einsum", *constants, w, subscripts=",".join((*others, output)) + "->" + found)
    alone = tuple(axis for axis, letter in enumerate(own) if letter not in found)
    return ops.expand_dims(bar, alone) if alone else landed(bar, like)


@linear_op
def solve(a: Expr, t: Expr) -> Expr:
    return call("np.linalg.solve", a, t)


@transpose(solve)
def solve_t(w: Expr, a: Expr, like: Expr) -> Any:
    """<w, a^-1 t> = <a^-T w, t>, for each matrix of a stack."""
    bar = call("np.linalg.solve", ops.transposed(a), w)
    return bar if rank(like) == 1 else _unstacked(bar, like)


@linear_op
def cofactors_slope(a: Expr, t: Expr) -> Expr:
    """The second derivative of a determinant: symmetric."""
    return call("cofactors_slope", a, t)


@transpose(cofactors_slope)
def cofactors_slope_t(w: Expr, a: Expr) -> Any:
    return call("cofactors_slope", a, w)
