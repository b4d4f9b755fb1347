"""List and dict comprehensions over sequences of known length."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gast

from tangentc.frontend.expressions.iteration import items_of, known_items
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.state.context import Context, lowers
from tangentc.frontend.state.values import DictValue, ListValue, Value
from tangentc.frontend.statements.assignments import bind_target
from tangentc.frontend.text.scopes import Frame, Names, assigned

__all__: list[str] = []


@lowers(gast.ListComp)
def _list(context: Context, node: gast.ListComp) -> Value:
    try:
        items = tuple(_collected(context, node, lambda: context.expression(node.elt)))
    except _UnknownLength:
        return _grown(context, node)
    return context.allocate(ListValue(items))


@lowers(gast.DictComp)
def _dict(context: Context, node: gast.DictComp) -> Value:
    def entry() -> tuple[Any, Value]:
        key = context.constant(context.expression(node.key))
        if key is None:
            raise _UnknownLength
        return key.value, context.expression(node.value)

    try:
        return context.allocate(DictValue(dict(_collected(context, node, entry))))
    except _UnknownLength:
        return _grown(context, node)


class _UnknownLength(Exception):
    """How many entries there are, or under which keys, is not known at compile time."""


_ITEMS = ".items"  # no name of the user's


@functools.lru_cache(maxsize=1024)
def _as_loop(node: gast.ListComp | gast.DictComp) -> gast.For:
    """A comprehension as the loop that grows a list or dict."""
    grown = gast.Name(_ITEMS, gast.Load(), None, None)
    statement: gast.AST
    if isinstance(node, gast.ListComp):
        append = gast.Attribute(grown, "append", gast.Load())
        statement = gast.Expr(gast.Call(append, [node.elt], []))
    else:
        statement = gast.Assign([gast.Subscript(grown, node.key, gast.Store())], node.value, None)
    for generator in reversed(node.generators):
        for test in reversed(generator.ifs):
            statement = gast.If(test, [statement], [])
        statement = gast.For(generator.target, generator.iter, [statement], [], None)
    for child in gast.walk(statement):
        if "lineno" in child._attributes and not hasattr(child, "lineno"):
            gast.copy_location(child, node)
    assert isinstance(statement, gast.For)
    return statement


def _grown(context: Context, node: gast.ListComp | gast.DictComp) -> Value:
    """A comprehension of unknown length: its list or dict is made at run time."""
    site = context.node
    empty: ListValue | DictValue = ListValue(()) if isinstance(node, gast.ListComp) else DictValue({})
    context.heap.sites.at_run_time.add(context.site_of(empty))
    grown = context.allocate(empty)
    frame = _frame(context, node)
    with context.in_frame(frame):
        context.environment[frame.scope, _ITEMS] = grown
        context.statement(_as_loop(node))
        context.node = site
    return grown


def _collected(context: Context, node: Any, entry: Callable[[], Any]) -> list[Any]:
    """The entries, in order; the targets live in a frame of their own."""
    frame = _frame(context, node)
    attempt = (len(context.builder.nodes), dict(context.environment), context.scopes)
    try:
        first = context.expression(node.generators[0].iter)
        context.take(first)
        with context.in_frame(frame):
            return list(_run(context, node.generators, entry, first))
    except _UnknownLength:
        del context.builder.nodes[attempt[0] :]
        context.environment, context.scopes = attempt[1], attempt[2]
        raise


def _frame(context: Context, node: Any) -> Frame:
    outer = context.frame
    names = Names(frozenset((_ITEMS, *assigned([generator.target for generator in node.generators]))))
    return Frame(
        context.new_scope(),
        names,
        outer.file,
        outer.globals,
        outer.cells,
        outer,
        outer.function,
        owner=outer.owner,
        is_comprehension=True,
        site=outer.site,
    )


def _run(
    context: Context, generators: Sequence[gast.comprehension], entry: Callable[[], Any], first: Value | None
) -> Iterator[Any]:
    if not generators:
        yield entry()
        return
    generator, *inner = generators
    sequence = context.expression(generator.iter) if first is None else first
    if known_items(context, sequence) is None:
        raise _UnknownLength
    for value in items_of(context, sequence, "the length of what a comprehension runs over"):
        bind_target(context, generator.target, value)
        conditions = [truth(context, context.expression(test)) for test in generator.ifs]
        if not all(isinstance(condition, bool) for condition in conditions):
            raise _UnknownLength
        if all(conditions):
            yield from _run(context, inner, entry, None)
