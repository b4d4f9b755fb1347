"""Schedules: state, warnings, and what they refuse.  Their rates are compared in `tests/nn`."""

from __future__ import annotations

from typing import Any

import pytest

import tangentc.eager as torch
from tangentc import nn, optim
from tangentc.optim import lr_scheduler


def sgd(count: int = 1, **options: Any) -> optim.SGD:
    groups = [{"params": [nn.Parameter(torch.ones(1))]} for _ in range(count)]
    return optim.SGD(groups, **{"lr": 1.0, "momentum": 0.9, **options})


@pytest.mark.parametrize(
    "build",
    [
        lambda o: lr_scheduler.StepLR(o, 3),
        lambda o: lr_scheduler.MultiStepLR(o, [2, 5]),
        lambda o: lr_scheduler.CosineAnnealingLR(o, 4),
        lambda o: lr_scheduler.OneCycleLR(o, 2.0, 12),
        lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.9**epoch),
    ],
)
def test_state_carries_on(build: Any) -> None:
    def rates(optimiser: Any, schedule: Any, steps: int) -> list[float]:
        found = []
        for _ in range(steps):
            optimiser.step()
            schedule.step()
            found += schedule.get_last_lr()
        return found

    optimiser = sgd()
    schedule = build(optimiser)
    rates(optimiser, schedule, 4)
    other = sgd()
    resumed = build(other)
    other.load_state_dict(optimiser.state_dict())
    resumed.load_state_dict(schedule.state_dict())
    assert "optimizer" not in schedule.state_dict() and resumed.last_epoch == 4
    assert rates(optimiser, schedule, 6) == rates(other, resumed, 6)


def test_plateau_state_carries_on() -> None:
    optimiser = sgd()
    schedule = lr_scheduler.ReduceLROnPlateau(optimiser, patience=1)
    for value in (1.0, torch.tensor(1.0), 1.0):
        schedule.step(value)
    assert optimiser.param_groups[0]["lr"] == 0.1
    other = lr_scheduler.ReduceLROnPlateau(optimiser)
    other.load_state_dict(schedule.state_dict())
    assert other.best == 1.0 and other.patience == 1 and other.get_last_lr() == [0.1]


def test_wrong_order_warns() -> None:
    schedule = lr_scheduler.ExponentialLR(sgd(), 0.9)
    with pytest.warns(UserWarning, match=r"called before optimizer.step\(\)"):
        schedule.step()


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: lr_scheduler.StepLR(nn.Linear(1, 1), 3), TypeError, "Linear is not an Optimizer"),  # type: ignore[arg-type]
        (lambda: lr_scheduler.StepLR(sgd(), 3, last_epoch=4), KeyError, "initial_lr"),
        (
            lambda: lr_scheduler.LambdaLR(sgd(2), [lambda epoch: 1.0]),
            ValueError,
            "Expected 2 lr_lambdas, but got 1",
        ),
        (lambda: lr_scheduler.LinearLR(sgd(), 0.0), ValueError, "greater than 0"),
        (
            lambda: lr_scheduler.OneCycleLR(sgd(), 0.1),
            ValueError,
            r"total_steps OR \(epochs AND steps_per_epoch\)",
        ),
        (
            lambda: lr_scheduler.OneCycleLR(sgd(), 0.1, 10, pct_start=2),
            ValueError,
            "between 0 and 1 pct_start",
        ),
        (
            lambda: lr_scheduler.OneCycleLR(sgd(), 0.1, 10, anneal_strategy="up"),
            ValueError,
            "'cos' or 'linear'",
        ),
        (
            lambda: lr_scheduler.OneCycleLR(sgd(2), [0.1], 10),
            ValueError,
            "expected 2 values for max_lr, got 1",
        ),
        (
            lambda: lr_scheduler.OneCycleLR(optim.Adagrad([nn.Parameter(torch.ones(1))]), 0.1, 10),
            ValueError,
            "must support momentum or beta1",
        ),
        (lambda: lr_scheduler.ReduceLROnPlateau(sgd(), factor=1.0), ValueError, "Factor should be < 1.0"),
        (lambda: lr_scheduler.ReduceLROnPlateau(sgd(), mode="low"), ValueError, "mode low is unknown"),
        (
            lambda: lr_scheduler.ReduceLROnPlateau(sgd(2), min_lr=[0.1]),
            ValueError,
            "expected 2 min_lrs, got 1",
        ),
    ],
)
def test_misuse_is_refused(act: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        act()


def test_one_cycle_ends() -> None:
    optimiser = sgd()
    schedule = lr_scheduler.OneCycleLR(optimiser, 1.0, 4)
    with pytest.raises(ValueError, match=r"Tried to step 5 times. The specified number of total steps is 4"):
        for _ in range(5):
            optimiser.step()
            schedule.step()
