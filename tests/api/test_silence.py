"""What would be zeros without an error: each is refused, or raises what the program raises."""

import pickle

import numpy as np
import pytest

import tangentc
from tangentc import grad, jvp, vjp

X = np.array([0.3, -0.7, 1.1])


def goes_through_bytes(x):
    """The derivative would be lost between two functions that nobody looks into."""
    stored = pickle.dumps(x)
    return np.sum(pickle.loads(stored)) * 2.0


def unpacks(x):
    a, b = x
    return a * b


def unpacks_more(x):
    a, b, c, d = x
    return a * b * c * d


@pytest.mark.parametrize(
    "derivative", [grad, lambda f: lambda x: jvp(f, (x,), (x,)), lambda f: lambda x: vjp(f, x)]
)
def test_opaque_functions_in_a_row(derivative):
    with pytest.raises(tangentc.MissingRuleError) as raised:
        derivative(goes_through_bytes)(X)
    assert raised.value.code == "TC202"
    assert raised.value.span is not None


@pytest.mark.parametrize("program", [unpacks, unpacks_more])
@pytest.mark.parametrize(
    "derivative", [grad, lambda f: lambda x: jvp(f, (x,), (x,)), lambda f: lambda x: vjp(f, x)]
)
def test_unpacking_counts(derivative, program):
    with pytest.raises(ValueError, match="values to unpack") as raised:
        derivative(program)(X)
    with pytest.raises(ValueError, match="values to unpack") as expected:
        program(X)
    assert str(raised.value) == str(expected.value)


def test_unpacking():
    assert np.array_equal(grad(unpacks)(X[:2]), X[1::-1])


def test_no_output_on_this_path():
    def positive(x):
        if x > 0.0:
            return x * x

    assert grad(positive)(3.0) == 6.0
    with pytest.raises(tangentc.DifferentiationError, match="None"):
        grad(positive)(-3.0)
