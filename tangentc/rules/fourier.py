"""Derivatives of discrete Fourier transforms: linear, each its own differential."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.primitives.core import named
from tangentc.primitives.libraries import resolve
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import defined, traced
from tangentc.rules.expr import Expr
from tangentc.rules.linear_ops.fourier import OPPOSITE
from tangentc.rules.ops import Tangent, rank
from tangentc.rules.registry import linearise, nondifferentiable

__all__ = ["add_rules"]


def add_rules(module: str) -> None:
    """The rules of all transforms of a module, `np.fft` or `scipy.fft`."""
    for name in ("fft", "ifft"):
        _add_transform(f"{module}.{name}")
    for name in ("fft2", "ifft2", "fftn", "ifftn"):
        _add_transform_of_several_axes(f"{module}.{name}")
    _add_real_transforms(module)


def _add_transform(name: str) -> None:
    @linearise(named(name))
    def rule(y: Expr, x: Expr, *, n: int | None, axis: int, norm: str | None, dx: Tangent) -> Tangent:
        return linear.fourier(dx, name=name, n=n, axis=axis, norm=norm)


def _add_transform_of_several_axes(name: str) -> None:
    @linearise(named(name))
    def rule(y: Expr, x: Expr, *, s: Any, axes: Any, norm: str | None, dx: Tangent) -> Tangent:
        return linear.fourier(dx, name=name, s=s, axes=axes, norm=norm)


def _add_real_transforms(module: str) -> None:
    fft, ifft, rfft, irfft = (
        traced(resolve(f"{module}.{name}")) for name in ("fft", "ifft", "rfft", "irfft")
    )

    @linearise(named(f"{module}.rfft"))
    def rule(y: Expr, x: Expr, *, n: int | None, axis: int, norm: str | None, dx: Tangent) -> Tangent:
        return linear.half_spectrum(dx, module=module, n=n, axis=axis, norm=norm)

    @linearise(named(f"{module}.irfft"))
    def inverse(y: Expr, x: Expr, *, n: int | None, axis: int, norm: str | None, dx: Tangent) -> Tangent:
        return linear.from_half_spectrum(dx, module=module, n=n, axis=axis, norm=norm)

    @defined(named(f"{module}.hfft"))
    def hfft(x: Any, *, n: int | None, axis: int, norm: str | None) -> Any:
        return irfft(np.conjugate(x), n=n, axis=axis, norm=OPPOSITE[norm])

    @defined(named(f"{module}.ihfft"))
    def ihfft(x: Any, *, n: int | None, axis: int, norm: str | None) -> Any:
        return np.conjugate(rfft(x, n=n, axis=axis, norm=OPPOSITE[norm]))

    @defined(named(f"{module}.rfft2"), named(f"{module}.rfftn"))
    def rfftn(x: Any, *, s: Any, axes: Any, norm: str | None) -> Any:
        sizes, along = _axes(x, s, axes)
        x = rfft(x, n=sizes[-1], axis=along[-1], norm=norm)
        for n, axis in zip(sizes[:-1], along[:-1], strict=True):
            x = fft(x, n=n, axis=axis, norm=norm)
        return x

    @defined(named(f"{module}.irfft2"), named(f"{module}.irfftn"))
    def irfftn(x: Any, *, s: Any, axes: Any, norm: str | None) -> Any:
        sizes, along = _axes(x, s, axes)
        for n, axis in zip(sizes[:-1], along[:-1], strict=True):
            x = ifft(x, n=n, axis=axis, norm=norm)
        return irfft(x, n=sizes[-1], axis=along[-1], norm=norm)


def _axes(x: Any, s: Any, axes: Any) -> tuple[Sequence[int | None], Sequence[int]]:
    """The size and the axis of each transform."""
    if axes is None:
        axes = tuple(range(rank(x))) if s is None else tuple(range(-len(s), 0))
    return (None,) * len(axes) if s is None else tuple(s), axes


add_rules("np.fft")
nondifferentiable(named("np.fft.fftfreq"), named("np.fft.rfftfreq"))


def _shifted(x: Any, axes: Any, turn: int) -> Any:
    axes = tuple(range(rank(x))) if axes is None else (axes,) if isinstance(axes, int) else axes
    for axis in axes:
        size = ops.dim(x, axis)
        x = np.roll(x, size // 2 if turn > 0 else -(size // 2), axis=axis)
    return x


@defined(named("np.fft.fftshift"))
def fftshift(x: Any, *, axes: Any) -> Any:
    return _shifted(x, axes, 1)


@defined(named("np.fft.ifftshift"))
def ifftshift(x: Any, *, axes: Any) -> Any:
    return _shifted(x, axes, -1)
