"""Integrals of functions of the program."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

import tangentc
from tests.matrix import check
from tests.rules.rows import normal, positive

A = positive(3)


def wave(t, k, m):
    return np.exp(-k * t) * np.sin(m * t)


def with_moving_ends(a):
    value, _ = integrate.quad(wave, a[2], 2.0 * a[1], args=(a[0], a[1]))
    return value


def improper(a):
    return integrate.quad(lambda t: np.exp(-a[0] * t * t) * (a[1] + t), -np.inf, a[2], limit=100)[0]


def nested(a):
    def inner(t):
        return integrate.quad(lambda s: np.exp(-a[0] * s * t) * s, 0.0, t)[0]

    return integrate.quad(inner, 0.0, a[1])[0] * a[2]


def of_a_vector(a):
    return integrate.quad_vec(lambda t: np.exp(-a * t) * t, 0.0, a[1])[0]


def of_weights(w, b):
    """The integrand reads an array and an entry of it."""
    return sum(
        integrate.quad(lambda t: np.tanh(w @ np.array([t, 1.0, t * t])) * w[i], 0.0, b)[0] for i in range(2)
    )


ROWS = [
    (with_moving_ends, A), (improper, A), (nested, A), (of_a_vector, A), (of_weights, normal(3), 1.2),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_integrated_to_rounding(row):
    function, *arguments = row
    subject = check(function, *arguments, order=1 if function is nested else 2)
    if function in (improper, of_a_vector):
        subject.reverse_over_reverse()
        subject.variants()


def test_emitted():
    """The integral of the derivative, by the library's own call."""
    slope = tangentc.grad(with_moving_ends)
    slope(A)
    assert "scipy.integrate.quad(lambda t: wave_adjoint(t, v" in slope.source
