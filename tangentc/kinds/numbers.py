"""Python's operators on Python numbers and containers, by table: nothing is probed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any as AnyType

import numpy as np

from tangentc.kinds.dims import computed_int, label_of, new_int, shift
from tangentc.kinds.join import joined_items, widened
from tangentc.kinds.types import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    Bool,
    Complex,
    Const,
    Float,
    Int,
    Kind,
    List,
    Object,
    Size,
    Tuple,
)

__all__ = ["python_operator"]

_LEVELS: tuple[Kind, ...] = (BOOL, Int(), FLOAT, COMPLEX)
_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
_BITS = frozenset({"and_", "or_", "xor"})
_EXACT = _BITS | {"add", "sub", "mul", "floordiv", "mod", "lshift", "rshift", "neg", "pos", "invert", "abs"}


def python_operator(name: str, kinds: Sequence[Kind]) -> Kind | None:
    """The kind of an operator on Python's own values; None if the table does not say."""
    levels = [_level(kind) for kind in kinds]
    if None not in levels:
        return _on_numbers(name, kinds, [level for level in levels if level is not None])
    if name in _COMPARISONS and all(map(_plain, kinds)):
        return BOOL
    return _on_containers(name, [widened(kind) for kind in kinds])


def _level(kind: Kind) -> int | None:
    """0 for bool, 1 for int, 2 for float, 3 for complex; None for what is no Python number."""
    match kind:
        case Bool():
            return 0
        case Int():
            return 1
        case Float():
            return 2
        case Complex():
            return 3
        case Const(value):
            return _LEVEL_OF.get(type(value))
    return None


_LEVEL_OF: dict[type, int] = {bool: 0, int: 1, float: 2, complex: 3}


def _on_numbers(name: str, kinds: Sequence[Kind], levels: list[int]) -> Kind | None:
    level = max(levels)
    if name in _COMPARISONS:
        return BOOL
    if name in _BITS and level == 0:
        return BOOL
    if name == "truediv":
        return _LEVELS[max(level, 2)]
    if name == "pow":
        return _power(kinds, level)
    if name in _EXACT and level <= 1:
        return _on_ints(name, kinds)
    if name == "abs":
        return FLOAT
    if name in ("add", "sub", "mul", "neg", "pos") or (name in ("floordiv", "mod") and level == 2):
        return _LEVELS[level]
    return None


def _power(kinds: Sequence[Kind], level: int) -> Kind:
    base, exponent = kinds
    if level >= 2:
        return _LEVELS[level]
    match exponent:
        case Const(value) if value < 0:
            return FLOAT
        case Const(value):
            label = label_of(base)
            return new_int() if label is None else computed_int("pow", label, int(value))
    return ANY  # an int, or a float where the exponent is negative


def _on_ints(name: str, kinds: Sequence[Kind]) -> Kind:
    labels: list[Size] = [int(label) if isinstance(label, bool) else label for label in map(_label, kinds)]
    if all(isinstance(label, int) for label in labels):
        try:
            return Int(_FUNCTIONS[name](*labels))
        except (ArithmeticError, ValueError):
            return new_int()
    if name == "add" and isinstance(labels[0], int):
        return Int(shift(labels[1], labels[0]))
    if name == "add" and isinstance(labels[1], int):
        return Int(shift(labels[0], labels[1]))
    if name == "sub" and isinstance(labels[1], int):
        return Int(shift(labels[0], -labels[1]))
    if name == "pos":
        return Int(labels[0])
    return computed_int(name, *labels)


def _label(kind: Kind) -> Size:
    label = label_of(kind)
    if label is None:
        label = new_int().size  # a bool
    assert label is not None
    return label


_FUNCTIONS: dict[str, Callable[..., AnyType]] = {
    name: getattr(operator, name) for name in _EXACT if name != "abs"
} | {"abs": abs}


def _plain(kind: Kind) -> bool:
    """Whether comparing values of this kind gives a bool: no array, NumPy scalar or unknown object inside."""
    match kind:
        case Tuple(items):
            return all(map(_plain, items))
        case List(item, _):
            return _plain(item)
        case Const(value):
            return not isinstance(value, (np.ndarray, np.generic))
        case Object(cls):
            return cls is str
    return _level(kind) is not None


def _on_containers(name: str, kinds: list[Kind]) -> Kind | None:
    match name, kinds:
        case "add", [Tuple(left), Tuple(right)]:
            return Tuple((*left, *right))
        case "add", [List(left, _), List(right, _)]:
            return List(joined_items([left, right]))
        case "mul", [Tuple(items), Int(int(times))] | [Int(int(times)), Tuple(items)]:
            return Tuple(items * times)
        case "mul", [List(item, _), Int()] | [Int(), List(item, _)]:
            return List(item)
        case "add", [left, right] if _is_text(left) and _is_text(right):
            return Object(str)
        case "mod", [left, _] if _is_text(left):
            return Object(str)
    return None


def _is_text(kind: Kind) -> bool:
    return kind == Object(str) or (isinstance(kind, Const) and isinstance(kind.value, str))
