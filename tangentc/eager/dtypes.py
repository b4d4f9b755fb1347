"""Data types under PyTorch's names, and how those of several operands become one.

A dtype here is NumPy's: `torch.float32` is `np.dtype("float32")`.  What they become follows PyTorch, not NumPy: an
array of
integers times one of float32 is float32, since only a higher category (bool, integer, float, complex) widens;
numbers and arrays without axes widen only within a category that is higher than that of the arrays with axes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["DTYPES", "as_dtype", "default_dtype", "get_default_dtype", "result_dtype", "set_default_dtype"]

Dtype = Any

_NAMES = {
    "float16": "half",
    "float32": "float",
    "float64": "double",
    "complex64": "cfloat",
    "complex128": "cdouble",
    "int8": "",
    "uint8": "",
    "int16": "short",
    "int32": "int",
    "int64": "long",
    "bool": "",
}

DTYPES: dict[str, np.dtype[Any]] = {}
for _name, _other in _NAMES.items():
    DTYPES[_name] = np.dtype(_name)
    if _other:
        DTYPES[_other] = np.dtype(_name)

_CATEGORY = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


class _Default:
    dtype: np.dtype[Any] = np.dtype(np.float32)


def get_default_dtype() -> np.dtype[Any]:
    """The dtype of tensors made of Python floats: float32 until it is set."""
    return _Default.dtype


default_dtype = get_default_dtype


def set_default_dtype(dtype: Dtype) -> None:
    """Make tensors of Python floats have this dtype.

    Raises: TypeError: it is no dtype of real numbers.
    """
    found = np.dtype(dtype)
    if found.kind != "f":
        raise TypeError(f"the default dtype is one of real numbers, and {found} is not")
    _Default.dtype = found


def as_dtype(dtype: Dtype) -> np.dtype[Any]:
    """The dtype that Python's types mean, too: `float` is float64, `int` int64."""
    return np.dtype(dtype)


def result_dtype(operands: Iterable[Any]) -> np.dtype[Any] | None:
    """The dtype in which arrays and numbers meet; None where there is nothing to agree on.

    Source: the rules of "Tensor Attributes" in PyTorch's documentation.
    """
    by_rank: list[np.dtype[Any] | None] = [None, None, None]  # arrays with axes, without axes, Python numbers
    for operand in operands:
        if isinstance(operand, (np.ndarray, np.generic)):
            rank = 0 if operand.ndim else 1
            dtype = operand.dtype
        else:
            rank, dtype = 2, _of_number(operand)
        before = by_rank[rank]
        by_rank[rank] = dtype if before is None else _joined(before, dtype)
    result: np.dtype[Any] | None = None
    for dtype_ in by_rank:
        if dtype_ is None:
            continue
        if result is None or _category(dtype_) > _category(result):
            result = dtype_ if result is None or result.kind != "f" else _complex_of(result)
    return result


def _of_number(number: Any) -> np.dtype[Any]:
    if isinstance(number, bool):
        return np.dtype(bool)
    if isinstance(number, int):
        return np.dtype(np.int64)
    return default_dtype() if isinstance(number, float) else _complex_of(default_dtype())


def _complex_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.result_type(dtype, np.complex64)


def _joined(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    if a == b:
        return a
    low, high = sorted((a, b), key=_category)
    if _category(low) == _category(high):
        return np.promote_types(low, high)
    return np.promote_types(low, high) if high.kind == "c" and low.kind == "f" else high


def _category(dtype: np.dtype[Any]) -> int:
    return _CATEGORY.get(dtype.kind, 4)
