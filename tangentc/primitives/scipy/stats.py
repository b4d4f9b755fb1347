"""The distributions of `scipy.stats`: their methods are functions of a variable, shapes, location and scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tangentc.primitives.declare import library_function
from tangentc.primitives.libraries import resolve

__all__ = ["CONTINUOUS", "DISCRETE"]

# The names of the shapes, in SciPy's order.
CONTINUOUS: dict[str, str] = {
    "norm": "", "uniform": "", "expon": "", "cauchy": "", "laplace": "", "logistic": "", "gumbel_r": "", "gumbel_l": "",
    "halfnorm": "", "halfcauchy": "", "halflogistic": "", "rayleigh": "", "maxwell": "", "levy": "", "hypsecant": "",
    "moyal": "", "semicircular": "", "wald": "",
    "gamma": "a", "erlang": "a", "beta": "a b", "betaprime": "a b", "chi2": "df", "chi": "df", "t": "df",
    "f": "dfn dfd", "lognorm": "s", "pareto": "b", "lomax": "c", "weibull_min": "c", "weibull_max": "c",
    "invweibull": "c", "invgamma": "a", "invgauss": "mu", "truncnorm": "a b", "skewnorm": "a", "vonmises": "kappa",
    "genextreme": "c", "genpareto": "c", "triang": "c", "loguniform": "a b", "reciprocal": "a b", "powerlaw": "a",
    "nakagami": "nu", "gompertz": "c", "fisk": "c", "loggamma": "c", "gennorm": "beta",
}  # fmt: skip
DISCRETE: dict[str, str] = {
    "poisson": "mu", "binom": "n p", "bernoulli": "p", "geom": "p", "nbinom": "n p", "logser": "p",
    "betabinom": "n a b", "planck": "lambda_", "dlaplace": "a",
}  # fmt: skip


def _without_none(path: str, names: tuple[str, ...]) -> Callable[..., Any]:
    """The method, with the parameters that are not None by name."""
    method = resolve(path)

    def call(variable: Any, *given: Any) -> Any:
        known = zip(names, given, strict=False)
        return method(variable, **{name: value for name, value in known if value is not None})

    return call


def _declare(path: str, variable: str, shapes: str, optional: str) -> None:
    if resolve(path) is None:  # this version lacks the distribution
        return
    names = (*shapes.split(), *optional.split())
    row = " ".join((variable, *shapes.split(), *(f"{name}?" for name in optional.split())))
    library_function(
        path, variable, *names, function=_without_none(path, names), signature=row, elementwise=True
    )


for _name, _shapes in CONTINUOUS.items():
    for _method in ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"):
        _declare(f"scipy.stats.{_name}.{_method}", "x", _shapes, "loc scale")
    for _method in ("ppf", "isf"):
        _declare(f"scipy.stats.{_name}.{_method}", "q", _shapes, "loc scale")
for _name, _shapes in DISCRETE.items():
    for _method in ("pmf", "logpmf"):
        _declare(f"scipy.stats.{_name}.{_method}", "k", _shapes, "loc")
for _method in ("cdf", "sf"):
    _declare(f"scipy.stats.poisson.{_method}", "k", "mu", "loc")
    _declare(f"scipy.stats.bernoulli.{_method}", "k", "p", "loc")
    _declare(f"scipy.stats.geom.{_method}", "k", "p", "loc")
    _declare(f"scipy.stats.binom.{_method}", "k", "n p", "loc")
