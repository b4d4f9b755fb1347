"""Python's builtins, and the few library functions that the frontend itself must understand."""

from __future__ import annotations

import builtins
import collections
import functools
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.frontend import dynamic, prelude
from tangentc.frontend.attributes import attribute
from tangentc.frontend.choices import decide, select
from tangentc.frontend.classes import call_special, defines
from tangentc.frontend.context import Context
from tangentc.frontend.expressions import binary, choose
from tangentc.frontend.iteration import items_of, known_items, length
from tangentc.frontend.objects import set_attribute
from tangentc.frontend.operations import apply_primitive
from tangentc.frontend.truth import truth
from tangentc.frontend.values import (
    Choice,
    Closure,
    DictValue,
    Enumerate,
    Generated,
    Instance,
    ListValue,
    ObjectValue,
    Partial,
    RangeValue,
    Reversed,
    SliceValue,
    Static,
    TupleValue,
    Value,
    Zip,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import (
    Array,
    Bool,
    Complex,
    Const,
    Dict,
    Float,
    Function,
    Int,
    List,
    Object,
    Scalar,
    Tuple,
    rank_of,
)
from tangentc.primitives.core import find, named

__all__ = ["BUILTINS", "builtin"]

_MAIN = Literal(0)

Handler = Callable[[Context, Sequence[Value], dict[str, Value]], Value]

BUILTINS: dict[Any, Handler] = {}


def builtin(*functions: Any) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register what a call of these functions means; the handler takes the context and the arguments."""

    def decorate(handler: Callable[..., Value]) -> Callable[..., Value]:
        signature = inspect.signature(handler)

        def run(context: Context, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
            try:
                signature.bind(context, *args, **kwargs)
            except TypeError as error:
                context.fail("TC115", f"{functions[0].__name__}(): {error}")
            return handler(context, *args, **kwargs)

        for function in functions:
            BUILTINS[function] = run
        return handler

    return decorate


def _primitive(context: Context, function: Any, *args: Value) -> Value:
    primitive = find(function)
    assert primitive is not None
    return apply_primitive(context, primitive, [context.snapshot(value) for value in args], {})


# --- sequences --------------------------------------------------------------------------------------


@builtin(range)
def _range(context: Context, first: Value, stop: Value | None = None, step: Value | None = None) -> Value:
    start, end = (Literal(0), first) if stop is None else (first, stop)
    atoms = [context.atom(value) for value in (start, end, step or Literal(1))]
    return RangeValue(*atoms)


@builtin(len)
def _len(context: Context, value: Value) -> Value:
    return UNDEF if is_undefined(value) else length(context, value)


@builtin(zip)
def _zip(_: Context, *parts: Value, strict: Value | None = None) -> Value:
    del strict
    return Zip(parts)


@builtin(enumerate)
def _enumerate(context: Context, part: Value, start: Value | None = None) -> Value:
    return Enumerate(part, Literal(0) if start is None else context.atom(start))


@builtin(reversed)
def _reversed(_: Context, part: Value) -> Value:
    return Reversed(part)


@builtin(slice)
def _slice(context: Context, first: Value, stop: Value | None = None, step: Value | None = None) -> Value:
    start, end = (Literal(None), first) if stop is None else (first, stop)
    return SliceValue(*(context.atom(value) for value in (start, end, step or Literal(None))))


@builtin(tuple)
def _tuple(context: Context, value: Value | None = None) -> Value:
    return TupleValue(() if value is None else items_of(context, value, "the length of a tuple"))


@builtin(list)
def _list(context: Context, value: Value | None = None) -> Value:
    return _list_of(context, value)


def _list_of(context: Context, value: Value | None) -> Value:
    items = () if value is None else known_items(context, value)
    if items is None:
        assert value is not None
        return dynamic.run(context, prelude.collected, value)
    return context.allocate(ListValue(items))


@builtin(dict)
def _dict(context: Context, pairs: Value | None = None, /, **entries: Value) -> Value:
    return _dict_of(context, pairs, entries)


def _dict_of(context: Context, pairs: Value | None, entries: dict[str, Value]) -> Value:
    items: dict[Any, Value] = {}
    pairs = None if pairs is None else context.contents(pairs)
    if isinstance(pairs, DictValue):
        items.update(pairs.items)
    elif pairs is not None:
        for pair in items_of(context, pairs, "the length of a dict"):
            key, value = items_of(context, pair, "the length of an entry")
            items[context.static(key, "a key of a dict")] = value
    items.update(entries)
    return context.allocate(DictValue(items))


@builtin(collections.OrderedDict)
def _ordered(context: Context, pairs: Value | None = None, /, **entries: Value) -> Value:
    return _dict_of(context, pairs, entries)


@builtin(collections.defaultdict)
def _defaultdict(
    context: Context, factory: Value | None = None, pairs: Value | None = None, /, **entries: Value
) -> Value:
    made = _dict_of(context, pairs, entries)
    if factory is not None:
        context.heap.factories[context.site_of(DictValue({}))] = factory
    return made


@builtin(collections.deque)
def _deque(context: Context, items: Value | None = None, maxlen: Value | None = None) -> Value:
    if maxlen is not None and maxlen != Literal(None):
        context.fail(
            "TC109", "a deque of bounded length is not supported", hint="use popleft() after append()"
        )
    return _list_of(context, items)


@builtin(sorted)
def _sorted(context: Context, value: Value, key: Value | None = None, reverse: Value | None = None) -> Value:
    if key is not None:
        context.fail("TC109", "sorted with a key is not supported")
    entries = [
        context.static(entry, "what is sorted")
        for entry in items_of(context, value, "the length of what is sorted")
    ]
    backwards = reverse is not None and bool(context.static(reverse, "reverse"))
    ordered = sorted(entries, reverse=backwards)
    return context.allocate(ListValue(tuple(Literal(entry) for entry in ordered)))


@builtin(map)
def _map(context: Context, function: Value, *parts: Value) -> Value:
    from tangentc.frontend.calls import apply

    rows = items_of(context, Zip(parts), "the length of what map runs over")
    return Generated(tuple(apply(context, function, items_of(context, row, "a row"), {}) for row in rows))


# --- reductions ---------------------------------------------------------------------------------------


@builtin(sum)
def _sum(context: Context, value: Value, start: Value | None = None) -> Value:
    entries = known_items(context, value)
    if entries is None:
        if dynamic.is_dynamic(value):
            return dynamic.run(context, prelude.summed, value, Literal(0) if start is None else start)
        return _primitive(context, sum, value, *(() if start is None else (start,)))
    total: Value = Literal(0) if start is None else start
    for position, entry in enumerate(entries):
        total = (
            entry
            if position == 0 and total == Literal(0) and _is_float_like(entry)
            else binary(context, "add", total, entry)
        )
    return total


@builtin(math.fsum)
def _fsum(context: Context, value: Value) -> Value:
    entries = known_items(context, value)
    return _primitive(context, math.fsum, value if entries is None else ListValue(entries))


@builtin(math.prod)
def _prod(context: Context, value: Value, start: Value | None = None) -> Value:
    entries = known_items(context, value)
    if entries is None:
        primitive = find(math.prod)
        assert primitive is not None
        return apply_primitive(context, primitive, (value,), {} if start is None else {"start": start})
    total: Value = Literal(1) if start is None else start
    for entry in entries:
        total = (
            entry if total == Literal(1) and _is_float_like(entry) else binary(context, "mul", total, entry)
        )
    return total


def _is_float_like(value: Value) -> bool:
    """Whether 0 + value and 1 * value are the value (but for the sign of a zero)."""
    return isinstance(value, Var) and isinstance(value.kind, (Float, Scalar, Complex))


@builtin(any)
def _any(context: Context, value: Value) -> Value:
    return _quantify(context, list(items_of(context, value, "the length of what any() tests")), "or_")


@builtin(all)
def _all(context: Context, value: Value) -> Value:
    return _quantify(context, list(items_of(context, value, "the length of what all() tests")), "and_")


def _quantify(context: Context, entries: list[Value], operator: str) -> Value:
    if not entries:
        return Literal(operator == "and_")
    first, rest = entries[0], entries[1:]
    known = truth(context, first)
    if isinstance(known, bool):
        if known is (operator == "or_"):
            return Literal(known)
        return _quantify(context, rest, operator)
    if not rest:
        return context.op("bool", known)
    result = Literal(operator == "or_")
    if operator == "and_":
        return choose(context, known, lambda: _quantify(context, rest, operator), lambda: result, operator)
    return choose(context, known, lambda: result, lambda: _quantify(context, rest, operator), operator)


def _extremum(function: Any) -> Handler:
    def run(context: Context, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
        if kwargs:
            context.fail("TC109", f"{function.__name__} with a key or a default is not supported")
        entries = args
        if len(args) == 1:
            known = known_items(context, args[0])
            if known is None and dynamic.is_dynamic(args[0]):
                return dynamic.run(context, prelude.largest if function is max else prelude.smallest, args[0])
            if known is None:
                return _primitive(context, function, *args)
            entries = known
        constants = [context.constant(entry) for entry in entries]
        if None not in constants and entries:
            return Literal(function(entry.value for entry in constants if entry is not None))
        return entries[0] if len(entries) == 1 else _primitive(context, function, *entries)

    return run


BUILTINS[max] = _extremum(max)
BUILTINS[min] = _extremum(min)


# --- numbers ------------------------------------------------------------------------------------------


_SPECIAL = {
    float: "__float__", int: "__int__", complex: "__complex__", str: "__str__", repr: "__repr__", abs: "__abs__",
    round: "__round__",
}  # fmt: skip


def _conversion(function: Any) -> Callable[..., Value]:
    def run(context: Context, *args: Value) -> Value:
        if args and defines(context, args[0], _SPECIAL[function]):
            return call_special(context, args[0], _SPECIAL[function], *args[1:])
        constants = [context.constant(argument) for argument in args]
        if None not in constants:
            try:
                return Literal(function(*(constant.value for constant in constants if constant is not None)))
            except (TypeError, ValueError) as error:
                context.fail("TC112", str(error))
        return _primitive(context, function, *args)

    run.__name__ = function.__name__
    return run


for _function in (float, int, complex, str, repr, abs, round):
    builtin(_function)(_conversion(_function))


@builtin(bool)
def _bool(context: Context, value: Value | None = None) -> Value:
    known = truth(context, Literal(False) if value is None else value)
    return Literal(known) if isinstance(known, bool) else context.op("bool", known)


@builtin(pow)
def _pow(context: Context, base: Value, exponent: Value) -> Value:
    return binary(context, "pow", base, exponent)


@builtin(divmod)
def _divmod(context: Context, left: Value, right: Value) -> Value:
    return TupleValue((binary(context, "floordiv", left, right), binary(context, "mod", left, right)))


@builtin(np.diag)
def _diag(context: Context, v: Value, k: Value = _MAIN) -> Value:
    """The diagonal of a matrix is a view, the matrix with a diagonal is new: two operations."""
    is_matrix = isinstance(v, (Var, Literal)) and rank_of(kind_of(v)) == 2
    name, offset = ("np.diagonal", "offset") if is_matrix else ("np.diag", "k")
    return apply_primitive(context, named(name), (v,), {offset: k})


# --- questions about types ----------------------------------------------------------------------------


@builtin(isinstance)
def _isinstance(context: Context, value: Value, classes: Value) -> Value:
    if isinstance(value, Choice):
        return decide(context, value, lambda option: _isinstance(context, option, classes))
    wanted = context.static(classes, "the class of isinstance")
    cls = class_of(context.contents(value))
    if cls is None:
        return context.op("call", Literal(isinstance), value, Literal(wanted))
    return Literal(issubclass(cls, wanted))


def class_of(value: Value) -> type | None:
    """The Python class of a value, of a container by what it holds; None where it is not known."""
    match value:
        case ObjectValue(cls, _):
            return cls
        case TupleValue(cls=cls):
            return cls or tuple
        case ListValue():
            return list
        case DictValue():
            return dict
        case Literal(constant) | Static(constant) | Instance(value=constant):
            return type(constant)
        case Closure():
            return type(class_of)
        case Partial():
            return functools.partial
        case RangeValue():
            return range
        case SliceValue():
            return slice
        case Var(kind=kind):
            return _class_of_kind(kind)
    return None


def _class_of_kind(kind: Any) -> type | None:
    match kind:
        case Const(value) | Function(value):
            return type(value)
        case Scalar(dtype):
            return dtype.type
        case Object(cls):
            return cls
        case Array():
            return np.ndarray
        case Bool() | Int() | Float() | Complex() | Tuple() | List() | Dict():
            return getattr(builtins, type(kind).__name__.lower())  # type: ignore[no-any-return]
    return None


@builtin(callable)
def _callable(context: Context, value: Value) -> Value:
    if isinstance(value, Choice):
        return decide(context, value, lambda option: _callable(context, option))
    return Literal(is_callable(value) or defines(context, value, "__call__"))


@builtin(type)
def _type(context: Context, value: Value) -> Value:
    cls = class_of(context.contents(value))
    return Static(cls) if cls is not None else context.op("call", Literal(type), value)


@builtin(getattr)
def _getattr(context: Context, owner: Value, name: Value, default: Value | None = None) -> Value:
    if isinstance(owner, Choice):
        return select(context, owner, lambda option: _getattr(context, option, name, default))
    key = context.static(name, "the name of an attribute")
    if default is not None and not _has(context, owner, key):
        return default
    return attribute(context, owner, key)


@builtin(setattr)
def _setattr(context: Context, owner: Value, name: Value, value: Value) -> Value:
    set_attribute(context, owner, context.static(name, "the name of an attribute"), value)
    return Literal(None)


@builtin(hasattr)
def _hasattr(context: Context, owner: Value, name: Value) -> Value:
    if isinstance(owner, Choice):
        return select(context, owner, lambda option: _hasattr(context, option, name))
    return Literal(_has(context, owner, context.static(name, "the name of an attribute")))


def _has(context: Context, owner: Value, name: str) -> bool:
    held = context.contents(owner)
    match held:
        case Static(value) | Instance(value=value) | Literal(value):
            return hasattr(value, name)
        case ObjectValue(attributes=attributes) if name in attributes:
            return True
    cls = class_of(held)
    if cls is None:
        context.fail("TC112", "whether an attribute exists must be known when the function is compiled")
    return hasattr(cls, name)


@builtin(functools.partial)
def _partial(_: Context, function: Value, /, *args: Value, **kwargs: Value) -> Value:
    return Partial(function, args, kwargs)


@builtin(functools.reduce)
def _reduce(context: Context, function: Value, sequence: Value, initial: Value | None = None) -> Value:
    from tangentc.frontend.calls import apply

    entries = items_of(context, sequence, "the length of what reduce runs over")
    if initial is not None:
        entries = (initial, *entries)
    if not entries:
        context.fail("TC116", "reduce of nothing needs an initial value")
    total = entries[0]
    for entry in entries[1:]:
        total = apply(context, function, (total, entry), {})
    return total


def _unchanged(function: Any) -> Any:
    return function


@builtin(_unchanged)
def _same(_: Context, function: Value) -> Value:
    return function


@builtin(functools.wraps)
def _wraps(_: Context, function: Value, *_options: Value) -> Value:
    """The name and documentation that `wraps` copies do not matter to a derivative."""
    del function
    return Static(_unchanged)


@builtin(np.shape)
def _shape(context: Context, value: Value) -> Value:
    if isinstance(value, Var) and isinstance(value.kind, Array):
        return attribute(context, value, "shape")
    return _primitive(context, np.shape, value)


@builtin(np.ndim)
def _ndim(context: Context, value: Value) -> Value:
    if isinstance(value, Var) and isinstance(value.kind, Array):
        return attribute(context, value, "ndim")
    return _primitive(context, np.ndim, value)
