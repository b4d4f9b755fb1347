"""Solutions of differential equations that the program defines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

import tangentc
from tangentc.errors import TangentcError
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


# --- moving times ------------------------------------------------------------------------------------


def forced(t, y, a):
    return np.array([a[0] * y[0] - a[1] * y[0] * y[1], -y[1] + 0.5 * a[2] * y[0] * y[1] + 0.2 * t])


def at_moving_times(a, times):
    """The start is the first of the times; they count besides."""
    found = integrate.solve_ivp(
        forced, (times[0], times[-1]), [1.0 + a[0], 0.5], t_eval=times, args=(a,), **TIGHT
    )
    return found.y * (1.0 + found.t)


def between_moving_ends(a, start, end):
    """The times in between are the solver's own; the last one is the end."""
    found = integrate.solve_ivp(forced, (start, end), [1.0 + a[0], 0.5], args=(a,), **TIGHT)
    return found.y[:, -1] * (1.0 + found.t[-1] + 3.0 * found.t[0])


def by_odeint_at_moving_times(a, times):
    y = integrate.odeint(lambda y, t: forced(t, y, a), [1.0, 0.5], times, **TIGHT)
    return y * np.array([1.0, 2.0])


def backwards_from_a_moving_start(start, end):
    options = {"method": "DOP853", "t_eval": [start, 0.5 * (start + end)]}
    return integrate.solve_ivp(lambda t, y: -y * t + start, (start, end), [1.0], **options, **TIGHT).y


ROWS = [
    (trajectory, 0.5 * A), (final_state, A), (later, A), (by_odeint, A), (time_first, A), (backwards, 0.3 * A),
    (at_moving_times, A, TIMES), (between_moving_ends, A, 0.1, 1.2), (by_odeint_at_moving_times, A, TIMES),
    (backwards_from_a_moving_start, 1.0, 0.2),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_solved_to_a_tolerance(row):
    function, *arguments = row
    order = 1 if function in (at_moving_times, by_odeint_at_moving_times) else 2
    check(function, *arguments, rtol=1e-3 if function is later else 1e-5, order=order)


def test_an_interval_without_length():
    """The state at the start, which moves with the end as the right side says."""

    def f(y0, end):
        return integrate.odeint(lambda y, t: 3.0 * y, y0, np.array([0.0, end]), **TIGHT)[-1, 0]

    y0_bar, end_bar = tangentc.grad(f, argnums=(0, 1))(np.array([2.0]), 0.0)
    assert y0_bar == pytest.approx([1.0])
    assert end_bar == pytest.approx(6.0)


REFUSED = {
    "dense_output": lambda a: integrate.solve_ivp(lambda t, y: -y, (0, 1), a, dense_output=True).y[0, 0],
    "events": lambda a: integrate.solve_ivp(lambda t, y: -y, (0, 1), a, events=lambda t, y: y[0] - 0.5).y[
        0, 0
    ],
    "chooses its mesh": lambda a: integrate.solve_bvp(
        lambda x, y: np.vstack((y[1], -a[0] * y[0])),
        lambda ya, yb: np.array([ya[0], yb[0] - 1.0]),
        np.linspace(0.0, 1.0, 5),
        np.ones((2, 5)),
    ).y[0, 0],
    "double precision": lambda a: integrate.solve_ivp(lambda t, y: -y, (0, 1), a.astype(np.float32)).y[0, -1],
}


@pytest.mark.parametrize("word", REFUSED)
def test_refused(word):
    with pytest.raises(TangentcError, match=word):
        tangentc.grad(REFUSED[word])(A)


def test_the_way_back_solves_no_equation_forwards():
    slope = tangentc.grad(lambda a, end: between_moving_ends(a, 0.0, end).sum(), argnums=(0, 1))
    slope(A, 1.0)
    assert "variational" not in slope.source
