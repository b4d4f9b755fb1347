"""Which memory a node writes."""

from __future__ import annotations

from typing import Any

from tangentc.ir.nodes import Literal, Node, Op, Store, Var
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import Array, Dict, List, Map

__all__ = ["has_effect", "is_harmless", "opaque_writes", "written_by"]

_HARMLESS = frozenset({"logging", "builtins", "warnings", "math", "operator"})


def written_by(node: Node) -> tuple[Var, ...]:
    """The references through which a node, not counting the nodes inside it, may write memory."""
    match node:
        case Store(target) if isinstance(target, Var):
            return (target,)
        case Op(_, primitive, operands):
            if primitive.writes:
                return tuple(v for v in operands[:1] if isinstance(v, Var))
            if primitive.name == "call":
                return opaque_writes(node)
    return ()


def has_effect(op: Op) -> bool:
    """Whether an operation runs even if nobody uses its result.

    A function that is not known before may do anything; a draw moves its generator on; a function that its
    declaration calls impure may have effects.
    """
    if op.primitive.name == "dispatch":
        return not op.attr("steps", ())
    return op.primitive.effect or op.primitive.kept


def opaque_writes(op: Op) -> tuple[Var, ...]:
    """The arguments into which a function that the compiler does not know may write (`rng.shuffle(order)`)."""
    if is_harmless(op):
        return ()
    return tuple(
        v
        for v in op.operands[1:]
        if isinstance(v, Var) and isinstance(v.kind, (Array, List, Dict, Map, AnyKind))
    )


def is_harmless(call: Op) -> bool:
    """Whether the function that an opaque call names neither writes nor keeps its arguments."""
    callee = call.operands[0]
    return isinstance(callee, Literal) and _module(callee.value) in _HARMLESS


def _module(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None) or getattr(type(owner), "__module__", "")
    return str(module).partition(".")[0]
