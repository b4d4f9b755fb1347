"""Writes of array parts: `x[i] = v` and `x[i] op= v` once target, index and value are there."""

from __future__ import annotations

from collections.abc import Callable

import gast
import numpy as np

from tangentc.frontend.expressions.indexing import Place, flat_part, is_repeated, place
from tangentc.frontend.expressions.operations import apply_primitive, as_array
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import DictValue, Flat, ListValue, Shape, TupleValue, Value, is_undefined
from tangentc.ir.nodes import Atom, Literal, Var, kind_of
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Array, Dict, Kind, List, dtype_of, fresh, is_number, rank_of
from tangentc.primitives.core import named
from tangentc.primitives.infer import infer

__all__ = [
    "ACCUMULATE", "Pick", "augment", "broadcast", "check_cast", "current", "is_sum", "masked", "part_of",
    "require_array", "store", "whole",
]  # fmt: skip

ACCUMULATE = {"add": "+", "sub": "-"}

Pick = Callable[[Value], Value]
"""From an operand, which is broadcast, to its values where a mask holds."""


def whole(array: Var) -> Place:
    """All of an array."""
    return Place(array, (Ellipsis,), ())


def require_array(context: Context, value: Value, node: gast.AST | None = None) -> Var:
    """What is written, which must be an array."""
    match value:
        case Var(kind=Array()):
            return value
        case TupleValue() | ListValue() | DictValue() | Var(kind=List() | Dict()):
            context.fail(
                "TC108", "a write to a list or dict cannot be differentiated yet", node,
                "build a new container, or use an array",
            )  # fmt: skip
        case Var(kind=AnyKind()):
            context.fail(
                "TC113", "what is written here is not known to be an array", node,
                "make it with np.asarray or .copy() first",
            )  # fmt: skip
    context.fail("TC108", "only arrays can be written", node)


def part_of(context: Context, target: Value, key: Value) -> Place | None:
    """The part of an array that `target[key]` names; None in a pass that will be repeated."""
    if is_undefined(target) or is_undefined(key):
        return None
    if isinstance(target, Flat):
        return flat_part(context, target, key)
    where = place(context, require_array(context, target), key)
    return None if any(is_undefined(atom) for atom in where.operands) else where


def store(context: Context, where: Place | None, value: Value, casting: str = "unsafe") -> None:
    """`place = value`; `casting` says which change of dtype NumPy allows."""
    stored = context.atom(as_array(context, value))
    if where is None or is_undefined(stored):
        return
    check_cast(context, kind_of(stored), kind_of(where.target), casting)
    context.builder.store(where.target, where.index, where.operands, stored)


def check_cast(context: Context, given: Kind, taken: Kind, casting: str = "same_kind") -> None:
    """Refuse at compile time what NumPy refuses when it runs: a float written into whole numbers in place."""
    source = dtype_of(given)
    if source is None or not isinstance(taken, Array) or taken.dtype is None:
        return
    if not np.can_cast(source, taken.dtype, casting):  # type: ignore[arg-type]
        context.fail(
            "TC128", f"NumPy does not write {source} into an array of dtype {taken.dtype} here",
            hint="make the array with dtype=float, or convert the value with astype",
        )  # fmt: skip


# --- augmented ------------------------------------------------------------------------------------


def is_sum(name: str, where: Place) -> bool:
    """Whether `place op= value` adds, each entry once."""
    return name in ACCUMULATE and not is_repeated(where)


def augment(context: Context, where: Place | None, name: str, value: Value, held: Atom | None = None) -> None:
    """`place op= value` in place; `held` is what the place held when the value was evaluated."""
    value = context.atom(as_array(context, value))
    if where is None or is_undefined(value):
        return
    _check_augmented(context, where, name, kind_of(value))
    if is_sum(name, where):
        context.builder.store(where.target, where.index, where.operands, value, ACCUMULATE[name])
        return
    if held is None:
        held = current(context, where)
    context.builder.store(where.target, where.index, where.operands, context.op(name, held, value))


def current(context: Context, where: Place) -> Atom:
    """What a place holds."""
    if where.index == (Ellipsis,):
        return where.target
    return context.builder.getitem(where.target, where.index, where.operands)


def _check_augmented(context: Context, where: Place, name: str, value: Kind) -> None:
    """Refuse what the operator cannot write back; an entry is replaced, which casts as any assignment does."""
    kinds = tuple(map(kind_of, (where.target, *where.operands)))
    (held,) = infer(named("getitem"), kinds, {"index": where.index})
    if isinstance(held, Array):
        (result,) = infer(named(name), (held, value), {})
        check_cast(context, result, held)


# --- masks ----------------------------------------------------------------------------------------


def masked(context: Context, target: Var, mask: Value) -> tuple[Place, Pick] | None:
    """The entries of an array where a mask, which is broadcast, holds.  None in a pass that will be repeated."""
    given = context.atom(as_array(context, mask))
    if is_undefined(given):
        return None
    if dtype_of(kind_of(given)) != np.dtype(bool):
        context.fail(
            "TC115", "a mask must be known to hold truth values", hint="compare, or use mask.astype(bool)"
        )
    chosen = broadcast(context, given, target)
    count = fresh()  # of the chosen entries, which is the same for every operand

    def pick(value: Value) -> Value:
        value = as_array(context, value)
        if isinstance(value, (Var, Literal)) and (is_number(kind_of(value)) or rank_of(kind_of(value)) == 0):
            return value
        where = place(context, broadcast(context, context.atom(value), target), chosen)
        chosen_kind = Array(dtype_of(kind_of(where.target)), (count,))
        return context.builder.getitem(where.target, where.index, where.operands, kind=chosen_kind)

    return place(context, target, chosen), pick


def broadcast(context: Context, value: Atom, target: Var) -> Atom:
    """A value in the shape of an array."""
    kind = kind_of(value)
    if (
        isinstance(kind, Array)
        and isinstance(target.kind, Array)
        and kind.dims == target.kind.dims is not None
    ):
        return value
    return context.atom(apply_primitive(context, named("np.broadcast_to"), (value, Shape(target)), {}))
