"""Calls: inlined, an operation of the trace, or an opaque call of passive code."""

from __future__ import annotations

import functools
import types
from collections.abc import Sequence
from typing import Any

import gast
import numpy as np

from tangentc.frontend.arrays.mapping import vectorized
from tangentc.frontend.arrays.outputs import apply_function
from tangentc.frontend.arrays.ufuncs import call_ufunc_method, is_ufunc_method
from tangentc.frontend.arrays.writers import shuffle
from tangentc.frontend.calls import tensors
from tangentc.frontend.calls.methods import call_array_method
from tangentc.frontend.expressions import sparse_matrices
from tangentc.frontend.expressions.iteration import items_of
from tangentc.frontend.flow.choices import may_be_called, possible_options, select
from tangentc.frontend.functions.inlining import inline, inline_closure
from tangentc.frontend.functions.passive import call_unknown, opaque
from tangentc.frontend.library import is_of_library, library_call
from tangentc.frontend.objects import library_objects
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.objects.distributions import frozen, is_distribution, thawed
from tangentc.frontend.objects.instances import construct, opened
from tangentc.frontend.standard.builtins import BUILTINS
from tangentc.frontend.standard.iterators import advance_name
from tangentc.frontend.standard.wrappers import call_wrapper
from tangentc.frontend.state.captures import is_library
from tangentc.frontend.state.classes import ORDERING, defines
from tangentc.frontend.state.context import Context, lowers
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import (
    ArrayMethod,
    Choice,
    Closure,
    Derivative,
    DictValue,
    Instance,
    Method,
    Partial,
    Pullback,
    Ref,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var
from tangentc.kinds.records import is_namedtuple
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Function, Object
from tangentc.primitives.core import find

__all__ = ["apply"]


@lowers(gast.Call)
def _call(context: Context, node: gast.Call) -> Value:
    callee = context.expression(node.func)
    if isinstance(callee, Static) and callee.value is next and node.args:
        if isinstance(node.args[0], gast.Name):
            return advance_name(context, node)
        if not isinstance(node.args[0], (gast.Call, gast.GeneratorExp)):
            context.fail(
                "TC109", "next of an iterator that is kept elsewhere is not supported", hint="give it a name"
            )
    args: list[Value] = []
    for argument in node.args:
        if isinstance(argument, gast.Starred):
            several = context.expression(argument.value)
            context.take(several)
            args += items_of(context, several, "the number of arguments")
        else:
            args.append(context.expression(argument))
    kwargs: dict[str, Value] = {}
    for keyword in node.keywords:
        value = context.expression(keyword.value)
        if keyword.arg is None:
            value = context.contents(value)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, DictValue):
            kwargs.update({str(key): entry for key, entry in value.items.items()})
        else:
            context.fail("TC112", "the names of the arguments must be known", keyword.value)
    return apply(context, callee, args, kwargs)


def apply(context: Context, callee: Value, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """`callee(*args, **kwargs)`."""
    match callee:
        case Closure():
            return inline_closure(context, callee, args, kwargs)
        case Method(function, receiver):
            return apply(context, function, (receiver, *args), kwargs)
        case Partial(function, first, keywords):
            return apply(context, function, (*first, *args), {**keywords, **kwargs})
        case ArrayMethod():
            return call_array_method(context, callee, args, kwargs)
        case Derivative():
            from tangentc.frontend.calls.derivatives import call_derivative

            args, kwargs = _trees(context, args, kwargs)
            return context.own(call_derivative(context, callee, args, kwargs))
        case Pullback():
            from tangentc.frontend.calls.derivatives import call_pullback

            return context.own(call_pullback(context, callee, _trees(context, args, {})[0]))
        case Choice():
            if not all(map(may_be_called, possible_options(context, callee))):
                context.fail(
                    "TC114", "what is called here is a function on one path and none on another",
                    hint="call it inside the branches, or where it is known not to be None",
                )  # fmt: skip
            return select(context, callee, lambda option: apply(context, option, args, kwargs))
        case Static(value):
            return _call_object(context, value, args, kwargs)
        case Instance(value):
            return _call_instance(context, callee, value, args, kwargs)
        case Ref() if defines(context, callee, "__call__"):
            return apply(context, attribute(context, callee, "__call__"), args, kwargs)
        case Literal(value) if callable(value):
            return _call_object(context, value, args, kwargs)
        case Var(kind=Function(value)):
            return _call_object(context, value, args, kwargs)
        case Var(kind=Object(cls)) if library_objects.is_callable(cls):
            return library_objects.call(context, callee, args, kwargs)
        case Var(kind=AnyKind() | Object()):
            return call_unknown(context, callee, *_snapshots(context, args, kwargs))
    if is_undefined(callee):
        return UNDEF
    context.fail(
        "TC109", "what is called here is not known before the program runs", hint="pass the function itself"
    )


def _call_instance(
    context: Context, callee: Instance, value: Any, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    if isinstance(value, functools.partial):
        return _call_partial(context, value, args, kwargs)
    if isinstance(value, np.vectorize):
        return _call_vectorized(context, value, args, kwargs)
    if is_distribution(value):
        return frozen(value, args, kwargs)
    lowering = tensors.lowering_of(value)
    if lowering is not None:
        return lowering(context, args, kwargs)
    return apply(context, attribute(context, callee, "__call__"), args, kwargs)


def _call_vectorized(
    context: Context, value: np.vectorize, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """A call of what `np.vectorize` made before the program ran."""
    if kwargs or value.excluded or value.signature is not None:
        context.fail(
            "TC109", "np.vectorize with keywords, excluded= or signature= is not supported",
            hint="write a loop",
        )  # fmt: skip
    function = context.captures.value(
        value.pyfunc, Place.of(value).attribute("pyfunc"), "the function of np.vectorize"
    )
    return vectorized(context, function, value.otypes, args)


def _call_partial(
    context: Context, value: functools.partial[Any], args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    captures, here = context.captures, Place.of(value)
    first = [
        captures.fixed(item, here.attribute("args").entry(i), f"argument {i} of a partial")
        for i, item in enumerate(value.args)
    ]
    keywords = {
        name: captures.fixed(item, here.attribute("keywords").entry(name), f"argument {name} of a partial")
        for name, item in value.keywords.items()
    }
    callee = captures.value(value.func, here.attribute("func"), "function of a partial")
    return apply(context, callee, (*first, *args), {**keywords, **kwargs})


def _call_object(context: Context, value: Any, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Call a live object."""
    if isinstance(value, types.MethodType) and hasattr(value.__func__, "through_class"):
        value = value.__func__.through_class((value.__self__,)) or value  # a derivative below `@classmethod`
    marker = getattr(value, "__tangentc__", None)
    if marker is not None:
        return _call_marked(context, marker, args, kwargs)
    lowering = tensors.lowering_of(value)
    if lowering is not None:
        return lowering(context, args, kwargs)
    if tensors.takes_arrays(value) and tensors.holder(context, *args, *kwargs.values()) is not None:
        return tensors.on_arrays(context, Static(value), args, kwargs)
    handler = BUILTINS.get(value) if _is_hashable(value) else None
    if handler is not None:
        return handler(context, args, kwargs)
    matrix = sparse_matrices.made(context, value, args, kwargs)
    if matrix is not None:
        return matrix
    from tangentc.frontend.calls.bound import bound_call_of

    meaning = bound_call_of(value)
    if meaning is not None:
        return meaning(context, args, kwargs)
    primitive = find(value)
    if primitive is not None:
        args, kwargs = _snapshots(context, args, kwargs)
        return apply_function(context, primitive, args, kwargs)
    if is_ufunc_method(value):
        return call_ufunc_method(context, value, *_snapshots(context, args, kwargs))
    found = call_wrapper(context, value, args, kwargs)
    if found is not None:
        return found
    if is_distribution(value):
        return frozen(value, args, kwargs)
    meant = library_objects.meaning(value)
    if meant is not None:
        return apply(context, Static(meant), args, kwargs)
    method = thawed(context, value)
    if method is not None:
        return apply(context, method, args, kwargs)
    match value:
        case type() if (made := construct(context, value, args, kwargs)) is not None:
            return made
        case types.FunctionType() if is_of_library(value):
            return library_call(context, value, *args, keywords=kwargs)
        case types.FunctionType() if not is_library(value) or value in ORDERING:
            return inline(context, value, args, kwargs)
        case types.MethodType(__self__=type() as cls, __name__="_make") if is_namedtuple(cls):
            return TupleValue(items_of(context, args[0], "the number of fields"), cls)
        case types.MethodType() if not is_library(value.__func__):
            receiver = context.captures.receiver(value)
            return apply(context, Static(value.__func__), (receiver, *args), kwargs)
        case functools.partial():
            return _call_partial(context, value, args, kwargs)
        case type() if type(value).__call__ is not type.__call__:
            context.fail(
                "TC109", f"the metaclass of {value.__name__} defines what a call of it means, which is not supported",
                hint="call a function instead",
            )  # fmt: skip
        case type() if issubclass(value, tuple) and hasattr(value, "_fields"):
            return _namedtuple(context, value, args, kwargs)
    if isinstance(value, types.BuiltinMethodType) and value.__name__ == "shuffle":
        shuffled = shuffle(context, lambda order: opaque(context, value, (order,), {}), args, kwargs)
        if shuffled is not None:
            return shuffled
    return opaque(context, value, *_snapshots(context, args, kwargs))


def _snapshots(
    context: Context, args: Sequence[Value], kwargs: dict[str, Value]
) -> tuple[tuple[Value, ...], dict[str, Value]]:
    """Arguments for code that keeps no reference to the containers of the program."""
    return tuple(map(context.snapshot, args)), {
        name: context.snapshot(value) for name, value in kwargs.items()
    }


def _trees(
    context: Context, args: Sequence[Value], kwargs: dict[str, Value]
) -> tuple[tuple[Value, ...], dict[str, Value]]:
    """Arguments of a derivative: what they consist of; functions, and what the caller passed as an object, stay so."""
    objects = {value.key for _, value in context.captures.adopted.values() if isinstance(value, Ref)}

    def tree(value: Value) -> Value:
        is_function = is_callable(value) and not isinstance(value, Instance)
        if is_function or (isinstance(value, Ref) and value.key in objects):
            return value
        return opened(context, context.snapshot(value))

    return tuple(map(tree, args)), {name: tree(value) for name, value in kwargs.items()}


def _call_marked(context: Context, marker: Any, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """A function of the library's own surface, or an object that it returned."""
    from tangentc.frontend.calls.derivatives import API, call_derivative

    args, kwargs = _trees(context, args, kwargs)
    if isinstance(marker, str):
        return context.own(API[marker](context, args, kwargs))
    if any(marker.function is active for active in context.active_calls):
        return apply(context, Static(marker.function), args, kwargs)  # inside, the name means the program
    function = context.captures.value(
        marker.function, Place.of(marker).attribute("function"), "the function of a derivative"
    )
    derivative = Derivative(marker.mode, function, marker.argnums, marker.has_aux)
    return context.own(call_derivative(context, derivative, args, kwargs))


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _namedtuple(context: Context, cls: Any, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    entries: dict[str, Value] = {name: Literal(value) for name, value in cls._field_defaults.items()}
    entries.update(zip(cls._fields, args, strict=False))
    entries.update(kwargs)
    if set(entries) != set(cls._fields) or len(args) > len(cls._fields):
        context.fail("TC115", f"{cls.__name__}() takes the fields {', '.join(cls._fields)}")
    return TupleValue(tuple(entries[name] for name in cls._fields), cls)
