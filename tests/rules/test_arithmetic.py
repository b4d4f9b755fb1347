"""Rows for rules/arithmetic.py."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tangentc.primitives.core import named
from tangentc.testing import check_rule, cotangents, tangents
from tests.rules.rows import apart, case, complexes, normal, positive

_OPERATORS = ("add", "sub", "mul", "truediv")
_EXPONENTS = (0, 1, 2, 3, 4, 5, -1, -2, -3, 0.5, -0.5, 0.3, 1.5, 2.5, 2.0, 0.0)

CASES = [
    *(case(f, normal(2, 1), positive(1, 3), id="broadcast both") for f in _OPERATORS),
    *(case(f, normal(3), positive(2, 3)) for f in _OPERATORS),
    *(case(f, 0.3, positive(3)) for f in _OPERATORS),
    *(case(f, normal(3), 0.7) for f in _OPERATORS),
    *(case(f, 0.3, 0.7) for f in _OPERATORS),
    *(case(f, np.float64(0.3), 0.7, id="scalar") for f in _OPERATORS),
    *(case(f, normal(0, 3), positive(3), id="empty") for f in _OPERATORS),
    *(case(f, normal(), positive(), id="0-d") for f in _OPERATORS),
    *(case(f, complexes(3), complexes(2, 3)) for f in _OPERATORS),
    *(case(f, normal(3), complexes(3), id="real with complex") for f in _OPERATORS),
    *(case(f, 1.0 - 0.5j, 0.7, id="Python complex") for f in _OPERATORS),
    *(case(f, normal(3), np.arange(1, 4), id="with integers") for f in (*_OPERATORS, np.power)),
    case("mul", normal(3), 2),
    case("mul", 2, normal(3)),
    case("mul", normal(1, 1), normal(3)),
    *(case(f, normal(3), positive(3)) for f in (np.add, np.subtract, np.multiply, np.divide)),
    *(case("pow", positive(3), n) for n in _EXPONENTS),
    *(case("pow", 1.3, n) for n in _EXPONENTS),
    *(case("pow", -positive(3), n, id=f"negative base {n}") for n in (2, 3, 4, 5, -1, -2)),
    case("pow", positive(2, 1), normal(3)),
    case("pow", 1.3, 0.7),
    case("pow", 2, normal(3)),
    case("pow", 2.0, 0.3),
    case("pow", complexes(3), 2),
    case("pow", complexes(3), 0.5),
    case("pow", complexes(3), complexes(3, seed=8)),
    case("pow", complexes(3), normal(3)),
    case(np.power, positive(3), normal(3)),
    case(np.float_power, positive(3), 2.5),
    case(math.pow, 1.3, 0.7),
    case("mod", np.array([5.3, -4.2, 7.7]), np.array([2.0, 3.0, -2.5])),
    case("mod", 5.3, 2.0),
    case(np.remainder, np.array([5.3, -4.2]), 2.0),
    case(np.fmod, np.array([5.3, -4.2]), 2.0),
    case(math.fmod, -5.3, 2.0),
    case(math.remainder, 5.3, 2.0),
    case("neg", normal(3)),
    case("neg", 0.3),
    case("pos", normal(3)),
    case(np.negative, complexes(3)),
    case(np.positive, normal(3)),
    *(case(f, apart(6), apart(6, seed=9)[::-1] + 0.05) for f in (np.maximum, np.minimum, np.fmax, np.fmin)),
    *(case(f, apart(2, 3), 0.1) for f in (np.maximum, np.minimum, np.fmax, np.fmin)),
    case(np.clip, apart(6), -0.55, 0.55),
    case(np.clip, apart(6), None, 0.55),
    case(np.clip, apart(6), -0.55, None),
    case(np.clip, apart(2, 3), np.array([-0.5, -0.4, -0.3]), np.array(0.57)),
    case("max", 0.3, 0.7),
    case("min", 0.3, 0.7),
    case("max", 0.3, 0.9, 0.7),
    case("min", 0.3, -0.9, 0.7),
    case("max", apart(5)),
    case("min", apart(5)),
    case("log_of_base", 0.7),
    case("power_slope", 0.7, 2.3),
    case("power_slope", -0.7, 3),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


NAN = np.nan


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("np.maximum", (np.array([1.0, 2.0]), np.array([1.0, 1.0])), ([0.5, 1.0], [0.5, 0.0])),
        ("np.minimum", (np.array([1.0, 2.0]), np.array([1.0, 1.0])), ([0.5, 0.0], [0.5, 1.0])),
        ("np.maximum", (np.array([-np.inf]), np.array([-np.inf])), ([0.5], [0.5])),
        ("np.fmax", (np.array([NAN, 1.0]), np.array([1.0, NAN])), ([0.0, 1.0], [1.0, 0.0])),
        ("np.fmin", (np.array([1.0, 3.0]), np.array([1.0, 1.0])), ([0.5, 0.0], [0.5, 1.0])),
        ("np.clip", (np.array([0.0, 0.5, 1.0, 2.0]), 0, 1), ([0.5, 1.0, 0.5, 0.0],)),
        ("max", (1.0, 1.0), (1.0, 0.0)),
        ("min", (1.0, 1.0), (1.0, 0.0)),
        ("max", (np.array([1.0, 2.0, 2.0]),), ([0.0, 1.0, 0.0],)),
        ("min", (np.array([2.0, 1.0, 1.0]),), ([0.0, 1.0, 0.0],)),
        ("pow", (np.array([0.0, 2.0]), 0), ([0.0, 0.0],)),
        ("pow", (np.array([0.0, 2.0]), np.array([0.0, 0.0])), ([0.0, 0.0], [0.0, np.log(2.0)])),
        ("pow", (np.array([0.0]), np.array([2.0])), ([0.0], [0.0])),
        ("pow", (np.array([0.0]), np.array([1.0])), ([1.0], [0.0])),
        ("pow", (np.array([0.0]), 1.5), ([0.0],)),
        ("pow", (np.array([0.0]), 0.5), ([np.inf],)),
        ("pow", (0.0, 2.0), (0.0, 0.0)),
        ("pow", (0.0, 0.0), (0.0, 0.0)),
        ("math.pow", (0.0, 3.0), (0.0, 0.0)),
    ],
)  # fmt: skip
def test_kinks(name: str, operands: Any, expected: Any) -> None:
    found = cotangents(named(name), *operands)
    for got, want in zip(found, expected, strict=False):
        np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow", "mod", "math.pow", "math.fmod"])
def test_python_numbers_stay_python_numbers(name: str) -> None:
    assert type(tangents(named(name), (1.3, 0.7), (1.0, 1.0))) is float
