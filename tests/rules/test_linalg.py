"""Rows for rules/linalg.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangentc.api import grad, jvp
from tangentc.primitives.core import named
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import apart, case, complexes, normal, spd

_PRODUCTS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2,), (2, 3)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((6, 1, 2, 3), (5, 3, 4)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((1, 3), (3, 1)),
    ((3, 3), (3, 3)),
]
_DOTS = [
    ((), (3,)), ((3,), ()), ((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 3)), ((2, 3), (3, 4)),
    ((5, 2, 3), (3,)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((6, 2, 3), (5, 3, 4)),
]  # fmt: skip
_INNERS = [((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 3), (4, 3)), ((5, 2, 3), (4, 3))]
_OUTERS = [((3,), (2,)), ((2, 3), (2,)), ((3,), (2, 2)), ((), (3,)), ((0,), (3,))]
_KRONS = [((2,), (3,)), ((2, 2), (1, 3)), ((2,), (2, 3)), ((2, 1, 2), (3, 2)), ((), (2,))]
_VECTORS = [
    *(
        (getattr(np, "vecdot", None), x)
        for x in ((normal(3), normal(3, seed=9)), (normal(2, 3), complexes(3)))
    ),
    *(
        (getattr(np, "matvec", None), x)
        for x in ((normal(2, 3), normal(3)), (normal(2, 3), normal(4, 3)), (normal(4, 2, 3), normal(4, 3)))
    ),
    *(
        (getattr(np, "vecmat", None), x)
        for x in ((complexes(2), normal(2, 3)), (normal(4, 2), normal(4, 2, 3)))
    ),
]
_NORMS = [
    *({"axis": axis, "keepdims": k} for axis in (None, 0, -1, (0, 1)) for k in (False, True)),
    *({"ord": o, "axis": 1, "keepdims": k} for o in (1, 2, 3, np.inf, -np.inf, 2.5) for k in (False, True)),
    *({"ord": o} for o in ("fro", 1, -1, np.inf, -np.inf)),
    *({"ord": o, "axis": (1, 0), "keepdims": True} for o in ("fro", 1, np.inf)),
]


def _regular(*shape: int, seed: int = 0) -> Any:
    return normal(*shape, seed=seed) + 3 * np.eye(shape[-1])


def _low_rank(rank: int) -> Any:
    return normal(3, rank) @ normal(rank, 3, seed=9)


def _hermitian(*shape: int) -> Any:
    root = complexes(*shape)
    return root @ root.conj().T + shape[-1] * np.eye(shape[-1])


CASES = [
    *(case("matmul", normal(*a), normal(*b, seed=9)) for a, b in _PRODUCTS),
    case(np.matmul, normal(2, 3), normal(3, 4)),
    case("matmul", complexes(2, 3), complexes(3, 4)),
    case("matmul", complexes(2, 3), normal(3)),
    case("matmul", normal(3, 2).T, normal(4, 3).T, id="transposed"),
    *(case(np.dot, normal(*a), normal(*b, seed=9)) for a, b in _DOTS),
    case(np.dot, 0.3, normal(3)),
    case(np.dot, complexes(3), complexes(3, seed=9)),
    *(case(np.inner, normal(*a), normal(*b, seed=9)) for a, b in _INNERS),
    *(case(np.outer, normal(*a), normal(*b, seed=9)) for a, b in _OUTERS),
    case(np.outer, complexes(3), normal(2)),
    case(np.vdot, normal(3), normal(3, seed=9)),
    case(np.vdot, normal(2, 3), normal(2, 3, seed=9)),
    case(np.vdot, complexes(3), complexes(3, seed=9)),
    case(np.vdot, complexes(3), normal(3)),
    case(np.tensordot, normal(2, 3, 4), normal(3, 4, 5)),
    case(np.tensordot, normal(2, 3), normal(4, 5), axes=0),
    case(np.tensordot, normal(2, 3, 4), normal(4, 2, 5), axes=((2, 0), (0, 1))),
    case(np.tensordot, normal(2, 3, 4), normal(4, 2, 5), axes=((0, 2), (1, 0))),
    case(np.tensordot, normal(2, 3, 4), normal(4, 5, 3), axes=((-1, 1), (0, -1))),
    case(np.tensordot, normal(2, 3), normal(3, 4), axes=(1, 0)),
    *(case(np.kron, normal(*a), normal(*b, seed=9)) for a, b in _KRONS),
    case(np.cross, normal(3), normal(3, seed=9)),
    case(np.cross, normal(2, 3), normal(3, seed=9)),
    case(np.cross, normal(3, 2), normal(3, 2, seed=9), axis=0),
    case(np.cross, normal(3, 2), normal(2, 3, seed=9), axisa=0, axisc=0),
    *(case(f, *x) for f, x in _VECTORS if f is not None),
    case(np.einsum, normal(2, 3), normal(3, 4), subscripts="ij,jk->ik"),
    case(np.einsum, normal(2, 3), normal(3, 4), subscripts="ij,jk"),
    case(np.einsum, normal(2, 3), subscripts="ij->ji"),
    case(np.einsum, normal(2, 3), subscripts="ij->"),
    case(np.einsum, normal(2, 3), normal(4), subscripts="ij,k->ik"),
    case(np.einsum, normal(2, 3), normal(3), normal(2, 3), subscripts="ij,j,ij->i"),
    case(np.einsum, normal(5, 2, 3), normal(5, 3, 4), subscripts="bij,bjk->bik"),
    case(np.einsum, complexes(3), complexes(3, seed=9), subscripts="i,i->"),
    case(np.einsum, normal(1, 3), normal(2, 3), subscripts="ij,ij->ij"),
    *(case(np.linalg.matrix_power, _regular(3, 3), n=n) for n in (0, 1, 2, 3, -1, -2)),
    *(case(np.trace, normal(3, 4), offset=o) for o in (0, 1, -1)),
    case(np.trace, normal(3, 3)),
    case(np.trace, normal(2, 3, 4), axis1=2, axis2=0),
    case(np.trace, complexes(3, 3)),
    case(np.linalg.multi_dot, normal(2, 3), normal(3, 4), normal(4, 2)),
    case(np.linalg.multi_dot, normal(3), normal(3, 2), normal(2)),
    case(np.linalg.multi_dot, complexes(2, 3), normal(3, 2)),
    case(np.linalg.solve, _regular(3, 3), normal(3)),
    case(np.linalg.solve, _regular(3, 3), normal(3, 2)),
    case(np.linalg.solve, _regular(2, 3, 3), normal(2, 3, 4)),
    case(np.linalg.solve, _regular(3, 3), normal(2, 3, 4)),
    case(np.linalg.solve, _regular(2, 3, 3), normal(3, 4)),
    case(np.linalg.solve, _regular(2, 3, 3), normal(3)),
    case(np.linalg.solve, complexes(3, 3) + 3 * np.eye(3), complexes(3)),
    case(np.linalg.solve, _regular(3, 3), complexes(3, 2)),
    case(np.linalg.inv, _regular(3, 3)),
    case(np.linalg.inv, _regular(2, 3, 3)),
    case(np.linalg.inv, complexes(3, 3) + 3 * np.eye(3)),
    case(np.linalg.det, _regular(3, 3)),
    case(np.linalg.det, _regular(2, 3, 3)),
    case(np.linalg.det, complexes(3, 3)),
    case(np.linalg.det, normal(1, 1)),
    case(
        np.linalg.det,
        np.outer(normal(3), normal(3, seed=9)) + np.diag([1.0, 0, 0]),
        id="singular",
    ),
    *(
        case(np.linalg.det, x, id=f"rank {k}")
        for k, x in enumerate((np.zeros((3, 3)), _low_rank(1), _low_rank(2)))
    ),
    case(np.linalg.det, np.stack((_low_rank(2), normal(3, 3))), id="one of a stack"),
    case(np.linalg.det, complexes(3, 1) @ complexes(1, 3) + np.diag([1j, 0, 0]), id="complex and singular"),
    case(np.linalg.det, np.zeros((2, 0, 0)), id="empty"),
    case("cofactors", _regular(3, 3)),
    case("cofactors", complexes(2, 3, 3)),
    case("cofactors_slope", complexes(2, 2), complexes(2, 2, seed=9)),
    case(np.linalg.slogdet, _regular(3, 3)),
    case(np.linalg.slogdet, -_regular(3, 3), id="negative"),
    case(np.linalg.slogdet, _regular(2, 3, 3)),
    case(np.linalg.slogdet, complexes(3, 3)),
    *(case(np.linalg.cholesky, spd(*s), upper=u) for s in ((3, 3), (2, 3, 3), (1, 1)) for u in (False, True)),
    case(np.linalg.cholesky, spd(50, 50), id="in blocks", derivatives=1),
    case(np.linalg.cholesky, np.zeros((2, 0, 0)), id="empty"),
    *(case("cholesky_slope", normal(3, 3), normal(3, 3, seed=9), bar=bar) for bar in (False, True)),
    *(
        case("cholesky_slope", complexes(2, 2, 2), complexes(2, 2, 2, seed=9), bar=bar)
        for bar in (False, True)
    ),
    case(np.linalg.cholesky, np.tril(spd(3, 3)), id="lower triangle only"),
    case(np.linalg.cholesky, _hermitian(3, 3)),
    case(np.linalg.cholesky, _hermitian(3, 3), upper=True),
    case(np.linalg.norm, normal(3)),
    case(np.linalg.norm, normal(2, 3, 4)),
    *(case(np.linalg.norm, apart(2, 3), **options) for options in _NORMS),
    *(case(np.linalg.norm, apart(5), ord=o) for o in (1, 2, 3, np.inf, -np.inf)),
    case(np.linalg.norm, complexes(3)),
    case(np.linalg.norm, complexes(2, 3), axis=1),
    case(np.linalg.norm, complexes(4), ord=1),
    case("matmul_left_bar", normal(3, 4), normal(2, 4), normal(2, 3), derivatives=1),
    case("matmul_right_bar", normal(2, 3), normal(2, 4), normal(3, 4), derivatives=1),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    "options", [{}, {"axis": 0}, {"ord": 1, "axis": 0}, {"ord": "fro"}, {"axis": 1, "keepdims": True}]
)
def test_norm_at_zero(options: Any) -> None:
    np.testing.assert_array_equal(
        cotangents(np.linalg.norm, np.zeros((2, 3)), **options)[0], np.zeros((2, 3))
    )


def test_product_with_itself() -> None:
    def square(x: Any) -> Any:
        return np.dot(x, x) + x @ x + np.sum(x * x)

    x = normal(3)
    np.testing.assert_allclose(grad(square)(x), 6.0 * x, rtol=1e-12)
    np.testing.assert_allclose(jvp(square, (x,), (np.ones(3),))[1], 6.0 * np.sum(x), rtol=1e-12)


def test_determinant_of_singular_matrix() -> None:
    a = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(cotangents(np.linalg.det, a)[0], [[4.0, -2.0], [-2.0, 1.0]], atol=1e-14)
    np.testing.assert_allclose(cotangents(np.linalg.det, np.zeros((3, 3)))[0], np.zeros((3, 3)))


@pytest.mark.parametrize(("upper", "triangle"), [(False, np.tril), (True, np.triu)])
def test_cholesky_reads_one_triangle(upper: bool, triangle: Any) -> None:
    bar = cotangents(named("np.linalg.cholesky"), spd(3, 3), upper=upper)[0]
    np.testing.assert_array_equal(bar, triangle(bar))
