"""The distributions of `scipy.stats`: their methods are functions of a variable, shapes, location and scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.kinds.dims import never_one
from tangentc.kinds.probing import probe
from tangentc.kinds.types import ANY, Array, Kind, Scalar
from tangentc.primitives.core import named
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


def _declare(path: str, variable: str, shapes: str, optional: str) -> None:
    if resolve(path) is None:  # this version lacks the distribution
        return
    row = " ".join((variable, *shapes.split(), *(f"{name}?" for name in optional.split())))
    names = (f"{name}=" for name in (*shapes.split(), *optional.split()))
    library_function(path, variable, *names, signature=row, elementwise=True)


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

# --- random vectors ---------------------------------------------------------------------------------

Kinds = tuple[Kind, ...]


def normal_kind(kinds: Kinds, attrs: dict[str, Any]) -> Kind:
    """One number for each point, along the last axis; SciPy drops axes of size 1."""
    dims = kinds[0].dims if isinstance(kinds[0], Array) else None
    if dims is not None and len(dims) > 1 and all(map(never_one, dims[:-1])):
        return Array(np.dtype(float), dims[:-1])
    return probe(named("scipy.stats.multivariate_normal.logpdf").function, kinds, attrs)


def dirichlet_kind(kinds: Kinds, _: dict[str, Any]) -> Kind:
    """One number for each point, along the first axis."""
    dims = kinds[0].dims if isinstance(kinds[0], Array) else None
    if dims is None or not all(map(never_one, dims[1:])):
        return ANY
    return Array(np.dtype(float), dims[1:]) if dims[1:] else Scalar(np.dtype(float))


for _method in ("logpdf", "pdf"):
    library_function(
        f"scipy.stats.multivariate_normal.{_method}", "x", "mean=", "cov=",
        signature="x mean? cov? -allow_singular:False", kind=normal_kind,
    )  # fmt: skip
    library_function(f"scipy.stats.dirichlet.{_method}", "x", "alpha", kind=dirichlet_kind)

# --- summaries --------------------------------------------------------------------------------------

_POLICY = "-nan_policy:'propagate'"
for _name, _row, _defaults in (
    ("gmean", f"a axis -dtype:None -weights:None * {_POLICY} keepdims", {"axis": 0, "keepdims": False}),
    ("hmean", f"a axis -dtype:None * -weights:None {_POLICY} keepdims", {"axis": 0, "keepdims": False}),
    ("pmean", f"a p! * axis -dtype:None -weights:None {_POLICY} keepdims", {"p": None, "axis": 0, "keepdims": False}),
    ("zscore", f"a axis ddof {_POLICY}", {"axis": 0, "ddof": 0}),
    ("skew", f"a axis -bias:True {_POLICY} * keepdims", {"axis": 0, "keepdims": False}),
    ("kurtosis", f"a axis fisher -bias:True {_POLICY} * keepdims", {"axis": 0, "fisher": True, "keepdims": False}),
    ("moment", f"a order axis {_POLICY} * -center:None keepdims", {"order": 1, "axis": 0, "keepdims": False}),
    ("sem", f"a axis ddof {_POLICY} * keepdims", {"axis": 0, "ddof": 1, "keepdims": False}),
    ("variation", f"a axis {_POLICY} ddof * keepdims", {"axis": 0, "ddof": 0, "keepdims": False}),
    ("tmean", f"a -limits:None -inclusive axis * {_POLICY} keepdims", {"axis": None, "keepdims": False}),
    ("tvar", f"a -limits:None -inclusive axis ddof * {_POLICY} keepdims", {"axis": 0, "ddof": 1, "keepdims": False}),
    ("tstd", f"a -limits:None -inclusive axis ddof * {_POLICY} keepdims", {"axis": 0, "ddof": 1, "keepdims": False}),
):  # fmt: skip
    library_function(f"scipy.stats.{_name}", "a", attributes=_defaults, signature=_row)
library_function(
    "scipy.stats.entropy", "pk", "qk", attributes={"base": None, "axis": 0, "keepdims": False},
    signature=f"pk qk? base axis * {_POLICY} keepdims",
)  # fmt: skip
