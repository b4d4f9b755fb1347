"""Lists, dicts and objects that the program makes and changes.

As long as their structure is known at compile time they cost nothing at run time: a `Ref` names one, and what it holds
is an entry of the environment, which branches and loops join as they join variables.  Where the structure depends on
run-time facts (a list that grows in a loop), or which of two containers is meant, the expression that made it is
marked and the program is lowered again: there the container is made at run time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tangentc.errors import TangentcError
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.requests import Path
from tangentc.frontend.state.values import DictValue, ListValue, ObjectValue, Ref, Value, children
from tangentc.ir.nodes import Var
from tangentc.kinds.types import Dict, List, Map
from tangentc.source import Span

__all__ = [
    "Adopt",
    "AtRunTime",
    "Cell",
    "Contents",
    "FormsMeet",
    "Heap",
    "Live",
    "Shadows",
    "Sites",
    "Unroll",
    "is_cell",
    "name_parts",
    "refs_in",
]

Cell = tuple[int, str]
"""The key of a container's contents in the environment; negative numbers are no scopes."""

Contents = ListValue | DictValue | ObjectValue

_CONTENTS = "<contents>"
_FIRST = 10


class AtRunTime(Exception):
    """Containers made by these expressions have no structure that is known at compile time: lower again."""

    def __init__(self, sites: Iterable[Hashable]) -> None:
        self.sites = frozenset(sites)
        super().__init__()


class Unroll(Exception):
    """The trips of a loop make what can only be known one by one: lower it trip by trip."""

    def __init__(self, loop: Hashable) -> None:
        self.loop = loop
        super().__init__()


class FormsMeet(Exception):
    """Sparse matrices whose entries are sorted in different ways meet: lower again, with rows and columns for all."""


class Shadows(Exception):
    """An attribute that the class has too is set on some paths only: lower again, with it set from the start."""

    def __init__(self, names: Iterable[tuple[type, str]]) -> None:
        self.names = frozenset(names)
        super().__init__()


class Adopt(Exception):
    """The program writes a live list, dict or object that it was given: lower again, with it as one of its own."""

    def __init__(self, live: Live) -> None:
        self.live = live
        super().__init__()


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """A list, dict or object that existed before the program ran, and where it was found."""

    value: Any
    place: Place
    origin: str


@dataclass(slots=True)
class Sites:
    """What earlier lowerings found out about the expressions that make containers.

    at_run_time: those whose containers are made at run time.  kinds: what these hold.  spans: where they are.
    unrolled: loops that are lowered trip by trip.
    escaping: those whose objects are known to others before their `__init__` has ended.
    adopted: what the program was given and writes, by identity.
    shadowed: classes with the data that they give their objects and that some object sets for itself.
    copied: the paths of long lists of numbers that the program was given and writes.
    placed: whether every sparse matrix that may vary has the row and the column of each entry.
    """

    at_run_time: set[Hashable] = field(default_factory=set)
    kinds: dict[Hashable, List | Dict | Map] = field(default_factory=dict)
    unrolled: set[Hashable] = field(default_factory=set)
    escaping: set[Hashable] = field(default_factory=set)
    spans: dict[Hashable, Span | None] = field(default_factory=dict)
    adopted: dict[int, Live] = field(default_factory=dict)
    copied: set[Path] = field(default_factory=set)
    shadowed: set[tuple[type, str]] = field(default_factory=set)
    placed: bool = False


@dataclass(slots=True)
class Heap:
    """The containers of one lowering.

    changed: whether something new was found out about what containers hold.
    written: the sites of containers that are changed, or whose identity matters.
    read: the names of the attributes that the program reads of objects.
    missing: an entry that nothing has put there so far.
    factories: for defaultdicts, what makes a missing entry.
    deques: where deques are made, which are lists here.
    ambiguous: cells that stand for one of several containers, or that such a cell may stand for; a write to one would
    have to change the other.
    """

    sites: Sites
    made: int = _FIRST
    changed: bool = False
    written: set[Hashable] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    missing: TangentcError | None = None
    factories: dict[Hashable, Value] = field(default_factory=dict)
    deques: set[Hashable] = field(default_factory=set)
    known: dict[Cell, frozenset[Hashable]] = field(default_factory=dict)
    ambiguous: dict[Cell, frozenset[Hashable]] = field(default_factory=dict)

    def new(self, sites: Iterable[Hashable]) -> Ref:
        self.made += 1
        ref = Ref((-self.made, _CONTENTS), frozenset(sites))
        self.known[ref.key] = ref.sites
        return ref

    def factory(self, owner: Value) -> Value | None:
        """What makes the missing entries of a defaultdict."""
        if isinstance(owner, Ref):
            sites: frozenset[Hashable] = owner.sites
        elif isinstance(owner, Var) and isinstance(owner.kind, (Dict, Map)):
            sites = owner.kind.sites
        else:
            return None
        found = [self.factories[site] for site in sites if site in self.factories]
        return found[0] if found else None

    def sites_of(self, cell: Cell) -> frozenset[Hashable]:
        return self.known[cell]

    def tell(self, site: Hashable, kind: List | Dict | Map) -> None:
        """Note what is known about the containers made at a place; if it is new the program is lowered again."""
        old = self.sites.kinds.get(site)
        if old != kind or old.sites != kind.sites:
            self.sites.kinds[site] = kind
            self.changed = True

    def confuse(self, *refs: Ref) -> None:
        """Note that it is not known which of these is meant."""
        sites = frozenset().union(*(ref.sites for ref in refs))
        for ref in refs:
            self.ambiguous[ref.key] = self.ambiguous.get(ref.key, frozenset()) | sites


def name_parts(held: Value) -> Value:
    """Call the new Vars in an object or dict by the names of their attributes or keys."""
    entries = (
        held.attributes
        if isinstance(held, ObjectValue)
        else held.items
        if isinstance(held, DictValue)
        else {}
    )
    for name, part in entries.items():
        if isinstance(part, Var) and part.name == _CONTENTS and isinstance(name, str):
            object.__setattr__(part, "name", name)  # a hint for the reader
    return held


def is_cell(key: tuple[int, str]) -> bool:
    """Whether an entry of the environment holds what is in a container."""
    return key[1] == _CONTENTS


def refs_in(value: Value) -> list[Ref]:
    """The containers that a value mentions, not those inside them."""
    if isinstance(value, Ref):
        return [value]
    return [ref for part in children(value) for ref in refs_in(part)]
