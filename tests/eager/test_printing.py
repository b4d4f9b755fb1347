"""Tensors as text: PyTorch's, which is stored beside this file (`stored/make_stored.py` writes it)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import tangentc.eager as torch

PRINTED = json.loads((Path(__file__).parent / "stored" / "printed.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", PRINTED)
def test_same_text_as_pytorch(text: str) -> None:
    assert repr(eval(text, {"torch": torch})) == PRINTED[text]


@pytest.fixture
def options() -> Iterator[None]:
    yield
    torch.set_printoptions(precision=4, threshold=1000, edgeitems=3, linewidth=80)


@pytest.mark.usefixtures("options")
def test_options() -> None:
    torch.set_printoptions(precision=2)
    assert repr(torch.tensor([1.2345])) == "tensor([1.23])"
    torch.set_printoptions(threshold=5, edgeitems=1)
    assert repr(torch.arange(10)) == "tensor([0,  ..., 9])"
    torch.set_printoptions(sci_mode=True)
    assert repr(torch.tensor([1.5])) == "tensor([1.50e+00])"
    torch.set_printoptions(linewidth=20, threshold=1000)
    assert repr(torch.tensor([1.5, 2.5, 3.5])) == "tensor([1.50, 2.50,\n        3.50])"


def test_numbers_in_format_strings() -> None:
    loss = torch.tensor(0.123456, requires_grad=True) * 2
    assert f"{loss:.3f} {loss:>8.2f} {loss.item():.2e}" == "0.247     0.25 2.47e-01"
    assert f"{torch.tensor([1, 2])}" == "tensor([1, 2])"


def test_the_lecture() -> None:
    x = torch.tensor([0.9785, 0.4565, -0.4396, -0.1090], requires_grad=True)
    w = torch.tensor([[1.0], [2.0], [3.0], [4.0]], requires_grad=True)
    z = x @ w
    assert repr(z) == "tensor([0.1367], grad_fn=<SqueezeBackward4>)"
    z.retain_grad()
    z.backward()
    assert repr(z.grad) == "tensor([1.])"
    assert repr(x.grad) == "tensor([1., 2., 3., 4.])"
    assert repr(torch.ones(64, 512).shape) == "torch.Size([64, 512])"
