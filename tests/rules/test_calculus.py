"""Rows for rules/calculus.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.rules import calculus
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import case, complexes, normal, positive

GRID = np.array([0.0, 0.7, 1.1, 2.0, 3.3])
_PAIRS = [(5, 3), (3, 5), (4, 4), (6, 2), (2, 6), (3, 1), (1, 1)]

CASES = [
    *(case(f, normal(2, 3), axis=axis) for f in (np.cumprod, np.nancumsum, np.nancumprod) for axis in (None, 0, -1)),
    case(np.cumprod, np.array([2.0, 0.0, 3.0, 0.0]), id="zeros"),
    case(np.cumprod, complexes(3)),
    case("recurrence", normal(3), normal(3, seed=1)),
    case("recurrence", normal(2, 3), normal(2, 3, seed=1), axis=0),
    case("recurrence", positive(70), normal(70, seed=1), id="long"),
    case("recurrence", positive(2, 70) * 1e-5, normal(2, 70, seed=1), id="long and small", derivatives=1),
    case("recurrence", np.exp(1j * normal(70)), complexes(70), id="long and complex", derivatives=1, single=False),
    *(case(np.diff, normal(2, 4), n=n, axis=axis) for n in (1, 2) for axis in (-1, 0)),
    case(np.diff, normal(3), 0.3),
    case(np.diff, normal(2, 3), normal(2, 1), normal(2, 2), n=2),
    case(np.diff, normal(2, 3), None, 0.5, axis=0),
    case(np.ediff1d, normal(4)),
    case(np.ediff1d, normal(2, 3), 0.5, normal(2)),
    case(np.trapezoid, normal(4)),
    case(np.trapezoid, normal(2, 4), GRID[:4]),
    case(np.trapezoid, normal(4, 2), GRID[:4], axis=0),
    case(np.trapezoid, normal(2, 4), positive(2, 4), axis=1),
    case(np.trapezoid, normal(2, 4), None, 0.3),
    case(np.gradient, normal(5)),
    case(np.gradient, normal(5), 0.3, edge_order=2),
    case(np.gradient, normal(5), GRID, edge_order=2),
    case(np.gradient, normal(5, 2), GRID, axis=0),
    case(np.gradient, normal(2, 5), axis=-1),
    case(np.interp, 1.3, GRID, normal(5)),
    case(np.interp, np.array([-1.0, 0.2, 1.5, 3.0, 7.0]), GRID, normal(5)),
    case(np.interp, np.array([[-1.0, 0.2], [1.5, 7.0]]), GRID, normal(5), 0.4, 0.6),
    case(np.unwrap, np.array([0.0, 3.0, 6.5, 7.0]), single=False),
    *(
        case(f, normal(n), normal(m, seed=1), mode=mode)
        for f in (np.convolve, np.correlate) for n, m in _PAIRS for mode in ("full", "same", "valid")
    ),
    case(np.convolve, complexes(4), complexes(2)),
    case(np.correlate, complexes(4), complexes(3), mode="full"),
    case(np.vander, normal(3)),
    case(np.vander, normal(3), N=2, increasing=True),
    case(np.vander, np.array([0.0, 1.0]), N=4),
    case(np.polyval, normal(4), normal(3)),
    case(np.polyval, normal(4), 0.7),
    case(np.polyval, normal(4), np.array([3, -2])),
    case(np.polyval, normal(3), normal(0)),
    case("powers", normal(3), (4, 3)),
    case("powers", complexes(2), (1, 2)),
    case(np.polyval, normal(1), normal(2, 3)),
    case(np.polyval, complexes(3), complexes(2)),
    case(np.polyder, normal(4)),
    case(np.polyder, normal(4), m=2),
    case(np.i0, np.array([-2.0, 0.0, 0.5, 9.0])),
    case("bessel_i", np.array([-2.0, 0.0, 0.5]), order=1, single=False),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    ("function", "operands", "options"),
    [
        (np.diff, (normal(2, 4),), {"n": 2, "axis": 0}),
        (np.ediff1d, (normal(2, 4), 0.5, normal(2)), {}),
        (np.trapezoid, (normal(2, 4), GRID[:4]), {"axis": -1}),
        (np.trapezoid, (normal(4, 2), None, 0.3), {"axis": 0}),
        (np.gradient, (normal(5), GRID), {"axis": 0, "edge_order": 2}),
        (np.gradient, (normal(5, 3), 0.5), {"axis": 0, "edge_order": 1}),
        (np.interp, (np.linspace(-1.0, 4.0, 11), GRID, normal(5)), {}),
        (np.interp, (GRID, GRID, normal(5), -3.0, 8.0), {}),
        (np.nancumsum, (np.array([1.0, np.nan, 2.0]),), {"axis": None, "dtype": None}),
        (np.nancumprod, (np.array([1.0, np.nan, 2.0]),), {"axis": None, "dtype": None}),
    ],
)
def test_definition(function: Any, operands: Any, options: Any) -> None:
    found = getattr(calculus, function.__name__)(*operands, **options)
    np.testing.assert_allclose(found, function(*operands, **options), atol=1e-14)


@pytest.mark.skipif(not hasattr(np, "cumulative_sum"), reason="NumPy 2.1")
@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
@pytest.mark.parametrize("include", [False, True])
def test_cumulative(name: str, include: bool) -> None:
    check_rule(getattr(np, name), normal(2, 3), axis=1, include_initial=include)


def test_ends_of_an_interpolation() -> None:
    found = cotangents(np.interp, np.array([0.0, 3.3]), GRID, np.array([1.0, 2.0, 4.0, 8.0, 16.0]))
    assert np.all(np.isfinite(found[0]))


def test_bessel() -> None:
    mpmath = pytest.importorskip("mpmath")
    for x in (0.0, 1e-9, 0.3, -2.0, 20.0, 300.0):
        expected = float(mpmath.besseli(1, x))
        np.testing.assert_allclose(tangentc.grad(lambda x: np.i0(x))(x), expected, rtol=2e-14)


def test_gradient_along_all_axes() -> None:
    x, weights = normal(3, 4), normal(3, 4, seed=1)

    def loss(x: Any) -> Any:
        rows, columns = np.gradient(x, 0.5, 2.0)
        return np.sum(weights * rows**2) + np.sum(weights * columns)

    tangentc.check_grads(loss, (x,))
