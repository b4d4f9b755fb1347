"""Modules that are compiled: gradients as define by run, as differences; nothing for what is frozen."""

from __future__ import annotations

import numpy as np
import pytest

import tangentc
import tangentc.eager as torch
import tangentc.nn.functional as F
from tangentc import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key = nn.Linear(4, 4), nn.Linear(4, 4)
        self.blocks = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])

    def forward(self, x):
        query, key = self.query(x), self.key(x)
        weights = torch.softmax(query @ key.transpose(-2, -1) / query.size(-1) ** 0.5, dim=-1)
        x = weights @ x
        for block in self.blocks:
            x = F.relu(block(x)) + x
        return x.view(x.size(0), -1).mean(dim=1)


class Gated(nn.Module):
    """A cell of an LSTM, run over a sequence."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3 + 5, 4 * 5)

    def forward(self, x):
        h = torch.zeros(x.shape[1], 5)
        c = torch.zeros(x.shape[1], 5)
        for t in range(x.shape[0]):
            i, f, g, o = self.inner(torch.cat([x[t], h], 1)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return h


NETWORKS = {
    "linear": lambda: (nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2)), (3, 4)),
    "convolution": lambda: (
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 4)), (2, 1, 8, 8)
    ),
    "norm": lambda: (nn.Sequential(nn.Linear(4, 5), nn.LayerNorm(5), nn.GELU(), nn.Linear(5, 2)), (3, 4)),
    "evaluation": lambda: (
        nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Dropout(0.5), nn.Linear(5, 2)).eval(), (3, 4)
    ),
    "attention": lambda: (Attention(), (2, 3, 4)),
    "recurrent": lambda: (Gated(), (4, 2, 3)),
}  # fmt: skip


@pytest.fixture(params=list(NETWORKS))
def network(request):
    torch.manual_seed(3)
    module, shape = NETWORKS[request.param]()
    return module, torch.randn(*shape)


def gradients(module):
    found = {name: p.grad.numpy().copy() for name, p in module.named_parameters() if p.grad is not None}
    module.zero_grad()
    return found


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name, bar in expected.items():
        assert found[name].dtype == bar.dtype
        np.testing.assert_allclose(found[name], bar, rtol=2e-5, atol=2e-6, err_msg=name)


def test_the_ways_to_a_gradient_agree(network):
    """Define by run, a compiled module, and a compiled function of a module."""
    module, x = network
    weights = torch.randn(*module(x).shape)

    def loss(module, x):
        return (module(x) * weights).sum()

    loss(module, x).backward()
    expected = gradients(module)
    loss(tangentc.compile(module), x).backward()
    assert_same(gradients(module), expected)
    value, found = tangentc.value_and_grad(loss)(module, x)
    assert isinstance(value, torch.Tensor) and value.item() == pytest.approx(loss(module, x).item(), rel=1e-5)
    assert_same({name: bar.numpy() for name, bar in found.items()}, expected)
    assert not gradients(module)  # a function leaves nothing in the parameters


def test_against_differences():
    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    x = torch.randn(5, 3, dtype=torch.float64)

    def loss(module):
        return (module(x) ** 2).mean()

    found = tangentc.grad(loss)(module)
    for name, parameter in module.named_parameters():
        array, direction = parameter.detach().numpy(), np.random.default_rng(0).normal(size=parameter.shape)
        kept, values = array.copy(), []
        for sign in (1, -1):
            array[...] = kept + sign * 1e-6 * direction
            values.append(loss(module).item())
        array[...] = kept
        assert (found[name].numpy() * direction).sum() == pytest.approx(
            (values[0] - values[1]) / 2e-6, rel=1e-6
        )


def test_what_is_frozen_is_a_constant():
    torch.manual_seed(2)
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    x, compiled = torch.randn(5, 3), tangentc.compile(module)
    compiled(x).sum().backward()
    assert set(gradients(module)) == {"0.weight", "0.bias", "2.weight", "2.bias"}
    module[0].requires_grad_(False)
    compiled(x).sum().backward()
    assert set(gradients(module)) == {"2.weight", "2.bias"}
    reverse = compiled.source.split("def ")[2]
    assert "weight.T" not in reverse and reverse.count("@") == 1  # one product, for the last weight
    found = tangentc.grad(lambda module: module(x).sum())(module)
    assert set(found) == {"2.weight", "2.bias"}
    with torch.no_grad():  # what is frozen is read again at each call
        module[0].weight.mul_(2.0)
    np.testing.assert_allclose(compiled(x).detach().numpy(), module(x).detach().numpy(), rtol=1e-6)


def test_gradients_of_the_input_too():
    torch.manual_seed(4)
    module, x = nn.Linear(3, 2), torch.randn(4, 3, requires_grad=True)
    weights = torch.randn(4, 2)
    (module(x) * weights).sum().backward()
    expected, x.grad = x.grad, None
    (tangentc.compile(module)(x) * weights).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), expected.numpy(), rtol=1e-6)
    parameters, bar = tangentc.grad(lambda module, x: (module(x) * weights).sum(), argnums=(0, 1))(
        module, x.detach()
    )
    np.testing.assert_allclose(bar.numpy(), expected.numpy(), rtol=1e-6)
    assert set(parameters) == {"weight", "bias"}


def test_shared_parameters_count_once():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3, 3, bias=False)
            self.second = nn.Linear(3, 3, bias=False)
            self.second.weight = self.first.weight

        def forward(self, x):
            return self.second(torch.tanh(self.first(x)))

    torch.manual_seed(5)
    module, x = Tied(), torch.randn(4, 3)
    (module(x) ** 2).sum().backward()
    expected = gradients(module)
    assert set(expected) == {"first.weight"}
    found = tangentc.grad(lambda module: (module(x) ** 2).sum())(module)
    assert_same({name: bar.numpy() for name, bar in found.items()}, expected)


def test_a_changed_setting_is_noticed():
    torch.manual_seed(6)
    module = nn.Sequential(nn.Linear(3, 3), nn.LeakyReLU(0.1))
    compiled, x = tangentc.compile(module), torch.randn(4, 3)
    compiled(x)
    module[1].negative_slope = 0.5
    np.testing.assert_allclose(compiled(x).detach().numpy(), module(x).detach().numpy(), rtol=1e-6)
    module[0].weight = nn.Parameter(torch.randn(3, 3))
    compiled(x).sum().backward()
    found = gradients(module)
    module(x).sum().backward()
    assert_same(found, gradients(module))


def test_running_statistics_are_learned():
    torch.manual_seed(7)
    x = torch.randn(6, 3)
    modules = [nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3)) for _ in range(2)]
    modules[1].load_state_dict(modules[0].state_dict())
    for _ in range(3):
        tangentc.compile(modules[0])(x).sum().backward()
        modules[1](x).sum().backward()
    assert_same(gradients(modules[0]), gradients(modules[1]))
    for (name, found), (_, expected) in zip(
        modules[0].named_buffers(), modules[1].named_buffers(), strict=True
    ):
        np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-6, err_msg=name)


def test_only_modules_are_compiled():
    with pytest.raises(TypeError, match="takes a module"):
        tangentc.compile(lambda x: x)
    with pytest.raises(RuntimeError, match="not been called"):
        tangentc.compile(nn.Linear(1, 1)).source  # noqa: B018


def test_a_module_that_is_not_differentiated():
    """It is a constant of the program; its parameters are read at each call."""

    def loss(module, x):
        return (module(x) ** 2).sum()

    torch.manual_seed(8)
    modules, x = [nn.Linear(3, 2), nn.Linear(3, 2)], torch.randn(4, 3)
    gradient = tangentc.grad(loss, argnums=1)
    for module in (*modules, modules[0]):
        point = x.clone().requires_grad_()
        loss(module, point).backward()
        np.testing.assert_allclose(gradient(module, x).numpy(), point.grad.numpy(), rtol=1e-6)
        with torch.no_grad():
            module.weight.mul_(2.0)
    value, slope = tangentc.jvp(loss, (modules[0], x), (None, x))
    assert slope.item() == pytest.approx(float((gradient(modules[0], x) * x).sum()), rel=1e-5)
    assert value.item() == pytest.approx(loss(modules[0], x).item(), rel=1e-6)
    module = modules[0].double()
    tangentc.check_grads(lambda x: loss(module, x), (x.double(),))
