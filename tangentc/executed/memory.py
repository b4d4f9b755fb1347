"""Arrays by the memory that they are pieces of."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["inside", "owner", "places", "snapshot"]


def snapshot(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def owner(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def inside(places: Any, others: Any) -> Any:
    """For each place the flat index of the same place among others; None where one is not among them."""
    others = others.ravel()
    order = np.argsort(others, kind="stable")
    found = np.searchsorted(others[order], places)
    if not np.all(np.isin(places, others)):
        return None
    return order[found]


def places(array: Any, owner: Any) -> Any:
    """For each element of an array the flat index of the same element in the array that owns the memory."""
    numbers = np.empty_like(owner, np.intp)  # laid out as the owner
    numbers[...] = np.arange(owner.size).reshape(owner.shape)
    scale = numbers.itemsize / owner.itemsize
    offset = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    strides = tuple(int(stride * scale) for stride in array.strides)
    memory = numbers.ravel(order="K").data
    return np.ndarray(array.shape, np.intp, memory, int(offset * scale), strides).copy()
