"""rules/defined.py: the differential of a definition is made of those of its steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.rules.defined import defined
from tangentc.testing import check_rule
from tests.rules.rows import normal, positive


@tangentc.primitive
def blend(*xs: Any) -> Any:
    return sum(np.sin(x) for x in xs)


@defined(blend)
def _blend(*xs: Any) -> Any:
    return sum(np.sin(x) for x in xs)


@tangentc.primitive
def ends(x: Any) -> Any:
    return x[0] * x[-1] + 2.0


@defined(ends)
def _ends(x: Any) -> Any:
    return 2.0 + x[0] * x[-1]


@pytest.mark.parametrize("operands", [(normal(3),), (normal(3), normal(3, seed=1)), (normal(2, 3), 0.5)])
def test_any_number_of_operands(operands: tuple[Any, ...]) -> None:
    check_rule(blend, *operands)


def test_parts() -> None:
    check_rule(ends, normal(4))


@tangentc.primitive
def moment(x: Any, w: Any, *, power: int = 2) -> Any:
    return (w @ (x - x[0]) ** power) / np.sum(w)


@defined(moment)
def _moment(x: Any, w: Any, *, power: int) -> Any:
    total = np.sum(w)
    return w @ np.where(x > -100.0, (x - x[0]) ** power, 0.0) / total


@pytest.mark.parametrize("power", [2, 3])
def test_attributes(power: int) -> None:
    check_rule(moment, normal(4), positive(4), power=power)
