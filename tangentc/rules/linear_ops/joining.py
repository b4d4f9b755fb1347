"""Arrays put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Slice
from tangentc.kinds.types import Array, can_be_active, dtype_of, is_number, rank_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import dims_of, linear_op, transpose


def joined(op: Callable[..., Any], operands: Sequence[Expr], tangents: Sequence[Any], **attrs: Any) -> Any:
    """A join of tangents, with zeros in the places of the operands that are constant."""
    varies = tuple(bool(t) for t in tangents)
    constants = [x for x, v in zip(operands, varies, strict=True) if not v]
    return op(*constants, *(t for t in tangents if t), varies=varies, **attrs)


def _zeros_like(x: Expr) -> Any:
    return 0.0 if is_number(x.kind) else call("np.zeros_like", x)


def _filled(parts: Sequence[Expr], varies: tuple[bool, ...]) -> list[Any]:
    """All operands of a join in order: zeros for the constant ones, which come first in `parts`."""
    constants, tangents = iter(parts[: varies.count(False)]), iter(parts[varies.count(False) :])
    return [next(tangents) if v else _zeros_like(next(constants)) for v in varies]


@linear_op
def concatenate(*parts: Expr, axis: int | None, dtype: Any = None, varies: tuple[bool, ...]) -> Expr:
    return call("np.concatenate", *_filled(parts, varies), axis=axis, dtype=dtype)


@transpose(concatenate)
def concatenate_t(
    w: Expr, *constants: Expr, like: Any, axis: int | None, dtype: Any = None, varies: tuple[bool, ...]
) -> Any:
    """Each operand gets its part of the cotangent."""
    still, moving = iter(constants), iter(like if isinstance(like, tuple) else (like,))
    found, start = [], 0
    for v in varies:
        part = next(moving) if v else next(still)
        size = ops.dim(part, axis) if axis is not None else ops.count(part)
        stop = size if isinstance(start, int) and start == 0 else start + size
        if v:
            piece = _section(w, 0 if axis is None else axis, start, stop, part if axis is not None else None)
            found.append(ops.reshape(piece, part.shape) if axis is None else piece)
        start = stop
    return tuple(found)


def _section(w: Expr, axis: int, start: Any, stop: Any, part: Expr | None) -> Expr:
    """w[start:stop] along an axis: the cotangent of `part`, whose sizes it therefore has."""
    holes = [bound for bound in (start, stop) if isinstance(bound, Expr)]
    places = iter(range(len(holes)))
    bounds = [Hole(next(places)) if isinstance(bound, Expr) else bound for bound in (start, stop)]
    cut = Slice(bounds[0] if bounds[0] != 0 else None, bounds[1])
    whole = Slice()
    index = (*(whole,) * axis, cut) if axis >= 0 else (Ellipsis, cut, *(whole,) * (-axis - 1))
    dims = None if part is None else dims_of(part.kind)
    kind = None if dims is None else Array(dtype_of(w.kind), dims)
    return call("getitem", w, *holes, index=index, kind=kind)


@linear_op
def stack(*parts: Expr, axis: int, dtype: Any = None, varies: tuple[bool, ...]) -> Expr:
    return call("np.stack", *_filled(parts, varies), axis=axis, dtype=dtype)


@transpose(stack)
def stack_t(w: Expr, *constants: Expr, axis: int, dtype: Any = None, varies: tuple[bool, ...]) -> Any:
    def entry(position: int) -> Expr:
        if axis >= 0:
            return w.getitem((*(Slice(),) * axis, position))
        return w.getitem((Ellipsis, position, *(Slice(),) * (-axis - 1)))

    return tuple(entry(position) for position, v in enumerate(varies) if v)


@linear_op
def insert(y: Expr, obj: Expr, *parts: Expr, axis: int | None, varies: tuple[bool, ...]) -> Expr:
    """`np.insert(a, obj, values)`, whose result is y, of the tangents of a and of the values."""
    a, values = _filled(parts, varies)
    return call("np.insert", a, obj, values, axis=axis)


@transpose(insert)
def insert_t(
    w: Expr, y: Expr, obj: Expr, *constants: Expr, like: Any, axis: int | None, varies: tuple[bool, ...]
) -> Any:
    """What is not inserted stays in order; a value gets the cotangent from every place that it went to."""
    still, moving = iter(constants), iter(like if isinstance(like, tuple) else (like,))
    a, values = (next(moving) if v else next(still) for v in varies)
    ones = call("np.ones", a.shape, dtype=bool)
    single = is_number(values.kind) or rank_of(values.kind) == 0
    none = False if single else call("np.zeros", values.shape, dtype=bool)
    kept = _inserted(y, ones, obj, none, axis, bool)
    found = []
    if varies[0]:
        found.append(ops.reshape(w.getitem((Hole(0),), kept), a.shape))
    if varies[1]:
        new = w.getitem((Hole(0),), call("np.logical_not", kept))
        if single:
            found.append(ops.sum_(new))
        else:
            numbers = ops.reshape(ops.arange(values, ops.count(values)), values.shape)
            places = _inserted(y, call("np.full", a.shape, -1), obj, numbers, axis, int)
            chosen = places.getitem((Hole(0),), call("ge", places, 0))
            flat = ops.room(w, ops.pack(w, (ops.count(values),)))
            flat.builder.effect("add_at", flat.atom, chosen.atom, new.atom, index=(Hole(0),))
            found.append(ops.reshape(flat, values.shape))
    return tuple(found)


def _inserted(y: Expr, a: Expr, obj: Expr, values: Any, axis: int | None, dtype: Any) -> Expr:
    kind = Array(np.dtype(dtype), dims_of(y.kind))
    return call("np.insert", a, obj, values, axis=axis, kind=kind)


@linear_op
def nest(*parts: Expr, nesting: Any, dtype: Any, varies: tuple[bool, ...]) -> Expr:
    """`np.array` of nested lists."""
    leaves = _filled(parts, varies)
    if dtype is None and not any(can_be_active(leaf.kind) for leaf in leaves if isinstance(leaf, Expr)):
        dtype = float
    return call("np.array", *leaves, nesting=nesting, dtype=dtype)


@transpose(nest)
def nest_t(w: Expr, *constants: Expr, nesting: Any, dtype: Any, varies: tuple[bool, ...]) -> Any:
    """A leaf gets the cotangent at its place in the nesting, from every place that holds it."""
    found = []
    for position, v in enumerate(varies):
        if v:
            paths = list(_paths(nesting, position))
            total = _at(w, paths[0])
            for path in paths[1:]:
                total = total + _at(w, path)
            found.append(total)
    return tuple(found)


def _at(w: Expr, path: tuple[int, ...]) -> Any:
    return w.getitem(path) if path else w


def _paths(nesting: Any, position: int, path: tuple[int, ...] = ()) -> Any:
    if isinstance(nesting, Hole):
        if nesting.position == position:
            yield path
        return
    for place, inner in enumerate(nesting):
        yield from _paths(inner, position, (*path, place))
