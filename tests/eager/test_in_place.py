"""Operations in place: what they refuse, and programs of views and changes against differences."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc.eager import autograd


@pytest.fixture
def x() -> Any:
    return torch.tensor(np.array([1.0, -2.0, 3.0, 0.5]), requires_grad=True)


def same(tensor: Any, values: Any) -> None:
    np.testing.assert_allclose(tensor.numpy(), values, rtol=1e-12, atol=1e-14)


# --- refused --------------------------------------------------------------------------------------


def test_leaves_are_not_changed(x: Any) -> None:
    for change in (
        lambda: x.add_(1), lambda: x.zero_(), lambda: x.__iadd__(1), lambda: x.__setitem__(0, 1.0),
        lambda: np.add(x, 1, out=x), lambda: np.add.at(x, [0], 1.0),
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match="leaf"):
            change()
    with pytest.raises(RuntimeError, match="view of a leaf"):
        x[1:].add_(1)
    with pytest.raises(RuntimeError, match="view of a leaf"):
        x.view(2, 2)[0].mul_(2)


def test_a_saved_value_that_changed(x: Any) -> None:
    y = x * 2
    z = y * y
    y += 1
    with pytest.raises(RuntimeError, match=r"changed in place.*version 1.*version 0"):
        z.sum().backward()
    y = x.exp()
    y.mul_(2)
    with pytest.raises(RuntimeError, match="output 0 of ExpBackward0"):
        y.sum().backward()


def test_a_saved_value_that_changed_through_a_view_a_detached_tensor_or_an_array(x: Any) -> None:
    y = x * 2
    z = (y * y).sum()
    y.view(2, 2)[0, 0] = 5
    with pytest.raises(RuntimeError, match="changed in place"):
        z.backward()
    y = x * 2
    z = (y * y).sum()
    y.detach().zero_()
    with pytest.raises(RuntimeError, match="changed in place"):
        z.backward()
    z = (x * x).sum()
    with torch.no_grad():
        x.add_(1)
    with pytest.raises(RuntimeError, match="changed in place"):
        z.backward()


def test_a_saved_index_that_changed(x: Any) -> None:
    index = torch.tensor([0, 1])
    y = x[index].sum()
    index += 1
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_values_that_nobody_saved_may_change(x: Any) -> None:
    y = x * 2
    z = y + y
    y.zero_()
    z.sum().backward()
    same(x.grad, [4, 4, 4, 4])


def test_results_that_do_not_fit() -> None:
    with pytest.raises(RuntimeError, match="shape"):
        torch.zeros(4).add_(torch.zeros(2, 4))
    with pytest.raises(RuntimeError, match="int64"):
        torch.zeros(4, dtype=torch.int64).add_(1.5)
    whole = torch.zeros(4)
    whole += torch.ones(4, dtype=torch.float64)
    assert whole.dtype == torch.float32


def test_views_of_no_grad_are_not_changed_outside(x: Any) -> None:
    y = x * 2
    with torch.no_grad():
        view = y[1:]
    with pytest.raises(RuntimeError, match="no_grad"):
        view.mul_(2)


# --- allowed --------------------------------------------------------------------------------------


def test_update_of_a_parameter(x: Any) -> None:
    for _ in range(3):
        loss = (x * x).sum()
        loss.backward()
        with torch.no_grad():
            x -= 0.25 * x.grad
            x.grad.zero_()
    same(x.detach(), np.array([1.0, -2.0, 3.0, 0.5]) / 8)
    assert x.is_leaf and x.requires_grad


def test_chains_of_changes() -> None:
    y = torch.ones(3)
    y.add_(1).mul_(2).sub_(0.5).div_(3).pow_(2).neg_().abs_().sqrt_().clamp_(0, 1)
    same(y, np.ones(3))
    assert y.fill_(3).zero_() is y


def test_history_after_a_change(x: Any) -> None:
    y = x.clone()
    y.mul_(3).sin_()
    y.sum().backward()
    same(x.grad, 3 * np.cos(3 * x.detach().numpy()))


def test_constants_that_take_in_a_variable(x: Any) -> None:
    y = torch.zeros(4, dtype=torch.float64)
    view = y[1:]
    y[0] = x[1]
    view += x[:3] * 2
    assert y.requires_grad and repr(y).endswith("grad_fn=<CopySlices>)")
    (y * y).sum().backward()
    v = x.detach().numpy()
    same(x.grad, [8 * v[0], 2 * v[1] + 8 * v[1], 8 * v[2], 0])


def test_masks_and_repeated_places(x: Any) -> None:
    y = x.clone()
    y[y > 0] *= 2
    (y * y).sum().backward()
    v = x.detach().numpy()
    same(x.grad, np.where(v > 0, 8 * v, 2 * v))
    x.grad = None
    y = x.clone()
    y[y < 0] = 0.0
    y[torch.tensor([True, False, False, True])] = torch.tensor([7.0, 8.0])
    y.sum().backward()
    same(x.grad, [0, 0, 1, 0])


def test_repeated_places_are_added_to_once(x: Any) -> None:
    """As in NumPy and PyTorch the value is that of one addition.  Its derivative is that of what was computed;
    PyTorch's counts a place as often as it is named."""
    y = x.clone()
    y[[0, 0, 1]] += 1.0
    (y * y).sum().backward()
    v = x.detach().numpy()
    same(x.grad, 2 * (v + [1, 1, 0, 0]))


def test_added_at_repeated_places(x: Any) -> None:
    y = torch.zeros(3, dtype=torch.float64)
    np.add.at(y, [0, 0, 2, 1], x)
    same(y.detach(), [-1.0, 0.5, 3.0])
    (y * y).sum().backward()
    same(x.grad, [-2, -2, 6, 1])


def test_targets(x: Any) -> None:
    y = torch.zeros(4, dtype=torch.float64)
    assert np.multiply(x, x, out=y) is y
    y.sum().backward()
    same(x.grad, 2 * x.detach().numpy())


def test_copies_into(x: Any) -> None:
    y = torch.zeros(2, 4, dtype=torch.float64)
    y.copy_(x)
    np.copyto(y[1], x * 2)
    (y * torch.arange(8).view(2, 4)).sum().backward()
    same(x.grad, [0 + 8, 1 + 10, 2 + 12, 3 + 14])


def test_views_of_views(x: Any) -> None:
    y = x.clone()
    square = y.view(2, 2)
    column = square.t()[1]
    column *= x[0]
    same(y.detach(), [1, -2, 3, 0.5])
    assert column.grad_fn is not None and square.grad_fn is not None
    (square * square).sum().backward()
    v = x.detach().numpy()
    same(x.grad, [2 * v[0] + 2 * v[0] * (v[1] ** 2 + v[3] ** 2), 2 * v[1], 2 * v[2], 2 * v[3]])


def test_a_view_follows_its_base(x: Any) -> None:
    y = x.clone()
    view = y[1:]
    y.mul_(x)
    same(view.detach(), x.detach().numpy()[1:] ** 2)
    view.sum().backward()
    same(x.grad, [0, *(2 * x.detach().numpy()[1:])])


def test_second_order_through_changes(x: Any) -> None:
    y = x.clone()
    y[0] = x[1] * x[2]
    y.mul_(x)
    (g,) = autograd.grad((y * y).sum(), x, create_graph=True)
    (h,) = autograd.grad(g.sum(), x)

    def gradient(values: Any) -> Any:
        a, b, c, d = values
        return np.array(
            [
                2 * a * (b * c) ** 2,
                2 * a * a * b * c * c + 4 * b**3,
                2 * a * a * b * b * c + 4 * c**3,
                4 * d**3,
            ]
        )

    v, step = x.detach().numpy(), 1e-6
    same(g.detach(), gradient(v))
    rows = [(gradient(v + step * e) - gradient(v - step * e)) / (2 * step) for e in np.eye(4)]
    np.testing.assert_allclose(h.numpy(), np.sum(rows, axis=0), rtol=1e-7)


def test_counts_of_changes(x: Any) -> None:
    y = x * 2
    assert y._version == 0
    y.add_(1)
    y.detach().mul_(2)
    y[0] = 3
    assert y._version == 3 == y[1:]._version
    y.data[0] = 3
    assert y._version == 3


# --- random programs ------------------------------------------------------------------------------

VIEWS = [
    "{n}[0]", "{n}[-1]", "{n}[1:]", "{n}.reshape(-1)", "{n}[..., ::2]",
    "{n}.T if {n}.ndim == 2 else {n}[:]", "{n}[None]",
    "{n}.unbind(0)[0]", "{n}.view(-1) if {n}.is_contiguous() else {n}[:]",
]  # fmt: skip
CHANGES = [
    "{n}.mul_(y[0,0])", "{n}.add_(y[1,2], alpha=2)", "{n} += 1.25", "{n} *= w[0]", "{n}[0] = y[0,1]*2",
    "{n}[..., 0] = w[1]", "{n}.exp_() if {n}.abs().max() < 5 else {n}.mul_(0.1)", "{n}.copy_(w[2]*y[0,0])",
    "{n}.zero_()",
    "{n}.sigmoid_()", "{n}.neg_()", "{n}[torch.tensor([0])] = w[0]", "{n}.div_(y[0,0]+3)", "{n}.clamp_(min=0.1)",
    "{n}[{n} > 1] *= 0.5",
]  # fmt: skip
USES = ["{n}.sin()", "{n}*{n}", "{n}.exp()*0.1", "{n}.sum()", "{n}.tanh()", "{n}.clone()"]


def program(seed: int) -> str:
    """Views of `b`, changes of them, and uses, which go to `outs`."""
    chance = random.Random(seed)
    lines, names = ["b = x * 1.5"], ["b"]
    for number in range(chance.randint(2, 9)):
        name, kind = chance.choice(names), chance.random()
        if kind < 0.3:
            names.append(f"v{number}")
            lines.append(f"v{number} = " + chance.choice(VIEWS).format(n=name))
        elif kind < 0.75:
            lines.append(chance.choice(CHANGES).format(n=name))
        else:
            lines.append(f"outs.append({chance.choice(USES).format(n=name)})")
    return "\n".join([*lines, *[f"outs.append({name}*1)" for name in names]])


SHAPES = {"x": (2, 3), "y": (2, 3), "w": (3,)}


def loss(text: str, leaves: dict[str, Any]) -> Any:
    env: dict[str, Any] = {"torch": torch, "outs": [], **leaves}
    exec(text, env)
    weights = np.random.default_rng(3)
    return sum((out * torch.tensor(weights.normal(size=out.shape))).sum() for out in env["outs"])


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed: int, rng: np.random.Generator) -> None:
    text = program(seed)
    values = {name: rng.uniform(0.2, 1.5, size=shape) for name, shape in SHAPES.items()}
    tensors = {name: torch.tensor(v, requires_grad=True) for name, v in values.items()}
    try:
        total = loss(text, tensors)
        total.backward()
    except RuntimeError as error:  # a value that a gradient needs was overwritten
        assert "changed in place" in str(error), text
        return
    except IndexError:
        return
    directions = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    slope = sum(np.sum(t.grad.numpy() * directions[n]) for n, t in tensors.items() if t.grad is not None)

    def along(step: float) -> float:
        return loss(text, {n: torch.tensor(v + step * directions[n]) for n, v in values.items()}).item()

    h = 1e-6
    assert slope == pytest.approx((along(h) - along(-h)) / (2 * h), rel=1e-5, abs=1e-6), text


@pytest.mark.parametrize("seed", range(100, 115))
def test_second_order_of_random_programs(seed: int, rng: np.random.Generator) -> None:
    text = program(seed)
    values = {name: rng.uniform(0.2, 1.5, size=shape) for name, shape in SHAPES.items()}
    weights = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    directions = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}

    def along(step: float) -> tuple[dict[str, Any], Any]:
        """The leaves, and the gradient of the program times the weights."""
        leaves = {n: torch.tensor(v + step * directions[n], requires_grad=True) for n, v in values.items()}
        grads = autograd.grad(
            loss(text, leaves).exp() * 0.1, list(leaves.values()), create_graph=True, materialize_grads=True
        )
        return leaves, sum((g * torch.tensor(w)).sum() for g, w in zip(grads, weights.values(), strict=True))

    try:
        leaves, slope = along(0.0)
        slope.backward()
    except RuntimeError as error:
        assert "changed in place" in str(error), text
        return
    except IndexError:
        return
    found = sum(np.sum(t.grad.numpy() * directions[n]) for n, t in leaves.items() if t.grad is not None)
    h = 1e-6
    expected = (along(h)[1].item() - along(-h)[1].item()) / (2 * h)
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-5), text
