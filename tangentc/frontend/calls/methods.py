"""Methods and attributes of arrays, numbers, strings and containers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any as AnyType

from tangentc.errors import did_you_mean
from tangentc.frontend.arrays.arrays import call_method
from tangentc.frontend.arrays.outputs import apply_function
from tangentc.frontend.arrays.writers import shuffle, write_method
from tangentc.frontend.expressions import sparse_matrices
from tangentc.frontend.expressions.operations import apply_primitive
from tangentc.frontend.functions.passive import draws, opaque_method
from tangentc.frontend.objects.containers import call_container_method
from tangentc.frontend.objects.instances import attribute_of_record
from tangentc.frontend.standard.builtins import class_of
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    ArrayMethod,
    DictValue,
    Flat,
    ListValue,
    Shape,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import Array, Const, Dict, Function, Object, Scalar, is_container, rank_of
from tangentc.primitives.core import named
from tangentc.primitives.methods import meaning

__all__ = ["array_attribute", "call_array_method"]


_OF_MEMORY = ("strides", "flags", "base", "data", "ctypes")


def array_attribute(context: Context, owner: Var | Literal, name: str) -> Value:
    """`x.name` of a value of the trace."""
    kind = kind_of(owner)
    if isinstance(owner, Var) and isinstance(kind, Dict) and kind.cls is not None:
        return attribute_of_record(context, owner, kind.cls, name)
    if is_container(kind):
        return ArrayMethod(owner, name)
    if isinstance(owner, Var) and isinstance(kind, Array) and name in ("shape", "flat"):
        return Shape(owner) if name == "shape" else Flat(owner)
    if name == "ndim" and isinstance(kind, (Array, Scalar)) and rank_of(kind) is not None:
        return Literal(rank_of(kind))
    if name == "dtype" and isinstance(kind, (Array, Scalar)) and kind.dtype is not None:
        return Literal(kind.dtype)
    if isinstance(kind, (Array, Scalar)) and name in ("itemsize", "nbytes") and kind.dtype is not None:
        each = Literal(kind.dtype.itemsize)
        return each if name == "itemsize" else context.op("mul", context.op("size", owner), each)
    if isinstance(kind, (Array, Scalar)) and name in _OF_MEMORY:
        context.fail(
            "TC109", f"the attribute {name!r} of an array tells how it lies in memory, which a derivative may change",
            hint="ask before the call",
        )  # fmt: skip
    found = meaning(kind, name)
    if found is not None:
        return ArrayMethod(owner, name) if found.method else context.op(found.primitive, owner)
    if isinstance(kind, (Object, Function)) and isinstance(owner, Var) and owner in context.paths:
        context.static(owner, f"the object whose attribute {name!r} is read")
    if isinstance(kind, Const) and not hasattr(kind.value, name):
        _refuse_unknown(context, type(kind.value), name)
    if isinstance(kind, Const) and not callable(getattr(kind.value, name, None)):
        return Literal(getattr(kind.value, name))
    cls = class_of(owner)
    if cls is not None and not isinstance(kind, Object):
        _refuse_unknown(context, cls, name)
    if isinstance(kind, Object) and isinstance(owner, Var) and owner not in context.paths and not draws(kind):
        context.fail(
            "TC109", f"the attribute {name!r} of an object that the program makes is not supported",
            hint="make the object before the call, or keep its parts in variables",
        )  # fmt: skip
    return ArrayMethod(owner, name)


def _refuse_unknown(context: Context, cls: type, name: str) -> None:
    """Refuse an attribute that a number or array does not have, or that is no method and has no meaning here."""
    if not hasattr(cls, name):
        context.fail(
            "TC102", f"{cls.__name__!r} object has no attribute {name!r}", hint=did_you_mean(name, dir(cls))
        )
    if not callable(getattr(cls, name)):
        context.fail("TC109", f"the attribute {name!r} of {cls.__name__!r} objects is not supported")


def call_array_method(
    context: Context, method: ArrayMethod, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """`x.name(*args, **kwargs)`."""
    receiver, name = method.receiver, method.name
    match context.contents(receiver):
        case DictValue() | TupleValue() | ListValue():
            return call_container_method(context, receiver, name, args, kwargs)
        case Literal(str() as text):
            given = (context.static(argument, f"an argument of {name!r}") for argument in args)
            return Literal(getattr(text, name)(*given))
    if is_undefined(receiver):
        return UNDEF
    of_matrix = sparse_matrices.method(context, receiver, name, args, kwargs)
    if of_matrix is not None:
        return of_matrix
    assert isinstance(receiver, (Var, Literal))
    if isinstance(receiver, Var) and is_container(receiver.kind):
        return dynamic.call_method(context, receiver, name, args, kwargs)
    args = tuple(map(context.snapshot, args))
    kwargs = {keyword: context.snapshot(value) for keyword, value in kwargs.items()}
    if isinstance(receiver, Var) and isinstance(receiver.kind, Array):
        written = write_method(context, receiver, name, args, kwargs)
        if written is not None:
            return written
    if isinstance(kind_of(receiver), (Array, Scalar)):
        made = call_method(context, receiver, name, args, kwargs)
        if made is not None:
            return made
    found = meaning(kind_of(receiver), name)
    if found is None and draws(kind_of(receiver)):
        if name == "shuffle":
            shuffled = shuffle(
                context, lambda order: opaque_method(context, receiver, name, (order,), {}), args, kwargs
            )
            if shuffled is not None:
                return shuffled
        return opaque_method(context, receiver, name, args, kwargs)
    if found is None:
        context.fail(
            "TC109", f"the method {name!r} of a value of kind {_described(kind_of(receiver))} is not supported",
            hint="use a NumPy function",
        )  # fmt: skip
    if name == "astype" and context.constant(kwargs.get("copy", Literal(True))) == Literal(False):
        kwargs = {keyword: value for keyword, value in kwargs.items() if keyword != "copy"}
        return apply_primitive(context, named("np.asarray"), (receiver, *args), kwargs)
    return apply_function(context, found.primitive, (receiver, *args), kwargs, method=True)


def _described(kind: AnyType) -> str:
    return type(kind).__name__.lower()
