"""Recursion: a function that is met again while it is being lowered becomes a function of the trace of its own.

Its results start undefined, so that the branches that do not recurse decide their kinds; it is lowered again until
the kinds no longer change.  What it reads of its surroundings becomes parameters at the very end (`closed`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tangentc.frontend.state.context import Context
from tangentc.frontend.state.heap import AtRunTime
from tangentc.frontend.state.joining import joined, unknown_int
from tangentc.frontend.state.structure import atoms_for, map_tree_vars, map_vars, vars_of
from tangentc.frontend.state.values import Value, children, is_undefined, rebuilt, same_shape
from tangentc.ir.build import blocks_of, operands_of, rebuild, results_of, walk
from tangentc.ir.copying import free_vars, substituted
from tangentc.ir.nodes import UNDEF, Atom, Block, Call, Function, Literal, Node, Parameter, Var, kind_of
from tangentc.ir.trees import unique
from tangentc.kinds.dims import never_one
from tangentc.kinds.join import widened
from tangentc.kinds.types import Array, Const, Dim, Int, Kind, Size, Symbol, fresh

__all__ = ["Recursive", "call_again", "closed"]

_PASSES = 6


@dataclass(eq=False, slots=True)
class Recursive:
    """A function that calls itself, for arguments of some kinds; `result` is a template once it is known."""

    key: str
    identity: Any
    signature: Any
    template: dict[str, Value]
    result: Value | None = None
    done: bool = False

    @property
    def params(self) -> tuple[Var, ...]:
        return tuple(var for value in self.template.values() for var in vars_of(value))

    @property
    def sizes(self) -> frozenset[Size]:
        """The sizes of the parameters: what the sizes of the result may be told by."""
        return frozenset(size for param in self.params for size in _dims(param.kind))

    def sizes_of(self, operands: Sequence[Atom]) -> dict[Size, Size]:
        """What the sizes of the parameters are in a call with these operands."""
        found: dict[Size, Size] = {}
        for param, operand in zip(self.params, operands, strict=True):
            found.update(zip(_dims(param.kind), _dims(kind_of(operand)), strict=False))
        return found


def call_again(
    context: Context,
    name: str,
    identity: Any,
    bound: dict[str, Value],
    run: Callable[[dict[str, Value]], Value],
) -> Value:
    """A call of a function that is being lowered already; `run` lowers its body for bound parameters."""
    if any(is_undefined(leaf) for value in bound.values() for leaf in _leaves(value)):
        return UNDEF
    sizes: dict[Size, Size] = {}
    template = {parameter: _parameter(value, parameter, sizes) for parameter, value in bound.items()}
    pattern = _Pattern()
    signature = tuple((parameter, pattern.signature(value)) for parameter, value in template.items())
    known = next((r for r in context.recursive if r.identity == identity and r.signature == signature), None)
    if known is None:
        known = Recursive(_key(context, name), identity, signature, template)
        context.recursive.append(known)
        _lower(context, known, name, run)
    if known.result is None:
        return UNDEF
    operands = [atom for p, value in bound.items() for atom in atoms_for(context, known.template[p], value)]
    sizes = known.sizes_of(operands)
    results = {var: Var(_renewed(var.kind, sizes), "") for var in vars_of(known.result)}
    context.builder.append(Call(tuple(results.values()), known.key, tuple(operands), context.builder.span))
    return map_vars(lambda var: results[var], known.result)


def _key(context: Context, name: str) -> str:
    base = name if name.isidentifier() else "inner"
    taken = {*context.callees, *(r.key for r in context.recursive)}
    key, number = base, 2
    while key in taken:
        key, number = f"{base}{number}", number + 1
    return key


def _lower(context: Context, known: Recursive, name: str, run: Callable[[dict[str, Value]], Value]) -> None:
    """Lower the body until the kinds of the result no longer change."""
    span, scopes = context.builder.span, context.scopes
    environment = dict(context.environment)
    facts, context.facts = context.facts, {}  # other calls of it may stand on other paths
    try:
        count, callees = len(context.recursive), dict(context.callees)
        for _ in range(_PASSES):
            context.scopes = scopes
            del context.recursive[count:]  # they were lowered for other kinds of this result
            context.callees = dict(callees)
            context.environment = dict(environment)
            with context.alone(), context.builder.nested() as nodes:
                result = run(known.template)
                changed = context.changed_cells(environment)
                if changed:
                    raise AtRunTime(site for cell in changed for site in context.heap.sites_of(cell))
                if is_undefined(result):
                    context.fail("TC109", f"{name!r} calls itself on every path")
            wider = _wider(known.result, result, known.sizes)
            if wider is known.result:
                break
            known.result = wider
        else:
            context.fail(
                "TC109", f"the kind of what {name!r} returns changes with the depth of the recursion"
            )
    finally:
        context.environment = environment
        context.facts = facts
        context.builder.span = span
    params = known.params
    taken: set[str] = set()
    parameters = tuple(
        Parameter(unique(var.name or f"x{i}", taken), "POSITIONAL_OR_KEYWORD", var)
        for i, var in enumerate(params, start=1)
    )
    assert known.result is not None
    with context.builder.nested(nodes):
        yields = tuple(atoms_for(context, known.result, result))
    context.callees[known.key] = Function(
        known.key, parameters, Block(params, tuple(nodes), yields), yields, span
    )
    known.done = True


def _leaves(value: Value) -> list[Value]:
    parts = children(value)
    return [leaf for part in parts for leaf in _leaves(part)] if parts else [value]


def _parameter(value: Value, name: str, sizes: dict[Size, Size]) -> Value:
    """A template for an argument: arrays by dtype and pattern of sizes, numbers by type, other constants by value."""
    match value:
        case Var(kind=kind):
            return Var(_renewed(kind, sizes), name)
        case Literal(bool()):
            return value
        case Literal(int() | float() | complex() as number):
            return Var(_renewed(widened(Const(number)), sizes), name)
    parts = [_parameter(part, f"{name}_{i}", sizes) for i, part in enumerate(children(value))]
    return rebuilt(value, tuple(parts)) if parts else value


def _renewed(kind: Kind, sizes: dict[Size, Size]) -> Kind:
    """The kind with other sizes: those in the table, and for the rest new ones, which are added to the table."""
    match kind:
        case Array(dtype, dims) if dims is not None:
            for size in dims:
                if size not in sizes:
                    sizes[size] = 1 if size == 1 else Dim(Symbol("n", never_one=never_one(size)))
            return Array(dtype, tuple(sizes[size] for size in dims))
        case Int():
            return unknown_int()
    return kind


def _dims(kind: Kind) -> tuple[Size, ...]:
    return kind.dims or () if isinstance(kind, Array) else ()


class _Pattern:
    """What tells specialisations apart: equal sizes have equal numbers."""

    def __init__(self) -> None:
        self._numbers: dict[Size, int] = {}

    def signature(self, value: Value) -> Any:
        match value:
            case Var(kind=Array(dtype, dims)):
                return ("array", str(dtype), None if dims is None else tuple(map(self._size, dims)))
            case Var(kind=Int()):
                return "int"
            case Var(kind=kind):
                return kind
            case Literal():
                return value
        parts = children(value)
        own = type(value) if parts else getattr(value, "value", value)
        return (own, *map(self.signature, parts))

    def _size(self, size: Size) -> Any:
        return 1 if size == 1 else (self._numbers.setdefault(size, len(self._numbers)), never_one(size))


def _wider(template: Value | None, value: Value, known: frozenset[Size]) -> Value | None:
    """The template of both; the same object if it holds the value already.

    Args: known: the sizes of the parameters; any other size in the template stands for all.
    """
    if template is None:
        return _result(value, known)
    if isinstance(template, Var) and isinstance(value, (Var, Literal)):
        kind = _covering(template.kind, kind_of(value), known)
        return template if kind == template.kind else Var(kind)
    if isinstance(template, Literal) and template == value:
        return template
    if isinstance(template, Literal) and isinstance(value, (Var, Literal)):
        return Var(_known_only(joined(kind_of(template), kind_of(value)), known))
    if not isinstance(template, (Var, Literal)) and same_shape(template, value):
        old, parts = children(template), children(value)
        new = tuple(_wider(part, entry, known) or part for part, entry in zip(old, parts, strict=True))
        return template if all(a is b for a, b in zip(old, new, strict=True)) else rebuilt(template, new)
    return None


def _result(value: Value, known: frozenset[Size]) -> Value:
    match value:
        case Var(kind=kind):
            return Var(_known_only(kind, known))
        case Literal(bool() | int() | float() | complex() as number):
            return Var(_known_only(widened(Const(number)), known))
    parts = children(value)
    return rebuilt(value, tuple(_result(part, known) for part in parts)) if parts else value


def _known_only(kind: Kind, known: frozenset[Size]) -> Kind:
    """The kind with the sizes that parameters have; the others may differ from call to call."""
    sizes: dict[Size, Size] = {size: size if size == 1 or size in known else fresh() for size in _dims(kind)}
    return _renewed(kind, sizes)


def _covering(template: Kind, kind: Kind, known: frozenset[Size]) -> Kind:
    """The template where it covers a kind, else one that covers both."""
    if isinstance(template, Int) and isinstance(kind, (Int, Const)):
        return (
            template
            if isinstance(joined(template, kind), Int)
            else _known_only(joined(template, kind), known)
        )
    own, other = _dims(template), _dims(kind)
    either = joined(template, kind)
    if not (isinstance(either, Array) and either.dims is not None and isinstance(template, Array)):
        return template if either == template else _known_only(either, known)
    dims = tuple(
        size if size == new or not (size == 1 or size in known) else fresh()
        for size, new in zip(own, other, strict=True)
    )
    return Array(either.dtype, dims)


# --- closing ----------------------------------------------------------------------------------------


def closed(function: Function) -> Function:
    """The function with callees that read nothing but their parameters: what else they read is passed to them."""
    callees = _reachable(function)
    if not callees:
        return replace(function, callees={})
    free = {key: free_vars(callee.body) for key, callee in callees.items()}
    changed = True
    while changed:
        changed = False
        for key, callee in callees.items():
            bound = _bound(callee.body)
            for node in walk(callee.body):
                if isinstance(node, Call):
                    more = [var for var in free[node.callee] if var not in free[key] and var not in bound]
                    free[key] += more
                    changed |= bool(more)
    done: dict[str, Function] = {}
    for key, callee in callees.items():
        inner: dict[Var, Atom] = {var: Var(var.kind, var.name) for var in free[key]}
        body = substituted(_passing(callee.body, free), inner)
        params = (*callee.body.params, *(var for var in inner.values() if isinstance(var, Var)))
        body = Block(params, body.nodes, body.yields)
        taken = {p.name for p in callee.parameters}
        extra = []
        for var in inner.values():
            assert isinstance(var, Var)
            extra.append(Parameter(unique(var.name or "v", taken), "POSITIONAL_OR_KEYWORD", var))
        result = map_tree_vars(callee.result, inner)
        done[key] = replace(callee, parameters=(*callee.parameters, *extra), body=body, result=result)
    for key in done:
        done[key] = replace(done[key], callees=done)
    return replace(function, body=_passing(function.body, free), callees=done)


def _reachable(function: Function) -> dict[str, Function]:
    found: dict[str, Function] = {}
    pending = [function.body]
    while pending:
        for node in walk(pending.pop()):
            if isinstance(node, Call) and node.callee not in found:
                found[node.callee] = function.callees[node.callee]
                pending.append(found[node.callee].body)
    return found


def _bound(block: Block) -> set[Var]:
    bound = set(block.params)
    for node in walk(block):
        bound.update(results_of(node))
        for inner in blocks_of(node):
            bound.update(inner.params)
    return bound


def _passing(block: Block, free: dict[str, list[Var]]) -> Block:
    """Calls that pass what the callee reads of its surroundings."""

    def visit(node: Node) -> Node:
        operands = list(operands_of(node))
        if isinstance(node, Call):
            operands += free[node.callee]
        return rebuild(node, operands, [_passing(inner, free) for inner in blocks_of(node)])

    return Block(block.params, tuple(map(visit, block.nodes)), block.yields)
