"""Derivatives of the linear filters of `scipy.ndimage`."""

from __future__ import annotations

from typing import Any

import scipy.signal  # noqa: F401  # what the cotangents of weights are computed with

import tangentc.primitives.scipy.ndimage  # noqa: F401
from tangentc.kinds.types import dtype_of
from tangentc.primitives.core import named
from tangentc.rules import ops
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import linear_op, transpose
from tangentc.rules.linear_ops.bilinear import bars_have_rules, first, second
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import Rule, add, linearise

_OF = ("image_filter", "image_first_bar", "image_second_bar")
_OUTSIDE = ("constant", "grid-constant")

# --- filters with weights ---------------------------------------------------------------------------


def _weighted(name: str) -> None:
    attributes = tuple(named(f"scipy.ndimage.{name}").attributes)

    def rule(
        y: Expr, input: Expr, weights: Expr, *, dinput: Tangent, dweights: Tangent, **attrs: Any
    ) -> Tangent:
        _check_mode(attrs["mode"], input)
        if any(getattr(dtype_of(x.kind), "kind", "") == "c" for x in (input, weights)):
            raise ops.undefined(f"scipy.ndimage.{name} has no derivative rule for complex arrays", input)
        if dweights and attrs["mode"] in _OUTSIDE and attrs["cval"] != 0:
            raise ops.undefined(
                f"scipy.ndimage.{name} has a derivative in its weights only for cval=0", weights
            )
        options = {"filter": name, **{key: value for key, value in attrs.items() if key != "cval"}}
        given = {"of": _OF, "attrs": tuple(options.items())}
        return first(weights, dinput, **given) + second(input, dweights, **given)

    add(
        (named(f"scipy.ndimage.{name}"),),
        Rule(rule, ("input", "weights"), False, attributes, ("dinput", "dweights")),
    )


def _check_mode(mode: Any, near: Expr) -> None:
    if not isinstance(mode, str):
        raise ops.undefined(
            "filters of scipy.ndimage have derivatives where all axes have the same mode", near
        )


for _name in ("convolve", "correlate", "convolve1d", "correlate1d"):
    _weighted(_name)


@linearise(named("image_filter"))
def image_filter(
    y: Expr, x: Expr, weights: Expr, *, filter: str, axis: int | None, mode: str, origin: Any, dx: Tangent,
    dweights: Tangent,
) -> Tangent:  # fmt: skip
    given = {"of": _OF, "attrs": (("filter", filter), ("axis", axis), ("mode", mode), ("origin", origin))}
    return first(weights, dx, **given) + second(x, dweights, **given)


bars_have_rules(_OF)

# --- filters whose weights are known ----------------------------------------------------------------

Attrs = tuple[tuple[str, Any], ...]


@linear_op
def smoothed(size: Expr, t: Expr, *, name: str, attrs: Attrs) -> Expr:
    """The filter; `size` is None for those that have no parameter."""
    given = () if ops.constant(size) is None and name in _WITHOUT_SIZE else (size,)
    return call(f"scipy.ndimage.{name}", t, *given, **dict(attrs))


@transpose(smoothed)
def smoothed_t(w: Expr, size: Expr, *, name: str, attrs: Attrs) -> Any:
    return call("image_filter_bar", w, size, filter=name, **dict(attrs))


@linear_op
def smoothed_bar(size: Expr, t: Expr, *, name: str, attrs: Attrs) -> Expr:
    return call("image_filter_bar", t, size, filter=name, **dict(attrs))


@transpose(smoothed_bar)
def smoothed_bar_t(u: Expr, size: Expr, *, name: str, attrs: Attrs) -> Any:
    return smoothed.apply(size, u, name=name, attrs=attrs)


_WITHOUT_SIZE = ("laplace", "sobel", "prewitt")


def _known(name: str) -> None:
    primitive = named(f"scipy.ndimage.{name}")
    without = name in _WITHOUT_SIZE

    def rule(y: Expr, input: Expr, size: Any = None, *, dinput: Tangent, **attrs: Any) -> Tangent:
        _check_mode(attrs["mode"], input)
        if not isinstance(attrs.get("origin", 0), int):
            raise ops.undefined(
                f"scipy.ndimage.{name} has a derivative where all axes have the same origin", input
            )
        kept = tuple((key, value) for key, value in attrs.items() if key != "cval")
        return smoothed(ops.literal(y, None) if without else size, dinput, name=name, attrs=kept)

    add((primitive,), Rule(rule, primitive.operands, False, tuple(primitive.attributes), ("dinput",)))


for _name in (
    "gaussian_filter",
    "gaussian_filter1d",
    "gaussian_laplace",
    "uniform_filter",
    "uniform_filter1d",
):
    _known(_name)
for _name in _WITHOUT_SIZE:
    _known(_name)


def _bar(y: Expr, w: Expr, size: Expr, *, filter: str, dw: Tangent, **attrs: Any) -> Tangent:
    known = named(f"scipy.ndimage.{filter}").attributes
    return smoothed_bar(size, dw, name=filter, attrs=tuple((k, v) for k, v in attrs.items() if k in known))


add(
    (named("image_filter_bar"),),
    Rule(_bar, ("w", "size"), False, tuple(named("image_filter_bar").attributes), ("dw",)),
)
