"""Which values may be infinite, or NaN, in places where the program discards them.

In `np.where(x > 0, x * np.log(x), 0.0)` the factor `np.log(x)` is infinite where x is 0, and the cotangent of the
product is 0 there: their product must be 0 too.  Rules that multiply a cotangent by a value of the program ask here,
so that ordinary products stay plain.
"""

from __future__ import annotations

from tangentc.ir.build import meetings, results_of, walk
from tangentc.ir.nodes import Atom, Attempt, Function, If, Literal, Loop, Node, Op, Var, With
from tangentc.kinds.types import can_be_active

__all__ = ["possibly_boundless"]

_POLES = frozenset({
    "truediv", "np.divide", "np.reciprocal", "np.log", "np.log2", "np.log10", "np.log1p", "np.arctanh", "np.tan",
    "np.exp", "np.exp2", "np.expm1", "np.sinh", "np.cosh",
})  # fmt: skip
_POWERS = frozenset({"pow", "np.power", "np.float_power"})
_TAMED = frozenset({
    "np.where", "np.clip", "np.nan_to_num", "np.maximum", "np.minimum", "np.fmax", "np.fmin", "np.tanh", "np.arctan",
    "np.sin", "np.cos", "np.sign",
})  # fmt: skip
_TAME_EXPONENT = 8


def possibly_boundless(function: Function) -> frozenset[Var]:
    """The results of functions that have poles or overflow, and what is computed from them.

    A selection or a bounded function ends it: the program has dealt with it then.
    """
    found: set[Var] = set()

    def is_open(*sources: Atom) -> bool:
        return any(source in found for source in sources if isinstance(source, Var))

    while True:
        before = len(found)
        for node in walk(function.body):
            match node:
                case If() | Loop() | With() | Attempt():
                    for values, sources in meetings(node):
                        if is_open(*sources):
                            found.update(values)
                case Op(_, primitive, operands):
                    if _has_pole(node) or (primitive.name not in _TAMED and is_open(*operands)):
                        found.update(_numbers(node))
        if len(found) == before:
            return frozenset(found)


def _has_pole(op: Op) -> bool:
    if op.primitive.name in _POWERS:
        exponent = op.operands[1]
        known = exponent.value if isinstance(exponent, Literal) else None
        return not (isinstance(known, (int, float)) and 0 <= known <= _TAME_EXPONENT)
    return op.primitive.name in _POLES and any(isinstance(operand, Var) for operand in op.operands)


def _numbers(node: Node) -> list[Var]:
    return [var for var in results_of(node) if can_be_active(var.kind)]
