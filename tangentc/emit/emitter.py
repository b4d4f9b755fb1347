"""From a trace to the text of a Python function."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tangentc.emit.exits import thread_exits
from tangentc.emit.expressions import Expressions, Names, attribute, name, subscript
from tangentc.emit.folding import fold, nothing_folded
from tangentc.emit.naming import choose_names, identifier
from tangentc.emit.printing import Note, Notes, Text, print_function
from tangentc.emit.python import CAUGHT, Printer
from tangentc.emit.statements import lower
from tangentc.emit.versions import save_versions
from tangentc.ir.nodes import Function, Parameter, Tree, Var
from tangentc.ir.subprograms import subprograms
from tangentc.ir.trees import Path, leaves, signature_of
from tangentc.kinds.records import Field
from tangentc.source import Span

__all__ = ["Emitted", "Entry", "Form", "emit", "emit_together"]

Form = Literal["folded", "ssa"]


@dataclass(frozen=True, slots=True)
class Emitted:
    """Emitted text.

    Args:
        text: the function, and after it the functions that it calls.
        names: what the text refers to besides builtins: modules, helpers, captured objects.
        spans: the user's text for a line (from 1) of the emitted one.
    """

    text: str
    names: dict[str, Any]
    spans: dict[int, Span]


Entry = Callable[[Names], list[ast.stmt]]


def emit(
    function: Function, *, form: Form = "folded", comments: bool = True, entry: Entry | None = None
) -> Emitted:
    """Print a trace as Python; see `emit_together`."""
    return emit_together((function,), form=form, comments=comments, entries=(entry,))


def emit_together(
    functions: Sequence[Function],
    *,
    form: Form = "folded",
    comments: bool = True,
    entries: Sequence[Entry | None] = (),
) -> Emitted:
    """Print traces as Python functions of one text.

    Args:
        functions: they come first, in this order, and what they call after them.
        form: "folded" for reading; "ssa" for one statement for each operation.
        comments: name the user's expression behind statements of the reverse sweep.
        entries: each makes the statements that its function begins with.
    """
    titles = _titles(functions)
    parameters = {parameter.name for each, _ in titles for parameter in each.parameters}
    names = Names(sorted({*parameters, *(title for _, title in titles)}))
    lines: list[str] = []
    spans: dict[int, Span] = {}
    for position, (each, title) in enumerate(titles):
        is_asked_for = position < len(functions)
        entry = entries[position] if position < len(entries) else None
        first = [] if entry is None else entry(names)
        called = each if is_asked_for else _flat(each)
        printed = _print(called, title, titles, names, form, comments, first)
        lines += ["", ""] if lines else []
        spans.update({len(lines) + k: span for k, span in enumerate(printed.spans, 1) if span is not None})
        lines += printed.lines
    return Emitted("\n".join(lines) + "\n", names.bound, spans)


Titles = list[tuple[Function, str]]


def _titles(functions: Sequence[Function]) -> Titles:
    """The functions and what they call, each with a name: its own, with a number where that is taken.

    A function that calls itself is there twice: as the user calls it, and as it calls itself.
    """
    found: Titles = []

    def add(function: Function) -> None:
        stem = identifier(function.name, "function")
        title, number = stem, 1
        while any(title == other for _, other in found):
            number += 1
            title = f"{stem}_{number}"
        found.append((function, title))

    for function in functions:
        add(function)
    pending = [callee for function in functions for callee in _called(function)]
    while pending:
        current = pending.pop(0)
        if any(current is other for other, _ in found[len(functions) :]):
            continue
        add(current)
        if not any(current is function for function in functions):
            pending += _called(current)
    return found


def _called(function: Function) -> list[Function]:
    """The functions that a function calls, or lets a library call."""
    return [*function.callees.values(), *subprograms(function)]


def _flat(function: Function) -> Function:
    """A function as other emitted functions call it: one parameter for each variable, a flat result."""
    parameters: list[Parameter] = []
    known = {p.tree: p.name for p in function.parameters if isinstance(p.tree, Var)}
    for position, var in enumerate(function.body.params):
        stem = identifier(known.get(var) or var.name or f"x{position}")
        taken = {parameter.name for parameter in parameters}
        label = stem if stem not in taken else f"{stem}_{position}"
        parameters.append(Parameter(label, "POSITIONAL_OR_KEYWORD", var))
    yields = function.body.yields
    result: Tree = yields[0] if len(yields) == 1 else tuple(yields)
    return replace(function, parameters=tuple(parameters), result=result)


def _print(
    function: Function,
    title: str,
    titles: Titles,
    names: Names,
    form: Form,
    comments: bool,
    entry: list[ast.stmt],
) -> Text:
    """The text of one function."""

    def called(key: str | Function) -> str:
        callee = function.callees[key] if isinstance(key, str) else key
        return next(name for other, name in reversed(titles) if other is callee)

    statements = thread_exits(lower(function, fold(function) if form == "folded" else nothing_folded()))
    statements, live = save_versions(statements, function.body.params)
    numbers: dict[Var, str] = {}
    probe = Expressions(lambda var: numbers.setdefault(var, f"_{len(numbers)}"), names, called)
    arguments = _arguments(function, probe)
    Printer(probe, live, comments=False).block(statements)  # only to learn which names the text refers to
    fixed = {p.tree: p.name for p in function.parameters if isinstance(p.tree, Var)}
    structured = [p for p in function.parameters if not isinstance(p.tree, Var)]
    reserved = {"_", CAUGHT, *names.all, *(p.name for p in structured), *(other for _, other in titles)}
    chosen = choose_names(statements, live, fixed, _hints(function), reserved)
    printer = Printer(Expressions(chosen.__getitem__, names, called), live, comments)
    body: list[ast.stmt] = [ast.Expr(ast.Constant(function.doc))] if function.doc else []
    body += entry
    for parameter in structured:
        for path, leaf in leaves(parameter.tree):
            if isinstance(leaf, Var) and leaf in live.at_entry:
                body.append(_unpacked(parameter, path, chosen[leaf], printer))
    body += printer.block(statements)
    notes: Notes = {**printer.notes}
    tree = _definition(title, arguments, body)
    notes[tree] = Note(span=function.span)
    return print_function(tree, notes)


def _unpacked(parameter: Parameter, path: Path, target: str, printer: Printer) -> ast.stmt:
    """`w = params["w"]`"""
    value: ast.expr = name(parameter.name)
    for key in path:
        is_attribute = isinstance(key, Field)
        value = attribute(value, key) if is_attribute else subscript(value, printer.e.constant(key))
    return ast.Assign([ast.Name(target, ast.Store())], value)


def _hints(function: Function) -> dict[Var, str]:
    """Names for what has none of its own: the leaves of structured parameters, and the result."""
    hints: dict[Var, str] = {}
    for parameter in function.parameters:
        for path, leaf in leaves(parameter.tree):
            if isinstance(leaf, Var) and path:
                last = path[-1]
                hints[leaf] = (
                    last
                    if isinstance(last, str) and last.isidentifier()
                    else "_".join(map(str, (parameter.name, *path)))
                )
    first = function.result
    while isinstance(first, tuple) and first:
        first = first[0]
    if isinstance(first, Var) and first not in function.body.params:
        hints.setdefault(first, "result")
    return hints


def _definition(title: str, arguments: ast.arguments, body: list[ast.stmt]) -> ast.FunctionDef:
    tree = ast.FunctionDef(name=title, args=arguments, body=body, decorator_list=[])
    if "type_params" in ast.FunctionDef._fields:
        vars(tree)["type_params"] = []  # Python 3.12
    return tree


def _arguments(function: Function, expressions: Expressions) -> ast.arguments:
    """The user's signature; hidden parameters are keyword-only."""
    arguments = ast.arguments(
        posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[]
    )
    for parameter in signature_of(function).parameters.values():
        arg = ast.arg(arg=parameter.name)
        default = None if parameter.default is parameter.empty else expressions.constant(parameter.default)
        match parameter.kind:
            case parameter.VAR_POSITIONAL:
                arguments.vararg = arg
            case parameter.VAR_KEYWORD:
                arguments.kwarg = arg
            case parameter.KEYWORD_ONLY:
                arguments.kwonlyargs.append(arg)
                arguments.kw_defaults.append(default)
            case _:
                (
                    arguments.posonlyargs if parameter.kind is parameter.POSITIONAL_ONLY else arguments.args
                ).append(arg)
                arguments.defaults += [] if default is None else [default]
    return arguments
