"""Linear algebra whose calls are not made of operands alone: pairs as one argument, results that are chosen.

`lu_solve((lu, piv), b)` is an operation on lu, piv and b; `svd(a, compute_uv=False)` is `svdvals(a)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.expressions.iteration import known_items
from tangentc.frontend.expressions.operations import apply_primitive
from tangentc.frontend.library import arrays, library_call
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import TupleValue, Value, is_undefined
from tangentc.ir.nodes import UNDEF, Literal, kind_of
from tangentc.primitives.core import find, named

__all__: list[str] = []

_NONE, _TRUE, _FALSE = Literal(None), Literal(True), Literal(False)


def _apply(context: Context, name: str, args: Sequence[Value], kwargs: Arguments) -> Value:
    return apply_primitive(context, named(name), args, kwargs)


def _is(context: Context, function: Any, arguments: Arguments, name: str, default: bool) -> bool:
    """Take an option that decides what comes back."""
    value = arguments.pop(name, Literal(default))
    return bool(context.static(value, f"{name!r} of {function.__name__}"))


def _pair(context: Context, function: Any, value: Value) -> Sequence[Value]:
    """The two things that a function of SciPy takes as one argument."""
    items = known_items(context, value)
    if items is None or len(items) != 2:
        context.fail(
            "TC115", f"the two parts of the first argument of scipy.linalg.{function.__name__} must be known",
            hint="pass a tuple of two values",
        )  # fmt: skip
    return items


# --- pairs ------------------------------------------------------------------------------------------


@bound_call("scipy.linalg.cho_factor")
def _cho_factor(context: Context, function: Any, arguments: Arguments) -> Value:
    """Which triangle it is comes back as it was given."""
    lower = arguments.get("lower", _FALSE)
    a = arguments.pop("a")
    found = _apply(context, "scipy.linalg.cho_factor", (a,), arguments)
    if is_undefined(found) or not isinstance(found, TupleValue):
        return UNDEF
    return TupleValue((found.items[0], Literal(bool(context.static(lower, "'lower' of cho_factor")))))


@bound_call("scipy.linalg.cho_solve", "scipy.linalg.cho_solve_banded")
def _cho_solve(context: Context, function: Any, arguments: Arguments) -> Value:
    first, b = next(name for name in arguments if name.endswith("_and_lower")), arguments.pop("b")
    c, lower = _pair(context, function, arguments.pop(first))
    return _apply(context, f"scipy.linalg.{function.__name__}", (c, b), {"lower": lower, **arguments})


@bound_call("scipy.linalg.lu_solve")
def _lu_solve(context: Context, function: Any, arguments: Arguments) -> Value:
    lu, piv = _pair(context, function, arguments.pop("lu_and_piv"))
    return _apply(context, "scipy.linalg.lu_solve", (lu, piv, arguments.pop("b")), arguments)


@bound_call("scipy.linalg.solve_toeplitz", "scipy.linalg.matmul_toeplitz")
def _toeplitz(context: Context, function: Any, arguments: Arguments) -> Value:
    c_or_cr = context.snapshot(arguments.pop("c_or_cr"))
    c, r = _pair(context, function, c_or_cr) if isinstance(c_or_cr, TupleValue) else (c_or_cr, _NONE)
    b = arguments.pop("b" if function.__name__ == "solve_toeplitz" else "x")
    return _apply(context, f"scipy.linalg.{function.__name__}", (c, r, b), arguments)


# --- results that are chosen ------------------------------------------------------------------------


@bound_call("numpy.linalg.svd", "scipy.linalg.svd")
def _svd(context: Context, function: Any, arguments: Arguments) -> Value:
    name = _path(function)
    a, both = arguments.pop("a"), _is(context, function, arguments, "compute_uv", True)
    if both:
        return _apply(context, name, (a,), arguments)
    for option in ("full_matrices", "lapack_driver"):
        arguments.pop(option, None)
    return _apply(context, name.removesuffix("svd") + "svdvals", (a,), arguments)


@bound_call("scipy.linalg.eigh", "scipy.linalg.eigh_tridiagonal", "scipy.linalg.eig_banded")
def _eigh(context: Context, function: Any, arguments: Arguments) -> Value:
    only = _is(context, function, arguments, "eigvals_only", False)
    name = _path(function)
    if only:
        name = name.replace("eigh", "eigvalsh").replace("eig_", "eigvals_")
        arguments.pop("max_ev", None)
    matrices = [arguments.pop(key) for key in ("a", "b", "d", "e", "a_band") if key in arguments]
    return _apply(context, name, matrices, arguments)


@bound_call("scipy.linalg.eig")
def _eig(context: Context, function: Any, arguments: Arguments) -> Value:
    right = _is(context, function, arguments, "right", True)
    a = arguments.pop("a")
    if not right and not _is(context, function, arguments, "left", False):
        return _apply(context, "scipy.linalg.eigvals", (a,), arguments)
    return _apply(context, "scipy.linalg.eig", (a,), {"right": Literal(right), **arguments})


@bound_call("numpy.linalg.qr", "scipy.linalg.qr", "scipy.linalg.rq")
def _qr(context: Context, function: Any, arguments: Arguments) -> Value:
    """The triangular factor alone: of SciPy's functions with all its zeros, of `qr` in a tuple."""
    a, name = arguments.pop("a"), _path(function)
    if context.static(arguments.get("mode", _NONE), f"'mode' of {name}") != "r":
        return _apply(context, name, (a,), arguments)
    scipy = name.startswith("scipy.")
    found = _apply(context, name, (a,), {**arguments, "mode": Literal("economic" if scipy else "reduced")})
    if is_undefined(found) or not isinstance(found, TupleValue):
        return UNDEF
    r = found.items[0 if name.endswith("rq") else 1]
    if not scipy:
        return r
    if kind_of(context.atom(a)) != kind_of(context.atom(r)):
        r = library_call(
            context, arrays.as_large if name.endswith("qr") else arrays.as_large_from_the_end, r, a
        )
    return TupleValue((r,)) if name.endswith("qr") else r


def _path(function: Any) -> str:
    primitive = find(function)
    assert primitive is not None
    return primitive.name
