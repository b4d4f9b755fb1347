"""Syntax in terms of simpler syntax, before anything is analysed: `match` becomes `if`, `yield from` a loop."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import gast

__all__ = ["BindPattern", "TestPattern", "captured", "simplified"]


_POSITION = ("lineno", "col_offset", "end_lineno", "end_col_offset")


class TestPattern(gast.AST):  # type: ignore[misc]
    """Whether what the name `subject` stands for matches a pattern."""

    _fields = ("pattern",)
    _attributes = _POSITION

    def __init__(self, subject: str, pattern: gast.AST) -> None:
        super().__init__()
        self.subject, self.pattern = subject, pattern


class BindPattern(gast.AST):  # type: ignore[misc]
    """Binds the names of a pattern, which matches; always true."""

    _fields = ("pattern", "names")
    _attributes = _POSITION

    def __init__(self, subject: str, pattern: gast.AST) -> None:
        super().__init__()
        self.subject, self.pattern = subject, pattern
        self.names = [gast.Name(name, gast.Store(), None, None) for name in captured(pattern)]


def captured(pattern: gast.AST) -> list[str]:
    """The names that a pattern binds."""
    names = (getattr(part, field, None) for part in gast.walk(pattern) for field in ("name", "rest"))
    return [name for name in names if isinstance(name, str)]


def simplified(function: Any) -> Any:
    """The same function without `match` and `yield from` statements; those of nested functions go too."""
    taken = {node.id for node in gast.walk(function) if isinstance(node, gast.Name)}
    return _Simplifier(next(name for name in _items() if name not in taken)).visit(function)


def _items() -> Iterator[str]:
    yield "item"
    yield from (f"item_{number}" for number in itertools.count(2))


class _Simplifier(gast.NodeTransformer):  # type: ignore[misc]
    """`item` is a name that the function does not use."""

    def __init__(self, item: str) -> None:
        self._item, self._subjects = item, 0

    def visit_Match(self, node: Any) -> list[gast.AST]:
        """Each case is a branch; the subject is evaluated once."""
        self.generic_visit(node)
        self._subjects += 1
        subject = f"<subject {self._subjects}>"
        forget = _at(node, gast.Delete([_at(node.subject, gast.Name(subject, gast.Del(), None, None))]))
        rest: list[gast.AST] = [forget]
        for case in reversed(node.cases):
            pattern = case.pattern
            bind = _at(pattern, BindPattern(subject, pattern))
            test = _at(pattern, TestPattern(subject, pattern))
            body = [forget, *case.body]
            if not captured(pattern):
                parts = [test] if case.guard is None else [test, case.guard]
            elif case.guard is None:
                parts, body = [test], [_at(pattern, gast.Expr(bind)), *body]
            else:
                parts = [test, bind, case.guard]
            condition = parts[0] if len(parts) == 1 else _at(pattern, gast.BoolOp(gast.And(), parts))
            rest = [_at(pattern, gast.If(condition, body, rest))]
        target = _at(node.subject, gast.Name(subject, gast.Store(), None, None))
        return [_at(node.subject, gast.Assign([target], node.subject, None)), *rest]

    def visit_Expr(self, node: Any) -> gast.AST:
        self.generic_visit(node)
        if not isinstance(node.value, gast.YieldFrom):
            return node
        item = [gast.Name(self._item, context(), None, None) for context in (gast.Store, gast.Load)]
        target, value = (_at(node.value, name) for name in item)
        body = _at(node.value, gast.Expr(_at(node.value, gast.Yield(value))))
        return _at(node, gast.For(target, node.value.value, [body], [], None))


def _at(place: gast.AST, node: Any) -> Any:
    return gast.copy_location(node, place)
