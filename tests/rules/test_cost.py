"""What derivatives may cost: factorisations, sorts and allocations are counted while the emitted code runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import tangentc
from tests.rules.rows import normal, spd

_COUNTED = {
    np: ("zeros", "zeros_like", "sort", "argsort", "argpartition"),
    np.linalg: ("solve", "inv", "norm", "cholesky", "eigh", "svd", "qr"),
    special: ("logsumexp", "softmax"),
}


def counted(
    monkeypatch: pytest.MonkeyPatch, function: Callable[..., Any], *arguments: Any, n: int = 1
) -> Counter[str]:
    """How often the value with the gradient, once compiled, calls each of these functions."""
    compiled = tangentc.value_and_grad(function, argnums=tuple(range(n)))
    compiled(*arguments)
    calls: Counter[str] = Counter()

    def watch(library: Any, name: str) -> None:
        inner = getattr(library, name)

        def run(*args: Any, **options: Any) -> Any:
            calls[name] += 1
            return inner(*args, **options)

        monkeypatch.setattr(library, name, run)

    for library, names in _COUNTED.items():
        for name in names:
            watch(library, name)
    compiled(*arguments)
    monkeypatch.undo()
    return calls


def test_an_element_in_a_loop_costs_the_same_in_an_array_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    def neighbours(x):
        total = 0.0
        for i in range(1, 9):
            total += x[i] * x[i - 1]
        return total

    few, many = (counted(monkeypatch, neighbours, normal(n)) for n in (9, 900))
    assert few == many == {"zeros": 1}  # the cotangent of x, made once for all elements


def test_as_many_arrays_are_made_for_a_loop_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    def total(x):
        found = 0.0
        for i in range(len(x)):
            found += x[i] ** 2
        return found

    assert counted(monkeypatch, total, normal(5)) == counted(monkeypatch, total, normal(50))


def test_both_arguments_of_a_system_are_differentiated_with_one_solution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def program(a, b):
        return np.sum(np.linalg.solve(a, b) ** 2)

    for b in (normal(4), normal(4, 3)):
        assert counted(monkeypatch, program, spd(4, 4), b, n=2) == {"solve": 2}


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
def test_a_norm_is_computed_once(monkeypatch: pytest.MonkeyPatch, axis: Any) -> None:
    def program(x):
        return np.sum(np.linalg.norm(x, axis=axis))

    assert counted(monkeypatch, program, normal(4, 3)) == {"norm": 1}


def test_factorisations_are_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    a = spd(4, 4)
    assert counted(monkeypatch, lambda a: np.sum(np.linalg.inv(a) ** 2), a) == {"inv": 1}
    assert counted(monkeypatch, lambda a: np.sum(np.linalg.cholesky(a) ** 2), a)["cholesky"] == 1
    assert counted(monkeypatch, lambda a: np.sum(np.linalg.eigh(a)[1] ** 3), a)["eigh"] == 1
    assert counted(monkeypatch, lambda a: np.sum(np.linalg.svd(a, False)[0] ** 3), a)["svd"] == 1
    assert counted(monkeypatch, lambda a: np.sum(np.linalg.qr(a)[0] ** 3), a)["qr"] == 1


def test_logarithms_of_sums_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x = normal(4, 3)
    assert counted(monkeypatch, lambda x: np.sum(special.logsumexp(x, axis=1)), x)["logsumexp"] == 1
    assert counted(monkeypatch, lambda x: np.sum(special.softmax(x, axis=1) ** 2), x) == {"softmax": 1}


def test_a_sort_is_followed_by_one_order_and_a_median_by_none(monkeypatch: pytest.MonkeyPatch) -> None:
    x = normal(30)
    assert counted(monkeypatch, lambda x: np.sort(x)[3], x)["argsort"] == 1
    for function in (np.median, lambda x: np.quantile(x, 0.3), lambda x: np.percentile(x, 30.0)):
        calls = counted(monkeypatch, function, x)
        assert calls["argpartition"] == 1
        assert calls["argsort"] == 0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(np.diff(x) ** 2),
        lambda x: np.sum(np.gradient(x) ** 2),
        lambda x: np.sum(np.ediff1d(x) ** 2),
        np.median,
    ],
)
def test_parts_of_one_array_share_a_cotangent(
    monkeypatch: pytest.MonkeyPatch, function: Callable[..., Any]
) -> None:
    assert counted(monkeypatch, function, normal(9))["zeros"] == 1
