"""Gradients limited, and parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tangentc.eager import Tensor, cat
from tangentc.nn.tensors import array, overwrite, written

__all__ = ["clip_grad_norm_", "clip_grad_value_", "parameters_to_vector", "vector_to_parameters"]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Tensor:
    """Scale the gradients, in place, so that the norm of all of them together is at most `max_norm`.

    Args:    norm_type: the p of the p-norm, which may be infinite.
    Returns: the norm before.
    Raises:  RuntimeError: the norm is infinite or not a number, with `error_if_nonfinite`.
    """
    gradients = _gradients(parameters)
    order = float(norm_type)
    norms = [np.linalg.norm(array(gradient).ravel(), order) for gradient in gradients]
    total = np.asarray(np.linalg.norm(np.asarray(norms), order) if norms else np.float32(0))
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"the total norm of order {order} of the gradients is {total}, so they cannot be clipped"
        )
    scale = float(max_norm) / (total + 1e-6)
    if not scale >= 1:  # a norm that is not a number makes the gradients such, as in PyTorch
        for gradient in gradients:
            np.multiply(array(gradient), scale, out=array(gradient), casting="same_kind")
            written(gradient)
    return Tensor(total)


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Limit each entry of the gradients, in place, to [-clip_value, clip_value]."""
    for gradient in _gradients(parameters):
        np.clip(array(gradient), -clip_value, clip_value, out=array(gradient))
        written(gradient)


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Any]:
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [tensor.grad for tensor in tensors if tensor.grad is not None]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The entries of all parameters in one vector; gradients flow through."""
    vector: Tensor = cat([parameter.reshape(-1) for parameter in parameters])
    return vector


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write the entries of a vector into the parameters, in place."""
    start = 0
    for parameter in parameters:
        end = start + parameter.numel()
        overwrite(parameter, array(vec)[start:end].reshape(parameter.shape))
        start = end
    if start != vec.numel():
        raise ValueError(f"the vector has {vec.numel()} entries, the parameters {start}")
