"""Objects that stand for an array, as the tensors of `tangentc.eager` do.

Their class names the attribute that holds the array, `__tangentc_array__`.  A program of such objects is lowered as
what it says: their methods are inlined, and where these come to an operation, it is done on the arrays, and the
results are such objects again.  Of all that, no trace is left in what is emitted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.frontend.arrays.stores import require_array, store, whole
from tangentc.frontend.expressions.operations import apply_primitive
from tangentc.frontend.expressions.operators import binary
from tangentc.frontend.library import arrays, library_call
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.state.classes import class_of_owner
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import (
    DictValue,
    Instance,
    ListValue,
    ObjectValue,
    Static,
    TupleValue,
    Value,
)
from tangentc.ir.nodes import Literal, Var, kind_of
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Array, Bool, Complex, Const, Dict, Float, Int, List, Scalar
from tangentc.primitives.core import named

__all__ = ["holder", "lowering_of", "on_arrays", "takes_arrays"]

Keywords = dict[str, Value]
Lowering = Callable[[Context, Sequence[Value], Keywords], Value]
LOWERINGS: dict[str, Lowering] = {}


def lowering_of(function: Any) -> Lowering | None:
    """What a call of a function that works on tensors is lowered to: it says so by `__tangentc_lowering__`.

    An operation is a function of arrays, and says by `__tangentc_operation__` which; by `__tangentc_swapped__`,
    where it takes its two operands in the other order.
    """
    swapped = getattr(function, "__tangentc_swapped__", None)
    if swapped is not None:
        return lambda context, args, kwargs: on_arrays(context, Static(swapped), args[::-1], kwargs)
    operation = getattr(function, "__tangentc_operation__", None)
    if operation is not None:
        return lambda context, args, kwargs: on_arrays(context, Static(operation), args, kwargs)
    marker = getattr(function, "__tangentc_lowering__", None)
    if marker in _OF_CLASS:
        return functools.partial(_OF_CLASS[marker], function.__tangentc_holder__)
    return LOWERINGS.get(marker) if isinstance(marker, str) else None


def _lowers(name: str) -> Callable[[Lowering], Lowering]:
    def add(lowering: Lowering) -> Lowering:
        LOWERINGS[name] = lowering
        return lowering

    return add


def holder(context: Context, *values: Value) -> type | None:
    """The class of the first tensor among values and the containers in them."""
    for value in values:
        cls = class_of_owner(context, value)
        if cls is not None and hasattr(cls, "__tangentc_array__"):
            base: type = cls.__tangentc_holder__  # type: ignore[attr-defined]
            return base
        held = context.contents(value)
        if isinstance(held, (TupleValue, ListValue)):
            found = holder(context, *held.items)
        elif isinstance(held, DictValue):
            found = holder(context, *held.items.values())
        else:
            found = _holder_at_run_time(held)
        if found is not None:
            return found
    return None


def _holder_at_run_time(value: Value) -> type | None:
    """The class of the tensors in a list that is made when the program runs."""
    kind = value.kind if isinstance(value, Var) else None
    cls = kind.item.cls if isinstance(kind, List) and isinstance(kind.item, Dict) else None
    base: type | None = None if cls is None else getattr(cls, "__tangentc_holder__", None)
    return base


def takes_arrays(function: Any) -> bool:
    """Whether a function is one of NumPy or SciPy, which ask their arguments what it means for them."""
    if isinstance(function, (np.ufunc, type(np.concatenate))):
        return True
    root = str(getattr(function, "__module__", "")).partition(".")[0]
    return root in ("numpy", "scipy") and not isinstance(function, type)


def on_arrays(context: Context, function: Value, args: Sequence[Value], kwargs: Keywords) -> Value:
    """A call of a function of arrays with tensors among its arguments."""
    cls = holder(context, *args, *kwargs.values())
    plain = [_plain(context, value) for value in args]
    named_ = {name: _plain(context, value) for name, value in kwargs.items()}
    if cls is not None and isinstance(function, Static) and isinstance(function.value, np.ufunc):
        plain = _agreed(context, cls, plain)
    word = _OPERATORS.get(function.value) if isinstance(function, Static) and not named_ else None
    result = context.call(function, *plain, **named_) if word is None else binary(context, word, *plain)
    return result if cls is None else _held(context, cls, result)


# Operations that are easier to read as operators.
_OPERATORS: dict[Any, str] = {
    np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "truediv", np.matmul: "matmul",
    np.power: "pow",
}  # fmt: skip


def _plain(context: Context, value: Value) -> Value:
    """A value in which arrays stand for themselves."""
    cls = class_of_owner(context, value)
    if cls is not None and hasattr(cls, "__tangentc_array__"):
        return attribute(context, value, cls.__tangentc_array__)
    if holder(context, value) is None:
        return value
    held = context.contents(value)
    match held:
        case TupleValue(items):
            return TupleValue(tuple([_plain(context, item) for item in items]))
        case ListValue(items):
            return context.allocate(ListValue(tuple([_plain(context, item) for item in items])))
        case DictValue(items):
            return context.allocate(DictValue({key: _plain(context, item) for key, item in items.items()}))
        case Var():
            return library_call(context, arrays.of_tensors, value)
    return value


def _held(context: Context, cls: type, result: Value) -> Value:
    """The arrays of a result as tensors."""
    match context.contents(result):
        case Var(kind=Array() | Scalar() | AnyKind()):
            name = cls.__tangentc_array__  # type: ignore[attr-defined]
            return context.allocate(ObjectValue(cls, {name: result}))
        case TupleValue(items, made_by):
            return TupleValue(tuple([_held(context, cls, item) for item in items]), made_by)
        case ListValue(items):
            return context.allocate(ListValue(tuple([_held(context, cls, item) for item in items])))
        case DictValue(items):
            return context.allocate(
                DictValue({key: _held(context, cls, item) for key, item in items.items()})
            )
    return result


# --- dtypes -------------------------------------------------------------------------------------------


def _agreed(context: Context, cls: type, operands: list[Value]) -> list[Value]:
    """Operands of several dtypes in the one that their class chooses."""
    samples = [_sample(value) for value in operands]
    known = {sample.dtype for sample in samples if isinstance(sample, np.ndarray)}
    if None in samples or not known or (len(known) == 1 and next(iter(known)).kind in "fc"):
        return operands
    chosen = cls.__tangentc_dtype__(samples)  # type: ignore[attr-defined]
    return [
        apply_primitive(context, named("astype"), (value, Literal(chosen)), {})
        if isinstance(sample, np.ndarray) and sample.dtype != chosen
        else value
        for value, sample in zip(operands, samples, strict=True)
    ]


def _sample(value: Value) -> Any:
    """A number or array of the kind of an operand; None where it is not known."""
    kind = kind_of(value) if isinstance(value, (Var, Literal)) else None
    match kind:
        case Array(dtype, dims) if dtype is not None and dims is not None:
            return np.zeros((1,) * len(dims), dtype)
        case Scalar(dtype):
            return np.zeros((), dtype)
        case Const(number) if isinstance(number, (int, float, complex)):
            return number
        case Int() | Bool():
            return 1
        case Float():
            return 1.0
        case Complex():
            return 1j
    return None


# --- what the library's own functions mean --------------------------------------------------------------


@_lowers("apply")
def _apply(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`apply(function, name, args, kwargs)`: an operation."""
    function, _, operands, keywords = args
    return on_arrays(context, function, _items(context, operands), _entries(context, keywords))


@_lowers("call_ufunc")
def _call_ufunc(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`call_ufunc(ufunc, method, inputs, kwargs)`: NumPy's protocol."""
    ufunc, method, inputs, keywords = args
    name = context.static(method, "the method of a ufunc")
    function = ufunc if name == "__call__" else attribute(context, ufunc, name)
    return on_arrays(context, function, _items(context, inputs), _entries(context, keywords))


@_lowers("call_function")
def _call_function(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`call_function(function, args, kwargs)`: NumPy's protocol for functions that are no ufuncs."""
    function, operands, keywords = args
    return on_arrays(context, function, _items(context, operands), _entries(context, keywords))


@_lowers("change")
def _change(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`change(tensor, function, name, args, kwargs)`: an operation in place."""
    tensor, function, _, operands, keywords = args
    array = _plain(context, tensor)
    result = on_arrays(context, function, (array, *_items(context, operands)), _entries(context, keywords))
    store(context, whole(require_array(context, array)), _plain(context, result), "same_kind")
    return tensor


@_lowers("with_parameters")
def _with_parameters(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`with_parameters(function, owners, args, kwargs)`: objects that read what they have learned from a dict."""
    function, owners, operands, keywords = args
    assert isinstance(owners, Static)
    positional, named_ = list(_items(context, operands)), _entries(context, keywords)
    for key, owner in owners.value:
        given = named_[key] if isinstance(key, str) else positional[key]
        entries = _entries(context, given)
        for name, parameter in owner.value.__tangentc_parameters__().items():
            cls = getattr(type(parameter), "__tangentc_holder__", None)
            entry = entries[name]
            is_plain = cls is not None and class_of_owner(context, entry) is None
            context.captures.stand_for(parameter, _held(context, cls, entry) if is_plain and cls else entry)
        value = Instance(owner.value, Place.of(owner).attribute("value"), "the module")
        if isinstance(key, str):
            named_[key] = value
        else:
            positional[key] = value
    return context.call(_program(context, function), *positional, **named_)


def _on_tensors(cls: type, context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`on_tensors(function, *args, **kwargs)`: a function of tensors, called with arrays."""
    function, *operands = (_held(context, cls, value) for value in args)
    keywords = {name: _held(context, cls, value) for name, value in kwargs.items()}
    return _plain(context, context.call(_program(context, function), *operands, **keywords))


def _new(cls: type, context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`cls(array)`: with nothing but its array, as all that a program makes."""
    data = _plain(context, args[0])
    array = data if isinstance(data, (Var, Literal)) else context.call(Static(np.asarray), data)
    return _held(context, cls, array)


_OF_CLASS: dict[str, Callable[..., Value]] = {"on_tensors": _on_tensors, "new": _new}


def _program(context: Context, function: Value) -> Value:
    """The function that is differentiated, as what is captured."""
    if not isinstance(function, Instance):
        return function
    return context.captures.value(function.value, function.place, function.origin)


@_lowers("unnamed")
def _unnamed(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """What a node of the graph is called: there is none."""
    return Literal("")


@_lowers("itself")
def _itself(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """A function that gives back its last argument, as far as a compiled program is concerned."""
    return args[-1]


@_lowers("contiguous")
def _contiguous(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`contiguous(tensor)`."""
    return on_arrays(context, Static(np.ascontiguousarray), args, kwargs)


@_lowers("constant")
def _constant(context: Context, args: Sequence[Value], kwargs: Keywords) -> Value:
    """`detach(tensor)`: the same memory, through which no derivative flows."""
    from tangentc.frontend.calls.derivatives import API

    (tensor,) = args
    cls = holder(context, tensor)
    array = API["stop_gradient"](context, (_plain(context, tensor),), {})
    return array if cls is None else _held(context, cls, array)


def _items(context: Context, value: Value) -> tuple[Value, ...]:
    held = context.contents(value)
    assert isinstance(held, (TupleValue, ListValue))
    return tuple(held.items)


def _entries(context: Context, value: Value) -> Keywords:
    held = context.contents(value)
    assert isinstance(held, DictValue)
    return {str(key): item for key, item in held.items.items()}
