"""The graph and the pass through it: leaves, accumulation, freeing, higher orders, hooks, threads."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch
from tangentc.eager import autograd


def leaf(*values: float) -> Any:
    return torch.tensor(np.array(values), requires_grad=True)


@pytest.fixture
def x() -> Any:
    return leaf(1.0, -2.0, 3.0)


def same(tensor: Any, values: Any) -> None:
    np.testing.assert_allclose(tensor.numpy(), values, rtol=1e-12, atol=1e-14)


# --- leaves and accumulation ----------------------------------------------------------------------


def test_lecture_example() -> None:
    x = torch.tensor([2.0, 5.0], requires_grad=True)
    y = torch.log(x[0]) + x[0] * x[1] - torch.sin(x[1])
    y.backward()
    assert repr(x.grad) == "tensor([5.5000, 1.7163])"
    assert y.item() == pytest.approx(11.652, abs=5e-4)


def test_leaves(x: Any) -> None:
    y = x * 2
    assert x.is_leaf and x.grad_fn is None and x.requires_grad
    assert not y.is_leaf and y.requires_grad
    assert torch.zeros(2).is_leaf and not torch.zeros(2).requires_grad
    assert y.detach().is_leaf and not y.detach().requires_grad
    assert y.grad is None


def test_constants_are_not_recorded() -> None:
    a, b = torch.ones(2), torch.ones(2)
    assert (a * b).grad_fn is None


def test_gradients_accumulate(x: Any) -> None:
    (x * 2).sum().backward()
    same(x.grad, [2, 2, 2])
    (x * x).sum().backward()
    same(x.grad, [4, -2, 8])
    x.grad.zero_()
    same(x.grad, [0, 0, 0])
    x.grad = None
    (x * 3).sum().backward()
    same(x.grad, [3, 3, 3])


def test_same_tensor_twice(x: Any) -> None:
    (x * x + x).sum().backward()
    same(x.grad, 2 * x.detach().numpy() + 1)


def test_diamond(x: Any) -> None:
    y = x.sin()
    (y * y.exp() + y).sum().backward()
    v = x.detach().numpy()
    same(x.grad, np.cos(v) * (np.exp(np.sin(v)) * (1 + np.sin(v)) + 1))


def test_given_gradient_is_copied(x: Any) -> None:
    gradient = torch.ones(3, dtype=torch.float64)
    x.backward(gradient)
    gradient.fill_(7)
    same(x.grad, [1, 1, 1])


def test_gradients_of_leaves_share_no_memory(x: Any) -> None:
    y, seed = leaf(4.0, 5.0, 6.0), torch.ones(3, dtype=torch.float64)
    (x + y).backward(seed)
    x.grad.fill_(7)
    same(y.grad, [1, 1, 1])
    same(seed, [1, 1, 1])


def test_gradients_that_are_asked_for_share_no_memory(x: Any) -> None:
    y, seed = leaf(4.0, 5.0, 6.0), torch.ones(3, dtype=torch.float64)
    (x + y).backward(seed, inputs=[x, y])
    x.grad.fill_(7)
    same(y.grad, [1, 1, 1])
    a, b = autograd.grad(x + y, [x, y], seed)
    a.fill_(7)
    same(b, [1, 1, 1])
    same(seed, [1, 1, 1])


def test_gradient_does_not_share_memory_with_what_was_saved(x: Any) -> None:
    factor = torch.tensor(np.array([4.0, 5.0, 6.0]))
    (x * factor).sum().backward()
    x.grad.zero_()
    same(factor, [4, 5, 6])
    y = (x * factor).sum()
    y.backward(retain_graph=True)
    y.backward()
    same(x.grad, [8, 10, 12])


def test_gradient_through_a_copy_of_a_view(x: Any) -> None:
    """A cotangent that a pullback passes on as a view of its seed is not written into."""
    y = x.view(3, 1)
    z = y.t()
    (z * z).sum().backward(retain_graph=True)
    first = x.grad.clone()
    same(first, 2 * x.detach().numpy())


def test_shape_and_dtype_of_a_gradient_that_is_set(x: Any) -> None:
    with pytest.raises(RuntimeError, match="shape"):
        x.grad = torch.ones(2, dtype=torch.float64)
    with pytest.raises(RuntimeError, match="float32"):
        x.grad = torch.ones(3)
    with pytest.raises(TypeError):
        x.grad = 3


# --- backward -------------------------------------------------------------------------------------


def test_only_one_number_starts_by_itself(x: Any) -> None:
    with pytest.raises(RuntimeError, match="one number"):
        (x * 2).backward()
    (x[:1] * 2).backward()
    same(x.grad, [2, 0, 0])


def test_gradient_of_another_shape_is_refused(x: Any) -> None:
    with pytest.raises(RuntimeError, match="shape"):
        (x * 2).backward(torch.ones(2))


def test_constants_have_no_gradient() -> None:
    with pytest.raises(RuntimeError, match="does not require"):
        torch.ones(()).backward()


def test_second_pass(x: Any) -> None:
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="retain_graph"):
        y.backward()
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    same(x.grad, 6 * x.detach().numpy())


def test_second_pass_needs_nothing_where_nothing_was_saved(x: Any) -> None:
    y = x.sum()
    y.backward()
    y.backward()
    same(x.grad, [2, 2, 2])


def test_inputs(x: Any) -> None:
    w = leaf(4.0, 5.0, 6.0)
    (x * w).sum().backward(inputs=[x])
    same(x.grad, w.detach().numpy())
    assert w.grad is None
    (x * w).sum().backward(inputs=x)
    same(x.grad, 2 * w.detach().numpy())
    with pytest.raises(RuntimeError, match="empty"):
        (x * w).sum().backward(inputs=[])
    middle = x * 2
    (middle * w).sum().backward(inputs=[middle])
    same(middle.grad, w.detach().numpy())


def test_retain_grad(x: Any) -> None:
    x.retain_grad()  # of a leaf: nothing to do
    y = x * 2
    y.retain_grad()
    z = y * y
    z.sum().backward()
    same(y.grad, 2 * y.detach().numpy())
    assert y.retains_grad and not z.retains_grad
    y.grad.zero_()  # its own memory
    same(x.grad, 8 * x.detach().numpy())
    with pytest.raises(RuntimeError, match="retain_grad"):
        torch.ones(2).retain_grad()


def test_several_outputs_of_one_node(x: Any) -> None:
    first, second, third = x.unbind(0)
    (second * second).backward()
    same(x.grad, [0, -4, 0])
    values, places = torch.stack([x, -x]).max(0)
    assert not places.requires_grad
    values.sum().backward()
    same(x.grad, [1, -5, 1])


def test_deep_chains() -> None:
    y = x = leaf(1.0)
    for _ in range(10_000):
        y = y + 1e-4
    y.backward()
    same(x.grad, [1])
    del y
    gc.collect()


def test_backward_of_several_tensors(x: Any) -> None:
    autograd.backward([x.sum(), (x * x).sum()])
    same(x.grad, 1 + 2 * x.detach().numpy())
    with pytest.raises(ValueError):
        autograd.backward([x.sum(), x.sum()], [torch.ones(())])


# --- autograd.grad --------------------------------------------------------------------------------


def test_grad_touches_no_leaf(x: Any) -> None:
    (g,) = autograd.grad((x**3).sum(), x)
    same(g, 3 * x.detach().numpy() ** 2)
    assert x.grad is None and not g.requires_grad


def test_grad_of_inner_tensors(x: Any) -> None:
    y = x * 2
    gy, gx = autograd.grad((y * y).sum(), [y, x])
    same(gy, 4 * x.detach().numpy())
    same(gx, 8 * x.detach().numpy())


def test_unused_inputs(x: Any) -> None:
    w = leaf(1.0)
    with pytest.raises(RuntimeError, match="allow_unused"):
        autograd.grad(x.sum(), [w])
    assert autograd.grad(x.sum(), [w], allow_unused=True) == (None,)
    (zero,) = autograd.grad(x.sum(), [w], allow_unused=True, materialize_grads=True)
    same(zero, [0])
    with pytest.raises(RuntimeError, match="requires none"):
        autograd.grad(x.sum(), [torch.ones(1)])


def test_grad_outputs(x: Any) -> None:
    seed = torch.tensor(np.array([1.0, 2.0, 3.0]))
    (g,) = autograd.grad([x * x, x.sum()], x, grad_outputs=[seed, None])
    same(g, 2 * x.detach().numpy() * seed.numpy() + 1)


def test_same_input_twice(x: Any) -> None:
    a, b = autograd.grad((x * x).sum(), [x, x])
    same(a, b.numpy())


def test_orders_up_to_the_third(x: Any) -> None:
    y = (x**4).sum()
    (first,) = autograd.grad(y, x, create_graph=True)
    (second,) = autograd.grad(first.sum(), x, create_graph=True)
    (third,) = autograd.grad(second.sum(), x)
    v = x.detach().numpy()
    same(first.detach(), 4 * v**3)
    same(second.detach(), 12 * v**2)
    same(third, 24 * v)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x.sin() * x.exp()).sum(),
        lambda x: (x.softmax(0) * x).sum(),
        lambda x: x.std() * x.norm(),
        lambda x: (x[1:] * x[:-1]).tanh().sum(),
        lambda x: (x.view(3, 1) @ x.view(1, 3)).sigmoid().sum(),
        lambda x: x.relu().pow(3).sum() + x.prod(),
        lambda x: torch.logsumexp(x * x, 0),
        lambda x: torch.cat([x, x * 2]).cumsum(0).square().mean(),
        lambda x: x.sigmoid().log().sum(),
        lambda x: (x * x).topk(2)[0].prod(),
        lambda x: (x.sort()[0] * x).max(0)[0] * x.take(torch.tensor([1, 1])).prod(),
        lambda x: torch.linalg.slogdet(torch.outer(x, x) + torch.eye(3))[1],
        lambda x: torch.where(x > 0, x, x * x).cumprod(0).sum(),
        lambda x: torch.zeros(3, dtype=torch.float64).index_add(0, torch.tensor([0, 0, 1]), x).exp().sum(),
    ],
)
def test_second_order_against_differences(f: Any, x: Any, rng: np.random.Generator) -> None:
    v, d = rng.normal(size=3), rng.normal(size=3)
    (g,) = autograd.grad(f(x), x, create_graph=True)
    g.backward(torch.tensor(v))
    h = 1e-6

    def slope(step: float) -> Any:
        moved = torch.tensor(x.detach().numpy() + step * d, requires_grad=True)
        return v @ autograd.grad(f(moved), moved)[0].numpy()

    assert d @ x.grad.numpy() == pytest.approx((slope(h) - slope(-h)) / (2 * h), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.sigmoid(),
        lambda x: x.take(torch.tensor([1, 1])) ** 3,
        lambda x: x.view(3, 1).amax(1).exp(),
    ],
)
def test_third_order_against_differences(f: Any, x: Any, rng: np.random.Generator) -> None:
    v, w, d = rng.normal(size=(3, 3))

    def second(values: Any) -> tuple[Any, Any]:
        point = torch.tensor(values, requires_grad=True)
        y = f(point)
        (g,) = autograd.grad((y * y).sum(), point, create_graph=True)
        (h,) = autograd.grad(g, point, torch.tensor(v), create_graph=True)
        return point, (h * torch.tensor(w)).sum()

    values, h = x.detach().numpy(), 1e-6
    point, s = second(values)
    s.backward()
    difference = (second(values + h * d)[1].item() - second(values - h * d)[1].item()) / (2 * h)
    assert d @ point.grad.numpy() == pytest.approx(difference, rel=1e-5, abs=1e-7)


def test_create_graph_in_backward(x: Any) -> None:
    (x**3).sum().backward(create_graph=True)
    first, x.grad = x.grad, None
    (first**2).sum().backward()
    v = x.detach().numpy()
    same(x.grad, 36 * v**3)


# --- hooks ----------------------------------------------------------------------------------------


def test_hook_of_a_leaf_replaces_its_gradient(x: Any) -> None:
    seen: list[Any] = []
    x.register_hook(lambda g: seen.append(g.clone()))
    handle = x.register_hook(lambda g: g * 2)
    (x * 3).sum().backward()
    same(seen[0], [3, 3, 3])
    same(x.grad, [6, 6, 6])
    handle.remove()
    x.grad = None
    (x * 3).sum().backward()
    same(x.grad, [3, 3, 3])


def test_hook_of_an_inner_tensor(x: Any) -> None:
    y = x * 2
    y.register_hook(lambda g: g + 1)
    y.retain_grad()
    y.sum().backward()
    same(y.grad, [2, 2, 2])
    same(x.grad, [4, 4, 4])


def test_hooks_run_in_the_order_of_registration(x: Any) -> None:
    y = x * 1
    y.register_hook(lambda g: g + 1)
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    same(x.grad, [20, 20, 20])


def test_hook_sees_the_whole_sum(x: Any) -> None:
    calls: list[Any] = []
    y = x * 1
    y.register_hook(lambda g: calls.append(g.numpy().copy()))
    (y * 2 + y * y).sum().backward()
    np.testing.assert_allclose(calls, [2 + 2 * x.detach().numpy()])


def test_hooks_of_nodes(x: Any) -> None:
    order: list[str] = []
    y = x * 2
    y.grad_fn.register_prehook(lambda outputs: order.append("before") or (outputs[0] * 3,))
    y.grad_fn.register_hook(
        lambda inputs, outputs: order.append("after") or tuple(g if g is None else g * 5 for g in inputs)
    )
    y.sum().backward()
    assert order == ["before", "after"]
    same(x.grad, [30, 30, 30])


def test_hook_after_accumulation(x: Any) -> None:
    seen: list[Any] = []
    handle = x.register_post_accumulate_grad_hook(
        lambda leaf: seen.append((leaf is x, leaf.grad.sum().item()))
    )
    (x * 2).sum().backward()
    (x * 2).sum().backward()
    assert seen == [(True, 6.0), (True, 12.0)]
    handle.remove()
    (x * 2).sum().backward()
    assert len(seen) == 2
    with pytest.raises(RuntimeError, match="leaves"):
        (x * 2).register_post_accumulate_grad_hook(print)


def test_hooks_need_a_gradient() -> None:
    with pytest.raises(RuntimeError, match="require a gradient"):
        torch.ones(2).register_hook(print)


def test_hook_may_change_the_gradient_it_gets_in_a_recorded_pass(x: Any) -> None:
    x.register_hook(lambda g: g * g)
    (g,) = autograd.grad((x * x).sum(), x, create_graph=True)
    g.sum().backward(inputs=[x])
    same(g.detach(), 4 * x.detach().numpy() ** 2)


# --- detaching ------------------------------------------------------------------------------------


def test_detached_tensors_share_memory(x: Any) -> None:
    y = x.detach()
    y[0] = 7
    assert x[0].item() == 7
    ((x * 2).detach() * x).sum().backward()
    same(x.grad, 2 * x.detach().numpy())


def test_detach_in_place(x: Any) -> None:
    y = (x * 2).detach_()
    assert y.is_leaf and not y.requires_grad
    with pytest.raises(RuntimeError, match="view"):
        x.view(3, 1).detach_()


def test_data_is_apart(x: Any) -> None:
    y = (x * x).sum()
    x.data.mul_(2)  # PyTorch does not notice that either
    y.backward()
    assert x.grad is not None
    x.data = torch.tensor(np.zeros(3))
    assert x.is_leaf and x.requires_grad
    same(x.detach(), [0, 0, 0])


def test_requires_grad_can_be_changed_for_leaves(x: Any) -> None:
    x.requires_grad_(False)
    assert not (x * 2).requires_grad
    x.requires_grad = True
    y = x * 2
    with pytest.raises(RuntimeError, match="leaves"):
        y.requires_grad_(False)
    with pytest.raises(RuntimeError, match="leaves"):
        y.requires_grad = True
    assert y.requires_grad_() is y
    with pytest.raises(RuntimeError, match="int64"):
        torch.tensor([1, 2], requires_grad=True)


def test_frozen_parameters(x: Any) -> None:
    """The lecture: a frozen layer gets no gradient, and what is below it does."""
    w = leaf(4.0, 5.0, 6.0).requires_grad_(False)
    (x * w).sum().backward()
    assert w.grad is None
    same(x.grad, w.numpy())


# --- the graph ------------------------------------------------------------------------------------


def test_walk_through_the_graph(x: Any) -> None:
    node = ((x * 2 + 1).exp() / x).grad_fn
    assert node.name() == "DivBackward0"
    (exp, _), (accumulate, _) = node.next_functions
    assert exp.name() == "ExpBackward0" and accumulate.name() == "AccumulateGrad"
    assert accumulate.variable is x
    ((add, _),) = exp.next_functions
    ((mul, index), (constant, _)) = add.next_functions
    assert (mul.name(), index, constant) == ("MulBackward0", 0, None)
    assert repr(mul).startswith("<MulBackward0 object at 0x")


def test_constant_operands_have_no_node(x: Any) -> None:
    assert [node is None for node, _ in (x * torch.ones(3)).grad_fn.next_functions] == [False, True]


def test_threads() -> None:
    results: dict[int, Any] = {}

    def work(number: int) -> None:
        x = leaf(float(number), 1.0)
        for _ in range(20):
            x.grad = None
            ((x * x).sum() * x.exp().sum()).backward()
        results[number] = x.grad.numpy()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, grad in results.items():
        v = np.array([float(number), 1.0])
        np.testing.assert_allclose(grad, 2 * v * np.exp(v).sum() + (v * v).sum() * np.exp(v))


def test_copies_of_leaves(x: Any) -> None:
    import copy
    import pickle

    (x * 2).sum().backward()
    other = copy.deepcopy(x)
    assert other.requires_grad and other.is_leaf
    same(other.grad, [2, 2, 2])
    other.grad.zero_()
    same(x.grad, [2, 2, 2])
    assert pickle.loads(pickle.dumps(x)).requires_grad
    with pytest.raises(RuntimeError, match="leaves"):
        copy.deepcopy(x * 2)


# --- what a recorded operation keeps --------------------------------------------------------------


@pytest.mark.parametrize(
    "operation, keeps",
    [
        (lambda a, b: a.exp(), (False, False)),
        (lambda a, b: a + b, (False, False)),
        (lambda a, b: a.relu(), (False, False)),
        (lambda a, b: a.sum(), (False, False)),
        (lambda a, b: torch.cat([a, b]), (False, False)),
        (lambda a, b: a.sin(), (True, False)),
        (lambda a, b: a * b, (True, True)),
        (lambda a, b: a @ b, (True, True)),
        (lambda a, b: a.view(9), (False, False)),
        (lambda a, b: a.sigmoid(), (True, False)),
        (lambda a, b: a.tanh(), (False, False)),
        (lambda a, b: a.mean(), (False, False)),
        (lambda a, b: a * 2.0, (False, False)),
        (lambda a, b: a[torch.tensor([0, 0])], (False, False)),
    ],
)
def test_no_array_is_kept_that_the_pullback_does_not_need(operation: Any, keeps: Any) -> None:
    x = torch.tensor(np.ones((3, 3)), requires_grad=True)
    a, b = x * 1.5, x * 2.5
    y = operation(a, b)
    watched = [weakref.ref(a._array), weakref.ref(b._array)]
    node = y.grad_fn
    is_view = y._base is not None
    del a, b, y
    gc.collect()
    assert is_view or tuple(ref() is not None for ref in watched) == keeps
    assert node is not None


def test_the_graph_is_freed_without_the_collector(x: Any) -> None:
    y = (x * x).exp()
    node = weakref.ref(y.grad_fn)
    gc.disable()
    try:
        del y
        assert node() is None
    finally:
        gc.enable()


def test_backward_frees_what_was_saved(x: Any) -> None:
    a = x * 1.5
    y = (a * a).sum()
    array = weakref.ref(a._array)
    del a
    y.backward()
    assert array() is None
