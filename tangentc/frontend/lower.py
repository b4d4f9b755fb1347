"""From a live function and the kinds of its arguments to its trace."""

from __future__ import annotations

import functools
import inspect
import keyword
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tangentc.analysis.writes import written_lists, written_parameters
from tangentc.errors import TangentcError, UnsupportedSyntaxError
from tangentc.frontend.arrays import choosing, cuts, facts, joins, mapping, sets, spellings  # noqa: F401
from tangentc.frontend.calls import (  # noqa: F401
    derivatives,
    equations,
    fits,
    integrals,
    minima,
    pairs,
    refused,
    trajectories,
)
from tangentc.frontend.calls.apply import apply
from tangentc.frontend.expressions import displays, operators  # noqa: F401
from tangentc.frontend.flow import control  # noqa: F401
from tangentc.frontend.functions import generators  # noqa: F401
from tangentc.frontend.functions.recursion import closed
from tangentc.frontend.objects.adoption import adopt
from tangentc.frontend.objects.arguments import Arguments, KindTree
from tangentc.frontend.standard import library_requests, objects  # noqa: F401
from tangentc.frontend.state.captures import Captured, Captures
from tangentc.frontend.state.classes import static_lookup
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.heap import Adopt, AtRunTime, FormsMeet, Live, Shadows, Sites, Unroll
from tangentc.frontend.state.held import check_result
from tangentc.frontend.state.places import Guard, Place
from tangentc.frontend.state.requests import Derive, Path, Promote
from tangentc.frontend.state.structure import tree_of
from tangentc.frontend.state.values import (
    Instance,
    Method,
    Static,
    Value,
)
from tangentc.frontend.statements import (  # noqa: F401
    assignments,
    comprehensions,
    exceptions,
    loops,
    managers,
    patterns,
)
from tangentc.frontend.text.parse import parse
from tangentc.frontend.text.scopes import Frame, Names
from tangentc.ir.copying import needed_vars, substituted
from tangentc.ir.nodes import UNDEF, Block, Function, Parameter, Tree, Var
from tangentc.ir.trees import atoms_of, unique
from tangentc.source import SourceFile, Span

__all__ = ["Captured", "Guard", "KindTree", "Lowered", "lower"]


@dataclass(frozen=True, slots=True)
class Lowered:
    """A program as a trace, with what must be read and checked at each call.

    captured: one for each hidden parameter, in order.
    guards: what was resolved when the program was lowered.
    written: the parameters whose arrays the program writes.
    changed: where the lists, dicts and objects stand among the arguments that the program changes.
    adopted: those that it changes and that are no arguments.
    """

    function: Function
    captured: tuple[Captured, ...]
    guards: tuple[Guard, ...]
    written: tuple[str, ...]
    changed: tuple[Path, ...] = ()
    adopted: tuple[Live, ...] = ()


def lower(
    program: Callable[..., Any],
    args: tuple[KindTree, ...],
    kwargs: dict[str, KindTree],
    derive: Derive | None = None,
) -> Lowered:
    """The trace of `program` for arguments of these kinds.

    Args:    derive: gives the derivative of a function that the program asks for, `grad(g)(x)`.
    Raises:  UnsupportedSyntaxError: the program contains what cannot be differentiated.
             DifferentiationError: TC115, the arguments do not fit the program's signature.
             Promote: a parameter must be known; lower again with its kind as `Const`.
    """
    constants: frozenset[str] = frozenset()
    sites = Sites()
    while True:
        try:
            return _lower(program, args, kwargs, derive, constants, sites)
        except _MoreIsKnown:
            continue
        except Unroll as found:
            sites = Sites(unrolled=sites.unrolled | {found.loop})
        except FormsMeet:
            sites.placed = True
        except Shadows as found:
            sites.shadowed |= found.names
        except Adopt as found:
            sites.adopted[id(found.live.value)] = found.live
        except AtRunTime as found:
            if found.sites and found.sites <= sites.at_run_time:
                raise _unknown_structure(found, sites) from found
            sites.at_run_time |= found.sites
        except Promote as request:
            if request.path[0] != "captured" or request.path[1] in constants:
                raise
            constants |= {request.path[1]}


class _MoreIsKnown(Exception):
    """What the containers of the program hold was found out on the way: lower again."""


def _unknown_structure(found: AtRunTime, sites: Sites) -> TangentcError:
    spans = [span for site in found.sites if (span := sites.spans.get(site)) is not None]
    span = min(spans, key=lambda span: span.line, default=None)
    return UnsupportedSyntaxError(
        "TC126", "the structure of this list, dict or object is not known when the function is compiled", span,
        "use an array, or give it the same entries on every path",
    )  # fmt: skip


def _lower(
    program: Callable[..., Any],
    args: tuple[KindTree, ...],
    kwargs: dict[str, KindTree],
    derive: Derive | None,
    constants: frozenset[str],
    sites: Sites,
) -> Lowered:
    captures = Captures(constants)
    callee, span, frame = _callee(program, captures)
    context = Context(captures, derive, frame, sites)
    context.builder.span = span
    try:
        with context.in_frame(frame):
            adopt(context, tuple(sites.adopted.values()))
            callee = _adopted(context, callee)
            arguments = Arguments(context, program, args, kwargs)
            result = apply(context, callee, arguments.positional, arguments.keyword)
            check_result(context, result)
            tree = tree_of(context, result)
    except TangentcError:
        if context.heap.changed:
            raise _MoreIsKnown from None
        raise
    if context.heap.changed:
        raise _MoreIsKnown
    if context.heap.missing is not None:
        raise context.heap.missing
    function = closed(_function(program, context, arguments, tree, span))
    _copy_lists(context, function, sites)
    others = {var for var, captured in captures.captured.items() if not captured.place.local}
    written = written_parameters(function, others, context.shared)
    return Lowered(
        function,
        tuple(captures.captured.values()),
        tuple(captures.guards),
        written,
        (*_changed(context), *sorted(sites.copied, key=repr)),
        tuple(sites.adopted.values()),
    )


def _function(
    program: Callable[..., Any], context: Context, arguments: Arguments, tree: Tree, span: Span | None
) -> Function:
    """What has been lowered, as a function of its arguments and of what it read of its surroundings."""
    body = Block((), tuple(context.builder.nodes), atoms_of(tree))
    unread = context.captures.drop_unread(context.heap.read, needed_vars(body))
    if unread:
        body = substituted(body, dict.fromkeys(unread, UNDEF))
    taken = {parameter.name for parameter in arguments.parameters}
    hidden = tuple(
        Parameter(unique(_hidden_name(var), taken), "hidden", var, origin=captured.origin)
        for var, captured in context.captures.captured.items()
    )
    parameters = (*arguments.parameters, *hidden)
    params = tuple(var for p in parameters for var in atoms_of(p.tree) if isinstance(var, Var))
    body = Block(params, body.nodes, body.yields)
    name = getattr(program, "__name__", type(program).__name__)
    return Function(
        name if name.isidentifier() else "function",
        parameters,
        body,
        tree,
        span,
        inspect.getdoc(program) or "" if isinstance(program, (types.FunctionType, types.MethodType)) else "",
        dict(context.callees),
    )


def _copy_lists(context: Context, function: Function, sites: Sites) -> None:
    """Have long lists of numbers that the program was given and writes copied at entry."""
    captured = context.captures.captured
    for root in written_lists(function):
        if root not in captured:
            path = context.path_of(root)
            if path is not None and path not in sites.copied:
                sites.copied.add(path)
                raise _MoreIsKnown
        elif captured[root].place.local:
            place = captured[root].place
            raise Adopt(Live(place(), place, captured[root].origin))


def _changed(context: Context) -> tuple[Path, ...]:
    """Where the arguments are whose structure the program changes."""
    heap = context.heap
    found = [site for site in (*heap.written, *heap.sites.at_run_time) if isinstance(site, tuple)]
    return tuple(sorted({site[1] for site in found if site[0] == "parameter"}, key=repr))


def _hidden_name(var: Var) -> str:
    name = "".join(c if c.isalnum() else "_" for c in var.name).strip("_")
    return name if name.isidentifier() and not keyword.iskeyword(name) else "captured"


def _callee(program: Callable[..., Any], captures: Captures) -> tuple[Value, Span | None, Frame]:
    """The program as a value, where it stands, and the frame that calls it.

    The program's own frame has scope 0; the outermost frame, which only holds the call, has scope -1.
    """
    nowhere = Frame(-1, Names(frozenset()), SourceFile("<call>", ""), {})
    function = program
    while True:  # what is found at last is the program that a person has written
        if isinstance(function, functools.partial):
            function = function.func
        elif hasattr(function, "__tangentc__"):
            function = function.__tangentc__.function
        elif hasattr(function, "__tangentc_function__"):
            function = function.__tangentc_function__
        else:
            break
    if isinstance(function, types.MethodType):
        captures.receivers.append(function.__self__)
        function = function.__func__
    span = None
    if isinstance(function, types.FunctionType):
        syntax = parse(function)
        span = syntax.span
        nowhere = Frame(-1, Names(frozenset()), syntax.file, function.__globals__)
    if isinstance(program, types.MethodType):
        owner = program.__self__
        receiver: Value = (
            Static(owner) if isinstance(owner, type) else Instance(owner, Place.of(owner, local=True), "self")
        )
        return Method(Static(program.__func__), receiver), span, nowhere
    call = static_lookup(type(program), "__call__")
    if isinstance(call, types.FunctionType) and not hasattr(program, "__tangentc__"):
        return Instance(program, Place.of(program, local=True), "self"), span, nowhere
    return Static(program), span, nowhere  # a function, a partial, or the derivative of one


def _adopted(context: Context, callee: Value) -> Value:
    """The program, where it writes its receiver."""
    match callee:
        case Instance(value) if id(value) in context.captures.adopted:
            return context.captures.adopted[id(value)][1]
        case Method(function, Instance() as receiver):
            return Method(function, _adopted(context, receiver))
    return callee
