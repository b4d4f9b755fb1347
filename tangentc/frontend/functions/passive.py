"""Opaque calls: code that is kept as it is, run where it stands, and through which no derivative flows."""

from __future__ import annotations

import collections
import logging
import types
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tangentc.frontend.state.context import Context
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import DictValue, ListValue, TupleValue, Value, children, is_undefined
from tangentc.ir.nodes import UNDEF, Atom, Literal, Op, Var, kind_of
from tangentc.kinds.probing import elementwise
from tangentc.kinds.types import (
    ANY,
    FLOAT,
    Array,
    Const,
    Int,
    Kind,
    Object,
    Tuple,
    can_be_active,
    fresh,
    is_number,
)  # fmt: skip
from tangentc.primitives.core import named
from tangentc.primitives.infer import infer
from tangentc.primitives.random import DISCRETE, PARAMETERS

__all__ = ["call_unknown", "draws", "opaque", "opaque_method"]

_GENERATORS = (np.random.Generator, np.random.RandomState)

_METHODS = (types.BuiltinMethodType, types.MethodType)  # those of NumPy 2.4 are the latter

_INDEX_PAIRS = (np.triu_indices, np.tril_indices, np.triu_indices_from, np.tril_indices_from)

# Where the size stands among the arguments of those that draw floats.
_DRAWS = {
    "random": 0, "random_sample": 0, "standard_normal": 0, "standard_exponential": 0, "exponential": 1, "rayleigh": 1,
    "chisquare": 1, "normal": 2, "uniform": 2, "laplace": 2, "gumbel": 2, "logistic": 2, "lognormal": 2, "beta": 2,
}  # fmt: skip

# ... and of those that draw integers.
_DRAWS_INTEGERS = {"integers": 2, "randint": 2, "binomial": 2, "poisson": 1, "geometric": 1}


def opaque(
    context: Context, function: Any, args: Sequence[Value], kwargs: dict[str, Value], kind: Kind = ANY
) -> Value:
    """Call a live object that is neither looked into nor has a rule; `kind` is what is known of the result."""
    _refuse(context, function, (*args, *kwargs.values()))
    if function is logging.getLogger:  # the same object for the same name, whenever it is asked
        logger = logging.getLogger(*(context.static(arg, "the name of a logger") for arg in args))
        return context.captures.value(logger, Place.of(logger), f"logger {logger.name}")
    if kind != ANY:
        pass
    elif isinstance(function, type):
        kind = Object(function)
    elif function is np.random.default_rng:
        kind = Object(np.random.Generator)
    elif any(function is pairs for pairs in _INDEX_PAIRS) or (function is np.diag_indices and len(args) == 1):
        axis = Array(np.dtype(np.intp), (fresh(),))
        kind = Tuple((axis, axis))
    elif isinstance(function, _METHODS) and isinstance(function.__self__, _GENERATORS):
        return _draw(context, function.__name__, Literal(function), args, kwargs)
    return _call(context, Literal(function), args, kwargs, kind)


def _refuse(context: Context, function: Any, args: Sequence[Value]) -> None:
    """Refuse calls whose effect on the program would be lost."""
    name = getattr(function, "__name__", type(function).__name__)
    if any(function is reader for reader in _SCOPES) or (function is vars and not args):
        context.fail(
            "TC101",
            f"`{name}` sees the names of the function that runs, and a derivative has names of its own",
            hint="write the expression out",
        )
    if function is setattr or function is delattr or name in _SETTERS:
        context.fail(
            "TC108", f"{name} changes an object", hint="keep the value in a local variable and return it"
        )
    if any(map(_holds_changeable, args)) and _may_change(function):
        context.fail(
            "TC108",
            f"{name} is not known, and may change the list or dict that it is given",
            hint="pass a tuple or an array, or build a new list",
        )


_SCOPES = (eval, exec, locals, globals, dir)

_SETTERS = ("__setattr__", "__delattr__", "__setitem__", "__delitem__")

# Modules whose functions leave lists and dicts as they are, up to the exceptions.
_LEAVING = frozenset({
    "array", "builtins", "cmath", "collections", "copy", "dataclasses", "decimal", "fractions", "functools",
    "itertools", "json", "logging", "math", "numpy", "operator", "pprint", "random", "scipy", "statistics", "struct",
    "tangentc", "textwrap", "time", "types", "warnings",
})  # fmt: skip

_CHANGING = frozenset({"shuffle", "setitem", "delitem", "setdefault", "pack_into"}) | {
    f"i{name}"
    for name in (
        "add", "and", "concat", "floordiv", "lshift", "matmul", "mod", "mul", "or", "pow", "rshift", "sub",
        "truediv", "xor",
    )
}  # fmt: skip


def _holds_changeable(value: Value) -> bool:
    return isinstance(value, (ListValue, DictValue)) or any(map(_holds_changeable, children(value)))


def _may_change(function: Any) -> bool:
    """Whether a function may write into a list or dict that it is given."""
    if getattr(function, "__objclass__", None) in (list, dict, set, bytearray, collections.deque):
        return True  # list.append(items, x)
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None) or getattr(type(owner), "__module__", None) or "builtins"
    word = module.partition(".")[0].lstrip("_")
    return getattr(function, "__name__", "") in _CHANGING or word not in _LEAVING


def call_unknown(context: Context, callee: Var, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Call a function that is known only when the program runs: its derivative is found then, too."""
    values = (*args, *kwargs.values())
    if any(map(_holds_changeable, values)):
        context.fail(
            "TC109", "a function that is known only when the program runs may change the list or dict that it is given",
            hint="pass a tuple or an array",
        )  # fmt: skip
    atoms = [context.atom(value) for value in values]
    if any(map(is_undefined, atoms)):
        return UNDEF
    if not any(_may_vary(kind_of(atom)) for atom in atoms):
        return context.op("call", callee, *atoms, keywords=tuple(kwargs), kind=ANY)
    if kwargs:
        context.fail(
            "TC109", "a function that is known only when the program runs is given arguments by name",
            hint="pass them by position",
        )  # fmt: skip
    return context.op("dispatch", callee, *atoms)


def _may_vary(kind: Kind) -> bool:
    return any(map(_may_vary, kind.items)) if isinstance(kind, Tuple) else can_be_active(kind)


def draws(kind: Kind) -> bool:
    """Whether the methods of an object return fresh data, and keep nothing that they are given: random generators."""
    return isinstance(kind, Object) and issubclass(kind.cls, _GENERATORS)


def opaque_method(
    context: Context, receiver: Atom, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a method of a random generator that the program made."""
    if name == "shuffle" and any(map(_holds_changeable, args)):
        context.fail("TC108", "shuffle changes the list that it is given", hint="shuffle an array")
    method = Var(ANY)
    context.builder.append(
        Op((method,), named("getattr"), (receiver,), (("name", name),), context.builder.span)
    )
    return _draw(context, name, method, args, kwargs)


def _draw(
    context: Context, name: str, method: Atom, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a method of a random generator, whose derivative is known in some parameters of some distributions."""
    from tangentc.frontend.expressions.operations import as_array

    kind = _drawn(context, name, args, kwargs)
    known = PARAMETERS.get(name)
    if known is None and name not in DISCRETE:
        return _call(context, method, args, kwargs, kind)
    count = len(args) if known is None else len(known)
    args = [*(as_array(context, arg) for arg in args[:count]), *args[count:]]
    kwargs = {key: value if key == "size" else as_array(context, value) for key, value in kwargs.items()}
    values = (*args, *kwargs.values())
    if any(map(is_undefined, (method, *values))):
        return UNDEF
    parameters = [context.atom(value) for value in values]
    if not any(can_be_active(kind_of(atom)) and isinstance(atom, Var) for atom in parameters):
        return _call(context, method, args, kwargs, kind)
    if known is not None:
        given = {**dict(zip((*known, "size"), args, strict=False)), **kwargs}
        kind = _drawn_with(
            context, name, [kind_of(context.atom(given[key])) for key in known if key in given], given
        )
    return context.op("draw", method, *parameters, distribution=name, keywords=tuple(kwargs), kind=kind)


def _drawn_with(context: Context, name: str, kinds: list[Kind], given: dict[str, Value]) -> Kind:
    """The kind of random numbers with these parameters: that of their sum, where no size is given."""
    size = given.get("size", Literal(None))
    sized = None if isinstance(size, Literal) and size.value is None else _sized(context, size)
    if name == "multivariate_normal":
        mean = kinds[0]
        if not isinstance(mean, Array) or mean.dims is None:
            return ANY
        if sized is None:
            return Array(np.dtype(float), mean.dims)
        known = isinstance(sized, Array) and sized.dims is not None
        return Array(np.dtype(float), (*sized.dims, *mean.dims)) if known else ANY  # type: ignore[union-attr, misc]
    if sized is not None:
        return sized
    if all(is_number(kind) or (isinstance(kind, Array) and kind.dims == ()) for kind in kinds):
        return FLOAT
    found = elementwise(lambda *parameters: sum(parameters) + 0.0, kinds, {})
    return (
        replace(found, dtype=np.dtype(float)) if isinstance(found, Array) and found.dims is not None else ANY
    )


def _call(
    context: Context, function: Atom, args: Sequence[Value], kwargs: dict[str, Value], kind: Kind
) -> Value:
    if any(map(is_undefined, (function, *args, *kwargs.values()))):
        return UNDEF
    return context.op("call", function, *args, *kwargs.values(), keywords=tuple(kwargs), kind=kind)


def _drawn(context: Context, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Kind:
    """The kind of random numbers: an array where a size is given."""
    if name in ("rand", "randn"):
        return _sized(context, TupleValue(tuple(args))) if args else FLOAT
    if name == "permutation" and len(args) == 1 and not kwargs:
        return _permuted(context, args[0])
    integer = name in _DRAWS_INTEGERS
    position = _DRAWS_INTEGERS.get(name, _DRAWS.get(name))
    if position is None or set(kwargs) - {"size", "loc", "scale", "low", "high", "endpoint"}:
        return ANY
    if len(args) > position + 1:  # a dtype may follow
        return ANY
    size = kwargs.get("size", args[position] if len(args) > position else Literal(None))
    others = [*args[:position], *(value for key, value in kwargs.items() if key != "size")]
    if isinstance(size, Literal) and size.value is None:
        numbers = all(isinstance(value, (Var, Literal)) and is_number(kind_of(value)) for value in others)
        return FLOAT if numbers and not integer else ANY
    return _sized(context, size, np.int64 if integer else np.float64)


def _permuted(context: Context, value: Value) -> Kind:
    """The kind of a random order of the first integers, or of the rows of an array."""
    match kind_of(value) if isinstance(value, (Var, Literal)) else ANY:
        case Array() as kind:
            return kind
        case Int() | Const(int()):
            return _sized(context, value, np.int64)
    return ANY


def _sized(context: Context, size: Value, dtype: type[np.generic] = np.float64) -> Kind:
    """The kind of an array of random numbers of this shape."""
    with context.builder.nested():  # only the kind is wanted
        (kind,) = infer(named("np.zeros"), (kind_of(context.atom(size)),), {})
    return replace(kind, dtype=np.dtype(dtype)) if isinstance(kind, Array) else kind
