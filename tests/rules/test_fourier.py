"""Rows for rules/fourier.py and rules/scipy/fft.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.fft

import tangentc
from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal

_SINGLE: dict[str, Any] = {
    "single": False
}  # NumPy computes some of them in double precision whatever it is given
_SIZES = (None, 3, 4, 7)
_NORMS = ("ortho", "forward")


def _half(n: int) -> Any:
    """A spectrum of which some entries count for less: the imaginary part of the first, say."""
    return complexes(n)


def _rows(fft: Any) -> Any:
    for name in ("fft", "ifft"):
        f = getattr(fft, name)
        yield from (case(f, complexes(5), n=n, **_SINGLE) for n in _SIZES)
        yield from (case(f, normal(4), norm=norm, **_SINGLE) for norm in _NORMS)
        yield case(f, complexes(2, 3, 2), axis=1, **_SINGLE)
    yield from (case(fft.rfft, normal(5), n=n, **_SINGLE) for n in _SIZES)
    yield from (case(fft.rfft, normal(4), norm=norm, **_SINGLE) for norm in _NORMS)
    yield case(fft.rfft, normal(3, 4), axis=0, **_SINGLE)
    yield from (case(fft.irfft, _half(4), n=n, **_SINGLE) for n in (None, 5, 6, 7, 9))
    yield from (case(fft.irfft, _half(3), norm=norm, **_SINGLE) for norm in _NORMS)
    yield case(fft.irfft, complexes(3, 2), axis=0, **_SINGLE)
    yield from (
        case(fft.hfft, _half(4), n=n, norm=norm, **_SINGLE) for n, norm in ((None, None), (5, "ortho"))
    )
    yield from (
        case(fft.ihfft, normal(5), n=n, norm=norm, **_SINGLE) for n, norm in ((None, None), (4, "forward"))
    )
    for name in ("fft2", "ifftn", "fftn"):
        yield case(getattr(fft, name), complexes(3, 4), **_SINGLE)
    yield case(fft.fftn, complexes(3, 4), s=(2, 5), axes=(0, 1), norm="ortho", **_SINGLE)
    yield case(fft.fftn, complexes(2, 3, 4), axes=(0, 2), **_SINGLE)
    yield case(fft.rfft2, normal(3, 4), **_SINGLE)
    yield case(fft.rfftn, normal(3, 4), s=(2, 5), axes=(0, 1), **_SINGLE)
    yield case(fft.irfft2, complexes(3, 3), **_SINGLE)
    yield case(fft.irfftn, complexes(3, 3), s=(3, 5), axes=(0, 1), norm="forward", **_SINGLE)


CASES = [
    *_rows(np.fft),
    *(case(f, complexes(5), **_SINGLE) for f in (np.fft.fftshift, np.fft.ifftshift)),
    case(np.fft.fftshift, normal(3, 4), axes=1),
    case(np.fft.ifftshift, normal(3, 4)),
    case(scipy.fft.fft, complexes(5), n=4, **_SINGLE),
    case(scipy.fft.rfftn, normal(3, 4), **_SINGLE),
    case(scipy.fft.irfft, complexes(4), n=5, norm="ortho", **_SINGLE),
    *(
        case(getattr(scipy.fft, name), normal(4), type=type, norm=norm)
        for name in ("dct", "idct", "dst", "idst") for type in (1, 2, 3, 4) for norm in (None, "ortho", "forward")
    ),
    case(scipy.fft.dct, normal(3, 4), axis=0, n=5),
    case(scipy.fft.dst, normal(3, 4), type=3, n=2),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_a_spectral_derivative() -> None:
    frequencies = 2j * np.pi * np.fft.rfftfreq(8)
    weights = normal(8, seed=3)

    def loss(u: Any) -> Any:
        return weights @ np.fft.irfft(frequencies * np.fft.rfft(u), 8) ** 2

    tangentc.check_grads(loss, (normal(8),))
    assert tangentc.grad(loss)(normal(8)).dtype == float


def test_power_spectrum_of_a_real_signal() -> None:
    weights = normal(6, seed=5)
    tangentc.check_grads(lambda x: weights @ np.abs(np.fft.fft(x)) ** 2, (normal(6),))
