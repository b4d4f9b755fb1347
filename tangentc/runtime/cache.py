"""The cache of specialisations: which emitted code serves a call.

A call is first looked up by the raw types, dtypes and shapes of its arguments; that costs well under a
microsecond and takes no lock.  Only on a miss are the arguments described by kinds, and compiled
for if that description is new.  What the program captured is read at each call, and the guards tell whether
the modules and functions that it was compiled with are still the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from typing import Any

import numpy as np

from tangentc.errors import DifferentiationError, InternalError
from tangentc.frontend.requests import Promote
from tangentc.kinds.of_values import KindTree, Pattern, freeze, freeze_value, kind_of_value
from tangentc.kinds.types import Const
from tangentc.rules import registry

Args = tuple[Any, ...]
Kwargs = dict[str, Any]
Path = tuple[Any, ...]

__all__ = ["Cache", "Entry", "kinds_of", "raw"]

_LOCK = threading.RLock()  # one for all: a compilation may need another
_LIMIT = 64  # specialisations of one derivative
_MEMO_LIMIT = 1024  # combinations of shapes that are remembered
_NOTHING: Kwargs = {}
_ATTEMPTS = 4  # specialisations of one key, which differ in what they captured


class Entry:
    """One specialisation.

    Args:
        guards: hold as long as the modules and functions that it was compiled with are the same.
        captured: reads the captured data, by the names of hidden parameters; None when they are of
            another kind.  None in its place where nothing is captured.
        run: `run(args, kwargs, hidden, *extra)` is the call.
    """

    __slots__ = ("built", "captured", "guards", "run", "used")

    def __init__(
        self,
        built: Any,
        guards: tuple[Callable[[], bool], ...],
        captured: Callable[[], Kwargs | None] | None,
        run: Callable[..., Any],
    ) -> None:
        self.built = built
        self.guards = guards
        self.captured = captured
        self.run = run
        self.used = True

    def enter(self) -> Kwargs | None:
        """The hidden arguments; None when this specialisation does not fit any more."""
        for holds in self.guards:
            if not holds():
                return None
        return _NOTHING if self.captured is None else self.captured()


class Cache:
    """The specialisations of one derivative.

    `plain` and `version` are for callers in a hurry: an entry of `plain` serves arguments of these types as
    long as the registry of rules has this version, the guards hold and nothing is captured.

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
        self.plain: dict[Hashable, Entry] = {}  # by the types of arguments that are numbers
        self._entries: OrderedDict[Hashable, list[Entry]] = OrderedDict()
        self._promoted: tuple[Path, ...] = ()
        self.version = registry.version()
        self.latest: Entry | None = None

    def __len__(self) -> int:
        return sum(len(entries) for entries in self._entries.values())

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
                self._memo, self.plain, self._entries = {}, {}, OrderedDict()
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
        key: Hashable = tuple([t if (t := type(a)) in _PLAIN else raw(a) for a in args])
        if kwargs:
            key = (key, *((name, raw(value)) for name, value in kwargs.items()))
        if self._promoted:
            key = (key, *(freeze_value(_at(path, args, kwargs)) for path in self._promoted))
        return key

    def _kinds(
        self, args: Args, kwargs: Kwargs, keys: frozenset[Any]
    ) -> tuple[tuple[KindTree, ...], dict[str, KindTree]]:
        """The kinds of the arguments: equal sizes are one `Dim`, promoted arguments are constants.

        Containers among the differentiated arguments (`keys`) keep their structure.
        """
        kinds, named = kinds_of(args, kwargs, keys)
        for path in self._promoted:
            value = _at(path, args, kwargs)
            if path[0] == "args":
                kinds = _replaced(kinds, path[1:], Const(value))
            elif path[1] in named:
                named = _replaced(named, path[1:], Const(value))
        return kinds, named

    # --- entries --------------------------------------------------------------------------------

    def _known(self, args: Args, kwargs: Kwargs, keys: frozenset[Any]) -> tuple[Entry, dict[str, Any]] | None:
        for entry in self._entries.get(_frozen(*self._kinds(args, kwargs, keys)), ()):
            hidden = entry.enter()
            if hidden is not None:
                return entry, hidden
        return None

    def _made(self, args: Args, kwargs: Kwargs, keys: frozenset[Any]) -> tuple[Entry, dict[str, Any]]:
        for _ in range(_ATTEMPTS):
            entry = self._lowered(args, kwargs, keys)
            hidden = entry.enter()
            if hidden is not None:
                same = self._entries.setdefault(_frozen(*self._kinds(args, kwargs, keys)), [])
                same[:] = [entry, *same[: _ATTEMPTS - 1]]  # older ones were made for other globals
                self._evict()
                return entry, hidden
        raise InternalError("TC901", "a specialisation does not fit the call that it was compiled for")

    def _lowered(self, args: Args, kwargs: Kwargs, keys: frozenset[Any]) -> Entry:
        """Compile, with what decides the emitted code as constants."""
        while True:
            try:
                return self._compile(*self._kinds(args, kwargs, keys))
            except Promote as promote:
                _refuse_differentiated(promote, _at(promote.path, args, kwargs), keys)
                self._promote(promote.path)

    def _promote(self, path: Path) -> None:
        if path in self._promoted:
            raise InternalError("TC901", f"{path} is a constant already")
        self._promoted = (*self._promoted, path)
        self._memo, self.plain = {}, {}

    def _remember(self, key: Hashable, entry: Entry) -> None:
        memo = self._memo if len(self._memo) < _MEMO_LIMIT else {}
        if not self._promoted and isinstance(key, tuple) and all(part in _PLAIN for part in key):
            self.plain[key] = entry
        memo[key] = [entry, *(other for other in memo.get(key, ()) if other is not entry)][:_ATTEMPTS]
        self._memo = memo
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
                self._memo, self.plain = {}, {}


def _refuse_differentiated(promote: Promote, value: Any, keys: Collection[Any]) -> None:
    """An argument that decides which code is emitted has no derivative.

    Raises: DifferentiationError: TC303.
    """
    if promote.path[0] != "captured" and promote.path[1] in keys and np.asarray(value).dtype.kind in "fc":
        raise DifferentiationError(
            "TC303",
            f"{promote.what} decides which code is written, so its argument cannot be differentiated",
            hint="leave it out of argnums; jvp takes None as its tangent",
        )


def kinds_of(
    args: Args, kwargs: Kwargs, keys: Collection[Any]
) -> tuple[tuple[KindTree, ...], dict[str, KindTree]]:
    """The kinds of the arguments of one call; those in `keys` are differentiated."""
    pattern = Pattern()
    kinds = tuple(kind_of_value(value, pattern, structured=i in keys) for i, value in enumerate(args))
    named = {name: kind_of_value(value, pattern, structured=name in keys) for name, value in kwargs.items()}
    return kinds, named


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
    return freeze(kind_of_value(value, Pattern()))


_PLAIN: frozenset[type] = frozenset(
    {float, int, complex, np.float64, np.float32, np.complex128, np.complex64, np.int64, np.int32, np.bool_}
)  # numbers whose type says all


def _frozen(args: tuple[KindTree, ...], kwargs: dict[str, KindTree]) -> Hashable:
    return freeze(args), freeze(kwargs)


def _at(path: Path, args: Args, kwargs: Kwargs) -> Any:
    """The value that a path leads to, None where this call has none."""
    value: Any = args if path[0] == "args" else kwargs
    for step in path[1:]:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def _replaced(tree: Any, path: Path, kind: KindTree) -> Any:
    """A kind tree with another kind where the path leads."""
    if not path:
        return kind
    if isinstance(tree, dict):
        return {
            key: _replaced(item, path[1:], kind) if key == path[0] else item for key, item in tree.items()
        }
    if isinstance(tree, (tuple, list)):
        return type(tree)(
            _replaced(item, path[1:], kind) if key == path[0] else item for key, item in enumerate(tree)
        )
    return tree
