"""Who differentiates what: every primitive has one differential, or is declared to have none."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tangentc.primitives.core import Primitive, find

__all__ = ["Rule", "add", "linearise", "nondifferentiable", "own_rules", "rule_of", "version"]


@dataclass(frozen=True, slots=True)
class Rule:
    """The differential of a primitive.

    `function(result, *operands, **attributes, d<operand>=tangent…)` returns the tangent of the result
    as a value linear in the tangents; `operands` and `tangents` are the names of its parameters.
    `linear` has the positions of the operands in which the function itself is linear, one at a time.
    A rule without function declares the primitive non-differentiable: its result is constant.
    """

    function: Callable[..., Any] | None
    operands: tuple[str, ...] = ()
    variadic: bool = False
    attributes: tuple[str, ...] = ()
    tangents: tuple[str, ...] = ()
    linear: tuple[int, ...] = ()


_RULES: dict[Primitive, Rule] = {}
_own = 0


def add(functions: tuple[Any, ...], rule: Rule) -> None:
    """Register the rule of one or several primitives that share it.

    Raises: ValueError: one is no primitive, or has a rule already.
    """
    for primitive in _primitives(functions):
        if primitive in _RULES:
            raise ValueError(f"{primitive} has two rules")
        _RULES[primitive] = rule


def _primitives(functions: tuple[Any, ...]) -> list[Primitive]:
    found = []
    for function in functions:
        primitive = function if isinstance(function, Primitive) else find(function)
        if primitive is None:
            raise ValueError(f"{function!r} is no primitive; declare it with tangentc.primitive first")
        found.append(primitive)
    return found


def linearise(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the differential of one or several primitives that share it.

    The rule's parameters: the result, the operands, then keyword-only the attributes and, for each operand
    `x` that is differentiable, its tangent `dx` (for a variadic `*xs`, `dxs`).  An operand that has no
    tangent parameter is taken as non-differentiable.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        parameters = list(inspect.signature(function).parameters.values())
        positional = [p for p in parameters if p.kind is not p.KEYWORD_ONLY][1:]
        keyword = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        operands = tuple(p.name for p in positional)
        variadic = bool(positional) and positional[-1].kind is positional[-1].VAR_POSITIONAL
        tangents = tuple(f"d{name}" for name in operands if f"d{name}" in keyword)
        attributes = tuple(name for name in keyword if name not in tangents)
        known = {name for primitive in _primitives(functions) for name in primitive.attributes}
        unknown = [name for name in attributes if functions and name not in known]
        if unknown:
            raise ValueError(f"no operand or attribute is meant by the parameter {unknown[0]!r} of this rule")
        add(functions, Rule(function, operands, variadic, attributes, tangents))
        return function

    return decorate


def nondifferentiable(*functions: Any) -> None:
    """Declare that the results of these primitives are locally constant or not numbers: no derivative flows."""
    add(functions, Rule(None))


def rule_of(primitive: Primitive) -> Rule | None:
    """The rule of a primitive; None if it has none."""
    return _RULES.get(primitive)


def version() -> int:
    """Changes with each registration by a user; part of every cache key.

    The package's own rules do not count: a program that uses a library was compiled with that library's rules.
    """
    return len(_RULES) - _own


@contextmanager
def own_rules() -> Iterator[None]:
    """Inside, the rules that are registered are the package's own."""
    global _own
    before = len(_RULES)
    yield
    _own += len(_RULES) - before
