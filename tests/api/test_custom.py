"""Rules of users: what `docs/custom-rules.md` does not show."""

from __future__ import annotations

import ctypes
import ctypes.util

import numpy as np
import pytest

import tangentc

WEIGHTS = np.array([1.0, -2.0, 0.5, 3.0, 0.25])


@tangentc.primitive
def summed(x, scale, *, reverse=False):
    total = np.cumsum(x[::-1] if reverse else x) * scale
    return total[::-1] if reverse else total


@tangentc.transpose(summed)
def _summed_transpose(y_bar, scale, *, reverse):
    return summed(y_bar[::-1], scale, reverse=reverse)[::-1]


@tangentc.primitive
def weighted(scale, x):
    return scale * x


@tangentc.transpose(weighted, "x")
def _weighted_transpose(y_bar, scale):
    return scale * y_bar


@tangentc.primitive
def damped(x):
    return np.exp(-summed(x, 1.0))


@tangentc.linearise(damped)
def _damped(y, x, *, dx):
    return -y * summed(dx, 1.0)


@pytest.mark.parametrize("reverse", [False, True])
def test_linear(reverse):
    tangentc.check_rule(summed, np.arange(5.0), 2.0, reverse=reverse)


def test_linear_in_a_later_operand():
    tangentc.check_rule(weighted, 3.0, np.arange(3.0))


def test_rule_that_calls_a_linear_primitive_on_a_tangent():
    tangentc.check_rule(damped, np.linspace(-0.3, 0.4, 5))

    def loss(x):
        return WEIGHTS @ damped(x * x)

    hessian = tangentc.hessian(loss)(np.linspace(0.1, 0.5, 5))
    assert np.allclose(hessian, hessian.T)
    tangentc.check_grads(loss, (np.linspace(0.1, 0.5, 5),))


def test_other_operand_has_no_derivative():
    with pytest.raises(tangentc.MissingRuleError, match="`scale`"):
        tangentc.grad(lambda s: WEIGHTS @ summed(WEIGHTS, s))(2.0)


def test_product_of_tangents_is_refused():
    @tangentc.primitive
    def twisted(x):
        return x * x

    @tangentc.linearise(twisted)
    def _twisted(y, x, *, dx):
        return weighted(dx, dx)

    with pytest.raises(tangentc.DifferentiationError, match="TC311"):
        tangentc.grad(lambda x: twisted(x))(2.0)


def test_names_of_parameters_that_nobody_tells():
    function = ctypes.CDLL(ctypes.util.find_library("m")).cbrt
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double]
    with pytest.raises(tangentc.DifferentiationError, match="operands="):
        tangentc.primitive(function)
    cbrt = tangentc.primitive(function, operands=("x",))

    @tangentc.linearise(cbrt)
    def _cbrt(y, x, *, dx):
        return dx / (3.0 * cbrt(x) ** 2)

    tangentc.check_rule(cbrt, 1.7)


def test_defined_again_as_in_a_notebook():
    made = []
    for factor in (2.0, 3.0):

        @tangentc.primitive
        def scaled(x):
            return factor * x

        @tangentc.linearise(scaled)
        def _scaled(y, x, *, dx):
            return scaled(1.0) * dx

        made.append(tangentc.grad(lambda x, scaled=scaled: scaled(x) * x)(1.0))
    assert made == [4.0, 6.0]


def test_rule_with_an_unknown_attribute():
    with pytest.raises(ValueError, match="factor"):

        @tangentc.linearise(tangentc.primitive(lambda x: 2.0 * x))
        def _rule(y, x, *, dx, factor):
            return factor * dx


def test_once_for_each_function():
    with pytest.raises(ValueError, match="twice"):
        tangentc.primitive(damped)


def test_effects_happen_once_even_if_nobody_uses_the_result():
    seen = []

    @tangentc.nondifferentiable
    @tangentc.primitive(pure=False)
    def noted(x):
        seen.append(float(np.sum(x)))

    def program(x):
        y = x * x
        noted(y)
        return np.sum(y)

    x = np.array([1.0, 2.0])
    assert tangentc.grad(program)(x).tolist() == [2.0, 4.0] and seen == [5.0]
    value, pullback = tangentc.vjp(program, x)
    pullback(1.0)
    pullback(1.0)
    assert value == 5.0 and seen == [5.0, 5.0]
    tangentc.jvp(program, (x,), (x,))
    assert seen == [5.0] * 3
