# mypy: ignore-errors
"""Lists of unknown length."""

import copy

import numpy as np

__all__: list[str] = []


def collected(items):
    result = []
    for item in items:
        result.append(item)
    return result


def mapped(function, items):
    result = []
    for item in items:
        result.append(function(item))
    return result


def order(numbers):
    return np.argsort(np.array(numbers), kind="stable")


def chosen(items, places):
    result = []
    for k in places:
        result.append(items[k])
    return result


def backwards(items):
    result = []
    for k in range(len(items)):
        result.append(items[len(items) - 1 - k])
    return result


def repeated(items, times):
    result = []
    for _ in range(times):
        for item in items:
            result.append(item)
    return result


def concatenated(first, second):
    result = []
    for item in first:
        result.append(item)
    for item in second:
        result.append(item)
    return result


def sliced(items, start, stop, step):
    result = []
    for k in range(start, stop, step):
        result.append(items[k])
    return result


def extend(items, more):
    for item in more:
        items.append(item)


def extend_by_itself(items):
    for k in range(len(items)):
        items.append(items[k])


def clear(items):
    while len(items) > 0:
        items.pop()


def reverse(items):
    for k in range(len(items) // 2):
        last = len(items) - 1 - k
        first = items[k]
        items[k] = items[last]
        items[last] = first


def put_slice(items, start, stop, values):
    rest = items[max(start, stop) :]
    given = collected(values)
    while len(items) > start:
        items.pop()
    items.extend(given)
    items.extend(rest)


def put_steps(items, start, stop, step, values):
    given = collected(values)
    if len(given) != len(range(start, stop, step)):
        raise ValueError("a sequence of another length is assigned to an extended slice")
    for k in range(len(given)):
        items[start + k * step] = given[k]


def refill(items, values):
    for k in range(len(values)):
        items[k] = values[k]


def remove(items, value):
    for k in range(len(items)):
        if items[k] == value:
            items.pop(k)
            return
    raise ValueError("list.remove(x): x not in list")


def index(items, value):
    for k in range(len(items)):
        if items[k] == value:
            return k
    raise ValueError("the value is not in the list")


def count(items, value):
    found = 0
    for item in items:
        if item == value:
            found += 1
    return found


def insert(items, index, value):
    if index < 0:
        index = max(index + len(items), 0)
    items.insert(min(index, len(items)), value)


def pop(items, index):
    if index < 0:
        index = index + len(items)
    return items.pop(index)


def rows(items):
    result = []
    for item in items:
        result.append(np.array(item))
    return result


def deepcopied(items):
    result = []
    for item in items:
        result.append(copy.deepcopy(item))
    return result
