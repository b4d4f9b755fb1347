"""Derivatives of the distances of `scipy.spatial`.

A distance of two points that coincide has derivative 0, as a norm has at 0.  Most distances are differentiated by their
definitions, in which the points lie along the last axis; tables of Euclidean distances by matrix products, without
an array of all differences.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tangentc.primitives.scipy.spatial  # noqa: F401
from tangentc.primitives.core import named
from tangentc.rules import linear_ops as linear
from tangentc.rules import ops
from tangentc.rules.defined import Dual, defined
from tangentc.rules.expr import Expr
from tangentc.rules.linear import Linear
from tangentc.rules.linear_ops.distances import squareform as squared
from tangentc.rules.ops import Tangent, given, rank
from tangentc.rules.registry import linearise

_PATH = "scipy.spatial.distance"

# --- definitions ------------------------------------------------------------------------------------


def _root(x: Any, p: Any = 2.0) -> Any:
    """x^(1/p) of what is not negative, constant at 0."""
    positive = x > 0.0
    return np.where(positive, np.where(positive, x, 1.0) ** (1.0 / p), 0.0)


def _total(x: Any, w: Any) -> Any:
    """The sum of the entries, weighted."""
    return np.sum(x * w if given(w) else x, axis=-1)


def sqeuclidean(u: Any, v: Any, w: Any = None) -> Any:
    delta = u - v
    return _total(delta * delta, w)


def euclidean(u: Any, v: Any, w: Any = None) -> Any:
    return _root(sqeuclidean(u, v, w))


def cityblock(u: Any, v: Any, w: Any = None) -> Any:
    return _total(np.absolute(u - v), w)


def chebyshev(u: Any, v: Any, w: Any = None) -> Any:
    if given(w):
        raise ops.undefined("the chebyshev distance has no derivative rule with weights", _symbol(u))
    return np.max(np.absolute(u - v), axis=-1)


def minkowski(u: Any, v: Any, p: Any = None, w: Any = None) -> Any:
    """Of an order that does not vary and is 1, 2 or infinity, by what it is then."""
    known = _constant(p) if given(p) else 2
    if known == np.inf:
        return chebyshev(u, v, w)
    if known in (1, 2):
        return (cityblock if known == 1 else euclidean)(u, v, w)
    return _root(_total(np.absolute(u - v) ** p, w), p)


def canberra(u: Any, v: Any, w: Any = None) -> Any:
    """Terms of which both entries are 0 count as 0."""
    size = np.absolute(u) + np.absolute(v)
    return _total(np.absolute(u - v) / np.where(size > 0.0, size, 1.0), w)


def braycurtis(u: Any, v: Any, w: Any = None) -> Any:
    return _total(np.absolute(u - v), w) / _total(np.absolute(u + v), w)


def cosine(u: Any, v: Any, w: Any = None) -> Any:
    return 1.0 - _total(u * v, w) / np.sqrt(_total(u * u, w) * _total(v * v, w))


def _centred(x: Any, w: Any) -> Any:
    if not given(w):
        return x - np.mean(x, axis=-1, keepdims=True)
    return x - np.sum(x * w, axis=-1, keepdims=True) / np.sum(w)


def correlation(u: Any, v: Any, w: Any = None, *, centered: bool = True) -> Any:
    return cosine(_centred(u, w), _centred(v, w), w) if centered else cosine(u, v, w)


def seuclidean(u: Any, v: Any, V: Any) -> Any:
    delta = u - v
    return _root(np.sum(delta * delta / V, axis=-1))


def mahalanobis(u: Any, v: Any, VI: Any) -> Any:
    delta = u - v
    return _root(np.sum((delta @ VI) * delta, axis=-1))


def _symbol(x: Any) -> Expr:
    return x.primal if isinstance(x, Dual) else x


def _constant(x: Any) -> Any:
    """The value of what does not vary; None where it is not known."""
    if isinstance(x, (Expr, Dual)):
        return ops.constant(x)
    return x


_WEIGHTED: dict[str, Callable[..., Any]] = {
    "euclidean": euclidean, "sqeuclidean": sqeuclidean, "cityblock": cityblock, "chebyshev": chebyshev,
    "canberra": canberra, "braycurtis": braycurtis, "cosine": cosine, "correlation": correlation,
}  # fmt: skip
for _name in _WEIGHTED:
    defined(named(f"{_PATH}.{_name}"))(_WEIGHTED[_name])
defined(named(f"{_PATH}.minkowski"))(minkowski)
defined(named(f"{_PATH}.seuclidean"))(seuclidean)
defined(named(f"{_PATH}.mahalanobis"))(mahalanobis)

# --- tables -----------------------------------------------------------------------------------------

# SciPy's other names of the metrics.
_NAMES = {
    other: name
    for name, others in {
        "euclidean": "euclid eu e", "sqeuclidean": "sqeuclid sqe", "cityblock": "manhattan cblock cb c",
        "chebyshev": "chebychev cheby cheb ch", "minkowski": "pnorm mi m", "cosine": "cos", "correlation": "co",
        "seuclidean": "se s", "mahalanobis": "mahal mah",
    }.items()
    for other in others.split()
}  # fmt: skip


def table(XA: Any, XB: Any, metric: str, p: Any, w: Any, V: Any, VI: Any) -> Any:
    """The distances of all rows of two matrices."""
    u, v = XA[:, None, :], XB[None, :, :]
    if metric in _WEIGHTED:
        if metric in ("cosine", "correlation") and not given(w):
            return _angles(XA, XB, centred=metric == "correlation")
        return _WEIGHTED[metric](u, v, w)
    if metric == "minkowski":
        return minkowski(u, v, p, w)
    if metric == "seuclidean":
        return seuclidean(u, v, V if given(V) else _variance(XA, XB))
    if metric == "mahalanobis":
        return mahalanobis(u, v, VI if given(VI) else np.linalg.inv(_covariance(XA, XB)))
    raise ops.undefined(f"the metric {metric!r} has no derivative rule", _symbol(XA))


def _angles(XA: Any, XB: Any, centred: bool) -> Any:
    if centred:
        XA, XB = _centred(XA, None), _centred(XB, None)
    a, b = (x / np.sqrt(np.sum(x * x, axis=-1, keepdims=True)) for x in (XA, XB))
    return 1.0 - a @ b.T


def _rows(XA: Any, XB: Any) -> Any:
    """All points, of which SciPy takes the variance where none is given."""
    return XA if XA is XB else np.concatenate((XA, XB))


def _variance(XA: Any, XB: Any) -> Any:
    return np.var(_rows(XA, XB), axis=0, ddof=1)


def _covariance(XA: Any, XB: Any) -> Any:
    x = _rows(XA, XB)
    x = x - np.mean(x, axis=0)
    return x.T @ x / (ops.dim(_plain(x), 0) - 1)


def _plain(x: Any) -> Any:
    return x.primal if isinstance(x, Dual) else x


@linearise(named(f"{_PATH}.cdist"))
def cdist(
    y: Expr, XA: Expr, XB: Expr, p: Any = None, w: Any = None, V: Any = None, VI: Any = None, *, metric: Any,
    dXA: Tangent, dXB: Tangent, dp: Tangent, dw: Tangent, dV: Tangent, dVI: Tangent,
) -> Tangent:  # fmt: skip
    metric = _metric(metric, XA)
    if metric in ("euclidean", "sqeuclidean") and not given(w):
        change = _moved(XA, XB, dXA) + linear.exchange(_moved(XB, XA, dXB), to="T")
        return _of_squares(y, change, metric)
    found = table(
        _dual(XA, dXA), _dual(XB, dXB), metric, _dual(p, dp), _dual(w, dw), _dual(V, dV), _dual(VI, dVI)
    )
    return found.tangent


@linearise(named(f"{_PATH}.pdist"))
def pdist(
    y: Expr, X: Expr, p: Any = None, w: Any = None, V: Any = None, VI: Any = None, *, metric: Any,
    dX: Tangent, dp: Tangent, dw: Tangent, dV: Tangent, dVI: Tangent,
) -> Tangent:  # fmt: skip
    """Above the diagonal of the table of all points with each other."""
    metric = _metric(metric, X)
    if metric in ("euclidean", "sqeuclidean") and not given(w):
        change = _moved(X, X, dX)
        return _of_squares(y, squared(y, change + linear.exchange(change, to="T"), of_matrix=True), metric)
    x = _dual(X, dX)
    return squared(
        y,
        table(x, x, metric, _dual(p, dp), _dual(w, dw), _dual(V, dV), _dual(VI, dVI)).tangent,
        of_matrix=True,
    )


def _metric(metric: Any, near: Expr) -> str:
    if not isinstance(metric, str):
        raise ops.undefined("a metric that is a function has no derivative rule: call it in loops", near)
    return _NAMES.get(metric.lower(), metric.lower())


def _moved(XA: Expr, XB: Expr, dXA: Tangent) -> Tangent:
    """Half the change of the squared distances |a - b|^2 as a moves: (a - b) da."""
    return dXA and linear.sum_(XA * dXA, axis=1, keepdims=True) - dXA @ ops.transposed(XB)


def _of_squares(y: Expr, change: Tangent, metric: str) -> Tangent:
    return 2.0 * change if metric == "sqeuclidean" else linear.portion(ops.ratio(1.0, y), change)


def _dual(x: Any, dx: Tangent) -> Any:
    return Dual(x, dx) if isinstance(dx, Linear) else x


@linearise(named(f"{_PATH}.squareform"))
def squareform(y: Expr, X: Expr, *, force: str, checks: bool, dX: Tangent) -> Tangent:
    return squared(y, dX, of_matrix=rank(X) == 2)
