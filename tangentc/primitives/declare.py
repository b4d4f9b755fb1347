"""Short forms for declaring primitives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tangentc.primitives.core import Primitive, register
from tangentc.primitives.libraries import resolve

__all__ = ["declare", "library_function"]


def declare(
    name: str,
    function: Callable[..., Any],
    *operands: str,
    callables: tuple[Any, ...] = (),
    also: tuple[str, ...] = (),
    spelling: str = "",
    **facts: Any,
) -> Primitive:
    """Register a primitive with the facts that `Primitive` lists.

    `callables` are the Python objects that mean it, `also` its other names.
    """
    primitive = Primitive(name, function, operands, spelling=spelling or name, **facts)
    return register(primitive, *callables, also=also)


def library_function(path: str, *operands: str, also: tuple[str, ...] = (), **facts: Any) -> Primitive | None:
    """Register a library function under its dotted name and the other names in `also`.

    Names that this version of the library lacks are left out; two names of one object count once.  An operand
    "weights=" is one that the library takes by keyword.
    """
    function = resolve(path)
    if function is None:
        return None
    callables: list[Any] = [function]
    for name in also:
        other = resolve(name)
        if other is not None and all(other is not known for known in callables):
            callables.append(other)
    names = tuple(operand.removesuffix("=") for operand in operands)
    keywords = frozenset(name for name, operand in zip(names, operands, strict=True) if name != operand)
    facts.setdefault("function", _by_keyword(function, names, keywords) if keywords else function)
    return declare(
        path,
        facts.pop("function"),
        *names,
        callables=tuple(callables),
        also=also,
        **facts,
    )


def _by_keyword(
    function: Callable[..., Any], names: tuple[str, ...], keywords: frozenset[str]
) -> Callable[..., Any]:
    """The function with all operands by position; one that is None is left out where it goes by keyword."""

    def run(*operands: Any, **attributes: Any) -> Any:
        given = list(zip(names, operands, strict=False))
        named = {name: value for name, value in given if name in keywords and value is not None}
        return function(*(value for name, value in given if name not in keywords), **named, **attributes)

    return run
