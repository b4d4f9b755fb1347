"""Linear traces: what a rule builds from tangents, run forwards or transposed.

A rule combines tangents (`Linear`) with the linear operations of `rules/linear_ops.py`.  Forward mode runs
the trace (`push`), reverse mode runs its transpose (`pull`); both come from the same statement.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

import numpy as np

from tangentc.ir.build import Builder
from tangentc.ir.nodes import Literal, Op, Var, kind_of
from tangentc.kinds.types import ANY, Array, Const, Dim, Kind, Size, dtype_of, is_number, rank_of
from tangentc.rules.expr import Expr, Spelled, call

__all__ = [
    "ZERO",
    "Linear",
    "LinearOp",
    "Zero",
    "dims_of",
    "exact",
    "fit",
    "linear_op",
    "pull",
    "push",
    "same_dims",
    "shaped_like",
]


@dataclass(eq=False)
class LinearOp:
    """An operation linear in its tangent operands.

    `apply(*constants, *values, **attrs)` computes it.  `transpose(w, *constants, **attrs)` gives the cotangent of
    the (one) tangent operand, or a tuple of cotangents for several; it is given `like`, an expr with the shape of
    the tangent operand (a tuple for several), if its signature has that name.  An `elementwise` operation keeps
    broadcasting lazy: its cotangent may still lack axes of the result.  Where the transpose writes a part of zeros that
    it makes, `add_to(place, w, *constants, **attrs)` adds that part to a cotangent that an earlier one has made.
    """

    name: str
    apply: Callable[..., Expr]
    elementwise: bool = False
    transpose: Callable[..., Any] | None = None
    wants_like: bool = False
    add_to: Callable[..., None] | None = None

    def __call__(self, *args: Any, **attrs: Any) -> Any:
        """Apply to constants, then tangents; symbolic zeros give a symbolic zero."""
        tangents = [a for a in args if isinstance(a, (Linear, Zero))]
        constants = [a for a in args if not isinstance(a, (Linear, Zero))]
        varying = [t for t in tangents if isinstance(t, Linear)]
        if not varying:
            return ZERO
        if len(varying) < len(tangents):
            raise TypeError(f"linear.{self.name} needs all its tangents, or none")
        return Linear.make(self, constants, varying, attrs)


@overload
def linear_op(function: Callable[..., Expr]) -> LinearOp: ...
@overload
def linear_op(*, elementwise: bool) -> Callable[[Callable[..., Expr]], LinearOp]: ...
def linear_op(function: Callable[..., Expr] | None = None, *, elementwise: bool = False) -> Any:
    """Declare a linear operation by the function that computes it."""

    def declare(apply: Callable[..., Expr]) -> LinearOp:
        return LinearOp(apply.__name__.strip("_"), apply, elementwise)

    return declare if function is None else declare(function)


def transpose(op: LinearOp) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the transpose of a linear operation."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if op.transpose is not None:
            raise ValueError(f"linear.{op.name} has two transposes")
        op.transpose = function
        op.wants_like = "like" in inspect.signature(function).parameters
        return function

    return decorate


def add_to(op: LinearOp) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register how the transpose of a linear operation adds to what another has made."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        op.add_to = function
        return function

    return decorate


class Zero(Spelled):
    """The tangent of what does not vary; absorbs every linear operation."""

    is_linear = True

    def __bool__(self) -> bool:
        return False

    def _absorb(self, *_: Any) -> Zero:
        return self

    __mul__ = __rmul__ = __truediv__ = __neg__ = __matmul__ = __rmatmul__ = _absorb

    def __add__(self, other: Any) -> Any:
        return other

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return -other

    def __rsub__(self, other: Any) -> Any:
        return other

    def __repr__(self) -> str:
        return "0"


ZERO = Zero()


@dataclass(eq=False)
class Linear(Spelled):
    """A value linear in the tangents of the operands: an input, or an operation on others."""

    kind: Kind
    prototype: Callable[[], Expr]  # an expr with the same shape
    op: LinearOp | None = None
    constants: Sequence[Any] = ()
    inputs: Sequence[Linear] = ()
    attrs: dict[str, Any] = field(default_factory=dict)
    is_linear = True

    @staticmethod
    def make(
        op: LinearOp, constants: Sequence[Any], inputs: Sequence[Linear], attrs: dict[str, Any]
    ) -> Linear:
        scratch = Builder()  # only to learn the kind of the result
        stand_in = [_stand_in(scratch, value) for value in (*constants, *inputs)]
        kind = op.apply(*stand_in, **attrs).kind

        def prototype() -> Expr:
            if op.elementwise:
                for value in (*inputs, *constants):
                    if isinstance(value, (Linear, Expr)) and same_dims(value.kind, kind):
                        return value.prototype() if isinstance(value, Linear) else value
            return op.apply(*constants, *(t.prototype() for t in inputs), **attrs)

        return Linear(kind, prototype, op, constants, inputs, attrs)

    def __add__(self, other: Any) -> Any:
        from tangentc.rules.linear_ops import add

        return self if isinstance(other, Zero) else add(self, _tangent(other))

    def __radd__(self, other: Any) -> Any:
        return self if isinstance(other, Zero) else other + self

    def __neg__(self) -> Any:
        from tangentc.rules.linear_ops import negate

        return negate(self)

    def __sub__(self, other: Any) -> Any:
        from tangentc.rules.linear_ops import subtract

        return self if isinstance(other, Zero) else subtract(self, _tangent(other))

    def __rsub__(self, other: Any) -> Any:
        return -self if isinstance(other, Zero) else other - self

    def __mul__(self, other: Any) -> Any:
        from tangentc.rules.linear_ops import scale

        return scale(_factor(other), self)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        from tangentc.rules.linear_ops import divide

        return divide(_factor(other), self)

    def __matmul__(self, other: Any) -> Any:
        from tangentc.rules.linear_ops import matmul_right

        return matmul_right(_factor(other), self)

    def __rmatmul__(self, other: Any) -> Any:
        from tangentc.rules.linear_ops import matmul_left

        return matmul_left(other, self)


def _tangent(value: Any) -> Any:
    """A summand of a tangent.

    Raises: TypeError: the sum would not be linear.
    """
    if not isinstance(value, (Linear, Zero)):
        raise TypeError("a tangent plus a value is not linear in the tangents")
    return value


def _factor(value: Any) -> Any:
    """A factor of a tangent.

    Raises: TypeError: the product would not be linear.
    """
    if isinstance(value, (Linear, Zero)):
        raise TypeError("a product of two tangents is not linear in them")
    return value


def _stand_in(builder: Builder, value: Any) -> Any:
    if isinstance(value, Expr):
        if isinstance(value.kind, Const):
            return Expr.of(builder, Literal(value.kind.value))
        return Expr.of(builder, Var(value.kind))
    if isinstance(value, Linear):
        return Expr.of(builder, Var(value.kind))
    if isinstance(value, (tuple, list)):
        return type(value)(_stand_in(builder, item) for item in value)
    return value


def _order(outputs: Sequence[Linear]) -> list[Linear]:
    """The operations that the outputs depend on, operands first."""
    ordered: list[Linear] = []
    seen: set[int] = set()

    def visit(value: Linear) -> None:
        if id(value) in seen:
            return
        seen.add(id(value))
        for other in value.inputs:
            visit(other)
        ordered.append(value)

    for output in outputs:
        visit(output)
    return ordered


def push(outputs: Sequence[Linear | Zero], tangents: dict[Linear, Expr]) -> list[Expr | None]:
    """Run a linear trace forwards: the outputs' values for the inputs' tangents; None for a symbolic zero."""
    values = dict(tangents)
    for value in _order([out for out in outputs if isinstance(out, Linear)]):
        if value.op is not None:
            values[value] = value.op.apply(
                *value.constants, *(values[t] for t in value.inputs), **value.attrs
            )
    return [values[out] if isinstance(out, Linear) else None for out in outputs]


def pull(outputs: Sequence[Linear | Zero], cotangents: Sequence[Expr | None]) -> dict[Linear, Expr]:
    """Run the transpose of a linear trace: from the outputs' cotangents to those of its inputs.

    Source: Radul et al., "You Only Linearize Once", POPL 2023.
    """
    bars: dict[
        Linear, tuple[Expr, Linear]
    ] = {}  # with the value whose shape a cotangent has, up to lazy broadcasting
    places: dict[Linear, Expr] = {}  # zeros that a transpose made, with the parts that have been written

    def accumulate(value: Linear, w: Expr, shape: Linear) -> None:
        if value in bars:
            earlier, other = bars[value]
            if other is not shape:
                earlier, w, shape = _fitted(earlier, other, value), _fitted(w, shape, value), value
            w = earlier + w
        bars[value] = w, shape

    for out, w in zip(outputs, cotangents, strict=True):
        if isinstance(out, Linear) and w is not None:
            accumulate(out, w, out)
    for value in reversed(_order([out for out in outputs if isinstance(out, Linear)])):
        if value.op is None or value not in bars:
            continue
        w, shape = bars.pop(value)
        if not value.op.elementwise:
            w, shape = exact(_fitted(w, shape, value), value.kind, value.prototype), value
        if value.op.add_to is not None and _is_open(value.inputs[0], bars, places, w):
            value.op.add_to(places[value.inputs[0]], w, *value.constants, **value.attrs)
            continue
        assert value.op.transpose is not None, f"linear.{value.op.name} has no transpose"
        like: dict[str, Any] = {}
        if value.op.wants_like:
            protos = tuple(t.prototype() for t in value.inputs)
            like["like"] = protos[0] if len(protos) == 1 else protos
        result = value.op.transpose(w, *value.constants, **value.attrs, **like)
        parts = result if isinstance(result, tuple) else (result,)
        for operand, part in zip(value.inputs, parts, strict=True):
            if not value.op.elementwise:
                accumulate(operand, cast(part, operand.kind, value.kind), operand)
            elif _waits(operand, shape):
                accumulate(operand, cast(part, operand.kind, value.kind), shape)
            else:
                accumulate(operand, _fitted(part, shape, operand), operand)
            if value.op.add_to is not None:
                places.setdefault(operand, part)
    return {value: _fitted(w, shape, value) for value, (w, shape) in bars.items() if value.op is None}


def _is_open(
    operand: Linear, bars: dict[Linear, tuple[Expr, Linear]], places: dict[Linear, Expr], w: Expr
) -> bool:
    """Whether the cotangent of the operand is an array made for it, which holds what is to be added as it is."""
    place = places.get(operand)
    if place is None or operand not in bars or bars[operand][0] is not place:
        return False
    return dtype_of(place.kind) is not None and dtype_of(place.kind) == dtype_of(w.kind)


def _fitted(w: Expr, shape: Linear, value: Linear) -> Expr:
    if shape is value:
        return w
    return fit(w, shape.kind, shape.prototype, value.kind, value.prototype)


def _waits(operand: Linear, shape: Linear) -> bool:
    """Whether broadcasting is better undone further on: what the elementwise operations before this one do to a
    cotangent, they do to it before its axes are summed as well, and nobody computes a value for its shape alone."""
    if operand.op is None or not operand.op.elementwise or same_dims(shape.kind, operand.kind):
        return False
    return _summed_axes(dims_of(shape.kind), dims_of(operand.kind)) is None


# --- shapes: broadcasting is undone here and nowhere else -----------------------------------------


def shaped_like(y: Expr, value: Any) -> Any:
    """The same tangent, known to have the shape of the result: that of a function that is linear in its operand."""
    if not isinstance(value, Linear) or not (isinstance(value.kind, Array) and isinstance(y.kind, Array)):
        return value
    return replace(value, kind=Array(value.kind.dtype, y.kind.dims), prototype=lambda: y)


def dims_of(kind: Kind) -> tuple[Size, ...] | None:
    """The sizes of a value's axes; () for numbers, None where they are unknown."""
    if isinstance(kind, Array):
        return kind.dims
    return () if is_number(kind) else None


def same_dims(a: Kind, b: Kind) -> bool:
    """Whether two values provably have the same shape."""
    dims = dims_of(a)
    return dims is not None and dims == dims_of(b)


def exact(w: Expr, kind: Kind, prototype: Callable[[], Expr]) -> Expr:
    """A cotangent with the full shape of the value that it belongs to."""
    if same_dims(w.kind, kind) or is_number(kind):
        return w
    if isinstance(kind, Array):
        return call("np.broadcast_to", w, prototype().shape, kind=Array(dtype_of(w.kind), kind.dims))
    return call("np.broadcast_to", w, prototype().shape).getitem(
        ()
    )  # what turns out to be a number stays one


def fit(
    w: Expr, out_kind: Kind, out: Callable[[], Expr], operand_kind: Kind, operand: Callable[[], Expr]
) -> Expr:
    """Land a cotangent with the (possibly lazy) shape of `out` on an operand that was broadcast to it."""
    if not same_dims(out_kind, operand_kind):
        w = exact(w, out_kind, out)
        axes = _summed_axes(dims_of(out_kind), dims_of(operand_kind))
        if axes is None:
            known = (
                Array(dtype_of(w.kind), dims_of(operand_kind)) if isinstance(operand_kind, Array) else None
            )
            w = call("unbroadcast", w, operand().shape, kind=known)
        else:
            extra, ones = axes
            if ones:
                w = call("np.sum", w, axis=ones[0] if len(ones) == 1 else ones, keepdims=True)
            if extra == rank_of(w.kind):
                w = _total(w) if extra else w
            elif extra:
                w = call("np.sum", w, axis=0 if extra == 1 else tuple(range(extra)))
    return cast(w, operand_kind, out_kind)


def _total(w: Expr) -> Expr:
    """The sum of all elements; of a product of two vectors that was just computed, their inner product in one pass."""
    last = w.builder.nodes[-1] if w.builder.nodes else None
    if (
        isinstance(last, Op)
        and last.results == (w.atom,)
        and last.primitive.name == "mul"
        and _is_vector(w.kind)
    ):
        left, right = last.operands
        if kind_of(left) == kind_of(right) == w.kind:
            # the product stays for others that may read it; else it is dead code
            return call("matmul", Expr.of(w.builder, left), Expr.of(w.builder, right))
    return call("np.sum", w)


def _is_vector(kind: Kind) -> bool:
    return rank_of(kind) == 1 and dtype_of(kind) == np.float64


def _summed_axes(
    out: tuple[Size, ...] | None, operand: tuple[Size, ...] | None
) -> tuple[int, tuple[int, ...]] | None:
    """How many leading axes broadcasting added, and which it stretched; None where that is unknown."""
    if out is None or operand is None or len(operand) > len(out):
        return None
    extra = len(out) - len(operand)
    ones = []
    for axis, size in enumerate(operand, start=extra):
        if size == out[axis]:
            continue
        if isinstance(size, Dim) or size != 1:
            return None
        ones.append(axis)
    return extra, tuple(ones)


def cast(w: Expr, kind: Kind, out_kind: Kind = ANY) -> Expr:
    """A cotangent in the precision of its operand; the real part where the operand is real.

    Where the dtype of the cotangent is not known, that of the result (`out_kind`) tells whether it may be complex.
    """
    have, want = dtype_of(w.kind), dtype_of(kind)
    if want is None or want.kind not in "fc":
        return w
    likely = dtype_of(out_kind) if have is None else have
    if (likely is None or likely.kind == "c") and want.kind == "f":
        w = call("np.real", w)
        have = dtype_of(w.kind)
    if have is not None and have != want and isinstance(kind, Array) and isinstance(w.kind, Array):
        w = call("astype", w, dtype=want)
    return w
