"""The whole invariant of the trace, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from tangentc.errors import InternalError
from tangentc.ir.build import operands_of, results_of
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
    check.block(function.body, len(params), len(function.body.yields))
    for callee in function.callees.values():  # subprograms are checked where they are made
        if all(callee is not other for other in seen):
            _verify(callee, seen)


class _Check:
    """The walk over one function.

    `bound` holds every Var that has been bound so far, `scope` those of them that may be used here.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.node: Node | None = None
        self.bound: set[Var] = set()
        self.scope: set[Var] = set()
        self.placed: set[int] = set()  # the nodes without results; analyses know a node by its identity

    def that(self, holds: bool, law: str) -> None:
        if not holds:
            self.fail(law)

    def fail(self, law: str) -> NoReturn:
        where = "" if self.node is None else f" at {self.node!r}"
        span = getattr(self.node, "span", None)
        raise InternalError("TC900", f"in the trace of {self.function.name!r}{where}: not so: {law}", span)

    def bind(self, variables: Sequence[Var]) -> None:
        for var in variables:
            if var in self.bound:
                self.fail(f"{var!r} is bound once")
            self.bound.add(var)
            self.scope.add(var)

    def uses(self, operands: Sequence[Atom]) -> None:
        for operand in operands:
            if not (isinstance(operand, Literal) or operand in self.scope):
                self.fail(f"{operand!r} is bound where it is used")

    def block(self, block: Block, params: int, yields: int) -> None:
        if len(block.params) != params:
            self.fail(f"the block has {params} parameters")
        if len(block.yields) != yields:
            self.fail(f"the block yields {yields} values")
        self.bind(block.params)
        outer = self.node
        for node in block.nodes:
            self.node = node
            self.uses(operands_of(node))
            self.nested(node)
            self.node = node
            results = results_of(node)
            self.bind(results)
            if not results and not isinstance(node, Section):
                self.that(id(node) not in self.placed, "a node stands in one place")
                self.placed.add(id(node))
        self.node = outer
        self.uses(block.yields)
        self.scope.difference_update(block.params, *map(results_of, block.nodes))

    def nested(self, node: Node) -> None:
        """What holds for each sort of node."""
        match node:
            case Op(_, primitive, operands, attrs):
                names = primitive.operands
                if len(operands) > len(names) and not (names and names[-1].startswith("*")):
                    self.fail(f"{primitive.name} takes {names}")
                if len(attrs) > 1:
                    keys = [key for key, _ in attrs]
                    self.that(keys == sorted(keys), "attributes are sorted by name")
                if primitive.name == "getitem":
                    self.index(node.attr("index", ()), operands[1:])
            case Store(target, index, operands, _, accumulate):
                self.that(isinstance(target, Var), "a store has a variable as its target")
                self.that(accumulate in ("", "+", "-"), "a store accumulates with +, - or not at all")
                self.index(index, operands)
            case If(results, _, then, orelse):
                self.block(then, 0, len(results))
                self.block(orelse, 0, len(results))
            case With(results, _, inside):
                self.that(len(inside.params) <= 1, "a context manager gives one value or none")
                self.block(inside, len(inside.params), len(results))
            case Attempt(results, _, classes, inside):
                self.that(bool(classes), "an attempt names the exceptions that it catches")
                self.block(inside, 0, len(results))
            case Loop(results, bounds, test, inits, body, has_stop):
                self.that(len(inits) == len(results), "a loop has one result for each carried value")
                self.that(bounds is None or test is None, "a loop has a range or a test, not both")
                self.that(bool(bounds or test or has_stop), "a loop can end")
                if test is not None:
                    self.block(test, len(inits), 1)
                self.block(body, (bounds is not None) + len(inits), has_stop + len(inits))
            case Call(results, callee, operands):
                if callee not in self.function.callees:
                    self.fail(f"{callee!r} is among the callees")
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
        self.that(len(positions) == len(operands), "an index has one hole for each operand")
        self.that(
            sorted(positions) == list(range(len(operands))), "the holes of an index are numbered 0, 1, …"
        )


def _same(left: Sequence[Atom], right: Sequence[Atom]) -> bool:
    return len(left) == len(right) and all(
        a is b or (isinstance(a, Literal) and a == b) for a, b in zip(left, right, strict=True)
    )
