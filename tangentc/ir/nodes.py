"""The trace: structured SSA in a handful of frozen structs.

A `Function` holds a `Block`; a block is a list of nodes ending in yields; control flow nests blocks.
Values are references: an array is named, and its contents are changed by `Store`, an ordered effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tangentc.kinds.types import Const, Kind
from tangentc.primitives.core import Alias, Primitive
from tangentc.primitives.index import Hole, Index, Slice
from tangentc.source import Span

__all__ = [
    "UNDEF", "Atom", "Attempt", "Attrs", "Block", "Call", "Function", "Hole", "If", "Index", "Literal", "Loop",
    "Node", "Op", "Parameter", "Range", "Section", "Slice", "Store", "Tree", "Undefined", "Var", "With", "kind_of",
]  # fmt: skip


class Undefined:
    """The value of a name that no path has bound; the only instance is `UNDEF.value`."""

    def __repr__(self) -> str:
        return "undefined"


PRIMAL = "primal"
"""A role, see `Var`."""


@dataclass(frozen=True, slots=True, eq=False)
class Var:
    """A value of the trace, bound exactly once.

    `name` is the user's name for it, "" for a temporary.  A derived value is the `role` ("dot",
    "bar", "tape", …) of the primal `of`, and is named after it.  `scope` numbers the inlined frame
    that the name belongs to, 0 being the function itself.  The role "primal" marks a temporary of a program
    that has been differentiated: no derivative that happens to equal it gives it a name.
    """

    kind: Kind
    name: str = ""
    scope: int = 0
    of: Var | None = None
    role: str = ""

    def __repr__(self) -> str:
        base = repr(self.of) if self.of is not None else self.name or f"%{id(self) % 10007}"
        return f"{base}_{self.role}" if self.role and self.role != PRIMAL else base


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A constant operand.  Literals are equal when type and printed form are."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[type, str]:
        return type(self.value), repr(self.value)

    def __repr__(self) -> str:
        return repr(self.value)


Atom = Var | Literal
UNDEF = Literal(Undefined())

Attrs = tuple[tuple[str, Any], ...]  # sorted by name, hashable


@dataclass(frozen=True, slots=True)
class Op:
    """results = primitive(*operands, **attrs)."""

    results: tuple[Var, ...]
    primitive: Primitive
    operands: tuple[Atom, ...]
    attrs: Attrs = ()
    span: Span | None = None

    def attr(self, name: str, default: Any = None) -> Any:
        return dict(self.attrs).get(name, default)

    @property
    def alias(self) -> Alias:
        """Whether the result may share memory with an operand."""
        alias = self.primitive.alias
        if isinstance(alias, Alias):
            return alias
        return self.primitive.alias_of(tuple(map(kind_of, self.operands)), dict(self.attrs))


@dataclass(frozen=True, slots=True)
class Block:
    """Nodes in their order.  `facts` is what analyses have found out about it, to be asked again: it never changes."""

    params: tuple[Var, ...]
    nodes: tuple[Node, ...]
    yields: tuple[Atom, ...]
    facts: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class If:
    """results = then() if condition else orelse(); both blocks have no parameters."""

    results: tuple[Var, ...]
    condition: Atom
    then: Block
    orelse: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """`range(start, stop, step)`, cut to its first `trips` values where given, last value first where `reverse`."""

    start: Atom
    stop: Atom
    step: Atom
    trips: Atom | None = None
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """`for` and `while`: one node.

    body.params = (index, *carried) with a range, else (*carried); body.yields = (stop, *carried) when
    `has_stop`, else (*carried).  `test` (a `while` condition that binds nothing) has the carried
    parameters and yields one bool; the body runs while it holds.  Without range and test the loop ends
    by its stop alone.  results = the carried values at the end, `inits` after zero trips.
    """

    results: tuple[Var, ...]
    range: Range | None
    test: Block | None
    inits: tuple[Atom, ...]
    body: Block
    has_stop: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class With:
    """`with context as param: block`; results = what the block yields.

    The block has one parameter where the program names what the context manager gives, else none.  `again` marks
    those that say how numbers are computed (`np.errstate`): the reverse of the block runs inside another one like it.
    """

    results: tuple[Var, ...]
    context: Atom
    block: Block
    again: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Run a block that may fail: `outcome` is None, or the exception, if it is of one of the `classes`.

    The results are what the block yields, and undefined where it failed.  A block that failed has had no effect:
    what it writes, prints or calls is its last node.
    """

    results: tuple[Var, ...]
    outcome: Var
    classes: tuple[type[BaseException], ...]
    block: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """target[index] = value, or += / -= where `accumulate` is "+" / "-".

    `operands` fill the holes of the index.  An empty index `()` on a 0-d array and `(Ellipsis,)` mean
    the whole array.  Accumulating stores are used only where the index names each element once.
    """

    target: Atom
    index: Index
    operands: tuple[Atom, ...]
    value: Atom
    accumulate: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is not inlined (recursion): results = callee(*operands).

    `callee` is the key of a function in `Function.callees`.
    """

    results: tuple[Var, ...]
    callee: str
    operands: tuple[Atom, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A comment line of the emitted function, for example "reverse sweep"; kept by every pass."""

    title: str


Node = Op | If | Loop | With | Attempt | Store | Call | Section

Tree = Any
"""A value with structure: an Atom, or a tuple, list or dict (str or int keys) of trees.

An object is a dict whose first key is a `ClassKey`.
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the user's signature has it; `tree` holds the block parameters that it unpacks to.

    A plain parameter's tree is one Var.  `kind` is that of `inspect.Parameter.kind`, by name;
    "seed" marks the cotangent of the result of a joint form; "hidden" marks captured data, which the caller
    of the emitted function reads at each call: `origin` then says from where, for example "global rate".
    """

    name: str
    kind: str
    tree: Tree
    default: Any = None
    has_default: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the trace.

    body.params are the Vars in the parameters' trees, in order; `result` is the returned tree,
    whose atoms are body.yields in order.  `shared` groups parameters that may be the same memory, as residuals are;
    the arguments of a program are not.
    """

    name: str
    parameters: tuple[Parameter, ...]
    body: Block
    result: Tree
    span: Span | None = None
    doc: str = ""
    callees: dict[str, Function] = field(default_factory=dict)
    shared: tuple[tuple[Var, ...], ...] = ()


def kind_of(atom: Atom) -> Kind:
    """The kind of an operand; a literal's is its value."""
    return atom.kind if isinstance(atom, Var) else Const(atom.value)
