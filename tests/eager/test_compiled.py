"""Programs of tensors that are compiled: the values and gradients of define by run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangentc
import tangentc.eager as torch
from tangentc.eager.calls import made
from tests.eager.expressions import ROWS, data, leaves

REFUSED = ("split(", "unbind(", "topk(", "nonzero", "'...")
"""How many parts there are, or entries, or axes, is not known before the program runs."""


def program(row: str) -> Callable[..., Any]:
    return made(f"def f({', '.join(data())}):\n    return {row}\n", "f", {"torch": torch, "np": np})


@pytest.mark.parametrize("row", [row for row in ROWS if not any(word in row for word in REFUSED)][::2])
def test_compiled_is_define_by_run(row: str, rng: np.random.Generator) -> None:
    f, tensors = program(row), leaves(torch)
    expected = f(*tensors.values())
    weights = torch.tensor(rng.normal(size=expected.shape), dtype=expected.dtype)
    expected.backward(weights)
    found, pullback = tangentc.vjp(f, *(t.detach() for t in tensors.values()))
    assert isinstance(found, torch.Tensor) and (found.dtype, found.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(found.numpy(), expected.detach().numpy(), rtol=1e-12)
    for tensor, bar in zip(tensors.values(), pullback(weights), strict=True):
        bar_expected = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.numpy()
        np.testing.assert_allclose(bar.numpy(), bar_expected, rtol=1e-9, atol=1e-12)


def test_no_tensor_is_left_in_the_code() -> None:
    def f(x: Any, w: Any) -> Any:
        y = torch.relu(x @ w)
        return (y.sum(dim=1) * 2.0).mean() + np.tanh(x).mean()

    x, w = torch.randn(5, 4), torch.randn(4, 3)
    gradient = tangentc.grad(f, argnums=(0, 1))
    gradient(x, w)
    body = gradient.source.split("# forward sweep")[1].split("return")[0]
    assert "Tensor" not in body and "_array." not in body.replace("x_array.", "").replace("w_array.", "")
    assert "x_array @ w_array" in body and "# torch.relu(x @ w)" in body


def test_integers_beside_floats() -> None:
    """The dtype is PyTorch's choice, as it is define by run: float32 here, where NumPy takes float64."""

    def f(x: Any, mask: Any) -> Any:
        return (x * mask).sum()

    x, mask = torch.randn(4), torch.tensor([0, 1, 2, 0])
    (bar,) = (tangentc.grad(f)(x, mask),)
    assert bar.dtype == torch.float32 and f(x, mask).dtype == torch.float32
    np.testing.assert_array_equal(bar.numpy(), [0, 1, 2, 0])


def test_in_place_and_views() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        first = y[0]
        first.mul_(3.0)
        y[1] = y[0] + x[1] * x[0]
        y += 1.0
        return (y * y).sum()

    x = torch.tensor([[1.0, 2.0], [0.5, -1.0]], requires_grad=True)
    f(x).backward()
    np.testing.assert_allclose(tangentc.grad(f)(x.detach()).numpy(), x.grad.numpy(), rtol=1e-6)


def test_detached_values_are_constants() -> None:
    def f(x: Any) -> Any:
        return (x.detach() * x).sum()

    x = torch.tensor([1.0, 2.0])
    np.testing.assert_array_equal(tangentc.grad(f)(x).numpy(), [1.0, 2.0])


def test_captured_tensors_are_read_at_each_call() -> None:
    scale = torch.tensor(2.0)

    def f(x: Any) -> Any:
        return (x * scale).sum()

    gradient = tangentc.grad(f)
    assert gradient(torch.ones(2)).tolist() == [2.0, 2.0]
    scale = torch.tensor(5.0)
    assert gradient(torch.ones(2)).tolist() == [5.0, 5.0]
    scale.add_(1.0)
    assert gradient(torch.ones(2)).tolist() == [6.0, 6.0]


def test_second_order() -> None:
    def f(x: Any) -> Any:
        return (torch.sigmoid(x) ** 2).sum()

    x = torch.tensor([0.3, -1.0], dtype=torch.float64, requires_grad=True)
    direction = torch.tensor([1.0, -2.0], dtype=torch.float64)
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    (expected,) = torch.autograd.grad((slope * direction).sum(), x)
    found = tangentc.hvp(f, x.detach(), direction)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-12)
