"""What programs are held together by: indexing, shapes, containers, text, opaque calls, effects."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from tangentc.kinds.dims import new_int, product
from tangentc.kinds.join import item_of, join, joined_items, widened
from tangentc.kinds.types import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    Array,
    Const,
    Dict,
    Int,
    Kind,
    List,
    Map,
    Object,
    Scalar,
    Size,
    Tuple,
    is_number,
    rank_of,
)
from tangentc.primitives.core import Alias, Syntax
from tangentc.primitives.declare import declare
from tangentc.primitives.index import Hole, Index, Slice
from tangentc.primitives.indexing import getitem_kind
from tangentc.primitives.libraries import resolve


def fill_index(index: Index, operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index template with its holes filled, as `x[...]` takes it."""

    def fill(entry: Any) -> Any:
        if isinstance(entry, Hole):
            return operands[entry.position]
        if isinstance(entry, Slice):
            return slice(fill(entry.start), fill(entry.stop), fill(entry.step))
        return entry

    return tuple(fill(entry) for entry in index)


def getitem(x: Any, *holes: Any, index: Index = ()) -> Any:
    key = fill_index(index, holes)
    return x[key[0]] if len(key) == 1 else x[key]


def make_tuple(*items: Any) -> tuple[Any, ...]:
    return items


def make_list(*items: Any) -> list[Any]:
    return list(items)


def make_dict(*values: Any, keys: tuple[Any, ...] = ()) -> dict[Any, Any]:
    return dict(zip(keys, values, strict=True))


def dim(x: Any, *, axis: int) -> int:
    return int(np.shape(x)[axis])


_CONVERSIONS: dict[str, Callable[[Any], str]] = {"r": repr, "s": str, "a": ascii}


def format_text(*values: Any, parts: tuple[Any, ...] = ()) -> str:
    """An f-string.  A part is text, or (conversion, spec) for the next value; a spec has parts of its own."""
    remaining = iter(values)

    def render(pieces: tuple[Any, ...]) -> str:
        text = ""
        for piece in pieces:
            if isinstance(piece, str):
                text += piece
                continue
            conversion, spec = piece
            value = next(remaining)
            if conversion:
                value = _CONVERSIONS[conversion](value)
            text += format(value, render(spec))
        return text

    return render(parts)


def opaque_call(
    function: Callable[..., Any], *args: Any, keywords: tuple[str, ...] = (), reason: str = ""
) -> Any:
    """Call `function`; the last `len(keywords)` arguments go by those names.

    Args: reason: why no derivative goes through the call, where that is more than that the function is not known.
    """
    first = len(args) - len(keywords)
    return function(*args[:first], **dict(zip(keywords, args[first:], strict=True)))


def print_values(*args: Any, keywords: tuple[str, ...] = ()) -> None:
    opaque_call(print, *args, keywords=keywords)


def throw(exception: Any, cause: Any = None) -> None:
    raise exception from cause


def check(condition: Any, message: Any = None) -> None:
    if not condition:
        raise AssertionError(*(() if message is None else (message,)))


def get_attribute(x: Any, *, name: str) -> Any:
    return getattr(x, name)


Kinds = tuple[Kind, ...]
Attributes = dict[str, Any]


def _dims(kind: Kind) -> tuple[Size, ...] | None:
    if isinstance(kind, Array):
        return kind.dims
    return () if is_number(kind) else None


def shape_kind(kinds: Kinds, _: Attributes) -> Kind:
    dims = _dims(kinds[0])
    return ANY if dims is None else Tuple(tuple(Int(size) for size in dims))


def dim_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    dims, axis = _dims(kinds[0]), attrs.get("axis", 0)
    return new_int() if dims is None or not -len(dims) <= axis < len(dims) else Int(dims[axis])


def ndim_kind(kinds: Kinds, _: Attributes) -> Kind:
    rank = rank_of(kinds[0])
    return new_int() if rank is None else Const(rank)


def size_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    if attrs.get("axis") is not None:
        return dim_kind(kinds, attrs)
    dims = _dims(kinds[0])
    return new_int() if dims is None else Int(product(dims))


def dtype_kind(kinds: Kinds, _: Attributes) -> Kind:
    match kinds[0]:
        case Array(dtype, _) | Scalar(dtype) if dtype is not None:
            return Const(dtype)
    return ANY


def len_kind(kinds: Kinds, _: Attributes) -> Kind:
    match kinds[0]:
        case Array(_, (first, *_)):
            return Int(first)
        case Tuple(items) | Dict(items):
            return Int(len(items))
        case List(_, size) if size is not None:
            return Int(size)
        case Const(value) if hasattr(value, "__len__"):
            return Int(len(value))
    return new_int()


def tuple_kind(kinds: Kinds, _: Attributes) -> Kind:
    return Tuple(kinds)


def list_kind(kinds: Kinds, _: Attributes) -> Kind:
    return List(joined_items(kinds), len(kinds))


def dict_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    return Dict(tuple(zip(attrs.get("keys", ()), kinds, strict=True)))


def item_kind(kinds: Kinds, _: Attributes) -> Kind:
    """The entry that a known key names, else what covers them all."""
    container, key = kinds
    known = key.value if isinstance(key, Const) else key.size if isinstance(key, Int) else None
    match container:
        case Tuple(items) if isinstance(known, int):
            return items[known] if -len(items) <= known < len(items) else ANY
        case Tuple((first, *rest)):
            return reduce(join, rest, first)
        case List(item, _):
            return item_of(item)
        case Dict(items) if isinstance(key, Const):
            return next((item_of(kind) for name, kind in items if name == key.value), ANY)
        case Map(_, value):
            return item_of(value)
        case Const(value) if isinstance(value, (tuple, list)) and isinstance(known, int):
            return widened(Const(value[known])) if -len(value) <= known < len(value) else ANY
        case Const(value) if isinstance(value, (tuple, list)) and value:
            entries: list[Kind] = [Const(entry) for entry in value]
            return reduce(join, entries)
        case Array():
            return getitem_kind((container, key), {"index": (Hole(0),)})
    return ANY


def astype(x: Any, *, dtype: Any) -> Any:
    return x.astype(dtype)


def same_kind(kinds: Kinds, _: Attributes) -> Kind:
    return kinds[0]


def astype_kind(kinds: Kinds, attrs: Attributes) -> Kind:
    dtype = np.dtype(attrs["dtype"])
    match kinds[0]:
        case Array(_, dims):
            return Array(dtype, dims)
        case Scalar():
            return Scalar(dtype)
    return ANY


_PYTHON_KINDS: dict[str, Kind] = {"f": FLOAT, "c": COMPLEX, "b": BOOL}


def array_item_kind(kinds: Kinds, _: Attributes) -> Kind:
    match kinds[0]:
        case Array(dtype, _) | Scalar(dtype) if dtype is not None:
            return new_int() if dtype.kind in "iu" else _PYTHON_KINDS.get(dtype.kind, ANY)
    return ANY


def copied(x: Any, *, order: str = "C") -> Any:
    return x.copy() if order == "C" else x.copy(order)


def text_kind(_kinds: Kinds, _: Attributes) -> Kind:
    return Object(str)


def no_kind(_kinds: Kinds, _: Attributes) -> tuple[Kind, ...]:
    """Nothing comes back."""
    return ()


def is_instance(x: Any, *, classes: tuple[type, ...]) -> bool:
    return isinstance(x, classes)


def always_bool(_kinds: Kinds, _: Attributes) -> Kind:
    return BOOL


def range_kind(_kinds: Kinds, _: Attributes) -> Kind:
    return Object(range)


declare(
    "getitem", getitem, "x", "*holes", kind=getitem_kind,
    attributes={"index": ()}, alias=Alias.INDEX, cheap=True, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "shape_of", np.shape, "a", kind=shape_kind,
    cheap=True, reads=False, syntax=Syntax.SPECIAL, spelling="shape", callables=(np.shape,),
)  # fmt: skip
# of an array that a path may leave undefined: () then, where `x.shape` would fail
declare("shape_if_any", np.shape, "a", kind=shape_kind, cheap=True, reads=False, syntax=Syntax.SPECIAL)
declare(
    "dim", dim, "x", kind=dim_kind, attributes={"axis": None}, cheap=True, reads=False, syntax=Syntax.SPECIAL
)
declare(
    "ndim", np.ndim, "a",
    kind=ndim_kind, cheap=True, reads=False, syntax=Syntax.SPECIAL, callables=(np.ndim,),
)  # fmt: skip
declare(
    "size", np.size, "a", kind=size_kind,
    attributes={"axis": None}, cheap=True, reads=False, syntax=Syntax.SPECIAL, callables=(np.size,),
)  # fmt: skip
declare(
    "dtype", operator.attrgetter("dtype"), "x",
    kind=dtype_kind, cheap=True, reads=False, syntax=Syntax.ATTRIBUTE,
)  # fmt: skip
declare("len", len, "x", kind=len_kind, cheap=True, reads=False, callables=(len,))
declare("tuple", make_tuple, "*items", kind=tuple_kind, cheap=True, syntax=Syntax.SPECIAL)
declare("list", make_list, "*items", kind=list_kind, syntax=Syntax.SPECIAL)
declare("dict", make_dict, "*values", kind=dict_kind, attributes={"keys": ()}, syntax=Syntax.SPECIAL)
declare(
    "item", operator.getitem, "container", "key",
    kind=item_kind, alias=Alias.MAYBE, cheap=True, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare("copy", copied, "x", attributes={"order": "C"}, kind=same_kind, syntax=Syntax.METHOD)
# a copy of what was a number or an array until here, and must be an array now
declare("own_copy", operator.methodcaller("copy"), "x", kind=same_kind, syntax=Syntax.METHOD, spelling="copy")
declare(
    "astype", astype, "x",
    kind=astype_kind, attributes={"dtype": None}, syntax=Syntax.METHOD,
    callables=tuple(function for function in (resolve("np.astype"),) if function is not None),
)  # fmt: skip
declare(
    "array_item", operator.methodcaller("item"), "x",
    kind=array_item_kind, cheap=True, syntax=Syntax.METHOD, spelling="item",
)  # fmt: skip
declare("tolist", operator.methodcaller("tolist"), "x", kind=lambda _kinds, _: ANY, syntax=Syntax.METHOD)
declare(
    "getattr", get_attribute, "x",
    kind=lambda _kinds, _: ANY, attributes={"name": None}, alias=Alias.MAYBE, cheap=True,
    syntax=Syntax.SPECIAL,
)  # fmt: skip
declare("range", range, "*bounds", kind=range_kind, cheap=True, callables=(range,))
declare("format", format_text, "*values", kind=text_kind, attributes={"parts": ()}, syntax=Syntax.SPECIAL)
declare("str", str, "x", kind=text_kind, callables=(str,))
declare("repr", repr, "x", kind=text_kind, callables=(repr,))
declare(
    "call", opaque_call, "function", "*args",
    attributes={"keywords": (), "reason": ""}, alias=Alias.MAYBE, effect=True, pure=False, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare(
    "print", print_values, "*args", kind=no_kind,
    attributes={"keywords": ()}, effect=True, pure=False, syntax=Syntax.SPECIAL, callables=(print,),
)  # fmt: skip
declare(
    "np.errstate", np.errstate, kind=lambda _kinds, _: Object(np.errstate), pure=False, reads=False,
    attributes={"all": None, "divide": None, "over": None, "under": None, "invalid": None},
)  # fmt: skip
declare(
    "isinstance", is_instance, "x", kind=always_bool, attributes={"classes": None},
    cheap=True, reads=False, syntax=Syntax.SPECIAL,
)  # fmt: skip
declare("raise", throw, "exception", "cause", kind=no_kind, effect=True, pure=False, syntax=Syntax.SPECIAL)
declare("assert", check, "condition", "message", kind=no_kind, effect=True, pure=False, syntax=Syntax.SPECIAL)
