"""Generators: the body of the loop that consumes one is spliced in at each `yield`.

Both bodies keep their own frame.  A consumer that leaves its loop leaves the generator too, by the flags of both
frames; what the consumer binds is carried by the loops of the generator.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import gast

from tangentc.frontend.flow.control import FALSE, TRUE, block, enter_frame
from tangentc.frontend.library import library_call, streams
from tangentc.frontend.state.classes import call_special, defines
from tangentc.frontend.state.context import Context, Flow, lowers
from tangentc.frontend.state.values import (
    Endless,
    Enumerate,
    Generator,
    Instance,
    ObjectValue,
    TupleValue,
    Value,
    Zip,
)
from tangentc.frontend.text.liveness import liveness
from tangentc.frontend.text.scopes import Consumer, Frame, Names, assigned, own_nodes
from tangentc.ir.build import walk
from tangentc.ir.nodes import Block, If, Literal, Loop, Node, Op

__all__ = [
    "consume",
    "entries_of",
    "is_generator",
    "splice",
    "suspended",
    "yield_to_consumer",
]

_DEPTH = 60  # of generators that consume themselves
_YIELDS = 4096


@functools.lru_cache(maxsize=512)
def is_generator(node: gast.AST) -> bool:
    """Whether a function is a generator function."""
    return isinstance(node, gast.FunctionDef) and any(
        isinstance(child, (gast.Yield, gast.YieldFrom)) for child in own_nodes(node.body)
    )


def suspended(
    context: Context, frame: Frame, node: gast.FunctionDef, arguments: dict[str, Value], identity: Any
) -> Generator:
    """What the call of a generator function returns: nothing has run yet."""
    if not context.active_calls and not frame.is_library:
        place = next(
            child for child in own_nodes(node.body) if isinstance(child, (gast.Yield, gast.YieldFrom))
        )
        with context.in_frame(frame):
            context.fail(
                "TC103", "a generator itself cannot be differentiated", place,
                "differentiate the function that consumes it, or return a tuple of the values",
            )  # fmt: skip
    calls = (*context.active_calls, identity)
    if calls.count(identity) > _DEPTH:
        context.fail(
            "TC103", f"how often the generator {frame.function!r} consumes itself is not known", None,
            "pass a structure whose depth is known when the function is compiled",
        )  # fmt: skip
    return Generator(node, frame, arguments, calls)


def consume(context: Context, generator: Generator, consumer: Consumer) -> Flow:
    """Run a generator with the consumer's body at each `yield`.

    The flow is that of the loop that consumes it: NORMAL where it is exhausted, BREAK and RETURN where it is left.
    """
    frame, node = generator.frame, generator.node
    inner = copy(frame)
    inner.consumer = consumer
    consumer.calls = tuple(context.active_calls)
    consumer.left, consumer.returned = Flow.DEAD, False
    outer_calls, span = context.active_calls, context.builder.span
    context.active_calls = list(generator.calls)
    try:
        with context.in_frame(inner):
            enter_frame(context)
            for name, value in generator.arguments.items():
                context.environment[frame.scope, name] = value
            flow = block(context, node.body)
            forget(context, frame)
    finally:
        context.active_calls, context.builder.span = outer_calls, span
    ends = flow.may(Flow.NORMAL) or consumer.returned
    return consumer.left.both(Flow.NORMAL) if ends else consumer.left


@lowers(gast.Yield)
def _value_of_yield(context: Context, node: gast.Yield) -> Value:
    context.fail(
        "TC103", "a generator that is sent values cannot be differentiated", node, "pass them as arguments"
    )


def yield_to_consumer(context: Context, node: gast.Yield) -> Flow:
    """The statement `yield e`: the consumer's body, in the consumer's frame."""
    scope, consumer = context.frame.scope, context.frame.consumer
    assert consumer is not None
    attempts = context.attempts
    if attempts is not None and any(each.scope == scope for each in attempts.tries):
        context.fail(  # it would catch what the consumer raises
            "TC105",
            "a `yield` inside `try` is not supported",
            node,
            "compute the value inside, yield it after the `try`",
        )
    value = Literal(None) if node.value is None else context.expression(node.value)
    outer = consumer.frame.scope
    context.environment[outer, "<stop>"] = context.environment[outer, "<skip>"] = FALSE
    calls, span = context.active_calls, context.builder.span
    context.active_calls = list(consumer.calls)
    try:
        with context.in_frame(consumer.frame):
            flow = consumer.body(value)
    finally:
        context.active_calls, context.builder.span = calls, span
    assert consumer.left is not None
    leaves = flow.without(Flow.NORMAL).without(Flow.CONTINUE)
    consumer.left = consumer.left.both(leaves)
    stays = Flow.NORMAL if flow.may(Flow.NORMAL) or flow.may(Flow.CONTINUE) else Flow.DEAD
    if leaves.only(Flow.DEAD):
        return stays
    stop = context.environment[outer, "<stop>"] if stays.may(Flow.NORMAL) else TRUE
    for flag in ("<returned>", "<stop>", "<skip>"):
        context.environment[scope, flag] = stop
    return stays.both(Flow.RETURN)


# --- other iterators as generators --------------------------------------------------------------------


def splice(context: Context, value: Value) -> Generator | None:
    """A value as a generator to consume, if it is one or runs over one; None for what can be indexed."""
    match context.contents(value):
        case Generator():
            return value  # type: ignore[return-value]
        case Enumerate(part, start):
            inner = splice(context, part)
            return None if inner is None else _library_generator(context, streams.enumerated, inner, start)
        case Zip(parts):
            return _zipped(context, parts)
        case Endless(name, parts):
            return _library_generator(context, _ENDLESS[name], *parts)
        case Instance() | ObjectValue() if defines(context, value, "__iter__"):
            iterator = call_special(context, value, "__iter__")
            return splice(context, iterator) or _library_generator(
                context, streams.iterated, iterator, Literal(0)
            )
    return None


_ENDLESS: dict[str, Callable[..., Any]] = {
    "count": streams.counted_up,
    "cycle": streams.cycled,
    "repeat": streams.repeated_forever,
}


def _zipped(context: Context, parts: Sequence[Value]) -> Generator | None:
    """`zip` of one generator and sequences."""
    if parts and all(isinstance(part, Endless) for part in parts):
        leader = splice(context, parts[0])
        return _library_generator(context, streams.zipped_endless, leader, Zip(tuple(parts[1:])))
    generators = [None if _can_be_indexed(part) else splice(context, part) for part in parts]
    positions = [i for i, generator in enumerate(generators) if generator is not None]
    if not positions:
        return None
    for position in positions[1:]:
        part = _indexed(context, generators[position])  # type: ignore[arg-type]
        if part is not None:
            parts, generators = [*parts], [*generators]
            parts[position], generators[position] = part, None
    positions = [i for i, generator in enumerate(generators) if generator is not None]
    if len(positions) > 1:
        context.fail(
            "TC103", "two generators cannot run side by side", None, "make a list of one of them, or use an index"
        )  # fmt: skip
    (position,) = positions
    before, after = (
        Zip(tuple(side)) if side else Literal(None) for side in (parts[:position], parts[position + 1 :])
    )
    return _library_generator(context, streams.zipped, before, generators[position], after)


def indexed(context: Context, generator: Generator) -> Generator | None:
    """A generator that yields one thing for each entry of a sequence; None for any other."""
    generator = _over_argument(context, generator)
    return None if mapping_of(context, generator) is None else generator


def _indexed(context: Context, generator: Generator) -> Value | None:
    """A generator as something that can be indexed, if it makes no difference when its body runs."""
    mapping = indexed(context, generator)
    entries = pure_entries(context, generator) if mapping is None else None
    return TupleValue(entries) if entries is not None else mapping


def _over_argument(context: Context, generator: Generator) -> Generator:
    """`for v in range(len(x)): yield e` as a generator that is given the range."""
    match statements_of(generator.node):
        case [
            gast.For(target=target, iter=gast.Call(func=gast.Name(id="range")) as call, body=body, orelse=[])
        ]:
            frame = copy(generator.frame)
            frame.liveness = None
            with context.in_frame(frame):
                for name, argument in generator.arguments.items():
                    context.environment[frame.scope, name] = argument
                sequence = context.expression(call)
            forget(context, frame)
            frame.names = replace(frame.names, bound=frame.names.bound | {_FIRST})
            node = gast.For(target, gast.Name(_FIRST, gast.Load(), None, None), body, [], None)
            function = gast.FunctionDef(
                generator.node.name, generator.node.args, [gast.copy_location(node, call)], [], None, None, []
            )
            arguments = {**generator.arguments, _FIRST: sequence}
            return Generator(gast.copy_location(function, call), frame, arguments, generator.calls)
    return generator


def statements_of(node: gast.FunctionDef) -> list[gast.AST]:
    """The body of a function without its documentation."""
    return [
        statement
        for statement in node.body
        if not (isinstance(statement, gast.Expr) and isinstance(statement.value, gast.Constant))
    ]


def mapping_of(context: Context, generator: Generator) -> tuple[Value, Callable[[Value], Value]] | None:
    """The sequence and the function of a generator that is `for v in sequence: yield e`; None for any other."""
    match statements_of(generator.node):
        case [
            gast.For(target=target, iter=gast.Name(id=name), body=[gast.Expr(value=gast.Yield(value=result))])
        ]:
            sequence = generator.arguments.get(name)
        case _:
            return None
    if sequence is None or result is None or splice(context, sequence) is not None:
        return None

    def function(value: Value) -> Value:
        from tangentc.frontend.statements.assignments import bind_target

        frame, calls = generator.frame, context.active_calls
        context.active_calls = list(generator.calls)
        with context.in_frame(frame):
            for name, argument in generator.arguments.items():
                context.environment[frame.scope, name] = argument
            bind_target(context, target, value)
            made = context.expression(result)
        context.active_calls = calls
        forget(context, frame)
        return made

    return sequence, function


def forget(context: Context, frame: Frame) -> None:
    """Drop the names of a call that has ended; those that a nested function may read later stay."""
    keep = {"<used>", *(frame.liveness.always if frame.liveness is not None else ())}
    for key in [key for key in context.environment if key[0] == frame.scope and key[1] not in keep]:
        del context.environment[key]


def _can_be_indexed(part: Value) -> bool:
    return isinstance(part, Endless) or (isinstance(part, Generator) and part.is_of(streams.iterated))


def _library_generator(context: Context, function: Callable[..., Any], *args: Value | None) -> Generator:
    result = library_call(context, function, *(arg for arg in args if arg is not None))
    assert isinstance(result, Generator)
    return result


# --- entries that are known -----------------------------------------------------------------------------


class Unknown(Exception):
    """What a generator yields is not known at compile time."""


def entries_of(context: Context, generator: Generator, limit: int = _YIELDS) -> tuple[Value, ...] | None:
    """What a generator yields, if that is known at compile time; its body has run then."""
    entries: list[Value] = []
    home = context.builder.nodes

    def collect(value: Value) -> Flow:
        if context.builder.nodes is not home or len(entries) >= limit:
            raise Unknown
        entries.append(value)
        return Flow.NORMAL

    try:
        with context.attempt(Unknown):
            consume(context, generator, Consumer(context.frame, None, collect, is_static=True))
    except Unknown:
        return None
    return tuple(entries)


def pure_entries(context: Context, generator: Generator) -> tuple[Value, ...] | None:
    """What a generator yields, if that is known and it makes no difference when its body runs."""
    entries: tuple[Value, ...] | None = None
    try:
        with context.attempt(Unknown):
            start, before = len(context.builder.nodes), dict(context.environment)
            entries = entries_of(context, generator)
            made = Block((), tuple(context.builder.nodes[start:]), ())
            if not all(map(_is_pure, walk(made))):
                raise Unknown
            if any(
                context.environment.get(key) is not value for key, value in before.items() if key[1][0] != "<"
            ):
                raise Unknown
    except Unknown:
        return None
    return entries


def _is_pure(node: Node) -> bool:
    if isinstance(node, Op):
        return node.primitive.pure and not node.primitive.effect and not node.primitive.writes
    return isinstance(node, (If, Loop))


# --- generator expressions --------------------------------------------------------------------------------


@lowers(gast.GeneratorExp)
def _expression(context: Context, node: gast.GeneratorExp) -> Value:
    """`(e for v in it if c)`: a generator function that is called with `it`."""
    outer = context.frame
    first = context.expression(node.generators[0].iter)
    names = Names(frozenset((_FIRST, *assigned([generator.target for generator in node.generators]))))
    function = _as_function(node)
    frame = Frame(
        context.new_scope(), names, outer.file, outer.globals, outer.cells, outer, outer.function,
        owner=outer.owner, liveness=_liveness(function), is_comprehension=True, site=outer.site,
    )  # fmt: skip
    return Generator(function, frame, {_FIRST: first}, (*context.active_calls,))


_FIRST = ".0"  # as Python itself calls the argument of a generator expression

_liveness = functools.lru_cache(maxsize=512)(liveness)


@functools.lru_cache(maxsize=512)
def _as_function(node: gast.GeneratorExp) -> gast.FunctionDef:
    """The function that a generator expression stands for."""

    def at(place: gast.AST, new: gast.AST) -> gast.AST:
        return gast.copy_location(new, place)

    body = at(node.elt, gast.Expr(at(node.elt, gast.Yield(node.elt))))
    for position, generator in reversed(list(enumerate(node.generators))):
        for test in reversed(generator.ifs):
            body = at(test, gast.If(test, [body], []))
        sequence = generator.iter
        if position == 0:
            sequence = at(sequence, gast.Name(_FIRST, gast.Load(), None, None))
        body = at(generator.target, gast.For(generator.target, sequence, [body], [], None))
    arguments = gast.arguments([gast.Name(_FIRST, gast.Param(), None, None)], [], None, [], [], None, [])
    function = gast.FunctionDef("<genexpr>", arguments, [body], [], None, None, [])
    return at(node, function)
