"""Derivatives of products with sparse matrices and of solutions of sparse systems.

A matrix that varies is given by its entries, so that its cotangent has the same pattern: of y = A x it is y_bar[i] x[j]
at the places (i, j) of the entries, and no matrix is made for it.
"""

from __future__ import annotations

from typing import Any

import tangentc.primitives.scipy.sparse  # noqa: F401
from tangentc.ir.nodes import Hole
from tangentc.kinds.types import Array
from tangentc.primitives.core import named
from tangentc.primitives.scipy.sparse import ITERATIONS
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call, several
from tangentc.rules.linear import ZERO, linear_op, transpose
from tangentc.rules.ops import Tangent, rank
from tangentc.rules.registry import Rule, add, linearise, nondifferentiable

Attrs = tuple[tuple[str, Any], ...]

# --- a matrix that does not vary ----------------------------------------------------------------------


@linear_op
def left(A: Expr, t: Expr) -> Expr:
    return call("sparse_matmul", A, t)


@transpose(left)
def left_t(w: Expr, A: Expr) -> Any:
    return call("sparse_matmul", call("sparse_T", A), w)


@linear_op
def right(A: Expr, t: Expr) -> Expr:
    return call("matmul_sparse", t, A)


@transpose(right)
def right_t(w: Expr, A: Expr) -> Any:
    return call("matmul_sparse", w, call("sparse_T", A))


@linearise(named("sparse_matmul"))
def sparse_matmul(y: Expr, A: Expr, x: Expr, *, dx: Tangent) -> Tangent:
    return left(A, dx)


@linearise(named("matmul_sparse"))
def matmul_sparse(y: Expr, x: Expr, A: Expr, *, dx: Tangent) -> Tangent:
    return right(A, dx)


@linear_op
def solved(lu: Expr, t: Expr, *, trans: str) -> Expr:
    return call("lu_solve", lu, t, trans=trans)


@transpose(solved)
def solved_t(w: Expr, lu: Expr, *, trans: str) -> Any:
    return call("lu_solve", lu, w, trans=_other(trans, lu))


def _other(trans: str, near: Expr) -> str:
    found = {"N": "T", "T": "N"}.get(trans)
    if found is None:
        raise ops.undefined(f"a sparse solution with trans={trans!r} has no derivative rule", near)
    return found


@linearise(named("lu_solve"))
def lu_solve(x: Expr, lu: Expr, b: Expr, *, trans: str, db: Tangent) -> Tangent:
    return solved(lu, db, trans=trans)


@linear_op
def iterated(A: Expr, t: Expr, *, of: str, attrs: Attrs) -> Expr:
    return several(of, A, t, **dict(attrs))[0]


@transpose(iterated)
def iterated_t(w: Expr, A: Expr, *, of: str, attrs: Attrs) -> Any:
    return several(of, call("sparse_T", A), w, **dict(attrs))[0]


def _iteration(name: str, attributes: tuple[str, ...]) -> None:
    """A dx = db: the solution's derivative, not that of the steps that led there, and as accurate as the program."""

    def rule(results: Any, A: Expr, b: Expr, *, db: Tangent, **attrs: Any) -> tuple[Tangent, Tangent]:
        return iterated(A, db, of=name, attrs=tuple(attrs.items())), ZERO

    add((named(name),), Rule(rule, ("A", "b"), False, attributes, ("db",)))


for _name in ITERATIONS:
    _path = f"scipy.sparse.linalg.{_name}"
    _iteration(_path, tuple(named(_path).attributes))


@linear_op
def flow(A: Expr, t: Expr) -> Expr:
    return call("scipy.sparse.linalg.expm_multiply", A, t)


@transpose(flow)
def flow_t(w: Expr, A: Expr) -> Any:
    return call("scipy.sparse.linalg.expm_multiply", call("sparse_T", A), w)


@linearise(named("scipy.sparse.linalg.expm_multiply"))
def expm_multiply(y: Expr, A: Expr, B: Expr, *, dB: Tangent) -> Tangent:
    return flow(A, dB)


# --- a matrix that varies -----------------------------------------------------------------------------

_OTHER_FORM = {"coo": "coo", "csr": "csc", "csc": "csr"}


@linear_op
def of_vector(data: Expr, rows: Expr, columns: Expr, shape: Expr, t: Expr, *, form: str) -> Expr:
    return call("sparse_product", data, rows, columns, t, shape, form=form)


@transpose(of_vector)
def of_vector_t(w: Expr, data: Expr, rows: Expr, columns: Expr, shape: Expr, *, form: str) -> Any:
    return call("sparse_product", data, columns, rows, w, _turned(shape), form=_OTHER_FORM[form])


@linear_op
def of_entries(rows: Expr, columns: Expr, x: Expr, shape: Expr, t: Expr, *, form: str) -> Expr:
    return call("sparse_product", t, rows, columns, x, shape, form=form)


@transpose(of_entries)
def of_entries_t(w: Expr, rows: Expr, columns: Expr, x: Expr, shape: Expr, like: Expr, *, form: str) -> Any:
    """w[i] x[j] at the places of the entries, summed over the columns of a matrix x."""
    rows = call("row_numbers", rows) if form == "csr" else rows
    columns = call("row_numbers", columns) if form == "csc" else columns
    product = _at(rows, w, like) * _at(columns, x, like)
    return product if rank(x) == 1 else ops.sum_(product, axis=1)


def _at(places: Expr, x: Expr, like: Expr) -> Expr:
    """The entries or rows of x at the places of the entries of a matrix: as many as there are of these."""
    known = None
    if isinstance(like.kind, Array) and like.kind.dims and isinstance(x.kind, Array) and x.kind.dims:
        known = Array(x.kind.dtype, (like.kind.dims[0], *x.kind.dims[1:]))
    return call("getitem", x, places, index=(Hole(0),), kind=known)


def _turned(shape: Expr) -> Any:
    known = ops.constant(shape)
    if known is not None:
        return ops.literal(shape, (known[1], known[0]))
    return ops.pack(shape, (call("item", shape, 1), call("item", shape, 0)))


@linearise(named("sparse_product"))
def sparse_product(
    y: Expr, data: Expr, rows: Expr, columns: Expr, x: Expr, shape: Expr, *, form: str, ddata: Tangent, dx: Tangent
) -> Tangent:  # fmt: skip
    change = of_entries(rows, columns, x, shape, ddata, form=form)
    return change + of_vector(data, rows, columns, shape, dx, form=form)


@linearise(named("on_diagonal"))
def on_diagonal(y: Expr, d: Expr, shape: Expr, *, offset: int, dd: Tangent) -> Tangent:
    return linear.broadcast_to(y.shape, dd)


@linear_op
def dense(rows: Expr, columns: Expr, shape: Expr, t: Expr) -> Expr:
    return call("sparse_dense", t, rows, columns, shape)


@transpose(dense)
def dense_t(w: Expr, rows: Expr, columns: Expr, shape: Expr) -> Any:
    return w.getitem((Hole(0), Hole(1)), rows, columns)


@linearise(named("sparse_dense"))
def sparse_dense(y: Expr, data: Expr, rows: Expr, columns: Expr, shape: Expr, *, ddata: Tangent) -> Tangent:
    return dense(rows, columns, shape, ddata)


@linear_op
def factored(lu: Expr, data: Expr, rows: Expr, columns: Expr, t: Expr, *, trans: str, form: str) -> Expr:
    return call("factor_solve", lu, data, rows, columns, t, trans=trans, form=form)


@transpose(factored)
def factored_t(
    w: Expr, lu: Expr, data: Expr, rows: Expr, columns: Expr, *, trans: str, form: str
) -> Any:  # fmt: skip
    return call("factor_solve", lu, data, rows, columns, w, trans=_other(trans, lu), form=form)


@linearise(named("factor_solve"))
def factor_solve(
    x: Expr, lu: Expr, data: Expr, rows: Expr, columns: Expr, b: Expr, *, trans: str, form: str, ddata: Tangent,
    db: Tangent,
) -> Tangent:  # fmt: skip
    """A dx = db - dA x; the factors serve both modes."""
    if ddata:
        size = ops.dim(b, 0)
        shape = ops.pack(b, (size, size))
        if trans == "N":
            moved = of_entries(rows, columns, x, shape, ddata, form=form)
        else:
            moved = of_entries(columns, rows, x, shape, ddata, form=_OTHER_FORM[form])
        db = db - linear.shaped(moved, x)
    return factored(lu, data, rows, columns, db, trans=trans, form=form)


@linear_op
def iterated_with(data: Expr, rows: Expr, columns: Expr, t: Expr, **attrs: Any) -> Expr:
    return several("sparse_iterate", data, rows, columns, t, **attrs)[0]


@transpose(iterated_with)
def iterated_with_t(w: Expr, data: Expr, rows: Expr, columns: Expr, **attrs: Any) -> Any:
    return several("sparse_iterate", data, columns, rows, w, **attrs)[0]


@linearise(named("sparse_iterate"))
def sparse_iterate(
    results: Any, data: Expr, rows: Expr, columns: Expr, b: Expr, *, of: str, options: Any, ddata: Tangent, db: Tangent
) -> tuple[Tangent, Tangent]:  # fmt: skip
    """A dx = db - dA x at the solution, however it was found."""
    if ddata:
        size = ops.dim(b, 0)
        moved = of_entries(rows, columns, results[0], ops.pack(b, (size, size)), ddata, form="coo")
        db = db - linear.shaped(moved, results[0])
    return iterated_with(data, rows, columns, db, of=of, options=options), ZERO


nondifferentiable(
    *map(
        named,
        ("sparse_T", "row_numbers", "diagonal_places", "meeting", "entries_of", "factor_of", "sparse_factor"),
    )
)
