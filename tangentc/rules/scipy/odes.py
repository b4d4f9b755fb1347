"""Derivatives of solutions of differential equations that the program defines: again such equations.

A tangent solves the variational equation beside the equation itself.  A cotangent runs backwards in time: between two
times at which the solution was asked for, state, cotangent and the cotangents of what the right side reads solve one
equation; the state begins anew from the recorded solution each time.  Source: Hairer, Nørsett, Wanner, "Solving
Ordinary Differential Equations I", 1993, section I.14; Chen et al., "Neural Ordinary Differential Equations", 2018.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import integrate

import tangentc.primitives.scipy.functions  # noqa: F401
from tangentc.ir.build import Builder
from tangentc.ir.nodes import Block, Function, Hole, Literal, Loop, Op, Parameter, Range, Slice, Store, Var
from tangentc.ir.subprograms import Subprogram
from tangentc.ir.trees import unique
from tangentc.kinds.join import widened
from tangentc.kinds.types import ANY, FLOAT, INT, Array, Const, fresh, rank_of
from tangentc.primitives.core import named
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.functions import Tangents, length, varying
from tangentc.rules.linear import ZERO, Linear, Zero, linear_op, transpose
from tangentc.rules.linear_ops.functions import called
from tangentc.rules.registry import linearise

Options = tuple[tuple[str, Any], ...]
Tangent = Linear | Zero

_STATE = 1  # the position of y among the parameters of a right side, which are t, y and what it reads


@linearise(named("trajectory"))
def trajectory(
    y: Expr, found: Expr, times: Expr, start: Expr, end: Expr, y0: Expr, *values: Expr, program: Subprogram,
    rows: bool, options: Options, dtimes: Tangent, dstart: Tangent, dend: Tangent, dy0: Tangent, dvalues: Tangents,
) -> Any:  # fmt: skip
    """The state moves along the solution with the time it is asked for; the end only matters as such a time."""
    wrt, moving = varying((_begun(program, start, y0, values, dstart, dy0), *dvalues), first=_STATE)
    columns = ops.transposed(y) if rows else y
    change: Any = ZERO
    if moving:
        change = along(
            columns, times, start, y0, *values, *moving, program=program, wrt=wrt, options=options, rows=rows
        )
        change = _like(change, y)
    if isinstance(dtimes, Linear):
        change = change + _rates(program, times, y, values, rows) * (dtimes[:, None] if rows else dtimes)
    return change


def _begun(
    program: Subprogram, start: Expr, y0: Expr, values: Sequence[Expr], dstart: Tangent, dy0: Tangent
) -> Any:
    """The tangent of the state at the start, as if it were that at a start that stays: a later one has passed by it."""
    if isinstance(dstart, Zero):
        return dy0
    (rate,) = called(program, (_as_time(start), y0, *values))
    return dy0 - rate * dstart


def _rates(program: Subprogram, times: Expr, y: Expr, values: Sequence[Expr], rows: bool) -> Expr:
    """How fast the solution moves at each time, in the layout of the solution."""
    builder = y.builder
    found, count, index = call("np.zeros_like", y), call("size", times), Var(INT, "i")
    for value in (times, y, *values):
        _ = value.atom  # looked up here, not in the loop
    i, place = Expr.of(builder, index), (Hole(0),) if rows else (Slice(), Hole(0))
    with builder.nested() as nodes:
        (rate,) = called(program, (times.getitem((Hole(0),), i), y.getitem(place, i), *values))
        builder.append(Store(found.atom, place, (index,), rate.atom, span=builder.span))
    trips = Range(Literal(0), count.atom, Literal(1))
    builder.append(Loop((), trips, None, (), Block((index,), tuple(nodes), ()), span=builder.span))
    return found


def _as_time(time: Expr) -> Expr:
    """A time as the right side takes it."""
    return time if time.kind == FLOAT else call("float", time)


def _like(change: Any, y: Expr) -> Any:
    """A tangent with the sizes of the result: whoever asks for these solves no equation."""
    change.kind, change.prototype = y.kind, lambda: y
    return change


@linearise(named("timed"))
def timed(y: Expr, times: Expr, start: Expr, end: Expr, *, dstart: Tangent, dend: Tangent) -> Any:
    """Between its ends a solver chooses the times as it likes: these stay."""
    return only_at(times, dstart, at=0) + only_at(times, dend, at=-1)


@linear_op
def only_at(times: Expr, t: Expr, *, at: int) -> Expr:
    """A vector with one entry that is not zero."""
    found = call("np.zeros_like", times)
    found.builder.append(Store(found.atom, (at,), (), t.atom, span=found.builder.span))
    return found


@transpose(only_at)
def only_at_t(w: Expr, times: Expr, *, at: int) -> Expr:
    return w.getitem((at,))


@linearise(named("evolved"))
def evolved(
    y: Expr, start: Expr, end: Expr, y0: Expr, *values: Expr, program: Subprogram, options: Options, dstart: Tangent,
    dend: Tangent, dy0: Tangent, dvalues: Tangents,
) -> Any:  # fmt: skip
    wrt, moving = varying((_begun(program, start, y0, values, dstart, dy0), *dvalues), first=_STATE)
    change: Any = ZERO
    if moving:
        change = _like(
            at_end(y, start, end, y0, *values, *moving, program=program, wrt=wrt, options=options), y
        )
    if isinstance(dend, Linear):
        change = change + called(program, (_as_time(end), y, *values))[0] * dend
    return change


@linear_op
def at_end(
    y: Expr, start: Expr, end: Expr, y0: Expr, *values: Expr, program: Subprogram, wrt: tuple[int, ...],
    options: Options,
) -> Expr:  # fmt: skip
    """The tangent of the state at the end, from those of the state at the start and of what is read."""
    equation, both, read = _variational(program, y0, values, wrt)
    size = read[0]
    found = call("evolved", start, end, both, *read, program=equation, options=options)
    return found.getitem((Slice(Hole(0), None),), size)


@transpose(at_end)
def at_end_t(
    w: Expr, y: Expr, start: Expr, end: Expr, y0: Expr, *values: Expr, program: Subprogram, wrt: tuple[int, ...],
    options: Options,
) -> Any:  # fmt: skip
    back = _Backward(program, y0, values, wrt, options)
    bar, sums = back.step(y, end, start, w, back.nothing)
    return back.parts(bar, sums)


@linear_op
def along(
    y: Expr, times: Expr, start: Expr, y0: Expr, *values: Expr, program: Subprogram, wrt: tuple[int, ...],
    options: Options, rows: bool,
) -> Expr:  # fmt: skip
    """The tangents of the solution at all times, from those of the state at the start and of what is read."""
    equation, both, read = _variational(program, y0, values, wrt)
    constants = [ops.literal(y0, value) for _, value in options]
    solved = call(
        "solve", ops.literal(y0, integrate.solve_ivp), None, call("tuple", start, times.getitem((-1,))), both, times,
        *constants, *read, keywords=("t_eval", *(name for name, _ in options)),
        programs=((1, equation, len(read)),), kind=ANY,
    )  # fmt: skip
    columns = Var(Array(np.dtype(float), (fresh(), fresh())))
    y0.builder.append(Op((columns,), named("getattr"), (solved.atom,), (("name", "y"),), y0.builder.span))
    found = Expr.of(y0.builder, columns)
    end = times.getitem((-1,))
    found = call("trajectory", found, times, start, end, both, *read, program=equation, options=options)
    tangents = found.getitem((Slice(Hole(0), None),), read[0])
    return ops.transposed(tangents) if rows else tangents


@transpose(along)
def along_t(
    w: Expr, y: Expr, times: Expr, start: Expr, y0: Expr, *values: Expr, program: Subprogram, wrt: tuple[int, ...],
    options: Options, rows: bool,
) -> Any:  # fmt: skip
    """From the last time to the start; at each time the cotangent of the solution there is added."""
    builder = w.builder
    bars = ops.transposed(w) if rows else w
    back = _Backward(program, y0, values, wrt, options)
    count = call("size", times)
    for each in (bars, y, times, start, *back.read):
        _ = each.atom  # looked up here, not in the loop

    def step(i: Expr, until: Expr, bar: Expr, sums: Expr) -> tuple[Expr, Expr]:
        column = (Slice(), Hole(0))
        here = times.getitem((Hole(0),), i)
        return back.step(y.getitem(column, i), here, until, bar + bars.getitem(column, i), sums)

    vector = Array(np.dtype(float), (fresh(),))
    index, *carried = Var(INT, "i"), Var(vector, role="bar"), Var(vector, role="bar")
    i, bar, sums = (Expr.of(builder, var) for var in (index, *carried))
    zeros = (call("np.zeros", back.size), back.nothing)
    with builder.nested() as nodes:
        yields = tuple(each.atom for each in step(i, times.getitem((Hole(0),), i - 1), bar, sums))
    results = (Var(vector, role="bar"), Var(vector, role="bar"))
    trips = Range(Literal(1), count.atom, Literal(1), reverse=True)
    body = Block((index, *carried), tuple(nodes), yields)
    builder.append(Loop(results, trips, None, tuple(each.atom for each in zeros), body, span=builder.span))
    bar, sums = (Expr.of(builder, result) for result in results)
    return back.parts(*step(ops.literal(w, 0), start, bar, sums))


class _Backward:
    """The equation of state, cotangent, and the cotangents of what is read, backwards in time."""

    def __init__(
        self, program: Subprogram, y0: Expr, values: Sequence[Expr], wrt: tuple[int, ...], options: Options
    ) -> None:
        self.wrt, self.options = wrt, options
        self.reads = tuple(k for k in wrt if k != _STATE)
        self.values = values
        self.size = length(y0)
        self.read = (self.size, *values)
        self.equation = _composed(program, ("backward", self.reads), self._right(program), self.read)
        self.lengths = [call("size", values[k - _STATE - 1]) for k in self.reads]
        total: Any = sum(self.lengths[1:], self.lengths[0]) if self.lengths else ops.literal(y0, 0)
        self.nothing = call("np.zeros", total)

    def _right(self, program: Subprogram) -> Callable[..., Expr]:
        def right(t: Expr, whole: Expr, size: Expr, *values: Expr) -> Expr:
            y = whole.getitem((Slice(None, Hole(0)),), size)
            bar = whole.getitem((Slice(Hole(0), Hole(1)),), size, size * 2)
            (rate,) = called(program, (t, y, *values))
            bars = called(program.adjoint((_STATE, *self.reads)), (t, y, *values, bar))
            return call("np.concatenate", rate, *(-ops.ravel(each) for each in bars))

        return right

    def step(self, y: Expr, here: Expr, until: Expr, bar: Expr, sums: Expr) -> tuple[Expr, Expr]:
        """The cotangents of the state and of what is read at an earlier time."""
        whole = call("np.concatenate", y, bar, sums)
        found = call(
            "evolved", here, until, whole, *self.read, program=self.equation, options=self.options,
            kind=Array(np.dtype(float), (fresh(),)),
        )  # fmt: skip
        twice = self.size * 2
        return found.getitem((Slice(Hole(0), Hole(1)),), self.size, twice), found.getitem(
            (Slice(Hole(0), None),), twice
        )

    def parts(self, bar: Expr, sums: Expr) -> Any:
        """The cotangents that are asked for, each in its shape."""
        parts = [bar] if _STATE in self.wrt else []
        place: Any = ops.literal(bar, 0)
        for position, count in zip(self.reads, self.lengths, strict=True):
            value = self.values[position - _STATE - 1]
            after = place + count
            part = sums.getitem((Slice(Hole(0), Hole(1)),), place, after)
            parts.append(part[0] if rank_of(value.kind) == 0 else ops.reshape(part, value.shape))
            place = after
        return tuple(parts) if len(parts) > 1 else parts[0]


# --- the equations -----------------------------------------------------------------------------------


def _variational(
    program: Subprogram, y0: Expr, values: Sequence[Expr], wrt: tuple[int, ...]
) -> tuple[Subprogram, Expr, list[Expr]]:
    """The equation of the state and its tangent.

    Args:    values: what the program reads, then the tangents of those in `wrt`, where the state comes first.
    Returns: it, the state and its tangent at the start, and what it reads: first the size of the state.
    """
    read, moving = values[: len(values) - len(wrt)], values[len(values) - len(wrt) :]
    is_state = wrt[0] == _STATE
    begin, moving = (moving[0], moving[1:]) if is_state else (call("np.zeros_like", y0), moving)
    reads = wrt[1:] if is_state else wrt

    def right(t: Expr, both: Expr, size: Expr, *values: Expr) -> Expr:
        read, tangents = values[: len(values) - len(reads)], values[len(values) - len(reads) :]
        y, tangent = both.getitem((Slice(None, Hole(0)),), size), both.getitem((Slice(Hole(0), None),), size)
        (rate,) = called(program, (t, y, *read))
        (change,) = called(program.tangent((_STATE, *reads)), (t, y, *read, tangent, *tangents))
        return call("np.concatenate", rate, change)

    whole = [length(y0), *read, *moving]
    return _composed(program, ("variational", reads), right, whole), call("np.concatenate", y0, begin), whole


def _composed(
    program: Subprogram, key: tuple[Any, ...], right: Callable[..., Expr], values: Sequence[Expr]
) -> Subprogram:
    """A right side made of that of another equation: of (t, vector, *values)."""
    kinds = tuple(widened(value.kind) if isinstance(value.kind, Const) else value.kind for value in values)

    def make() -> Function:
        builder = Builder()
        builder.span = program.function.span
        names = ["t", "y", "size", *(p.name for p in program.function.parameters[program.own :])]
        vector = Array(np.dtype(float), (fresh(),))
        params: list[Var] = []
        for k, kind in enumerate((FLOAT, vector, *kinds)):
            params.append(Var(kind, names[k] if k < len(names) else ""))
        result = right(*(Expr.of(builder, param) for param in params)).atom
        taken: set[str] = set()
        parameters = tuple(
            Parameter(unique(param.name or "v", taken), "POSITIONAL_OR_KEYWORD", param) for param in params
        )
        body = Block(tuple(params), tuple(builder.nodes), (result,))
        return Function(f"{program.function.name}_{key[0]}", parameters, body, result, builder.span)

    return program.composed((*key, kinds), make)
