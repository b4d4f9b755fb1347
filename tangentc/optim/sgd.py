"""Gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tangentc.optim.optimizer import Arr, Optimizer, require

__all__ = ["SGD"]


class SGD(Optimizer):
    """x <- x - lr g, where g may be a mean over past gradients.

        velocity <- momentum velocity + (1 - dampening) g      (the first one is g)
        x <- x - lr velocity,   with Nesterov's form   x <- x - lr (g + momentum velocity)

    Args:
        weight_decay: this part of x is added to its gradient.
        maximize: go up instead of down.
    Source: the forms of `torch.optim.SGD`; Sutskever et al., 2013, for Nesterov's.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        require(lr >= 0, "learning rate", lr)
        require(momentum >= 0, "momentum", momentum)
        require(weight_decay >= 0, "weight_decay", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        options = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, options)

    def _update(self, x: Arr, gradient: Arr, state: dict[str, Any], group: dict[str, Any]) -> None:
        room, momentum = self._room(x), group["momentum"]
        if momentum:
            velocity = state.get("momentum_buffer")
            if velocity is None:
                velocity = state["momentum_buffer"] = gradient.copy()
            else:
                velocity *= momentum
                velocity += np.multiply(gradient, 1 - group["dampening"], out=room)
            if group["nesterov"]:
                np.multiply(velocity, momentum, out=room)
                room += gradient
                gradient = room
            else:
                gradient = velocity
        x -= np.multiply(gradient, group["lr"], out=room)
