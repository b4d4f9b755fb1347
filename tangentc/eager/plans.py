"""Plans: what is known of all calls of a program with operands of the same kinds, and how such calls are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tangentc.api import transformed
from tangentc.eager.calls import Made
from tangentc.eager.tensor import Tensor, edge_of
from tangentc.ir.build import walk
from tangentc.ir.nodes import Call, Loop, Op, Store
from tangentc.kinds.of_values import Identity
from tangentc.rules.registry import version
from tangentc.runtime.transformed import Transformed

__all__ = ["NAMED", "Plan", "planned", "scan"]

_LIMIT = 8192


class Plan:
    """What is known of all calls of a program with operands of the same kinds.

    The two halves of the compiled program, and where the operands stand that lead on in the graph.
    """

    __slots__ = (
        "enter", "explain", "explain_reverse", "forward", "has_complex", "is_simple", "name", "operands_shown",
        "reverse",
    )  # fmt: skip

    def __init__(self, entry: Any, call: Made, operands: list[Any], active: list[int]) -> None:
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


def planned(
    key: tuple[Any, ...], call: Made, operands: Any, arrays: list[Any], active: list[int]
) -> tuple[Plan, dict[str, Any]]:
    """The plan for a call whose program, kinds and active operands are the key, and what the program captured."""
    global _VERSION
    if version() != _VERSION:
        _PLANS.clear()
        _VERSION = version()
    plan = _PLANS.get(key)
    if isinstance(plan, Transformed):
        key = (key, plan.constants(*arrays))
        plan = _PLANS.get(key)
    hidden = NOTHING if plan is None or plan.enter is None else plan.enter()
    if plan is None or hidden is None:
        program, _ = call.program()
        derivative = transformed("vjp", program, tuple(active))
        entry, hidden = derivative.specialised(*arrays)
        if len(_PLANS) >= _LIMIT:
            _PLANS.clear()
        plan = Plan(entry, call, operands, active)
        constants = derivative.constants(*arrays)
        if constants and key[-1] != constants:
            _PLANS[key] = derivative
            key = (key, constants)
        _PLANS[key] = plan
    return plan, hidden


NOTHING: dict[str, Any] = {}


# --- keys -----------------------------------------------------------------------------------------


def scan(
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
                scan(parts, integers_vary, key, operands, arrays, edges, active)
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


_ACTIVE, _FLOAT, _INT, _NUMBER, NAMED = object(), object(), object(), object(), object()
