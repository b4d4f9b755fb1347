"""Integrals of functions of the program, by `scipy.integrate`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tangentc.frontend.calls.apply import apply
from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.calls.handed_over import (
    Programs,
    about,
    called,
    extra,
    handed_over,
    is_given,
    refuse,
    solved,
    stated,
    title,
)
from tangentc.frontend.calls.results import entry
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import items_of
from tangentc.frontend.library import solvers
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import (
    DictValue,
    Partial,
    Static,
    TupleValue,
    Value,
    is_callable,
    is_undefined,
)
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import ANY, FLOAT, Array, Tuple, is_number, rank_of

__all__: list[str] = []


@bound_call("scipy.integrate.quad", "scipy.integrate.quad_vec")
def _quad(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output", "weight", "complex_func", "quadrature")
    callee = given.get("func", given.get("f"))
    assert callee is not None
    options = {}
    for name in ("epsabs", "epsrel", "limit", "points"):
        if name in given:
            options[name] = context.static(given[name], f"{name}= of {function.__name__}")
    others = set(given) - {"func", "f", "a", "b", "args", "full_output", *options}
    refuse(context, function, given, *sorted(others))
    name = title(callee, function)
    handed = handed_over(context, callee, (Var(FLOAT, "t"),), extra(given), name)
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


# --- over several variables --------------------------------------------------------------------------

Limits = Callable[[Sequence[Value]], tuple[Value, Value]]
"""The ends of one integral, by the variables of the integrals around it, the nearest first."""


@dataclass(frozen=True, eq=False)
class _Level:
    """One of several integrals, each inside the next: over the first argument of a function of its own and theirs."""

    function: Value
    limits: Limits
    options: Arguments

    def as_function(self) -> Value:
        return Partial(Static(solvers.inner), (Static(self),), {})


@builtin(solvers.inner)
def _inner(context: Context, level: Static, *outer: Value) -> Value:
    """The integral of a level, as a function of the variables of those around it."""
    function, limits, options = level.value.function, level.value.limits, level.value.options
    low, high = limits(outer)
    given = {"func": function, "a": low, "b": high, "args": TupleValue(outer), **options}
    found = _quad(context, sys.modules["scipy.integrate"].quad, given)
    return found.items[0] if isinstance(found, TupleValue) else UNDEF


def _integrated(
    context: Context, function: Any, given: Arguments, programs: Programs, levels: Sequence[tuple[Limits, Arguments]]
) -> Value:  # fmt: skip
    """What the library returns, with the derivative of integrals of integrals, the innermost level first."""
    raw = solved(context, function, given, programs, ANY)
    if is_undefined(raw):
        return UNDEF
    whole = given["func"]
    for limits, options in levels:
        whole = _Level(whole, limits, options).as_function()
    value = stated(context, entry(context, raw, 0, FLOAT), whole, extra(given))
    return TupleValue((value, entry(context, raw, 1, FLOAT)))


@bound_call("scipy.integrate.dblquad", "scipy.integrate.tplquad")
def _of_two_or_three(context: Context, function: Any, given: Arguments) -> Value:
    """The innermost integral comes first; its ends take the outer variables in the order of the integrals."""
    names = [pair for pair in (("a", "b"), ("gfun", "hfun"), ("qfun", "rfun")) if pair[0] in given]
    programs: Programs = {"func": (given["func"], (FLOAT,) * len(names))}
    for depth, pair in enumerate(names):
        programs |= {name: (given[name], (FLOAT,) * depth, ()) for name in pair if is_callable(given[name])}

    def between(depth: int, pair: tuple[str, str]) -> Limits:
        def limits(outer: Sequence[Value]) -> tuple[Value, Value]:
            low, high = (given[name] for name in pair)
            passed = tuple(reversed(outer[:depth]))
            return _end(context, low, passed), _end(context, high, passed)

        return limits

    options: Arguments = {name: given[name] for name in ("epsabs", "epsrel") if name in given}
    levels = [(between(depth, pair), options) for depth, pair in enumerate(names)]
    return _integrated(context, function, given, programs, levels[::-1])


def _end(context: Context, end: Value, passed: tuple[Value, ...]) -> Value:
    return apply(context, end, passed, {}) if is_callable(end) else end


@bound_call("scipy.integrate.nquad")
def _nquad(context: Context, function: Any, given: Arguments) -> Value:
    refuse(context, function, given, "full_output")
    ranges = items_of(context, given["ranges"], "the number of ranges of nquad")
    options = _options(context, function, given.get("opts", Literal(None)), len(ranges))

    def between(pair: Value) -> Limits:
        def limits(outer: Sequence[Value]) -> tuple[Value, Value]:
            low, high = items_of(context, _end(context, pair, tuple(outer)), "the two ends of a range")
            return low, high

        return limits

    handed = [_range(context, each, len(ranges) - 1 - k, extra(given)) for k, each in enumerate(ranges)]
    if any(map(is_undefined, handed)):
        return UNDEF
    programs: Programs = {"func": (given["func"], (FLOAT,) * len(ranges))}
    levels = [(between(pair), each) for pair, each in zip(ranges, options, strict=True)]
    return _integrated(context, function, {**given, "ranges": TupleValue(tuple(handed))}, programs, levels)


def _range(context: Context, value: Value, around: int, args: tuple[Value, ...]) -> Value:
    """A range as the library is given it: one that is a function, as a function of the emitted text."""
    if not is_callable(value):
        return value
    handed = handed_over(context, value, (Var(FLOAT),) * around, args, title(value, partial))
    if handed is None:
        return UNDEF
    return called(context, partial, (("func",), (Literal(None),)), {}, {"func": handed}, ANY)


def _options(context: Context, function: Any, value: Value, count: int) -> list[Arguments]:
    """The options of each integral, given once for all, or for each."""
    if isinstance(value, Literal) and value.value is None:
        return [{}] * count
    every = (
        [value] * count if isinstance(value, DictValue) else items_of(context, value, "the number of opts")
    )
    found = [context.contents(each) for each in every]
    known = [
        {str(name): option for name, option in each.items.items()}
        for each in found
        if isinstance(each, DictValue)
    ]
    if len(known) < count or any("points" in options for options in known):
        context.fail("TC109", f"opts= of {function.__name__} must be dicts of tolerances and limits")
    return known


# --- formulas ----------------------------------------------------------------------------------------


@bound_call("scipy.integrate.fixed_quad")
def _fixed_quad(context: Context, function: Any, given: Arguments) -> Value:
    """The sum itself, so that the derivative is that of what is computed."""
    from scipy.special import roots_legendre  # which scipy.integrate has imported

    count = context.static(given.get("n", Literal(5)), "n= of fixed_quad")
    vector = Array(np.dtype(float), (count,))
    raw = context.op("call", Literal(roots_legendre), Literal(count), kind=Tuple((vector, vector)))
    nodes, weights = (getitem(context, raw, Literal(k)) for k in (0, 1))
    args = (given["func"], given["a"], given["b"], TupleValue(extra(given)), nodes, weights)
    return apply(context, Static(solvers.gauss), args, {})


@bound_call("scipy.integrate.cumulative_simpson")
def _cumulative_simpson(context: Context, function: Any, given: Arguments) -> Value:
    """The library's own sums, with the derivative of the parabolas: by the points, too."""
    y, x, dx = (_array(context, given.get(name, Literal(None))) for name in ("y", "x", "dx"))
    axis, initial = given.get("axis", Literal(-1)), given.get("initial", Literal(None))
    if any(map(is_undefined, (y, x, dx))):
        return UNDEF
    if is_given(given, "x"):
        widths, places = (solvers.between_points, solvers.between_points_along), x
    else:
        widths, places = (solvers.all_alike, solvers.alike_along), dx if "dx" in given else Literal(1.0)
    is_along = isinstance(places, Var) and rank_of(places.kind) not in (0, 1)
    if isinstance(places, Var) and rank_of(places.kind) is None:
        context.fail(
            "TC109", f"the points of {function.__name__} must be an array whose number of axes is known"
        )
    definition = about(solvers.cumulative_simpson, Static(widths[is_along]))
    args = (y, places, axis, initial)
    with context.builder.nested():  # only the kind is wanted
        like = apply(context, definition, args, {})
    kind = kind_of(like) if isinstance(like, (Var, Literal)) else ANY
    return stated(context, solved(context, function, given, {}, kind), definition, args)


def _array(context: Context, value: Value) -> Value:
    """What NumPy makes of a value, a number as it is."""
    if isinstance(value, Literal) or (isinstance(value, Var) and is_number(value.kind)):
        return value
    return apply(context, Static(np.asarray), (value,), {})
