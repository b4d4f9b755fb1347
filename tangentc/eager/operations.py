"""Running an operation on tensors: values by NumPy, and a node whose pullback the compiler made from the same function.

There is no second set of derivatives: the program of a call (see `calls`) is compiled as `vjp` compiles it, to a
forward
function that also returns what the pullback needs, and a reverse function.  The reverse function is an ordinary
program too, so a recorded backward pass runs it as an operation on tensors, and so on to every order.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from tangentc.api import transformed
from tangentc.eager.calls import program_of, structure_of
from tangentc.eager.graph import AGAIN, SEQUENCE, Node
from tangentc.eager.modes import MODE
from tangentc.eager.tensor import Tensor, as_plain, edge_of, exact, owner, viewed
from tangentc.ir.build import walk
from tangentc.ir.nodes import Call, Loop, Op, Store
from tangentc.kinds.of_values import Identity, leaves
from tangentc.rules.registry import version
from tangentc.runtime import door
from tangentc.runtime.transformed import Transformed

__all__ = ["Operation", "apply", "numbered", "operation"]

Name = str | Callable[..., str]
_LIMIT = 8192


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
        return _recorded(_Made(function, name, args, kwargs, integers_vary))
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
    return _wrapped(result, _Made(function, name, args, kwargs, integers_vary), None)


def on_tensors(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of tensors with arrays; arrays come back."""
    args, kwargs = _mapped(_as_if_made, args), _mapped(_as_if_made, kwargs)
    return _mapped(as_plain, function(*args, **kwargs))


def _as_if_made(value: Any) -> Any:
    return Tensor._made(value) if isinstance(value, np.ndarray) else value


vars(apply)["__tangentc_lowering__"] = "apply"
vars(on_tensors)["__tangentc_lowering__"] = "on_tensors"
vars(on_tensors)["__tangentc_holder__"] = Tensor
_CONTAINERS = (tuple, list, dict)


class _Made:
    """A call, by which its result was made."""

    __slots__ = ("args", "function", "integers_vary", "kwargs", "name")

    def __init__(
        self,
        function: Callable[..., Any],
        name: Name,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        integers_vary: bool,
    ) -> None:
        self.function = function
        self.name = name
        self.args = args
        self.kwargs = kwargs
        self.integers_vary = integers_vary

    def title(self) -> str:
        return self.name if isinstance(self.name, str) else self.name(*self.args, **self.kwargs)

    def program(self) -> tuple[Callable[..., Any], list[Any]]:
        """The call as a function of the arrays and numbers in it, and these."""
        structure, operands = structure_of(self.args, self.kwargs, self.integers_vary)
        return program_of(self.function, structure), operands


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


# --- compiled pairs -------------------------------------------------------------------------------


class _Plan:
    """What is known of all calls of a program with operands of the same kinds.

    The two halves of the compiled program, and where the operands stand that lead on in the graph.
    """

    __slots__ = (
        "enter", "explain", "explain_reverse", "forward", "has_complex", "is_simple", "name", "operands_shown",
        "reverse",
    )  # fmt: skip

    def __init__(self, entry: Any, call: _Made, operands: list[Any], active: list[int]) -> None:
        forward, reverse = entry.built.call
        self.forward, self.explain = forward.__wrapped__, forward.explain
        self.reverse, self.explain_reverse = reverse.__wrapped__, reverse.explain
        self.enter = None if _is_fixed(call.function) else entry.enter
        self.is_simple = not any(
            isinstance(node, (Loop, Call)) or (isinstance(node, Store) and not _is_own_memory(node, half))
            for half in entry.built.functions
            for node in walk(half.body)
        )
        """Whether the reverse half uses nothing up and writes only what it made itself."""
        self.has_complex = any(
            getattr(operand, "dtype", np.dtype(type(operand))).kind == "c" for operand in operands
        )
        self.name = None if getattr(call.name, "is_of_each_call", False) else call.title()
        numbers_count = call.function in _WITH_NUMBERS
        self.operands_shown = [
            position in active
            for position, operand in enumerate(operands)
            if numbers_count or isinstance(operand, (Tensor, np.ndarray))
        ]
        """Of the operands that `next_functions` lists, which are no constants."""


_WITH_NUMBERS: set[Any] = {np.add, np.subtract, np.multiply, np.true_divide}
"""PyTorch makes tensors of the numbers among the operands of these."""


def _is_fixed(function: Any) -> bool:
    """Whether what a function refers to never changes: one of NumPy's or of this package's own."""
    if hasattr(function, "__tangentc_function__"):
        return False  # it stands for one of the user's
    module = getattr(function, "__module__", None) or ""
    return isinstance(function, np.ufunc) or module.partition(".")[0] in ("numpy", "tangentc")


def _is_own_memory(store: Store, half: Any) -> bool:
    """Whether a store writes into zeros that the same function made."""
    return any(
        isinstance(node, Op) and store.target in node.results and node.primitive.name == "zeros"
        for node in half.body.nodes
    )


_PLANS: dict[Any, Any] = {}
"""By program and kinds of operands; a `Transformed` stands for plans that differ in values, too."""
_VERSION = version()


def _planned(
    key: tuple[Any, ...], call: _Made, operands: Any, arrays: list[Any], active: list[int]
) -> tuple[_Plan, dict[str, Any]]:
    """The plan for a call whose program, kinds of operands and active operands are the key, and what the program captured."""
    global _VERSION
    if version() != _VERSION:
        _PLANS.clear()
        _VERSION = version()
    plan = _PLANS.get(key)
    if isinstance(plan, Transformed):
        key = (key, plan.constants(*arrays))
        plan = _PLANS.get(key)
    hidden = _NOTHING if plan is None or plan.enter is None else plan.enter()
    if plan is None or hidden is None:
        program, _ = call.program()
        derivative = transformed("vjp", program, tuple(active))
        entry, hidden = derivative.specialised(*arrays)
        if len(_PLANS) >= _LIMIT:
            _PLANS.clear()
        plan = _Plan(entry, call, operands, active)
        constants = derivative.constants(*arrays)
        if constants and key[-1] != constants:
            _PLANS[key] = derivative
            key = (key, constants)
        _PLANS[key] = plan
    return plan, hidden


def _recorded(call: _Made) -> Any:
    key: list[Any] = [call.function]
    operands: list[Any] = []
    arrays: list[Any] = []
    edges: list[Any] = []
    active: list[int] = []
    found = (key, operands, arrays, edges, active)
    _scan(call.args, call.integers_vary, *found)
    for name, argument in call.kwargs.items():
        key += (_NAMED, name)
        _scan((argument,), call.integers_vary, *found)
    plan, hidden = _planned(tuple(key), call, operands, arrays, active)
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
    described = tuple([_description(output) for output in _flat(value)])
    if all(each is None for each in described):
        return _wrapped(value, call, None)
    node = OperationNode(plan, tuple(edges), described, _hollow(value), residuals, call)
    wrapped = _wrapped(value, call, node)
    node.save(operands, arrays, residuals, _flat(wrapped))
    return wrapped


_NOTHING: dict[str, Any] = {}


def _scan(
    values: Iterable[Any],
    integers_vary: bool,
    key: list[Any],
    operands: list[Any],
    arrays: list[Any],
    edges: list[Any],
    active: list[int],
) -> None:
    """Find the arrays and numbers in a call from left to right, and the key that stands for their kinds and all else.

    The key lists what the call consists of; a container is followed by its length, and a number that belongs to the
    structure by its type first, so that no two calls of different structure have the same.

    Args: key, operands, arrays, edges, active: what is found is appended to these.
    """
    for value in values:
        cls = type(value)
        if isinstance(value, Tensor):
            array = value._array
            node = value._grad_fn if value._view is None else value.grad_fn
            if node is not None:
                active.append(len(arrays))
                edges.append((node, value._index))
                key.append(_ACTIVE)
            elif value._requires_grad:
                active.append(len(arrays))
                edges.append(edge_of(value))
                key.append(_ACTIVE)
            key.append(array.dtype)
            key.append(array.shape)
            operands.append(value)
            arrays.append(array)
            continue
        if cls is float and value - value == 0.0:
            key.append(_FLOAT)
        elif cls is int and integers_vary:
            key.append(_INT)
        elif isinstance(value, np.ndarray):
            value = value.copy()  # who changes an array of NumPy's leaves no trace
            key.append(value.dtype)
            key.append(value.shape)
        elif isinstance(value, (np.generic, complex)):
            key.append(_NUMBER)
            key.append(cls)
        else:
            parts = _parts(value, key)
            if parts:
                _scan(parts, integers_vary, key, operands, arrays, edges, active)
            continue
        operands.append(value)
        arrays.append(value)


def _parts(value: Any, key: list[Any]) -> Iterable[Any]:
    """What a container holds; of anything else nothing, since it belongs to the structure."""
    cls = type(value)
    if cls is tuple or cls is list:
        key += (cls, len(value))
        return value  # type: ignore[no-any-return]
    if cls is slice:
        key.append(cls)
        return (value.start, value.stop, value.step)
    if cls is dict:
        key += (cls, tuple(value))
        return value.values()  # type: ignore[no-any-return]
    if value is None or value is Ellipsis or isinstance(value, (bool, str, type, np.dtype)):
        key.append(value)
    elif cls is int or cls is float:  # an axis or a size; inf
        key += (cls, value if value == value else "nan")
    elif isinstance(value, tuple):
        if hasattr(cls, "_fields"):
            key += (cls, len(value))
            return value
        return (tuple(value),)
    elif isinstance(value, (int, float)):
        return (int(value) if isinstance(value, int) else float(value),)
    else:
        key.append(Identity(value))
    return ()


_ACTIVE, _FLOAT, _INT, _NUMBER, _NAMED = object(), object(), object(), object(), object()


def _description(output: Any) -> Any:
    """Dtype and shape of an output that has a derivative."""
    if isinstance(output, (np.ndarray, np.generic)):
        return (output.dtype, output.shape) if output.dtype.kind in "fc" else None
    return (np.dtype(type(output)), ()) if type(output) in (float, complex) else None


class OperationNode(Node):
    """An operation that was compiled."""

    __slots__ = ("_like", "_operands", "_plan", "_residuals", "_results", "_saved")

    def __init__(
        self,
        plan: _Plan,
        edges: tuple[Any, ...],
        outputs: tuple[Any, ...],
        like: Any,
        residuals: Any,
        call: _Made,
    ) -> None:
        self._name = plan.name or call.title()  # as Node.__init__ does, which would be one call more
        self.edges = edges
        self.outputs = outputs
        self.sequence = next(SEQUENCE)
        self.released = False
        self.hooks = None
        self._plan = plan
        self._like = like  # the structure of the outputs; None for one that stands alone
        self._residuals = residuals
        self._operands: Any = ()
        self._results: dict[int, int] | None = None  # outputs that are residuals
        self._saved: list[tuple[Any, int, Any]] | None = None

    def save(self, operands: Any, arrays: list[Any], residuals: Any, outputs: Sequence[Any]) -> None:
        """Note which tensors' memory the residuals are in, and keep no more operands than a recorded pass needs.

        Raises: RuntimeError: a tensor that inference mode made would have to be kept.
        """
        if not residuals:
            return
        kept: list[Any] = [None] * len(arrays)
        all_known = self._place_all(residuals, (operands, arrays, outputs, kept))
        self._operands = kept
        if not all_known:  # they are made again from all operands
            self._operands = list(operands)

    def _place_all(self, residuals: Iterable[Any], places: tuple[Any, ...]) -> bool:
        """Note where the memory of residuals is, and which operands are among them; whether it is known what all
        of them depend on."""
        operands, arrays, _, kept = places
        all_known = True
        for residual in residuals:
            for position, array in enumerate(arrays):
                if array is residual:
                    operand = operands[position]
                    kept[position] = operand
                    if isinstance(operand, Tensor):
                        self._note(operand)
                    break
            else:
                all_known = self._place(residual, places) and all_known
        return all_known

    def _place(self, residual: Any, places: tuple[Any, ...]) -> bool:
        """As `_place_all`, of one that is no operand."""
        cls = type(residual)
        if cls is int or residual is None:
            return True
        if cls is tuple or cls is list or cls is dict:
            return self._place_all(residual.values() if cls is dict else residual, places)
        operands, _, outputs, _ = places
        if cls is not np.ndarray:
            numbers = _numbers_in(residual)
            return all(
                number is not residual or _is_constant(number) for number in numbers
            ) and self._place_all([number for number in numbers if number is not residual], places)
        for position, output in enumerate(outputs):
            if isinstance(output, Tensor) and output._array is residual:
                self._note(output)
                self._results = {**(self._results or {}), id(residual): position}
                return True
        if residual.base is not None:
            source = owner(residual)
            for tensor in (*operands, *outputs):
                if isinstance(tensor, Tensor) and owner(tensor._array) is source:
                    self._note(tensor)
        return residual.dtype.kind not in "fc"

    def _note(self, tensor: Tensor) -> None:
        if tensor._is_inference:
            raise RuntimeError(
                "a tensor made in inference mode cannot be saved for a backward pass; "
                "use a clone of it, made outside inference mode"
            )
        if self._saved is None:
            self._saved = []
        made = tensor._grad_fn
        where = None if made is None else (made._name, tensor._index)
        self._saved.append((tensor._version, tensor._version.value, where))

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        edges = iter(super().next_functions)
        return tuple([next(edges) if is_active else (None, 0) for is_active in self._plan.operands_shown])

    def pull(self, bars: list[Any], retain: bool) -> Sequence[Any]:
        if self.released or self._saved is not None:
            self._check()
        plan = self._plan
        seed = bars[0] if self._like is None else _seed(self._like, self.outputs, bars)
        residuals = self._residuals
        if plan.has_complex:
            seed = _mapped(_conjugate, seed)
        if not plan.is_simple:
            seed = door.copied_together(seed)
            residuals = door.copied_together(residuals) if retain else residuals
        try:
            results = plan.reverse(residuals, seed)
        except Exception as error:
            plan.explain_reverse(error)
            raise
        if plan.has_complex:
            results = [_conjugate(bar) for bar in results]
        return [_conforming(bar, edge, residuals) for bar, edge in zip(results, self.edges, strict=True)]

    def pull_tensors(self, bars: list[Any]) -> Sequence[Any]:
        self._check()
        plan = self._plan
        seed = _seed(self._like, self.outputs, bars)
        if plan.has_complex:
            seed = _mapped(_conjugate, seed)
        residuals = self._as_tensors()
        results = apply(plan.reverse, f"{self._name}Backward0", (residuals, seed), {}, integers_vary=True)
        if plan.has_complex:
            results = [_conjugate(bar) for bar in results]
        return [_conforming_tensor(bar, edge) for bar, edge in zip(results, self.edges, strict=True)]

    def _check(self) -> None:
        if self.released and (self._saved or self._residuals is None):
            raise RuntimeError(AGAIN)
        if self._saved is not None:
            for counter, seen, where in self._saved:
                if counter.value != seen:
                    what = "" if where is None else f" (output {where[1]} of {where[0]})"
                    raise RuntimeError(
                        f"a value that the gradient of {self._name} needs was changed in place after it had been "
                        f"saved: a tensor{what} is at version {counter.value}, and version {seen} was saved"
                    )

    def _as_tensors(self) -> Any:
        """The residuals as tensors with their place in the graph."""
        known: dict[int, Any] = {
            id(leaf._array if isinstance(leaf, Tensor) else leaf): leaf for leaf in self._operands
        }
        places = self._results or {}
        found = _numbers_in(self._residuals)
        if not all(
            _is_constant(r) or id(r) in known or id(r) in places for r in found
        ):  # intermediate values: made again from the operands, recorded
            hidden = (self._plan.enter() if self._plan.enter is not None else None) or {}
            _, residuals = apply(
                self._plan.forward, f"{self._name}Again", tuple(self._operands), hidden, integers_vary=True
            )
            return residuals

        def tensor(array: Any) -> Any:
            if id(array) in known:
                return known[id(array)]
            if id(array) in places and self.outputs[places[id(array)]] is not None:
                return Tensor._made(array, self, places[id(array)])
            return array

        return _mapped(tensor, self._residuals)

    def release(self) -> None:
        self.released = True
        if self._saved or door.arrays_in(self._residuals):
            self._residuals, self._operands = None, ()


def _conjugate(bar: Any) -> Any:
    """A gradient of PyTorch's from a cotangent, and the other way round.

    A cotangent pairs with a tangent as the real part of y_bar y_dot, without conjugation (JAX's convention);
    PyTorch's gradient points along the steepest ascent: it is the conjugate.
    """
    if isinstance(bar, Tensor):
        return apply(np.conj, "ConjBackward0", (bar,), {}) if bar._array.dtype.kind == "c" else bar
    return np.conj(bar) if isinstance(bar, (np.ndarray, np.generic)) and bar.dtype.kind == "c" else bar


def _conforming(bar: Any, edge: Any, residuals: Any) -> Any:
    """A cotangent as an array of its operand's dtype and shape, and not one of the residuals."""
    dtype, shape = edge[0].outputs[edge[1]]
    if type(bar) is not np.ndarray:
        bar = np.asarray(bar)
    else:
        for residual in residuals:
            if bar is residual:
                bar = bar.copy()
    if bar.dtype != dtype:
        bar = bar.real.astype(dtype) if bar.dtype.kind == "c" and dtype.kind != "c" else bar.astype(dtype)
    return bar if bar.shape == shape else np.broadcast_to(bar, shape)


def _conforming_tensor(bar: Any, edge: Any) -> Any:
    """As `_conforming`, recorded."""
    dtype, shape = edge[0].outputs[edge[1]]
    if not isinstance(bar, Tensor):
        bar = Tensor._made(np.asarray(bar))
    if bar._array.dtype != dtype:
        bar = apply(np.astype, "ToCopyBackward0", (bar, dtype), {})
    return bar if bar._array.shape == shape else apply(np.broadcast_to, "ExpandBackward0", (bar, shape), {})


def _numbers_in(tree: Any) -> list[Any]:
    """The arrays and the numbers that are no whole ones in a tree."""
    return [leaf for leaf in leaves(tree) if isinstance(leaf, (np.ndarray, np.generic, float, complex))]


def _is_constant(residual: Any) -> bool:
    """Whether it is of a kind that has no derivative."""
    return isinstance(residual, (np.ndarray, np.generic)) and residual.dtype.kind not in "fc"


# --- trees of outputs -----------------------------------------------------------------------------


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in _flat(item)]
    return [value]


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """A tree with its arrays and numbers changed."""
    if isinstance(value, (tuple, list)):
        items = [_mapped(change, item) for item in value]
        return type(value)._make(items) if hasattr(value, "_make") else type(value)(items)
    if isinstance(value, dict):
        return {key: _mapped(change, item) for key, item in value.items()}
    return change(value)


def _hollow(value: Any) -> Any:
    """The structure of the outputs, with their positions as leaves; None for one that stands alone."""
    if not isinstance(value, (tuple, list)):
        return None
    counter = iter(range(len(_flat(value))))
    return _mapped(lambda _: next(counter), value)


def _seed(like: Any, outputs: tuple[Any, ...], bars: list[Any]) -> Any:
    """The cotangents in the structure of the outputs: zeros for those that are not known."""

    def seed(position: int) -> Any:
        if bars[position] is not None or outputs[position] is None:
            return bars[position]
        dtype, shape = outputs[position]
        return np.zeros(shape, dtype)

    return seed(0) if like is None else _mapped(seed, like)


def _wrapped(value: Any, call: _Made, node: OperationNode | None) -> Any:
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

    return _mapped(wrap, value)


def _as_tensor(array: Any, position: int | None, call: _Made, node: OperationNode | None) -> Tensor:
    index = position or 0
    has_gradient = node is not None and node.outputs[index] is not None
    tensor = Tensor._made(array, node if has_gradient else None, index)
    if not MODE.is_inference:
        _view_if_shared(tensor, call, position)
    return tensor


def _view_if_shared(tensor: Tensor, call: _Made, position: int | None) -> None:
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

    def __init__(self, call: _Made, parent: Tensor, position: int | None) -> None:
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
