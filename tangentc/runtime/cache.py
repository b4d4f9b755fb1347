"""The cache of specialisations: which emitted code serves a call.

A call is first looked up by the raw types, dtypes and shapes of its arguments; that costs well under a
microsecond and takes no lock.  Only on a miss are the arguments described by kinds, and compiled
for if that description is new.  What the program captured is read at each call, and the guards tell whether
the modules and functions that it was compiled with are still the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from tangentc.errors import InternalError
from tangentc.kinds.library_objects import facts, is_data
from tangentc.kinds.of_values import KindTree, Pattern, freeze, kind_of_value
from tangentc.kinds.records import fields_of, is_record, refers_to_itself
from tangentc.rules import registry
from tangentc.runtime.promotions import Args, Kwargs, Promotions

__all__ = ["Args", "Cache", "Entry", "Kwargs", "raw"]

_LOCK = threading.RLock()  # one for all: a compilation may need another
_LIMIT = 64  # specialisations of one derivative
_MEMO_LIMIT = 1024  # combinations of shapes that are remembered
_ATTEMPTS = 4  # specialisations of one key, which differ in what they captured


class Entry:
    """One specialisation.

    Args:
        enter: gives the hidden arguments; None when this specialisation does not fit any more, because a module or
            function that it was compiled with is another, or captured data are of another kind.
        run: `run(args, kwargs, hidden, *extra)` is the call.
    """

    __slots__ = ("built", "enter", "run", "used")

    def __init__(self, built: Any, enter: Callable[[], Kwargs | None], run: Callable[..., Any]) -> None:
        self.built = built
        self.enter = enter
        self.run = run
        self.used = True


class Cache:
    """The specialisations of one derivative.

    `fast` and `version` are for callers in a hurry: an entry of `fast` serves numbers of these types and arrays of
    these dtypes and shapes as long as the registry of rules has this version and the entry can be entered.

    Args:
        prepare: gives a call's arguments the form in which they enter emitted code, and the positions and
            names of those that are differentiated.
        compile: makes an entry for the kinds of prepared arguments; it may raise `Promote`.
    """

    def __init__(
        self,
        prepare: Callable[[Args, Kwargs], tuple[Args, Kwargs, frozenset[Any]]],
        compile: Callable[[tuple[KindTree, ...], dict[str, KindTree]], Entry],
        limit: int = _LIMIT,
    ) -> None:
        self._prepare = prepare
        self._compile = compile
        self._limit = limit
        self._memo: dict[Hashable, list[Entry]] = {}
        self.fast: dict[Hashable, Entry] = {}
        self._entries: OrderedDict[Hashable, list[Entry]] = OrderedDict()
        self._promotions = Promotions()
        self.version = registry.version()
        self.latest: Entry | None = None

    def __len__(self) -> int:
        return sum(len(entries) for entries in self._entries.values())

    def constants(self, args: Args, kwargs: Kwargs) -> tuple[Hashable, ...]:
        """The values of arguments that the keys tell apart, beyond their types and shapes."""
        return self._promotions.key(args, kwargs) if self._promotions else ()

    def call(self, args: Args, kwargs: Kwargs, *extra: Any) -> Any:
        """Run the specialisation for these arguments; compile it at the first call of its kind."""
        key = self._key(args, kwargs)
        if self.version == registry.version():
            for entry in self._memo.get(key, ()):
                hidden = entry.enter()
                if hidden is not None:
                    entry.used = True
                    return entry.run(args, kwargs, hidden, *extra)
        entry, hidden = self.find(args, kwargs)
        return entry.run(args, kwargs, hidden, *extra)

    def find(self, args: Args, kwargs: Kwargs) -> tuple[Entry, dict[str, Any]]:
        """The specialisation for these arguments and the hidden arguments to call it with."""
        prepared = self._prepare(args, kwargs)
        with _LOCK:
            if self.version != registry.version():
                self._memo, self.fast, self._entries = {}, {}, OrderedDict()
                self.version = registry.version()
            found = self._known(*prepared) or self._made(*prepared)
            self._remember(self._key(args, kwargs), found[0])
            return found

    def described(self, args: tuple[KindTree, ...], kwargs: dict[str, KindTree]) -> Entry:
        """A specialisation for kinds instead of values; it is not kept."""
        with _LOCK:
            return self._compile(args, kwargs)

    # --- keys -----------------------------------------------------------------------------------

    def _key(self, args: Args, kwargs: Kwargs) -> Hashable:
        key: Hashable = tuple(
            [(a.dtype, a.shape) if (t := type(a)) is _ARRAY else t if t in _PLAIN else raw(a) for a in args]
        )
        if kwargs:
            key = (key, *((name, raw(value)) for name, value in kwargs.items()))
        return (key, *self._promotions.key(args, kwargs)) if self._promotions else key

    # --- entries --------------------------------------------------------------------------------

    def _known(self, args: Args, kwargs: Kwargs, keys: frozenset[Any]) -> tuple[Entry, dict[str, Any]] | None:
        for entry in self._entries.get(_frozen(*self._promotions.kinds(args, kwargs, keys)), ()):
            hidden = entry.enter()
            if hidden is not None:
                return entry, hidden
        return None

    def _made(self, args: Args, kwargs: Kwargs, keys: frozenset[Any]) -> tuple[Entry, dict[str, Any]]:
        for _ in range(_ATTEMPTS):
            entry = self._lowered(args, kwargs, keys)
            hidden = entry.enter()
            if hidden is not None:
                same = self._entries.setdefault(_frozen(*self._promotions.kinds(args, kwargs, keys)), [])
                same[:] = [entry, *same[: _ATTEMPTS - 1]]  # older ones were made for other globals
                self._evict()
                return entry, hidden
        raise InternalError("TC901", "a specialisation does not fit the call that it was compiled for")

    def _lowered(self, args: Args, kwargs: Kwargs, keys: frozenset[Any]) -> Entry:
        """Compile; what is promoted on the way may tell calls apart that were one before."""
        before = len(self._promotions)
        entry = self._promotions.settle(self._compile, args, kwargs, keys)
        if len(self._promotions) != before:
            self._memo, self.fast = {}, {}
        return entry

    def _remember(self, key: Hashable, entry: Entry) -> None:
        if len(self._memo) >= _MEMO_LIMIT:
            self._memo, self.fast = {}, {}
        memo = self._memo
        if not self._promotions and isinstance(key, tuple) and all(map(_is_fast, key)):
            self.fast[key] = entry
        memo[key] = [entry, *(other for other in memo.get(key, ()) if other is not entry)][:_ATTEMPTS]
        self.latest = entry

    def _evict(self) -> None:
        """Drop the specialisations that no call has used since the last time round (second chance)."""
        while len(self._entries) > self._limit:
            key, entries = self._entries.popitem(last=False)
            if any(entry.used for entry in entries):
                for entry in entries:
                    entry.used = False
                self._entries[key] = entries
            else:
                self._memo, self.fast = {}, {}


def raw(value: Any) -> Hashable:
    """The type, dtype and shape of a value; equal results mean that the kinds of the values are equal.

    What is known by value (strings, None, bools, callables) is part of the result.
    """
    cls: Any = type(value)
    if cls in _PLAIN:
        plain: Hashable = cls
        return plain
    if cls is np.ndarray:
        return (value.dtype, value.shape)
    if cls is tuple or cls is list:
        return (cls, *[raw(item) for item in value])
    if cls is dict:
        return (cls, *[(key, raw(item)) for key, item in value.items()])
    if is_record(cls):
        try:
            return (cls, *[(name, raw(item)) for name, item in fields_of(value).items()])
        except RecursionError:
            raise refers_to_itself(cls) from None
    if is_data(value):
        return (cls, *facts(value))
    return freeze(kind_of_value(value, Pattern()))


_ARRAY: Any = np.ndarray
_PLAIN: frozenset[type] = frozenset(
    {float, int, complex, np.float64, np.float32, np.complex128, np.complex64, np.int64, np.int32, np.bool_}
)  # numbers whose type says all


def _is_fast(part: Hashable) -> bool:
    """Whether a part of a key stands for a number or an array."""
    return part in _PLAIN or (isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], np.dtype))


def _frozen(args: tuple[KindTree, ...], kwargs: dict[str, KindTree]) -> Hashable:
    return freeze(args), freeze(kwargs)
