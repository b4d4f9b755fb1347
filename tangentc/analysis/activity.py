"""Which values carry a derivative: varied (they depend on the inputs) and useful (the outputs depend on them)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tangentc.analysis.aliasing import Aliasing
from tangentc.analysis.lost import refuse_lost
from tangentc.errors import DifferentiationError
from tangentc.ir.build import walk
from tangentc.ir.nodes import Atom, Attempt, Block, Call, Function, If, Loop, Op, Store, Var, With
from tangentc.kinds.types import Array, can_be_active, dtype_of
from tangentc.primitives.core import Primitive
from tangentc.rules.registry import rule_of

__all__ = ["Activity", "activity", "carries"]

_PASSING = frozenset({
    "tuple", "list", "dict", "item", "tape_push", "tape_pop", "shadow_of", "shadow_take", "list_append", "list_insert",
    "list_pop", "set_item", "add_item", "add_items", "add_parts", "part", "placed", "saved_item", "restore_item",
    "stack_items", "copied_items",
})  # fmt: skip


def carries(primitive: Primitive) -> bool:
    """Whether a derivative can flow through this primitive."""
    if primitive.effect:
        return False
    rule = rule_of(primitive)
    return primitive.name in _PASSING or rule is None or rule.function is not None


@dataclass(frozen=True, slots=True)
class Activity:
    """Varied and useful values; storage classes by their representatives."""

    varied: frozenset[Var]
    useful: frozenset[Var]
    aliases: Aliasing

    def is_varied(self, value: Atom) -> bool:
        return (
            isinstance(value, Var) and _key(value, self.aliases) in self.varied and can_be_active(value.kind)
        )

    def is_useful(self, value: Atom) -> bool:
        return isinstance(value, Var) and _key(value, self.aliases) in self.useful

    def is_active(self, value: Atom) -> bool:
        return self.is_varied(value) and self.is_useful(value)


def _key(var: Var, aliases: Aliasing) -> Var:
    """Storage is varied or useful as a whole class, everything else value by value."""
    representative = aliases.class_of(var)
    return representative if representative in aliases.written and representative is not None else var


def activity(function: Function, wrt: Iterable[Var], aliases: Aliasing) -> Activity:
    """The activity of a function's values with respect to the parameters `wrt`.

    Raises:
        DifferentiationError: a varied value is stored into integer storage.
        MissingRuleError: TC202, a varied value comes back from where no derivative follows it.
    """
    varied = _Marks(aliases)
    for var in wrt:
        varied.add(var)
    while True:
        before = len(varied.marked)
        _forward(function.body, varied)
        if len(varied.marked) == before:
            break
    useful = _Marks(aliases)
    for value in function.body.yields:
        useful.add(value)
    while True:
        before = len(useful.marked)
        _backward(function.body, useful)
        if len(useful.marked) == before:
            break
    found = Activity(frozenset(varied.marked), frozenset(useful.marked), aliases)
    _check(function.body, found)
    refuse_lost(function.body, found)
    return found


class _Marks:
    def __init__(self, aliases: Aliasing) -> None:
        self.aliases = aliases
        self.marked: set[Var] = set()

    def add(self, value: Atom) -> None:
        if isinstance(value, Var) and can_be_active_or_holds(value):
            self.marked.add(_key(value, self.aliases))

    def has(self, value: Atom) -> bool:
        return isinstance(value, Var) and _key(value, self.aliases) in self.marked

    def any(self, values: Iterable[Atom]) -> bool:
        return any(self.has(value) for value in values)


def can_be_active_or_holds(var: Var) -> bool:
    """Kinds that carry a derivative, and the tapes and shadow maps that hold such values."""
    return can_be_active(var.kind) or var.role in ("tape", "shadows")


def _carried(loop: Loop) -> tuple[tuple[Var, ...], tuple[Atom, ...]]:
    params = loop.body.params[1:] if loop.range is not None else loop.body.params
    yields = loop.body.yields[1:] if loop.has_stop else loop.body.yields
    return params, yields


def _forward(block: Block, varied: _Marks) -> None:
    for node in block.nodes:
        match node:
            case Op(results, primitive, operands):
                if carries(primitive) and varied.any(operands):
                    for result in results:
                        varied.add(result)
                    if primitive.writes or primitive.name == "tape_push":
                        varied.add(operands[0])
            case Store(target, _, _, value):
                if varied.has(value):
                    varied.add(target)
            case If(results, _, then, orelse):
                _forward(then, varied)
                _forward(orelse, varied)
                for result, *sources in zip(results, then.yields, orelse.yields, strict=True):
                    if varied.any(sources):
                        varied.add(result)
            case With(results, _, inside) | Attempt(results, _, _, inside):
                _forward(inside, varied)
                for result, value in zip(results, inside.yields, strict=True):
                    if varied.has(value):
                        varied.add(result)
            case Loop(results, _, _, inits, body):
                params, yields = _carried(node)
                for param, init, value, result in zip(params, inits, yields, results, strict=True):
                    if varied.any((init, value)):
                        varied.add(param)
                        varied.add(result)
                _forward(body, varied)
                for param, value, result in zip(params, yields, results, strict=True):
                    if varied.has(value):
                        varied.add(param)
                        varied.add(result)
            case Call(results, _, operands):
                if varied.any(operands):
                    for value in (*results, *operands):
                        if isinstance(value, Var) and (value in results or varied.aliases.is_storage(value)):
                            varied.add(value)


def _backward(block: Block, useful: _Marks) -> None:
    for node in reversed(block.nodes):
        match node:
            case Op(results, primitive, operands):
                written = primitive.writes or primitive.name == "tape_push"
                if carries(primitive) and (useful.any(results) or (written and useful.has(operands[0]))):
                    for operand in operands:
                        useful.add(operand)
            case Store(target, _, _, value):
                if useful.has(target):
                    useful.add(value)
            case If(results, _, then, orelse):
                for result, *sources in zip(results, then.yields, orelse.yields, strict=True):
                    if useful.has(result):
                        for source in sources:
                            useful.add(source)
                _backward(orelse, useful)
                _backward(then, useful)
            case With(results, _, inside) | Attempt(results, _, _, inside):
                for result, value in zip(results, inside.yields, strict=True):
                    if useful.has(result):
                        useful.add(value)
                _backward(inside, useful)
            case Loop(results, _, _, inits, body):
                params, yields = _carried(node)
                for param, init, value, result in zip(params, inits, yields, results, strict=True):
                    if useful.any((param, result)):
                        useful.add(value)
                        useful.add(init)
                        useful.add(param)
                _backward(body, useful)
                for param, init, value in zip(params, inits, yields, strict=True):
                    if useful.has(param):
                        useful.add(value)
                        useful.add(init)
            case Call(results, _, operands):
                if useful.any(results):
                    for operand in operands:
                        useful.add(operand)


def _check(block: Block, found: Activity) -> None:
    for node in walk(block):
        if isinstance(node, Op):
            _check_objects(node, found)
        if not (isinstance(node, Store) and isinstance(node.target, Var) and found.is_varied(node.value)):
            continue
        kind = node.target.kind
        if isinstance(kind, Array) and kind.dtype is not None and kind.dtype.kind not in "fc":
            raise DifferentiationError(
                "TC306",
                f"a differentiated value is stored into an array of dtype {kind.dtype}, which cuts it to whole numbers",
                node.span,
                "make the array with dtype=float",
            )


def _check_objects(op: Op, found: Activity) -> None:
    """Arrays of Python objects carry no derivative.

    Raises: DifferentiationError: TC306.
    """
    if any(dtype_of(result.kind) == np.dtype(object) for result in op.results):
        if any(found.is_varied(operand) for operand in op.operands):
            raise DifferentiationError(
                "TC306",
                "a differentiated value is kept in an array of dtype object, which has no derivative",
                op.span,
                "make the array with dtype=float",
            )
