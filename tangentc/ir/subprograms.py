"""Functions of the program that it hands to a library: the integrand of `quad`, the residual of `brentq`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tangentc.ir.build import Builder, walk
from tangentc.ir.copying import fresh_copy, substituted
from tangentc.ir.nodes import Atom, Block, Function, Op, Parameter, Tree, Var, kind_of
from tangentc.ir.trees import atoms_of, unique
from tangentc.kinds.types import Kind
from tangentc.primitives.functions import FOUND

__all__ = ["Subprogram", "flat", "subprograms"]

Derived = Callable[[Function, str, tuple[int, ...]], Function]
"""The derivative of a function in a mode ("primal": the function, optimised) with respect to some parameters."""


@dataclass(frozen=True, eq=False, slots=True)
class Subprogram:
    """A function of the trace as an attribute of the operation that calls it.

    Args:
        lowered: closed, one parameter for each variable: first those that the library passes, then what it reads
            of its surroundings, which are operands of the operation.
        own: how many the library passes.
        derived: makes its derivatives, which are subprograms again.
    """

    lowered: Function
    own: int
    derived: Derived
    _made: dict[Any, Any] = field(default_factory=dict)

    @property
    def function(self) -> Function:
        """It, optimised: when it is first asked for, since most are made by a pass that is repeated."""
        if None not in self._made:
            self._made[None] = self.derived(self.lowered, "primal", ())
        found: Function = self._made[None]
        return found

    @property
    def __name__(self) -> str:
        return self.lowered.name

    def __repr__(self) -> str:
        return f"function {self.lowered.name}"

    @property
    def kind(self) -> Kind:
        """That of what it returns."""
        return kind_of(self.lowered.body.yields[0])

    def tangent(self, wrt: tuple[int, ...]) -> Subprogram:
        """(*parameters, *tangents of those in `wrt`) -> the tangent of the result."""
        return self._derivative("jvp", wrt)

    def adjoint(self, wrt: tuple[int, ...]) -> Subprogram:
        """(*parameters, cotangent of the result) -> the cotangents of the parameters in `wrt`."""
        return self._derivative("adjoint", wrt)

    def _derivative(self, mode: str, wrt: tuple[int, ...]) -> Subprogram:
        if (mode, wrt) not in self._made:
            derived = self.derived(self.function, mode, wrt)
            bars = atoms_of(derived.result[1])
            result = bars[0] if len(bars) == 1 else bars
            body = Block(derived.body.params, derived.body.nodes, bars)
            alone = flat(replace(derived, result=result, body=body))
            self._made[mode, wrt] = replace(self, lowered=alone, _made={})
        found: Subprogram = self._made[mode, wrt]
        return found

    def composed(self, key: Any, make: Callable[[], Function]) -> Subprogram:
        """Another function made of this one, which the library calls in the same way; made once for each key."""
        if key not in self._made:
            self._made[key] = replace(self, lowered=make(), _made={})
        found: Subprogram = self._made[key]
        return found

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


def flat(function: Function) -> Function:
    """The function with one parameter for each variable, each variable called as its parameter."""
    names = {param: each.name for each in function.parameters for param in atoms_of(each.tree)}
    taken: set[str] = set()
    params = tuple(
        Var(param.kind, unique(param.name or names[param], taken)) for param in function.body.params
    )
    known = dict(zip(function.body.params, params, strict=True))
    body = substituted(function.body, dict(known))
    result: Tree = body.yields[0] if len(body.yields) == 1 else body.yields
    parameters = tuple(Parameter(param.name, "POSITIONAL_OR_KEYWORD", param) for param in params)
    return replace(function, parameters=parameters, body=replace(body, params=params), result=result)


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
        if isinstance(node, Op) and node.primitive.name not in FOUND:
            look(node.attrs)
    return list(found.values())
