"""States of modules in files: safetensors, or NumPy's `.npz`.  Neither can carry code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tangentc.eager import Tensor
from tangentc.nn.tensors import array, typename

__all__ = ["load", "save"]


def save(state: Mapping[str, Any], path: str | Path) -> None:
    """Write a state, as `Module.state_dict` gives it, to a file whose name ends in `.safetensors` or `.npz`.

    Raises: ValueError: another ending; TypeError: an entry that is neither tensor nor array; ImportError: the first
        format without its library.
    """
    arrays = {name: _array_of(name, value) for name, value in state.items()}
    if _format(path) == ".npz":
        with Path(path).open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
    else:
        _safetensors().save_file(
            {name: np.ascontiguousarray(a).reshape(a.shape) for name, a in arrays.items()}, path
        )


def load(path: str | Path) -> dict[str, Tensor]:
    """Read what `save` wrote: tensors by name, in the order in which they were saved.

    Raises: ValueError: another ending; ImportError: safetensors without its library.
    """
    if _format(path) == ".npz":
        with np.load(path, allow_pickle=False) as file:
            return {name: Tensor(file[name]) for name in file.files}
    return {name: Tensor(values) for name, values in _safetensors().load_file(path).items()}


def _array_of(name: str, value: Any) -> Any:
    found = array(value) if isinstance(value, Tensor) else value
    if isinstance(found, np.ndarray):
        if found.dtype.hasobject:
            raise TypeError(f"{name!r} is an array of objects, which no format without code can carry")
        return found
    raise TypeError(f"a state holds tensors and arrays; {name!r} is of type {typename(value)}")


def _format(path: str | Path) -> str:
    ending = Path(path).suffix
    if ending not in (".safetensors", ".npz"):
        raise ValueError(f"the name of the file tells the format: .safetensors or .npz, not {ending!r}")
    return ending


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError("safetensors is missing: pip install 'tangentc[nn]', or save as .npz") from None
    return safetensors.numpy
