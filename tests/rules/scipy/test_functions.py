"""Equations that SciPy solves for functions of the program, and what solvers are refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize

import tangentc
from tangentc.errors import TangentcError
from tests.matrix import check
from tests.rules.rows import normal, positive

A = positive(3)


def cubic(x, p, q):
    return x**3 + p * x - q


def bracketed(a):
    return optimize.brentq(cubic, 0.0, 5.0, args=(a[0], a[1]), xtol=1e-14) * a[2]


def bracketed_by_others(a):
    """The bracket moves with the arguments, and the root does not move with it."""
    inner = [
        f(lambda x: cubic(x, a[0], a[1]), 0.0, 4.0 + a[2], xtol=1e-14)
        for f in (optimize.ridder, optimize.bisect)
    ]
    return inner[0] + 2.0 * inner[1] + optimize.toms748(cubic, 0.0, 5.0, args=(a[0], a[1])) * a[2]


def by_newton(a):
    def slope(x):
        return 3.0 * x**2 + a[0]

    x = optimize.newton(lambda x: cubic(x, a[0], a[1]), 1.0, fprime=slope, tol=1e-13)
    return x * a[2] + optimize.newton(cubic, 1.0, args=(a[1], a[2]), tol=1e-13)


def with_a_report(a):
    found = optimize.root_scalar(cubic, args=(a[0], a[1]), bracket=(0, 5), xtol=1e-14)
    return found.root * a[2] if found.converged else 0.0


def fixed(a):
    return optimize.fixed_point(lambda x: np.cos(a[0] * x) + 0.1 * a[1], 0.5, xtol=1e-13) * a[2]


def in_a_loop(a):
    """Each root is the coefficient of the next equation."""
    x = a[0]
    total = 0.0
    for i in range(3):
        x = optimize.brentq(cubic, -5.0, 5.0, args=(a[1] + i, x), xtol=1e-14)
        total = total + x * a[2]
    return total


def system(a):
    def residual(x):
        return [x[0] ** 2 + a[0] * x[1] - 2.0 * a[1], np.sin(x[0]) + a[1] * x[1] ** 3 - a[0]]

    x = optimize.fsolve(residual, [1.0, 1.0], xtol=1e-13)
    return x * a[2]


def systems_in_a_loop(a):
    """Each solution is read by the next system, and recorded for the way back."""
    x = a[:2]
    for _ in range(3):
        equations = lambda z: [z[0] ** 3 + z[0] - x[1] * a[0], z[1] + 0.1 * z[0] * z[1] - x[0]]  # noqa: E731
        x = optimize.fsolve(equations, np.ones(2), xtol=1e-13)
    return x * a[2]


def system_with_a_report(a, b):
    found = optimize.root(lambda x, m: m @ x + 0.1 * x**3 - b, np.zeros(2), args=(a,), tol=1e-13)
    if not found.success:
        raise ValueError(found.message)
    return found.x


def written_afterwards(a):
    x = optimize.fsolve(lambda x: x**3 + a * x - 1.0, np.ones(3), xtol=1e-13)
    x[0] *= a[1]
    return x


class Spring:
    """What the program makes: its method is the equation, or it is an argument of one."""

    def __init__(self, stiffness):
        self.stiffness = stiffness

    def force(self, x):
        return x**3 + self.stiffness * x - 1.0


def of_an_object(a):
    spring = Spring(a[0])
    x = optimize.brentq(spring.force, 0.0, 2.0, xtol=1e-14)
    spring.stiffness = a[1]
    y = optimize.brentq(lambda x, s: s.force(x), 0.0, 2.0, args=(spring,), xtol=1e-14)
    return x + y * a[2]


ROWS = [
    (of_an_object, A), (bracketed, A), (bracketed_by_others, A), (by_newton, A), (with_a_report, A), (fixed, A),
    (in_a_loop, A), (system, A), (systems_in_a_loop, A),
    (system_with_a_report, np.eye(2) + 0.1 * normal(2, 2), normal(2)),
    (written_afterwards, A),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_solved_to_rounding(row):
    function, *arguments = row
    subject = check(function, *arguments)
    if function in (bracketed, written_afterwards):
        subject.reverse_over_reverse()
        subject.variants()


def test_nothing_is_compiled_for_what_is_not_differentiated():
    """A solver with options that no derivative is known for runs as it stands where none is needed."""
    seen = []

    def f(a):
        found = optimize.minimize(lambda x: np.sum((x - 1.0) ** 2), np.zeros(2), callback=seen.append)
        return a * found.x[0]

    with pytest.raises(TangentcError, match="callback"):
        tangentc.grad(f)(2.0)
    value = optimize.brentq(cubic, 0.0, 5.0, args=(1.0, 1.0), full_output=True)[0]
    slope = tangentc.grad(
        lambda a: a * optimize.brentq(cubic, 0.0, 5.0, args=(1.0, 1.0), full_output=True)[0]
    )
    assert slope(2.0) == pytest.approx(value)


REFUSED = {
    "passes over bounds": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2), np.zeros(3), bounds=[(0, 1)] * 3, method="BFGS"
    ).x[0],
    "loss": lambda a: optimize.least_squares(lambda x: x - a, np.zeros(3), loss="huber").x[0],
    "full_output": lambda a: optimize.brentq(lambda x: x - a[0], 0.0, 5.0, full_output=True)[0],
    "attribute 'jac'": lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 2), np.zeros(3)).jac[0],
    "x0": lambda a: optimize.newton(lambda x: x - a, np.zeros(3))[0],
    "did not make": lambda a: integrate.quad(lambda t: _kept(a, t), 0.0, 1.0)[0],
}


def _kept(a, t):
    a[0] = a[0] * t
    return a[0]


@pytest.mark.parametrize("word", REFUSED)
def test_refused(word):
    with pytest.raises(TangentcError, match=word):
        tangentc.grad(REFUSED[word])(np.array([0.7, 1.3, 0.4]))


def test_the_error_of_a_call_that_is_not_supported_says_why():
    """Nothing that is handed over is made by the program, so the call could run as it stands: but a value varies."""
    with pytest.raises(TangentcError, match="full_output= of brentq is not supported") as raised:
        tangentc.grad(lambda a: optimize.brentq(cubic, 0.0, 5.0, args=(a, 1.0), full_output=True)[0])(2.0)
    assert raised.value.code == "TC202"


def test_emitted():
    """The library's own call, on a function of the emitted text; of a linear system no Jacobian but that of x."""
    slope = tangentc.grad(lambda a: optimize.brentq(lambda x: cubic(x, a, 1.0), 0.0, 5.0))
    slope(2.0)
    assert "brentq(lambda x: residual(x, a), 0.0, 5.0)" in slope.source
