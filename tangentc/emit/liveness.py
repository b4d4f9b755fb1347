"""Which variables are needed after each statement, and which may therefore not share a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tangentc.emit.statements import (
    Assign,
    Attempted,
    Branch,
    Break,
    Move,
    Put,
    Repeat,
    Return,
    Statement,
    Title,
    Value,
    Within,
    leaves_of,
    values_in,
)
from tangentc.ir.nodes import Var

__all__ = ["Liveness", "liveness"]

Live = frozenset[Var]
NOTHING: Live = frozenset()


@dataclass(slots=True)
class Liveness:
    """The answer for one list of statements.

    Args:
        before, after: what is read later, before and after a statement has run, by the statement.
        at_entry: what the statements read that they do not assign.
        interferes: variables that hold different values at one time, by the variable.
        inside: what is read at the start of a loop's body, by the loop.
    """

    before: dict[Statement, Live] = field(default_factory=dict)
    after: dict[Statement, Live] = field(default_factory=dict)
    at_entry: Live = NOTHING
    interferes: defaultdict[Var, set[Var]] = field(default_factory=lambda: defaultdict(set))
    inside: dict[Repeat, Live] = field(default_factory=dict)

    def conflict(self, var: Var, others: Iterable[Var]) -> None:
        mine = self.interferes[var]
        for other in others:
            if other is not var:
                mine.add(other)
                self.interferes[other].add(var)


def liveness(statements: tuple[Statement, ...], parameters: tuple[Var, ...]) -> Liveness:
    """Walk backwards over the statements of a function; loops until nothing changes."""
    found = Liveness()
    found.at_entry = _block(statements, NOTHING, NOTHING, found)
    for position, parameter in enumerate(parameters):
        found.conflict(parameter, parameters[:position])
        found.conflict(parameter, found.at_entry)
    return found


def _reads(values: Iterable[Value]) -> Live:
    return frozenset(var for value in values for var in leaves_of(value))


def _block(statements: tuple[Statement, ...], after: Live, at_break: Live, found: Liveness) -> Live:
    live = after
    for statement in reversed(statements):
        found.after[statement] = live
        live = found.before[statement] = _before(statement, live, at_break, found)
    return live


def _before(statement: Statement, after: Live, at_break: Live, found: Liveness) -> Live:
    match statement:
        case Assign(results):
            for result in results:
                found.conflict(result, after)
                found.conflict(result, results)
            return (after - frozenset(results)) | _reads(values_in(statement))
        case Move(pairs):
            needed = [(target, value) for target, value in pairs if target in after]
            for target, value in needed:
                found.conflict(target, after - {value} if isinstance(value, Var) else after)
            kept = after - {target for target, _ in needed}
            return kept | _reads(value for _, value in needed)
        case Branch(_, then, orelse):
            arms = _block(then, after, at_break, found) | _block(orelse, after, at_break, found)
            return arms | _reads(values_in(statement))
        case Repeat():
            return _repeat(statement, after, found)
        case Within(_, given, body):
            live = _block(body, after, at_break, found)
            if given is not None:
                found.conflict(given, live)
            return (live - {given}) | _reads(values_in(statement))
        case Attempted(outcome, _, body):
            # where it fails, all that is read later still has its value: the body assigns none of it but results
            found.conflict(outcome, after)
            return _block(body, after - {outcome}, at_break, found)
        case Break():
            return at_break
        case Put() | Return() | Title():
            return after | _reads(values_in(statement))


def _repeat(loop: Repeat, after: Live, found: Liveness) -> Live:
    """What is live where the loop asks whether there is another trip."""
    tested = NOTHING if loop.test is None else _reads((loop.test,))
    ends = tested if loop.bounds is None and loop.test is None else after | tested
    index = NOTHING if loop.index is None else frozenset((loop.index,))
    head = ends
    while True:
        inside = _block(loop.body, head, after, found)
        again = ends | (inside - index)
        if again == head:
            break
        head = again
    found.inside[loop] = inside
    if loop.index is not None and loop.index in inside:
        found.conflict(loop.index, inside | head)
    bounds = loop.bounds
    if bounds is None:
        return head
    ends_of = (bounds.start, bounds.stop, bounds.step, bounds.trips)
    return head | _reads(value for value in ends_of if value is not None)
