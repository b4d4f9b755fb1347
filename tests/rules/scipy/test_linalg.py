"""Rows for rules/scipy/linalg.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import linalg

import tangentc
from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal, spd


def _regular(*shape: int, seed: int = 0) -> Any:
    return normal(*shape, seed=seed) + 3.0 * np.eye(shape[-1])


_SINGLE: dict[str, Any] = {"single": False}

CASES = [
    case(linalg.inv, _regular(3, 3)),
    case(linalg.det, _regular(3, 3)),
    case(linalg.cholesky, spd(3, 3)),
    case(linalg.cholesky, spd(3, 3), lower=True),
    case(linalg.solve, _regular(3, 3), normal(3, 2)),
    case(linalg.solve, _regular(3, 3), normal(3)),
    case(linalg.solve, complexes(3, 3), normal(3), **_SINGLE),
    *(
        case(linalg.solve_triangular, _regular(3, 3), normal(3, 2), trans=trans, lower=lower, unit_diagonal=unit)
        for trans in (0, "T") for lower in (False, True) for unit in (False, True)
    ),
    case(linalg.solve_triangular, complexes(3, 3), complexes(3), lower=True, **_SINGLE),
    case(linalg.solve_sylvester, _regular(3, 3), _regular(2, 2), normal(3, 2), **_SINGLE),
    case(linalg.solve_sylvester, complexes(2, 2), complexes(2, 2, seed=7), complexes(2, 2, seed=9), **_SINGLE),
    case(linalg.solve_continuous_lyapunov, _regular(3, 3), normal(3, 3), **_SINGLE),
    case(linalg.expm, normal(3, 3), **_SINGLE),
    case(linalg.expm, 0.5 * complexes(2, 2), **_SINGLE),
    case(linalg.expm, np.zeros((2, 2)), **_SINGLE),
    case(linalg.sqrtm, spd(3, 3), **_SINGLE),
    case(linalg.toeplitz, normal(3)),
    case(linalg.toeplitz, normal(3), normal(4, seed=1)),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_an_argument_may_not_be_overwritten() -> None:
    with pytest.raises(tangentc.TangentcError, match="overwrite_a"):
        tangentc.grad(lambda a: np.sum(linalg.solve(a, np.ones(3), overwrite_a=True)))(_regular(3, 3))


def test_state_transition() -> None:
    weights = normal(2, seed=3)
    tangentc.check_grads(lambda a, t: weights @ (linalg.expm(a * t) @ np.ones(2)), (normal(2, 2), 0.7))
