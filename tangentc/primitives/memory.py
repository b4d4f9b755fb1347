"""Tapes and shadows: what the reverse sweep keeps between its two halves."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc import numerics
from tangentc.kinds.join import item_of
from tangentc.kinds.types import ANY, INT, Array, Dict, Kind, List, Map, Tape
from tangentc.primitives.core import Alias, Syntax
from tangentc.primitives.declare import declare
from tangentc.primitives.index import Index
from tangentc.primitives.indexing import indexed_dims
from tangentc.primitives.structure import fill_index, no_kind, same_kind
from tangentc.shadows import Shadows


def tape_new() -> list[Any]:
    return []


def tape_push(tape: list[Any], value: Any) -> None:
    tape.append(value)


def tape_pop(tape: list[Any]) -> Any:
    return tape.pop()


def tape_len(tape: list[Any]) -> int:
    return len(tape)


def tape_cut(tape: list[Any], length: int) -> None:
    """Forget what was pushed since the tape had this length."""
    del tape[length:]


def popped_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    return item_of(kinds[0].item) if isinstance(kinds[0], Tape) else ANY


def twin_kind(kinds: tuple[Kind, ...], _: dict[str, Any]) -> Kind:
    """The cotangent of an array has its dtype and sizes."""
    return kinds[1]


def winners_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    x, *holes = kinds
    return Array(
        np.dtype(bool), indexed_dims(x.dims, attrs.get("index", ()), holes) if isinstance(x, Array) else None
    )


def shadows_new() -> Any:
    return Shadows()


def shadow_of(shadows: Any, array: Any) -> Any:
    return shadows[array]


def shadow_take(shadows: Any, array: Any) -> Any:
    return shadows.take(array)


declare("tape_new", tape_new, kind=lambda _kinds, _: Tape(ANY), pure=False, syntax=Syntax.SPECIAL)
declare("tape_push", tape_push, "tape", "value", kind=no_kind, pure=False, syntax=Syntax.SPECIAL)
declare("tape_pop", tape_pop, "tape", kind=popped_kind, alias=Alias.MAYBE, pure=False, syntax=Syntax.SPECIAL)
declare(
    "tape_len", tape_len, "tape", kind=lambda _kinds, _: INT, pure=False, reads=False, syntax=Syntax.SPECIAL
)
declare("tape_cut", tape_cut, "tape", "length", kind=no_kind, pure=False, syntax=Syntax.SPECIAL)
declare("shadows_new", shadows_new, kind=lambda _kinds, _: ANY, pure=False, syntax=Syntax.SPECIAL)
declare(
    "shadow_of", shadow_of, "shadows", "array",
    kind=twin_kind, alias=Alias.MAYBE, pure=False, reads=False, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "shadow_take", shadow_take, "shadows", "array",
    kind=twin_kind, pure=False, reads=False, syntax=Syntax.SPECIAL,
)  # fmt: skip


def add_at(target: Any, *holes_and_value: Any, index: Index = ()) -> None:
    """target[index] += value where the index may name an element several times: each time counts."""
    *holes, value = holes_and_value
    np.add.at(target, fill_index(index, tuple(holes)), value)


def last_writer(x: Any, *holes: Any, index: Index = ()) -> Any:
    """Which elements of the value of `x[index] = value` are still in x afterwards: with repeats, the last."""
    return numerics.last_writer(x.shape, fill_index(index, holes))


def iadd(target: Any, value: Any) -> Any:
    """target += value, in place; the result is the target."""
    target += value
    return target


def isub(target: Any, value: Any) -> Any:
    """target -= value, in place; the result is the target."""
    target -= value
    return target


def _bars_kind(kinds: tuple[Kind, ...], attrs: dict[str, Any]) -> Kind:
    return Map(ANY, ANY) if isinstance(kinds[0], (Dict, Map)) else List(ANY)


# The index operations of the reverse sweep, printed as np.add.at(target, index, value) and
# last_writer(x.shape, index).
declare(
    "add_at", add_at, "target", "*holes_and_value", kind=no_kind,
    attributes={"index": ()}, pure=False, writes=True, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "last_writer", last_writer, "x", "*holes", kind=winners_kind,
    attributes={"index": ()}, reads=False, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "iadd",
    iadd,
    "target",
    "value",
    kind=same_kind,
    alias=Alias.VIEW,
    pure=False,
    writes=True,
    syntax=Syntax.SPECIAL,
)
declare(
    "isub",
    isub,
    "target",
    "value",
    kind=same_kind,
    alias=Alias.VIEW,
    pure=False,
    writes=True,
    syntax=Syntax.SPECIAL,
)
declare("zero_items", numerics.zero_items, "container", kind=_bars_kind)
declare("add_item", numerics.add_item, "bars", "key", "w", pure=False, writes=True, kind=no_kind)
declare("copy_strided", numerics.copy_strided, "x", kind=same_kind)
declare(
    "check_length", numerics.check_length, "x", "names", kind=no_kind, effect=True, pure=False, reads=False,
    callables=(numerics.check_length,),
)  # fmt: skip
declare(
    "check_single", numerics.check_single, "y", kind=no_kind, effect=True, pure=False, reads=False,
    callables=(numerics.check_single,),
)  # fmt: skip
