"""Modules within compiled programs: the gradients of `backward`, from one function for the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tangentc
import tangentc.eager as torch
from tangentc import nn


class Containers(nn.Module):
    """Lists and dicts of modules and parameters, by key, by position and in loops."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])
        self.named = nn.ModuleDict({"first": nn.Linear(4, 4), "second": nn.Tanh()})
        self.listed = nn.ParameterList([torch.ones(4), 2 * torch.ones(4)])
        self.kept = nn.ParameterDict({"scale": torch.ones(4)})

    def forward(self, x: Any) -> Any:
        for number, layer in enumerate(self.layers):
            x = layer(x) + number
        for name in self.named:
            x = self.named[name](x)
        return self.layers[-1](x) * self.listed[0] * self.listed[-1] * self.kept["scale"]


def sequence(*layers: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(*[layer() for layer in layers])


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "perceptron": (sequence(lambda: nn.Linear(4, 8), nn.ReLU, lambda: nn.Linear(8, 3)), (5, 4)),
    "convolutional": (
        sequence(
            lambda: nn.Conv2d(2, 4, 3, padding=1), lambda: nn.BatchNorm2d(4), nn.ReLU, lambda: nn.MaxPool2d(2),
            nn.Flatten, lambda: nn.Linear(36, 2),
        ),
        (3, 2, 6, 6),
    ),
    "same": (lambda: nn.Conv2d(2, 4, 3, padding="same", groups=2), (3, 2, 6, 6)),
    "sequences": (
        sequence(lambda: nn.Conv1d(2, 4, 3), lambda: nn.Unflatten(1, (2, 2)), lambda: nn.AvgPool2d(2, 1, 1)), (3, 2, 6)
    ),
    "adaptive": (sequence(lambda: nn.Conv2d(2, 4, 3), lambda: nn.AdaptiveAvgPool2d(1)), (3, 2, 6, 6)),
    "norms": (
        sequence(lambda: nn.Linear(4, 4), lambda: nn.LayerNorm(4), nn.GELU, lambda: nn.BatchNorm1d(4, momentum=None)),
        (5, 4),
    ),
    "activations": (
        sequence(
            lambda: nn.Linear(4, 4), nn.Tanh, nn.Sigmoid, nn.SiLU, nn.ELU, nn.Softplus, nn.LeakyReLU, nn.Hardtanh,
            nn.LogSigmoid, nn.ReLU6, lambda: nn.LogSoftmax(1),
        ),
        (5, 4),
    ),
    "in place": (sequence(lambda: nn.Linear(4, 4), lambda: nn.ReLU(inplace=True), lambda: nn.Dropout(1.0)), (5, 4)),
    "containers": (Containers, (5, 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_gradients_are_those_of_backward(name: str) -> None:
    build, shape = MODELS[name]
    random = np.random.default_rng(5)
    torch.manual_seed(5)
    model = build().double()
    twin = build().double()
    twin.load_state_dict(model.state_dict())
    x = torch.tensor(random.normal(size=shape))
    weights = torch.tensor(random.normal(size=tuple(model.eval()(x).shape)))
    model.train()

    def loss(model: Any, x: Any) -> Any:
        return (model(x) * weights).sum()

    compiled = tangentc.value_and_grad(loss)
    for _ in range(2):
        value, gradients = compiled(model, x)
        twin.zero_grad()
        expected = loss(twin, x)
        expected.backward()
        assert float(value) == pytest.approx(expected.item(), rel=1e-12)
        for key, parameter in twin.named_parameters():
            wanted = np.zeros(parameter.shape) if parameter.grad is None else parameter.grad.numpy()
            np.testing.assert_allclose(np.asarray(gradients[key]), wanted, rtol=1e-9, atol=1e-12)
    for key, tensor in model.state_dict().items():  # running statistics, too
        np.testing.assert_array_equal(tensor.numpy(), twin.state_dict()[key].numpy())


def test_settings_are_part_of_the_program() -> None:
    """Another setting is another program; other weights are not."""
    layer = nn.Flatten()
    net = nn.Sequential(layer, nn.Linear(6, 1, bias=False))
    x = torch.ones(2, 3, 2)
    gradient = tangentc.grad(lambda net, x: net(x).sum())
    assert np.asarray(gradient(net, x)["1.weight"]).tolist() == [[2.0] * 6]
    layer.start_dim, layer.end_dim = 0, 1
    net[1] = nn.Linear(2, 1, bias=False)
    assert np.asarray(gradient(net, x)["1.weight"]).tolist() == [[6.0] * 2]


def test_dropout_draws_anew_in_each_call() -> None:
    net = nn.Sequential(nn.Linear(1, 64, bias=False), nn.Dropout(0.5))
    gradient = tangentc.grad(lambda net, x: net(x).sum())
    torch.manual_seed(3)
    first, second = (np.asarray(gradient(net, torch.ones(1, 1))["0.weight"]) for _ in range(2))
    assert set(np.unique(first)) == {0.0, 2.0} and not np.array_equal(first, second)
    torch.manual_seed(3)
    net(torch.ones(1, 1)).sum().backward()
    np.testing.assert_array_equal(net[0].weight.grad.numpy(), first)
