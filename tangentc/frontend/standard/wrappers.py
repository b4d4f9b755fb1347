"""Callables that the standard library makes: caches, generic functions, `itemgetter` and the rest of `operator`."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import gast

from tangentc.frontend.expressions.indexing import contains, getitem
from tangentc.frontend.expressions.iteration import length
from tangentc.frontend.expressions.operators import binary, compare
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.standard.builtins import builtin, class_of
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import Partial, Static, TupleValue, Value, vars_of
from tangentc.ir.build import walk
from tangentc.ir.nodes import Block, Literal, Op
from tangentc.kinds.types import Array

__all__ = ["call_wrapper", "generic_method"]


def call_wrapper(
    context: Context, value: Any, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value | None:
    """The call of such an object; None for any other."""
    match value:
        case functools._lru_cache_wrapper():
            return _cached(context, value, args, kwargs)
        case operator.itemgetter():
            return _items(context, _arguments(context, value), *args)
        case operator.attrgetter():
            return _attributes(context, _arguments(context, value), *args)
        case operator.methodcaller():
            return _method(context, value, *args)
    if is_generic(value) and args:
        return _generic(context, value, (), args, kwargs)
    return None


# --- caches ---------------------------------------------------------------------------------------


def _cached(
    context: Context,
    value: functools._lru_cache_wrapper[Any],
    args: Sequence[Value],
    kwargs: dict[str, Value],
) -> Value:
    """The function behind a cache: it must be one that cannot be told from its cached form."""
    with context.builder.nested() as nodes:
        result = context.call(Static(value.__wrapped__), *args, **kwargs)
    context.builder.nodes.extend(nodes)
    name = value.__wrapped__.__name__
    if any(isinstance(node, Op) and not node.primitive.pure for node in walk(Block((), tuple(nodes), ()))):
        context.fail(
            "TC109", f"{name} is cached and has effects: it would have them in each call, and not once",
            hint="leave out the cache, or pass what it returns as an argument",
        )  # fmt: skip
    context.shared.update(
        dict.fromkeys((var for var in vars_of(result) if isinstance(var.kind, Array)), name)
    )
    return result


@builtin(functools.cache, functools.lru_cache)
def _cache(context: Context, *_: Value, **__: Value) -> Value:
    context.fail(
        "TC109", "a function that is cached inside the program is not supported",
        hint="leave out the cache, or define the function outside",
    )  # fmt: skip


# --- generic functions ----------------------------------------------------------------------------


def is_generic(value: Any) -> bool:
    """Whether a function was made by `functools.singledispatch`."""
    return (
        callable(getattr(value, "dispatch", None))
        and hasattr(value, "registry")
        and hasattr(value, "_clear_cache")
    )


def _generic(
    context: Context, value: Any, before: Sequence[Value], args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    cls = class_of(args[0])
    if cls is None:
        context.fail(
            "TC112", "the type of the argument must be known when the function is compiled",
            hint="call the implementation that is meant",
        )  # fmt: skip
    chosen = value.dispatch(cls)
    name = getattr(value, "__name__", "the generic function")
    context.captures.guard(
        chosen, Place.of(value).with_operands("{}.dispatch({})", cls), f"{name} of {cls.__name__}"
    )
    return context.call(Static(chosen), *before, *args, **kwargs)


def generic_method(described: functools.singledispatchmethod[Any], owner: Value) -> Value:
    """A method made by `functools.singledispatchmethod`, bound."""
    return Partial(Static(_call_generic), (Static(described.dispatcher), owner), {})


def _call_generic(dispatcher: Any, owner: Any, *args: Any, **kwargs: Any) -> Any:
    """What the handler below stands for."""
    raise NotImplementedError


@builtin(_call_generic)
def _generic_call(
    context: Context, dispatcher: Value, owner: Value, first: Value, *rest: Value, **kwargs: Value
) -> Value:
    assert isinstance(dispatcher, Static)
    return _generic(context, dispatcher.value, (owner,), (first, *rest), kwargs)


# --- the module operator --------------------------------------------------------------------------


def _arguments(context: Context, getter: Any) -> TupleValue:
    """What an `itemgetter` or `attrgetter` was made of."""
    return TupleValue(
        tuple(
            context.captures.fixed(entry, Place.of(entry), f"argument {i} of {type(getter).__name__}")
            for i, entry in enumerate(getter.__reduce__()[1])
        )
    )


def _several(found: Sequence[Value]) -> Value:
    return found[0] if len(found) == 1 else TupleValue(tuple(found))


def _items(context: Context, keys: TupleValue, target: Value) -> Value:
    return _several([getitem(context, target, key) for key in keys.items])


def _attributes(context: Context, names: TupleValue, target: Value) -> Value:
    found: list[Value] = []
    for name in names.items:
        value = target
        for part in str(context.static(name, "the name of an attribute")).split("."):
            value = attribute(context, value, part)
        found.append(value)
    return _several(found)


def _method(context: Context, value: operator.methodcaller, target: Value) -> Value:
    reduced: Any = value.__reduce__()
    made, given = reduced  # with keywords: a partial of methodcaller
    keywords: dict[str, Any] = {}
    if isinstance(made, functools.partial):
        given, keywords = (*made.args, *given), made.keywords
    name, *args = given

    def fixed(entry: Any) -> Value:
        return context.captures.fixed(entry, Place.of(entry), f"argument of methodcaller({name!r})")

    given_by_name = Partial(
        Literal(name), tuple(map(fixed, args)), {key: fixed(v) for key, v in keywords.items()}
    )
    return _called(context, given_by_name, target)


def _marker(name: str) -> Any:
    """A name for what a getter does once it has its keys, as a function that has a handler."""

    def marked(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(name)

    return marked


_GET_ITEMS, _GET_ATTRIBUTES, _CALL_METHOD = (
    _marker("itemgetter"),
    _marker("attrgetter"),
    _marker("methodcaller"),
)


@builtin(operator.itemgetter)
def _itemgetter(_: Context, *keys: Value) -> Value:
    return Partial(Static(_GET_ITEMS), (TupleValue(keys),), {})


@builtin(operator.attrgetter)
def _attrgetter(_: Context, *names: Value) -> Value:
    return Partial(Static(_GET_ATTRIBUTES), (TupleValue(names),), {})


@builtin(operator.methodcaller)
def _methodcaller(_: Context, name: Value, /, *args: Value, **kwargs: Value) -> Value:
    return Partial(Static(_CALL_METHOD), (Partial(name, args, kwargs),), {})


builtin(_GET_ITEMS)(_items)
builtin(_GET_ATTRIBUTES)(_attributes)


@builtin(_CALL_METHOD)
def _called(context: Context, given: Partial, target: Value) -> Value:
    """The method whose name stands where a partial has its function."""
    method = attribute(context, target, context.static(given.function, "the name of a method"))
    return context.call(method, *given.args, **given.kwargs)


_BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor", "lshift", "rshift"
)  # fmt: skip
_COMPARE = {
    operator.lt: gast.Lt, operator.le: gast.LtE, operator.gt: gast.Gt, operator.ge: gast.GtE, operator.eq: gast.Eq,
    operator.ne: gast.NotEq, operator.is_: gast.Is, operator.is_not: gast.IsNot,
}  # fmt: skip


def _declare_operators() -> None:
    for name in _BINARY:

        def two(context: Context, a: Value, b: Value, /, *, name: str = name) -> Value:
            return binary(context, name, a, b)

        builtin(getattr(operator, name))(two)
    for function, node in _COMPARE.items():

        def ask(context: Context, a: Value, b: Value, /, *, node: type[gast.AST] = node) -> Value:
            return compare(context, node(), a, b)

        builtin(function)(ask)


_declare_operators()


@builtin(operator.abs)
def _abs(context: Context, a: Value, /) -> Value:
    return _call(context, Static(abs), a)


@builtin(operator.concat)
def _concat(context: Context, a: Value, b: Value, /) -> Value:
    return binary(context, "add", a, b)


@builtin(operator.getitem)
def _getitem(context: Context, a: Value, b: Value, /) -> Value:
    return getitem(context, a, b)


@builtin(operator.contains)
def _contains(context: Context, a: Value, b: Value, /) -> Value:
    return contains(context, b, a)


@builtin(operator.truth)
def _truth(context: Context, a: Value, /) -> Value:
    known = truth(context, a)
    if isinstance(known, bool):
        return Literal(known)
    return context.op("not_", context.op("not_", known))


@builtin(operator.length_hint)
def _length_hint(context: Context, a: Value, default: Value | None = None, /) -> Value:
    del default
    return length(context, a)


def _call(context: Context, function: Value, /, *args: Value, **kwargs: Value) -> Value:
    return context.call(function, *args, **kwargs)


if hasattr(operator, "call"):  # Python 3.11
    builtin(operator.call)(_call)
