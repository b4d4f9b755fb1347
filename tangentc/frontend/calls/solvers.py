"""Library functions that take functions of the program: solvers of equations and minimisers of `scipy.optimize`.

A solver runs as it stands, on the program's function as one of the emitted text.  The derivative of the solution is
that of the equation it solves, by the implicit function theorem.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tangentc.analysis.writes import written_parameters
from tangentc.errors import InternalError, TangentcError
from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.derivatives import Alone, names_of
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import items_of
from tangentc.frontend.functions.passive import opaque
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.requests import Request
from tangentc.frontend.state.values import (
    ObjectValue,
    Partial,
    Ref,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Atom, Function, Literal, Op, Var, kind_of
from tangentc.ir.subprograms import Subprogram, flat
from tangentc.kinds.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    Array,
    Const,
    Kind,
    Object,
    Size,
    dtype_of,
    fresh,
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
        snapshots = [context.snapshot(value) for value in args]
        named = {key: context.snapshot(value) for key, value in kwargs.items()}
        args = [_kept(context, *pair) for pair in zip(args, snapshots, strict=True)]
        kwargs = {key: _kept(context, value, named[key]) for key, value in kwargs.items()}
        try:
            bound = inspect.signature(function).bind(*args, **kwargs)
        except TypeError as error:
            context.fail("TC115", f"{name}(): {error}")
        more = bound.arguments.pop("options", {}) if _takes_more(function) else {}
        try:
            with context.attempt(TangentcError):
                return handler(context, function, {**bound.arguments, **more})
        except InternalError:
            raise
        except TangentcError as error:  # what is not differentiated may do more
            try:
                return _passive(context, opaque(context, function, snapshots, named), error.message)
            except TangentcError:
                raise error from None

    return run


def _passive(context: Context, result: Value, reason: str) -> Value:
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


def _takes_more(function: Any) -> bool:
    """Whether options are keywords of their own."""
    options = inspect.signature(function).parameters.get("options")
    return options is not None and options.kind is options.VAR_KEYWORD


# --- functions of the program ------------------------------------------------------------------------


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

    program = Subprogram(derived(function, "primal", ()), len(passed), derived)
    return program, [*alone.operands, *alone.outer][len(passed) :]


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
            found = handed_over(
                context, callee, tuple(map(Var, kinds, _PASSED)), _args(given), _name_of(callee, function)
            )
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


def _name_of(callee: Value, function: Any) -> str:
    """What a function of the program is called; a lambda by its part in what the library does."""
    name = names_of(callee)
    return name if name != "inner" else _PARTS.get(function.__name__, "residual")


_PARTS = {
    "minimize": "objective", "minimize_scalar": "objective", "fixed_point": "step", "quad": "integrand",
    "quad_vec": "integrand", "solve_ivp": "right_side", "odeint": "right_side",
}  # fmt: skip


def _solution(context: Context, found: Value, equation: Value, args: Sequence[Value]) -> Value:
    """What a solver found, with the derivative of the solution of `equation`."""
    if is_undefined(found):
        return UNDEF
    assert isinstance(found, Var)
    residual = handed_over(context, equation, (Var(found.kind, "x"),), args, "residual")
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


def _class(function: Any, name: str) -> Any:
    """The class of what a solver returns."""
    places = (sys.modules[place] for place in (function.__module__, "scipy.optimize"))
    return next(found for place in places if (found := getattr(place, name, None)) is not None)


_FACTS: dict[str, Kind] = {
    "success": BOOL, "converged": BOOL, "status": INT, "nfev": INT, "nit": INT, "iterations": INT,
    "function_calls": INT, "message": Object(str), "flag": Object(str),
}  # fmt: skip
"""What solvers tell about their work: constant where the derivative is."""


def _result(context: Context, cls: Any, raw: Value, members: dict[str, Value], facts: Sequence[str]) -> Value:
    """The object that a solver returns, of what has a known derivative."""
    if any(map(is_undefined, members.values())):
        return UNDEF
    told = {name: _member(context, raw, name, _FACTS[name]) for name in facts}
    return context.allocate(ObjectValue(cls, {**members, **told}))


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
        context,
        _class(function, "RootResults"),
        raw,
        {"root": root},
        ("converged", "iterations", "function_calls", "flag"),
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
    return _result(
        context, _class(function, "OptimizeResult"), raw, {"x": x}, ("success", "status", "message", "nfev")
    )


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
    return _result(
        context,
        _class(function, "OptimizeResult"),
        raw,
        members,
        ("success", "status", "message", "nfev", "nit"),
    )


@solver("scipy.optimize.minimize_scalar")
def _minimize_scalar(context: Context, function: Any, given: Arguments) -> Value:
    _refuse(context, function, given, "bounds")
    raw = _run(context, function, given, {"fun": (given["fun"], (FLOAT,))}, ANY)
    found = context.op("float", _member(context, raw, "x", ANY), kind=FLOAT)
    x = _solution(context, found, _about(solvers.slope, given["fun"]), _args(given))
    if is_undefined(x):
        return UNDEF
    members = {"x": x, "fun": apply(context, given["fun"], (x, *_args(given)), {})}
    return _result(
        context, _class(function, "OptimizeResult"), raw, members, ("success", "message", "nfev", "nit")
    )


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
    return _result(
        context, _class(function, "OptimizeResult"), raw, members, ("success", "status", "message", "nfev")
    )


# --- integrals ---------------------------------------------------------------------------------------


@solver("scipy.integrate.quad", "scipy.integrate.quad_vec")
def _quad(context: Context, function: Any, given: Arguments) -> Value:
    _refuse(context, function, given, "full_output", "weight", "complex_func", "quadrature")
    callee = given.get("func", given.get("f"))
    assert callee is not None
    options = {}
    for name in ("epsabs", "epsrel", "limit", "points"):
        if name in given:
            options[name] = context.static(given[name], f"{name}= of {function.__name__}")
    others = set(given) - {"func", "f", "a", "b", "args", "full_output", *options}
    _refuse(context, function, given, *sorted(others))
    name = _name_of(callee, function)
    handed = handed_over(context, callee, (Var(FLOAT, "t"),), _args(given), name)
    if handed is None:
        return UNDEF
    program, operands = handed
    ends = [context.atom(given[name]) for name in ("a", "b")]
    if isinstance(points := options.get("points"), list):
        options["points"] = tuple(points)
    found = context.builder.ops(
        f"scipy.integrate.{function.__name__}", *ends, *operands, program=program, **options
    )
    return TupleValue(found)


# --- differential equations --------------------------------------------------------------------------


@solver("scipy.integrate.solve_ivp")
def _solve_ivp(context: Context, function: Any, given: Arguments) -> Value:
    _refuse(context, function, given, "dense_output", "events", "vectorized", "jac")
    method = context.static(given.get("method", Literal("RK45")), "the method of solve_ivp")
    y0 = _state(context, function, given["y0"])
    if is_undefined(y0):
        return UNDEF
    times = given.get("t_eval", Literal(None))
    kind = _Kinds.of(y0, times)
    given = {**given, "y0": y0}
    raw = _run(context, function, given, {"fun": (given["fun"], (FLOAT, kind.state))}, ANY)
    if isinstance(times, Literal) and times.value is None:
        times = _member(context, raw, "t", kind.times)
    columns = _member(context, raw, "y", Array(np.dtype(float), kind.sizes))
    start, end = items_of(context, given["t_span"], "the two ends of t_span")
    options = (("method", method), *_tolerances(context, function, given))
    name, equation = _name_of(given["fun"], function), _about(solvers.vector_at, given["fun"])
    y = _trajectory(context, columns, (times, start, end, y0), equation, _args(given), options, name)
    members = {"t": times, "y": y}
    return _result(
        context, _class(function, "OdeResult"), raw, members, ("success", "status", "message", "nfev")
    )


@solver("scipy.integrate.odeint")
def _odeint(context: Context, function: Any, given: Arguments) -> Value:
    _refuse(context, function, given, "full_output", "Dfun", "tcrit")
    y0 = _state(context, function, given["y0"])
    if is_undefined(y0):
        return UNDEF
    times = _array(context, given["t"])
    given, kind = {**given, "y0": y0, "t": times}, _Kinds.of(y0, times)
    is_first = bool(context.static(given.get("tfirst", _FALSE), "tfirst= of odeint"))
    passed = (FLOAT, kind.state) if is_first else (kind.state, FLOAT)
    rows = _run(
        context, function, given, {"func": (given["func"], passed)}, Array(np.dtype(float), kind.sizes[::-1])
    )
    start, end = (getitem(context, times, Literal(at)) for at in (0, -1))
    tolerances = dict(_tolerances(context, function, given))
    options = (
        ("method", "LSODA"),
        *((name, tolerances.get(name) or _ODEINT_TOLERANCE) for name in ("rtol", "atol")),
    )
    equation = _about(solvers.vector_at if is_first else solvers.vector_at_second, given["func"])
    name = _name_of(given["func"], function)
    return _trajectory(
        context, rows, (times, start, end, y0), equation, _args(given), options, name, rows=True
    )


_ODEINT_TOLERANCE = 1.49012e-8  # what odeint takes where none is given


def _trajectory(
    context: Context, found: Value, facts: Sequence[Value], equation: Value, args: Sequence[Value],
    options: tuple[tuple[str, Any], ...], name: str, rows: bool = False,
) -> Value:  # fmt: skip
    """What a solver found, with the derivative of the solution of dy/dt = equation(t, y, *args)."""
    if any(map(is_undefined, (found, *facts))):
        return UNDEF
    state = _Kinds.of(facts[-1]).state
    right = handed_over(context, equation, (Var(FLOAT, "t"), Var(state, "y")), args, name)
    if right is None:
        return UNDEF
    program, operands = right
    return context.op("trajectory", found, *facts, *operands, program=program, rows=rows, options=options)


@dataclass(frozen=True)
class _Kinds:
    """The kinds that go with a state."""

    state: Array
    times: Array
    sizes: tuple[Size, Size]

    @staticmethod
    def of(y0: Value, times: Value | None = None) -> _Kinds:
        assert isinstance(y0, (Var, Literal))
        kind, double = kind_of(y0), np.dtype(float)
        dims = kind.dims if isinstance(kind, Array) and kind.dims else (fresh(),)
        at = kind_of(times) if isinstance(times, (Var, Literal)) else ANY
        count = at.dims[0] if isinstance(at, Array) and at.dims and len(at.dims) == 1 else fresh()
        return _Kinds(Array(double, dims), Array(double, (count,)), (dims[0], count))


def _state(context: Context, function: Any, value: Value) -> Value:
    """The state at the start, as a vector."""
    y0 = _array(context, value)
    if isinstance(y0, Var) and rank_of(y0.kind) == 0:
        y0 = apply(context, Static(np.atleast_1d), (y0,), {})
    kind = kind_of(y0) if isinstance(y0, (Var, Literal)) else ANY
    if not is_undefined(y0) and not (
        rank_of(kind) == 1
        and (dtype := dtype_of(kind)) is not None
        and (dtype == np.float64 or dtype.kind in "iu")
    ):
        context.fail("TC109", f"y0 of {function.__name__} must be a number or a vector in double precision")
    return y0


def _array(context: Context, value: Value) -> Value:
    is_array = isinstance(value, Var) and isinstance(value.kind, Array)
    return value if is_array else apply(context, Static(np.asarray), (value,), {})


def _tolerances(context: Context, function: Any, given: Arguments) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, context.static(given[name], f"{name}= of {function.__name__}"))
        for name in ("rtol", "atol")
        if name in given
    )
