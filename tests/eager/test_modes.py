"""Grad modes: the lecture's table, mode by mode."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tangentc.eager as torch


@pytest.fixture
def x() -> Any:
    return torch.tensor([1.0, 2.0], requires_grad=True)


# --- the table: mode x what it excludes -----------------------------------------------------------

MODES = {
    "default": torch.enable_grad,
    "no-grad": torch.no_grad,
    "inference": torch.inference_mode,
}


@pytest.mark.parametrize("mode, records", [("default", True), ("no-grad", False), ("inference", False)])
def test_operations_recorded(mode: str, records: bool, x: Any) -> None:
    with MODES[mode]():
        y = x * 2
        assert torch.is_grad_enabled() is records
    assert y.requires_grad is records
    assert (y.grad_fn is not None) is records
    assert y.is_leaf is not records


@pytest.mark.parametrize("mode, tracks", [("default", True), ("no-grad", True), ("inference", False)])
def test_tracking(mode: str, tracks: bool, x: Any) -> None:
    """Views and counts of changes are kept, but in inference mode."""
    with MODES[mode]():
        y = torch.zeros(3) * 2
        view = y[1:]
    assert y.is_inference() is not tracks
    assert (view._base is y) is tracks
    if tracks:
        before = int(y._version)
        view += 1
        assert y._version == before + 1 == view._version


@pytest.mark.parametrize("mode, usable", [("default", True), ("no-grad", True), ("inference", False)])
def test_tensors_in_recorded_operations_later(mode: str, usable: bool, x: Any) -> None:
    with MODES[mode]():
        y = torch.tensor([3.0, 4.0]) * 1
    if usable:
        (x * y).sum().backward()
        np.testing.assert_array_equal(x.grad.numpy(), [3, 4])
    else:
        with pytest.raises(RuntimeError, match="inference mode"):
            (x * y).sum()


# --- requires_grad within the modes ---------------------------------------------------------------


@pytest.mark.parametrize("mode", ["no-grad", "inference"])
def test_requires_grad_is_as_if_false(mode: str, x: Any) -> None:
    with MODES[mode]():
        assert x.requires_grad
        assert not (x * 2).requires_grad


def test_leaves_made_within_no_grad_require_a_gradient(x: Any) -> None:
    with torch.no_grad():
        w = torch.zeros(2, requires_grad=True)
    (w * x).sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), [1, 2])


# --- inference tensors ----------------------------------------------------------------------------


@pytest.fixture
def inferred(x: Any) -> Any:
    with torch.inference_mode():
        return x * 2


def test_what_inference_tensors_refuse(x: Any, inferred: Any) -> None:
    for use in (
        lambda: inferred.add_(1),
        lambda: inferred.requires_grad_(),
        lambda: inferred.__setitem__(0, 1.0),
        lambda: x * inferred,
        lambda: x @ inferred,
    ):
        with pytest.raises(RuntimeError, match="inference mode"):
            use()


def test_what_inference_tensors_allow(x: Any, inferred: Any) -> None:
    copy = inferred.clone()
    assert not copy.is_inference()
    (copy * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [2, 4])
    assert (inferred + x).requires_grad  # nothing of it is saved
    assert not (inferred * 3).requires_grad
    with torch.no_grad():
        assert not (inferred * x).requires_grad
    with torch.inference_mode():
        inferred.add_(1)
    np.testing.assert_array_equal(inferred.numpy(), [3, 5])
    assert inferred.detach().is_inference() and inferred[0].is_inference()


def test_inference_mode_can_be_left_within_it(x: Any) -> None:
    with torch.inference_mode():
        with torch.inference_mode(False):
            assert (x * 2).requires_grad and not torch.is_inference_mode_enabled()
        with torch.enable_grad():
            assert not (x * 2).requires_grad and torch.is_inference_mode_enabled()
        assert torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()


# --- nesting, decorators, exceptions, threads -----------------------------------------------------


def test_nesting(x: Any) -> None:
    with torch.no_grad():
        with torch.enable_grad():
            assert (x * 2).requires_grad
            with torch.no_grad():
                assert not (x * 2).requires_grad
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_one_context_twice() -> None:
    context = torch.no_grad()
    with context, context:
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_exceptions_leave_the_mode() -> None:
    for mode in MODES.values():
        with pytest.raises(ZeroDivisionError), mode():
            raise ZeroDivisionError
        assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_set_grad_enabled(x: Any) -> None:
    with torch.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad
    torch.set_grad_enabled(False)
    try:
        assert not (x * 2).requires_grad
    finally:
        torch.set_grad_enabled(True)

    @torch.set_grad_enabled(False)
    def f(x: Any) -> Any:
        return x * 2

    assert torch.is_grad_enabled() and not f(x).requires_grad


@pytest.mark.parametrize(
    "decorate", [torch.no_grad(), torch.no_grad, torch.inference_mode(), torch.inference_mode]
)
def test_decorators(decorate: Any, x: Any) -> None:
    @decorate
    def doubled(x: Any) -> Any:
        """Twice x."""
        return x * 2

    assert not doubled(x).requires_grad and doubled.__doc__ == "Twice x."
    assert torch.is_grad_enabled()


def test_decorated_functions_may_call_themselves(x: Any) -> None:
    @torch.no_grad()
    def power(x: Any, n: int) -> Any:
        return x if n == 1 else x * power(x, n - 1)

    assert not power(x, 4).requires_grad and torch.is_grad_enabled()


def test_generators(x: Any) -> None:
    @torch.no_grad()
    def steps(x: Any) -> Iterator[Any]:
        got = yield x * 1
        yield x * got
        with pytest.raises(KeyError):
            yield None
        yield torch.is_grad_enabled()

    running = steps(x)
    assert not next(running).requires_grad
    assert torch.is_grad_enabled()  # the consumer's mode is its own
    assert not running.send(3).requires_grad
    assert next(running) is None
    assert running.throw(KeyError()) is False
    running.close()


def test_the_mode_belongs_to_the_thread() -> None:
    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_the_backward_pass_is_not_recorded(x: Any) -> None:
    seen = []
    x.register_hook(lambda g: seen.append(torch.is_grad_enabled()))
    (x * x).sum().backward()
    (x * x).sum().backward(create_graph=True)
    assert seen == [False, True]
    assert torch.is_grad_enabled()
