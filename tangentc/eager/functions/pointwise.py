"""Functions that work entry by entry."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.eager.operations import operation
from tangentc.eager.protocols import ufunc_of

__all__ = [
    "_subtract",
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addcdiv",
    "addcmul",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "ceil",
    "clamp",
    "clip",
    "cos",
    "cosh",
    "div",
    "divide",
    "eq",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "ge",
    "gt",
    "hypot",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "lerp",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "lt",
    "masked_fill",
    "maximum",
    "minimum",
    "mul",
    "multiply",
    "ne",
    "neg",
    "negative",
    "pow",
    "reciprocal",
    "relu",
    "remainder",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "sub",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
    "where",
]  # fmt: skip


abs = absolute = ufunc_of(np.absolute)
add_ = ufunc_of(np.add)
acos = arccos = ufunc_of(np.arccos)
acosh = arccosh = ufunc_of(np.arccosh)
asin = arcsin = ufunc_of(np.arcsin)
asinh = arcsinh = ufunc_of(np.arcsinh)
atan = arctan = ufunc_of(np.arctan)
atan2 = arctan2 = ufunc_of(np.arctan2)
atanh = arctanh = ufunc_of(np.arctanh)
ceil = ufunc_of(np.ceil)
cos = ufunc_of(np.cos)
cosh = ufunc_of(np.cosh)
true_divide = ufunc_of(np.true_divide)
eq = ufunc_of(np.equal)
exp = ufunc_of(np.exp)
exp2 = ufunc_of(np.exp2)
expm1 = ufunc_of(np.expm1)
floor = ufunc_of(np.floor)
floor_divide = ufunc_of(np.floor_divide)
fmax = ufunc_of(np.fmax)
fmin = ufunc_of(np.fmin)
ge = ufunc_of(np.greater_equal)
gt = ufunc_of(np.greater)
hypot = ufunc_of(np.hypot)
isfinite = ufunc_of(np.isfinite)
isinf = ufunc_of(np.isinf)
isnan = ufunc_of(np.isnan)
le = ufunc_of(np.less_equal)
log = ufunc_of(np.log)
log10 = ufunc_of(np.log10)
log1p = ufunc_of(np.log1p)
log2 = ufunc_of(np.log2)
logaddexp = ufunc_of(np.logaddexp)
logical_and = ufunc_of(np.logical_and)
logical_not = ufunc_of(np.logical_not)
logical_or = ufunc_of(np.logical_or)
lt = ufunc_of(np.less)
maximum = ufunc_of(np.maximum)
minimum = ufunc_of(np.minimum)
mul = multiply = ufunc_of(np.multiply)
ne = ufunc_of(np.not_equal)
neg = negative = ufunc_of(np.negative)
pow = ufunc_of(np.power)
reciprocal_ = ufunc_of(np.reciprocal)
remainder = ufunc_of(np.remainder)
round_ = ufunc_of(np.rint)
sign = ufunc_of(np.sign)
sin = ufunc_of(np.sin)
sinh = ufunc_of(np.sinh)
sqrt = ufunc_of(np.sqrt)
square = ufunc_of(np.square)
tan = ufunc_of(np.tan)
tanh = ufunc_of(np.tanh)
trunc = ufunc_of(np.trunc)
bitwise_and = ufunc_of(np.bitwise_and)
bitwise_or = ufunc_of(np.bitwise_or)
bitwise_xor = ufunc_of(np.bitwise_xor)
bitwise_not = ufunc_of(np.invert)


def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input + alpha * other."""
    return add_(input, other if _is_one(alpha) else mul(other, alpha))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input - alpha * other."""
    return _subtract(input, other if _is_one(alpha) else mul(other, alpha))


_subtract = ufunc_of(np.subtract)
subtract = sub


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """The quotient; `rounding_mode` may be "floor" or "trunc"."""
    if rounding_mode is None:
        return true_divide(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise ValueError(f"rounding_mode is 'floor', 'trunc' or None, and not {rounding_mode!r}")
    return floor_divide(input, other) if rounding_mode == "floor" else trunc(true_divide(input, other))


divide = div


def _is_one(alpha: Any) -> bool:
    return isinstance(alpha, (int, float)) and alpha == 1


@operation("ReciprocalBackward0")
def reciprocal(input):
    return 1.0 / input


@operation("RsqrtBackward0")
def rsqrt(input):
    return 1.0 / np.sqrt(input)


@operation("SigmoidBackward0")
def sigmoid(input):
    """1 / (1 + exp(-x)), computed so that nothing overflows."""
    decay = np.exp(-np.abs(input))
    return np.where(input >= 0, 1, decay) / (1 + decay)


@operation("ReluBackward0")
def relu(input):
    """max(x, 0); the derivative at 0 is 0."""
    return np.where(input > 0, input, 0)


@operation("ErfBackward0")
def erf(input):
    import scipy.special

    return scipy.special.erf(input)


@operation("RoundBackward0")
def round(input, *, decimals=0):
    return np.round(input, decimals)


@operation("ClampBackward1")
def clamp(input, min=None, max=None):
    """Values outside [min, max] moved to the bound; the derivative at a bound is 1, as PyTorch has it."""
    if min is not None:
        input = np.where(input < min, min, input)
    if max is not None:
        input = np.where(input > max, max, input)
    return input


clip = clamp


@operation("WhereBackward0")
def where(condition, input, other):
    return np.where(condition, input, other)


@operation("LerpBackward0")
def lerp(input, end, weight):
    return input + weight * (end - input)


@operation("AddcmulBackward0")
def addcmul(input, tensor1, tensor2, *, value=1):
    return input + value * tensor1 * tensor2


@operation("AddcdivBackward0")
def addcdiv(input, tensor1, tensor2, *, value=1):
    return input + value * (tensor1 / tensor2)


@operation("MaskedFillBackward0")
def masked_fill(input, mask, value):
    return np.where(mask, value, input)
