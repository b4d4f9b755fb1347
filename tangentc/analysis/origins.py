"""Which memory a reference may mean: the parameters and allocations that it may come from.

Alias classes (`aliasing.py`) are symmetric: what meets in a branch is in one class from then on.  Origins have a
direction: after `out = a if p else new`, a write through `new` does not write `a`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tangentc.analysis.aliasing import CONTAINERS, is_reference, is_view
from tangentc.analysis.effects import written_by
from tangentc.ir.build import results_of, walk
from tangentc.ir.nodes import Atom, Attempt, Call, Function, If, Loop, Node, Op, Var, With
from tangentc.primitives.core import Alias

__all__ = ["Origins", "origins"]

_NONE: frozenset[Var] = frozenset()


@dataclass(frozen=True, slots=True)
class Origins:
    """`found[x]` are the parameters and the results of allocations whose memory x may refer to."""

    found: dict[Var, frozenset[Var]]
    written: frozenset[Var]

    def of(self, value: Atom) -> frozenset[Var]:
        return self.found.get(value, _NONE) if isinstance(value, Var) else _NONE


def origins(function: Function) -> dict[str, Origins]:
    """The origins in a function, under the key "", and in those that it calls, under theirs."""
    functions = {"": function, **function.callees}
    tables = {key: _Table(each) for key, each in functions.items()}
    while any(table.grow(tables) for table in tables.values()):
        pass
    return {key: Origins(_frozen(table.found), table.written()) for key, table in tables.items()}


def _frozen(found: dict[Var, set[Var]]) -> dict[Var, frozenset[Var]]:
    return {var: frozenset(sources) for var, sources in found.items()}


class _Table:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.nodes = tuple(walk(function.body))
        self.found: dict[Var, set[Var]] = {}
        self.changed = False
        for param in function.body.params:
            self._add(param, (param,))

    def grow(self, tables: dict[str, _Table]) -> bool:
        self.changed = False
        for node in self.nodes:
            self._visit(node, tables)
        return self.changed

    def written(self) -> frozenset[Var]:
        targets = [target for node in self.nodes for target in written_by(node)]
        return frozenset().union(*(self.of(target) for target in targets))

    def of(self, value: Atom) -> set[Var]:
        return self.found.get(value, set()) if isinstance(value, Var) else set()

    def _add(self, value: Atom, sources: Iterable[Var]) -> None:
        if isinstance(value, Var) and is_reference(value.kind):
            known = self.found.setdefault(value, set())
            before = len(known)
            known.update(sources)
            self.changed |= len(known) > before

    def _pass(self, results: Iterable[Atom], *sources: Iterable[Atom]) -> None:
        for values in sources:
            for result, value in zip(results, values, strict=True):
                self._add(result, self.of(value))

    def _visit(self, node: Node, tables: dict[str, _Table]) -> None:
        match node:
            case Op():
                self._op(node)
            case If(results, _, then, orelse):
                self._pass(results, then.yields, orelse.yields)
            case With(results, _, inside) | Attempt(results, _, _, inside):
                self._pass(results, inside.yields)
            case Loop(results, bounds, test, inits, body, has_stop):
                params = body.params[1:] if bounds is not None else body.params
                yields = body.yields[1:] if has_stop else body.yields
                self._pass(params, inits, yields)
                self._pass(results, params)
                if test is not None:
                    self._pass(test.params, params)
            case Call():
                self._call(node, tables[node.callee])

    def _op(self, op: Op) -> None:
        if op.primitive.name in CONTAINERS:
            for operand in op.operands[1:]:
                self._add(op.operands[0], self.of(operand))
        for result in results_of(op):
            sources = _referred(op)
            for operand in sources:
                self._add(result, self.of(operand))
            if not sources or is_view(op) is None:
                self._add(result, (result,))

    def _call(self, call: Call, callee: _Table) -> None:
        """A result comes from the arguments, or from what the callee made: named after the first result that has it."""
        given = dict(zip(callee.function.body.params, call.operands, strict=True))
        made: dict[Var, Var] = {}
        for result, value in zip(call.results, callee.function.body.yields, strict=True):
            for source in callee.of(value):
                if source in given:
                    self._add(result, self.of(given[source]))
                else:
                    self._add(result, (made.setdefault(source, result),))


def _referred(op: Op) -> tuple[Atom, ...]:
    """The operands to whose memory a result may refer."""
    if op.primitive.name in CONTAINERS or op.alias is Alias.MAYBE:
        return op.operands
    return op.operands[:1] if op.primitive.name in ("iadd", "isub") or is_view(op) is not False else ()
