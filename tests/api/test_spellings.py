"""The ways to write one thing: methods, aliases, lists for arrays, options by position, name or parameter."""

from __future__ import annotations

import math

import numpy
import numpy as np
import pytest
from numpy import linalg
from numpy import sin as sine
from numpy.linalg import norm as length

from tangentc import UnsupportedSyntaxError, grad, hvp, vjp
from tests.matrix import check

X, Y = 0.3, 0.4
V = np.array([0.7, -0.4])
A = np.linspace(-0.9, 1.3, 24).reshape(2, 3, 4)
S = np.array([[2.0, 0.3], [-0.4, 1.0]])

PROGRAMS = [
    # modules and names
    (lambda x: numpy.sin(x) * sine(x) + numpy.linalg.norm(x) * linalg.norm(x) + length(x), V),
    # lists and tuples of numbers where NumPy takes arrays
    (lambda x, y: np.sum([x, y, x * y]), X, Y),
    (lambda x, y: np.mean([[x, y], [y, 1.0]], axis=1), X, Y),
    (lambda x, y: np.max((x, y, 0.2)), X, Y),
    (lambda x, y: np.sum((x, y), axis=0), V, V),
    (lambda x, y: np.linalg.norm([x, y]), X, Y),
    (lambda x, y: np.linalg.inv([[x, y], [y, 2.0]]), X, Y),
    (lambda x, y: np.linalg.solve(x, [y, 1.0]), S, Y),
    (lambda x, y: np.dot([[x, y], [y, x]], [y, x]), X, Y),
    (lambda x: np.dot([1.0, 2.0], x), V),
    (lambda x: np.dot(((1, 2), (3, 4)), x), V),
    (lambda x, y: x @ [y, 1.0] + [y, 2.0] @ x, S, Y),
    (lambda x, y: x * [y, 1.0] - (y, 2.0), V, Y),
    (lambda x, y: np.concatenate([[x, y], V]), X, Y),
    (lambda x, y: np.where([True, False], [x, y], 0.5), X, Y),
    (lambda x, y: math.fsum([x, y, x * y]) + math.fsum(x * i for i in range(3)), X, Y),
    (lambda x, y: math.prod([x, y, x]) + math.prod((x, y), start=2.0), X, Y),
    (lambda x, y: math.dist([x, y], (y, 0.3)), X, Y),
    (lambda x: x[[]].sum() + x[0], V),
    # options
    (lambda x: x.clip(min=-0.5), A),
    (lambda x: x.clip(max=0.5), A),
    (lambda x: np.clip(x, -0.5, None), A),
    (lambda x: np.tensordot(x, x, axes=[[0, 1], [0, 1]]), A),
    (lambda x: x.flatten("F")[3:], A),
    (lambda x: x.astype(np.float64, copy=False) * 2.0 + x.astype(float, copy=True), A),
    (lambda x: x.astype(np.float64, copy=False) * 2.0, A.astype(np.float32)),
    (lambda x, axis: np.sum(x, axis=axis), A, 1),
    (lambda x, axis, keepdims: np.prod(x, axis=axis, keepdims=keepdims), A, -1, True),
    (lambda x, ddof: np.var(x, axis=1, ddof=ddof), A, 1),
    (lambda x, k: np.tril(x, k), A, 1),
    (lambda x: max(x) * min(x), V),
    # complex numbers in between
    (lambda x: (x + 1j).imag * x, X),
    (lambda x, y: abs(x + 1j * y) + (x - 1j * y).conjugate().imag, X, Y),
]


@pytest.mark.parametrize("row", PROGRAMS, ids=map(str, range(len(PROGRAMS))))
def test_spelling(row):
    program, *arguments = row
    check(program, *arguments)


def stores(x, y):
    z = np.zeros(4)
    z[:2] = [x, 2.0 * x]
    z[2:] += [y, x]
    w = np.ones(2)
    w *= [x, y]
    w += (y, 1.0)
    return z * x, w


def test_lists_are_stored():
    check(stores, X, Y)


def test_an_option_of_a_derivative_taken_inside():
    def program(x, axis):
        return np.sum(np.sum(x, axis=axis) ** 3)

    def outer(x, axis):
        return np.sum(grad(program)(x, axis) ** 2)

    check(outer, A, 1)
    assert hvp(program, (A, 1), (A, None))[0].shape == A.shape


def test_an_option_is_not_differentiated():
    def program(x, order):
        return np.linalg.norm(x, order)

    assert grad(program)(V, 3.0).shape == V.shape
    for call in (lambda: grad(program, argnums=1)(V, 3.0), lambda: vjp(program, V, 3.0)):
        with pytest.raises(UnsupportedSyntaxError, match="TC112.*'ord' of np.linalg.norm"):
            call()


@pytest.mark.parametrize("name", ["base", "strides"])
def test_an_attribute_that_is_not_known_is_named(name):
    source = {
        "base": lambda x: x if x.base is None else 2.0 * x,
        "strides": lambda x: x.strides[0] * x,
    }
    with pytest.raises(UnsupportedSyntaxError, match=f"the attribute '{name}' of"):
        vjp(source[name], V)
