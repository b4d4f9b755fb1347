"""Solutions of systems and matrix equations, and derivatives of functions of matrices: of SciPy's functions."""

from __future__ import annotations

from typing import Any

from tangentc.ir.nodes import Hole
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose

Attrs = tuple[tuple[str, Any], ...]

_SOLVE = "scipy.linalg.solve_triangular"


@linear_op
def triangular(a: Expr, t: Expr, *, trans: int, lower: bool, unit_diagonal: bool = False) -> Expr:
    """a x = t (0) or a^T x = t (1), of which one triangle of a is read."""
    return call(_SOLVE, a, t, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


@transpose(triangular)
def triangular_t(w: Expr, a: Expr, *, trans: int, lower: bool, unit_diagonal: bool = False) -> Any:
    return call(_SOLVE, a, w, trans=1 - trans, lower=lower, unit_diagonal=unit_diagonal)


@linear_op
def structured(a: Expr, t: Expr, *, attrs: Attrs) -> Expr:
    """a x = t for a matrix that is symmetric (assume_a="sym") or Hermitian ("her", "pos")."""
    return call("scipy.linalg.solve", a, t, **dict(attrs))


@transpose(structured)
def structured_t(w: Expr, a: Expr, *, attrs: Attrs) -> Any:
    symmetric = dict(attrs)["assume_a"] == "sym"
    return call("scipy.linalg.solve", a if symmetric else ops.conj(a), w, **dict(attrs))


@linear_op
def by_cholesky(c: Expr, t: Expr, *, of: str, lower: bool) -> Expr:
    """The system of a Hermitian matrix (`of` its factor c, of its band, …), of which one triangle is read."""
    return call(f"scipy.linalg.{of}", c, t, lower=lower)


@transpose(by_cholesky)
def by_cholesky_t(w: Expr, c: Expr, *, of: str, lower: bool) -> Any:
    return call(f"scipy.linalg.{of}", ops.conj(c), w, lower=lower)


@linear_op
def by_lu(lu: Expr, piv: Expr, t: Expr, *, trans: int) -> Expr:
    return call("scipy.linalg.lu_solve", lu, piv, t, trans=trans)


@transpose(by_lu)
def by_lu_t(w: Expr, lu: Expr, piv: Expr, *, trans: int) -> Any:
    return call("scipy.linalg.lu_solve", lu, piv, w, trans=1 - trans)


@linear_op
def reordered(order: Expr, t: Expr) -> Expr:
    """The rows of t in another order, a permutation."""
    return t.getitem((Hole(0),), order)


@transpose(reordered)
def reordered_t(w: Expr, order: Expr) -> Any:
    return w.getitem((Hole(0),), call("np.argsort", order))


@linear_op
def banded(ab: Expr, t: Expr, *, l_and_u: tuple[int, int]) -> Expr:
    return call("scipy.linalg.solve_banded", ab, t, l_and_u=l_and_u)


@transpose(banded)
def banded_t(w: Expr, ab: Expr, *, l_and_u: tuple[int, int]) -> Any:
    turned = call("transposed_band", ab, l_and_u=l_and_u)
    return call("scipy.linalg.solve_banded", turned, w, l_and_u=l_and_u[::-1])


@linear_op
def transposed_band(t: Expr, *, l_and_u: tuple[int, int], corners: bool = False) -> Expr:
    return call("transposed_band", t, l_and_u=l_and_u, corners=corners)


@transpose(transposed_band)
def transposed_band_t(w: Expr, *, l_and_u: tuple[int, int], corners: bool = False) -> Any:
    return call("transposed_band", w, l_and_u=l_and_u[::-1], corners=corners)


@linear_op
def whole_band(t: Expr, *, lower: bool) -> Expr:
    return call("whole_band", t, lower=lower)


@transpose(whole_band)
def whole_band_t(w: Expr, like: Expr, *, lower: bool) -> Any:
    return call("folded_band", w, like.shape, lower=lower)


@linear_op
def folded_band(shape: Expr, t: Expr, *, lower: bool) -> Expr:
    return call("folded_band", t, shape, lower=lower)


@transpose(folded_band)
def folded_band_t(v: Expr, shape: Expr, *, lower: bool) -> Any:
    return call("whole_band", v, lower=lower)


@linear_op
def cholesky_band(c: Expr, t: Expr, *, bar: bool) -> Expr:
    """What the factor c of a banded matrix moves by along t, or with `bar` its transpose."""
    return call("cholesky_band_slope", c, t, bar=bar)


@transpose(cholesky_band)
def cholesky_band_t(w: Expr, c: Expr, *, bar: bool) -> Any:
    return call("cholesky_band_slope", c, w, bar=not bar)


@linear_op
def lu_slope(lu: Expr, t: Expr, *, bar: bool) -> Expr:
    """What the factors, in one matrix, move by along t, or with `bar` its transpose."""
    return call("lu_slope", lu, t, bar=bar)


@transpose(lu_slope)
def lu_slope_t(w: Expr, lu: Expr, *, bar: bool) -> Any:
    return call("lu_slope", lu, w, bar=not bar)


@linear_op
def band_product(y: Expr, t: Expr) -> Expr:
    return call("product_band", t, y)


@transpose(band_product)
def band_product_t(w: Expr, y: Expr) -> Any:
    return call("product_band_bar", w, y)


@linear_op
def band_bar(y: Expr, t: Expr) -> Expr:
    """The cotangent of a factor in `product_band`, as a function of that of the product."""
    return call("product_band_bar", t, y)


@transpose(band_bar)
def band_bar_t(u: Expr, y: Expr) -> Any:
    return call("product_band", u, y)


@linear_op
def band_product_bar(w: Expr, t: Expr) -> Expr:
    """The same as a function of the other factor: a symmetric matrix times that."""
    return call("product_band_bar", w, t)


@transpose(band_product_bar)
def band_product_bar_t(u: Expr, w: Expr) -> Any:
    return call("product_band_bar", w, u)


@linear_op
def diagonal_of_values(m: Expr, n: Expr, t: Expr) -> Expr:
    """The diagonal matrix of a singular value decomposition."""
    return call("scipy.linalg.diagsvd", t, m, n)


@transpose(diagonal_of_values)
def diagonal_of_values_t(w: Expr, m: Expr, n: Expr) -> Any:
    return call("np.diagonal", w)


@linear_op
def toeplitz(c: Expr, r: Expr, t: Expr, *, of: str) -> Expr:
    """The system (`of` "solve_toeplitz") or the product ("matmul_toeplitz") with a column c and a row r.

    Without a row it is the conjugate of the column.
    """
    return call(f"scipy.linalg.{of}", c, r, t)


@transpose(toeplitz)
def toeplitz_t(w: Expr, c: Expr, r: Expr, *, of: str) -> Any:
    """The row becomes the column; what stands in the corner is c[0]."""
    if not ops.given(r):
        if not ops.is_complex(c):
            return call(f"scipy.linalg.{of}", c, r, w)
        r = ops.conj(c)
    return call(f"scipy.linalg.{of}", call("np.concatenate", c[:1], r[1:]), c, w)


@linear_op
def sylvester(a: Expr, b: Expr, t: Expr) -> Expr:
    """a x + x b = t"""
    return call("scipy.linalg.solve_sylvester", a, b, t)


@transpose(sylvester)
def sylvester_t(w: Expr, a: Expr, b: Expr) -> Any:
    return call("scipy.linalg.solve_sylvester", ops.transposed(a), ops.transposed(b), w)


@linear_op
def discrete(a: Expr, t: Expr) -> Expr:
    """x = a x a^H + t"""
    return call("scipy.linalg.solve_discrete_lyapunov", a, t)


@transpose(discrete)
def discrete_t(w: Expr, a: Expr) -> Any:
    """x is the sum of the a^k t (a^H)^k."""
    return call("scipy.linalg.solve_discrete_lyapunov", ops.transposed(a), w)


@linear_op
def function_slope(a: Expr, t: Expr, *, which: str) -> Expr:
    """The derivative of a function of a matrix, at a along t."""
    return call("matrix_function_slope", a, t, which=which)


@transpose(function_slope)
def function_slope_t(w: Expr, a: Expr, *, which: str) -> Any:
    return call("matrix_function_slope", ops.transposed(a), w, which=which)


def _after(start: Any, size: Any) -> Any:
    return size if isinstance(start, int) and start == 0 else start + size


@linear_op
def blocks(*parts: Expr, varies: tuple[bool, ...]) -> Expr:
    """A block diagonal of tangents, with zeros in the places of the constant blocks, which come first."""
    constants, tangents = iter(parts[: varies.count(False)]), iter(parts[varies.count(False) :])
    found = [next(tangents) if v else call("np.zeros_like", next(constants)) for v in varies]
    return call("scipy.linalg.block_diag", *found)


@transpose(blocks)
def blocks_t(w: Expr, *constants: Expr, like: Any, varies: tuple[bool, ...]) -> Any:
    """Each block has its part of the cotangent; a vector is a row, a number an entry."""
    still, moving = iter(constants), iter(like if isinstance(like, tuple) else (like,))
    found: list[Any] = []
    row: Any = 0
    column: Any = 0
    for v in varies:
        x = next(moving) if v else next(still)
        sizes = ops.sizes(x)
        height, width = [1] * (2 - len(sizes)) + sizes
        below, right = _after(row, height), _after(column, width)
        if v:
            rows = slice(row, below) if len(sizes) == 2 else row
            found.append(w[rows, slice(column, right) if sizes else column])
        row, column = below, right
    return tuple(found)
