"""Rows for rules/elementwise.py."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tangentc.primitives.core import named
from tangentc.testing import check_rule, cotangents, tangents
from tests.rules.rows import apart, case, complexes, normal, positive, unit

_ANYWHERE = [
    np.sin,
    np.cos,
    np.sinh,
    np.cosh,
    np.tanh,
    np.arctan,
    np.arcsinh,
    np.exp,
    np.expm1,
    np.exp2,
    np.square,
    np.deg2rad,
    np.rad2deg,
    np.radians,
    np.degrees,
    np.sinc,
    np.conjugate,
    np.real,
    np.tan,
]
_POSITIVE = [np.log, np.log2, np.log10, np.log1p, np.sqrt, np.cbrt, np.reciprocal, np.absolute, np.fabs]
_UNIT = [np.arcsin, np.arccos, np.arctanh]
_COMPLEX = [
    np.sin,
    np.cos,
    np.tan,
    np.sinh,
    np.cosh,
    np.tanh,
    np.arcsin,
    np.arccos,
    np.arctan,
    np.arcsinh,
    np.arccosh,
    np.arctanh,
    np.exp,
    np.expm1,
    np.log,
    np.log2,
    np.log10,
    np.log1p,
    np.sqrt,
    np.square,
    np.reciprocal,
    np.conjugate,
    np.real,
    np.imag,
    np.absolute,
    np.angle,
    np.sign,
]
_MATH_ANYWHERE = [
    math.sin,
    math.cos,
    math.tan,
    math.sinh,
    math.cosh,
    math.tanh,
    math.atan,
    math.asinh,
    math.exp,
    math.expm1,
    math.degrees,
    math.radians,
    math.erf,
    math.erfc,
    math.fabs,
]
_MATH_POSITIVE = [math.log, math.log2, math.log10, math.log1p, math.sqrt]
_MATH_UNIT = [math.asin, math.acos, math.atanh]

CASES = [
    *(case(f, normal(3)) for f in _ANYWHERE),
    *(case(f, positive(2, 3)) for f in _POSITIVE),
    *(case(f, -positive(3), id="negative") for f in (np.reciprocal, np.absolute, np.fabs, np.cbrt)),
    *(case(f, unit(3)) for f in _UNIT),
    *(case(f, complexes(3)) for f in _COMPLEX),
    *(case(f, 0.7) for f in (*_MATH_ANYWHERE, *_MATH_POSITIVE, *_MATH_UNIT)),
    case(np.arccosh, 1.0 + positive(3)),
    case(math.acosh, 1.7),
    case(math.fabs, -0.4),
    case(np.sin, normal(), id="0-d"),
    case(np.sin, np.float64(0.3), id="scalar"),
    case(np.sin, 0.3, id="float"),
    case(np.sin, normal(0, 3), id="empty"),
    case(np.sin, normal(4)[::-2], id="negative stride"),
    case(np.sin, np.asfortranarray(normal(2, 3)), id="Fortran order"),
    case(math.log, 0.7, 2.5, id="base"),
    *(case(f, x) for f in (math.gamma, math.lgamma) for x in (0.3, 1.0, 4.5, 30.0, -1.5, -7.3)),
    *(case("polygamma", x, order=order) for order in range(4) for x in (0.2, 3.0, 25.0, -2.5)),
    case(np.arctan2, normal(3), normal(2, 3)),
    case(math.atan2, 0.4, -0.7),
    case(np.hypot, normal(2, 1), normal(1, 3)),
    case(math.hypot, 0.3, -0.4),
    case(math.hypot, 0.3, -0.4, 1.2),
    case(np.logaddexp, normal(3), normal(2, 1)),
    case(np.logaddexp2, normal(3), normal(3, seed=9)),
    case(np.copysign, apart(4), apart(4, seed=8)),
    case(math.copysign, 0.4, -1.0),
    case(np.ldexp, normal(3), np.array([1, -2, 0])),
    case(math.ldexp, 0.7, 3),
    case("abs", apart(4)),
    case("abs", -1.5),
    case("abs", 1.0 - 2.0j),
    case("conjugate", complexes(3)),
    case(np.angle, complexes(3), deg=True),
    case("ratio", normal(3), positive(3)),
    case("ratio", 0.3, 0.7),
    case("ratio", complexes(3), positive(2, 1)),
    case("sinc_derivative", normal(4), order=1),
    case("sinc_derivative", normal(4), order=2, rtol=1e-5),
    case(np.where, np.array([True, False, True]), normal(3), normal(2, 1)),
    case(np.where, np.array([[True], [False]]), 0.5, normal(3)),
    case(np.where, normal(3) > 0, normal(), normal(3)),
    case(np.heaviside, apart(4), normal(4)),
    case(np.nan_to_num, normal(3)),
    case(np.modf, apart(4)),
    case(math.modf, 1.7),
    case(np.frexp, positive(3)),
    case(math.frexp, 1.7),
    case(math.gamma, 1.4),
    case(math.gamma, -1.4),
    case(math.lgamma, 2.6),
    case(math.lgamma, -0.4),
    case("polygamma", 1.3, order=0),
    case("polygamma", -1.3, order=1),
    case(math.dist, normal(3), normal(3, seed=7)),
    case(np.nextafter, normal(3), 2.0, derivatives=0),
    case("quotient", 0.3, 0.7),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("np.absolute", (np.array([0.0, -2.0]),), ([0.0, -1.0],)),
        ("abs", (0.0,), (0.0,)),
        ("math.fabs", (0.0,), (0.0,)),
        ("np.absolute", (np.array([0j, 3 + 4j]),), ([0.0, 0.6 - 0.8j],)),
        ("np.hypot", (np.array([0.0]), np.array([0.0])), ([0.0], [0.0])),
        ("math.hypot", (0.0, 0.0), (0.0, 0.0)),
        ("math.atan2", (0.0, 0.0), (0.0, 0.0)),
        ("np.sinc", (np.array([0.0, 1.0]),), ([0.0, -1.0],)),
        ("np.sqrt", (np.array([0.0, 4.0]),), ([np.inf, 0.25],)),
        ("np.sign", (np.array([-1.0, 0.0, 2.0]),), (0.0,)),
        ("ratio", (np.array([1.0]), np.array([0.0])), ([0.0], [0.0])),
        ("np.nextafter", (np.array([1.0]), np.array([2.0])), ([1.0], [0.0])),
        ("math.dist", (np.ones(2), np.ones(2)), ([0.0, 0.0], [0.0, 0.0])),
    ],
)  # fmt: skip
def test_kinks(name: str, operands: Any, expected: Any) -> None:
    found = cotangents(named(name), *operands)
    for got, want in zip(found, expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)


def test_sinc_has_all_derivatives_at_zero() -> None:
    slope = cotangents(named("sinc_derivative"), np.array([0.0, 1e-9]), order=1)[0]
    np.testing.assert_allclose(slope, -(np.pi**2) / 3, rtol=1e-12)


def test_functions_of_python_numbers_stay_python_numbers() -> None:
    for function in (*_MATH_ANYWHERE, *_MATH_POSITIVE, *_MATH_UNIT):
        assert type(tangents(function, (0.7,), (1.5,))) is float, function


def test_masked_value_does_not_reach_its_operand() -> None:
    bars = cotangents(np.where, np.array([True, False]), np.array([1.0, np.nan]), np.array([np.inf, 1.0]))
    np.testing.assert_array_equal(bars, [[1.0, 0.0], [0.0, 1.0]])
