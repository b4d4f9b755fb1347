"""Solutions of differential equations that the program defines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from tests.matrix import check
from tests.rules.rows import positive

A = positive(3)
TIMES = np.linspace(0.0, 1.5, 4)
TIGHT = {"rtol": 1e-10, "atol": 1e-12}


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


ROWS = [
    (trajectory, 0.5 * A), (final_state, A), (later, A), (by_odeint, A), (time_first, A), (backwards, 0.3 * A),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_solved_to_a_tolerance(row):
    function, *arguments = row
    check(function, *arguments, rtol=1e-3 if function is later else 1e-5)
