"""What operations on lists and dicts of unknown length mean, as ordinary programs that are inlined."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

__all__: list[str] = []


def collected(items: Any) -> Any:
    result = []
    for item in items:
        result.append(item)
    return result


def repeated(items: Any, times: Any) -> Any:
    result = []
    for _ in range(times):
        for item in items:
            result.append(item)
    return result


def concatenated(first: Any, second: Any) -> Any:
    result = []
    for item in first:
        result.append(item)
    for item in second:
        result.append(item)
    return result


def sliced(items: Any, start: Any, stop: Any, step: Any) -> Any:
    result = []
    for k in range(start, stop, step):
        result.append(items[k])
    return result


def extend(items: Any, more: Any) -> None:
    for item in more:
        items.append(item)


def extend_by_itself(items: Any) -> None:
    for k in range(len(items)):
        items.append(items[k])


def clear(items: Any) -> None:
    while len(items) > 0:
        items.pop()


def clear_dict(entries: Any) -> None:
    for key in list(entries):
        del entries[key]


def reverse(items: Any) -> None:
    for k in range(len(items) // 2):
        last = len(items) - 1 - k
        first = items[k]
        items[k] = items[last]
        items[last] = first


def insert(items: Any, index: Any, value: Any) -> None:
    if index < 0:
        index = max(index + len(items), 0)
    items.insert(min(index, len(items)), value)


def pop(items: Any, index: Any) -> Any:
    if index < 0:
        index = index + len(items)
    return items.pop(index)


def rows(items: Any) -> Any:
    result = []
    for item in items:
        result.append(np.array(item))
    return result


def values_of(entries: Any) -> Any:
    result = []
    for key in list(entries):
        result.append(entries[key])
    return result


def items_of(entries: Any) -> Any:
    result = []
    for key in list(entries):
        result.append((key, entries[key]))
    return result


def made_if_missing(entries: Any, key: Any, factory: Any) -> Any:
    if key not in entries:
        entries[key] = factory()
    return entries[key]


def get(entries: Any, key: Any, default: Any) -> Any:
    if key in entries:
        return entries[key]
    return default


def setdefault(entries: Any, key: Any, default: Any) -> Any:
    if key not in entries:
        entries[key] = default
    return entries[key]


def pop_key(entries: Any, key: Any) -> Any:
    value = entries[key]
    del entries[key]
    return value


def pop_key_or(entries: Any, key: Any, default: Any) -> Any:
    if key in entries:
        value = entries[key]
        del entries[key]
    else:
        value = default
    return value


def update(entries: Any, more: Any) -> None:
    for key in list(more):
        entries[key] = more[key]


def copied_dict(entries: Any) -> Any:
    result = {}
    for key in list(entries):
        result[key] = entries[key]
    return result


def deepcopied(items: Any) -> Any:
    result = []
    for item in items:
        result.append(copy.deepcopy(item))
    return result


def deepcopied_dict(entries: Any) -> Any:
    result = {}
    for key in list(entries):
        result[key] = copy.deepcopy(entries[key])
    return result
