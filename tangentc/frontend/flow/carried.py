"""What a loop carries: for each name a template, widened until it stands for what every trip leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gast

from tangentc.frontend.flow.choices import is_option, placed, union
from tangentc.frontend.flow.merging import OWN_NAMES, aligned, compound
from tangentc.frontend.state.context import (
    ERROR,
    Context,
    Environment,
    Flow,
    Key,
    LoopState,
)
from tangentc.frontend.state.heap import AtRunTime, Cell, is_cell, name_parts, refs_in
from tangentc.frontend.state.joining import joined, unknown_int
from tangentc.frontend.state.values import (
    Choice,
    ObjectValue,
    Poison,
    Ref,
    Value,
    children,
    is_undefined,
    rebuilt,
    same_shape,
)
from tangentc.frontend.text.scopes import own_nodes
from tangentc.ir.copying import free_vars
from tangentc.ir.nodes import UNDEF, Atom, Block, Literal, Node, Var, kind_of
from tangentc.kinds.join import same_kind, widened
from tangentc.kinds.types import ANY, Array, Const, Dim, Int, Kind, Tuple, fresh

__all__ = ["EXITS", "RESET", "Carried", "Trip", "fill", "slots", "substituted"]

_PASSES = 6  # after which what still changes has no known kind
RESET = ("<stop>", "<skip>")  # set anew by each trip
EXITS = ("<returned>", "<broke>", "<value>", "<error>")  # carried out of a loop, never into a trip


@dataclass(slots=True)
class Trip:
    """One lowering of a body."""

    index: Var | None
    nodes: list[Node]
    end: Environment
    flow: Flow
    tested: Atom | None = None
    test_nodes: list[Node] | None = None
    committed: bool = False


class Carried:
    """The variables of a loop: for each a template whose Vars are the parameters of the body."""

    def __init__(self, context: Context, node: gast.AST, entry: Environment, keys: Sequence[Key]) -> None:
        self.node = node
        self.context = context
        self.entry = entry
        self.passes = 0
        self.templates: dict[Key, Value] = {}
        self.loose: set[Dim] = set()
        self.constants: dict[Var, Kind] = {}
        self.merged: dict[Cell, _Merged] = {}
        self.final: dict[Key, Value] = {}
        self._known: set[Dim] | None = None
        for key in keys:
            if key in entry and not is_undefined(entry[key]) and self._is_live(key):
                self.templates[key] = self._parameters(key, entry[key])

    def _is_live(self, key: Key) -> bool:
        """Whether a later trip or what follows the loop reads the name."""
        if key[1].startswith("<"):
            return True
        node: gast.AST | None = self.node
        for frame in self.context.frame.chain:
            if key[0] == frame.scope and frame.liveness is not None and node is not None:
                live = frame.liveness
                return live.is_live_in_trip(node, key[1]) or live.is_live_after(node, key[1])
            node = None if frame.consumer is None else frame.consumer.node
        return True

    def is_unbound(self, key: Key) -> bool:
        """Whether the name may have no value in a trip, or after the loop."""
        value = self.entry.get(key, UNDEF)
        return is_undefined(value) or value in self.context.unbound

    def start(self) -> Environment:
        """What the names stand for at the head of a trip."""
        own = {(frame.scope, name) for frame in self.context.frame.chain for name in EXITS}
        return {key: template for key, template in self.templates.items() if key not in own}

    def result_kind(self, slot: Var, runs: bool) -> Kind:
        """The kind after the loop; `runs` if there is a trip.

        A size that changes from trip to trip has another name then.
        """
        kind = slot.kind
        if runs:
            kind = self.context.accumulators.get(slot) or kind
        return self._after(kind)

    def _after(self, kind: Kind) -> Kind:
        match kind:
            case Int():
                return unknown_int()
            case Array(dtype, dims) if dims is not None and any(dim in self.loose for dim in dims):
                return Array(dtype, tuple(fresh() if dim in self.loose else dim for dim in dims))
            case Tuple(items):
                return Tuple(tuple(map(self._after, items)))
        return kind

    def widen(self, trip: Trip, state: LoopState) -> bool:
        """Take in what a trip left in the environment; says whether the body must be lowered again."""
        again = False
        stale: list[Var] = []
        self.final = {}
        self._end = trip.end
        before = {cell: self.templates[cell] for cell in self.merged}
        scopes = {frame.scope for frame in self.context.frame.chain}
        living = {outer.scope for frame in self.context.frame.chain for outer in frame.lineage}
        for key, value in trip.end.items():
            if not self._is_live(key) or key in self.merged:
                continue
            if key[1] in RESET or (
                key[0] not in living and key not in self.entry and key not in self.templates
            ):
                continue  # a name of a call that has ended
            own = key[0] in scopes and key[1] in EXITS
            if key[1].startswith("<") and not (is_cell(key) or key == ERROR or own):
                continue
            old = self.templates.get(key)
            if old is None:
                if key in self.entry and (self.entry[key] is value or _equal(self.entry[key], value)):
                    continue
                again |= self._first(key, value, state)
            else:
                new = self._wider(key, old, value)
                if new is not old:
                    self.templates[key] = new
                    again |= key in state.reads or _is_reshaped(old, new)
                    stale += slots(old)
        again |= self._widen_merged(before)
        return again or (bool(stale) and not _used(trip).isdisjoint(stale))

    # --- containers ---

    def _widen_merged(self, before: dict[Cell, Value]) -> bool:
        """Take in what the containers hold that are others in each trip; says whether any changed."""
        for cell in list(self.merged):
            if cell not in self.final:  # no name was bound anew: it was changed in place
                self._ends(cell, self._end[cell])
        for cell, merged in self.merged.items():
            if not self._is_exclusive(cell, merged):
                self.context.heap.confuse(*merged.refs)
        return any(before.get(cell) is not self.templates[cell] for cell in self.merged)

    def _either(self, entry: Ref | None, end: Ref) -> Ref:
        """The container that a name stands for in a trip, where each trip leaves another one in it."""
        merged = self.merged.get(entry.key) if entry is not None else None
        if merged is None:
            key = (None if entry is None else entry.key, end.key)
            merged = next((m for m in self.merged.values() if m.pair == key), None)
        if merged is None:
            ref = self.context.heap.new(end.sites if entry is None else entry.sites | end.sites)
            merged = self.merged[ref.key] = _Merged(ref, entry, end)
            if entry is None:
                self.templates[ref.key] = self._parameters(ref.key, self._end[end.key], outside=False)
            else:
                self.entry[ref.key] = self.entry[entry.key]
                self.templates[ref.key] = self._parameters(ref.key, self.entry[entry.key])
        if end.key == merged.ref.key:
            return merged.ref
        if merged.ref.key in self.final and merged.end is not None and merged.end.key != end.key:
            raise AtRunTime(merged.ref.sites | end.sites)  # two names that meant one container part
        merged.end = end
        self._ends(merged.ref.key, self._end[end.key])
        return merged.ref

    def _ends(self, cell: Cell, contents: Value) -> None:
        self.final[cell] = contents
        self.templates[cell] = self._wider(cell, self.templates[cell], contents)

    def _is_exclusive(self, cell: Cell, merged: _Merged) -> bool:
        """Whether nothing but the names that stand for a merged container refers to those that it stands for."""
        holders = {key for key, template in self.templates.items() if _mentions(template, cell)}
        others = [(self.entry, merged.entry), (self._end, merged.end)]
        return not any(
            key not in holders and self._is_live(key) and _mentions(value, ref.key)
            for environment, ref in others
            if ref is not None and ref.key != cell
            for key, value in environment.items()
        )

    def _first(self, key: Key, value: Value, state: LoopState) -> bool:
        """A name that was not expected to change."""
        init = self.entry.get(key, UNDEF)
        if is_undefined(init):
            if is_undefined(value):
                if key in state.reads and key[1] not in EXITS:
                    self.context.fail("TC102", f"{key[1]!r} has no value here")
                return False
            self.templates[key] = self._parameters(key, value, outside=False)
            return key in state.reads
        self.templates[key] = self._wider(key, self._parameters(key, init), value)
        return key[1] not in EXITS

    def _parameters(self, key: Key, value: Value, outside: bool = True) -> Value:
        """A template of the same structure."""
        match value:
            case Ref() if value.key not in self.entry:
                return self._either(None, value)
            case Var(kind=kind):
                slot = self._slot(key, kind if outside else self._escaping(kind))
                if value in self.context.accumulators and self._only_accumulates(slot.name):
                    self.context.accumulators[slot] = self.context.accumulators[value]
                return slot
            case Literal(bool() | int() | float() | complex() as number):
                slot = self._slot(key, widened(Const(number)))
                self.constants[slot] = kind_of(value)
                if not isinstance(number, complex) and self._only_accumulates(slot.name):
                    self.context.accumulators[slot] = None
                return slot
            case Choice(_, options):
                return Choice(
                    self._selector(key), tuple(self._option(key, option, outside) for option in options)
                )
        parts = tuple(self._parameters(key, part, outside) for part in children(value))
        return name_parts(rebuilt(value, parts)) if parts else value

    def _aligned(
        self, key: Key, template: ObjectValue, value: ObjectValue
    ) -> tuple[ObjectValue, ObjectValue]:
        """Objects with the same attributes: one that is first set inside the loop is undefined before it."""
        old, value = aligned(template, value)
        if len(old.attributes) == len(template.attributes):
            return template, value
        attributes = {
            name: self._parameters(key, value.attributes[name], outside=False)
            if name not in template.attributes
            else part
            for name, part in old.attributes.items()
        }
        if key in self.entry:
            entry, _ = aligned(self.entry[key], old)  # type: ignore[arg-type]
            self.entry[key] = ObjectValue(old.cls, {name: entry.attributes[name] for name in attributes})
        return ObjectValue(old.cls, attributes), value

    def _option(self, key: Key, option: Value, outside: bool) -> Value:
        return option if isinstance(option, Literal) else self._parameters(key, option, outside)

    def _selector(self, key: Key) -> Var:
        return Var(unknown_int(), f"{OWN_NAMES.get(key[1], key[1])}_choice", key[0])

    def _wider_choice(self, key: Key, template: Value, value: Value) -> Value:
        """One of more functions or objects."""
        pairs = union(template, value)
        if isinstance(template, Choice) and len(pairs) == len(template.options):
            selector = template.selector
        elif self.passes >= _PASSES:
            return Poison(
                "is another function in every trip of the loop", "choose among functions made before it"
            )
        else:
            selector = self._selector(key)
        options = tuple(
            self._option(key, new, outside=False)
            if is_undefined(old)
            else (old if isinstance(old, Literal) else self._wider(key, old, new))
            for old, new in pairs
        )
        if isinstance(template, Choice) and selector is template.selector and options == template.options:
            return template
        return Choice(selector, options)

    def _slot(self, key: Key, kind: Kind) -> Var:
        if isinstance(kind, Int):
            kind = unknown_int()
        return Var(kind, OWN_NAMES.get(key[1], key[1]), key[0])

    def _wider(self, key: Key, template: Value, value: Value) -> Value:
        if template is value or is_undefined(value) or isinstance(template, Poison):
            return template
        if isinstance(template, Literal) and isinstance(value, Literal) and template == value:
            return template
        if isinstance(template, Ref) and isinstance(value, Ref):
            return template if template.key == value.key else self._either(template, value)
        if isinstance(template, ObjectValue) and isinstance(value, ObjectValue) and template.cls is value.cls:
            template, value = self._aligned(key, template, value)
        if isinstance(template, Var) and isinstance(value, (Var, Literal)):
            return self._wider_slot(template, value)
        if isinstance(template, Literal) and isinstance(value, (Var, Literal)):
            slot = self._slot(key, joined(kind_of(template), kind_of(value)))
            made = self.context.owned(value)
            if template == Literal(None) and made is not None and self._only_accumulates(slot.name):
                self.context.accumulators[slot] = self._lasting(made)
            return slot
        if isinstance(template, Choice) or (
            is_option(template) and is_option(value) and not same_shape(template, value)
        ):
            if is_option(value):
                return self._wider_choice(key, template, value)
        if not isinstance(template, (Var, Literal)) and same_shape(template, value):
            old = children(template)
            new = tuple(
                self._wider(key, part, entry) for part, entry in zip(old, children(value), strict=True)
            )
            return template if all(a is b for a, b in zip(old, new, strict=True)) else rebuilt(template, new)
        if refs := [*refs_in(template), *refs_in(value)]:
            raise AtRunTime(site for ref in refs for site in ref.sites)
        if is_cell(key):
            raise AtRunTime(self.context.heap.sites_of(key))
        if isinstance(template, (Var, Literal)) and compound(value):
            return self._slot(key, ANY) if not _is_any(template) else template
        if compound(template) and (compound(value) or isinstance(value, (Var, Literal))):
            return self._slot(key, ANY)
        return Poison(
            "is not the same kind of thing in every trip of the loop", "use another name inside the loop"
        )

    def _wider_slot(self, slot: Var, value: Atom) -> Var:
        kind = kind_of(value)
        if isinstance(slot.kind, Int) and isinstance(widened(kind), Int):
            return slot
        wider = self._joined(self.constants.get(slot, slot.kind), kind)
        if isinstance(wider, Const) or wider == slot.kind or same_kind(widened(wider), slot.kind):
            return self._still_owned(slot, value)
        if self.passes >= _PASSES:
            wider = ANY
        new = Var(wider, slot.name, slot.scope)
        owned = self.context.accumulators
        if slot in owned and isinstance(value, Var) and (value in owned or value in self.context.unshared):
            owned[new] = self._lasting(self.context.owned(value))
        return new

    def _still_owned(self, slot: Var, value: Atom) -> Var:
        """The parameter of a name; another one, to which others may refer, if the trip does not keep its array."""
        expected = self.context.accumulators.get(slot)
        if expected is None or self._lasting(self.context.owned(value)) == expected:
            return slot
        return Var(slot.kind, slot.name, slot.scope)

    def _lasting(self, kind: Array | None) -> Array | None:
        """The kind of an array that the next trip finds: without sizes that each trip makes anew."""
        if kind is None or kind.dims is None:
            return kind
        escaping = self._escaping(kind)
        return kind if escaping == kind else Array(kind.dtype, None)

    def _only_accumulates(self, name: str) -> bool:
        """Whether the loop keeps no reference to a name: it is the target of augmented assignments, or an operand."""
        frame = self.context.frame
        if frame.liveness is None or name in frame.liveness.always:
            return False
        borrowed = {
            id(operand)
            for node in own_nodes([self.node])
            if isinstance(node, (gast.BinOp, gast.UnaryOp, gast.Compare))
            for operand in gast.iter_child_nodes(node)
        }
        return not any(
            isinstance(node, gast.Name)
            and node.id == name
            and isinstance(node.ctx, gast.Load)
            and id(node) not in borrowed
            for node in own_nodes([self.node])
        )

    def _joined(self, old: Kind, new: Kind) -> Kind:
        """The kind of both; a size that differs gets a name that stays."""
        if (
            isinstance(old, Array)
            and isinstance(new, Array)
            and old.dims is not None
            and new.dims is not None
        ):
            if len(old.dims) == len(new.dims):
                dims = tuple(self._size(a, b) for a, b in zip(old.dims, new.dims, strict=True))
                return joined(Array(old.dtype, dims), Array(new.dtype, dims))
        return joined(old, new)

    def _size(self, old: int | Dim, new: int | Dim) -> int | Dim:
        if old == new or (isinstance(old, Dim) and old in self.loose):
            return old
        size = fresh()
        self.loose.add(size)
        return size

    def _escaping(self, kind: Kind) -> Kind:
        """The kind of a value that is first made inside the loop: its own sizes change from trip to trip."""
        if isinstance(kind, Tuple):
            return Tuple(tuple(self._escaping(item) for item in kind.items))
        if not isinstance(kind, Array) or kind.dims is None:
            return kind
        if self._known is None:
            self._known = set()
            for value in self.entry.values():
                self._collect(value)
        dims = []
        for dim in kind.dims:
            if isinstance(dim, Dim) and Dim(dim.base) not in self._known:
                dim = fresh()
                self.loose.add(dim)
            dims.append(dim)
        return Array(kind.dtype, tuple(dims))

    def _collect(self, value: Value) -> None:
        assert self._known is not None
        if isinstance(value, Var):
            if isinstance(value.kind, Array) and value.kind.dims is not None:
                self._known.update(Dim(dim.base) for dim in value.kind.dims if isinstance(dim, Dim))
            elif isinstance(value.kind, Int) and isinstance(value.kind.size, Dim):
                self._known.add(Dim(value.kind.size.base))
        for part in children(value):
            self._collect(part)


@dataclass(eq=False, slots=True)
class _Merged:
    """A container that stands for another one in each trip: `entry` in the first, then what the trip before left."""

    ref: Ref
    entry: Ref | None
    end: Ref | None

    @property
    def pair(self) -> tuple[Cell | None, Cell | None]:
        return (None if self.entry is None else self.entry.key, None if self.end is None else self.end.key)

    @property
    def refs(self) -> list[Ref]:
        return [ref for ref in (self.ref, self.entry, self.end) if ref is not None]


def _mentions(value: Value, cell: Cell) -> bool:
    return any(ref.key == cell for ref in refs_in(value))


def _is_reshaped(old: Value, new: Value) -> bool:
    """Whether a trip that passed `old` on, without reading it, passed on what `new` does not stand for.

    Slots of it would be found among what the trip uses; what was a constant or a function leaves no trace.
    """
    if old is new or (isinstance(old, Var) and isinstance(new, Var)):
        return False
    if not same_shape(old, new) or not children(old):
        return True
    return any(map(_is_reshaped, children(old), children(new)))


def _used(trip: Trip) -> set[Var]:
    """The Vars of its surroundings, parameters included, that a trip passes on or reads."""
    used = set(free_vars(Block((), tuple(trip.nodes), ())))
    for value in trip.end.values():
        used.update(slots(value))
    return used


def _equal(a: Value, b: Value) -> bool:
    return isinstance(a, Literal) and isinstance(b, Literal) and a == b


def _is_any(template: Value) -> bool:
    return isinstance(template, Var) and template.kind == ANY


def slots(template: Value) -> list[Var]:
    if isinstance(template, Var):
        return [template]
    return [slot for part in children(template) for slot in slots(part)]


def substituted(template: Value, by: dict[Var, Var]) -> Value:
    if isinstance(template, Var):
        return by.get(template, template)
    parts = children(template)
    return rebuilt(template, tuple(substituted(part, by) for part in parts)) if parts else template


def fill(context: Context, template: Value, value: Value, nodes: list[Node] | None) -> list[Atom]:
    """The atoms for the slots of a template; what must be made is appended to `nodes`, or to the current block."""
    if isinstance(template, Var):
        if isinstance(value, (Var, Literal)):
            return [value]
        if nodes is None:
            return [context.atom(value)]
        with context.builder.nested() as made:
            atom = context.atom(value)
        nodes.extend(made)
        return [atom]
    if is_undefined(value):
        return [UNDEF] * len(slots(template))
    if not slots(template):
        return []
    if isinstance(template, Choice):
        with context.builder.nested() as made:
            value = placed(context, template.options, value)
        (context.builder.nodes if nodes is None else nodes).extend(made)
    pairs = zip(children(template), children(value), strict=True)
    return [atom for part, entry in pairs for atom in fill(context, part, entry, nodes)]
