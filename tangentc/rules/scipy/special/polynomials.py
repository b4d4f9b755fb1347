"""Orthogonal polynomials in their argument: DLMF 18.9(iii), and Legendre functions, DLMF 14.10.5."""

from __future__ import annotations

from typing import Any

from tangentc.rules.expr import Expr, call
from tangentc.rules.ops import constant
from tangentc.rules.scipy.special.slopes import function, lowered, slope

chebyu, gegenbauer = function("eval_chebyu"), function("eval_gegenbauer")


def _reflected(n: Expr) -> Any:
    """Legendre's P_n is P_(-1-n)."""
    value = constant(n)
    return call("np.maximum", n, -1 - n) if value is None else max(value, -1 - value)


def _second(n: Expr, x: Any) -> Any:
    """Half the derivative of Chebyshev's U_n, which is -U_(-2-n)."""
    value = constant(n)
    if value is not None:
        return gegenbauer(abs(value + 1) - 2, 2.0, x) * (1.0 if value >= 0 else -1.0)
    return call("np.sign", n + 1) * gegenbauer(call("np.absolute", n + 1) - 2, 2.0, x)


@slope("eval_legendre")
def eval_legendre(y: Expr, n: Expr, x: Expr) -> Any:
    return gegenbauer(_reflected(n) - 1, 1.5, x)


@slope("eval_sh_legendre")
def eval_sh_legendre(y: Expr, n: Expr, x: Expr) -> Any:
    return 2.0 * gegenbauer(_reflected(n) - 1, 1.5, 2.0 * x - 1.0)


@slope("eval_chebyt")
def eval_chebyt(y: Expr, n: Expr, x: Expr) -> Any:
    return n * chebyu(n - 1, x)


@slope("eval_sh_chebyt")
def eval_sh_chebyt(y: Expr, n: Expr, x: Expr) -> Any:
    return 2.0 * n * chebyu(n - 1, 2.0 * x - 1.0)


@slope("eval_chebyc")
def eval_chebyc(y: Expr, n: Expr, x: Expr) -> Any:
    return n * chebyu(n - 1, 0.5 * x)


@slope("eval_chebyu")
def eval_chebyu(y: Expr, n: Expr, x: Expr) -> Any:
    return 2.0 * _second(n, x)


@slope("eval_sh_chebyu")
def eval_sh_chebyu(y: Expr, n: Expr, x: Expr) -> Any:
    return 4.0 * _second(n, 2.0 * x - 1.0)


@slope("eval_chebys")
def eval_chebys(y: Expr, n: Expr, x: Expr) -> Any:
    return _second(n, 0.5 * x)


@slope("eval_gegenbauer")
def eval_gegenbauer(y: Expr, n: Expr, alpha: Expr, x: Expr) -> Any:
    return 2.0 * alpha * gegenbauer(n - 1, alpha + 1, x)


@slope("eval_jacobi")
def eval_jacobi(y: Expr, n: Expr, alpha: Expr, beta: Expr, x: Expr) -> Any:
    return 0.5 * (n + alpha + beta + 1) * function("eval_jacobi")(n - 1, alpha + 1, beta + 1, x)


@slope("eval_sh_jacobi")
def eval_sh_jacobi(y: Expr, n: Expr, p: Expr, q: Expr, x: Expr) -> Any:
    """The coefficient of x^n is 1."""
    return n * function("eval_sh_jacobi")(lowered(n), p + 2, q + 1, x)


@slope("eval_laguerre")
def eval_laguerre(y: Expr, n: Expr, x: Expr) -> Any:
    return -function("eval_genlaguerre")(n - 1, 1, x)


@slope("assoc_laguerre", by="x")
def assoc_laguerre(y: Expr, x: Expr, n: Expr, k: Expr | None = None) -> Any:
    return -function("eval_genlaguerre")(n - 1, 1 if k is None else k + 1, x)


@slope("eval_genlaguerre")
def eval_genlaguerre(y: Expr, n: Expr, alpha: Expr, x: Expr) -> Any:
    return -function("eval_genlaguerre")(n - 1, alpha + 1, x)


@slope("eval_hermite")
def eval_hermite(y: Expr, n: Expr, x: Expr) -> Any:
    return 2.0 * n * function("eval_hermite")(lowered(n), x)


@slope("eval_hermitenorm")
def eval_hermitenorm(y: Expr, n: Expr, x: Expr) -> Any:
    return n * function("eval_hermitenorm")(lowered(n), x)


@slope("lpmv")
def lpmv(y: Expr, m: Expr, v: Expr, x: Expr) -> Any:
    """Not a number at -1 and 1."""
    return (v * x * y - (v + m) * function("lpmv")(m, v - 1, x)) / (x * x - 1.0)
