"""Library functions whose calls are taken apart: their arguments, bound to names, decide what the call means."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

from tangentc.errors import InternalError, TangentcError
from tangentc.frontend.calls.results import passive
from tangentc.frontend.functions.passive import opaque
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    ObjectValue,
    Ref,
    TupleValue,
    Value,
    children,
    is_callable,
    is_undefined,
    rebuilt,
)
from tangentc.ir.nodes import UNDEF, Op

__all__ = ["Arguments", "bound_call", "bound_call_of"]

Arguments = dict[str, Value]
Handler = Callable[[Context, Any, Arguments], Value]

_HANDLERS: dict[str, Handler] = {}


def bound_call(*paths: str) -> Callable[[Handler], Handler]:
    """Register what a call of these library functions means; the handler is given the arguments by name."""

    def decorate(handler: Handler) -> Handler:
        _HANDLERS.update(dict.fromkeys(paths, handler))
        return handler

    return decorate


def bound_call_of(function: Any) -> Callable[[Context, Sequence[Value], Arguments], Value] | None:
    """What a call of a library's function means if it is one of these; None for any other."""
    part = ".".join((getattr(function, "__module__", None) or "").split(".")[:2])
    name = getattr(function, "__name__", "")
    handler = _HANDLERS.get(f"{part}.{name}")
    if handler is None or getattr(sys.modules.get(part), name, None) is not function:
        return None
    assert function is not None

    def run(context: Context, args: Sequence[Value], kwargs: Arguments) -> Value:
        if any(is_undefined(value) for value in (*args, *kwargs.values())):
            return UNDEF
        snapshots = [context.snapshot(value) for value in args]
        named = {key: context.snapshot(value) for key, value in kwargs.items()}
        args = [_kept(context, *pair) for pair in zip(args, snapshots, strict=True)]
        kwargs = {key: _kept(context, value, named[key]) for key, value in kwargs.items()}
        try:
            bound = inspect.signature(function).bind(*args, **kwargs)
        except TypeError as error:
            context.fail("TC115", f"{name}(): {error}")
        more = bound.arguments.pop(_rest(function), {})
        try:
            with context.attempt(TangentcError):
                return handler(context, function, {**bound.arguments, **more})
        except InternalError:
            raise
        except TangentcError as error:  # what is not differentiated may do more
            try:
                made = [_made(context, value) for value in snapshots]
                named = {key: _made(context, value) for key, value in named.items()}
                found = _explained(context, opaque(context, function, made, named), error.message)
                return passive(context, function, found, error.message)
            except TangentcError:
                raise error from None

    return run


def _made(context: Context, value: Value) -> Value:
    """An argument of a library, with the objects of its own that the program made."""
    if isinstance(value, ObjectValue) and value.cls.__module__.startswith("scipy."):
        return opaque(context, value.cls, (), value.attributes)
    parts = children(value)
    return rebuilt(value, tuple(_made(context, part) for part in parts)) if parts else value


def _explained(context: Context, result: Value, reason: str) -> Value:
    """What an opaque call returned; the call knows why no derivative goes through it."""
    call = context.builder.nodes[-1]
    if isinstance(call, Op) and call.results == (result,):
        context.builder.nodes[-1] = Op(
            call.results, call.primitive, call.operands, (*call.attrs, ("reason", reason)), call.span
        )
    return result


def _kept(context: Context, value: Value, snapshot: Value) -> Value:
    """An argument: functions, and objects that may be called, are looked at when they run."""
    if isinstance(value, TupleValue) and isinstance(snapshot, TupleValue):
        pairs = zip(value.items, snapshot.items, strict=True)
        return TupleValue(tuple(_kept(context, *pair) for pair in pairs), value.cls)
    is_object = isinstance(value, Ref) and isinstance(context.contents(value), ObjectValue)
    return value if is_object or is_callable(value) else snapshot


def _rest(function: Any) -> str:
    """The parameter that takes the keywords which have no other; "" if there is none."""
    parameters = inspect.signature(function).parameters.values()
    return next((each.name for each in parameters if each.kind is each.VAR_KEYWORD), "")
