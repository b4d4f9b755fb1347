"""List and dict comprehensions and generator expressions over sequences of known length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gast

from tangentc.frontend.assignments import bind_target
from tangentc.frontend.context import Context, lowers
from tangentc.frontend.iteration import items_of
from tangentc.frontend.scopes import Frame, Names, assigned
from tangentc.frontend.truth import truth
from tangentc.frontend.values import DictValue, Generated, ListValue, Value

__all__: list[str] = []


@lowers(gast.ListComp)
def _list(context: Context, node: gast.ListComp) -> Value:
    items = tuple(_collected(context, node, lambda: context.expression(node.elt)))
    return context.allocate(ListValue(items))


@lowers(gast.GeneratorExp)
def _generator(context: Context, node: gast.GeneratorExp) -> Value:
    return Generated(tuple(_collected(context, node, lambda: context.expression(node.elt))))


@lowers(gast.DictComp)
def _dict(context: Context, node: gast.DictComp) -> Value:
    def entry() -> tuple[Any, Value]:
        return context.static(context.expression(node.key), "a key of a dict"), context.expression(node.value)

    return context.allocate(DictValue(dict(_collected(context, node, entry))))


def _collected(context: Context, node: Any, entry: Callable[[], Any]) -> list[Any]:
    """The entries, in order; the targets live in a frame of their own."""
    outer = context.frame
    names = Names(frozenset(assigned([generator.target for generator in node.generators])))
    frame = Frame(
        context.new_scope(),
        names,
        outer.file,
        outer.globals,
        outer.cells,
        outer,
        outer.function,
        owner=outer.owner,
        is_comprehension=True,
    )
    first = context.expression(node.generators[0].iter)
    with context.in_frame(frame):
        return list(_run(context, node.generators, entry, first))


def _run(
    context: Context, generators: Sequence[gast.comprehension], entry: Callable[[], Any], first: Value | None
) -> Iterator[Any]:
    if not generators:
        yield entry()
        return
    generator, *inner = generators
    sequence = context.expression(generator.iter) if first is None else first
    for value in items_of(context, sequence, "the length of what a comprehension runs over"):
        bind_target(context, generator.target, value)
        conditions = [truth(context, context.expression(test)) for test in generator.ifs]
        if not all(isinstance(condition, bool) for condition in conditions):
            context.fail("TC117", "the length of a comprehension must be known", generator.ifs[0])
        if all(conditions):
            yield from _run(context, inner, entry, None)
