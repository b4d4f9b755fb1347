"""Library functions that take functions of the program: solvers of equations and minimisers of `scipy.optimize`.

A solver runs as it stands, on the program's function as one of the emitted text.  The derivative of the solution is
that of the equation it solves, by the implicit function theorem.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.analysis.writes import written_parameters
from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.derivatives import Alone
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.requests import Request
from tangentc.frontend.state.values import (
    ObjectValue,
    Partial,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, Function, Literal, Op, Parameter, Var, kind_of
from tangentc.ir.subprograms import Subprogram
from tangentc.ir.trees import unique
from tangentc.kinds.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    Array,
    Const,
    Kind,
    Object,
    dtype_of,
    is_number,
    rank_of,
)
from tangentc.primitives.core import named

__all__ = ["handed_over", "solver", "solver_of"]

Arguments = dict[str, Value]
Solver = Callable[[Context, Any, Arguments], Value]
Programs = dict[str, tuple[Value, tuple[Kind, ...]]]
"""For each parameter that is a function, it and the kinds of what the library passes to it."""

_SOLVERS: dict[str, Solver] = {}

_FALSE, _NONE = Literal(False), Literal(None)


def solver(*paths: str) -> Callable[[Solver], Solver]:
    """Register what a call of these functions of SciPy means; the handler is given the arguments by name."""

    def decorate(handler: Solver) -> Solver:
        _SOLVERS.update(dict.fromkeys(paths, handler))
        return handler

    return decorate


def solver_of(function: Any) -> Callable[[Context, Sequence[Value], Arguments], Value] | None:
    """What a call of a library's function means if it takes functions of the program; None for any other."""
    part = ".".join((getattr(function, "__module__", None) or "").split(".")[:2])
    name = getattr(function, "__name__", "")
    handler = _SOLVERS.get(f"{part}.{name}")
    if handler is None or getattr(sys.modules.get(part), name, None) is not function:
        return None
    assert function is not None

    def run(context: Context, args: Sequence[Value], kwargs: Arguments) -> Value:
        if any(is_undefined(value) for value in (*args, *kwargs.values())):
            return UNDEF
        try:
            bound = inspect.signature(function).bind(*args, **kwargs)
        except TypeError as error:
            context.fail("TC115", f"{name}(): {error}")
        return handler(context, function, dict(bound.arguments))

    return run


# --- functions of the program ------------------------------------------------------------------------


def handed_over(
    context: Context, callee: Value, passed: Sequence[Var], args: Sequence[Value]
) -> tuple[Subprogram, list[Atom]] | None:
    """A function of the program for a library that calls it with `passed`, then with the program's own `args`.

    Returns: it, and the operands that it reads besides; None in a pass that will be repeated.
    """
    alone = Alone.of(context, callee, (*passed, *args), {}, ())
    if alone is None:
        return None
    function = _flat(alone.function)
    _check(context, function)
    derive = context.derive
    assert derive is not None

    def derived(function: Function, mode: str, wrt: tuple[int, ...]) -> Function:
        return derive(function, Request(mode, function.name, wrt))

    program = Subprogram(derived(function, "primal", ()), len(passed), derived)
    return program, [*alone.operands, *alone.outer][len(passed) :]


def _flat(function: Function) -> Function:
    """The function with one parameter for each variable."""
    taken: set[str] = set()
    parameters = tuple(
        Parameter(unique(var.name or "v", taken), "POSITIONAL_OR_KEYWORD", var)
        for var in function.body.params
    )
    result = function.body.yields[0] if len(function.body.yields) == 1 else function.body.yields
    return Function(function.name, parameters, function.body, result, function.span)


def _check(context: Context, function: Function) -> None:
    """Refuse functions that do more than to return what their arguments decide."""
    written = written_parameters(function, (), {})
    if written:
        context.fail(
            "TC107", f"a function that is handed to a library writes {written[0]!r}, which it did not make",
            hint="write to a copy, and return it",
        )  # fmt: skip


def _run(
    context: Context,
    function: Any,
    given: Arguments,
    programs: Programs,
    kind: Kind,
) -> Value:
    """The library's own call, on functions of the emitted text in the place of the program's."""
    positional: list[Value] = []
    keywords: Arguments = {}
    handed: dict[str, tuple[Subprogram, list[Atom]]] = {}
    names = list(inspect.signature(function).parameters)
    for name, value in given.items():
        if name == "args":
            continue
        if name in programs:
            callee, kinds = programs[name]
            found = handed_over(context, callee, tuple(map(Var, kinds, _PASSED)), _args(given))
            if found is None:
                return UNDEF
            handed[name], value = found, Literal(None)
        elif is_callable(value):
            context.fail(
                "TC109", f"{name}= of {function.__name__} is not supported in a differentiated program"
            )
        if not keywords and names[len(positional)] == name:
            positional.append(value)
        else:
            keywords[name] = value
    places = {name: k for k, name in enumerate([*names[: len(positional)], *keywords], 1)}
    operands = [
        Literal(function),
        *positional,
        *keywords.values(),
        *(a for _, read in handed.values() for a in read),
    ]
    called = tuple((places[name], program, len(read)) for name, (program, read) in handed.items())
    return context.op("solve", *operands, keywords=tuple(keywords), programs=called, kind=kind)


_PASSED = ("x", "y")


def _solution(context: Context, found: Value, equation: Value, args: Sequence[Value]) -> Value:
    """What a solver found, with the derivative of the solution of `equation`."""
    if is_undefined(found):
        return UNDEF
    assert isinstance(found, Var)
    residual = handed_over(context, equation, (Var(found.kind, "x"),), args)
    if residual is None:
        return UNDEF
    program, operands = residual
    return context.op("solution", found, *operands, residual=program)


def _about(meaning: Any, *functions: Value) -> Partial:
    """A function of the compiler's library about some of the program."""
    return Partial(Static(meaning), functions, {})


# --- arguments ---------------------------------------------------------------------------------------


def _args(given: Arguments) -> tuple[Value, ...]:
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


def _refuse(context: Context, function: Any, given: Arguments, *names: str) -> None:
    """Refuse parameters that are given and are not None, False or empty."""
    for name in names:
        value = given.get(name, Literal(None))
        if not (isinstance(value, Literal) and not value.value):
            context.fail(
                "TC109", f"{name}= of {function.__name__} is not supported in a differentiated program"
            )


def _start(context: Context, function: Any, given: Arguments) -> Array:
    """The kind of the vector that begins a search.

    Raises: UnsupportedSyntaxError: TC109, it is no vector in double precision.
    """
    with context.builder.nested():  # only the kind is wanted
        start = apply(context, Static(np.atleast_1d), (given["x0"],), {})
    kind = kind_of(start) if isinstance(start, (Var, Literal)) else ANY
    dtype = dtype_of(kind)
    if isinstance(kind, Const) and isinstance(kind.value, np.ndarray):
        kind = Array(kind.value.dtype, kind.value.shape)
        dtype = kind.dtype
    if not isinstance(kind, Array) or rank_of(kind) != 1 or dtype is None or dtype.kind not in "if":
        context.fail("TC109", f"x0 of {function.__name__} must be a number or a vector of floats")
    if dtype.kind == "f" and dtype != np.float64:
        context.fail("TC109", f"x0 of {function.__name__} must be in double precision")
    return Array(np.dtype(float), kind.dims)


def _derivatives(
    context: Context, function: Any, given: Arguments, names: Sequence[str], kind: Kind
) -> Programs:
    """The derivatives that the program gives to a solver, as functions of the kind of its search."""
    found = {name: given[name] for name in names if is_callable(given.get(name, Literal(None)))}
    return {name: (value, (kind,)) for name, value in found.items()}


def _member(context: Context, owner: Value, name: str, kind: Kind) -> Value:
    """An attribute of what a solver returned."""
    if is_undefined(owner):
        return UNDEF
    assert isinstance(owner, Var)
    found = Var(kind)
    context.builder.append(Op((found,), named("getattr"), (owner,), (("name", name),), context.builder.span))
    return found


_FACTS: dict[str, Kind] = {
    "success": BOOL, "converged": BOOL, "status": INT, "nfev": INT, "nit": INT, "iterations": INT,
    "function_calls": INT, "message": Object(str), "flag": Object(str),
}  # fmt: skip
"""What solvers tell about their work: constant where the derivative is."""


def _result(context: Context, cls: str, raw: Value, members: dict[str, Value], facts: Sequence[str]) -> Value:
    """The object that a solver returns, of what has a known derivative."""
    if any(map(is_undefined, members.values())):
        return UNDEF
    told = {name: _member(context, raw, name, _FACTS[name]) for name in facts}
    return context.allocate(ObjectValue(getattr(sys.modules["scipy.optimize"], cls), {**members, **told}))


# --- equations ---------------------------------------------------------------------------------------


@solver(
    "scipy.optimize.brentq", "scipy.optimize.brenth", "scipy.optimize.bisect", "scipy.optimize.ridder",
    "scipy.optimize.toms748", "scipy.optimize.newton",
)  # fmt: skip
def _root_of_number(context: Context, function: Any, given: Arguments) -> Value:
    """A root in an interval, or near a number."""
    _refuse(context, function, given, "full_output")
    name = "func" if "func" in given else "f"
    _number(context, function, given, "x0")
    programs: Programs = {name: (given[name], (FLOAT,))}
    programs |= _derivatives(context, function, given, ("fprime", "fprime2"), FLOAT)
    found = context.op("float", _run(context, function, given, programs, ANY), kind=FLOAT)
    return _solution(context, found, given[name], _args(given))


@solver("scipy.optimize.root_scalar")
def _root_scalar(context: Context, function: Any, given: Arguments) -> Value:
    _number(context, function, given, "x0")
    programs: Programs = {"f": (given["f"], (FLOAT,))}
    programs |= _derivatives(context, function, given, ("fprime", "fprime2"), FLOAT)
    raw = _run(context, function, given, programs, ANY)
    found = context.op("float", _member(context, raw, "root", ANY), kind=FLOAT)
    root = _solution(context, found, given["f"], _args(given))
    return _result(
        context, "RootResults", raw, {"root": root}, ("converged", "iterations", "function_calls", "flag")
    )


def _number(context: Context, function: Any, given: Arguments, name: str) -> None:
    value = given.get(name, Literal(None))
    kind = kind_of(value) if isinstance(value, (Var, Literal)) else ANY
    if name in given and not (is_number(kind) or isinstance(kind, Const)):
        context.fail(
            "TC109", f"{name} of {function.__name__} must be a number", hint="call it for each entry"
        )


@solver("scipy.optimize.fixed_point")
def _fixed_point(context: Context, function: Any, given: Arguments) -> Value:
    _number(context, function, given, "x0")
    raw = _run(context, function, given, {"func": (given["func"], (FLOAT,))}, ANY)
    found = context.op("float", raw, kind=FLOAT)
    return _solution(context, found, _about(solvers.excess, given["func"]), _args(given))


@solver("scipy.optimize.fsolve")
def _fsolve(context: Context, function: Any, given: Arguments) -> Value:
    _refuse(context, function, given, "full_output")
    kind, equation = _start(context, function, given), _about(solvers.vector_of, given["func"])
    programs: Programs = {"func": (given["func"], (kind,))}
    programs |= _derivatives(context, function, given, ("fprime",), kind)
    return _solution(context, _run(context, function, given, programs, kind), equation, _args(given))


@solver("scipy.optimize.root")
def _root(context: Context, function: Any, given: Arguments) -> Value:
    _refuse(context, function, given, "callback")
    jac = given.get("jac", Literal(None))
    if isinstance(jac, Literal) and jac.value:
        context.fail("TC109", "jac=True of root is not supported in a differentiated program")
    kind, equation = _start(context, function, given), _about(solvers.vector_of, given["fun"])
    programs: Programs = {"fun": (given["fun"], (kind,))}
    programs |= _derivatives(context, function, given, ("jac",), kind)
    raw = _run(context, function, given, programs, ANY)
    x = _solution(context, _member(context, raw, "x", kind), equation, _args(given))
    return _result(context, "OptimizeResult", raw, {"x": x}, ("success", "status", "message", "nfev"))


# --- minima ------------------------------------------------------------------------------------------


@solver("scipy.optimize.minimize")
def _minimize(context: Context, function: Any, given: Arguments) -> Value:
    """At a minimum the gradient vanishes."""
    _refuse(context, function, given, "callback", "bounds", "constraints", "hessp")
    kind, objective = _start(context, function, given), given["fun"]
    programs: Programs = {"fun": (objective, (kind,))}
    programs |= _derivatives(context, function, given, ("jac", "hess"), kind)
    raw = _run(context, function, given, programs, ANY)
    jac = given.get("jac", Literal(None))
    if isinstance(jac, Literal) and jac.value is True:
        objective = _about(solvers.first, objective)
    x = _solution(context, _member(context, raw, "x", kind), _about(solvers.slope, objective), _args(given))
    if is_undefined(x):
        return UNDEF
    members = {"x": x, "fun": apply(context, objective, (x, *_args(given)), {})}
    return _result(context, "OptimizeResult", raw, members, ("success", "status", "message", "nfev", "nit"))


@solver("scipy.optimize.minimize_scalar")
def _minimize_scalar(context: Context, function: Any, given: Arguments) -> Value:
    _refuse(context, function, given, "bounds")
    raw = _run(context, function, given, {"fun": (given["fun"], (FLOAT,))}, ANY)
    found = context.op("float", _member(context, raw, "x", ANY), kind=FLOAT)
    x = _solution(context, found, _about(solvers.slope, given["fun"]), _args(given))
    if is_undefined(x):
        return UNDEF
    members = {"x": x, "fun": apply(context, given["fun"], (x, *_args(given)), {})}
    return _result(context, "OptimizeResult", raw, members, ("success", "message", "nfev", "nit"))


@solver("scipy.optimize.least_squares")
def _least_squares(context: Context, function: Any, given: Arguments) -> Value:
    """At a least sum of squares its gradient vanishes."""
    _refuse(context, function, given, "bounds", "kwargs", "callback")
    loss = given.get("loss", Literal("linear"))
    if not (isinstance(loss, Literal) and loss.value == "linear"):
        context.fail("TC109", "loss= of least_squares must be 'linear' in a differentiated program")
    kind = _start(context, function, given)
    programs: Programs = {"fun": (given["fun"], (kind,))}
    programs |= _derivatives(context, function, given, ("jac",), kind)
    raw = _run(context, function, given, programs, ANY)
    equation = _about(solvers.slope_of_squares, given["fun"])
    x = _solution(context, _member(context, raw, "x", kind), equation, _args(given))
    if is_undefined(x):
        return UNDEF
    members = {
        "x": x,
        "fun": apply(context, _about(solvers.vector_of, given["fun"]), (x, *_args(given)), {}),
        "cost": apply(context, _about(solvers.half_square, given["fun"]), (x, *_args(given)), {}),
    }
    return _result(context, "OptimizeResult", raw, members, ("success", "status", "message", "nfev"))
