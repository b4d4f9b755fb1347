"""What rules/linear_ops/ promises beside being right: small cotangents, and zeros that stay zero."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tangentc.api import grad, hvp, jvp
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


def under_entropy(x: Any) -> Any:
    return np.sum(np.where(x > 0, x * np.log(x), 0.0))


def under_triangle(x: Any) -> Any:
    return np.sum(np.tril(np.sqrt(x)[:, None] * np.array([[1.0, 1.0]]), -1)[1])


def under_store(x: Any) -> Any:
    y = np.sqrt(x)
    y[x <= 0] = 0.0
    return np.sum(y)


def under_store_through_names(x: Any) -> Any:
    y = np.sqrt(x)
    z = y if x[1] > 0 else x
    z[0] = 0.0
    return np.sum(y)


def under_branch(x: Any) -> Any:
    total = 0.0
    for i in range(2):
        root = np.sqrt(x[i])
        if x[i] > 0:
            total += root
    return total


def under_branch_of_floats(x: Any) -> Any:
    total = 0.0
    for value in x:
        root = math.sqrt(value)
        if value > 0:
            total += root
    return total


CASES = [
    (under_where, 0.25), (under_reverse_where, -1 / 16), (under_mask, 0.25), (under_index, 0.25),
    (under_slice, 0.25), (under_maximum, 0.25), (under_max, 0.25), (under_power, -1.5 * 4**-2.5),
    (under_overflow, -1e3), (far_under_where, 0.5 * np.cos(2.0)), (under_entropy, 1.0 + np.log(4.0)),
    (under_triangle, 0.25), (under_store, 0.25), (under_store_through_names, 0.25), (under_branch, 0.25),
    (under_branch_of_floats, 0.25),
]  # fmt: skip


@pytest.mark.parametrize(("function", "expected"), CASES, ids=[case[0].__name__ for case in CASES])
def test_a_masked_zero_stays_zero(function: Callable[..., Any], expected: float) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(grad(function)(X), [0.0, expected], rtol=1e-12)


def test_the_second_derivative_under_a_branch() -> None:
    """Distances between points, each to itself included."""

    def potential(x: Any) -> Any:
        total = 0.0
        for i in range(3):
            for j in range(3):
                distance = np.sqrt((x[i] - x[j]) ** 2)
                if i != j:
                    total += 1.0 / distance
        return total

    x = np.array([1.0, 2.0, 4.0])
    np.testing.assert_allclose(grad(potential)(x), [20 / 9, -1.5, -13 / 18], rtol=1e-12)
    with np.errstate(invalid="ignore"):
        product = hvp(potential, x, np.array([1.0, 0.0, 0.0]))
    np.testing.assert_allclose(product, [112 / 27, -4.0, -4 / 27])


@pytest.mark.parametrize(
    ("function", "x", "slope"),
    [
        (lambda x: math.sqrt(x), 0.0, np.inf),
        (lambda x: x**0.5, 0.0, np.inf),
        (lambda x: x ** (1 / 3), 0.0, np.inf),
        (lambda x: math.asin(x), 1.0, np.inf),
        (lambda x: math.acos(x), 1.0, -np.inf),
        (lambda x: math.acosh(x), 1.0, np.inf),
        (lambda x: math.sqrt(x) if x > 1.0 else x, 0.0, 1.0),
        (lambda x: x**2.0 + (-2.0) ** 2 * x, 0.0, 4.0),
    ],
)
def test_python_floats_reach_infinity(function: Callable[..., Any], x: float, slope: float) -> None:
    assert grad(function)(x) == slope
    assert jvp(function, (x,), (1.0,))[1] == slope


def test_a_negative_base_has_no_derivative_in_its_exponent() -> None:
    slopes = grad(lambda x, y: x**y, argnums=(0, 1))(-2.0, 3.0)
    assert slopes[0] == 12.0 and np.isnan(slopes[1])


def test_ordinary_code_stays_plain() -> None:
    for program in (
        lambda x: np.sum(np.sqrt(x) / x),
        lambda x: np.sum(np.maximum(x * x, 1.0)),
        lambda x: np.sum((x * x * x)[1:]),
    ):
        gradient = grad(program)
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
