"""Statements that bind names and write arrays, and those that do nothing else."""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable

import gast

from tangentc.frontend.arrays.stores import augment, current, is_sum, part_of, store, whole
from tangentc.frontend.arrays.writers import set_array_attribute
from tangentc.frontend.expressions.indexing import getitem
from tangentc.frontend.expressions.iteration import known_items
from tangentc.frontend.expressions.operations import as_array
from tangentc.frontend.expressions.operators import BINARY, binary, borrowed
from tangentc.frontend.functions.generators import yield_to_consumer
from tangentc.frontend.functions.inlining import closure
from tangentc.frontend.objects.attributes import attribute
from tangentc.frontend.objects.containers import call_container_method, delete_item, extend, set_item
from tangentc.frontend.objects.instances import delete_attribute, set_attribute
from tangentc.frontend.state import dynamic
from tangentc.frontend.state.classes import call_special, defines
from tangentc.frontend.state.context import ITERATORS, Context, Flow, lowers_statement
from tangentc.frontend.state.dynamic import is_dynamic
from tangentc.frontend.state.values import (
    DictValue,
    Instance,
    ListValue,
    Poison,
    Ref,
    Static,
    TupleValue,
    Value,
    is_undefined,
)
from tangentc.frontend.text.parse import span_of
from tangentc.ir.build import walk
from tangentc.ir.nodes import UNDEF, Atom, Block, Literal, Node, Op, Store, Var, kind_of
from tangentc.kinds.types import Any as AnyKind
from tangentc.kinds.types import (
    Array,
    Bool,
    Const,
    Dict,
    Float,
    Int,
    List,
    Map,
    Object,
    Scalar,
    is_container,
    is_number,
    same_dtype,
)

__all__ = ["bind_target"]


@lowers_statement(gast.Expr)
def _expression(context: Context, node: gast.Expr) -> Flow:
    if isinstance(node.value, gast.Yield):
        return yield_to_consumer(context, node.value)
    if not isinstance(node.value, gast.Constant):
        context.expression(node.value)
    return Flow.NORMAL


@lowers_statement(gast.Pass, gast.Global, gast.Nonlocal)
def _nothing(_: Context, __: gast.AST) -> Flow:
    return Flow.NORMAL


@lowers_statement(gast.Import)
def _import(context: Context, node: gast.Import) -> Flow:
    for alias in node.names:
        missing = _missing(context, alias.name)
        if missing is not None:
            return missing
        module = _module(context, alias.name)
        root = alias.name.partition(".")[0]
        context.bind(alias.asname or root, Static(module if alias.asname else _module(context, root)))
    return Flow.NORMAL


@lowers_statement(gast.ImportFrom)
def _import_from(context: Context, node: gast.ImportFrom) -> Flow:
    name = "." * (node.level or 0) + (node.module or "")
    missing = _missing(context, name)
    if missing is not None:
        return missing
    source = _module(context, name)
    for alias in node.names:
        context.bind(alias.asname or alias.name, attribute(context, Static(source), alias.name))
    return Flow.NORMAL


def _missing(context: Context, name: str) -> Flow | None:
    """How an import ends that fails and is expected to."""
    attempts = context.attempts
    if attempts is None or not attempts.expects(ImportError):
        return None
    try:
        importlib.import_module(name, context.frame.globals.get("__package__"))
    except ImportError as error:
        exception = context.op("call", Literal(type(error)), Literal(str(error)))
        context.effect("raise", exception)
        return Flow.DEAD
    return None


def _module(context: Context, name: str) -> types.ModuleType:
    try:
        return importlib.import_module(name, context.frame.globals.get("__package__"))
    except ImportError as error:
        context.fail("TC102", str(error))


@lowers_statement(gast.FunctionDef)
def _function(context: Context, node: gast.FunctionDef) -> Flow:
    value: Value = closure(context, node, node.name)
    for decorator in reversed(node.decorator_list):
        value = context.call(context.expression(decorator), value)
    context.bind(node.name, value)
    return Flow.NORMAL


@lowers_statement(gast.Assign)
def _assign(context: Context, node: gast.Assign) -> Flow:
    before = len(context.builder.nodes)
    value = context.expression(node.value)
    if isinstance(value, ITERATORS) and len(node.targets) > 1:
        context.fail("TC114", "an iterator with two names is not supported", hint="make a list of it first")
    for target in node.targets:
        bind_target(context, target, value)
    match node:
        case gast.Assign(targets=[gast.Name()], value=gast.BinOp() | gast.UnaryOp()):
            _own(context, value, context.builder.nodes[before:])
    return Flow.NORMAL


def _own(context: Context, value: Value, nodes: list[Node]) -> None:
    """What an operator has just made of numbers and arrays has one name, and no other reference."""
    last = nodes[-1] if nodes else None
    if not isinstance(last, Op) or not isinstance(value, Var) or last.results != (value,):
        return
    kinds = [context.owned(operand) for operand in last.operands]
    fresh = all(
        kind is not None or _is_number_or_array(operand)
        for kind, operand in zip(kinds, last.operands, strict=True)
    )
    if last.primitive.elementwise and fresh:
        context.unshared.add(value)
        if isinstance(value.kind, AnyKind):
            context.accumulators[value] = next((kind for kind in kinds if kind is not None), None)


def _is_number_or_array(operand: Atom) -> bool:
    return is_number(kind_of(operand)) or isinstance(kind_of(operand), Array)


@lowers_statement(gast.AnnAssign)
def _annotated(context: Context, node: gast.AnnAssign) -> Flow:
    if node.value is not None:
        bind_target(context, node.target, context.expression(node.value))
    return Flow.NORMAL


@lowers_statement(gast.Delete)
def _delete(context: Context, node: gast.Delete) -> Flow:
    for target in node.targets:
        _delete_target(context, target)
    return Flow.NORMAL


def _delete_target(context: Context, target: gast.AST) -> None:
    match target:
        case gast.Name(id=name):
            key = context.key(name)
            if is_undefined(context.environment.get(key, UNDEF)):
                context.lookup(name)  # which refuses a name that never had a value
            context.environment[key] = Poison("has been deleted", "bind it again before it is read")
        case gast.Tuple(elts=targets) | gast.List(elts=targets):
            for part in targets:
                _delete_target(context, part)
        case gast.Subscript():
            owner, index = context.expression(target.value), context.expression(target.slice)
            if isinstance(owner, Var) and is_container(owner.kind):
                dynamic.delete(context, owner, index)
                return
            if defines(context, owner, "__delitem__"):
                call_special(context, owner, "__delitem__", index)
                return
            if not isinstance(context.contents(owner), (ListValue, DictValue)):
                context.fail("TC108", "an entry of this value cannot be deleted", target)
            delete_item(context, owner, index)
        case gast.Attribute():
            delete_attribute(context, context.expression(target.value), target.attr)
        case _:
            context.fail("TC108", "`del` of this is not supported", target)


def bind_target(context: Context, target: gast.AST, value: Value) -> None:
    """`target = value` for names, subscripts and patterns."""
    match target:
        case gast.Name(id=name):
            context.bind(name, value)
        case gast.Tuple(elts=targets) | gast.List(elts=targets):
            _unpack(context, target, targets, value)
        case gast.Subscript():
            _store(context, target, value)
        case gast.Starred():
            context.fail("TC116", "a starred target must be in a tuple", target)
        case gast.Attribute():
            _set_attribute(context, context.expression(target.value), target.attr, value)
        case _:
            _refuse_write(context, target)


def _unpack(context: Context, node: gast.AST, targets: list[gast.AST], value: Value) -> None:
    if is_undefined(value):
        for target in targets:
            bind_target(context, target.value if isinstance(target, gast.Starred) else target, value)
        return
    context.take(value)
    starred = [i for i, target in enumerate(targets) if isinstance(target, gast.Starred)]
    entries = known_items(context, value)
    if entries is None and not starred:
        atom = context.atom(value)
        context.effect("check_length", atom, Literal(len(targets)))
        for i, target in enumerate(targets):
            bind_target(context, target, getitem(context, atom, Literal(i)))
        return
    if entries is None:
        context.fail(
            "TC117", "the length of what is unpacked must be known when the function is compiled", node
        )
    if starred:
        first, after = starred[0], len(targets) - starred[0] - 1
        if len(entries) < len(targets) - 1:
            context.fail("TC116", f"{len(entries)} values for {len(targets) - 1} or more names", node)
        middle = context.allocate(ListValue(entries[first : len(entries) - after]))
        entries = (*entries[:first], middle, *entries[len(entries) - after :])
        targets = [target.value if isinstance(target, gast.Starred) else target for target in targets]
    if len(entries) != len(targets):
        context.fail("TC116", f"{len(entries)} values for {len(targets)} names", node)
    for target, entry in zip(targets, entries, strict=True):
        bind_target(context, target, entry)


# --- writes ---------------------------------------------------------------------------------------


def _store(context: Context, target: gast.Subscript, value: Value) -> None:
    """`x[i] = value`; the value is there already."""
    owner, key = _written(context, target.value), context.expression(target.slice)
    if not _assign_item(context, owner, key, value):
        value = as_array(context, value)
        with context.builder.at(span_of(target, context.frame.file)):
            store(context, part_of(context, owner, key), value)


def _assign_item(context: Context, owner: Value, key: Value, value: Value) -> bool:
    """`owner[key] = value` for lists, dicts and objects; says whether it was one."""
    if isinstance(context.contents(owner), (ListValue, DictValue, TupleValue)):
        set_item(context, owner, key, value)
        return True
    if isinstance(owner, Var) and is_container(owner.kind) and not defines(context, owner, "__setitem__"):
        dynamic.put(context, owner, key, value)
        return True
    if defines(context, owner, "__setitem__"):
        call_special(context, owner, "__setitem__", key, value)
        return True
    return False


def _written(context: Context, node: gast.AST) -> Value:
    """What a subscript is about to write: what may be a number must be an array then."""
    array = borrowed(context, node)
    owned = context.owned(array)
    if owned is None or not isinstance(node, gast.Name) or not isinstance(array, Var):
        return array
    if array in context.accumulators:  # its memory is that of a name that may be a number
        array = context.op("own_copy", array, kind=owned)
        context.bind(node.id, array)
    if isinstance(array, Var):
        context.unshared.add(array)
    return array


def _set_attribute(context: Context, owner: Value, name: str, value: Value) -> None:
    if isinstance(owner, Var) and isinstance(owner.kind, Array):
        set_array_attribute(context, owner, name, value)
    else:
        set_attribute(context, owner, name, value)


def _refuse_write(context: Context, target: gast.AST) -> None:
    context.fail("TC101", "this target of an assignment is not supported", target)


@lowers_statement(gast.AugAssign)
def _augmented(context: Context, node: gast.AugAssign) -> Flow:
    name = BINARY[type(node.op)]
    match node.target:
        case gast.Name(id=target):
            _augment_name(context, node, target, name)
        case gast.Subscript():
            _augment_place(context, node, name)
        case gast.Attribute(value=holder, attr=part):
            owner = context.expression(holder)
            if isinstance(owner, Var) and isinstance(owner.kind, Array):
                _augment_part(context, node, owner, part, name)
                return Flow.NORMAL
            current = attribute(context, owner, part)
            _augment_held(
                context, name, current, context.expression(node.value),
                lambda value: set_attribute(context, owner, part, value),
            )  # fmt: skip
        case _:
            _refuse_write(context, node.target)
    return Flow.NORMAL


def _augment_held(
    context: Context, name: str, current: Value, value: Value, rebind: Callable[[Value], None]
) -> None:
    """`place op= value`, where `current` is there: arrays and lists change, what is immutable is replaced."""
    if is_undefined(current):
        return
    in_place = f"__i{name.rstrip('_')}__"
    match context.contents(current):
        case Var(kind=Array()) as array:
            augment(context, whole(array), name, value)
        case ListValue() as held if name == "add":
            extend(context, current, held, value)
        case Var(kind=List()) as held if name == "add":
            dynamic.extend(context, held, value)
        case DictValue() if name == "or_":
            call_container_method(context, current, "update", (value,), {})
        case _ if defines(context, current, in_place):
            rebind(call_special(context, current, in_place, value))
        case Var(kind=AnyKind()):
            context.fail(
                "TC113", "what is changed here may be an array, which is changed in place, or a number, which is not",
                hint="write `a = a … value`",
            )  # fmt: skip
        case _:
            rebind(binary(context, name, current, value))


def _augment_name(context: Context, node: gast.AugAssign, target: str, name: str) -> None:
    held = context.environment.get(context.key(target))
    is_owned = isinstance(held, Var) and held in context.accumulators
    owned = context.accumulators[held] if is_owned and isinstance(held, Var) else None
    is_unshared = held in context.unshared
    current = context.lookup(target)
    value = borrowed(context, node.value)
    if is_owned and isinstance(current, Var) and _adds_to(owned, value):
        context.accumulators[current] = owned  # this read keeps no reference
        _accumulate(context, target, name, current, owned, context.atom(value))
        return
    match current:
        case Var(kind=Array()):
            augment(context, whole(current), name, value)
            if is_unshared:
                context.unshared.add(current)
        case Literal() | TupleValue() | Static() | Instance():
            context.bind(target, binary(context, name, current, value))
        case Var(kind=kind) if is_number(kind) or _is_immutable(kind):
            context.bind(target, binary(context, name, current, value))
        case Ref() | ListValue() | DictValue():
            _augment_held(context, name, current, value, lambda result: context.bind(target, result))
        case Var(kind=List() | Dict() | Map()):
            _augment_held(context, name, current, value, lambda result: context.bind(target, result))
        case _:
            context.fail(
                "TC113", f"{target!r} may be an array, which is changed in place, or a number, which is not", node,
                f"write `{target} = {target} … value`, or make it an array before the loop",
            )  # fmt: skip


def _adds_to(owned: Array | None, value: Value) -> bool:
    """Whether `s = s op value` computes what `s op= value` does, where nothing else refers to s."""
    if not isinstance(value, (Var, Literal)) or is_undefined(value):
        return False
    kind = kind_of(value)
    if isinstance(kind, (Array, Scalar)):
        dtype = kind.dtype if owned is None else owned.dtype
        return dtype is not None and dtype.kind in "fc" and same_dtype(kind.dtype, dtype)
    return isinstance(kind, (Bool, Int, Float)) or (
        isinstance(kind, Const) and type(kind.value) in (int, float)
    )


def _accumulate(
    context: Context, target: str, name: str, current: Var, owned: Array | None, value: Atom
) -> None:
    """`s op= value` for an s that was a number before it became an array: bind a new one."""
    result = binary(context, name, current, value)
    context.bind(target, result)
    if isinstance(result, Var):
        made = result.kind if isinstance(result.kind, Array) else None
        context.accumulators[result] = made if owned is None else owned


def _is_immutable(kind: object) -> bool:
    return isinstance(kind, Const) or (isinstance(kind, Object) and kind.cls in (str, tuple))


def _augment_place(context: Context, node: gast.AugAssign, name: str) -> None:
    """`x[i] op= value`: what is there is read before the value is evaluated."""
    array, key = _written(context, node.target.value), context.expression(node.target.slice)
    if (
        isinstance(context.contents(array), (ListValue, DictValue, TupleValue))
        or is_dynamic(array)
        or defines(context, array, "__setitem__")
    ):
        entry = getitem(context, array, key)
        value = context.expression(node.value)
        _augment_held(context, name, entry, value, lambda result: _assign_held(context, array, key, result))
        return
    where = part_of(context, array, key)
    before, commits = len(context.builder.nodes), _commits(context)
    held = None if where is None or is_sum(name, where) else current(context, where)
    value = context.expression(node.value)
    wrote = _stores(context, before) or commits != _commits(context)
    if where is not None and is_sum(name, where) and wrote:
        context.fail(
            "TC113", "the value of an augmented assignment writes arrays itself", node, "compute it before"
        )
    augment(context, where, name, value, held)


def _assign_held(context: Context, owner: Value, key: Value, value: Value) -> None:
    _assign_item(context, owner, key, value)


def _augment_part(context: Context, node: gast.AugAssign, array: Var, part: str, name: str) -> None:
    """`z.real op= value`."""
    if part not in ("real", "imag"):
        context.fail("TC108", f"the attribute {part!r} of an array cannot be changed in place", node.target)
    value = binary(context, name, attribute(context, array, part), context.expression(node.value))
    set_array_attribute(context, array, part, value)


def _commits(context: Context) -> int:
    """How often writes have ended what may fail together."""
    return 0 if context.attempts is None else context.attempts.commits


def _stores(context: Context, start: int) -> bool:
    """Whether the nodes from number `start` on write an array."""
    written = Block((), tuple(context.builder.nodes[start:]), ())
    return any(isinstance(node, Store) for node in walk(written))
