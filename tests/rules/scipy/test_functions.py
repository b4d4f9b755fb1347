"""Functions of SciPy that take functions of the program: solvers, integrals, differential equations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize

import tangentc
from tangentc.errors import TangentcError
from tests.matrix import check
from tests.rules.rows import normal, positive

A = positive(3)
TIMES = np.linspace(0.0, 1.5, 4)
TIGHT = {"rtol": 1e-10, "atol": 1e-12}


# --- equations ---------------------------------------------------------------------------------------


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


EQUATIONS = [
    (of_an_object, A), (bracketed, A), (bracketed_by_others, A), (by_newton, A), (with_a_report, A), (fixed, A),
    (in_a_loop, A), (system, A), (systems_in_a_loop, A),
    (system_with_a_report, np.eye(2) + 0.1 * normal(2, 2), normal(2)),
    (written_afterwards, A),
]  # fmt: skip


# --- minima ------------------------------------------------------------------------------------------


def minimum(a):
    def objective(x):
        return 0.5 * (x[0] ** 2 + 3.0 * x[1] ** 2) + a[0] * np.sum(x**4) - x @ a[1:]

    def slope(x):
        return np.array([x[0], 3.0 * x[1]]) + 4.0 * a[0] * x**3 - a[1:]

    found = optimize.minimize(objective, np.zeros(2), jac=slope, method="BFGS", options={"gtol": 1e-11})
    return found.x[0] * a[2] + found.x[1] + found.fun


def minimum_with_its_slope(a):
    def both(x, k):
        return np.sum(np.cosh(x - k)) + 0.5 * x @ x, np.sinh(x - k) + x

    found = optimize.minimize(both, np.zeros(3), args=(a,), jac=True, method="BFGS", options={"gtol": 1e-11})
    return found.x


def lowest(a):
    found = optimize.minimize_scalar(lambda x: np.cosh(x - a[0]) + a[1] * x**2, tol=1e-12)
    return found.fun * a[2]


def fitted(a):
    t = np.linspace(0.0, 1.0, 6)
    y = a[0] * np.exp(-a[1] * t) + 0.1 * a[2] * np.sin(5.0 * t)

    def residual(x):
        return x[0] * np.exp(-x[1] * t) - y

    found = optimize.least_squares(residual, np.ones(2), xtol=1e-15, ftol=1e-15, gtol=1e-15, jac="3-point")
    return found.x[0] * 2.0 - found.x[1] + found.cost


MINIMA = [(minimum, A), (minimum_with_its_slope, A), (lowest, A), (fitted, A)]


# --- integrals ---------------------------------------------------------------------------------------


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


INTEGRALS = [
    (with_moving_ends, A), (improper, A), (nested, A), (of_a_vector, A), (of_weights, normal(3), 1.2),
]  # fmt: skip


# --- differential equations --------------------------------------------------------------------------


def predator(t, y, a):
    return [a[0] * y[0] - a[1] * y[0] * y[1], -y[1] + 0.5 * a[2] * y[0] * y[1]]


def trajectory(a):
    found = integrate.solve_ivp(predator, (0.0, 1.5), [1.0 + a[0], 0.5], t_eval=TIMES, args=(a,), **TIGHT)
    return found.y


def final_state(a):
    """At the times that the solver chooses; the last is asked for."""
    found = integrate.solve_ivp(
        lambda t, y: -a[0] * y + a[1] * np.sin(t), [0.0, 1.0], a[1:], method="DOP853", **TIGHT
    )
    return found["y"][:, -1] * (1.0 if found.success else np.nan)


def later(a):
    """Asked for after the start, by an implicit method."""
    found = integrate.solve_ivp(
        lambda t, y: -a[0] * y**2 + a[1],
        (0.0, 1.0),
        [a[2]],
        "BDF",
        np.array([0.4, 1.0]),
        rtol=1e-9,
        atol=1e-11,
    )
    return found.y[0]


def pendulum(y, t, friction, pull):
    angle, speed = y
    return np.array([speed, -friction * speed - pull * np.sin(angle)])


def by_odeint(a):
    y = integrate.odeint(pendulum, np.array([a[0], 0.1]), TIMES, args=(a[1], a[2]), **TIGHT)
    return y[1:, 0]


def time_first(a):
    return integrate.odeint(lambda t, y: -a * y + t, a, TIMES, tfirst=True, **TIGHT)


def backwards(a):
    found = integrate.solve_ivp(
        lambda t, y: a[0] * y * (1.0 - y), (1.0, 0.0), a[1:], t_eval=[1.0, 0.5, 0.0], **TIGHT
    )
    return found.y


TRAJECTORIES = [
    (trajectory, 0.5 * A), (final_state, A), (later, A), (by_odeint, A), (time_first, A), (backwards, 0.3 * A),
]  # fmt: skip


@pytest.mark.parametrize("row", [*EQUATIONS, *INTEGRALS], ids=lambda row: row[0].__name__)
def test_solved_to_rounding(row):
    function, *arguments = row
    subject = check(function, *arguments, order=1 if function is nested else 2)
    if function in (bracketed, written_afterwards, improper, of_a_vector):
        subject.reverse_over_reverse()
        subject.variants()


@pytest.mark.parametrize("row", [*MINIMA, *TRAJECTORIES], ids=lambda row: row[0].__name__)
def test_solved_to_a_tolerance(row):
    function, *arguments = row
    check(function, *arguments, rtol=1e-3 if function is later else 1e-5)


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
    "bounds": lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 2), np.zeros(3), bounds=[(0, 1)] * 3).x[
        0
    ],
    "constraints": lambda a: optimize.minimize(
        lambda x: np.sum((x - a) ** 2), np.zeros(3), constraints=({},)
    ).x[0],
    "loss": lambda a: optimize.least_squares(lambda x: x - a, np.zeros(3), loss="huber").x[0],
    "full_output": lambda a: optimize.brentq(lambda x: x - a[0], 0.0, 5.0, full_output=True)[0],
    "weight": lambda a: integrate.quad(lambda t: t * a[0], 0.0, 1.0, weight="cos", wvar=1.0)[0],
    "dense_output": lambda a: integrate.solve_ivp(lambda t, y: -y, (0, 1), a, dense_output=True).y[0, 0],
    "start": lambda a: integrate.solve_ivp(lambda t, y: -y, (a[0], 1), np.ones(1)).y[0, -1],
    "end": lambda a: integrate.solve_ivp(lambda t, y: -y, (0, a[0]), np.ones(1)).y[0, -1],
    "times": lambda a: integrate.odeint(lambda y, t: -y, np.ones(1), a)[-1, 0],
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
    slope = tangentc.grad(with_moving_ends)
    slope(A)
    assert "scipy.integrate.quad(lambda t: wave_adjoint(t, v" in slope.source
