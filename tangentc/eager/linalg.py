"""Linear algebra under the names of `torch.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.eager.functions.products import matmul as matmul
from tangentc.eager.operations import operation
from tangentc.eager.tensor import Tensor, as_plain

__all__ = [
    "cholesky", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq",
    "matmul", "matrix_exp", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr",
    "slogdet", "solve", "solve_triangular", "svd", "svdvals", "tensorsolve", "vecdot", "vector_norm",
]  # fmt: skip

cholesky = operation("LinalgCholeskyExBackward0")(np.linalg.cholesky)
det = operation("LinalgDetBackward0")(np.linalg.det)
eigh = operation("LinalgEighBackward0")(np.linalg.eigh)
eigvalsh = operation("LinalgEighBackward0")(np.linalg.eigvalsh)
inv = operation("LinalgInvExBackward0")(np.linalg.inv)
pinv = operation("LinalgPinvBackward0")(np.linalg.pinv)
qr = operation("LinalgQrBackward0")(np.linalg.qr)
slogdet = operation("LinalgSlogdetBackward0")(np.linalg.slogdet)
solve = operation("LinalgSolveExBackward0")(np.linalg.solve)
cond = operation("LinalgCondBackward0")(np.linalg.cond)
eig = operation("LinalgEigBackward0")(np.linalg.eig)
eigvals = operation("LinalgEigvalsBackward0")(np.linalg.eigvals)
tensorsolve = operation("LinalgTensorsolveBackward0")(np.linalg.tensorsolve)
matrix_power = operation("MatrixPowerBackward0")(np.linalg.matrix_power)
multi_dot = operation("LinalgMultiDotBackward0")(np.linalg.multi_dot)


@operation("LinalgSvdBackward0")
def svd(A: Any, full_matrices: bool = True) -> Any:
    return np.linalg.svd(A, full_matrices=full_matrices)


@operation("LinalgSvdBackward0")
def svdvals(A: Any) -> Any:
    return np.linalg.svd(A, compute_uv=False)


@operation("LinalgLstsqBackward0")
def lstsq(A: Any, B: Any) -> Any:
    return np.linalg.lstsq(A, B)


@operation("LinalgVectorNormBackward0")
def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Any:
    """The norm of the entries, of all or along axes, as of vectors."""
    return np.linalg.vector_norm(x, ord=ord, axis=dim, keepdims=keepdim)


@operation("LinalgMatrixNormBackward0")
def matrix_norm(A: Any, ord: Any = "fro", keepdim: bool = False) -> Any:
    return np.linalg.matrix_norm(A, ord=ord, keepdims=keepdim)


def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False) -> Any:
    """A vector norm; with `ord` of a matrix, the norm of it as a matrix."""
    if ord is None or np.ndim(A) == 1 or isinstance(dim, int):
        return vector_norm(A, 2 if ord is None else ord, dim, keepdim)
    return matrix_norm(A, ord, keepdim)


def matrix_rank(A: Any, *, tol: Any = None, hermitian: bool = False) -> Any:
    return Tensor(np.asarray(np.linalg.matrix_rank(as_plain(A), tol, hermitian)))


@operation("LinalgCrossBackward0")
def cross(input: Any, other: Any, dim: int = -1) -> Any:
    return np.cross(input, other, axis=dim)


@operation("LinalgVecdotBackward0")
def vecdot(x: Any, y: Any, dim: int = -1) -> Any:
    return np.sum(np.conj(x) * y, axis=dim)


@operation("DiagonalBackward0")
def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    return np.diagonal(A, offset, dim1, dim2)


@operation("LinalgMatrixExpBackward0")
def matrix_exp(A: Any) -> Any:
    import scipy.linalg

    return scipy.linalg.expm(A)


def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """X of A X = B, or of X A = B, for a triangular A, of which the other triangle is not looked at."""
    if not left:
        return solve_triangular(A.mT, B.mT, upper=not upper, unitriangular=unitriangular).mT
    return _solve_triangular(A, B, not upper, unitriangular)


@operation("LinalgSolveTriangularBackward0")
def _solve_triangular(A: Any, B: Any, lower: bool, unit_diagonal: bool) -> Any:
    import scipy.linalg

    return scipy.linalg.solve_triangular(A, B, lower=lower, unit_diagonal=unit_diagonal)
