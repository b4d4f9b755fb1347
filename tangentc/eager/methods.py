"""The operators and methods of tensors: the functions of `functions`, and their forms in place, `x.relu_()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.eager import functions
from tangentc.eager.inplace import change
from tangentc.eager.operations import Operation
from tangentc.eager.protocols import agreed, call_ufunc, node_name
from tangentc.eager.tensor import Tensor

__all__: list[str] = []

_METHODS = [
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addcdiv",
    "addcmul",
    "addmm",
    "all",
    "allclose",
    "amax",
    "amin",
    "any",
    "arccos",
    "arcsin",
    "arctan",
    "argmax",
    "argmin",
    "argsort",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "bmm",
    "broadcast_to",
    "ceil",
    "chunk",
    "clamp",
    "clip",
    "clone",
    "conj",
    "contiguous",
    "cos",
    "cosh",
    "cumprod",
    "cumsum",
    "diag",
    "diagonal",
    "div",
    "divide",
    "dot",
    "eq",
    "equal",
    "erf",
    "exp",
    "exp2",
    "expand",
    "expand_as",
    "expm1",
    "flatten",
    "flip",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "gather",
    "ge",
    "gt",
    "hypot",
    "imag",
    "index_select",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "kron",
    "le",
    "lerp",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logsumexp",
    "lt",
    "masked_fill",
    "masked_select",
    "matmul",
    "max",
    "maximum",
    "mean",
    "median",
    "min",
    "minimum",
    "mm",
    "movedim",
    "mul",
    "multiply",
    "mv",
    "narrow",
    "ne",
    "neg",
    "negative",
    "nonzero",
    "norm",
    "outer",
    "permute",
    "pow",
    "prod",
    "real",
    "reciprocal",
    "relu",
    "remainder",
    "repeat",
    "repeat_interleave",
    "reshape",
    "reshape_as",
    "roll",
    "round",
    "rsqrt",
    "scatter_add",
    "select",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softmax",
    "sort",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "std",
    "sub",
    "subtract",
    "sum",
    "t",
    "take",
    "tan",
    "tanh",
    "tile",
    "to",
    "topk",
    "trace",
    "transpose",
    "tril",
    "triu",
    "true_divide",
    "trunc",
    "type",
    "unbind",
    "unflatten",
    "unsqueeze",
    "var",
    "view",
    "view_as",
    "where",
]


def _method(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__, method.__doc__ = name, function.__doc__
    method.__qualname__ = f"Tensor.{name}"
    return method


def _ufunc_method(ufunc: Any, swapped: bool = False) -> Callable[..., Any]:
    if swapped:
        return lambda self, other: call_ufunc(ufunc, "__call__", (other, self), {})
    if ufunc.nin == 1:
        return lambda self: call_ufunc(ufunc, "__call__", (self,), {})
    return lambda self, other: call_ufunc(ufunc, "__call__", (self, other), {})


def _where(self: Tensor, condition: Any, other: Any) -> Any:
    return functions.where(condition, self, other)


for _name in _METHODS:
    setattr(Tensor, _name, _method(getattr(functions, _name), _name))
Tensor.where = _where  # type: ignore[attr-defined]

_OPERATORS: dict[str, Any] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "pow": np.power,
    "floordiv": np.floor_divide, "mod": np.remainder, "matmul": np.matmul, "and": np.bitwise_and, "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}  # fmt: skip

for _name, _ufunc in _OPERATORS.items():
    setattr(Tensor, f"__{_name}__", _ufunc_method(_ufunc))
    setattr(Tensor, f"__r{_name}__", _ufunc_method(_ufunc, swapped=True))
for _name, _ufunc in {
    "neg": np.negative, "abs": np.absolute, "invert": np.invert, "eq": np.equal, "ne": np.not_equal, "lt": np.less,
    "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}.items():  # fmt: skip
    setattr(Tensor, f"__{_name}__", _ufunc_method(_ufunc))
Tensor.__getitem__ = functions.getitem


# --- in place -------------------------------------------------------------------------------------


def _in_place_ufunc(ufunc: Any) -> Callable[..., Tensor]:
    def changed(self: Tensor, *others: Any) -> Tensor:
        # an operand of a higher dtype does not fit: the result is checked where it is written
        operands = agreed(ufunc, (self, *others))
        if operands[0] is not self:
            operands = (self, *others)
        return change(self, ufunc, node_name(ufunc), operands[1:], {})

    return changed


for _name, _ufunc in _OPERATORS.items():
    setattr(Tensor, f"__i{_name}__", _in_place_ufunc(_ufunc))
for _name in [
    "abs",
    "acos",
    "asin",
    "atan",
    "ceil",
    "cos",
    "cosh",
    "div",
    "divide",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "log",
    "log10",
    "log1p",
    "log2",
    "mul",
    "multiply",
    "neg",
    "negative",
    "pow",
    "remainder",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
]:
    _ufunc = {
        "abs": np.absolute, "acos": np.arccos, "asin": np.arcsin, "atan": np.arctan, "div": np.true_divide,
        "mul": np.multiply,
        "neg": np.negative, "pow": np.power,
    }.get(_name) or getattr(np, _name)  # fmt: skip
    setattr(Tensor, f"{_name}_", _in_place_ufunc(_ufunc))


def _in_place(operation: Operation) -> Callable[..., Tensor]:
    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return change(self, operation.function, operation.name, args, kwargs)

    return changed


for _name in [
    "addcdiv",
    "addcmul",
    "addmm",
    "clamp",
    "clip",
    "cumprod",
    "cumsum",
    "lerp",
    "masked_fill",
    "reciprocal",
    "relu",
    "round",
    "rsqrt",
    "scatter_add",
    "sigmoid",
    "tril",
    "triu",
]:
    setattr(Tensor, f"{_name}_", _in_place(getattr(functions, _name)))


def _add_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    return _ADD(self, other if alpha == 1 else functions.mul(other, alpha))


def _sub_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    return _SUBTRACT(self, other if alpha == 1 else functions.mul(other, alpha))


_ADD, _SUBTRACT = _in_place_ufunc(np.add), _in_place_ufunc(np.subtract)


def _filled(input: Any, value: Any) -> Any:
    return np.full_like(input, value)


def _copied(input: Any, source: Any) -> Any:
    return np.broadcast_to(source, input.shape).astype(input.dtype)


def _setitem(self: Tensor, index: Any, value: Any) -> None:
    change(self, functions.with_part.function, "CopySlices", (functions.index_parts(index), value), {})


def _fill_(self: Tensor, value: Any) -> Tensor:
    return change(self, _filled, "FillBackward0", (value,), {})


def _zero_(self: Tensor) -> Tensor:
    return change(self, _filled, "ZeroBackward0", (0,), {})


def _copy_(self: Tensor, source: Any, non_blocking: bool = False) -> Tensor:
    return change(self, _copied, "CopyBackwards", (source,), {})


def _converted(dtype: str) -> Callable[[Tensor], Any]:
    return lambda self: functions.to(self, np.dtype(dtype))


for _name, _function in {
    "add_": _add_, "sub_": _sub_, "subtract_": _sub_, "fill_": _fill_, "zero_": _zero_, "copy_": _copy_,
    "__setitem__": _setitem,
    "float": _converted("float32"), "double": _converted("float64"), "half": _converted("float16"),
    "long": _converted("int64"),
    "int": _converted("int32"), "bool": _converted("bool"), "cpu": lambda self: self,
}.items():  # fmt: skip
    setattr(Tensor, _name, _function)

Tensor.real = property(lambda self: functions.real(self) if self.is_complex() else self)  # type: ignore[attr-defined]
Tensor.imag = property(functions.imag)  # type: ignore[attr-defined]
Tensor.T = property(lambda self: functions.permute(self, *reversed(range(self.ndim))))  # type: ignore[attr-defined]
Tensor.mT = property(lambda self: functions.transpose(self, -1, -2))  # type: ignore[attr-defined]
Tensor.H = property(lambda self: functions.conj(functions.transpose(self, -1, -2)))  # type: ignore[attr-defined]
