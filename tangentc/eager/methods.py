"""The operators and methods of tensors: the functions of `functions`, and their forms in place, `x.relu_()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.eager import creation, functions, linalg
from tangentc.eager.creation import source
from tangentc.eager.functions import parts
from tangentc.eager.inplace import change
from tangentc.eager.operations import Operation, apply
from tangentc.eager.protocols import agreed, call_ufunc, named, node_name
from tangentc.eager.tensor import Tensor

__all__: list[str] = []

_METHODS = [
    "abs", "absolute", "acos", "acosh", "add", "addcdiv", "addcmul", "addmm", "addmv", "addr", "adjoint",
    "all", "allclose", "amax", "amin", "aminmax", "angle", "any", "arccos", "arccosh", "arcsin", "arcsinh",
    "arctan", "arctan2", "arctanh", "argmax", "argmin", "argsort", "argwhere", "asin", "asinh", "atan",
    "atan2", "atanh", "baddbmm", "bincount", "bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor",
    "bmm", "broadcast_to", "ceil", "chunk", "clamp", "clamp_max", "clamp_min", "clip", "clone", "conj",
    "contiguous", "copysign", "corrcoef", "cos", "cosh", "count_nonzero", "cov", "cross", "cummax",
    "cummin", "cumprod", "cumsum", "deg2rad", "diag", "diag_embed", "diagonal", "diff", "digamma", "dist",
    "div", "divide", "dot", "eq", "equal", "erf", "erfc", "erfinv", "exp", "exp2", "expand", "expand_as",
    "expm1", "fix", "flatten", "flip", "fliplr", "flipud", "float_power", "floor", "floor_divide", "fmax",
    "fmin", "fmod", "frac", "gather", "ge", "ger", "greater", "greater_equal", "gt", "heaviside", "histc",
    "hsplit", "hypot", "imag", "index_add", "index_copy", "index_fill", "index_put", "index_select",
    "inner", "isclose", "isfinite", "isin", "isinf", "isnan", "kron", "kthvalue", "le", "lerp", "less",
    "less_equal", "lgamma", "log", "log10", "log1p", "log2", "log_softmax", "logaddexp", "logcumsumexp",
    "logical_and", "logical_not", "logical_or", "logical_xor", "logit", "logsumexp", "lt", "masked_fill",
    "masked_select", "matmul", "max", "maximum", "mean", "median", "min", "minimum", "mm", "moveaxis",
    "movedim", "mul", "multiply", "mv", "nan_to_num", "nanmean", "nansum", "narrow", "ne", "neg",
    "negative", "nonzero", "norm", "not_equal", "outer", "permute", "pow", "prod", "quantile", "rad2deg",
    "ravel", "real", "reciprocal", "relu", "remainder", "repeat", "repeat_interleave", "reshape",
    "reshape_as", "roll", "rot90", "round", "rsqrt", "scatter", "scatter_add", "select", "sigmoid", "sign",
    "signbit", "sin", "sinc", "sinh", "softmax", "sort", "split", "sqrt", "square", "squeeze", "std", "sub",
    "subtract", "sum", "sum_to_size", "swapaxes", "swapdims", "t", "take", "take_along_dim", "tan", "tanh",
    "tensor_split", "tile", "to", "topk", "trace", "transpose", "tril", "triu", "true_divide", "trunc",
    "type", "unbind", "unflatten", "unfold", "unique", "unsqueeze", "var", "vdot", "view", "view_as",
    "vsplit", "where", "xlogy",
]  # fmt: skip


def _method(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    if isinstance(function, Operation):
        run, title, vary = function.function, function.name, function.integers_vary

        def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            return apply(run, title, (self, *args), kwargs, integers_vary=vary)

    else:

        def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            return function(self, *args, **kwargs)

    method.__name__, method.__doc__ = name, function.__doc__
    method.__qualname__ = f"Tensor.{name}"
    return method


def _ufunc_method(ufunc: Any, swapped: bool = False) -> Callable[..., Any]:
    """An operator; where the operands are of one dtype, there is nothing to look at."""
    if ufunc.nin == 1:
        return lambda self: call_ufunc(ufunc, "__call__", (self,), {})
    title = named(ufunc)

    def operator(self: Tensor, other: Any) -> Any:
        inputs = (other, self) if swapped else (self, other)
        dtype = self._array.dtype
        if type(other) is Tensor:
            is_same = other._array.dtype is dtype
        else:
            is_same = type(other) is float or type(other) is int
        if is_same and dtype.kind == "f":
            return apply(ufunc, title, inputs, {}, integers_vary=True)
        return call_ufunc(ufunc, "__call__", inputs, {})

    vars(operator)["__tangentc_swapped__" if swapped else "__tangentc_operation__"] = ufunc
    return operator


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


def _compared(ufunc: Any, with_none: bool) -> Callable[..., Any]:
    """A comparison; nothing is equal to None."""
    operator = _ufunc_method(ufunc)
    return lambda self, other: with_none if other is None else operator(self, other)


Tensor.__eq__ = _compared(np.equal, False)  # type: ignore[method-assign]
Tensor.__ne__ = _compared(np.not_equal, True)  # type: ignore[method-assign]
for _name, _ufunc in {
    "neg": np.negative, "abs": np.absolute, "invert": np.invert, "lt": np.less,
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


def _in_place(operation: Any) -> Callable[..., Tensor]:
    operation = (
        getattr(operation, "__wrapped__", operation) if not isinstance(operation, Operation) else operation
    )

    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return change(self, operation.function, operation.name, args, kwargs)

    return changed


for _name in [
    "addcdiv", "addcmul", "addmm", "addmv", "addr", "baddbmm", "clamp", "clamp_max", "clamp_min", "clip",
    "cumprod", "cumsum", "frac", "lerp", "masked_fill",
    "nan_to_num", "reciprocal", "relu", "round", "rsqrt", "scatter_add", "sigmoid", "sinc", "tril", "triu",
    "xlogy",
]:  # fmt: skip
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
    change(
        self,
        functions.with_part.function,
        functions.with_part.name,
        (functions.index_parts(index), value),
        {},
    )


def _fill_(self: Tensor, value: Any) -> Tensor:
    return change(self, _filled, "FillBackward0", (value,), {})


def _zero_(self: Tensor) -> Tensor:
    return change(self, _filled, "ZeroBackward0", (0,), {})


def _copy_(self: Tensor, source: Any, non_blocking: bool = False) -> Tensor:
    return change(self, _copied, "CopyBackwards", (source,), {})


def _scatter_(self: Tensor, dim: int, index: Any, src: Any = None, *, value: Any = None) -> Tensor:
    """Write src, or a number, to the places that the index means."""
    return self.copy_(functions.scatter(self, dim, index, src, value=value))  # type: ignore[no-any-return]


def _index_put_(self: Tensor, indices: Any, values: Any, accumulate: bool = False) -> Tensor:
    return self.copy_(functions.index_put(self, indices, values, accumulate))  # type: ignore[no-any-return]


def _at_slices(operation: Operation) -> Callable[..., Tensor]:
    """The form in place of an operation on slices along an axis."""

    def changed(self: Tensor, dim: int, index: Any, value: Any, *, alpha: Any = 1) -> Tensor:
        rest = (value, alpha) if operation is parts.index_add_at else (value,)
        return change(
            self, operation.function, operation.name, (parts.slices_along(index, dim, self.ndim), *rest), {}
        )

    return changed


def _fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    fill: Any = np.fill_diagonal
    fill(self, fill_value, wrap)
    return self


# --- random numbers in place ----------------------------------------------------------------------


def _drawn_(self: Tensor, draw: Any) -> Tensor:
    """Overwrite the tensor with what was drawn."""
    return self.copy_(Tensor(np.asarray(draw)))  # type: ignore[no-any-return]


def _uniform_(self: Tensor, a: float = 0.0, b: float = 1.0, *, generator: Any = None) -> Tensor:
    """Numbers from [a, b)."""
    return _drawn_(self, source(generator).uniform(a, b, self.shape))


def _normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Numbers of a normal distribution."""
    return _drawn_(self, source(generator).normal(mean, std, self.shape))


def _exponential_(self: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Numbers of the exponential distribution of this rate."""
    return _drawn_(self, source(generator).exponential(1.0 / lambd, self.shape))


def _bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """1 with probability p, else 0."""
    p = p._array if isinstance(p, Tensor) else p
    return _drawn_(self, source(generator).random(self.shape) < p)


def _random_(self: Tensor, low: int = 0, high: int | None = None, *, generator: Any = None) -> Tensor:
    """Integers from [low, high), or from [0, low)."""
    low, high = (0, low) if high is None else (low, high)
    return _drawn_(self, source(generator).integers(low, high or 1 << 24, self.shape))


# --- tensors of the same kind ---------------------------------------------------------------------


def _new(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function that makes tensors, with the dtype of an existing one unless another is given."""

    def method(self: Tensor, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        return make(*args, dtype=self.dtype if dtype is None else dtype, **options)

    return method


_MAKERS: dict[str, Callable[..., Tensor]] = {
    "new_zeros": creation.zeros, "new_ones": creation.ones, "new_empty": creation.empty, "new_full": creation.full,
    "new_tensor": creation.tensor,
}  # fmt: skip
for _name, _maker in _MAKERS.items():
    setattr(Tensor, _name, _new(_maker))


def _converted(dtype: str) -> Callable[[Tensor], Any]:
    return lambda self: functions.to(self, np.dtype(dtype))


for _name, _function in {
    "add_": _add_, "sub_": _sub_, "subtract_": _sub_, "fill_": _fill_, "zero_": _zero_, "copy_": _copy_,
    "__setitem__": _setitem,
    "scatter_": _scatter_, "index_put_": _index_put_, "fill_diagonal_": _fill_diagonal_,
    "index_add_": _at_slices(parts.index_add_at),
    "index_copy_": _at_slices(parts.index_copy_at), "index_fill_": _at_slices(parts.index_fill_at),
    "uniform_": _uniform_, "normal_": _normal_, "exponential_": _exponential_, "bernoulli_": _bernoulli_,
    "random_": _random_,
    "float": _converted("float32"), "double": _converted("float64"), "half": _converted("float16"),
    "long": _converted("int64"),
    "int": _converted("int32"), "short": _converted("int16"), "bool": _converted("bool"),
    "type_as": lambda self, other: functions.to(self, other), "ndimension": Tensor.dim,
    "is_nonzero": Tensor.__bool__, "det": linalg.det, "inverse": linalg.inv, "slogdet": linalg.slogdet,
    "cholesky": linalg.cholesky, "matrix_power": linalg.matrix_power, "pinverse": linalg.pinv, "svd": linalg.svd,
    "qr": linalg.qr,
    "cpu": lambda self, *options: self, "cuda": lambda self, *options: functions.to(self, "cuda"),

}.items():  # fmt: skip
    setattr(Tensor, _name, _function)

Tensor.real = property(lambda self: functions.real(self) if self.is_complex() else self)  # type: ignore[attr-defined]
Tensor.imag = property(functions.imag)  # type: ignore[attr-defined]
Tensor.T = property(lambda self: functions.permute(self, *reversed(range(self.ndim))))  # type: ignore[attr-defined]
Tensor.mT = property(lambda self: functions.transpose(self, -1, -2))  # type: ignore[attr-defined]
Tensor.H = property(lambda self: functions.conj(functions.transpose(self, -1, -2)))  # type: ignore[attr-defined]
