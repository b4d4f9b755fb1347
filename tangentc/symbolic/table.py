"""What SymPy calls the elementary operations: one row each."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from sympy import Rational, log, pi

__all__ = ["BY_NUMPY", "COMPOSED", "CONTRACTIONS", "ELEMENTARY", "MOVES"]

Apply = Callable[..., Any]
_half, _third = Rational(1, 2), Rational(1, 3)


def _condition(value: Any) -> Any:
    """A condition; a number that counts as true where it is not 0 is none."""
    if isinstance(value, (sympy.logic.boolalg.Boolean, bool)) and not isinstance(value, sympy.Symbol):
        return value
    raise TypeError(f"{value} is no condition")


def _logical(apply: Apply) -> Apply:
    return lambda *conditions: apply(*map(_condition, conditions))


def _where(condition: Any, x: Any, y: Any) -> Any:
    condition = _condition(condition)
    return sympy.Piecewise((x, condition), (y, True), evaluate=False)


def _clip(x: Any, low: Any, high: Any) -> Any:
    x = x if low is None else sympy.Max(x, low)
    return x if high is None else sympy.Min(x, high)


def _logarithm(x: Any, base: Any = None) -> Any:
    return log(x) if base is None else log(x) / log(base)


def _xlogy(x: Any, y: Any) -> Any:
    return _where(sympy.Eq(x, 0), sympy.Integer(0), x * log(y))


_FUNCTIONS: dict[str, Apply] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh,
    "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan,
    "arcsinh": sympy.asinh, "arccosh": sympy.acosh, "arctanh": sympy.atanh,
    "arctan2": sympy.atan2,
    "exp": sympy.exp, "exp2": lambda x: sympy.Integer(2) ** x, "expm1": lambda x: sympy.exp(x) - 1,
    "log": _logarithm, "log2": lambda x: log(x) / log(2), "log10": lambda x: log(x) / log(10),
    "log1p": lambda x: log(1 + x), "logaddexp": lambda x, y: log(sympy.exp(x) + sympy.exp(y)),
    "sqrt": lambda x: x**_half, "cbrt": lambda x: sympy.sign(x) * sympy.Abs(x) ** _third,
    "square": lambda x: x**2, "reciprocal": lambda x: x**-1, "hypot": lambda *xs: sum(x**2 for x in xs) ** _half,
    "absolute": sympy.Abs, "fabs": sympy.Abs, "sign": sympy.sign,
    "floor": sympy.floor, "ceil": sympy.ceiling,
    "deg2rad": lambda x: x * pi / 180, "radians": lambda x: x * pi / 180,
    "rad2deg": lambda x: x * 180 / pi, "degrees": lambda x: x * 180 / pi,
    "maximum": sympy.Max, "minimum": sympy.Min, "fmax": sympy.Max, "fmin": sympy.Min,
    "power": lambda x, y: x**y, "float_power": lambda x, y: x**y,
    "add": lambda x, y: x + y, "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y, "divide": lambda x, y: x / y,
    "negative": lambda x: -x, "positive": lambda x: x,
    "less": sympy.Lt, "less_equal": sympy.Le, "greater": sympy.Gt, "greater_equal": sympy.Ge,
    "equal": sympy.Eq, "not_equal": sympy.Ne,
    "logical_and": _logical(sympy.And), "logical_or": _logical(sympy.Or), "logical_not": _logical(sympy.Not),
    "where": _where, "clip": _clip, "heaviside": sympy.Heaviside, "sinc": lambda x: sympy.sinc(pi * x),
}  # fmt: skip
_OF_MATH: dict[str, str] = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "pow": "power",
}  # fmt: skip
_OF_PYTHON: dict[str, str] = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power",
    "neg": "negative", "pos": "positive", "abs": "absolute", "max": "maximum", "min": "minimum",
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal",
    "and_": "logical_and", "or_": "logical_or", "invert": "logical_not", "not_": "logical_not",
}  # fmt: skip
_SPECIAL: dict[str, Apply] = {
    "math.erf": sympy.erf, "math.erfc": sympy.erfc, "math.gamma": sympy.gamma, "math.lgamma": sympy.loggamma,
    "scipy.special.erf": sympy.erf, "scipy.special.erfc": sympy.erfc, "scipy.special.gamma": sympy.gamma,
    "scipy.special.gammaln": sympy.loggamma, "scipy.special.xlogy": _xlogy,
    "scipy.special.expit": lambda x: 1 / (1 + sympy.exp(-x)), "scipy.special.logit": lambda x: log(x / (1 - x)),
}  # fmt: skip

ELEMENTARY: dict[str, Apply] = {
    **{f"np.{name}": apply for name, apply in _FUNCTIONS.items()},
    **{f"math.{name}": apply for name, apply in _FUNCTIONS.items()},
    **{f"math.{name}": _FUNCTIONS[of] for name, of in _OF_MATH.items()},
    **{name: _FUNCTIONS[of] for name, of in _OF_PYTHON.items()},
    **_SPECIAL,
}
"""Operations entry by entry, by the name of their primitive; names that no primitive has do no harm."""


def _folded(apply: Apply) -> Apply:
    """A reduction along axes that puts the entries together two by two."""
    ufunc = np.frompyfunc(apply, 2, 1)

    def fold(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        a = np.asarray(a, object)
        axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        for one in sorted((axis % a.ndim for axis in axes), reverse=True):
            a = np.asarray(ufunc.reduce(a, axis=one, keepdims=keepdims), object)
        return a[()]

    return fold


def _mean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    total = np.sum(a, axis=axis, keepdims=keepdims)
    return total * Rational(int(np.size(total)), int(np.size(a)))


def _var(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    centred = a - _mean(a, axis, keepdims=True)
    squares = np.sum(centred * centred, axis=axis, keepdims=keepdims)
    return squares * Rational(int(np.size(squares)), int(np.size(a) - ddof * np.size(squares)))


def _root(value: Any) -> Any:
    return value**_half


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2) or (ord == 2 and np.ndim(x) != 1):
        raise TypeError(f"ord={ord!r}")
    return _root(np.sum(x * x, axis=axis, keepdims=keepdims))


COMPOSED: dict[str, Apply] = {
    "np.max": _folded(sympy.Max),
    "np.min": _folded(sympy.Min),
    "np.mean": _mean,
    "np.var": _var,
    "np.std": lambda *args, **kwargs: _root(_var(*args, **kwargs)),
    "np.linalg.norm": _norm,
    **dict.fromkeys(("float", "np.float64", "np.float32", "np.float16", "np.longdouble"), lambda x: x),
    "array_item": lambda x: x if not isinstance(x, np.ndarray) else x.item(),
    "math.fsum": lambda xs: functools.reduce(lambda a, b: a + b, xs),
}
"""Functions of arrays that NumPy does not have for entries that are expressions."""

CONTRACTIONS: frozenset[str] = frozenset({
    "sum", "np.sum", "np.prod", "np.cumsum", "np.cumprod", "np.diff", "np.trace", "matmul", "np.dot",
    "np.matmul", "np.inner", "np.outer", "np.kron", "np.tensordot", "np.einsum", "np.convolve",
})  # fmt: skip
"""Operations that add and multiply entries."""

BY_NUMPY: frozenset[str] = CONTRACTIONS | {
    "getitem", "shape_of", "shape_if_any", "dim", "ndim", "size", "len", "tuple", "list", "dict", "item",
    "copy", "own_copy", "tolist", "is_", "is_not", "list_append", "list_insert", "list_pop", "set_item",
    "del_item", "stack_items", "list_len", "has_key", "keys_of", "np.zeros_like", "np.ones_like",
    "np.empty_like", "np.full_like", "np.full", "np.array", "np.asarray", "np.asanyarray",
    "np.ascontiguousarray", "np.copy", "print", "T", "mT", "np.transpose", "np.matrix_transpose",
    "np.swapaxes", "np.moveaxis", "np.rollaxis", "np.reshape", "np.ravel", "flatten", "np.expand_dims",
    "np.squeeze", "np.broadcast_to", "np.flip", "np.fliplr", "np.flipud", "np.rot90", "np.diagonal",
    "np.diag", "np.diagflat", "np.atleast_1d", "np.atleast_2d", "np.atleast_3d", "np.tril", "np.triu",
    "np.roll", "np.repeat", "np.tile", "np.take", "np.append", "np.concatenate", "np.stack", "np.vstack",
    "np.hstack", "np.dstack", "np.column_stack", "np.split", "np.array_split", "np.delete", "np.insert",
}  # fmt: skip
"""Operations that NumPy and Python do right for arrays of expressions: they move entries, or add and multiply them."""

MOVES: frozenset[str] = frozenset(
    {"float", "np.float64", "np.float32", "np.float16", "np.longdouble", "array_item", "pos", "np.positive"}
)
"""Of all these operations those that compute nothing."""
