"""The order of the stages, on one page.

source -> trace (frontend) -> optimise -> tangent or adjoint -> optimise -> Python text -> a callable
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import tangentc.primitives.table
import tangentc.rules.table  # noqa: F401
from tangentc.analysis.calls import check_callees
from tangentc.emit import Emitted, emit, load
from tangentc.errors import InternalError
from tangentc.frontend.lower import Lowered, lower
from tangentc.frontend.state.requests import Request
from tangentc.ir.build import walk
from tangentc.ir.nodes import Call, Function, Section
from tangentc.ir.verify import verify
from tangentc.transform.accumulate import accumulate_in_place
from tangentc.transform.copies import drop_copies
from tangentc.transform.cse import share_common_subexpressions
from tangentc.transform.dead_code import eliminate_dead_code
from tangentc.transform.derivative import (
    adjoint_function,
    gradient_function,
    pullback_function,
    tangent_function,
)
from tangentc.transform.entry import own_arguments, own_call_results, own_results
from tangentc.transform.headings import write_headings
from tangentc.transform.negations import absorb_negations
from tangentc.transform.simplify import simplify
from tangentc.transform.split import split_function
from tangentc.transform.undefined import define_undefined

__all__ = ["OPTIMISATIONS", "Built", "build", "derive", "standalone", "text", "trace"]

Stage = Callable[[Function], Function]

OPTIMISATIONS: tuple[Stage, ...] = (
    simplify,
    absorb_negations,
    share_common_subexpressions,
    eliminate_dead_code,
    drop_copies,
    simplify,
    eliminate_dead_code,
)

LOCAL: tuple[Stage, ...] = (
    simplify,
    absorb_negations,
    share_common_subexpressions,
    accumulate_in_place,
    define_undefined,
)
"""What may be done to one half of a split form: it looks at no memory that the other half uses."""


@dataclass(frozen=True, slots=True)
class Built:
    """A derivative: its traces, their text, and the text as a callable.

    `call` is the loaded function; for mode "vjp", where there are two traces, the pair (forward, reverse).
    """

    functions: tuple[Function, ...]
    emitted: tuple[Emitted, ...]
    call: Any
    lowered: Lowered

    @property
    def function(self) -> Function:
        return self.functions[0]


def trace(program: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Lowered:
    """The program as a trace of elementary operations.

    Args: kinds of the arguments, structured as the arguments are.
    """
    lowered = lower(program, args, kwargs, derive)
    _checked(lowered.function)
    return lowered


def derive(function: Function, request: Request, *, optimise: bool = True) -> Function:
    """The derivative of a trace, as a trace: a part of the program like any other, so without section titles."""
    (derived,) = _derivatives(function, request, optimise)
    nodes = tuple(node for node in derived.body.nodes if not isinstance(node, Section))
    return replace(derived, body=replace(derived.body, nodes=nodes))


def build(
    program: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    request: Request,
    *,
    optimise: bool = True,
) -> Built:
    """Compile a derivative of a program for arguments of these kinds."""
    lowered = trace(program, args, kwargs)
    derived = _derivatives(lowered.function, request, optimise)
    # the two halves of a split form share memory on purpose
    stages: tuple[Stage, ...] = (own_results,) if len(derived) == 1 else ()
    stages += (accumulate_in_place,) if optimise else ()
    stages += (define_undefined, write_headings)
    functions = tuple(_optimised(function, True, stages) for function in derived)
    emitted = tuple(emit(function) for function in functions)
    loaded = [load(each, function.name) for each, function in zip(emitted, functions, strict=True)]
    return Built(functions, emitted, loaded[0] if len(loaded) == 1 else tuple(loaded), lowered)


def text(built: Built, form: Literal["folded", "ssa"] = "folded") -> str:
    """The emitted code, folded for reading or with one operation a line."""
    return "\n\n".join(emit(function, form=form).text.rstrip("\n") + "\n" for function in built.functions)


def standalone(built: Built) -> str:
    """The emitted code as a file that needs only NumPy; captured numbers become defaults."""
    from tangentc.emit.standalone import standalone as print_standalone

    hidden = [parameter.name for parameter in built.function.parameters if parameter.kind == "hidden"]
    captured = {name: each.place() for name, each in zip(hidden, built.lowered.captured, strict=True)}
    return print_standalone(*built.functions, captured=captured)


def _derivatives(function: Function, request: Request, optimise: bool) -> tuple[Function, ...]:
    check_callees(function)
    function = own_arguments(function)
    function = own_call_results(_optimised(function, optimise), function)
    argnums, has_aux = request.argnums, request.has_aux
    match request.mode:
        case "primal":
            return (_checked(function),)
        case "jvp":
            derived = tangent_function(function, argnums)
        case "adjoint":
            derived = adjoint_function(function, argnums, has_aux=has_aux)
        case "grad" | "value_and_grad":
            value = request.mode == "value_and_grad"
            derived = gradient_function(function, argnums, value=value, has_aux=has_aux)
        case "vjp":
            derived = pullback_function(function, argnums, has_aux=has_aux)
        case _:
            raise InternalError("TC902", f"there is no derivative mode {request.mode!r}", function.span)
    derived = _optimised(_checked(derived), optimise)
    if request.mode != "vjp":
        return (derived,)
    split = split_function(derived)
    return split.forward, split.reverse


def _optimised(function: Function, optimise: bool, stages: tuple[Stage, ...] = OPTIMISATIONS) -> Function:
    """The function and those that it calls, optimised; what it calls no more is dropped."""
    callees: dict[str, Function] = {}
    local = tuple(stage for stage in stages if stage in LOCAL)

    def visit(one: Function, stages: tuple[Stage, ...]) -> Function:
        for stage in stages if optimise else ():
            found = stage(one)
            one = one if found is one else _checked(found)
        for node in walk(one.body):
            if isinstance(node, Call) and node.callee not in callees:
                callees[node.callee] = one  # taken: a recursive call refers to it by name
                callees[node.callee] = visit(function.callees[node.callee], local)
        return replace(one, callees=callees)

    return visit(function, stages)


def _checked(function: Function) -> Function:
    if os.environ.get("TANGENTC_VERIFY"):
        verify(function)
    return function
