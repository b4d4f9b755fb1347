"""Parameters: tensors that a module counts as its own."""

from __future__ import annotations

from typing import Any

from tangentc.eager import Tensor, empty

__all__ = ["Parameter"]


class Parameter(Tensor):
    """A tensor that is learned: assigned to an attribute of a module it joins the module's parameters.

    Args:
        data: a tensor, or what `Tensor` takes; its memory is shared, not copied.  None is an empty tensor.
        requires_grad: whether gradients are computed for it.  The grad modes do not matter here: a
            parameter made under `no_grad` requires them too.
    Source:  `torch.nn.parameter.Parameter`.
    """

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        super().__init__(empty(0) if data is None else data)
        self.requires_grad_(requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()
