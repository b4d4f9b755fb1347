"""Each function: its gradient against differences, and float32 that stays float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tests.eager.expressions import ROWS, data, leaves

CONVERSIONS = ("double", "to(", "type(")
STEPS = ("floor", "round", "sign", "//")
"""Functions with jumps, or with slope 0: the points of these tests are no jumps."""


def evaluated(row: str, tensors: dict[str, Any]) -> Any:
    return eval(row, {"torch": torch}, tensors)


@pytest.mark.parametrize("row", [row for row in ROWS if "float32" not in row])
def test_gradient_is_that_of_differences(row: str, rng: np.random.Generator) -> None:
    tensors = leaves(torch)
    result = evaluated(row, tensors)
    weights = rng.normal(size=result.shape)
    result.backward(torch.tensor(weights))
    grads = {name: t.grad.numpy() for name, t in tensors.items() if t.grad is not None}
    assert grads
    directions = {name: rng.normal(size=array.shape) for name, array in data().items()}
    slope = sum(np.sum(grads[name] * directions[name]) for name in grads)

    def along(step: float) -> Any:
        moved = {name: torch.tensor(array + step * directions[name]) for name, array in data().items()}
        return np.sum(weights * evaluated(row, moved).numpy())

    h = 1e-6
    assert slope == pytest.approx((along(h) - along(-h)) / (2 * h), rel=2e-6, abs=2e-7)
    assert any(g.any() for g in grads.values()) or any(word in row for word in STEPS)


@pytest.mark.parametrize("row", [row for row in ROWS if not any(word in row for word in CONVERSIONS)])
def test_float32_stays_float32(row: str) -> None:
    tensors = leaves(torch, np.float32)
    result = evaluated(row, tensors)
    assert result.dtype == torch.float32
    result.backward(torch.ones_like(result))
    grads = [(t, t.grad) for t in tensors.values() if t.grad is not None]
    assert grads and all(g.dtype == torch.float32 and g.shape == t.shape for t, g in grads)


def test_an_operation_of_ones_own() -> None:
    @torch.operation("CubeBackward0")
    def cube(input: Any, scale: Any = 1.0) -> Any:
        return scale * input**3

    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    y = cube(x, scale=0.5)
    assert y.grad_fn.name() == "CubeBackward0"
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [1.5, 6.0])
    assert isinstance(cube(np.ones(2)), torch.Tensor)
