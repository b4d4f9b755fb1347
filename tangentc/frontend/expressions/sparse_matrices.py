"""Sparse matrices of SciPy.

One that the program was given, or makes of data that cannot vary, is an operand like an array, and what is done with it
is an operation.  One that the program makes of what may vary is known by its entries, as an object of the compiler's
own library (`library/sparse.py`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from tangentc.frontend.expressions.operations import as_array
from tangentc.frontend.functions.passive import opaque
from tangentc.frontend.library import library_call
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.heap import FormsMeet
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.requests import Promote
from tangentc.frontend.state.values import ArrayMethod, ObjectValue, SliceValue, TupleValue, Value, children
from tangentc.ir.nodes import Literal, Op, Store, Var, kind_of
from tangentc.kinds.dims import never_one, new_int, undecided
from tangentc.kinds.library_objects import is_factor
from tangentc.kinds.library_objects import is_sparse as is_sparse_class
from tangentc.kinds.types import (
    ANY,
    Array,
    Const,
    Int,
    Kind,
    Object,
    Size,
    Tuple,
    can_be_active,
    fresh,
    is_number,
    rank_of,
)
from tangentc.primitives.core import Alias

__all__ = [
    "attribute_of_matrix", "form_of", "has_one_column", "is_entries", "is_sparse", "keeps_places", "made",
    "method", "multiplies", "negated", "operated", "part", "part_of",
]  # fmt: skip

_PACKAGE = "tangentc.frontend.library"
_ITERATIONS = ("cg", "bicg", "bicgstab", "cgs", "gmres", "lgmres", "tfqmr", "minres")


def part_of(value: Any) -> str:
    """The part of SciPy that defines a class or function, such as "scipy.sparse"; "" for anything else."""
    module = getattr(value, "__module__", None)
    return ".".join(module.split(".")[:2]) if isinstance(module, str) and module.startswith("scipy.") else ""


def _library() -> Any:
    """What matrices mean by their entries: it needs SciPy."""
    return import_module(f"{_PACKAGE}.sparse")


# --- attributes and methods ---------------------------------------------------------------------------

_DATA = ("data", "indices", "indptr", "row", "col", "offsets", "coords")
_SAME = (
    "asformat",
    "conj",
    "conjugate",
    "copy",
    "tobsr",
    "tocoo",
    "tocsc",
    "tocsr",
    "todia",
    "todok",
    "tolil",
    "power",
)


def attribute_of_matrix(context: Context, owner: Var, kind: Object, name: str) -> Value:
    is_known = kind.cls is not _family(kind.cls) and name not in _DATA
    if is_known and not hasattr(kind.cls, name):
        context.fail("TC102", f"{kind.cls.__name__!r} object has no attribute {name!r}")
    if name == "T":
        return context.op("sparse_T", owner)
    if name == "dtype" and kind.dtype is not None:
        return Literal(kind.dtype)
    if name == "ndim":
        return Literal(2)
    if name == "shape":
        known = None if kind.shape is None else Tuple(tuple(Int(size) for size in kind.shape))
        return context.op("getattr", owner, name=name, kind=known)
    if name == "data":
        return context.op("getattr", owner, name=name, kind=Array(kind.dtype, (fresh(),)))
    if name in ("nnz", "size") or name in _DATA or not callable(getattr(kind.cls, name, len)):
        return context.op("getattr", owner, name=name, kind=new_int() if name in ("nnz", "size") else None)
    return ArrayMethod(owner, name)


def method(
    context: Context, receiver: Value, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """A method of a matrix that the program was given; None for any other receiver."""
    if (
        not isinstance(receiver, Var)
        or not isinstance(receiver.kind, Object)
        or not is_sparse_class(receiver.kind.cls)
    ):
        return None
    kind, library = receiver.kind, _library()
    if name == "dot" and len(args) == 1:
        return operated(context, "matmul", receiver, args[0])
    if name == "transpose" and not args and not kwargs:
        return context.op("sparse_T", receiver)
    if name == "multiply" and len(args) == 1 and not _is_passive(context, args[0]):
        return library_call(context, library.multiplied, receiver, args[0])
    if name.startswith("set") or name in (
        "resize",
        "sort_indices",
        "sum_duplicates",
        "eliminate_zeros",
        "prune",
    ):
        context.fail(
            "TC108",
            f"the method {name!r} changes a sparse matrix",
            hint="make the matrix that you want before the call",
        )
    found: Kind = ANY
    if name in _SAME:
        found = Object(_family(kind.cls), kind.dtype, kind.shape)
    elif name == "toarray":
        found = Array(kind.dtype, kind.shape)
    elif name == "diagonal":
        found = Array(kind.dtype, (fresh(),))
    function = context.op("getattr", receiver, name=name)
    return context.op("call", function, *args, *kwargs.values(), keywords=tuple(kwargs), kind=found)


def _family(cls: type) -> type:
    """The class that covers sparse arrays, or sparse matrices."""
    sparse = sys.modules["scipy.sparse"]
    family: type = sparse.spmatrix if issubclass(cls, sparse.spmatrix) else sparse.sparray
    return family


def is_matrix(cls: type) -> bool:
    """Whether `*` is the product of matrices."""
    return issubclass(cls, sys.modules["scipy.sparse"].spmatrix)


# --- operators ----------------------------------------------------------------------------------------


def is_entries(context: Context, value: Value) -> bool:
    """Whether a matrix is given by its entries."""
    held = context.contents(value)
    return (
        isinstance(held, ObjectValue)
        and held.cls.__name__ == "SparseEntries"
        and held.cls.__module__.endswith("library.sparse")
    )


def form_of(context: Context, value: Value) -> Value:
    """How the places of a matrix by its entries are given: it must be the same on all paths."""
    held = context.contents(value)
    form = held.attributes["form"] if isinstance(held, ObjectValue) else None
    if not isinstance(form, Literal):
        raise FormsMeet
    return form


def _is_object(value: Value) -> bool:
    return isinstance(value, Var) and isinstance(value.kind, Object) and is_sparse_class(value.kind.cls)


def is_sparse(context: Context, value: Value) -> bool:
    """Whether a value is a sparse matrix of any kind."""
    return _is_object(context.contents(value)) or is_entries(context, value)


def multiplies(context: Context, value: Value) -> bool:
    """Whether `*` of a sparse operand is the product of matrices."""
    held = context.contents(value)
    if isinstance(held, ObjectValue):
        return bool(context.static(held.attributes["is_matrix"], "the class of a sparse matrix"))
    return isinstance(held, Var) and isinstance(held.kind, Object) and is_matrix(held.kind.cls)


def operated(context: Context, name: str, left: Value, right: Value) -> Value | None:
    """An operator with a sparse matrix; None where there is none."""
    sparse = [_is_object(value) or is_entries(context, value) for value in (left, right)]
    if not any(sparse):
        return None
    library, word = _library(), name.rstrip("_")
    matrix, other = (left, right) if sparse[0] else (right, left)
    is_scalar = not all(sparse) and _is_scalar(other)
    if word == "mul" and not is_scalar and multiplies(context, matrix):
        word = "matmul"
    if all(map(_is_object, (left, right))) and word in ("add", "sub", "mul", "matmul"):
        return context.op(word, left, right, kind=_combined(word, left, right))
    if word == "matmul":
        if all(sparse):
            return library_call(context, library.product, left, right)
        return _product(context, left, right)
    if word == "mul" and all(sparse):
        return library_call(context, library.entrywise, left, right)
    if word in ("add", "sub") and all(sparse):
        return library_call(context, library.plus if word == "add" else library.minus, left, right)
    if word in ("add", "sub") and not is_scalar:
        return _with_dense(context, word, left, right)
    if word == "mul" and not all(sparse):
        if is_scalar and _is_object(matrix) and _is_passive(context, other):
            return context.op("mul", left, right, kind=kind_of(matrix))  # type: ignore[arg-type]
        return library_call(context, library.scaled if is_scalar else library.multiplied, matrix, other)
    if word == "truediv" and is_scalar and sparse[0]:
        if _is_object(matrix) and _is_passive(context, other):
            return context.op("truediv", left, right, kind=kind_of(matrix))  # type: ignore[arg-type]
        return library_call(context, library.divided, left, right)
    context.fail(
        "TC109", f"the operator {word!r} on these sparse matrices is not supported",
        hint="build the matrix before the call if it does not vary",
    )  # fmt: skip


def _is_scalar(value: Value) -> bool:
    return isinstance(value, (Var, Literal)) and (is_number(kind_of(value)) or rank_of(kind_of(value)) == 0)


def _product(context: Context, left: Value, right: Value) -> Value:
    """The product of a sparse matrix and an array."""
    library = _library()
    if is_entries(context, left):
        return library_call(context, library.times, left, right)
    if is_entries(context, right):
        return library_call(context, library.times_from_left, left, right)
    if _is_object(left):
        right = as_array(context, context.snapshot(right))
        _meet(left, 1, right, 0)
        return context.op("sparse_matmul", left, right)
    left = as_array(context, context.snapshot(left))
    _meet(right, 0, left, -1)
    return context.op("matmul_sparse", left, right)


def _meet(matrix: Value, side: int, array: Value, axis: int) -> None:
    """Where an array of unknown size meets a matrix of known size, its size becomes known."""
    kind, other = kind_of(matrix), kind_of(array)  # type: ignore[arg-type]
    dims = kind.shape if isinstance(kind, Object) else None
    if dims is not None and isinstance(other, Array) and other.dims:
        size = undecided((dims[side],), (other.dims[axis],))
        if size is not None:
            raise Promote(("size", size))


def _with_dense(context: Context, word: str, left: Value, right: Value) -> Value:
    """The sum with an array: an array."""
    if any(
        multiplies(context, value)
        for value in (left, right)
        if _is_object(value) or is_entries(context, value)
    ):
        context.fail(
            "TC109", "the sum of a sparse matrix and an array is a np.matrix, which is not supported",
            hint="add A.toarray()",
        )  # fmt: skip
    dense = [_library().as_dense, left, right]
    a, b = (
        library_call(context, dense[0], value) if _is_object(value) or is_entries(context, value) else value
        for value in (left, right)
    )
    return context.op(word, a, b)


def _combined(word: str, left: Any, right: Any) -> Object:
    """The kind of a sum or product of two matrices."""
    a, b = left.kind, right.kind
    family = _family(b.cls if is_matrix(a.cls) else a.cls)
    dims = (
        None
        if a.shape is None or b.shape is None
        else (a.shape[0], b.shape[1])
        if word == "matmul"
        else a.shape
    )
    return Object(family, a.dtype if a.dtype == b.dtype else None, dims)


def negated(context: Context, name: str, value: Value) -> Value | None:
    """`-A` of a matrix that the program was given."""
    return context.op(name, value, kind=kind_of(value)) if _is_object(value) and name == "neg" else None  # type: ignore[arg-type]


def part(context: Context, matrix: Value, key: Value) -> Value | None:
    """`A[key]`: rows and columns of a matrix that the program was given; None for any other value."""
    if isinstance(matrix, ObjectValue) and is_entries(context, matrix):
        context.fail(
            "TC109",
            "parts of a sparse matrix that may vary are not supported",
            hint="take the part of the data",
        )
    if (
        not isinstance(matrix, Var)
        or not isinstance(matrix.kind, Object)
        or not is_sparse_class(matrix.kind.cls)
    ):
        return None
    keys = key.items if isinstance(key, TupleValue) else (key,)
    numbers = [not isinstance(entry, SliceValue) and _is_scalar(entry) for entry in keys]
    found = context.builder.getitem
    where = _place(context, matrix, key)
    if any(numbers):
        if not all(numbers) or len(keys) != 2:
            context.fail(
                "TC109",
                "a single row or column of a sparse matrix is not supported",
                hint="take a slice of one, A[i:i+1]",
            )
        return found(where.target, where.index, where.operands, kind=None)
    kind = Object(_family(matrix.kind.cls), matrix.kind.dtype, (fresh(), fresh()))
    return context.op("getitem", where.target, *where.operands, index=where.index, kind=kind)


def _place(context: Context, matrix: Var, key: Value) -> Any:
    from tangentc.frontend.expressions.indexing import place

    return place(context, matrix, key)


@functools.cache
def keeps_places(is_matrix: bool, by_entries: bool) -> bool:
    """Whether this version's matrices share the memory of the arrays that say where their entries are."""
    if not by_entries:
        return False
    sparse, places = sys.modules["scipy.sparse"], np.zeros(1, np.int64)
    cls = sparse.coo_matrix if is_matrix else sparse.coo_array
    return np.shares_memory(cls((np.ones(1), (places, places)), shape=(1, 1)).row, places)


def has_one_column(context: Context, value: Value) -> bool | None:
    """Whether the right side of a system is a matrix with one column; None where that is not known."""
    kind = kind_of(value) if isinstance(value, (Var, Literal)) else ANY
    dims = kind.dims if isinstance(kind, Array) else None
    if dims is not None and len(dims) == 2 and dims[1] != 1 and not never_one(dims[1]):
        return None
    if dims is None:
        context.fail(
            "TC109", "whether the right side of spsolve is a vector must be known when the program is compiled",
            hint="give it a shape with np.reshape, or use splu(A).solve(b)",
        )  # fmt: skip
    return len(dims) == 2 and dims[1] == 1


# --- making matrices ----------------------------------------------------------------------------------


def made(context: Context, function: Any, args: Sequence[Value], kwargs: dict[str, Value]) -> Value | None:
    """A call of what `scipy.sparse` has: matrices that are made, and systems; None for anything else."""
    owner = getattr(function, "__self__", None)
    if is_factor(type(owner)) and function.__name__ == "solve":  # what `factorized` gave
        lu = context.captures.value(owner, Place.of(function).attribute("__self__"), "lu")
        return library_call(context, _library().solve, lu, *args, keywords=kwargs)
    if function is abs and len(args) == 1 and _is_object(args[0]):
        return context.op("abs", args[0], kind=kind_of(args[0]))  # type: ignore[arg-type]
    if part_of(function) != "scipy.sparse":
        return None
    library, name = _library(), getattr(function, "__name__", "")
    values = (*args, *kwargs.values())
    if name in library.SYSTEMS and args and (_is_object(args[0]) or is_entries(context, args[0])):
        return library_call(context, library.SYSTEMS[name], *args, keywords=kwargs)
    if name in _ITERATIONS and args and is_entries(context, args[0]):
        return _iterated(context, name, args, kwargs)
    if name in ("issparse", "isspmatrix") and len(values) == 1 and is_entries(context, values[0]):
        return Literal(name == "issparse" or multiplies(context, values[0]))
    if any(is_entries(context, value) for value in values) and name not in library.CLASSES:
        context.fail(
            "TC109", f"{name} of a sparse matrix that may vary is not supported",
            hint="build the matrix before the call if it does not vary",
        )  # fmt: skip
    is_class = isinstance(function, type) and is_sparse_class(function)
    makes = is_class or function.__module__.endswith(("._construct", "._extract")) or name in ("expm", "inv")
    if not makes:
        return None
    if name in library.CLASSES and not all(_is_passive(context, value) for value in values):
        flag: dict[str, Value] = {"is_matrix": Literal(not name.endswith("_array"))}
        return library_call(context, library.CLASSES[name], *args, keywords={**kwargs, **flag})
    cls = function if is_class else _class_of(name, values)
    plain = (
        tuple(map(context.snapshot, args)),
        {key: context.snapshot(value) for key, value in kwargs.items()},
    )
    dtype = np.dtype(float) if name in ("eye", "eye_array", "identity") and "dtype" not in kwargs else None
    return opaque(context, function, *plain, kind=Object(cls, dtype, _shape(context, name, args, kwargs)))


def _iterated(context: Context, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """A solution by iteration of a system whose matrix may vary."""
    refused = [key for key in kwargs if key not in ("b", "rtol", "atol", "maxiter", "restart")]
    if refused or len(args) > 2:
        context.fail(
            "TC115", f"the argument {refused[0] if refused else 'x0'!r} of {name} is not supported",
            hint="a starting point or preconditioner does not change the solution: leave it out, or use spsolve",
        )  # fmt: skip
    options = tuple((key, context.static(value, key)) for key, value in kwargs.items() if key != "b")
    right = as_array(context, args[1] if len(args) > 1 else kwargs["b"])
    return library_call(context, _library().iterate, args[0], right, Literal(name), Literal(options))


def _class_of(name: str, values: Sequence[Value]) -> type:
    """What a function of `scipy.sparse` makes: arrays if it is named after them, or is given one."""
    sparse = sys.modules["scipy.sparse"]
    given = [part for value in values for part in (value, *children(value)) if _is_object(part)]
    is_array = name.endswith("_array") or any(not is_matrix(kind_of(value).cls) for value in given)  # type: ignore[arg-type,union-attr]
    family: type = sparse.sparray if is_array else sparse.spmatrix
    return family


def _shape(
    context: Context, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> tuple[Size, ...] | None:
    """The shape of a matrix that is made, where the call says it."""
    given = kwargs.get("shape")
    if name in ("eye", "identity", "eye_array") and args:
        given = TupleValue((args[0], args[1] if name != "identity" and len(args) > 1 else args[0]))
    sizes = children(context.contents(given)) if given is not None else ()
    found: list[Size] = []
    for size in sizes:
        match kind_of(size) if isinstance(size, (Var, Literal)) else ANY:
            case Int(size=known) if known is not None and context.is_lasting(known):
                found.append(known)
            case Const(int(known)):
                found.append(known)
            case _:
                found.append(fresh())
    return tuple(found) if len(found) == 2 else None


def _is_passive(context: Context, value: Value) -> bool:
    """Whether a value is certainly computed from nothing that varies."""
    producers: dict[Var, Op] = {}
    written: set[Var] = set()
    for node in context.builder.nodes:
        if isinstance(node, Op):
            producers.update(dict.fromkeys(node.results, node))
            if node.primitive.writes and isinstance(node.operands[0], Var):
                written.add(node.operands[0])
        elif isinstance(node, Store):
            if isinstance(node.target, Var):
                written.add(node.target)
        else:
            return _is_plain(context, value)  # a loop or branch may have written anything

    def root(var: Var) -> Var:
        op = producers.get(var)
        views = (
            op is not None and op.alias is not Alias.FRESH and op.operands and isinstance(op.operands[0], Var)
        )
        return root(op.operands[0]) if views and op is not None else var  # type: ignore[arg-type]

    roots = set(map(root, written))

    def passive(value: Any) -> bool:
        held = context.contents(value)
        if not isinstance(held, Var):
            return not isinstance(held, ObjectValue) and all(map(passive, children(held)))
        if not can_be_active(held.kind) or held in context.captures.captured:
            return True
        op = producers.get(held)
        return op is not None and root(held) not in roots and all(map(passive, op.operands))

    return passive(value)


def _is_plain(context: Context, value: Value) -> bool:
    """The same by kinds alone."""
    held = context.contents(value)
    if isinstance(held, Var):
        return not can_be_active(held.kind) or held in context.captures.captured
    return not isinstance(held, ObjectValue) and all(_is_plain(context, part) for part in children(held))
