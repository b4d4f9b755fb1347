"""From a live function and the kinds of its arguments to its trace."""

from __future__ import annotations

import functools
import inspect
import keyword
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.analysis.writes import written_lists, written_parameters
from tangentc.errors import DifferentiationError, TangentcError, UnsupportedSyntaxError
from tangentc.frontend.arrays import facts, spellings  # noqa: F401
from tangentc.frontend.calls import derivatives, pairs  # noqa: F401
from tangentc.frontend.calls.apply import apply
from tangentc.frontend.expressions import operators  # noqa: F401
from tangentc.frontend.flow import control  # noqa: F401
from tangentc.frontend.functions import generators  # noqa: F401
from tangentc.frontend.functions.recursion import closed
from tangentc.frontend.objects.adoption import adopt, collected
from tangentc.frontend.objects.instances import defaults
from tangentc.frontend.standard import library_requests, objects  # noqa: F401
from tangentc.frontend.state.captures import Captured, Captures
from tangentc.frontend.state.classes import static_lookup
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.dynamic import check_result, make
from tangentc.frontend.state.heap import Adopt, AtRunTime, Contents, FormsMeet, Live, Shadows, Sites, Unroll
from tangentc.frontend.state.places import Guard, Place
from tangentc.frontend.state.requests import Derive, Path, Promote
from tangentc.frontend.state.structure import tree_of
from tangentc.frontend.state.values import (
    DictValue,
    Instance,
    ListValue,
    Method,
    ObjectValue,
    Static,
    TupleValue,
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
from tangentc.ir.nodes import UNDEF, Block, Function, Literal, Parameter, Tree, Var
from tangentc.ir.trees import atoms_of, unique
from tangentc.kinds.dims import labelled
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.kinds.records import ClassKey, class_of_tree, is_namedtuple
from tangentc.kinds.types import Array, Const, Dim, Kind
from tangentc.kinds.types import Function as FunctionKind
from tangentc.source import SourceFile, Span

__all__ = ["Captured", "Guard", "KindTree", "Lowered", "lower"]

KindTree = Any
"""A kind, or a tuple, list or dict of kind trees."""


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
            signature = _Signature(context, program, args, kwargs)
            result = apply(context, callee, signature.positional, signature.keyword)
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
    body = Block((), tuple(context.builder.nodes), atoms_of(tree))
    unread = captures.drop_unread(context.heap.read, needed_vars(body))
    if unread:
        body = substituted(body, dict.fromkeys(unread, UNDEF))
    taken = {parameter.name for parameter in signature.parameters}
    hidden = tuple(
        Parameter(unique(_hidden_name(var), taken), "hidden", var, origin=captured.origin)
        for var, captured in captures.captured.items()
    )
    parameters = (*signature.parameters, *hidden)
    params = tuple(var for p in parameters for var in atoms_of(p.tree) if isinstance(var, Var))
    body = Block(params, body.nodes, body.yields)
    name = getattr(program, "__name__", type(program).__name__)
    function = Function(
        name if name.isidentifier() else "function",
        parameters,
        body,
        tree,
        span,
        inspect.getdoc(program) or "" if isinstance(program, (types.FunctionType, types.MethodType)) else "",
        dict(context.callees),
    )
    function = closed(function)
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
    while isinstance(function, functools.partial) or hasattr(function, "__tangentc__"):
        function = (
            function.func if isinstance(function, functools.partial) else function.__tangentc__.function
        )
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


def _is_data(default: Any) -> bool:
    """Whether a default is an array, or holds some or may be changed."""
    if isinstance(default, tuple):
        return any(isinstance(item, float) or _is_data(item) for item in default)
    return isinstance(default, (np.ndarray, list, dict))


class _Signature:
    """The parameters of the trace, and the arguments that they become inside."""

    def __init__(
        self,
        context: Context,
        program: Callable[..., Any],
        args: tuple[KindTree, ...],
        kwargs: dict[str, KindTree],
    ) -> None:
        self.context = context
        self.parameters: list[Parameter] = []
        self.positional: list[Value] = []
        self.keyword: dict[str, Value] = {}
        try:
            signature = inspect.signature(program, follow_wrapped=False)
        except (TypeError, ValueError):
            signature = inspect.Signature(
                [inspect.Parameter(f"x{i + 1}", inspect.Parameter.POSITIONAL_ONLY) for i in range(len(args))]
            )
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            name = getattr(program, "__name__", type(program).__name__)
            raise DifferentiationError(
                "TC115", f"{name}(): {error}", context.builder.span, f"its signature is {name}{signature}"
            ) from None
        position = 0
        for parameter in signature.parameters.values():
            if parameter.name not in bound.arguments:
                self._omitted(parameter)
                continue
            value = bound.arguments[parameter.name]
            match parameter.kind:
                case parameter.VAR_POSITIONAL:
                    entries = [
                        self._leaf(f"{parameter.name}_{i}", tree, ("args", position + i))
                        for i, tree in enumerate(value)
                    ]
                    self._declare(parameter, tuple(tree for _, tree in entries))
                    self.positional += [inner for inner, _ in entries]
                case parameter.VAR_KEYWORD:
                    named = {name: self._leaf(name, tree, ("kwargs", name)) for name, tree in value.items()}
                    self._declare(parameter, {name: tree for name, (_, tree) in named.items()})
                    self.keyword.update({name: inner for name, (inner, _) in named.items()})
                case _:
                    by_name = parameter.kind is parameter.KEYWORD_ONLY or parameter.name in kwargs
                    path = ("kwargs", parameter.name) if by_name else ("args", position)
                    inner, tree = self._leaf(parameter.name, value, path)
                    self._declare(parameter, tree)
                    if by_name:
                        self.keyword[parameter.name] = inner
                    else:
                        self.positional.append(inner)
                        position += 1

    def _declare(self, parameter: inspect.Parameter, tree: Tree) -> None:
        has_default = parameter.default is not parameter.empty
        default = parameter.default if has_default and not _is_data(parameter.default) else None
        self.parameters.append(Parameter(parameter.name, parameter.kind.name, tree, default, has_default))

    def _omitted(self, parameter: inspect.Parameter) -> None:
        """A parameter that the call leaves out.

        A number stays a parameter of the emitted function, with the same default; arrays, and containers of data, are
        read at each call like captured data; any other default is a constant of this specialisation.
        """
        default, origin, captures = parameter.default, f"default {parameter.name}", self.context.captures
        match parameter.kind:
            case parameter.VAR_POSITIONAL:
                self._declare(parameter, ())
            case parameter.VAR_KEYWORD:
                self._declare(parameter, {})
            case _ if parameter.kind is parameter.POSITIONAL_ONLY or self.context.builder.span is None:
                # cannot be passed by name, or to a function of a library, which knows its defaults itself
                self._declare(parameter, Var(Const(default), parameter.name))
            case _ if type(default) in (int, float, complex) and origin not in captures.constants:
                kind = kind_of_value(default, Pattern())
                inner, tree = self._leaf(parameter.name, kind, ("captured", origin))
                self._declare(parameter, tree)
                self.keyword[parameter.name] = inner
            case _ if _is_data(default):
                self.keyword[parameter.name] = captures.value(default, Place.of(default), origin)
            case _:
                self.keyword[parameter.name], tree = self._leaf(parameter.name, Const(default), ())
                self._declare(parameter, tree)

    def _leaf(self, name: str, tree: KindTree, path: tuple[Any, ...]) -> tuple[Value, Tree]:
        """An argument as the program sees it, and the tree of Vars that it unpacks to."""
        if isinstance(tree, (tuple, list)):
            entries = [self._leaf(f"{name}_{i}", item, (*path, i)) for i, item in enumerate(tree)]
            values = tuple(value for value, _ in entries)
            compound = TupleValue(values) if isinstance(tree, tuple) else self._made(ListValue(values), path)
            return compound, type(tree)(inner for _, inner in entries)
        cls = class_of_tree(tree)
        if cls is not None:
            return self._object(name, cls, tree, path)
        if isinstance(tree, dict):
            named = {key: self._leaf(f"{name}_{key}", item, (*path, key)) for key, item in tree.items()}
            return (
                self._made(DictValue({key: value for key, (value, _) in named.items()}), path),
                {key: inner for key, (_, inner) in named.items()},
            )
        return self._known(tree, Var(labelled(tree), "".join(c if c.isalnum() else "_" for c in name)), path)

    def _object(
        self, name: str, cls: type, tree: dict[Any, KindTree], path: tuple[Any, ...]
    ) -> tuple[Value, Tree]:
        """An instance of a class whose attributes are parts of the argument."""
        parts = {
            key: self._leaf(f"{name}_{key}", item, (*path, key))
            for key, item in tree.items()
            if not isinstance(key, ClassKey)
        }
        attributes = {key: value for key, (value, _) in parts.items()}
        inner = {ClassKey(cls): (), **{key: part for key, (_, part) in parts.items()}}
        if is_namedtuple(cls):
            return TupleValue(tuple(attributes.values()), cls), inner
        given = defaults(self.context, cls, attributes)
        return self._made(ObjectValue(cls, {**given, **attributes}), path), inner

    def _made(self, contents: Contents, path: Path) -> Value:
        """A list, dict or object that the caller passed: what is written to it stays within the call."""
        site = ("parameter", path)
        if site in self.context.heap.sites.at_run_time:
            return make(self.context, contents, frozenset([site]))
        ref = self.context.heap.new([site])
        self.context.environment[ref.key] = contents
        return ref

    def _known(self, kind: Kind, var: Var, path: tuple[Any, ...]) -> tuple[Value, Tree]:
        match kind:
            case Const(value):
                constant = isinstance(
                    value, (bool, int, float, complex, str, bytes, tuple, type(None), type(...))
                )
                if constant:
                    return Literal(value), var
                return self.context.captures.constant_argument(value, var.name), var
            case FunctionKind(value):
                return Static(value), var
        self.context.paths[var] = path
        if path in self.context.heap.sites.copied:
            return collected(self.context, var, path), var
        if isinstance(kind, Array):
            self.context.lasting.update(size.base for size in kind.dims or () if isinstance(size, Dim))
        return var, var
