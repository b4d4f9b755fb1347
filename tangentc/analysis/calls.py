"""What a call that is not inlined may do to its caller."""

from __future__ import annotations

from tangentc.analysis.aliasing import aliasing
from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import walk
from tangentc.ir.nodes import Call, Function

__all__ = ["REVERSE", "refuse_writing_callees"]

REVERSE = "_reverse"
"""How the reverse sweep of a function that is called is named: it rewinds the arrays among its residuals."""


def refuse_writing_callees(function: Function) -> None:
    """Calls keep their effects to themselves: a function that is called and not inlined writes no argument.

    Raises: UnsupportedSyntaxError: TC122.
    """
    for callee in function.callees.values():
        aliases = aliasing(callee)
        if any(aliases.is_storage(param) for param in callee.body.params):
            call = next((n for n in walk(function.body) if isinstance(n, Call)), None)
            message = f"{callee.name} calls itself and writes into an argument"
            hint = "copy the argument first, and return the result"
            if callee.name.endswith(REVERSE):
                name = callee.name.removesuffix(REVERSE)
                message = (
                    f"{name} calls itself and writes into arrays, and a derivative of it is differentiated"
                )
                hint = "differentiate it once, or let it make new arrays"
            raise UnsupportedSyntaxError("TC122", message, callee.span if call is None else call.span, hint)
