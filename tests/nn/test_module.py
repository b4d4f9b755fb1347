"""Modules: registration, iteration, printing, state, and changes to the whole tree."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc import nn


class MyLinear(nn.Module):
    """The lecture's layer."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, out_features))

    def forward(self, input: Any) -> Any:
        return torch.matmul(input, self.weight)


class Net2(nn.Module):
    """The lecture's network."""

    def __init__(self) -> None:
        super().__init__()
        self.layer0 = MyLinear(4, 3)
        self.layer1 = MyLinear(3, 1)

    def forward(self, x: Any) -> Any:
        x = self.layer0(x)
        x = nn.functional.relu(x)
        x = self.layer1(x)
        return x


# The lecture's listings


def test_children_and_modules_of_a_sequence() -> None:
    net = nn.Sequential(MyLinear(4, 3), nn.ReLU(), MyLinear(3, 1))
    assert [repr(child) for child in net.children()] == ["MyLinear()", "ReLU()", "MyLinear()"]
    whole = "Sequential(\n  (0): MyLinear()\n  (1): ReLU()\n  (2): MyLinear()\n)"
    assert [repr(module) for module in net.modules()] == [whole, "MyLinear()", "ReLU()", "MyLinear()"]
    assert net(torch.randn(4)).shape == (1,)


def test_children_and_modules_of_a_class() -> None:
    net = Net2()
    whole = "Net2(\n  (layer0): MyLinear()\n  (layer1): MyLinear()\n)"
    assert [repr(child) for child in net.children()] == ["MyLinear()", "MyLinear()"]
    assert [repr(module) for module in net.modules()] == [whole, "MyLinear()", "MyLinear()"]
    assert str(list(net.named_children())) == "[('layer0', MyLinear()), ('layer1', MyLinear())]"
    assert (
        str(list(net.named_modules())) == f"[('', {whole}), ('layer0', MyLinear()), ('layer1', MyLinear())]"
    )


def test_parameters_are_listed_and_printed() -> None:
    layer = MyLinear(2, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.5, -1.25], [2.0, 0.0]]))
    text = (
        "Parameter containing:\ntensor([[ 0.5000, -1.2500],\n        [ 2.0000,  0.0000]], requires_grad=True)"
    )
    assert repr(layer.weight) == text
    assert str(next(layer.named_parameters())) == f"('weight', {text})"
    assert [p is layer.weight for p in layer.parameters()] == [True]


def test_frozen_layer_gets_no_gradient() -> None:
    net = Net2()
    assert net.layer1.requires_grad_(False) is net.layer1
    x = torch.randn(4).requires_grad_()
    z = net(x)
    z.retain_grad()
    z.backward()
    assert net.layer1.weight.grad is None and not net.layer1.weight.requires_grad
    assert z.grad.item() == 1.0
    hidden = np.maximum(x.detach().numpy() @ net.layer0.weight.detach().numpy(), 0)
    through = (hidden > 0) * net.layer1.weight.detach().numpy()[:, 0]
    np.testing.assert_allclose(
        net.layer0.weight.grad.numpy(), np.outer(x.detach().numpy(), through), rtol=1e-6
    )
    np.testing.assert_allclose(
        x.grad.numpy(), net.layer0.weight.detach().numpy() @ through, rtol=1e-5, atol=1e-6
    )


def test_linear_backward_is_two_products_exactly() -> None:
    model = nn.Sequential(
        nn.Linear(20, 16, bias=False), nn.ReLU(), nn.Linear(16, 16, bias=False), nn.ReLU(), nn.Linear(16, 10)
    )
    x, target = torch.randn(8, 20), torch.arange(8)
    inside = model[1](model[0](x))
    inside.retain_grad()
    outside = model[2](inside)
    outside.retain_grad()
    nn.CrossEntropyLoss()(model[4](model[3](outside)), target).backward()
    weight = model[2].weight
    assert (inside.grad - torch.matmul(outside.grad, weight)).abs().sum().item() == 0.0
    product = torch.matmul(torch.transpose(inside, 0, 1), outside.grad)
    assert (torch.transpose(weight.grad, 0, 1) - product).abs().sum().item() == 0.0


# Registration


class Parts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.register_parameter("bias", None)
        self.register_buffer("mean", torch.zeros(2))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.child = nn.Identity()
        self.add_module("absent", None)
        self.plain = torch.ones(3)


def test_attributes_are_registered_by_what_they_are() -> None:
    parts = Parts()
    assert list(dict(parts.named_parameters())) == ["weight"]
    assert list(dict(parts.named_buffers())) == ["mean", "scratch"]
    assert list(parts.state_dict()) == ["weight", "mean"]
    assert [name for name, _ in parts.named_children()] == ["child"]
    assert parts.bias is None and parts.absent is None and {"weight", "mean", "child"} <= set(dir(parts))
    parts.bias = nn.Parameter(torch.zeros(2))
    parts.weight = None
    assert list(dict(parts.named_parameters())) == ["bias"]
    parts.mean = torch.ones(2)
    assert "mean" in parts.state_dict()
    parts.child = nn.Parameter(torch.zeros(1))  # the module of this name is gone
    assert list(parts.children()) == [] and "child" in dict(parts.named_parameters())
    del parts.child, parts.mean, parts.plain
    assert not hasattr(parts, "child") and "mean" not in parts.state_dict()


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (
            lambda p: setattr(p, "weight", torch.ones(2)),
            TypeError,
            "as parameter 'weight' (Parameter or None expected)",
        ),
        (lambda p: setattr(p, "child", 3), TypeError, "cannot assign 'int' as child module 'child'"),
        (lambda p: setattr(p, "mean", 3.0), TypeError, "cannot assign 'float' as buffer 'mean'"),
        (lambda p: p.nothing, AttributeError, "'Parts' object has no attribute 'nothing'"),
        (
            lambda p: p(torch.ones(2)),
            NotImplementedError,
            'Module [Parts] is missing the required "forward" function',
        ),
        (lambda p: p.register_parameter("plain", None), KeyError, "attribute 'plain' already exists"),
        (lambda p: p.register_parameter("a.b", None), KeyError, 'parameter name can\'t contain "."'),
        (lambda p: p.register_buffer("", None), KeyError, "buffer name can't be empty"),
        (lambda p: p.register_buffer("x", 3), TypeError, "cannot assign 'int' object to buffer 'x'"),
        (lambda p: p.register_parameter("x", torch.ones(2)), TypeError, "object to parameter 'x'"),
        (lambda p: p.add_module("x", 3), TypeError, "int is not a Module subclass"),
        (lambda p: p.add_module(3, None), TypeError, "module name should be a string. Got int"),
        (lambda p: p.get_submodule("child.x"), AttributeError, "Identity has no attribute `x`"),
        (lambda p: p.get_submodule("plain"), AttributeError, "`plain` is not an nn.Module"),
        (lambda p: p.get_parameter("mean"), AttributeError, "`mean` is not an nn.Parameter"),
        (lambda p: p.get_buffer("plain"), AttributeError, "`plain` is not a buffer"),
        (lambda p: p.train(1), ValueError, "training mode is expected to be boolean"),
        (
            lambda p: p.to(torch.int64),
            TypeError,
            "nn.Module.to only accepts floating point or complex dtypes",
        ),
        (lambda p: p.to("cuda:0"), RuntimeError, "there is no device 'cuda:0'"),
    ],
)
def test_misuse_is_refused(act: Any, error: Any, message: str) -> None:
    with pytest.raises(error) as raised:
        act(Parts())
    assert message in str(raised.value.args[0])


def test_subclasses_call_init_first() -> None:
    class Forgetful(nn.Module):
        def __init__(self, value: Any) -> None:
            self.value = value

    with pytest.raises(AttributeError, match=r"cannot assign module before Module.__init__\(\) call"):
        Forgetful(nn.Identity())
    with pytest.raises(AttributeError, match="cannot assign parameters before"):
        Forgetful(nn.Parameter(torch.ones(1)))


def test_parameter_requires_gradient_in_every_mode() -> None:
    with torch.no_grad():
        assert nn.Parameter(torch.ones(2)).requires_grad
    assert not nn.Parameter(torch.ones(2), requires_grad=False).requires_grad
    assert nn.Parameter().shape == (0,)
    values = np.ones(3, np.float32)
    parameter = nn.Parameter(torch.from_numpy(values))
    values[0] = 5.0
    assert parameter[0].item() == 5.0  # memory is shared
    with torch.no_grad():
        parameter.zero_()
    assert not values.any() and type(parameter) is nn.Parameter


def test_shared_members_count_once() -> None:
    layer = nn.Linear(2, 2)
    net = nn.ModuleDict({"a": layer, "b": layer, "c": nn.Linear(2, 2)})
    net["c"].weight = layer.weight
    assert [name for name, _ in net.named_parameters()] == ["a.weight", "a.bias", "c.bias"]
    assert [name for name, _ in net.named_modules()] == ["", "a", "c"]
    everywhere = [name for name, _ in net.named_parameters(remove_duplicate=False)]
    assert everywhere == ["a.weight", "a.bias", "b.weight", "b.bias", "c.weight", "c.bias"]
    assert [name for name, _ in net.named_modules(remove_duplicate=False)] == ["", "a", "b", "c"]
    assert len(list(net.children())) == 2 and len(net.state_dict()) == 6
    memo: set[Any] = {net["c"]}
    assert [name for name, _ in net.named_modules(memo, prefix="net")] == ["net", "net.a"]
    assert memo == {net, layer, net["c"]}
    assert [name for name, _ in net.named_parameters("net", recurse=False)] == []


def test_paths_lead_to_members() -> None:
    net = nn.Sequential(nn.Sequential(nn.BatchNorm1d(2)), nn.Linear(2, 1))
    assert net.get_submodule("0.0") is net[0][0] and net.get_submodule("") is net
    assert net.get_parameter("1.weight") is net[1].weight
    assert net.get_buffer("0.0.running_mean") is net[0][0].running_mean


# Changes to the whole tree


def test_apply_goes_from_children_to_parents() -> None:
    seen: list[str] = []
    net = Net2()
    assert net.apply(lambda module: seen.append(type(module).__name__)) is net
    assert seen == ["MyLinear", "MyLinear", "Net2"]


def test_modes_and_gradients() -> None:
    net = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 1))
    assert net.eval() is net and not net[0].training
    assert net.train()[0].training
    net(torch.ones(3, 2)).sum().backward()
    kept = net[1].weight.grad
    net.zero_grad(set_to_none=False)
    assert net[1].weight.grad is not None and not kept.numpy().any()
    net.zero_grad()
    assert net[1].weight.grad is None


def test_conversions_keep_the_parameters_and_the_integers() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    weight = net[0].weight
    net(torch.ones(3, 2) * torch.arange(3.0).reshape(3, 1)).sum().backward()
    assert net.double() is net and net[0].weight is weight
    assert {str(t.dtype) for t in [*net.parameters(), *net.buffers()]} == {"float64", "int64"}
    assert weight.dtype == np.float64 and weight.grad.dtype == np.float64
    net.to(torch.float32).to("cpu").to(torch.ones(1, dtype=torch.float64)).to(dtype=torch.float16).cpu()
    assert weight.dtype == np.float16
    assert net.float()[0].weight.dtype == np.float32 and net.half()[0].bias.dtype == np.float16


def test_copies_are_independent() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    twin = copy.deepcopy(net)
    assert type(twin[0].weight) is nn.Parameter and twin[0].weight.requires_grad
    with torch.no_grad():
        twin[0].weight.zero_()
    assert net[0].weight.abs().sum().item() > 0
    assert list(twin.state_dict()) == list(net.state_dict())


# State


def test_state_goes_back_and_forth() -> None:
    first, second = (nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)) for _ in range(2))
    first(torch.randn(5, 3))
    state = first.state_dict()
    assert list(state) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
    ]  # fmt: skip
    assert (
        not state["0.weight"].requires_grad
        and first.state_dict(keep_vars=True)["0.weight"] is first[0].weight
    )
    assert repr(second.load_state_dict(state)) == "<All keys matched successfully>"
    for name, tensor in second.state_dict().items():
        assert torch.equal(tensor, state[name])
    assert second[0].weight.requires_grad and second[0].weight is not first[0].weight
    with torch.no_grad():
        first[0].weight.zero_()
    assert not state["0.weight"].numpy().any() and second[0].weight.detach().numpy().any()
    assert list(first[0].state_dict(prefix="x.")) == ["x.weight", "x.bias"]


def test_loading_says_everything_that_does_not_fit() -> None:
    net = nn.Linear(3, 2)
    before = net.weight.detach().numpy().copy()
    state = {"weight": torch.ones(2, 4), "extra": torch.ones(1)}
    with pytest.raises(RuntimeError) as raised:
        net.load_state_dict(state)
    assert str(raised.value) == (
        "Error(s) in loading state_dict for Linear:"
        '\n\tMissing key(s) in state_dict: "bias". '
        '\n\tUnexpected key(s) in state_dict: "extra". '
        "\n\tsize mismatch for weight: copying a param with shape torch.Size([2, 4]) from checkpoint, "
        "the shape in current model is torch.Size([2, 3])."
    )
    assert np.array_equal(net.weight.detach().numpy(), before)
    found = net.load_state_dict({"weight": np.ones((2, 3)), "extra": torch.ones(1)}, strict=False)
    assert repr(found) == "_IncompatibleKeys(missing_keys=['bias'], unexpected_keys=['extra'])"
    assert net.weight.dtype == np.float32 and net.weight.detach().numpy().all()
    with pytest.raises(RuntimeError, match="expected a Tensor or an array from checkpoint but received int"):
        net.load_state_dict({"weight": 3}, strict=False)
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like"):
        net.load_state_dict([1])  # type: ignore[arg-type]


def test_loading_may_assign() -> None:
    net = nn.BatchNorm1d(2)
    net.requires_grad_(False)
    state = {name: tensor.to(torch.float64) for name, tensor in net.state_dict().items()}
    net.load_state_dict(state, assign=True)
    assert (
        net.weight.dtype == np.float64 and type(net.weight) is nn.Parameter and not net.weight.requires_grad
    )
    assert net.running_mean is state["running_mean"]


# Containers


def test_sequences_are_lists() -> None:
    net = nn.Sequential(OrderedDict(first=nn.Linear(2, 3), act=nn.Tanh(), last=nn.Linear(3, 1)))
    assert net.first is net[0] and net[-1] is net.last and len(net) == 3 and net.act in net
    assert repr(net[1:]) == (
        "Sequential(\n  (act): Tanh()\n  (last): Linear(in_features=3, out_features=1, bias=True)\n)"
    )
    numbered = nn.Sequential(nn.Tanh(), nn.ReLU())
    numbered.append(nn.Identity()).insert(0, nn.GELU())
    numbered.extend([nn.SiLU()])
    assert [type(m).__name__ for m in numbered] == ["GELU", "Tanh", "ReLU", "Identity", "SiLU"]
    assert type(numbered.pop(1)).__name__ == "Tanh" and list(numbered._modules) == ["0", "1", "2", "3"]
    del numbered[:2]
    numbered[0] = nn.Sigmoid()
    assert [type(m).__name__ for m in numbered + nn.Sequential(nn.ReLU())] == ["Sigmoid", "SiLU", "ReLU"]
    with pytest.raises(IndexError, match="index 7 is out of range"):
        numbered[7]


def test_lists_print_equal_neighbours_once() -> None:
    layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3)) + [nn.ReLU()]
    assert repr(layers) == (
        "ModuleList(\n  (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)\n  (3): ReLU()\n)"
    )
    layers += [nn.Tanh()]
    assert (
        len(layers) == 5
        and isinstance(layers[1:3], nn.ModuleList)
        and repr(nn.ModuleList()) == "ModuleList()"
    )
    with pytest.raises(NotImplementedError):
        layers(torch.ones(2))


def test_dicts_of_modules() -> None:
    layers = nn.ModuleDict({"conv": nn.Identity()})
    layers["pool"] = nn.ReLU()
    layers.update([("last", nn.Tanh())])
    assert list(layers) == ["conv", "pool", "last"] and "pool" in layers and len(layers.values()) == 3
    assert isinstance(layers.pop("pool"), nn.ReLU) and dict(layers.items()).keys() == {"conv", "last"}
    assert repr(layers) == "ModuleDict(\n  (conv): Identity()\n  (last): Tanh()\n)"
    layers.clear()
    assert len(layers) == 0


def test_lists_and_dicts_of_parameters() -> None:
    listed = nn.ParameterList([torch.ones(2, 3), nn.Parameter(torch.ones(1)), "text"])
    assert [name for name, _ in listed.named_parameters()] == ["0", "1"] and listed[-1] == "text"
    assert repr(listed) == (
        "ParameterList(\n    (0): Parameter containing: [torch.float32 of size 2x3]\n"
        "    (1): Parameter containing: [torch.float32 of size 1]\n    (2): Object of type: str\n)"
    )
    listed += [torch.zeros(4)]
    listed[0] = torch.zeros(5)
    assert [p.shape[0] for p in listed.parameters()] == [5, 1, 4] and len(listed[1:]) == 3
    with pytest.raises(IndexError):
        listed[9]
    named = nn.ParameterDict({"a": torch.ones(2)})
    named["b"] = nn.Parameter(torch.ones(()))
    assert list(named.keys()) == ["a", "b"] and len(list(named.parameters())) == 2
    assert named.pop("a").shape == (2,) and "a" not in named and list(named.state_dict()) == ["b"]
    with pytest.raises(KeyError):
        named["a"]
    with pytest.raises(KeyError, match="already exists"):
        named["forward"] = torch.ones(1)


def test_settings_are_printed() -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Sequential(nn.Flatten(), nn.Linear(64, 10, bias=False)), nn.Embedding(5, 2, padding_idx=0), nn.LayerNorm(3),
    )  # fmt: skip
    assert (
        repr(net)
        == """Sequential(
  (0): Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  (1): BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
  (2): ReLU(inplace=True)
  (3): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (4): Dropout(p=0.25, inplace=False)
  (5): Sequential(
    (0): Flatten(start_dim=1, end_dim=-1)
    (1): Linear(in_features=64, out_features=10, bias=False)
  )
  (6): Embedding(5, 2, padding_idx=0)
  (7): LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)
)"""
    )
