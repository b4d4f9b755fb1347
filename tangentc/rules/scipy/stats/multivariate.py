"""Densities of random vectors."""

from __future__ import annotations

from typing import Any

from scipy import stats

from tangentc.kinds.dims import never_one
from tangentc.kinds.types import Const, is_number
from tangentc.rules import linear_ops as linear
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO, dims_of, same_dims
from tangentc.rules.ops import Tangent, dim, expand_dims, log, pack, rank, reshape, undefined
from tangentc.rules.registry import linearise
from tangentc.rules.scipy.special.slopes import function

psi = function("psi")


# --- the normal distribution ------------------------------------------------------------------------


def _normal(
    y: Expr, x: Expr, mean: Expr | None, cov: Expr | None, dx: Tangent, dmean: Tangent, dcov: Tangent
) -> Tangent:
    """The differential of -(log det(cov) + r cov^-1 r) / 2, one row r = x - mean for each point.

    Of a matrix cov, SciPy reads the lower triangle.
    """
    mean = None if mean is None or mean.kind == Const(None) else mean
    cov = None if cov is None or cov.kind == Const(None) else cov
    axes = 0 if cov is None else rank(cov)
    sized = cov if cov is not None and axes else mean
    r = x if mean is None else x - mean
    is_vector = rank(r) == 1 and sized is not None and _is_not_one(sized)
    if not is_vector and rank(r) != 2:
        size = 1 if sized is None or not rank(sized) else dim(sized, 0)
        r = reshape(r, pack(x, (-1, size)))
    if axes == 2:
        whole = call("np.tril", cov) + call("np.tril", cov, k=-1).T
        a = call("np.linalg.solve", whole, r) if is_vector else call("np.linalg.solve", whole, r.T).T
    else:
        whole, a = cov, r if cov is None else r / cov
    moved = dx - dmean
    total: Any = ZERO
    if moved:
        if rank(a) != rank(x):
            moved = linear.reshape(r.shape, linear.spread(x if mean is None else x - mean, moved))
        total = -linear.sum_(a * moved, axis=-1)
    if dcov:
        total = total + _by_covariance(a, whole, axes, dcov)
    if is_number(y.kind):
        return total if is_vector else linear.sum_(total)
    return total if total and same_dims(total.kind, y.kind) else linear.reshape(y.shape, total)


def _is_not_one(value: Expr) -> bool:
    """Whether the first axis is known to have more entries than one."""
    dims = dims_of(value.kind)
    return dims is not None and bool(dims) and never_one(dims[0])


def _by_covariance(a: Expr, whole: Any, axes: int, dcov: Tangent) -> Tangent:
    """a dcov a - tr(cov^-1 dcov), halved."""
    if axes == 2:
        ones = call("np.ones_like", whole)
        both = (call("np.tril", ones) + call("np.tril", ones, k=-1)) * dcov
        inverse = call("np.linalg.inv", whole)
        return 0.5 * (linear.sum_(a * (a @ both), axis=-1) - linear.sum_(inverse * both))
    if axes == 1:
        return 0.5 * (linear.sum_(a * a * dcov, axis=-1) - linear.sum_(dcov / whole))
    return 0.5 * (call("np.sum", a * a, axis=-1) - dim(a, -1) / whole) * dcov


@linearise(stats.multivariate_normal.logpdf)
def normal_logpdf(
    y: Expr, x: Expr, mean: Expr | None = None, cov: Expr | None = None,
    *, dx: Tangent, dmean: Tangent, dcov: Tangent,
) -> Tangent:  # fmt: skip
    return _normal(y, x, mean, cov, dx, dmean, dcov)


@linearise(stats.multivariate_normal.pdf)
def normal_pdf(
    y: Expr, x: Expr, mean: Expr | None = None, cov: Expr | None = None,
    *, dx: Tangent, dmean: Tangent, dcov: Tangent,
) -> Tangent:  # fmt: skip
    return y * _normal(y, x, mean, cov, dx, dmean, dcov)


# --- Dirichlet's distribution -----------------------------------------------------------------------


def _dirichlet(x: Expr, alpha: Expr, dx: Tangent, dalpha: Tangent) -> Tangent:
    """The differential of the sum of (alpha - 1) log(x) along the first axis, and of the constant.

    Raises: MissingRuleError: x may leave out its last entry, which SciPy then computes.
    """
    points, shape = dims_of(x.kind), dims_of(alpha.kind)
    if not points or not shape or points[0] != shape[0]:
        raise undefined("the derivative of this density needs as many entries of x as of alpha", x)
    column = alpha if rank(x) == 1 else expand_dims(alpha, -1)
    total: Any = dx and linear.sum_((column - 1.0) / x * dx, axis=0)
    if dalpha:
        whole = call("np.sum", alpha)
        constant = linear.sum_((psi(whole) - psi(alpha)) * dalpha)
        moved = dalpha if rank(x) == 1 else linear.expand_dims(dalpha, axis=-1)
        total = total + linear.sum_(log(x) * moved, axis=0) + constant
    return total


@linearise(stats.dirichlet.logpdf)
def dirichlet_logpdf(y: Expr, x: Expr, alpha: Expr, *, dx: Tangent, dalpha: Tangent) -> Tangent:
    return _dirichlet(x, alpha, dx, dalpha)


@linearise(stats.dirichlet.pdf)
def dirichlet_pdf(y: Expr, x: Expr, alpha: Expr, *, dx: Tangent, dalpha: Tangent) -> Tangent:
    return y * _dirichlet(x, alpha, dx, dalpha)
