"""What the reader of a derivative is told before the code: what is recorded, and where the sweeps begin."""

from __future__ import annotations

from dataclasses import replace

from tangentc.ir.nodes import Function, Node, Op, Section

__all__ = ["FORWARD", "REVERSE", "write_headings"]

FORWARD, REVERSE = Section("forward sweep"), Section("reverse sweep")


def write_headings(function: Function) -> Function:
    """Say in the docstring and over the forward sweep what is recorded; drop titles over nothing."""
    nodes = function.body.nodes
    if REVERSE not in nodes and FORWARD not in nodes:
        return function
    names = _recorded(nodes)
    titled: list[Node] = []
    for node, following in zip(nodes, (*nodes[1:], REVERSE), strict=True):
        if node == FORWARD:
            if following != REVERSE:
                titled.append(Section(f"forward sweep: record {', '.join(names)}") if names else FORWARD)
        else:
            titled.append(node)
    note = f" Recorded: {', '.join(names)}." if names else " Nothing recorded."
    doc = function.doc + note if REVERSE in nodes else function.doc
    return replace(function, doc=doc, body=replace(function.body, nodes=tuple(titled)))


def _recorded(nodes: tuple[Node, ...]) -> list[str]:
    """The user's names for what goes on tapes; everything without a name is said once."""
    owners = [n.results[0].of for n in nodes if isinstance(n, Op) and n.primitive.name == "tape_new"]
    names = dict.fromkeys(owner.name if owner is not None and owner.name else "" for owner in owners)
    named = [name for name in names if name]
    return [*named, "intermediate values"] if "" in names else named
