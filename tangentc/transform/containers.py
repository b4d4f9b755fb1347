"""The reverse of what is done with tuples, lists and dicts that exist at run time.

The cotangents of a list are a list.  What put an entry into the list takes its cotangent out of that list again, and
the list itself gets back what it held before, so that both are at every moment as long as the program's list was.
Entries that are written themselves have shadows of their own, and zeros in the list of cotangents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tangentc.errors import UnsupportedSyntaxError
from tangentc.ir.build import Builder
from tangentc.ir.nodes import Atom, Block, Literal, Loop, Op, Range, Var
from tangentc.kinds.types import ANY, INT, List, Tuple, is_number
from tangentc.rules.expr import Expr, call
from tangentc.transform.cotangents import Place

if TYPE_CHECKING:
    from tangentc.transform.adjoint import Reverse

__all__ = ["CONTAINERS", "reverse_container"]

_LAST = Literal(-1)
_MADE = ("tuple", "list", "dict")
_ONCE = ("copied_items", "add_items", "add_parts", "part", "placed", "saved_item", "restore_item")
CONTAINERS = frozenset({
    *_MADE, *_ONCE, "item", "add_item", "stack_items", "list_append", "list_insert", "list_pop", "set_item", "del_item",
})  # fmt: skip


def reverse_container(reverse: Reverse, op: Op) -> None:
    """Undo an operation on a container, and pass cotangents on."""
    match op.primitive.name:
        case "item":
            _item(reverse, op)
        case "tuple" | "list" | "dict":
            _made(reverse, op)
        case "stack_items":
            _stack(reverse, op)
        case "add_item":
            _add_item(reverse, op)
        case "list_append" | "list_insert":
            _insert(reverse, op)
        case "list_pop":
            _pop(reverse, op)
        case "set_item" | "del_item":
            _set_item(reverse, op)
        case _ if any(map(reverse.activity.is_active, (*op.results, *op.operands))):
            raise UnsupportedSyntaxError(
                "TC127", "the reverse sweep of a program with lists or dicts is differentiated in reverse mode",
                op.span,
                "use forward over reverse: hvp or hessian",
            )  # fmt: skip


def _has_own_shadow(reverse: Reverse, value: Atom) -> bool:
    return isinstance(value, Var) and reverse.bars.place(value) is Place.IDENTITY


def _entry_bar(reverse: Reverse, bars: Atom, key: Atom, entry: Atom) -> Expr:
    """The cotangent of an entry: for an array it may still be the number 0.0."""
    kind = reverse.bars.bar_kind(entry) if isinstance(entry, Var) else ANY
    shown = Expr.of(reverse.builder, bars), Expr.of(reverse.builder, key)
    return call("item", *shown, kind=kind if is_number(kind) else ANY)


def _land_entry(reverse: Reverse, value: Atom, bar: Expr) -> None:
    """Give an entry its cotangent, unless it has a shadow where that is already."""
    if reverse.activity.is_active(value) and not _has_own_shadow(reverse, value):
        reverse.bars.land(value, bar)


# --- reading and making -----------------------------------------------------------------------------


def _item(reverse: Reverse, op: Op) -> None:
    """An entry that is read gives its cotangent to its place."""
    (result,), (container, key) = op.results, op.operands
    active = reverse.activity.is_active
    if not active(result) or _has_own_shadow(reverse, result) or not active(container):
        return
    taken = reverse.bars.take(result)
    if taken is None or not isinstance(container, Var):
        return
    w = reverse.bars.full(result, taken.atom)
    if reverse.bars.place(container) is Place.PLAIN:
        reverse.bars.land(container, _tuple_with(reverse, container, key, w))
    else:
        reverse.builder.effect("add_item", reverse.bars.shadow(container), reverse.sweep.resolve(key), w)


def _tuple_with(reverse: Reverse, container: Var, key: Atom, w: Atom) -> Expr:
    """The cotangent of a tuple of which one entry is read."""
    size = len(container.kind.items) if isinstance(container.kind, Tuple) else 0
    if size and not isinstance(key, Literal):
        where = Expr.of(reverse.builder, reverse.sweep.resolve(key))
        return call("placed", Expr.of(reverse.builder, w), where, size=size)
    if not (isinstance(key, Literal) and -size <= key.value < size):
        raise UnsupportedSyntaxError(
            "TC120", "a tuple that comes from a branch, a loop or a list is read at an index that is not known",
            reverse.builder.span, "use a list or an array",
        )  # fmt: skip
    parts: list[Atom] = [Literal(0.0)] * size
    parts[key.value] = w
    return call("tuple", *(Expr.of(reverse.builder, part) for part in parts))


def _made(reverse: Reverse, op: Op) -> None:
    """A container gives the cotangents of its places to its entries."""
    (result,) = op.results
    if not reverse.activity.is_active(result):
        return
    bars = reverse.bars.take(result)
    if bars is None:
        return
    keys = op.attr("keys", ()) or range(len(op.operands))
    for key, operand in zip(keys, op.operands, strict=True):
        if reverse.activity.is_active(operand) and not _has_own_shadow(reverse, operand):
            reverse.bars.land(operand, _entry_bar(reverse, bars.atom, Literal(key), operand))


def _stack(reverse: Reverse, op: Op) -> None:
    """np.array(items): row k of the cotangent belongs to entry k."""
    (result,), (items,) = op.results, op.operands
    if not reverse.activity.is_active(result):
        return
    taken = reverse.bars.take(result)
    if taken is None or not isinstance(items, Var):
        return
    w = reverse.bars.full(result, taken.atom)
    builder = reverse.builder
    item = items.kind.item if isinstance(items.kind, List) else ANY
    held = reverse.aliases.inside.get(reverse.aliases.class_of(items) or items)
    if held is None or held not in reverse.aliases.written or is_number(item):
        reverse.bars.land(items, Expr.of(builder, w))
        return
    here, index = reverse.sweep.resolve(items), Var(INT, "i")
    with builder.nested() as nodes:
        entry = builder.op("item", here, index, kind=item)
        bar = builder.op("shadow_of", reverse.bars.shadow_root(), entry, kind=entry.kind)
        row = builder.op("item", w, index)
        builder.store(bar, (Ellipsis,), (), row, "+")
    count = builder.op("list_len", here)
    bounds = Range(Literal(0), count, Literal(1))
    builder.append(Loop((), bounds, None, (), Block((index,), tuple(nodes), ()), False, op.span))


def _add_item(reverse: Reverse, op: Op) -> None:
    """bars[key] = bars[key] + value: the value gets the cotangent of the entry."""
    container, key, value = op.operands
    active = reverse.activity.is_active
    if isinstance(container, Var) and active(container) and active(value) and isinstance(value, Var):
        bars = reverse.bars.shadow(container)
        reverse.bars.land(value, _entry_bar(reverse, bars, reverse.sweep.resolve(key), value))


# --- changes ----------------------------------------------------------------------------------------


def _insert(reverse: Reverse, op: Op) -> None:
    """An entry that was put into a list takes its cotangent out of the list of cotangents."""
    items, *given, value = op.operands
    where = reverse.sweep.resolve(given[0]) if given else _LAST
    builder = reverse.builder
    if reverse.activity.is_active(items) and isinstance(items, Var):
        kind = reverse.bars.bar_kind(value) if isinstance(value, Var) else ANY
        bar = builder.op("list_pop", reverse.bars.shadow(items), where, kind=kind if is_number(kind) else ANY)
        if isinstance(value, Var):
            Builder.name(bar, value, "bar")
        _land_entry(reverse, value, Expr.of(builder, bar))
    builder.op("list_pop", reverse.sweep.resolve(items), where)


def _pop(reverse: Reverse, op: Op) -> None:
    """An entry that was taken from a list goes back, with its cotangent."""
    (result,), (items, index) = op.results, op.operands
    where, builder = reverse.sweep.resolve(index), reverse.builder
    if reverse.activity.is_active(items) and isinstance(items, Var):
        bar: Atom = Literal(0.0)
        if reverse.activity.is_active(result) and not _has_own_shadow(reverse, result):
            taken = reverse.bars.take(result)
            bar = reverse.bars.full(result, None if taken is None else taken.atom)
        _put_back(builder, reverse.bars.shadow(items), where, bar)
    _put_back(builder, reverse.sweep.resolve(items), where, reverse.sweep.resolve(result))


def _put_back(builder: Builder, items: Atom, where: Atom, value: Atom) -> None:
    if where == _LAST:
        builder.effect("list_append", items, value)
    else:
        builder.effect("list_insert", items, where, value)


def _set_item(reverse: Reverse, op: Op) -> None:
    """container[key] = value, or del container[key]: the value takes the cotangent of the place, which is then zero."""
    container, key, *given = op.operands
    assert isinstance(container, Var)
    where, builder = reverse.sweep.resolve(key), reverse.builder
    if reverse.activity.is_active(container):
        bars = reverse.bars.shadow(container)
        if given and isinstance(given[0], Var) and reverse.activity.is_active(given[0]):
            if not _has_own_shadow(reverse, given[0]):
                w = _entry_bar(reverse, bars, where, given[0])
                w.atom  # noqa: B018  it is read before the place is set to zero
                builder.effect("set_item", bars, where, 0.0)
                reverse.bars.land(given[0], w)
                _restore(reverse, op, container, key)
                return
        builder.effect("set_item", bars, where, 0.0)
    _restore(reverse, op, container, key)


def _restore(reverse: Reverse, op: Op, container: Var, key: Atom) -> None:
    """Have the container hold what it held before."""
    before = Builder()
    before.span = op.span
    always = isinstance(container.kind, List) or op.primitive.name == "del_item"
    saved = before.op("item" if always else "saved_item", container, key)
    reverse.sweep.introduce_before(op, before.nodes, saved, container)
    here, where = reverse.sweep.resolve(container), reverse.sweep.resolve(key)
    undo = "set_item" if always else "restore_item"
    reverse.builder.effect(undo, here, where, reverse.sweep.pop_here(saved))
