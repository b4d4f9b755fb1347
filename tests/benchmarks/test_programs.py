"""The gradients written by hand are right, and ours are the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

import tangentc
from benchmarks.programs import CASES

EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.program.__name__)


def _tuple(case, gradient):
    return gradient if isinstance(case.argnums, tuple) else (gradient,)


@EACH
def test_by_hand(case, rng):
    """Against a central difference along a random direction."""
    numbers = case.argnums if isinstance(case.argnums, tuple) else (case.argnums,)
    steps = {n: 1e-6 * rng.standard_normal(np.shape(case.arguments[n])) for n in numbers}
    beside = [
        case.program(*(a + sign * steps.get(n, 0.0) for n, a in enumerate(case.arguments)))
        for sign in (1, -1)
    ]
    gradient = _tuple(case, case.by_hand(*case.arguments))
    expected = sum(np.sum(steps[n] * g) for n, g in zip(numbers, gradient))
    np.testing.assert_allclose((beside[0] - beside[1]) / 2, expected, rtol=1e-4)


@EACH
def test_ours(case):
    ours = tangentc.grad(case.program, argnums=case.argnums)(*case.arguments)
    by_hand = case.by_hand(*case.arguments)
    for a, b in zip(_tuple(case, ours), _tuple(case, by_hand), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)
