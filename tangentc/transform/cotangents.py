"""Where cotangents live: plain values, static buffers, or shadows found by identity.

- A *plain* value's cotangent is a value: `x_bar = x_bar + w`.
- A *buffered* array's is an array of its own, made where the reverse of its region begins, and added to in place.
  Arrays that are indexed, and written arrays whose every reference is the array or a fixed view of it, are
  buffered; a view's cotangent is the same view of the buffer.
- A list, tuple or dict that is built at run time has a list or dict of cotangents.
- A written array that run-time facts may alias (branches, loops, swaps, maybe-views) is found *by identity*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any as AnyType

import numpy as np

from tangentc.analysis.activity import Activity
from tangentc.analysis.aliasing import Aliasing, is_view
from tangentc.analysis.regions import Regions
from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import Builder, operands_of, results_of, walk
from tangentc.ir.nodes import Atom, Attempt, Block, If, Index, Literal, Loop, Op, Store, Var, With, kind_of
from tangentc.kinds.types import (
    ANY,
    Any,
    Array,
    Dict,
    Kind,
    List,
    Map,
    Tuple,
    dtype_of,
    is_container,
    is_number,
    same_dtype,
)
from tangentc.primitives.core import Alias
from tangentc.rules.differential import differential
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import exact, pull, same_dims
from tangentc.transform.merged_kinds import MergedKinds
from tangentc.transform.recording import Sweep

__all__ = ["Cotangents", "Place"]

_WHOLE: Index = (Ellipsis,)


class Place(Enum):
    PLAIN = auto()
    BUFFER = auto()
    IDENTITY = auto()
    ITEMS = auto()


class Cotangents:
    """The cotangents of a reverse sweep: `land` adds to one, `take` reads it for the last time."""

    def __init__(
        self,
        sweep: Sweep,
        regions: Regions,
        aliases: Aliasing,
        activity: Activity,
        undefined: frozenset[Var],
        boundless: frozenset[Var],
    ) -> None:
        self._undefined = undefined
        self._is_complex = _computes_with_complex(regions.top.block)
        self._boundless = boundless
        self.sweep = sweep
        self.builder: Builder = sweep.builder
        self.regions = regions
        self.aliases = aliases
        self.activity = activity
        self.shadow_map: Var | None = None
        self.owned: frozenset[Var] = frozenset()  # fresh contributions that nothing else refers to
        self._indexed = self._find_indexed()
        self._refuse_indirect()
        self._merged = MergedKinds(var for var in regions.home if activity.is_active(var))

    def _find_indexed(self) -> frozenset[Var]:
        """The roots of plain arrays of which a part is read."""
        found = set()
        for node, _ in self.regions.order:
            if (
                isinstance(node, Op)
                and node.primitive.name == "getitem"
                and self.activity.is_active(node.operands[0])
            ):
                assert isinstance(node.operands[0], Var)
                found.add(self.root(node.operands[0]))
        return frozenset(found)

    def _refuse_indirect(self) -> None:
        """A view without a shadow of its own (see `is_indirect`) may be read, and passed on by fixed views only.

        Raises: UnsupportedSyntaxError: TC123.
        """
        for node, _ in self.regions.order:
            written = node.operands[:1] if isinstance(node, Op) and node.primitive.writes else ()
            match node:
                case Store(target):
                    written = (target,)
                case If(_, _, then, orelse):
                    written = (*then.yields, *orelse.yields)
                case Loop(_, _, _, inits, body):
                    written = (*inits, *body.yields)
                case With(_, _, inside) | Attempt(_, _, _, inside):
                    written = inside.yields
                case Op(results, primitive, operands) if len(results) != 1 or is_view(node) is None:
                    written = operands if primitive.name != "np.imag" else ()
            for value in written:
                if isinstance(value, Var) and self.activity.is_active(value) and self.is_indirect(value):
                    raise UnsupportedSyntaxError(
                        "TC123", "a broadcast or imaginary part of an array that is written is kept under another name",
                        getattr(node, "span", None), "copy it first, with .copy()",
                    )  # fmt: skip

    # --- places --------------------------------------------------------------------------------

    def place(self, var: Var) -> Place:
        if is_container(var.kind):
            return Place.IDENTITY if self.aliases.is_merged(var) else Place.ITEMS
        if isinstance(var.kind, Tuple):
            op = self.regions.node_of.get(var)
            made = var not in self.regions.node_of or (isinstance(op, Op) and op.primitive.name == "tuple")
            return Place.ITEMS if made else Place.PLAIN
        if var.role in ("shadows", "tape"):
            return Place.IDENTITY
        if self.aliases.is_storage(var):
            if isinstance(var.kind, Any):
                raise UnsupportedSyntaxError(
                    "TC121", "a name is an array on one path and a number on another, and is written in place",
                    self.builder.span,
                    "use two names, or make it an array from the start",
                )  # fmt: skip
            return Place.IDENTITY if self.aliases.is_merged(var) else Place.BUFFER
        return Place.BUFFER if self.root(var) in self._indexed else Place.PLAIN

    def root(self, var: Var) -> Var:
        """The array that a chain of fixed views starts from."""
        op = self.regions.node_of.get(var)
        if isinstance(op, Op) and op.operands and isinstance(op.operands[0], Var) and op.results == (var,):
            views = self.aliases.is_storage(var) or op.alias is Alias.INDEX
            if views and is_view(op) is True:
                return self.root(op.operands[0])
        return var

    def is_indirect(self, var: Var) -> bool:
        """Whether written memory is seen through a view that the same view of its shadow would not transpose.

        `np.broadcast_to(y, …)` shows one element in several places, whose cotangents are summed; the cotangent of
        `y.imag` is -i times that of y; nobody may write into `np.diagonal(y)`.
        """
        op = self.regions.node_of.get(var)
        if (
            not isinstance(op, Op)
            or not op.operands
            or is_view(op) is False
            or not self.aliases.is_storage(var)
        ):
            return False
        source = op.operands[0]
        if op.primitive.name == "np.diagonal":
            return not self.aliases.is_merged(var)  # the map of shadows has a view that can be written
        if op.primitive.name == "np.broadcast_to":
            return True
        if op.primitive.name == "np.imag" and _may_be_complex(source):
            return True
        return isinstance(source, Var) and self.is_indirect(source)

    def is_part(self, var: Var) -> bool:
        """Whether contributions to this value go straight to the array that it is a view of."""
        if self.is_indirect(var):
            return True
        place = self.place(var)
        if place is Place.IDENTITY:
            op = self.regions.node_of.get(var)
            return isinstance(op, Op) and op.primitive.name != "copy" and is_view(op) is True
        return place is Place.BUFFER and self.root(var) is not var

    # --- the three operations --------------------------------------------------------------------

    def land(self, value: Atom, w: Expr) -> None:
        """Add a contribution, already of the value's shape up to lazy broadcasting."""
        if not isinstance(value, Var) or not self.activity.is_active(value):
            return
        if self.is_indirect(value):
            op = self.regions.node_of[value]
            assert isinstance(op, Op)
            self.pass_on(op, w)
            return
        match self.place(value):
            case Place.PLAIN:
                self._land_plain(value, w)
            case Place.BUFFER if self.root(value) is value and self._adopt(value, w):
                pass
            case Place.ITEMS if self._adopt_items(value, w):
                pass
            case Place.ITEMS | Place.IDENTITY if isinstance(value.kind, Tuple) or is_container(value.kind):
                self.builder.effect("add_items", self.shadow(value), w.atom)
            case _:
                target, index, operands = self.part(value)
                self.builder.store(target, index, operands, w.atom, "+")

    def land_owned(self, value: Atom, w: Expr, is_owned: bool) -> None:
        """Land a contribution that may be kept as the buffer where nothing else refers to it."""
        outer = self.owned
        if is_owned and isinstance(w.atom, Var):
            self.owned = frozenset((w.atom,))
        self.land(value, w)
        self.owned = outer

    def land_all(self, start: int, contributions: dict[Atom, Expr]) -> None:
        """Land contributions that the operations since `start` have computed."""
        outer, self.owned = self.owned, self._fresh(start, [w.atom for w in contributions.values()])
        for operand, w in contributions.items():
            self.land(operand, w)
        self.owned = outer

    def _fresh(self, start: int, landing: Sequence[Atom]) -> frozenset[Var]:
        """The contributions that are new arrays to which nothing else refers."""
        fresh: set[Var] = set()
        for node in self.builder.nodes[start:]:
            if isinstance(node, Op):
                if node.alias is Alias.FRESH:
                    fresh.update(node.results)
                else:
                    fresh.difference_update(v for v in node.operands if isinstance(v, Var))
        times = Counter(value for value in landing if isinstance(value, Var))
        return frozenset(value for value in fresh if times[value] == 1)

    def pass_on(self, op: Op, w: Expr) -> None:
        """Land a contribution to the result of a linear operation on its operand, at once."""
        result, source = op.results[0], op.operands[0]
        inputs, outputs = differential(
            op.primitive,
            [self.prototype(result)],
            [self.prototype(operand) for operand in op.operands],
            dict(op.attrs),
            [operand is source for operand in op.operands],
        )
        start = len(self.builder.nodes)
        found = pull(outputs, [exact(w, result.kind, lambda: self.prototype(result))])
        slot = inputs[0]
        if slot is not None and slot in found:
            self.land_all(start, {source: found[slot]})

    def part(self, value: Var) -> tuple[Var, Index, tuple[Atom, ...]]:
        """Where a contribution to a shadowed value is added: an array and an index into it."""
        op = self.regions.node_of.get(value)
        if (
            self.is_part(value)
            and isinstance(op, Op)
            and op.primitive.name == "getitem"
            and isinstance(op.operands[0], Var)
            and value not in self._shadows_here()
        ):
            holes = self.sweep.resolve_all(op.operands[1:])
            return self.shadow(op.operands[0]), op.attr("index", ()), holes
        return self.shadow(value), _WHOLE, ()

    def shadow(self, value: Var) -> Var:
        """The array that holds the cotangent of a shadowed value, sharing memory as the value does."""
        if self.place(value) is Place.IDENTITY:
            return self._identity(value)
        if self.root(value) is value:
            return self._buffer(value)
        found = self._shadows_here().get(value)
        if found is None:
            op = self.regions.node_of[value]
            assert isinstance(op, Op) and isinstance(op.operands[0], Var)
            holes = self.sweep.resolve_all(op.operands[1:])
            attrs = dict(op.attrs)
            found = self.builder.op(
                op.primitive, self.shadow(op.operands[0]), *holes, **attrs, kind=value.kind
            )
            Builder.name(found, value, "bar")
            self.sweep.mirror.shadows[value] = found
        return found

    def take(self, value: Var) -> Expr | None:
        """The cotangent of a value whose definition is being reversed; None if nothing landed on it."""
        match self.place(value):
            case Place.PLAIN:
                bar = self.sweep.mirror.bars.pop(value, None)
                return None if bar is None else Expr.of(self.builder, bar)
            case Place.BUFFER | Place.ITEMS:
                buffer = self._find_buffer(value)
                return None if buffer is None else Expr.of(self.builder, buffer)
            case Place.IDENTITY:
                reference = self.sweep.resolve(value)
                bar = self.builder.op("shadow_take", self.shadow_root(), reference, kind=bars_of(value.kind))
                Builder.name(bar, value, "bar")
                if self.builder.is_strong(self.shadow_root()):
                    self.builder.strong.add(bar)
                self.sweep.mirror.shadows.pop(value, None)
                return Expr.of(self.builder, bar)

    def zero(self, value: Var) -> Atom:
        """A cotangent to which nothing has been added."""
        if self.place(value) is Place.ITEMS:
            return self._zero_items(value)
        if self._is_shapeless(value):
            return Literal(0.0)  # what it was made by does not run either
        return self._zeros(value) if isinstance(self.bar_kind(value), Array) else Literal(0.0)

    def full(self, value: Var, w: Atom | None) -> Atom:
        """A cotangent with the shape and kind that loops and branches carry."""
        if w is None:
            return self.zero(value)
        expr = Expr.of(self.builder, w)
        if isinstance(self.bar_kind(value), Array):
            return exact(expr, value.kind, lambda: self.prototype(value)).atom
        return w

    def bar_kind(self, value: Var) -> Kind:
        """The kind of the cotangent of a plain value where branches meet and in loops."""
        return ANY if self._is_shapeless(value) else self._merged.of(value.kind)

    def _is_shapeless(self, value: Var) -> bool:
        """Whether an array may not exist where its cotangent does, and tells its shape only if it does."""
        return value in self._undefined and not is_number(value.kind) and not self.sweep.knows_shape(value)

    def prototype(self, value: Atom) -> Expr:
        """An operand of the program as rules see it in the reverse sweep: looked up only when it is read."""
        if isinstance(value, Literal):
            return Expr.of(self.builder, value)
        return Expr(
            self.builder,
            value.kind,
            lambda: self.sweep.resolve(value),
            lambda: self.sweep.shape_of(value),
            value in self._boundless,
        )

    def zeroed(self, target: Var, shadow: Var) -> None:
        """A store to `target` has put zeros into its shadow: what reads it from here on must keep them zero."""
        self.builder.strong.add(shadow)
        if self.place(target) is Place.IDENTITY:
            self.builder.strong.add(self.shadow_root())
        else:
            self.builder.strong.add(self.shadow(self.root(target)))

    def shadow_root(self) -> Var:
        """The run-time map from memory to its shadow; made where the reverse sweep begins."""
        if self.shadow_map is None:
            shadows = Builder()
            self.shadow_map = shadows.op("shadows_new", kind=ANY, name="shadows", role="shadows")
            self.sweep.stack[0].head.insert(0, shadows.nodes[0])
        return self.shadow_map

    # --- how -----------------------------------------------------------------------------------

    def _land_plain(self, value: Var, w: Expr) -> None:
        mirror = self.sweep.mirror
        current = self.current(value)
        if current is not None:
            earlier = Expr.of(self.builder, current)
            w = call("add_parts", earlier, w) if isinstance(value.kind, Tuple) else earlier + w
        bar = w.atom
        if isinstance(bar, Var):
            Builder.name(bar, value, "bar")
        mirror.bars[value] = bar

    def current(self, value: Var) -> Atom | None:
        """The cotangent of a plain value so far, as this place of the sweep sees it."""
        for mirror in reversed(self.sweep.stack):
            if value in mirror.bars:
                return mirror.bars[value]
        return None

    def _adopt(self, value: Var, w: Expr) -> bool:
        """Let the first contribution, or a copy of it, be the buffer."""
        home = self.regions.home[value]
        mirror = self.sweep.mirror
        if mirror.region is not home or self._find_buffer(value) is not None:
            return False
        if not (
            isinstance(w.kind, Array)
            and isinstance(value.kind, Array)
            and same_dims(w.kind, value.kind)
            and same_dtype(w.kind.dtype, value.kind.dtype)
        ):
            return False
        bar = w.atom
        if bar not in self.owned:
            bar = self.builder.op("copy", bar, kind=value.kind)
        assert isinstance(bar, Var)
        Builder.name(bar, value, "bar")
        mirror.buffers[value] = bar
        return True

    def _adopt_items(self, value: Var, w: Expr) -> bool:
        """Let a copy of the first cotangents of a list's entries, all of them, be what is added to."""
        mirror = self.sweep.mirror
        if mirror.region is not self.regions.home[value] or self._find_buffer(value) is not None:
            return False
        if not (isinstance(value.kind, List) and isinstance(w.kind, (Array, List))):
            return False
        bars = self.builder.op("copied_items", w.atom, kind=bars_of(value.kind))
        Builder.name(bars, value, "bar")
        mirror.buffers[value] = bars
        return True

    def _find_buffer(self, value: Var) -> Var | None:
        for mirror in reversed(self.sweep.stack):
            if value in mirror.buffers:
                return mirror.buffers[value]
        return None

    def _buffer(self, value: Var) -> Var:
        found = self._find_buffer(value)
        if found is None:
            mirror = self.sweep.mirror_of(self.regions.home[value])
            with self.sweep.head_of(mirror):
                items = self.place(value) is Place.ITEMS
                found = self._zero_items(value) if items else self._zeros(value)
            mirror.buffers[value] = found
            if not self.aliases.is_storage(value):
                self.builder.strong.add(found)  # zero in the places that the program does not read
        return found

    def _zero_items(self, value: Var) -> Var:
        bars = self.builder.op("zero_items", self.sweep.resolve(value))
        Builder.name(bars, value, "bar")
        return bars

    def _zeros(self, value: Var) -> Var:
        dtype = value.kind.dtype if isinstance(value.kind, Array) else None
        if isinstance(value.kind, Array) and dtype is None and self._is_complex:
            dtype = np.dtype(complex)  # it may be; the real part is taken where the cotangent lands
        dtypes: dict[str, AnyType] = {} if dtype is None or dtype == np.dtype(float) else {"dtype": dtype}
        kind = Array(dtype, value.kind.dims) if isinstance(value.kind, Array) and dtype is not None else None
        if self._is_shapeless(value):
            shape: Atom = self.builder.op("shape_if_any", self.sweep.resolve(value))
        else:
            shape = self.sweep.shape_of(value)
        if isinstance(shape, Literal) and len(shape.value) == 1:
            shape = Literal(shape.value[0])  # np.zeros(2)
        zeros = self.builder.op("np.zeros", shape, kind=kind, **dtypes)
        Builder.name(zeros, value, "bar")
        return zeros

    def _shadows_here(self) -> dict[Var, Var]:
        known: dict[Var, Var] = {}
        for mirror in self.sweep.stack:
            known.update(mirror.shadows)
        return known

    def _identity(self, value: Var) -> Var:
        found = self._shadows_here().get(value)
        if found is None:
            if value in self._undefined:  # only here it is known to be bound
                mirror = self.sweep.mirror
                found = self._shadow_of(value)
            else:
                mirror = self.sweep.mirror_of(self.regions.home[value])
                with self.sweep.head_of(mirror):
                    found = self._shadow_of(value)
            mirror.shadows[value] = found
        return found

    def _shadow_of(self, value: Var) -> Var:
        reference = self.sweep.resolve(value)
        bar = self.builder.op("shadow_of", self.shadow_root(), reference, kind=bars_of(value.kind))
        Builder.name(bar, value, "bar")
        return bar


def bars_of(kind: Kind) -> Kind:
    """The kind of what holds the cotangents of a value that has a shadow."""
    match kind:
        case List(_, size):
            return List(ANY, size)
        case Dict() | Map():
            return Map(ANY, ANY)
    return kind


def _computes_with_complex(block: Block) -> bool:
    """Whether a program may compute with complex numbers: some are known, or come from real matrices."""

    def is_complex(atom: Atom) -> bool:
        dtype = dtype_of(kind_of(atom))
        return dtype is not None and dtype.kind == "c"

    if any(map(is_complex, block.params)):
        return True
    for node in walk(block):
        if any(map(is_complex, (*operands_of(node), *results_of(node)))):
            return True
        if isinstance(node, Op) and node.primitive.name.startswith(_OF_MATRICES):
            if any(isinstance(result.kind, Array) and result.kind.dtype is None for result in node.results):
                return True
    return False


_OF_MATRICES = ("np.linalg.", "scipy.linalg.", "np.roots")


def _may_be_complex(value: Atom) -> bool:
    dtype = dtype_of(kind_of(value))
    return dtype is None or dtype.kind == "c"
