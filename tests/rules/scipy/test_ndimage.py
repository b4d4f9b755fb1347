"""Rows for rules/scipy/ndimage.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import tangentc
from tangentc import numerics_filters
from tangentc.errors import TangentcError
from tangentc.testing import check_rule, cotangents
from tests.rules.rows import case, complexes, normal

_MODES = ("reflect", "constant", "nearest", "mirror", "wrap")

CASES = [
    *(
        case(f, normal(4, 5), normal(3, 2, seed=1), mode=mode, derivatives=1, single=False)
        for f in (ndimage.convolve, ndimage.correlate) for mode in _MODES
    ),
    *(
        case(f, normal(5), normal(m, seed=1), origin=origin, mode=mode, derivatives=1, single=False)
        for f in (ndimage.convolve1d, ndimage.correlate1d)
        for m, origin in ((3, 1), (4, -2), (4, 1)) for mode in ("reflect", "wrap", "constant")
    ),
    case(ndimage.correlate, normal(4, 3), normal(2, 3), origin=(-1, 1)),
    case(ndimage.convolve, normal(4, 3), normal(2, 3), origin=(0, 1), mode="mirror"),
    case(ndimage.correlate1d, normal(4, 3), normal(3), axis=0),
    case(ndimage.convolve1d, normal(3), normal(7), mode="reflect", id="more weights than entries"),
    case(ndimage.convolve1d, normal(2), normal(7), mode="mirror", id="more weights than entries"),
    case(ndimage.gaussian_filter, complexes(3, 4), 1, derivatives=1),
    *(case(ndimage.gaussian_filter, normal(4, 5), 1, mode=mode, derivatives=1) for mode in _MODES),
    case(ndimage.gaussian_filter, normal(5, 4), (1, 2), order=(1, 0), truncate=2.0),
    case(ndimage.gaussian_filter, normal(5, 4), 2, order=2, radius=3),
    case(ndimage.gaussian_filter1d, normal(5, 4), 1, axis=0, order=1, mode="nearest"),
    case(ndimage.gaussian_laplace, normal(5, 4), 1),
    *(case(ndimage.uniform_filter, normal(4, 5), m, mode=mode, derivatives=1) for m in (3, 4) for mode in _MODES),
    case(ndimage.uniform_filter, normal(4, 5), (2, 3), origin=-1, mode="wrap"),
    case(ndimage.uniform_filter1d, normal(4, 5), 4, axis=0, origin=1, mode="mirror"),
    *(case(f, normal(4, 5), mode=mode, derivatives=1) for f in (ndimage.laplace, ndimage.sobel) for mode in _MODES),
    case(ndimage.prewitt, normal(4, 5), axis=0),
    case(ndimage.laplace, normal(5), mode="constant", cval=2.0),
    case(ndimage.sobel, normal(4, 3).T[::-1], id="not contiguous"),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_complex_weights_are_refused() -> None:
    with pytest.raises(TangentcError, match="complex"):
        cotangents(ndimage.correlate, complexes(3, 4), normal(2, 2))
    with pytest.raises(TypeError, match="complex"):
        numerics_filters.image_first_bar(complexes(5), normal(2), (5,), "convolve")
    with pytest.raises(TypeError, match="complex"):
        numerics_filters.image_second_bar(complexes(5), normal(5), (2,), "convolve")


def blurred(x: Any, k: Any, sigma: Any) -> Any:
    y = ndimage.gaussian_filter(x, sigma, mode="wrap")
    return np.sum(np.tanh(ndimage.convolve(y, k, mode="constant")) * np.arange(x.size).reshape(x.shape))


def test_a_program() -> None:
    at = (normal(4, 5), normal(3, 2))
    grads = tangentc.grad(blurred, argnums=(0, 1))(*at, 0.8)
    rng = np.random.default_rng(0)
    dots = [rng.normal(size=np.shape(x)) for x in at]
    step = 1e-6
    ends = [blurred(*(x + s * step * d for x, d in zip(at, dots, strict=True)), 0.8) for s in (1, -1)]
    found = sum(np.sum(g * d) for g, d in zip(grads, dots, strict=True))
    assert found == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)


def test_the_width_of_a_gaussian_is_refused() -> None:
    with pytest.raises(TangentcError, match="sigma"):
        tangentc.grad(blurred, argnums=2)(normal(4, 5), normal(3, 2), 0.8)
