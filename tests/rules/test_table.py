"""Every primitive has one rule, is declared non-differentiable, or stands in an explicit list."""

from __future__ import annotations

import tangentc.rules.table  # noqa: F401
from tangentc.primitives.core import registered
from tangentc.rules.nondifferentiable import STRUCTURE, UNKNOWN
from tangentc.rules.registry import rule_of


def test_every_primitive_is_accounted_for() -> None:
    foreign = ("tests", "example", "ctypes")  # from the examples of other tests
    own = [p for p in registered() if ".py." not in p.name and p.name.partition(".")[0] not in foreign]
    without = {p.name for p in own if rule_of(p) is None}
    assert without <= STRUCTURE | UNKNOWN
    assert not (STRUCTURE | UNKNOWN) & {p.name for p in registered() if rule_of(p) is not None}
