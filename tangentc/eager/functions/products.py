"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

import numpy as np

from tangentc.eager.operations import operation
from tangentc.eager.protocols import matmul_name

__all__ = [
    "addmm", "bmm", "dot", "einsum", "kron", "matmul", "mm", "mv", "outer", "tensordot", "trace",
]  # fmt: skip


@operation(matmul_name)
def matmul(input, other):
    return np.matmul(input, other)


@operation("MmBackward0")
def mm(input, mat2):
    return np.matmul(input, mat2)


@operation("MvBackward0")
def mv(input, vec):
    return np.matmul(input, vec)


@operation("BmmBackward0")
def bmm(input, mat2):
    return np.matmul(input, mat2)


@operation("DotBackward0")
def dot(input, tensor):
    return np.dot(input, tensor)


@operation("AddmmBackward0")
def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    return beta * input + alpha * np.matmul(mat1, mat2)


@operation("MulBackward0")
def outer(input, vec2):
    return np.outer(input, vec2)


@operation("ViewBackward0")
def einsum(equation, *operands):
    return np.einsum(equation, *operands)


@operation("ViewBackward0")
def tensordot(a, b, dims=2):
    return np.tensordot(a, b, dims)


@operation("TraceBackward0")
def trace(input):
    return np.trace(input)


@operation("ViewBackward0")
def kron(input, other):
    return np.kron(input, other)
