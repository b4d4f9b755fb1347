"""`with`: context managers around ordinary code.

`np.errstate` says how numbers are computed, and the reverse of the block runs under it too.  Other context managers
act on the world around the program: they are entered and left where the program does so, and nowhere else.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import textwrap
import threading
import types
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import gast
import numpy as np

from tangentc.analysis.effects import opaque_writes
from tangentc.frontend.flow.attempts import Exceptions, in_region
from tangentc.frontend.flow.control import block
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.classes import call_special, defines
from tangentc.frontend.state.context import Context, Flow, lowers_statement
from tangentc.frontend.state.values import Static, Value
from tangentc.frontend.statements.assignments import bind_target
from tangentc.frontend.statements.exceptions import attempt, ending, in_between, lead_on, only_for, raised
from tangentc.frontend.text.parse import span_of
from tangentc.ir.build import results_of, walk
from tangentc.ir.copying import fresh_copy
from tangentc.ir.nodes import Atom, Block, Literal, Op, Var, With
from tangentc.kinds.types import ANY, Object
from tangentc.primitives.core import named

__all__: list[str] = []


@builtin(np.errstate)
def _errstate(context: Context, **how: Value) -> Value:
    known = {name: context.static(value, f"{name!r} of np.errstate") for name, value in how.items()}
    return context.op("np.errstate", **known)


@lowers_statement(gast.With)
def _with(context: Context, node: gast.With) -> Flow:
    return _enter(context, node, node.items)


def _enter(context: Context, node: gast.With, items: Sequence[gast.AST]) -> Flow:
    """`with a, b:` is `with a:` around `with b:`."""
    if not items:
        return block(context, node.body)
    item, *others = items
    suppressed = _suppressed(context, item.context_expr)
    if suppressed is not None:
        liveness = context.frame.liveness
        read = None if liveness is None else liveness.after.get(node)

        def resume(error: Value, possible: Exceptions) -> Flow:
            return only_for(context, suppressed, error, possible, lambda: Flow.NORMAL, lead_on)

        return attempt(context, node, suppressed, lambda: _enter(context, node, others), resume, read)
    value = context.expression(item.context_expr)
    if defines(context, value, "__exit__") and defines(context, value, "__enter__"):
        return _with_object(context, node, value, item, others)
    manager = context.atom(value)
    maker = _maker(context, manager)
    again = maker is not None and maker.primitive.name == "np.errstate"
    if not again:
        _refuse(context, manager, item.context_expr)
    params: tuple[Var, ...] = ()
    outer = context.environment
    with in_region(context) as lowered:
        if item.optional_vars is not None:
            params = (Var(ANY),)
            bind_target(context, item.optional_vars, params[0])
        context.errstates += again
        flow = lowered.ends(_enter(context, node, others))
    context.errstates -= again
    ended = context.environment
    attempts = context.attempts if lowered.committed else None
    if attempts is not None:
        if not again and not _ignores_exceptions(manager):
            context.fail(
                "TC106",
                "a context manager that may look at exceptions stands inside `try`, around steps that fail one by one",
                item.context_expr,
                "enter it outside the `try`",
            )
        context.environment = outer
        attempts.commit()
        context.environment = ended
    results = (*params, *(result for each in lowered.nodes for result in results_of(each)))
    inside = fresh_copy(Block(params, tuple(lowered.nodes), results))
    span = span_of(item.context_expr, context.frame.file)
    context.builder.append(With(results, manager, inside, again, span))
    if attempts is not None:
        attempts.settle()
        flow = attempts.after(flow)
    return flow


def _with_object(
    context: Context, node: gast.With, manager: Value, item: gast.AST, others: Sequence[gast.AST]
) -> Flow:
    """An object of the user's: its methods are lowered like any others."""
    given = call_special(context, manager, "__enter__")

    def body() -> Flow:
        if item.optional_vars is not None:
            bind_target(context, item.optional_vars, given)
        return _enter(context, node, others)

    def leave(error: Value | None) -> bool | Atom:
        given: list[Value] = [Literal(None)] * 3
        if error is not None:
            given = [
                _attribute(context, error, "__class__"),
                error,
                _attribute(context, error, "__traceback__"),
            ]
        return truth(context, call_special(context, manager, "__exit__", *given))

    is_quiet, swallows = _tried(context, leave)
    if context.attempts is None and is_quiet and swallows is False:
        flow = body()
        if not flow.only(Flow.DEAD):
            in_between(context, lambda: leave(None))
        return flow
    liveness = context.frame.liveness
    read = raised(context, node)
    if liveness is not None and swallows is not False:
        read = liveness.after.get(node)
    return ending(context, node, body, leave, read)


def _attribute(context: Context, value: Value, name: str) -> Var:
    result = Var(ANY)
    operands = (context.atom(value),)
    context.builder.append(Op((result,), named("getattr"), operands, (("name", name),), context.builder.span))
    return result


def _tried(context: Context, leave: Callable[[Value | None], bool | Atom]) -> tuple[bool, bool | Atom]:
    """What leaving after an exception would do: whether nobody notices if it is not done, and what it returns.

    Nobody notices where nothing is printed, and nothing called but clocks.
    """
    environment = dict(context.environment)
    with context.alone(), context.builder.nested() as nodes:
        swallows = leave(Var(Object(BaseException)))
    context.environment = environment
    is_quiet = not any(
        isinstance(node, Op) and node.primitive.effect and not _is_clock(node)
        for node in walk(Block((), tuple(nodes), ()))
    )
    return is_quiet, swallows


def _is_clock(op: Op) -> bool:
    return getattr(_function(op), "__module__", None) == "time"


def _suppressed(context: Context, expression: gast.AST) -> tuple[type[BaseException], ...] | None:
    """The classes of `contextlib.suppress(…)`."""
    match expression:
        case gast.Call(func=function, args=args, keywords=[]):
            callee = context.expression(function)
            if isinstance(callee, Static) and callee.value is contextlib.suppress:
                return tuple(context.static(context.expression(a), "what is suppressed") for a in args)
    return None


# --- what context managers may do -----------------------------------------------------------------------

_USE_TRY = "use `try`, or enter it outside the function"

_QUIET = (
    np.errstate, warnings.catch_warnings, contextlib.nullcontext, contextlib.closing,
    contextlib.redirect_stdout, contextlib.redirect_stderr, io.IOBase, type(threading.Lock()),
    type(threading.RLock()), threading.Condition, threading.Semaphore,
)  # fmt: skip


def _maker(context: Context, manager: Atom) -> Op | None:
    """The call that made a context manager."""
    for node in reversed(context.builder.nodes):
        if isinstance(node, Op) and manager in node.results:
            return node
    return None


def _function(op: Op | None) -> Any:
    callee = op.operands[0] if op is not None and op.primitive.name == "call" else None
    return callee.value if isinstance(callee, Literal) else None


def _class(manager: Atom) -> type | None:
    if isinstance(manager, Literal):
        return type(manager.value)
    return manager.kind.cls if isinstance(manager.kind, Object) else None


def _ignores_exceptions(manager: Atom) -> bool:
    cls = _class(manager)
    return cls is not None and issubclass(cls, _QUIET)


def _refuse(context: Context, manager: Atom, expression: gast.AST) -> None:
    """Refuse context managers that may swallow exceptions or write what they are given."""
    maker = _maker(context, manager)
    function, cls = _function(maker), _class(manager)
    if maker is not None and maker.primitive.name == "call" and opaque_writes(maker):
        message, hint = (
            "is given data that it may change when it is entered or left",
            "change them in the program",
        )
    elif (
        (cls is not None and (issubclass(cls, _QUIET) or not _class_swallows(cls)))
        or function is np.printoptions
        or (hasattr(function, "__wrapped__") and not _swallows(function.__wrapped__))
    ):
        return
    else:
        message, hint = "may swallow exceptions", _USE_TRY
    context.fail("TC106", f"this context manager {message}", expression, hint)


def _class_swallows(cls: type) -> bool:
    leave = getattr(cls, "__exit__", None)
    return not isinstance(leave, types.FunctionType) or _swallows(leave)


def _swallows(function: Any) -> bool:
    """Whether `__exit__` may return something true, or a generator has an `except` around its `yield`."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            if not (isinstance(node.value, ast.Constant) and not node.value.value):
                return True
        if isinstance(node, ast.With) or (isinstance(node, ast.Try) and node.handlers):
            return True
    return False
