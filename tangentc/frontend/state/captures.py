"""What a program finds outside its parameters: data become hidden parameters, the rest is guarded.

Data (numbers, arrays, containers of them) are read again at each call.  Modules, callables, classes and the
attribute paths that lead to them are resolved now; a `Guard` tells when they have been rebound.
"""

from __future__ import annotations

import builtins
import functools
import sys
import types
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from tangentc.errors import UnsupportedSyntaxError, did_you_mean
from tangentc.frontend.state.heap import Live
from tangentc.frontend.state.places import Guard, Place
from tangentc.frontend.state.values import DictValue, Instance, ListValue, Static, TupleValue, Value
from tangentc.frontend.text.scopes import Frame
from tangentc.ir.nodes import Literal, Var
from tangentc.kinds.dims import labelled
from tangentc.kinds.library_objects import facts, is_data
from tangentc.kinds.of_values import Pattern, kind_of_value
from tangentc.kinds.records import fields_of
from tangentc.kinds.types import Array, Dim, Kind, List, Object, Symbol, fresh
from tangentc.primitives.core import find

if TYPE_CHECKING:
    from tangentc.frontend.state.context import Context

__all__ = ["Captured", "Captures"]

_DATA = (int, float, complex, np.generic, np.ndarray)
_CONSTANTS = (bool, str, bytes, type(None), type(...), type(NotImplemented), np.dtype, Enum, slice, range)
_BOUND = (types.MethodType, types.BuiltinMethodType)  # made anew at each look-up
_TRUSTED = ("numpy", "math", "cmath", "scipy", "builtins", "operator", "functools", "itertools", "tangentc")


@dataclass(frozen=True, slots=True)
class Captured:
    """A hidden parameter: its value at the time of a call is found at `place`."""

    place: Place
    origin: str


@dataclass(frozen=True, slots=True)
class _Optional:
    """What the attribute `name` of an object was found to be made of."""

    name: str
    captured: frozenset[Var]
    guards: tuple[Guard, ...]


class Captures:
    """Resolves free names and attributes of live objects, and remembers what was read.

    adopted: the live objects that the program writes, by identity, with the value that stands for each.
    live: where lists and dicts that the program was given come from.
    receivers: of the method that is differentiated, also where it is so several times.
    """

    def __init__(self, constants: frozenset[str]) -> None:
        self.constants = constants
        self.captured: dict[Var, Captured] = {}
        self.guards: list[Guard] = []
        self.adopted: dict[int, tuple[Live, Value]] = {}
        self.live: dict[Value, Live] = {}
        self._standing_for: dict[int, tuple[Any, Value]] = {}
        self.receivers: list[Any] = []
        self._arrays: dict[int, tuple[Var, Place]] = {}
        self._optional: list[_Optional] = []
        self._shared: set[Var] = set()
        self._values: dict[Any, Value] = {}
        self._origins: set[str] = set()
        self._guarded: set[Any] = set()

    # --- names ----------------------------------------------------------------------------------

    def name(self, frame: Frame, name: str, context: Context) -> Value:
        """The value of a free name: a closure cell, a global or a builtin."""
        cell = None if name in frame.names.globals else frame.cells.get(name)
        key = (id(frame.globals if cell is None else cell), name)
        known = self._values.get(key)
        if known is not None:
            return known
        if cell is not None:
            try:
                value = cell.cell_contents
            except ValueError:
                context.fail(
                    "TC102", f"{name!r} has no value yet", hint="bind it before the derivative is taken"
                )
            if frame.is_library:
                return _constant(value)
            place, origin = Place.of(cell).attribute("cell_contents"), f"closure {name}"
        elif name in frame.globals:
            value = frame.globals[name]
            if frame.is_library:
                return _constant(value)
            place, origin = Place.of(frame.globals).entry(name), f"global {name}"
        elif hasattr(builtins, name):
            return Static(getattr(builtins, name))
        else:
            hint = did_you_mean(name, {*frame.names.bound, *frame.globals, *dir(builtins)})
            context.fail("TC102", f"the name {name!r} is not defined", hint=hint)
        result = self.value(value, place, origin)
        self._values[key] = result
        return result

    def attribute(self, owner: Any, place: Place, origin: str, name: str) -> Value:
        """An attribute of a live object or module, which exists."""
        key = (id(owner), "attribute", name)
        known = self._values.get(key)
        if known is None:
            value = getattr(owner, name)
            if _is_trusted(owner):
                known = Literal(value) if isinstance(value, _DATA + _CONSTANTS) else Static(value)
            elif hasattr(type(owner), "__tangentc_parameters__") and _is_setting(value):
                self._guard_equal(value, place.attribute(name), f"{_short(origin)}.{name}")
                known = _setting(value)
            else:
                known = self.value(value, _place_in(owner, place, name), f"{_short(origin)}.{name}")
            self._values[key] = known
        return known

    # --- values ---------------------------------------------------------------------------------

    def value(self, value: Any, place: Place, origin: str) -> Value:
        """What a captured object is to the program."""
        if value is None or isinstance(value, _CONSTANTS):
            self._guard_equal(value, place, origin)
            return Literal(value)
        adopted = self.adopted.get(id(value))
        if adopted is not None:
            self._expect_same(place, adopted[0], origin)
            return adopted[1]
        if id(value) in self._standing_for:
            return self._standing_for[id(value)][1]
        if isinstance(value, np.ndarray) and place.local:
            return self._array(value, place, origin)
        if isinstance(value, _DATA) or is_data(value):
            return self._data(value, place, origin)
        return self.fresh(value, place, origin)

    def stand_for(self, value: Any, argument: Value) -> None:
        """Wherever the program finds this object, an argument stands for it."""
        self._standing_for[id(value)] = (value, argument)

    def fresh(self, value: Any, place: Place, origin: str) -> Value:
        """What a captured container or object is to the program that only reads it."""
        if type(value) in (tuple, list) or (isinstance(value, tuple) and hasattr(value, "_fields")):
            return self._sequence(value, place, origin)
        if type(value) is dict:
            return self._mapping(value, place, origin)
        if hasattr(type(value), "__tangentc_array__"):
            self._expect_class(value, place, origin)  # the array in it is what is read
            return Instance(value, place, origin)
        self.guard(value, place, origin)
        if is_part_of_program(value):
            return Static(value)
        return Instance(value, place, origin)

    def _expect_class(self, value: Any, place: Place, origin: str) -> None:
        condition = place.with_operands("type({}) is {}", type(value))
        self.expect(condition, f"{origin} is of type {type(value).__name__}")

    def receiver(self, method: types.MethodType) -> Value:
        """The object of a bound method that is called."""
        owner = method.__self__
        is_own = any(owner is receiver for receiver in self.receivers)
        return self.value(owner, Place.of(method, local=is_own).attribute("__self__"), "self")

    def constant_argument(self, value: Any, name: str) -> Value:
        """An argument that the caller gave as a constant: an object or a module."""
        if id(value) in self.adopted:
            return self.adopted[id(value)][1]
        return (
            Static(value) if is_part_of_program(value) else Instance(value, Place.of(value, local=True), name)
        )

    def fixed(self, value: Any, place: Place, origin: str) -> Value:
        """Data of an object that never changes (a default, an argument of a partial): numbers are constants."""
        if isinstance(value, (int, float, complex, np.generic)):
            return Literal(value)
        return self.value(value, place, origin)

    def _array(self, value: Any, place: Place, origin: str) -> Value:
        """An array of the receiver or of an argument: found at two places it is still one array."""
        known = self._arrays.get(id(value))
        if known is None:
            var = self._data(value, place, origin)
            if isinstance(var, Var):
                self._arrays[id(value)] = (var, place)
            return var
        self.expect(place.compared("is", known[1]), f"{origin} is the same array")
        self._shared.add(known[0])
        return known[0]

    def _data(self, value: Any, place: Place, origin: str) -> Value:
        if origin in self.constants:
            self._guard_equal(value, place, origin)
            return Literal(value)
        unique, number = origin, 2
        while unique in self._origins:
            unique, number = f"{origin} ({number})", number + 1
        self._origins.add(unique)
        var = Var(labelled(_kind(value)), _short(origin).replace(".", "_"))
        self.captured[var] = Captured(place, unique)
        return var

    def _sequence(self, value: Any, place: Place, origin: str) -> Value:
        if type(value) is list and isinstance(kind_of_value(value, Pattern()), List):
            return self._data(value, place, origin)  # a long list of numbers is data, not structure
        items = tuple(
            self.value(item, place.entry(position), f"{origin}[{position}]")
            for position, item in enumerate(value)
        )
        cls, size = type(value), len(value)
        self.expect(
            place.with_operands("{1}({0}, {2}, {3})", _has_length, cls, size), f"the length of {origin}"
        )
        if cls is list:
            return self._noted(ListValue(items), Live(value, place, origin))
        return TupleValue(items, None if cls is tuple else cls)

    def _mapping(self, value: dict[Any, Any], place: Place, origin: str) -> Value:
        items = {key: self.value(item, place.entry(key), f"{origin}[{key!r}]") for key, item in value.items()}
        self.expect(place.with_operands("{1}({0}, {2})", _has_keys, list(value)), f"the keys of {origin}")
        return self._noted(DictValue(items), Live(value, place, origin))

    def _noted(self, found: Value, live: Live) -> Value:
        """Remember where a list or dict comes from; it must not become one that the program writes."""
        self.live[found] = live
        for other, _ in self.adopted.values():
            if type(other.value) is type(live.value) and other.value is not live.value:
                condition = live.place.compared("is not", other.place)
                self.expect(condition, f"{live.origin} is not {other.origin}")
        return found

    # --- attributes that may turn out not to matter ---------------------------------------------

    @contextmanager
    def optional(self, name: str) -> Iterator[None]:
        """What is found inside belongs to the attribute `name` of an object, which the program may never read."""
        captured, guards = set(self.captured), len(self.guards)
        yield
        made = frozenset(var for var in self.captured if var not in captured)
        self._optional.append(_Optional(name, made, tuple(self.guards[guards:])))

    def drop_unread(self, read: Collection[str], used: Collection[Var]) -> list[Var]:
        """Forget the attributes that the program never read; gives what they were."""
        dropped: list[Var] = []
        for part in self._optional:
            if part.name in read or not part.captured.isdisjoint(self._shared.union(used)):
                continue
            for var in [var for var in self.captured if var in part.captured]:
                del self.captured[var]
                dropped.append(var)
            self.guards = [guard for guard in self.guards if guard not in part.guards]
        return dropped

    # --- guards ---------------------------------------------------------------------------------

    def guard_names(self, live: Live) -> None:
        """Expect an object to have the same attributes at later calls."""
        names = list(fields_of(live.value))
        condition = live.place.with_operands("list({1}({0})) == {2}", fields_of, names)
        self.expect(condition, f"{live.origin} has the same attributes")

    def guard_attribute(self, owner: Instance, name: str) -> bool:
        """Whether a live object has an attribute, as it is expected to at later calls."""
        found = hasattr(owner.value, name)
        condition = owner.place.with_operands("hasattr({}, {}) is {}", name, found)
        self.expect(condition, f"{owner.origin} has {'an' if found else 'no'} attribute {name!r}")
        return found

    def guard(self, value: Any, place: Place, origin: str) -> None:
        """Expect the same object at later calls, with the same code and defaults if it is a function."""
        if isinstance(value, _BOUND):
            self._guard_equal(value, place, origin)
        else:
            if _is_unstable(value, place):
                raise UnsupportedSyntaxError(
                    "TC109",
                    f"{origin} is made anew at each look-up",
                    None,
                    "bind it to a name before the call",
                )
            self.expect(place.with_operands("{} is {}", value), f"{origin} is the same object")

    def _expect_same(self, place: Place, live: Live, origin: str) -> None:
        if not place.is_same(live.place):
            self.expect(place.compared("is", live.place), f"{origin} is {live.origin}")

    def guard_function(self, function: Any) -> None:
        """Expect a function to keep its code and its defaults."""
        if id(function) in self._guarded or not isinstance(function, types.FunctionType):
            return
        self._guarded.add(id(function))
        what = f"{function.__qualname__} has the same code and defaults"
        for part in ("__code__", "__defaults__", "__kwdefaults__"):
            self.expect(
                Place.of(function).attribute(part).with_operands("{} is {}", getattr(function, part)), what
            )

    def _guard_equal(self, value: Any, place: Place, origin: str) -> None:
        self.expect(place.with_operands("{1}({0}, {2})", _is_equal, value), f"{origin} is {value!r}")

    def expect(self, condition: Place, description: str) -> None:
        """Take a condition for granted: where it no longer holds, the program is lowered again."""
        self.guards.append(Guard(condition, description))


def _place_in(owner: Any, place: Place, name: str) -> Place:
    """Where an attribute is found: what a module has registered is in one of its dicts, where no code of it runs."""
    if hasattr(type(owner), "__tangentc_parameters__") and name not in vars(owner):
        for registered in ("_parameters", "_buffers", "_modules"):
            if name in vars(owner).get(registered, ()):
                return place.attribute(registered).entry(name)
    return place.attribute(name)


def _is_setting(value: Any) -> bool:
    """Whether an attribute of what has parameters is how it is set: the program is compiled for whole numbers."""
    return isinstance(value, int) or (type(value) is tuple and all(map(_is_setting, value)))


def _setting(value: Any) -> Value:
    return TupleValue(tuple(map(_setting, value))) if isinstance(value, tuple) else Literal(value)


def _is_unstable(value: Any, place: Place) -> bool:
    """Whether a place gives another object each time: what a property or `__getattr__` makes."""
    try:
        return place() is not value
    except Exception:  # the code of the user may raise anything
        return True


def _is_equal(now: Any, value: Any) -> bool:
    return now is value or (type(now) is type(value) and bool(np.all(now == value)))


def _has_length(now: Any, cls: Any, size: int) -> bool:
    return type(now) is cls and len(now) == size


def _has_keys(now: Any, keys: list[Any]) -> bool:
    return type(now) is dict and list(now) == keys


def _short(origin: str) -> str:
    """ "global rate" -> "rate"."""
    return origin.rpartition(" ")[2] if "[" not in origin else origin.split(" ", 1)[-1].split("[")[0]


def _kind(value: Any) -> Kind:
    """The kind of captured data: of its sizes only those that are 1 are checked at each call."""
    if isinstance(value, np.ndarray):
        kind_of_value(value, Pattern())  # refuses subclasses
        return Array(value.dtype, tuple(1 if n == 1 else _unlike_one() for n in value.shape))
    if is_data(value):
        return Object(type(value), *facts(value))
    kind: Kind = kind_of_value(value, Pattern())
    return List(kind.item, fresh()) if isinstance(kind, List) else kind


def _constant(value: Any) -> Value:
    """What the library itself refers to, which never changes."""
    return Literal(value) if value is None or isinstance(value, (bool, int, float, str)) else Static(value)


def _unlike_one() -> Dim:
    return Dim(Symbol("n", never_one=True))


def is_part_of_program(value: Any) -> bool:
    """Whether an object is code (module, class, callable), not data that it works on."""
    plain = (
        types.ModuleType,
        type,
        types.FunctionType,
        types.BuiltinFunctionType,
        types.MethodType,
        np.ufunc,
        type(np.concatenate),  # what NumPy makes of its functions
    )
    if isinstance(value, plain) or find(value) is not None or hasattr(value, "__tangentc__"):
        return True
    if isinstance(value, functools._lru_cache_wrapper):
        return True
    return callable(value) and not hasattr(value, "__dict__")


def _is_trusted(owner: Any) -> bool:
    """Whether the attributes of a module never change: those of libraries."""
    if isinstance(owner, np.ufunc):
        return True
    return isinstance(owner, types.ModuleType) and owner.__name__.partition(".")[0] in _TRUSTED


def is_library_class(cls: type) -> bool:
    """Whether a class belongs to a library whose code is not looked into."""
    return _belongs_to_library(cls.__module__)


def is_library(function: Any) -> bool:
    """Whether a function belongs to a library whose code is not looked into."""
    return _belongs_to_library(getattr(function, "__globals__", {}).get("__name__", ""))


_OPEN = (
    "tangentc.api", "tangentc.eager", "tangentc.emitted", "tangentc.frontend.library.", "tangentc.jacobians",
    "tangentc.nn", "tangentc.runtime.dispatch", "tangentc.runtime.functional",
)  # fmt: skip


def _belongs_to_library(module: str) -> bool:
    root = module.partition(".")[0]
    if root == "tangentc":
        return not module.startswith(_OPEN)
    return root in sys.stdlib_module_names or root in ("numpy", "scipy")
