"""What the compiler's own library asks of the frontend, beyond what Python can say."""

from __future__ import annotations

import numpy as np

from tangentc.frontend.expressions.operations import as_array
from tangentc.frontend.expressions.sparse_matrices import (
    form_of,
    has_one_column,
    is_entries,
    is_sparse,
    keeps_places,
    multiplies,
)
from tangentc.frontend.library import asking
from tangentc.frontend.standard.builtins import builtin
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Value
from tangentc.ir.nodes import Literal

__all__: list[str] = []


@builtin(asking.array_like)
def _array_like(context: Context, value: Value) -> Value:
    return as_array(context, value)


@builtin(asking.is_entries)
def _is_entries(context: Context, value: Value) -> Value:
    return Literal(is_entries(context, value))


@builtin(asking.has_one_column)
def _has_one_column(context: Context, value: Value) -> Value:
    return Literal(has_one_column(context, value))


@builtin(asking.form_of)
def _form_of(context: Context, value: Value) -> Value:
    return form_of(context, value)


@builtin(asking.needs_places)
def _needs_places(context: Context) -> Value:
    return Literal(context.heap.sites.placed)


@builtin(asking.is_single)
def _is_single(_: Context, *dtypes: Value) -> Value:
    return Literal(all(isinstance(dtype, Literal) and dtype.value == np.float32 for dtype in dtypes))


@builtin(asking.keeps_places)
def _keeps_places(context: Context, is_matrix: Value, by_entries: Value) -> Value:
    return Literal(
        keeps_places(
            bool(context.static(is_matrix, "the class")), bool(context.static(by_entries, "the form"))
        )
    )


@builtin(asking.is_sparse)
def _is_sparse(context: Context, value: Value) -> Value:
    return Literal(is_sparse(context, value))


@builtin(asking.is_matrix)
def _is_matrix(context: Context, value: Value) -> Value:
    return Literal(multiplies(context, value))


@builtin(asking.refuse)
def _refuse(context: Context, message: Value) -> Value:
    context.fail("TC109", context.static(message, "the message"))
