"""Forward mode: each statement followed by the statement of its tangent.

Storage has a tangent storage with the same shape and aliasing: views are taken of both, stores go to both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tangentc.analysis.activity import Activity, activity, carries
from tangentc.analysis.aliasing import Aliasing, aliasing, is_reference, is_view
from tangentc.analysis.regions import Regions, regions
from tangentc.ir.build import Builder
from tangentc.ir.nodes import (
    UNDEF,
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    If,
    Literal,
    Loop,
    Node,
    Op,
    Parameter,
    Section,
    Store,
    Var,
    With,
)
from tangentc.ir.trees import unique
from tangentc.kinds.types import Array, Tape, Tuple, can_be_active, is_container, is_number
from tangentc.rules.differential import differential
from tangentc.rules.expr import Expr
from tangentc.rules.linear import exact, push
from tangentc.transform.merged_kinds import MergedKinds

__all__ = ["Tangent", "tangent"]

_MAYBE_COPIES = frozenset({"np.reshape", "np.ravel", "np.ascontiguousarray"})
"""What views or copies an array by its strides."""

_PARALLEL = frozenset({
    "tuple", "list", "dict", "item", "tape_push", "tape_pop", "tape_new", "shadows_new", "add_parts", "part", "placed",
    "saved_item", "stack_items", "copied_items",
})  # fmt: skip
_KEYED = frozenset({"item", "list_pop", "del_item", "part", "placed", "saved_item"})
_CHANGES = frozenset({"list_append", "list_insert", "set_item", "restore_item", "add_item", "add_items"})


@dataclass(frozen=True, slots=True)
class Tangent:
    """A program with its tangent program woven in, and the tangents of its results (None: zero)."""

    nodes: tuple[Node, ...]
    dots: tuple[Atom | None, ...]


def tangent(function: Function, seeds: dict[Var, Var], callees: dict[str, Function] | None = None) -> Tangent:
    """Differentiate a function along `seeds`: differentiated parameter -> the Var that holds its tangent.

    Raises: MissingRuleError: an active value reaches an operation without derivative.
    """
    aliases = aliasing(function)
    active = activity(function, seeds, aliases)
    forward = _Forward(function, aliases, active, {} if callees is None else callees)
    with forward.builder.nested() as nodes:
        for param in function.body.params:
            if param in seeds:
                forward.dots[param] = seeds[param]
            elif forward.is_active(param):
                forward.dots[param] = forward.zeros(param)
        forward.block(function.body)
        dots = tuple(
            forward.full(value) if forward.is_active(value) else None for value in function.body.yields
        )
    return Tangent(tuple(nodes), dots)


class _Forward:
    def __init__(
        self, function: Function, aliases: Aliasing, active: Activity, callees: dict[str, Function]
    ) -> None:
        self.function = function
        self.callees = callees
        self.aliases = aliases
        self.activity = active
        self.builder = Builder()
        self.dots: dict[Var, Atom] = {}
        found = regions(function)
        self._merged = MergedKinds(var for var in found.home if active.is_active(var))
        self._has_maybe_views = any(
            isinstance(node, Op) and node.primitive.name in _MAYBE_COPIES for node, _ in found.order
        )
        self._bundled = _bundled_tapes(found)

    def is_active(self, value: Atom) -> bool:
        return self.activity.is_active(value)

    def block(self, block: Block) -> None:
        for node in block.nodes:
            with self.builder.at(getattr(node, "span", None)):
                self.node(node)

    def node(self, node: Node) -> None:
        match node:
            case Op():
                self.builder.append(node)
                self.op(node)
            case Store():
                self.store(node)
            case If():
                self.branch(node)
            case Loop():
                self.loop(node)
            case With() | Attempt():
                self.inside(node)
            case Call():
                self.call(node)
            case Section():
                self.builder.append(node)

    # --- operations ----------------------------------------------------------------------------

    def op(self, op: Op) -> None:
        name = op.primitive.name
        written = op.primitive.writes or name == "tape_push"
        if name == "tape_cut":
            tape, length = op.operands
            if isinstance(tape, Var) and tape in self.dots:
                self.builder.effect("tape_cut", self.dots[tape], length)
            return
        if name in ("tape_new", "shadows_new"):
            if self._holds_active(op.results[0]) or op.results[0] in self._bundled:
                self._parallel(op)
            return
        if name == "item" and _is_moving_tape(op.results[0]):
            self._parallel(op)
            return
        if name in ("list_pop", "del_item"):
            if self.is_active(op.operands[0]):
                self._parallel(op)
            return
        if written:
            self._write(op)
            return
        active = [result for result in op.results if self.is_active(result)]
        if not active or not carries(op.primitive):
            for result in active:
                self.dots[result] = self.zeros(result)
            return
        if name in ("shadow_of", "shadow_take"):
            shadows, reference = op.operands
            self._bind(
                op, self.builder.op(op.primitive, self.dot(shadows), reference, kind=op.results[0].kind)
            )
        elif name == "zero_items":
            self._bind(op, self.builder.op(op.primitive, *op.operands))
        elif name in _PARALLEL:
            self._parallel(op)
        elif self.aliases.is_storage(op.results[0]) and is_view(op) is not False:
            source = op.operands[0]
            dot = self.builder.op(
                op.primitive, self.dot(source), *op.operands[1:], **dict(op.attrs), kind=op.results[0].kind
            )
            self._bind(op, dot)
        else:
            self._differential(op)

    def _holds_active(self, holder: Var) -> bool:
        return holder in self.activity.varied or self.aliases.class_of(holder) in self.activity.varied

    def _parallel(self, op: Op) -> None:
        """The same operation on the tangents: containers, tapes and shadow maps have parallel ones."""
        operands = [self.dot(operand) for operand in op.operands]
        if op.primitive.name in _KEYED:
            operands[1:] = op.operands[1:]
        results = tuple(Var(result.kind, of=result, role="dot") for result in op.results)
        self.builder.append(Op(results, op.primitive, tuple(operands), op.attrs, op.span))
        self.dots.update(zip(op.results, results, strict=True))

    def _write(self, op: Op) -> None:
        """Scatter additions and pushes: the same on the tangents."""
        target, *rest, value = op.operands
        if not isinstance(target, Var) or target not in self.dots:
            return
        if self.is_active(value) or op.primitive.name == "tape_push" or op.primitive.name in _CHANGES:
            self.builder.append(
                Op((), op.primitive, (self.dots[target], *rest, self.dot(value)), op.attrs, op.span)
            )

    def _differential(self, op: Op) -> None:
        prototypes = [Expr.of(self.builder, result) for result in op.results]
        inputs, outputs = differential(
            op.primitive,
            prototypes,
            [Expr.of(self.builder, operand) for operand in op.operands],
            dict(op.attrs),
            [self.is_active(operand) for operand in op.operands],
        )
        tangents = {
            slot: Expr.of(self.builder, self.dot(operand))
            for operand, slot in zip(op.operands, inputs, strict=True)
            if slot is not None
        }
        for result, out in zip(op.results, push(outputs, tangents), strict=True):
            if self.is_active(result):
                self._land(op, result, out)

    def _land(self, op: Op, result: Var, out: Expr | None) -> None:
        """A tangent has the shape of its value; that of storage is new, writable memory with its layout."""
        if out is None:
            self.dots[result] = self.zeros(result)
            return
        out = exact(out, result.kind, lambda: Expr.of(self.builder, result))
        dot = out.atom
        if self.aliases.is_storage(result):
            dot = self._owned(result, dot)
        elif is_reference(result.kind) and any(map(self.aliases.is_storage, op.operands)):
            dot = self._kept(result, dot)
        if isinstance(dot, Var):
            Builder.name(dot, result, "dot")
        self.dots[result] = dot

    def _owned(self, result: Var, dot: Atom) -> Atom:
        """The tangent of storage in memory of its own."""
        if self._may_be_viewed(result):
            return self._in_layout_of(result, dot)
        return dot if self._is_fresh(dot) else self.builder.op("copy", dot, kind=result.kind)

    def _kept(self, result: Var, dot: Atom) -> Atom:
        """The tangent of x + 1 is that of x, which a store to x changes: a value that stays has one that stays."""
        if self._is_fresh(dot) or not isinstance(dot, Var):
            return dot
        return self.builder.op("copy" if isinstance(result.kind, Array) else "pos", dot, kind=result.kind)

    def _may_be_viewed(self, result: Var) -> bool:
        """Whether `reshape` or the like is taken of this storage: by its strides it views or copies."""
        return self.aliases.is_merged(result) and isinstance(result.kind, Array) and self._has_maybe_views

    def _in_layout_of(self, result: Var, dot: Atom) -> Var:
        """A tangent with the strides of its value, so that what copies or views the one does so with the other."""
        twin = self.builder.op("copy_strided", result, kind=result.kind)
        self.builder.store(twin, (Ellipsis,), (), dot)
        return twin

    def _is_fresh(self, value: Atom) -> bool:
        last = self.builder.nodes[-1]
        return isinstance(last, Op) and last.results == (value,) and is_view(last) is False

    def _bind(self, op: Op, dot: Var) -> None:
        Builder.name(dot, op.results[0], "dot")
        self.dots[op.results[0]] = dot

    # --- tangents ------------------------------------------------------------------------------

    def dot(self, value: Atom) -> Atom:
        """The tangent of a value; zeros where it does not vary."""
        if isinstance(value, Var):
            found = self.dots.get(value)
            return self.zeros(value) if found is None else found
        return value if value == UNDEF else Literal(0.0)

    def full(self, value: Atom) -> Atom:
        return self.dot(value)

    def zeros(self, value: Var) -> Atom:
        if is_number(value.kind) or isinstance(value.kind, Tape):
            return Literal(0.0)
        if isinstance(value.kind, Tuple):
            items = [self.builder.op("item", value, Literal(k)) for k in range(len(value.kind.items))]
            return self.builder.op("tuple", *map(self.zeros, items))
        zeros = self.builder.op("zero_items" if is_container(value.kind) else "np.zeros_like", value)
        Builder.name(zeros, value, "dot")
        return zeros

    # --- stores and control flow -----------------------------------------------------------------

    def store(self, store: Store) -> None:
        if isinstance(store.target, Var) and self.is_active(store.target):
            target = self.dot(store.target)
            if self.is_active(store.value):
                self.builder.append(replace(store, target=target, value=self.dot(store.value)))
            elif not store.accumulate:
                self.builder.append(replace(store, target=target, value=Literal(0.0)))
        self.builder.append(store)

    def branch(self, node: If) -> None:
        active = [index for index, result in enumerate(node.results) if self.is_active(result)]
        blocks = []
        for block in (node.then, node.orelse):
            with self.builder.nested() as nodes:
                self.block(block)
                dots = tuple(self.dot(block.yields[index]) for index in active)
            blocks.append(Block((), tuple(nodes), block.yields + dots))
        results = tuple(self._twin(node.results[index]) for index in active)
        self.builder.append(If(node.results + results, node.condition, blocks[0], blocks[1], node.span))

    def inside(self, node: With | Attempt) -> None:
        """What runs once runs with its tangents: where it fails, they are undefined as well."""
        active = [index for index, result in enumerate(node.results) if self.is_active(result)]
        with self.builder.nested() as nodes:
            self.block(node.block)
            dots = tuple(self.dot(node.block.yields[index]) for index in active)
        block = Block(node.block.params, tuple(nodes), node.block.yields + dots)
        results = tuple(self._twin(node.results[index]) for index in active)
        self.builder.append(replace(node, results=node.results + results, block=block))

    def loop(self, node: Loop) -> None:
        first = 0 if node.range is None else 1
        stop = 1 if node.has_stop else 0
        params = node.body.params[first:]
        active = [
            k for k, param in enumerate(params) if self.is_active(param) or self.is_active(node.results[k])
        ]
        inits = tuple(self.dot(node.inits[k]) for k in active)
        twins = tuple(self._twin(params[k]) for k in active)
        with self.builder.nested() as nodes:
            self.block(node.body)
            ends = tuple(self.dot(node.body.yields[stop + k]) for k in active)
        body = Block(node.body.params + twins, tuple(nodes), node.body.yields + ends)
        test = node.test
        if test is not None:
            spare = tuple(Var(twin.kind, of=twin.of, role="dot") for twin in twins)
            test = Block(test.params + spare, test.nodes, test.yields)
        results = tuple(self._twin(node.results[k]) for k in active)
        self.builder.append(
            Loop(
                node.results + results,
                node.range,
                test,
                node.inits + inits,
                body,
                node.has_stop,
                node.span,
            )
        )

    def call(self, node: Call) -> None:
        """A call that is not inlined becomes a call of its tangent."""
        if not any(self.is_active(result) for result in node.results):
            self.builder.append(node)
            return
        callee = self.function.callees[node.callee]
        tangent_callee(node.callee, callee, self.function.callees, self.callees)
        moving = [
            operand
            for param, operand in zip(callee.body.params, node.operands, strict=True)
            if can_be_active(param.kind)
        ]
        dots = tuple(self.dot(operand) for operand in moving)
        pairs = zip(node.results, callee.body.yields, strict=True)
        results = tuple(self._twin(result) for result, value in pairs if moves(value))
        self.builder.append(
            Call(node.results + results, f"{node.callee}_tangent", node.operands + dots, node.span)
        )
        for result in node.results:
            if isinstance(result.kind, Array) and self.aliases.is_storage(result):
                self.dots[result] = self._owned(result, self.dots[result])

    def _twin(self, var: Var) -> Var:
        twin = Var(self._merged.of(var.kind), of=var, role="dot")
        self.dots[var] = twin
        return twin


def _is_moving_tape(value: Atom) -> bool:
    """Whether what is pushed may have a tangent."""
    return isinstance(value, Var) and isinstance(value.kind, Tape) and can_be_active(value.kind.item)


def _bundled_tapes(found: Regions) -> frozenset[Var]:
    """The tapes among the residuals of a call: its other half pops tangents too, be they zero."""
    return frozenset(
        operand
        for node, _ in found.order
        if isinstance(node, Op) and node.primitive.name == "tuple"
        for operand in node.operands
        if isinstance(operand, Var) and _is_moving_tape(operand)
    )


def moves(value: Atom) -> bool:
    """Whether a result of a function that is called has a tangent and a cotangent."""
    return isinstance(value, Var) and can_be_active(value.kind)


def tangent_callee(
    name: str, callee: Function, known: dict[str, Function], made: dict[str, Function]
) -> None:
    """The tangent of a function that is called: (args, dots) -> (results, dots), put into `made`."""
    if f"{name}_tangent" in made:
        return
    made[f"{name}_tangent"] = callee  # taken: a recursive call refers to it by name
    seeds = {
        param: Var(param.kind, of=param, role="dot")
        for param in callee.body.params
        if can_be_active(param.kind)
    }
    found = tangent(replace(callee, callees=known), seeds, made)
    dots = tuple(
        Literal(0.0) if dot is None else dot
        for value, dot in zip(callee.body.yields, found.dots, strict=True)
        if moves(value)
    )
    labels = {p.tree: p.name for p in callee.parameters if isinstance(p.tree, Var)}
    taken = {p.name for p in callee.parameters}
    parameters = callee.parameters + tuple(
        Parameter(unique(f"{labels.get(param, param.name)}_dot", taken), "POSITIONAL_OR_KEYWORD", seed)
        for param, seed in seeds.items()
    )
    body = Block((*callee.body.params, *seeds.values()), found.nodes, callee.body.yields + dots)
    made[f"{name}_tangent"] = replace(
        callee,
        name=f"{callee.name}_tangent",
        parameters=parameters,
        body=body,
        result=body.yields,
        callees=made,
        doc=f"Tangent of a call of {callee.name}: its results, and their tangents.",
    )
