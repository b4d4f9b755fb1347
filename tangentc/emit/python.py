"""Statements as the syntax tree of a Python function."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tangentc.analysis.effects import has_effect
from tangentc.emit.expressions import Expressions, call, name, negation, subscript, value_kind
from tangentc.emit.liveness import Liveness
from tangentc.emit.printing import Note, Notes, shortened
from tangentc.emit.statements import (
    Apply,
    Assign,
    Attempted,
    Bounds,
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
)
from tangentc.ir.nodes import Literal, Op, Var
from tangentc.kinds.types import Array, List, Map, dtype_of, is_number
from tangentc.source import Span

__all__ = ["CAUGHT", "Printer"]

CAUGHT = "_error"  # what an exception is called where it is caught

_AUGMENTED = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv,
    "mod": ast.Mod, "pow": ast.Pow,
}  # fmt: skip
_COMMUTES = ("add", "mul")


class Printer:
    """Turns statements into syntax, with notes about comments and spans on the side."""

    def __init__(self, expressions: Expressions, live: Liveness, comments: bool) -> None:
        self.e = expressions
        self.live = live
        self.comments = comments
        self.notes: Notes = {}
        self.titles: list[str] = []
        self.reverse = False
        self.said = ""

    def block(self, statements: Sequence[Statement]) -> list[ast.stmt]:
        return [made for statement in statements for made in self.statement(statement)]

    def suite(self, statements: Sequence[Statement]) -> list[ast.stmt]:
        return self.block(statements) or [ast.Pass()]

    def note(self, statement: ast.stmt, span: Span | None) -> ast.stmt:
        self.notes[statement] = Note(self.titles, self._comment(span), span)
        self.titles = []
        return statement

    def _comment(self, span: Span | None) -> str:
        """The user's expression that a statement of the reverse sweep belongs to, said once."""
        if not (self.comments and self.reverse) or span is None:
            return ""
        text = shortened(span.text)
        if text == self.said:
            return ""
        self.said = text
        return text

    # --- statements

    def statement(self, statement: Statement) -> list[ast.stmt]:
        match statement:
            case Assign():
                return [self.note(self.assign(statement), statement.value.node.span)]
            case Put(node):
                return [self.note(self.put(statement), node.span)]
            case Move():
                return [self.note(made, None) for made in self.move(statement)]
            case Branch():
                return self.branch(statement)
            case Repeat():
                return [self.repeat(statement)]
            case Within():
                return [self.within(statement)]
            case Attempted():
                return [self.attempted(statement)]
            case Break():
                return [self.note(ast.Break(), None)]
            case Title(text):
                self.titles = [text]  # an empty section is not announced
                self.reverse = self.reverse or text.startswith("reverse")
                return []
            case Return(tree):
                return [self.note(ast.Return(self.e.tree(tree)), None)]

    def assign(self, statement: Assign) -> ast.stmt:
        results, value = statement.results, statement.value
        node = value.node
        effect = isinstance(node, Op) and has_effect(node)
        if not results or (effect and not self.live.after[statement].intersection(results)):
            return self.effect(value)
        if len(results) == 1:
            return self.bind(results[0], value)
        targets: list[ast.expr] = [ast.Name(self.e.called(var), ast.Store()) for var in results]
        return ast.Assign([ast.Tuple(targets, ast.Store())], self.e.value(value))

    def bind(self, target: Var, value: Value) -> ast.stmt:
        """target = value, or target += rest where the value is the old target and a number."""
        stored = ast.Name(self.e.called(target), ast.Store())
        augmented = self.augmented(target, value)
        if augmented is not None:
            operator, rest = augmented
            return ast.AugAssign(stored, operator, self.e.value(rest))
        return ast.Assign([stored], self.e.value(value))

    def augmented(self, target: Var, value: Value) -> tuple[ast.operator, Value] | None:
        if not (isinstance(value, Apply) and isinstance(value.node, Op) and is_number(target.kind)):
            return None
        primitive = value.node.primitive.name
        if primitive not in _AUGMENTED:
            return None
        left, right = value.operands
        for old, rest in ((left, right), (right, left)):
            if (
                isinstance(old, Var)
                and is_number(old.kind)
                and self.e.called(old) == self.e.called(target)
                and (old is left or (primitive in _COMMUTES and _plain(rest)))
            ):
                return _AUGMENTED[primitive](), rest
        return None

    def effect(self, value: Apply) -> ast.stmt:
        word = value.node.primitive.name if isinstance(value.node, Op) else ""
        operands = value.operands
        match word:
            case "iadd" | "isub":
                target = operands[0]
                assert isinstance(target, Var)
                stored = ast.Name(self.e.called(target), ast.Store())
                sign = ast.Add() if word == "iadd" else ast.Sub()
                return ast.AugAssign(stored, sign, self.e.value(operands[1]))
            case "add_item" if self.adds_number(operands):
                place = subscript(self.e.value(operands[0]), self.e.value(operands[1]), ast.Store())
                return ast.AugAssign(place, ast.Add(), self.e.value(operands[2]))
            case "set_item" | "del_item":
                is_set = word == "set_item"
                place = subscript(
                    self.e.value(operands[0]), self.e.value(operands[1]), ast.Store() if is_set else ast.Del()
                )
                return ast.Assign([place], self.e.value(operands[2])) if is_set else ast.Delete([place])
            case "raise":
                cause = operands[1] if len(operands) > 1 else Literal(None)
                silent = isinstance(cause, Literal) and cause.value is None
                return ast.Raise(self.e.value(operands[0]), None if silent else self.e.value(cause))
            case "tape_cut":
                cut = ast.Slice(self.e.value(operands[1]), None, None)
                return ast.Delete([subscript(self.e.value(operands[0]), cut, ast.Del())])
            case "assert":
                message = self.e.value(operands[1]) if len(operands) > 1 else None
                return ast.Assert(self.e.value(operands[0]), message)
        return ast.Expr(self.e.value(value))

    def adds_number(self, operands: Sequence[Value]) -> bool:
        """Whether a cotangent that is added to an entry is a number, which no other entry can share."""
        bars, _, w = operands
        kind = value_kind(w)
        return isinstance(value_kind(bars), (List, Map)) and kind is not None and is_number(kind)

    def put(self, statement: Put) -> ast.stmt:
        node, target, value = statement.node, statement.target, statement.value
        whole = node.index == (Ellipsis,)
        stored: ast.expr
        if whole and isinstance(target, Apply):  # a view is its own place
            stored = self.e.value(target)
            if isinstance(stored, ast.Subscript):
                stored = subscript(stored.value, stored.slice, ast.Store())
            else:
                stored = subscript(stored, ast.Constant(Ellipsis), ast.Store())
        elif whole and node.accumulate and isinstance(target, Var) and isinstance(target.kind, Array):
            stored = ast.Name(self.e.called(target), ast.Store())
        else:
            index = self.e.index(node.index, statement.operands)
            stored = subscript(self.e.value(target), index, ast.Store())
        if node.accumulate:
            sign = ast.Add() if node.accumulate == "+" else ast.Sub()
            return ast.AugAssign(stored, sign, self.e.value(value))
        updated = self.updated(statement)
        if updated is not None:
            return ast.AugAssign(stored, updated[0], self.e.value(updated[1]))
        return ast.Assign([stored], self.e.value(value))

    def updated(self, statement: Put) -> tuple[ast.operator, Value] | None:
        """`x[i] = x[i] * v` as `x[i] *= v`, where the element's type does not change on the way."""
        value = statement.value
        if not (isinstance(value, Apply) and isinstance(value.node, Op)):
            return None
        primitive = value.node.primitive.name
        if primitive not in _AUGMENTED:
            return None
        left, right = value.operands
        if not (
            isinstance(left, Apply) and isinstance(left.node, Op) and left.node.primitive.name == "getitem"
        ):
            return None
        here = (statement.target, *statement.operands)
        same = left.node.attr("index", ()) == statement.node.index and _same(left.operands, here)
        kinds = [dtype_of(node.results[0].kind) for node in (left.node, value.node)]
        keeps = kinds[0] is not None and kinds[1] is not None and kinds[0].kind == kinds[1].kind
        return (_AUGMENTED[primitive](), right) if same and keeps else None

    def move(self, statement: Move) -> list[ast.stmt]:
        """Assignments in an order in which none overwrites what a later one reads; the rest at once."""
        after = self.live.after[statement]
        pairs = [
            (target, value)
            for target, value in statement.pairs
            if target in after
            and not (isinstance(value, Var) and self.e.called(value) == self.e.called(target))
        ]
        made: list[ast.stmt] = []
        while pairs:
            free = next((pair for pair in pairs if not self._read_by_others(pair, pairs)), None)
            if free is None:
                made.append(self._at_once(pairs))
                break
            pairs.remove(free)
            made.append(self.bind(*free))
        return made

    def _is_called(self, value: Value, text: str) -> bool:
        return isinstance(value, Var) and self.e.called(value) == text

    def _read_by_others(self, pair: tuple[Var, Value], pairs: Sequence[tuple[Var, Value]]) -> bool:
        text = self.e.called(pair[0])
        others = (value for target, value in pairs if target is not pair[0])
        return any(self._is_called(var, text) for value in others for var in leaves_of(value))

    def _at_once(self, pairs: Sequence[tuple[Var, Value]]) -> ast.stmt:
        targets: list[ast.expr] = [ast.Name(self.e.called(target), ast.Store()) for target, _ in pairs]
        values = [self.e.value(value) for _, value in pairs]
        return ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple(values, ast.Load()))

    def branch(self, statement: Branch) -> list[ast.stmt]:
        made = ast.If(self.e.value(statement.condition), [], [])
        self.note(made, statement.span)
        made.body = self.block(statement.then)
        made.orelse = self.block(statement.orelse)
        if not made.body and not made.orelse:
            self.titles = self.notes.pop(made).titles
            return []
        if not made.body:
            made.test, made.body, made.orelse = negation(made.test), made.orelse, []
        return [made]

    def repeat(self, statement: Repeat) -> ast.stmt:
        bounds, index = statement.bounds, statement.index
        made: ast.For | ast.While
        if bounds is not None and index is not None:
            used = index in self.live.inside[statement]
            target = ast.Name(self.e.called(index) if used else "_", ast.Store())
            made = ast.For(target, self.range(bounds), [], [])
        else:
            made = ast.While(
                ast.Constant(True) if statement.test is None else self.e.value(statement.test), [], []
            )
        self.note(made, statement.span)
        made.body = self.suite(statement.body)
        match made:
            case ast.While(test=ast.Constant(), body=[ast.If(body=[ast.Break()], orelse=[]) as first, *rest]):
                made.test = negation(first.test)
                made.body = rest or [ast.Pass()]
        return made

    def within(self, statement: Within) -> ast.stmt:
        given = statement.given
        target = None if given is None else ast.Name(self.e.called(given), ast.Store())
        made = ast.With([ast.withitem(self.e.value(statement.context), target)], [])
        self.note(made, statement.span)
        made.body = self.suite(statement.body)
        return made

    def attempted(self, statement: Attempted) -> ast.stmt:
        """`try: …; failed = None` and `except … as error: failed = error`"""
        classes = [self.e.constant(cls) for cls in statement.classes]
        caught = classes[0] if len(classes) == 1 else ast.Tuple(classes, ast.Load())
        is_asked = statement.outcome in self.live.after[statement]
        outcome = ast.Name(self.e.called(statement.outcome), ast.Store())
        made = ast.Try([], [], [], [])
        self.note(made, statement.span)
        made.body = self.block(statement.body)
        if is_asked:
            made.body.append(self.note(ast.Assign([outcome], ast.Constant(None)), None))
            keep: ast.stmt = self.note(ast.Assign([outcome], name(CAUGHT)), None)
            made.handlers = [ast.ExceptHandler(caught, CAUGHT, [keep])]
        else:
            made.body = made.body or [ast.Pass()]
            made.handlers = [ast.ExceptHandler(caught, None, [ast.Pass()])]
        return made

    def range(self, bounds: Bounds) -> ast.expr:
        ends = [bounds.start, bounds.stop, bounds.step]
        if _is(bounds.step, 1):
            ends.pop()
            if _is(bounds.start, 0):
                ends.pop(0)
        found: ast.expr = call(name(self.e.names.builtin("range")), *map(self.e.value, ends))
        if bounds.trips is not None:
            found = subscript(found, ast.Slice(None, self.e.value(bounds.trips), None))
        if bounds.reverse:
            found = call(name(self.e.names.builtin("reversed")), found)
        return found


def _is(value: Value, number: int) -> bool:
    return isinstance(value, Literal) and type(value.value) is int and value.value == number


def _plain(value: Value) -> bool:
    return isinstance(value, (Var, Apply))


def _same(left: Sequence[Value], right: Sequence[Value]) -> bool:
    """Whether two lists of operands are the same variables and constants."""
    return len(left) == len(right) and all(
        a is b or (isinstance(a, Literal) and isinstance(b, Literal) and a == b)
        for a, b in zip(left, right, strict=True)
    )
