"""Opaque calls: code that is kept as it is, run where it stands, and through which no derivative flows."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.frontend.context import Context
from tangentc.frontend.values import TupleValue, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Atom, Literal, Op, Var, kind_of
from tangentc.kinds.types import ANY, FLOAT, Array, Kind, Object, Tuple, fresh, is_number
from tangentc.primitives.core import named
from tangentc.primitives.infer import infer

__all__ = ["draws", "opaque", "opaque_method"]

_GENERATORS = (np.random.Generator, np.random.RandomState)

_WRITERS = (np.put, np.putmask, np.place, np.copyto, np.fill_diagonal, np.put_along_axis)

_INDEX_PAIRS = (np.triu_indices, np.tril_indices, np.triu_indices_from, np.tril_indices_from)

# Where the size stands among the arguments of those that draw floats.
_DRAWS = {
    "random": 0, "random_sample": 0, "standard_normal": 0, "standard_exponential": 0, "exponential": 1, "rayleigh": 1,
    "chisquare": 1, "normal": 2, "uniform": 2, "laplace": 2, "gumbel": 2, "logistic": 2, "lognormal": 2, "beta": 2,
}  # fmt: skip


def opaque(context: Context, function: Any, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Call a live object that is neither looked into nor has a rule."""
    if any(function is writer for writer in _WRITERS):
        context.fail(
            "TC108", f"{function.__name__} writes its argument", hint="assign to a subscript: x[...] = value"
        )
    kind: Kind = ANY
    if isinstance(function, type):
        kind = Object(function)
    elif function is np.random.default_rng:
        kind = Object(np.random.Generator)
    elif any(function is pairs for pairs in _INDEX_PAIRS) or (function is np.diag_indices and len(args) == 1):
        axis = Array(np.dtype(np.intp), (fresh(),))
        kind = Tuple((axis, axis))
    elif isinstance(function, types.BuiltinMethodType) and isinstance(function.__self__, _GENERATORS):
        kind = _drawn(context, function.__name__, args, kwargs)
    return _call(context, Literal(function), args, kwargs, kind)


def draws(kind: Kind) -> bool:
    """Whether the methods of an object return fresh data, and keep nothing that they are given: random generators."""
    return isinstance(kind, Object) and issubclass(kind.cls, _GENERATORS)


def opaque_method(
    context: Context, receiver: Atom, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a method of a random generator that the program made."""
    kind = _drawn(context, name, args, kwargs)
    method = Var(ANY)
    context.builder.append(
        Op((method,), named("getattr"), (receiver,), (("name", name),), context.builder.span)
    )
    return _call(context, method, args, kwargs, kind)


def _call(
    context: Context, function: Atom, args: Sequence[Value], kwargs: dict[str, Value], kind: Kind
) -> Value:
    if any(map(is_undefined, (function, *args, *kwargs.values()))):
        return UNDEF
    return context.op("call", function, *args, *kwargs.values(), keywords=tuple(kwargs), kind=kind)


def _drawn(context: Context, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Kind:
    """The kind of random floats: an array where a size is given."""
    if name in ("rand", "randn"):
        return _sized(context, TupleValue(tuple(args))) if args else FLOAT
    position = _DRAWS.get(name)
    if position is None or set(kwargs) - {"size", "loc", "scale", "low", "high"}:
        return ANY
    size = kwargs.get("size", args[position] if len(args) > position else Literal(None))
    others = [*args[:position], *(value for key, value in kwargs.items() if key != "size")]
    if isinstance(size, Literal) and size.value is None:
        numbers = all(isinstance(value, (Var, Literal)) and is_number(kind_of(value)) for value in others)
        return FLOAT if numbers else ANY
    return _sized(context, size)


def _sized(context: Context, size: Value) -> Kind:
    """The kind of a float array of this shape."""
    with context.builder.nested():  # only the kind is wanted
        (kind,) = infer(named("np.zeros"), (kind_of(context.atom(size)),), {})
    return kind
