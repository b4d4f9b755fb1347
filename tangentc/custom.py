"""Rules of users: their own functions as elementary operations."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from tangentc.errors import DifferentiationError
from tangentc.primitives.core import Primitive, find, register
from tangentc.rules import registry
from tangentc.rules.registry import linearise

__all__ = ["linearise", "nondifferentiable", "primitive"]

F = TypeVar("F", bound=Callable[..., Any])


def primitive(function: F | None = None, *, elementwise: bool = False, pure: bool = True) -> Any:
    """Declare a function elementary: it is called as it is, and its derivative is the rule given for it.

        @tangentc.primitive
        def cube(x):
            return x * x * x

        @tangentc.linearise(cube)
        def cube_rule(y, x, *, dx):      # dy = 3 x^2 dx
            return 3 * x * x * dx

    Positional parameters are operands, keyword-only ones static attributes.  To learn the type of
    its result the compiler calls a pure function on small arrays of its own.

    Args:
        elementwise: the result has the broadcast shape of the operands, entry by entry.
        pure: False for a function with effects (random numbers, input): it is never called twice.
    Raises:
        DifferentiationError: TC311, the parameters are of a form that no rule can name.
        ValueError: the function is declared twice.
    """
    if function is None:
        return lambda given: primitive(given, elementwise=elementwise, pure=pure)
    name = f"{function.__module__}.{function.__qualname__}"
    operands, attributes = [], {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is not parameter.empty:
            attributes[parameter.name] = parameter.default
        elif parameter.kind is parameter.VAR_POSITIONAL:
            operands.append(f"*{parameter.name}")
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            operands.append(parameter.name)
        else:
            raise DifferentiationError(
                "TC311",
                f"parameter {parameter.name!r} of {function.__qualname__!r} is neither operand nor attribute",
                hint="give keyword-only parameters a default, and take no **kwargs",
            )
    register(
        Primitive(
            name,
            function,
            tuple(operands),
            attributes,
            pure=pure,
            elementwise=elementwise,
            spelling=function.__name__,
        ),
        function,
    )
    return function


def nondifferentiable(*functions: Any) -> Any:
    """Declare that no derivative flows through these functions: what they return is taken as constant.

    For one function it is also a decorator.  A function that is no primitive yet is declared one.
    """
    for function in functions:
        if not isinstance(function, Primitive) and find(function) is None:
            primitive(function)
    registry.nondifferentiable(*functions)
    return functions[0] if len(functions) == 1 else None
