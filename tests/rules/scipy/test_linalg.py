"""Rows for rules/scipy/linalg/."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from scipy import linalg

import tangentc
from tangentc.primitives.core import named
from tangentc.testing import check_rule
from tests.rules.rows import apart, case, complexes, normal, positive, spd


def _regular(*shape: int, seed: int = 0) -> Any:
    return normal(*shape, seed=seed) + 3.0 * np.eye(shape[-1])


def _hermitian(*shape: int, seed: int = 0) -> Any:
    root = complexes(*shape, seed=seed)
    return root @ root.conj().T + shape[-1] * np.eye(shape[-1])


def _far(a: Any, lower: bool) -> Any:
    """With anything in the triangle that is not read."""
    other = np.triu(normal(*a.shape, seed=8), 1) if lower else np.tril(normal(*a.shape, seed=8), -1)
    return (np.tril(a) if lower else np.triu(a)) + other


_SINGLE: dict[str, Any] = {"single": False}
_TRIANGLES = (False, True)
_LU, _PIV = linalg.lu_factor(normal(3, 3))
_CLU, _CPIV = linalg.lu_factor(complexes(3, 3))
_CORNER = np.array([4.0, 0.7, -0.3, 0.2])
_BAND = normal(4, 5) + np.array([0.0, 6.0, 0.0, 0.0])[:, None]
_UPPER = np.array([normal(4), normal(4, seed=1), positive(4) + 6.0])
_WIDE = np.concatenate(([positive(35) + 20.0], normal(7, 35)))  # of more than two blocks

SYSTEMS = [
    case(linalg.inv, _regular(3, 3)),
    case(linalg.det, _regular(3, 3)),
    case(linalg.solve, _regular(3, 3), normal(3, 2)),
    case(linalg.solve, _regular(3, 3), normal(3)),
    case(linalg.solve, complexes(3, 3), normal(3), **_SINGLE),
    case(linalg.solve, _regular(3, 3), normal(3, 2), transposed=True),
    *(
        case(linalg.solve, _far(spd(3, 3), lower), normal(3, 2), assume_a=kind, lower=lower, id=f"{kind} {lower}")
        for kind in ("sym", "her", "pos") for lower in _TRIANGLES
    ),
    case(linalg.solve, complexes(3, 3), complexes(3), assume_a="sym", **_SINGLE),
    case(linalg.solve, _hermitian(3, 3), complexes(3), assume_a="pos", lower=True, **_SINGLE),
    *(
        case(linalg.solve_triangular, _regular(3, 3), normal(3, 2), trans=trans, lower=lower, unit_diagonal=unit)
        for trans in (0, "T") for lower in _TRIANGLES for unit in (False, True)
    ),
    case(linalg.solve_triangular, complexes(3, 3), complexes(3), lower=True, check_finite=False, **_SINGLE),
    case(linalg.solve_triangular, complexes(3, 3), complexes(3), trans=2, **_SINGLE),
    *(case(linalg.cho_solve, _far(_regular(3, 3), lower), normal(3, 2), lower=lower) for lower in _TRIANGLES),
    case(linalg.cho_solve, complexes(3, 3), complexes(3), lower=True, **_SINGLE),
    case(linalg.cho_solve, complexes(3, 3), complexes(3), **_SINGLE),
    *(case(linalg.lu_solve, _LU, _PIV, normal(3, 2), trans=trans, **_SINGLE) for trans in (0, 1, 2)),
    *(case(linalg.lu_solve, _CLU, _CPIV, complexes(3), trans=trans, **_SINGLE) for trans in (0, 1, 2)),
    case(linalg.solve_banded, _BAND, normal(5), l_and_u=(2, 1)),
    case(linalg.solve_banded, _BAND, normal(5, 2), l_and_u=(2, 1), check_finite=False),
    case(linalg.solve_banded, _BAND + 1j, complexes(5), l_and_u=(2, 1), **_SINGLE),
    *(case(linalg.solveh_banded, x, normal(4, 2), lower=low) for x, low in ((_UPPER, False), (_UPPER[::-1], True))),
    *(case(linalg.cho_solve_banded, x, normal(4), lower=low) for x, low in ((_UPPER, False), (_UPPER[::-1], True))),
    case(linalg.cho_solve_banded, _UPPER, normal(4, 2)),
    case("banded_product", _BAND, normal(5, 2), l_and_u=(2, 1)),
    case("banded_first_bar", normal(5), normal(5, seed=1), (4, 5), l_and_u=(2, 1), derivatives=1),
    case("banded_second_bar", _BAND, normal(5), (5,), l_and_u=(2, 1), derivatives=1),
    *(case("transposed_band", _BAND, l_and_u=(2, 1), corners=corners, derivatives=1) for corners in (False, True)),
    case("whole_band", _UPPER, derivatives=1),
    case("folded_band", normal(5, 4), (3, 4), lower=True, derivatives=1),
    case(linalg.pinv, normal(4, 2), **_SINGLE),
    case(linalg.pinv, complexes(2, 3), **_SINGLE),
    *(case(linalg.pinvh, _far(spd(3, 3), lower), lower=lower, **_SINGLE) for lower in _TRIANGLES),
    case(linalg.pinvh, complexes(3, 3), check_finite=False, **_SINGLE),
    case(linalg.pinvh, np.outer(normal(3), normal(3)), id="of rank one", derivatives=0, **_SINGLE),
    case(linalg.lstsq, normal(4, 2), normal(4), **_SINGLE),
    case(linalg.lstsq, normal(4, 2), normal(4, 2, seed=1), **_SINGLE),
    case(linalg.norm, normal(3)),
    case(linalg.norm, apart(2, 3), ord=1, axis=1, keepdims=True, check_finite=False),
    case(linalg.norm, apart(2, 3), ord=np.inf),
]  # fmt: skip

EQUATIONS = [
    case(linalg.solve_sylvester, _regular(3, 3), _regular(2, 2), normal(3, 2), **_SINGLE),
    case(linalg.solve_sylvester, complexes(2, 2), complexes(2, 2, seed=7), complexes(2, 2, seed=9), **_SINGLE),
    case(linalg.solve_continuous_lyapunov, _regular(3, 3), normal(3, 3), **_SINGLE),
    case(linalg.solve_discrete_lyapunov, 0.3 * normal(3, 3), normal(3, 3, seed=1), **_SINGLE),
    case(linalg.solve_discrete_lyapunov, 0.3 * complexes(2, 2), complexes(2, 2), method="bilinear", **_SINGLE),
]  # fmt: skip

FACTORS = [
    case(linalg.cholesky, spd(3, 3)),
    case(linalg.cholesky, spd(3, 3), lower=True, check_finite=False),
    *(case(linalg.cho_factor, _far(spd(3, 3), lower), lower=lower) for lower in _TRIANGLES),
    case(linalg.cho_factor, _hermitian(3, 3), **_SINGLE),
    case(linalg.cholesky_banded, _UPPER),
    case(linalg.cholesky_banded, _UPPER[1:], lower=False),
    case(linalg.cholesky_banded, _WIDE, lower=True, check_finite=False),
    *(
        case("cholesky_band_slope", x, normal(*x.shape), bar=bar)
        for x in (_UPPER[::-1], _WIDE) for bar in (False, True)
    ),
    case("product_band", normal(3, 4), normal(3, 4, seed=1)),
    case("product_band_bar", normal(3, 4), normal(3, 4, seed=1)),
    case(linalg.lu_factor, normal(3, 3), **_SINGLE),
    case(linalg.lu_factor, complexes(3, 3), **_SINGLE),
    case(linalg.lu, normal(3, 3), **_SINGLE),
    case(linalg.lu_factor, _regular(50, 50), id="in blocks", derivatives=1, **_SINGLE),
    *(case("lu_slope", _regular(3, 3), normal(3, 3, seed=9), bar=bar) for bar in (False, True)),
    case("lu_slope", complexes(2, 2), complexes(2, 2, seed=9), bar=True, **_SINGLE),
    case(linalg.qr, normal(4, 2), mode="economic", **_SINGLE),
    case(linalg.qr, normal(3, 3), **_SINGLE),
    case(linalg.qr, normal(2, 4), mode="economic", **_SINGLE),
    *(
        case(linalg.rq, x, mode="economic", **_SINGLE)
        for x in (normal(2, 4), normal(4, 2), complexes(2, 3), complexes(3, 2))
    ),
    case(linalg.rq, normal(3, 3), **_SINGLE),
    case(linalg.qr_multiply, normal(4, 2), normal(3, 4), **_SINGLE),
    case(linalg.qr_multiply, normal(2, 4), normal(2), **_SINGLE),
    case(linalg.qr_multiply, normal(4, 2), normal(2, 3), mode="left", **_SINGLE),
    case(linalg.qr_multiply, complexes(3, 3), complexes(3), mode="left", conjugate=True, **_SINGLE),
    case(linalg.polar, normal(3, 3), **_SINGLE),
    case(linalg.polar, normal(3, 3), side="left", **_SINGLE),
    case(linalg.polar, complexes(2, 2), **_SINGLE),
    case(linalg.orthogonal_procrustes, normal(4, 3), normal(4, 3, seed=1), **_SINGLE),
]  # fmt: skip

SPECTRA = [
    case(linalg.svdvals, normal(3, 2), **_SINGLE),
    case(linalg.svd, normal(3, 2), full_matrices=False, check_finite=False, **_SINGLE),
    *(case(linalg.eigh, normal(3, 3), lower=lower, **_SINGLE) for lower in _TRIANGLES),
    case(linalg.eigh, normal(3, 3), spd(3, 3), **_SINGLE),
    case(linalg.eigh, normal(3, 3), spd(3, 3), lower=False, **_SINGLE),
    case(linalg.eigvalsh, _hermitian(3, 3), **_SINGLE),
    case(linalg.eigvalsh, normal(3, 3), spd(3, 3), **_SINGLE),
    case(linalg.eigvalsh, _hermitian(3, 3), _hermitian(3, 3, seed=9), **_SINGLE),
    case(linalg.eigvals, normal(3, 3), **_SINGLE),
    case(linalg.eig, normal(3, 3), **_SINGLE),
    case(linalg.eig, spd(3, 3) + np.triu(normal(3, 3), 1), **_SINGLE),
    case(linalg.eig, complexes(3, 3), **_SINGLE),
    case(linalg.eigh_tridiagonal, normal(4), positive(3), **_SINGLE),
    case(linalg.eigvalsh_tridiagonal, normal(4), positive(3), **_SINGLE),
    *(case(linalg.eig_banded, normal(3, 4), lower=lower, **_SINGLE) for lower in _TRIANGLES),
    *(case(linalg.eigvals_banded, normal(3, 4), lower=lower, **_SINGLE) for lower in _TRIANGLES),
    *(
        case(linalg.subspace_angles, a, b, **_SINGLE)
        for a, b in (
            (normal(4, 2), normal(4, 2, seed=1)), (normal(5, 3), normal(5, 1)), (normal(5, 2), normal(5, 3)),
            (complexes(4, 2), normal(4, 1)),
        )
    ),
]  # fmt: skip

FUNCTIONS = [
    case(linalg.expm, normal(3, 3), **_SINGLE),
    case(linalg.expm, 0.5 * complexes(2, 2), **_SINGLE),
    case(linalg.expm, np.zeros((2, 2)), **_SINGLE),
    case(linalg.expm, normal(2, 2, 2), **_SINGLE),
    case(linalg.expm, 0.1 * normal(31, 31), id="large", derivatives=1, **_SINGLE),
    *(
        case(getattr(linalg, f), 0.4 * normal(2, 2), **_SINGLE)
        for f in ("cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm")
    ),
    case(linalg.cosm, 0.4 * complexes(2, 2), **_SINGLE),
    case(linalg.logm, spd(2, 2), unknown=False, **_SINGLE),
    case(linalg.logm, complexes(2, 2), unknown=False, **_SINGLE),
    case(linalg.sqrtm, spd(3, 3), **_SINGLE),
    case(linalg.sqrtm, complexes(2, 2), **_SINGLE),
    case(linalg.signm, _regular(3, 3) * np.array([1.0, -1.0, 1.0]), **_SINGLE),
    case(linalg.fractional_matrix_power, spd(2, 2), 0.3, unknown=False, **_SINGLE),
    case(linalg.expm_frechet, normal(2, 2), normal(2, 2, seed=1), **_SINGLE),
]

STRUCTURED = [
    case(linalg.toeplitz, normal(3)),
    case(linalg.toeplitz, normal(3), normal(4, seed=1)),
    case(linalg.toeplitz, complexes(3), **_SINGLE),
    case(linalg.hankel, normal(3)),
    case(linalg.hankel, normal(3), normal(4, seed=1)),
    case(linalg.circulant, normal(4)),
    case(linalg.companion, apart(4)),
    *(case(linalg.convolution_matrix, normal(3), n=n, mode=m) for m in ("full", "same", "valid") for n in (2, 5)),
    *(case(linalg.diagsvd, normal(3), m, n) for m, n in ((3, 5), (5, 3))),
    case(linalg.diagsvd, complexes(2), 2, 2),
    case(linalg.khatri_rao, normal(2, 3), normal(4, 3)),
    case(linalg.block_diag, normal(2, 3), normal(2), normal(1, 2)),
    case(linalg.block_diag, complexes(2, 2), normal(2, 2)),
    case(linalg.solve_toeplitz, normal(4) + 3.0, normal(4, seed=1), normal(4, 2), **_SINGLE),
    case(linalg.solve_toeplitz, normal(4), None, normal(4, seed=1), **_SINGLE),
    case(linalg.solve_toeplitz, complexes(3), complexes(3, seed=1), complexes(3, seed=2), **_SINGLE),
    case(linalg.solve_toeplitz, complexes(3), None, complexes(3, seed=1), **_SINGLE),
    case(linalg.matmul_toeplitz, normal(4), normal(3, seed=1), normal(3, seed=2), **_SINGLE),
    case(linalg.matmul_toeplitz, normal(2), None, normal(2, 2, seed=2), **_SINGLE),
    case(linalg.solve_circulant, normal(4), normal(4, seed=1)),
    case(linalg.solve_circulant, complexes(3), normal(3, 2), **_SINGLE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("primitive", "operands", "options"),
    [*SYSTEMS, *EQUATIONS, *FACTORS, *SPECTRA, *FUNCTIONS, *STRUCTURED],
)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


# --- whole calls --------------------------------------------------------------------------------------

_WEIGHTS = normal(3, 3, seed=21)


def _symmetric(a: Any) -> Any:
    return 0.5 * (a + a.T)


@pytest.mark.parametrize("solve", ["solve_continuous_are", "solve_discrete_are"])
def test_riccati(solve: str) -> None:
    """The equations are solved for symmetric costs only."""

    def loss(a: Any, b: Any, q: Any, r: Any) -> Any:
        return np.sum(_WEIGHTS * getattr(linalg, solve)(a, b, _symmetric(q), _symmetric(r)))

    arguments = 0.5 * normal(3, 3), normal(3, 2, seed=1), spd(3, 3), spd(2, 2)
    tangentc.check_grads(loss, arguments, tolerance=1e-5)


@pytest.mark.parametrize("lower", _TRIANGLES)
def test_a_factor_is_passed_on(lower: bool) -> None:
    def loss(a: Any, b: Any) -> Any:
        factor = linalg.cho_factor(_symmetric(a), lower=lower, check_finite=False)
        return b @ linalg.cho_solve(factor, b**2) + 2.0 * np.sum(np.log(np.diag(factor[0])))

    tangentc.check_grads(loss, (spd(3, 3), normal(3)))


@pytest.mark.parametrize("trans", [0, 1])
def test_lu_factors_are_passed_on(trans: int) -> None:
    def solved(lu_and_piv: Any, b: Any) -> Any:
        return linalg.lu_solve(lu_and_piv, b, trans=trans)

    def loss(a: Any, b: Any) -> Any:
        factors = linalg.lu_factor(a)
        for _ in range(2):
            b = b + solved(factors, b)
        return np.sum(_WEIGHTS[0] * b)

    tangentc.check_grads(loss, (normal(3, 3), normal(3)))
    tangentc.check_grads(lambda b: np.sum(_WEIGHTS[0] * linalg.lu_solve((_LU, _PIV), b)), (normal(3),))


def test_pairs() -> None:
    def loss(c: Any, r: Any, band: Any, b: Any) -> Any:
        x = linalg.solve_toeplitz((c, r), b) + linalg.solve_toeplitz(c, b=b, check_finite=False)
        x = x + linalg.matmul_toeplitz((c, r), b) * linalg.matmul_toeplitz(r, b, check_finite=True)
        x = x + linalg.cho_solve_banded((band[:2], False), b) + linalg.solve_banded((1, 1), band, b)
        return np.sum(normal(4, seed=5) * x)

    band = normal(3, 4) + np.array([[0.0], [6.0], [0.0]])
    tangentc.check_grads(loss, (_CORNER, normal(4, seed=1) + _CORNER, band, normal(4, seed=2)))


def test_results_that_are_chosen() -> None:
    def loss(a: Any, d: Any, e: Any) -> Any:
        s = linalg.svd(a, compute_uv=False) + np.linalg.svd(a, full_matrices=False, compute_uv=False)
        w = linalg.eigh(a, eigvals_only=True, lower=False) + linalg.eigh_tridiagonal(d, e, eigvals_only=True)
        w = w + linalg.eig_banded(a, eigvals_only=True) + linalg.eig_banded(a, lower=True)[0]
        w = w + np.real(linalg.eig(a, right=False)) + np.imag(linalg.eigvals(a)) ** 2
        (r,) = linalg.qr(a, mode="r")
        return np.sum(_WEIGHTS[0] * s + _WEIGHTS[1] * w) + np.sum(_WEIGHTS * (r + np.linalg.qr(a, mode="r")))

    tangentc.check_grads(loss, (normal(3, 3), normal(3), positive(2)))


@pytest.mark.parametrize("shape", [(5, 2), (2, 5), (3, 3)])
def test_triangular_factor_alone(shape: tuple[int, int]) -> None:
    """It has the shape of the matrix: zeros too."""
    weights = normal(*shape, seed=5)

    def loss(a: Any) -> Any:
        (r,) = linalg.qr(a, mode="r")
        last = linalg.rq(a, mode="r")
        return np.sum(weights * r**2) + np.sum(weights * last**2) + r.shape[0] * last.shape[1]

    a = normal(*shape)
    tangentc.check_grads(loss, (a,))
    assert np.allclose(tangentc.value_and_grad(loss)(a)[0], loss(a))


def test_small_angles_between_subspaces() -> None:
    """By their sines: an angle of 1e-7 has a derivative to many digits, and one of 0 a finite one."""
    plane = np.eye(4)[:, :2]

    def second(t: Any) -> Any:
        turned = np.stack((plane[:, 0], np.cos(t) * plane[:, 1] + np.sin(t) * np.eye(4)[2]), axis=-1)
        return linalg.subspace_angles(plane, turned)[0]

    assert np.allclose(tangentc.grad(second)(1e-7), 1.0, rtol=1e-7)
    assert np.isfinite(tangentc.grad(second)(0.0))


def test_factor_of_a_band_in_second_order() -> None:
    def loss(ab: Any, b: Any) -> Any:
        return b @ linalg.cho_solve_banded((linalg.cholesky_banded(ab), False), b)

    tangentc.check_grads(loss, (_UPPER, normal(4)))
    hessian = tangentc.hessian(loss)(_UPPER, normal(4)).reshape(12, 12)
    assert np.allclose(hessian, hessian.T) and np.any(hessian)


def test_root_that_is_complex_by_its_values() -> None:
    """Of a real matrix with a negative eigenvalue; the kind of the result does not pretend to know."""
    weights = complexes(3, 3, seed=5)

    def loss(a: Any) -> Any:
        y = linalg.sqrtm(a)
        return np.real(np.sum(weights * y)) + np.sum(np.abs(y) ** 2)

    tangentc.check_grads(loss, (np.diag([-1.0, 2.0, 3.0]) + 0.3 * normal(3, 3),), tolerance=1e-5)


def test_logarithm_on_its_cut_is_right_or_nan() -> None:
    """Rounding may put the two copies of a negative eigenvalue on different sides of the cut."""
    slope = named("matrix_function_slope").function
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(4):
            a, e = np.diag([-1.0, 2.0, 3.0]) + 0.3 * normal(3, 3, seed=seed), normal(3, 3, seed=seed + 50)
            expected = (linalg.logm(a + 1e-6 * e) - linalg.logm(a - 1e-6 * e)) / 2e-6
            for found in (slope(a, e, which="logm"), slope(a.T, e.T, which="logm").T):
                assert np.all(np.isnan(found)) or np.allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("call", "word"), [
    (lambda a: linalg.solve(a, np.ones(3), overwrite_a=True), "overwrite_a"),
    (lambda a: linalg.solve(a, np.ones(3), assume_a="banded"), "assume_a"),
    (lambda a: linalg.pinv(a, rtol=0.1), "rtol"),
    (lambda a: linalg.lu(a[:2]), "square"),
    (lambda a: linalg.lu_factor(a[:, :2])[0], "square"),
    (lambda a: linalg.polar(a[:, :2])[0], "square"),
    (lambda a: linalg.qr(a[:, :2])[0], "economic"),
    (lambda a: linalg.eigh(a, type=2)[0], "type"),
    (lambda a: linalg.eigh(a, subset_by_index=[0, 1])[0], "subset_by_index"),
    (lambda a: linalg.schur(a)[0], "schur"),
    (lambda a: linalg.rq(a[:2])[0], "economic"),
    (lambda a: linalg.pinvh(a, rtol=0.1), "rtol"),
    (lambda a: linalg.cholesky_banded(1j * a), "complex band"),
    (lambda a: np.real(linalg.eigvals_banded(1j * a)), "complex band"),
    (lambda a: linalg.eig_banded(a, select="i", select_range=(0, 1))[0], "select"),
    (lambda a: linalg.qr_update(*linalg.qr(a), a[0], a[1])[0], "qr_update"),
])  # fmt: skip
def test_refused(call: Any, word: str) -> None:
    with pytest.raises(tangentc.TangentcError, match=word):
        tangentc.grad(lambda a: np.sum(call(a)[0]))(_regular(3, 3))


def test_state_transition() -> None:
    weights = normal(2, seed=3)
    tangentc.check_grads(lambda a, t: weights @ (linalg.expm(a * t) @ np.ones(2)), (normal(2, 2), 0.7))
