"""Derivatives with respect to what an object has learned: its parameters, by name.

A class says by `__tangentc_parameters__` what its objects have learned: a dict from names to tensors or arrays.  Where
such an object is differentiated, that dict is passed in its place, and inside the program the object reads its
parameters from there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tangentc.kinds.of_values import Identity
from tangentc.runtime.selection import Argnums, Key, get, select, signature_of

__all__ = [
    "Owners",
    "functional",
    "in_their_form",
    "learned_at",
    "parameters_of",
    "with_dicts",
    "with_parameters",
]

Owners = tuple[tuple[Key, Identity], ...]
"""Where a call passes objects that have learned something, and which these are."""


def parameters_of(value: Any) -> dict[str, Any] | None:
    """What an object has learned, by name; None for any other value."""
    ask = getattr(type(value), "__tangentc_parameters__", None)
    found: dict[str, Any] | None = None if ask is None else ask(value)
    return found


def learned_at(
    function: Callable[..., Any], argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Owners:
    """The differentiated arguments that have learned something."""
    if not any(hasattr(type(value), "__tangentc_parameters__") for value in (*args, *kwargs.values())):
        return ()
    keys = select(argnums, function, args, kwargs)
    return tuple(
        (key, Identity(value))
        for key in keys
        if hasattr(type(value := get(key, args, kwargs)), "__tangentc_parameters__")
    )


def with_dicts(
    owners: Owners, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with dicts of arrays in the place of their owners."""
    positional, named = list(args), dict(kwargs)
    for key, owner in owners:
        learned = {name: _array_of(each) for name, each in (parameters_of(owner.value) or {}).items()}
        if isinstance(key, int):
            positional[key] = learned
        else:
            named[key] = learned
    return tuple(positional), named


def _array_of(parameter: Any) -> Any:
    """The array of a tensor; an array as it is."""
    only = getattr(type(parameter), "__tangentc_array__", None)
    return parameter if only is None else getattr(parameter, only)


def in_their_form(owners: Owners, keys: tuple[Key, ...], gradients: Any) -> Any:
    """Gradients with those of the owners as dicts of what their parameters are: tensors of tensors.

    Args: keys: of the differentiated arguments; gradients: a tuple with one for each, or a bare one.
    """
    known = {key: owner.value for key, owner in owners}
    several = gradients if isinstance(gradients, tuple) else (gradients,)
    found = tuple(
        _formed(known[key], bars) if key in known else bars for key, bars in zip(keys, several, strict=True)
    )
    return found if isinstance(gradients, tuple) else found[0]


def _formed(owner: Any, bars: Any) -> Any:
    """Cotangents in the form that the class gives its parameters, if it says so by `__tangentc_learned__`."""
    made = getattr(type(owner), "__tangentc_learned__", None)
    if made is None or not isinstance(bars, dict):
        return bars
    return {name: made.__tangentc_made__(bar) for name, bar in bars.items()}


@functools.lru_cache(maxsize=256)
def functional(function: Identity, owners: Owners) -> Callable[..., Any]:
    """The function that takes dicts in the place of these owners."""

    def program(*args: Any, **kwargs: Any) -> Any:
        return with_parameters(function.value, owners, args, kwargs)

    functools.update_wrapper(program, function.value)
    del program.__wrapped__  # type: ignore[attr-defined]
    vars(program)["__tangentc_function__"] = function.value
    program.__signature__ = signature_of(function.value)  # type: ignore[attr-defined]
    return program


def with_parameters(
    function: Callable[..., Any], owners: Owners, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call a function with the owners in the place of the dicts, whose entries are their parameters meanwhile."""
    positional, named, before = list(args), dict(kwargs), []
    for key, owner in owners:
        given = get(key, args, kwargs)
        for name, parameter in (parameters_of(owner.value) or {}).items():
            only = type(parameter).__tangentc_array__
            before.append((parameter, only, getattr(parameter, only)))
            setattr(parameter, only, getattr(given[name], only, given[name]))
        if isinstance(key, int):
            positional[key] = owner.value
        else:
            named[key] = owner.value
    try:
        return function(*positional, **named)
    finally:
        for parameter, only, array in before:
            setattr(parameter, only, array)


vars(with_parameters)["__tangentc_lowering__"] = "with_parameters"
