"""Solutions of matrix equations, by the equations that their differentials solve."""

from __future__ import annotations

from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.rules.decompositions import adjoint, adjoint_tangent
from tangentc.rules.expr import Expr
from tangentc.rules.linear import Linear
from tangentc.rules.linear_ops import systems
from tangentc.rules.ops import Tangent, inv
from tangentc.rules.registry import linearise


def _like(x: Expr, t: Tangent) -> Tangent:
    """A tangent of the solution, which has its shape."""
    if isinstance(t, Linear):
        t.kind, t.prototype = x.kind, lambda: x
    return t


@linearise(linalg.solve_sylvester)
def solve_sylvester(x: Expr, a: Expr, b: Expr, q: Expr, *, da: Tangent, db: Tangent, dq: Tangent) -> Tangent:
    """a dx + dx b = dq - da x - x db"""
    return _like(x, systems.sylvester(a, b, dq - da @ x - x @ db))


@linearise(linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(x: Expr, a: Expr, q: Expr, *, da: Tangent, dq: Tangent) -> Tangent:
    """a x + x a^H = q"""
    return _like(x, systems.sylvester(a, adjoint(a), dq - da @ x - x @ adjoint_tangent(da, a)))


@linearise(linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(
    x: Expr, a: Expr, q: Expr, *, method: object, da: Tangent, dq: Tangent
) -> Tangent:
    """x = a x a^H + q"""
    change = da and da @ (x @ adjoint(a)) + (a @ x) @ adjoint_tangent(da, a)
    return _like(x, systems.discrete(a, dq + change))


@linearise(linalg.solve_continuous_are)
def solve_continuous_are(
    x: Expr, a: Expr, b: Expr, q: Expr, r: Expr, *, balanced: bool,
    da: Tangent, db: Tangent, dq: Tangent, dr: Tangent,
) -> Tangent:  # fmt: skip
    """a^H x + x a - x b r^-1 b^H x + q = 0: with the gain k = r^-1 b^H x and the closed loop f = a - b k,

    f^H dx + dx f = -(dq + da^H x + x da - x db k - k^H db^H x + k^H dr k)
    """
    k = inv(r) @ (adjoint(b) @ x)
    loop = a - b @ k
    slope = x @ da - (x @ db) @ k
    change = dq + slope + adjoint_tangent(slope, x) + adjoint(k) @ dr @ k
    return _like(x, systems.sylvester(adjoint(loop), loop, -change))


@linearise(linalg.solve_discrete_are)
def solve_discrete_are(
    x: Expr, a: Expr, b: Expr, q: Expr, r: Expr, *, balanced: bool,
    da: Tangent, db: Tangent, dq: Tangent, dr: Tangent,
) -> Tangent:  # fmt: skip
    """x = a^H x a - a^H x b k + q with the gain k = (r + b^H x b)^-1 b^H x a: with the closed loop f = a - b k,

    dx = f^H dx f + dq + f^H x (da - db k) + (da - db k)^H x f + k^H dr k
    """
    xb = x @ b
    k = inv(r + adjoint(b) @ xb) @ (adjoint(xb) @ a)
    loop = a - b @ k
    slope = (adjoint(loop) @ x) @ (da - db @ k)
    change = dq + slope + adjoint_tangent(slope, x) + adjoint(k) @ dr @ k
    return _like(x, systems.discrete(adjoint(loop), change))
