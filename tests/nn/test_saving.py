"""States in files: safetensors and `.npz`."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc import nn


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


def test_nothing_but_arrays_is_saved(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="'x' is of type str"):
        nn.save({"x": "text"}, tmp_path / "a.npz")
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
