"""What happens to values on their way into emitted code and out of it."""

import numpy as np
import pytest

import tangentc
from tangentc.errors import DifferentiationError
from tangentc.runtime import door

X = np.arange(12.0).reshape(3, 4)


def test_copied_together_keeps_sharing():
    tree = {"x": X, "rows": [X[1], X[1:, ::2]], "turned": (X.T, X[::-1]), "same": X}
    copy = door.copied_together(tree)
    assert not np.shares_memory(copy["x"], X)
    copy["x"][1, 0] = 99.0
    views = copy["rows"][0][0], copy["rows"][1][0, 0], copy["turned"][0][0, 1], copy["turned"][1][1, 0]
    assert views == (99.0,) * 4
    assert copy["same"] is copy["x"] and X[1, 0] == 4.0


@pytest.mark.parametrize("array", [X.T, X[::-1], X[:, 1:3], np.asfortranarray(X), X[0, 0:0], np.array(3.0)])
def test_copied_together_keeps_the_layout(array):
    copy = door.copied_together(array)
    np.testing.assert_array_equal(copy, array)
    assert copy.dtype == array.dtype and copy.shape == array.shape


def test_copied_together_of_other_things():
    marker = object()
    assert door.copied_together((1.0, "a", marker)) == (1.0, "a", marker)
    strings = np.array(["a", None], object)
    assert door.copied_together(strings[:1])[0] == "a"


SHARING = {
    "the same": (X, X, True),
    "row and column": (X[1], X[:, 1], True),
    "two rows": (X[1], X[2], False),
    "even and odd": (X.ravel()[::2], X.ravel()[1::2], False),
    "a view inside a list": (X[1], [np.ones(2), X], True),
    "no arrays": (X, 1.0, False),
}


@pytest.mark.parametrize(("a", "b", "shares"), SHARING.values(), ids=SHARING)
def test_refuse_sharing(a, b, shares):
    values = [("a", a), ("b", b)]
    door.refuse_sharing(values, ())
    if shares:
        with pytest.raises(DifferentiationError, match="TC310"):
            door.refuse_sharing(values, ("a",))
        with pytest.raises(DifferentiationError, match="TC310"):
            door.refuse_sharing(values, ("b",))
    else:
        door.refuse_sharing(values, ("a", "b"))


def test_own_copies_what_belongs_to_others():
    fresh = np.ones(3)
    assert door.own(fresh, []) is fresh
    assert door.own(fresh, [fresh]) is not fresh
    assert door.own(fresh[1:], []).base is None
    fixed = np.ones(3)
    fixed.flags.writeable = False
    assert door.own(fixed, []).flags.writeable
    first, second = door.own((fresh, fresh), [])
    assert first is fresh and second is not fresh


GRADIENTS = [
    (np.float64(2.0), 1.0, float),
    (2.0, np.float32(1.0), np.float32),
    (np.array(2.0), 1.0 + 1.0j, complex),
]


@pytest.mark.parametrize(("bar", "argument", "kind"), GRADIENTS)
def test_gradient_of_a_number(bar, argument, kind):
    assert type(door.gradient(bar, argument)) is kind


def test_gradient_of_an_array_is_completed():
    bar = door.gradient(2.0, np.ones((2, 3), np.float32))
    assert bar.shape == (2, 3) and bar.dtype == np.float32 and bar.flags.writeable and (bar == 2.0).all()


def test_gradient_of_a_container_from_a_symbolic_zero():
    bar = door.gradient(0.0, {"a": 1.0, "b": [np.ones(2), "text", 3]})
    assert bar["a"] == 0.0 and not bar["b"][0].any() and bar["b"][1:] == [None, None]


def test_gradients_of_one_container_do_not_share():
    x = np.ones(2)
    a, b = door.gradient((x, x), (x + 1, x + 2))
    assert not np.shares_memory(a, b)


def test_the_gradient_of_an_array_without_axes_is_one():
    def program(x):
        s = 0.0
        for k in range(4):
            s = s * x + k
        return np.sum(s * x)

    slope = tangentc.grad(program)(np.array(0.5))
    assert type(slope) is np.ndarray
    assert slope.shape == ()
    assert slope == 5.75
