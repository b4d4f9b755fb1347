"""Joining what two paths, or two trips of a loop, leave in the environment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import gast

from tangentc.frontend.flow.choices import is_option, options_of, placed, union
from tangentc.frontend.state.classes import gives
from tangentc.frontend.state.context import Context, Environment, Flow, Key
from tangentc.frontend.state.heap import AtRunTime, Shadows, is_cell, name_parts, refs_in
from tangentc.frontend.state.joining import joined
from tangentc.frontend.state.values import (
    Choice,
    DictValue,
    ListValue,
    ObjectValue,
    Poison,
    RangeValue,
    Ref,
    Shape,
    Static,
    TupleValue,
    Value,
    children,
    is_undefined,
    rebuilt,
    same_shape,
)
from tangentc.ir.build import results_of
from tangentc.ir.nodes import UNDEF, Atom, Block, If, Literal, Node, Var, kind_of
from tangentc.kinds.types import Array, Bool, Kind, is_number

__all__ = ["Branch", "aligned", "compound", "join"]

_RUNTIME = (TupleValue, ListValue, DictValue, Shape, Static, RangeValue)

OWN_NAMES = {
    "<value>": "result",
    "<returned>": "returned",
    "<broke>": "broke",
    "<stop>": "stop",
    "<skip>": "skip",
    "<choice>": "",
    "<error>": "failed",
}


@dataclass(slots=True)
class Branch:
    """One path: its nodes, the environment at its end, and how it ends.

    Inside `try`: the environment at its beginning, and whether parts of it are attempted on their own.
    """

    nodes: list[Node]
    environment: Environment
    flow: Flow
    before: Environment | None = None
    committed: bool = False


def compound(value: Value) -> bool:
    """Whether a value can be made at run time from its parts."""
    return isinstance(value, _RUNTIME)


def join(
    context: Context, condition: Atom, then: Branch, orelse: Branch, last: gast.AST | None = None
) -> Flow:
    """Append `If` and continue with the joined environment.

    `last` is the last statement of the paths; of the names of this frame only those are joined that are live after it.
    """
    if last is not None:
        _drop_dead(context, last, then.environment, orelse.environment)
    if then.flow.only(Flow.DEAD) or orelse.flow.only(Flow.DEAD):
        return _merge_dead(context, condition, then, orelse)
    joiner = _Joiner(context, condition, then, orelse)
    joined: Environment = {}
    for key in {**then.environment, **orelse.environment}:
        if is_cell(key) and not (key in then.environment and key in orelse.environment):
            continue  # made on one path: joined if anything refers to it
        a, b = then.environment.get(key, UNDEF), orelse.environment.get(key, UNDEF)
        raises = then.flow.only(Flow.RAISE) or orelse.flow.only(Flow.RAISE)
        if is_undefined(a) != is_undefined(b) and not key[1].startswith("<") and not raises:
            context.left_unbound(key)
        joined[key] = joiner.value(key, a, b)
    joiner.join_cells(joined)
    _append(context, condition, joiner, then, orelse)
    context.environment = joined
    return then.flow.both(orelse.flow)


def _drop_dead(context: Context, last: gast.AST, *environments: Environment) -> None:
    frame = context.frame
    if frame.liveness is None:
        return
    for environment in environments:
        for key in list(environment):
            scope, name = key
            if scope == frame.scope and name[0] != "<" and not frame.liveness.is_live_after(last, name):
                del environment[key]


def _merge_dead(context: Context, condition: Atom, then: Branch, orelse: Branch) -> Flow:
    """One path raises: what the other defines is what is there afterwards."""
    alive, outer = (orelse, then) if then.flow.only(Flow.DEAD) else (then, orelse)
    joiner = _Joiner(context, condition, then, orelse)
    made = _results(alive.nodes)
    joined: Environment = {}
    for key, value in alive.environment.items():
        if alive.flow.only(Flow.DEAD) or not _mentions(value, made):
            joined[key] = value
        elif outer is then:
            joined[key] = joiner.value(key, UNDEF, value)
        else:
            joined[key] = joiner.value(key, value, UNDEF)
    _append(context, condition, joiner, then, orelse)
    context.environment = joined
    return alive.flow


def _append(context: Context, condition: Atom, joiner: _Joiner, then: Branch, orelse: Branch) -> None:
    if not (joiner.results or then.nodes or orelse.nodes):
        return
    context.builder.append(
        If(
            tuple(joiner.results),
            condition,
            Block((), tuple(then.nodes), tuple(joiner.then)),
            Block((), tuple(orelse.nodes), tuple(joiner.orelse)),
            context.builder.span,
        )
    )


def _results(nodes: list[Node]) -> set[Var]:
    return {var for node in nodes for var in results_of(node)}


def _mentions(value: Value, made: set[Var]) -> bool:
    return value in made if isinstance(value, Var) else any(_mentions(part, made) for part in children(value))


class _Joiner:
    """Collects the results of one `If`; equal pairs of yields share a result."""

    def __init__(self, context: Context, condition: Atom, then: Branch, orelse: Branch) -> None:
        self.context = context
        self.condition = condition
        self.nodes = (then.nodes, orelse.nodes)
        self.environments = (then.environment, orelse.environment)
        self.cells: dict[Key, Value] = {}
        self._refs: dict[tuple[Key, Key], tuple[Ref, Ref, Ref]] = {}
        self.results: list[Var] = []
        self.then: list[Atom] = []
        self.orelse: list[Atom] = []
        self._known: dict[tuple[Atom, Atom], Var] = {}

    def value(self, key: Key, a: Value, b: Value) -> Value:
        if a is b or (isinstance(a, Literal) and isinstance(b, Literal) and a == b):
            return a
        if isinstance(a, Ref) and isinstance(b, Ref):
            return self._ref(a, b)
        if isinstance(a, ObjectValue) and isinstance(b, ObjectValue) and a.cls is b.cls:
            a, b = aligned(a, b)
        if is_undefined(a):
            return self._one_sided(key, b, lambda leaf: self._leaf(key, UNDEF, leaf))
        if is_undefined(b):
            return self._one_sided(key, a, lambda leaf: self._leaf(key, leaf, UNDEF))
        if isinstance(a, (Var, Literal)) and isinstance(b, (Var, Literal)):
            return self._leaf(key, a, b)
        if same_shape(a, b) and not isinstance(a, (Var, Literal)):
            pairs = zip(children(a), children(b), strict=True)
            return name_parts(rebuilt(a, tuple(self.value(key, x, y) for x, y in pairs)))
        if is_option(a) and is_option(b):
            return self._choice(key, a, b)
        if refs := [*refs_in(a), *refs_in(b)]:
            raise AtRunTime(site for ref in refs for site in ref.sites)
        if is_cell(key):
            raise AtRunTime(self.context.heap.sites_of(key))
        if _joinable(a) and _joinable(b):
            return self._leaf(key, self._made(a, 0), self._made(b, 1))
        return Poison(
            "is not the same kind of thing on all paths that lead here",
            "call or use it inside the branches, where it is known",
        )

    # --- containers -----------------------------------------------------------------------------

    def _ref(self, a: Ref, b: Ref) -> Ref:
        """One of two containers: a third that holds what either holds."""
        if a.key == b.key:
            return a
        if (a.key, b.key) not in self._refs:
            either = self.context.heap.new(a.sites | b.sites)
            self._refs[a.key, b.key] = (a, b, either)
            self.cells[either.key] = self.value(
                either.key, self.environments[0][a.key], self.environments[1][b.key]
            )
        return self._refs[a.key, b.key][2]

    def join_cells(self, joined: Environment) -> None:
        """Add what is in the containers that joined names refer to."""
        pending = [ref for value in joined.values() for ref in refs_in(value)]
        while pending:
            ref = pending.pop()
            if ref.key in joined:
                continue
            if ref.key not in self.cells:
                sides = [environment.get(ref.key, UNDEF) for environment in self.environments]
                self.cells[ref.key] = self.value(ref.key, *sides)
            joined[ref.key] = self.cells[ref.key]
            pending += refs_in(joined[ref.key])
        self._note_ambiguous(joined)

    def _note_ambiguous(self, joined: Environment) -> None:
        """Two containers may go on as one if nothing else refers to either."""
        outside = self.context.environment
        alone = {ref.key for value in joined.values() for ref in refs_in(value)}
        times = Counter(ref.key for a, b, _ in self._refs.values() for ref in (a, b))
        for a, b, either in self._refs.values():
            if any(ref.key in outside or ref.key in alone or times[ref.key] > 1 for ref in (a, b)):
                self.context.heap.confuse(a, b, either)

    def _one_sided(self, key: Key, value: Value, leaf: Callable[[Atom], Value]) -> Value:
        if isinstance(value, Var):
            return leaf(value)
        return rebuilt(value, tuple(self._one_sided(key, part, leaf) for part in children(value)))

    def _choice(self, key: Key, a: Value, b: Value) -> Choice:
        """Either of two functions or objects, remembered by the condition itself where it is a bool."""
        if len(options_of(a)) == len(options_of(b)) == 1 and isinstance(kind_of(self.condition), Bool):
            return Choice(self.condition, (self.value(key, UNDEF, b), self.value(key, a, UNDEF)))
        # the numbers of a choice that is there already stay as they are: so do those that a loop carries
        swapped = isinstance(b, Choice) and not isinstance(a, Choice)
        pairs = [(y, x) for x, y in union(b, a)] if swapped else union(a, b)
        merged = tuple(self.value(key, x, y) for x, y in pairs)
        options = [y if is_undefined(x) else x for x, y in pairs]
        selectors = []
        for side, value in enumerate((a, b)):
            with self.context.builder.nested() as nodes:
                selectors.append(placed(self.context, options, value).selector)
            self.nodes[side].extend(nodes)
        named = (key[0], f"{OWN_NAMES.get(key[1], key[1])}_choice".lstrip("_"))
        return Choice(self._leaf(named, *selectors), merged)

    def _made(self, value: Value, side: int) -> Atom:
        """A compound value as a run-time value, made at the end of its own branch."""
        with self.context.builder.nested() as nodes:
            atom = self.context.atom(value)
        self.nodes[side].extend(nodes)
        return atom

    def _leaf(self, key: Key, a: Atom, b: Atom) -> Var:
        known = self._known.get((a, b))
        if known is None:
            name = OWN_NAMES.get(key[1], key[1])
            known = Var(_kind(a, b), name, key[0])
            self._keep_ownership(known, a, b)
            if any(is_undefined(side) or side in self.context.unbound for side in (a, b)):
                self.context.unbound.add(known)
            self._known[a, b] = known
            self.results.append(known)
            self.then.append(a)
            self.orelse.append(b)
        return known

    def _keep_ownership(self, result: Var, a: Atom, b: Atom) -> None:
        """What only this name refers to on both paths, or is immutable on one, stays an accumulator."""
        owned, unshared = self.context.accumulators, self.context.unshared
        sides = [side for side in (a, b) if isinstance(side, Var) and (side in owned or side in unshared)]
        others = [side for side in (a, b) if side not in sides]
        kinds = {kind for side in sides if (kind := self.context.owned(side)) is not None}
        if not sides or len(kinds) > 1 or not all(map(_is_immutable, others)):
            return
        if all(side in unshared for side in sides) and isinstance(result.kind, Array) and not others:
            unshared.add(result)
        else:
            owned[result] = kinds.pop() if kinds else None


def aligned(a: ObjectValue, b: ObjectValue) -> tuple[ObjectValue, ObjectValue]:
    """Two objects of a class with the same attributes: what only one of them has is undefined in the other."""
    names = {**a.attributes, **b.attributes}
    shadows = [
        (a.cls, name)
        for name in names
        if (name in a.attributes) != (name in b.attributes) and gives(a.cls, name)
    ]
    if shadows:
        raise Shadows(shadows)
    return (
        ObjectValue(a.cls, {name: a.attributes.get(name, UNDEF) for name in names}),
        ObjectValue(b.cls, {name: b.attributes.get(name, UNDEF) for name in names}),
    )


def _is_immutable(side: Atom) -> bool:
    return is_number(kind_of(side)) or side == Literal(None)


def _joinable(value: Value) -> bool:
    return isinstance(value, (Var, Literal)) or (compound(value) and not isinstance(value, Static))


def _kind(a: Atom, b: Atom) -> Kind:
    """The kind of what is either; an undefined side takes no part."""
    if is_undefined(a):
        return kind_of(b)
    if is_undefined(b):
        return kind_of(a)
    return joined(kind_of(a), kind_of(b))
