"""Derivatives of the functions that move entries without changing them: linear, each its own differential."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.types import is_number
from tangentc.primitives.core import Primitive, find, named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import Tangent, rank, undefined
from tangentc.rules.registry import linearise


@linearise(np.reshape)
def reshape(y: Expr, x: Expr, shape: Expr, *, order: str, dx: Tangent) -> Tangent:
    _check_order(x, order)
    return linear.reshape(y.shape, dx, order=order)  # the shape of y has no -1


@linearise(np.ravel, named("flatten"))
def ravel(y: Expr, x: Expr, *, order: str = "C", dx: Tangent) -> Tangent:
    _check_order(x, order)
    return linear.ravel(dx, order=order or "C")


def _check_order(x: Expr, order: str | None) -> None:
    if order not in ("C", "F", None):
        raise undefined(
            f"a reshape with order={order!r} depends on the memory layout and has no derivative", x
        )


@linearise(named("T"))
def transposed(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.exchange(dx, to="T")


@linearise(named("mT"), named("np.matrix_transpose"))
def matrix_transposed(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.exchange(dx, to="mT")


@linearise(np.transpose)
def transpose(y: Expr, x: Expr, *, axes: tuple[int, ...] | None, dx: Tangent) -> Tangent:
    return linear.permute(dx, axes=axes)


@linearise(np.swapaxes)
def swapaxes(y: Expr, x: Expr, *, axis1: int, axis2: int, dx: Tangent) -> Tangent:
    return linear.swapaxes(dx, axis1=axis1, axis2=axis2)


@linearise(np.moveaxis)
def moveaxis(y: Expr, x: Expr, *, source: Any, destination: Any, dx: Tangent) -> Tangent:
    return linear.moveaxis(dx, source=source, destination=destination)


@linearise(np.expand_dims)
def expand_dims(y: Expr, x: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    return linear.expand_dims(dx, axis=axis)


@linearise(np.squeeze)
def squeeze(y: Expr, x: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    return linear.squeeze(dx, axis=axis)


@linearise(np.atleast_1d, np.atleast_2d, np.atleast_3d)
def atleast(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.reshape(y.shape, dx)


@linearise(np.broadcast_to)
def broadcast_to(y: Expr, x: Expr, shape: Expr, *, dx: Tangent) -> Tangent:
    return linear.broadcast_to(shape, dx)


@linearise(named("unbroadcast"))
def unbroadcast(y: Expr, x: Expr, shape: Expr, *, dx: Tangent) -> Tangent:
    return linear.unbroadcast(shape, dx)


@linearise(np.tril)
def tril(y: Expr, x: Expr, *, k: int, dx: Tangent) -> Tangent:
    return _triangle(y, x, dx, "np.tril", k)


@linearise(np.triu)
def triu(y: Expr, x: Expr, *, k: int, dx: Tangent) -> Tangent:
    return _triangle(y, x, dx, "np.triu", k)


def _triangle(y: Expr, x: Expr, dx: Tangent, of: str, k: int) -> Tangent:
    """NumPy repeats a vector as the rows of a square matrix first."""
    rows = linear.broadcast_to(y.shape, dx) if rank(x) == 1 else dx
    return linear.triangle(rows, of=of, k=k)


@linearise(np.diagonal)
def diagonal(y: Expr, x: Expr, *, offset: int, axis1: int, axis2: int, dx: Tangent) -> Tangent:
    return linear.diagonal(dx, offset=offset, axis1=axis1, axis2=axis2)


@linearise(np.concatenate)
def concatenate(y: Expr, *xs: Expr, axis: int | None, dtype: Any, dxs: tuple[Tangent, ...]) -> Tangent:
    return linear.joined(linear.concatenate, xs, dxs, axis=axis, dtype=dtype)


@linearise(np.stack)
def stack(y: Expr, *xs: Expr, axis: int, dtype: Any, dxs: tuple[Tangent, ...]) -> Tangent:
    return linear.joined(linear.stack, xs, dxs, axis=axis, dtype=dtype)


@linearise(np.vstack)
def vstack(y: Expr, *xs: Expr, dtype: Any, dxs: tuple[Tangent, ...]) -> Tangent:
    xs, dxs = _raised(xs, dxs, 2)
    return linear.joined(linear.concatenate, xs, dxs, axis=0, dtype=dtype)


@linearise(np.hstack)
def hstack(y: Expr, *xs: Expr, dtype: Any, dxs: tuple[Tangent, ...]) -> Tangent:
    xs, dxs = _raised(xs, dxs, 1)
    return linear.joined(linear.concatenate, xs, dxs, axis=0 if rank(y) == 1 else 1, dtype=dtype)


@linearise(np.dstack)
def dstack(y: Expr, *xs: Expr, dxs: tuple[Tangent, ...]) -> Tangent:
    xs, dxs = _raised(xs, dxs, 3)
    return linear.joined(linear.concatenate, xs, dxs, axis=2)


@linearise(np.column_stack)
def column_stack(y: Expr, *xs: Expr, dxs: tuple[Tangent, ...]) -> Tangent:
    """Vectors become columns."""
    columns = [x if rank(x) == 2 else _column(x) for x in xs]
    dcolumns = [
        dx and (dx if rank(x) == 2 else linear.reshape(_column(x).shape, dx))
        for x, dx in zip(xs, dxs, strict=True)
    ]
    return linear.joined(linear.concatenate, columns, dcolumns, axis=1)


def _column(x: Expr) -> Any:
    return ops.reshape(x, (-1, 1))


def _raised(xs: Any, dxs: Any, axes: int) -> tuple[Any, Any]:
    """The operands of a join with at least so many axes."""
    shaped = [x if rank(x) >= axes else call(f"np.atleast_{axes}d", x) for x in xs]
    dshaped = [
        dx and (dx if s is x else linear.reshape(s.shape, dx))
        for x, s, dx in zip(xs, shaped, dxs, strict=True)
    ]
    return shaped, dshaped


@linearise(np.append)
def append(y: Expr, x: Expr, values: Expr, *, axis: int | None, dx: Tangent, dvalues: Tangent) -> Tangent:
    return linear.joined(linear.concatenate, (x, values), (dx, dvalues), axis=axis)


# --- rearrangements: where an entry comes from is found by rearranging the numbers of the places ------


def _rearranged(
    primitive: Primitive | None, x: Expr, operands: tuple[Expr, ...], dx: Tangent, **attrs: Any
) -> Tangent:
    assert primitive is not None
    numbers = ops.reshape(ops.arange(x, ops.count(x)), x.shape)
    return linear.gather(call(primitive, numbers, *operands, **attrs), dx)


@linearise(np.flip)
def flip(y: Expr, x: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    return linear.flip(dx, axis=axis)


@linearise(np.fliplr)
def fliplr(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.flip(dx, axis=1)


@linearise(np.flipud)
def flipud(y: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return linear.flip(dx, axis=0)


@linearise(np.roll)
def roll(y: Expr, x: Expr, shift: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    return linear.roll(shift, dx, axis=axis)


@linearise(np.repeat)
def repeat(y: Expr, x: Expr, repeats: Expr, *, axis: Any, dx: Tangent) -> Tangent:
    if is_number(repeats.kind) and rank(x):
        return linear.shaped(linear.repeat(repeats, dx, axis=axis), y)
    return _rearranged(find(np.repeat), x, (repeats,), dx, axis=axis)


@linearise(np.tile)
def tile(y: Expr, x: Expr, reps: Expr, *, dx: Tangent) -> Tangent:
    if ops.entries(reps) is not None and rank(x):
        return linear.shaped(linear.tile(reps, dx), y)
    return _rearranged(find(np.tile), x, (reps,), dx)


@linearise(np.diag)
def diag(y: Expr, x: Expr, *, k: int, dx: Tangent) -> Tangent:
    """The diagonal of a matrix, or the matrix with a diagonal."""
    if rank(x) == 2:
        return linear.diagonal(dx, offset=k, axis1=0, axis2=1)
    return linear.diag(dx, k=k)
