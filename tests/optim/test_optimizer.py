"""Optimisers: groups, state, what they refuse; that they work in place.  Their paths are compared in `tests/nn`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc import nn, optim

OPTIMISERS = {
    "sgd": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: optim.Adam(p, lr=0.1, amsgrad=True),
    "adamw": lambda p: optim.AdamW(p, lr=0.1),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.1, momentum=0.5, centered=True),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "lbfgs": lambda p: optim.LBFGS(p, max_iter=3, line_search_fn="strong_wolfe"),
}
TARGET = torch.tensor([[1.0, -2.0], [3.0, 0.5]])


def run(parameters: list[Any], optimiser: Any, steps: int) -> None:
    def closure() -> Any:
        optimiser.zero_grad()
        loss = sum((p - TARGET).square().sum() + 0.1 * (p * p.T).sum() for p in parameters)
        loss.backward()
        return loss

    for _ in range(steps):
        optimiser.step(closure)


def parameters(count: int = 2) -> list[Any]:
    return [nn.Parameter(torch.ones(2, 2) * (i + 1)) for i in range(count)]


@pytest.mark.parametrize("name", OPTIMISERS)
def test_state_carries_on(name: str) -> None:
    """Ten steps are five, a state that is loaded elsewhere, and five more."""
    whole, half = parameters(), parameters()
    run(whole, OPTIMISERS[name](whole), 10)
    first = OPTIMISERS[name](half)
    run(half, first, 5)
    state = first.state_dict()
    copied = [nn.Parameter(p.detach().clone()) for p in half]
    second = OPTIMISERS[name](copied)
    second.load_state_dict(state)
    run(half, first, 5)  # the loaded state is not shared
    run(copied, second, 5)
    for a, b, c in zip(whole, half, copied, strict=True):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
        np.testing.assert_array_equal(a.detach().numpy(), c.detach().numpy())


@pytest.mark.parametrize("name", OPTIMISERS)
def test_steps_write_in_place_and_outside_of_the_graph(name: str) -> None:
    ours = parameters()
    places = [p.data_ptr() for p in ours]
    optimiser = OPTIMISERS[name](ours)
    run(ours, optimiser, 1)
    assert [p.data_ptr() for p in ours] == places
    assert all(p.is_leaf and p.requires_grad and p.dtype == np.float32 for p in ours)
    loss = (ours[0] * ours[1]).sum()
    optimiser.step(lambda: torch.tensor(0.0))
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


def test_parameters_without_gradient_stay() -> None:
    ours = parameters()
    ours[0].requires_grad_(False)
    optimiser = optim.SGD(ours, lr=0.5, weight_decay=1.0)
    (ours[1] * 3).sum().backward()
    optimiser.step()
    assert ours[0].tolist() == [[1.0, 1.0], [1.0, 1.0]] and ours[1].tolist() == [[-0.5, -0.5], [-0.5, -0.5]]
    gradient = ours[1].grad
    optimiser.zero_grad(set_to_none=False)
    assert ours[1].grad is not None and not gradient.numpy().any()
    optimiser.zero_grad()
    assert ours[1].grad is None


def test_gradients_are_not_written_to() -> None:
    for name, build in OPTIMISERS.items():
        if name != "lbfgs":
            (parameter,) = parameters(1)
            (parameter * TARGET).sum().backward()
            build([parameter]).step()
            np.testing.assert_array_equal(parameter.grad.numpy(), TARGET.numpy())


def test_groups_have_options_of_their_own() -> None:
    a, b, c = parameters(3)
    optimiser = optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.25, momentum=0.5)
    optimiser.add_param_group({"params": [c], "maximize": True})
    for p in (a, b, c):
        p.sum().backward()
    optimiser.step()
    assert [p[0, 0].item() for p in (a, b, c)] == [0.5, 1.75, 3.25]
    assert repr(optimiser) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.5\n    maximize: False\n    momentum: 0.5\n"
        "    nesterov: False\n    weight_decay: 0\nParameter Group 1\n    dampening: 0\n    lr: 0.25\n"
        "    maximize: False\n    momentum: 0.5\n    nesterov: False\n    weight_decay: 0\nParameter Group 2\n"
        "    dampening: 0\n    lr: 0.25\n    maximize: True\n    momentum: 0.5\n    nesterov: False\n"
        "    weight_decay: 0\n)"
    )
    optimiser.param_groups[0]["lr"] = 0.0
    optimiser.step()
    assert a[0, 0].item() == 0.5
    assert optimiser.state_dict()["param_groups"][2]["params"] == [2]


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: optim.SGD([], lr=0.1), ValueError, "optimizer got an empty parameter list"),
        (lambda: optim.SGD(parameters(1)[0], lr=0.1), TypeError, "should be an iterable of Tensors or dicts"),
        (lambda: optim.SGD(parameters(1) * 2, lr=0.1), ValueError, "appear more than once"),
        (lambda: optim.SGD([1.0], lr=0.1), TypeError, "one of the params is float"),
        (lambda: optim.SGD([parameters(1)[0] * 2], lr=0.1), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda: optim.SGD([{"params": set(parameters())}]), TypeError, "not in a set"),
        (lambda: optim.SGD(parameters(), lr=-1.0), ValueError, "Invalid learning rate value: -1.0"),
        (lambda: optim.SGD(parameters(), nesterov=True), ValueError, "Nesterov momentum requires"),
        (
            lambda: optim.Adam(parameters(), betas=(0.9, 1.0)),
            ValueError,
            "Invalid beta parameter at index 1: value: 1.0",
        ),
        (lambda: optim.LBFGS([{"params": [p]} for p in parameters()]), ValueError, "parameter groups"),
        (
            lambda: optim.LBFGS(parameters(), line_search_fn="armijo"),
            ValueError,
            "'strong_wolfe', not 'armijo'",
        ),
        (lambda: optim.LBFGS(parameters()).step(), ValueError, r"call step\(closure\)"),
        (
            lambda: optim.SGD(parameters(1)).load_state_dict(optim.SGD(parameters(2)).state_dict()),
            ValueError,
            "parameter group of another size",
        ),
        (
            lambda: optim.SGD(parameters(1)).load_state_dict({"state": {}, "param_groups": []}),
            ValueError,
            "different number of parameter groups",
        ),
    ],
)
def test_misuse_is_refused(act: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        act()


def test_line_search_finds_the_minimum() -> None:
    """Rosenbrock's valley, whose lowest point is (1, 1)."""
    x = nn.Parameter(torch.tensor([-1.2, 1.0], dtype=torch.float64))
    optimiser = optim.LBFGS([x], max_iter=100, line_search_fn="strong_wolfe", tolerance_change=1e-14)

    def closure() -> Any:
        optimiser.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        return loss

    assert optimiser.step(closure).item() == pytest.approx(24.2)
    np.testing.assert_allclose(x.detach().numpy(), [1.0, 1.0], atol=1e-8)
    assert optimiser.state[x]["func_evals"] < 60


@pytest.mark.parametrize("shape", [(), (0,), (3, 0)])
@pytest.mark.parametrize("name", [name for name in OPTIMISERS if name != "lbfgs"])
def test_parameters_without_axes_or_entries(name: str, shape: tuple[int, ...]) -> None:
    parameter = nn.Parameter(torch.ones(shape))
    optimiser = OPTIMISERS[name]([parameter])
    for _ in range(3):
        optimiser.zero_grad()
        (parameter * 2).sum().backward()
        optimiser.step()
    assert parameter.shape == shape and bool((parameter.detach() < 1).numpy().all())


def test_strided_parameters() -> None:
    values = np.ones((3, 2), np.float32)
    parameter = nn.Parameter(torch.from_numpy(values).T)
    optimiser = optim.Adam([parameter], lr=0.5)
    parameter.sum().backward()
    optimiser.step()
    np.testing.assert_allclose(values, 0.5, rtol=1e-6)
