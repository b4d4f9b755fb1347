"""Gradients divided by the root of the sum of their squares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tangentc.optim.optimizer import Arr, Optimizer, require

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """x <- x - lr g / (sqrt(sum of g^2) + eps), where lr falls as lr / (1 + lr_decay (step - 1)).

    Args:
        initial_accumulator_value: what the sums begin with.
        weight_decay, maximize: as for `SGD`.
    Source: Duchi, Hazan and Singer, "Adaptive Subgradient Methods", JMLR 2011.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        for name, value in (
            ("learning rate", lr), ("lr_decay", lr_decay), ("weight_decay", weight_decay),
            ("initial_accumulator_value", initial_accumulator_value), ("epsilon", eps),
        ):  # fmt: skip
            require(value >= 0, name, value)
        options = {
            "lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps,
            "initial_accumulator_value": initial_accumulator_value, "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, options)

    def _update(self, x: Arr, gradient: Arr, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, sum=np.full_like(x, group["initial_accumulator_value"]))
        state["step"] += 1
        total, room = state["sum"], self._room(x)
        total += np.multiply(gradient, gradient, out=room)
        np.sqrt(total, out=room)
        room += group["eps"]
        np.divide(gradient, room, out=room)
        room *= group["lr"] / (1 + (state["step"] - 1) * group["lr_decay"])
        x -= room
