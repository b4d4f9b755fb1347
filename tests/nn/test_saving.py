"""States in files: safetensors and `.npz`."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc import nn, optim


@pytest.mark.parametrize("ending", [".safetensors", ".npz"])
def test_state_comes_back_as_it_was(tmp_path: Path, ending: str) -> None:
    if ending == ".safetensors":
        pytest.importorskip("safetensors")
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 3)).double()
    net(torch.randn(2, 1, 4, 4, dtype=torch.float64))
    state = net.state_dict()
    path = tmp_path / f"state{ending}"
    nn.save({**state, "turned": state["2.weight"].T, "empty": np.zeros((0, 3), np.float16)}, path)
    loaded = nn.load(path)
    assert loaded.pop("empty").shape == (0, 3) and torch.equal(loaded.pop("turned"), state["2.weight"].T)
    assert set(loaded) == set(state)
    for name, tensor in loaded.items():
        assert tensor.dtype == state[name].dtype and tensor.shape == state[name].shape
        assert torch.equal(tensor, state[name])
    twin = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 3)).double()
    assert not twin.load_state_dict(loaded).missing_keys
    x = torch.randn(2, 1, 4, 4, dtype=torch.float64)
    assert torch.equal(twin.eval()(x), net.eval()(x))


@pytest.mark.parametrize("ending", [".safetensors", ".npz"])
def test_training_goes_on_from_a_checkpoint(tmp_path: Path, ending: str) -> None:
    """Model, optimiser, schedule and epoch in one file: what follows is what would have followed."""
    if ending == ".safetensors":
        pytest.importorskip("safetensors")
    x, y = torch.randn(8, 3), torch.randn(8, 1)

    def made() -> Any:
        model = nn.Linear(3, 1)
        optimiser = optim.AdamW(model.parameters(), lr=0.1)
        return model, optimiser, optim.lr_scheduler.MultiStepLR(optimiser, [2, 5])

    def train(model: Any, optimiser: Any, schedule: Any, epochs: int) -> None:
        for _ in range(epochs):
            optimiser.zero_grad()
            nn.MSELoss()(model(x), y).backward()
            optimiser.step()
            schedule.step()

    parts = made()
    train(*parts, epochs=3)
    path = tmp_path / f"checkpoint{ending}"
    nn.save(
        {"epoch": 3, "best": float("inf"), "name": "é", "parts": [part.state_dict() for part in parts]}, path
    )
    train(*parts, epochs=4)
    checkpoint = nn.load(path)
    assert (checkpoint["epoch"], checkpoint["best"], checkpoint["name"]) == (3, float("inf"), "é")
    resumed = made()
    for part, state in zip(resumed, checkpoint["parts"], strict=True):
        part.load_state_dict(state)
    train(*resumed, epochs=4)
    assert torch.equal(resumed[0].weight, parts[0].weight)
    assert resumed[1].param_groups[0]["betas"] == (0.9, 0.999)


def test_nothing_but_arrays_is_saved(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"'x\.0' is of type set"):
        nn.save({"x": [{1}]}, tmp_path / "a.npz")
    with pytest.raises(TypeError, match="one of 'x' is of type float"):
        nn.save({"x": {0.5: 1}}, tmp_path / "a.npz")
    with pytest.raises(TypeError, match="'x' is an array of objects"):
        nn.save({"x": np.array([{}])}, tmp_path / "a.npz")
    for act in (lambda path: nn.save({}, path), nn.load):
        with pytest.raises(ValueError, match=r"\.safetensors or \.npz, not '\.pt'"):
            act(tmp_path / "a.pt")
    np.savez(tmp_path / "b.npz", x=np.array([{}]))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        nn.load(tmp_path / "b.npz")


def test_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] in ("safetensors", "scipy"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'tangentc\[nn\]'"):
        nn.save({}, tmp_path / "a.safetensors")
    with pytest.raises(ImportError, match=r"pip install 'tangentc\[nn\]'"):
        nn.functional.gelu(torch.ones(2))
