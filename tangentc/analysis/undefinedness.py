"""Which values may be undefined: a name that one path of a branch or the first trip of a loop does not bind."""

from __future__ import annotations

from tangentc.analysis.aliasing import CONTAINERS
from tangentc.ir.build import meetings, walk
from tangentc.ir.nodes import UNDEF, Atom, Attempt, Function, If, Loop, Op, Var, With

__all__ = ["possibly_undefined"]


def possibly_undefined(function: Function) -> frozenset[Var]:
    """The values that some path leaves undefined, and the tapes and containers that hold such values."""
    found: set[Var] = set()

    def is_open(*sources: Atom) -> bool:
        return any(source == UNDEF or source in found for source in sources)

    while True:
        before = len(found)
        for node in walk(function.body):
            match node:
                case Op(results, primitive, operands) if primitive.name in CONTAINERS:
                    if is_open(*operands):
                        found.update(results)
                        if primitive.name == "tape_push" and isinstance(operands[0], Var):
                            found.add(operands[0])
                case If() | Loop() | With() | Attempt():
                    for values, sources in meetings(node):
                        if is_open(*sources):
                            found.update(values)
        if len(found) == before:
            return frozenset(found)
