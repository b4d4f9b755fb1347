"""What rules/linear_ops.py promises beside being right: small cotangents, and zeros that stay zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tangentc.api import grad
from tests.rules.rows import normal

X = np.array([0.0, 4.0])


def under_where(x: Any) -> Any:
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def under_reverse_where(x: Any) -> Any:
    return np.sum(np.where(x == 0, 0.0, 1.0 / x))


def under_mask(x: Any) -> Any:
    return np.sum(np.log(x)[x > 0])


def under_index(x: Any) -> Any:
    return np.sqrt(x)[1]


def under_slice(x: Any) -> Any:
    return np.sum(np.sqrt(x)[1:])


def under_maximum(x: Any) -> Any:
    return np.sum(np.maximum(np.sqrt(x), 1.0))


def under_max(x: Any) -> Any:
    return np.max(np.sqrt(x))


def under_power(x: Any) -> Any:
    return np.sum(np.where(x > 0, x**-1.5, 0.0))


def under_overflow(x: Any) -> Any:
    return np.sum(np.where(x < 1, 0.0, np.exp(1e3 * (4.0 - x))))


def far_under_where(x: Any) -> Any:
    return np.sum(np.where(x > 0, 2.0 * np.sin(np.sqrt(x)) + 1.0, 0.0))


CASES = [
    (under_where, 0.25), (under_reverse_where, -1 / 16), (under_mask, 0.25), (under_index, 0.25),
    (under_slice, 0.25), (under_maximum, 0.25), (under_max, 0.25), (under_power, -1.5 * 4**-2.5),
    (under_overflow, -1e3), (far_under_where, 0.5 * np.cos(2.0)),
]  # fmt: skip


@pytest.mark.parametrize(("function", "expected"), CASES, ids=[case[0].__name__ for case in CASES])
def test_a_masked_zero_stays_zero(function: Callable[..., Any], expected: float) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(grad(function)(X), [0.0, expected], rtol=1e-12)


def test_ordinary_code_stays_plain() -> None:
    gradient = grad(lambda x: np.sum(np.sqrt(x) / x))
    gradient(np.array([1.0, 2.0]))
    assert "where" not in gradient.source


def test_the_cotangent_of_a_sum_stays_a_number() -> None:
    gradient = grad(lambda x: np.sum(np.sin(x)))
    gradient(normal(3))
    assert "broadcast_to" not in gradient.source


def test_python_floats_need_no_array_functions() -> None:
    gradient = grad(lambda x: abs(x) * max(x, 0.5) + x**1.5 - x % 0.3)
    gradient(0.7)
    assert "np." not in gradient.source
