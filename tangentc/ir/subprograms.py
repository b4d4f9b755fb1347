"""Functions of the program that it hands to a library: the integrand of `quad`, the residual of `brentq`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tangentc.ir.build import Builder, walk
from tangentc.ir.copying import fresh_copy
from tangentc.ir.nodes import Atom, Block, Function, Op
from tangentc.ir.trees import atoms_of

__all__ = ["Subprogram", "subprograms"]

Derived = Callable[[Function, str, tuple[int, ...]], Function]
"""The derivative of a function in a mode ("primal": the function, optimised) with respect to some parameters."""


@dataclass(frozen=True, eq=False, slots=True)
class Subprogram:
    """A function of the trace as an attribute of the operation that calls it.

    Args:
        function: closed, one parameter for each variable: first those that the library passes, then what it reads
            of its surroundings, which are operands of the operation.
        own: how many the library passes.
        derived: makes its derivatives, which are subprograms again.
    """

    function: Function
    own: int
    derived: Derived
    _made: dict[Any, Subprogram] = field(default_factory=dict)

    @property
    def __name__(self) -> str:
        return self.function.name

    def __repr__(self) -> str:
        return f"function {self.function.name}"

    def tangent(self, wrt: tuple[int, ...]) -> Subprogram:
        """(*parameters, *tangents of those in `wrt`) -> the tangent of the result."""
        return self._derivative("jvp", wrt)

    def adjoint(self, wrt: tuple[int, ...]) -> Subprogram:
        """(*parameters, cotangent of the result) -> the cotangents of the parameters in `wrt`."""
        return self._derivative("adjoint", wrt)

    def _derivative(self, mode: str, wrt: tuple[int, ...]) -> Subprogram:
        if (mode, wrt) not in self._made:
            derived = self.derived(self.function, mode, wrt)
            found = atoms_of(derived.result[1])
            result = found[0] if len(found) == 1 else found
            body = Block(derived.body.params, derived.body.nodes, found)
            alone = replace(derived, result=result, body=body)
            self._made[mode, wrt] = replace(self, function=self.derived(alone, "primal", ()), _made={})
        return self._made[mode, wrt]

    def inlined(self, builder: Builder, operands: Sequence[Atom]) -> tuple[Atom, ...]:
        """What it returns for these operands, its nodes appended."""
        known = dict(zip(self.function.body.params, operands, strict=True))
        body = fresh_copy(Block((), self.function.body.nodes, self.function.body.yields), known)
        for node in body.nodes:
            builder.append(node)
        return body.yields

    def __call__(self, *values: Any) -> Any:
        """Run it, node by node."""
        from tangentc.ir.interpret import interpret

        return interpret(self.function, *values)


def subprograms(function: Function) -> list[Function]:
    """The functions that a function hands to libraries."""
    found: dict[int, Function] = {}

    def look(value: Any) -> None:
        if isinstance(value, Subprogram):
            found[id(value.function)] = value.function
        elif isinstance(value, tuple):
            for part in value:
                look(part)

    for node in walk(function.body):
        if isinstance(node, Op) and node.primitive.name != "solution":
            look(node.attrs)
    return list(found.values())
