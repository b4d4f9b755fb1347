"""The functions of `scipy.linalg`.

Where SciPy takes a pair as one argument (two factors, a factor and which triangle it is, a column and a row), the
operation has the two one by one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy import linalg

from tangentc import numerics_factors, numerics_matrices
from tangentc.kinds.dims import as_size, shift, total
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, Array, Kind, Size, dtype_of, fresh, rank_of
from tangentc.primitives.core import KindRule
from tangentc.primitives.declare import declare, library_function
from tangentc.primitives.linalg import (
    contracting,
    qr_kind,
    real_dtype,
    real_or_complex,
    solve_pairs,
    square_pairs,
    svd_kind,
    svdvals_kind,
)

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]
Dims = tuple[Size, ...]

_CHECKED = {"check_finite": True}


# --- kinds ------------------------------------------------------------------------------------------


def _common_dtype(kinds: Kinds) -> Any:
    """The precision of the operands together; None where it is not known."""
    types = [found for kind in kinds if (found := dtype_of(kind)) is not None]  # a dtype of floats == None
    if len(types) < len(kinds):
        return None
    dtype = np.result_type(*types)
    return dtype if dtype.kind in "fc" else np.dtype(float)


def solution_kind(kinds: Kinds, _: Attributes) -> Kind:
    """As many entries as the right-hand side, in the precision of all operands."""
    first, last, dtype = kinds[0], kinds[-1], _common_dtype(kinds)
    if rank_of(first) is None or not isinstance(last, Array) or last.dims is None or dtype is None:
        return ANY
    return Array(dtype, last.dims)


def toeplitz_solution_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    c, r, b = kinds
    return solution_kind((c, b) if dtype_of(r) is None else kinds, attrs)


def like_last(kinds: Kinds, _: Attributes) -> Kind:
    """The shape of the last operand, in the precision of all."""
    dtype = _common_dtype(kinds)
    return Array(dtype, kinds[-1].dims) if isinstance(kinds[-1], Array) else ANY


def bar_kind(kinds: Kinds, _: Attributes) -> Kind:
    """A cotangent of the shape that is given last."""
    dims = dims_of_shape(kinds[-1])
    return ANY if dims is None else Array(_common_dtype(kinds[:-1]), dims)


def whole_band_kind(kinds: Kinds, _: Attributes) -> Kind:
    (ab,) = kinds
    if not isinstance(ab, Array) or ab.dims is None or len(ab.dims) != 2:
        return ANY
    rows, columns = ab.dims
    return Array(ab.dtype, (as_size(shift(total([rows, rows]), -1)), columns))


# --- systems ----------------------------------------------------------------------------------------


def _may_be_complex(function: Callable[..., Any]) -> KindRule:
    return real_or_complex(contracting(function, square_pairs))


def matrix_function(name: str, operands: str, signature: str = "", **facts: Any) -> None:
    """A function of a square matrix."""
    path = f"scipy.linalg.{name}"
    function = getattr(linalg, name, None)
    if function is not None:
        facts.setdefault("kind", contracting(function, square_pairs))
        library_function(path, *operands.split(), signature=f"{operands} {signature}".strip(), **facts)


def factored(name: str, function: Callable[..., Any], *operands: str, **facts: Any) -> None:
    """A function that SciPy gives a pair; `function` takes the two one by one."""
    path = f"scipy.linalg.{name}"
    declare(path, function, *operands, callables=(getattr(linalg, name),), **facts)


def cho_solve(c: Any, b: Any, lower: bool = False, check_finite: bool = True) -> Any:
    return linalg.cho_solve((c, lower), b, check_finite=check_finite)


def cho_solve_banded(cb: Any, b: Any, lower: bool = False, check_finite: bool = True) -> Any:
    return linalg.cho_solve_banded((cb, lower), b, check_finite=check_finite)


def lu_solve(lu: Any, piv: Any, b: Any, trans: int = 0, check_finite: bool = True) -> Any:
    return linalg.lu_solve((lu, piv), b, trans=trans, check_finite=check_finite)


def solve_toeplitz(c: Any, r: Any, b: Any, check_finite: bool = True) -> Any:
    return linalg.solve_toeplitz(c if r is None else (c, r), b, check_finite=check_finite)


def matmul_toeplitz(c: Any, r: Any, x: Any, check_finite: bool = False) -> Any:
    return linalg.matmul_toeplitz(c if r is None else (c, r), x, check_finite=check_finite)


def toeplitz_product_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    def pairs(*shapes: Dims) -> Iterator[tuple[Size, Size]]:
        yield shapes[-2][0], shapes[-1][0]

    c, r, x = kinds
    if dtype_of(r) is None:
        return contracting(lambda c, x: linalg.matmul_toeplitz(c, x), pairs)((c, x), {})
    return contracting(lambda c, r, x: linalg.matmul_toeplitz((c, r), x), pairs)(kinds, {})


_ONE = " -overwrite_a:False check_finite"
_TWO = " -overwrite_a:False -overwrite_b:False check_finite"

matrix_function("inv", "a", _ONE + " -assume_a:None -lower:False", attributes=_CHECKED)
matrix_function("det", "a", _ONE, attributes=_CHECKED)
library_function(
    "scipy.linalg.solve", "a", "b", kind=contracting(linalg.solve, lambda a, b, **_: solve_pairs(a, b)),
    attributes={
        "lower": False, **_CHECKED,
        "assume_a": inspect.signature(linalg.solve).parameters["assume_a"].default,  # another one before SciPy 1.15
        "transposed": False,
    },
    signature="a b lower" + _TWO + " assume_a transposed",
)  # fmt: skip
library_function(
    "scipy.linalg.solve_triangular", "a", "b", kind=solution_kind,
    attributes={"trans": 0, "lower": False, "unit_diagonal": False, **_CHECKED},
    signature="a b trans lower unit_diagonal -overwrite_b:False check_finite",
)  # fmt: skip
factored("cho_solve", cho_solve, "c", "b", kind=solution_kind, attributes={"lower": False, **_CHECKED})
factored("lu_solve", lu_solve, "lu", "piv", "b", attributes={"trans": 0, **_CHECKED}, kind=lambda kinds, attrs: (
    solution_kind((kinds[0], kinds[2]), attrs)
))  # fmt: skip


def solve_banded(ab: Any, b: Any, l_and_u: Any, check_finite: bool = True) -> Any:
    return linalg.solve_banded(l_and_u, ab, b, check_finite=check_finite)


library_function(
    "scipy.linalg.solve_banded", "ab", "b", function=solve_banded, kind=solution_kind,
    attributes={"l_and_u": None, **_CHECKED},
    signature="l_and_u! ab b -overwrite_ab:False -overwrite_b:False check_finite",
)  # fmt: skip
library_function(
    "scipy.linalg.solveh_banded", "ab", "b", kind=solution_kind, attributes={"lower": False, **_CHECKED},
    signature="ab b -overwrite_ab:False -overwrite_b:False lower check_finite",
)  # fmt: skip
factored(
    "cho_solve_banded",
    cho_solve_banded,
    "cb",
    "b",
    kind=solution_kind,
    attributes={"lower": False, **_CHECKED},
)
factored("solve_toeplitz", solve_toeplitz, "c", "r", "b", kind=toeplitz_solution_kind, attributes=_CHECKED)
factored(
    "matmul_toeplitz", matmul_toeplitz, "c", "r", "x", kind=toeplitz_product_kind,
    attributes={"check_finite": False},
)  # fmt: skip
library_function(
    "scipy.linalg.solve_circulant", "c", "b", kind=solution_kind,
    signature="c b -singular:'raise' -tol:None -caxis:-1 -baxis:0 -outaxis:0",
)  # fmt: skip
for _name, *_operands in (
    ("banded_product", "ab", "x"), ("banded_first_bar", "w", "x", "shape"),
    ("banded_second_bar", "ab", "w", "shape"),
):  # fmt: skip
    _helper = getattr(numerics_matrices, _name)
    declare(
        _name, _helper, *_operands, attributes={"l_and_u": None}, callables=(_helper,),
        kind=bar_kind if "bar" in _name else like_last,
    )  # fmt: skip
declare(
    "transposed_band", numerics_matrices.transposed_band, "ab", attributes={"l_and_u": None, "corners": False},
    kind=like_last, callables=(numerics_matrices.transposed_band,),
)  # fmt: skip
declare(
    "whole_band", numerics_matrices.whole_band, "ab", attributes={"lower": False}, kind=whole_band_kind,
    callables=(numerics_matrices.whole_band,),
)  # fmt: skip
declare(
    "folded_band", numerics_matrices.folded_band, "w", "shape", attributes={"lower": False}, kind=bar_kind,
    callables=(numerics_matrices.folded_band,),
)  # fmt: skip
declare(
    "cholesky_band_slope", numerics_matrices.cholesky_band_slope, "c", "e", attributes={"bar": False}, kind=like_last,
    callables=(numerics_matrices.cholesky_band_slope,),
)  # fmt: skip
for _name, *_operands in (("product_band", "x", "y"), ("product_band_bar", "w", "y")):
    _helper = getattr(numerics_matrices, _name)
    declare(_name, _helper, *_operands, kind=like_last, callables=(_helper,))
declare(
    "lu_slope", numerics_factors.lu_slope, "lu", "e", attributes={"bar": False}, kind=like_last,
    callables=(numerics_factors.lu_slope,),
)  # fmt: skip
declare(
    "pivoted_rows", numerics_matrices.pivoted_rows, "piv", callables=(numerics_matrices.pivoted_rows,),
    kind=lambda kinds, _: Array(np.dtype(np.intp), kinds[0].dims) if isinstance(kinds[0], Array) else ANY,
)  # fmt: skip

# --- matrix equations -------------------------------------------------------------------------------

library_function("scipy.linalg.solve_sylvester", "a", "b", "q")
library_function("scipy.linalg.solve_continuous_lyapunov", "a", "q", also=("scipy.linalg.solve_lyapunov",))
library_function(
    "scipy.linalg.solve_discrete_lyapunov", "a", "q", attributes={"method": None}, kind=like_last,
    signature="a q method",
)  # fmt: skip
for _name in ("solve_continuous_are", "solve_discrete_are"):
    library_function(
        f"scipy.linalg.{_name}", "a", "b", "q", "r", attributes={"balanced": True},
        kind=lambda kinds, _: (
            Array(_common_dtype(kinds), kinds[0].dims) if isinstance(kinds[0], Array) else ANY
        ),
        signature="a b q r -e:None -s:None balanced",
    )  # fmt: skip

# --- factorisations ---------------------------------------------------------------------------------

matrix_function(
    "cholesky", "a", "lower -overwrite_a:False check_finite", attributes={"lower": False, **_CHECKED}
)
matrix_function(
    "cho_factor", "a", "lower -overwrite_a:False check_finite",
    attributes={"lower": False, **_CHECKED}, results=2,
)  # fmt: skip
library_function(
    "scipy.linalg.cholesky_banded", "ab", attributes={"lower": False, **_CHECKED}, kind=like_last,
    signature="ab -overwrite_ab:False lower check_finite",
)  # fmt: skip
matrix_function("lu_factor", "a", _ONE, attributes=_CHECKED, results=2)
matrix_function(
    "lu", "a", "-permute_l:False" + _ONE + " -p_indices:False", attributes=_CHECKED, results=3,
    kind=None,
)  # fmt: skip
library_function(
    "scipy.linalg.qr", "a", attributes={"mode": "full", **_CHECKED}, results=2,
    kind=partial(qr_kind, mode="full"),
    signature="a -overwrite_a:False -lwork:None mode -pivoting:False check_finite",
)  # fmt: skip


def rq_kind(kinds: Kinds, attrs: Attributes) -> Any:
    """As of QR, of the matrix that is turned."""
    (a,) = kinds
    if not isinstance(a, Array) or a.dims is None or len(a.dims) != 2:
        return ANY, ANY
    q, r = qr_kind((Array(a.dtype, a.dims[::-1]),), attrs, mode="full")
    return tuple(Array(dtype_of(kind), kind.dims and kind.dims[::-1]) for kind in (r, q))


library_function(
    "scipy.linalg.rq", "a", attributes={"mode": "full", **_CHECKED}, results=2, kind=rq_kind,
    signature="a -overwrite_a:False -lwork:None mode check_finite",
)  # fmt: skip


def qr_multiply_kind(kinds: Kinds, attrs: Attributes) -> Any:
    """The product has as many rows, or with mode="right" columns, as q has."""
    a, c = kinds
    _, r = qr_kind((a,), {"mode": "economic"})
    dtype = _common_dtype(kinds)
    if not isinstance(a, Array) or not isinstance(c, Array) or not a.dims or not c.dims:
        return ANY, r
    left = attrs.get("mode", "right") == "left"
    return Array(dtype, (a.dims[0], *c.dims[1:]) if left else (*c.dims[:-1], r.dims[0])), r


library_function(
    "scipy.linalg.qr_multiply", "a", "c", attributes={"mode": "right", "conjugate": False}, results=2,
    kind=qr_multiply_kind,
    signature="a c mode -pivoting:False conjugate -overwrite_a:False -overwrite_c:False",
)  # fmt: skip
library_function("scipy.linalg.subspace_angles", "A", "B", kind=lambda kinds, _: (
    Array(real_dtype(_common_dtype(kinds)), (fresh(),))
))  # fmt: skip
library_function(
    "scipy.linalg.svd", "a", attributes={"full_matrices": True, **_CHECKED, "lapack_driver": "gesdd"}, results=3,
    kind=svd_kind,
    signature="a full_matrices -compute_uv:True -overwrite_a:False check_finite lapack_driver",
)  # fmt: skip
library_function(
    "scipy.linalg.svdvals", "a", attributes=_CHECKED, kind=svdvals_kind,
    signature="a -overwrite_a:False check_finite",
)  # fmt: skip
_TYPE = " -type:1 check_finite -subset_by_index:None -subset_by_value:None driver"
_HERMITIAN: dict[str, Any] = {"lower": True, **_CHECKED, "driver": None}


def generalised_pairs(a: Dims, b: Dims | None = None, **_: Any) -> Iterator[tuple[Size, Size]]:
    yield from square_pairs(a)
    if b:
        yield a[-1], b[-1]
        yield from square_pairs(b)


def _hermitian_kind(function: Callable[..., Any]) -> KindRule:
    def kind(kinds: Kinds, attrs: Attributes) -> Kind:
        given = tuple(k for k in kinds if isinstance(k, Array))
        return contracting(function, generalised_pairs)(given, attrs)

    return kind


library_function(
    "scipy.linalg.eigh", "a", "b", attributes=_HERMITIAN, results=2, kind=_hermitian_kind(linalg.eigh),
    signature="a b? * lower -eigvals_only:False -overwrite_a:False -overwrite_b:False" + _TYPE,
)  # fmt: skip
library_function(
    "scipy.linalg.eigvalsh", "a", "b", attributes=_HERMITIAN, kind=_hermitian_kind(linalg.eigvalsh),
    signature="a b? * lower -overwrite_a:False -overwrite_b:False" + _TYPE,
)  # fmt: skip


def _tridiagonal_kind(results: int) -> KindRule:
    def kind(kinds: Kinds, _: Attributes) -> Any:
        d, dtype = kinds[0], _common_dtype(kinds)
        if not isinstance(d, Array) or not d.dims:
            return ANY
        values, vectors = Array(dtype, d.dims), Array(dtype, d.dims * 2)
        return values if results == 1 else (values, vectors)

    return kind


for _name, _results, _only in (
    ("eigh_tridiagonal", 2, " -eigvals_only:False"),
    ("eigvalsh_tridiagonal", 1, ""),
):
    library_function(
        f"scipy.linalg.{_name}", "d", "e", results=_results, kind=_tridiagonal_kind(_results),
        attributes={**_CHECKED, "lapack_driver": "auto"},
        signature=f"d e{_only} -select:'a' -select_range:None check_finite -tol:0.0 lapack_driver",
    )  # fmt: skip


def banded_kind(results: int) -> KindRule:
    def kind(kinds: Kinds, _: Attributes) -> Any:
        (band,) = kinds
        if not isinstance(band, Array) or band.dims is None or len(band.dims) != 2:
            return ANY if results == 1 else (ANY, ANY)
        dtype, size = _common_dtype(kinds), band.dims[1]
        values, vectors = Array(real_dtype(dtype), (size,)), Array(dtype, (size, size))
        return values if results == 1 else (values, vectors)

    return kind


for _name, _results, _only in (("eig_banded", 2, " -eigvals_only:False"), ("eigvals_banded", 1, "")):
    library_function(
        f"scipy.linalg.{_name}", "a_band", results=_results, kind=banded_kind(_results),
        attributes={"lower": False, **_CHECKED},
        signature=f"a_band lower{_only} -overwrite_a_band:False -select:'a' -select_range:None"
        f"{' -max_ev:0' if _only else ''} check_finite",
    )  # fmt: skip
matrix_function("eigvals", "a", "-b:None" + _ONE + " -homogeneous_eigvals:False", attributes=_CHECKED)


def _eig_kind(kinds: Kinds, attrs: Attributes) -> Any:
    """The vectors are real where all eigenvalues are."""
    found = contracting(linalg.eig, square_pairs)(kinds, attrs)
    return real_or_complex(lambda *_: found)(kinds, attrs)


matrix_function(
    "eig", "a", "-b:None -left:False -right:True" + _ONE + " -homogeneous_eigvals:False",
    attributes=_CHECKED, results=2, kind=_eig_kind,
)  # fmt: skip
library_function(
    "scipy.linalg.pinv", "a", attributes={"rtol": None, **_CHECKED},
    signature="a * -atol:None rtol -return_rank:False check_finite",
)  # fmt: skip
matrix_function(
    "pinvh", "a", "-atol:None rtol lower -return_rank:False check_finite",
    attributes={"rtol": None, "lower": True, **_CHECKED},
)  # fmt: skip
library_function(
    "scipy.linalg.lstsq", "a", "b", attributes={"cond": None, **_CHECKED}, results=4,
    kind=contracting(linalg.lstsq, lambda a, b, **_: iter([(a[0], b[0])])),
    signature="a b cond" + _TWO + " -lapack_driver:None",
)  # fmt: skip
library_function(
    "scipy.linalg.norm",
    "a",
    attributes={"ord": None, "axis": None, "keepdims": False, **_CHECKED},
)
matrix_function("polar", "a", "side", attributes={"side": "right"}, results=2)
library_function(
    "scipy.linalg.orthogonal_procrustes", "A", "B", attributes=_CHECKED, results=2, signature="A B check_finite",
    kind=contracting(linalg.orthogonal_procrustes, lambda a, b, **_: iter([(a[0], b[0]), (a[1], b[1])])),
)  # fmt: skip

# --- functions of matrices --------------------------------------------------------------------------

for _name in ("expm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm"):
    matrix_function(_name, "A")
matrix_function("sqrtm", "A", "-disp:True -blocksize:64", kind=_may_be_complex(linalg.sqrtm))
matrix_function("logm", "A", "-disp:True", kind=_may_be_complex(linalg.logm))
matrix_function("signm", "A", "-disp:True", kind=_may_be_complex(linalg.signm))
library_function(
    "scipy.linalg.fractional_matrix_power", "A", "t", kind=lambda kinds, attrs: (
        _may_be_complex(lambda a: linalg.fractional_matrix_power(a, 0.5))(kinds[:1], attrs)
    ),
)  # fmt: skip
library_function(
    "scipy.linalg.expm_frechet", "A", "E", results=2, attributes={"method": None, **_CHECKED},
    kind=contracting(linalg.expm_frechet, solve_pairs),
    signature="A E method -compute_expm:True check_finite",
)  # fmt: skip


def slope_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    """As the function of a matrix: of a real one the logarithm may be complex."""
    dtype, e = _common_dtype(kinds), kinds[1]
    if attrs["which"] == "logm" and dtype is not None and dtype.kind != "c":
        dtype = None
    return Array(dtype, e.dims) if isinstance(e, Array) else ANY


declare(
    "matrix_function_slope", numerics_matrices.matrix_function_slope, "a", "e", attributes={"which": None},
    kind=slope_kind, callables=(numerics_matrices.matrix_function_slope,),
)  # fmt: skip

# --- matrices of special form -----------------------------------------------------------------------

library_function("scipy.linalg.toeplitz", "c", "r", signature="c r?")
library_function("scipy.linalg.hankel", "c", "r", signature="c r?")
for _name in ("circulant",):
    library_function(f"scipy.linalg.{_name}", "c")
library_function("scipy.linalg.companion", "a")
library_function(
    "scipy.linalg.convolution_matrix", "a", attributes={"n": None, "mode": "full"}, signature="a n! mode"
)
library_function("scipy.linalg.diagsvd", "s", "M", "N", kind=lambda kinds, _: (
    Array(dtype_of(kinds[0]), tuple((dims_of_shape(kind) or (fresh(),))[0] for kind in kinds[1:]))
))  # fmt: skip
library_function("scipy.linalg.khatri_rao", "a", "b", kind=contracting(
    linalg.khatri_rao, lambda a, b: iter([(a[-1], b[-1])])
))  # fmt: skip


def block_diag_kind(kinds: Kinds, _: Attributes) -> Kind:
    """Vectors are rows, numbers matrices of one entry."""
    rows: list[Size] = []
    columns: list[Size] = []
    for kind in kinds:
        rank = rank_of(kind)
        dims = kind.dims if isinstance(kind, Array) else ()
        if rank is None or rank > 2 or dims is None:
            return ANY
        padded = (1,) * (2 - rank) + tuple(dims)
        rows.append(padded[0])
        columns.append(padded[1])
    types = [found for kind in kinds if (found := dtype_of(kind)) is not None]
    dtype = np.result_type(*types) if len(types) == len(kinds) else None
    return Array(dtype, (total(rows), total(columns)))


library_function("scipy.linalg.block_diag", "*arrs", kind=block_diag_kind)
