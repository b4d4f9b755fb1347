"""Where the result of a library function goes, and which entries take part: `out=`, `where=`, `initial=`.

A call with `out=c` is a store into c, and its value is c itself.  Under a mask only the chosen entries are computed,
so that `np.divide(a, b, out=c, where=b != 0)` divides by no zero, forwards or backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.frontend.arrays.stores import (
    augment,
    broadcast,
    check_cast,
    masked,
    require_array,
    store,
    whole,
)
from tangentc.frontend.expressions.indexing import size_of_axis
from tangentc.frontend.expressions.operations import apply_primitive, as_array
from tangentc.frontend.expressions.operators import binary
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import TupleValue, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, Var, kind_of
from tangentc.kinds.types import Array, Bool, Complex, Const, Float, Int, Kind, dtype_of, rank_of, same_dtype
from tangentc.primitives.core import Primitive, named
from tangentc.primitives.signatures import signature_of

__all__ = ["apply_function"]

_NOTHING, _TRUE, _SAME_KIND = Literal(None), Literal(True), Literal("same_kind")

# The entry that changes nothing: it takes the place of those that a mask leaves out.
_NEUTRAL = {
    "np.sum": 0, "np.prod": 1, "np.nansum": 0, "np.nanprod": 1, "np.any": False, "np.all": True,
    "np.nanmean": np.nan, "np.max": -np.inf, "np.min": np.inf,
}  # fmt: skip
_REDUCTIONS = (*_NEUTRAL, "np.mean")
_COMBINED = {"np.sum": "add", "np.nansum": "add", "np.prod": "mul", "np.nanprod": "mul"}
_EXTREMES = ("np.max", "np.min")
_IN_DTYPE_OF_OUT = (
    "np.sum",
    "np.prod",
    "np.mean",
    "np.cumsum",
    "np.cumprod",
    "np.nansum",
    "np.nanprod",
    "np.trace",
)


def apply_function(
    context: Context,
    primitive: Primitive,
    args: Sequence[Value],
    kwargs: dict[str, Value],
    method: bool = False,
) -> Value:
    """`primitive(*args, **kwargs)`, with its output and its mask."""
    if any(map(is_undefined, (*args, *kwargs.values()))):
        return UNDEF
    args, kwargs, outs = _split_out(context, primitive, args, dict(kwargs))
    casting = str(context.static(kwargs.pop("casting", _SAME_KIND), "'casting'")) if outs else "same_kind"
    if outs:
        kwargs = _in_dtype_of(outs[0], primitive, args, kwargs)
    if (added := _added(primitive, args, kwargs, outs)) is not None and casting == "same_kind":
        return _add(context, *added, kwargs.get("where", _TRUE))
    if isinstance(primitive.function, np.ufunc) and _is_given(kwargs.get("where")):
        return _masked_call(context, primitive, args, kwargs, outs, casting)
    if primitive.name in _REDUCTIONS and (_is_given(kwargs.get("where")) or "initial" in kwargs):
        result = _partial(context, primitive, args, kwargs)
    else:
        result = apply_primitive(context, primitive, args, kwargs, method)
    return _written(context, primitive, result, outs, casting)


def _is_given(mask: Value | None) -> bool:
    return mask is not None and mask != Literal(True)


# --- out= -----------------------------------------------------------------------------------------


def _split_out(
    context: Context, primitive: Primitive, args: Sequence[Value], kwargs: dict[str, Value]
) -> tuple[Sequence[Value], dict[str, Value], tuple[Var | None, ...]]:
    """The arguments without the output, and the arrays that are written."""
    is_einsum = primitive.name == "np.einsum"
    signature = None if is_einsum else signature_of(primitive)
    if signature is not None and "out" not in signature.keywords:
        return args, kwargs, ()
    out = kwargs.pop("out", _NOTHING)
    if signature is not None:
        position = next((i for i, p in enumerate(signature.positional) if p.name == "out"), len(args))
        given = args[position : position + primitive.results]
        if given and out != _NOTHING:
            context.fail("TC115", f"{primitive.spelling} got the argument 'out' twice")
        if given:
            missing = (_NOTHING,) * (primitive.results - len(given))
            out = given[0] if primitive.results == 1 else TupleValue((*given, *missing))
            args = [*args[:position], *args[position + len(given) :]]
    items = out.items if isinstance(out, TupleValue) else (out,)
    if all(item == _NOTHING for item in items):
        return args, kwargs, ()
    if len(items) != primitive.results:
        context.fail("TC115", f"{primitive.spelling} has {primitive.results} outputs, not {len(items)}")
    return args, kwargs, tuple(None if item == _NOTHING else require_array(context, item) for item in items)


def _written(
    context: Context, primitive: Primitive, result: Value, outs: tuple[Var | None, ...], casting: str
) -> Value:
    """Store the results; the value of the call is what was written."""
    if not outs or is_undefined(result):
        return result
    results = result.items if isinstance(result, TupleValue) else (result,)
    for out, part in zip(outs, results, strict=True):
        if out is not None:
            _check_shape(context, primitive, out, part)
            store(context, whole(out), part, casting)
    written = tuple(part if out is None else out for out, part in zip(outs, results, strict=True))
    return TupleValue(written) if len(written) > 1 else written[0]


def _added(
    primitive: Primitive, args: Sequence[Value], kwargs: dict[str, Value], outs: tuple[Var | None, ...]
) -> tuple[str, Var, Value] | None:
    """`np.add(c, v, out=c)` and the like as operator, array and value: what is added to stays as it is."""
    name = {"np.add": "add", "np.subtract": "sub"}.get(primitive.name)
    if name is None or len(args) != 2 or set(kwargs) - {"where"} or len(outs) != 1:
        return None
    (out,), (left, right) = outs, args
    if out is not None and left is out:
        return name, out, right
    if out is not None and right is out and name == "add":
        return name, out, left
    return None


def _add(context: Context, name: str, out: Var, value: Value, mask: Value) -> Value:
    """`out += value`, of the entries that the mask chooses."""
    if not _is_given(mask):
        augment(context, whole(out), name, value)
    elif (chosen := masked(context, out, mask)) is not None:
        where, pick = chosen
        augment(context, where, name, pick(value))
    return out


def _check_shape(context: Context, primitive: Primitive, out: Var, result: Value) -> None:
    """NumPy spreads over a larger output what works entry by entry, and nothing else."""
    given = rank_of(kind_of(result)) if isinstance(result, (Var, Literal)) else None
    taken = rank_of(out.kind)
    if given is None or taken is None or given == taken or (given < taken and primitive.elementwise):
        return
    context.fail("TC115", f"{primitive.spelling} has a result with {given} axes, and 'out' has {taken}")


def _in_dtype_of(
    out: Var | None, primitive: Primitive, args: Sequence[Value], kwargs: dict[str, Value]
) -> dict[str, Value]:
    """NumPy adds up in the dtype of the output."""
    given = args[2] if len(args) > 2 else kwargs.get("dtype", _NOTHING)
    if out is None or primitive.name not in _IN_DTYPE_OF_OUT or given != _NOTHING or not args:
        return kwargs
    taken = dtype_of(out.kind)
    held = dtype_of(kind_of(args[0])) if isinstance(args[0], (Var, Literal)) else None
    if taken is None or same_dtype(held, taken) or held is None or not np.can_cast(held, taken, "same_kind"):
        return kwargs
    return {**kwargs, "dtype": Literal(taken)}


# --- where= and initial= --------------------------------------------------------------------------


def _masked_call(
    context: Context,
    primitive: Primitive,
    args: Sequence[Value],
    kwargs: dict[str, Value],
    outs: tuple[Var | None, ...],
    casting: str,
) -> Value:
    """A ufunc under a mask, which leaves the other entries of the output as they are."""
    out = outs[0] if len(outs) == 1 else None
    if out is None:
        context.fail(
            "TC115", f"{primitive.spelling} with a mask and no output leaves entries undefined",
            hint="give the array that is to be filled as out=, for example out=np.zeros_like(x)",
        )  # fmt: skip
    chosen = masked(context, out, kwargs.pop("where"))
    if chosen is None:
        return UNDEF
    where, pick = chosen
    result = apply_primitive(context, primitive, [pick(value) for value in args], kwargs)
    store(context, where, result, casting)
    return out


def _partial(
    context: Context, primitive: Primitive, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """A reduction of the entries that a mask chooses, and of a first value."""
    name, kwargs = primitive.name, dict(kwargs)
    mask, initial = kwargs.pop("where", Literal(True)), kwargs.pop("initial", None)
    x, *rest = args or (kwargs.pop("a"),)
    x = as_array(context, x)
    dtype = dtype_of(kind_of(x)) if isinstance(x, (Var, Literal)) else None
    if dtype is None:
        context.fail("TC113", f"{name} with a mask or a first value needs an array whose dtype is known")
    if name in _EXTREMES and initial is None:
        context.fail("TC115", f"{name} with a mask needs the argument 'initial'")
    if name == "np.mean":
        return _masked_mean(context, x, rest, kwargs, mask)
    if _is_given(mask):
        x = _only(context, x, mask, _neutral(name, dtype))
    if initial is None:
        return apply_primitive(context, primitive, (x, *rest), kwargs)
    first = kind_of(context.atom(initial))
    check_cast(context, first, Array(dtype, ()))
    if name in _EXTREMES:
        return _extreme(context, primitive, x, initial, rest, kwargs)
    if name not in _COMBINED:
        context.fail("TC115", f"the argument 'initial' of {name} is not supported")
    result = apply_primitive(context, primitive, (x, *rest), kwargs)
    if not _is_python_number(first) and not same_dtype(
        dtype_of(first), dtype_of(kind_of(context.atom(result)))
    ):
        context.fail("TC115", "the first value of a reduction must have the dtype of the result")
    return binary(context, _COMBINED[name], initial, result)


def _is_python_number(kind: Kind) -> bool:
    """Whether a number leaves the dtype of what it is added to."""
    python = (bool, int, float, complex)
    return isinstance(kind, (Bool, Int, Float, Complex)) or (
        isinstance(kind, Const) and type(kind.value) in python
    )


def _neutral(name: str, dtype: np.dtype[Any]) -> Literal:
    if name in _EXTREMES and dtype.kind in "iu":
        info = np.iinfo(dtype)
        return Literal(int(info.min if name == "np.max" else info.max))
    return Literal(_NEUTRAL[name])


def _only(context: Context, x: Value, mask: Value, neutral: Literal) -> Value:
    """The entries where the mask holds, and neutral ones in the other places."""
    given = context.atom(as_array(context, mask))
    if is_undefined(given):
        return UNDEF
    if dtype_of(kind_of(given)) != np.dtype(bool):
        context.fail(
            "TC115", "a mask must be known to hold truth values", hint="compare, or use mask.astype(bool)"
        )
    return apply_primitive(context, named("np.where"), (given, x, neutral), {})


def _masked_mean(
    context: Context, x: Value, args: Sequence[Value], kwargs: dict[str, Value], mask: Value
) -> Value:
    """The sum of the chosen entries over their number."""
    array = require_array(context, x)
    total = apply_primitive(context, named("np.sum"), (_only(context, x, mask, Literal(0)), *args), kwargs)
    spread = broadcast(context, context.atom(as_array(context, mask)), array)
    dtype = dtype_of(kind_of(context.atom(total)))
    real = np.dtype(float) if dtype is None or dtype.kind != "f" else dtype
    count = apply_primitive(context, named("np.sum"), (spread, *args[:1]), {**kwargs, "dtype": Literal(real)})
    return binary(context, "truediv", total, count)


def _extreme(
    context: Context,
    primitive: Primitive,
    x: Value,
    initial: Value,
    args: Sequence[Value],
    kwargs: dict[str, Value],
) -> Value:
    """The largest of the entries and a first value: one more entry along the axis."""
    array = require_array(context, x)
    kwargs = dict(kwargs)
    axis = args[0] if args else kwargs.pop("axis", _NOTHING)
    known = context.static(axis, "'axis' of a reduction")
    rank = rank_of(array.kind)
    if rank is None or isinstance(known, tuple) or (known is None and kwargs):
        context.fail("TC115", "the argument 'initial' needs one axis, or all without keepdims")
    if known is None:
        x, known, rank = apply_primitive(context, named("np.ravel"), (array,), {}), 0, 1
        array = require_array(context, x)
    sizes = tuple(
        Literal(1) if position == known % rank else size_of_axis(context, array, position)
        for position in range(rank)
    )
    first = apply_primitive(
        context, named("np.full"), (TupleValue(sizes), initial), {"dtype": Literal(dtype_of(array.kind))}
    )
    longer = apply_primitive(
        context, named("np.concatenate"), (TupleValue((first, array)),), {"axis": Literal(known)}
    )
    return apply_primitive(context, primitive, (longer,), {**kwargs, "axis": Literal(known)})
