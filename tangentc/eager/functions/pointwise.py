"""Functions that work entry by entry."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tangentc.eager.dtypes import default_dtype
from tangentc.eager.operations import Operation, apply, operation
from tangentc.eager.protocols import agreed, ufunc_of
from tangentc.eager.tensor import Tensor, as_array, as_plain

__all__ = [
    "_subtract",
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addcdiv",
    "addcmul",
    "angle",
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
    "clamp_max",
    "clamp_min",
    "clip",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "digamma",
    "div",
    "divide",
    "eq",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "fix",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "gcd",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "heaviside",
    "hypot",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "lcm",
    "le",
    "lerp",
    "less",
    "less_equal",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logit",
    "lt",
    "masked_fill",
    "maximum",
    "minimum",
    "mul",
    "multiply",
    "nan_to_num",
    "ne",
    "neg",
    "negative",
    "not_equal",
    "of_floats",
    "polar",
    "pow",
    "rad2deg",
    "reciprocal",
    "relu",
    "remainder",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "signbit",
    "sin",
    "sinc",
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
    "xlogy",
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
trunc = fix = ufunc_of(np.trunc)
fmod = ufunc_of(np.fmod)
copysign = ufunc_of(np.copysign)
heaviside = ufunc_of(np.heaviside)
float_power = ufunc_of(np.float_power)
logaddexp2 = ufunc_of(np.logaddexp2)
logical_xor = ufunc_of(np.logical_xor)
signbit = ufunc_of(np.signbit)
less, less_equal, greater, greater_equal, not_equal = lt, le, gt, ge, ne
gcd = ufunc_of(np.gcd)
lcm = ufunc_of(np.lcm)
deg2rad = ufunc_of(np.deg2rad)
rad2deg = ufunc_of(np.rad2deg)
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


def of_floats(run: Operation) -> Callable[..., Any]:
    """An operation before which tensors of integers become such of the default dtype."""

    @functools.wraps(run.function)
    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(input, Tensor) and input._array.dtype.kind in "biu":
            input = Tensor(input._array.astype(default_dtype()))
        return run(input, *args, **kwargs)

    vars(call)["__wrapped__"] = run
    vars(call)["__tangentc_operation__"] = run.function
    return call


@of_floats
@operation("ReciprocalBackward0")
def reciprocal(input):
    return 1.0 / input


@of_floats
@operation("RsqrtBackward0")
def rsqrt(input):
    return 1.0 / np.sqrt(input)


@of_floats
@operation("SigmoidBackward0")
def sigmoid(input):
    """1 / (1 + exp(-x)), computed so that nothing overflows."""
    decay = np.exp(-np.abs(input))
    return np.where(input >= 0, 1, decay) / (1 + decay)


@operation("ReluBackward0")
def relu(input):
    """max(x, 0); the derivative at 0 is 0."""
    return np.where(input > 0, input, 0)


def _special() -> Any:
    """The functions of SciPy.

    Raises: ImportError: it is not installed.
    """
    try:
        import scipy.special
    except ImportError:
        raise ImportError("this function is SciPy's: pip install 'tangentc[scipy]'") from None
    return scipy.special


def _of_special(name: str, node: str) -> Callable[..., Any]:
    """A function of `scipy.special`, which is imported when it is first called."""

    def call(input: Any) -> Any:
        if isinstance(input, Tensor) and input._array.dtype.kind in "biu":
            input = input.to(default_dtype())
        return apply(getattr(_special(), name), node, (input,), {})

    return call


@of_floats
@operation("ErfBackward0")
def erf(input):
    import scipy.special

    return scipy.special.erf(input)


erfc = _of_special("erfc", "ErfcBackward0")
erfinv = _of_special("erfinv", "ErfinvBackward0")
lgamma = _of_special("gammaln", "LgammaBackward0")
digamma = _of_special("digamma", "DigammaBackward0")


def logit(input: Any, eps: float | None = None) -> Any:
    """log(x / (1 - x)), x first moved into [eps, 1 - eps] where eps is given."""
    return _logit(input if eps is None else clamp(input, eps, 1.0 - eps))


@of_floats
@operation("LogitBackward0")
def _logit(input):
    return np.log(input / (1 - input))


@of_floats
@operation("SincBackward0")
def sinc(input):
    return np.sinc(input)


@operation("XlogyBackward0")
def xlogy(input, other):
    """input * log(other), 0 where input is 0."""
    is_zero = input == 0
    return np.where(is_zero, 0, input * np.log(np.where(is_zero, 1, other)))


@operation("FracBackward0")
def frac(input):
    return input - np.trunc(input)


@operation("NanToNumBackward0")
def nan_to_num(input, nan=0.0, posinf=None, neginf=None):
    return np.nan_to_num(input, nan=nan, posinf=posinf, neginf=neginf)


@operation("AngleBackward0")
def angle(input):
    return np.angle(input)


@operation("PolarBackward0")
def polar(abs, angle):
    """abs * exp(i angle)."""
    return abs * np.cos(angle) + abs * np.sin(angle) * 1j


@operation("ClampMinBackward0")
def clamp_min(input, min):
    return np.where(input < min, min, input)


@operation("ClampMaxBackward0")
def clamp_max(input, max):
    return np.where(input > max, max, input)


def isin(elements: Any, test_elements: Any) -> Any:
    return Tensor(np.isin(as_plain(elements), as_plain(test_elements)))


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
def _where(condition, input, other):
    return np.where(condition, input, other)


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """Entries of input where the condition holds, else of other; without them, the places where it holds."""
    if input is None and other is None:
        return tuple(map(Tensor, np.nonzero(as_plain(condition))))
    if not isinstance(input, (Tensor, np.ndarray)) and not isinstance(other, (Tensor, np.ndarray)):
        input = Tensor(as_array(input))
    return _where(condition, *agreed(np.add, (input, other)))


vars(where)["__tangentc_operation__"] = _where.function


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
