"""Jacobians, Hessians and products with them, pass by pass, as PyTorch's module of this name has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.eager.autograd.passes import grad
from tangentc.eager.modes import enable_grad
from tangentc.eager.tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vjp"]

Tensors = Tensor | Sequence[Tensor]


def jacobian(func: Callable[..., Any], inputs: Tensors, create_graph: bool = False) -> Any:
    """The derivative of each entry of the results with respect to each entry of the inputs: a pass for each entry.

    Returns: of one result and one input a tensor, whose shape is that of the result followed by that of the
        input; a tuple with an entry for each input, where they are several, in a tuple with an entry for each
        result.
    """
    points, single = _points(inputs, create_graph)
    with enable_grad():
        outputs = func(*points)
        is_single = isinstance(outputs, Tensor)
        rows = [_rows(y, points, create_graph) for y in ((outputs,) if is_single else outputs)]
    found = [row[0] if single else tuple(row) for row in rows]
    return found[0] if is_single else tuple(found)


def _rows(output: Tensor, points: Sequence[Tensor], create_graph: bool) -> list[Any]:
    """The Jacobian of one result with respect to each point."""
    passes = []
    if output.requires_grad:
        for entry in output.reshape(-1):
            passes.append(
                grad(entry, points, retain_graph=True, create_graph=create_graph, materialize_grads=True)
            )
    stack: Any = np.stack
    found: list[Any] = []
    for number, point in enumerate(points):
        shape = (*output.shape, *point.shape)
        if passes:
            found.append(stack([each[number] for each in passes]).reshape(shape))
        else:
            found.append(Tensor(np.zeros(shape, point.dtype)))
    return found


def hessian(func: Callable[..., Any], inputs: Tensors, create_graph: bool = False) -> Any:
    """The second derivatives of a function with one number as result.

    Returns: for one input a tensor of its shape twice; for several a tuple of tuples.
    Raises: RuntimeError: the result has several elements.
    """
    is_single = isinstance(inputs, Tensor)

    def gradient(*points: Tensor) -> Any:
        output = func(*points)
        _refuse_several(output)
        if not output.requires_grad:
            return points[0] * 0 if is_single else tuple([point * 0 for point in points])
        found = grad(output, points, create_graph=True, materialize_grads=True)
        return found[0] if is_single else found

    return jacobian(gradient, inputs, create_graph)


def vjp(
    func: Callable[..., Any], inputs: Tensors, v: Any = None, create_graph: bool = False
) -> tuple[Any, Any]:
    """The result and v^T J, for v of the shape of the result; 1 for a result with one element."""
    points, single = _points(inputs, create_graph)
    with enable_grad():
        outputs = func(*points)
        found = grad(outputs, points, v, create_graph=create_graph, materialize_grads=True)
    return _apart(outputs, create_graph), found[0] if single else found


def jvp(func: Callable[..., Any], inputs: Tensors, v: Tensors, create_graph: bool = False) -> tuple[Any, Any]:
    """The result and J v, for v of the shape of the inputs: the pullback of the pullback, which is linear."""
    points, _ = _points(inputs, create_graph)
    directions = [v] if isinstance(v, Tensor) else list(v)
    with enable_grad():
        outputs = func(*points)
        results = [outputs] if isinstance(outputs, Tensor) else list(outputs)
        seeds = [Tensor(np.zeros(y.shape, y.dtype), requires_grad=True) for y in results]
        pulled = grad(results, points, seeds, create_graph=True, materialize_grads=True)
        kept = [
            (bar, d)
            for bar, d in zip(pulled, directions, strict=True)
            if bar is not None and bar.requires_grad
        ]
        if kept:
            bars, used = zip(*kept, strict=True)
            products = grad(bars, seeds, used, create_graph=create_graph, materialize_grads=True)
        else:
            products = tuple([Tensor(np.zeros(y.shape, y.dtype)) for y in results])
    return _apart(outputs, create_graph), products[0] if isinstance(outputs, Tensor) else products


def hvp(func: Callable[..., Any], inputs: Tensors, v: Tensors, create_graph: bool = False) -> tuple[Any, Any]:
    """The result and H v, of a function with one number as result."""
    points, single = _points(inputs, create_graph)
    with enable_grad():
        output = func(*points)
        _refuse_several(output)
        first = grad(output, points, create_graph=True, materialize_grads=True)
        directions = [v] if isinstance(v, Tensor) else list(v)
        kept = [(g, d) for g, d in zip(first, directions, strict=True) if g is not None and g.requires_grad]
        if kept:
            gradients, used = zip(*kept, strict=True)
            found = grad(gradients, points, used, create_graph=create_graph, materialize_grads=True)
        else:
            found = tuple([Tensor(np.zeros(point.shape, point.dtype)) for point in points])
    return _apart(output, create_graph), found[0] if single else found


def _points(inputs: Tensors, create_graph: bool) -> tuple[list[Tensor], bool]:
    """Where the derivative is taken: the inputs, as leaves of a graph of their own unless it is to be recorded."""
    single = isinstance(inputs, Tensor)
    given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    return [
        point.view_as(point) if create_graph and point.requires_grad else point.detach().requires_grad_()
        for point in given
    ], single


def _apart(outputs: Any, create_graph: bool) -> Any:
    if create_graph:
        return outputs
    return outputs.detach() if isinstance(outputs, Tensor) else tuple([y.detach() for y in outputs])


def _refuse_several(output: Any) -> None:
    if not isinstance(output, Tensor) or output.numel() != 1:
        raise RuntimeError("second derivatives are of a function with one number as result")
