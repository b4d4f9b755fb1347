"""Differentiated values that go where no derivative follows, and come back.

Text, objects of other libraries and functions that the compiler does not know may see differentiated values: that is
how programs print and log.  What comes back from there as a number would have a derivative of zero, which is wrong.
It is refused.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tangentc.analysis.effects import is_harmless, opaque_writes
from tangentc.errors import MissingRuleError
from tangentc.ir.build import meetings
from tangentc.ir.nodes import Atom, Attempt, Block, Call, If, Literal, Loop, Op, Store, Var, With
from tangentc.kinds.types import Array, Bool, Const, Int, Kind, Scalar, can_be_active
from tangentc.primitives.random import DISCRETE

if TYPE_CHECKING:
    from tangentc.analysis.activity import Activity

__all__ = ["refuse_lost"]

_LOSING = frozenset({"call", "str", "repr", "format"})


def refuse_lost(block: Block, activity: Activity) -> None:
    """Raises: MissingRuleError: TC202, a result depends on a differentiated value by a way that is not known."""
    lost = _Lost(activity)
    while True:
        before = lost.size()
        lost.block(block)
        if lost.size() == before:
            return


class _Lost:
    """Values that hold what varies without carrying its derivative, and live objects that were given some."""

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        self.values: set[Var] = set()
        self.objects: set[int] = set()

    def size(self) -> int:
        return len(self.values) + len(self.objects)

    def has(self, value: Atom) -> bool:
        if isinstance(value, Literal):
            return id(value.value) in self.objects or id(_receiver(value.value)) in self.objects
        return value in self.values

    def sees(self, value: Atom) -> bool:
        return self.activity.is_varied(value) or self.has(value)

    def block(self, block: Block) -> None:
        for node in block.nodes:
            match node:
                case Op():
                    self.op(node)
                case Store(_, _, _, value) if self.has(value):
                    raise _error(node)
                case If(then=then, orelse=orelse):
                    self.block(then)
                    self.block(orelse)
                    self.meet(node)
                case Loop(body=body):
                    self.meet(node)
                    self.block(body)
                case With(context=context, block=inside):
                    for param in inside.params:
                        self.merge(node, param, (context,))
                    self.block(inside)
                    self.meet(node)
                case Attempt(block=inside):
                    self.block(inside)
                    self.meet(node)
                case Call(results, _, operands):
                    for result in results:
                        self.merge(node, result, operands)

    def meet(self, node: If | Loop | With | Attempt) -> None:
        for values, sources in meetings(node):
            for value in values:
                self.merge(node, value, sources)

    def op(self, op: Op) -> None:
        loses = any(map(self.has, op.operands))
        seen = loses or any(map(self.activity.is_varied, op.operands))
        if not seen:
            return
        if op.primitive.name == "draw" and op.attr("distribution") in DISCRETE:
            raise _error(op)
        for result in op.results:
            if loses or op.primitive.name in _LOSING or _dtype_kind(result.kind) in ("O", "V", "S", "U"):
                self.add(op, result)
        if op.primitive.writes and self.has(op.operands[-1]):
            raise _error(op)
        if op.primitive.name == "call":
            if any(self.activity.is_varied(operand) for operand in opaque_writes(op)):
                raise _error(op)
            if not is_harmless(op):
                self.objects |= {id(value) for value in _given(op) if _keeps(value)}

    def merge(self, node: If | Loop | With | Attempt | Call, result: Var, sources: Iterable[Atom]) -> None:
        if any(map(self.has, sources)):
            self.add(node, result)

    def add(self, node: Op | If | Loop | With | Attempt | Call, value: Var) -> None:
        """A value that holds what varies; positions, truth values and counts are locally constant."""
        if isinstance(value.kind, (Bool, Int, Const)) or _dtype_kind(value.kind) in ("b", "i", "u"):
            return
        self.values.add(value)
        is_used = can_be_active(value.kind) and self.activity.is_useful(value)
        if is_used or _dtype_kind(value.kind) == "O":
            raise _error(node)


def _dtype_kind(kind: Kind) -> str | None:
    return kind.dtype.kind if isinstance(kind, (Array, Scalar)) and kind.dtype is not None else None


def _receiver(function: Any) -> Any:
    return getattr(function, "__self__", None)


def _given(call: Op) -> list[Any]:
    """The live objects that a call is made on or with."""
    known = [operand.value for operand in call.operands if isinstance(operand, Literal)]
    return [_receiver(known[0]) if isinstance(call.operands[0], Literal) else None, *known]


def _keeps(value: Any) -> bool:
    """Whether an object can hold something that it was given, and give it back."""
    plain = (type(None), bool, int, float, complex, str, bytes, tuple, type, types.ModuleType)
    return not isinstance(value, (*plain, types.FunctionType, types.BuiltinFunctionType, types.MethodType))


def _name(function: Any) -> str:
    owner = _receiver(function)
    if getattr(function, "__name__", "") == "__call__" and owner is not None:  # an object of a library
        return f"{type(owner).__module__}.{type(owner).__qualname__}"
    name = getattr(function, "__name__", "this function")
    module = getattr(function, "__module__", None)
    is_plain = isinstance(module, str) and module not in ("builtins", "__main__") and "._" not in module
    return f"{module}.{name}" if is_plain else str(name)


def _error(node: Op | Store | If | Loop | With | Attempt | Call) -> MissingRuleError:
    if isinstance(node, Op) and node.primitive.name == "draw":
        what = f"a draw of the discrete distribution {node.attr('distribution')!r} jumps where its parameters move"
        hint = "put the parameters through tangentc.stop_gradient if the draw should count as constant"
        return MissingRuleError("TC202", what, node.span, hint)
    hint = "declare its derivative with tangentc.linearise, or tangentc.nondifferentiable if it has none"
    reason = node.attr("reason", "") if isinstance(node, Op) else ""
    if isinstance(node, Op) and (reason or node.primitive.name == "call"):
        reason = reason or f"{_name(getattr(node.operands[0], 'value', None))} is not known"
        message = f"{reason}, and a differentiated value passes through it"
    else:
        message = (
            "a differentiated value comes back from text or an object, through which no derivative passes"
        )
        hint = "compute with the number itself, or put it through tangentc.stop_gradient"
    return MissingRuleError("TC202", message, node.span, hint)
