"""Live lists, dicts and objects that the program was given and writes: inside, they are its own.

What is in them is read at entry like captured data, and the caller's stay as they are.  One live object is one object
of the program, at whatever places it is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.frontend.library import library_call, lists
from tangentc.frontend.objects.instances import defaults
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.heap import Live
from tangentc.frontend.state.values import DictValue, ListValue, ObjectValue, Ref, Value
from tangentc.kinds.records import fields_of

__all__ = ["adopt", "collected"]


def adopt(context: Context, lives: Sequence[Live]) -> None:
    """Make the program's own containers for these."""
    captures, heap = context.captures, context.heap
    waiting: list[tuple[Live, Ref]] = []
    for live in lives:
        site = ("live", live.origin)
        if site not in heap.sites.at_run_time:
            ref = heap.new([site])
            captures.adopted[id(live.value)] = (live, ref)
            waiting.append((live, ref))
    for live in lives:
        if id(live.value) not in captures.adopted:
            made = _made(context, live)
            captures.adopted[id(live.value)] = (live, made)
    for live, ref in waiting:
        context.environment[ref.key] = _contents(context, live)


def _contents(context: Context, live: Live) -> Value:
    """What a live object holds at the beginning of a call."""
    if isinstance(live.value, (list, dict)):
        return context.captures.fresh(live.value, live.place, live.origin)
    captures = context.captures
    captures.guard(live.value, live.place, live.origin)
    captures.guard_names(live)
    attributes = {}
    for name in fields_of(live.value):
        with captures.optional(name):
            attributes[name] = captures.attribute(live.value, live.place, live.origin, name)
    return ObjectValue(type(live.value), {**defaults(context, type(live.value), attributes), **attributes})


def _made(context: Context, live: Live) -> Value:
    """One that exists at run time."""
    site = ("live", live.origin)
    contents = _contents(context, live)
    if isinstance(contents, (ListValue, DictValue, ObjectValue)):
        return dynamic.make(context, contents, frozenset([site]))
    return collected(context, contents, site)


def collected(context: Context, data: Value, site: Any) -> Value:
    """A list of the program with the entries of a long list of numbers."""
    return library_call(context, lists.collected, data, site=site)
