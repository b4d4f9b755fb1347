"""Python's builtins, and the few library functions that the frontend itself must understand."""

from __future__ import annotations

import builtins
import collections
import functools
import inspect
import typing
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.frontend.expressions.indexing import size_of_axis
from tangentc.frontend.expressions.iteration import items_of, known_items, length
from tangentc.frontend.expressions.operations import apply_primitive, as_array
from tangentc.frontend.expressions.operators import binary
from tangentc.frontend.flow.choices import decide, select
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.library import library_call, lists, stands_in
from tangentc.frontend.library.sets import Set
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.objects.instances import set_attribute
from tangentc.frontend.state.classes import call_special, defines
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    Choice,
    Closure,
    DictValue,
    Instance,
    ListValue,
    ObjectValue,
    Partial,
    Positions,
    RangeValue,
    Shape,
    SliceValue,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.library_objects import is_family
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
    Map,
    Object,
    Scalar,
    Tuple,
    dtype_of,
    rank_of,
)
from tangentc.primitives.core import find, named

__all__ = ["BUILTINS", "builtin", "class_of", "has_attribute", "primitive_call"]

_MAIN, _ONE, _NONE = Literal(0), Literal(1), Literal(None)

Handler = Callable[[Context, Sequence[Value], dict[str, Value]], Value]

BUILTINS: dict[Any, Handler] = {}


def builtin(
    *functions: Any, consumes: bool = False
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register what a call of these functions means; the handler takes the context and the arguments.

    consumes: whether an iterator that is an argument has been used up after the call, or belongs to the result.
    """

    def decorate(handler: Callable[..., Value]) -> Callable[..., Value]:
        signature = inspect.signature(handler)

        def run(context: Context, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
            try:
                signature.bind(context, *args, **kwargs)
            except TypeError as error:
                context.fail("TC115", f"{functions[0].__name__}(): {error}")
            if consumes and not context.frame.is_library:
                for value in (*args, *kwargs.values()):
                    context.take(value)
            return handler(context, *args, **kwargs)

        for function in functions:
            BUILTINS[function] = run
        return handler

    return decorate


def primitive_call(context: Context, function: Any, *args: Value) -> Value:
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


@builtin(slice)
def _slice(context: Context, first: Value, stop: Value | None = None, step: Value | None = None) -> Value:
    start, end = (Literal(None), first) if stop is None else (first, stop)
    return SliceValue(*(context.atom(value) for value in (start, end, step or Literal(None))))


@builtin(tuple, consumes=True)
def _tuple(context: Context, value: Value | None = None) -> Value:
    return TupleValue(() if value is None else items_of(context, value, "the length of a tuple"))


@builtin(list, consumes=True)
def _list(context: Context, value: Value | None = None) -> Value:
    return _list_of(context, value)


def _list_of(context: Context, value: Value | None) -> Value:
    items = () if value is None else known_items(context, value)
    if items is None:
        assert value is not None
        return library_call(context, lists.collected, value)
    return context.allocate(ListValue(items))


@builtin(dict, consumes=True)
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


@builtin(collections.OrderedDict, consumes=True)
def _ordered(context: Context, pairs: Value | None = None, /, **entries: Value) -> Value:
    return _dict_of(context, pairs, entries)


@builtin(collections.defaultdict, consumes=True)
def _defaultdict(
    context: Context, factory: Value | None = None, pairs: Value | None = None, /, **entries: Value
) -> Value:
    made = _dict_of(context, pairs, entries)
    if factory is not None:
        context.heap.factories[context.site_of(DictValue({}))] = factory
    return made


@builtin(collections.deque, consumes=True)
def _deque(context: Context, items: Value | None = None, maxlen: Value | None = None) -> Value:
    if maxlen is not None and maxlen != Literal(None):
        context.fail(
            "TC109", "a deque of bounded length is not supported", hint="use popleft() after append()"
        )
    context.heap.deques.add(context.site_of(ListValue(())))
    return _list_of(context, items)


@builtin(np.ndindex)
def _ndindex(context: Context, *shape: Value) -> Value:
    sizes = known_items(context, shape[0]) if len(shape) == 1 else None
    return Positions(tuple(context.atom(size) for size in (shape if sizes is None else sizes)))


@builtin(np.ndenumerate)
def _ndenumerate(context: Context, arr: Value) -> Value:
    array = as_array(context, arr)
    if not isinstance(array, Var) or not isinstance(array.kind, Array) or array.kind.dims is None:
        context.fail("TC112", "the number of axes of what np.ndenumerate runs over must be known")
    sizes = (context.atom(size_of_axis(context, array, axis)) for axis in range(len(array.kind.dims)))
    return Positions(tuple(sizes), array)


@builtin(np.nditer)
def _nditer(context: Context, *_operands: Value, **_options: Value) -> Value:
    context.fail(
        "TC109", "np.nditer is not supported", hint="loop over np.ndindex(x.shape) or np.ndenumerate(x)"
    )


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
        return primitive_call(context, function, *args)

    run.__name__ = function.__name__
    return run


for _function in (float, int, complex, str, repr, abs, round):
    builtin(_function)(_conversion(_function))


@builtin(bool)
def _bool(context: Context, value: Value | None = None) -> Value:
    known = truth(context, Literal(False) if value is None else value)
    return Literal(known) if isinstance(known, bool) else context.op("bool", known)


@builtin(pow)
def _pow(context: Context, base: Value, exponent: Value, modulus: Value | None = None) -> Value:
    if modulus is not None:
        known = [context.constant(value) for value in (base, exponent, modulus)]
        if None not in known:
            return Literal(pow(*(value.value for value in known if value is not None)))
        return context.op("call", Literal(pow), base, exponent, modulus)
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


@builtin(np.gradient)
def _gradient(
    context: Context, f: Value, *varargs: Value, axis: Value = _NONE, edge_order: Value = _ONE
) -> Value:
    """One array for each axis; each axis by itself is an operation."""
    array = as_array(context, f)
    rank = rank_of(kind_of(array)) if isinstance(array, Var) else None
    given = context.static(axis, "axis")
    if rank is None:
        context.fail("TC112", "the number of axes of what np.gradient is taken of must be known")
    axes = tuple(range(rank)) if given is None else (given,) if isinstance(given, int) else tuple(given)
    steps = varargs if len(varargs) == len(axes) else varargs * len(axes)
    if len(steps) not in (0, len(axes)):
        context.fail("TC115", f"np.gradient takes one spacing, or {len(axes)}")

    def along(k: int) -> Value:
        options = {"axis": Literal(axes[k]), "edge_order": edge_order}
        return apply_primitive(context, named("np.gradient"), (array, *steps[k : k + 1]), options)

    found = tuple(map(along, range(len(axes))))
    return found[0] if len(axes) == 1 else TupleValue(found)


@builtin(np.ix_)
def _open_grid(context: Context, *runs: Value) -> Value:
    """Each run of indices along an axis of its own."""
    entries = []
    for axis, run in enumerate(runs):
        indices = context.atom(as_array(context, run))
        if dtype_of(kind_of(indices)) == np.dtype(bool):
            indices = context.atom(apply_primitive(context, named("np.flatnonzero"), (indices,), {}))
        shape = TupleValue(tuple(Literal(-1 if k == axis else 1) for k in range(len(runs))))
        entries.append(apply_primitive(context, named("np.reshape"), (indices, shape), {}))
    return TupleValue(tuple(entries))


# --- questions about types ----------------------------------------------------------------------------


@builtin(isinstance)
def _isinstance(context: Context, value: Value, classes: Value) -> Value:
    if isinstance(value, Choice):
        return decide(context, value, lambda option: _isinstance(context, option, classes))
    wanted = context.static(classes, "the class of isinstance")
    cls = class_of(context.contents(value))
    if cls is not None and stands_in(cls):
        context.fail(
            "TC109", "the class of an object of SciPy that the program makes of what may vary is not known here",
            hint="ask before the call",
        )  # fmt: skip
    if cls is None or is_family(cls):
        return context.op("call", Literal(isinstance), value, Literal(wanted))
    return Literal(issubclass(cls, wanted))


def class_of(value: Value) -> type | None:
    """The Python class of a value, of a container by what it holds; None where it is not known."""
    match value:
        case ObjectValue(cls, _):
            return set if cls is Set else cls
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
        case Shape():
            return tuple
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
        case Dict(cls=type() as cls):
            return set if cls is Set else cls
        case Map():
            return dict
        case Bool() | Int() | Float() | Complex() | Tuple() | List() | Dict():
            return getattr(builtins, type(kind).__name__.lower())  # type: ignore[no-any-return]
    return None


@builtin(typing.cast)
def _cast(context: Context, typ: Value, val: Value) -> Value:
    return val


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
    if default is not None and not has_attribute(context, owner, key):
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
    return Literal(has_attribute(context, owner, context.static(name, "the name of an attribute")))


def has_attribute(context: Context, owner: Value, name: str) -> bool:
    held = context.contents(owner)
    match held:
        case Instance():
            return context.captures.guard_attribute(held, name)
        case Static(value) | Literal(value):
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
    return primitive_call(context, np.shape, value)


@builtin(np.ndim)
def _ndim(context: Context, value: Value) -> Value:
    if isinstance(value, Var) and isinstance(value.kind, Array):
        return attribute(context, value, "ndim")
    return primitive_call(context, np.ndim, value)
