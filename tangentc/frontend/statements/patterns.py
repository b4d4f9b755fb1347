"""`match` as conditions and bindings: each case is an `if` whose test is a pattern.

Structure is known at compile time, so most patterns are decided then; numbers are compared when the program runs.
"""

from __future__ import annotations

import collections
import functools
import numbers
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gast

from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import items_of, length
from tangentc.frontend.expressions.operators import choose, compare
from tangentc.frontend.flow.control import branch
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.standard.builtins import class_of, has_attribute
from tangentc.frontend.state.context import Context, Flow, lowers
from tangentc.frontend.state.values import DictValue, ListValue, Value
from tangentc.frontend.text.syntax import BindPattern, TestPattern
from tangentc.ir.nodes import Literal

__all__: list[str] = []

TRUE, FALSE = Literal(True), Literal(False)

_ATOMIC = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""The classes whose one positional pattern takes the value itself."""
_FAMILIES: tuple[Any, ...] = (numbers.Number, str, bytes, tuple, list, dict, type(None), type)


@lowers(TestPattern)
def _test(context: Context, node: TestPattern) -> Value:
    return _matches(context, context.lookup(node.subject), node.pattern)


@lowers(BindPattern)
def _bind(context: Context, node: BindPattern) -> Value:
    _capture(context, context.lookup(node.subject), node.pattern)
    return TRUE


# --- conditions -------------------------------------------------------------------------------------


def _matches(context: Context, value: Value, pattern: gast.AST) -> Value:
    """Whether a value has the form of a pattern."""
    match type(pattern).__name__:
        case "MatchValue":
            return _equal(context, value, context.expression(pattern.value))
        case "MatchSingleton":
            if _class_of(context, value) not in (None, type(pattern.value)):
                return FALSE
            return compare(context, gast.Is(), value, Literal(pattern.value))
        case "MatchAs":
            return TRUE if pattern.pattern is None else _matches(context, value, pattern.pattern)
        case "MatchOr":
            return _any(context, [functools.partial(_matches, context, value, p) for p in pattern.patterns])
        case "MatchSequence":
            return _matches_sequence(context, value, pattern)
        case "MatchMapping":
            return _matches_mapping(context, value, pattern)
        case "MatchClass":
            return _matches_class(context, value, pattern)
    context.fail("TC101", "this pattern is not supported", pattern)


def _equal(context: Context, value: Value, wanted: Value) -> Value:
    """`value == wanted`; numbers, text and containers never equal each other."""
    families = [
        next((f for f in _FAMILIES if cls and issubclass(cls, f)), None)
        for cls in (_class_of(context, value), _class_of(context, wanted))
    ]
    if None not in families and families[0] is not families[1]:
        return FALSE
    return compare(context, gast.Eq(), value, wanted)


def _all(context: Context, tests: Sequence[Callable[[], Value]]) -> Value:
    if not tests:
        return TRUE
    first = tests[0]()
    return (
        choose(context, first, lambda: _all(context, tests[1:]), lambda: FALSE, "and_")
        if tests[1:]
        else first
    )


def _any(context: Context, tests: Sequence[Callable[[], Value]]) -> Value:
    first = tests[0]()
    return (
        choose(context, first, lambda: TRUE, lambda: _any(context, tests[1:]), "or_") if tests[1:] else first
    )


def _matches_sequence(context: Context, value: Value, pattern: gast.AST) -> Value:
    cls = _class(context, value, pattern)
    if not issubclass(cls, collections.abc.Sequence) or issubclass(cls, (str, bytes, bytearray)):
        return FALSE
    fixed = len([inner for inner in pattern.patterns if not _is_star(inner)])
    operator = gast.Eq() if fixed == len(pattern.patterns) else gast.GtE()
    parts = [(inner, part) for inner, part in _parts(context, value, pattern) if not _is_irrefutable(inner)]
    return _all(
        context,
        [
            lambda: compare(context, operator, length(context, value), Literal(fixed)),
            *(functools.partial(_entry_matches, context, part, inner) for inner, part in parts),
        ],
    )


def _entry_matches(context: Context, part: Callable[[], Value], pattern: gast.AST) -> Value:
    return _matches(context, part(), pattern)


def _attribute_matches(context: Context, value: Value, name: str | None, pattern: gast.AST) -> Value:
    return _matches(context, value if name is None else attribute(context, value, name), pattern)


def _is_irrefutable(pattern: gast.AST) -> bool:
    return type(pattern).__name__ == "MatchAs" and (
        pattern.pattern is None or _is_irrefutable(pattern.pattern)
    )


def _matches_mapping(context: Context, value: Value, pattern: gast.AST) -> Value:
    if not issubclass(_class(context, value, pattern), collections.abc.Mapping):
        return FALSE
    held = context.contents(value)
    if not isinstance(held, DictValue):
        context.fail("TC112", "the keys of the dict must be known when the function is compiled", pattern)
    keys = _keys(context, pattern)
    if not all(key in held.items for key in keys):
        return FALSE
    return _all(
        context,
        [
            functools.partial(_matches, context, held.items[k], p)
            for k, p in zip(keys, pattern.patterns, strict=True)
        ],
    )


def _keys(context: Context, pattern: gast.AST) -> list[Any]:
    return [context.static(context.expression(key), "a key of a mapping pattern") for key in pattern.keys]


def _matches_class(context: Context, value: Value, pattern: gast.AST) -> Value:
    wanted = context.static(context.expression(pattern.cls), "the class of a pattern")
    if not issubclass(_class(context, value, pattern), wanted):
        return FALSE
    tests = []
    for name, inner in _fields(context, wanted, pattern):
        if name is not None and not has_attribute(context, value, name):
            return FALSE
        tests.append(functools.partial(_attribute_matches, context, value, name, inner))
    return _all(context, tests)


def _fields(context: Context, cls: type, pattern: gast.AST) -> Iterator[tuple[str | None, gast.AST]]:
    """The attributes that a class pattern looks at, each with its pattern; None for the value itself."""
    if pattern.patterns and cls in _ATOMIC:
        names: tuple[str | None, ...] = (None,)
    else:
        names = getattr(cls, "__match_args__", ())
    if len(pattern.patterns) > len(names):
        context.fail(
            "TC115", f"{cls.__name__}() accepts {len(names)} positional patterns ({len(pattern.patterns)} given)",
            pattern,
        )  # fmt: skip
    yield from zip(names, pattern.patterns, strict=False)
    yield from zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)


def _class_of(context: Context, value: Value) -> type | None:
    return class_of(context.contents(value))


def _class(context: Context, value: Value, pattern: gast.AST) -> type:
    cls = _class_of(context, value)
    if cls is None:
        context.fail(
            "TC112", "the type of what is matched must be known when the function is compiled", pattern,
            "convert it before: `match float(x):`",
        )  # fmt: skip
    return cls


# --- bindings ---------------------------------------------------------------------------------------


def _capture(context: Context, value: Value, pattern: gast.AST) -> None:
    """Bind the names of a pattern that the value matches."""
    match type(pattern).__name__:
        case "MatchAs":
            if pattern.pattern is not None:
                _capture(context, value, pattern.pattern)
            if pattern.name is not None:
                context.bind(pattern.name, value)
        case "MatchOr" if any(map(_binds, pattern.patterns)):
            _capture_any(context, value, pattern.patterns)
        case "MatchSequence":
            for inner, part in _parts(context, value, pattern):
                if _binds(inner):
                    _capture(context, part(), inner)
            _capture_star(context, value, pattern)
        case "MatchMapping":
            held = context.contents(value)
            assert isinstance(held, DictValue)
            keys = _keys(context, pattern)
            for key, inner in zip(keys, pattern.patterns, strict=True):
                _capture(context, held.items[key], inner)
            if pattern.rest is not None:
                rest = {k: v for k, v in held.items.items() if k not in keys}
                context.bind(pattern.rest, context.allocate(DictValue(rest)))
        case "MatchClass":
            for name, inner in _fields(
                context, context.static(context.expression(pattern.cls), "a class"), pattern
            ):
                if _binds(inner):
                    _capture(context, value if name is None else attribute(context, value, name), inner)


def _capture_any(context: Context, value: Value, patterns: Sequence[gast.AST]) -> None:
    """The first alternative that matches binds."""

    def capture() -> Flow:
        _capture(context, value, patterns[0])
        return Flow.NORMAL

    def others() -> Flow:
        _capture_any(context, value, patterns[1:])
        return Flow.NORMAL

    if len(patterns) == 1:
        capture()
    else:
        branch(context, _matches(context, value, patterns[0]), capture, others)


def _capture_star(context: Context, value: Value, pattern: gast.AST) -> None:
    for position, inner in enumerate(pattern.patterns):
        if _is_star(inner) and inner.name is not None:
            items = _items(context, value, pattern)
            last = len(items) - (len(pattern.patterns) - position - 1)
            context.bind(inner.name, context.allocate(ListValue(items[position:last])))


def _binds(pattern: gast.AST) -> bool:
    return any(getattr(child, "name", None) or getattr(child, "rest", None) for child in gast.walk(pattern))


def _is_star(pattern: gast.AST) -> bool:
    return type(pattern).__name__ == "MatchStar"


# --- parts of sequences -------------------------------------------------------------------------------


def _parts(
    context: Context, value: Value, pattern: gast.AST
) -> Iterator[tuple[gast.AST, Callable[[], Value]]]:
    """The patterns of entries, each with a reader of the entry; entries after a star count from the end."""
    total, after_star = len(pattern.patterns), False
    for position, inner in enumerate(pattern.patterns):
        if _is_star(inner):
            after_star = True
            continue
        index = Literal(position - total if after_star else position)
        yield inner, functools.partial(getitem, context, value, index)


def _items(context: Context, value: Value, pattern: gast.AST) -> tuple[Value, ...]:
    return items_of(context, value, "the length of what a starred pattern takes")
