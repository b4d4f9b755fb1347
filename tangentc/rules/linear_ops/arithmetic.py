"""Sums, multiples, choices between entries, and conversions."""

from __future__ import annotations

from typing import Any

from tangentc.ir.nodes import Var
from tangentc.kinds.types import Array, Const, dtype_of
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import exact, linear_op, transpose

# --- arithmetic ---------------------------------------------------------------------------------


@linear_op(elementwise=True)
def add(s: Expr, t: Expr) -> Expr:
    return s + t  # type: ignore[no-any-return]


@transpose(add)
def add_t(w: Expr) -> Any:
    return w, w


@linear_op(elementwise=True)
def subtract(s: Expr, t: Expr) -> Expr:
    return s - t  # type: ignore[no-any-return]


@transpose(subtract)
def subtract_t(w: Expr) -> Any:
    return w, -w


@linear_op(elementwise=True)
def negate(t: Expr) -> Expr:
    return -t


@transpose(negate)
def negate_t(w: Expr) -> Any:
    return -w


@linear_op(elementwise=True)
def scale(c: Expr, t: Expr) -> Expr:
    return c * t  # type: ignore[no-any-return]


@transpose(scale)
def scale_t(w: Expr, c: Expr) -> Any:
    return c * w


@linear_op(elementwise=True)
def divide(c: Expr, t: Expr) -> Expr:
    """t / c, where zeros that a mask or selection put into t stay zero also where c is 0."""
    return t / (call("np.where", ops.equal(t, 0), 1.0, c) if _is_guarded(t, c) else c)  # type: ignore[no-any-return]


@transpose(divide)
def divide_t(w: Expr, c: Expr) -> Any:
    return divide.apply(c, w)


@linear_op(elementwise=True)
def amplify(c: Expr, t: Expr) -> Expr:
    """c t with a factor c that may be infinite: zeros that a mask or selection put into t stay zero."""
    return (call("np.where", ops.equal(t, 0), 0.0, c) if _is_guarded(t, c) else c) * t  # type: ignore[no-any-return]


@transpose(amplify)
def amplify_t(w: Expr, c: Expr) -> Any:
    return amplify.apply(c, w)


@linear_op(elementwise=True)
def steep(c: Expr, t: Expr) -> Expr:
    """t / c for a c that is 0 where the program is defined: infinite there, of Python numbers too."""
    if ops.is_python_number(c) and not isinstance(c.kind, Const):
        return call("quotient", t, c)
    return divide.apply(c, t)


@transpose(steep)
def steep_t(w: Expr, c: Expr) -> Any:
    return steep.apply(c, w)


def _is_guarded(t: Expr, c: Any) -> bool:
    """Whether zeros may meet an infinite factor; functions of Python numbers raise errors instead."""
    varies = isinstance(c, Expr) and not isinstance(c.kind, Const)
    return varies and not ops.is_python_number(c) and t.builder.is_strong(t.atom)


def masked(t: Expr) -> Expr:
    """A derivative into which a mask or selection put zeros."""
    if isinstance(t.atom, Var):
        t.builder.strong.add(t.atom)
    return t


@linear_op(elementwise=True)
def spread(whole: Expr, t: Expr) -> Expr:
    """t, that broadcasts to the shape of `whole`; complex where that is."""
    t = exact(t, whole.kind, lambda: whole)
    have, want = dtype_of(t.kind), dtype_of(whole.kind)
    if (
        have is not None
        and want is not None
        and have.kind == "f"
        and want.kind == "c"
        and isinstance(t.kind, Array)
    ):
        t = call("astype", t, dtype=want)
    return t


@transpose(spread)
def spread_t(w: Expr, whole: Expr) -> Any:
    return w


# --- selections ---------------------------------------------------------------------------------


@linear_op(elementwise=True)
def select(mask: Expr, t: Expr) -> Expr:
    """t where the mask holds, else 0."""
    return masked(call("np.where", mask, t, 0.0))


@transpose(select)
def select_t(w: Expr, mask: Expr) -> Any:
    return select.apply(mask, w)


@linear_op(elementwise=True)
def portion(c: Expr, t: Expr) -> Expr:
    """c t with weights c that choose: 1, 0, or in between at ties."""
    return masked(c * t)


@transpose(portion)
def portion_t(w: Expr, c: Expr) -> Any:
    return portion.apply(c, w)


@linear_op(elementwise=True)
def reject(mask: Expr, t: Expr) -> Expr:
    """0 where the mask holds, else t."""
    return masked(call("np.where", mask, 0.0, t))


@transpose(reject)
def reject_t(w: Expr, mask: Expr) -> Any:
    return reject.apply(mask, w)


@linear_op(elementwise=True)
def choose(mask: Expr, s: Expr, t: Expr) -> Expr:
    return call("np.where", mask, s, t)


@transpose(choose)
def choose_t(w: Expr, mask: Expr) -> Any:
    return select.apply(mask, w), reject.apply(mask, w)


# --- conversions --------------------------------------------------------------------------------


@linear_op(elementwise=True)
def convert(t: Expr, *, to: str, attrs: tuple[tuple[str, Any], ...] = ()) -> Expr:
    """The conversion that the program makes: float(t), np.float32(t), t.astype(dtype), t.copy()."""
    return call(to, t, **dict(attrs))


@transpose(convert)
def convert_t(w: Expr, *, to: str, attrs: tuple[tuple[str, Any], ...] = ()) -> Any:
    return w


@linear_op
def own(t: Expr) -> Expr:
    """A copy of what is known to be an array only here; its cotangent is a copy as well, whose memory is its own."""
    return call("own_copy", t)


@transpose(own)
def own_t(w: Expr) -> Any:
    return call("copy", w)


@linear_op
def item(t: Expr, *, to: str) -> Expr:
    """The only entry of an array as a number."""
    return call(to, t)


@transpose(item)
def item_t(w: Expr, like: Expr, *, to: str) -> Any:
    return call("np.full", like.shape, w, dtype=dtype_of(like.kind))
