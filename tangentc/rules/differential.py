"""Running a rule: from a primitive and its symbolic operands to the linear trace of its differential."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from tangentc.errors import DifferentiationError, MissingRuleError
from tangentc.kinds.types import Dict, List, Tuple, dtype_of
from tangentc.primitives.core import Primitive, registered
from tangentc.rules.expr import Expr
from tangentc.rules.linear import ZERO, Linear, Zero, dims_of, same_dims
from tangentc.rules.linear_ops import spread
from tangentc.rules.ops import library_of
from tangentc.rules.registry import Rule, rule_of

__all__ = ["applied", "differential"]

_CONTAINERS = (Dict, List, Tuple)


def differential(
    primitive: Primitive,
    results: Sequence[Expr],
    operands: Sequence[Expr],
    attrs: dict[str, Any],
    active: Sequence[bool],
) -> tuple[list[Linear | None], list[Linear | Zero]]:
    """The differential of `results = primitive(*operands, **attrs)` as a linear trace.

    Args:    active: which operands vary.
    Returns: the input of the trace for each operand (None for those that do not vary), and for each result
             its tangent; `rules.linear.push` and `pull` run the trace forwards and transposed.
    Raises:  MissingRuleError: no rule, or none with respect to an active operand or for a given attribute.
    """
    inputs = [
        Linear(operand.kind, _same(operand)) if varies else None
        for operand, varies in zip(operands, active, strict=True)
    ]
    return inputs, applied(primitive, results, operands, attrs, [value or ZERO for value in inputs])


def applied(
    primitive: Primitive,
    results: Sequence[Expr],
    operands: Sequence[Expr],
    attrs: dict[str, Any],
    given: Sequence[Linear | Zero],
) -> list[Linear | Zero]:
    """The tangents of the results for the tangents `given` of the operands.

    Raises: as `differential`.
    """
    rule = rule_of(primitive)
    if rule is None:
        raise _missing(primitive, operands)
    active = [isinstance(tangent, Linear) for tangent in given]
    if rule.function is None or not any(active):
        return [ZERO] * len(results)
    _refuse_containers(primitive, results, operands, active)
    tangents = _tangents(primitive, rule, operands, given)
    for name in attrs:
        if name not in rule.attributes:
            raise _undefined(f"{primitive} has no derivative where `{name}` is given", operands)
    with library_of(primitive):
        try:
            found = rule.function(
                results[0] if len(results) == 1 else tuple(results),
                *operands,
                **{name: attrs.get(name, primitive.attributes.get(name)) for name in rule.attributes},
                **tangents,
            )
        except TypeError as error:
            raise _misused(primitive, f"cannot be run: {error}", operands[0]) from error
    outputs = list(found) if len(results) != 1 else [found]
    return [_landing(primitive, output, result) for output, result in zip(outputs, results, strict=True)]


def _misused(primitive: Primitive, message: str, near: Expr) -> DifferentiationError:
    return DifferentiationError(
        "TC311", f"the rule of {primitive} {message}", near.builder.span,
        "a rule is NumPy code that is linear in its tangents and does not branch on values",
    )  # fmt: skip


def _landing(primitive: Primitive, output: Any, result: Expr) -> Linear | Zero:
    """The tangent of a result with its shape: in z = x + c, dx may have fewer axes than dz."""
    if isinstance(output, Zero):
        return ZERO
    if not isinstance(output, Linear):
        raise _misused(primitive, "does not give a tangent", result)
    if _may_be_smaller(primitive, output, result):
        return Linear(result.kind, _same(result), spread, (result,), (output,))
    if output.op is not None:
        output.prototype = _same(result)
    return output


def _may_be_smaller(primitive: Primitive, output: Linear, result: Expr) -> bool:
    have, want = dtype_of(output.kind), dtype_of(result.kind)
    if have is not None and want is not None and have != want:
        return True
    if dims_of(output.kind) is not None and dims_of(result.kind) is not None:
        return not same_dims(output.kind, result.kind)
    return primitive.elementwise and len(primitive.operands) > 1


def _refuse_containers(
    primitive: Primitive, results: Sequence[Expr], operands: Sequence[Expr], active: Sequence[bool]
) -> None:
    """Rules know numbers and arrays; a shape may be a tuple."""
    values = [*results, *(operand for operand, varies in zip(operands, active, strict=True) if varies)]
    if any(isinstance(value.kind, _CONTAINERS) for value in values):
        raise _undefined(f"{primitive} of a container that is built at run time has no derivative", operands)


def _same(value: Expr) -> Any:
    return lambda: value


def _tangents(
    primitive: Primitive, rule: Rule, operands: Sequence[Expr], given: Sequence[Linear | Zero]
) -> dict[str, Any]:
    """The tangents as the rule's keyword arguments; an operand left out has a tangent that is zero."""
    fixed = len(rule.operands) - rule.variadic
    if len(given) > fixed and not rule.variadic:
        raise _misused(primitive, f"has {fixed} operands, not {len(given)}", operands[0])
    tangents: dict[str, Any] = dict.fromkeys(rule.tangents, ZERO)
    for name, tangent in zip(rule.operands[:fixed], given, strict=False):
        if f"d{name}" in tangents:
            tangents[f"d{name}"] = tangent
        elif isinstance(tangent, Linear):
            raise _undefined(f"{primitive} has no derivative with respect to `{name}`", operands)
    if rule.variadic:
        rest = rule.operands[-1]
        if f"d{rest}" in tangents:
            tangents[f"d{rest}"] = tuple(given[fixed:])
        elif any(isinstance(tangent, Linear) for tangent in given[fixed:]):
            raise _undefined(f"{primitive} has no derivative with respect to `{rest}`", operands)
    return tangents


def _undefined(message: str, operands: Sequence[Expr]) -> MissingRuleError:
    return MissingRuleError(
        "TC201",
        message,
        operands[0].builder.span,
        "put the value through tangentc.stop_gradient if it should count as constant",
    )


def _missing(primitive: Primitive, operands: Sequence[Expr]) -> MissingRuleError:
    known = [
        p.name for p in registered()
        if (rule := rule_of(p)) is not None and rule.function is not None
        and (not p.name.startswith("scipy.") or primitive.name.startswith("scipy."))
    ]  # fmt: skip
    by_name = {name.rpartition(".")[2]: name for name in known}
    near = difflib.get_close_matches(primitive.name.rpartition(".")[2], by_name, n=1)
    hint = (
        f"the nearest function that has one is {by_name[near[0]]}"
        if near
        else "declare one with tangentc.linearise"
    )
    return MissingRuleError("TC201", f"{primitive} has no derivative rule", operands[0].builder.span, hint)
