"""NumPy's protocols: its functions on tensors, tensors as arrays, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
import tangentc.eager as torch


@pytest.fixture
def x() -> Any:
    return torch.tensor(np.array([0.3, 1.2, 2.2]), requires_grad=True)


V = np.array([0.3, 1.2, 2.2])
A = np.array([[2.0, 0.3], [0.1, 1.5]])


def same(tensor: Any, values: Any) -> None:
    np.testing.assert_allclose(tensor.numpy(), values, rtol=1e-12)


def test_ufuncs(x: Any) -> None:
    y = np.sin(x)
    assert isinstance(y, torch.Tensor) and y.grad_fn.name() == "SinBackward0"
    np.sum(y * np.exp(x)).backward()
    same(x.grad, np.exp(V) * (np.sin(V) + np.cos(V)))


@pytest.mark.parametrize(
    "f",
    [
        lambda np, x: np.concatenate([x, x * 2]),
        lambda np, x: np.stack((x, x), axis=1),
        lambda np, x: np.where(x > 1, x, x * x),
        lambda np, x: np.clip(x, 0.5, 2.0),
        lambda np, x: np.tensordot(x, x, axes=0),
        lambda np, x: np.linalg.norm(x),
        lambda np, x: np.einsum("i,i->", x, x),
        lambda np, x: np.reshape(x, (3, 1)) @ np.expand_dims(x, 0),
        lambda np, x: np.outer(x, x),
        lambda np, x: np.interp(x, xp=x * 0 + np.arange(3.0), fp=np.arange(3.0) ** 2),
        lambda np, x: np.add.reduce(x),
        lambda np, x: np.multiply.outer(x, x),
        lambda np, x: np.add.accumulate(x),
        lambda np, x: np.mean(x, keepdims=True),
        lambda np, x: np.sort(x)[::-1],
        lambda np, x: np.pad(x, (1, 2)),
        lambda np, x: np.prod(x, axis=0),
    ],
)
def test_functions_of_numpy(f: Any, x: Any, rng: np.random.Generator) -> None:
    y = f(np, x)
    np.testing.assert_allclose(y.detach().numpy(), f(np, V))
    weights = rng.normal(size=y.shape)
    y.backward(torch.tensor(weights))
    d, h = rng.normal(size=3), 1e-6
    slope = (np.sum(weights * f(np, V + h * d)) - np.sum(weights * f(np, V - h * d))) / (2 * h)
    assert d @ x.grad.numpy() == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(
    "f", [np.linalg.inv, np.linalg.det, np.linalg.cholesky, np.linalg.eigvalsh, np.linalg.qr]
)
def test_linear_algebra(f: Any, rng: np.random.Generator) -> None:
    matrix = A @ A.T + np.eye(2)
    a = torch.tensor(matrix, requires_grad=True)
    y = f(a)
    y = y[1] if isinstance(y, tuple) else y
    expected = f(matrix)
    np.testing.assert_allclose(y.detach().numpy(), expected[1] if isinstance(expected, tuple) else expected)
    (y * torch.tensor(rng.normal(size=y.shape))).sum().backward()
    assert a.grad is not None and a.grad.shape == a.shape


def test_arrays_on_the_left(x: Any) -> None:
    for y in (V + x, V * x, V @ x, V**x, 2.0 - x, np.float64(2) * x, V > x):
        assert isinstance(y, torch.Tensor)
    (V @ (V * x)).backward()
    same(x.grad, V * V)


def test_arrays_are_not_added_to_in_place(x: Any) -> None:
    """`array += t` would lose the derivative."""
    array = np.ones(3)
    with pytest.raises((RuntimeError, TypeError)):
        array += x
    np.testing.assert_array_equal(array, np.ones(3))
    with pytest.raises((RuntimeError, TypeError)):
        array[:] = x
    with pytest.raises((RuntimeError, TypeError)):
        np.copyto(array, x)


def test_arrays_may_change_after_they_were_used(x: Any) -> None:
    array = V.copy()
    y = (x * array).sum()
    array[:] = 100.0
    y.backward()
    same(x.grad, V)


def test_tensors_as_arrays(x: Any) -> None:
    for convert in (np.asarray, np.array, lambda t: t.numpy(), lambda t: np.asarray(t, dtype=np.float32)):
        with pytest.raises(RuntimeError, match="detach"):
            convert(x)
        found = convert(x.detach())
        assert type(found) is np.ndarray
        np.testing.assert_allclose(found, V, rtol=1e-6)
    assert np.asarray(x.detach()) is x.detach().numpy()
    assert np.array(x.detach()) is not x.detach().numpy()
    assert np.shares_memory(torch.from_numpy(V).numpy(), V)
    assert not np.shares_memory(torch.tensor(V).numpy(), V)


def test_constants_need_no_graph() -> None:
    y = np.concatenate([torch.ones(2), np.zeros(1, np.float32)])
    assert isinstance(y, torch.Tensor) and not y.requires_grad and y.dtype == torch.float32


def test_functions_without_derivative(x: Any) -> None:
    for y in (np.argmax(x), np.floor(x) == 0, np.isfinite(x), np.argsort(x), np.sign(x) > 0):
        assert isinstance(y, torch.Tensor) and not y.requires_grad
    y = np.floor(x) + x
    y.sum().backward()
    same(x.grad, np.ones(3))


def test_functions_without_a_rule(x: Any) -> None:
    @torch.operation("UnknownBackward0")
    def unknown(input: Any) -> Any:
        return np.frompyfunc(float, 1, 1)(input)

    with pytest.raises(tangentc.TangentcError, match="frompyfunc"):
        unknown(x)
    assert unknown(x.detach()).shape == (3,)


def test_masked_arrays_are_refused(x: Any) -> None:
    masked = np.ma.masked_array(V, mask=[True, False, False])
    with pytest.raises(TypeError):
        x * masked
    with pytest.raises(TypeError, match="mask"):
        torch.tensor(masked)


def test_targets_in_keywords(x: Any) -> None:
    y = torch.zeros(3, dtype=torch.float64)
    np.cumsum(x, out=y)
    y.sum().backward()
    same(x.grad, [3, 2, 1])


def test_fill_diagonal() -> None:
    w = torch.tensor(2.0, requires_grad=True)
    y = torch.zeros(3, 3)
    np.fill_diagonal(y, w)
    y.sum().backward()
    assert w.grad.item() == 3


# --- indexing -------------------------------------------------------------------------------------

INDICES = [
    0, -1, slice(1, None), slice(None, None, 2), slice(None, None, -1), None, ..., (..., 0), (0, ...), (None, 1), True,
    [0, 2], np.array([2, 0]), (slice(None), None), [-1, 0, 0],
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_indexing_is_numpys(index: Any, x: Any, rng: np.random.Generator) -> None:
    expected = V[index]
    y = x[index]
    np.testing.assert_array_equal(y.detach().numpy(), expected)
    weights = rng.normal(size=y.shape)
    y.backward(torch.tensor(weights))
    scattered = np.zeros(3)
    np.add.at(scattered, index, weights)
    same(x.grad, scattered)


def test_tensors_as_indices(x: Any) -> None:
    same(x[torch.tensor([2, 0])].detach(), V[[2, 0]])
    same(x[torch.tensor(1)].detach(), V[1])
    same(x[x > 1].detach(), V[V > 1])
    same(x[torch.tensor(1) :].detach(), V[1:])
    assert [10, 20, 30][torch.tensor(1)] == 20
    with pytest.raises((IndexError, TypeError)):
        x[torch.tensor(0.5)]


def test_iteration(x: Any) -> None:
    a, b, c = x
    (a * b + c).backward()
    same(x.grad, [1.2, 0.3, 1])
    with pytest.raises(TypeError):
        iter(torch.tensor(1.0))
    with pytest.raises(TypeError):
        len(torch.tensor(1.0))


def test_truth_and_numbers(x: Any) -> None:
    assert bool(torch.tensor(0.5)) and not torch.tensor([0])
    assert float(torch.tensor(0.5)) == 0.5 and int(torch.tensor([3])) == 3
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(x)
    with pytest.raises(RuntimeError, match="3 elements"):
        x.item()
    assert (x == None) is False and (x != None) is True  # noqa: E711
    assert len({x, x, x * 1}) == 2  # by identity
