"""Rows for rules/reductions.py."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.errors import MissingRuleError
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import apart, case, complexes, normal

_AXES = (None, 0, 1, -1, (0, 1), (-1, 0))
_SMOOTH = (np.sum, np.mean, np.prod, np.var, np.std, np.nansum, np.nanmean, np.nanprod)
_CHOOSING = (np.max, np.min, np.nanmax, np.nanmin, np.ptp)

CASES = [
    *(case(f, normal(2, 3), axis=axis) for f in _SMOOTH for axis in _AXES),
    *(case(f, normal(2, 3), axis=axis, keepdims=True) for f in _SMOOTH for axis in (None, 1)),
    *(case(f, apart(2, 3), axis=axis) for f in _CHOOSING for axis in _AXES),
    *(case(f, apart(2, 3), axis=axis, keepdims=True) for f in _CHOOSING for axis in (None, 0)),
    *(
        case(f, normal(*shape), np.array([[True, False, True], [False, True, True]]), axis=axis, keepdims=k)
        for f, axis, k, shape in (
            ("chosen_mean", 1, False, (2, 3)),
            ("chosen_mean", None, True, (2, 3)),
            ("evenly", 0, False, (3,)),
            ("evenly", 1, True, (2, 1)),
        )
    ),
    *(case(f, normal(3)) for f in (*_SMOOTH, np.max)),
    *(case(f, normal(1)) for f in (np.sum, np.mean, np.prod, np.max)),
    *(case(f, normal(), id="0-d") for f in (np.sum, np.mean, np.prod, np.max)),
    *(case(f, normal(0, 3), id="empty") for f in (np.sum, np.prod)),
    *(case(f, normal(0, 3), axis=0, id="empty axis") for f in (np.sum, np.prod)),
    *(case(f, normal(0, 3), axis=1, id="no rows") for f in (np.max, np.mean)),
    *(case(f, normal(4, 6)[::-2, ::3], axis=0, id="strides") for f in (*_SMOOTH, np.max)),
    *(case(f, complexes(2, 3), axis=1) for f in (np.sum, np.mean, np.prod, np.var, np.std)),
    *(case(f, normal(2, 3, 4), axis=(0, 2), keepdims=k) for f in (*_SMOOTH, np.max) for k in (False, True)),
    *(case(f, normal(2, 3), axis=axis, ddof=1) for f in (np.var, np.std) for axis in (None, 1)),
    *(case(np.cumsum, normal(2, 3), axis=axis) for axis in (None, 0, 1, -1, -2)),
    case(np.cumsum, normal(3)),
    case(np.cumsum, normal(0)),
    case(np.cumsum, complexes(3)),
    case(np.sum, normal(2, 3), dtype=np.float32, derivatives=0),
    case(np.sum, 0.3),
    *(case(np.diff, normal(2, 4), n=n, axis=axis) for n in (1, 2) for axis in (-1, 0)),
    case("sum", normal(3)),
    case(math.fsum, normal(3), single=False),
    case(math.prod, normal(3), start=2.0, single=False),
    *(case("centred", normal(2, 3), axis=axis) for axis in _AXES),
    case("sum", normal(2, 3), 0.5),
    *(case("product_of_others", normal(2, 3), axis=axis) for axis in _AXES),
    case("product_of_others", normal(2, 3, 2), axis=(0, 2)),
    *(
        case(np.logaddexp.reduce, normal(2, 3), axis=axis, keepdims=k)
        for axis in (0, None, (0, 1))
        for k in (False, True)
    ),
    case(
        np.logaddexp.reduce,
        np.array([[-np.inf, 0.3], [-np.inf, 1.0]]),
        derivatives=0,
        single=False,
        id="infinite",
    ),
    *(case(f.accumulate, apart(3, 4), axis=axis) for f in (np.maximum, np.minimum) for axis in (0, -1)),
    *(case(np.add.reduceat, normal(5), np.array(i), id=str(i)) for i in ([0, 2, 4], [3, 1, 1, 0], [2])),
    case(np.add.reduceat, normal(2, 4), np.array([1, 3, 0]), axis=1),
    case("spread_parts", normal(2, 3), np.array([0, 2, 1]), 4, axis=1),
    case(np.prod, np.array([0.0, 2.0, 3.0]), id="one zero"),
    case(np.prod, np.array([0.0, 2.0, 0.0]), id="two zeros"),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    ("function", "x", "options", "expected"),
    [
        (np.max, [1.0, 3.0, 3.0], {}, [0.0, 0.5, 0.5]),
        (np.min, [[1.0, 1.0], [2.0, 1.0]], {"axis": 1}, [[0.5, 0.5], [0.0, 1.0]]),
        (np.max, [[2.0, 2.0]], {"keepdims": True}, [[0.5, 0.5]]),
        (np.nanmax, [np.nan, 3.0, 3.0], {}, [0.0, 0.5, 0.5]),
        (np.max, np.ones(257), {}, np.ones(257) / 257),
        (np.max, [[np.nan, 1.0], [3.0, 3.0]], {"axis": 1}, [[np.nan, np.nan], [0.5, 0.5]]),  # as many as rows
        (np.ptp, [1.0, 3.0, 3.0], {}, [-1.0, 0.5, 0.5]),
        (np.nansum, [np.nan, 3.0], {}, [0.0, 1.0]),
        (np.nanprod, [np.nan, 3.0, 2.0], {}, [0.0, 2.0, 3.0]),
        (np.nanmean, [np.nan, 3.0, 1.0], {}, [0.0, 0.5, 0.5]),
        (np.std, [2.0, 2.0, 2.0], {}, [0.0, 0.0, 0.0]),
        (np.std, [0.1, 0.1, 0.1], {}, [0.0, 0.0, 0.0]),  # their mean is rounded to something else
        (np.std, [[2.0, 2.0], [1.0, 3.0]], {"axis": 1}, [[0.0, 0.0], [-0.5, 0.5]]),
        (np.prod, [0.0, 2.0, 0.0], {}, [0.0, 0.0, 0.0]),
        (np.maximum.accumulate, [1.0, 3.0, 2.0, 3.0, 4.0], {}, [1.0, 3.0, 0.0, 0.0, 1.0]),
        (np.minimum.accumulate, [1.0, 3.0, 1.0], {}, [3.0, 0.0, 0.0]),
        (np.logaddexp.reduce, [-np.inf, -np.inf], {}, [0.0, 0.0]),
        (np.prod, [0.0, 2.0, 3.0], {}, [6.0, 0.0, 0.0]),
        (np.prod, [1e-200, 1e-200, 1e300], {}, [1e100, 1e100, 0.0]),  # the product is rounded to 0
        (np.prod, [[0.0, 3.0], [2.0, 4.0]], {"axis": 1}, [[3.0, 0.0], [4.0, 2.0]]),
    ],
)  # fmt: skip
def test_kinks(function: Any, x: Any, options: Any, expected: Any) -> None:
    np.testing.assert_allclose(cotangents(function, np.array(x), **options)[0], expected)


def test_lines_that_do_not_count_may_be_nan() -> None:
    x, seed = np.array([[np.nan, 1.0], [3.0, 2.0]]), np.array([0.0, 1.0])
    np.testing.assert_allclose(cotangents(np.max, x, axis=1, seed=seed)[0], [[0.0, 0.0], [1.0, 0.0]])


def test_methods_of_ufuncs() -> None:
    def loss(x: Any, v: Any) -> Any:
        total = np.logaddexp.reduce(x, 1, keepdims=True) * np.maximum.accumulate(x, axis=1)
        return np.sum(total**2) + np.sum(np.add.reduceat(v, [0, 3, 1]) ** 3) + np.logaddexp.reduce(v)

    tangentc.check_grads(loss, (apart(3, 4), normal(5)))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.hypot.reduce(x),
        lambda x: np.sum(np.multiply.reduceat(x, [0, 1])),
        lambda x: np.maximum.reduceat(x, [0])[0],
    ],
)
def test_other_methods_of_ufuncs_are_refused(function: Any) -> None:
    with pytest.raises(MissingRuleError, match="is not known"):
        tangentc.grad(function)(normal(3))
