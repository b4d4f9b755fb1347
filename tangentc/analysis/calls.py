"""What a call that is not inlined may do to its caller."""

from __future__ import annotations

from tangentc.analysis.origins import Origins, origins
from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import walk
from tangentc.ir.nodes import Call, Function, Var
from tangentc.source import Span

__all__ = ["check_callees", "is_half", "is_residual", "second_derivative_of_recursion"]


def check_callees(function: Function) -> None:
    """Calls keep to themselves: what is called and not inlined writes no argument, and hands out memory of its own.

    A result may be an argument or a view of it as long as nobody writes that memory.

    Raises: UnsupportedSyntaxError: TC122, TC124; TC125, the function is half of a derivative.
    """
    if not function.callees:
        return
    found = origins(function)
    for key, callee in function.callees.items():
        if any(param in found[key].written for param in callee.body.params):
            call = next((n for n in walk(function.body) if isinstance(n, Call)), None)
            span = callee.span if call is None else call.span
            if is_half(key, function):
                raise second_derivative_of_recursion(callee, span)
            raise UnsupportedSyntaxError(
                "TC122",
                f"{callee.name} calls itself and writes into an argument",
                span,
                "copy the argument first, and return the result",
            )
    for key, caller in {"": function, **function.callees}.items():
        for node in walk(caller.body):
            if isinstance(node, Call) and _shares_written(node, found[key]):
                raise UnsupportedSyntaxError(
                    "TC124",
                    f"{function.callees[node.callee].name} calls itself and returns memory that is not its own, "
                    "which is written",
                    node.span,
                    "return a copy",
                )


def _shares_written(call: Call, found: Origins) -> bool:
    """Whether a store may reach a result of a call and, by another name, an argument or another result."""
    results = [result for result in call.results if not is_residual(result)]
    for result in results:
        others = frozenset().union(*(found.of(other) for other in results if other is not result))
        if (found.of(result) - {result} | found.of(result) & others) & found.written:
            return True
    return False


def is_residual(var: Var) -> bool:
    """Whether a value is what a forward sweep leaves for its reverse: what is written between the two is undone."""
    return var.role == "residuals" or (var.of is not None and var.role == "dot" and is_residual(var.of))


def _whole(name: str) -> str:
    return name.removesuffix("_forward").removesuffix("_reverse")


def is_half(name: str, function: Function) -> bool:
    """Whether a function that is called is half of the split form of a derivative."""
    base = _whole(name)
    return base != name and {f"{base}_forward", f"{base}_reverse"} <= set(function.callees)


def second_derivative_of_recursion(callee: Function, span: Span | None) -> UnsupportedSyntaxError:
    """TC125: the two halves share residuals, through which no second derivative flows."""
    name = _whole(callee.name)
    return UnsupportedSyntaxError(
        "TC125",
        f"a derivative of {name}, which calls itself, is differentiated again",
        callee.span if span is None else span,
        "use jvp for the outer derivative, hvp or hessian for both; write into no array in the function",
    )
