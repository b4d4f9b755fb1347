"""`break` where the trace has flags.

The trace ends a loop by a flag that the body yields.  Where the flag is a constant in each arm of the branch
that the body ends with, the arms leave the loop themselves.  What every trip that goes on sets to the same constant
(`returned = False`) is then set once, before the loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tangentc.emit.statements import (
    Attempted,
    Branch,
    Break,
    Move,
    Repeat,
    Statement,
    Value,
    Within,
    blocks_in,
    defined_by,
    map_values,
    substitute,
)
from tangentc.ir.nodes import Literal, Var

__all__ = ["thread_exits"]

Statements = tuple[Statement, ...]


def thread_exits(statements: Statements) -> Statements:
    """Leave loops from the arms that decide it."""
    done: list[Statement] = []
    for statement in map(_statement, statements):
        if isinstance(statement, Repeat):
            start = done.pop() if done and isinstance(done[-1], Move) else Move(())
            assert isinstance(start, Move)
            done += _settled(start, statement)
        else:
            done.append(statement)
    return tuple(done)


def _statement(statement: Statement) -> Statement:
    match statement:
        case Branch(_, then, orelse):
            return replace(statement, then=thread_exits(then), orelse=thread_exits(orelse))
        case Repeat(_, _, _, body):
            return replace(statement, body=_threaded(thread_exits(body)))
        case Within(_, _, body) | Attempted(_, _, body):
            return replace(statement, body=thread_exits(body))
        case _:
            return statement


def _threaded(body: Statements) -> Statements:
    """Push the end of a body, `if stop: …; break` and the moves, into the arms of the branch before it."""
    for place in range(len(body) - 1, -1, -1):
        match body[place]:
            case Branch(condition=Var() as stop, then=(*_, Break()), orelse=()) if place > 0:
                before = body[place - 1]
                if isinstance(before, Branch) and _decides(before, stop):
                    return (*body[: place - 1], *_pushed(before, body[place:]))
                return body
            case Move():
                continue
            case _:
                return body
    return body


def _decides(branch: Branch, stop: Var) -> bool:
    """Whether an arm sets the flag to a constant, or may after the arms inside it are threaded."""
    return any(
        isinstance(value, Literal) or _nested(arm, value)
        for arm in (branch.then, branch.orelse)
        for value in [_moved(arm).get(stop, stop)]
    )


def _nested(arm: Statements, stop: Value) -> bool:
    inner = arm[-2] if len(arm) > 1 and isinstance(arm[-1], Move) else None
    return isinstance(inner, Branch) and isinstance(stop, Var) and _decides(inner, stop)


def _moved(arm: Statements) -> dict[Var, Value]:
    """What the moves that an arm ends with assign."""
    return dict(arm[-1].pairs) if arm and isinstance(arm[-1], Move) else {}


def _pushed(branch: Branch, tail: Statements) -> Statements:
    """The branch with the tail in both arms; the second arm follows the branch where the first leaves."""
    then, orelse = (_with_tail(arm, tail) for arm in (branch.then, branch.orelse))
    if then and isinstance(then[-1], Break):
        return (replace(branch, then=then, orelse=()), *orelse)
    return (replace(branch, then=then, orelse=orelse),)


def _with_tail(arm: Statements, tail: Statements) -> Statements:
    table = _moved(arm)
    rest = arm[:-1] if table else arm
    ended: list[Statement] = []
    for statement in tail:
        changed = _substituted(statement, table)
        match changed:
            case Branch(Literal(value), then):
                ended += then if value else ()
            case _:
                ended.append(changed)
        if ended and isinstance(ended[-1], Break):
            break
    return _threaded((*rest, *ended))


def _substituted(statement: Statement, table: dict[Var, Value]) -> Statement:
    """A statement of the tail, reading what the arm assigned."""
    changed = map_values(statement, lambda value: substitute(value, table))
    if isinstance(changed, Branch):
        return replace(changed, then=tuple(_substituted(inner, table) for inner in changed.then))
    if isinstance(changed, Move):
        return Move(tuple((target, value) for target, value in changed.pairs if value is not target))
    return changed


# --- constants of every trip --------------------------------------------------------------------------


def _settled(start: Move, loop: Repeat) -> Statements:
    """A loop and the moves before it, with what each trip that goes on sets to one constant set there."""
    inits = dict(start.pairs)
    constants = {
        var: value
        for var, value in _constants(loop.body).items()
        if var not in inits or _is_same(inits[var], value)
    }
    added = tuple((var, value) for var, value in constants.items() if var not in inits)
    pairs = (*start.pairs, *added)
    body = _without(loop.body, constants) if constants else loop.body
    return (*((Move(pairs),) if pairs else ()), replace(loop, body=body))


def _constants(body: Statements) -> dict[Var, Literal]:
    """The variables to which trips that go on assign nothing but one constant."""
    found: dict[Var, Value | None] = {}
    for var, value in _assignments(body):
        same = var not in found or _is_same(found[var], value)
        found[var] = value if same else None
    return {var: value for var, value in found.items() if isinstance(value, Literal)}


def _assignments(statements: Statements) -> Iterator[tuple[Var, Value | None]]:
    """What a trip that goes on may assign; the value only where it is moved, and not by an inner loop."""
    if statements and isinstance(statements[-1], Break):
        return
    for statement in statements:
        match statement:
            case Move(pairs):
                yield from pairs
            case Branch(_, then, orelse):
                yield from _assignments(then)
                yield from _assignments(orelse)
            case _:
                yield from ((var, None) for var in _defined_within(statement))


def _defined_within(statement: Statement) -> Iterator[Var]:
    yield from defined_by(statement)
    for block in blocks_in(statement):
        for inner in block:
            yield from _defined_within(inner)


def _without(statements: Statements, constants: dict[Var, Literal]) -> Statements:
    """The statements of a trip without those assignments; arms that leave the loop keep theirs."""
    if statements and isinstance(statements[-1], Break):
        return statements
    kept: list[Statement] = []
    for statement in statements:
        match statement:
            case Move(pairs):
                rest = tuple(pair for pair in pairs if pair[0] not in constants)
                kept += [Move(rest)] if rest else []
            case Branch(_, then, orelse):
                arms = (_without(then, constants), _without(orelse, constants))
                kept.append(replace(statement, then=arms[0], orelse=arms[1]))
            case _:
                kept.append(statement)
    return tuple(kept)


def _is_same(one: Value | None, other: Value | None) -> bool:
    return isinstance(one, Literal) and isinstance(other, Literal) and one.value is other.value
