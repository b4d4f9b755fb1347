"""Names: which variables share one, and what it is.

The user's variables keep the user's names; a derived value is named after its primal (`x_bar`, `x_dot`,
`x_tape`), what has no name is `v1`, `v2` …  Clashes take a numeric suffix.
"""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable, Iterator

from tangentc.emit.liveness import Liveness
from tangentc.emit.statements import Move, Statement, blocks_in, defined_by, leaves_of, values_in
from tangentc.emit.versions import SAVED
from tangentc.ir.nodes import Var

__all__ = ["choose_names", "identifier"]


def identifier(text: str, fallback: str = "v") -> str:
    """The text as a Python identifier."""
    found = "".join(letter if f"_{letter}".isidentifier() else "_" for letter in text)
    if not found.isidentifier():
        found = f"{fallback}_{found}" if found else fallback
    return f"{found}_" if keyword.iskeyword(found) else found


def choose_names(
    statements: tuple[Statement, ...],
    live: Liveness,
    fixed: dict[Var, str],
    hints: dict[Var, str],
    reserved: Collection[str],
) -> dict[Var, str]:
    """A name for each variable, such that variables that are needed at one time have different ones.

    Args:
        fixed: the names of plain parameters.
        hints: what to call some variables that have no name of their own.
        reserved: names that variables may not have.
    """
    groups = _Groups(live, fixed, hints, (*fixed, *_variables(statements)))
    moves = list(_moves(statements, live))
    for target, source in moves:
        if groups.stem(target) is not None and groups.stem(target) == groups.stem(source):
            groups.join(target, source)
    groups.join_by_stem()
    for target, source in moves:
        if groups.is_free(target) or groups.is_free(source):
            groups.join(target, source)
    saved = {
        target
        for target, source in moves
        if groups.of[target] is not groups.of[source]
        and (target.role == SAVED or groups.stem(target) == groups.stem(source))
    }
    return _Names(groups, reserved, saved).choose()


class _Group:
    """Variables that share a name; `order` is that of the first one in the text."""

    __slots__ = ("conflicts", "members", "name", "order")

    def __init__(self, var: Var, conflicts: Iterable[Var], order: int, name: str) -> None:
        self.members = [var]
        self.conflicts = set(conflicts)
        self.order = order
        self.name = name


Stem = tuple[object, str]  # (scope, text), or (temporary, roles) for what is derived from a temporary


class _Groups:
    def __init__(
        self, live: Liveness, fixed: dict[Var, str], hints: dict[Var, str], variables: Iterable[Var]
    ) -> None:
        self.fixed = fixed
        self.hints = hints
        self.of: dict[Var, _Group] = {}
        for var in variables:
            if var not in self.of:
                conflicts = live.interferes.get(var, ())
                self.of[var] = _Group(var, conflicts, len(self.of), fixed.get(var, ""))

    def join(self, a: Var, b: Var) -> bool:
        """Let two variables share a name if nothing forbids it."""
        one, other = self.of[a], self.of[b]
        if one is other:
            return True
        if (one.name and other.name) or not one.conflicts.isdisjoint(other.members):
            return False
        one.members += other.members
        one.conflicts |= other.conflicts
        one.order = min(one.order, other.order)
        one.name = one.name or other.name
        self.of.update(dict.fromkeys(other.members, one))
        return True

    def join_by_stem(self) -> None:
        """Let everything with the same stem share a name where it can, in order of appearance."""
        leaders: dict[Stem, list[Var]] = {}
        for var in list(self.of):
            stem = self.stem(var)
            if stem is not None:
                known = leaders.setdefault(stem, [])
                if not any(self.join(leader, var) for leader in known):
                    known.append(var)

    def stem(self, var: Var) -> Stem | None:
        """What the name of a variable is made from; None for a temporary and for a saved version."""
        if var in self.fixed:
            return 0, self.fixed[var]
        if var.of is None:
            text = var.name or self.hints.get(var, "")
            return (var.scope, text) if text else None
        if var.role == SAVED:
            return None
        base = self.stem(var.of)
        return (var.of, var.role) if base is None else (base[0], f"{base[1]}_{var.role}")

    def text(self, group: _Group) -> tuple[int, str] | None:
        """The scope and the text of a group's name, the user's own words first; None for temporaries."""
        named = [
            (var.of is not None, stem)
            for var in group.members
            if (stem := self.stem(var)) is not None and isinstance(stem[0], int)
        ]
        if not named:
            return None
        _, (scope, text) = min(named, key=lambda each: each[0])
        assert isinstance(scope, int)
        return scope, identifier(text)

    def is_free(self, var: Var) -> bool:
        """Whether nothing in the group of a variable has a name of its own."""
        return all(self.stem(member) is None for member in self.of[var].members)

    def ordered(self) -> list[_Group]:
        every = {id(group): group for group in self.of.values()}
        return sorted(every.values(), key=lambda group: group.order)


class _Names:
    """Gives out names: first to the user's variables, outermost frames first, then to the rest."""

    def __init__(self, groups: _Groups, reserved: Collection[str], saved: set[Var]) -> None:
        self.groups = groups
        self.saved = saved
        self.scopes: dict[tuple[int, str], _Group] = {}
        self.reserved = reserved
        self.numbers: dict[Var, int] = {}
        self.holders: dict[str, list[_Group]] = {}

    def choose(self) -> dict[Var, str]:
        groups = self.groups.ordered()
        texts = [(group, self.groups.text(group)) for group in groups if not group.name]
        for group in groups:
            if group.name:
                self.holders.setdefault(group.name, []).append(group)
        named = [(text[0], text[1], group) for group, text in texts if text is not None]
        for scope, text, group in sorted(named, key=lambda each: each[0]):
            first = self.scopes.setdefault((scope, text), group)
            # a second group of one variable that is moved from the first one holds an old version
            old = first is not group and not self.saved.isdisjoint(group.members)
            self.give(group, f"{text}_{SAVED}" if old else text)
        for group, found in texts:
            if found is None:
                self.give(group, self.derived(group))
        return {var: group.name for var, group in self.groups.of.items()}

    def give(self, group: _Group, text: str) -> None:
        """The first of text, text_2, text_3 … that is free."""
        number, name = 1, text
        while name in self.reserved or self.is_taken(name, group):
            number += 1
            name = f"{text}_{number}"
        group.name = name
        self.holders.setdefault(name, []).append(group)

    def is_taken(self, name: str, group: _Group) -> bool:
        return any(not group.conflicts.isdisjoint(other.members) for other in self.holders.get(name, ()))

    def derived(self, group: _Group) -> str:
        """v1, v1_bar, y_start: from the first variable of a group without a name of the user's."""
        base, roles = group.members[0], []
        while base.of is not None and base not in self.groups.fixed:
            roles.append(base.role)
            base = base.of
        stem = self.groups.stem(base)
        text = f"v{self.number(base)}" if stem is None else identifier(stem[1])
        return "_".join((text, *reversed(roles)))

    def number(self, var: Var) -> int:
        if var not in self.numbers:
            number = max(self.numbers.values(), default=0) + 1
            while f"v{number}" in self.reserved or f"v{number}" in self.holders:
                number += 1
            self.numbers[var] = number
        return self.numbers[var]


def _variables(statements: Iterable[Statement]) -> Iterator[Var]:
    """Every variable in order of appearance."""
    for statement in statements:
        for value in values_in(statement):
            yield from leaves_of(value)
        yield from defined_by(statement)
        for block in blocks_in(statement):
            yield from _variables(block)


def _moves(statements: Iterable[Statement], live: Liveness) -> Iterator[tuple[Var, Var]]:
    """The moves that print nothing if both sides share a name."""
    for statement in statements:
        if isinstance(statement, Move):
            for target, value in statement.pairs:
                if isinstance(value, Var) and target in live.after[statement]:
                    yield target, value
        for block in blocks_in(statement):
            yield from _moves(block, live)
