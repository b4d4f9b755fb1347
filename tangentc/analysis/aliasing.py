"""Which values may share memory, and which of that memory is written.

References that may share memory form a class.  A class that some store may reach is *storage*; the rest is plain.
A class is *merged* when run-time facts decide which memory a reference means: branches, loops, containers,
maybe-views, calls.  The analysis ignores the order of statements: a class holds for the whole function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    Node,
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
_HOLDING = (Tuple, List, Dict, Map)
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
    alias = op.alias
    if alias is Alias.FRESH:
        return False
    if alias is Alias.VIEW:
        return True
    if alias is Alias.INDEX:
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
    facts, key = function.body.facts, (aliasing, function.shared)
    if key not in facts:
        facts[key] = _aliasing(function)
    found: Aliasing = facts[key]
    return found


def _aliasing(function: Function) -> Aliasing:
    classes = _Classes()
    for group in function.shared:
        for var in group[1:]:
            classes.union(group[0], var, merge=False)
    classes.block(function.body)
    return classes.found()


class _Classes:
    """Classes of references, united as the nodes are read."""

    def __init__(self) -> None:
        self.parent: dict[Var, Var] = {}
        self.inside: dict[Var, Var] = {}
        self.merged: set[Var] = set()
        self.stored: list[Var] = []

    def found(self) -> Aliasing:
        return Aliasing(
            {var: self.find(var) for var in list(self.parent)},
            frozenset(map(self.find, self.stored)),
            frozenset(map(self.find, self.merged)),
            {self.find(cls): self.find(held) for cls, held in self.inside.items()},
        )

    # --- classes

    def find(self, var: Var) -> Var:
        parent = self.parent
        parent.setdefault(var, var)
        while parent[var] is not var:
            parent[var] = parent[parent[var]]
            var = parent[var]
        return var

    def union(self, a: Atom, b: Atom, merge: bool) -> None:
        if not (isinstance(a, Var) and isinstance(b, Var) and is_reference(a.kind) and is_reference(b.kind)):
            return
        left, right = self.find(a), self.find(b)
        if left is not right:
            self.parent[right] = left
            held = self.inside.pop(right, None)
            if held is not None:
                self.union(self.inside.setdefault(left, held), held, merge=False)
        if merge:
            self.merged.add(a)

    def content(self, container: Atom) -> Atom:
        """What stands for everything in a container."""
        if not isinstance(container, Var):
            return container
        return self.inside.setdefault(self.find(container), Var(ANY, role="contents"))

    # --- nodes

    def block(self, body: Block) -> None:
        for var in body.params:
            self.find(var)
        for node in body.nodes:
            self.node(node)
            self.stored.extend(written_by(node))
            for var in results_of(node):
                self.find(var)

    def node(self, node: Node) -> None:
        match node:
            case Op():
                self.op(node)
            case If(results, _, then, orelse):
                self.block(then)
                self.block(orelse)
                self.join(results, then.yields, orelse.yields)
            case With(results, _, body) | Attempt(results, _, _, body):
                outside = list(self.parent)
                self.block(body)
                self.hand_on(results, body.yields, outside)
            case Loop():
                self.loop(node)
            case Call(results, _, operands):
                references = [v for v in (*results, *operands) if isinstance(v, Var) and is_reference(v.kind)]
                for other in references[1:]:
                    self.union(references[0], other, merge=True)

    def op(self, op: Op) -> None:
        name, operands = op.primitive.name, op.operands
        if name in CONTAINERS:
            self.hold(op)
        elif name in ("iadd", "isub"):
            self.union(op.results[0], operands[0], merge=False)
        elif op.results:
            view = is_view(op)
            if view:
                self.union(op.results[0], operands[0], merge=False)
            elif view is None:
                for operand in operands if op.alias is Alias.MAYBE else operands[:1]:
                    self.union(op.results[0], operand, merge=True)
                    if isinstance(kind_of(operand), _HOLDING):
                        self.union(op.results[0], self.content(operand), merge=True)

    def hold(self, op: Op) -> None:
        """Put references into a container, or take them out of it."""
        name, operands = op.primitive.name, op.operands
        if name in _SHADOWS:
            for other in (*op.results, *operands[1:]):
                self.union(operands[0], other, merge=True)
        elif name in _TAKING:
            self.union(op.results[0], self.content(operands[0]), merge=True)
            if not isinstance(kind_of(operands[0]), (*_HOLDING, Tape)):
                self.union(op.results[0], operands[0], merge=True)  # perhaps a row of an array
        elif op.results:
            for operand in operands:
                self.union(self.content(op.results[0]), operand, merge=True)
        else:
            self.union(self.content(operands[0]), operands[-1], merge=True)

    def loop(self, loop: Loop) -> None:
        self.block(loop.body)
        params = loop.body.params[1:] if loop.range is not None else loop.body.params
        self.join(loop.results, loop.inits, loop.body.yields[1:] if loop.has_stop else loop.body.yields)
        self.join(params, loop.results)
        if loop.test is not None:
            self.block(loop.test)
            self.join(loop.test.params, params)

    def join(self, results: Sequence[Var], *sources: Sequence[Atom]) -> None:
        """One of the sources is handed on."""
        for source in sources:
            for result, value in zip(results, source, strict=True):
                if value is not UNDEF:
                    self.union(result, value, merge=True)

    def hand_on(self, results: Sequence[Var], values: Sequence[Atom], outside: Sequence[Var]) -> None:
        """A block that runs once hands on what it made; nothing outside knows that memory by another reference."""
        known = {self.find(var) for var in outside}
        times = Counter(self.find(value) for value in values if isinstance(value, Var))
        for result, value in zip(results, values, strict=True):
            if isinstance(value, Var):
                cls = self.find(value)
                self.union(result, value, merge=cls in known or times[cls] > 1)
