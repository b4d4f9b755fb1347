"""Checks of derivative rules, for those in this package and for users' own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import tangentc.rules.table  # noqa: F401
from tangentc.errors import MissingRuleError
from tangentc.ir.build import Builder, attributes
from tangentc.ir.interpret import interpret
from tangentc.ir.nodes import Atom, Block, Function, Literal, Node, Op, Parameter, Var
from tangentc.ir.verify import verify
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.kinds.types import Array, Const, Kind, can_be_active, dtype_of, rank_of
from tangentc.primitives.core import Primitive, find
from tangentc.primitives.infer import infer
from tangentc.rules.differential import differential
from tangentc.rules.expr import Expr
from tangentc.rules.linear import cast, exact, pull, push
from tangentc.rules.registry import rule_of
from tangentc.transform.adjoint import adjoint
from tangentc.transform.tangent import tangent

__all__ = ["check_rule", "cotangents", "tangents"]

Values = tuple[Any, ...]


def check_rule(
    function: Callable[..., Any] | Primitive,
    *operands: Any,
    derivatives: int = 2,
    rtol: float = 1e-6,
    step: float = 1e-5,
    single: bool = True,
    unknown: bool = True,
    **attrs: Any,
) -> None:
    """Check the derivative rule of a primitive at one point, for each subset of its differentiable operands.

    The kind inferred for the result; the tangent against central differences along a random direction; the
    identity <w, J v> = <J^T w, v>; the same for the pullback itself (second order); single precision; kinds
    whose shapes are not known; and that no operand is changed.

    Args:
        function: a NumPy or math function, operator or primitive; `operands` and `attrs` are the primitive's.
        derivatives: 1 leaves out the second; 0 also the differences, for points at kinks.
        rtol: the error allowed, relative to the size of the values compared.
        step: of the differences.
        single: whether to repeat the check in single precision.
        unknown: whether to repeat it for arrays of which only the dtype is known.
    Raises:
        AssertionError: names what differs.

    It cannot detect a rule that is wrong only at other points: give one row for each case of the rule.
    """
    point = _Point.of(function, operands, attrs)
    before = [np.array(value) if _is_variable(value) else None for value in point.operands]
    point.check_kinds()
    moving = [k for k, value in enumerate(operands) if _is_float(value) and point.is_differentiable(k)]
    subsets = [s for n in range(1, len(moving) + 1) for s in itertools.combinations(moving, n)]
    for subset in subsets:
        _check(point, subset, derivatives, rtol, step)
    if unknown:
        _check_unknown(point, tuple(moving), rtol)
    if single:
        _check_single(point, tuple(moving))
    for value, kept in zip(point.operands, before, strict=True):
        assert kept is None or np.array_equal(np.asarray(value), kept, equal_nan=kept.dtype.kind in "fc"), (
            f"{point}: an operand was changed"
        )


def tangents(
    function: Callable[..., Any] | Primitive, operands: Sequence[Any], dots: Sequence[Any], **attrs: Any
) -> Any:
    """The tangent of function(*operands, **attrs) along `dots`; None marks an operand that does not vary."""
    point = _Point.of(function, operands, attrs)
    active = tuple(k for k, dot in enumerate(dots) if dot is not None)
    found = point.run(point.pushforward(active), *(dots[k] for k in active))
    return found[0] if len(found) == 1 else found


def cotangents(
    function: Callable[..., Any] | Primitive, *operands: Any, seed: Any = None, **attrs: Any
) -> tuple[Any, ...]:
    """The cotangents of the differentiable operands for the seed (ones by default)."""
    point = _Point.of(function, operands, attrs)
    active = tuple(k for k, value in enumerate(operands) if _is_float(value))
    seeds = _ones(point.values()) if seed is None else (seed,)
    return point.run(point.pullback(active), *seeds)


# --- the functions that are compared ------------------------------------------------------------------


@dataclass(frozen=True)
class _Point:
    """A primitive with operands to try it on; operands that are no numbers or arrays are constants."""

    primitive: Primitive
    operands: Values
    attrs: dict[str, Any]
    kinds: tuple[Kind, ...]

    @staticmethod
    def of(function: Any, operands: Sequence[Any], attrs: dict[str, Any]) -> _Point:
        primitive = function if isinstance(function, Primitive) else find(function)
        if primitive is None:
            raise TypeError(f"{function!r} is no primitive")
        pattern = Pattern()
        return _Point(primitive, tuple(operands), attrs, tuple(_kind(value, pattern) for value in operands))

    def is_differentiable(self, place: int) -> bool:
        """Whether the rule has a tangent for an operand; where there is no rule, its absence is the failure."""
        rule = rule_of(self.primitive)
        if rule is None or rule.function is None:
            return True
        return f"d{rule.operands[min(place, len(rule.operands) - 1)]}" in rule.tangents

    def __str__(self) -> str:
        shapes = ", ".join(str(np.shape(v)) for v in self.operands if isinstance(v, np.ndarray)) or "numbers"
        return f"{self.primitive} of {shapes} {self.attrs or ''}".rstrip()

    def values(self) -> Values:
        """What the function itself gives."""
        found = self.primitive.function(*self.operands, **self.attrs)
        return tuple(found) if self.primitive.results > 1 else (found,)

    def check_kinds(self) -> None:
        """The value and the inferred kind agree in dtype and rank."""
        _, results = self._op()
        for result, value in zip(results, self.values(), strict=True):
            dtype, rank = dtype_of(result.kind), rank_of(result.kind)
            assert dtype is None or dtype == np.asarray(value).dtype, (
                f"{self}: dtype {np.asarray(value).dtype}, inferred {dtype}"
            )
            assert rank is None or rank == np.ndim(value), f"{self}: rank {np.ndim(value)}, inferred {rank}"

    def _op(self) -> tuple[Op, tuple[Var, ...]]:
        atoms: list[Atom] = []
        for k, (value, kind) in enumerate(zip(self.operands, self.kinds, strict=True)):
            atoms.append(Var(kind, f"x{k}") if _is_variable(value) else Literal(value))
        attrs = attributes(self.primitive, self.attrs)
        kinds = infer(self.primitive, self.kinds, dict(attrs))
        results = tuple(Var(kind) for kind in kinds)
        return Op(results, self.primitive, tuple(atoms), attrs), results

    def _linear(self, active: tuple[int, ...]) -> tuple[Builder, Op, Any, Any, list[Expr]]:
        op, results = self._op()
        builder = Builder()
        builder.append(op)
        operands = [Expr.of(builder, a) for a in op.operands]
        flags = [k in active for k in range(len(operands))]
        inputs, outputs = differential(
            self.primitive, [Expr.of(builder, r) for r in results], operands, dict(op.attrs), flags
        )
        return builder, op, inputs, outputs, operands

    def pushforward(self, active: tuple[int, ...]) -> Function:
        """(operands, tangents of the active ones) -> tangents of the results."""
        builder, op, inputs, outputs, operands = self._linear(active)
        dots = {k: Var(operands[k].kind, f"x{k}_dot") for k in active}
        pushed = push(outputs, {inputs[k]: Expr.of(builder, dots[k]) for k in active})
        results = [
            Literal(0.0) if out is None else _whole(out, Expr.of(builder, value))
            for value, out in zip(op.results, pushed, strict=True)
        ]
        return _function(op, builder.nodes, tuple(dots.values()), tuple(results))

    def pullback(self, active: tuple[int, ...]) -> Function:
        """(operands, cotangents of the results) -> cotangents of the active operands."""
        builder, op, inputs, outputs, operands = self._linear(active)
        seeds = [Var(result.kind, f"y{k}_bar") for k, result in enumerate(op.results)]
        found = pull(outputs, [Expr.of(builder, s) if can_be_active(s.kind) else None for s in seeds])
        bars: list[Atom] = []
        for k in active:
            if inputs[k] not in found:
                bars.append(builder.op("np.zeros", operands[k].shape.atom, dtype=dtype_of(operands[k].kind)))
                continue
            bars.append(_whole(cast(found[inputs[k]], operands[k].kind), operands[k]))
        return _function(op, builder.nodes, tuple(seeds), tuple(bars))

    def run(self, function: Function, *more: Any) -> Values:
        given = [v for v in self.operands if _is_variable(v)]
        with np.errstate(all="ignore"):
            return tuple(interpret(function, *given, *more))

    def moved(self, active: tuple[int, ...], dots: Sequence[Any], by: float) -> _Point:
        operands = list(self.operands)
        for k, dot in zip(active, dots, strict=True):
            operands[k] = _like(operands[k], operands[k] + by * dot)
        return _Point(self.primitive, tuple(operands), self.attrs, self.kinds)


def _whole(value: Expr, like: Expr) -> Atom:
    """A tangent or cotangent with all the axes of what it belongs to."""
    return exact(value, like.kind, lambda: like).atom


def _function(op: Op, nodes: Sequence[Node], more: tuple[Var, ...], results: tuple[Atom, ...]) -> Function:
    variables = (*(a for a in op.operands if isinstance(a, Var)), *more)
    parameters = tuple(Parameter(v.name, "POSITIONAL_OR_KEYWORD", v) for v in variables)
    function = Function("rule", parameters, Block(variables, tuple(nodes), results), results)
    verify(function)
    return function


# --- the comparisons ------------------------------------------------------------------------------------


def _check(point: _Point, active: tuple[int, ...], derivatives: int, rtol: float, step: float) -> None:
    rng = np.random.default_rng(7)
    values = point.values()
    dots = [_random(rng, point.operands[k]) for k in active]
    seeds = [_random(rng, value) for value in values]
    where = f"{point}, operands {active}"
    pushed = point.run(point.pushforward(active), *dots)
    if derivatives:
        up, down = (point.moved(active, dots, sign * step).values() for sign in (1, -1))
        for k, dot in enumerate(pushed):
            if _is_float(values[k]):
                _same(f"{where}: tangent", dot, (np.asarray(up[k]) - np.asarray(down[k])) / (2 * step), rtol)
    pullback = point.pullback(active)
    pulled = point.run(pullback, *seeds)
    for k, bar in zip(active, pulled, strict=True):
        assert np.shape(bar) == np.shape(point.operands[k]), f"{where}: cotangent of shape {np.shape(bar)}"
    unit = max(
        np.finfo(v.dtype).eps for v in map(np.asarray, (*values, *point.operands)) if v.dtype.kind in "fc"
    )
    _same(f"{where}: <w, J v> = <J^T w, v>", _dot(seeds, pushed), _dot(pulled, dots), 1e5 * float(unit))
    if derivatives > 1:
        _check_second(where, point, active, pullback, dots, seeds, rtol, step)


def _check_second(
    where: str,
    point: _Point,
    active: tuple[int, ...],
    pullback: Function,
    dots: Any,
    seeds: Any,
    rtol: float,
    step: float,
) -> None:
    """The pullback is a program like any other: its derivative forwards and in reverse."""
    rng = np.random.default_rng(11)
    params = pullback.body.params
    names = [f"x{k}" for k in active]
    first = [p for name in names for p in params if p.name == name]
    second = [p for p in params if p.name.startswith("y") and can_be_active(p.kind)]
    wrt = [*first, *second]
    more = [
        _random(rng, s)
        for s, p in zip(seeds, params[len(params) - len(seeds) :], strict=True)
        if can_be_active(p.kind)
    ]
    seeded = {param: Var(param.kind, f"{param.name}_dot") for param in wrt}
    forward = tangent(pullback, seeded)
    zero = tuple(Literal(0.0) if dot is None else dot for dot in forward.dots)
    jet = _extended(pullback, forward.nodes, tuple(seeded.values()), zero)
    got = point.run(jet, *seeds, *dots, *more)
    sides = []
    for sign in (1, -1):
        near = point.moved(active, dots, sign * step)
        moving = iter(more)
        near_seeds = [
            _like(s, s + sign * step * next(moving)) if can_be_active(p.kind) else s
            for s, p in zip(seeds, params[len(params) - len(seeds) :], strict=True)
        ]
        sides.append(near.run(pullback, *near_seeds))
    for k, out in enumerate(got):
        expected = (np.asarray(sides[0][k]) - np.asarray(sides[1][k])) / (2 * step)
        _same(f"{where}: second order, forward over reverse", out, expected, 10 * rtol)
    weights = [_random(rng, bar) for bar in point.run(pullback, *seeds)]
    weight_vars = [Var(point.kinds[k], f"w{k}") for k in active]
    live = [w if isinstance(y, Var) else None for w, y in zip(weight_vars, pullback.body.yields, strict=True)]
    backward = adjoint(pullback, wrt, live)
    twice = _extended(pullback, (*backward.forward, *backward.reverse), tuple(weight_vars), backward.bars)
    bars = point.run(twice, *seeds, *weights)
    kept = [(w, out) for w, out, seed in zip(weights, got, live, strict=True) if seed is not None]
    left = _dot([w for w, _ in kept], [out for _, out in kept])
    _same(f"{where}: second order, reverse over reverse", _dot(bars, [*dots, *more]), left, 1e-8)


def _extended(
    function: Function, nodes: Sequence[Node], more: tuple[Var, ...], results: tuple[Atom, ...]
) -> Function:
    parameters = (*function.parameters, *(Parameter(v.name, "POSITIONAL_OR_KEYWORD", v) for v in more))
    body = Block((*function.body.params, *more), tuple(nodes), results)
    extended = Function("second", parameters, body, results)
    verify(extended)
    return extended


def _check_unknown(point: _Point, active: tuple[int, ...], rtol: float) -> None:
    """Rules never rely on a shape that is not known: they ask at run time, or refuse."""
    kinds = tuple(Array(kind.dtype, None) if isinstance(kind, Array) else kind for kind in point.kinds)
    blind = _Point(point.primitive, point.operands, point.attrs, kinds)
    rng = np.random.default_rng(7)
    dots = [_random(rng, point.operands[k]) for k in active]
    seeds = [_random(rng, value) for value in point.values()]
    try:
        functions = blind.pushforward(active), blind.pullback(active)
    except MissingRuleError:
        return
    for out, expected in zip(
        blind.run(functions[0], *dots), point.run(point.pushforward(active), *dots), strict=True
    ):
        _same(f"{point}: tangent where shapes are unknown", out, expected, rtol)
    for out, expected in zip(
        blind.run(functions[1], *seeds), point.run(point.pullback(active), *seeds), strict=True
    ):
        _same(f"{point}: cotangent where shapes are unknown", out, expected, rtol)


def _check_single(point: _Point, active: tuple[int, ...]) -> None:
    """In single precision tangents and cotangents keep it."""
    if not any(isinstance(point.operands[k], np.ndarray) for k in active):
        return
    operands = [_single(v) if isinstance(v, np.ndarray) and _is_float(v) else v for v in point.operands]
    small = _Point.of(point.primitive, operands, point.attrs)
    small.check_kinds()
    rng = np.random.default_rng(7)
    dots = [_random(rng, small.operands[k]) for k in active]
    seeds = [_random(rng, value) for value in small.values()]
    bars = small.run(small.pullback(active), *seeds)
    for k, bar in zip(active, bars, strict=True):
        if isinstance(bar, np.ndarray) and isinstance(small.operands[k], np.ndarray):
            want = small.operands[k].dtype
            assert bar.dtype == want, f"{small}: a cotangent of {want} has dtype {bar.dtype}"
    pushed = small.run(small.pushforward(active), *dots)
    _same(f"{small}: <w, J v> = <J^T w, v>", _dot(seeds, pushed), _dot(bars, dots), 2e-3)


def _same(what: str, got: Any, expected: Any, rtol: float) -> None:
    got, expected = np.broadcast_arrays(np.asarray(got), np.asarray(expected))
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    error = float(np.max(np.abs(got - expected), initial=0.0)) / scale
    assert error <= rtol, f"{what}: error {error:.1e}\n got      {got}\n expected {expected}"


def _dot(left: Sequence[Any], right: Sequence[Any]) -> float:
    """The real part of the sum of products: cotangents pair with tangents without conjugation."""
    total = 0.0
    for a, b in zip(left, right, strict=True):
        if _is_float(a) and _is_float(b):
            total += float(np.real(np.sum(np.multiply(a, b))))
    return total


# --- values -----------------------------------------------------------------------------------------------


def _is_float(value: Any) -> bool:
    return (
        isinstance(value, (float, complex, np.ndarray, np.generic)) and np.asarray(value).dtype.kind in "fc"
    )


def _is_variable(value: Any) -> bool:
    return isinstance(value, np.ndarray) or _is_float(value)


def _kind(value: Any, pattern: Pattern) -> Kind:
    kind: Kind = kind_of_value(value, pattern) if _is_variable(value) else Const(value)
    return kind


def _random(rng: np.random.Generator, value: Any) -> Any:
    """Normal numbers in the form of the value."""
    drawn: Any = rng.normal(size=np.shape(value))
    if np.asarray(value).dtype.kind == "c":
        drawn = drawn + 1j * rng.normal(size=np.shape(value))
    return _like(value, drawn)


def _like(value: Any, drawn: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.asarray(drawn, dtype=value.dtype if value.dtype.kind in "fc" else float)
    if isinstance(value, np.generic):
        return value.dtype.type(drawn) if value.dtype.kind in "fc" else drawn
    return complex(drawn) if isinstance(value, complex) else float(drawn)


def _single(value: Any) -> Any:
    return value.astype(np.complex64 if value.dtype.kind == "c" else np.float32)


def _ones(values: Values) -> Values:
    return tuple(_like(value, np.ones(np.shape(value))) for value in values)
