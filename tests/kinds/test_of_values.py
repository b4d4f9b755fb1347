"""The kinds of run-time values."""

import math
from collections import namedtuple
from enum import Enum

import numpy as np
import pytest

from tangentc.errors import DifferentiationError
from tangentc.kinds.of_values import Pattern, freeze, kind_of_value
from tangentc.kinds.records import ClassKey
from tangentc.kinds.types import COMPLEX, FLOAT, INT, Array, Const, Function, List, Scalar

F8 = np.dtype(float)
Point = namedtuple("Point", "x y")


class Colour(Enum):
    RED = 1


def kind(value, **options):
    return kind_of_value(value, Pattern(), **options)


CASES = [
    (1.0, FLOAT),
    (1, INT),
    (1j, COMPLEX),
    (True, Const(True)),
    (None, Const(None)),
    ("text", Const("text")),
    (..., Const(...)),
    (np.float32(1.0), Scalar(np.dtype(np.float32))),
    (np.bool_(True), Scalar(np.dtype(bool))),
    (np.str_("text"), Const("text")),
    (np.dtype(float), Const(np.dtype(float))),
    (float, Const(float)),
    (math, Const(math)),
    (Colour.RED, Const(Colour.RED)),
    (len, Function(len)),
    (np.sin, Function(np.sin)),
    (Point(1, 2), {ClassKey(Point): (), "x": INT, "y": INT}),
    ((1.0, [2, {"a": 3.0}]), (FLOAT, [INT, {"a": FLOAT}])),
    (np.array(1.0), Array(F8, ())),
]


@pytest.mark.parametrize(("value", "expected"), CASES, ids=[repr(value)[:20] for value, _ in CASES])
def test_kind(value, expected):
    assert kind(value) == expected


def test_equal_sizes_share_a_dimension():
    pattern = Pattern()
    a = kind_of_value(np.ones((3, 4, 1)), pattern)
    b = kind_of_value(np.ones((4, 3, 5)), pattern)
    assert a.dims == (b.dims[1], b.dims[0], 1)
    assert b.dims[2] not in a.dims


def test_zero_is_a_size_like_any_other():
    assert kind(np.ones((0, 3))) == kind(np.ones((2, 3))) != kind(np.ones((1, 3)))


def test_a_pattern_does_not_depend_on_the_sizes():
    assert kind((np.ones(3), np.ones(4))) == kind((np.ones(7), np.ones(5))) != kind((np.ones(3), np.ones(3)))


def test_long_lists_of_numbers_are_data():
    assert isinstance(kind([1.0] * 17), List)
    assert kind([1.0] * 16) == [FLOAT] * 16
    assert kind([1.0] * 16 + [2]) == [FLOAT] * 16 + [INT]
    assert kind([1.0] * 17, structured=True) == [FLOAT] * 17
    assert kind({"a": [1.0] * 17}, structured=True) == {"a": [FLOAT] * 17}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_subclasses_are_refused():
    for value in (np.matrix([[1.0]]), np.ma.masked_array([1.0])):
        with pytest.raises(DifferentiationError, match="TC308"):
            kind(value)


def test_keys_tell_constants_apart_by_type():
    values = [1, 1.0, True, np.float64(1.0), "1", 0.0, -0.0, float("nan"), (1,), [1], None, 1 + 0j]
    assert len({freeze(Const(value)) for value in values}) == len(values)
    assert freeze(Const(float("nan"))) == freeze(Const(float("nan")))
    assert freeze((FLOAT, [INT])) != freeze([FLOAT, (INT,)])


def test_keys_know_functions_by_identity():
    assert freeze(Function(len)) == freeze(Function(len)) != freeze(Function(abs))
