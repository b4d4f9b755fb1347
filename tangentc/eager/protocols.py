"""NumPy's protocols: `np.sin(t)` and `np.concatenate([t, u])` of tensors are operations on tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.eager.dtypes import default_dtype, result_dtype
from tangentc.eager.inplace import change
from tangentc.eager.operations import apply
from tangentc.eager.tensor import Tensor

__all__ = ["call_function", "call_ufunc", "ufunc_of"]

NAMES = {
    "absolute": "Abs", "add": "Add", "arccos": "Acos", "arccosh": "Acosh", "arcsin": "Asin", "arcsinh": "Asinh",
    "arctan": "Atan", "arctan2": "Atan2", "arctanh": "Atanh", "concatenate": "Cat", "divide": "Div", "multiply": "Mul",
    "negative": "Neg", "power": "Pow", "subtract": "Sub", "swapaxes": "Transpose", "transpose": "Permute",
    "invert": "BitwiseNot", "floor_divide": "FloorDivide", "square": "Pow", "log1p": "Log1P", "dot": "Mm",
}  # fmt: skip
"""Operations that PyTorch calls otherwise than by NumPy's name."""


def node_name(function: Callable[..., Any]) -> str:
    """What PyTorch calls, or would call, the node of a NumPy function."""
    name = getattr(function, "__name__", "call")
    words = NAMES.get(name) or "".join(word.capitalize() for word in name.split("_"))
    return f"{words}Backward0"


vars(node_name)["__tangentc_lowering__"] = "unnamed"


def matmul_name(a: Any, b: Any, *rest: Any, **kwargs: Any) -> str:
    """PyTorch multiplies vectors and stacks of matrices in several steps, and names what comes last."""
    axes = (np.ndim(_array(a)), np.ndim(_array(b)))
    steps = {(1, 1): "DotBackward0", (1, 2): "SqueezeBackward4", (2, 1): "MvBackward0", (2, 2): "MmBackward0"}
    return steps.get(axes, "UnsafeViewBackward0")


def _of_two(word: str, number_first: str) -> Callable[..., str]:
    """PyTorch tells an operation on two tensors from that on a number and a tensor."""

    def name(a: Any, b: Any, *rest: Any, **kwargs: Any) -> str:
        return f"{number_first if isinstance(a, (int, float, complex)) else word}"

    return name


def _power_name(a: Any, b: Any, *rest: Any, **kwargs: Any) -> str:
    if isinstance(a, (int, float, complex)):
        return "PowBackward2"
    return "PowBackward0" if isinstance(b, (int, float, complex)) else "PowBackward1"


def _array(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else value


_NAMED: dict[Any, Any] = {
    np.matmul: matmul_name,
    np.power: _power_name,
    np.subtract: _of_two("SubBackward0", "RsubBackward1"),
    np.divide: _of_two("DivBackward0", "MulBackward0"),
}


def named(ufunc: np.ufunc) -> Any:
    """How the nodes of a ufunc are named: a name, or a function of the operands that gives it."""
    name = _NAMED.get(ufunc)
    if name is None:
        name = _NAMED[ufunc] = node_name(ufunc)
    return name


def call_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc, or a method of one, called with a tensor among its operands."""
    if method == "__call__" and not kwargs:
        return apply(ufunc, named(ufunc), agreed(ufunc, inputs), kwargs, integers_vary=True)
    function = ufunc if method == "__call__" else _method(ufunc, method)
    name = named(ufunc) if method == "__call__" else node_name(function)
    if method == "at":
        return change(inputs[0], _added_at(ufunc), "IndexPutBackward0", inputs[1:], kwargs)
    if method == "__call__":
        inputs = agreed(ufunc, inputs)
    targets = kwargs.pop("out", None)
    if targets is None:
        return apply(function, name, inputs, kwargs, integers_vary=method == "__call__")
    (target,) = targets
    if isinstance(target, Tensor):
        return change(target, _without_target(function), name, inputs, kwargs)
    return NotImplemented


@functools.lru_cache(maxsize=512)
def _method(ufunc: np.ufunc, method: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(ufunc, method)
    return function


@functools.lru_cache(maxsize=512)
def _without_target(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its target as first operand, whose values do not matter."""

    def into(target: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return into


@functools.lru_cache(maxsize=64)
def _added_at(ufunc: np.ufunc) -> Callable[..., Any]:
    def at(target: Any, *args: Any) -> Any:
        target = target.copy()
        ufunc.at(target, *args)
        return target

    return at


vars(call_ufunc)["__tangentc_lowering__"] = "call_ufunc"


def agreed(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The operands in one dtype, where NumPy would choose another than PyTorch."""
    first: Any = None
    for value in inputs:
        if isinstance(value, Tensor):
            dtype = value._array.dtype
            if first is None and dtype.kind in "fc":
                first = dtype
            elif dtype is not first:
                break
        elif type(value) is not float and type(value) is not int:
            break
    else:
        if first is not None:  # most are of one dtype, or Python's numbers
            return inputs
    dtypes = {value.dtype for value in inputs if isinstance(value, (Tensor, np.ndarray, np.generic))}
    if len(dtypes) == 1:
        (dtype,) = dtypes
        if dtype.kind in "fc":
            return inputs
        if all(isinstance(value, (Tensor, np.ndarray, np.generic, int)) for value in inputs):
            return (
                tuple(_cast(value, default_dtype()) for value in inputs)
                if _gives_floats(ufunc, dtype)
                else inputs
            )
    dtype = result_dtype([_array(value) for value in inputs])
    if dtype is None or len(inputs) == 1:
        return inputs
    if dtype.kind not in "fc" and _gives_floats(ufunc, dtype):
        dtype = default_dtype()
    return tuple(_cast(value, dtype) for value in inputs)


vars(agreed)["__tangentc_lowering__"] = "itself"


def _cast(value: Any, dtype: Any) -> Any:
    """An operand in another dtype; Python's numbers take that of the others by themselves."""
    if not isinstance(value, (Tensor, np.ndarray, np.generic)) or value.dtype == dtype:
        return value
    if isinstance(value, Tensor):
        return apply(np.astype, "ToCopyBackward0", (value, dtype), {})
    return np.asarray(value).astype(dtype)


@functools.lru_cache(maxsize=512)
def _gives_floats(ufunc: np.ufunc, dtype: Any) -> bool:
    """Whether a function of whole numbers has values that are none."""
    with np.errstate(all="ignore"):
        try:
            return bool(np.result_type(ufunc(*[np.ones((), dtype)] * ufunc.nin)).kind == "f")
        except TypeError:
            return False


def call_function(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A function of NumPy that is no ufunc, called with a tensor among its arguments."""
    target = kwargs.get("out")
    if isinstance(target, Tensor):
        rest = {name: value for name, value in kwargs.items() if name != "out"}
        return change(target, _without_target(function), node_name(function), args, rest)
    if function in _WRITERS:
        return _WRITERS[function](*args, **kwargs)
    return apply(function, node_name(function), args, kwargs)


def _copyto(target: Any, values: Any, **kwargs: Any) -> None:
    if isinstance(target, np.ndarray):
        np.copyto(target, values.numpy(), **kwargs)  # refuses to lose a derivative
        return
    change(target, _copied_to, "CopySlices", (values,), kwargs)


def _copied_to(target: Any, values: Any, **kwargs: Any) -> Any:
    target = target.copy()
    np.copyto(target, values, **kwargs)
    return target


def _fill_diagonal(target: Tensor, value: Any, wrap: bool = False) -> None:
    change(target, _with_diagonal, "FillDiagonalBackward0", (value,), {"wrap": wrap})


def _with_diagonal(target: Any, value: Any, wrap: bool) -> Any:
    target = target.copy()
    np.fill_diagonal(target, value, wrap)
    return target


vars(call_function)["__tangentc_lowering__"] = "call_function"
_WRITERS: dict[Callable[..., Any], Callable[..., None]] = {
    np.copyto: _copyto,
    np.fill_diagonal: _fill_diagonal,
}


@functools.lru_cache(maxsize=512)
def ufunc_of(ufunc: np.ufunc) -> Callable[..., Any]:
    """A ufunc as a function of tensors, arrays and numbers."""

    title = named(ufunc)

    def call(*inputs: Any) -> Any:
        return apply(ufunc, title, agreed(ufunc, inputs), {}, integers_vary=True)

    return call
