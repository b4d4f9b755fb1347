"""Rows for rules/decompositions.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal, spd

_SINGLE: dict[str, Any] = {"single": False}


def _hermitian(*shape: int, seed: int = 0) -> Any:
    root = complexes(*shape, seed=seed)
    return root + np.swapaxes(root.conj(), -1, -2)


def _symmetric(*shape: int, seed: int = 0) -> Any:
    root = normal(*shape, seed=seed)
    return root + np.swapaxes(root, -1, -2)


def _regular(*shape: int) -> Any:
    return normal(*shape) + 3.0 * np.eye(shape[-2], shape[-1])


CASES = [
    case(np.linalg.eigvalsh, normal(3, 3), id="reads one triangle"),
    case(np.linalg.eigvalsh, normal(3, 3), UPLO="U"),
    case(np.linalg.eigvalsh, _hermitian(3, 3), **_SINGLE),
    case(np.linalg.eigvalsh, _symmetric(2, 3, 3)),
    *(case(np.linalg.eigvals, x, **_SINGLE) for x in (normal(3, 3), complexes(2, 2), normal(2, 3, 3))),
    *(case(np.linalg.eig, x, **_SINGLE) for x in (normal(3, 3), complexes(3, 3), normal(2, 3, 3), spd(3, 3))),
    case(np.linalg.eigh, _symmetric(3, 3), **_SINGLE),
    case(np.linalg.eigh, normal(3, 3), UPLO="U", **_SINGLE),
    case(np.linalg.eigh, _symmetric(2, 3, 3), **_SINGLE),
    *(
        case(np.linalg.svdvals, x, **_SINGLE)
        for x in (normal(3, 3), normal(2, 4), normal(4, 2), complexes(3, 2))
    ),
    *(
        case(np.linalg.svd, x, full_matrices=False, **_SINGLE)
        for x in (normal(3, 3), normal(2, 4), normal(4, 2))
    ),
    case(np.linalg.svd, normal(2, 3, 2), full_matrices=False, **_SINGLE),
    *(
        case(np.linalg.pinv, x, **_SINGLE)
        for x in (normal(3, 3), normal(2, 4), normal(4, 2), complexes(3, 2))
    ),
    case(np.linalg.pinv, normal(2, 4, 3), **_SINGLE),
    *(
        case(np.linalg.qr, x, **_SINGLE)
        for x in (normal(3, 3), normal(4, 2), normal(2, 3, 2), complexes(3, 2), normal(2, 4), complexes(2, 3))
    ),
    case(np.linalg.qr, normal(2, 2, 3), **_SINGLE),
    *(case(np.linalg.qr, np.zeros(shape), **_SINGLE) for shape in ((0, 2), (2, 0), (0, 3, 2))),
    case(np.linalg.qr, normal(3, 3), mode="complete", **_SINGLE),
    *(case(np.linalg.cond, _regular(3, 3), p=p, **_SINGLE) for p in (None, -2, 1, np.inf, "fro")),
    case(np.linalg.matrix_norm, normal(2, 3)),
    *(case(np.linalg.matrix_norm, normal(2, 3), ord=o, keepdims=True) for o in ("nuc", 2, -2, 1)),
    *(case(np.linalg.norm, normal(3, 2), ord=o) for o in (2, -2, "nuc")),
    case(np.linalg.norm, complexes(3, 2), ord="nuc", **_SINGLE),
    case(np.linalg.norm, normal(3, 4, 2), ord=2, axis=(2, 0)),
    case(np.linalg.norm, normal(3, 4, 2), ord="nuc", axis=(0, 2), keepdims=True),
    case(np.linalg.tensorsolve, normal(2, 3, 6), normal(2, 3, seed=1)),
    case(np.linalg.tensorsolve, normal(2, 6, 3), normal(2, 3, seed=1), axes=(1,)),
    case(np.linalg.tensorinv, normal(2, 3, 6)),
    case(np.linalg.tensorinv, normal(4, 2, 2), ind=1),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize("columns", [None, 2])
def test_least_squares(columns: int | None) -> None:
    b = normal(5) if columns is None else normal(5, columns)
    weights = normal(*b.shape[1:], seed=7) if columns else 0.7
    solution = normal(3, *b.shape[1:], seed=8)

    def loss(a: Any, b: Any) -> Any:
        x, residuals, _, s = np.linalg.lstsq(a, b, rcond=None)
        return np.sum(solution * x) + np.sum(weights * residuals) + s @ np.array([1.0, -2.0, 0.5])

    tangentc.check_grads(loss, (normal(5, 3, seed=2), b))


def test_minimal_solution() -> None:
    solution = normal(4, seed=8)
    tangentc.check_grads(lambda a, b: solution @ np.linalg.lstsq(a, b)[0], (normal(2, 4), normal(2, seed=1)))


@pytest.mark.parametrize("rcond", [1e-12, -1, None])
@pytest.mark.parametrize("solve", ["lstsq", "pinv"])
def test_rank_that_stays_below_the_size(solve: str, rcond: float | None) -> None:
    column, row, weights, b = normal(4), normal(2, seed=1), normal(2, seed=8), normal(4, seed=2)

    def loss(a: Any) -> Any:
        if solve == "lstsq":
            return weights @ np.linalg.lstsq(a, b, rcond=rcond)[0]
        return weights @ np.linalg.pinv(a, 1e-12) @ b

    found, step, direction = tangentc.grad(loss)(np.outer(column, row)), 1e-6, normal(4, seed=5)
    ahead, behind = (loss(np.outer(column + sign * step * direction, row)) for sign in (1, -1))
    np.testing.assert_allclose(direction @ found @ row, (ahead - behind) / (2 * step), rtol=1e-6)


@pytest.mark.parametrize("function", [
    lambda a: np.sum(np.linalg.lstsq(a, np.ones(4), rcond=0.1)[0]), lambda a: np.sum(np.linalg.pinv(a, rcond=0.1)),
])  # fmt: skip
def test_a_cut_off_above_rounding_is_refused(function: Any) -> None:
    with pytest.raises(tangentc.MissingRuleError, match="rcond"):
        tangentc.grad(function)(normal(4, 2))


def test_complex_vectors_up_to_phase() -> None:
    """What does not depend on the phases: projections, and functions of the matrix."""
    weights = _hermitian(3, 3, seed=9)

    def projection(a: Any) -> Any:
        w, v = np.linalg.eigh(a)
        return np.real(np.sum(weights * ((v * np.exp(0.1 * w)) @ np.conj(v).T)))

    def polar(a: Any) -> Any:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        return np.real(np.sum(weights * (u @ vh))) + np.sum(s**2)

    tangentc.check_grads(projection, (_hermitian(3, 3),))
    tangentc.check_grads(polar, (complexes(3, 3),))


def test_repeated_values() -> None:
    """Values, and norms made of them, are finite; what single vectors would have to tell is NaN."""
    found = tangentc.grad(lambda a: np.sum(np.linalg.svdvals(a)))(np.eye(3))
    np.testing.assert_allclose(found, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(
        tangentc.grad(lambda a: np.linalg.norm(a, "nuc"))(np.eye(3)), np.eye(3), atol=1e-12
    )
    found = tangentc.grad(lambda a: np.sum(np.linalg.eigvalsh(a) ** 2))(2.0 * np.eye(3))
    np.testing.assert_allclose(found, 4.0 * np.eye(3), atol=1e-12)

    def square(a: Any) -> Any:
        w, v = np.linalg.eigh(a)
        return np.sum(_symmetric(3, 3, seed=4) * ((v * w) @ v.T))

    assert np.all(np.isnan(tangentc.grad(square)(2.0 * np.eye(3))[np.tril_indices(3, -1)]))
    assert np.all(np.isnan(tangentc.grad(square)(np.zeros((3, 3)))[np.tril_indices(3, -1)]))


def test_results_by_name() -> None:
    a = spd(3, 3)
    weights = normal(3, seed=3)

    def loss(a: Any) -> Any:
        found = np.linalg.eigh(a)
        return weights @ found.eigenvalues + np.linalg.slogdet(a).logabsdet + np.sum(np.linalg.qr(a).R ** 2)

    tangentc.check_grads(loss, (a,))


def test_other_spellings() -> None:
    x, y, a = normal(2, 3), normal(2, 3, seed=1), normal(2, 3, 3, seed=2)
    weights = normal(2, seed=5)

    def loss(x: Any, y: Any, a: Any) -> Any:
        total = weights @ np.linalg.vecdot(x, y) + np.sum(np.linalg.cross(x, y) * x[::-1])
        total += weights @ np.linalg.trace(a) + np.sum(np.linalg.diagonal(a) * x)
        total += weights @ np.linalg.vector_norm(x, axis=1) + np.linalg.vector_norm(y, ord=3)
        return (
            total
            + np.sum(np.linalg.outer(x[0], y[1]) * a[0])
            + np.sum(np.linalg.tensordot(x, y.T, axes=1) ** 2)
        )

    tangentc.check_grads(loss, (x, y, a))


@pytest.mark.parametrize("shape", [(2, 3), (3, 2)])
def test_qr_of_a_known_shape(shape: tuple[int, int]) -> None:
    weights = normal(3, 3, seed=8)

    def loss(a: Any) -> Any:
        q, r = np.linalg.qr(np.reshape(a, shape))
        return np.sum(weights[: q.shape[0], : q.shape[1]] * q**3) + np.sum(
            weights[: r.shape[0]][:, : r.shape[1]] * r
        )

    tangentc.check_grads(loss, (normal(6),))


def test_qr_solves_once() -> None:
    """Nothing is computed for its shape alone."""
    gradient = tangentc.grad(lambda a: np.sum(np.linalg.qr(a)[0] ** 3))
    gradient(normal(4, 2))
    assert gradient.source.count("solve") == 1


def test_all_of_a_tall_q_is_refused() -> None:
    with pytest.raises(tangentc.TangentcError, match="reduced"):
        tangentc.grad(lambda a: np.sum(np.linalg.qr(a, mode="complete")[0]))(normal(3, 2))


_MIXED = complexes(3, 3, seed=6)


def _entries(a: Any) -> Any:
    w, v = np.linalg.eig(a)
    return (
        np.real(np.sum(_MIXED[0] * v[0]) + w[0] * _MIXED[1, 1])
        + np.imag(v[1, 2] * _MIXED[2, 2])
        + np.real(v[2, 1])
    )


def _in_a_loop(a: Any) -> Any:
    w, total = np.linalg.eigvals(a), 0.0
    for k in range(3):
        total = total + np.real(w[k] ** 2 * _MIXED[0, k])
    return total


def _function_of_a_matrix(a: Any) -> Any:
    w, v = np.linalg.eig(a)
    return np.sum(np.real((v * np.exp(w)) @ np.linalg.inv(v) @ np.diag(w) @ _MIXED))


def _radius(a: Any) -> Any:
    return np.max(np.abs(np.linalg.eigvals(a)))


@pytest.mark.parametrize("function", [_entries, _in_a_loop, _function_of_a_matrix, _radius])
@pytest.mark.parametrize(
    "a", [normal(3, 3), np.diag([1.0, 2.0, 3.0]) + 0.1 * normal(3, 3)], ids=["complex", "real"]
)
def test_eigenvalues_whose_dtype_depends_on_their_values(function: Any, a: Any) -> None:
    """The program computes real numbers where all eigenvalues are real; complex cotangents of them lose nothing."""
    tangentc.check_grads(function, (a,))
