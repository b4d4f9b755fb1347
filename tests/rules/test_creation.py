"""Rows for rules/creation.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangentc.primitives.index import Hole as H
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import case, complexes, normal, positive

CASES = [
    case(np.full, (2, 3), 0.7),
    case(np.full, 3, 0.7),
    case(np.full, (2, 3), normal(3)),
    case(np.full, (), 0.7),
    case(np.full_like, normal(2, 3), 0.7, derivatives=1),
    case(np.array, 0.3),
    case(np.array, normal(2, 3)),
    case(np.array, complexes(3)),
    case(np.array, 0.3, 0.7, 1.1, nesting=(H(0), H(1), H(2))),
    case(np.array, 0.3, 1, nesting=(H(0), H(1))),
    case(np.array, 0.3, 0.7, 1.1, 2, nesting=((H(0), H(1)), (H(2), H(3)))),
    case(np.array, normal(3), normal(3, seed=9), nesting=(H(0), H(1))),
    case(np.array, normal(3), np.arange(3), nesting=(H(0), H(1)), id="with integers"),
    case(np.array, np.float64(0.3), 0.7, nesting=(H(0), H(1))),
    case(np.asarray, normal(3)),
    case(np.asarray, 0.3),
    case(np.ascontiguousarray, normal(3, 2).T),
    case(np.linspace, 0.3, 1.7, 5),
    case(np.linspace, 0.3, 1.7),
    case(np.linspace, 0.3, 1.7, 5, endpoint=False),
    case(np.linspace, normal(3), normal(3, seed=9), 4),
    case(np.linspace, 0.3, normal(2), 4),
    case(np.linspace, 0.3, 1.7, 1),
    case(np.logspace, 0.3, 1.7, 5),
    case(np.logspace, 0.3, 1.7, 5, base=2.0),
    case(np.geomspace, 0.3, 1.7, 5),
    case(np.geomspace, -0.3, -1.7, 4, endpoint=False),
    case(np.geomspace, positive(3), positive(3, seed=9), 4),
    case(np.geomspace, 1.0 + 1.0j, -0.5 + 2.0j, 4),
    case(np.asarray_chkfinite, normal(2, 3)),
    case(np.require, normal(3, 2).T, requirements=("C", "W")),
    case(np.arange, 0.3, 3.2),
    case(np.arange, 0.3, 3.2, 0.7),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_a_value_written_twice_gets_both_cotangents() -> None:
    bar = cotangents(np.array, 0.3, nesting=(H(0), H(0)), seed=np.array([2.0, 3.0]))[0]
    assert bar == 5.0
