"""Copies, other dtypes, and comparisons of whole tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.eager import devices
from tangentc.eager.dtypes import as_dtype
from tangentc.eager.operations import operation
from tangentc.eager.tensor import Tensor, as_plain

__all__ = [
    "allclose", "clone", "conj", "contiguous", "equal", "imag", "isclose", "real", "to", "type",
]  # fmt: skip


@operation("CloneBackward0")
def clone(input):
    return input.copy()


@operation("CloneBackward0")
def _in_order(input):
    return np.ascontiguousarray(input).copy()


def contiguous(input: Any) -> Any:
    """The tensor itself if its entries lie in order, else a copy in which they do."""
    return input if as_plain(input).flags.c_contiguous else _in_order(input)


vars(contiguous)["__tangentc_lowering__"] = "contiguous"


@operation("ToCopyBackward0")
def astype(input, dtype):
    return input.astype(dtype)


def to(
    input: Any,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    copy: bool = False,
    non_blocking: bool = False,
) -> Any:
    """The tensor in another dtype (a dtype, or that of another tensor), itself where nothing changes.

    Raises: RuntimeError: a device other than the CPU is asked for.
    """
    for arg in (*args, device):
        if isinstance(arg, str):
            devices.device(arg)
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif arg is not None and not isinstance(arg, bool):
            dtype = arg
    if dtype is None or as_dtype(dtype) == input.dtype:
        return clone(input) if copy else input
    return astype(input, as_dtype(dtype))


def type(input: Any, dtype: Any = None) -> Any:
    return f"torch.{_TENSORS[input.dtype.name]}Tensor" if dtype is None else to(input, dtype)


_TENSORS = {
    "float16": "Half", "float32": "Float", "float64": "Double", "int8": "Char", "uint8": "Byte", "int16": "Short",
    "int32": "Int", "int64": "Long", "bool": "Bool", "complex64": "ComplexFloat", "complex128": "ComplexDouble",
}  # fmt: skip


@operation("RealBackward0")
def real(input):
    return np.real(input)


@operation("ImagBackward0")
def imag(input):
    return np.imag(input)


@operation("ConjBackward0")
def conj(input):
    return np.conj(input)


def equal(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape and entries."""
    return bool(np.array_equal(as_plain(input), as_plain(other)))


def allclose(
    input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    return bool(np.allclose(as_plain(input), as_plain(other), rtol=rtol, atol=atol, equal_nan=equal_nan))


def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    return Tensor(np.isclose(as_plain(input), as_plain(other), rtol=rtol, atol=atol, equal_nan=equal_nan))
