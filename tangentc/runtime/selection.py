"""Which arguments of a call are differentiated: `argnums` against a signature."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError
from tangentc.kinds.of_values import leaves
from tangentc.runtime.door import differentiable

__all__ = [
    "Argnums",
    "Key",
    "check_argnums",
    "default_argnums",
    "get",
    "name_of",
    "select",
    "signature_of",
    "with_defaults",
]

Argnums = int | str | tuple[int | str, ...]
Key = int | str
"""An argument of one call: its position, or its keyword."""


def signature_of(function: Callable[..., Any]) -> inspect.Signature | None:
    """How the function that runs is called; `__wrapped__` is not followed.  None where nobody knows."""
    try:
        return inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):
        return None


def check_argnums(argnums: Any, function: Callable[..., Any]) -> Argnums:
    """Argnums as given, a list as a tuple.

    Raises:
        DifferentiationError: TC303, neither an int, nor a name, nor several of them, or out of range.
    """
    several = tuple(argnums) if isinstance(argnums, (tuple, list)) else (argnums,)
    try:
        several = tuple(entry if isinstance(entry, str) else _position_of(entry) for entry in several)
    except TypeError:
        message = f"argnums={argnums!r} is neither a position nor a name of an argument"
        raise _wrong(message, function) from None
    checked: Argnums = several if isinstance(argnums, (tuple, list)) else several[0]
    if not several:
        raise _wrong("argnums is empty", function)
    signature = signature_of(function)
    if signature is None:
        return checked
    kinds = [p.kind for p in signature.parameters.values()]
    count = sum(kind in _POSITIONAL for kind in kinds)
    for entry in several:
        if isinstance(entry, str):
            known = entry in signature.parameters or inspect.Parameter.VAR_KEYWORD in kinds
        else:
            known = inspect.Parameter.VAR_POSITIONAL in kinds or -count <= entry < count
        if not known:
            raise _wrong(f"argnums={argnums!r}: there is no argument {entry!r}", function)
    return checked


def _position_of(entry: Any) -> int:
    """An int, also one of NumPy; a bool is no position."""
    if isinstance(entry, (bool, np.bool_)):
        raise TypeError
    return operator.index(entry)


def select(
    argnums: Argnums, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Key, ...]:
    """Where a call passes the arguments that are differentiated.

    Raises:
        DifferentiationError: TC303, the call passes no such argument.
    """
    several = argnums if isinstance(argnums, tuple) else (argnums,)
    if all(isinstance(entry, int) and 0 <= entry < len(args) for entry in several):
        return several  # the signature does not matter, and looking at it takes long
    signature = signature_of(function)
    names = (
        [] if signature is None else [p.name for p in signature.parameters.values() if p.kind in _POSITIONAL]
    )
    return tuple(_key(entry, names, function, args, kwargs) for entry in several)


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _key(
    entry: Key, names: list[str], function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Key:
    if isinstance(entry, str):
        if entry in kwargs:
            return entry
        if entry in names and names.index(entry) < len(args):
            return names.index(entry)
    else:
        position = entry if entry >= 0 else entry + max(len(args), len(names))
        if 0 <= position < len(args):
            return position
        if 0 <= position < len(names) and names[position] in kwargs:
            return names[position]
    raise _wrong(f"the argument {entry!r} of argnums is not passed", function)


def get(key: Key, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[key] if isinstance(key, int) else kwargs[key]


def default_argnums(args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Key, ...]:
    """Every argument that can be differentiated; where there is none, the Python ints are meant as floats."""
    passed: list[tuple[Key, Any]] = [*enumerate(args), *kwargs.items()]
    found = tuple(key for key, value in passed if any(differentiable(leaf) for leaf in leaves(value)))
    return found or tuple(key for key, value in passed if type(value) is int) or (0,)


def name_of(key: Key, function: Callable[..., Any]) -> str:
    """What messages call an argument."""
    if isinstance(key, str):
        return key
    signature = signature_of(function)
    for position, parameter in enumerate(() if signature is None else signature.parameters.values()):
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            return f"{parameter.name}[{key - position}]"
        if position == key:
            return parameter.name
    return f"argument {key}"


def with_defaults(
    argnums: Argnums, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The keyword arguments, and the defaults of differentiated parameters that the call leaves out."""
    signature = signature_of(function)
    if signature is None:
        return kwargs
    several = argnums if isinstance(argnums, tuple) else (argnums,)
    parameters = list(signature.parameters.values())
    added = {}
    for entry in several:
        position = entry if isinstance(entry, int) else _position(entry, parameters)
        if position is None or not -len(parameters) <= position < len(parameters):
            continue
        parameter = parameters[position]
        passed = parameter.kind in _POSITIONAL and position % len(parameters) < len(args)
        is_named = parameter.kind is not parameter.POSITIONAL_ONLY
        if (
            is_named
            and not passed
            and parameter.name not in kwargs
            and parameter.default is not parameter.empty
        ):
            added[parameter.name] = parameter.default
    return {**kwargs, **added} if added else kwargs


def _position(name: str, parameters: list[inspect.Parameter]) -> int | None:
    return next((i for i, parameter in enumerate(parameters) if parameter.name == name), None)


def _wrong(message: str, function: Callable[..., Any]) -> DifferentiationError:
    name = getattr(function, "__name__", repr(function))
    signature = signature_of(function)
    hint = "" if signature is None else f"its signature is {name}{signature}"
    return DifferentiationError("TC303", f"{name!r}: {message}", hint=hint)
