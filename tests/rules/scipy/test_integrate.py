"""Rows for rules/scipy/integrate.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate

import tangentc
from tangentc.errors import TangentcError
from tangentc.rules.scipy import integrate as rules
from tangentc.testing import check_rule
from tests.rules.rows import case, normal

_X = np.array([0.0, 0.7, 1.1, 2.0, 3.3, 3.5, 4.4])
_GRID = np.array([0, 1, 3, 4, 6, 9, 10])  # whole numbers never vary

CASES = [
    case(integrate.trapezoid, normal(4)),
    case(integrate.trapezoid, normal(2, 4), _X[:4]),
    case(integrate.trapezoid, normal(4, 2), None, 0.3, axis=0),
    case(integrate.cumulative_trapezoid, normal(4)),
    case(integrate.cumulative_trapezoid, normal(2, 4), _X[:4], initial=0),
    case(integrate.cumulative_trapezoid, normal(4, 2), None, 0.3, axis=0, initial=0),
    case(integrate.cumulative_trapezoid, normal(4, 2), _X[:4], axis=0),
    # of an even number of points SciPy's result is of double precision
    *(case(integrate.simpson, normal(n), _GRID[:n], single=False) for n in (2, 3, 4, 7)),
    *(case(integrate.simpson, normal(n), None, 0.3, single=False) for n in (2, 5, 6)),
    case(integrate.simpson, normal(4, 2), axis=0, single=False),
    case(integrate.romb, normal(5)),
    case(integrate.romb, normal(2, 9), 0.3),
    case(integrate.romb, normal(3, 2), axis=0),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), CASES)
def test_rule(primitive: Any, operands: Any, options: Any) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7])
def test_definitions_give_what_the_functions_give(n: int) -> None:
    y = normal(n, 2)
    assert rules.simpson(y, _X[:n], axis=0) == pytest.approx(integrate.simpson(y, x=_X[:n], axis=0))
    assert rules.simpson(y, None, 0.3, axis=0) == pytest.approx(integrate.simpson(y, dx=0.3, axis=0))
    assert rules.cumulative_trapezoid(y, _X[:n], axis=0, initial=0) == pytest.approx(
        integrate.cumulative_trapezoid(y, _X[:n], axis=0, initial=0)
    )
    y = normal(2**n + 1)
    assert rules.romb(y, 0.7, axis=-1) == pytest.approx(integrate.romb(y, 0.7))


def work(force: Any, x: Any, h: Any) -> Any:
    inside = integrate.cumulative_trapezoid(force**2, x, initial=0)
    return integrate.simpson(np.sin(inside), dx=h) * integrate.trapezoid(force, x=x)


def test_a_program() -> None:
    at = (normal(6), _X[:6], 0.4)
    grads = tangentc.grad(work, argnums=(0, 1, 2))(*at)
    rng = np.random.default_rng(0)
    dots = [rng.normal(size=np.shape(x)) for x in at]
    step = 1e-6
    ends = [work(*(x + s * step * d for x, d in zip(at, dots, strict=True))) for s in (1, -1)]
    found = sum(np.sum(g * d) for g, d in zip(grads, dots, strict=True))
    assert found == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)


def test_the_points_of_simpsons_rule_are_refused_also_after_a_derivative() -> None:
    def area(y: Any, x: Any) -> Any:
        return integrate.simpson(y**2, x=x)

    def slope(y: Any, x: Any) -> Any:
        return np.sum(tangentc.grad(area)(y, x))

    for program in (area, slope):
        with pytest.raises(TangentcError, match="simpson|Simpson"):
            tangentc.grad(program, argnums=1)(normal(4), _X[:4])
    assert tangentc.grad(area)(normal(4), _X[:4]).shape == (4,)
