"""`backward` and `grad`: gradients of what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.eager.graph import AccumulateGrad, Edge, backpropagate
from tangentc.eager.tensor import Tensor, edge_of

__all__ = ["backward", "grad"]

Tensors = Tensor | Sequence[Tensor]


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Add the gradients of tensors with respect to the leaves of their graph to the `grad` of these.

    Args:
        grad_tensors: the cotangent of each tensor; None for tensors with one element, whose cotangent is 1.
        retain_graph, create_graph, inputs: as of `Tensor.backward`.
    Raises: RuntimeError: as `Tensor.backward`.
    """
    roots = _roots(_listed(tensors), grad_tensors, create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        backpropagate(roots, retain_graph=retain, create_graph=create_graph)
        return
    wanted = _listed(inputs)
    if not wanted:
        raise RuntimeError("inputs is empty: name the tensors whose gradients are wanted, or leave it out")
    edges = _edges(wanted)
    bars = backpropagate(roots, retain_graph=retain, create_graph=create_graph, wanted=edges)
    for tensor, bar in zip(wanted, bars, strict=True):
        if bar is not None:
            before = tensor._grad
            tensor._grad = bar if before is None else before + bar


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of outputs with respect to inputs, which need not be leaves; no `grad` is touched.

    Args:
        allow_unused: None for inputs that do not matter to the outputs, instead of an error.
        materialize_grads: zeros for these.
    Raises: RuntimeError: as `Tensor.backward`, and for an input that the outputs do not depend on.
    """
    wanted = _listed(inputs)
    roots = _roots(_listed(outputs), grad_outputs, create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    bars = backpropagate(roots, retain_graph=retain, create_graph=create_graph, wanted=_edges(wanted))
    if materialize_grads:
        return tuple(
            Tensor(np.zeros_like(tensor._array)) if bar is None else bar
            for tensor, bar in zip(wanted, bars, strict=True)
        )
    if not allow_unused and any(bar is None for bar in bars):
        raise RuntimeError(
            "an input does not matter to the outputs; give allow_unused=True to have None for its gradient"
        )
    return tuple(bars)


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _edges(tensors: list[Tensor]) -> list[Edge]:
    edges = []
    for tensor in tensors:
        edge = edge_of(tensor)
        if edge is None:
            raise RuntimeError("a gradient is asked for with respect to a tensor that requires none")
        if isinstance(edge[0], AccumulateGrad):
            tensor._accumulator = edge[0]  # kept until the pass has come there
        edges.append(edge)
    return edges


def _roots(tensors: list[Tensor], gradients: Any, create_graph: bool) -> list[tuple[Edge, Any]]:
    if gradients is None or isinstance(gradients, (Tensor, np.ndarray)):
        gradients = [gradients] * len(tensors) if gradients is None else [gradients]
    roots = []
    for tensor, given in zip(tensors, gradients, strict=True):
        edge = edge_of(tensor)
        if edge is None:
            raise RuntimeError(
                "a tensor that does not require a gradient, and was not recorded, has no gradient"
            )
        roots.append((edge, _seed(tensor, given, create_graph)))
    return roots


def _seed(tensor: Tensor, given: Any, create_graph: bool) -> Any:
    array = tensor._array
    if given is None:
        if array.size != 1:
            raise RuntimeError(
                f"a gradient starts from one number, and this tensor has shape {tuple(array.shape)}: "
                "give the cotangent, backward(gradient), or sum it"
            )
        if array.dtype.kind == "c":
            raise RuntimeError("a gradient starts from a real number: give the cotangent, backward(gradient)")
        ones = np.ones_like(array)
        return Tensor._made(ones) if create_graph else ones
    seed = given if isinstance(given, Tensor) else Tensor(given)
    if seed._array.shape != array.shape:
        raise RuntimeError(
            f"the gradient has shape {tuple(seed._array.shape)}, and the tensor {tuple(array.shape)}"
        )
    if create_graph:
        return seed if seed.dtype == array.dtype else seed.to(array.dtype)
    return seed._array.astype(array.dtype, copy=False)
