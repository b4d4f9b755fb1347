"""Gradients divided by the root of the mean of their squares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tangentc.optim.optimizer import Arr, Optimizer, require

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """x <- x - lr g / (sqrt(v) + eps), for the running mean v of g^2, or its variance where `centered`.

    Args:
        alpha: how much of the mean is kept at each step.
        momentum: collect the quotients as SGD collects gradients.
        the others: as for `SGD`.
    Source: Hinton, lecture 6e of "Neural Networks for Machine Learning", 2012; Graves, 2013, for the centred form.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        for name, value in (
            ("learning rate", lr), ("epsilon", eps), ("momentum", momentum), ("weight_decay", weight_decay),
            ("alpha", alpha),
        ):  # fmt: skip
            require(value >= 0, name, value)
        options = {
            "lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum,
            "centered": centered, "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, options)

    def _update(self, x: Arr, gradient: Arr, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state.update(step=0, square_avg=np.zeros_like(x))
            if group["momentum"]:
                state["momentum_buffer"] = np.zeros_like(x)
            if group["centered"]:
                state["grad_avg"] = np.zeros_like(x)
        state["step"] += 1
        square, room, forget = state["square_avg"], self._room(x), 1 - group["alpha"]
        np.multiply(gradient, gradient, out=room)
        room *= forget
        square *= group["alpha"]
        square += room
        if group["centered"]:
            mean = state["grad_avg"]
            np.subtract(gradient, mean, out=room)
            room *= forget
            mean += room
            np.multiply(mean, mean, out=room)
            square = np.subtract(square, room, out=room)
        np.sqrt(square, out=room)
        room += group["eps"]
        np.divide(gradient, room, out=room)
        if group["momentum"]:
            velocity = state["momentum_buffer"]
            velocity *= group["momentum"]
            velocity += room
            room[...] = velocity
        room *= group["lr"]
        x -= room
