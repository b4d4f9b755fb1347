"""Rows for rules/scipy/signal.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import signal

import tangentc
from tangentc.rules.scipy import signal as rules
from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal

_MODES = ("full", "same", "valid")
_B, _A = normal(3), np.array([1.4, -0.3, 0.2])
_SOS = np.array([[1.0, 0.4, 0.2, 1.0, -0.3, 0.1], [0.7, -0.2, 0.3, 1.0, 0.2, -0.4]])
_CONSTANT = tuple(map(tuple, _SOS.tolist()))

CASES = [
    *(
        case(f, normal(n), normal(m, seed=1), mode=mode)
        for f in (signal.convolve, signal.correlate)
        for n, m in ((5, 3), (2, 4)) for mode in _MODES
    ),
    *(case(f, normal(5), normal(2), mode="same") for f in (signal.fftconvolve, signal.oaconvolve)),
    *(
        case(f, normal(4, 3), normal(2, 2, seed=1), mode=mode, derivatives=1)
        for f in (signal.convolve2d, signal.correlate2d) for mode in _MODES
    ),
    case(signal.convolve, normal(3, 2, 4), normal(2, 1, 3), mode="valid", method="direct"),
    case(signal.convolve, complexes(4), complexes(3), mode="same"),
    case(signal.correlate, complexes(4), complexes(3), mode="same"),
    case(signal.convolve, normal(8)[::-2], normal(3), id="not contiguous"),
    *(
        case(name, normal(*first), normal(*second, seed=1), shape, mode=mode, single=False, unknown=False)
        for name, first, second, shape, mode in (
            ("convolve_first_bar", (5,), (3,), (5,), "same"), ("convolve_second_bar", (5,), (3,), (3,), "valid"),
        )
    ),
    case(signal.lfilter, _B, _A, normal(6)),
    case(signal.lfilter, _B, _A[:2], normal(2, 4)),
    case(signal.lfilter, _B[:1], _A, normal(4, 2), axis=0),
    case(signal.lfilter, _B, _A[:1], normal(2), id="short"),
    case("fir", _B, normal(2, 4)),
    case("fir_first_bar", normal(4), normal(4, seed=1), (3,), unknown=False),
    case("fir_second_bar", _B, normal(4), (4,), unknown=False),
    case(signal.sosfilt, _CONSTANT, normal(5)),
    case(signal.sosfilt, _CONSTANT, normal(4, 2), axis=0),
    case(signal.detrend, normal(6)),
    case(signal.detrend, normal(6, 2), axis=0, type="constant"),
    case(signal.detrend, normal(6), bp=(3,)),
    case(signal.savgol_filter, normal(5), window_length=5, polyorder=2),
    case(signal.savgol_filter, normal(9), window_length=3, polyorder=1),
    case(signal.savgol_filter, normal(8, 2), window_length=5, polyorder=3, deriv=1, delta=0.5, axis=0),
    case("savgol_bar", normal(2, 6), window_length=5, polyorder=2),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize("mode", _MODES)
@pytest.mark.parametrize(("n", "m"), [(5, 3), (3, 5), (4, 4), (6, 2), (2, 6), (5, 2)])
def test_definitions_give_what_the_functions_give(n: int, m: int, mode: str) -> None:
    a, b = complexes(n), complexes(m)
    found = rules.correlate(a, b, mode=mode, method="auto")
    assert found == pytest.approx(signal.correlate(a, b, mode=mode))
    a, b = (normal(n, n + 1), normal(m, m)) if mode == "valid" else (complexes(n, n + 1), complexes(m, m))
    if mode != "valid" or (n >= m) == (n + 1 >= m):
        assert rules.correlate2d(a, b, mode=mode) == pytest.approx(signal.correlate2d(a, b, mode=mode))


def equaliser(x: Any, b: Any, a: Any) -> Any:
    y = signal.lfilter(b, np.concatenate((np.ones(1), a)), x)
    return np.sum(np.tanh(signal.convolve(y, b, mode="same")) * np.arange(x.size))


def smooth(x: Any, b: Any, a: Any) -> Any:
    y = signal.savgol_filter(signal.sosfilt(_SOS, x), 5, polyorder=2)
    return np.sum(signal.correlate(signal.detrend(y), b, "valid") ** 2) * np.sum(a)


def cascade(x: Any, b: Any, a: Any) -> Any:
    sos = np.array([[b[0], b[1], b[2], 1.0, a[0], a[1]], [1.0, b[1], 0.3, 1.0, a[1], 0.2]])
    return np.sum(np.sin(signal.sosfilt(sos, x)) * np.arange(x.size))


@pytest.mark.parametrize("program", [equaliser, smooth, cascade])
def test_programs(program: Any) -> None:
    at = (normal(7), _B, _A[1:])
    grads = tangentc.grad(program, argnums=(0, 1, 2))(*at)
    rng = np.random.default_rng(0)
    dots = [rng.normal(size=np.shape(x)) for x in at]
    step = 1e-6
    ends = [program(*(x + s * step * d for x, d in zip(at, dots, strict=True))) for s in (1, -1)]
    found = sum(np.sum(g * d) for g, d in zip(grads, dots, strict=True))
    assert found == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)
