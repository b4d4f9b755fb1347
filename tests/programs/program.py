"""The form of a corpus entry, and the seeded inputs that entries are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Program", "normal", "positive", "spd", "stochastic", "uniform"]


@dataclass(frozen=True)
class Program:
    """An ordinary NumPy function with arguments to try it on.

    Args:
        function: what is differentiated.
        inputs: one tuple of arguments for each case: other sizes, no trips, both branches.
        argnums: the differentiated arguments; None for all that hold a float.
        name: of the test; the function's own by default.
        rtol: how far the derivative may be from the difference quotient, on top of the quotient's own error.
        order: the highest derivative that is compared.
    """

    function: Callable[..., Any]
    inputs: Sequence[tuple[Any, ...]]
    argnums: tuple[int, ...] | None = None
    name: str = ""
    rtol: float = 1e-6
    order: int = 2

    @property
    def title(self) -> str:
        return self.name or self.function.__name__


def _generator(kind: str, shape: tuple[int, ...], seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, len(kind), *shape])


def normal(*shape: int, seed: int = 0, scale: float = 1.0) -> Any:
    """Standard normal numbers times `scale`; without shape one Python float."""
    drawn = scale * _generator("normal", shape, seed).normal(size=shape)
    return drawn if shape else float(drawn)


def uniform(*shape: int, seed: int = 0, low: float = -1.0, high: float = 1.0) -> Any:
    """Uniform numbers between `low` and `high`; without shape one Python float."""
    drawn = _generator("uniform", shape, seed).uniform(low, high, size=shape)
    return drawn if shape else float(drawn)


def positive(*shape: int, seed: int = 0) -> Any:
    """Numbers between 0.5 and 2."""
    return uniform(*shape, seed=seed, low=0.5, high=2.0)


def spd(n: int, seed: int = 0) -> Any:
    """A symmetric, positive definite, well conditioned matrix."""
    root = normal(n, n, seed=seed)
    return root @ root.T / max(n, 1) + np.eye(n)


def stochastic(*shape: int, seed: int = 0) -> Any:
    """Positive numbers that sum to one along the last axis."""
    weights = positive(*shape, seed=seed)
    return weights / weights.sum(axis=-1, keepdims=True)
