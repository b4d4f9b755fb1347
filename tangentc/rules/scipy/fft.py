"""Derivatives of the functions of `scipy.fft`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft

import tangentc.primitives.scipy.fft  # noqa: F401
from tangentc.primitives.core import named
from tangentc.rules import fourier, ops
from tangentc.rules import linear_ops as linear
from tangentc.rules.defined import defined, traced
from tangentc.rules.expr import Expr, call
from tangentc.rules.fourier import add_rules
from tangentc.rules.linear import linear_op, transpose
from tangentc.rules.linear_ops.fourier import OPPOSITE, PAIRS
from tangentc.rules.ops import Tangent, undefined
from tangentc.rules.registry import linearise

add_rules("scipy.fft")
for _name, _definition in (("fftshift", fourier.fftshift), ("ifftshift", fourier.ifftshift)):
    defined(named(f"scipy.fft.{_name}"))(_definition)


def _along(x: Any, s: Any, axes: Any) -> list[tuple[int | None, int]]:
    """The size, None for that of x, and the axis of each of several transforms."""
    sizes = None if s is None else tuple(None if n == -1 else n for n in ((s,) if isinstance(s, int) else s))
    if axes is None:
        axes = range(ops.rank(x)) if sizes is None else range(-len(sizes), 0)
    axes = (axes,) if isinstance(axes, int) else tuple(axes)
    return list(zip((None,) * len(axes) if sizes is None else sizes, axes, strict=True))


# --- of Hermitian arrays ----------------------------------------------------------------------------


@defined(fft.hfft2, fft.hfftn)
def hfftn(x: Any, *, s: Any, axes: Any, norm: str | None) -> Any:
    return traced(fft.irfftn)(np.conjugate(x), s=s, axes=axes, norm=OPPOSITE[norm])


@defined(fft.ihfft2, fft.ihfftn)
def ihfftn(x: Any, *, s: Any, axes: Any, norm: str | None) -> Any:
    return np.conjugate(traced(fft.rfftn)(x, s=s, axes=axes, norm=OPPOSITE[norm]))


# --- of sines and cosines ---------------------------------------------------------------------------


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


def _add_for_several_axes(function: Any, along_one: Any) -> None:
    @defined(function)
    def definition(x: Any, *, type: int, s: Any, axes: Any, norm: str | None, orthogonalize: Any) -> Any:
        for n, axis in _along(x, s, axes):
            x = traced(along_one)(x, type=type, n=n, axis=axis, norm=norm, orthogonalize=orthogonalize)
        return x


_add_for_several_axes(fft.dctn, fft.dct)
_add_for_several_axes(fft.idctn, fft.idct)
_add_for_several_axes(fft.dstn, fft.dst)
_add_for_several_axes(fft.idstn, fft.idst)


# --- of logarithmically spaced arrays ---------------------------------------------------------------


@linear_op
def hankel(*operands: Expr, name: str) -> Expr:
    """fht or ifht of the last operand."""
    return call(name, operands[-1], *operands[:-1])


@transpose(hankel)
def hankel_t(w: Expr, *grid: Expr, name: str) -> Any:
    """A circulant matrix with its rows reversed is symmetric, and both of its factors around it are the same."""
    return call(name, w, *grid)


def _add_hankel(name: str) -> None:
    @linearise(named(name))
    def rule(
        y: Expr, a: Expr, dln: Expr, mu: Expr, offset: Expr | None = None, bias: Expr | None = None, *, da: Tangent
    ) -> Tangent:  # fmt: skip
        grid = [dln, mu] if offset is None else [dln, mu, offset] if bias is None else [dln, mu, offset, bias]
        return hankel(*grid, da, name=name)


_add_hankel("scipy.fft.fht")
_add_hankel("scipy.fft.ifht")
