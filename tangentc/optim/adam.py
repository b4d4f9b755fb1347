"""Steps whose size adapts to the gradients' own size."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from tangentc.optim.optimizer import Arr, Optimizer, require

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    """x <- x - lr m / (sqrt(v) + eps), for running means m of g and v of g^2, both corrected for their beginning at 0.

    Args:
        betas: how much of the means is kept at each step.
        eps: added to the root.
        weight_decay: this part of x is added to its gradient.
        amsgrad: take the largest v so far.
        maximize: go up instead of down.
    Source: Kingma and Ba, "Adam", 2015; Reddi, Kale and Kumar, 2018, for amsgrad.
    """

    _decoupled = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        require(lr >= 0, "learning rate", lr)
        require(eps >= 0, "epsilon", eps)
        require(0 <= betas[0] < 1, "beta parameter at index 0:", betas[0])
        require(0 <= betas[1] < 1, "beta parameter at index 1:", betas[1])
        require(weight_decay >= 0, "weight_decay", weight_decay)
        options = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "decoupled": self._decoupled,
        }  # fmt: skip
        super().__init__(params, options)

    def _update(self, x: Arr, gradient: Arr, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(x), exp_avg_sq=np.zeros_like(x))
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = np.zeros_like(x)
        state["step"] += 1
        mean, square, room = state["exp_avg"], state["exp_avg_sq"], self._room(x)
        keep, keep_square = group["betas"]
        if group["decoupled"] and group["weight_decay"]:
            x *= 1 - group["lr"] * group["weight_decay"]
        np.subtract(gradient, mean, out=room)
        room *= 1 - keep
        mean += room
        np.multiply(gradient, gradient, out=room)
        room *= 1 - keep_square
        square *= keep_square
        square += room
        if group["amsgrad"]:
            square = np.maximum(state["max_exp_avg_sq"], square, out=state["max_exp_avg_sq"])
        np.sqrt(square, out=room)
        room /= math.sqrt(1 - keep_square ** state["step"])
        room += group["eps"]
        np.divide(mean, room, out=room)
        room *= group["lr"] / (1 - keep ** state["step"])
        x -= room


class AdamW(Adam):
    """Adam with a decay of the weights that is no part of the gradient: x <- (1 - lr weight_decay) x first.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
    """

    _decoupled = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
