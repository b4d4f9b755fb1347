"""What a call that is not inlined may do to its caller."""

from __future__ import annotations

from tangentc.analysis.aliasing import aliasing
from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import walk
from tangentc.ir.nodes import Call, Function

__all__ = ["refuse_writing_callees"]


def refuse_writing_callees(function: Function) -> None:
    """Calls keep their effects to themselves: a function that is called and not inlined writes no argument.

    Raises: UnsupportedSyntaxError: TC122.
    """
    for callee in function.callees.values():
        aliases = aliasing(callee)
        if any(aliases.is_storage(param) for param in callee.body.params):
            call = next((n for n in walk(function.body) if isinstance(n, Call)), None)
            raise UnsupportedSyntaxError(
                "TC122",
                f"{callee.name} calls itself and writes into an argument",
                callee.span if call is None else call.span,
                "copy the argument first, and return the result",
            )
