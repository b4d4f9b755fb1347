"""`and`, `or`, `a if c else b`: what is computed depends on what is true."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import gast

from tangentc.frontend.flow.attempts import merge
from tangentc.frontend.flow.control import run_branch
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.state.context import Context, Flow, lowers
from tangentc.frontend.state.values import (
    Value,
)
from tangentc.ir.nodes import UNDEF, Atom, Literal, Op, Var, kind_of
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import (
    Bool,
    Const,
    Scalar,
)

__all__ = ["choose", "decision"]


@lowers(gast.BoolOp)
def _bool_op(context: Context, node: gast.BoolOp) -> Value:
    return _bool_chain(context, list(node.values), isinstance(node.op, gast.And))


def _bool_chain(context: Context, nodes: list[gast.AST], conjunction: bool) -> Value:
    first = context.expression(nodes[0])
    if len(nodes) == 1:
        return first

    def rest() -> Value:
        return _bool_chain(context, nodes[1:], conjunction)

    if conjunction:
        return choose(context, first, rest, lambda: first, "and_")
    return choose(context, first, lambda: first, rest, "or_")


@lowers(gast.IfExp)
def _conditional(context: Context, node: gast.IfExp) -> Value:
    known = decision(context, node.test)
    condition = Literal(known) if isinstance(known, bool) else known
    return choose(
        context, condition, lambda: context.expression(node.body), lambda: context.expression(node.orelse)
    )


def choose(
    context: Context,
    condition: Value,
    then: Callable[[], Value],
    orelse: Callable[[], Value],
    bitwise: str = "",
) -> Value:
    """A value by a condition; `bitwise` names the operator that means the same on bools that cannot fail."""
    known = truth(context, condition)
    if isinstance(known, bool):
        return then() if known else orelse()
    key = (context.frame.scope, "<choice>")

    def path(lower: Callable[[], Value]) -> Callable[[], Flow]:
        def run() -> Flow:
            context.environment[key] = lower()
            return Flow.NORMAL

        return run

    yes = run_branch(context, path(then), known, True)
    no = run_branch(context, path(orelse), known, False)
    if bitwise and _is_bool(known):
        other, value = (yes, yes.environment[key]) if bitwise == "and_" else (no, no.environment[key])
        if (
            isinstance(value, (Var, Literal))
            and _is_bool(value)
            and all(_is_safe(node, context.unbound) for node in other.nodes)
        ):
            if all(context.environment.get(k) is v for k, v in other.environment.items() if k != key):
                if isinstance(value, Literal):
                    return known if value.value is (bitwise == "and_") else value
                context.builder.nodes.extend(other.nodes)
                result: Value = context.op(bitwise, known, value)
                context.parts[bitwise == "and_"][result] = (known, value)  # type: ignore[index]
                return result
    merge(context, known, yes, no)
    result = context.environment.pop(key, UNDEF)
    if bitwise and isinstance(result, Var) and result is not known:
        context.parts[bitwise == "and_"][result] = (known,)
    return result


def decision(context: Context, node: gast.AST) -> bool | Atom:
    """What a branch decides on: of `a and b` only the truth matters, not which of them it is."""
    match node:
        case gast.BoolOp(op=op, values=[*nodes]):
            return truth(context, _truth_of(context, nodes, isinstance(op, gast.And)))
    return truth(context, context.expression(node))


def _truth_of(context: Context, nodes: list[gast.AST], conjunction: bool) -> Value:
    found = decision(context, nodes[0])
    first: Value = Literal(found) if isinstance(found, bool) else found
    if len(nodes) == 1:
        return first

    def rest() -> Value:
        return _truth_of(context, nodes[1:], conjunction)

    if conjunction:
        return choose(context, first, rest, lambda: first, "and_")
    return choose(context, first, lambda: first, rest, "or_")


def _is_bool(value: Atom) -> bool:
    kind = kind_of(value)
    if isinstance(kind, Const):
        return isinstance(kind.value, bool)
    return isinstance(kind, Bool) or (isinstance(kind, Scalar) and kind.dtype.kind == "b")


_SAFE = {
    "add",
    "sub",
    "mul",
    "neg",
    "abs",
    "lt",
    "le",
    "gt",
    "ge",
    "eq",
    "ne",
    "not_",
    "and_",
    "or_",
    "dim",
    "len",
}


def _is_safe(node: object, unbound: AbstractSet[Var]) -> bool:
    """Whether an operation can be evaluated though Python would not have: it neither fails nor costs."""
    return (
        isinstance(node, Op)
        and node.primitive.name in _SAFE
        and all(_is_bool(result) or not isinstance(result.kind, (AnyKind,)) for result in node.results)
        and unbound.isdisjoint(node.operands)
        and all(
            type(kind_of(operand)).__name__ in ("Bool", "Int", "Float", "Const", "Scalar")
            for operand in node.operands
        )
    )
