"""Which operations may raise an exception: all but those that are known not to."""

from __future__ import annotations

from collections.abc import Sequence

from tangentc.ir.build import blocks_of
from tangentc.ir.nodes import Atom, Attempt, Block, If, Literal, Loop, Node, Op, Section, With, kind_of
from tangentc.kinds.join import widened
from tangentc.kinds.types import Array, Bool, Float, Int, Kind, is_number

__all__ = ["may_raise"]

_NEVER = frozenset({
    "tuple", "list", "dict", "shape_of", "ndim", "size", "dtype", "is_", "is_not", "np.errstate", "isinstance",
    "print", "tape_new", "tape_push", "tape_pop", "tape_len", "tape_cut",
})  # fmt: skip
_ON_NUMBERS = frozenset({
    "add", "sub", "mul", "neg", "pos", "lt", "le", "gt", "ge", "eq", "ne", "not_", "abs", "and_", "or_",
})  # fmt: skip


def may_raise(node: Node, signals: bool = False) -> bool:
    """Whether running a node, with all that is nested in it, may raise an exception that leaves it.

    signals: whether NumPy may have been told to raise FloatingPointError (`np.errstate`).
    """
    match node:
        case Op(_, primitive, operands):
            if primitive.name in _NEVER or (primitive.name == "call" and _is_reliable(operands[0])):
                return False
            if primitive.name == "getattr" and str(node.attr("name")).startswith("__"):
                return False
            kinds = [widened(kind_of(operand)) for operand in operands]
            return not (primitive.name in _ON_NUMBERS and _fit(kinds, signals))
        case If() | Loop():
            return any(_block_may_raise(block, signals) for block in blocks_of(node))
        case With(block=block, again=again):
            return not again or _block_may_raise(block, True)
        case Attempt() | Section():
            return False
    return True


def _is_reliable(function: Atom) -> bool:
    """Functions that report, or look at the clock."""
    if not isinstance(function, Literal):
        return False
    owner = getattr(function.value, "__self__", None)
    module = getattr(function.value, "__module__", None) or getattr(type(owner), "__module__", None) or ""
    return function.value is type or module.partition(".")[0] in ("logging", "time", "warnings")


def _block_may_raise(block: Block, signals: bool) -> bool:
    return any(may_raise(node, signals) for node in block.nodes)


def _fit(kinds: Sequence[Kind], signals: bool) -> bool:
    """Whether + and the like work on values of these kinds: Python numbers, NumPy numbers, arrays of one shape."""
    if all(isinstance(kind, (Bool, Int, Float)) for kind in kinds):
        return True
    if signals or not all(is_number(kind) or isinstance(kind, Array) for kind in kinds):
        return False
    shapes = [kind.dims for kind in kinds if isinstance(kind, Array)]
    return None not in shapes and all(shape == shapes[0] for shape in shapes)
