"""`break` where the trace has flags.

The trace ends a loop by a flag that the body yields.  Where the flag is a constant in each arm of the branch
that the body ends with, the arms leave the loop themselves.
"""

from __future__ import annotations

from dataclasses import replace

from tangentc.emit.statements import Branch, Break, Move, Repeat, Statement, Value, map_values, substitute
from tangentc.ir.nodes import Literal, Var

__all__ = ["thread_exits"]

Statements = tuple[Statement, ...]


def thread_exits(statements: Statements) -> Statements:
    """Leave loops from the arms that decide it."""
    return tuple(_statement(statement) for statement in statements)


def _statement(statement: Statement) -> Statement:
    match statement:
        case Branch(_, then, orelse):
            return replace(statement, then=thread_exits(then), orelse=thread_exits(orelse))
        case Repeat(_, _, _, body):
            return replace(statement, body=_threaded(thread_exits(body)))
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
