"""`autograd.Function`, `autograd.functional`, `gradcheck`, and the drawing of the graph."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc.eager import autograd
from tangentc.eager.autograd import Function, functional, gradcheck, gradgradcheck


def leaf(*values: float) -> Any:
    return torch.tensor(np.array(values), requires_grad=True)


def same(tensor: Any, values: Any) -> None:
    np.testing.assert_allclose(tensor.numpy(), values, rtol=1e-10, atol=1e-12)


class Exp(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (y,) = ctx.saved_tensors
        return grad * y


class Scaled(Function):
    """x * w * factor, and the mask of what is positive."""

    @staticmethod
    def forward(ctx: Any, x: Any, w: Any, factor: float) -> Any:
        ctx.save_for_backward(x, w)
        ctx.factor = factor
        mask = x > 0
        ctx.mark_non_differentiable(mask)
        return x * w * factor, mask

    @staticmethod
    def backward(ctx: Any, grad: Any, of_mask: Any) -> Any:
        x, w = ctx.saved_tensors
        assert ctx.needs_input_grad[2] is False
        return grad * w * ctx.factor, grad * x * ctx.factor if ctx.needs_input_grad[1] else None, None


class Cube(Function):
    @staticmethod
    def forward(x: Any) -> Any:
        return x**3

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 3 * grad * x**2


def test_function() -> None:
    x = leaf(0.5, 1.5)
    y = Exp.apply(x)
    assert y.grad_fn.name() == "ExpBackward" and not y.is_leaf
    (y * y).sum().backward()
    same(x.grad, 2 * np.exp([1.0, 3.0]))


def test_several_arguments_and_results() -> None:
    x, w = leaf(1.0, -2.0), leaf(3.0, 4.0)
    y, mask = Scaled.apply(x, w, 0.5)
    assert mask.tolist() == [True, False] and not mask.requires_grad
    y.sum().backward()
    same(x.grad, [1.5, 2.0])
    same(w.grad, [0.5, -1.0])
    y, _ = Scaled.apply(x, w.detach(), 0.5)
    y.sum().backward()
    same(w.grad, [0.5, -1.0])


def test_higher_orders() -> None:
    for function in (Exp, Cube):
        assert gradcheck(function.apply, leaf(0.5, 1.5))
        assert gradgradcheck(function.apply, leaf(0.5, 1.5))
    x = leaf(2.0)
    (first,) = autograd.grad(Cube.apply(x), x, create_graph=True)
    (second,) = autograd.grad(first, x, create_graph=True)
    (third,) = autograd.grad(second, x)
    same(second.detach(), [12])
    same(third, [6])


def test_nothing_is_recorded_for_constants() -> None:
    assert not Exp.apply(torch.ones(2)).requires_grad
    with torch.no_grad():
        assert not Exp.apply(leaf(1.0)).requires_grad


def test_results_that_are_not_used_have_zeros() -> None:
    class Both(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            assert b.tolist() == [0.0, 0.0]
            return a * 2 + b * 3

    x = leaf(1.0, 2.0)
    Both.apply(x)[0].sum().backward()
    same(x.grad, [2, 2])


def test_straight_through() -> None:
    class Rounded(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.round()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad

    x = leaf(0.4, 1.6)
    (Rounded.apply(x) * 3).sum().backward()
    same(x.grad, [3, 3])


def test_reversal_of_gradients_of_the_argument_itself() -> None:
    class Reversed(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return -grad

    x = leaf(1.0, 2.0)
    y = Reversed.apply(x * 1)
    y.add_(1)
    y.sum().backward()
    same(x.grad, [-1, -1])


def test_what_was_saved_must_not_change() -> None:
    x = leaf(1.0, 2.0)
    y = Exp.apply(x)
    y.mul_(2)
    with pytest.raises(RuntimeError, match="changed in place"):
        y.sum().backward()
    y = Exp.apply(x)
    y.sum().backward()
    with pytest.raises(RuntimeError, match="retain_graph"):
        y.sum().backward()


def test_wrong_gradients_are_refused() -> None:
    def returns(result: Any) -> Any:
        class Wrong(Function):
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                return x * 2

            @staticmethod
            def backward(ctx: Any, grad: Any) -> Any:
                return result

        return Wrong

    for result, error, match in (
        ((torch.ones(2), torch.ones(2)), RuntimeError, "2 gradients"),
        (torch.ones(5), RuntimeError, "shape"),
        (1.0, TypeError, "float"),
    ):
        with pytest.raises(error, match=match):
            returns(result).apply(leaf(1.0, 2.0)).sum().backward()
    with pytest.raises(NotImplementedError):
        Function.apply(leaf(1.0))


def test_no_cycle_keeps_the_graph() -> None:
    y = Exp.apply(leaf(1.0))
    node = weakref.ref(y.grad_fn)
    gc.disable()
    try:
        del y
        assert node() is None
    finally:
        gc.enable()


# --- functional -----------------------------------------------------------------------------------

V = np.array([0.5, -1.5, 2.0])


def test_jacobian() -> None:
    x = torch.tensor(V)
    same(functional.jacobian(lambda x: x * x, x), np.diag(2 * V))
    assert functional.jacobian(lambda x: x.sum(), x).shape == (3,)
    assert functional.jacobian(lambda x: x.view(1, 3) * x.view(3, 1), x).shape == (3, 3, 3)
    assert x.grad is None and not x.requires_grad
    a, b = functional.jacobian(lambda x, y: x * y.sum(), (x, torch.ones(2, dtype=torch.float64)))
    same(a, 2 * np.eye(3))
    same(b, np.stack([V, V], axis=1))
    (c,), (d,) = functional.jacobian(lambda x: (x.sum(), x * 2), (x,))
    same(c, np.ones(3))
    same(d, 2 * np.eye(3))
    same(functional.jacobian(lambda x: torch.ones(2), x), np.zeros((2, 3)))


def test_jacobian_is_recorded() -> None:
    x = torch.tensor(V, requires_grad=True)
    matrix = functional.jacobian(lambda x: x**3, x, create_graph=True)
    matrix.sum().backward()
    same(x.grad, 6 * V)


def test_hessian() -> None:
    x = torch.tensor(V)
    same(
        functional.hessian(lambda x: (x**3).sum() + x[0] * x[1], x),
        np.diag(6 * V) + [[0, 1, 0], [1, 0, 0], [0, 0, 0]],
    )
    same(functional.hessian(lambda x: x.sum(), x), np.zeros((3, 3)))
    (aa, ab), (ba, bb) = functional.hessian(lambda a, b: (a * b * b).sum(), (x, x * 2))
    same(aa, np.zeros((3, 3)))
    same(ab, np.diag(4 * V))
    same(ba, np.diag(4 * V))
    same(bb, np.diag(2 * V))
    with pytest.raises(RuntimeError, match="one number"):
        functional.hessian(lambda x: x, x)


def test_products(rng: np.random.Generator) -> None:
    x, v = torch.tensor(V), torch.tensor(rng.normal(size=3))

    def f(x: Any) -> Any:
        return x.sin() * x.sum()

    matrix = functional.jacobian(f, x).numpy()
    value, product = functional.vjp(f, x, v)
    same(value, np.sin(V) * V.sum())
    same(product, v.numpy() @ matrix)
    same(functional.jvp(f, x, v)[1], matrix @ v.numpy())
    same(functional.jvp(lambda x: x * 2, x, v)[1], 2 * v.numpy())

    def energy(x: Any) -> Any:
        return (x.sin() * x).sum() ** 2

    same(functional.hvp(energy, x, v)[1], functional.hessian(energy, x).numpy() @ v.numpy())


# --- gradcheck ------------------------------------------------------------------------------------


def test_gradcheck() -> None:
    x, w = (
        torch.tensor(np.ones((2, 3)) * 0.3, requires_grad=True),
        torch.tensor(np.ones((3, 2)), requires_grad=True),
    )
    assert gradcheck(lambda x, w: (x @ w).tanh(), (x, w))
    assert gradcheck(lambda x, w: (x.sum(), w.exp()), (x, w))
    assert gradgradcheck(lambda x, w: (x @ w).tanh(), (x, w))

    class Wrong(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.sin()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 0.9

    with pytest.raises(autograd.GradcheckError, match="differences give"):
        gradcheck(Wrong.apply, x)
    assert not gradcheck(Wrong.apply, x, raise_exception=False)
    with pytest.raises(ValueError, match="float64"):
        gradcheck(lambda x: x * 2, torch.ones(2, requires_grad=True))
    with pytest.raises(ValueError, match="nothing"):
        gradcheck(lambda x: x * 2, torch.ones(2, dtype=torch.float64))


# --- the drawing ----------------------------------------------------------------------------------


def test_drawing() -> None:
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = ((x * w).sum() + x[0]).exp()
    graph = autograd.graph_of(y, {"x": x, "w": w})
    texts = [[line.text for line in node.lines] for node in graph.nodes]
    assert texts[0] == ["ExpBackward0", "()"]
    assert sorted(t[0] for t in texts) == [
        "AddBackward0", "ExpBackward0", "MulBackward0", "SelectBackward0", "SumBackward0", "w", "x",
    ]  # fmt: skip
    assert ["x", "(2)"] in texts
    assert len(graph.edges) == 7
    assert [node.kind for node in graph.nodes].count("input") == 2
    svg = graph.svg("plain")
    assert svg.startswith("<svg") and "MulBackward0" in svg
    assert autograd.graph_of([x * 2, w * 2]).order
    with pytest.raises(RuntimeError, match="no graph"):
        autograd.graph_of(torch.ones(2))
