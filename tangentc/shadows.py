"""Cotangents of arrays whose identity is known only at run time."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

__all__ = ["Shadows"]

Arr = np.ndarray[Any, np.dtype[Any]]


class Shadows:
    """A map from memory to its cotangent.

    `shadows[x]` is an array of x's shape and strides over a zero-filled twin of the memory that x lives in: arrays that
    share memory have cotangents that share memory in the same way.  The map keeps the memory alive, so that an
    address means one array as long as the map knows it.  `None` stands for an array that the path taken does not make:
    it has no cotangent, and nothing adds to it.
    """

    def __init__(self) -> None:
        self._twins: dict[int, tuple[Arr, int, Arr]] = {}  # id of owner -> owner, its first byte, twin
        self._containers: dict[int, tuple[Any, Any]] = {}  # id of list or dict -> it, its cotangents

    def __getitem__(self, x: Any) -> Any:
        if x is None:
            return None
        if isinstance(x, (list, dict)):
            return self._bars(x)
        _, low, twin = self._twin(x)
        first = x.__array_interface__["data"][0]
        bar: Arr | None = np.ndarray(x.shape, x.dtype, twin, first - low, x.strides)
        return bar

    def take(self, x: Any) -> Any:
        """The cotangent of x, for the last time: the map forgets the memory."""
        bar = self[x]
        if isinstance(x, (list, dict)):
            del self._containers[id(x)]
        elif x is not None and x.size:  # an empty view is not all that there is of its memory
            del self._twins[id(_owner(x))]
        return bar

    def _bars(self, x: Any) -> Any:
        """The cotangents of a list or dict: zero for each entry, when they are asked for the first time."""
        known = self._containers.get(id(x))
        if known is None:
            known = self._containers[id(x)] = x, defaultdict(float) if isinstance(x, dict) else [0.0] * len(x)
        return known[1]

    def _twin(self, x: Arr) -> tuple[Arr, int, Arr]:
        owner = _owner(x)
        known = self._twins.get(id(owner))
        if known is None:
            low, high = byte_bounds(owner)
            inner_low, inner_high = byte_bounds(x)
            if x.size and (inner_low < low or inner_high > high):
                raise ValueError("an array reaches outside the memory of its base and has no cotangent")
            known = owner, low, np.zeros(high - low, np.uint8)
            self._twins[id(owner)] = known
        return known


def _owner(x: Any) -> Arr:
    """The array that owns the memory of x.

    Raises: TypeError: x is no array, or its memory belongs to something else (a file, a foreign buffer).
    """
    if type(x) is not np.ndarray:
        raise TypeError(f"a value of type {type(x).__name__} shares memory with nothing and has no shadow")
    owner: Any = x
    while owner.base is not None:
        owner = owner.base
        while not isinstance(owner, np.ndarray):  # as_strided keeps the array behind an interface object
            owner = getattr(owner, "base", None)
            if owner is None:
                raise TypeError("the memory of this array belongs to no array; copy it before the call")
    array: Arr = owner
    return array
