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

from tangentc.frontend.expressions.operations import apply_primitive, as_array
from tangentc.frontend.expressions.sparse_matrices import attribute_of_matrix, part_of
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Method, Static, Value
from tangentc.ir.nodes import Var
from tangentc.kinds.library_objects import is_factor, is_interpolant, is_sparse
from tangentc.kinds.types import Object
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
    """`owner.name` of an object that the program was given; None for any other owner."""
    if not isinstance(owner, Var) or not isinstance(owner.kind, Object):
        return None
    if is_interpolant(owner.kind.cls):
        method = _library("interpolation").METHODS.get(name)
        return None if method is None else Method(Static(method), owner)
    if is_factor(owner.kind.cls) and name == "solve":
        return Method(Static(_library("sparse").solve), owner)
    return attribute_of_matrix(context, owner, owner.kind, name) if is_sparse(owner.kind.cls) else None
