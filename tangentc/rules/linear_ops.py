"""The linear operations and their transposes, each written once.

A transpose gives the cotangent of the operation's tangent operand: unconjugated, in complex arithmetic too.
It may leave out axes along which the cotangent is constant (a sum gives one number for all its summands);
they are restored where somebody needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.ir.nodes import Hole, Index, Slice, Var
from tangentc.kinds.types import Array, Const, can_be_active, dtype_of, is_number, rank_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import Linear, LinearOp, dims_of, exact, fit, linear_op, transpose
from tangentc.rules.ops import rank

# --- arithmetic ---------------------------------------------------------------------------------


@linear_op(elementwise=True)
def add(s: Expr, t: Expr) -> Expr:
    return s + t  # type: ignore[no-any-return]


@transpose(add)
def add_t(w: Expr) -> Any:
    return w, w


@linear_op(elementwise=True)
def subtract(s: Expr, t: Expr) -> Expr:
    return s - t  # type: ignore[no-any-return]


@transpose(subtract)
def subtract_t(w: Expr) -> Any:
    return w, -w


@linear_op(elementwise=True)
def negate(t: Expr) -> Expr:
    return -t


@transpose(negate)
def negate_t(w: Expr) -> Any:
    return -w


@linear_op(elementwise=True)
def scale(c: Expr, t: Expr) -> Expr:
    return c * t  # type: ignore[no-any-return]


@transpose(scale)
def scale_t(w: Expr, c: Expr) -> Any:
    return c * w


@linear_op(elementwise=True)
def divide(c: Expr, t: Expr) -> Expr:
    """t / c, where zeros that a mask or selection put into t stay zero also where c is 0."""
    return t / (call("np.where", ops.equal(t, 0), 1.0, c) if _is_guarded(t, c) else c)  # type: ignore[no-any-return]


@transpose(divide)
def divide_t(w: Expr, c: Expr) -> Any:
    return divide.apply(c, w)


@linear_op(elementwise=True)
def amplify(c: Expr, t: Expr) -> Expr:
    """c t with a factor c that may be infinite: zeros that a mask or selection put into t stay zero."""
    return (call("np.where", ops.equal(t, 0), 0.0, c) if _is_guarded(t, c) else c) * t  # type: ignore[no-any-return]


@transpose(amplify)
def amplify_t(w: Expr, c: Expr) -> Any:
    return amplify.apply(c, w)


@linear_op(elementwise=True)
def steep(c: Expr, t: Expr) -> Expr:
    """t / c for a c that is 0 where the program is defined: infinite there, of Python numbers too."""
    if ops.is_python_number(c) and not isinstance(c.kind, Const):
        return call("quotient", t, c)
    return divide.apply(c, t)


@transpose(steep)
def steep_t(w: Expr, c: Expr) -> Any:
    return steep.apply(c, w)


def _is_guarded(t: Expr, c: Any) -> bool:
    """Whether zeros may meet an infinite factor; functions of Python numbers raise errors instead."""
    varies = isinstance(c, Expr) and not isinstance(c.kind, Const)
    return varies and not ops.is_python_number(c) and t.builder.is_strong(t.atom)


def _masked(t: Expr) -> Expr:
    """A derivative into which a mask or selection put zeros."""
    if isinstance(t.atom, Var):
        t.builder.strong.add(t.atom)
    return t


@linear_op(elementwise=True)
def spread(whole: Expr, t: Expr) -> Expr:
    """t, that broadcasts to the shape of `whole`; complex where that is."""
    t = exact(t, whole.kind, lambda: whole)
    have, want = dtype_of(t.kind), dtype_of(whole.kind)
    if (
        have is not None
        and want is not None
        and have.kind == "f"
        and want.kind == "c"
        and isinstance(t.kind, Array)
    ):
        t = call("astype", t, dtype=want)
    return t


@transpose(spread)
def spread_t(w: Expr, whole: Expr) -> Any:
    return w


# --- selections ---------------------------------------------------------------------------------


@linear_op(elementwise=True)
def select(mask: Expr, t: Expr) -> Expr:
    """t where the mask holds, else 0."""
    return _masked(call("np.where", mask, t, 0.0))


@transpose(select)
def select_t(w: Expr, mask: Expr) -> Any:
    return select.apply(mask, w)


@linear_op(elementwise=True)
def portion(c: Expr, t: Expr) -> Expr:
    """c t with weights c that choose: 1, 0, or in between at ties."""
    return _masked(c * t)


@transpose(portion)
def portion_t(w: Expr, c: Expr) -> Any:
    return portion.apply(c, w)


@linear_op(elementwise=True)
def reject(mask: Expr, t: Expr) -> Expr:
    """0 where the mask holds, else t."""
    return _masked(call("np.where", mask, 0.0, t))


@transpose(reject)
def reject_t(w: Expr, mask: Expr) -> Any:
    return reject.apply(mask, w)


@linear_op(elementwise=True)
def choose(mask: Expr, s: Expr, t: Expr) -> Expr:
    return call("np.where", mask, s, t)


@transpose(choose)
def choose_t(w: Expr, mask: Expr) -> Any:
    return select.apply(mask, w), reject.apply(mask, w)


# --- complex numbers ----------------------------------------------------------------------------


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


# --- conversions --------------------------------------------------------------------------------


@linear_op(elementwise=True)
def convert(t: Expr, *, to: str, attrs: tuple[tuple[str, Any], ...] = ()) -> Expr:
    """The conversion that the program makes: float(t), np.float32(t), t.astype(dtype), t.copy()."""
    return call(to, t, **dict(attrs))


@transpose(convert)
def convert_t(w: Expr, *, to: str, attrs: tuple[tuple[str, Any], ...] = ()) -> Any:
    return w


@linear_op
def own(t: Expr) -> Expr:
    """A copy of what is known to be an array only here; its cotangent is a copy as well, whose memory is its own."""
    return call("own_copy", t)


@transpose(own)
def own_t(w: Expr) -> Any:
    return call("copy", w)


@linear_op
def item(t: Expr, *, to: str) -> Expr:
    """The only entry of an array as a number."""
    return call(to, t)


@transpose(item)
def item_t(w: Expr, like: Expr, *, to: str) -> Any:
    return call("np.full", like.shape, w, dtype=dtype_of(like.kind))


# --- sums ---------------------------------------------------------------------------------------


def _widened(w: Expr, axis: Any, keepdims: bool) -> Expr:
    """The cotangent of a reduction with the axes that it lost, of size 1."""
    if axis is None and not keepdims:
        return w
    return w if keepdims else call("np.expand_dims", w, axis=axis)


@linear_op
def sum_(t: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Expr:
    return call("np.sum", t, axis=axis, dtype=dtype, keepdims=keepdims)


@transpose(sum_)
def sum_t(w: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """Every summand gets the cotangent of its sum."""
    return _widened(w, axis, keepdims)


@linear_op
def mean(t: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Expr:
    return call("np.mean", t, axis=axis, dtype=dtype, keepdims=keepdims)


@transpose(mean)
def mean_t(w: Expr, like: Expr, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    return _widened(w / ops.count(like, axis), axis, keepdims)


@linear_op
def centred(t: Expr, *, axis: Any = None) -> Expr:
    """t minus its mean: an orthogonal projection."""
    return call("centred", t, axis=axis)


@transpose(centred)
def centred_t(w: Expr, *, axis: Any = None) -> Any:
    return call("centred", w, axis=axis)


@linear_op
def cumsum(t: Expr, *, axis: Any = None, dtype: Any = None) -> Expr:
    return call("np.cumsum", t, axis=axis, dtype=dtype)


@transpose(cumsum)
def cumsum_t(w: Expr, like: Expr, *, axis: Any = None, dtype: Any = None) -> Any:
    """An entry is in all later sums: the sums from the other end."""
    if axis is None:
        return ops.reshape(_flip(call("np.cumsum", _flip(w, 0)), 0), like.shape)
    return _flip(call("np.cumsum", _flip(w, axis), axis=axis), axis)


def _flip(x: Expr, axis: int) -> Expr:
    backwards = Slice(None, None, -1)
    if axis >= 0:
        return x.getitem((*(Slice(),) * axis, backwards))
    return x.getitem((Ellipsis, backwards, *(Slice(),) * (-axis - 1)))


# --- shapes -------------------------------------------------------------------------------------


@linear_op
def reshape(shape: Expr, t: Expr, *, order: str = "C") -> Expr:
    return call("np.reshape", t, shape, order=order)


@transpose(reshape)
def reshape_t(w: Expr, shape: Expr, like: Expr, *, order: str = "C") -> Any:
    return ops.reshape(w, like.shape, order)


@linear_op
def ravel(t: Expr, *, order: str = "C") -> Expr:
    return call("np.ravel", t, order=order)


@transpose(ravel)
def ravel_t(w: Expr, like: Expr, *, order: str = "C") -> Any:
    return ops.reshape(w, like.shape, order)


@linear_op
def broadcast_to(shape: Expr, t: Expr) -> Expr:
    return call("np.broadcast_to", t, shape)


@transpose(broadcast_to)
def broadcast_to_t(w: Expr, shape: Expr, like: Expr) -> Any:
    return landed(w, like)


@linear_op
def unbroadcast(shape: Expr, t: Expr) -> Expr:
    return call("unbroadcast", t, shape)


@transpose(unbroadcast)
def unbroadcast_t(w: Expr, shape: Expr, like: Expr) -> Any:
    return w  # constant along the axes that were summed


@linear_op
def full(shape: Expr, t: Expr, *, dtype: Any = None) -> Expr:
    return call("np.full", shape, t, dtype=dtype)


@transpose(full)
def full_t(w: Expr, shape: Expr, like: Expr, *, dtype: Any = None) -> Any:
    return landed(w, like)


def landed(w: Expr, like: Expr) -> Expr:
    """A cotangent summed over the axes along which its value was broadcast."""
    return fit(w, w.kind, lambda: w, like.kind, lambda: like)


@linear_op
def permute(t: Expr, *, axes: Any = None) -> Expr:
    return call("np.transpose", t, axes=axes)


@transpose(permute)
def permute_t(w: Expr, *, axes: Any = None) -> Any:
    if axes is None:
        return call("np.transpose", w)
    count = len(axes)
    inverse = sorted(range(count), key=lambda axis: axes[axis] % count)
    return call("np.transpose", w, axes=tuple(inverse))


@linear_op
def exchange(t: Expr, *, to: str) -> Expr:
    """`t.T`, `t.mT`, `np.matrix_transpose(t)`: undone by doing it again."""
    return call(to, t)


@transpose(exchange)
def exchange_t(w: Expr, *, to: str) -> Any:
    return call(to, w)


@linear_op
def swapaxes(t: Expr, *, axis1: int, axis2: int) -> Expr:
    return call("np.swapaxes", t, axis1=axis1, axis2=axis2)


@transpose(swapaxes)
def swapaxes_t(w: Expr, *, axis1: int, axis2: int) -> Any:
    return call("np.swapaxes", w, axis1=axis1, axis2=axis2)


@linear_op
def moveaxis(t: Expr, *, source: Any, destination: Any) -> Expr:
    return call("np.moveaxis", t, source=source, destination=destination)


@transpose(moveaxis)
def moveaxis_t(w: Expr, *, source: Any, destination: Any) -> Any:
    return call("np.moveaxis", w, source=destination, destination=source)


@linear_op
def expand_dims(t: Expr, *, axis: Any) -> Expr:
    return call("np.expand_dims", t, axis=axis)


@transpose(expand_dims)
def expand_dims_t(w: Expr, *, axis: Any) -> Any:
    return call("np.squeeze", w, axis=axis)


@linear_op
def squeeze(t: Expr, *, axis: Any = None) -> Expr:
    return call("np.squeeze", t, axis=axis)


@transpose(squeeze)
def squeeze_t(w: Expr, like: Expr, *, axis: Any = None) -> Any:
    return ops.reshape(w, like.shape) if axis is None else call("np.expand_dims", w, axis=axis)


@linear_op
def flip(t: Expr, *, axis: Any = None) -> Expr:
    return call("np.flip", t, axis=axis)


@transpose(flip)
def flip_t(w: Expr, *, axis: Any = None) -> Any:
    return call("np.flip", w, axis=axis)


@linear_op
def roll(shift: Expr, t: Expr, *, axis: Any = None) -> Expr:
    return call("np.roll", t, shift, axis=axis)


@transpose(roll)
def roll_t(w: Expr, shift: Expr, *, axis: Any = None) -> Any:
    return call("np.roll", w, ops.opposite(shift), axis=axis)


@linear_op
def diag(t: Expr, *, k: int = 0) -> Expr:
    """The matrix with this diagonal."""
    return call("np.diag", t, k=k)


@transpose(diag)
def diag_t(w: Expr, *, k: int = 0) -> Any:
    return call("np.diagonal", w, offset=k)


@linear_op
def triangle(t: Expr, *, of: str, k: int = 0) -> Expr:
    """`np.tril` or `np.triu`."""
    return _masked(call(of, t, k=k))


@transpose(triangle)
def triangle_t(w: Expr, *, of: str, k: int = 0) -> Any:
    return triangle.apply(w, of=of, k=k)


# --- places -------------------------------------------------------------------------------------


@linear_op
def getitem(*holes_and_t: Expr, index: Index) -> Expr:
    *holes, t = holes_and_t
    return t.getitem(index, *holes)


@transpose(getitem)
def getitem_t(w: Expr, *holes: Expr, like: Expr, index: Index) -> Any:
    return scatter(w, like, index, holes)


def scatter(w: Expr, like: Expr, index: Index, holes: Sequence[Expr] = ()) -> Expr:
    """Zeros of the shape of `like` with w added at the index, each repetition of a place counted."""
    dtype = dtype_of(w.kind)
    place: Expr = ops.zeros(like.shape, dtype if dtype is not None else dtype_of(like.kind))
    builder, atoms = w.builder, tuple(hole.atom for hole in holes)
    if all(names_once(hole) for hole in holes):
        builder.store(place.atom, index, atoms, w.atom)
    else:
        builder.effect("add_at", place.atom, *atoms, w.atom, index=index)
    return _masked(place)


def names_once(hole: Expr) -> bool:
    """Whether an index operand cannot name an element twice: an integer or a mask, not an integer array."""
    dtype = dtype_of(hole.kind)
    return is_number(hole.kind) or (isinstance(hole.kind, Array) and dtype is not None and dtype.kind == "b")


@linear_op
def gather(places: Expr, t: Expr) -> Expr:
    """The entries of t, counted in C order, at integer places."""
    flat: Expr = ops.ravel(t)
    return flat.getitem((Hole(0),), places)


@transpose(gather)
def gather_t(w: Expr, places: Expr, like: Expr) -> Any:
    flat = ops.ravel(like)
    return ops.reshape(scatter(w, flat, (Hole(0),), (places,)), like.shape)


@linear_op
def diagonal(t: Expr, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Expr:
    return call("np.diagonal", t, offset=offset, axis1=axis1, axis2=axis2)


@transpose(diagonal)
def diagonal_t(w: Expr, like: Expr, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Every entry back to its place on the diagonal of the last two axes, which then go where they were."""
    axes = rank(like)
    first, second = axis1 % axes, axis2 % axes
    sizes = dims_of(like.kind)
    if sizes is not None and len(sizes) == 2 and sizes[0] == sizes[1] and offset == 0:
        return call("np.diag", w)
    rest = [ops.dim(like, axis) for axis in range(axes) if axis not in (first, second)]
    rows, columns = ops.dim(like, first), ops.dim(like, second)
    places = ops.arange(w, ops.dim(w, axes - 2))
    row = places - offset if offset < 0 else places
    column = places + offset if offset > 0 else places
    place = ops.zeros(ops.pack(w, (*rest, rows, columns)), dtype_of(w.kind))
    index: Index = (Ellipsis, Hole(0), Hole(1))
    w.builder.store(place.atom, index, (row.atom, column.atom), w.atom)
    _masked(place)
    if (first, second) == (axes - 2, axes - 1):
        return place
    return call("np.moveaxis", place, source=(axes - 2, axes - 1), destination=(first, second))


@linear_op
def trace(t: Expr, *, offset: int = 0, dtype: Any = None) -> Expr:
    return call("np.trace", t, offset=offset, dtype=dtype)


@transpose(trace)
def trace_t(w: Expr, like: Expr, *, offset: int = 0, dtype: Any = None) -> Any:
    """The entries of the diagonal get the cotangent of their sum."""
    rows, columns = (ops.dim(like, axis) for axis in (0, 1))
    rows = rows if isinstance(rows, Expr) else ops.literal(like, rows)
    known = dtype_of(like.kind)
    options = {} if known is None or known.kind not in "f" or known == np.dtype(float) else {"dtype": known}
    square = dims_of(like.kind)
    shape = (rows,) if square is not None and square[0] == square[1] else (rows, columns)
    return _masked(w * call("np.eye", *shape, k=offset, **options))


# --- joining ------------------------------------------------------------------------------------


def joined(op: LinearOp, operands: Sequence[Expr], tangents: Sequence[Any], **attrs: Any) -> Any:
    """A join of tangents, with zeros in the places of the operands that are constant."""
    varies = tuple(bool(t) for t in tangents)
    constants = [x for x, v in zip(operands, varies, strict=True) if not v]
    return op(*constants, *(t for t in tangents if t), varies=varies, **attrs)


def _zeros_like(x: Expr) -> Any:
    return call("np.zeros_like", x) if isinstance(x.kind, Array) else 0.0


def _filled(parts: Sequence[Expr], varies: tuple[bool, ...]) -> list[Any]:
    """All operands of a join in order: zeros for the constant ones, which come first in `parts`."""
    constants, tangents = iter(parts[: varies.count(False)]), iter(parts[varies.count(False) :])
    return [next(tangents) if v else _zeros_like(next(constants)) for v in varies]


@linear_op
def concatenate(*parts: Expr, axis: int | None, varies: tuple[bool, ...]) -> Expr:
    return call("np.concatenate", *_filled(parts, varies), axis=axis)


@transpose(concatenate)
def concatenate_t(w: Expr, *constants: Expr, like: Any, axis: int | None, varies: tuple[bool, ...]) -> Any:
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
def stack(*parts: Expr, axis: int, varies: tuple[bool, ...]) -> Expr:
    return call("np.stack", *_filled(parts, varies), axis=axis)


@transpose(stack)
def stack_t(w: Expr, *constants: Expr, axis: int, varies: tuple[bool, ...]) -> Any:
    def entry(position: int) -> Expr:
        if axis >= 0:
            return w.getitem((*(Slice(),) * axis, position))
        return w.getitem((Ellipsis, position, *(Slice(),) * (-axis - 1)))

    return tuple(entry(position) for position, v in enumerate(varies) if v)


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


# --- products -----------------------------------------------------------------------------------


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
    if isinstance(t, Linear):
        t.prototype = lambda: result
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
