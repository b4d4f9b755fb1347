"""Rows for rules/conversions.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal

CASES = [
    case("copy", normal(2, 3)),
    case(np.copy, normal(3)),
    case("copy_strided", normal(3, 2).T),
    case("copy", complexes(3)),
    case("astype", normal(3), dtype=np.dtype(complex)),
    case("astype", normal(3), dtype=np.dtype(np.float32), derivatives=0),
    case("float", 0.3),
    case("float", np.float64(0.3)),
    case("float", normal()),
    case("array_item", normal()),
    case("array_item", normal(1)),
    case("array_item", normal(1, 1)),
    case(np.float64, 0.3),
    case(np.float64, normal(3)),
    case(np.float32, 0.3, derivatives=0),
    case(np.complex128, 0.3),
    case("complex", 0.3, 0.7),
    case("complex", 0.3),
    case("complex", 1.0 - 2.0j),
]


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)
