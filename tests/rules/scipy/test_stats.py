"""Rows for rules/scipy/stats/."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

import tangentc
from tangentc.errors import MissingRuleError
from tangentc.testing import check_rule, cotangents, tangents
from tests.rules.rows import case, normal, positive, unit

# Shapes, and standardised points in the support.
_WHOLE, _POSITIVE, _UNIT = normal(3), positive(3), 0.5 + 0.4 * unit(3)
_POINTS: dict[str, tuple[tuple[float, ...], Any]] = {
    **{name: ((), _WHOLE) for name in "norm cauchy laplace logistic gumbel_r gumbel_l hypsecant moyal".split()},
    **{
        name: ((), _POSITIVE)
        for name in "expon halfnorm halfcauchy halflogistic rayleigh maxwell levy wald".split()
    },
    "uniform": ((), _UNIT), "semicircular": ((), unit(3)),
    "gamma": ((2.5,), _POSITIVE), "erlang": ((2,), _POSITIVE), "chi2": ((2.5,), _POSITIVE), "chi": ((2.5,), _POSITIVE),
    "beta": ((2.5, 1.7), _UNIT), "betaprime": ((2.5, 1.7), _POSITIVE), "t": ((2.5,), _WHOLE),
    "f": ((2.5, 3.7), _POSITIVE), "lognorm": ((0.8,), _POSITIVE), "pareto": ((2.5,), 1.0 + _POSITIVE),
    "lomax": ((2.5,), _POSITIVE), "weibull_min": ((1.7,), _POSITIVE), "weibull_max": ((1.7,), -_POSITIVE),
    "invweibull": ((1.7,), _POSITIVE), "invgamma": ((2.5,), _POSITIVE), "invgauss": ((0.8,), _POSITIVE),
    "truncnorm": ((-1.0, 1.5), unit(3)), "skewnorm": ((1.3,), _WHOLE), "vonmises": ((1.3,), _WHOLE),
    "genextreme": ((0.2,), unit(3)), "genpareto": ((0.3,), _POSITIVE), "triang": ((0.3,), _UNIT),
    "loguniform": ((0.4, 2.5), _POSITIVE), "reciprocal": ((0.4, 2.5), _POSITIVE), "powerlaw": ((1.7,), _UNIT),
    "nakagami": ((1.7,), _POSITIVE), "gompertz": ((0.8,), _POSITIVE), "fisk": ((1.7,), _POSITIVE),
    "loggamma": ((1.7,), _WHOLE), "gennorm": ((2.3,), _WHOLE),
}  # fmt: skip
_FLOWS = frozenset(
    "lognorm pareto lomax weibull_min weibull_max invweibull genextreme genpareto loguniform reciprocal powerlaw "
    "gompertz fisk".split()
)
_K = np.array([1, 2, 4])
_COUNTS: dict[str, tuple[Any, ...]] = {
    "poisson": (2.5,), "binom": (5, 0.4), "bernoulli": (0.4,), "geom": (0.4,), "nbinom": (2.5, 0.4), "logser": (0.4,),
    "betabinom": (5, 1.7, 2.5), "planck": (0.6,), "dlaplace": (0.7,),
}  # fmt: skip


def _method(name: str, method: str) -> Any:
    return getattr(getattr(stats, name), method)


def _continuous() -> Any:
    for name, (shapes, z) in _POINTS.items():
        for method in ("logpdf", "pdf"):
            yield case(_method(name, method), z, *shapes, single=False)
        loc, scale = 0.3, 1.4
        x = loc + scale * z
        yield case(_method(name, "logpdf"), x, *shapes, loc, np.array([[scale], [scale]]), derivatives=1)
        fixed = shapes if name in _FLOWS else tuple(map(_constant, shapes))
        for method in ("cdf", "sf", "logcdf", "logsf"):
            yield case(_method(name, method), x, *fixed, loc, scale, derivatives=1, single=False)
        if name not in ("skewnorm", "vonmises"):  # SciPy solves an equation
            for method in ("ppf", "isf"):
                yield case(_method(name, method), _UNIT, *fixed, loc, scale, derivatives=1, single=False)


def _constant(shape: float) -> Any:
    """A shape that does not vary: arrays of integers and integers never do."""
    return int(np.ceil(shape))


def _discrete() -> Any:
    for name, shapes in _COUNTS.items():
        k = np.array([0, 1, 1]) if name == "bernoulli" else _K
        for method in ("logpmf", "pmf"):
            yield case(_method(name, method), k, *shapes, single=False)
            yield case(_method(name, method), k + 2, *shapes, 2, single=False, derivatives=1)
    for name in ("poisson", "binom", "bernoulli", "geom"):
        for method in ("cdf", "sf"):
            k = np.array([-1, 0, 1]) if name == "bernoulli" else _K
            yield case(_method(name, method), k, *_COUNTS[name], single=False, derivatives=1)


@pytest.mark.parametrize(("primitive", "operands", "options"), [*_continuous(), *_discrete()])
def test_rule(primitive: Any, operands: tuple[Any, ...], options: dict[str, Any]) -> None:
    check_rule(primitive, *operands, **options)


@pytest.mark.parametrize(
    "name", sorted(name for name, (_, z) in _POINTS.items() if name not in ("erlang", "wald"))
)
@pytest.mark.filterwarnings("error")
def test_outside_the_support_nothing_moves(name: str) -> None:
    shapes, _ = _POINTS[name]
    for method in ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf"):
        fixed = shapes if "pdf" in method or name in _FLOWS else tuple(map(_constant, shapes))
        low, high = getattr(stats, name).support(*fixed)
        x = np.array([low - 1.0, high + 1.0])
        x = x[np.isfinite(x)]
        seed = np.ones(x.shape)
        for bar in cotangents(_method(name, method), x, *fixed, 0.0, 1.0, seed=seed):
            np.testing.assert_array_equal(bar, np.zeros(np.shape(bar)))


def test_densities_at_the_edge_of_the_support() -> None:
    np.testing.assert_allclose(cotangents(stats.expon.pdf, 0.0, 0.0, 2.0), [-0.25, 0.25, -0.25])
    np.testing.assert_allclose(cotangents(stats.expon.logpdf, 0.0, 0.0, 2.0), [-0.5, 0.5, -0.5])
    np.testing.assert_allclose(cotangents(stats.uniform.pdf, 0.0, 0.0, 2.0), [0.0, 0.0, -0.25])
    for density, shapes, slope in (
        (stats.gamma, (1.0,), -1.0), (stats.chi2, (2.0,), -0.5), (stats.weibull_min, (1.0,), -1.0),
        (stats.beta, (1.0, 3.0), -2.0), (stats.powerlaw, (1.0,), 0.0), (stats.fisk, (1.0,), -2.0),
        (stats.gamma, (1,), -1.0), (stats.f, (2, 2), -2.0),
    ):  # fmt: skip
        np.testing.assert_allclose(
            tangents(density.logpdf, (0.0, *shapes), (1.0, *(None for _ in shapes))), slope
        )
    np.testing.assert_allclose(cotangents(stats.laplace.logpdf, 0.0, 0.0, 2.0), [0.0, 0.0, -0.5])
    np.testing.assert_allclose(cotangents(stats.poisson.logpmf, 0, 0.0)[0], -1.0)
    np.testing.assert_allclose(
        cotangents(stats.binom.logpmf, np.array([0, 3]), 3, np.array([0.0, 1.0]))[0], [-3, 3]
    )


def test_the_normal_distribution_far_out() -> None:
    x = np.array([-1e3, -40.0, 40.0])
    bars = cotangents(stats.norm.logcdf, x, 0.0, 1.0)
    np.testing.assert_allclose(bars[0], [1000.0009999980, 40.0249688, 0.0], rtol=1e-8, atol=1e-300)
    np.testing.assert_allclose(cotangents(stats.norm.logsf, -x, 0.0, 1.0)[0], -bars[0])


def test_extreme_values_with_a_shape_of_zero_are_gumbel() -> None:
    x = normal(3)
    by_shape = cotangents(stats.genextreme.logpdf, x, 0.0)
    np.testing.assert_allclose(by_shape[0], cotangents(stats.gumbel_r.logpdf, x)[0])
    step = 1e-5
    slope = (stats.genextreme.logpdf(x, step) - stats.genextreme.logpdf(x, -step)).sum() / (2 * step)
    np.testing.assert_allclose(by_shape[1], slope, rtol=1e-5)


@pytest.mark.parametrize(
    ("method", "args"), [("cdf", (1.0, 2.5)), ("ppf", (0.4, 2.5)), ("logsf", (1.0, 2.5))]
)
def test_unknown_derivatives_in_shapes_name_them(method: str, args: Any) -> None:
    with pytest.raises(MissingRuleError, match="`a`"):
        tangents(getattr(stats.gamma, method), args, (None, 1.0))


_STANDARD = stats.norm(0.3, scale=1.2)
_MANY = stats.norm(np.array([0.1, 0.2, 0.3]), 2.0)


def _frozen_inside(x: Any, m: Any) -> Any:
    made = stats.gamma(m, loc=-3.0)
    return np.sum(made.logpdf(x) * made.pdf(x)) + stats.norm(m).logpdf(x[0]) * made.mean()


def _frozen_outside(x: Any, m: Any) -> Any:
    return m * np.sum(_STANDARD.logpdf(x)) + np.sum(_MANY.pdf(x)) + np.sum(_STANDARD.ppf(stats.norm.cdf(x)))


def _by_keyword(x: Any, m: Any) -> Any:
    either = stats.norm if x[0] > 0 else stats.cauchy
    total = np.sum(stats.expon.logpdf(np.abs(x), scale=m)) + np.sum(stats.t.logpdf(x, df=3, loc=m))
    for i in range(2):
        total += either.logcdf(x, m)[i] * stats.poisson.logpmf(i, mu=m)
    return total


@pytest.mark.parametrize("function", [_frozen_outside, _by_keyword])
def test_calls_as_they_are_written(function: Any) -> None:
    tangentc.check_grads(function, (np.array([0.3, -0.7, 1.2]), 1.3), order=2)


def test_a_frozen_distribution_of_what_varies() -> None:
    tangentc.check_grads(lambda x: _frozen_inside(x, 1.7), (np.array([0.3, -0.7, 1.2]),), order=2)


def test_what_a_frozen_distribution_does_not_offer() -> None:
    with pytest.raises(tangentc.TangentcError, match="'rvs' of a distribution with fixed parameters"):
        tangentc.grad(lambda m: stats.norm(m).rvs())(1.0)


def test_an_emitted_call_names_what_was_not_given_before() -> None:
    gradient = tangentc.grad(_scaled)
    gradient(0.3)
    assert "scipy.stats.norm.logpdf(x, scale=2.0)" in gradient.source


def _scaled(x: Any) -> Any:
    return stats.norm.logpdf(x, scale=2.0) * x


_COV = np.array([[1.5, 0.3, 0.0], [0.3, 0.8, -0.2], [0.0, -0.2, 1.1]])
_SIMPLEX = np.array([[0.2, 0.3], [0.5, 0.1], [0.3, 0.6]])
_VECTORS = [
    *(
        case(method, *operands, single=False)
        for method in (stats.multivariate_normal.logpdf, stats.multivariate_normal.pdf)
        for operands in (
            (normal(4, 3), normal(3), _COV), (normal(3), normal(3), _COV), (normal(2, 2, 3), normal(3), _COV),
            (normal(4, 3), normal(3), positive(3)), (normal(3), normal(3), 0.7), (normal(4, 3), normal(3)),
            (normal(4), normal(1), 0.7), (normal(), 0.3, 0.7), (normal(4),),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), _VECTORS)
def test_vectors(primitive: Any, operands: tuple[Any, ...], options: dict[str, Any]) -> None:
    check_rule(primitive, *operands, **options)


def _weighted(m: Any, c: Any, z: Any) -> Any:
    p = special.softmax(z, axis=0)
    cov = c @ c.T + np.eye(3)
    vector = stats.multivariate_normal(m, cov).logpdf(z.T) @ np.array([0.3, 1.7])
    return (
        vector
        + stats.multivariate_normal.pdf(m, cov=cov)
        + np.sum(stats.dirichlet.logpdf(p, np.exp(m)) * z[0])
    )


def test_vectors_in_a_program() -> None:
    tangentc.check_grads(_weighted, (normal(3), normal(3, 3), normal(3, 2)), order=2)


def test_dirichlet() -> None:
    alpha = np.array([1.5, 0.7, 2.0])
    for x in (_SIMPLEX, _SIMPLEX[:, 0]):
        weights = normal(*x.shape[1:])
        bars = cotangents(stats.dirichlet.logpdf, x, alpha, seed=weights)
        column = alpha[:, None] if x.ndim == 2 else alpha
        np.testing.assert_allclose(bars[0], weights * (column - 1.0) / x)
        for i, step in enumerate(1e-6 * np.eye(3)):
            up, down = stats.dirichlet.logpdf(x, alpha + step), stats.dirichlet.logpdf(x, alpha - step)
            np.testing.assert_allclose(bars[1][i], np.sum(weights * (up - down)) / 2e-6, rtol=1e-6)
    with pytest.raises(MissingRuleError, match="as many entries"):
        cotangents(stats.dirichlet.logpdf, _SIMPLEX[:2, 0], alpha)


_SUMMARIES = [
    *(case(f, positive(3, 4)) for f in (stats.gmean, stats.hmean, stats.zscore, stats.skew, stats.kurtosis, stats.sem)),
    *(case(f, positive(3, 4)) for f in (stats.variation, stats.tmean, stats.tvar, stats.tstd, stats.entropy)),
    *(case(f, positive(4), axis=None) for f in (stats.gmean, stats.zscore, stats.kurtosis, stats.tvar, stats.entropy)),
    *(case(f, positive(3, 4), axis=1, keepdims=True) for f in (stats.hmean, stats.skew, stats.entropy)),
    *(case(f, positive(3, 4), axis=1, ddof=0) for f in (stats.sem, stats.tstd)),
    case(stats.zscore, positive(3, 4), ddof=1),
    *(case(stats.pmean, positive(3, 4), p=p, axis=1) for p in (0, 2, -1.5)),
    *(case(stats.moment, positive(3, 4), order=order) for order in (1, 2, 3)),
    case(stats.kurtosis, positive(4), fisher=False), case(stats.entropy, positive(3, 4), base=2.0),
    case(stats.entropy, positive(3, 4), positive(3, 4, seed=8), axis=1), case(stats.sem, positive(4)),
]  # fmt: skip


@pytest.mark.parametrize(("primitive", "operands", "options"), _SUMMARIES)
def test_summaries(primitive: Any, operands: tuple[Any, ...], options: dict[str, Any]) -> None:
    check_rule(primitive, *operands, **options)
