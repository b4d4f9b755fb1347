"""Derivatives of the convolutions and filters of `scipy.signal`."""

from __future__ import annotations

from typing import Any

import numpy as np

import tangentc.primitives.scipy.signal  # noqa: F401
from tangentc.kinds.types import dtype_of
from tangentc.primitives.core import named
from tangentc.rules import ops
from tangentc.rules.defined import Dual, defined, lifted
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import Linear, linear_op, transpose
from tangentc.rules.linear_ops.bilinear import bars_have_rules, first, second
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import linearise

# --- convolutions -----------------------------------------------------------------------------------


def _of(name: str) -> tuple[str, str, str]:
    return f"scipy.signal.{name}", "convolve_first_bar", "convolve_second_bar"


@linearise(named("scipy.signal.convolve"))
def convolve(
    y: Expr, in1: Expr, in2: Expr, *, mode: str, method: str, din1: Tangent, din2: Tangent
) -> Tangent:
    options = {"of": _of("convolve"), "attrs": (("mode", mode),)}
    return first(in2, din1, **options) + second(in1, din2, **options)


def _convolution(name: str) -> None:
    @linearise(named(f"scipy.signal.{name}"))
    def convolve(y: Expr, in1: Expr, in2: Expr, *, mode: str, din1: Tangent, din2: Tangent) -> Tangent:
        options = {"of": _of(name), "attrs": (("mode", mode),)}
        return first(in2, din1, **options) + second(in1, din2, **options)


for _name in ("fftconvolve", "oaconvolve", "convolve2d"):
    _convolution(_name)
bars_have_rules(_of("convolve"))


@defined(named("scipy.signal.correlate"))
def correlate(in1: Any, in2: Any, *, mode: str, method: str) -> Any:
    return _convolved("scipy.signal.convolve", in1, np.flip(np.conjugate(in2)), mode=mode)


@defined(named("scipy.signal.correlate2d"))
def correlate2d(in1: Any, in2: Any, *, mode: str) -> Any:
    """SciPy's middle differs from that of `correlate` where the second array has an even number of entries."""
    if mode == "valid" and isinstance(in1, (Dual, Expr)) and (ops.is_complex(in1) or ops.is_complex(in2)):
        raise ops.undefined(
            'scipy.signal.correlate2d of complex arrays has no derivative rule with mode="valid"',
            in1.primal if isinstance(in1, Dual) else in1,
        )
    other = np.flip(np.conjugate(in2))
    if mode != "same":
        return _convolved("scipy.signal.convolve2d", in1, other, mode=mode)
    whole = _convolved("scipy.signal.convolve2d", in1, other, mode="full")
    starts = [ops.dim(_plain(in2), axis) // 2 for axis in (0, 1)]
    ends = [start + ops.dim(_plain(in1), axis) for axis, start in enumerate(starts)]
    return whole[starts[0] : ends[0], starts[1] : ends[1]]


def _plain(x: Any) -> Any:
    return x.primal if isinstance(x, Dual) else x


def _convolved(name: str, *operands: Any, **attrs: Any) -> Any:
    """The function on what a definition sees; on arrays too, to compare it."""
    if not any(isinstance(operand, (Dual, Expr)) for operand in operands):
        return named(name).function(*operands, **attrs)
    return lifted(named(name), operands, attrs)


# --- recursive filters ------------------------------------------------------------------------------

_FIR = ("fir", "fir_first_bar", "fir_second_bar")


@linear_op
def filtered(b: Expr, a: Expr, t: Expr, *, axis: int) -> Expr:
    return call("scipy.signal.lfilter", b, a, t, axis=axis)


@transpose(filtered)
def filtered_t(w: Expr, b: Expr, a: Expr, *, axis: int) -> Any:
    """A filter that starts from rest is a triangular Toeplitz matrix: its transpose runs backwards."""
    return _flip(call("scipy.signal.lfilter", b, a, _flip(w, axis), axis=axis), axis)


@linear_op
def through_sections(sos: Expr, t: Expr, *, axis: int) -> Expr:
    return call("scipy.signal.sosfilt", sos, t, axis=axis)


@transpose(through_sections)
def through_sections_t(w: Expr, sos: Expr, *, axis: int) -> Any:
    return _flip(call("scipy.signal.sosfilt", sos, _flip(w, axis), axis=axis), axis)


def _flip(x: Expr, axis: int) -> Expr:
    return call("np.flip", x, axis=axis)


@linearise(named("scipy.signal.lfilter"))
def lfilter(
    y: Expr, b: Expr, a: Expr, x: Expr, *, axis: int, db: Tangent, da: Tangent, dx: Tangent
) -> Tangent:
    """a * dy = db * x - da * y + b * dx, of a * y = b * x with causal convolutions."""
    options = {"of": _FIR, "attrs": (("axis", axis),)}
    driven = first(x, db, **options) - first(y, da, **options)
    if isinstance(driven, Linear):
        dtype = dtype_of(y.kind)
        one = call(
            "np.ones", ops.literal(y, 1), **({} if dtype in (None, np.dtype(float)) else {"dtype": dtype})
        )
        driven = filtered(one, a, driven, axis=axis)
    return driven + filtered(b, a, dx, axis=axis)


@linearise(named("fir"))
def fir(y: Expr, b: Expr, x: Expr, *, axis: int, db: Tangent, dx: Tangent) -> Tangent:
    options = {"of": _FIR, "attrs": (("axis", axis),)}
    return first(x, db, **options) + second(b, dx, **options)


bars_have_rules(_FIR)


@linearise(named("scipy.signal.sosfilt"))
def sosfilt(y: Expr, sos: Expr, x: Expr, *, axis: int, dsos: Tangent, dx: Tangent) -> Tangent:
    """One section after the other, where they vary."""
    if not dsos:
        return through_sections(sos, dx, axis=axis)
    count = ops.dim(sos, 0)
    if not isinstance(count, int):
        raise ops.undefined("scipy.signal.sosfilt needs to know the number of sections that vary", sos)
    signal: Any = Dual(x, dx) if dx else x
    sections: Any = Dual(sos, dsos)
    for k in range(count):
        signal = lifted(
            named("scipy.signal.lfilter"), (sections[k, :3], sections[k, 3:], signal), {"axis": axis}
        )
    return signal.tangent


@linear_op
def detrended(t: Expr, *, attrs: tuple[tuple[str, Any], ...]) -> Expr:
    return call("scipy.signal.detrend", t, **dict(attrs))


@transpose(detrended)
def detrended_t(w: Expr, *, attrs: tuple[tuple[str, Any], ...]) -> Any:
    """What remains of a least-squares fit is an orthogonal projection."""
    return detrended.apply(w, attrs=attrs)


@linearise(named("scipy.signal.detrend"))
def detrend(y: Expr, data: Expr, *, axis: int, type: str, bp: Any, ddata: Tangent) -> Tangent:
    return detrended(ddata, attrs=(("axis", axis), ("type", type), ("bp", bp)))


# --- Savitzky and Golay's filter --------------------------------------------------------------------


@linear_op
def smoothed(t: Expr, *, attrs: tuple[tuple[str, Any], ...]) -> Expr:
    return call("scipy.signal.savgol_filter", t, **dict(attrs))


@transpose(smoothed)
def smoothed_t(w: Expr, *, attrs: tuple[tuple[str, Any], ...]) -> Any:
    return call("savgol_bar", w, **dict(attrs))


@linear_op
def smoothed_bar(t: Expr, *, attrs: tuple[tuple[str, Any], ...]) -> Expr:
    return call("savgol_bar", t, **dict(attrs))


@transpose(smoothed_bar)
def smoothed_bar_t(u: Expr, *, attrs: tuple[tuple[str, Any], ...]) -> Any:
    return call("scipy.signal.savgol_filter", u, **dict(attrs))


@linearise(named("scipy.signal.savgol_filter"))
def savgol_filter(
    y: Expr, x: Expr, *, window_length: int, polyorder: int, deriv: int, delta: float, axis: int, dx: Tangent
) -> Tangent:
    if window_length % 2 == 0:
        raise ops.undefined("scipy.signal.savgol_filter has a derivative rule for windows of odd length", x)
    return smoothed(dx, attrs=_savgol(window_length, polyorder, deriv, delta, axis))


@linearise(named("savgol_bar"))
def savgol_bar(
    y: Expr, w: Expr, *, window_length: int, polyorder: int, deriv: int, delta: float, axis: int, dw: Tangent
) -> Tangent:
    return smoothed_bar(dw, attrs=_savgol(window_length, polyorder, deriv, delta, axis))


def _savgol(window: int, order: int, deriv: int, delta: float, axis: int) -> tuple[tuple[str, Any], ...]:
    return (
        ("window_length", window), ("polyorder", order), ("deriv", deriv), ("delta", delta), ("axis", axis),
    )  # fmt: skip
