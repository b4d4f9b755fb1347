"""Rules of users, written in NumPy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc import DifferentiationError, grad
from tangentc.testing import check_rule
from tests.rules.rows import normal, positive, spd

_numbers = itertools.count()


def declared(function: Callable[..., Any], rule: Callable[..., Any], elementwise: bool = False) -> Any:
    """The function as a primitive with this rule."""
    function.__qualname__ = f"case_{next(_numbers)}"
    tangentc.primitive(function, elementwise=elementwise)
    tangentc.linearise(function)(rule)
    return function


RULES: list[tuple[Any, Any, tuple[Any, ...]]] = [
    (lambda x: np.exp(x) / np.sum(np.exp(x)), lambda y, x, *, dx: y * (dx - np.sum(y * dx)), (normal(4),)),
    (
        lambda x, y: np.sum(x * y),
        lambda z, x, y, *, dx, dy: np.sum(y * dx + x * dy),
        (normal(3), normal(3, seed=8)),
    ),
    (lambda a, b: a.T @ b, lambda c, a, b, *, da, db: da.T @ b + a.T @ db, (normal(3, 2), normal(3, 4))),
    (lambda x: x[1:] * x[:-1], lambda y, x, *, dx: x[1:] * dx[:-1] + x[:-1] * dx[1:], (normal(4),)),
    (lambda x: x[np.array([0, 0, 2])], lambda y, x, *, dx: dx[np.array([0, 0, 2])], (normal(4),)),
    (lambda x: np.cumsum(np.exp(x)), lambda y, x, *, dx: np.cumsum(np.exp(x) * dx), (normal(4),)),
    (
        lambda a, b: np.linalg.solve(a, b),
        lambda x, a, b, *, da, db: np.linalg.solve(a, db - da @ x),
        (spd(3, 3), normal(3)),
    ),
    (
        lambda x: np.mean(x, axis=0, keepdims=True),
        lambda y, x, *, dx: np.mean(dx, axis=0, keepdims=True),
        (normal(2, 3),),
    ),
    (lambda x: np.outer(x, x), lambda y, x, *, dx: np.outer(dx, x) + np.outer(x, dx), (normal(3),)),
    (lambda x: x.T.reshape(-1), lambda y, x, *, dx: np.reshape(np.transpose(dx), (-1,)), (normal(2, 3),)),
    (lambda x: np.dot(x, x), lambda y, x, *, dx: 2.0 * np.dot(x, dx), (normal(3),)),
    (lambda x: x * np.float64(2), lambda y, x, *, dx: np.float64(2) * dx / np.float64(1), (normal(3),)),
]
ELEMENTWISE: list[tuple[Any, Any, tuple[Any, ...]]] = [
    (
        lambda x, y: x * np.sin(y),
        lambda z, x, y, *, dx, dy: np.sin(y) * dx + x * np.cos(y) * dy,
        (normal(3), normal(2, 1)),
    ),
    (
        lambda x: np.where(x > 0, x * x, 0.0),
        lambda y, x, *, dx: np.where(x > 0, 2.0 * x * dx, 0.0),
        (normal(4),),
    ),
    (lambda x: np.abs(x) ** 1.5, lambda y, x, *, dx: 1.5 * abs(x) ** 0.5 * np.sign(x) * dx, (normal(4),)),
    (
        lambda x: np.where(x == 1.0, 2.0, 3.0) * x,
        lambda y, x, *, dx: np.where(x == 1.0, 2.0, 3.0) * dx,
        (positive(3),),
    ),
]


@pytest.mark.parametrize("row", range(len(RULES)))
def test_rule(row: int) -> None:
    function, rule, operands = RULES[row]
    check_rule(declared(function, rule), *operands, single=False)


@pytest.mark.parametrize("row", range(len(ELEMENTWISE)))
def test_elementwise_rule(row: int) -> None:
    function, rule, operands = ELEMENTWISE[row]
    check_rule(declared(function, rule, elementwise=True), *operands, single=False)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda y, x, *, dx: np.sin(dx), "np.sin of these operands is not linear"),
        (lambda y, x, *, dx: dx * dx, "a product of two tangents"),
        (lambda y, x, *, dx: dx + 1.0, "a tangent plus a value"),
        (lambda y, x, *, dx: np.where(x > 0, dx, 1.0), "np.where of these operands is not linear"),
        (lambda y, x, *, dx: 2.0 * x, "does not give a tangent"),
        (lambda y, x, *, dx: dx if x > 0 else 2.0 * dx, "cannot branch on a value"),
        (lambda y, x, *, dx: math.cos(x) * dx, "cannot be run: must be real number"),
        (lambda y, x, *, dx: np.packbits(dx), "'packbits' is not known to rules"),
        (lambda y, x, n, *, dx: dx, "cannot be run: .* missing 1 required positional argument: 'n'"),
    ],
)
def test_what_is_no_rule_is_refused(rule: Any, message: str) -> None:
    function = declared(lambda x: x * x, rule)
    with pytest.raises(DifferentiationError, match=message) as caught:
        grad(lambda x: function(x))(0.7)
    assert caught.value.code == "TC311"
