"""The two forms of a symmetric matrix with zeros on its diagonal."""

from __future__ import annotations

from typing import Any

from tangentc.kinds.types import Array, dtype_of
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import dims_of, linear_op, transpose


@linear_op
def squareform(result: Expr, t: Expr, *, of_matrix: bool) -> Expr:
    """The entries above the diagonal of a matrix, or the symmetric matrix that has these; in the form of `result`."""
    return _shaped(t, result)


@transpose(squareform)
def squareform_t(w: Expr, result: Expr, like: Expr, *, of_matrix: bool) -> Any:
    """An entry stands in two places of the matrix; it is read above the diagonal."""
    return call("np.triu", _shaped(w, like)) if of_matrix else _shaped(w + call("T", w), like)


def _shaped(t: Expr, like: Expr) -> Expr:
    known = Array(dtype_of(t.kind), dims_of(like.kind)) if dims_of(like.kind) else None
    return call("scipy.spatial.distance.squareform", t, checks=False, kind=known)
