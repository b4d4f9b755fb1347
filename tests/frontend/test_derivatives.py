"""Derivatives that the program takes itself: the trace computes what the program computes."""

from __future__ import annotations

import numpy as np
import pytest

import tangentc
from tests.frontend.running import lowered, run

X = np.array([0.3, -1.2, 0.7])


def gradient_of_a_closure(x):
    return x * tangentc.grad(lambda y: x * y * y)(2.0 * x)


def with_value(x):
    value, (a, b) = tangentc.value_and_grad(lambda a, b: a * a * b, argnums=(0, 1))(x, 3.0)
    return value + a * b


def forward(x):
    y, y_dot = tangentc.jvp(lambda z: np.sin(z) * x, (x * x,), (1.0,))
    return y * y_dot


def pullback(x):
    y, pull = tangentc.vjp(lambda a, b: a * b, x, x + 1)
    a_bar, b_bar = pull(2.0)
    return y + a_bar * b_bar


def hessian_product(x):
    return tangentc.hvp(lambda z: z * z * z, x, 1.0)


def twice(x):
    return tangentc.grad(tangentc.grad(lambda z: z**3 * x))(x)


def of_a_user_function(x):
    return tangentc.grad(cube)(x) + CUBE_SLOPE(x)


def constant(x):
    return x * tangentc.stop_gradient(x * x)


def in_a_loop(x):
    s = x
    for _ in range(3):
        s = s - 0.1 * tangentc.grad(cube)(s)
    return s


def cube(x):
    if x > 100:
        return x
    return x * x * x


class Power:
    def __init__(self, factor):
        self.factor = factor

    def at(self, z):
        return self.factor * z**3


def of_a_method(x):
    """The object is one that the program makes and changes."""
    power = Power(x)
    first = tangentc.grad(power.at)(2.0 * x)
    power.factor = first
    return tangentc.jvp(power.at, (x,), (1.0,))[1]


CUBE_SLOPE = tangentc.grad(cube)

PROGRAMS = [
    gradient_of_a_closure, with_value, forward, pullback, hessian_product, twice, of_a_user_function, constant,
    in_a_loop, of_a_method,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_inside(program):
    np.testing.assert_allclose(run(lowered(program, 0.7), 0.7), program(0.7), rtol=1e-12)


@pytest.mark.parametrize("program", PROGRAMS)
def test_differentiated(program):
    h = 1e-6
    expected = (program(0.7 + h) - program(0.7 - h)) / (2 * h)
    if program is constant:
        expected = 0.49
    np.testing.assert_allclose(tangentc.grad(program)(0.7), expected, rtol=1e-7)


def test_containers():
    def loss(p, x):
        return np.sum((p["w"] * x + p["b"]) ** 2)

    def program(w, x):
        bars = tangentc.grad(loss)({"w": w, "b": 1.0, "n": 3}, x)
        return bars["w"] + bars["b"], bars["n"]

    got = run(lowered(program, X, X + 1), X, X + 1)
    np.testing.assert_allclose(got[0], program(X, X + 1)[0])
    assert got[1] is None


def test_perturbation_confusion():
    assert tangentc.grad(lambda x: x * tangentc.grad(lambda y: x + y)(2.0))(1.0) == 1.0


def test_the_program_is_a_derivative():
    np.testing.assert_allclose(run(lowered(CUBE_SLOPE, 2.0), 2.0), 12.0)
    np.testing.assert_allclose(tangentc.grad(tangentc.grad(cube))(2.0), 12.0)
