"""Rows for rules/sorting.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangentc import numerics
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import apart, case, complexes, normal

CASES = [
    *(case(np.sort, apart(3, 4), axis=axis) for axis in (-1, 0, None)),
    case(np.sort, apart(4)[::-1], kind="stable", id="of a view"),
    case(np.sort, apart(4), stable=True),
    case(np.sort, complexes(4)),
    case(np.sort, normal(0, 3), axis=1),
    *(case(np.partition, apart(3, 4), 1, axis=axis) for axis in (-1, 0, None)),
    case(np.partition, apart(7), np.array([1, 4])),
    case(np.sort_complex, apart(4)),
    case(np.sort_complex, complexes(4)),
    case(np.take, normal(3, 4), np.array([-5, 1, 7]), axis=1, mode="wrap"),
    case(np.take, normal(3, 4), np.array([-5, 1, 70]), mode="clip"),
    case(np.take_along_axis, normal(3, 4), np.array([[0, 0], [3, 1], [2, 2]]), axis=1),
    case(np.take_along_axis, normal(3, 4), np.array([[2, 0, 1, 2]]), axis=0),
    case(np.take_along_axis, normal(3, 4), np.array([[1], [-1], [0]]), axis=-1),
    case(np.take_along_axis, normal(3, 4), np.array([5, 0, 5]), axis=None),
    case(np.take_along_axis, normal(1, 4), np.array([[1, 1], [-1, 0], [2, 3]]), axis=1, id="repeated lines"),
    case(np.take_along_axis, normal(2, 3, 4).T, np.array([[[0], [-1], [2]]]), axis=1),
    case(np.take_along_axis, complexes(2, 2), np.array([[1, 1], [0, 1]])),
    case(np.choose, np.array([0, 2, 1]), normal(3), normal(3, seed=8), 0.5),
    case(np.choose, np.array([[0, 3, -1]]), normal(2, 1), normal(3, seed=8), mode="wrap"),
    case(np.choose, np.array([5, -3, 1]), normal(3), normal(3, seed=8), mode="clip"),
    case(np.choose, 1, normal(3), complexes(3)),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_equal_entries_keep_their_order() -> None:
    seed = np.array([1.0, 2.0, 3.0, 4.0])
    for kind in (None, "quicksort", "heapsort", "stable"):
        (bar,) = cotangents(np.sort, np.array([2.0, 1.0, 2.0, 1.0]), kind=kind, seed=seed)
        assert np.array_equal(bar, [3.0, 1.0, 4.0, 2.0])


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("ties", [False, True])
def test_the_order_of_a_sort_is_the_stable_one(rng: Any, axis: int | None, ties: bool) -> None:
    x = rng.normal(size=(20, 30))
    if ties:
        x = np.round(x)
        x[3, 4:6] = np.nan
    found = numerics.stable_order(x, np.sort(x, axis=axis), axis)
    assert np.array_equal(found, np.argsort(x, axis=axis, kind="stable"))


def test_a_partition_is_followed_whatever_order_numpy_leaves() -> None:
    x = np.random.default_rng(0).normal(size=200)
    seed = np.random.default_rng(1).normal(size=200)
    (bar,) = cotangents(np.partition, x, 50, seed=seed)
    parted = np.partition(x, 50)
    assert np.array_equal(bar, [seed[np.flatnonzero(parted == entry)[0]] for entry in x])


def test_a_number_that_is_nan_is_sorted_to_the_end() -> None:
    (bar,) = cotangents(np.sort, np.array([np.nan, 1.0, 0.0]), seed=np.array([1.0, 2.0, 3.0]))
    assert np.array_equal(bar, [3.0, 2.0, 1.0])
