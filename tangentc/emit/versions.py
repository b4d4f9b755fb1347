"""Saving copies: an old version that is still needed when its name is bound again.

All versions of the user's variable keep the user's name.  Where the reverse sweep, or a buffer that is
swapped, reads an old one after the rebinding, it is saved first: `y_start = y`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tangentc.emit.liveness import Liveness, liveness
from tangentc.emit.statements import (
    Assign,
    Attempted,
    Branch,
    Break,
    Move,
    Repeat,
    Return,
    Statement,
    Value,
    Within,
    blocks_in,
    defined_by,
    leaves_of,
    map_values,
    substitute,
    values_in,
)
from tangentc.ir.nodes import Var

__all__ = ["SAVED", "save_versions"]

SAVED = "start"  # the role of a saved version

Statements = tuple[Statement, ...]


def save_versions(statements: Statements, parameters: tuple[Var, ...]) -> tuple[Statements, Liveness]:
    """Insert saving copies until the versions of each of the user's names follow one another.

    Where a version cannot be saved, it is left: naming then gives it a name of its own.
    """
    tried: set[Var] = set()  # so that there are finitely many rounds
    while True:
        live = liveness(statements, parameters)
        saving = _Saving(live, tried, _result(statements))
        changed = saving.block(statements, frozenset(parameters))
        if not saving.saved:
            return statements, live
        statements = changed


class _Saving:
    """One round: the first rebinding that an older version outlives."""

    def __init__(self, live: Liveness, tried: set[Var], result: Value | None) -> None:
        self.live = live
        self.result = result
        self.tried = tried
        self.saved = False

    def block(self, statements: Statements, bound: frozenset[Var]) -> Statements:
        """The statements with at most one saving copy inserted; `saved` says whether there was one.

        `bound` holds the variables that have a value on every path that leads to the statements.
        """
        for place, statement in enumerate(statements):
            rest = statements[place + 1 :]
            for old in self._outlived(statement):
                new = Var(old.kind, "result") if old is self.result else Var(old.kind, of=old, role=SAVED)
                renamed = _reading(statement, rest, old, new)
                self.tried |= {old, new}
                if old not in bound:
                    continue
                if renamed is None or _is_untouched(old, statements[: place + 1]):
                    continue
                self.saved = True
                return (*statements[:place], Move(((new, old),)), *renamed)
            nested = self._nested(statement, bound)
            if self.saved:
                return (*statements[:place], nested, *rest)
            bound |= _bound_by(statement)
        return statements

    def _nested(self, statement: Statement, bound: frozenset[Var]) -> Statement:
        match statement:
            case Branch(_, then, orelse):
                then = self.block(then, bound)
                return replace(
                    statement, then=then, orelse=orelse if self.saved else self.block(orelse, bound)
                )
            case Repeat(_, _, _, body) | Within(_, _, body) | Attempted(_, _, body):
                return replace(statement, body=self.block(body, bound | frozenset(defined_by(statement))))
            case _:
                return statement

    def _outlived(self, statement: Statement) -> list[Var]:
        """The variables whose name a statement binds again, to be saved before it."""
        before = self.live.before[statement]
        inside = list(_within(statement))
        assigned = {var for inner in inside for var in defined_by(inner)}
        found = {
            old
            for inner in inside
            for new in defined_by(inner)
            if new.name and new.of is None
            for old in self.live.interferes.get(new, ())
            if _same_name(old, new)
            and old in before
            and old not in assigned
            and old not in self.tried
            and self._outlives(old, new, inner)
            and self._saves_here(statement, old)
        }
        return sorted(found, key=lambda var: (var.scope, var.name))

    def _outlives(self, old: Var, new: Var, statement: Statement) -> bool:
        """Whether the old version is needed after a statement that binds the new one."""
        if isinstance(statement, Move) and (new, old) in statement.pairs:
            return False
        if isinstance(statement, Repeat) and old in self.live.inside[statement]:
            return True
        return old in self.live.after[statement]

    def _saves_here(self, statement: Statement, old: Var) -> bool:
        """What only one arm of a branch needs is saved in the arm."""
        return not isinstance(statement, Branch) or old in self.live.after[statement]


def _bound_by(statement: Statement) -> frozenset[Var]:
    """The variables that a statement gives a value whatever path it takes."""
    if isinstance(statement, Within):
        return frozenset(defined_by(statement)).union(*map(_bound_by, statement.body))
    if not isinstance(statement, Branch):
        return frozenset(() if isinstance(statement, Repeat) else defined_by(statement))
    arms = [
        frozenset().union(*map(_bound_by, arm))
        for arm in (statement.then, statement.orelse)
        if not (arm and isinstance(arm[-1], Break))
    ]
    return frozenset.intersection(*arms) if arms else frozenset()


def _is_untouched(old: Var, statements: Statements) -> bool:
    """Whether a value is bound here and not read before its name is bound again: it takes another name."""
    for statement in reversed(statements):
        if isinstance(statement, Assign) and old in statement.results:
            return True
        if any(old in leaves_of(value) for inner in _within(statement) for value in values_in(inner)):
            return False
    return False


def _result(statements: Statements) -> Value | None:
    """The first value that a function returns."""
    last = statements[-1]
    values = values_in(last) if isinstance(last, Return) else ()
    return values[0] if values else None


def _same_name(a: Var, b: Var) -> bool:
    if a is b or not a.name or a.of is not None or b.of is not None:
        return False
    return (a.scope, a.name) == (b.scope, b.name)


def _within(statement: Statement) -> Iterator[Statement]:
    """A statement and those nested in it."""
    yield statement
    for block in blocks_in(statement):
        for inner in block:
            yield from _within(inner)


# --- renaming -------------------------------------------------------------------------------------


def _reading(statement: Statement, rest: Statements, old: Var, new: Var) -> Statements | None:
    """A statement that binds the name again, and the rest: after the binding they read the saved version.

    What the statement itself evaluates first still reads the old one.  None if a path decides which is read.
    """
    renaming = _Renaming(old, new)
    match statement:
        case Branch(condition):
            statement = replace(renaming.branch(statement), condition=condition)
        case Repeat(_, bounds):
            statement = replace(renaming.repeat(statement), bounds=bounds)
        case Within() | Attempted():
            statement = replace(statement, body=renaming.block(statement.body))
    later = renaming.block(rest)
    return None if renaming.mixed else (statement, *later)


class _Renaming:
    """Reads of a variable replaced until it is assigned again; `mixed` where that depends on the path."""

    def __init__(self, old: Var, new: Var) -> None:
        self.old = old
        self.new = new
        self.ended = False
        self.mixed = False

    def block(self, statements: Statements) -> Statements:
        done: list[Statement] = []
        for statement in statements:
            done.append(statement if self.ended else self.statement(statement))
        return tuple(done)

    def statement(self, statement: Statement) -> Statement:
        match statement:
            case Branch():
                return self.branch(statement)
            case Repeat():
                return self.repeat(statement)
            case Within(context, _, body):
                return replace(statement, context=self.value(context), body=self.block(body))
            case Attempted(_, _, body):
                self.mixed = self.mixed or any(self.old in defined_by(inner) for inner in _within(statement))
                return replace(statement, body=self.block(body))
        self.ended = self.old in defined_by(statement)
        return map_values(statement, self.value)

    def value(self, value: Value) -> Value:
        return substitute(value, {self.old: self.new})

    def repeat(self, loop: Repeat) -> Repeat:
        self.mixed = self.mixed or any(self.old in defined_by(inner) for inner in _within(loop))
        changed = map_values(loop, self.value)
        assert isinstance(changed, Repeat)
        return replace(changed, body=self.block(loop.body))

    def branch(self, branch: Branch) -> Branch:
        ends, arms = [], []
        for arm in (branch.then, branch.orelse):
            self.ended = False
            arms.append(self.block(arm))
            ends.append(self.ended or (bool(arm) and isinstance(arm[-1], Break)))
        self.ended = all(ends)
        self.mixed = self.mixed or any(ends) != all(ends)
        return replace(branch, condition=self.value(branch.condition), then=arms[0], orelse=arms[1])
