"""Rows for rules/scipy/sparse.py, and programs with sparse matrices."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import linalg

import tangentc
from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal

N = 5
DENSE = np.diag(np.full(N, 4.0)) + np.diag(np.full(N - 1, -1.0), 1) + np.diag(np.full(N - 1, -1.5), -1)
DENSE[0, 3] = 0.5
CSR, CSC, COO, DIA = (getattr(sparse, f"{form}_array")(DENSE) for form in ("csr", "csc", "coo", "dia"))
MATRIX = sparse.csr_matrix(DENSE)
WIDE = sparse.csr_array(normal(3, N, seed=2) * (normal(3, N, seed=3) > -0.5))
SINGLE = CSR.astype(np.float32)
LU = linalg.splu(CSC)
SOLVE = linalg.factorized(CSC)
DATA, ROWS, COLUMNS = CSR.data, CSR.tocoo().row, CSR.tocoo().col
X, W = normal(N, seed=4), normal(N, seed=5)

_ONCE: dict[str, Any] = {"single": False, "unknown": False}

CASES = [
    case("sparse_matmul", CSR, X, id="vector", single=False),
    case("sparse_matmul", WIDE, normal(N, 2), id="wide", **_ONCE),
    case("sparse_matmul", MATRIX, complexes(N)[::-1], id="complex", **_ONCE),
    case("matmul_sparse", X[:3], WIDE, id="vector", single=False),
    case("matmul_sparse", normal(N, 2).T, CSR, id="transposed", **_ONCE),
    case("lu_solve", LU, X, id="vector", **_ONCE),
    case("lu_solve", LU, complexes(N, 2), id="complex", trans="T", **_ONCE),
    case("sparse_product", DATA, ROWS, COLUMNS, X, (N, N), id="vector", single=False),
    case("sparse_product", DATA[:3], np.array([1, 1, 0]), np.array([2, 2, 0]), normal(4, 2), (2, 4), id="sum", **_ONCE),
    case("sparse_product", DATA * (1 + 2j), ROWS, COLUMNS, complexes(N), (N, N), id="complex", **_ONCE),
    case("sparse_product", DATA[:0], ROWS[:0], COLUMNS[:0], X, (N, N), id="empty", **_ONCE),
    case("sparse_dense", DATA, ROWS, COLUMNS, (N, N), id="dense", **_ONCE),
    case("on_diagonal", X, (N, N + 1), id="whole", **_ONCE),
    case("on_diagonal", 0.7, (N, N), id="number", offset=-2, **_ONCE),
    case("scipy.sparse.linalg.expm_multiply", 0.1 * CSR, X, id="flow", **_ONCE),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


# --- matrices that do not vary --------------------------------------------------------------------------


def march(x: Any) -> Any:
    u = x
    for _ in range(3):
        u = u + 0.1 * (CSR @ u)
    return W @ u


def laplacian(x: Any) -> Any:
    line = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(N, N))
    return W @ (sparse.kron(sparse.eye(1), line) @ x)


@dataclass
class System:
    matrix: Any
    factor: float


SYSTEM = System(CSR, 2.0)

GIVEN: dict[str, Callable[[Any], Any]] = {
    "product": lambda x: W @ (CSR @ x) + W @ CSR.dot(x) * x[0],
    "from the left": lambda x: (x @ CSR) @ W + np.sum((np.stack((x, x**2)) @ CSC)[1]),
    "transposed": lambda x: W @ (CSR.T @ x) + W @ (COO.transpose() @ x),
    "star": lambda x: W @ (MATRIX * x) + (x * MATRIX) @ W,
    "formats": lambda x: W @ (COO @ x) + W @ (DIA @ x) * x[0] + np.sum((CSC @ x) ** 2),
    "columns": lambda x: np.sum(WIDE @ np.outer(x, x[:2])),
    "list": lambda x: W @ (CSR @ [x[0], 1.0, 2.0, x[1], 3.0]),
    "spsolve": lambda x: W @ linalg.spsolve(CSR, x) + np.sum(linalg.spsolve(MATRIX, np.outer(x, x[:2]))),
    "one column": lambda x: W @ linalg.spsolve(CSR, x[:, None]),
    "splu": lambda x: W @ linalg.splu(CSC).solve(x) + W @ LU.solve(x, "T"),
    "factorized": lambda x: W @ SOLVE(x) + W @ linalg.factorized(CSC)(x),
    "cg": lambda x: W @ linalg.cg(CSR.T @ CSR, x, rtol=1e-13)[0],
    "gmres": lambda x: W @ linalg.gmres(CSR, x, rtol=1e-13, restart=5)[0],
    "flow": lambda x: W @ linalg.expm_multiply(0.1 * CSR, x),
    "march": march,
    "made inside": laplacian,
    "an attribute": lambda x: W @ (SYSTEM.matrix @ x) * SYSTEM.factor,
    "parts": lambda x: np.sum(CSR[1:4] @ x) + CSR[0, 1] * x[0] + W[:3] @ (CSR[1:4, :].toarray() @ x),
    "stacked": lambda x: W @ (sparse.vstack([CSR, CSC]) @ x)[2 : N + 2],
    "algebra": lambda x: W @ ((CSR @ CSR - CSC) @ x) + W @ (CSR.power(2) @ x) + W @ (abs(CSR) @ x) - W @ (-CSR @ x),
    "what it has": lambda x: CSR.toarray() @ x @ W + CSR.sum() * x[0] + CSR.diagonal() @ x + CSR.shape[0] * x[1],
    "complex": lambda x: abs(W @ (CSR @ (1j * x))) ** 2,
}  # fmt: skip

# --- matrices that vary ---------------------------------------------------------------------------------


def by_rows(d: Any) -> Any:
    return sparse.csr_array((d, CSR.indices, CSR.indptr), shape=(N, N))


def elements(x: Any) -> Any:
    """Assembled element by element, as finite elements are."""
    rows, columns, values = [], [], []
    for i in range(N - 1):
        rows += [i, i, i + 1, i + 1]
        columns += [i, i + 1, i, i + 1]
        values += [x[i], -x[i], -x[i], x[i]]
    stiffness = sparse.coo_matrix((values, (rows, columns)), shape=(N, N)).tocsr()
    return W @ linalg.spsolve(stiffness + sparse.eye(N), X)


def stepped(d: Any) -> Any:
    factors, u = linalg.splu(by_rows(d).tocsc()), X
    for _ in range(3):
        u = factors.solve(u)
    return W @ u


def written_afterwards(d: Any) -> Any:
    """SciPy's matrix shares the memory of its data."""
    matrix, factors = by_rows(d), linalg.splu(by_rows(d))
    before = matrix @ X
    d *= 2.0
    return W @ before + W @ (matrix @ X) + W @ factors.solve(X)


def chosen(d: Any) -> Any:
    matrix = by_rows(d)
    if d[0] > 0.0:
        matrix = matrix * 2.0
    return W @ (matrix @ X)


def places_reused(d: Any) -> Any:
    """The matrix keeps its places when the caller's array is written."""
    rows = np.arange(N)
    matrix = sparse.coo_array((d[:N], (rows, np.arange(N))), shape=(N, N))
    rows[:] = 0
    return W @ (matrix @ X)


def power(d: Any) -> Any:
    matrix = sparse.coo_array((d, (ROWS, COLUMNS)), shape=(N, N))
    for _ in range(2):
        matrix = matrix @ matrix
    return W @ (matrix @ X) / 100.0


VARYING: dict[str, Callable[[Any], Any]] = {
    "csr": lambda d: W @ (by_rows(d) @ X),
    "csc": lambda d: X @ sparse.csc_array((d, CSC.indices, CSC.indptr), shape=(N, N)) @ W,
    "coo": lambda d: W @ (sparse.coo_array((d, (ROWS, COLUMNS)), shape=(N, N)) @ X),
    "places": lambda d: W @ (sparse.csr_matrix((d, (COLUMNS, ROWS)), shape=(N, N)) * d[:N]),
    "no shape": lambda d: W @ (sparse.coo_matrix((d, (ROWS, COLUMNS))).T @ X),
    "columns": lambda d: np.sum((by_rows(d) @ np.outer(d[:N], X[:2])) ** 2),
    "spsolve": lambda d: W @ linalg.spsolve(by_rows(d), X * d[0]) + W @ linalg.spsolve(by_rows(d), np.outer(X, W))[0],
    "splu": lambda d: W @ linalg.splu(by_rows(d)).solve(d[:N], trans="T") + W @ linalg.factorized(by_rows(d))(X),
    "stepped": stepped,
    "cg": lambda d: W @ linalg.cg(sparse.eye(N) + sparse.diags(d[:N] ** 2), X * d[0], rtol=1e-13)[0],
    "diagonals": lambda d: W @ (sparse.diags([d[1:N], 4.0 + d[:N], 0.5], [-1, 0, 1], shape=(N, N)) @ X),
    "one diagonal": lambda d: W @ (sparse.diags(d[:N]) @ X) + W[:4] @ (sparse.diags_array(d[:3], offsets=1).T @ X[:4]),
    "dense": lambda d: np.sum(by_rows(d).toarray() ** 2 * DENSE) + W @ (sparse.csr_array(np.outer(d[:N], X)) @ X),
    "sums": lambda d: by_rows(d).sum() + W @ by_rows(d).sum(0) ** 2 + W @ by_rows(d).sum(1) + by_rows(d).trace(),
    "diagonal": lambda d: W @ by_rows(d).diagonal() ** 2 + np.sum(by_rows(d).data ** 2) + by_rows(d).nnz,
    "implicit step": lambda d: W @ linalg.spsolve(sparse.eye_array(N) - d[0] * CSR, d[:N]),
    "scaled": lambda d: W @ ((d[0] * CSR / d[1] - CSR * 2.0) @ X) + W @ (-by_rows(d) * 2.0).dot(X),
    "sum": lambda d: W @ ((by_rows(d) + CSC.T - sparse.diags(d[:N])) @ X),
    "weighted": lambda d: W @ (CSR.multiply(d[:N]) @ X) + W @ ((CSR * d[:N, None]) @ X),
    "plus dense": lambda d: np.sum((CSR + np.outer(d[:N], X)) ** 2) + np.sum((1.0 * X - by_rows(d)) ** 2),
    "product": lambda d: W @ ((by_rows(d) @ CSR) @ X) + W @ (CSC @ by_rows(d).T @ sparse.csr_array((N, N)) @ X),
    "galerkin": lambda d: W[:3] @ (WIDE.dot(by_rows(d)).dot(WIDE.T).tocsr() @ X[:3]),
    "squared": lambda d: W @ linalg.spsolve((by_rows(d).T @ by_rows(d) + sparse.eye_array(N)).tocsc(), X),
    "product of matrices": lambda d: W @ ((sparse.coo_matrix((d, (ROWS, COLUMNS)), shape=(N, N)) * MATRIX) * X),
    "entry by entry": lambda d: W @ ((by_rows(d) * CSC + CSR.multiply(by_rows(d)).multiply(by_rows(d**2))) @ X),
    "power": power,
    "elements": elements,
    "written afterwards": written_afterwards,
    "chosen": chosen,
    "places reused": places_reused,
}  # fmt: skip


@pytest.mark.parametrize(
    ("function", "point"),
    [
        *(pytest.param(function, np.abs(X) + 0.2, id=name) for name, function in GIVEN.items()),
        *(pytest.param(function, DATA.copy(), id=f"varying, {name}") for name, function in VARYING.items()),
    ],
)
def test_program(function: Any, point: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sparse.SparseEfficiencyWarning)
        value, _ = tangentc.value_and_grad(function)(point.copy())
        assert np.allclose(value, function(point.copy()))
        tangentc.check_grads(function, (point.copy(),))


@pytest.mark.parametrize("matrix", [CSR, CSC, COO, MATRIX], ids=lambda matrix: type(matrix).__name__)
def test_a_matrix_as_an_argument(matrix: Any) -> None:
    def heat(A: Any, u: Any, dt: Any) -> Any:
        for _ in range(3):
            u = u + dt * (A @ u)
        return np.sum(u**2)

    gradient = tangentc.grad(heat, argnums=(1, 2))
    found = gradient(matrix, X, 0.1)
    wanted = tangentc.grad(lambda u, dt: heat(DENSE, u, dt), argnums=(0, 1))(X, 0.1)
    assert all(map(np.allclose, found, wanted))
    assert "A.T @ (dt * u_bar)" in gradient.source
    larger = gradient(type(matrix)(np.eye(N + 1)), np.ones(N + 1), 0.1)  # other sizes, the same code
    assert larger[0].shape == (N + 1,)


def test_hessian() -> None:
    """The factors depend on the entries: so do the derivatives of what is solved with them."""
    gradient = tangentc.grad(stepped)
    hessian = tangentc.hessian(stepped)(DATA)
    moved = [(gradient(DATA + 1e-5 * v) - gradient(DATA - 1e-5 * v)) / 2e-5 for v in np.eye(len(DATA))]
    assert np.allclose(hessian, moved, atol=1e-7)
    assert np.allclose(hessian, hessian.T)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_single_precision(dtype: Any) -> None:
    def f(x: Any) -> Any:
        return linalg.spsolve(CSR.astype(np.float32), x)

    value, _ = tangentc.jvp(lambda x: linalg.spsolve(SINGLE, x), (X.astype(dtype),), (W.astype(dtype),))
    assert value.dtype == f(X.astype(dtype)).dtype
    assert np.allclose(value, f(X.astype(dtype)), rtol=1e-4)


def test_emitted_code() -> None:
    gradient = tangentc.grad(lambda d: W @ linalg.spsolve(by_rows(d), X))
    gradient(DATA)
    assert gradient.source.count("sparse_factor") == 1
    assert "d_bar = v2[row_numbers(indptr)] * x[indices]\n    return d_bar" in gradient.source


def test_many_unknowns() -> None:
    """No dense matrix is made: of this one the entries would not fit into memory."""
    n = 100_000
    rows = np.arange(n)

    def f(d: Any) -> Any:
        A = sparse.coo_array((d, (rows, rows[::-1])), shape=(n, n))
        return np.sum(linalg.spsolve(A.tocsc(), A @ (A @ d)))

    found = tangentc.grad(f)(np.full(n, 2.0))
    assert np.allclose(found, 4.0)


def test_products_of_matrices_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="mismatch"):
        tangentc.grad(lambda d: np.sum((by_rows(d) @ WIDE) @ X))(DATA)
    with pytest.raises(ValueError, match="shapes"):
        tangentc.grad(lambda d: np.sum((by_rows(d) * WIDE) @ X))(DATA)


def in_place(d: Any) -> Any:
    matrix = by_rows(d)
    matrix *= 2.0
    return W @ (matrix @ X) + d[0]


REFUSED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda d: by_rows(d), "returned"),
    (in_place, "in place"),
    (lambda d: np.sum(by_rows(d)[0, 1]), "parts of a sparse matrix"),
    (lambda d: np.sum(by_rows(d).power(2) @ X), "'power' of an object of SciPy"),
    (lambda d: np.sum(np.sqrt(by_rows(d))), "cannot be handed"),
    (lambda d: linalg.norm(by_rows(d)), "norm of a sparse matrix"),
    (lambda d: float(isinstance(by_rows(d), sparse.csr_array)), "class of an object"),
    (lambda d: float(by_rows(d) == CSR), "comparison"),
    (lambda d: np.sum(by_rows(d).tocsc().data), "order of the entries"),
    (lambda d: np.sum(sparse.csr_array((d, CSR.indices, CSR.indptr)) @ X), "shape="),
    (lambda d: np.sum((MATRIX + np.outer(d[:N], X))[0]), "np.matrix"),
    (lambda d: linalg.cg(by_rows(d), X, X)[0][0], "x0"),
    (lambda d: np.sum(linalg.splu(CSC).solve(d[:N], "H")), "trans='H'"),
    (lambda d: linalg.eigsh(sparse.diags(d), k=1)[0][0], "eigsh of a sparse matrix"),
    (lambda d: np.sum(CSR[0] @ d[:N]), "single row"),
]


@pytest.mark.parametrize(("function", "message"), REFUSED)
def test_refused(function: Any, message: str) -> None:
    with pytest.raises(tangentc.TangentcError, match=message):
        tangentc.grad(function)(DATA)


@pytest.mark.parametrize("make", [lambda A: A, lambda A: A.copy(), lambda A: sparse.vstack([A])])
def test_the_data_of_a_matrix_are_not_written(make: Any) -> None:
    def f(x: Any, A: Any) -> Any:
        matrix = make(A)
        matrix.data[0] = x[0]
        return W @ (matrix @ x)

    with pytest.raises(tangentc.TangentcError, match="data of an object of SciPy are written"):
        tangentc.grad(f)(X, CSR)


def test_a_captured_matrix_is_not_written() -> None:
    def f(x: Any) -> Any:
        CSR.data[0] = x[0]
        return W @ (CSR @ x)

    with pytest.raises(tangentc.TangentcError, match="written"):
        tangentc.grad(f)(X)


def repeated(d: Any) -> Any:
    matrix = by_rows(d)
    for k in range(3):
        matrix = matrix * d[k] + CSR
    return W @ (matrix @ X)


def either(d: Any) -> Any:
    matrix = CSR if d[0] > 0.0 else CSC
    total = 0.0
    for other in [matrix, COO, by_rows(d)]:
        total = total + W @ (other @ d[:N])
    return total


@pytest.mark.parametrize("function", [repeated, either])
def test_matrices_and_control_flow(function: Any) -> None:
    tangentc.check_grads(function, (DATA,))
