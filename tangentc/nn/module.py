"""The base class of networks: a tree of modules, with their parameters and buffers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from tangentc.eager import Tensor
from tangentc.eager.graph import Handle
from tangentc.nn import state
from tangentc.nn.hooks import Hook, Hooks, called_with_hooks
from tangentc.nn.parameter import Parameter
from tangentc.nn.tensors import is_floating, typename

__all__ = ["Module"]

M = TypeVar("M", bound="Module")


class Module:
    """A part of a network: what it computes (`forward`), and the state that it computes with.

    Assigning a `Parameter` or a `Module` to an attribute registers it; `register_buffer` does so for
    tensors that belong to the state without being learned.  A subclass calls `super().__init__()` first.

    Source:  interface, orders of iteration, printing and messages are those of `torch.nn.Module`.
    """

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _non_persistent_buffers_set: set[str]
    _modules: dict[str, Module | None]
    _forward_pre_hooks: Hooks
    _forward_hooks: Hooks
    _backward_pre_hooks: Hooks
    _backward_hooks: Hooks

    def __init__(self) -> None:
        # Not through `__setattr__`, which looks at these dicts.
        self.__dict__.update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _modules={},
            _forward_pre_hooks=Hooks(),
            _forward_hooks=Hooks(),
            _backward_pre_hooks=Hooks(),
            _backward_hooks=Hooks(),
        )

    __tangentc_learned__ = Tensor

    def __tangentc_parameters__(self) -> dict[str, Any]:
        """To the compiler: what is learned, by name; frozen parameters are constants."""
        found: dict[str, Any] = {}
        _learned(self, "", found, set())
        return found

    # What it computes

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The computation.  Every module that is called defines it."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._forward_pre_hooks or self._forward_hooks or self._backward_pre_hooks or self._backward_hooks:
            return called_with_hooks(self, args, kwargs)
        return self.forward(*args, **kwargs)

    # Attributes

    def __getattr__(self, name: str) -> Any:
        for kind in ("_parameters", "_buffers", "_modules"):
            registered = self.__dict__.get(kind)
            if registered is not None and name in registered:
                return registered[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._require_init("parameters")
            self._forget(name, self.__dict__, self._buffers, self._modules)
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            self._require_init("module")
            self._forget(name, self.__dict__, self._parameters, self._buffers)
            self._modules[name] = value
        elif name in self.__dict__.get("_parameters", ()):
            _check_assigned(value, type(None), f"parameter '{name}' (Parameter or None expected)")
            self._parameters[name] = value
        elif name in self.__dict__.get("_modules", ()):
            _check_assigned(value, type(None), f"child module '{name}' (Module or None expected)")
            self._modules[name] = value
        elif name in self.__dict__.get("_buffers", ()):
            _check_assigned(value, (Tensor, type(None)), f"buffer '{name}' (Tensor or None expected)")
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        for registered in (self._parameters, self._buffers, self._modules):
            if name in registered:
                del registered[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*super().__dir__(), *self._parameters, *self._buffers, *self._modules}
        return sorted(name for name in names if not name[0].isdigit())

    def _require_init(self, what: str) -> None:
        if "_modules" not in self.__dict__:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call")

    def _forget(self, name: str, *others: dict[str, Any]) -> None:
        """Make room for what is to be registered under `name`; what it replaces among its like keeps the place."""
        for names in others:
            names.pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    # Registration

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; None stands for one that this module could have but does without."""
        self._require_init("parameter")
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' "
                "(nn.Parameter or None required)"
            )
        if param is not None and not param.is_leaf:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created "
                "explicitly. To express '{name}' as a function of another Tensor, compute the value in the "
                "forward() method."
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is part of the state but not learned, as the running mean of `BatchNorm`.

        Args:    persistent: whether it belongs to `state_dict`.
        """
        self._require_init("buffer")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (Tensor or None required)"
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a child; it can be read as the attribute `name`, which need not be an identifier."""
        if not isinstance(module, (Module, type(None))):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._modules[name] = module

    def register_module(self, name: str, module: Module | None) -> None:
        """Another name of `add_module`."""
        self.add_module(name, module)

    def _check_name(self, what: str, name: Any, registered: Mapping[str, Any]) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {typename(name)}")
        if "." in name:
            raise KeyError(f'{what} name can\'t contain ".", got: "{name}"')
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')
        if name not in registered and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    # Members: each once, in the order of registration, parents before children

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The immediate children with their names."""
        seen: set[int] = set()
        for name, module in self._modules.items():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The immediate children."""
        for _, module in self.named_children():
            yield module

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, with their paths (`layers.0`; this one's is the prefix).

        Args:
            memo: modules that are left out; those that were visited are added to it.
            prefix: put before each path.
            remove_duplicate: whether a module that is found in several places is given only at the first.
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, _joined(prefix, name), remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all below it."""
        for _, module in self.named_modules():
            yield module

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their paths.

        Args:
            prefix: put before each path.
            recurse: also those of the modules below.
            remove_duplicate: whether one that is found in several places is given only at the first.
        """
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters; what optimisers take."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their paths; the arguments are those of `named_parameters`."""
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def _named_members(
        self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        for path, module in modules if recurse else [(prefix, self)]:
            for name, member in getattr(module, kind).items():
                if member is None or id(member) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(member))
                yield _joined(path, name), member

    def get_submodule(self, target: str) -> Module:
        """The module at a path, `"layers.0.norm"`; the empty path is this module itself."""
        module: Module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            child = getattr(module, name)
            if not isinstance(child, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
            module = child
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path, `"layers.0.weight"`."""
        parameter: Parameter = self._member(target, Parameter, "an nn.Parameter")
        return parameter

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path."""
        buffer: Tensor = self._member(target, Tensor, "a buffer")
        path, _, name = target.rpartition(".")
        if name not in self.get_submodule(path)._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return buffer

    def _member(self, target: str, kind: type, what: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        member = getattr(module, name)
        if not isinstance(member, kind):
            raise AttributeError(f"`{name}` is not {what}")
        return member

    # Changes to the whole tree; each gives back the module itself

    def apply(self: M, fn: Callable[[Module], Any]) -> M:
        """Call `fn` with every module of the tree, children before parents."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self: M, mode: bool = True) -> M:
        """Put the tree into training mode, or with False into evaluation mode."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self: M) -> M:
        """Put the tree into evaluation mode: `Dropout` lets everything pass, `BatchNorm` learns no more."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Say of all parameters whether gradients are computed for them: False freezes the tree."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or with `set_to_none=False` fill them with zeros."""
        for parameter in self.parameters():
            state.forget_gradient(parameter, set_to_none)

    def to(self: M, *args: Any, **kwargs: Any) -> M:
        """Convert parameters and buffers of floating-point numbers: `to(dtype)`, `to(tensor)`, `to("cpu")`.

        The parameters stay the same objects.  Everything is computed on the CPU: another device is an error.
        """
        dtype = state.requested_dtype(args, kwargs)
        return self if dtype is None else self._convert(dtype)

    def float(self: M) -> M:
        """Convert to single precision."""
        return self._convert(np.dtype(np.float32))

    def double(self: M) -> M:
        """Convert to double precision."""
        return self._convert(np.dtype(np.float64))

    def half(self: M) -> M:
        """Convert to half precision."""
        return self._convert(np.dtype(np.float16))

    def cpu(self: M) -> M:
        """The module itself: everything is on the CPU."""
        return self

    def _convert(self: M, dtype: Any) -> M:
        for tensor in [*self.parameters(), *self.buffers()]:
            if is_floating(tensor):
                state.convert(tensor, dtype)
        return self

    # State

    def state_dict(
        self, *, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """Parameters and persistent buffers by their paths.

        Args:
            destination: the dict to write into, a new one by default.
            prefix: put before each path.
            keep_vars: give the parameters themselves; else tensors that share their memory but take no
                part in graphs.
        """
        return state.collect(self, {} if destination is None else destination, prefix, keep_vars)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> state.IncompatibleKeys:
        """Copy a state into the parameters and buffers.

        Args:
            state_dict: tensors or arrays by path.
            strict: missing and unexpected paths are an error.
            assign: put the given tensors in the place of the present ones, dtypes included.
        Returns: the missing and the unexpected paths.
        Raises:  RuntimeError: what does not fit, all of it in one message.
        """
        return state.load(self, state_dict, strict, assign)

    # Hooks

    def register_forward_pre_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call `hook(module, args)` before `forward`; what it returns, unless None, replaces the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)`, and returns a pair.
        """
        return self._forward_pre_hooks.add(hook, with_kwargs, prepend)

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call `hook(module, args, output)` after `forward`; what it returns, unless None, is the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`.
        """
        return self._forward_hooks.add(hook, with_kwargs, prepend)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(module, grad_output)` before gradients go through the module.

        What it returns, unless None, is used as the gradients of the outputs.
        """
        return self._backward_pre_hooks.add(hook, prepend=prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(module, grad_input, grad_output)` once the gradients of the inputs are known.

        Both are tuples over the positional arguments and over the outputs, None where there is no gradient.
        What the hook returns, unless None, is used as the gradients of the inputs.
        """
        return self._backward_hooks.add(hook, prepend=prepend)

    # Printing

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands in the parentheses when the module is printed: its settings."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [f"({name}): {_indented(repr(module))}" for name, module in self._modules.items()]
        lines = (extra.split("\n") if extra else []) + children
        if not children and len(lines) <= 1:
            return f"{self._get_name()}({''.join(lines)})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


def _learned(module: Module, prefix: str, found: dict[str, Any], seen: set[int]) -> None:
    """As `named_parameters` of what requires a gradient, without the generators: it is asked at each compiled call."""
    if id(module) in seen:
        return
    seen.add(id(module))
    for name, parameter in module._parameters.items():
        if parameter is not None and id(parameter) not in seen and parameter._requires_grad:
            seen.add(id(parameter))
            found[prefix + name] = parameter
    for name, child in module._modules.items():
        if child is not None:
            _learned(child, f"{prefix}{name}.", found, seen)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _indented(text: str) -> str:
    """`text` as it stands inside of another module: all lines but the first two columns further in."""
    return text.replace("\n", "\n  ")


def _check_assigned(value: Any, allowed: Any, where: str) -> None:
    if not isinstance(value, allowed):
        raise TypeError(f"cannot assign '{typename(value)}' as {where}")
