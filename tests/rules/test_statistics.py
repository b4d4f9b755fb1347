"""Rows for rules/statistics.py and rules/sorting.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.rules import statistics
from tangentc.testing import check_rule
from tests.rules.rows import apart, case, complexes, normal, positive


def _gaps(*shape: int) -> Any:
    x = apart(*shape)
    x.flat[:: max(2, x.size // 2)] = np.nan
    return x


_METHODS = (
    "linear", "weibull", "hazen", "median_unbiased", "normal_unbiased", "interpolated_inverted_cdf", "lower", "higher",
    "nearest", "midpoint",
)  # fmt: skip

EDGES = np.array([0.0, 0.5, 1.1, 1.2, 3.0])  # one bin stays empty, and some data lie outside
DATA = np.array([0.1, 3.0, 0.5, -1.0, 2.2, 7.0, 0.7])

CASES = [
    case(np.average, normal(2, 3)),
    case(np.average, normal(2, 3), axis=1, keepdims=True),
    case(np.average, normal(2, 3), positive(2, 3)),
    case(np.average, normal(2, 3), positive(2, 3), axis=0),
    case(np.average, normal(2, 3), positive(3), axis=1),
    case(np.average, normal(2, 3), positive(2), axis=0),
    case(np.average, complexes(3), positive(3)),
    *(case(f, apart(2, 3), axis=axis) for f in (np.nanvar, np.nanstd) for axis in (None, 0, -1)),
    *(case(f, apart(2, 3), axis=1, keepdims=True, ddof=1) for f in (np.nanvar, np.nanstd)),
    *(case(np.median, apart(2, 3), axis=axis) for axis in (None, 0, -1, (0, 1))),
    case(np.median, apart(2, 3, 2), axis=(0, 2), keepdims=True),
    case(np.median, apart(5)),
    case(np.median, apart(4)),
    case(np.nanmedian, apart(2, 4), axis=1),
    *(case(np.quantile, apart(5), 0.33, method=method) for method in _METHODS),
    case(np.quantile, apart(4), np.array([0.1, 0.55, 0.9])),
    case(np.quantile, apart(3, 4), np.array([0.2, 0.7]), axis=1),
    case(np.quantile, apart(3, 4), 0.7, axis=0, keepdims=True),
    case(np.quantile, apart(2, 3, 2), np.array([0.2, 0.7]), axis=(0, 2), keepdims=True),
    case(np.percentile, apart(3, 4), 37.0, axis=1),
    case(np.nanquantile, apart(2, 4), 0.37, axis=1),
    case(np.nanpercentile, apart(4), np.array([20.0, 70.0])),
    case(np.cov, normal(3)),
    case(np.cov, normal(2, 4)),
    case(np.cov, normal(2, 4).T, rowvar=False),
    case(np.cov, normal(2, 4), bias=True),
    case(np.cov, normal(2, 4), ddof=2),
    case(np.cov, normal(4), normal(4, seed=3)),
    case(np.cov, normal(2, 4), None, np.array([1, 2, 1, 1]), single=False),
    case(np.cov, normal(2, 4), None, None, positive(4)),
    case(np.cov, complexes(2, 4), single=False),
    case(np.corrcoef, normal(2, 4)),
    case(np.corrcoef, normal(4), normal(4, seed=3)),
    case(np.bincount, np.array([0, 2, 2, 1]), normal(4), single=False),
    case(np.bincount, np.array([0, 2, 2, 1]), normal(4), minlength=6, single=False),
    case(np.histogram, DATA, EDGES, normal(7), derivatives=0, id="edges"),
    case(
        np.histogram,
        DATA,
        4,
        positive(7),
        range=(0.0, 3.0),
        density=True,
        single=False,
        derivatives=0,
        id="density",
    ),
    case(np.histogram, DATA.reshape(7, 1), EDGES, normal(1, 7).T, derivatives=0, id="columns"),
    *(case(np.sort, apart(3, 4), axis=axis) for axis in (-1, 0, None)),
    case(np.sort, apart(4)),
    case(np.sort, apart(0)),
    case(np.partition, apart(5), 2),
    case(np.partition, apart(2, 5), 3, axis=-1),
    case(np.take_along_axis, normal(2, 3), np.array([[2, 0, 0], [1, 1, 2]]), axis=1),
    case(np.take_along_axis, normal(2, 3), np.array([[0, 1, 1]]), axis=0),
    case(np.take_along_axis, normal(3), np.array([2, 2])),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    ("function", "operands", "options"),
    [
        (np.average, (normal(2, 3), positive(3)), {"axis": 1, "keepdims": False}),
        (np.nanvar, (_gaps(2, 4),), {"axis": 1, "ddof": 1, "dtype": None, "keepdims": True}),
        (np.median, (apart(2, 4),), {"axis": 1, "keepdims": True}),
        (np.nanmedian, (_gaps(3, 4),), {"axis": 1, "keepdims": False}),
        *((np.quantile, (apart(5), q), {"axis": None, "method": m, "keepdims": False})
          for m in _METHODS for q in (0.0, 0.4, 1.0)),
        (np.quantile, (apart(3, 4), np.array([[0.1, 0.5], [0.2, 1.0]])),
         {"axis": 1, "method": "linear", "keepdims": True}),
        (np.nanpercentile, (_gaps(3, 4), np.array([10.0, 60.0])), {"axis": 1, "method": "linear", "keepdims": False}),
        (np.nanquantile, (_gaps(3, 4), np.array([[0.1, 0.5], [0.2, 1.0]])),
         {"axis": 1, "method": "linear", "keepdims": False}),
        (np.nanquantile, (_gaps(5), np.array([[0.1, 0.5], [0.2, 1.0]])),
         {"axis": 0, "method": "linear", "keepdims": True}),
        (np.cov, (normal(2, 4),), {"rowvar": True, "bias": False, "ddof": None, "dtype": None}),
        (np.cov, (normal(4), normal(4, seed=1), np.array([1, 2, 3, 1]), positive(4)),
         {"rowvar": True, "bias": False, "ddof": None, "dtype": None}),
        (np.corrcoef, (normal(3, 4),), {"rowvar": True, "dtype": None}),
    ],
)  # fmt: skip
def test_definition(function: Any, operands: Any, options: Any) -> None:
    found = getattr(statistics, function.__name__)(*operands, **options)
    names = ("m", "y", "fweights", "aweights") if function is np.cov else ()
    given = dict(zip(names[2:], operands[2:], strict=False))
    given |= {"weights": operands[1]} if function is np.average else {}
    places = operands[:1] if function is np.average else operands[:2] if function is np.cov else operands
    np.testing.assert_allclose(found, function(*places, **given, **options))


def test_gaps() -> None:
    x = np.array([[1.0, np.nan, 3.0, 7.0], [np.nan, 2.0, 5.0, 4.0]])
    weights = np.array([2.0, -1.0])
    for function in (
        lambda x: np.nanmedian(x, axis=1),
        lambda x: np.nanquantile(x, 0.3, axis=1),
        lambda x: np.nanstd(x, axis=1),
        lambda x: np.nanvar(x, axis=1, ddof=1),
        lambda x: np.nanmean(x, axis=1),
    ):
        found = tangentc.grad(lambda x, function=function: weights @ function(x))(x)
        assert np.all(found[np.isnan(x)] == 0.0)
        step = 1e-6
        for place in zip(*np.nonzero(~np.isnan(x)), strict=True):
            moved = [x.copy(), x.copy()]
            moved[0][place] += step
            moved[1][place] -= step
            change = weights @ (function(moved[0]) - function(moved[1])) / (2 * step)
            np.testing.assert_allclose(found[place], change, atol=1e-7)


def test_nanstd_of_equal_entries() -> None:
    assert np.all(tangentc.grad(lambda x: np.nanstd(x))(np.array([2.0, np.nan, 2.0])) == 0.0)


@pytest.mark.parametrize(
    "options", [{"bins": EDGES}, {"range": (0.0, 3.0), "density": True}, {"bins": 3}, {}]
)
def test_weights_of_a_histogram(options: Any) -> None:
    weights = np.random.default_rng(0).normal(size=10)

    def loss(w: Any) -> Any:
        found = np.histogram(DATA, weights=w, **options)[0]
        return weights[: len(found)] @ found**2

    tangentc.check_grads(loss, (positive(7),))


def test_histogram_of_data() -> None:
    assert np.all(
        tangentc.grad(lambda x: np.histogram(x, EDGES, weights=x)[0][3])(DATA) == [0, 1, 0, 0, 1, 0, 0]
    )
    with pytest.raises(tangentc.errors.MissingRuleError, match="depend on the data"):
        tangentc.grad(lambda x: np.histogram(x, 5, weights=x)[0][0])(DATA)
