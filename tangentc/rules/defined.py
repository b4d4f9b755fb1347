"""Functions that are defined by others: their differential is that of the definition.

A definition is ordinary NumPy, with the operands as positional and the attributes as keyword-only parameters.  It is
run on pairs of a primal value and its tangent, so that each step of it contributes by its own rule.  What the program
computes is still the function itself, not its definition.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from tangentc.ir.build import Builder, atom
from tangentc.kinds.types import Kind
from tangentc.primitives.core import Primitive, named
from tangentc.rules.differential import applied
from tangentc.rules.expr import Expr, Spelled, made
from tangentc.rules.linear import ZERO, Linear, Zero
from tangentc.rules.linear_ops import shaped
from tangentc.rules.registry import Rule, add

__all__ = ["Dual", "defined", "lifted", "traced"]


class Dual(Spelled):
    """A primal value and its tangent."""

    __slots__ = ("primal", "tangent")
    is_linear = True  # operators of an `Expr` leave it to this class

    def __init__(self, primal: Expr, tangent: Linear) -> None:
        self.primal = primal
        self.tangent = tangent

    @property
    def kind(self) -> Kind:
        return self.primal.kind

    @property
    def builder(self) -> Builder:
        return self.primal.builder

    @property
    def shape(self) -> Expr:
        return self.primal.shape

    def __add__(self, other: Any) -> Any:
        return lifted(named("add"), (self, other), {})

    def __radd__(self, other: Any) -> Any:
        return lifted(named("add"), (other, self), {})

    def __sub__(self, other: Any) -> Any:
        return lifted(named("sub"), (self, other), {})

    def __rsub__(self, other: Any) -> Any:
        return lifted(named("sub"), (other, self), {})

    def __mul__(self, other: Any) -> Any:
        return lifted(named("mul"), (self, other), {})

    def __rmul__(self, other: Any) -> Any:
        return lifted(named("mul"), (other, self), {})

    def __truediv__(self, other: Any) -> Any:
        return lifted(named("truediv"), (self, other), {})

    def __rtruediv__(self, other: Any) -> Any:
        return lifted(named("truediv"), (other, self), {})

    def __pow__(self, other: Any) -> Any:
        return lifted(named("pow"), (self, other), {})

    def __rpow__(self, other: Any) -> Any:
        return lifted(named("pow"), (other, self), {})

    def __matmul__(self, other: Any) -> Any:
        return lifted(named("matmul"), (self, other), {})

    def __rmatmul__(self, other: Any) -> Any:
        return lifted(named("matmul"), (other, self), {})

    def __neg__(self) -> Any:
        return lifted(named("neg"), (self,), {})

    def __abs__(self) -> Any:
        return lifted(named("abs"), (self,), {})

    def __lt__(self, other: Any) -> Any:
        return lifted(named("lt"), (self, other), {})

    def __le__(self, other: Any) -> Any:
        return lifted(named("le"), (self, other), {})

    def __gt__(self, other: Any) -> Any:
        return lifted(named("gt"), (self, other), {})

    def __ge__(self, other: Any) -> Any:
        return lifted(named("ge"), (self, other), {})


def lifted(primitive: Primitive, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
    """The operation on primal values, with the tangents of its results."""
    builder = next(operand.builder for operand in operands if isinstance(operand, Dual))
    primals = [operand.primal if isinstance(operand, Dual) else operand for operand in operands]
    exprs = [primal if isinstance(primal, Expr) else Expr.of(builder, atom(primal)) for primal in primals]
    results = [
        made(result, primitive, exprs)
        for result in builder.ops(primitive, *(expr.atom for expr in exprs), **attrs)
    ]
    given = [operand.tangent if isinstance(operand, Dual) else ZERO for operand in operands]
    tangents = applied(primitive, results, exprs, attrs, given)
    pairs = tuple(map(_paired, results, tangents))
    return pairs[0] if len(pairs) == 1 else pairs


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a library that does not hand over to NumPy's protocols, for use in a definition."""

    def run(*args: Any, **kwargs: Any) -> Any:
        from tangentc.rules.spelled import apply

        return (
            apply(function, args, kwargs)
            if any(isinstance(a, Spelled) for a in args)
            else function(*args, **kwargs)
        )

    return run


def _paired(primal: Expr, tangent: Linear | Zero) -> Any:
    return Dual(primal, tangent) if isinstance(tangent, Linear) else primal


def defined(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the definition of one or several primitives that share it."""

    def decorate(definition: Callable[..., Any]) -> Callable[..., Any]:
        parameters = list(inspect.signature(definition).parameters.values())
        operands = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
        attributes = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
        variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        tangents = tuple(f"d{name}" for name in operands)

        def rule(result: Any, *primals: Expr, **given: Any) -> Any:
            varying = [given.pop(name, ZERO) for name in tangents]
            if variadic:
                varying = [*varying[:-1], *(varying[-1] or ())]
            found = definition(*map(_paired, primals, varying), **given)
            if isinstance(found, tuple):
                return tuple(map(_tangent, found, result))
            return _tangent(found, result)

        add(functions, Rule(rule, operands, variadic, attributes, tangents))
        return definition

    return decorate


def _tangent(value: Any, result: Expr) -> Linear | Zero:
    """The tangent of what a definition gives, which has the sizes of the function's result."""
    return shaped(value.tangent, result) if isinstance(value, Dual) else ZERO
