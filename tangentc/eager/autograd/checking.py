"""Gradients against differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tangentc.eager.autograd.functional import jacobian
from tangentc.eager.autograd.passes import grad
from tangentc.eager.modes import enable_grad, no_grad
from tangentc.eager.tensor import Tensor

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Tensors = Tensor | Sequence[Tensor]


class GradcheckError(RuntimeError):
    """A gradient and differences do not agree."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensors,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compare the Jacobian of a function with central differences, for all inputs that require a gradient.

    The function must be smooth within `eps` of the inputs, and these of float64: smaller floats are too coarse.

    Raises:
        GradcheckError: they differ by more than atol + rtol * |difference|, unless `raise_exception` is False.
        ValueError: no input requires a gradient, or one is of another dtype than float64.
    """
    points = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    wanted = [i for i, point in enumerate(points) if isinstance(point, Tensor) and point.requires_grad]
    if not wanted:
        raise ValueError("no input requires a gradient, so there is nothing to compare")
    for i in wanted:
        if points[i].dtype != np.float64:
            raise ValueError(f"input {i} is of {points[i].dtype}: differences need float64")
    try:
        for output in range(len(_flat(func(*points)))):
            for i in wanted:
                _compare(func, points, i, output, eps, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _flat(outputs: Any) -> list[Tensor]:
    return [outputs] if isinstance(outputs, Tensor) else list(outputs)


def _compare(
    func: Callable[..., Any], points: list[Any], i: int, output: int, eps: float, atol: float, rtol: float
) -> None:
    def of_one(point: Tensor) -> Tensor:
        return _flat(func(*points[:i], point, *points[i + 1 :]))[output]

    analytic = jacobian(of_one, points[i]).numpy()
    columns = list(_differences(of_one, points[i], eps))
    numerical = np.stack(columns, axis=-1).reshape(analytic.shape) if columns else np.zeros(analytic.shape)
    if not np.allclose(analytic, numerical, rtol, atol):
        worst = np.unravel_index(np.argmax(np.abs(analytic - numerical)), analytic.shape)
        raise GradcheckError(
            f"the gradient of output {output} with respect to input {i} is {analytic[worst]:.6g} at "
            f"{tuple(map(int, worst))}, and differences give {numerical[worst]:.6g}"
        )


def _differences(function: Callable[[Tensor], Tensor], point: Tensor, eps: float) -> Iterator[Any]:
    """The columns of the Jacobian, by central differences."""
    with no_grad():
        for place in np.ndindex(*point.shape):
            values = []
            for step in (eps, -eps):
                moved = point.detach().clone()
                moved[place] += step
                values.append(function(moved).detach().numpy().reshape(-1).copy())
            yield (values[0] - values[1]) / (2 * eps)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensors,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """`gradcheck` of the gradient, as a function of the inputs and of `grad_outputs`, which are random unless given."""
    points = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    outputs = _flat(func(*points))
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        seeds = [Tensor(rng.normal(size=y.shape), requires_grad=True) for y in outputs]
    else:
        seeds = _flat(grad_outputs)
    wanted = [i for i, point in enumerate(points) if isinstance(point, Tensor) and point.requires_grad]

    def gradient(*values: Any) -> tuple[Any, ...]:
        given = list(points)
        for i, value in zip(wanted, values, strict=False):
            given[i] = value if value.requires_grad else value.detach().requires_grad_()
        with enable_grad():
            found = grad(
                _flat(func(*given)),
                [given[i] for i in wanted],
                list(values[len(wanted) :]),
                create_graph=True,
                materialize_grads=True,
            )
        return tuple(bar for bar in found if bar is not None)

    arguments = [*[points[i] for i in wanted], *seeds]
    return gradcheck(gradient, arguments, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception)
