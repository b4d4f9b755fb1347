"""rules/random.py: draws whose parameters are differentiated, compared with differences under the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc
from tangentc.errors import MissingRuleError
from tangentc.numerics import gamma_slope
from tangentc.primitives.core import named
from tangentc.testing import check_rule
from tests.rules.rows import normal, positive, spd

WEIGHTS = normal(12, seed=21)


def _sum(y: Any) -> Any:
    return WEIGHTS[: np.size(y)] @ np.ravel(y) ** 2


def made(name: str, options: Any) -> Any:
    """A program that makes a generator and draws once."""
    match name:
        case "normal":
            return lambda loc, scale: _sum(np.random.default_rng(7).normal(loc, scale, **options))
        case "laplace":
            return lambda loc, scale: _sum(np.random.default_rng(7).laplace(loc, scale, **options))
        case "logistic":
            return lambda loc, scale: _sum(np.random.default_rng(7).logistic(loc, scale, **options))
        case "gumbel":
            return lambda loc, scale: _sum(np.random.default_rng(7).gumbel(loc, scale=scale, **options))
        case "lognormal":
            return lambda mean, sigma: _sum(np.random.default_rng(7).lognormal(mean, sigma, **options))
        case "uniform":
            return lambda low, width: _sum(
                np.random.default_rng(7).uniform(high=low + width, low=low, **options)
            )
        case "exponential":
            return lambda a, scale: a[0] * _sum(np.random.default_rng(7).exponential(scale, **options))
        case "rayleigh":
            return lambda a, scale: a[0] * _sum(np.random.default_rng(7).rayleigh(scale, **options))
        case "weibull":
            return lambda b, a: b[0] * _sum(np.random.default_rng(7).weibull(a, **options))
        case "power":
            return lambda b, a: b[0] * _sum(np.random.default_rng(7).power(a, **options))
        case "pareto":
            return lambda b, a: b[0] * _sum(np.random.default_rng(7).pareto(a + 3.0, **options))
        case "triangular":
            return lambda left, width: _sum(
                np.random.default_rng(7).triangular(left, left + 0.3 * width, left + width, **options)
            )
    return lambda shape, scale: _sum(np.random.default_rng(7).gamma(2.0, scale, **options)) + shape[0]


NAMES = (
    "normal", "laplace", "logistic", "gumbel", "lognormal", "uniform", "exponential", "rayleigh", "weibull", "power",
    "pareto", "triangular", "gamma",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [None, (4, 3)], ids=["", "size"])
def test_parameters(name: str, size: Any) -> None:
    tangentc.check_grads(made(name, {"size": size}), (normal(3), positive(3)), order=2 if size is None else 1)


def test_numbers() -> None:
    def loss(loc: float, scale: float) -> Any:
        rng = np.random.default_rng(3)
        return rng.normal(loc, scale) ** 2 + rng.uniform(loc, loc + scale) * rng.exponential(scale)

    tangentc.check_grads(loss, (0.3, 0.7))


def test_the_draw_is_that_of_the_program() -> None:
    """One draw for each of the program's, the same numbers, the stream left where the program leaves it."""
    own, other = np.random.default_rng(5), np.random.default_rng(5)

    def loss(x: Any) -> Any:
        total = 0.0
        for _ in range(3):
            total = total + np.sum(own.normal(x, x**2) ** 2)
        own.normal(x)  # drawn all the same
        return total

    x = positive(2)
    value, bar = tangentc.value_and_grad(loss)(x)
    draws = [other.normal(x, x**2) for _ in range(3)]
    other.normal(x)
    assert value == sum(np.sum(y**2) for y in draws)
    assert own.random() == other.random()
    np.testing.assert_allclose(bar, sum(2 * y * (1.0 + (y - x) / x**2 * 2 * x) for y in draws))


def test_generators_of_every_origin() -> None:
    legacy = np.random.RandomState(4)
    x = positive(3)

    def of_module(x: Any) -> Any:
        return np.sum(np.random.normal(x, 2.0) * x)

    def of_state(x: Any) -> Any:
        return np.sum(legacy.gumbel(x, 2.0) * x)

    def of_argument(x: Any, rng: Any) -> Any:
        return np.sum(rng.normal(x, 2.0) * x)

    def of_list(x: Any) -> Any:
        return np.sum(np.random.default_rng(3).normal([x[0], x[1], 0.5], scale=2.0) ** 2)

    np.random.seed(3)
    y = tangentc.grad(of_module)(x)
    np.random.seed(3)
    np.testing.assert_allclose(y, np.random.normal(x, 2.0) + x)
    y = tangentc.grad(of_state)(x)
    np.testing.assert_allclose(y, np.random.RandomState(4).gumbel(x, 2.0) + x)
    y = tangentc.grad(of_argument)(x, np.random.default_rng(3))
    np.testing.assert_allclose(y, np.random.default_rng(3).normal(x, 2.0) + x)
    tangentc.check_grads(of_list, (x,))


def test_single_precision() -> None:
    x = positive(3).astype(np.float32)
    found = tangentc.grad(lambda x: np.sum(np.random.default_rng(3).normal(x, x)))(x)
    assert found.dtype == np.float32


@pytest.mark.parametrize("size", [None, 4, (2, 2)])
def test_vectors(size: Any) -> None:
    def loss(mean: Any, root: Any) -> Any:
        rng = np.random.default_rng(3)
        return _sum(rng.multivariate_normal(mean, root @ root.T, size, method="cholesky"))

    tangentc.check_grads(loss, (normal(3), spd(3, 3)), order=1)
    cov = spd(3, 3)
    tangentc.check_grads(
        lambda mean: _sum(np.random.default_rng(3).multivariate_normal(mean, cov, size)), (normal(3),)
    )


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda x: np.sum(np.random.default_rng(3).multivariate_normal(x, np.outer(x, x) + np.eye(3))),
            "cholesky",
        ),
        (
            lambda x: np.sum(tangentc.grad(lambda k: np.sum(np.random.default_rng(3).gamma(k, 2.0)))(x)),
            "no second",
        ),
        (lambda x: np.sum(x * np.random.default_rng(3).poisson(x)), "discrete"),
        (lambda x: x[0] * np.random.binomial(5, x[1] / 9.0), "discrete"),
        (lambda x: np.sum(np.random.default_rng(3).standard_gamma(x)), "standard_gamma"),
        (lambda x: np.sum(np.random.default_rng(3).dirichlet(x)), "dirichlet"),
        (lambda x: np.sum(np.random.default_rng(3).beta(x, 2.0)), "beta"),
        (lambda x: np.sum(np.random.default_rng(3).choice(x)), "choice"),
    ],
)
def test_refused(function: Any, message: str) -> None:
    with pytest.raises(MissingRuleError, match=message):
        tangentc.grad(function)(positive(3))


def test_source() -> None:
    """The generator is asked once, in the forward sweep."""

    def loss(loc: Any, scale: Any, rng: Any) -> Any:
        return np.sum(rng.normal(loc, scale) ** 2)

    derivative = tangentc.grad(loss, argnums=(0, 1))
    derivative(normal(3), positive(3), np.random.default_rng(3))
    code = [line.partition("#")[0] for line in derivative.source.splitlines()]
    assert sum("normal(" in line for line in code) == 1


@pytest.mark.parametrize("shape", [0.02, 0.7, 1.0, 4.5, 60.0, 2e4])
def test_a_draw_keeps_its_place_where_the_shape_moves(shape: float) -> None:
    """The derivative of quantiles, which differences of draws under the same seed do not show."""
    stats = pytest.importorskip("scipy.stats")
    places = np.array([0.05, 0.4, 0.6, 0.999])
    h = 1e-4 * shape
    ahead, behind, ahead2, behind2 = (stats.gamma.ppf(places, shape + s * h) for s in (1, -1, 2, -2))
    expected = (8.0 * (ahead - behind) - (ahead2 - behind2)) / (12.0 * h)
    np.testing.assert_allclose(gamma_slope(shape, stats.gamma.ppf(places, shape)), expected, rtol=1e-7)


def test_the_slope_of_a_draw() -> None:
    check_rule(named("gamma_slope"), np.array([[1], [3]]), positive(4), derivatives=1)
    assert gamma_slope(0.5, 0.0) == 0.0


def test_shapes() -> None:
    """Of gamma and of chi-squared distributions, with scales; a scale of its own keeps the noise as it is."""
    stats = pytest.importorskip("scipy.stats")

    def draws(k: Any, scale: Any) -> Any:
        rng = np.random.default_rng(7)
        return rng.gamma(k, scale, size=(4, 3)) + rng.chisquare(df=k)

    k, scale, h = positive(3), positive(3), 1e-6
    rng = np.random.default_rng(7)
    gamma, chi = rng.gamma(k, scale, size=(4, 3)), rng.chisquare(k)
    moved = [
        stats.gamma.ppf(stats.gamma.cdf(gamma / scale, k), k + s * h) * scale
        + stats.chi2.ppf(stats.chi2.cdf(chi, k), k + s * h)
        for s in (1, -1)
    ]
    weights = normal(4, 3)
    expected = np.sum(weights * (moved[0] - moved[1]) / (2.0 * h), axis=0)
    k_bar, scale_bar = tangentc.grad(lambda k, scale: np.sum(weights * draws(k, scale)), argnums=(0, 1))(
        k, scale
    )
    np.testing.assert_allclose(k_bar, expected, rtol=1e-6)
    np.testing.assert_allclose(scale_bar, np.sum(weights * gamma / scale, axis=0))
