"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

import math
import string
from typing import Any

import numpy as np

from tangentc.eager.operations import operation
from tangentc.eager.protocols import matmul_name

__all__ = [
    "addmm", "addmv", "addr", "baddbmm", "bmm", "cdist", "cross", "dist", "dot", "einsum", "ger", "inner",
    "kron", "matmul", "mm", "mv", "outer", "tensordot", "trace", "vdot",
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
def _einsum(equation, *operands):
    return np.einsum(equation, *operands)


def einsum(equation: str, *operands: Any) -> Any:
    """The sum of products that an equation spells, as `numpy.einsum` has it; operands one by one or in a list."""
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    equation = equation.replace(" ", "")
    return _einsum(_without_ellipsis(equation, operands) if "..." in equation else equation, *operands)


vars(einsum)["__tangentc_operation__"] = _einsum.function


def _without_ellipsis(equation: str, operands: tuple[Any, ...]) -> str:
    """The equation with letters of its own for the axes that `...` stands for, which end at the same one."""
    inputs, arrow, output = equation.partition("->")
    terms = inputs.split(",")
    free = [letter for letter in string.ascii_letters if letter not in equation]
    counts = [
        np.ndim(operand) - len(term.replace("...", "")) for term, operand in zip(terms, operands, strict=True)
    ]
    longest = max((count for term, count in zip(terms, counts, strict=True) if "..." in term), default=0)
    letters = "".join(free[:longest])
    spelled = [
        term.replace("...", letters[longest - count :]) for term, count in zip(terms, counts, strict=True)
    ]
    if not arrow:
        alone = [letter for letter in sorted(set(inputs) - set(".,")) if inputs.count(letter) == 1]
        return f"{','.join(spelled)}->{letters}{''.join(alone)}"
    return f"{','.join(spelled)}->{output.replace('...', letters)}"


@operation("ViewBackward0")
def tensordot(a, b, dims=2):
    return np.tensordot(a, b, dims)


@operation("TraceBackward0")
def trace(input):
    return np.trace(input)


@operation("ViewBackward0")
def kron(input, other):
    return np.kron(input, other)


@operation("BaddbmmBackward0")
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1):
    return beta * input + alpha * np.matmul(batch1, batch2)


@operation("AddmvBackward0")
def addmv(input, mat, vec, *, beta=1, alpha=1):
    return beta * input + alpha * np.matmul(mat, vec)


@operation("AddrBackward0")
def addr(input, vec1, vec2, *, beta=1, alpha=1):
    return beta * input + alpha * np.outer(vec1, vec2)


ger = outer


@operation("ViewBackward0")
def inner(input, other):
    return np.inner(input, other)


@operation("VdotBackward0")
def vdot(input, other):
    return np.vdot(input, other)


@operation("LinalgCrossBackward0")
def cross(input, other, dim=-1):
    return np.cross(input, other, axis=dim)


@operation("CdistBackward0")
def _distances(x1, x2):
    gaps = np.expand_dims(x1, -2) - np.expand_dims(x2, -3)
    squares = np.sum(gaps * gaps, axis=-1)
    apart = squares > 0
    return np.where(apart, np.sqrt(np.where(apart, squares, 1)), 0)


@operation("CdistBackward0")
def _p_distances(x1, x2, p):
    return np.linalg.vector_norm(np.expand_dims(x1, -2) - np.expand_dims(x2, -3), ord=p, axis=-1)


def cdist(x1: Any, x2: Any, p: float = 2.0) -> Any:
    """The p-norm distances of each row of one matrix to each row of another; the derivative at distance 0 is 0."""
    return (
        _distances(x1, x2)
        if p == 2
        else _p_distances(x1, x2, p if p == math.inf else int(p) if p == int(p) else p)
    )


@operation("DistBackward0")
def dist(input, other, p=2):
    """The p-norm of the difference."""
    return np.linalg.vector_norm(input - other, ord=p)
