"""Calls that are inlined: arguments meet parameters, and the body is lowered in a frame of its own."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import gast

from tangentc.frontend.flow.control import block, enter_frame, skip_unless_done
from tangentc.frontend.functions.generators import forget, is_generator, suspended
from tangentc.frontend.functions.recursion import call_again
from tangentc.frontend.library import belongs_to_tensors, is_of_library, library_call
from tangentc.frontend.state.context import Context, Flow
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import (
    Closure,
    DictValue,
    Instance,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.frontend.text.liveness import liveness
from tangentc.frontend.text.parse import Syntax, parse
from tangentc.frontend.text.scopes import Frame, names_of
from tangentc.ir.nodes import UNDEF, Literal
from tangentc.kinds.of_values import Identity

__all__ = ["Definition", "arguments", "closure", "inline", "inline_closure", "inline_library", "run_body"]

Definition: TypeAlias = "gast.FunctionDef | gast.Lambda"
Default = Callable[[], Value]


def closure(context: Context, node: Definition, name: str) -> Closure:
    """A function defined here: its defaults are evaluated now, its free names when it is called."""
    spec = node.args
    defaults = tuple(context.expression(default) for default in spec.defaults)
    keywords = {
        parameter.id: context.expression(default)
        for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        if default is not None
    }
    return Closure(node, context.frame, name, defaults, keywords)


def arguments(
    context: Context,
    node: Definition,
    name: str,
    args: Sequence[Value],
    kwargs: dict[str, Value],
    defaults: Sequence[Default],
    keyword_defaults: Mapping[str, Default],
) -> dict[str, Value]:
    """Bind the arguments of a call to the parameters of a function, as Python does."""
    spec = node.args
    positional = [p.id for p in (*spec.posonlyargs, *spec.args)]
    only_positional = {p.id for p in spec.posonlyargs}
    keyword_only = [p.id for p in spec.kwonlyargs]
    bound: dict[str, Value] = dict(zip(positional, args, strict=False))
    extra = tuple(args[len(positional) :])
    if extra and spec.vararg is None:
        context.fail(
            "TC115", f"{name}() takes {len(positional)} positional arguments but {len(args)} were given"
        )
    others: dict[Any, Value] = {}
    for key, value in kwargs.items():
        if key in bound and key not in only_positional:
            context.fail("TC115", f"{name}() got multiple values for the argument {key!r}")
        if key in keyword_only or (key in positional and key not in only_positional):
            bound[key] = value
        elif spec.kwarg is not None:
            others[key] = value
        else:
            context.fail("TC115", f"{name}() got an unexpected keyword argument {key!r}")
    optional = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True))
    for parameter, default in (*optional.items(), *keyword_defaults.items()):
        if parameter not in bound:
            bound[parameter] = default()
    missing = [p for p in (*positional, *keyword_only) if p not in bound]
    if missing:
        context.fail("TC115", f"{name}() misses the argument {missing[0]!r}")
    if spec.vararg is not None:
        bound[spec.vararg.id] = TupleValue(extra)
    if spec.kwarg is not None:
        bound[spec.kwarg.id] = context.allocate(DictValue(others))
    return bound


def inline(
    context: Context,
    function: types.FunctionType,
    args: Sequence[Value],
    kwargs: dict[str, Value],
) -> Value:
    """Call a live function of the user."""
    if is_of_library(function):
        return library_call(context, function, *args, keywords=kwargs)
    syntax = parse(function)
    context.captures.guard_function(function)
    frame = live_frame(function, syntax, context.new_scope())
    if belongs_to_tensors(function):  # in messages and comments the user's call stands for it
        frame.file = replace(syntax.file, called_at=context.builder.span)
        frame.site = context.here
    here, fixed = Place.of(function), context.captures.fixed
    defaults = [
        functools.partial(fixed, default, here.attribute("__defaults__").entry(i), f"default {i}")
        for i, default in enumerate(function.__defaults__ or ())
    ]
    keyword_defaults = {
        name: functools.partial(
            fixed, default, here.attribute("__kwdefaults__").entry(name), f"default {name}"
        )
        for name, default in (function.__kwdefaults__ or {}).items()
    }
    bound = arguments(context, syntax.node, function.__name__, args, kwargs, defaults, keyword_defaults)
    return _enter(context, frame, syntax.node, bound, _identity(function, args))


def _identity(function: types.FunctionType, args: Sequence[Value]) -> Any:
    """What a call is one of: a module within a module of the same class is another function."""
    if args and isinstance(args[0], Instance) and hasattr(type(args[0].value), "__tangentc_parameters__"):
        return function, Identity(args[0].value)
    return function


def inline_library(
    context: Context, function: types.FunctionType, args: Sequence[Value], site: Any, kwargs: dict[str, Value]
) -> Value:
    """Call a function of the compiler's own library; in messages and comments the user's call stands for it.

    One that is about a function of the program may be called inside itself, about another.
    """
    syntax = parse(function)
    file = replace(syntax.file, called_at=context.builder.span)
    frame = Frame(
        context.new_scope(), syntax.names, file, function.__globals__, function=function.__name__,
        liveness=syntax.liveness, site=site,
    )  # fmt: skip
    defaults = [functools.partial(Literal, default) for default in function.__defaults__ or ()]
    keyword_defaults = {
        name: functools.partial(Literal, default) for name, default in (function.__kwdefaults__ or {}).items()
    }
    bound = arguments(context, syntax.node, function.__name__, args, kwargs, defaults, keyword_defaults)
    about = tuple(id(value) for value in args if is_callable(value))
    return _enter(context, frame, syntax.node, bound, (function, about) if about else function)


def _given(value: Value) -> Value:
    return value


def live_frame(function: types.FunctionType, syntax: Syntax, scope: int) -> Frame:
    """The frame of a live function: its globals and its cells."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    owner = cells.get("__class__")
    return Frame(
        scope, syntax.names, syntax.file, function.__globals__, cells, function=function.__name__,
        owner=_contents_of(owner), liveness=syntax.liveness, first=_first_parameter(syntax.node),
    )  # fmt: skip


def _contents_of(cell: Any) -> Any:
    return None if cell is None else cell.cell_contents


def _first_parameter(node: Definition) -> str:
    """The name of the receiver, where the function is a method."""
    names = [parameter.id for parameter in (*node.args.posonlyargs, *node.args.args)]
    return names[0] if names else ""


_liveness = functools.lru_cache(maxsize=512)(liveness)


def inline_closure(
    context: Context, value: Closure, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a function that the program defined."""
    outer = value.frame
    frame = Frame(
        context.new_scope(), names_of(value.node), outer.file, outer.globals, outer.cells, outer, value.name,
        owner=outer.owner, liveness=_liveness(value.node),
    )  # fmt: skip
    defaults = [functools.partial(_given, default) for default in value.defaults]
    keyword_defaults = {name: functools.partial(_given, v) for name, v in value.keyword_defaults.items()}
    bound = arguments(context, value.node, value.name, args, kwargs, defaults, keyword_defaults)
    return _enter(context, frame, value.node, bound, (value.node, outer.scope))


def _enter(context: Context, frame: Frame, node: Definition, bound: dict[str, Value], identity: Any) -> Value:
    def run(arguments: dict[str, Value]) -> Value:
        context.active_calls.append(identity)
        span = context.builder.span
        try:
            with context.in_frame(frame):
                return run_body(context, node, arguments)
        finally:
            context.builder.span = span
            context.active_calls.pop()

    if is_generator(node):
        return suspended(context, frame, node, bound, identity)
    if any(map(is_undefined, bound.values())):
        return UNDEF  # in a pass that will be repeated
    if identity in context.active_calls:
        return call_again(context, frame.function, identity, bound, run)
    return run(bound)


def run_body(context: Context, node: Definition, bound: dict[str, Value]) -> Value:
    """Lower the body of a function in the current frame; the value that it returns."""
    frame = context.frame
    scope = frame.scope
    enter_frame(context)
    for name, value in bound.items():
        context.environment[scope, name] = value
    if isinstance(node, gast.Lambda):
        result = context.expression(node.body)
        forget(context, frame)
        return result
    flow = block(context, node.body)

    def fall_off() -> Flow:
        context.environment[scope, "<value>"] = Literal(None)
        return Flow.RETURN

    if flow.may(Flow.RAISE) and context.attempts is not None:
        flow = context.attempts.after(flow)
    if flow.only(Flow.NORMAL):
        fall_off()
    elif flow.may(Flow.NORMAL):
        skip_unless_done(context, flow, fall_off)
    result = context.environment.get((scope, "<value>"), UNDEF)
    forget(context, frame)
    return result
