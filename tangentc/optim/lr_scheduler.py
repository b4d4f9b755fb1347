"""Schedules: learning rates that change from epoch to epoch.

A scheduler is made after its optimiser and stepped after it.  Those that multiply the present rate may be combined.
"""

from __future__ import annotations

import math
import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from tangentc.optim.optimizer import Optimizer

__all__ = [
    "CosineAnnealingLR", "ExponentialLR", "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR", "OneCycleLR",
    "ReduceLROnPlateau", "StepLR",
]  # fmt: skip


class LRScheduler:
    """The base class: a scheduler says what the learning rates of the groups are after `last_epoch` steps (`get_lr`).

    Args: last_epoch: the step to go on from; -1 to begin.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{number}] when resuming an optimizer"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self._first_step = optimizer.step_count
        self._advance()

    def get_lr(self) -> list[float]:
        """The learning rate of each group, in terms of `last_epoch`."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """The learning rates that were set last."""
        return list(self._last_lr)

    def step(self) -> None:
        """Go to the next epoch."""
        if self._step_count == 1 and self.optimizer.step_count == self._first_step:
            warnings.warn(
                "lr_scheduler.step() was called before optimizer.step(): the first learning rate is skipped",
                UserWarning,
                stacklevel=2,
            )
        self._advance()

    def _advance(self) -> None:
        self._step_count += 1
        self.last_epoch += 1
        self._last_lr = [float(rate) for rate in self.get_lr()]
        for group, rate in zip(self.optimizer.param_groups, self._last_lr, strict=True):
            group["lr"] = rate

    def _present(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def _multiplied(self, factor: float) -> list[float]:
        return [rate * factor for rate in self._present()]

    def state_dict(self) -> dict[str, Any]:
        """All settings and counters, but for functions."""
        return {
            name: value
            for name, value in self.__dict__.items()
            if name != "optimizer" and not _has_functions(value)
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a state that `state_dict` gave."""
        self.__dict__.update(state_dict)


def _has_functions(value: Any) -> bool:
    return callable(value) or (isinstance(value, list) and any(callable(item) for item in value))


class LambdaLR(LRScheduler):
    """The first rate times a function of the epoch: one function, or one for each group."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Iterable[Any], last_epoch: int = -1
    ) -> None:
        count = len(optimizer.param_groups)
        self.lr_lambdas: list[Callable[[int], float]] = (
            [lr_lambda] * count if callable(lr_lambda) else list(lr_lambda)
        )
        if len(self.lr_lambdas) != count:
            raise ValueError(f"Expected {count} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [rate * f(self.last_epoch) for rate, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class StepLR(LRScheduler):
    """Times gamma after every `step_size` epochs."""

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        is_due = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return self._multiplied(self.gamma) if is_due else self._present()


class MultiStepLR(LRScheduler):
    """Times gamma at each of the milestones."""

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = dict(Counter(milestones))
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._multiplied(self.gamma ** self.milestones.get(self.last_epoch, 0))


class ExponentialLR(LRScheduler):
    """Times gamma after every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._multiplied(self.gamma) if self.last_epoch else self._present()


class LinearLR(LRScheduler):
    """Times a factor that goes from `start_factor` to `end_factor` in equal steps, over `total_iters` epochs."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal to 1."
            )
        if not 0 <= end_factor <= 1:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return self._multiplied(self.start_factor)
        if self.last_epoch > self.total_iters:
            return self._present()
        return self._multiplied(self._factor(self.last_epoch) / self._factor(self.last_epoch - 1))

    def _factor(self, epoch: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * epoch / self.total_iters


class CosineAnnealingLR(LRScheduler):
    """Down to `eta_min` in T_max epochs, and up again, along a cosine.

    Source: Loshchilov and Hutter, "SGDR", 2017.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return self._present()
        before, now = self._height(self.last_epoch - 1), self._height(self.last_epoch)
        if (self.last_epoch - 1 - self.T_max) % (
            2 * self.T_max
        ) == 0:  # at the bottom there is nothing to multiply
            return [
                rate + (base - self.eta_min) * now
                for rate, base in zip(self._present(), self.base_lrs, strict=True)
            ]
        return [self.eta_min + (rate - self.eta_min) * now / before for rate in self._present()]

    def _height(self, epoch: int) -> float:
        return (1 + math.cos(math.pi * epoch / self.T_max)) / 2


class OneCycleLR(LRScheduler):
    """Up from max_lr / div_factor to max_lr, and down to max_lr / div_factor / final_div_factor.

    Args:
        max_lr: one number, or one for each group.
        total_steps: how many steps in all, or `epochs` times `steps_per_epoch`.
        pct_start: the part of the steps that goes up.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: whether momentum, or the first of Adam's betas, goes the other way, from max_momentum to
            base_momentum and back.
        three_phase: down to the first rate again in as many steps as up, then further.
    Source: Smith and Topin, "Super-Convergence", 2018.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Iterable[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
            total_steps = epochs * steps_per_epoch
        if total_steps <= 0:
            raise ValueError(f"Expected positive integer total_steps, but got {total_steps}")
        if not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self.total_steps = total_steps
        self.cycle_momentum = cycle_momentum
        self.momenta = (max_momentum, base_momentum)
        self.anneal_strategy = anneal_strategy
        self.phases = _phases(total_steps, pct_start, three_phase)
        count = len(optimizer.param_groups)
        rates = [max_lr] * count if isinstance(max_lr, (int, float)) else list(max_lr)
        if len(rates) != count:
            raise ValueError(f"expected {count} values for max_lr, got {len(rates)}")
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            if last_epoch == -1:
                first = rate / div_factor
                group.update(initial_lr=first, max_lr=rate, min_lr=first / final_div_factor)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"Tried to step {self.last_epoch} times. The specified number of total steps is {self.total_steps}"
            )
        ends_of_phases = [last for _, last, _, _ in self.phases]
        number = min(bisect_left(ends_of_phases, self.last_epoch), len(self.phases) - 1)
        first, last, start, end = self.phases[number]
        part = (self.last_epoch - first) / (last - first)
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self._between(group[start], group[end], part))
            if self.cycle_momentum:
                top, bottom = self.momenta
                ends = (
                    (top, bottom) if end == "max_lr" else (bottom, top) if start == "max_lr" else (top, top)
                )
                _set_momentum(group, self._between(*ends, part))
        return rates

    def _between(self, start: float, end: float, part: float) -> float:
        if self.anneal_strategy == "linear":
            return start + (end - start) * part
        return end + (start - end) / 2 * (1 + math.cos(math.pi * part))


def _phases(total: int, part: float, three: bool) -> list[tuple[float, float, str, str]]:
    """First and last step of each phase, and between which entries of a group its rates are."""
    top = float(part * total) - 1
    if not three:
        return [(0, top, "initial_lr", "max_lr"), (top, total - 1, "max_lr", "min_lr")]
    back = float(2 * part * total) - 2
    return [
        (0, top, "initial_lr", "max_lr"),
        (top, back, "max_lr", "initial_lr"),
        (back, total - 1, "initial_lr", "min_lr"),
    ]


def _set_momentum(group: dict[str, Any], momentum: float) -> None:
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


class ReduceLROnPlateau:
    """Times `factor` when a quantity has not improved for more than `patience` epochs: `step(metric)`.

    Args:
        mode: "min" if less is better, "max" if more is.
        threshold, threshold_mode: what counts as better: by that part ("rel"), or by that much ("abs").
        cooldown: epochs to wait after a change.
        min_lr: a lower bound, one number or one for each group.
        eps: smaller changes of the rate are not made.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Iterable[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.optimizer = optimizer
        count = len(optimizer.param_groups)
        self.min_lrs = [min_lr] * count if isinstance(min_lr, (int, float)) else list(min_lr)
        if len(self.min_lrs) != count:
            raise ValueError(f"expected {count} min_lrs, got {len(self.min_lrs)}")
        self.mode, self.factor, self.patience = mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.eps = cooldown, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        self.last_epoch = 0
        self._last_lr = [float(group["lr"]) for group in optimizer.param_groups]

    def step(self, metrics: Any) -> None:
        """Take note of the quantity after an epoch."""
        value = float(metrics)
        self.last_epoch += 1
        if self._is_better(value):
            self.best = value
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = [float(group["lr"]) for group in self.optimizer.param_groups]

    def _is_better(self, value: float) -> bool:
        margin = self.threshold * (abs(self.best) if self.threshold_mode == "rel" else 1.0)
        if math.isinf(self.best):
            margin = 0.0
        return value < self.best - margin if self.mode == "min" else value > self.best + margin

    def _reduce(self) -> None:
        for group, lowest in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            rate = max(group["lr"] * self.factor, lowest)
            if group["lr"] - rate > self.eps:
                group["lr"] = rate

    def get_last_lr(self) -> list[float]:
        """The learning rates after the last step."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """All settings and counters."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a state that `state_dict` gave."""
        self.__dict__.update(state_dict)
