"""Hooks of modules: functions that are called before and after `forward`, and around its reverse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tangentc.eager import Tensor, operation
from tangentc.eager.graph import Handle

if TYPE_CHECKING:
    from tangentc.nn.module import Module

__all__ = ["Hook", "Hooks", "called_with_hooks"]

Hook = Callable[..., Any]


class Hooks(dict[int, tuple[Hook, bool]]):
    """The hooks of one kind, in the order of their calls: by number, the function and its option."""

    def add(self, hook: Hook, option: bool = False, prepend: bool = False) -> Handle:
        """Register a hook, as the last one or the first.  `remove()` of what comes back takes it away."""
        handle = Handle(self)
        others = dict(self)
        if prepend:
            self.clear()
        self[handle.id] = (hook, option)
        self.update(others)
        return handle


def called_with_hooks(module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """module.forward(*args, **kwargs) between the hooks of the module."""
    for hook, with_kwargs in list(module._forward_pre_hooks.values()):
        args, kwargs = _prepared(hook, with_kwargs, module, args, kwargs)
    backward = _BackwardHooks(module)
    args = backward.around_inputs(args)
    result = module.forward(*args, **kwargs)
    for hook, with_kwargs in list(module._forward_hooks.values()):
        given = (args, kwargs, result) if with_kwargs else (args, result)
        replaced = hook(module, *given)
        result = result if replaced is None else replaced
    return backward.around_outputs(result)


def _prepared(
    hook: Hook, with_kwargs: bool, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments after a hook that runs before `forward`."""
    if not with_kwargs:
        replaced = hook(module, args)
        if replaced is None:
            return args, kwargs
        return (replaced if isinstance(replaced, tuple) else (replaced,)), kwargs
    replaced = hook(module, args, kwargs)
    if replaced is None:
        return args, kwargs
    if not (isinstance(replaced, tuple) and len(replaced) == 2):
        raise RuntimeError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {replaced}."
        )
    return replaced


@operation("BackwardHookFunctionBackward")
def passed_on(*values: Any) -> Any:
    """The values themselves, as results of one node: the place in the graph where a module begins or ends."""
    return tuple(value.copy() for value in values)


class _BackwardHooks:
    """The hooks around the reverse of one call of a module: on nodes before and after its part of the graph."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.before = [hook for hook, _ in module._backward_pre_hooks.values()]
        self.after = [hook for hook, _ in module._backward_hooks.values()]
        self.grad_outputs: tuple[Any, ...] | None = None
        self.has_inputs = False
        self.input_count = 0

    def around_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments; those that gradients go to pass through a node that calls the hooks."""
        self.input_count = len(args)
        places = [i for i, arg in enumerate(args) if isinstance(arg, Tensor) and arg.requires_grad]
        if not (self.after and places):
            return args
        passed = passed_on(*[args[i] for i in places])

        def at_inputs(grads: tuple[Any, ...], _: tuple[Any, ...]) -> Any:
            given = self._run(_spread(grads, places, self.input_count))
            return None if given is None else tuple(given[i] for i in places)

        if passed[0].grad_fn is None:  # nothing is recorded now
            return args
        self.has_inputs = True
        passed[0].grad_fn.register_hook(at_inputs)
        return tuple(_replaced(list(args), places, passed))

    def around_outputs(self, result: Any) -> Any:
        """The result; tensors in it that gradients come from pass through a node that calls the hooks."""
        if not (self.before or self.after):
            return result
        outputs = list(result) if isinstance(result, (tuple, list)) else [result]
        places = [i for i, value in enumerate(outputs) if isinstance(value, Tensor) and value.requires_grad]
        if not places:
            return result
        passed = passed_on(*[outputs[i] for i in places])
        if passed[0].grad_fn is None:
            return result
        count = len(outputs)

        def at_outputs(grads: tuple[Any, ...]) -> Any:
            whole = _spread(grads, places, count)
            for hook in self.before:
                given = hook(self.module, whole)
                if given is not None:
                    whole = given if isinstance(given, tuple) else (given,)
            self.grad_outputs = whole
            if not self.has_inputs:
                self._run((None,) * self.input_count)
            return tuple(whole[i] for i in places)

        passed[0].grad_fn.register_prehook(at_outputs)
        _replaced(outputs, places, passed)
        if isinstance(result, (tuple, list)):
            return result._make(outputs) if hasattr(result, "_make") else type(result)(outputs)
        return outputs[0]

    def _run(self, grad_inputs: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Call the hooks with the gradients of the inputs and outputs: the replaced ones, if any is."""
        changed = False
        for hook in self.after:
            given = hook(self.module, grad_inputs, self.grad_outputs)
            if given is None:
                continue
            given = given if isinstance(given, tuple) else (given,)
            if len(given) != len(grad_inputs):
                raise RuntimeError(
                    f"Backward hook returned an invalid number of grad_input, got {len(given)}, "
                    f"but expected {len(grad_inputs)}"
                )
            grad_inputs, changed = given, True
        return grad_inputs if changed else None


def _spread(values: tuple[Any, ...], places: list[int], count: int) -> tuple[Any, ...]:
    """The values at their places, None at the others."""
    return tuple(_replaced([None] * count, places, values))


def _replaced(items: list[Any], places: list[int], values: Any) -> list[Any]:
    for place, value in zip(places, values, strict=True):
        items[place] = value
    return items
