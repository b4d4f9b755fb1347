"""Rules of users: their own functions, or a library's, as elementary operations."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from tangentc.errors import DifferentiationError
from tangentc.primitives.core import KindRule, Primitive, find, register, unused
from tangentc.rules import registry
from tangentc.rules.expr import Spelled, call
from tangentc.rules.linear import LinearOp, shaped_like
from tangentc.rules.registry import Rule, linearise
from tangentc.rules.spelled import apply

__all__ = ["linearise", "nondifferentiable", "primitive", "transpose"]

F = TypeVar("F", bound=Callable[..., Any])


def primitive(
    function: F | None = None,
    *,
    operands: tuple[str, ...] | None = None,
    elementwise: bool = False,
    pure: bool = True,
    kind: KindRule | None = None,
) -> Any:
    """Declare a function elementary: it is called as it is, and its derivative is the rule given for it.

    What comes back does the same as the function; rules, which see symbols instead of arrays, can call it too.

        @tangentc.primitive
        def cube(x):
            return x * x * x

        @tangentc.linearise(cube)
        def cube_rule(y, x, *, dx):      # dy = 3 x^2 dx
            return 3 * x * x * dx

    Positional parameters are operands, keyword-only ones static attributes.  To learn the type of
    its result the compiler calls a pure function on small arrays of its own.

    Args:
        operands: the names of the positional parameters, for a function that does not tell them (written in C).
        elementwise: the result has the broadcast shape of the operands, entry by entry.
        pure: False for a function with effects (random numbers, input): it is called once, even if nobody uses the
            result.
        kind: for this package's own functions, the kind of the result where calls on small arrays do not tell it.
    Raises:
        DifferentiationError: TC311, the parameters are of a form that no rule can name.
        ValueError: the function is declared twice.
    """
    if function is None:
        return lambda given: primitive(
            given, operands=operands, elementwise=elementwise, pure=pure, kind=kind
        )
    names, attributes = _parameters(function) if operands is None else (operands, {})
    word = getattr(function, "__qualname__", getattr(function, "__name__", type(function).__name__))
    declared = Primitive(
        unused(f"{getattr(function, '__module__', None) or 'builtins'}.{word}"),
        function,
        tuple(names),
        attributes,
        pure=pure,
        kept=not pure,
        elementwise=elementwise,
        kind=kind,
        spelling=word.rpartition(".")[2],
    )

    @functools.wraps(function)
    def call_or_trace(*args: Any, **kwargs: Any) -> Any:
        if any(isinstance(arg, Spelled) for arg in args):  # inside a rule
            return apply(call_or_trace, args, kwargs)
        return function(*args, **kwargs)

    register(declared, *([function] if _is_hashable(function) else []), call_or_trace)
    return call_or_trace


def _is_hashable(function: Any) -> bool:
    try:
        hash(function)
    except TypeError:  # one of ctypes, for example: only what `primitive` returned stands for it
        return False
    return True


def _parameters(function: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The operands, and the attributes with their defaults."""
    name = getattr(function, "__qualname__", repr(function))
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise DifferentiationError(
            "TC311", f"the parameters of {name!r} cannot be found out",
            hint='name them: tangentc.primitive(function, operands=("x", "y"))',
        ) from None  # fmt: skip
    operands, attributes = [], {}
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is not parameter.empty:
            attributes[parameter.name] = parameter.default
        elif parameter.kind is parameter.VAR_POSITIONAL:
            operands.append(f"*{parameter.name}")
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            operands.append(parameter.name)
        else:
            raise DifferentiationError(
                "TC311", f"parameter {parameter.name!r} of {name!r} is neither operand nor attribute",
                hint="give keyword-only parameters a default, and take no **kwargs",
            )  # fmt: skip
    return tuple(operands), attributes


def transpose(function: Callable[..., Any], operand: str | None = None) -> Callable[[F], F]:
    """Declare that a primitive is linear in one operand, by the transpose of that linear map.

        @tangentc.transpose(blur)
        def blur_transpose(y_bar, width):      # <y_bar, blur(x, width)> = <blur(y_bar, width), x>
            return blur(y_bar, width)

    The rule is given the cotangent of the result, then the other operands, which count as constants, and by keyword
    the attributes; it returns the cotangent of the operand.  It is built of primitives, and of NumPy's functions.

    Args:    operand: the name of the operand; the first by default.
    Raises:  ValueError: the function is no primitive, or has a rule already.
    """
    target = find(function)
    if target is None:
        raise ValueError(f"{function!r} is no primitive; declare it with tangentc.primitive first")
    name = target.operands[0] if operand is None else operand
    place = target.operands.index(name)

    def computed(*values: Any, **attributes: Any) -> Any:
        *constants, t = values
        return call(target, *constants[:place], t, *constants[place:], **attributes)

    def decorate(rule: F) -> F:
        linear = LinearOp(target.name, computed, transpose=rule)

        def differential(y: Any, *operands: Any, **given: Any) -> Any:
            tangent = given.pop(f"d{name}")
            return shaped_like(y, linear(*operands[:place], *operands[place + 1 :], tangent, **given))

        names = target.operands, False, tuple(target.attributes), (f"d{name}",)
        registry.add((target,), Rule(differential, *names, linear=(place,)))
        return rule

    return decorate


def nondifferentiable(*functions: Any) -> Any:
    """Declare that no derivative flows through these functions: what they return is taken as constant.

    For one function it is also a decorator.  A function that is no primitive yet is declared one.
    """
    for function in functions:
        if not isinstance(function, Primitive) and find(function) is None:
            primitive(function)
    registry.nondifferentiable(*functions)
    return functions[0] if len(functions) == 1 else None
