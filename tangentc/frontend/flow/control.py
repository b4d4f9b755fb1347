"""Statement lists, branches and early exits.

Where exactly one branch always leaves (return, break, continue), the statements that follow are nested in the
other one.  Where a branch may leave, flags say so; they are ordinary names of the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast

from tangentc.frontend.flow.attempts import in_region, merge
from tangentc.frontend.flow.merging import Branch
from tangentc.frontend.flow.truth import truth
from tangentc.frontend.state.context import Context, Flow, lowers_statement
from tangentc.frontend.state.values import Value, children, rebuilt
from tangentc.frontend.text.parse import span_of
from tangentc.ir.nodes import UNDEF, Atom, If, Literal, Var

__all__ = ["block", "branch", "continued", "enter_frame", "run_branch", "skip_unless_done"]

TRUE, FALSE = Literal(True), Literal(False)


def block(context: Context, statements: Sequence[gast.AST], flow: Flow = Flow.NORMAL) -> Flow:
    """Lower statements one after the other; `flow` says how their beginning is reached."""
    for position, node in enumerate(statements):
        if not flow.may(Flow.NORMAL):
            return flow
        rest = statements[position:]
        if not flow.only(Flow.NORMAL):
            return skip_unless_done(context, flow, lambda rest=rest: block(context, rest), rest[-1])  # type: ignore[misc]
        if isinstance(node, gast.If):
            flow, done = _if(context, node, statements[position + 1 :])
            if done:
                return flow
        else:
            flow = context.statement(node)
    return flow


def skip_unless_done(
    context: Context, flow: Flow, rest: Callable[[], Flow], last: gast.AST | None = None
) -> Flow:
    """Lower what follows a statement that may have left: it runs unless the flag says that it has."""
    skip = context.environment[(context.frame.scope, "<skip>")]
    condition = context.atom(skip)
    decided = _decided_by(context, condition)
    if decided is not None and not (context.attempts is not None and context.attempts.tries):
        return _nest(context, decided, flow, rest, last)
    then = Branch([], dict(context.environment), flow.without(Flow.NORMAL))
    orelse = run_branch(context, rest, condition, False)
    return merge(context, condition, then, orelse, last)


def _decided_by(context: Context, flag: Atom) -> If | None:
    """The branch before, if one of its arms leaves and the other does not: `flag` tells which."""
    node = context.builder.nodes[-1] if context.builder.nodes else None
    if not isinstance(node, If) or flag not in node.results:
        return None
    place = node.results.index(flag)
    return node if {node.then.yields[place], node.orelse.yields[place]} == {TRUE, FALSE} else None


def _nest(context: Context, node: If, flow: Flow, rest: Callable[[], Flow], last: gast.AST | None) -> Flow:
    """Open the branch again and lower what follows it in the arm that does not leave."""
    context.builder.nodes.pop()
    joined = context.environment
    arms = []
    for arm in (node.then, node.orelse):
        made = dict(zip(node.results, arm.yields, strict=True))
        environment = {key: _on_path(value, made) for key, value in joined.items()}
        nodes, ends = list(arm.nodes), flow.without(Flow.NORMAL)
        context.environment = environment
        if environment[context.frame.scope, "<skip>"] == FALSE:
            with context.builder.nested(nodes):
                ends = rest()
        arms.append(Branch(nodes, context.environment, ends))
    with context.builder.at(node.span):
        return merge(context, node.condition, arms[0], arms[1], last)


def _on_path(value: Value, made: dict[Var, Atom]) -> Value:
    """A joined value as it was at the end of one arm; the very same object where the branch did not make it."""
    if isinstance(value, Var):
        return made.get(value, value)
    parts = children(value)
    own = tuple(_on_path(part, made) for part in parts)
    return value if all(a is b for a, b in zip(parts, own, strict=True)) else rebuilt(value, own)


def run_branch(context: Context, lower: Callable[[], Flow], given: Atom, outcome: bool) -> Branch:
    """Lower the path for one outcome of a condition into a block of its own, leaving the context as it was."""
    outer = context.environment
    context.environment = dict(outer)
    with in_region(context) as lowered, context.assuming(given, outcome):
        flow = lowered.ends(lower())
        branch = lowered.branch(flow)
    context.environment = outer
    return branch


def continued(
    context: Context, path: Branch, statements: Sequence[gast.AST], given: Atom, outcome: bool
) -> Branch:
    """Lower further statements at the end of a path."""
    outer = context.environment
    context.environment = path.environment
    with in_region(context, list(path.nodes)) as lowered, context.assuming(given, outcome):
        flow = lowered.goes_on(path)
        path = lowered.branch(lowered.ends(block(context, statements, flow)))
    context.environment = outer
    return path


def _if(context: Context, node: gast.If, rest: Sequence[gast.AST]) -> tuple[Flow, bool]:
    """Lower a branch, with `rest` nested in one of its arms if the other leaves; says whether it was."""
    from tangentc.frontend.expressions.operators import decision

    with context.builder.at(span_of(node.test, context.frame.file)):
        condition = decision(context, node.test)
    if isinstance(condition, bool):
        return block(context, [*(node.body if condition else node.orelse), *rest]), True
    then = run_branch(context, lambda: block(context, node.body), condition, True)
    orelse = run_branch(context, lambda: block(context, node.orelse), condition, False)
    done = False
    if then.flow.only(Flow.DEAD) == orelse.flow.only(Flow.DEAD):
        if not then.flow.may(Flow.NORMAL):
            orelse, done = continued(context, orelse, rest, condition, False), True
        elif not orelse.flow.may(Flow.NORMAL):
            then, done = continued(context, then, rest, condition, True), True
    with context.builder.at(span_of(node, context.frame.file)):
        return merge(context, condition, then, orelse, rest[-1] if done and rest else node), done


def branch(context: Context, condition: Value, then: Callable[[], Flow], orelse: Callable[[], Flow]) -> Flow:
    """Lower two paths by a condition, which may be known."""
    known = truth(context, condition)
    if isinstance(known, bool):
        return then() if known else orelse()
    return merge(
        context, known, run_branch(context, then, known, True), run_branch(context, orelse, known, False)
    )


def enter_frame(context: Context) -> None:
    """The flags of a call that begins."""
    scope = context.frame.scope
    for flag in ("<returned>", "<stop>", "<skip>", "<broke>"):
        context.environment[scope, flag] = FALSE
    context.environment[scope, "<value>"] = UNDEF


def _raise_flags(context: Context, *flags: str) -> None:
    for flag in flags:
        context.environment[context.frame.scope, flag] = TRUE


@lowers_statement(gast.Return)
def _return(context: Context, node: gast.Return) -> Flow:
    value = Literal(None) if node.value is None else context.expression(node.value)
    if context.frame.consumer is not None:
        context.frame.consumer.returned = True
    else:
        context.environment[context.frame.scope, "<value>"] = value
    _raise_flags(context, "<returned>", "<stop>", "<skip>")
    return Flow.RETURN


@lowers_statement(gast.Break)
def _break(context: Context, _: gast.Break) -> Flow:
    _raise_flags(context, "<broke>", "<stop>", "<skip>")
    return Flow.BREAK


@lowers_statement(gast.Continue)
def _continue_statement(context: Context, _: gast.Continue) -> Flow:
    _raise_flags(context, "<skip>")
    return Flow.CONTINUE


@lowers_statement(gast.Assert)
def _assert(context: Context, node: gast.Assert) -> Flow:
    condition = truth(context, context.expression(node.test))
    if condition is True:
        return Flow.NORMAL

    def fail() -> Flow:
        message = () if node.msg is None else (context.expression(node.msg),)
        context.effect("raise", context.op("call", Literal(AssertionError), *message))
        return Flow.DEAD

    if condition is False:
        return fail()
    if node.msg is None or isinstance(node.msg, gast.Constant):
        message = () if node.msg is None else (context.expression(node.msg),)
        context.effect("assert", condition, *message)
        return Flow.NORMAL
    return branch(context, condition, lambda: Flow.NORMAL, fail)
