"""Nodes of operations: the pullback that the compiler made, what it needs, and that this has not changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tangentc.eager.calls import Made
from tangentc.eager.graph import AGAIN, SEQUENCE, Node
from tangentc.eager.plans import Plan
from tangentc.eager.tensor import Tensor, owner
from tangentc.eager.trees import mapped, seed_of
from tangentc.kinds.of_values import leaves
from tangentc.runtime import door

__all__ = ["OperationNode"]


class OperationNode(Node):
    """An operation that was compiled."""

    __slots__ = ("_like", "_operands", "_plan", "_residuals", "_results", "_saved")

    def __init__(
        self,
        plan: Plan,
        edges: tuple[Any, ...],
        outputs: tuple[Any, ...],
        like: Any,
        residuals: Any,
        call: Made,
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
        seed = bars[0] if self._like is None else seed_of(self._like, self.outputs, bars)
        residuals = self._residuals
        if plan.has_complex:
            seed = mapped(_conjugate, seed)
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
        seed = seed_of(self._like, self.outputs, bars)
        if plan.has_complex:
            seed = mapped(_conjugate, seed)
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

        return mapped(tensor, self._residuals)

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


def apply(*args: Any, **options: Any) -> Any:
    """The operation of the recorded pass; `operations` runs it, which makes these nodes."""
    from tangentc.eager.operations import apply

    return apply(*args, **options)
