"""Running an operation on tensors: values by NumPy, and a node whose pullback the compiler made from the same function.

There is no second set of derivatives: the program of a call (see `calls`) is compiled as `vjp` compiles it, to a
forward
function that also returns what the pullback needs, and a reverse function.  The reverse function is an ordinary
program too, so a recorded backward pass runs it as an operation on tensors, and so on to every order.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.api import transformed
from tangentc.eager.calls import program_of, structure_of
from tangentc.eager.graph import Node
from tangentc.eager.modes import MODE
from tangentc.eager.tensor import Tensor, edge_of, owner, viewed
from tangentc.ir.build import walk
from tangentc.ir.nodes import Call, Loop, Store
from tangentc.kinds.of_values import Identity, leaves
from tangentc.rules.registry import version
from tangentc.runtime import door

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
    structure, operands = structure_of(args, kwargs, _or_integer if integers_vary else _is_leaf)
    program = program_of(Identity(function), structure)
    arrays = [leaf._array if isinstance(leaf, Tensor) else leaf for leaf in operands]
    active: tuple[int, ...] = ()
    if MODE.records:
        active = tuple(
            [i for i, leaf in enumerate(operands) if isinstance(leaf, Tensor) and leaf.requires_grad]
        )
    title = name if isinstance(name, str) else name(*args, **kwargs)
    if not active:
        return _wrapped(program(*arrays), program, title, operands, None)
    return _recorded(program, title, operands, arrays, active)


vars(apply)["__tangentc_lowering__"] = "apply"


def _is_leaf(value: Any) -> bool:
    """Arrays and numbers; what is infinite chooses a norm or a bound rather than computing."""
    return isinstance(value, (Tensor, np.ndarray, np.generic, complex)) or (
        isinstance(value, float) and math.isfinite(value)
    )


def _or_integer(value: Any) -> bool:
    return _is_leaf(value) or (isinstance(value, int) and not isinstance(value, bool))


# --- compiled pairs -------------------------------------------------------------------------------


class _Pair:
    """The two halves of a compiled program."""

    __slots__ = ("enter", "forward", "is_simple", "reverse")

    def __init__(self, entry: Any) -> None:
        forward, reverse = entry.built.call
        self.forward, self.reverse = forward, reverse
        self.enter = entry.enter
        self.is_simple = not any(
            isinstance(node, (Loop, Store, Call))
            for half in entry.built.functions
            for node in walk(half.body)
        )
        """Whether the reverse half uses nothing up and writes only what it made itself."""


_PAIRS: dict[Any, _Pair] = {}
_VERSION = version()


def _pair(
    program: Callable[..., Any], arrays: list[Any], active: tuple[int, ...]
) -> tuple[_Pair, dict[str, Any]]:
    global _VERSION
    key = (program, active, *[(a.dtype, a.shape) if isinstance(a, np.ndarray) else _plain(a) for a in arrays])
    if version() != _VERSION:
        _PAIRS.clear()
        _VERSION = version()
    pair = _PAIRS.get(key)
    hidden = None if pair is None else pair.enter()
    if pair is None or hidden is None:
        entry, hidden = transformed("vjp", program, active).specialised(*arrays)
        if len(_PAIRS) >= _LIMIT:
            _PAIRS.clear()
        pair = _PAIRS[key] = _Pair(entry)
    return pair, hidden


def _plain(number: Any) -> Any:
    return number if isinstance(number, int) else type(number)


def _recorded(
    program: Callable[..., Any], name: str, operands: list[Any], arrays: list[Any], active: tuple[int, ...]
) -> Any:
    pair, hidden = _pair(program, arrays, active)
    value, residuals = pair.forward(*arrays, **hidden)
    outputs = _flat(value)
    described = tuple(_description(output) for output in outputs)
    if all(each is None for each in described):
        return _wrapped(value, program, name, operands, None)
    node = OperationNode(
        name,
        tuple([edge_of(operands[i]) for i in active]),
        described,
        value,
        pair,
        residuals,
        program,
        operands,
        active,
    )
    wrapped = _wrapped(value, program, name, operands, node)
    node.save([operand for operand in operands if isinstance(operand, Tensor)], _flat(wrapped))
    return wrapped


def _description(output: Any) -> Any:
    """Dtype and shape of an output that has a derivative."""
    if isinstance(output, (np.ndarray, np.generic)):
        return (output.dtype, output.shape) if output.dtype.kind in "fc" else None
    return (np.dtype(type(output)), ()) if type(output) in (float, complex) else None


class OperationNode(Node):
    """An operation that was compiled."""

    __slots__ = ("_active", "_inputs", "_like", "_pair", "_program", "_residuals", "_results", "_saved")

    def __init__(
        self,
        name: str,
        edges: tuple[Any, ...],
        outputs: tuple[Any, ...],
        like: Any,
        pair: _Pair,
        residuals: Any,
        program: Callable[..., Any],
        operands: list[Any],
        active: tuple[int, ...],
    ) -> None:
        super().__init__(name, edges, outputs)
        self._like = _hollow(like)
        self._pair = pair
        self._residuals = residuals
        self._program = program
        self._active = active
        self._inputs: list[Any] | None = operands
        self._results: dict[int, int] = {}
        self._saved: list[tuple[Any, int, str]] = []

    def save(self, inputs: list[Tensor], outputs: list[Any]) -> None:
        """Note which tensors' memory the residuals are in, and keep no more inputs than a recorded pass needs.

        Raises: RuntimeError: a tensor that inference mode made would have to be kept.
        """
        residuals = _numbers_in(self._residuals)
        tensors = [*inputs, *[t for t in outputs if isinstance(t, Tensor)]]
        ids = {id(leaf) for leaf in self._inputs or () if not isinstance(leaf, Tensor)}
        all_known = True
        for residual in residuals:
            is_known = id(residual) in ids or _is_constant(residual)
            if not isinstance(residual, np.ndarray):
                all_known = all_known and is_known
                continue
            source = owner(residual)
            for tensor in tensors:
                if owner(tensor._array) is source:
                    if tensor._is_inference:
                        raise RuntimeError(
                            "a tensor made in inference mode cannot be saved for a backward pass; "
                            "use a clone of it, made outside inference mode"
                        )
                    self._saved.append((tensor._version, tensor._version.value, _described(tensor)))
                    is_known = is_known or tensor._array is residual
            all_known = all_known and is_known
        self._results = {id(t._array): i for i, t in enumerate(outputs) if isinstance(t, Tensor)}
        if all_known:  # the others are not looked at again
            ids = {id(residual) for residual in residuals}
            self._inputs = [
                leaf if not isinstance(leaf, Tensor) or id(leaf._array) in ids else None
                for leaf in self._inputs or ()
            ]

    def pull(self, bars: list[Any], retain: bool) -> Sequence[Any]:
        self._check()
        seed = _seed(self._like, self.outputs, bars)
        residuals = self._residuals
        if not self._pair.is_simple:
            seed = door.copied_together(seed)
            residuals = door.copied_together(residuals) if retain else residuals
        results = self._pair.reverse(residuals, seed)
        kept = {id(array) for array in door.arrays_in(self._residuals)}
        return [_conforming(bar, edge, kept) for bar, edge in zip(results, self.edges, strict=True)]

    def pull_tensors(self, bars: list[Any]) -> Sequence[Any]:
        self._check()
        seed = _seed(self._like, self.outputs, bars)
        residuals = self._as_tensors()
        reverse = self._pair.reverse.__wrapped__
        results = apply(reverse, f"{self._name}Backward0", (residuals, seed), {}, integers_vary=True)
        return [_conforming(bar, edge, frozenset()) for bar, edge in zip(results, self.edges, strict=True)]

    def _check(self) -> None:
        from tangentc.eager.graph import AGAIN

        if self.released and (self._saved or self._residuals is None):
            raise RuntimeError(AGAIN)
        for counter, seen, what in self._saved:
            if counter.value != seen:
                raise RuntimeError(
                    f"a value that the gradient needs was changed in place after it had been saved: {what}, "
                    f"is at version {counter.value}, and version {seen} was saved"
                )

    def _as_tensors(self) -> Any:
        """The residuals as tensors with their place in the graph."""
        assert self._inputs is not None
        known: dict[int, Any] = {
            id(leaf._array if isinstance(leaf, Tensor) else leaf): leaf for leaf in self._inputs
        }
        places = self._results
        found = _numbers_in(self._residuals)
        if not all(
            _is_constant(r) or id(r) in known or id(r) in places for r in found
        ):  # intermediate values: made again from the inputs, recorded
            forward = self._pair.forward.__wrapped__
            hidden = self._pair.enter() or {}
            _, residuals = apply(
                forward, f"{self._name}Again", tuple(self._inputs), hidden, integers_vary=True
            )
            return residuals

        def tensor(array: Any) -> Any:
            if id(array) in known:
                return known[id(array)]
            if id(array) in self._results:
                return Tensor._made(array, self, self._results[id(array)])
            return array

        return _mapped(tensor, self._residuals)

    def release(self) -> None:
        super().release()
        if self._saved or door.arrays_in(self._residuals):
            self._residuals, self._inputs = None, None


def _described(tensor: Tensor) -> str:
    where = f", output {tensor._index} of {tensor._grad_fn.name()}" if tensor._grad_fn is not None else ""
    return f"a tensor of {tensor._array.dtype} and shape {tuple(tensor._array.shape)}{where}"


def _conforming(bar: Any, edge: Any, kept: Any) -> Any:
    """A cotangent as an array or tensor of its operand's dtype and shape."""
    if edge is None:
        return None
    dtype, shape = edge[0].outputs[edge[1]]
    if isinstance(bar, Tensor):
        if bar._array.dtype != dtype:
            bar = apply(np.astype, "ToCopyBackward0", (bar, dtype), {})
        return (
            bar if bar._array.shape == shape else apply(np.broadcast_to, "ExpandBackward0", (bar, shape), {})
        )
    bar = np.asarray(bar)
    if id(bar) in kept:
        return bar.copy()
    if bar.dtype != dtype:
        bar = bar.real.astype(dtype) if bar.dtype.kind == "c" and dtype.kind != "c" else bar.astype(dtype)
    return bar if bar.shape == shape else np.broadcast_to(bar, shape)


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


def _wrapped(value: Any, program: Any, name: str, operands: list[Any], node: OperationNode | None) -> Any:
    """The outputs as tensors; those that share memory with an operand are views of it."""
    if type(value) is np.ndarray:  # most are one array
        return _as_tensor(value, None, program, name, operands, node)
    counter = itertools.count()
    is_single = not isinstance(value, (tuple, list, dict))

    def wrap(leaf: Any) -> Any:
        position = None if is_single else next(counter)
        if isinstance(leaf, (np.ndarray, np.generic)):
            return _as_tensor(np.asarray(leaf), position, program, name, operands, node)
        if node is not None and type(leaf) in (float, complex):
            return _as_tensor(np.asarray(leaf), position, program, name, operands, node)
        return leaf

    return _mapped(wrap, value)


def _as_tensor(
    array: Any, position: int | None, program: Any, name: str, operands: list[Any], node: OperationNode | None
) -> Tensor:
    index = position or 0
    has_gradient = node is not None and node.outputs[index] is not None
    tensor = Tensor._made(array, node if has_gradient else None, index)
    if MODE.is_inference:
        return tensor
    source = owner(array)
    for place, operand in enumerate(operands):
        if isinstance(operand, Tensor) and owner(operand._array) is source:
            viewed(tensor, operand, _Step(program, name, tuple(operands), place, position))
            break
    return tensor


class _Step:
    """How an operation made a view of one of its operands."""

    __slots__ = ("key", "name", "others")

    def __init__(
        self, program: Any, name: str, operands: tuple[Any, ...], place: int, position: int | None
    ) -> None:
        self.key = (program, place, len(operands), position)
        self.name = name
        self.others = (*operands[:place], *operands[place + 1 :])

    def again(self, parent: Tensor) -> Tensor:
        program, place, _, position = self.key
        operands = (*self.others[:place], parent, *self.others[place:])
        found: Any = apply(program, self.name, operands, {}, integers_vary=True)
        return found if position is None else found[position]  # type: ignore[no-any-return]
