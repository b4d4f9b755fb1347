"""The helpers of emitted code against their definitions."""

from __future__ import annotations

import ast
import inspect

import numpy as np
import pytest

from tangentc import numerics


@pytest.mark.parametrize(
    ("small", "large"),
    [((), ()), ((), (3,)), ((3,), (2, 3)), ((1, 3), (2, 3)), ((2, 1), (2, 3)), ((1,), (1, 1)), ((1, 1),
        (4, 2, 3)),
     ((0,), (0,)), ((1,), (0,)), ((2, 0), (3, 2, 0))],
)  # fmt: skip
def test_unbroadcast_is_the_transpose_of_broadcasting(small, large, rng):
    w = rng.normal(size=large) if large else 1.5
    x = rng.normal(size=small)
    found = numerics.unbroadcast(w, small)
    assert np.shape(found) == small
    assert np.allclose(np.sum(found * x), np.sum(w * np.broadcast_to(x, large)))


def test_unbroadcast_returns_what_fits_as_it_is():
    w = np.ones(3)
    assert numerics.unbroadcast(w, (3,)) is w
    assert type(numerics.unbroadcast(2.0, ())) is float


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 2), (0,), (2, 0), ()])
@pytest.mark.parametrize("zeros", [0, 1, 3])
def test_product_of_others(shape, zeros, rng):
    for axis in (None, *range(len(shape)), *([(0, 1)] if len(shape) > 1 else [])):
        x = rng.uniform(0.5, 1.5, shape)
        x.ravel()[:zeros] = 0.0
        found = numerics.product_of_others(x, axis)
        assert np.shape(found) == shape
        for place in np.ndindex(*shape):
            one = np.array(x)
            one[place] = 1.0
            whole = np.prod(one, axis=axis, keepdims=True)
            expected = np.broadcast_to(whole, shape)[place]
            assert np.isclose(found[place], expected)


def test_ratio():
    x, y = np.array([0.0, 1.0, -2.0]), np.array([0.0, 0.0, 4.0])
    assert numerics.ratio(x, y).tolist() == [0.0, 0.0, -0.5]
    assert numerics.ratio(x, 0.0).tolist() == [0.0, 0.0, 0.0] and type(numerics.ratio(x[0], 0)) is np.float64
    assert numerics.ratio(1.0, 0.0) == 0.0 and numerics.ratio(1.0, 4.0) == 0.25
    assert type(numerics.ratio(1, 4)) is float and type(numerics.ratio(1, 0)) is float
    assert type(numerics.ratio(1j, 2.0)) is complex
    assert numerics.ratio(np.float32(1), np.float32(0)).dtype == np.float32
    assert numerics.ratio(x.astype("f4"), 2.0).dtype == np.float32


def test_share():
    x, y = np.array([1.0, 2.0, 3.0]), 2.0
    assert numerics.share(x, y).tolist() == [0.0, 0.5, 1.0]
    assert numerics.share(2.0, 1.0) == 1.0 and numerics.share(1, 1) == 0.5
    assert type(numerics.share(2.0, 1.0)) is float
    assert numerics.share(x.astype("f4"), y).dtype == np.float32
    assert numerics.share(np.arange(3), 1).dtype == np.float64


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_sinc_derivative(order):
    x = np.array([-2.7, -0.74, 0.0, 1e-9, 0.1, 0.49, 0.76, 0.99, 1.0, 1.26, 1.51, 1.76, 3.3])
    lower = np.sinc if order == 1 else lambda t: numerics.sinc_derivative(t, order - 1)
    h = 1e-5
    assert np.allclose(numerics.sinc_derivative(x, order), (lower(x + h) - lower(x - h)) / (2 * h), atol=1e-7)
    assert isinstance(numerics.sinc_derivative(0.3, order), np.float64)


@pytest.mark.parametrize("left", [(3,), (2, 3), (5, 2, 3), (1, 2, 3)])
@pytest.mark.parametrize("right", [(3,), (3, 4), (5, 3, 4), (1, 3, 4)])
def test_cotangents_of_products(left, right, rng):
    a, b = rng.normal(size=left), rng.normal(size=right)
    w = rng.normal(size=np.shape(a @ b))
    da, db = rng.normal(size=left), rng.normal(size=right)
    a_bar, b_bar = numerics.matmul_left_bar(b, w, a), numerics.matmul_right_bar(a, w, b)
    assert a_bar.shape == left and b_bar.shape == right
    assert np.isclose(np.sum(a_bar * da), np.sum(w * (da @ b)))
    assert np.isclose(np.sum(b_bar * db), np.sum(w * (a @ db)))


@pytest.mark.parametrize("dtype", [float, complex])
def test_cofactors(dtype, rng):
    a = rng.normal(size=(2, 3, 3)).astype(dtype)
    if dtype is complex:
        a = a + 1j * rng.normal(size=a.shape)
    expected = np.linalg.det(a)[:, None, None] * np.linalg.inv(a).swapaxes(-1, -2)
    assert np.allclose(numerics.cofactors(a), expected)


def test_cofactors_of_singular_matrices():
    assert np.allclose(numerics.cofactors(np.array([[1.0, 2.0], [2.0, 4.0]])), [[4, -2], [-2, 1]])
    assert np.allclose(numerics.cofactors(np.zeros((2, 2))), 0) and numerics.cofactors(
        np.zeros((0, 0))
    ).shape == (0, 0)
    assert np.allclose(numerics.cofactors(np.array([[5.0]])), 1)


@pytest.mark.parametrize(
    ("shape", "index"),
    [((4,), [0, 0, 1]), ((4,), [3, 3, 3]), ((3, 3), ([0, 0, 1], [1, 1, 1])), ((3, 3), [1, 1]), ((4,), [-1,
        3]),
     ((3, 2), (slice(None), [0, 0]))],
)  # fmt: skip
def test_last_writer(shape, index, rng):
    x = np.zeros(shape)
    value = rng.normal(size=x[index].shape)
    x[index] = value
    winners = numerics.last_writer(shape, index)
    assert winners.shape == value.shape and np.array_equal(winners, x[index] == value)


def test_stop_gradient_keeps_the_value():
    x = np.ones(2)
    np.testing.assert_array_equal(numerics.stop_gradient(x), x)
    assert not np.shares_memory(numerics.stop_gradient(x), x) and numerics.stop_gradient(0.5) == 0.5


def test_each_helper_is_whole_in_itself():
    """The standalone form copies source text: only imports, builtins and other helpers may be named."""
    known = {
        "np",
        "math",
        "defaultdict",
        "Any",
        "Arr",
        *dir(__builtins__),
        *(__builtins__ if isinstance(__builtins__, dict) else ()),
        *numerics.__all__,
    }
    for name in numerics.__all__:
        function = getattr(numerics, name)
        tree = ast.parse(inspect.getsource(function))
        bound = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert used <= known | bound, name
        assert function.__doc__
