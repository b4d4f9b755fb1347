"""Rows for rules/shaping.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangentc.errors import MissingRuleError
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import case, complexes, normal

CASES = [
    case(np.tril, normal(3)),
    case(np.triu, normal(3), k=1),
    *(case(np.reshape, normal(2, 3), shape) for shape in (6, (3, 2), (-1,), (1, 6, 1), -1)),
    case(np.reshape, normal(2, 3), (3, 2), order="F"),
    case(np.reshape, normal(0, 3), (3, 0)),
    case(np.reshape, normal(4, 3).T, (2, 6), id="of a view"),
    case(np.reshape, normal(), (1, 1)),
    case(np.ravel, normal(2, 3)),
    case(np.ravel, normal(2, 3), order="F"),
    case("flatten", normal(2, 3)),
    case("T", normal(2, 3)),
    case("T", normal(2, 3, 4)),
    case("T", normal(3)),
    case("T", complexes(2, 3)),
    case("mT", normal(2, 3, 4)),
    case(np.matrix_transpose, normal(2, 3)),
    case(np.transpose, normal(2, 3)),
    case(np.transpose, normal(2, 3, 4)),
    *(
        case(np.transpose, normal(2, 3, 4), axes=axes)
        for axes in ((2, 0, 1), (1, 2, 0), (-1, 0, -2), (0, 2, 1))
    ),
    case(np.swapaxes, normal(2, 3, 4), axis1=0, axis2=-1),
    case(np.moveaxis, normal(2, 3, 4), source=0, destination=-1),
    case(np.moveaxis, normal(2, 3, 4), source=(0, 1), destination=(-1, 0)),
    *(case(np.expand_dims, normal(2, 3), axis=axis) for axis in (0, 1, -1, (0, -1))),
    *(case(np.squeeze, normal(1, 3, 1), axis=axis) for axis in (None, 0, -1, (0, 2))),
    case(np.squeeze, normal(1)),
    case(np.atleast_1d, normal()),
    case(np.atleast_2d, normal(3)),
    case(np.atleast_3d, normal(2, 3)),
    case(np.atleast_1d, 0.3),
    case(np.atleast_2d, normal(2, 3)),
    *(
        case(np.broadcast_to, normal(*a), b)
        for a, b in (((3,), (2, 3)), ((2, 1), (2, 3)), ((), (2, 3)), ((3,), (3,)), ((1,), 4))
    ),
    case(np.broadcast_to, 0.3, (2, 3)),
    case(np.broadcast_to, normal(1, 3), (0, 3)),
    *(
        case("unbroadcast", normal(*a), b)
        for a, b in (((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 3), ()), ((2, 3), (1,)), ((3,), (3,)))
    ),
    *(case(f, normal(3, 4), k=k) for f in (np.tril, np.triu) for k in (0, 1, -1)),
    case(np.tril, normal(2, 3, 3)),
    *(case(np.diagonal, normal(3, 4), offset=o) for o in (0, 1, -1, 3)),
    case(np.diagonal, normal(2, 3, 4), axis1=1, axis2=2),
    case(np.diagonal, normal(2, 3, 4), axis1=2, axis2=0, offset=1),
    case(np.diagonal, normal(2, 3, 4), axis1=-1, axis2=-2, offset=-1),
    *(case(np.diag, normal(*s), k=k) for s in ((3,), (3, 4)) for k in (0, 1, -1)),
    case(np.concatenate, normal(2), normal(3)),
    case(np.concatenate, normal(2, 3), normal(2, 4), axis=1),
    case(np.concatenate, normal(2, 3), normal(2, 4), axis=-1),
    case(np.concatenate, normal(2, 3), normal(4), axis=None),
    case(np.concatenate, normal(2), normal(0), normal(2, seed=9)),
    case(np.concatenate, normal(2), np.arange(3), id="with integers"),
    case(np.concatenate, normal(3)),
    case(np.concatenate, complexes(2), normal(3)),
    *(case(np.stack, normal(3), normal(3, seed=9), axis=axis) for axis in (0, 1, -1)),
    case(np.stack, normal(2, 3), normal(2, 3, seed=9), axis=-2),
    case(np.stack, 0.3, 0.7),
    case(np.stack, normal(), 0.7),
    case(np.vstack, normal(3), normal(2, 3)),
    case(np.vstack, normal(3), normal(3, seed=9)),
    case(np.hstack, normal(3), normal(2)),
    case(np.hstack, normal(2, 3), normal(2, 1)),
    case(np.hstack, 0.3, normal(2)),
    case(np.dstack, normal(3), normal(3, seed=9)),
    case(np.dstack, normal(2, 3), normal(2, 3, 2)),
    case(np.column_stack, normal(3), normal(3, 2)),
    case(np.column_stack, normal(3), normal(3, seed=9)),
    *(case(np.append, normal(2, 3), normal(2, 1), axis=axis) for axis in (None, 1)),
    case(np.append, normal(3), 0.5),
    *(case(np.flip, normal(2, 3), axis=axis) for axis in (None, 0, -1, (0, 1))),
    case(np.fliplr, normal(2, 3)),
    case(np.flipud, normal(2, 3)),
    *(
        case(np.roll, normal(2, 3), shift, axis=axis)
        for shift, axis in ((1, None), (-2, 1), ((1, 2), (0, 1)))
    ),
    *(case(np.repeat, normal(2, 3), repeats, axis=axis) for repeats, axis in ((2, None), (3, 1), (2, 0))),
    case(np.repeat, normal(3), np.array([1, 0, 2])),
    *(case(np.repeat, normal(*s), 3, axis=-1) for s in ((3,), (0,), (2, 0), (3, 2, 2))),
    case(np.repeat, normal(2, 3), 0, axis=1), case(np.repeat, normal(2, 3), 0), case(np.repeat, complexes(2, 2), 2),
    case(np.repeat, normal(2, 3, 2).T, 2, axis=1), case(np.repeat, normal(), 2, id="0-d"),
    *(case(np.tile, normal(2, 3), reps) for reps in (2, (2, 1), (2, 1, 2), (1, 1), 0, (2, 0))),
    *(case(np.tile, x, 2) for x in (normal(3), normal(0), complexes(2), normal(3, 2).T, normal())),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_an_order_that_depends_on_the_layout_is_refused() -> None:
    with pytest.raises(MissingRuleError, match="memory layout"):
        cotangents(np.ravel, normal(2, 3), order="K")
