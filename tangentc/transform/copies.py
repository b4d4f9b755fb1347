"""Drop copies that nobody can tell from the original: neither is written while the copy is in use."""

from __future__ import annotations

from dataclasses import replace

from tangentc.analysis.aliasing import Aliasing, aliasing, is_view
from tangentc.analysis.effects import written_by
from tangentc.analysis.regions import Regions, regions
from tangentc.ir.build import Builder, blocks_of, operands_of, walk
from tangentc.ir.nodes import Atom, Function, Op, Var
from tangentc.ir.trees import map_tree
from tangentc.transform.entry import substitute

__all__ = ["drop_copies"]

_KEEPING = (
    "tape_push",
    "tuple",
    "list",
    "dict",
    "is_",
    "is_not",
)  # they keep an object, or ask which one it is


def drop_copies(function: Function) -> Function:
    """The same function without the copies that protect against no write."""
    if not any(isinstance(node, Op) and node.primitive.name == "copy" for node in walk(function.body)):
        return function
    where, aliases = regions(function), aliasing(function)
    writes = _writes(where, aliases)
    last = _last_uses(function, where)
    table: dict[Var, Atom] = {}
    dropped: set[Var | None] = (
        set()
    )  # the classes of copies that are gone, and with them what is known of these
    again = False
    for node, region in where.order:
        if not (isinstance(node, Op) and node.primitive.name == "copy" and isinstance(node.operands[0], Var)):
            continue
        result, source = node.results[0], node.operands[0]
        if result not in last or aliases.is_storage(result) or aliases.is_merged(result):
            continue
        start = where.starts(node)
        cls = aliases.class_of(source)
        if cls is not None and cls in dropped:
            again = True
            continue
        later = (
            [position for position in writes.get(cls, []) if start < position < last[result]] if cls else []
        )
        if not later and where.home.get(source, region) is not None:
            table[result] = source
            dropped.add(aliases.class_of(result))
            Builder.name(source, result.of, result.role)
    if not table:
        return function
    for var in list(table):
        while table[var] in table:
            table[var] = table[table[var]]  # type: ignore[index]
    body = substitute(function.body, table)
    result = map_tree(
        lambda value: table.get(value, value) if isinstance(value, Var) else value, function.result
    )
    found = replace(function, body=body, result=result)
    return drop_copies(found) if again else found


def _writes(where: Regions, aliases: Aliasing) -> dict[Var | None, list[int]]:
    found: dict[Var | None, list[int]] = {}
    for node, _ in where.order:
        for target in written_by(node):
            found.setdefault(aliases.class_of(target), []).append(where.starts(node))
    return found


def _last_uses(function: Function, where: Regions) -> dict[Var, int]:
    """Where a value, or a view of it, is used last, for values that are used only by nodes of their own loop nest.

    A store that reads the value may write the original in the same step: NumPy reads before it writes.
    """
    last: dict[Var, int] = {}
    escaping: set[Atom] = set(function.body.yields)
    for node in walk(function.body):
        for block in blocks_of(node):
            escaping.update(block.yields)
        position = where.starts(node)
        region = where.region_of[id(node)]
        for value in operands_of(node):
            if not isinstance(value, Var):
                continue
            home = where.home[value]
            around = [loop for loop in region.loops if loop not in home.loops]
            end = where.ends(around[0]) + 1 if around else position
            if isinstance(node, Op) and node.primitive.name in _KEEPING:
                escaping.add(value)
            last[value] = max(last.get(value, 0), end)
    for node, _ in reversed(where.order):
        if isinstance(node, Op) and node.operands and is_view(node) is not False:
            source = node.operands[0]
            for view in node.results:
                if view in escaping:
                    escaping.add(source)
                if isinstance(source, Var) and view in last:
                    last[source] = max(last[source], last[view])
    return {value: end for value, end in last.items() if value not in escaping}
