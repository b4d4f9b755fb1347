"""Rows for rules/scipy/special.py."""

from __future__ import annotations

from typing import Any

import pytest
from scipy import special

from tangentc.testing import check_rule
from tests.rules.rows import case, normal, unit

CASES = [
    case(special.expit, normal(2, 3)),
    case(special.logit, 0.5 + 0.4 * unit(3)),
    case(special.log_expit, normal(3)),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: tuple[Any, ...], options: dict[str, Any]) -> None:
    check_rule(primitive, *operands, **options)
