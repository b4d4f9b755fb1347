"""Which names are read later: only those are joined after a branch and carried through a loop.

The classic backward analysis, over the syntax of one function.  Names that nested functions mention are
always live: a closure reads them when it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import gast

from tangentc.frontend.text.scopes import own_nodes

__all__ = ["Liveness", "liveness"]

Live = frozenset[str]

_NESTED = (
    gast.FunctionDef, gast.Lambda, gast.ClassDef, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Liveness:
    """What is read later.

    after: the names live after a statement.  head: those live where a trip of a loop begins, its
    condition included.  always: those that nested functions mention.  raised: those live where an exception in
    the body of a `try` leads.
    """

    after: dict[gast.AST, Live]
    head: dict[gast.AST, Live]
    always: Live
    raised: dict[gast.AST, Live] = field(default_factory=dict)

    def is_live_after(self, statement: gast.AST, name: str) -> bool:
        return name in self.always or name in self.after[statement]

    def is_live_in_trip(self, loop: gast.AST, name: str) -> bool:
        return name in self.always or name in self.head[loop]


def liveness(function: gast.FunctionDef | gast.Lambda) -> Liveness:
    """The live names of a function at its statements."""
    if isinstance(function, gast.Lambda):
        return Liveness({}, {}, _mentioned([function.body]))
    body = function.body
    analysis = _Analysis(_mentioned(body))
    analysis.block(body, frozenset(), frozenset(), frozenset())
    return Liveness(analysis.after, analysis.head, analysis.always, analysis.raised)


def _mentioned(statements: Iterable[gast.AST]) -> Live:
    """The names that nested scopes mention."""
    nested = [node for node in own_nodes(statements) if isinstance(node, _NESTED)]
    return frozenset(
        name
        for scope in nested
        for child in gast.walk(scope)
        for name in (
            [child.id]
            if isinstance(child, gast.Name)
            else child.names
            if isinstance(child, gast.Nonlocal)
            else []
        )
    )


def _read(*nodes: gast.AST | None) -> Live:
    """The names that expressions read; a name in a target's subscript is read too."""
    present = [node for node in nodes if node is not None]
    return frozenset(
        child.id
        for child in own_nodes(present)
        if isinstance(child, gast.Name) and isinstance(child.ctx, (gast.Load, gast.Del))
    )


def _bound(target: gast.AST) -> Live:
    """The names that a target binds whatever happens."""
    return frozenset(
        child.id
        for child in own_nodes([target])
        if isinstance(child, gast.Name) and isinstance(child.ctx, gast.Store)
    )


def _leaves(body: Sequence[gast.AST], exit: type[gast.AST]) -> bool:
    """Whether a loop body has a `break` (or a `continue`) of its own."""
    return any(
        isinstance(node, exit)
        or (isinstance(node, gast.If) and (_leaves(node.body, exit) or _leaves(node.orelse, exit)))
        or (isinstance(node, (gast.For, gast.While)) and _leaves(node.orelse, exit))
        or (isinstance(node, gast.With) and _leaves(node.body, exit))
        or (isinstance(node, gast.Try) and any(_leaves(part, exit) for part in _parts(node)))
        for node in body
    )


def _parts(node: gast.Try) -> list[Sequence[gast.AST]]:
    return [node.body, node.orelse, node.finalbody, *(handler.body for handler in node.handlers)]


class _Analysis:
    """Walks statements backwards; `leave` and `again` are what is live where `break` and `continue` lead."""

    def __init__(self, always: Live) -> None:
        self.after: dict[gast.AST, Live] = {}
        self.head: dict[gast.AST, Live] = {}
        self.raised: dict[gast.AST, Live] = {}
        self.always = always
        self.at_return: Live = frozenset()
        self.at_raise: Live = frozenset()

    def block(self, statements: Sequence[gast.AST], live: Live, leave: Live, again: Live) -> Live:
        for node in reversed(statements):
            # a join after it also serves the paths that leave
            self.after[node] = live | leave | again | self.at_return | self.at_raise
            live = self.statement(node, live, leave, again) | self.at_raise
        return live

    def statement(self, node: gast.AST, live: Live, leave: Live, again: Live) -> Live:
        match node:
            case gast.Return(value=value):
                return _read(value) | self.at_return
            case gast.Raise(exc=exception, cause=cause):
                return _read(exception, cause)
            case gast.With(items=items, body=body):
                given = frozenset().union(*(_bound(i.optional_vars) for i in items if i.optional_vars))
                managers = _read(*(i.context_expr for i in items), *(i.optional_vars for i in items))
                outer = self.at_raise
                self.raised[node] = outer
                self.at_raise = outer | live  # what is suppressed goes on after the block
                begin = self.block(body, live, leave, again)
                self.at_raise = outer
                return (begin - given) | managers
            case gast.Try():
                return self._try(node, live, leave, again)
            case gast.Break():
                return leave
            case gast.Continue():
                return again
            case gast.If(test=test, body=body, orelse=orelse):
                return (
                    _read(test)
                    | self.block(body, live, leave, again)
                    | self.block(orelse, live, leave, again)
                )
            case gast.While():
                return self._loop(node, _read(node.test), frozenset(), live, leave, again)
            case gast.For():
                head = self._loop(node, frozenset(), _bound(node.target), live, leave, again)
                return head | _read(node.iter, node.target)
            case gast.Assign(targets=targets, value=value):
                bound: Live = frozenset().union(*map(_bound, targets))
                return (live - bound) | _read(value, *targets)
            case gast.AnnAssign(target=target, value=value):
                return live if value is None else (live - _bound(target)) | _read(value, target)
            case gast.AugAssign(target=target, value=value):
                return live | _bound(target) | _read(target, value)
            case gast.FunctionDef(name=name):
                return live - {name}
            case gast.Delete(targets=targets):
                return (live - {t.id for t in targets if isinstance(t, gast.Name)}) | _read(
                    *(t for t in targets if not isinstance(t, gast.Name))
                )
        return live | _read(node)

    def _try(self, node: gast.Try, live: Live, leave: Live, again: Live) -> Live:
        """An exception leads from anywhere in the body to the handlers; all ways out lead through `finally`."""
        outer = (self.at_return, self.at_raise)
        if node.finalbody:
            out = live | leave | again | self.at_return | self.at_raise
            live = leave = again = self.at_return = self.at_raise = self.block(
                node.finalbody, out, leave, again
            )
        done = self.block(node.orelse, live, leave, again)
        caught = self.at_raise
        for handler in node.handlers:
            name = frozenset({handler.name.id} if isinstance(handler.name, gast.Name) else ())
            caught |= (self.block(handler.body, live, leave, again) - name) | _read(handler.type)
        self.at_raise = caught
        self.raised[node] = caught
        begin = self.block(node.body, done, leave, again)
        self.at_return, self.at_raise = outer
        return begin | caught

    def _loop(
        self, node: gast.For | gast.While, test: Live, bound: Live, live: Live, leave: Live, again: Live
    ) -> Live:
        done = self.block(node.orelse, live, leave, again)
        nothing: Live = frozenset()
        breaks, continues = _leaves(node.body, gast.Break), _leaves(node.body, gast.Continue)
        head = done | test
        while True:
            wider = head | (
                self.block(node.body, head, live if breaks else nothing, head if continues else nothing)
                - bound
            )
            if wider == head:
                break
            head = wider
        self.head[node] = head
        return head
