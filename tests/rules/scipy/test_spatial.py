"""Rows for rules/scipy/spatial.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.spatial import distance

import tangentc
from tangentc.errors import MissingRuleError
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import case, normal, positive, spd

_U, _V = normal(4), normal(4, seed=1)
_A, _B = normal(3, 4), normal(2, 4, seed=1)
_W = positive(4)
_WEIGHTED = "euclidean sqeuclidean cityblock canberra braycurtis cosine correlation".split()

CASES = [
    *(case(getattr(distance, name), _U, _V) for name in (*_WEIGHTED, "chebyshev")),
    *(case(getattr(distance, name), _U, _V, _W) for name in _WEIGHTED),
    case(distance.correlation, _U, _V, centered=False),
    case(distance.minkowski, _U, _V),
    case(distance.minkowski, _U, _V, 2.5, _W),
    *(case(distance.minkowski, _U, _V, p) for p in (1, 3)),
    case(distance.seuclidean, _U, _V, _W),
    case(distance.mahalanobis, _U, _V, spd(4, 4)),
    *(case(distance.cdist, _A, _B, metric=name) for name in (*_WEIGHTED, "chebyshev", "minkowski")),
    *(case(distance.cdist, _A, _B, None, _W, metric=name, derivatives=1, single=False) for name in _WEIGHTED),
    case(distance.cdist, _A, _B, 3.5, _W, metric="minkowski", derivatives=1),
    case(distance.cdist, _A, _B, None, None, _W, metric="seuclidean"),
    case(distance.cdist, normal(4, 2), normal(3, 2), metric="seuclidean"),
    case(distance.cdist, _A, _B, None, None, None, spd(4, 4), metric="mahalanobis", derivatives=1),
    case(distance.cdist, normal(4, 2), normal(3, 2), metric="mahalanobis", rtol=1e-5, derivatives=1),
    case(distance.cdist, normal(4, 3).T, normal(8, 4, seed=1)[::-2], id="not contiguous"),
    case(distance.cdist, np.zeros((0, 4)), _B, id="empty"),
    *(case(distance.pdist, _A, metric=name) for name in (*_WEIGHTED, "chebyshev", "minkowski", "CB")),
    case(distance.pdist, _A, None, _W, metric="cosine"),
    case(distance.pdist, _A, 3.5, _W, metric="minkowski"),
    case(distance.pdist, normal(5, 2), metric="seuclidean"),
    case(distance.pdist, normal(5, 2), metric="mahalanobis", rtol=1e-5, derivatives=1),
    case(distance.squareform, normal(6)),
    case(distance.squareform, normal(3, 3), checks=False),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    "metric", ["euclidean", "sqeuclidean", "cityblock", "canberra", "chebyshev", "minkowski"]
)
def test_points_that_coincide_have_derivative_0(metric: str) -> None:
    x = np.array([[1.0, 2.0], [1.0, 2.0]])
    order = (3.0,) if metric == "minkowski" else ()
    (bar, *_) = cotangents(distance.pdist, x, *order, metric=metric)
    assert np.array_equal(bar, np.zeros((2, 2)))
    (left, right, *_) = cotangents(distance.cdist, x, x, *order, metric=metric)
    assert np.array_equal(left, np.zeros((2, 2)))
    assert np.array_equal(right, np.zeros((2, 2)))
    (left, right, *_) = cotangents(getattr(distance, metric), x[0], x[1], *order)
    assert not np.any(left)
    assert not np.any(right)


@pytest.mark.parametrize("metric", ["jensenshannon", "hamming"])
def test_metrics_without_a_rule_are_named(metric: str) -> None:
    with pytest.raises(MissingRuleError, match=metric):
        cotangents(distance.cdist, positive(2, 3), positive(2, 3), metric=metric)


def kernel(x: Any, z: Any, scale: Any) -> Any:
    return np.sum(
        np.exp(-distance.cdist(x / scale, z, metric="sqeuclidean")) * np.arange(1.0, 7.0).reshape(3, 2)
    )


def largest(x: Any, y: Any) -> Any:
    return distance.minkowski(x, y, np.inf) ** 2 + distance.minkowski(x, y, p=1)


def spread(x: Any, p: Any) -> Any:
    return np.sum(np.tanh(distance.squareform(distance.pdist(x, "minkowski", p=p))) ** 2)


@pytest.mark.parametrize(
    ("program", "at"), [(kernel, (_A, _B, 1.7)), (spread, (_A, 2.5)), (largest, (_U, _V))]
)
def test_programs(program: Any, at: Any) -> None:
    grads = tangentc.grad(program, argnums=tuple(range(len(at))))(*at)
    rng = np.random.default_rng(0)
    dots = [rng.normal(size=np.shape(x)) for x in at]
    step = 1e-6
    ends = [program(*(x + s * step * d for x, d in zip(at, dots, strict=True))) for s in (1, -1)]
    found = sum(np.sum(g * d) for g, d in zip(grads, dots, strict=True))
    assert found == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)
