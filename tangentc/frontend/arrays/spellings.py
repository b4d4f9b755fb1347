"""Functions of `numpy.linalg` that are others with some arguments fixed."""

from __future__ import annotations

import numpy as np

from tangentc.frontend.expressions.operations import apply_primitive
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Value
from tangentc.ir.nodes import Literal
from tangentc.primitives.core import named

__all__: list[str] = []

_NONE, _FALSE, _MAIN, _LAST, _TWO = (Literal(value) for value in (None, False, 0, -1, 2))
_MATRIX = {"axis1": Literal(-2), "axis2": Literal(-1)}


@builtin(np.linalg.diagonal)
def _diagonal(context: Context, x: Value, *, offset: Value = _MAIN) -> Value:
    return apply_primitive(context, named("np.diagonal"), (x,), {"offset": offset, **_MATRIX})


@builtin(np.linalg.trace)
def _trace(context: Context, x: Value, *, offset: Value = _MAIN, dtype: Value = _NONE) -> Value:
    return apply_primitive(context, named("np.trace"), (x,), {"offset": offset, "dtype": dtype, **_MATRIX})


@builtin(np.linalg.outer)
def _outer(context: Context, x1: Value, x2: Value) -> Value:
    return apply_primitive(context, named("np.outer"), (x1, x2), {})


@builtin(np.linalg.cross)
def _cross(context: Context, x1: Value, x2: Value, *, axis: Value = _LAST) -> Value:
    return apply_primitive(context, named("np.cross"), (x1, x2), {"axis": axis})


if np.linalg.tensordot is not np.tensordot:

    @builtin(np.linalg.tensordot)
    def _tensordot(context: Context, x1: Value, x2: Value, *, axes: Value = _TWO) -> Value:
        return apply_primitive(context, named("np.tensordot"), (x1, x2), {"axes": axes})


@builtin(np.linalg.vecdot)
def _vecdot(context: Context, x1: Value, x2: Value, *, axis: Value = _LAST) -> Value:
    if axis != _LAST:
        context.fail(
            "TC115", "np.linalg.vecdot is supported along the last axis", hint="use np.moveaxis first"
        )
    return apply_primitive(context, named("np.vecdot"), (x1, x2), {})


@builtin(np.linalg.vector_norm)
def _vector_norm(
    context: Context, x: Value, *, axis: Value = _NONE, keepdims: Value = _FALSE, ord: Value = _TWO
) -> Value:
    if axis == _NONE:
        if keepdims != _FALSE:
            context.fail("TC115", "np.linalg.vector_norm of all entries is supported without keepdims")
        x = apply_primitive(context, named("np.ravel"), (x,), {})
        return apply_primitive(context, named("np.linalg.norm"), (x,), {"ord": ord})
    if not isinstance(context.static(axis, "axis"), int):
        context.fail("TC115", "np.linalg.vector_norm is supported along one axis, or over all entries")
    return apply_primitive(
        context, named("np.linalg.norm"), (x,), {"ord": ord, "axis": axis, "keepdims": keepdims}
    )
