"""Which values may share memory, and which of that memory is written.

References that may share memory form a class.  A class that some store may reach is *storage*; the rest is plain.
A class is *merged* when run-time facts decide which memory a reference means: branches, loops, containers,
maybe-views, calls.  The analysis ignores the order of statements: a class holds for the whole function.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tangentc.analysis.effects import written_by
from tangentc.ir.build import results_of
from tangentc.ir.nodes import (
    UNDEF,
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    Hole,
    If,
    Loop,
    Op,
    Slice,
    Store,
    Var,
    With,
    kind_of,
)
from tangentc.kinds.types import (
    ANY,
    Any,
    Array,
    Bool,
    Dict,
    Int,
    Kind,
    List,
    Map,
    Object,
    Scalar,
    Tape,
    Tuple,
)
from tangentc.primitives.core import Alias

__all__ = ["CONTAINERS", "READ_ONLY", "Aliasing", "aliasing", "is_reference", "is_view", "repeats"]

READ_ONLY = ("np.broadcast_to", "np.diagonal")
"""Views that NumPy does not let anybody write."""

CONTAINERS = frozenset({
    "tuple", "list", "dict", "item", "tape_push", "tape_pop", "shadow_of", "shadow_take", "list_append", "list_insert",
    "list_pop", "set_item", "saved_item", "restore_item", "part", "keys_of", "copied_items",
})  # fmt: skip
"""The operations that put references into containers, and take them out."""

_TAKING = frozenset({"item", "tape_pop", "list_pop", "saved_item", "part"})
_SHADOWS = frozenset({"shadow_of", "shadow_take"})


def is_reference(kind: Kind) -> bool:
    """Whether a value of this kind is, or may hold, memory that a store can reach."""
    match kind:
        case Array() | Any() | List() | Object() | Tape():
            return True
        case Tuple(items):
            return any(is_reference(item) for item in items)
        case Dict() | Map():
            return True
    return False


def index_form(op: Op | Store) -> str:
    """How an index selects: "basic" (a view or an element), "mask", "fancy" (integer arrays), or "unknown"."""
    holes = op.operands[1:] if isinstance(op, Op) else op.operands
    index = op.attr("index", ()) if isinstance(op, Op) else op.index
    form = "basic"
    for entry in index:
        if isinstance(entry, (Slice, int)) or entry is None or entry is Ellipsis:
            continue
        if not isinstance(entry, Hole):
            return "unknown"
        hole = holes[entry.position]
        kind = hole.kind if isinstance(hole, Var) else None
        if kind is None or isinstance(kind, (Int, Bool)):
            continue
        if isinstance(kind, Scalar) and kind.dtype.kind in "iu":
            continue
        if isinstance(kind, Array) and kind.dtype is not None and kind.dtype.kind == "b":
            form = "mask" if form == "basic" else "fancy"
        elif isinstance(kind, Tuple) and any(isinstance(item, Array) for item in kind.items):
            form = "fancy"  # the index arrays that np.nonzero, np.triu_indices … give
        elif isinstance(kind, (Array, List)) and not (isinstance(kind, Array) and kind.dtype is None):
            form = "fancy"
        else:
            return "unknown"
    return form


def repeats(node: Op | Store) -> bool:
    """Whether an index may name an element more than once."""
    return index_form(node) in ("fancy", "unknown")


def is_view(op: Op) -> bool | None:
    """Whether the result shares memory with operand 0: True always, False never, None sometimes."""
    match op.alias:
        case Alias.FRESH:
            return False
        case Alias.VIEW:
            return True
        case Alias.INDEX:
            if not isinstance(op.results[0].kind, (Array, Any)):
                return False
            form = index_form(op)
            if form == "basic":
                return True if isinstance(op.results[0].kind, Array) else None
            return False if form != "unknown" else None
    return None


@dataclass(frozen=True, slots=True)
class Aliasing:
    """`find[var]` is the representative of a reference's class, `inside[class]` the class of what a container holds."""

    find: dict[Var, Var]
    written: frozenset[Var]
    merged: frozenset[Var]
    inside: dict[Var, Var]

    def class_of(self, value: Atom) -> Var | None:
        return self.find.get(value) if isinstance(value, Var) else None

    def is_storage(self, value: Atom) -> bool:
        """Whether some store may reach the memory of this value."""
        return self.class_of(value) in self.written

    def reachable(self, value: Atom) -> list[Var]:
        """The classes of a value and of everything inside it."""
        cls = self.class_of(value)
        found: list[Var] = []
        while cls is not None and cls not in found:
            found.append(cls)
            cls = self.inside.get(cls)
        return found

    def is_merged(self, value: Atom) -> bool:
        return self.class_of(value) in self.merged


def aliasing(function: Function) -> Aliasing:
    """The alias classes of a function."""
    parent: dict[Var, Var] = {}
    inside: dict[Var, Var] = {}
    merged: set[Var] = set()
    stored: list[Var] = []

    def find(var: Var) -> Var:
        parent.setdefault(var, var)
        while parent[var] is not var:
            parent[var] = parent[parent[var]]
            var = parent[var]
        return var

    def union(a: Atom, b: Atom, merge: bool) -> None:
        if isinstance(a, Var) and isinstance(b, Var) and is_reference(a.kind) and is_reference(b.kind):
            left, right = find(a), find(b)
            if left is not right:
                parent[right] = left
                held = inside.pop(right, None)
                if held is not None:
                    union(inside.setdefault(left, held), held, merge=False)
            if merge:
                merged.add(a)

    def content(container: Atom) -> Atom:
        """What stands for everything in a container."""
        if not isinstance(container, Var):
            return container
        return inside.setdefault(find(container), Var(ANY, role="contents"))

    def hold(op: Op) -> None:
        """Put references into a container, or take them out of it."""
        name, operands = op.primitive.name, op.operands
        if name in _SHADOWS:
            for other in (*op.results, *operands[1:]):
                union(operands[0], other, merge=True)
        elif name in _TAKING:
            union(op.results[0], content(operands[0]), merge=True)
            if not isinstance(kind_of(operands[0]), (Tuple, List, Dict, Map, Tape)):
                union(op.results[0], operands[0], merge=True)  # perhaps a row of an array
        elif op.results:
            for operand in operands:
                union(content(op.results[0]), operand, merge=True)
        else:
            union(content(operands[0]), operands[-1], merge=True)

    def join(results: tuple[Var, ...], *sources: tuple[Atom, ...]) -> None:
        for source in sources:
            for result, value in zip(results, source, strict=True):
                if value is not UNDEF:
                    union(result, value, merge=True)

    def hand_on(results: tuple[Var, ...], values: tuple[Atom, ...], outside: list[Var]) -> None:
        """A block that runs once hands on what it made; nothing outside knows that memory by another reference."""
        known = {find(var) for var in outside}
        times = Counter(find(value) for value in values if isinstance(value, Var))
        for result, value in zip(results, values, strict=True):
            if isinstance(value, Var):
                cls = find(value)
                union(result, value, merge=cls in known or times[cls] > 1)

    def block(body: Block) -> None:
        for var in body.params:
            find(var)
        for node in body.nodes:
            match node:
                case Op(results, primitive, operands):
                    if primitive.name in CONTAINERS:
                        hold(node)
                    elif primitive.name in ("iadd", "isub"):
                        union(results[0], operands[0], merge=False)
                    elif results:
                        view = is_view(node)
                        if view is None:
                            for operand in operands if node.alias is Alias.MAYBE else operands[:1]:
                                union(results[0], operand, merge=True)
                                if isinstance(kind_of(operand), (Tuple, List, Dict, Map)):
                                    union(results[0], content(operand), merge=True)
                        elif view:
                            union(results[0], operands[0], merge=False)
                case If(results, _, then, orelse):
                    block(then)
                    block(orelse)
                    join(results, then.yields, orelse.yields)
                case With(results, _, inside) | Attempt(results, _, _, inside):
                    outside = list(parent)
                    block(inside)
                    hand_on(results, inside.yields, outside)
                case Loop(results, bounds, test, inits, inner, has_stop):
                    block(inner)
                    params = inner.params[1:] if bounds is not None else inner.params
                    yields = inner.yields[1:] if has_stop else inner.yields
                    join(results, inits, yields)
                    join(params, results)
                    if test is not None:
                        block(test)
                        join(test.params, params)
                case Call(results, _, operands):
                    references = [
                        v for v in (*results, *operands) if isinstance(v, Var) and is_reference(v.kind)
                    ]
                    for other in references[1:]:
                        union(references[0], other, merge=True)
            stored.extend(written_by(node))
            for var in results_of(node):
                find(var)

    for group in function.shared:
        for var in group[1:]:
            union(group[0], var, merge=False)
    block(function.body)
    table = {var: find(var) for var in list(parent)}
    return Aliasing(
        table,
        frozenset(find(v) for v in stored),
        frozenset(find(v) for v in merged),
        {find(cls): find(held) for cls, held in inside.items()},
    )
