"""What an elementary operation is: a callable with its effects, aliasing, kind and spelling."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from tangentc.kinds.types import Kind

__all__ = [
    "Alias",
    "KindRule",
    "Primitive",
    "Syntax",
    "extra",
    "find",
    "named",
    "register",
    "registered",
    "unused",
]


class Alias(Enum):
    """Whether a result may share memory with the first operand (or with any, for variadic ones)."""

    FRESH = auto()  # new memory, or an immutable number
    VIEW = auto()  # always a view of operand 0
    MAYBE = auto()  # sometimes a view of an operand: reshape, ravel, asarray
    INDEX = auto()  # getitem: a view for basic indices, an immutable number for full integer ones, else fresh


class Syntax(Enum):
    """How an operation is written in Python."""

    CALL = auto()  # np.sin(x, axis=0): `spelling` is the function's dotted name
    BINARY = auto()  # x + y: `spelling` is the operator
    UNARY = auto()  # -x
    METHOD = auto()  # x.copy(): `spelling` is the method's name
    ATTRIBUTE = auto()  # x.T
    SPECIAL = auto()  # emit/python.py knows this primitive by name: subscripts, tuples, tapes, raise, ...


AliasRule = Callable[[tuple[Kind, ...], dict[str, Any]], Alias]
KindRule = Callable[..., Kind]  # (operand_kinds: tuple[Kind, ...], attrs: dict) -> Kind, or tuple for several


@dataclass(frozen=True, eq=False)
class Primitive:
    """An elementary operation.

    Args:
        name: canonical and unique: "np.sin", "math.sin", "add", "getitem".
        function: what it computes: function(*operands, **attrs).
        operands: names of the value operands in order; a last "*xs" takes any number.
        attributes: static parameters and their defaults; only those that differ are kept in `Op.attrs`.
        alias: see `Alias`; it may depend on the kinds of the operands, see `alias_of`.
        effect: kept, in order, and absent from the reverse sweep (print, raise, assert).
        pure: False for random numbers, time, input: never evaluated twice, merged or moved.
        kept: evaluated even if nobody uses the result, for what it does besides.
        elementwise: the result has the broadcast shape of the operands, entry by entry.
        cheap: may be evaluated again in the reverse sweep instead of being recorded.
        writes: operand 0 is written in place (scatter additions).
        reads: False where only shape, dtype or identity of the operands matter, not their contents.
        record: the namedtuple in which several results come back, if it is one.
        results: how many values come back; the tuple of a function with several is unpacked by the operation.
        kind: hand-written kind rule; None to probe.
        syntax, spelling: how it is printed.
        signature: the parameters of the library's function, see `signatures`; "" for the operands, then the attributes.
    """

    name: str
    function: Callable[..., Any]
    operands: tuple[str, ...] = ("x",)
    attributes: dict[str, Any] = field(default_factory=dict)
    alias: Alias | AliasRule = Alias.FRESH
    effect: bool = False
    pure: bool = True
    kept: bool = False
    elementwise: bool = False
    cheap: bool = False
    reads: bool = True
    writes: bool = False
    results: int = 1
    record: type | None = None
    kind: KindRule | None = None
    syntax: Syntax = Syntax.CALL
    spelling: str = ""
    signature: str = ""

    def __repr__(self) -> str:
        return self.name

    def alias_of(self, kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Alias:
        """Whether the result may share memory with operands of these kinds."""
        return self.alias if isinstance(self.alias, Alias) else self.alias(kinds, attrs)


_BY_NAME: dict[str, Primitive] = {}
_OTHER_NAMES: dict[str, Primitive] = {}
_BY_CALLABLE: dict[Any, Primitive] = {}


def register(primitive: Primitive, *callables: Any, also: tuple[str, ...] = ()) -> Primitive:
    """Make a primitive known by its name, its other names and every callable that means it."""
    for name in (primitive.name, *also):
        if name in _BY_NAME or name in _OTHER_NAMES:
            raise ValueError(f"primitive {name!r} is registered twice")
    _BY_NAME[primitive.name] = primitive
    _OTHER_NAMES.update(dict.fromkeys(also, primitive))
    for function in callables:
        if function in _BY_CALLABLE:
            raise ValueError(f"{function!r} is registered twice")
        _BY_CALLABLE[function] = primitive
    return primitive


def unused(name: str) -> str:
    """The name, with a number if it is taken: a notebook cell may define a function again."""
    number, found = 1, name
    while found in _BY_NAME or found in _OTHER_NAMES:
        number += 1
        found = f"{name} ({number})"
    return found


def named(name: str) -> Primitive:
    """The primitive of that name; other spellings such as "np.abs" are understood."""
    found = _BY_NAME.get(name) or _OTHER_NAMES.get(name)
    if found is None and _load_extras():
        return named(name)
    if found is None:
        raise KeyError(name)
    return found


def registered() -> tuple[Primitive, ...]:
    """Every primitive, in the order of registration."""
    return tuple(_BY_NAME.values())


def find(function: Any) -> Primitive | None:
    """The primitive that a callable means, or None."""
    try:
        found = _BY_CALLABLE.get(function)
    except TypeError:  # unhashable
        return None
    return find(function) if found is None and _load_extras() else found


# --- libraries that need not be there ---------------------------------------------------------------

_EXTRAS: dict[str, Callable[[], None]] = {}


def extra(library: str, load: Callable[[], None]) -> None:
    """Call `load`, which registers primitives, once `library` has been imported and something is looked up."""
    _EXTRAS[library] = load


def _load_extras() -> bool:
    """Import the tables of libraries that have been imported since; whether there were any."""
    found = [library for library in _EXTRAS if library in sys.modules]
    for load in [_EXTRAS.pop(library) for library in found]:
        load()
    return bool(found)
