"""The state of modules: reading it into a dict and loading it, conversions, gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tangentc.eager import Size, Tensor
from tangentc.nn.parameter import Parameter
from tangentc.nn.tensors import array, overwrite, typename

if TYPE_CHECKING:
    from tangentc.nn.module import Module

__all__ = ["IncompatibleKeys", "collect", "convert", "forget_gradient", "load", "requested_dtype"]


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` missed in the state, and what it found there unexpectedly."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not (self.missing_keys or self.unexpected_keys):
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def collect(module: Module, destination: dict[str, Any], prefix: str, keep_vars: bool) -> dict[str, Any]:
    """Write the state of a module and of those below it into `destination`.

    A tensor that is shared is there under each of its paths.
    """
    for name, tensor in {**module._parameters, **_persistent_buffers(module)}.items():
        if tensor is not None:
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
    for name, child in module._modules.items():
        if child is not None:
            collect(child, destination, f"{prefix}{name}.", keep_vars)
    return destination


def _persistent_buffers(module: Module) -> dict[str, Any]:
    return {
        name: buffer
        for name, buffer in module._buffers.items()
        if name not in module._non_persistent_buffers_set
    }


def load(module: Module, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """What `Module.load_state_dict` does.  Nothing is loaded unless everything fits."""
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    own = collect(module, {}, "", keep_vars=True)
    keys = IncompatibleKeys(
        [path for path in own if path not in state], [path for path in state if path not in own]
    )
    errors = _key_errors(keys) if strict else []
    common = [path for path in own if path in state]
    errors += [error for path in common if (error := _misfit(path, own[path], state[path]))]
    if errors:
        what = "".join(f"\n\t{error}" for error in errors)
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:{what}")
    for path in common:
        if assign:
            _put(module, path, state[path])
        else:
            overwrite(own[path], _values(state[path]))
    return keys


def _key_errors(keys: IncompatibleKeys) -> list[str]:
    return [
        f"{what} key(s) in state_dict: " + ", ".join(f'"{path}"' for path in paths) + ". "
        for what, paths in (("Missing", keys.missing_keys), ("Unexpected", keys.unexpected_keys))
        if paths
    ]


def _misfit(path: str, own: Tensor, given: Any) -> str | None:
    """Why a value of the state cannot be loaded into a tensor, if it cannot."""
    if not isinstance(given, (Tensor, np.ndarray)):
        return (
            f'While copying the parameter named "{path}", expected a Tensor or an array from checkpoint '
            f"but received {typename(given)}"
        )
    if tuple(given.shape) != tuple(own.shape):
        return (
            f"size mismatch for {path}: copying a param with shape {Size(given.shape)} from checkpoint, "
            f"the shape in current model is {Size(own.shape)}."
        )
    return None


def _values(given: Any) -> Any:
    return array(given) if isinstance(given, Tensor) else given


def _put(module: Module, path: str, given: Any) -> None:
    """Put a tensor of the state in the place of the present one; a parameter stays one."""
    parent, _, name = path.rpartition(".")
    owner = module.get_submodule(parent)
    tensor: Tensor = given if isinstance(given, Tensor) else Tensor(given)
    if name in owner._buffers:
        owner._buffers[name] = tensor
        return
    present = owner._parameters[name]
    wants_gradient = present is None or present.requires_grad
    if not isinstance(tensor, Parameter):
        tensor = Parameter(tensor.detach(), wants_gradient)
    owner._parameters[name] = tensor


def forget_gradient(tensor: Tensor, set_to_none: bool) -> None:
    """tensor.grad = None, or zeros in place, cut off from the graph that they may come from."""
    if tensor.grad is None:
        return
    if set_to_none:
        tensor.grad = None
        return
    tensor.grad = tensor.grad.detach()
    overwrite(tensor.grad, 0)


def requested_dtype(args: tuple[Any, ...], kwargs: dict[str, Any]) -> np.dtype[Any] | None:
    """The dtype that the arguments of `to` name, if any; a device other than the CPU is refused."""
    given = [*args, *kwargs.values()]
    dtype = None
    for value in given:
        if isinstance(value, Tensor):
            dtype = np.dtype(value.dtype)
        elif isinstance(value, (np.dtype, type)):
            dtype = np.dtype(value)
        elif str(value).split(":")[0] not in ("cpu", "None", "True", "False"):
            raise RuntimeError(f"there is no device {str(value)!r}: everything is computed on the CPU")
    if dtype is not None and dtype.kind not in "fc":
        raise TypeError(
            f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
        )
    return dtype


def convert(tensor: Tensor, dtype: Any) -> None:
    """Change the dtype of a tensor, and of its gradient, which both stay the objects that they are."""
    tensor.data = array(tensor).astype(dtype, copy=False)
    if tensor.grad is not None:
        convert(tensor.grad, dtype)
