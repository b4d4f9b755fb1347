"""Products and linear algebra."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tangentc import numerics, numerics_factors
from tangentc.kinds.dims import combined
from tangentc.kinds.probing import probe
from tangentc.kinds.types import ANY, Array, Kind, Size, Tuple, fresh
from tangentc.primitives.core import Alias, KindRule, Syntax
from tangentc.primitives.declare import declare, library_function
from tangentc.primitives.libraries import resolve


def einsum(*operands: Any, subscripts: str) -> Any:
    return np.einsum(subscripts, *operands)


def multi_dot(*arrays: Any) -> Any:
    return np.linalg.multi_dot(arrays)


def multi_dot_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """As the product from left to right."""
    found = kinds[0]
    for kind in kinds[1:]:
        found = contracting(operator.matmul, product_pairs)((found, kind), {})
    return found


Pairs = Iterator[tuple[Size, Size]]


def contracting(function: Callable[..., Any], pairs: Callable[..., Pairs]) -> KindRule:
    """Probe knowing which sizes must be equal: `pairs(*shapes, **attrs)`."""

    def kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        shapes = [kind.dims for kind in kinds if isinstance(kind, Array) and kind.dims]
        equal = list(pairs(*shapes, **attrs)) if len(shapes) == len(kinds) else []
        return probe(function, kinds, attrs, equal)

    return kind


def product_pairs(a: tuple[Size, ...], b: tuple[Size, ...]) -> Pairs:
    """The last axis of a and the last but one of b, or its only one."""
    yield a[-1], b[max(len(b) - 2, 0)]


def last_pairs(a: tuple[Size, ...], b: tuple[Size, ...]) -> Pairs:
    yield a[-1], b[-1]


def square_pairs(a: tuple[Size, ...], **_: Any) -> Pairs:
    if len(a) >= 2:
        yield a[-2], a[-1]


def solve_pairs(a: tuple[Size, ...], b: tuple[Size, ...]) -> Pairs:
    yield from square_pairs(a)
    yield from product_pairs(a, b)


def tensordot_pairs(a: tuple[Size, ...], b: tuple[Size, ...], axes: Any = 2) -> Pairs:
    if isinstance(axes, int):
        yield from zip(a[len(a) - axes :], b[:axes], strict=False)
        return
    left, right = ((side,) if isinstance(side, int) else side for side in axes)
    for i, j in zip(left, right, strict=False):
        yield a[i], b[j]


def einsum_pairs(*shapes: tuple[Size, ...], subscripts: str = "") -> Pairs:
    """Axes under one letter are equal, except that one of size 1 is stretched."""
    if "." in subscripts:
        return
    named: dict[str, Size] = {}
    for letters, shape in zip(subscripts.replace(" ", "").split("->")[0].split(","), shapes, strict=False):
        for letter, size in zip(letters, shape, strict=False):
            if size != 1:
                yield named.setdefault(letter, size), size


def vdot_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """A number, whatever the shapes: both are read in one row."""
    size = fresh()
    rows = [Array(kind.dtype, (size,)) if isinstance(kind, Array) else kind for kind in kinds]
    return probe(np.vdot, rows, {})


def real_or_complex(kind: KindRule) -> KindRule:
    """Of real operands the result, or each of several, may be complex: that depends on the values."""

    def may_be_complex(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
        found = kind(kinds, attrs)
        if isinstance(found, Tuple):
            return Tuple(tuple(map(_not_known_to_be_real, found.items)))
        return _not_known_to_be_real(found)

    return may_be_complex


def _not_known_to_be_real(kind: Kind) -> Kind:
    known = isinstance(kind, Array) and kind.dtype is not None and kind.dtype.kind == "c"
    return Array(None, kind.dims) if isinstance(kind, Array) and not known else kind


def _record(name: str) -> type:
    """The namedtuple that a function returns."""
    return type(getattr(np.linalg, name)(np.eye(1)))


def real_dtype(dtype: Any) -> Any:
    """The precision of the real part."""
    return None if dtype is None else np.empty(0, dtype).real.dtype


def _decomposed(kind: Kind) -> tuple[Any, tuple[Size, ...], Size] | None:
    """The dtype and the sizes of matrices, and the smaller of the last two; None for others."""
    if not isinstance(kind, Array) or kind.dims is None or len(kind.dims) < 2:
        return None
    dtype = None if kind.dtype is None else kind.dtype if kind.dtype.kind in "fc" else np.dtype(float)
    rows, columns = kind.dims[-2:]
    if isinstance(rows, int) and isinstance(columns, int):
        return dtype, kind.dims, min(rows, columns)
    return dtype, kind.dims, rows if rows == columns else combined("smaller", rows, columns)


def qr_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any], mode: str = "reduced") -> Any:
    """The factors of QR: what they have in common is the smaller size, or with all of q the number of rows."""
    found, mode = _decomposed(kinds[0]), attrs.get("mode", mode)
    if found is None or mode not in ("reduced", "complete", "economic", "full"):
        return ANY, ANY
    dtype, (*stack, rows, columns), inner = found
    inner = inner if mode in ("reduced", "economic") else rows
    return Array(dtype, (*stack, rows, inner)), Array(dtype, (*stack, inner, columns))


def svd_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Any:
    found = _decomposed(kinds[0])
    if found is None:
        return ANY, ANY, ANY
    dtype, (*stack, rows, columns), inner = found
    left, right = (rows, columns) if attrs.get("full_matrices", True) else (inner, inner)
    return (
        Array(dtype, (*stack, rows, left)),
        Array(real_dtype(dtype), (*stack, inner)),
        Array(dtype, (*stack, right, columns)),
    )


def svdvals_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Any:
    return svd_kind(kinds, {"full_matrices": False})[1]


def linear_algebra(path: str, *operands: str, pairs: Callable[..., Pairs], **options: Any) -> None:
    library_function(
        path, *operands, kind=contracting(options.get("function") or resolve(path), pairs), **options
    )


declare(
    "matmul", operator.matmul, "x", "y",
    kind=contracting(operator.matmul, product_pairs), syntax=Syntax.BINARY, spelling="@",
    callables=(operator.matmul,),
)  # fmt: skip
linear_algebra("np.dot", "a", "b", pairs=product_pairs)
linear_algebra("np.matmul", "x1", "x2", pairs=product_pairs, also=("np.linalg.matmul",))
library_function("np.vdot", "a", "b", kind=vdot_kind)
linear_algebra("np.inner", "a", "b", pairs=last_pairs)
library_function("np.outer", "a", "b")
library_function("np.kron", "a", "b")
library_function("np.cross", "a", "b", attributes={"axisa": -1, "axisb": -1, "axisc": -1, "axis": None})
for _name in ("vecdot", "matvec", "vecmat"):
    library_function(f"np.{_name}", "x1", "x2", signature="x1 x2 -out:None")
linear_algebra("np.tensordot", "a", "b", pairs=tensordot_pairs, attributes={"axes": 2})
linear_algebra(
    "np.einsum",
    "*operands",
    pairs=einsum_pairs,
    function=einsum,
    attributes={"subscripts": None},
    alias=Alias.MAYBE,  # of one operand a transpose or a diagonal is a view
)
library_function("np.trace", "a", attributes={"offset": 0, "axis1": 0, "axis2": 1, "dtype": None})
linear_algebra("np.linalg.solve", "a", "b", pairs=solve_pairs)
linear_algebra("np.linalg.inv", "a", pairs=square_pairs)
linear_algebra("np.linalg.det", "a", pairs=square_pairs)
declare(
    "cofactors", numerics.cofactors, "a", "determinant",
    kind=lambda kinds, attrs: contracting(numerics.cofactors, square_pairs)(kinds[:1], attrs),
    callables=(numerics.cofactors,),
)  # fmt: skip
declare(
    "cofactors_slope", numerics.cofactors_slope, "a", "e",
    kind=contracting(numerics.cofactors_slope, solve_pairs), callables=(numerics.cofactors_slope,),
)  # fmt: skip
declare(
    "cholesky_slope", numerics_factors.cholesky_slope, "c", "e", attributes={"bar": False},
    kind=contracting(numerics_factors.cholesky_slope, lambda c, e, **_: solve_pairs(c, e)),
    callables=(numerics_factors.cholesky_slope,),
)  # fmt: skip
linear_algebra("np.linalg.cholesky", "a", pairs=square_pairs, attributes={"upper": False})
linear_algebra("np.linalg.slogdet", "a", pairs=square_pairs, results=2, record=_record("slogdet"))
linear_algebra(
    "np.linalg.eigh", "a", pairs=square_pairs, results=2, record=_record("eigh"), attributes={"UPLO": "L"}
)
library_function(
    "np.linalg.eig", "a", kind=real_or_complex(contracting(np.linalg.eig, square_pairs)),
    results=2, record=_record("eig"),
)  # fmt: skip
library_function("np.linalg.eigvals", "a", kind=real_or_complex(contracting(np.linalg.eigvals, square_pairs)))
library_function(
    "np.linalg.multi_dot", "*arrays", function=multi_dot, kind=multi_dot_kind, signature="*arrays * -out:None"
)
linear_algebra("np.linalg.eigvalsh", "a", pairs=square_pairs, attributes={"UPLO": "L"})
library_function(
    "np.linalg.svd", "a", attributes={"full_matrices": True}, results=3, record=_record("svd"), kind=svd_kind,
    signature="a full_matrices -compute_uv:True -hermitian:False",
)  # fmt: skip
library_function("np.linalg.svdvals", "x", kind=svdvals_kind)
library_function(
    "np.linalg.pinv",
    "a",
    attributes={"rcond": None, "hermitian": False},
    signature="a rcond hermitian * -rtol:None",
)
library_function("np.linalg.lstsq", "a", "b", attributes={"rcond": None}, results=4)
library_function(
    "np.linalg.qr",
    "a",
    attributes={"mode": "reduced"},
    results=2,
    record=_record("qr"),
    signature="a mode",
    kind=qr_kind,
)
library_function("np.linalg.cond", "x", attributes={"p": None})
library_function(
    "np.linalg.matrix_norm", "x", attributes={"keepdims": False, "ord": "fro"}, signature="x * keepdims ord"
)
library_function("np.linalg.tensorsolve", "a", "b", attributes={"axes": None})
library_function("np.linalg.tensorinv", "a", attributes={"ind": 2})
library_function(
    "np.linalg.matrix_rank",
    "A",
    "tol",
    attributes={"hermitian": False},
    signature="A tol? hermitian * -rtol:None",
)
library_function("np.linalg.norm", "x", attributes={"ord": None, "axis": None, "keepdims": False})
linear_algebra("np.linalg.matrix_power", "a", pairs=square_pairs, attributes={"n": None})
