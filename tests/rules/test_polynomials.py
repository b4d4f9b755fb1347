"""Rows for rules/polynomials.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.errors import MissingRuleError
from tangentc.primitives.polynomials import BASES
from tangentc.rules import polynomials
from tangentc.testing import check_rule
from tests.rules.rows import apart, case, complexes, normal, positive

X = np.array([-1.0, -0.3, 0.2, 0.9, 1.7, 2.0])
LEADING = np.array([0.0, 0.0, 1.5, -0.7])  # zeros that np.polymul and np.roots cut off

CASES = [
    case(np.poly, apart(4)),
    case(np.poly, np.array([2.0, 2.0, 0.0])),
    case(np.poly, normal(1)),
    case("without_each", apart(3)),
    case(np.roots, complexes(4), single=False),
    case(np.roots, np.array([0.0, 1.0 + 2.0j, 0.5, 0.0]), single=False, derivatives=0, id="leading and trailing zeros"),
    *(case(f, normal(n), normal(m, seed=1)) for f in (np.polyadd, np.polysub) for n, m in ((3, 3), (2, 4), (4, 1))),
    case(np.polyadd, 0.5, complexes(2)),
    case(np.polymul, normal(3), normal(2, seed=1)),
    case(np.polymul, complexes(2), normal(4)),
    case(np.polyint, normal(3), single=False),
    case(np.polyint, normal(3), 0.7, m=2, single=False),
    case(np.polyint, normal(3), normal(2, seed=1), m=2, single=False),
    case(np.polyint, complexes(2), m=2, single=False),
    case(np.polyfit, X, normal(6), deg=2),
    case(np.polyfit, X[::-1], normal(6), positive(6), deg=1),
    case(np.polyfit, X, normal(2, 6).T, positive(6), deg=2),
    case(np.polyfit, X[:3], normal(3), deg=2, rcond=1e-15),
]  # fmt: skip

for _module, _prefix in BASES.items():
    _basis = getattr(np.polynomial, _module)
    _val, _vander, _der, _int = (
        getattr(_basis, f"{_prefix}{name}") for name in ("val", "vander", "der", "int")
    )
    CASES += [
        case(_val, X[::2], normal(4)),
        case(_val, 0.4, normal(1)),
        case(_vander, X[:3], 3),
        case(_der, normal(4)),
        case(_int, normal(3)),
    ]
CASES += [
    case(np.polynomial.chebyshev.chebval, normal(2, 3), normal(4)),
    case(np.polynomial.chebyshev.chebval, X[:2], normal(3, 2)),
    case(np.polynomial.legendre.legval, 0.3, normal(3, 2)),
    case(np.polynomial.polynomial.polyval, complexes(2), complexes(3)),
    case(np.polynomial.polynomial.polyvander, X[:2], 0),
    case(np.polynomial.hermite.hermder, normal(4), m=2, scl=3.0),
    case(np.polynomial.hermite.hermder, normal(2), m=3),
    case(np.polynomial.laguerre.lagder, normal(2, 3), axis=1),
    case(np.polynomial.laguerre.lagint, normal(3, 2), m=2, lbnd=0.5),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    ("function", "operands", "options"),
    [
        (np.polyadd, (normal(2), normal(4)), {}),
        (np.polysub, (normal(4), 0.5), {}),
        (np.polyint, (normal(3), normal(2)), {"m": 2}),
        (np.polyint, (normal(3),), {"m": 1}),
        (np.polyfit, (X, normal(6), positive(6)), {"deg": 2, "rcond": None}),
        (np.polyfit, (X, normal(6, 2)), {"deg": 3, "rcond": None}),
    ],
)
def test_definition(function: Any, operands: Any, options: Any) -> None:
    names = {np.polyint: ("p", "k"), np.polyfit: ("x", "y", "w")}.get(function, ("a1", "a2"))
    found = getattr(polynomials, function.__name__)(*operands, **options)
    np.testing.assert_allclose(
        found, function(**dict(zip(names, operands, strict=False)), **options), atol=1e-13
    )


def test_product_with_leading_zeros() -> None:
    """The coefficients that are left move as those of the product do."""
    weights, other = normal(3), normal(2, seed=1)
    found = tangentc.grad(lambda a: weights @ np.polymul(a, other))(LEADING)
    expected = tangentc.grad(lambda a: weights @ np.convolve(a, other)[2:])(LEADING)
    np.testing.assert_allclose(found, expected)


def test_roots_in_a_program() -> None:
    def farthest(p: Any) -> Any:
        return np.max(np.abs(np.roots(p + 0j)))

    tangentc.check_grads(farthest, (np.array([1.0, -2.5, 0.3, 0.7]),))


@pytest.mark.parametrize(
    ("function", "x", "message"),
    [
        (lambda x: np.sum(np.abs(np.roots(x))), normal(3), "p \\+ 0j has the same roots"),
        (lambda x: np.poly(x)[1], normal(2, 2), "of a matrix"),
        (lambda x: np.poly(x + 0j)[1].real, normal(2), "complex zeros"),
        (lambda x: np.polyfit(x, x, 1, rcond=0.1)[0], normal(3), "rcond"),
    ],
)
def test_refused(function: Any, x: Any, message: str) -> None:
    with pytest.raises(MissingRuleError, match=message):
        tangentc.grad(function)(x)


def test_ill_conditioned_zeros() -> None:
    """What no division by a factor gives: each entry to the last digits."""
    zeros = np.array([1e-6, 1.0, 1e6])
    found = tangentc.grad(lambda z: np.poly(z)[2])(zeros)
    np.testing.assert_allclose(found, [1e6 + 1.0, 1e6 + 1e-6, 1.0 + 1e-6], rtol=1e-15)
