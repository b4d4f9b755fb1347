"""NumPy's functions on what a rule sees, so that a user's rule is ordinary NumPy.

On a primal value `np.sin(x)` appends the operation to the trace.  On a tangent only what is linear in it is allowed:
`np.sum(dx)`, `a @ dx`, `dx[1:]`, `np.where(mask, dx, 0.0)`.  Since the differential of a linear function is the
function itself, that is what the function's own rule gives for these tangents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tangentc.ir.build import Builder
from tangentc.ir.nodes import Literal
from tangentc.kinds.types import Const
from tangentc.primitives.binding import NOT_STATIC, BindError, Values, bind
from tangentc.primitives.core import Primitive, find, named
from tangentc.primitives.index import Hole, Slice
from tangentc.rules import linear_ops
from tangentc.rules.defined import Dual, lifted
from tangentc.rules.expr import Expr, call, is_expr
from tangentc.rules.linear import ZERO, Linear, Zero
from tangentc.rules.registry import rule_of

__all__ = ["apply", "misused", "part", "transposed"]

_OPERATORS = {
    np.add: "add", np.subtract: "sub", np.multiply: "mul", np.divide: "truediv", np.power: "pow", np.negative: "neg",
    np.positive: "pos", np.matmul: "matmul", np.floor_divide: "floordiv", np.remainder: "mod", np.less: "lt",
    np.less_equal: "le", np.greater: "gt", np.greater_equal: "ge", np.equal: "eq", np.not_equal: "ne",
}  # fmt: skip

# Which operands may be tangents; of those of a product only one at a time.
_LINEAR = {
    **dict.fromkeys((
        "neg", "pos", "np.sum", "np.mean", "np.cumsum", "np.diff", "np.reshape", "np.ravel", "np.transpose",
        "np.swapaxes", "np.moveaxis", "np.expand_dims", "np.squeeze", "np.broadcast_to", "np.tril", "np.triu",
        "np.diag", "np.diagonal", "np.trace", "np.flip", "np.roll", "np.repeat", "np.tile", "np.take",
        "np.real", "np.imag", "np.conjugate", "np.copy", "np.atleast_1d", "np.atleast_2d", "np.atleast_3d",
        "truediv",
    ), (0,)),
    **dict.fromkeys(("add", "sub"), (0, 1)),
    "np.where": (1, 2),
    "np.linalg.solve": (1,),
}  # fmt: skip
_PRODUCTS = {"mul", "matmul", "np.matmul", "np.dot", "np.inner", "np.outer", "np.tensordot"}


def apply(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """`function(*args, **kwargs)` inside a rule.

    Raises: TypeError: the function is not known, or not linear in the tangents that it is given.
    """
    primitive = named(_OPERATORS[function]) if function in _OPERATORS else find(function)
    if primitive is None:
        raise misused(f"{getattr(function, '__name__', function)!r} is not known to rules")
    near = _builder((*args, *kwargs.values()))
    values: Values[Any] = Values(_items, lambda items: _packed(near, items), lambda value: value, _static)
    try:
        operands, attributes = bind(primitive, args, kwargs, values)
    except BindError as error:
        raise misused(str(error)) from None
    operands = [
        _packed(near, op) if isinstance(op, tuple) and any(map(is_expr, op)) else op for op in operands
    ]
    attrs = {name: _known(name, value) for name, value in attributes.items()}
    if any(isinstance(operand, Dual) for operand in operands):
        return lifted(primitive, operands, attrs)
    if any(isinstance(operand, (Linear, Zero)) for operand in operands):
        return _linear(primitive, near, operands, attrs)
    if primitive.results > 1:
        atoms = [operand.atom if isinstance(operand, Expr) else operand for operand in operands]
        return tuple(Expr.of(near, result) for result in near.ops(primitive, *atoms, **attrs))
    return call(primitive, *operands, **attrs)


def transposed(value: Any) -> Any:
    """`value.T`"""
    if isinstance(value, (Linear, Zero)):
        return linear_ops.exchange(value, to="T")
    return lifted(named("T"), [value], {}) if isinstance(value, Dual) else call("T", value)


def part(value: Any, key: Any) -> Any:
    """`value[key]`"""
    holes: list[Any] = []

    def entry(item: Any) -> Any:
        if isinstance(item, slice):
            return Slice(*(entry(bound) for bound in (item.start, item.stop, item.step)))
        if item is None or item is Ellipsis or type(item) is int:
            return item
        holes.append(item)
        return Hole(len(holes) - 1)

    index = tuple(map(entry, key if isinstance(key, tuple) else (key,)))
    if isinstance(value, Zero):
        return value
    near = _builder((value,))
    operands = [hole if isinstance(hole, Expr) else Expr.of(near, Literal(hole)) for hole in holes]
    if isinstance(value, Linear):
        return linear_ops.getitem(*operands, value, index=index)
    if isinstance(value, Dual):
        return lifted(named("getitem"), [value, *operands], {"index": index})
    return value.getitem(index, *operands)


def _linear(primitive: Primitive, near: Builder, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
    """A linear function of tangents, as its differential."""
    varying = [isinstance(operand, (Linear, Zero)) for operand in operands]
    rule = rule_of(primitive)
    known = () if rule is None else rule.linear
    allowed = range(len(operands)) if primitive.name in _PRODUCTS else _LINEAR.get(primitive.name, known)
    once = (primitive.name in _PRODUCTS or known) and sum(varying) > 1
    mixed = [
        operand for place, operand in enumerate(operands)
        if place in allowed and not varying[place] and not known and primitive.name not in (*_PRODUCTS, "truediv")
    ]  # fmt: skip
    if (
        once
        or any(v and place not in allowed for place, v in enumerate(varying))
        or not all(map(_is_zero, mixed))
    ):
        raise misused(f"{primitive} of these operands is not linear in the tangents")
    if not any(isinstance(operand, Linear) for operand in operands):
        return ZERO
    assert rule is not None and rule.function is not None
    primals = [_primal(near, operand) for operand in operands]
    result = Expr(
        near, call(primitive, *primals, **attrs).kind, lambda: call(primitive, *primals, **attrs).atom
    )
    tangents: dict[str, Any] = dict.fromkeys(rule.tangents, ZERO)
    for name, operand in zip(rule.operands, operands, strict=False):
        if isinstance(operand, Linear):
            tangents[f"d{name}"] = operand
    given = {name: attrs.get(name, primitive.attributes.get(name)) for name in rule.attributes}
    return rule.function(result, *primals, **given, **tangents)


def _primal(near: Builder, operand: Any) -> Expr:
    """A value with the kind and shape of an operand."""
    if isinstance(operand, Linear):
        return operand.prototype()
    if isinstance(operand, Expr):
        return operand
    return Expr.of(near, Literal(0.0 if isinstance(operand, Zero) else operand))


def _is_zero(value: Any) -> bool:
    if isinstance(value, Expr):
        value = value.kind.value if isinstance(value.kind, Const) else None
    return type(value) in (int, float) and value == 0


def _builder(values: Sequence[Any]) -> Builder:
    for value in values:
        if isinstance(value, (Expr, Dual)):
            return value.builder
        if isinstance(value, Linear):
            return value.prototype().builder
        if isinstance(value, (tuple, list)):
            return _builder(value)
    raise misused("a function of constants needs none of the values of the rule")


def _items(value: Any) -> Sequence[Any] | None:
    return value if isinstance(value, (tuple, list)) else None


def _packed(near: Builder, items: Sequence[Any]) -> Any:
    if any(isinstance(item, Expr) for item in items):
        return call("tuple", *items)
    return Expr.of(near, Literal(tuple(items)))


def _static(value: Any) -> Any:
    if isinstance(value, Expr):
        return value.kind.value if isinstance(value.kind, Const) else NOT_STATIC
    return NOT_STATIC if isinstance(value, (Linear, Zero, Dual)) else value


def _known(name: str, value: Any) -> Any:
    known = _static(value)
    if known is NOT_STATIC:
        raise misused(f"the argument {name!r} is not known when the rule runs")
    return tuple(known) if isinstance(known, list) else known


def misused(message: str) -> TypeError:
    """What `rules.differential` reports as a mistake of the rule."""
    return TypeError(message)
