"""Functions of matrices.

The derivative of an analytic function of a matrix is a corner of the function of a block matrix, and so is every
higher one (N. J. Higham, "Functions of Matrices", 2008, section 3.2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.primitives.core import named
from tangentc.rules import ops
from tangentc.rules.defined import defined, traced
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear_ops import systems
from tangentc.rules.ops import Tangent
from tangentc.rules.registry import linearise
from tangentc.rules.spelled import apply


def _analytic(name: str) -> None:
    @linearise(getattr(linalg, name))
    def slope(y: Expr, A: Expr, *, dA: Tangent) -> Tangent:
        return systems.function_slope(A, dA, which=name)


for _name in ("expm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm", "logm"):
    _analytic(_name)


@defined(named("matrix_function_slope"))
def matrix_function_slope(a: Any, e: Any, *, which: str) -> Any:
    n = ops.dim(a, -1)
    rows = np.concatenate((a, e), axis=-1), np.concatenate((0.0 * a, a), axis=-1)
    return traced(getattr(linalg, which))(np.concatenate(rows, axis=-2))[..., :n, n:]


@linearise(linalg.fractional_matrix_power)
def fractional_matrix_power(y: Expr, A: Expr, t: Expr, *, dA: Tangent, dt: Tangent) -> Tangent:
    """A^t = exp(t log A): the slope along dA is that of exp and log together."""
    logarithm = call("scipy.linalg.logm", A)
    along = t * systems.function_slope(A, dA, which="logm") + logarithm * dt
    return systems.function_slope(t * logarithm, along, which="expm")


@linearise(linalg.sqrtm)
def sqrtm(x: Expr, A: Expr, *, dA: Tangent) -> Tangent:
    """x dx + dx x = dA (Higham 2008, section 6.1)"""
    return systems.sylvester(x, x, dA)


@linearise(linalg.signm)
def signm(s: Expr, A: Expr, *, dA: Tangent) -> Tangent:
    """With n = s A, whose eigenvalues lie to the right: n ds + ds n = dA - s dA s (Higham 2008, theorem 5.7)."""
    n = s @ A
    return systems.sylvester(n, n, dA - s @ dA @ s)


@defined(linalg.expm_frechet)
def expm_frechet(A: Any, E: Any, *, method: Any, check_finite: bool) -> Any:
    return traced(linalg.expm)(A), _slope(A, E)


def _slope(a: Any, e: Any) -> Any:
    return apply(named("matrix_function_slope").function, (a, e), {"which": "expm"})
