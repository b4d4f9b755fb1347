"""Rows for rules/rearranging.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangentc.errors import MissingRuleError
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import apart, case, complexes, normal

_WIDTHS = ((1, 2), (0, 3))
_FOLDS = ((0, 2), (3, 1))

CASES = [
    case(np.pad, normal(2, 3), 1),
    case(np.pad, normal(2, 3), _WIDTHS, constant_values=2.0),
    case(np.pad, normal(4, 3).T, (1, 2), id="of a view"),
    case(np.pad, complexes(3), (2, 0)),
    case(np.pad, normal(0), 2, id="empty"),
    case(np.pad, normal(), 0, id="0-d"),
    *(case(np.pad, normal(2, 3), _WIDTHS, mode=mode) for mode in ("edge", "wrap", "reflect", "symmetric")),
    case(np.pad, normal(3), (7, 8), mode="reflect", id="far beyond the ends"),
    case(np.pad, normal(2, 3), (7, 8), mode="wrap", id="far beyond the ends"),
    case(np.pad, complexes(4, 3).T, ((0, 0), (2, 1)), mode="symmetric", id="of a view"),
    case(np.pad, normal(1), 2, mode="edge"),
    *(case("folded", normal(5, 8), _FOLDS, (3, 4), mode=mode) for mode in ("edge", "reflect")),
    *(
        case(np.pad, normal(*shape), widths, mode=mode, reflect_type="odd")
        for mode in ("reflect", "symmetric")
        for shape, widths in (((2, 3), _WIDTHS), ((3,), (7, 8)), ((1,), 2))
        if not (mode == "reflect" and shape == (1,))
    ),
    case(np.pad, normal(2, 3), _WIDTHS, mode="linear_ramp", end_values=((1.0, 2.0), (3.0, 4.0))),
    *(case(np.pad, apart(2, 3), _WIDTHS, mode=mode) for mode in ("maximum", "minimum", "mean")),
    case(np.pad, apart(4, 3), 2, mode="mean", stat_length=((2, 3), (1, 9))),
    *(case(np.rollaxis, normal(2, 3, 4), axis=a, start=s) for a, s in ((2, 0), (0, 3), (1, 2), (-1, -2))),
    *(case(np.rot90, normal(2, 3), k=k) for k in (0, 1, 2, -1)),
    case(np.rot90, normal(2, 3, 4), k=1, axes=(2, 0)),
    *(case(np.resize, normal(2, 3), shape) for shape in ((3, 5), 4)),
    *(case(np.delete, normal(4), obj) for obj in (1, -1)),
    case(np.delete, normal(4), np.array([0, 2, 0]), id="twice the same"),
    case(np.delete, normal(4), np.array([True, False, False, True]), id="mask"),
    case(np.delete, normal(2, 3), 2),
    case(np.delete, normal(2, 3), 1, axis=-1),
    case(np.delete, normal(3, 2).T, np.array([0, 2]), axis=1),
    case(np.insert, normal(3), 1, 0.7),
    case(np.insert, normal(3), -1, normal(2, seed=9)),
    case(np.insert, normal(3), np.array([2, 0, 2]), normal(3, seed=9)),
    case(np.insert, normal(3), np.array([0, 3]), normal(1, seed=9)),
    case(np.insert, normal(2, 3), 1, normal(2, seed=9), axis=1),
    case(np.insert, normal(2, 3), np.array([0, 1]), normal(2, 1, seed=9), axis=1),
    case(np.insert, normal(2, 3), 2, normal(2, seed=9)),
    case(np.insert, normal(2, 3), 1, 0.5, axis=0),
    *(case(np.diagflat, normal(2, 2), k=k) for k in (0, 1, -2)),
    case(np.diagflat, normal(3)),
    case(np.lib.stride_tricks.sliding_window_view, normal(5), 3),
    case(np.lib.stride_tricks.sliding_window_view, normal(3, 4), (2, 3)),
    case(np.lib.stride_tricks.sliding_window_view, normal(3, 4), 2, axis=0),
    case(np.lib.stride_tricks.sliding_window_view, normal(5, 2).T, (2, 3), axis=(1, 1)),
    case(np.lib.stride_tricks.sliding_window_view, complexes(3), 3),
    case("windows_bar", normal(2, 3, 2), (2, 4), axes=(1,)),
    case(np.concatenate, normal(2), normal(3), axis=0, dtype=np.float64),
    case(np.stack, normal(2), normal(2, seed=9), axis=1, dtype=np.float64),
    case(np.array, normal(2), ndmin=3),
    case(np.asarray, normal(2, 3), order="F"),
    case(np.copy, normal(2, 3), order="F"),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_equal_extremes_share_what_pads_with_them() -> None:
    (bar,) = cotangents(np.pad, np.array([1.0, 3.0, 3.0]), (2, 0), mode="maximum")
    assert np.allclose(bar, [1.0, 2.0, 2.0])


def test_widths_of_computed_padding_must_be_known() -> None:
    with pytest.raises(MissingRuleError, match="function that writes"):
        cotangents(np.pad, normal(3), 1, mode=lambda *_: None)
