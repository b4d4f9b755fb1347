"""`try` and `raise`: handlers run where attempts failed, `finally` on every way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast

from tangentc.frontend.flow.attempts import (
    FALSE,
    NO_ERROR,
    Attempts,
    Exceptions,
    Restart,
    Try,
    in_region,
    merge,
)
from tangentc.frontend.flow.control import block, branch, continued, run_branch
from tangentc.frontend.flow.merging import Branch, join
from tangentc.frontend.state.context import ERROR, Context, Flow, lowers_statement
from tangentc.frontend.state.values import Static, Value
from tangentc.frontend.text.parse import span_of
from tangentc.ir.nodes import Atom, Literal

__all__ = ["attempt", "ending", "in_between", "lead_on", "only_for"]

_FLAGS = ("<skip>", "<stop>", "<broke>", "<returned>")

Dispatch = Callable[[Value, Exceptions], Flow]
"""What handles an exception, given all classes that it may have."""

Meet = Callable[[Context, Atom, Branch, Branch], Flow]
"""How the path without exception and the path that handled one are joined."""


@lowers_statement(gast.Try)
def _try(context: Context, node: gast.Try) -> Flow:
    if node.finalbody:
        return _finally(context, node)
    return _guarded(context, node)


def _guarded(context: Context, node: gast.Try) -> Flow:
    """`try: body except: handlers else: orelse`"""
    handlers = [(_classes(context, handler), handler) for handler in node.handlers]
    caught = tuple(cls for classes, _ in handlers for cls in classes)

    def dispatch(error: Value, possible: Exceptions) -> Flow:
        return _dispatch(context, handlers, error, possible)

    read = raised(context, node)
    return attempt(context, node, caught, lambda: block(context, node.body), dispatch, read, node.orelse)


def raised(context: Context, node: gast.AST) -> frozenset[str] | None:
    """The names that are read where an exception leads."""
    liveness = context.frame.liveness
    return None if liveness is None else liveness.raised.get(node)


def attempt(
    context: Context,
    node: gast.AST,
    caught: Exceptions,
    body: Callable[[], Flow],
    dispatch: Dispatch,
    read: frozenset[str] | None,
    orelse: Sequence[gast.AST] = (),
    meet: Meet = merge,
) -> Flow:
    """Lower a body whose exceptions of some classes are handled, and what follows if there is none."""
    attempts = context.attempts or Attempts(context)
    if attempts.tries:
        attempts.commit()
        return _attempt(context, attempts, node, caught, body, dispatch, read, orelse, meet)
    count, environment, scopes = len(context.builder.nodes), dict(context.environment), context.scopes
    for attempts.strict in (False, True):
        context.attempts, context.builder.listener = attempts, attempts.has_written
        try:
            return _attempt(context, attempts, node, caught, body, dispatch, read, orelse, meet)
        except Restart:
            del context.builder.nodes[count:]
            context.environment, context.scopes = dict(environment), scopes
            attempts.regions.clear()
            attempts.tries.clear()
        finally:
            context.attempts = context.builder.listener = None
    raise AssertionError("each write was attempted on its own")


def _attempt(
    context: Context,
    attempts: Attempts,
    node: gast.AST,
    caught: Exceptions,
    body: Callable[[], Flow],
    dispatch: Dispatch,
    read: frozenset[str] | None,
    orelse: Sequence[gast.AST],
    meet: Meet,
) -> Flow:
    frame = context.frame
    if read is not None and frame.liveness is not None:
        read |= frame.liveness.always
    context.environment[ERROR] = NO_ERROR
    outer = context.environment
    context.environment = dict(outer)
    attempts.tries.append(Try(caught, frame.scope, context.scopes, read))
    possible = attempts.classes
    try:
        with in_region(context) as lowered:
            flow = body()
            region = lowered.region
            assert region is not None
            region.committed = True
            attempts.commit()
            known = (
                region.guards[0].condition if len(region.guards) == 1 and not flow.may(Flow.RAISE) else None
            )
            if known is not None:  # what follows it and what handles it are the two arms of one branch
                guard = region.guards.pop()
                then = Branch(
                    context.builder.nodes, context.environment, flow, dict(context.environment), True
                )
                failed = attempts.visible(guard.failed.environment, context.environment)
                context.builder.nodes = guard.outer
                flow = Flow.RAISE
            else:
                flow = lowered.ends(flow)
                then = Branch(
                    [], context.environment, flow.without(Flow.RAISE), dict(context.environment), True
                )
                failed = dict(context.environment)
        ended = context.environment
    finally:
        attempts.tries.pop()
    context.builder.nodes.extend(lowered.nodes)
    if not flow.may(Flow.RAISE):
        context.environment = ended
        attempts.settle()
        return block(context, orelse, flow) if orelse else flow
    error = failed[ERROR]
    context.environment = dict(failed)
    _running(context)
    attempts.settle()

    def handle() -> Flow:
        return dispatch(error, possible)

    if flow.only(Flow.RAISE) and known is None:
        return handle()
    condition = known if known is not None else context.atom(context.op("is_", error, NO_ERROR))
    handled = run_branch(context, handle, condition, False)
    context.environment = outer if known is None else context.environment
    with context.builder.at(span_of(node, context.frame.file)):
        then.environment[ERROR] = error if meet is join else NO_ERROR
        if then.flow.only(Flow.NORMAL):
            for flag in ("<skip>", "<stop>"):
                then.environment[frame.scope, flag] = FALSE
        if orelse:
            then = continued(context, then, orelse, condition, True)
        flow = meet(context, condition, then, handled)
    if meet is join:
        attempts.settle()
    return flow


def _running(context: Context) -> None:
    """No exception is on its way: the flags are those of code that runs."""
    context.environment[ERROR] = NO_ERROR
    for flag in ("<skip>", "<stop>"):
        context.environment[context.frame.scope, flag] = FALSE


def _classes(context: Context, handler: gast.AST) -> Exceptions:
    if handler.type is None:
        return (BaseException,)
    found = context.static(context.expression(handler.type), "the class of `except`")
    classes = found if isinstance(found, tuple) else (found,)
    for cls in classes:
        if not (isinstance(cls, type) and issubclass(cls, BaseException)):
            context.fail("TC105", "`except` needs classes of exceptions", handler.type)
    return classes


Handlers = Sequence[tuple[Exceptions, gast.AST]]


def _dispatch(context: Context, handlers: Handlers, error: Value, possible: Exceptions) -> Flow:
    """The first handler that the exception belongs to; without one it goes on."""
    if not handlers or not possible:
        return lead_on(context, error, possible)
    (classes, handler), *others = handlers
    return only_for(
        context,
        classes,
        error,
        possible,
        lambda: _handle(context, handler, error, classes),
        lambda context, error, rest: _dispatch(context, others, error, rest),
    )


def only_for(
    context: Context,
    classes: Exceptions,
    error: Value,
    possible: Exceptions,
    handle: Callable[[], Flow],
    otherwise: Callable[[Context, Value, Exceptions], Flow],
) -> Flow:
    """Handle an exception of some classes; what may be of another goes elsewhere."""
    rest = tuple(cls for cls in possible if not issubclass(cls, classes))
    if not rest:
        return handle()
    if not any(issubclass(cls, classes) or any(issubclass(c, cls) for c in classes) for cls in possible):
        return otherwise(context, error, possible)
    condition = context.op("isinstance", error, classes=classes)
    return branch(context, condition, handle, lambda: otherwise(context, error, rest))


def _handle(context: Context, handler: gast.AST, error: Value, classes: Exceptions) -> Flow:
    name = handler.name.id if handler.name is not None else ""
    if name:
        context.bind(name, error)
    context.handled.append((error, classes))
    try:
        flow = block(context, handler.body)
    finally:
        context.handled.pop()
    if name:
        context.environment.pop(context.key(name), None)  # Python unbinds it as well
    return flow


# --- raise --------------------------------------------------------------------------------------------


@lowers_statement(gast.Raise)
def _raise(context: Context, node: gast.Raise) -> Flow:
    if node.exc is None:
        if not context.handled:
            context.fail("TC105", "there is no exception that a bare `raise` could raise again")
        return lead_on(context, *context.handled[-1])
    exception = context.expression(node.exc)
    operands: list[Value] = [Literal(exception.value) if isinstance(exception, Static) else exception]
    if node.cause is not None:
        operands.append(context.expression(node.cause))
    return _throw(context, *operands)


def lead_on(context: Context, error: Value, possible: Exceptions) -> Flow:
    """A caught exception of one of these classes goes on: to the `try` around, if that is for all of them."""
    attempts = context.attempts
    if attempts is None or not all(issubclass(cls, attempts.classes) for cls in possible):
        return _throw(context, error)
    attempts.commit()
    context.environment[ERROR] = error
    attempts.leaving(context.environment, context.frame.scope)
    return Flow.RAISE


def _throw(context: Context, *operands: Value) -> Flow:
    context.effect("raise", *operands)
    return Flow.DEAD


# --- finally ------------------------------------------------------------------------------------------


def _finally(context: Context, node: gast.Try) -> Flow:
    """What runs on every way out; then the way goes on."""
    leaves = (gast.Return, gast.Break, gast.Continue)
    for inner in (child for statement in node.finalbody for child in gast.walk(statement)):
        if isinstance(inner, leaves):
            context.fail(
                "TC105", "a `finally` that leaves by itself is not supported", inner, "leave after the `try`"
            )

    def body() -> Flow:
        return _guarded(context, node) if node.handlers else block(context, node.body)

    def final(_: Value | None) -> bool:
        block(context, node.finalbody)
        return False

    return ending(context, node, body, final, raised(context, node), one_copy=True)


Final = Callable[[Value | None], "bool | Atom"]
"""What runs on the way out, given the exception or None: whether it swallows the exception."""


def ending(
    context: Context,
    node: gast.AST,
    body: Callable[[], Flow],
    final: Final,
    read: frozenset[str] | None,
    one_copy: bool = False,
) -> Flow:
    """Lower a body, and what runs whichever way it ends: with `one_copy` the same after an exception as without.

    `read` are the names that are read after an exception.
    """

    def kept(error: Value, _: Exceptions) -> Flow:
        context.environment[ERROR] = error
        return Flow.RAISE

    flow = attempt(context, node, (BaseException,), body, kept, read, meet=join)
    held = context.environment.get(ERROR, NO_ERROR)
    if flow.only(Flow.DEAD):
        return flow
    may_fail = flow.may(Flow.RAISE)
    if one_copy or not may_fail:
        in_between(context, lambda: final(None))
        if not may_fail:
            return flow

    def on_error() -> Flow:
        return lead_on(context, held, (BaseException,)) if one_copy else _after_error(context, held, final)

    if flow.only(Flow.RAISE):
        return on_error()

    def on_normal() -> Flow:
        if not one_copy:
            in_between(context, lambda: final(None))
        context.environment[ERROR] = held  # None, there
        return flow.without(Flow.RAISE)

    condition = context.atom(context.op("is_", held, NO_ERROR))
    then = run_branch(context, on_normal, condition, True)
    return merge(context, condition, then, run_branch(context, on_error, condition, False))


def _after_error(context: Context, held: Value, final: Final) -> Flow:
    """What runs first, then the exception goes on unless it has been swallowed."""
    _running(context)
    swallowed = final(held)
    if isinstance(swallowed, bool):
        return Flow.NORMAL if swallowed else lead_on(context, held, (BaseException,))
    return branch(context, swallowed, lambda: Flow.NORMAL, lambda: lead_on(context, held, (BaseException,)))


def in_between(context: Context, lower: Callable[[], object]) -> None:
    """Lower what runs on the way out: afterwards the way out goes on."""
    scope = context.frame.scope
    flags = {flag: context.environment[scope, flag] for flag in _FLAGS}
    _running(context)
    lower()
    for flag, value in flags.items():
        context.environment[scope, flag] = value
