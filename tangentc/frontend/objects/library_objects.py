"""Objects of SciPy that a program uses or makes: interpolants and, in `sparse_matrices`, sparse matrices.

One that the program was given is an operand like an array (`kinds.library_objects`), and what is done with it is an
operation.  One that the program makes of what may vary is an object of the compiler's own library instead, which says
the same in terms of its coefficients (`library/interpolation.py`).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from tangentc.frontend.expressions.operations import apply_primitive, as_array
from tangentc.frontend.expressions.sparse_matrices import attribute_of_matrix, part_of
from tangentc.frontend.library import stands_in
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Method, ObjectValue, Static, Value
from tangentc.ir.nodes import Var
from tangentc.kinds.library_objects import gives_derivatives, is_factor, is_interpolant, is_sparse
from tangentc.kinds.types import Array, Kind, Object, fresh
from tangentc.primitives.core import named
from tangentc.primitives.libraries import resolve

__all__ = ["call", "is_callable", "meaning", "member"]

_PARTS = {"scipy.interpolate": "interpolation"}


def meaning(value: Any) -> Any:
    """What a class or function of SciPy is in the compiler's own library; None for any other."""
    part = part_of(value)
    return _meanings(part).get(value) if part in _PARTS else None


@functools.cache
def _meanings(part: str) -> dict[Any, Any]:
    """By class or function; of a part of SciPy that is imported."""
    library = _library(_PARTS[part])
    found = {resolve(f"{part}.{name}"): getattr(library, name) for name in library.__all__}
    return {value: function for value, function in found.items() if value is not None}


def _library(name: str) -> Any:
    """A file of the compiler's own library that needs SciPy."""
    return import_module(f"tangentc.frontend.library.{name}")


def is_callable(cls: type) -> bool:
    """Whether an object that the program was given may be called."""
    return is_interpolant(cls)


def call(context: Context, callee: Var, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """A call of an object that the program was given."""
    plain = tuple(map(context.snapshot, args))
    keywords = {key: context.snapshot(value) for key, value in kwargs.items()}
    points = (as_array(context, plain[0]), *plain[1:]) if plain else ()
    return apply_primitive(context, named("interpolant"), (callee, *points), keywords)


def member(context: Context, owner: Value, name: str) -> Value | None:
    """`owner.name` of an object of SciPy; None for any other owner."""
    held = context.contents(owner)
    if isinstance(held, ObjectValue) and stands_in(held.cls):
        _check_supported(context, held, name)
    if not isinstance(owner, Var) or not isinstance(owner.kind, Object):
        return None
    if is_sparse(owner.kind.cls):
        return attribute_of_matrix(context, owner, owner.kind, name)
    if is_interpolant(owner.kind.cls):
        method = _library("interpolation").METHODS.get(name)
        return _data(context, owner, owner.kind, name) if method is None else Method(Static(method), owner)
    if is_factor(owner.kind.cls):
        solve = Method(Static(_library("sparse").solve), owner)
        return solve if name == "solve" else context.op("getattr", owner, name=name)
    return None


def _check_supported(context: Context, made: ObjectValue, name: str) -> None:
    """Refuse what is not known of an object that the program makes of what may vary."""
    if name not in made.attributes and not hasattr(made.cls, name):
        context.fail(
            "TC109", f"{name!r} of an object of SciPy that is made of what may vary is not supported",
            hint="make the object before the call if it does not vary",
        )  # fmt: skip


def _data(context: Context, owner: Var, kind: Object, name: str) -> Value:
    """What an interpolant is made of."""
    known: Kind | None = None
    if name in ("x", "t"):
        known = Array(np.dtype(float), (fresh(),))
    elif name == "c" and kind.shape is not None and gives_derivatives(kind.cls):
        axes = 1 if hasattr(kind.cls, "design_matrix") else 2  # of a B-spline, of a piecewise polynomial
        known = Array(kind.dtype, (*(fresh() for _ in range(axes)), *kind.shape))
    return context.op("getattr", owner, name=name, kind=known)
