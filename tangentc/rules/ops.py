"""The primal operations that rules are written with: plain functions on symbolic values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from tangentc.errors import MissingRuleError
from tangentc.ir.nodes import Literal
from tangentc.kinds.types import Array, Bool, Const, Float, Int, Tuple, dtype_of, is_number, rank_of
from tangentc.primitives.core import Primitive
from tangentc.primitives.index import Hole, Slice
from tangentc.rules.expr import Expr, call

__all__ = ["Tangent", "constant", "is_complex", "is_python_number", "library_of", "rank", "undefined"]

Tangent = Any
"""A value linear in the tangents (`rules.linear.Linear`), or the symbolic zero, which is false:
`dx and cos(x) * dx` computes the cosine only where x varies."""


# --- which library ------------------------------------------------------------------------------

_numpy_only: ContextVar[bool] = ContextVar("numpy_only", default=False)


@contextmanager
def library_of(primitive: Primitive) -> Iterator[None]:
    """Inside, functions of Python numbers come from `math`, unless the primitive is NumPy's or SciPy's own.

    So the derivative of `math.sin(x)` stays in Python floats; that of `np.exp(x)` overflows as `np.exp` does.
    """
    token = _numpy_only.set(primitive.name.startswith(("np.", "scipy.")))
    try:
        yield
    finally:
        _numpy_only.reset(token)


def is_python_number(x: Any) -> bool:
    """Whether a value is a real Python number rather than one of NumPy's."""
    if not isinstance(x, Expr):
        return isinstance(x, (bool, int, float)) and not isinstance(x, np.generic)
    if isinstance(x.kind, Const):
        return is_python_number(x.kind.value)
    return isinstance(x.kind, (Bool, Int, Float))


def _function(name: str, *operands: Any) -> Expr:
    math = not _numpy_only.get() and all(is_python_number(x) for x in operands)
    return call(f"math.{name}" if math else f"np.{name}", *operands)


# --- what is known ------------------------------------------------------------------------------


def constant(x: Any) -> Any:
    """The value of an operand that is a constant; None for any other."""
    return x.kind.value if isinstance(x, Expr) and isinstance(x.kind, Const) else None


def is_complex(x: Any) -> bool:
    """Whether a value may be complex: also where its dtype is not known."""
    dtype = dtype_of(x.kind)
    return dtype is None or dtype.kind == "c"


def undefined(message: str, x: Expr) -> MissingRuleError:
    """The error of a rule that has no derivative for these operands."""
    return MissingRuleError("TC201", message, x.builder.span)


def given(x: Any) -> bool:
    """Whether an optional operand of a definition was passed, and is not None."""
    return x is not None and not (isinstance(x, Expr) and x.kind == Const(None))


def rank(x: Any) -> int:
    """The number of axes, of an array too: a definition is also run on arrays, to be compared with its function.

    Raises: MissingRuleError: it is not known.
    """
    if not hasattr(x, "kind"):
        return np.ndim(x)
    known = rank_of(x.kind)
    if known is None:
        raise MissingRuleError(
            "TC203", "the number of axes of an operand is not known here", x.builder.span,
            "make it definite, for example with np.reshape",
        )  # fmt: skip
    return known


# --- elementwise --------------------------------------------------------------------------------


def sin(x: Any) -> Any:
    return _function("sin", x)


def cos(x: Any) -> Any:
    return _function("cos", x)


def sinh(x: Any) -> Any:
    return _function("sinh", x)


def cosh(x: Any) -> Any:
    return _function("cosh", x)


def exp(x: Any) -> Any:
    return _function("exp", x)


def log(x: Any) -> Any:
    return _function("log", x)


def sqrt(x: Any) -> Any:
    return _function("sqrt", x)


def trunc(x: Any) -> Any:
    return _function("trunc", x)


def copysign(x: Any, y: Any) -> Any:
    return _function("copysign", x, y)


def ldexp(x: Any, n: Any) -> Any:
    """2^n x"""
    return _function("ldexp", x, n)


def sign(x: Any) -> Any:
    """-1, 0 or 1; x / |x| of a complex number."""
    if is_python_number(x) and not _numpy_only.get():
        return (x > 0.0) - (x < 0.0)
    return call("np.sign", x)


def conj(x: Any) -> Any:
    return call("np.conjugate", x) if is_complex(x) else x


def real(x: Any) -> Any:
    return call("np.real", x) if is_complex(x) else x


def imag(x: Any) -> Any:
    return call("np.imag", x)


def absolute(x: Any) -> Any:
    return call("abs", x) if is_python_number(x) else call("np.absolute", x)


def where(condition: Any, x: Any, y: Any) -> Any:
    return call("np.where", condition, x, y)


def equal(x: Any, y: Any) -> Any:
    return call("eq", x, y)


def isnan(x: Any) -> Any:
    return _function("isnan", x)


def isfinite(x: Any) -> Any:
    return _function("isfinite", x)


def ratio(x: Any, y: Any) -> Any:
    """x / y, and 0 where y is 0."""
    return call("ratio", x, y)


def share(x: Any, y: Any) -> Any:
    """The part that x has in max(x, y): 1 where x > y, 1/2 where they are equal, else 0."""
    return call("share", x, y)


# --- arrays -------------------------------------------------------------------------------------


def sum_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return call("np.sum", x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return call("np.mean", x, axis=axis, keepdims=keepdims)


def expand_dims(x: Any, axis: Any) -> Any:
    return call("np.expand_dims", x, axis=axis)


def reshape(x: Any, shape: Any, order: str = "C") -> Any:
    return call("np.reshape", x, shape, order=order)


def ravel(x: Any) -> Any:
    return x if rank_of(x.kind) == 1 else call("np.ravel", x)


def transposed(x: Any) -> Any:
    """Matrices with rows and columns exchanged, the last two axes of a stack."""
    return call("T" if rank(x) == 2 else "mT", x)


def inv(x: Any) -> Any:
    return call("np.linalg.inv", x)


def outer(x: Any, y: Any) -> Any:
    """The outer product of two vectors; `np.outer` first looks at what it is given, which costs as much."""
    return x.getitem((Slice(), None)) * y


def dim(x: Any, axis: int) -> Any:
    """The size of one axis, of an array too."""
    if not hasattr(x, "kind"):
        return np.shape(x)[axis]
    if isinstance(x.kind, Array) and x.kind.dims is not None and isinstance(x.kind.dims[axis], int):
        return x.kind.dims[axis]
    return call("item", x.shape, axis if axis >= 0 else rank(x) + axis)


def sizes(x: Any) -> list[Any]:
    """The sizes of all axes."""
    return [dim(x, axis) for axis in range(rank(x))]


def at(axis: int, entry: Any) -> tuple[Any, ...]:
    """The index `x[:, ..., entry, ..., :]`, with a number or a slice for one axis."""
    whole = slice(None)
    return (*(whole,) * axis, entry) if axis >= 0 else (Ellipsis, entry, *(whole,) * (-axis - 1))


def lying_along(x: Any, y: Any, axis: int) -> Any:
    """A vector along an axis of y."""
    return np.reshape(x, (-1, *(1,) * (rank(y) - 1 - axis % rank(y))))


def count(x: Any, axis: Any = None) -> Any:
    """How many entries a reduction over these axes combines."""
    axes = range(rank(x)) if axis is None else [axis] if isinstance(axis, int) else axis
    result: Any = 1
    for size in (dim(x, a) for a in axes):
        result = size if isinstance(result, int) and result == 1 else result * size
    return result


def kept(y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """The result of a reduction of x with the axes that it lost, so that it broadcasts against x."""
    if keepdims or is_number(y.kind) or (axis is None and rank_of(y.kind) == 0):
        return y
    if axis is None:
        return reshape(y, (1,) * rank(x))
    return expand_dims(y, axis)


def shared(chosen: Any, x: Any, axis: Any = None) -> Any:
    """A mask over x as weights that sum to 1 along the axes, in the precision of x."""
    if rank_of(x.kind) == 0:
        return chosen * 1.0
    return chosen / _chosen(chosen, x, axis)


def each_share(chosen: Any, x: Any, axis: Any = None) -> Any:
    """What `shared` gives to each that is chosen: of size 1 along the axes."""
    return 1.0 if rank_of(x.kind) == 0 else 1.0 / _chosen(chosen, x, axis)


def _chosen(chosen: Any, x: Any, axis: Any) -> Any:
    """How many are chosen, in the precision of x."""
    dtype = dtype_of(x.kind)
    options = {} if dtype is None or dtype.kind != "f" or dtype == np.dtype(float) else {"dtype": dtype}
    return call("np.sum", chosen, axis=axis, keepdims=axis is not None, **options)


def zeros(shape: Any, dtype: Any = None) -> Any:
    """Zeros; `shape` is an expr or a tuple of exprs and integers."""
    options = {} if dtype is None or dtype == np.dtype(float) else {"dtype": dtype}
    return call("np.zeros", shape, **options)


def room(w: Expr, shape: Any) -> Any:
    """Zeros among which entries of w are put, in its dtype, which may be known when it runs only."""
    dtype = dtype_of(w.kind)
    return call("room", shape, w) if dtype is None else zeros(shape, dtype)


def literal(near: Any, value: Any) -> Expr:
    """A constant in the trace that `near` belongs to."""
    return Expr.of(near.builder, Literal(value))


def pack(near: Any, items: Sequence[Any]) -> Expr:
    """A tuple of exprs and constants."""
    return call("tuple", *items) if any(isinstance(x, Expr) for x in items) else literal(near, tuple(items))


def array(near: Any, items: Sequence[Any]) -> Any:
    """Numbers as an array, in the trace that `near` belongs to if there is one."""
    if not hasattr(near, "builder"):
        return np.array(items)
    numbers = (x if isinstance(x, Expr) else literal(near, x) for x in items)
    return call("np.array", *numbers, nesting=tuple(map(Hole, range(len(items)))))


def arange(near: Any, count: Any) -> Any:
    """The numbers 0, 1, ..., in the trace that `near` belongs to, or as an array."""
    if not hasattr(near, "builder"):
        return np.arange(count)
    return call("np.arange", count if isinstance(count, Expr) else literal(near, count))


def opposite(shift: Any) -> Any:
    """A number or a tuple of numbers, negated."""
    known = constant(shift)
    if isinstance(known, tuple):
        return literal(shift, tuple(-s for s in known))
    if isinstance(shift.kind, Tuple):
        return call("tuple", *(-call("item", shift, place) for place in range(len(shift.kind.items))))
    return -shift


def entries(shape: Any) -> list[Any] | None:
    """The entries of a number or a tuple of numbers; None where they are not known apart."""
    known = constant(shape)
    if known is not None:
        return list(known) if isinstance(known, (tuple, list)) else [known]
    if isinstance(shape.kind, Tuple) and all(map(is_number, shape.kind.items)):
        return [call("item", shape, place) for place in range(len(shape.kind.items))]
    return [shape] if is_number(shape.kind) else None


def width_before(width: Any, axis: int, axes: int) -> Any:
    """How much `np.pad` with these widths puts before an axis."""
    known = constant(width)
    if known is not None:
        return int(np.broadcast_to(known, (axes, 2))[axis, 0])
    if not isinstance(width.kind, Tuple):
        if is_number(width.kind):
            return width
        raise undefined("np.pad has a derivative for widths that are a number or a tuple", width)
    items = width.kind.items
    if all(map(is_number, items)):
        return call("item", width, 0)
    return call("item", call("item", width, axis if len(items) == axes else 0), 0)
