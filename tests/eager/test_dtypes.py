"""Which dtype operands meet in, and what Python's numbers become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch

PROMOTED = json.loads((Path(__file__).parent / "stored" / "promoted.json").read_text(encoding="utf-8"))
OPERATIONS = ("+", "*", "/", "//", "**")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_promotion_is_pytorchs(operation: str) -> None:
    """But for pairs of float16, which NumPy has no complex numbers of, and powers of bools."""
    rows, columns = PROMOTED["rows"], PROMOTED["columns"]
    wrong, compared = {}, 0
    for a, dtypes in zip(rows, PROMOTED["tables"][operation], strict=True):
        for b, dtype in zip(columns, dtypes, strict=True):
            if dtype not in ("error", "complex32", "bool"):
                found = str(eval(f"{a} {operation} {b}", {"torch": torch}).dtype)
                compared += 1
                if found != dtype:
                    wrong[f"{a} {operation} {b}"] = (found, dtype)
    assert compared > 200
    assert not wrong


@pytest.fixture
def default() -> Iterator[None]:
    yield
    torch.set_default_dtype(torch.float32)


def test_default_dtype(default: None) -> None:
    assert torch.tensor([1.0]).dtype == torch.get_default_dtype() == torch.float32
    torch.set_default_dtype(torch.float64)
    assert torch.tensor([1.0]).dtype == torch.ones(2).dtype == torch.randn(2).dtype == torch.float64
    assert (torch.tensor([1]) / 2).dtype == torch.float64
    assert torch.tensor([1j]).dtype == torch.complex128
    with pytest.raises(TypeError, match="real"):
        torch.set_default_dtype(torch.int64)


@pytest.mark.parametrize(
    "made, dtype",
    [
        (lambda: torch.tensor(1), "int64"),
        (lambda: torch.tensor([1, 2.5]), "float32"),
        (lambda: torch.tensor([True]), "bool"),
        (lambda: torch.tensor([True, 2]), "int64"),
        (lambda: torch.tensor(np.ones(2)), "float64"),
        (lambda: torch.tensor(np.float32(1)), "float32"),
        (lambda: torch.tensor([np.float64(1)]), "float64"),
        (lambda: torch.arange(3), "int64"),
        (lambda: torch.arange(3.0), "float32"),
        (lambda: torch.linspace(0, 1, 3), "float32"),
        (lambda: torch.full((2,), 1), "int64"),
        (lambda: torch.full((2,), 1.0), "float32"),
        (lambda: torch.zeros(2, dtype=int), "int64"),
        (lambda: torch.zeros(2, dtype=float), "float64"),
        (lambda: torch.Tensor([1, 2]), "float32"),
        (lambda: torch.Tensor(2, 3), "float32"),
        (lambda: torch.LongTensor([1]), "int64"),
        (lambda: torch.randint(0, 3, (2,)), "int64"),
        (lambda: torch.ones(2, dtype=torch.int64).new_zeros(1), "int64"),
        (lambda: torch.tensor([1, 2]).float(), "float32"),
        (lambda: torch.tensor([1.5]).long(), "int64"),
        (lambda: torch.tensor([1.5]).half(), "float16"),
        (lambda: torch.tensor([4, 9]).sqrt(), "float32"),
        (lambda: torch.tensor([1, 2]).sigmoid(), "float32"),
        (lambda: torch.tensor([1, 2]).float().mean(), "float32"),
        (lambda: torch.tensor([1, 2]).sum(), "int64"),
        (lambda: torch.tensor([1, 2], dtype=torch.int32).sum(), "int64"),
        (lambda: torch.tensor([True, True]).sum(), "int64"),
        (lambda: torch.tensor([1.0]) > 0, "bool"),
        (lambda: torch.tensor([1.0]).argmax(), "int64"),
        (lambda: torch.where(torch.tensor([True]), 1.0, 0.0), "float32"),
        (lambda: torch.cat([torch.ones(2), torch.arange(2)]), "float32"),
        (lambda: torch.stack([torch.ones(2), torch.ones(2, dtype=torch.float64)]), "float64"),
        (lambda: torch.where(torch.tensor([True]), torch.tensor([1]), torch.tensor([0.5])), "float32"),
    ],
)
def test_dtype_of_what_is_made(made: Any, dtype: str) -> None:
    assert made().dtype == np.dtype(dtype)


def test_arrays_without_axes_do_not_widen() -> None:
    x = torch.ones(2)
    assert (x * torch.tensor(2.0, dtype=torch.float64)).dtype == torch.float32
    assert (torch.tensor(1) + x).dtype == torch.float32
    assert (torch.tensor([1]) + torch.tensor(0.5, dtype=torch.float64)).dtype == torch.float64


def test_gradients_have_the_dtype_of_their_leaf() -> None:
    x = torch.ones(2, requires_grad=True)
    w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    (x * w).sum().backward()
    assert x.grad.dtype == torch.float32 and w.grad.dtype == torch.float64
    h = torch.tensor([1.5, 2.5], dtype=torch.float16, requires_grad=True)
    (h * h).sum().backward()
    assert h.grad.dtype == torch.float16 and h.grad.tolist() == [3.0, 5.0]


def test_what_has_no_mean() -> None:
    for reduce in (torch.mean, torch.std, torch.var):
        with pytest.raises(RuntimeError, match="int64"):
            reduce(torch.arange(3))
    assert torch.mean(torch.arange(3), dtype=torch.float32).item() == 1


# --- complex numbers ------------------------------------------------------------------------------


def test_gradients_of_complex_numbers_point_uphill() -> None:
    """dy/du + i dy/dv of z = u + iv: that of |z|^2 is 2z, as PyTorch has it."""
    values = np.array([1 + 2j, 3 - 1j])
    z = torch.tensor(values, requires_grad=True)
    (z.abs() ** 2).sum().backward()
    np.testing.assert_allclose(z.grad.numpy(), 2 * values)
    z.grad = None
    (z.real**2 + 3 * z.imag).sum().backward()
    np.testing.assert_allclose(z.grad.numpy(), 2 * values.real + 3j)


def test_cotangents_of_complex_results(rng: np.random.Generator) -> None:
    values, seed = rng.normal(size=(2, 3, 2)).view(np.complex128)[..., 0]
    z = torch.tensor(values, requires_grad=True)
    seen: list[Any] = []
    w = z * (2 - 1j)
    w.register_hook(lambda g: seen.append(g.numpy()))
    (w * z.exp()).backward(torch.tensor(seed))
    slope = (2 - 1j) * np.exp(values) * (1 + values)
    np.testing.assert_allclose(z.grad.numpy(), seed * slope.conj())  # holomorphic: times the conjugate
    np.testing.assert_allclose(seen[0], seed * np.exp(values).conj())


def test_complex_and_real_leaves(rng: np.random.Generator) -> None:
    real, values = rng.normal(size=2), rng.normal(size=2) + 1j * rng.normal(size=2)
    x, z = torch.tensor(real, requires_grad=True), torch.tensor(values, requires_grad=True)
    weights = rng.normal(size=2) + 1j * rng.normal(size=2)

    def loss(x: Any, z: Any) -> Any:
        return (x * z * torch.tensor(weights)).real.sum() + (z.abs() * x).sum()

    loss(x, z).backward()
    assert not x.grad.is_complex()
    h = 1e-6
    for i in range(2):
        step = h * np.eye(2)[i]
        for leaf, moves, grad in (
            (0, (step,), [x.grad.numpy()[i]]),
            (1, (step, 1j * step), [z.grad.numpy()[i].real, z.grad.numpy()[i].imag]),
        ):
            for move, expected in zip(moves, grad):
                up, down = [
                    loss(
                        torch.tensor(real + s * move if leaf == 0 else real),
                        torch.tensor(values + s * move if leaf else values),
                    ).item()
                    for s in (1, -1)
                ]
                assert expected == pytest.approx((up - down) / (2 * h), rel=1e-6)


def test_second_order_of_complex_numbers() -> None:
    values = np.array([1 + 2j, 3 - 1j])
    z = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad((z * z.conj() * z).real.sum(), z, create_graph=True)
    (g.abs() ** 2).sum().backward()
    np.testing.assert_allclose(z.grad.numpy(), [116 + 72j, 1032 - 184j])  # PyTorch's
