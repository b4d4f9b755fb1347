"""Constants and operations, printed and evaluated."""

import ast

import numpy as np
import pytest

from tangentc.emit.expressions import Expressions, Names
from tangentc.emit.printing import expression
from tests import handmade  # noqa: F401  (registers the primitives)

CONSTANTS = [
    0, -3, 1.5, -2.0, -0.0, float("inf"), -float("inf"), float("nan"), 1j, -1j, 1 + 2j, complex(-0.0, 1.0),
    True, None, ..., "a'b", 'a"b', "both ' and \"", "line\nbreak", b"x", (1,), (), (1, -2.0), [1], {"a": -1},
    slice(1, None), range(3), np.float64(-2.5), np.float32(0.1), np.int64(-3), np.bool_(True), np.dtype("f4"),
    np.dtype(">f8"), np.float64, float, np.sin, len,
]  # fmt: skip


@pytest.mark.parametrize("value", CONSTANTS, ids=repr)
def test_constants_evaluate_to_themselves(value):
    names = Names()
    text = expression(Expressions(str, names).constant(value))
    found = eval(text, dict(names.bound))
    if isinstance(value, np.dtype):
        assert np.dtype(found) == value
        return
    assert type(found) is type(value)
    assert repr(found) == repr(value)


@pytest.mark.parametrize("base", [-2.0, -3, -1j])
def test_negative_bases_are_operations(base):
    tree = ast.BinOp(Expressions(str, Names()).constant(base), ast.Pow(), ast.Name("x"))
    assert eval(expression(tree), {"x": 2}) == base**2
