"""Sparse matrices: products, solutions, and matrices by their entries."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import scipy.sparse.linalg
from scipy import sparse

from tangentc import numerics_sparse
from tangentc.kinds.dims import never_one, new_int
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.kinds.probing import elementwise
from tangentc.kinds.shapes import dims_of_shape
from tangentc.kinds.types import ANY, Array, Const, Kind, Object, Size, Tuple, dtype_of, fresh
from tangentc.primitives.core import Syntax
from tangentc.primitives.declare import declare, library_function

Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def described(kind: Kind) -> Object | None:
    """What is known of an object, constants included; None for anything else."""
    if isinstance(kind, Const):
        kind = kind_of_value(kind.value, Pattern())
    return kind if isinstance(kind, Object) else None


def _size(kind: Kind, axis: int) -> Size:
    known = described(kind)
    return fresh() if known is None or known.shape is None or len(known.shape) != 2 else known.shape[axis]


def _matrix_dtype(kind: Kind) -> np.dtype[Any] | None:
    known = described(kind)
    return known.dtype if known is not None else dtype_of(kind)


def _dtype_of_product(*kinds: Kind) -> np.dtype[Any] | None:
    found: list[np.dtype[Any]] = []
    for dtype in map(_matrix_dtype, kinds):
        if dtype is None:
            return None
        found.append(dtype)
    return np.result_type(*found)


def left_kind(kinds: Kinds, _: Attributes) -> Kind:
    """A x: a row for each row of A."""
    A, x = kinds
    dims = x.dims if isinstance(x, Array) else None
    return Array(_dtype_of_product(A, x), (_size(A, 0), *dims[1:]) if dims else None)


def right_kind(kinds: Kinds, _: Attributes) -> Kind:
    """x A: a column for each column of A."""
    x, A = kinds
    dims = x.dims if isinstance(x, Array) else None
    return Array(_dtype_of_product(A, x), (*dims[:-1], _size(A, 1)) if dims else None)


_TURNED = {"csr": "csc", "csc": "csr"}


def turned_kind(kinds: Kinds, _: Attributes) -> Kind:
    """The transpose of a matrix stored by rows is stored by columns."""
    known = described(kinds[0])
    if known is None:
        return ANY
    form, _sep, family = known.cls.__name__.partition("_")
    cls = getattr(sparse, f"{_TURNED.get(form, form)}_{family}", known.cls)
    return Object(cls, known.dtype, None if known.shape is None else tuple(reversed(known.shape)))


declare("sparse_matmul", operator.matmul, "A", "x", kind=left_kind, syntax=Syntax.BINARY, spelling="@")
declare("matmul_sparse", operator.matmul, "x", "A", kind=right_kind, syntax=Syntax.BINARY, spelling="@")
declare(
    "sparse_T",
    operator.attrgetter("T"),
    "A",
    kind=turned_kind,
    cheap=True,
    syntax=Syntax.ATTRIBUTE,
    spelling="T",
)

# --- matrices by their entries ------------------------------------------------------------------------


def _rows_kind(_kinds: Kinds, _: Attributes) -> Kind:
    return Array(np.dtype(np.intp), (fresh(),))


def _entries_kind(kinds: Kinds, _: Attributes) -> Kind:
    known, size = described(kinds[0]), fresh()
    places = Array(None, (size,))
    return Tuple((Array(None if known is None else known.dtype, (size,)), places, places))


def _diagonal_kind(kinds: Kinds, _: Attributes) -> Kind:
    d = kinds[0]
    is_whole = isinstance(d, Array) and d.dims is not None and len(d.dims) == 1 and never_one(d.dims[0])
    return Array(dtype_of(d), d.dims if is_whole and isinstance(d, Array) else (fresh(),))


def _places_kind(_kinds: Kinds, _: Attributes) -> Kind:
    places = Array(np.dtype(np.intp), (fresh(),))
    return Tuple((places, places))


def _meeting_kind(_kinds: Kinds, _: Attributes) -> Kind:
    pairs, places = (Array(np.dtype(np.int64), (fresh(),)) for _ in range(2))
    return Tuple((pairs, pairs, places, places, places))


def product_kind(kinds: Kinds, _: Attributes) -> Kind:
    """A row for each row of the matrix."""
    data, x, shape = kinds[0], kinds[3], kinds[4]
    dims, size = x.dims if isinstance(x, Array) else None, dims_of_shape(shape)
    dtype = dtype_of(elementwise(operator.mul, [data, x], {}))
    return Array(dtype, (size[0], *dims[1:]) if dims and size else None)


def _dense_kind(kinds: Kinds, _: Attributes) -> Kind:
    return Array(dtype_of(kinds[0]), dims_of_shape(kinds[-1]))


def solution_kind(kinds: Kinds, _: Attributes) -> Kind:
    """As many entries as the right side; in double precision."""
    b, matrix = kinds[-1], kinds[1] if len(kinds) > 2 else kinds[0]
    dtype = _dtype_of_product(b, matrix)
    known = None if dtype is None else np.dtype(complex if dtype.kind == "c" else float)
    return Array(known, b.dims if isinstance(b, Array) else None)


def _factors(kinds: Kinds, _: Attributes) -> Kind:
    dtype = _matrix_dtype(kinds[0])
    known = None if dtype is None else np.dtype(complex if dtype.kind == "c" else float)
    return Object(scipy.sparse.linalg.SuperLU, known)


def _helper(name: str, *operands: str, kind: Any, **facts: Any) -> None:
    function = getattr(numerics_sparse, name)
    declare(name, function, *operands, kind=kind, callables=(function,), **facts)


_FORM = {"form": "coo"}
_helper("row_numbers", "indptr", kind=_rows_kind)
_helper("entries_of", "A", kind=_entries_kind, results=3)
_helper("on_diagonal", "d", "shape", kind=_diagonal_kind, attributes={"offset": 0})
_helper("diagonal_places", "shape", kind=_places_kind, attributes={"offset": 0}, results=2)
_helper("sparse_product", "data", "rows", "columns", "x", "shape", kind=product_kind, attributes=_FORM)
_helper("meeting", "inner", "rows", "other", "columns", "width", kind=_meeting_kind, results=5)
_helper("sparse_dense", "data", "rows", "columns", "shape", kind=_dense_kind)
_helper("factor_of", "A", kind=_factors)
_helper("sparse_factor", "data", "rows", "columns", "shape", kind=_factors, attributes=_FORM)
_helper("lu_solve", "lu", "b", kind=solution_kind, attributes={"trans": "N"})
_helper(
    "factor_solve", "lu", "data", "rows", "columns", "b", kind=solution_kind, attributes={"trans": "N", **_FORM}
)  # fmt: skip

# --- iterations ---------------------------------------------------------------------------------------


def _iterated(kinds: Kinds, _: Attributes) -> Kind:
    A, b = kinds
    dtype = _dtype_of_product(A, b)
    known = dtype if dtype is not None and dtype.kind in "fc" else None
    return Tuple((Array(known, b.dims if isinstance(b, Array) else None), new_int()))


_helper(
    "sparse_iterate", "data", "rows", "columns", "b", kind=lambda kinds, _: _iterated((kinds[0], kinds[3]), {}),
    attributes={"of": "cg", "options": ()}, results=2,
)  # fmt: skip
_OPTIONS = {"rtol": 1e-5, "atol": 0.0, "maxiter": None}
ITERATIONS = ("cg", "bicg", "bicgstab", "cgs", "gmres", "lgmres", "tfqmr", "minres")
for _name in ITERATIONS:
    _more = {"restart": None} if _name == "gmres" else {}
    _tolerances = {"rtol": 1e-5, "maxiter": None} if _name == "minres" else _OPTIONS
    if _name == "lgmres":
        _tolerances = {**_OPTIONS, "maxiter": 1000}
    library_function(
        f"scipy.sparse.linalg.{_name}", "A", "b", attributes={**_tolerances, **_more}, results=2, kind=_iterated,
        signature=" ".join(("A b -x0:None *", *_tolerances, *_more, "-M:None -callback:None")),
    )  # fmt: skip
library_function(
    "scipy.sparse.linalg.expm_multiply", "A", "B", kind=left_kind,
    signature="A B -start:None -stop:None -num:None -endpoint:None -traceA:None",
)  # fmt: skip
