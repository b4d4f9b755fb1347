"""Modules as one operation: the whole forward pass and its adjoint, compiled together."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tangentc.api import transformed
from tangentc.eager.operations import apply, on_tensors
from tangentc.eager.tensor import as_plain
from tangentc.kinds.of_values import Identity, map_leaves
from tangentc.nn.module import Module
from tangentc.runtime.functional import functional, parameters_of
from tangentc.runtime.selection import signature_of

__all__ = ["Compiled", "compile"]


class Compiled:
    """A module whose forward pass and adjoint are compiled as one.

    It is called as the module is.  Its result is one node of the graph, which leads to the parameters and the inputs
    that require a gradient; what is frozen is a constant, and nothing is computed for it.  `source` shows the code.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self._last: tuple[Any, ...] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        module = self.module
        learned = parameters_of(module)
        assert learned is not None
        self._last = (learned, args, kwargs)
        return apply(
            _program(Identity(module)), f"{type(module).__name__}Backward0", (learned, *args), kwargs
        )

    @property
    def source(self) -> str:
        """The forward pass and the adjoint that the last call was compiled to.

        Raises: RuntimeError: there was no call.
        """
        if self._last is None:
            raise RuntimeError(
                "the module has not been called yet: the code depends on what it is called with"
            )
        learned, args, kwargs = map_leaves(as_plain, self._last, is_object=_never)
        pullback = transformed("vjp", _program(Identity(self.module)), (0,))
        text: str = pullback.compiled_for(learned, *args, **kwargs).source
        return text

    def __getattr__(self, name: str) -> Any:
        """Everything else is asked of the module: `parameters`, `train`, `state_dict`."""
        if name == "module":  # there is none yet, while a copy is made
            raise AttributeError(name)
        return getattr(self.module, name)

    def __repr__(self) -> str:
        return f"compile({self.module!r})"


def compile(module: Module) -> Compiled:
    """Compile a module's forward pass and adjoint, at its first call of each kind.

        model = tangentc.compile(nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)))
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()                 # the same gradients, in the same parameters
        print(model.source)

    Raises: TypeError: it is no module.
    """
    if not isinstance(module, Module):
        raise TypeError(
            f"compile takes a module, and not a {type(module).__name__}; functions have grad and vjp"
        )
    return Compiled(module)


@functools.lru_cache(maxsize=256)
def _program(module: Identity) -> Callable[..., Any]:
    """The forward pass as a function of the parameters and the inputs."""

    def call(module: Any, *args: Any, **kwargs: Any) -> Any:
        return module(*args, **kwargs)

    of_tensors = functional(Identity(call), ((0, module),))

    def forward(parameters: Any, *args: Any, **kwargs: Any) -> Any:
        return on_tensors(of_tensors, parameters, *args, **kwargs)

    written = type(module.value).forward
    forward.__name__ = type(module.value).__name__.lower()
    vars(forward)["__tangentc_function__"] = written
    vars(forward)["__signature__"] = signature_of(written)
    return forward


def _never(cls: type) -> bool:
    """Tensors are no trees here."""
    return False
