"""Operations of one's own, with a gradient that is written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.eager.graph import AGAIN, Node
from tangentc.eager.modes import MODE, no_grad
from tangentc.eager.tensor import Tensor, edge_of, owner

__all__ = ["Function", "FunctionCtx"]


class FunctionCtx:
    """What `forward` leaves for `backward`: tensors by `save_for_backward`, all else as attributes.

    `needs_input_grad` says of each argument of `forward` whether its gradient is wanted.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self._to_save: tuple[Any, ...] = ()
        self._without: tuple[Any, ...] = ()
        self._materialises = True
        self._node: _FunctionNode | None = None

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep arguments or results of `forward`; that they do not change before `backward` is checked."""
        self._to_save = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved, with its place in the graph.

        Raises: RuntimeError: a tensor was changed in place since, or an earlier pass freed what was saved.
        """
        return self._to_save if self._node is None else self._node.saved()

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Take results as constants."""
        self._without = outputs

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros for results whose gradient is not known, or None."""
        self._materialises = bool(value)


class Function:
    """An operation whose gradient is written by hand; `apply` calls it.

        class Exp(Function):
            @staticmethod
            def forward(ctx, x):
                y = x.exp()
                ctx.save_for_backward(y)
                return y

            @staticmethod
            def backward(ctx, grad):
                (y,) = ctx.saved_tensors
                return grad * y

    `backward` takes the gradient of each result and returns that of each argument of `forward`, None for those
    that have none.  What it does is recorded where the pass is, so it can be differentiated in its turn.
    Instead of taking `ctx`, `forward` may leave it to `setup_context(ctx, inputs, output)`.
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("a Function needs a static method forward")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise NotImplementedError("a Function through which gradients flow needs a static method backward")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Call `forward`, and record it where an argument requires a gradient."""
        records = MODE.records and not MODE.is_inference
        needs = tuple([isinstance(arg, Tensor) and records and arg.requires_grad for arg in args])
        ctx = FunctionCtx(needs)
        with no_grad():
            if cls.setup_context is Function.setup_context:
                output = cls.forward(ctx, *args, **kwargs)
            else:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
        if not any(needs):
            return output
        is_single = not isinstance(output, tuple)
        outputs: tuple[Any, ...] = (output,) if is_single else output
        edges = tuple([edge_of(arg) if needed else None for arg, needed in zip(args, needs, strict=True)])
        node = _FunctionNode(cls, ctx, edges, tuple([_description(each, ctx) for each in outputs]))
        results = tuple([_recorded(each, args, node, i) for i, each in enumerate(outputs)])
        node.save(ctx._to_save, outputs, results)
        ctx._to_save, ctx._without = (), ()
        return results[0] if is_single else results


def _description(output: Any, ctx: FunctionCtx) -> Any:
    """Dtype and shape of a result that has a derivative."""
    if not isinstance(output, Tensor) or output._array.dtype.kind not in "fc":
        return None
    return (
        None if any(output is each for each in ctx._without) else (output._array.dtype, output._array.shape)
    )


def _recorded(output: Any, args: Sequence[Any], node: _FunctionNode, index: int) -> Any:
    """A result with its place in the graph; one that shares memory with an argument is a copy."""
    if node.outputs[index] is None:
        return output
    array = output._array
    if any(isinstance(arg, Tensor) and owner(arg._array) is owner(array) for arg in args):
        array = array.copy()
    return Tensor._made(array, node, index)


class _FunctionNode(Node):
    """A call of a `Function`."""

    __slots__ = ("_cls", "_ctx", "_saved")

    def __init__(
        self, cls: type[Function], ctx: FunctionCtx, edges: tuple[Any, ...], outputs: tuple[Any, ...]
    ) -> None:
        super().__init__(f"{cls.__name__}Backward", edges, outputs)
        self._cls = cls
        self._ctx = ctx
        self._saved: list[tuple[Any, Any, int]] | None = []

    def save(self, tensors: Sequence[Any], outputs: Sequence[Any], results: Sequence[Any]) -> None:
        """Keep tensors with their versions: of a result its array only, since it refers to this node itself."""
        saved: list[tuple[Any, Any, int]] = []
        for tensor in tensors:
            kept, counted = tensor, tensor
            for index, (output, result) in enumerate(zip(outputs, results, strict=True)):
                if tensor is output and result is not output:
                    kept, counted = (index, result._array), result
            if tensor is not None and counted._is_inference:
                raise RuntimeError("a tensor made in inference mode cannot be saved for a backward pass")
            version = None if tensor is None else counted._version
            saved.append((kept, version, 0 if version is None else version.value))
        self._saved = saved

    def saved(self) -> tuple[Any, ...]:
        if self._saved is None:
            raise RuntimeError(AGAIN)
        found = []
        for kept, version, seen in self._saved:
            if version is not None and version.value != seen:
                raise RuntimeError(
                    f"a tensor that {self._name} saved was changed in place since: it is at version {version.value}, "
                    f"and version {seen} was saved"
                )
            found.append(Tensor._made(kept[1], self, kept[0]) if isinstance(kept, tuple) else kept)
        return tuple(found)

    def pull(self, bars: list[Any], retain: bool) -> Sequence[Any]:
        grads = self._called([None if bar is None else Tensor._made(bar) for bar in bars])
        return [None if grad is None else grad._array for grad in grads]

    def pull_tensors(self, bars: list[Any]) -> Sequence[Any]:
        return self._called(bars)

    def _called(self, bars: Sequence[Any]) -> list[Any]:
        if self.released and self._saved is None:
            raise RuntimeError(AGAIN)
        given = list(bars)
        if self._ctx._materialises:
            for index, (bar, output) in enumerate(zip(bars, self.outputs, strict=True)):
                if bar is None and output is not None:
                    given[index] = Tensor._made(np.zeros(output[1], output[0]))
        self._ctx._node = self  # only now: a lasting reference would be a cycle
        try:
            grads = self._cls.backward(self._ctx, *given)
        finally:
            self._ctx._node = None
        grads = list(grads) if isinstance(grads, (tuple, list)) else [grads]
        if len(grads) > len(self.edges) and all(grad is None for grad in grads[len(self.edges) :]):
            grads = grads[: len(self.edges)]
        if len(grads) != len(self.edges):
            raise RuntimeError(
                f"backward of {self._cls.__name__} returned {len(grads)} gradients, and forward took "
                f"{len(self.edges)} arguments"
            )
        return [self._conforming(grad, edge) for grad, edge in zip(grads, self.edges, strict=True)]

    def _conforming(self, grad: Any, edge: Any) -> Any:
        if edge is None or grad is None:
            return None
        dtype, shape = edge[0].outputs[edge[1]]
        if not isinstance(grad, Tensor):
            raise TypeError(
                f"backward of {self._cls.__name__} returned a {type(grad).__name__}, where a tensor or None is expected"
            )
        if grad._array.shape != shape:
            try:
                grad = grad.sum_to_size(shape)
            except ValueError:
                raise RuntimeError(
                    f"backward of {self._cls.__name__} returned a gradient of shape {tuple(grad._array.shape)} for an "
                    f"argument of shape {tuple(shape)}"
                ) from None
        return grad if grad._array.dtype == dtype else grad.to(dtype)

    def release(self) -> None:
        self.released = True
        if self._saved:
            self._saved = None
