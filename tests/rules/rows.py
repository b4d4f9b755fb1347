"""The form of a row: a primitive with operands to check its rule at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from tangentc.primitives.core import Primitive, find, named

__all__ = ["apart", "case", "complexes", "normal", "positive", "spd", "unit"]


def case(function: str | Callable[..., Any], *operands: Any, id: str = "", **options: Any) -> Any:
    """A row for `check_rule(function, *operands, **options)`; a string names a primitive."""
    primitive: Primitive | None = named(function) if isinstance(function, str) else find(function)
    assert primitive is not None, function
    shapes = "-".join("x".join(map(str, np.shape(v))) or type(v).__name__ for v in operands)
    settings = "-".join(f"{name}={value}" for name, value in options.items())
    label = " ".join(part for part in (primitive.name, id or shapes, "" if id else settings) if part)
    return pytest.param(primitive, operands, options, id=label)


def _drawn(shape: Sequence[int], seed: int) -> Any:
    return np.random.default_rng([seed, *shape])


def normal(*shape: int, seed: int = 0) -> Any:
    return _drawn(shape, seed).normal(size=shape)


def positive(*shape: int, seed: int = 1) -> Any:
    """Between 0.5 and 2."""
    return _drawn(shape, seed).uniform(0.5, 2.0, size=shape)


def unit(*shape: int, seed: int = 2) -> Any:
    """Between -0.9 and 0.9."""
    return _drawn(shape, seed).uniform(-0.9, 0.9, size=shape)


def apart(*shape: int, seed: int = 3) -> Any:
    """Numbers that differ by at least 0.1 and are not near 0, in random order."""
    count = int(np.prod(shape))
    return (_drawn(shape, seed).permutation(count) - count / 2 + 0.3).reshape(shape) * 0.4


def complexes(*shape: int, seed: int = 4) -> Any:
    return normal(*shape, seed=seed) + 1j * normal(*shape, seed=seed + 1)


def spd(*shape: int, seed: int = 5) -> Any:
    """Symmetric positive definite matrices."""
    root = normal(*shape, seed=seed)
    return root @ np.swapaxes(root.conj(), -1, -2) + shape[-1] * np.eye(shape[-1])
