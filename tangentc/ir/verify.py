"""The whole invariant of the trace, on one page."""

from __future__ import annotations

from collections.abc import Sequence

from tangentc.errors import InternalError
from tangentc.ir.build import index_operands, operands_of, results_of
from tangentc.ir.nodes import (
    Atom,
    Attempt,
    Block,
    Call,
    Function,
    Hole,
    If,
    Index,
    Literal,
    Loop,
    Node,
    Op,
    Section,
    Slice,
    Store,
    Var,
    With,
)
from tangentc.ir.subprograms import subprograms
from tangentc.ir.trees import atoms_of, signature_of

__all__ = ["verify"]


def verify(function: Function) -> None:
    """Check that a trace is well formed, its callees included.

    Raises: InternalError: TC900, with the first violation found.
    """
    _verify(function, [])


def _verify(function: Function, seen: list[Function]) -> None:
    seen.append(function)
    check = _Check(function)
    params = tuple(var for p in function.parameters for var in atoms_of(p.tree) if isinstance(var, Var))
    check.that(_same(params, function.body.params), "the parameters hold the body's parameters")
    check.that(
        _same(atoms_of(function.result), function.body.yields), "the result's atoms are the body's yields"
    )
    try:
        signature_of(function)
    except ValueError as error:
        check.that(False, f"the parameters make a signature: {error}")
    check.block(function.body, len(params), len(function.body.yields), frozenset())
    for callee in (*function.callees.values(), *subprograms(function)):
        if all(callee is not other for other in seen):
            _verify(callee, seen)


class _Check:
    """The walk over one function: `bound` holds every Var that has been bound so far."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.node: Node | None = None
        self.bound: set[Var] = set()

    def that(self, holds: bool, law: str) -> None:
        if not holds:
            where = "" if self.node is None else f" at {self.node!r}"
            span = getattr(self.node, "span", None)
            raise InternalError(
                "TC900", f"in the trace of {self.function.name!r}{where}: not so: {law}", span
            )

    def bind(self, variables: Sequence[Var], scope: frozenset[Var]) -> frozenset[Var]:
        for var in variables:
            self.that(var not in self.bound, f"{var!r} is bound once")
            self.bound.add(var)
        return scope | frozenset(variables)

    def uses(self, operands: Sequence[Atom], scope: frozenset[Var]) -> None:
        for operand in operands:
            self.that(
                isinstance(operand, Literal) or operand in scope, f"{operand!r} is bound where it is used"
            )

    def block(self, block: Block, params: int, yields: int, scope: frozenset[Var]) -> None:
        self.that(len(block.params) == params, f"the block has {params} parameters")
        self.that(len(block.yields) == yields, f"the block yields {yields} values")
        scope = self.bind(block.params, scope)
        outer = self.node
        for node in block.nodes:
            self.node = node
            self.uses(operands_of(node), scope)
            self.nested(node, scope)
            self.node = node
            scope = self.bind(results_of(node), scope)
        self.node = outer
        self.uses(block.yields, scope)

    def nested(self, node: Node, scope: frozenset[Var]) -> None:
        """What holds for each sort of node."""
        match node:
            case Op(_, primitive, operands, attrs):
                names = primitive.operands
                variadic = bool(names) and names[-1].startswith("*")
                self.that(variadic or len(operands) <= len(names), f"{primitive.name} takes {names}")
                self.that(list(attrs) == sorted(attrs, key=lambda a: a[0]), "attributes are sorted by name")
                if primitive.name == "getitem":
                    self.index(node.attr("index", ()), operands[1:])
            case Store(target, index, operands, _, accumulate):
                self.that(isinstance(target, Var), "a store has a variable as its target")
                self.that(accumulate in ("", "+", "-"), "a store accumulates with +, - or not at all")
                self.index(index, operands)
            case If(results, _, then, orelse):
                self.block(then, 0, len(results), scope)
                self.block(orelse, 0, len(results), scope)
            case With(results, _, inside):
                self.that(len(inside.params) <= 1, "a context manager gives one value or none")
                self.block(inside, len(inside.params), len(results), scope)
            case Attempt(results, _, classes, inside):
                self.that(bool(classes), "an attempt names the exceptions that it catches")
                self.block(inside, 0, len(results), scope)
            case Loop(results, bounds, test, inits, body, has_stop):
                self.that(len(inits) == len(results), "a loop has one result for each carried value")
                self.that(bounds is None or test is None, "a loop has a range or a test, not both")
                self.that(bool(bounds or test or has_stop), "a loop can end")
                if test is not None:
                    self.block(test, len(inits), 1, scope)
                self.block(body, (bounds is not None) + len(inits), has_stop + len(inits), scope)
            case Call(results, callee, operands):
                self.that(callee in self.function.callees, f"{callee!r} is among the callees")
                called = self.function.callees[callee].body
                self.that(len(operands) == len(called.params), "a call has one operand for each parameter")
                self.that(len(results) == len(called.yields), "a call has one result for each yield")
            case Section():
                pass

    def index(self, index: Index, operands: Sequence[Atom]) -> None:
        self.that(isinstance(index, tuple), "an index is a tuple")
        positions = []
        for entry in index:
            parts = (entry.start, entry.stop, entry.step) if isinstance(entry, Slice) else (entry,)
            positions += [part.position for part in parts if isinstance(part, Hole)]
        self.that(index_operands(index) == len(operands), "an index has one hole for each operand")
        self.that(
            sorted(positions) == list(range(len(operands))), "the holes of an index are numbered 0, 1, …"
        )


def _same(left: Sequence[Atom], right: Sequence[Atom]) -> bool:
    return len(left) == len(right) and all(
        a is b or (isinstance(a, Literal) and a == b) for a, b in zip(left, right, strict=True)
    )
