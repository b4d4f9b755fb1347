# mypy: ignore-errors
"""Dicts whose keys are not known."""

import copy

__all__: list[str] = []


def clear(entries):
    for key in list(entries):
        del entries[key]


def values(entries):
    result = []
    for key in list(entries):
        result.append(entries[key])
    return result


def items(entries):
    result = []
    for key in list(entries):
        result.append((key, entries[key]))
    return result


def made_if_missing(entries, key, factory):
    if key not in entries:
        entries[key] = factory()
    return entries[key]


def get(entries, key, default):
    if key in entries:
        return entries[key]
    return default


def setdefault(entries, key, default):
    if key not in entries:
        entries[key] = default
    return entries[key]


def pop(entries, key):
    value = entries[key]
    del entries[key]
    return value


def pop_or(entries, key, default):
    if key in entries:
        value = entries[key]
        del entries[key]
    else:
        value = default
    return value


def update(entries, more):
    for key in list(more):
        entries[key] = more[key]


def copied(entries):
    result = {}
    for key in list(entries):
        result[key] = entries[key]
    return result


def deepcopied(entries):
    result = {}
    for key in list(entries):
        result[key] = copy.deepcopy(entries[key])
    return result
