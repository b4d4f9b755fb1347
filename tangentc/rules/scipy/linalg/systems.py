"""Systems of equations, by their matrices, their bands, or their factors."""

from __future__ import annotations

from typing import Any

from scipy import linalg

import tangentc.primitives.scipy.linalg  # noqa: F401
from tangentc.primitives.core import named
from tangentc.rules import decompositions
from tangentc.rules import linalg as numpy_rules
from tangentc.rules import linear_ops as linear
from tangentc.rules.decompositions import adjoint, adjoint_tangent
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import ZERO
from tangentc.rules.linear_ops import systems
from tangentc.rules.linear_ops.bilinear import bars_have_rules, first, second
from tangentc.rules.ops import Tangent, conj, is_complex, real, transposed, undefined
from tangentc.rules.registry import linearise as plainly
from tangentc.rules.registry import nondifferentiable
from tangentc.rules.scipy.linalg.checked import linearise

# --- whole matrices ---------------------------------------------------------------------------------


@linearise(linalg.inv)
def inv(c: Expr, a: Expr, *, da: Tangent) -> Tangent:
    return numpy_rules.inverse(c, a, da=da)


@linearise(linalg.det)
def det(y: Expr, a: Expr, *, da: Tangent) -> Tangent:
    return numpy_rules.det(y, a, da=da)


@linearise(linalg.solve)
def solve(
    x: Expr, a: Expr, b: Expr, *, lower: bool, assume_a: Any, transposed: bool, da: Tangent, db: Tangent
) -> Tangent:  # fmt: skip
    """a dx = db - da x, where da is what is read of it: one triangle of a symmetric or Hermitian matrix."""
    if assume_a in (None, "gen", "general"):
        if transposed:
            da = da and linear.exchange(da, to="T")
            return linear.solve(_turned(a), db - linear.shaped(da @ x, x))
        return linear.solve(a, db - da @ x)
    short = {"symmetric": "sym", "hermitian": "her", "positive definite": "pos"}.get(assume_a, assume_a)
    if short not in ("sym", "her", "pos") or (transposed and is_complex(a)):
        raise undefined(f"scipy.linalg.solve with assume_a={assume_a!r} has no derivative rule", a)
    if short == "sym" and is_complex(a):
        part = linear.triangle(da, of="np.tril" if lower else "np.triu", k=-1 if lower else 1)
        part = part + linear.exchange(part, to="T") + numpy_rules.diagonal_part(da)
    else:
        part = numpy_rules.hermitian_part(a, da, upper=not lower)
    attrs = (("assume_a", assume_a), ("lower", lower))
    return systems.structured(a, db - linear.shaped(part @ x, x), attrs=attrs)


def _turned(a: Expr) -> Expr:
    return transposed(a)  # type: ignore[no-any-return]


@linearise(linalg.solve_triangular)
def solve_triangular(
    x: Expr, a: Expr, b: Expr, *, trans: Any, lower: bool, unit_diagonal: bool, da: Tangent, db: Tangent
) -> Tangent:  # fmt: skip
    """The triangle that is read moves the solution; with a unit diagonal, without its diagonal."""
    number = {0: 0, 1: 1, 2: 2, "N": 0, "T": 1, "C": 2}.get(trans)
    if number is None:
        raise undefined(f"scipy.linalg.solve_triangular with trans={trans!r} has no derivative rule", a)
    part = linear.triangle(
        da, of="np.tril" if lower else "np.triu", k=(-1 if lower else 1) if unit_diagonal else 0
    )
    if number == 2 and is_complex(a):
        a, part = conj(a), part and linear.conj(part)
    part = linear.exchange(part, to="T") if number else part
    options = {"trans": min(number, 1), "lower": lower, "unit_diagonal": unit_diagonal}
    return systems.triangular(a, db - linear.shaped(part @ x, x), **options)


@linearise(linalg.pinv)
def pinv(p: Expr, a: Expr, *, rtol: Any, da: Tangent) -> Tangent:
    if rtol is not None and not rtol <= 1e-10:
        raise undefined("scipy.linalg.pinv has a derivative where rtol is at most 1e-10", a)
    return decompositions.pinv(p, a, rcond=None, hermitian=False, da=da)


@linearise(linalg.pinvh)
def pinvh(p: Expr, a: Expr, *, rtol: Any, lower: bool, da: Tangent) -> Tangent:
    """As `pinv`, of the Hermitian matrix of which one triangle is read."""
    if rtol is not None and not rtol <= 1e-10:
        raise undefined("scipy.linalg.pinvh has a derivative where rtol is at most 1e-10", a)
    read, rest = ("np.tril", -1) if lower else ("np.triu", 1)
    other = adjoint(call(read, a, k=rest))
    diagonal = call("np.diag", call("np.diagonal", real(a)))
    whole = call(read, a, k=rest) + other + diagonal
    return decompositions.pinv(
        p, whole, rcond=None, hermitian=False, da=numpy_rules.hermitian_part(a, da, upper=not lower)
    )


@linearise(linalg.lstsq)
def lstsq(
    y: tuple[Expr, ...], a: Expr, b: Expr, *, cond: Any, da: Tangent, db: Tangent
) -> tuple[Tangent, ...]:  # fmt: skip
    """As NumPy's, but the sum of squares of one right-hand side is a number."""
    if cond is not None and not cond <= 1e-10:
        raise undefined("scipy.linalg.lstsq has a derivative where cond is at most 1e-10", a)
    x = y[0]
    p = call("scipy.linalg.pinv", a, rtol=cond)
    residual, moved = b - a @ x, db - da @ x
    dx = p @ moved
    if da:
        ph, dah = adjoint(p), adjoint_tangent(da, a)
        inner = dah @ (ph @ x)
        dx = dx + (p @ ph) @ (dah @ residual) + (inner - p @ (a @ inner))
    squares = conj(residual) * moved
    squares = 2.0 * (linear.real(squares) if is_complex(a) or is_complex(b) else squares)
    ds = decompositions.svdvals(y[3], a, dx=da) if da else ZERO
    return dx, linear.sum_(squares, axis=0), ZERO, ds


@linearise(linalg.norm)
def norm(y: Expr, a: Expr, *, ord: Any, axis: Any, keepdims: bool, da: Tangent) -> Tangent:
    return numpy_rules.norm(y, a, ord=ord, axis=axis, keepdims=keepdims, dx=da)


# --- factors ----------------------------------------------------------------------------------------


@linearise(linalg.cho_solve)
def cho_solve(x: Expr, c: Expr, b: Expr, *, lower: bool, dc: Tangent, db: Tangent) -> Tangent:
    """(u^H u) dx = db - du^H (u x) - u^H (du x), of the triangle u that is read; with the lower one, l l^H."""
    read = "np.tril" if lower else "np.triu"
    if dc:
        u, du = call(read, c), linear.triangle(dc, of=read)
        uh, duh = adjoint(u), adjoint_tangent(du, c)
        change = du @ (uh @ x) + u @ (duh @ x) if lower else duh @ (u @ x) + uh @ (du @ x)
        db = db - linear.shaped(change, x)
    return systems.by_cholesky(c, db, of="cho_solve", lower=lower)


@linearise(linalg.lu_solve)
def lu_solve(
    x: Expr, lu: Expr, piv: Expr, b: Expr, *, trans: int, dlu: Tangent, db: Tangent
) -> Tangent:  # fmt: skip
    """With a = p l u, a dx = db - p (dl u + l du) x; of the transposed matrix, with u^T l^T p^T."""
    if trans == 2 and is_complex(lu):
        lu, dlu = conj(lu), dlu and linear.conj(dlu)
    number = min(trans, 1)
    if dlu:
        order = call("pivoted_rows", piv)
        dlower, dupper = linear.triangle(dlu, of="np.tril", k=-1), linear.triangle(dlu, of="np.triu")
        upper = call("np.triu", lu)
        if number:
            z = x[order]
            strict = call("np.tril", lu, k=-1)
            change = linear.exchange(dupper, to="T") @ (_turned(strict) @ z + z)
            change = change + _turned(upper) @ (linear.exchange(dlower, to="T") @ z)
        else:
            inner = dupper @ x
            change = dlower @ (upper @ x) + call("np.tril", lu, k=-1) @ inner + inner
            change = systems.reordered(call("np.argsort", order), change)
        db = db - linear.shaped(change, x)
    return systems.by_lu(lu, piv, db, trans=number)


# --- bands ------------------------------------------------------------------------------------------

_HIGH, _LOW = (0, -1), (-1, 0)  # triangles, of as many diagonals as are kept
_BAND = ("banded_product", "banded_first_bar", "banded_second_bar")


@plainly(named("banded_product"))
def banded_product(y: Expr, ab: Expr, x: Expr, *, l_and_u: Any, dab: Tangent, dx: Tangent) -> Tangent:
    options = {"of": _BAND, "attrs": (("l_and_u", l_and_u),)}
    return first(x, dab, **options) + second(ab, dx, **options)


bars_have_rules(_BAND)


@plainly(named("transposed_band"))
def transposed_band(y: Expr, ab: Expr, *, l_and_u: Any, corners: bool, dab: Tangent) -> Tangent:
    return systems.transposed_band(dab, l_and_u=l_and_u, corners=corners)


@plainly(named("whole_band"))
def whole_band(y: Expr, ab: Expr, *, lower: bool, dab: Tangent) -> Tangent:
    return systems.whole_band(dab, lower=lower)


@plainly(named("folded_band"))
def folded_band(y: Expr, w: Expr, shape: Expr, *, lower: bool, dw: Tangent) -> Tangent:
    return systems.folded_band(shape, dw, lower=lower)


def _banded(x: Expr, dab: Tangent, l_and_u: tuple[int, int]) -> Tangent:
    return linear.shaped(first(x, dab, of=_BAND, attrs=(("l_and_u", l_and_u),)), x)


@linearise(linalg.solve_banded)
def solve_banded(x: Expr, ab: Expr, b: Expr, *, l_and_u: Any, dab: Tangent, db: Tangent) -> Tangent:
    return systems.banded(ab, db - _banded(x, dab, l_and_u), l_and_u=l_and_u)


@linearise(linalg.solveh_banded)
def solveh_banded(x: Expr, ab: Expr, b: Expr, *, lower: bool, dab: Tangent, db: Tangent) -> Tangent:
    if dab:
        if is_complex(ab):
            raise undefined("scipy.linalg.solveh_banded of a complex band has no derivative in `ab`", ab)
        db = db - _banded(x, systems.whole_band(dab, lower=lower), (-1, -1))
    return systems.by_cholesky(ab, db, of="solveh_banded", lower=lower)


@linearise(linalg.cho_solve_banded)
def cho_solve_banded(x: Expr, cb: Expr, b: Expr, *, lower: bool, dcb: Tangent, db: Tangent) -> Tangent:
    """As `cho_solve`, of the triangular band f: (f f^T) dx = db - df (f^T x) - f (df^T x)."""
    if dcb:
        if is_complex(cb):
            raise undefined("scipy.linalg.cho_solve_banded of a complex band has no derivative in `cb`", cb)
        own = _LOW if lower else _HIGH
        turned, dturned = call("transposed_band", cb, l_and_u=own), systems.transposed_band(dcb, l_and_u=own)
        f, df, ft, dft = (cb, dcb, turned, dturned) if lower else (turned, dturned, cb, dcb)
        inner = call("banded_product", ft, x, l_and_u=_HIGH)
        change = _banded(inner, df, _LOW)
        change = change + second(f, _banded(x, dft, _HIGH), of=_BAND, attrs=(("l_and_u", _LOW),))
        db = db - change
    return systems.by_cholesky(cb, db, of="cho_solve_banded", lower=lower)


nondifferentiable(named("pivoted_rows"))
