"""Attributes of values: what they mean is what NumPy computes."""

from __future__ import annotations

import numpy as np
import pytest

import tangentc.primitives.table  # noqa: F401
from tangentc.kinds.types import ANY, COMPLEX, FLOAT, Array, Const, List, Scalar, Tuple
from tangentc.primitives.methods import _ATTRIBUTES, _METHODS, meaning

F8 = np.dtype(float)
ARGUMENTS = {
    "searchsorted": (0.5,), "clip": (0.2, 0.4), "dot": (np.ones(3),), "reshape": ((3, 3),),
        "swapaxes": (0, 1),
    "repeat": (2,), "take": ([0, 1],), "argpartition": (1,),
}  # fmt: skip


@pytest.mark.parametrize("name", _ATTRIBUTES)
def test_attributes(name, rng):
    x = rng.normal(size=(3, 3)) + 1j
    found = meaning(Array(x.dtype, (3, 3)), name)
    assert not found.method
    assert np.array_equal(found.primitive.function(x), getattr(x, name))


@pytest.mark.parametrize("name", _METHODS)
def test_methods(name, rng):
    x = rng.normal(size=(1, 1) if name == "item" else 3 if name == "searchsorted" else (3, 3))
    found = meaning(Array(x.dtype, (3, 3)), name)
    assert found.method
    if name == "astype":
        assert found.primitive.function(x, dtype=np.float32).dtype == np.float32
        return
    given = dict(zip(found.primitive.attributes, ARGUMENTS.get(name, ()), strict=False))
    if name == "swapaxes":
        ours = found.primitive.function(x, **given)
    else:
        ours = found.primitive.function(x, *ARGUMENTS.get(name, ()))
    assert np.array_equal(ours, getattr(x, name)(*ARGUMENTS.get(name, ())))


def test_numbers_have_few_methods():
    assert meaning(FLOAT, "real").primitive.name == "np.real"
    assert meaning(COMPLEX, "conjugate").method
    assert meaning(Const(2.0), "imag") is not None
    assert meaning(FLOAT, "sum") is None
    assert meaning(Scalar(F8), "sum").primitive.name == "np.sum"
    assert meaning(Const(np.float64(1.0)), "sum") is not None


def test_containers_and_unknown_names_have_none():
    assert meaning(List(FLOAT), "append") is None
    assert meaning(Tuple(()), "count") is None
    assert meaning(Array(F8, ()), "fill") is None
    assert meaning(Const("a"), "upper") is None


def test_a_value_of_unknown_kind_is_taken_for_an_array():
    assert meaning(ANY, "T").primitive.name == "T"
