"""What all optimisers have in common: groups of parameters with their options, state, and the step over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tangentc.eager import Tensor, enable_grad
from tangentc.nn.state import forget_gradient
from tangentc.nn.tensors import array, typename, written

__all__ = ["Arr", "Closure", "Optimizer", "require"]

Arr = np.ndarray[Any, np.dtype[Any]]
Closure = Callable[[], Any]


def require(condition: bool, name: str, value: Any) -> None:
    """Refuse a bad option.

    Raises: ValueError: the condition does not hold.
    """
    if not condition:
        raise ValueError(f"Invalid {name} value: {value}")


class Optimizer:
    """The base class: an optimiser says what one step does with one parameter (`_update`).

    Args:
        params: parameters, or groups of them: dicts with `params` and options that differ from the defaults.
        defaults: the options of groups that do not give their own.
    Raises:
        ValueError: no parameters, one of them twice, or one that is computed from others.
        TypeError: something else than tensors.
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, (Tensor, Mapping)):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {typename(params)}"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self.step_count = 0
        self._rooms: dict[Any, Arr] = {}
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own, for example layers that are no longer frozen."""
        given = param_group["params"]
        if isinstance(given, (set, frozenset)):
            raise TypeError("optimizer parameters need to be organized in ordered collections, not in a set")
        params = [given] if isinstance(given, Tensor) else list(given)
        for param in params:
            if not isinstance(param, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {typename(param)}"
                )
            if not param.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
        present = {id(param) for group in self.param_groups for param in group["params"]}
        ids = [id(param) for param in params]
        if len(set(ids)) < len(ids) or not present.isdisjoint(ids):
            raise ValueError("some parameters appear more than once, or in more than one parameter group")
        self.param_groups.append({**self.defaults, **param_group, "params": params})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or with `set_to_none=False` fill them with zeros."""
        for group in self.param_groups:
            for param in group["params"]:
                forget_gradient(param, set_to_none)

    def step(self, closure: Closure | None = None) -> Any:
        """Change every parameter that has a gradient.

        Args:    closure: computes the loss again and its gradients; called once, first.
        Returns: what the closure returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self.step_count += 1
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    gradient = self._gradient(param, group)
                    self._update(array(param), gradient, self.state[param], group)
                    written(param)
        return loss

    def _gradient(self, param: Tensor, group: dict[str, Any]) -> Arr:
        """The gradient to descend along: its negative to maximise, and with the weights where these decay."""
        assert param.grad is not None
        gradient = array(param.grad)
        if group.get("maximize"):
            gradient = -gradient
        if group.get("weight_decay") and not group.get("decoupled"):
            gradient = gradient + group["weight_decay"] * array(param)
        return gradient

    def _update(self, x: Arr, gradient: Arr, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change a parameter in place.  The gradient is not to be written to."""
        raise NotImplementedError

    def _room(self, x: Arr, number: int = 0) -> Arr:
        """An array like x for intermediate values, the same one at each step."""
        key = (x.shape, x.dtype, number)
        if key not in self._rooms:
            self._rooms[key] = np.empty_like(x)
        return self._rooms[key]

    def state_dict(self) -> dict[str, Any]:
        """The state by the number of the parameter, and the options, with the numbers of their parameters."""
        numbers = {id(p): i for i, p in enumerate(self._all())}
        groups = [
            {**group, "params": [numbers[id(p)] for p in group["params"]]} for group in self.param_groups
        ]
        state = {numbers[id(param)]: dict(entries) for param, entries in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict` gave.

        Raises: ValueError: the groups are others, or have other numbers of parameters.
        """
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        sizes = [
            (len(new["params"]), len(old["params"]))
            for new, old in zip(groups, self.param_groups, strict=True)
        ]
        if any(new != old for new, old in sizes):
            raise ValueError("loaded state dict contains a parameter group of another size")
        places = [number for group in groups for number in group["params"]]
        params = dict(zip(places, self._all(), strict=True))
        self.state = defaultdict(dict)
        for number, entries in state_dict["state"].items():
            param = params[int(number)]
            self.state[param] = {name: _copied(value, param) for name, value in entries.items()}
        for group, loaded in zip(self.param_groups, groups, strict=True):
            group.update({**loaded, "params": group["params"]})

    def _all(self) -> list[Tensor]:
        return [param for group in self.param_groups for param in group["params"]]

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def _copied(value: Any, param: Tensor) -> Any:
    """An entry of a loaded state: arrays in the dtype of the parameter, not shared with what was loaded."""
    if isinstance(value, list):
        return [_copied(item, param) for item in value]
    if isinstance(value, Tensor):
        value = array(value)
    return value.astype(param.dtype) if isinstance(value, np.ndarray) else value
