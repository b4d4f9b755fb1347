"""Rows for rules/indexing.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.primitives.core import named
from tangentc.primitives.index import Hole, Slice
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import case, complexes, normal

H = Hole
ALL = Slice()
I, J = np.array([0, 2, 2]), np.array([1, 0, 1])
MASK = np.array([[True, False, True, False], [False, False, True, True], [True, True, False, False]])

CASES = [
    *(
        case("getitem", normal(3, 4), index=index)
        for index in (
            (1,),
            (-1,),
            (1, 2),
            (Slice(1, None),),
            (Slice(None, -1),),
            (Slice(None, None, -1),),
            (Slice(None, None, 2),),
            (ALL, 2),
            (Ellipsis, 1),
            (Slice(0, 2), Slice(1, 3)),
            (None, ALL, None),
            (Ellipsis,),
            (ALL, Slice(3, 0, -2)),
            (Slice(2, 2),),
            (Ellipsis, None),
        )
    ),
    case("getitem", normal(3, 4), 1, index=(H(0),)),
    case("getitem", normal(3, 4), 1, 2, index=(H(0), H(1))),
    case("getitem", normal(3, 4), 1, index=(Slice(H(0), None),)),
    case("getitem", normal(4), I, index=(H(0),)),
    case("getitem", normal(3, 4), I, index=(H(0),)),
    case("getitem", normal(3, 4), I, J, index=(H(0), H(1))),
    case("getitem", normal(3, 4), I, index=(ALL, H(0))),
    case("getitem", normal(3, 4), np.array([[0, 1], [2, 2]]), index=(H(0), Slice(1, None))),
    case("getitem", normal(3, 4, 2), I, J, index=(H(0), ALL, np.int64(1)) if False else (H(0), H(1), ALL)),
    case("getitem", normal(3, 4), I - 3, index=(H(0),), id="negative integers"),
    case("getitem", normal(3, 4), MASK, index=(H(0),)),
    case("getitem", normal(4), MASK[0], index=(H(0),)),
    case("getitem", normal(3, 4), MASK[0], index=(ALL, H(0))),
    case("getitem", normal(3), np.zeros(3, bool), index=(H(0),)),
    case("getitem", complexes(3, 4), I, index=(H(0),)),
    case("getitem", complexes(3, 4), index=(Slice(1, None),)),
    case("getitem", normal(0, 4), index=(ALL, 1)),
    case(np.take, normal(3, 4), I),
    case(np.take, normal(3, 4), I, axis=0),
    case(np.take, normal(3, 4), I, axis=-1),
    case(np.take, normal(4), np.array([[0, 1], [3, 3]])),
    case(np.take, normal(3, 4), 1, axis=1),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_places_in_several_rows_are_added_to_in_one() -> None:
    """NumPy adds at places in one row many times as fast."""
    x, places, w = np.arange(4.0), np.array([[0, 1, 1], [-1, 1, 0]]), np.arange(6.0).reshape(2, 3)
    gradient = tangentc.grad(lambda x: np.sum(w * x[places]))
    np.testing.assert_array_equal(gradient(x), [5.0, 7.0, 0.0, 3.0])
    assert ".ravel(" in gradient.source


def test_repeated_places_count_each_time() -> None:
    bar = cotangents(named("getitem"), np.zeros(3), np.array([0, 0, 2]), index=(H(0),))[0]
    np.testing.assert_array_equal(bar, [2.0, 0.0, 1.0])
