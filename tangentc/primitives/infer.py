"""The kinds of an operation's results: by its own rule, else by probing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

import numpy as np

from tangentc.kinds.dims import symbols_of
from tangentc.kinds.probing import elementwise, probe
from tangentc.kinds.types import ANY, Array, Const, Dict, Dim, Int, Kind, List, Symbol, Tape, Tuple
from tangentc.primitives.core import Primitive

__all__ = ["infer"]

_MOST = 4096
_cache: OrderedDict[Hashable, tuple[tuple[Kind, ...], tuple[Symbol, ...]]] = OrderedDict()


def infer(primitive: Primitive, kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> tuple[Kind, ...]:
    """The kinds of the results of `primitive` on operands of these kinds.

    An operation without result gives (); unknown is `ANY`, never an error.  Sizes about which nothing is
    known have new names in every answer.
    """
    try:
        key = (
            primitive,
            tuple(map(_key, kinds)),
            tuple((name, _key(value)) for name, value in attrs.items()),
        )
        known = _cache.get(key)
    except TypeError:  # an unhashable constant
        return _infer(primitive, kinds, attrs)
    if known is not None:
        result, new = known
        if not new:
            return result
        names = {symbol: Symbol(symbol.hint) for symbol in new}
        return tuple(_renamed(kind, names) for kind in result)
    result = _infer(primitive, kinds, attrs)
    given = symbols_of(*kinds)
    _cache[key] = result, tuple(symbol for symbol in symbols_of(*result) if symbol not in given)
    if len(_cache) > _MOST:
        with suppress(KeyError):  # another thread was faster
            _cache.popitem(last=False)
    return result


def _infer(primitive: Primitive, kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> tuple[Kind, ...]:
    if primitive.kind is not None:
        try:
            found = primitive.kind(kinds, attrs)
        except (IndexError, TypeError, ValueError):  # operands that do not fit: the run will say so
            found = ANY
        if isinstance(found, tuple):
            return found
    elif primitive.pure:
        found = (elementwise if primitive.elementwise else probe)(primitive.function, kinds, attrs)
    else:
        found = ANY
    if primitive.results == 1:
        return (found,)
    return found.items if isinstance(found, Tuple) else (ANY,) * primitive.results


def _key(value: Any) -> Hashable:
    """A kind or an attribute as part of a key: 1, 1.0, True, and 0.0, -0.0 differ."""
    match value:
        case Const(inner):
            return Const, _key(inner)
        case tuple():
            return tuple(map(_key, value))
        case Tuple(items):
            return Tuple, *map(_key, items)
        case Dict(items):
            return Dict, *((key, _key(kind)) for key, kind in items)
        case List(item, size):
            return List, _key(item), size
        case bool() | int() | float() | complex() | np.generic():
            return type(value), repr(value)
    hash(value)
    return value  # type: ignore[no-any-return]


# --- new names --------------------------------------------------------------------------------


def _renamed(value: Any, names: dict[Symbol, Symbol]) -> Any:
    """A kind or size with other symbols."""
    match value:
        case Symbol():
            return names.get(value, value)
        case Dim(base, minus):
            return Dim(_renamed(base, names), minus)
        case Array(dtype, dims):
            return Array(dtype, _renamed(dims, names))
        case Int(size):
            return Int(_renamed(size, names))
        case Tuple(items):
            return Tuple(_renamed(items, names))
        case List(item, size):
            return List(_renamed(item, names), _renamed(size, names))
        case Dict(items):
            return Dict(tuple((key, _renamed(kind, names)) for key, kind in items))
        case Tape(item):
            return Tape(_renamed(item, names))
        case tuple():
            return tuple(_renamed(item, names) for item in value)
    return value
