"""Functions of the program that are handed to a library: the library's own call, and what its result solves.

The library runs as it stands, on the program's function as one of the emitted text.  The derivative of a solution is
that of the equation it solves, by the implicit function theorem.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tangentc.analysis.writes import written_parameters
from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments
from tangentc.frontend.calls.derivatives import Alone, names_of
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.requests import Request
from tangentc.frontend.state.values import (
    ListValue,
    ObjectValue,
    Partial,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, Function, Literal, Var, kind_of
from tangentc.ir.subprograms import Subprogram, flat
from tangentc.kinds.types import ANY, Array, Const, Kind, dtype_of, is_number, rank_of

__all__ = [
    "Handed", "Programs", "about", "called", "check_number", "extra", "handed_over", "is_given",
    "refuse", "slopes_given", "solution", "solved", "start_of", "stated", "title",
]  # fmt: skip

Programs = dict[str, tuple[Value, tuple[Kind, ...]] | tuple[Value, tuple[Kind, ...], tuple[Value, ...]]]
"""For each parameter that is a function, it, the kinds of what the library passes to it, and where these are not
`args=`, what it is given besides."""

Handed = dict[str, tuple[Subprogram, list[Atom]]]
"""For each parameter that is a function, what is handed over and the operands that it reads."""


def handed_over(
    context: Context, callee: Value, passed: Sequence[Var], args: Sequence[Value], name: str
) -> tuple[Subprogram, list[Atom]] | None:
    """A function of the program for a library that calls it with `passed`, then with the program's own `args`.

    Args:    name: for the emitted function.
    Returns: it, and the operands that it reads besides; None in a pass that will be repeated.
    """
    alone = Alone.of(context, callee, (*passed, *args), {}, ())
    if alone is None:
        return None
    function = flat(replace(alone.function, name=name))
    _check(context, function)
    derive = context.derive
    assert derive is not None

    def derived(function: Function, mode: str, wrt: tuple[int, ...]) -> Function:
        return derive(function, Request(mode, function.name, wrt))

    return Subprogram(function, len(passed), derived), [*alone.operands, *alone.outer][len(passed) :]


def _check(context: Context, function: Function) -> None:
    """Refuse functions that do more than to return what their arguments decide."""
    if function.callees:
        context.fail("TC109", "a function that calls itself cannot be handed to a library")
    written = written_parameters(function, (), {})
    if written:
        context.fail(
            "TC107", f"a function that is handed to a library writes {written[0]!r}, which it did not make",
            hint="write to a copy, and return it",
        )  # fmt: skip


def solved(
    context: Context,
    function: Any,
    given: Arguments,
    programs: Programs,
    kind: Kind,
) -> Value:
    """The library's own call, on functions of the emitted text in the place of the program's."""
    positional: list[Value] = []
    keywords: Arguments = {}
    handed: Handed = {}
    names = positional_names(function)
    for name, value in given.items():
        if name == "args":
            continue
        if name in programs:
            callee, kinds, *own = programs[name]
            args = own[0] if own else extra(given)
            found = handed_over(context, callee, tuple(map(Var, kinds)), args, title(callee, function))
            if found is None:
                return UNDEF
            handed[name], value = found, Literal(None)
        elif is_callable(value):
            context.fail(
                "TC109", f"{name}= of {function.__name__} is not supported in a differentiated program"
            )
        held = context.contents(value)
        if isinstance(held, ObjectValue):  # bounds that the program made
            value = called(context, held.cls, ((), ()), held.attributes, {}, ANY)
        if not keywords and names[len(positional) :][:1] == [name]:
            positional.append(value)
        else:
            keywords[name] = value
    return called(context, function, (names[: len(positional)], positional), keywords, handed, kind)


def called(
    context: Context, function: Any, first: tuple[Sequence[str], Sequence[Value]], keywords: Arguments, handed: Handed,
    kind: Kind,
) -> Value:  # fmt: skip
    """A call of a library's function, by what is given by position and by keywords; in `handed` what is a function."""
    names, positional = first
    places = {name: k for k, name in enumerate([*names, *keywords], 1)}
    operands = [
        Literal(function),
        *positional,
        *keywords.values(),
        *(a for _, read in handed.values() for a in read),
    ]
    programs = tuple((places[name], program, len(read)) for name, (program, read) in handed.items())
    return context.op("solve", *operands, keywords=tuple(keywords), programs=programs, kind=kind)


def positional_names(function: Any) -> list[str]:
    """The parameters of a library's function that may be given by position."""
    parameters = inspect.signature(function).parameters.values()
    return [
        each.name for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]


def title(callee: Value, function: Any) -> str:
    """What a function of the program is called; a lambda by its part in what the library does."""
    name = names_of(callee)
    return name if name != "inner" else _PARTS.get(function.__name__, "residual")


_PARTS = {
    "minimize": "objective", "minimize_scalar": "objective", "fixed_point": "step", "quad": "integrand",
    "quad_vec": "integrand", "dblquad": "integrand", "tplquad": "integrand", "nquad": "integrand", "curve_fit": "model",
    "partial": "ends", "solve_ivp": "right_side", "odeint": "right_side",
}  # fmt: skip


def solution(context: Context, found: Value, equation: Value, args: Sequence[Value]) -> Value:
    """What a solver found, with the derivative of the solution of `equation`."""
    if is_undefined(found):
        return UNDEF
    assert isinstance(found, Var)
    residual = handed_over(context, equation, (Var(found.kind, "x"),), args, "residual")
    if residual is None:
        return UNDEF
    program, operands = residual
    return context.op("solution", found, *operands, residual=program)


def stated(context: Context, found: Value, definition: Value, args: Sequence[Value]) -> Value:
    """What a library found, with the derivative of definition(*args)."""
    if is_undefined(found):
        return UNDEF
    handed = handed_over(context, definition, (), args, "definition")
    if handed is None:
        return UNDEF
    program, operands = handed
    return context.op("stated", found, *operands, program=program)


def about(meaning: Any, *functions: Value) -> Partial:
    """A function of the compiler's library about some of the program."""
    return Partial(Static(meaning), functions, {})


# --- arguments ---------------------------------------------------------------------------------------


def extra(given: Arguments) -> tuple[Value, ...]:
    """The extra arguments of a function, as `args=` has them."""
    match given.get("args"):
        case None | Literal(None):
            return ()
        case TupleValue(items=items, cls=None):
            return items
        case Literal(tuple() as values):
            return tuple(map(Literal, values))
        case value:
            return (value,)


def refuse(context: Context, function: Any, given: Arguments, *names: str) -> None:
    """Refuse parameters that are given."""
    for name in names:
        if is_given(given, name):
            context.fail(
                "TC109", f"{name}= of {function.__name__} is not supported in a differentiated program"
            )


def is_given(given: Arguments, name: str) -> bool:
    """Whether a parameter is given, and not as None, False or empty."""
    match given.get(name, Literal(None)):
        case Literal(value):
            return bool(np.size(value) and np.any(value)) if isinstance(value, np.ndarray) else bool(value)
        case TupleValue(items=()) | ListValue(items=()):
            return False
    return True


def check_number(context: Context, function: Any, given: Arguments, name: str) -> None:
    """Refuse a search that begins with an array: it would be many."""
    value = given.get(name, Literal(None))
    kind = kind_of(value) if isinstance(value, (Var, Literal)) else ANY
    if name in given and not (is_number(kind) or isinstance(kind, Const)):
        context.fail(
            "TC109", f"{name} of {function.__name__} must be a number", hint="call it for each entry"
        )


def start_of(context: Context, function: Any, given: Arguments, name: str = "x0") -> Array:
    """The kind of the vector that begins a search.

    Raises: UnsupportedSyntaxError: TC109, it is no vector in double precision.
    """
    with context.builder.nested():  # only the kind is wanted
        start = apply(context, Static(np.atleast_1d), (given[name],), {})
    kind = kind_of(start) if isinstance(start, (Var, Literal)) else ANY
    dtype = dtype_of(kind)
    if isinstance(kind, Const) and isinstance(kind.value, np.ndarray):
        kind = Array(kind.value.dtype, kind.value.shape)
        dtype = kind.dtype
    if not isinstance(kind, Array) or rank_of(kind) != 1 or dtype is None or dtype.kind not in "if":
        context.fail("TC109", f"{name} of {function.__name__} must be a number or a vector of floats")
    if dtype.kind == "f" and dtype != np.float64:
        context.fail("TC109", f"{name} of {function.__name__} must be in double precision")
    return Array(np.dtype(float), kind.dims)


def slopes_given(
    context: Context, function: Any, given: Arguments, names: Sequence[str], kind: Kind
) -> Programs:
    """The derivatives that the program gives to a solver, as functions of the kind of its search."""
    found = {name: given[name] for name in names if is_callable(given.get(name, Literal(None)))}
    return {name: (value, (kind,)) for name, value in found.items()}
