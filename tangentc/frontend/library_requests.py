"""What the compiler's own library asks of the frontend, beyond what Python can say."""

from __future__ import annotations

from tangentc.frontend.builtin_calls import builtin
from tangentc.frontend.context import Context
from tangentc.frontend.library import asking
from tangentc.frontend.operations import as_array
from tangentc.frontend.values import Value

__all__: list[str] = []


@builtin(asking.array_like)
def _array_like(context: Context, value: Value) -> Value:
    return as_array(context, value)


@builtin(asking.refuse)
def _refuse(context: Context, message: Value) -> Value:
    context.fail("TC109", context.static(message, "the message"))
