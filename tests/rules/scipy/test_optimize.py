"""Rows for rules/scipy/optimize.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import tangentc
from tangentc.rules.scipy import optimize as rules
from tangentc.testing import check_rule
from tests.rules.rows import case, normal

CASES = [
    case(optimize.rosen, normal(4)),
    case(optimize.rosen, normal(3, 2)[::-1]),
    case(optimize.rosen_der, normal(2)),
    case(optimize.rosen_der, normal(8)[::2]),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_definitions_give_what_the_functions_give() -> None:
    x = normal(5)
    assert rules.rosen(x) == pytest.approx(optimize.rosen(x))
    assert rules.rosen_der(x) == pytest.approx(optimize.rosen_der(x))


@pytest.mark.parametrize("maximize", [False, True])
def test_an_assignment_chooses_entries(maximize: bool) -> None:
    costs = normal(3, 4)
    rows, columns = optimize.linear_sum_assignment(costs, maximize=maximize)

    def total(costs: Any) -> Any:
        i, j = optimize.linear_sum_assignment(costs, maximize=maximize)
        return np.sum(costs[i, j] ** 2)

    expected = np.zeros((3, 4))
    expected[rows, columns] = 2.0 * costs[rows, columns]
    np.testing.assert_array_equal(tangentc.grad(total)(costs), expected)
