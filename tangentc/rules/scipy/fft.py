"""Derivatives of the functions of `scipy.fft`."""

from __future__ import annotations

from typing import Any

from scipy import fft

import tangentc.primitives.scipy.fft  # noqa: F401
from tangentc.rules import linear_ops as linear
from tangentc.rules.defined import defined, traced
from tangentc.rules.expr import Expr
from tangentc.rules.fourier import add_rules
from tangentc.rules.linear_ops.fourier import OPPOSITE, PAIRS
from tangentc.rules.ops import Tangent, undefined
from tangentc.rules.registry import linearise

add_rules("scipy.fft")


def _add(name: str, function: Any, inverse: Any) -> None:
    @linearise(function)
    def rule(
        y: Expr, x: Expr, *, type: int, n: int | None, axis: int, norm: str | None, orthogonalize: Any, dx: Tangent
    ) -> Tangent:  # fmt: skip
        if orthogonalize is not None and orthogonalize != (norm == "ortho"):
            raise undefined(f"{name} with a norm that does not fit orthogonalize has no derivative rule", x)
        return linear.trigonometric(dx, name=name, type=type, n=n, axis=axis, norm=norm)

    @defined(inverse)
    def definition(
        x: Any, *, type: int, n: int | None, axis: int, norm: str | None, orthogonalize: Any
    ) -> Any:
        options = {"n": n, "axis": axis, "norm": OPPOSITE[norm], "orthogonalize": orthogonalize}
        return traced(function)(x, type=PAIRS[type], **options)


_add("scipy.fft.dct", fft.dct, fft.idct)
_add("scipy.fft.dst", fft.dst, fft.idst)
