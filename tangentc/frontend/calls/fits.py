"""Least squares, by `scipy.optimize`: at a least sum of squares its gradient vanishes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.derivatives import definition_of
from tangentc.frontend.calls.handed_over import (
    Programs,
    about,
    extra,
    is_given,
    refuse,
    slopes_given,
    solution,
    solved,
    start_of,
    stated,
)
from tangentc.frontend.calls.limits import bounded, ends_of
from tangentc.frontend.calls.results import entry, member, result
from tangentc.frontend.library import solvers
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Method, Static, TupleValue, Value, is_callable, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.join import widened
from tangentc.kinds.types import ANY, INT, Array, Kind, Scalar, dtype_of, is_number, rank_of

__all__: list[str] = []


@bound_call("scipy.optimize.least_squares")
def _least_squares(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "kwargs", "callback")
    _check_loss(context, function, given)
    kind = start_of(context, function, given)
    programs: Programs = {"fun": (given["fun"], (kind,))}
    programs |= slopes_given(context, function, given, ("jac",), kind)
    raw = solved(context, function, given, programs, ANY)
    equation: Value = _normal(given["fun"])
    if is_given(given, "bounds"):
        equation = bounded(ends_of(context, function, given["bounds"]), equation)
    x = solution(context, member(context, raw, "x", kind), equation, extra(given))
    if is_undefined(x):
        return UNDEF
    members = {
        "x": x,
        "fun": apply(context, about(solvers.vector_of, given["fun"]), (x, *extra(given)), {}),
        "cost": apply(context, about(solvers.half_square, given["fun"]), (x, *extra(given)), {}),
    }
    return result(
        context,
        function,
        raw,
        members,
        ("success", "status", "message", "nfev"),
    )


@bound_call("scipy.optimize.leastsq")
def _leastsq(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output", "col_deriv")
    kind = start_of(context, function, given)
    programs: Programs = {"func": (given["func"], (kind,))}
    programs |= slopes_given(context, function, given, ("Dfun",), kind)
    raw = solved(context, function, given, programs, ANY)
    x = solution(context, entry(context, raw, 0, kind), _normal(given["func"]), extra(given))
    return UNDEF if is_undefined(x) else TupleValue((x, entry(context, raw, 1, INT)))


def _normal(residuals: Value) -> Value:
    """The equation that the least sum of squares of residuals solves."""
    return about(solvers.slope, about(solvers.half_square, residuals))


def _check_loss(context: Context, function: Any, given: Arguments) -> None:
    """Refuse other sums than that of squares."""
    loss = given.get("loss", Literal("linear"))
    if not (isinstance(loss, Literal) and loss.value == "linear"):
        context.fail("TC109", f"loss= of {function.__name__} must be 'linear' in a differentiated program")


# --- curves through data -----------------------------------------------------------------------------


@bound_call("scipy.optimize.curve_fit")
def _curve_fit(context: Context, function: Any, given: Arguments) -> Value:
    """The parameters solve the normal equations; their covariances are the inverse of the curvature there."""
    refuse(context, function, given, "full_output", "nan_policy", "args")
    _check_loss(context, function, given)
    parameters = _parameters(context, function, given)
    count = parameters.dims[0] if parameters.dims else None
    if not isinstance(count, int):
        context.fail(
            "TC109",
            "the number of parameters of curve_fit must be known",
            hint="give p0= as a list of numbers",
        )
    xdata, ydata = _floats(context, given["xdata"]), _floats(context, given["ydata"])
    misfit = _misfit(context, given, xdata, ydata)
    if any(map(is_undefined, (xdata, ydata, misfit))):
        return UNDEF
    passed = (_kind(xdata), *[Scalar(np.dtype(float))] * count)
    programs: Programs = {"f": (given["f"], passed)}
    if is_callable(given.get("jac", Literal(None))):
        programs["jac"] = given["jac"], passed
    raw = solved(context, function, given, programs, ANY)
    equation: Value = _normal(misfit)
    if is_given(given, "bounds"):
        equation = bounded(ends_of(context, function, given["bounds"]), equation)
    best = solution(context, entry(context, raw, 0, parameters), equation, ())
    if is_undefined(best):
        return UNDEF
    spread = Array(np.dtype(float), (count, count))
    is_absolute = context.static(given.get("absolute_sigma", Literal(False)), "absolute_sigma= of curve_fit")
    covariance = about(solvers.covariance if is_absolute else solvers.scaled_covariance, misfit)
    return TupleValue((best, stated(context, entry(context, raw, 1, spread), covariance, (best,))))


def _parameters(context: Context, function: Any, given: Arguments) -> Array:
    """The kind of the vector of parameters: as many as the start has, else as the model has besides its first."""
    if is_given(given, "p0"):
        return start_of(context, function, given, "p0")
    model = given["f"]
    callee, bound = (model.function, 1) if isinstance(model, Method) else (model, 0)
    node = definition_of(callee)
    if node is None or (count := len(node.args.posonlyargs) + len(node.args.args) - bound - 1) < 1:
        context.fail(
            "TC109",
            "the number of parameters of the model cannot be seen",
            hint="give p0= as a list of numbers",
        )
    return Array(np.dtype(float), (count,))


def _misfit(context: Context, given: Arguments, xdata: Value, ydata: Value) -> Value:
    """What the model leaves of the data, by its parameters, in units of the errors."""
    model = given["f"]
    if not is_given(given, "sigma"):
        return about(solvers.misfit, model, xdata, ydata)
    sigma = _floats(context, given["sigma"])
    rank = 0 if isinstance(sigma, Literal) else rank_of(kind_of(sigma)) if isinstance(sigma, Var) else None
    if rank not in (0, 1, 2):
        context.fail("TC109", "sigma= of curve_fit must be a number, a vector or a matrix")
    meaning = solvers.whitened_misfit if rank == 2 else solvers.weighted_misfit
    return about(meaning, model, xdata, ydata, sigma)


def _floats(context: Context, value: Value) -> Value:
    """Data as the library takes them: in double precision; what is no array is left to the model."""
    if isinstance(value, Literal) and (value.value is None or is_number(kind_of(value))):
        return value
    if isinstance(value, Var) and (is_number(value.kind) or dtype_of(value.kind) == np.float64):
        return value
    return apply(context, Static(np.asarray), (value, Static(float)), {})


def _kind(value: Value) -> Kind:
    return widened(kind_of(value)) if isinstance(value, (Var, Literal)) else ANY


# --- linear systems ----------------------------------------------------------------------------------


@bound_call("scipy.optimize.lsq_linear")
def _lsq_linear(context: Context, function: Any, given: Arguments) -> Value:
    """The least squares solution of a linear system between bounds."""
    system = _system(context, function, given)
    if is_undefined(system[0]):
        return UNDEF
    equation: Value = about(solvers.linear_slope, *system)
    if is_given(given, "bounds"):
        equation = bounded(ends_of(context, function, given["bounds"]), equation)
    raw = solved(context, function, given, {}, ANY)
    x = solution(context, member(context, raw, "x", _unknowns(system)), equation, ())
    if is_undefined(x):
        return UNDEF
    misfit = about(solvers.linear_misfit, *system)
    members = {
        "x": x,
        "fun": apply(context, misfit, (x,), {}),
        "cost": apply(context, about(solvers.half_square, misfit), (x,), {}),
    }
    facts = ("success", "status", "message", "nit")
    return result(context, function, raw, members, facts)


@bound_call("scipy.optimize.nnls")
def _nnls(context: Context, function: Any, given: Arguments) -> Value:
    """The least squares solution of a linear system without negative entries, and how far it is from one."""
    system = _system(context, function, given)
    if is_undefined(system[0]):
        return UNDEF
    raw = solved(context, function, given, {}, ANY)
    equation = bounded((Literal(0.0), Literal(np.inf)), about(solvers.linear_slope, *system))
    x = solution(context, entry(context, raw, 0, _unknowns(system)), equation, ())
    if is_undefined(x):
        return UNDEF
    left = apply(context, about(solvers.linear_misfit, *system), (x,), {})
    norm = context.op("float", apply(context, Static(np.linalg.norm), (left,), {}))
    return TupleValue((x, norm))


def _system(context: Context, function: Any, given: Arguments) -> tuple[Value, Value]:
    """The matrix and the right side of a linear system."""
    A, b = (_floats(context, given[name]) for name in ("A", "b"))
    if not is_undefined(A) and not (
        isinstance(A, Var) and isinstance(A.kind, Array) and rank_of(A.kind) == 2
    ):
        context.fail("TC109", f"A of {function.__name__} must be an array with two axes")
    return A, b


def _unknowns(system: tuple[Value, Value]) -> Array:
    """The kind of what is multiplied with a matrix."""
    matrix = system[0]
    assert isinstance(matrix, Var) and isinstance(matrix.kind, Array) and matrix.kind.dims is not None
    return Array(np.dtype(float), matrix.kind.dims[1:])
