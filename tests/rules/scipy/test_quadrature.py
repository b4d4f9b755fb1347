"""Integrals of functions of the program."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

import tangentc
from tangentc.errors import TangentcError
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


def over_a_region(a):
    """Between curves that move, as do both outer ends; the estimate of the error counts as constant."""
    value, error = integrate.dblquad(
        lambda y, x: np.exp(-a[0] * x * y) * x,
        a[0],
        a[1],
        lambda x: a[2] * x,
        lambda x: x + 1.0,
        epsabs=1e-11,
    )
    return value * a[2] if error < 1e-6 else 0.0


def over_a_body(p, q):
    return integrate.tplquad(
        lambda z, y, x, p: np.exp(-p * x * y) * x + z * q, 0.0, 1.0, 0.0, lambda x: q * x, lambda x, y: x - y * p, q,
        args=(p,),
    )[0]  # fmt: skip


def over_ranges(p, q):
    """Ranges that are functions are given what the integrand is given, but for its first argument."""
    options = [{"epsabs": 1e-10}, {"limit": 60}]
    ranges = [lambda x, p: (q * p, x + 1.0), (0.0, p)]
    return integrate.nquad(lambda y, x, p: np.exp(-p * x * y) * x, ranges, args=(p,), opts=options)[0]


def over_known_ranges(a):
    return (
        integrate.nquad(lambda x, y: np.sin(a[0] * x) * y + a[1], [(0, 1), (0.0, 2.0)], opts={"limit": 60})[0]
        * a[2]
    )


def by_a_formula(a, q):
    return (
        integrate.fixed_quad(wave, a[2], q, args=(a[0], a[1]), n=4)[0]
        + integrate.fixed_quad(np.sin, 0.0, q)[0]
    )


ROWS = [
    (with_moving_ends, A), (improper, A), (nested, A), (of_a_vector, A), (of_weights, normal(3), 1.2),
    (over_a_region, np.array([0.3, 0.7, 0.4])), (over_a_body, 0.3, 0.6), (over_ranges, 0.3, 0.6),
    (over_known_ranges, A), (by_a_formula, A, 0.6),
]  # fmt: skip
FIRST_ORDER = (
    nested,
    over_a_region,
    over_a_body,
    over_known_ranges,
)  # the second of the others is made of the same


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_integrated_to_rounding(row):
    function, *arguments = row
    subject = check(function, *arguments, order=1 if function in FIRST_ORDER else 2)
    if function in (improper, of_a_vector, by_a_formula):
        subject.reverse_over_reverse()
        subject.variants()


# --- of sampled values -------------------------------------------------------------------------------

X = np.array([0.0, 0.7, 1.1, 2.0, 3.3, 3.5, 4.4])
SUMS = [
    (lambda y, x: integrate.cumulative_simpson(y, x=x), normal(7), X),
    (lambda y, x: integrate.cumulative_simpson(y, x=x, initial=0.5), normal(2, 6)[:, ::-1], X[:6]),
    (lambda y, x: integrate.cumulative_simpson(y, x=x), normal(2), X[:2]),
    (lambda y, x: integrate.cumulative_simpson(y, x=x, axis=0), normal(2, 5).T, np.stack([X[:5], X[2:]], 1)),
    (lambda y, dx: integrate.cumulative_simpson(y, dx=dx, axis=0, initial=dx), normal(5, 2), 0.3),
    (lambda y, dx: integrate.cumulative_simpson(y, dx=dx), normal(3, 6), normal(3, 1)),
    (lambda y: integrate.cumulative_simpson(y), normal(8).astype(np.float32)),
]


@pytest.mark.parametrize("row", SUMS)
def test_sums_of_areas_under_parabolas(row):
    function, *arguments = row
    check(function, *arguments, order=1)


# --- the calls ---------------------------------------------------------------------------------------


def test_infinite_ends_are_refused_as_the_library_refuses_them():
    slope = tangentc.grad(lambda b: integrate.fixed_quad(np.sin, 0.0, b)[0])
    with pytest.raises(ValueError, match="finite limits"):
        slope(np.inf)


def test_an_interval_without_length():
    def f(p, b):
        area = integrate.dblquad(lambda y, x: np.cos(p * x * y), b, b, 0.0, lambda x: x + p)[0]
        return area + integrate.quad(lambda t: p * t, b, 1.0)[0]

    slope = tangentc.grad(f, argnums=(0, 1))(0.5, 1.0)
    assert slope == (0.0, -0.5)


REFUSED = {
    "weight": lambda a: integrate.quad(lambda t: t * a[0], 0.0, 1.0, weight="cos", wvar=1.0)[0],
    "full_output": lambda a: integrate.nquad(lambda x: x * a[0], [(0, 1)], full_output=True)[0],
    "opts= of nquad": lambda a: integrate.nquad(lambda x: x * a[0], [(0, 1)], opts={"points": [0.5]})[0],
}


@pytest.mark.parametrize("word", REFUSED)
def test_refused(word):
    with pytest.raises(TangentcError, match=word):
        tangentc.grad(REFUSED[word])(A)


def test_emitted():
    """The integral of the derivative, by the library's own call, also inside another."""
    slope = tangentc.grad(with_moving_ends)
    slope(A)
    assert "scipy.integrate.quad(lambda t: wave_adjoint(t, v" in slope.source
    slope = tangentc.value_and_grad(over_a_region)
    slope(A)
    assert "dblquad(lambda y, x: integrand(y, x, a)," in slope.source
