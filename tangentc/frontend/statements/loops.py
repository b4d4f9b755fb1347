"""`for` and `while`: unrolled, spliced into a generator, or one node of the trace."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from tangentc.frontend.expressions.indexing import UnrollLoop
from tangentc.frontend.expressions.iteration import counted, known_items
from tangentc.frontend.flow.attempts import merge
from tangentc.frontend.flow.control import FALSE, block, run_branch
from tangentc.frontend.flow.merging import Branch
from tangentc.frontend.functions.generators import consume, splice
from tangentc.frontend.library import library_call, streams
from tangentc.frontend.state.classes import call_special
from tangentc.frontend.state.context import (
    Context,
    Flow,
    lowers_statement,
)
from tangentc.frontend.state.heap import AtRunTime, refs_in
from tangentc.frontend.state.values import (
    Enumerate,
    Generator,
    Instance,
    Reversed,
    TupleValue,
    Value,
    Zip,
)
from tangentc.frontend.statements.assignments import bind_target
from tangentc.frontend.statements.trips import LoopNode
from tangentc.frontend.statements.unrolling import entries_to_unroll, unroll
from tangentc.frontend.text.scopes import Consumer, assigned
from tangentc.ir.build import walk
from tangentc.ir.nodes import Atom, Call, Literal, Loop, Node, Op, Var, kind_of
from tangentc.kinds.types import List

__all__: list[str] = []


@lowers_statement(gast.While)
def _while(context: Context, node: gast.While) -> Flow:
    return _after(context, node, LoopNode(context, node).lower())


@lowers_statement(gast.For)
def _for(context: Context, node: gast.For) -> Flow:
    sequence = _modules(context, context.expression(node.iter))
    if not context.frame.is_library:
        context.take(sequence)
    generator = splice(context, sequence)
    if generator is not None:
        return _splice(context, node, generator)
    is_static = any(frame.consumer is not None and frame.consumer.is_static for frame in context.frame.chain)
    if is_static or node in context.heap.sites.unrolled:
        entries = known_items(context, sequence)
    else:
        entries = entries_to_unroll(context, sequence)
    if entries is not None:
        return _after(context, node, unroll(context, node, sequence, entries))
    return _one_node(context, node, sequence)


def _modules(context: Context, sequence: Value) -> Value:
    """A live container of modules as the tuple of them; anything else as it is."""
    if not isinstance(sequence, Instance) or not hasattr(type(sequence.value), "__tangentc_parameters__"):
        return sequence
    entries = known_items(context, call_special(context, sequence, "__iter__"))
    return sequence if entries is None else TupleValue(tuple(entries))


def _one_node(context: Context, node: gast.For, sequence: Value) -> Flow:
    """A loop as one node, unless its body shows that this cannot be."""
    held = {ref: context.contents(ref) for ref in refs_in(sequence)}
    run = counted(context, sequence)
    before, environment, scopes = len(context.builder.nodes), dict(context.environment), context.scopes
    try:
        flow = _after(context, node, LoopNode(context, node, run).lower())
        if changed := [ref for ref in held if context.contents(ref) is not held[ref]]:
            raise AtRunTime(site for ref in changed for site in ref.sites)  # while it is iterated
        if not _is_resized(context.builder.nodes[before:], run.lists):
            return flow
        entries = None
    except UnrollLoop as request:
        entries = known_items(context, sequence) if request.loop.node is node else None
        if entries is None:
            raise
    del context.builder.nodes[before:]
    context.environment, context.scopes = environment, scopes
    if entries is None:
        return _for_growing(context, node, sequence)
    return _after(context, node, unroll(context, node, sequence, entries))


_RESIZING = frozenset({"list_append", "list_insert", "list_pop", "del_item"})


def _is_resized(nodes: Sequence[Node], lists: Sequence[Var]) -> bool:
    """Whether a loop among these nodes may change the length of one of these lists."""
    sites = frozenset(site for each in lists if isinstance(each.kind, List) for site in each.kind.sites)

    def may_be(operand: Atom) -> bool:
        kind = kind_of(operand)
        return isinstance(kind, List) and bool(kind.sites & sites)

    for loop in nodes:
        for node in walk(loop.body) if isinstance(loop, Loop) and sites else ():
            match node:
                case Op(_, primitive, operands) if primitive.name in _RESIZING and may_be(operands[0]):
                    return True
                case Call(_, _, operands) if any(map(may_be, operands)):
                    return True
    return False


def _for_growing(context: Context, node: gast.For, sequence: Value) -> Flow:
    """A loop over a list whose length the loop changes: it is asked again before each trip."""
    generator = splice(context, _growing(context, sequence))
    if generator is None:
        context.fail(
            "TC109", "this loop changes the length of a list that it runs over in another order",
            hint="iterate over a copy of the list",
        )  # fmt: skip
    return _splice(context, node, generator)


def _growing(context: Context, sequence: Value) -> Value:
    """The same sequence, of which the length of lists is asked again for each entry."""
    match sequence:
        case Var(kind=List()):
            return library_call(context, streams.growing, sequence, Literal(0))
        case Generator(arguments={"sequence": inner, "start": start}) if sequence.is_of(streams.iterated):
            return library_call(context, streams.growing, inner, start)
        case Reversed(Var(kind=List()) as part):
            return library_call(context, streams.growing_reversed, part)
        case Enumerate(part, start):
            return Enumerate(_growing(context, part), start)
        case Zip(parts):
            return Zip(tuple(_growing(context, part) for part in parts))
    return sequence


def _splice(context: Context, node: gast.For, generator: Generator) -> Flow:
    """A loop over a generator: its body is lowered at each `yield`."""

    def body(value: Value) -> Flow:
        bind_target(context, node.target, value)
        return block(context, node.body)

    names = assigned([*node.body, node.target])
    keys = tuple(context.key(name) for name in names)
    context.environment[context.frame.scope, "<broke>"] = FALSE
    return _after(context, node, consume(context, generator, Consumer(context.frame, node, body, keys)))


def _after(context: Context, node: gast.For | gast.While, flow: Flow) -> Flow:
    """The `else` clause, and the flags of the loops around.

    `flow` says how the loop ends: NORMAL when it is exhausted, BREAK and RETURN when it is left.
    """
    scope = context.frame.scope
    broke = context.environment[scope, "<broke>"]
    returned = context.environment[scope, "<returned>"] if flow.may(Flow.RETURN) else FALSE
    context.environment[scope, "<stop>"] = context.environment[scope, "<skip>"] = returned
    context.environment[scope, "<broke>"] = FALSE
    left = flow.without(Flow.NORMAL).without(Flow.BREAK)
    if flow.may(Flow.BREAK):
        left = left.both(Flow.NORMAL)
    if not node.orelse or not flow.may(Flow.NORMAL):
        return left.both(Flow.NORMAL) if flow.may(Flow.NORMAL) else left
    if flow.only(Flow.NORMAL):
        return block(context, node.orelse)
    condition = returned if not flow.may(Flow.BREAK) else broke
    if flow.may(Flow.BREAK) and flow.may(Flow.RETURN):
        condition = context.op("or_", returned, broke)
    then = Branch([], dict(context.environment), left)
    was_left = context.atom(condition)
    orelse = run_branch(context, lambda: block(context, node.orelse), was_left, False)
    return merge(context, was_left, then, orelse, node.orelse[-1])
