"""Define by run: tensors that record what is done with them, under PyTorch's names.

    import tangentc.eager as torch

    x = torch.tensor([2.0, 5.0], requires_grad=True)
    y = torch.log(x[0]) + x[0] * x[1] - torch.sin(x[1])
    y.backward()
    x.grad                              # tensor([5.5000, 1.7163])

Values are NumPy's, derivatives the compiler's: the pullback of each operation is the adjoint that is emitted for it.
"""

import importlib
from math import e as e
from math import inf as inf
from math import nan as nan
from math import pi as pi
from types import SimpleNamespace
from typing import Any

import numpy as np

from tangentc.eager import autograd as autograd
from tangentc.eager import dtypes, functions
from tangentc.eager import linalg as linalg
from tangentc.eager import methods as methods
from tangentc.eager.creation import *  # noqa: F403
from tangentc.eager.creation import tensor as tensor
from tangentc.eager.devices import *  # noqa: F403
from tangentc.eager.dtypes import get_default_dtype as get_default_dtype
from tangentc.eager.dtypes import set_default_dtype as set_default_dtype
from tangentc.eager.functions import *  # noqa: F403
from tangentc.eager.modes import *  # noqa: F403
from tangentc.eager.operations import Operation as Operation
from tangentc.eager.operations import operation as operation
from tangentc.eager.printing import set_printoptions as set_printoptions
from tangentc.eager.tensor import Size as Size
from tangentc.eager.tensor import Tensor as Tensor

globals().update(dtypes.DTYPES)
det, inverse, slogdet, cholesky, qr = linalg.det, linalg.inv, linalg.slogdet, linalg.cholesky, linalg.qr
matrix_power, pinverse, svd = linalg.matrix_power, linalg.pinv, linalg.svd
strided = "strided"
dtype, finfo, iinfo = np.dtype, np.finfo, np.iinfo


def __getattr__(name: str) -> Any:
    """`torch.nn`, `torch.optim` and `torch.utils.data` are `tangentc.nn`, `tangentc.optim` and `tangentc.data`."""
    if name in ("nn", "optim"):
        return importlib.import_module(f"tangentc.{name}")
    if name == "utils":
        return SimpleNamespace(data=importlib.import_module("tangentc.data"))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def result_type(first: Any, second: Any) -> Any:
    """The dtype in which two operands meet."""
    return dtypes.result_dtype(
        [value._array if isinstance(value, Tensor) else value for value in (first, second)]
    )


def promote_types(first: Any, second: Any) -> Any:
    """The dtype in which arrays of these dtypes meet."""
    return dtypes.result_dtype([np.empty(1, each) for each in (first, second)])


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; nan where it is negative."""
    sign, value = linalg.slogdet(input)
    return functions.where(sign > 0, value, nan)  # type: ignore[no-any-return]


def FloatTensor(data: object) -> Tensor:
    return tensor(data, dtype="float32")


def DoubleTensor(data: object) -> Tensor:
    return tensor(data, dtype="float64")


def LongTensor(data: object) -> Tensor:
    return tensor(data, dtype="int64")


def is_tensor(value: object) -> bool:
    return isinstance(value, Tensor)


def is_floating_point(input: Tensor) -> bool:
    return input.is_floating_point()


def is_nonzero(input: Tensor) -> bool:
    return bool(input)


def is_inference(input: Tensor) -> bool:
    return input.is_inference()


def is_complex(input: Tensor) -> bool:
    return input.is_complex()


def numel(input: Tensor) -> int:
    return input.numel()
