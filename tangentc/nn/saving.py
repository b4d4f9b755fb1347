"""States of modules and optimisers in files: safetensors, or NumPy's `.npz`.  Neither can carry code.

A flat dict of arrays is stored as that, for other programs to read.  Of anything deeper, as the state of an optimiser
or a checkpoint, the arrays are stored under their paths, and the structure beside them as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tangentc.eager import Tensor
from tangentc.nn.tensors import array, typename

__all__ = ["load", "save"]

STRUCTURE = "tangentc.structure"
Arrays = dict[str, Any]


def save(state: Mapping[str, Any], path: str | Path) -> None:
    """Write a state, as `state_dict` gives it, to a file whose name ends in `.safetensors` or `.npz`.

    Args:   state: tensors, arrays, numbers, strings and None, in dicts, lists and tuples of any depth.
    Raises: ValueError: another ending; TypeError: something else in the state; ImportError: the first format without
        its library.
    """
    ending = _ending(path)
    arrays: Arrays = {}
    structure = _taken_apart(state, "", arrays)
    is_flat = all(
        isinstance(name, str) and type(part) is dict and "array" in part for name, part in structure["dict"]
    )
    text = None if is_flat else json.dumps(structure)
    if ending == ".npz":
        if text is not None:
            arrays[STRUCTURE] = np.array(text)
        with Path(path).open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
    else:
        ordered = {name: np.asarray(values, order="C") for name, values in arrays.items()}
        _safetensors().save_file(ordered, path, metadata=None if text is None else {STRUCTURE: text})


def load(path: str | Path) -> dict[str, Any]:
    """Read what `save` wrote, arrays as tensors.

    Raises: ValueError: another ending, or a file that holds objects; ImportError: safetensors without its library.
    """
    text: str | None = None
    if _ending(path) == ".npz":
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if STRUCTURE in arrays:
            text = str(arrays.pop(STRUCTURE))
    else:
        arrays = _safetensors().load_file(path)
        text = _metadata(path).get(STRUCTURE)
    if text is None:
        return {name: Tensor(values) for name, values in arrays.items()}
    found: dict[str, Any] = _put_together(json.loads(text), arrays)
    return found


def _taken_apart(value: Any, path: str, arrays: Arrays) -> Any:
    """The structure of a value, with its arrays put under their paths."""
    value = array(value) if isinstance(value, Tensor) else value
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.hasobject:
            raise TypeError(f"{path!r} is an array of objects, which no format without code can carry")
        arrays[path] = np.asarray(value)
        return {"array": path}
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"value": value}
    if isinstance(value, Mapping):
        return {
            "dict": [
                [_key(key, path), _taken_apart(item, f"{path}.{key}" if path else str(key), arrays)]
                for key, item in value.items()
            ]
        }
    if type(value) in (list, tuple):
        items = [_taken_apart(item, f"{path}.{number}", arrays) for number, item in enumerate(value)]
        return {type(value).__name__: items}
    raise TypeError(
        f"a state holds arrays, numbers, strings, dicts, lists and tuples; {path!r} is of type {typename(value)}"
    )


def _key(key: Any, path: str) -> Any:
    if type(key) in (str, int):
        return key
    raise TypeError(f"keys of a state are strings and integers; one of {path!r} is of type {typename(key)}")


def _put_together(structure: Any, arrays: Arrays) -> Any:
    ((kind, content),) = structure.items()
    if kind == "array":
        return Tensor(arrays[content])
    if kind == "value":
        return content
    if kind == "dict":
        return {key: _put_together(item, arrays) for key, item in content}
    items = [_put_together(item, arrays) for item in content]
    return items if kind == "list" else tuple(items)


def _ending(path: str | Path) -> str:
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


def _metadata(path: str | Path) -> Mapping[str, str]:
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        return file.metadata() or {}
