"""Running an operation on tensors: values by NumPy, and a node whose pullback the compiler made from the same function.

There is no second set of derivatives: the program of a call (see `calls`) is compiled as `vjp` compiles it, to a
forward function that also returns what the pullback needs, and a reverse function (see `plans`).  The reverse function
is an ordinary program too, so a recorded backward pass runs it as an operation on tensors, and so on to every order.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from tangentc.eager.calls import Made, Name
from tangentc.eager.modes import MODE
from tangentc.eager.nodes import OperationNode
from tangentc.eager.plans import NAMED, planned, scan
from tangentc.eager.tensor import Tensor, as_plain, exact, owner, viewed
from tangentc.eager.trees import description_of, flat, hollow, mapped

__all__ = ["Operation", "apply", "numbered", "operation"]


class Operation:
    """A function of arrays that is one node of the graph when it is called with tensors.

    Called with arrays it just computes; inside a compiled program it is the function itself.
    """

    def __init__(self, function: Callable[..., Any], name: Name, integers_vary: bool = False) -> None:
        functools.update_wrapper(self, function)
        self.function = self.__tangentc_operation__ = function
        self.name = name
        self.integers_vary = integers_vary

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return apply(self.function, self.name, args, kwargs, integers_vary=self.integers_vary)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __repr__(self) -> str:
        return f"<operation {self.__qualname__}>"  # type: ignore[attr-defined]

    def __reduce__(self) -> str:
        return self.__qualname__  # type: ignore[attr-defined, no-any-return]


def operation(name: Name, *, integers_vary: bool = False) -> Callable[[Callable[..., Any]], Operation]:
    """Make an operation of a function that is written in NumPy: arrays in, arrays out.

        @operation("ReluBackward0")
        def relu(input):
            return np.where(input > 0, input, 0)

    Args:
        name: what the node of the graph is called, or a function of the call's arguments that gives it.
        integers_vary: integers among the arguments are values or places, not axes and sizes: one program serves all.
    """
    return lambda function: Operation(function, name, integers_vary)


def numbered(word: str) -> Callable[..., str]:
    """PyTorch's names tell an operation on all entries (0) from that along some axes (1)."""

    def name(input: Any, dim: Any = None, *rest: Any, **options: Any) -> str:
        return f"{word}Backward{0 if dim is None else 1}"

    return name


def apply(
    function: Callable[..., Any],
    name: Name,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    integers_vary: bool = False,
) -> Any:
    """Call a function of arrays with tensors among its arguments; record it where one of them requires a gradient.

    Args: integers_vary: integers are values as floats are, or places; else they are compiled in, as axes and sizes are.

    Raises: MissingRuleError: no derivative of the function is known, and one would be needed.
    """
    records = MODE.records and not MODE.is_inference
    is_active = False
    arrays: list[Any] = []
    for value in args:
        if isinstance(value, Tensor):
            arrays.append(value._array)
            if records and (
                value._requires_grad
                or value._grad_fn is not None
                or (value._view is not None and value.requires_grad)
            ):
                is_active = True
        elif isinstance(value, _CONTAINERS):
            arrays.append(_array(value))
            is_active = is_active or (records and _is_active((value,)))
        else:
            arrays.append(exact(value) if isinstance(value, np.ndarray) else value)
    if is_active or (kwargs and records and _is_active(kwargs.values())):
        return _recorded(Made(function, name, args, kwargs, integers_vary))
    if kwargs:
        result = function(*arrays, **{key: _array(item) for key, item in kwargs.items()})
    else:
        result = function(*arrays)
    if type(result) is np.ndarray and result.base is None:  # most are one array, and new
        for array in arrays:
            if array is result:
                break
        else:
            return Tensor._made(result)
    elif isinstance(result, np.generic):
        return Tensor._made(np.asarray(result))
    return _wrapped(result, Made(function, name, args, kwargs, integers_vary), None)


def on_tensors(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of tensors with arrays; arrays come back."""
    args, kwargs = mapped(_as_if_made, args), mapped(_as_if_made, kwargs)
    return mapped(as_plain, function(*args, **kwargs))


def _as_if_made(value: Any) -> Any:
    return Tensor._made(value) if isinstance(value, np.ndarray) else value


vars(apply)["__tangentc_lowering__"] = "apply"
vars(on_tensors)["__tangentc_lowering__"] = "on_tensors"
vars(on_tensors)["__tangentc_holder__"] = Tensor
_CONTAINERS = (tuple, list, dict)


def _is_active(values: Iterable[Any]) -> bool:
    """Whether a tensor that requires a gradient is among values, or in the containers among them."""
    for value in values:
        if isinstance(value, Tensor):
            if value._requires_grad or value._grad_fn is not None or (value._view and value.requires_grad):
                return True
        elif isinstance(value, (tuple, list, dict)) and _is_active(
            value.values() if isinstance(value, dict) else value
        ):
            return True
    return False


def _array(value: Any) -> Any:
    """An argument with arrays in the place of tensors."""
    if isinstance(value, Tensor):
        return value._array
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(map(_array, value))
    if isinstance(value, (tuple, list)):
        return [*map(_array, value)] if isinstance(value, list) else tuple(map(_array, value))
    if type(value) is dict:
        return {key: _array(item) for key, item in value.items()}
    return exact(value) if isinstance(value, np.ndarray) else value


def _recorded(call: Made) -> Any:
    key: list[Any] = [call.function]
    operands: list[Any] = []
    arrays: list[Any] = []
    edges: list[Any] = []
    active: list[int] = []
    found = (key, operands, arrays, edges, active)
    scan(call.args, call.integers_vary, *found)
    for name, argument in call.kwargs.items():
        key += (NAMED, name)
        scan((argument,), call.integers_vary, *found)
    plan, hidden = planned(tuple(key), call, operands, arrays, active)
    try:
        value, residuals = plan.forward(*arrays, **hidden)
    except Exception as error:
        plan.explain(error)
        raise
    if isinstance(value, np.generic):  # NumPy's form of an array without axes
        value = np.asarray(value)
    if type(value) is np.ndarray and value.dtype.kind in "fc":  # most are one array
        node = OperationNode(plan, tuple(edges), ((value.dtype, value.shape),), None, residuals, call)
        tensor = Tensor._made(value, node, 0)
        if value.base is not None:
            _view_if_shared(tensor, call, None)
        else:
            for array in arrays:
                if array is value:
                    _view_if_shared(tensor, call, None)
        node.save(operands, arrays, residuals, (tensor,))
        return tensor
    described = tuple([description_of(output) for output in flat(value)])
    if all(each is None for each in described):
        return _wrapped(value, call, None)
    node = OperationNode(plan, tuple(edges), described, hollow(value), residuals, call)
    wrapped = _wrapped(value, call, node)
    node.save(operands, arrays, residuals, flat(wrapped))
    return wrapped


def _wrapped(value: Any, call: Made, node: OperationNode | None) -> Any:
    """The outputs as tensors; those that share memory with an operand are views of it."""
    if type(value) is np.ndarray:  # most are one array
        return _as_tensor(value, None, call, node)
    counter = itertools.count()
    is_single = not isinstance(value, (tuple, list, dict))

    def wrap(leaf: Any) -> Any:
        position = None if is_single else next(counter)
        if isinstance(leaf, (np.ndarray, np.generic)):
            return _as_tensor(np.asarray(leaf), position, call, node)
        if node is not None and type(leaf) in (float, complex):
            return _as_tensor(np.asarray(leaf), position, call, node)
        return leaf

    return mapped(wrap, value)


def _as_tensor(array: Any, position: int | None, call: Made, node: OperationNode | None) -> Tensor:
    index = position or 0
    has_gradient = node is not None and node.outputs[index] is not None
    tensor = Tensor._made(array, node if has_gradient else None, index)
    if not MODE.is_inference:
        _view_if_shared(tensor, call, position)
    return tensor


def _view_if_shared(tensor: Tensor, call: Made, position: int | None) -> None:
    """Make a result a view of the operand that it shares memory with."""
    base = tensor._array.base
    first = call.args[0] if call.args else None
    if isinstance(first, Tensor) and base is not None and (base is first._array or base is first._array.base):
        viewed(tensor, first, _Step(call, first, position))
        return
    source = owner(tensor._array)
    for operand in _tensors_in((*call.args, *call.kwargs.values())):
        if owner(operand._array) is source:
            viewed(tensor, operand, _Step(call, operand, position))
            return


def _tensors_in(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors_in(value)
        elif type(value) is dict:
            yield from _tensors_in(value.values())


class _Step:
    """How an operation made a view of one of its operands."""

    __slots__ = ("_call", "_found", "_parent", "_position")

    def __init__(self, call: Made, parent: Tensor, position: int | None) -> None:
        self._call = call
        self._parent = parent
        self._position = position
        self._found: tuple[Any, ...] | None = None

    def _looked_up(self) -> tuple[Any, ...]:
        if self._found is None:
            program, operands = self._call.program()
            place = next(i for i, operand in enumerate(operands) if operand is self._parent)
            is_reshape = getattr(self._call.function, "is_reshape", False)
            key = (program, place, len(operands), self._position, is_reshape)
            self._found = key, (*operands[:place], *operands[place + 1 :])
        return self._found

    @property
    def key(self) -> tuple[Any, ...]:
        return self._looked_up()[0]  # type: ignore[no-any-return]

    @property
    def others(self) -> tuple[Any, ...]:
        return self._looked_up()[1]  # type: ignore[no-any-return]

    def again(self, parent: Tensor) -> Tensor:
        (program, place, _, position, _), others = self._looked_up()
        operands = (*others[:place], parent, *others[place:])
        found: Any = apply(program, self._call.title(), operands, {}, integers_vary=True)
        return found if position is None else found[position]  # type: ignore[no-any-return]
