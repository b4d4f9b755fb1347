"""Rows for rules/scipy/fft.py: those that `numpy.fft` has no counterpart of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import fft

import tangentc
from tangentc.testing import check_rule
from tests.rules.rows import case, complexes, normal

CASES = [
    *(
        case(getattr(fft, name), normal(3, 4), type=type, norm=norm)
        for name in ("dctn", "idctn", "dstn", "idstn") for type, norm in ((1, None), (2, "ortho"), (3, "forward"))
    ),
    case(fft.dctn, normal(3, 4)), case(fft.idstn, normal(3, 4), axes=1), case(fft.dctn, normal(2, 3), s=(3, 2)),
    case(fft.dctn, normal(2, 3, 2), s=(4, 2), axes=(0, 1)), case(fft.idctn, normal(4, 3).T, s=5, axes=(0,)),
    case(fft.dctn, complexes(2, 3)),
    case(fft.hfftn, complexes(3, 3)), case(fft.hfftn, complexes(3, 3), s=(3, 5), axes=(1, 0), norm="ortho"),
    case(fft.hfft2, complexes(2, 3, 3), norm="forward"), case(fft.hfft2, complexes(3, 3), s=(2, 5)),
    case(fft.ihfftn, normal(3, 4)), case(fft.ihfftn, normal(3, 4), s=(2, 5), axes=(1, 0), norm="ortho"),
    case(fft.ihfft2, normal(2, 3, 4), norm="forward"),
    case(fft.fftshift, normal(3, 4)), case(fft.fftshift, complexes(2, 3), axes=1),
    case(fft.ifftshift, normal(5), axes=(0,)),
    *(
        case(f, normal(*shape), 0.3, 0.5, *more)
        for f in (fft.fht, fft.ifht) for shape, more in (((6,), ()), ((2, 5), (0.2,)), ((4,), (0.2, -0.4)))
    ),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


def test_a_hankel_transform_of_a_computed_grid() -> None:
    """The step of the grid is known only at run time."""
    r, weights = np.logspace(-2, 2, 8), normal(8, seed=3)

    def loss(a: Any) -> Any:
        dln = np.log(r[1] / r[0])
        offset = fft.fhtoffset(dln, mu=0.5)
        return weights @ fft.fht(a * np.exp(-r), dln, mu=0.5, offset=offset) ** 2

    tangentc.check_grads(loss, (normal(8),))


def test_calls_as_they_are_written() -> None:
    weights = normal(3, 4, seed=5)

    def loss(x: Any) -> Any:
        y = fft.dctn(x, 2, axes=[0], norm="ortho") + fft.idctn(x, 3, None, (0, 1))
        return np.sum(weights * fft.fftshift(y, 1) ** 2)

    tangentc.check_grads(loss, (normal(3, 4),))
