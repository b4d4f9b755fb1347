"""Hooks of modules: what they see, what they replace, and that they can be removed.  The figures are PyTorch's."""

from __future__ import annotations

from typing import Any

import pytest

import tangentc.eager as torch
from tangentc import nn


class Pair(nn.Module):
    def forward(self, a: Any, b: Any) -> Any:
        return a * b, a + b


def linear() -> nn.Linear:
    layer = nn.Linear(2, 2, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[1.0, -2.0], [0.5, 3.0]])})
    return layer


def rounded(values: Any) -> Any:
    return [None if value is None else [round(v, 5) for v in value.reshape(-1).tolist()] for value in values]


X = [[1.0, 2.0], [3.0, 1.0]]


def test_hooks_before_and_after_forward() -> None:
    seen: list[Any] = []
    net = nn.Sequential(linear(), nn.Identity())
    net[0].register_forward_pre_hook(lambda module, args: seen.append(("before", rounded(args))))
    net[0].register_forward_pre_hook(lambda module, args: args[0] * 2)
    net[0].register_forward_hook(
        lambda module, args, output: seen.append(("after", rounded([*args, output])))
    )
    net[0].register_forward_hook(lambda module, args, output: output + 1, prepend=True)
    net.register_forward_hook(
        lambda module, args, kwargs, output: seen.append((len(args), kwargs)), with_kwargs=True
    )
    assert net(torch.tensor([1.0, 2.0])).tolist() == [-5.0, 14.0]
    assert seen == [("before", [[1.0, 2.0]]), ("after", [[2.0, 4.0], [-5.0, 14.0]]), (1, {})]


def test_hooks_with_keywords_and_handles() -> None:
    pair = Pair()
    a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    handle = pair.register_forward_pre_hook(
        lambda module, args, kwargs: ((args[0] + 1,), kwargs), with_kwargs=True
    )
    assert rounded(pair(a, b=b)) == [[6.0, 12.0], [5.0, 7.0]]
    handle.remove()
    handle.remove()
    with pair.register_forward_hook(lambda module, args, output: output[0]):
        assert pair(a, b=b).tolist() == [3.0, 8.0]
    assert len(pair(a, b=b)) == 2
    pair.register_forward_pre_hook(lambda module, args, kwargs: args, with_kwargs=True)
    with pytest.raises(RuntimeError, match="None or a tuple of"):
        pair(a, b=b)


def test_backward_hooks_see_gradients_of_inputs_and_outputs() -> None:
    seen: list[Any] = []
    layer = linear()
    layer.register_full_backward_hook(lambda module, into, out: seen.append((rounded(into), rounded(out))))
    net = nn.Sequential(layer, nn.ReLU())
    net(torch.tensor(X)).sum().backward()
    assert seen == [([None], [[0.0, 1.0, 1.0, 1.0]])]
    seen.clear()
    x = torch.tensor(X, requires_grad=True)
    net(x).sum().backward()
    assert seen == [([[0.5, 3.0, 1.5, 1.0]], [[0.0, 1.0, 1.0, 1.0]])]
    assert rounded([x.grad, layer.weight.grad]) == [[0.5, 3.0, 1.5, 1.0], [6.0, 2.0, 8.0, 6.0]]


def test_backward_hooks_replace_gradients() -> None:
    layer = linear()
    handles = [
        layer.register_full_backward_hook(lambda module, into, out: (into[0] * 10,)),
        layer.register_full_backward_pre_hook(lambda module, out: (out[0] * 2,)),
    ]
    x = torch.tensor(X, requires_grad=True)
    nn.Sequential(layer, nn.ReLU())(x).sum().backward()
    assert rounded([x.grad, layer.weight.grad]) == [[10.0, 60.0, 30.0, 20.0], [6.0, 2.0, 8.0, 6.0]]
    for handle in handles:
        handle.remove()
    x.grad = None
    layer(x).sum().backward()
    assert rounded([x.grad]) == [[1.5, 1.0, 1.5, 1.0]]
    layer.register_full_backward_hook(lambda module, into, out: (into[0], into[0]))
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
        layer(x).sum().backward()


def test_backward_hooks_of_modules_with_several_outputs() -> None:
    seen: list[Any] = []
    pair = Pair()
    pair.register_full_backward_hook(lambda module, into, out: seen.append((rounded(into), rounded(out))))
    a, b = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0])
    product, total = pair(a, b)
    (product.sum() + 2 * total.sum()).backward()
    assert seen == [([[5.0, 6.0], None], [[1.0, 1.0], [2.0, 2.0]])] and rounded([a.grad]) == [[5.0, 6.0]]
    pair(a, b)[0].sum().backward()
    assert seen[1] == ([[3.0, 4.0], None], [[1.0, 1.0], None])
    with torch.no_grad():
        assert rounded(pair(a, b)) == [[3.0, 8.0], [4.0, 6.0]]
    assert len(seen) == 2
