"""SciPy's distributions with fixed parameters: `norm(loc, scale).logpdf(x)` is `norm.logpdf(x, loc, scale)`."""

from __future__ import annotations

import sys
import types
from collections.abc import Sequence
from typing import Any

from tangentc.frontend.state.context import Context
from tangentc.frontend.state.places import Place
from tangentc.frontend.state.values import Partial, Static, Value
from tangentc.primitives.core import Primitive, find
from tangentc.primitives.signatures import signature_of

__all__ = ["frozen", "is_distribution", "method_of_frozen", "thawed"]

_OF_PARAMETERS = ("mean", "var", "std", "median", "entropy")


def is_distribution(value: Any) -> bool:
    """Whether an object is a distribution of `scipy.stats` that has rules."""
    return _density(value) is not None


def _density(value: Any) -> Primitive | None:
    """The primitive of a method that every distribution with rules has."""
    if "scipy.stats" not in sys.modules or not type(value).__module__.startswith("scipy.stats"):
        return None
    method = getattr(value, "logpdf", None) or getattr(value, "logpmf", None)
    return None if method is None else find(method)


def frozen(value: Any, args: Sequence[Value], kwargs: dict[str, Value]) -> Partial:
    """`norm(loc, scale)`"""
    return Partial(Static(value), tuple(args), kwargs)


def method_of_frozen(context: Context, distribution: Any, parameters: Partial, name: str) -> Value:
    """`norm(loc, scale).logpdf`, as a function of what is left."""
    method = getattr(distribution, name, None)
    if method is not None and name in _OF_PARAMETERS:
        return Partial(Static(method), parameters.args, parameters.kwargs)
    primitive = None if method is None else find(method)
    if primitive is None:
        context.fail(
            "TC109", f"{name!r} of a distribution with fixed parameters is not supported",
            hint="make the distribution before the call",
        )  # fmt: skip
    names = [parameter.name for parameter in signature_of(primitive).positional[1:]]
    if len(parameters.args) > len(names):
        context.fail("TC115", f"the distribution takes at most {len(names)} parameters")
    given = dict(zip(names, parameters.args, strict=False))
    return Partial(Static(method), (), {**given, **parameters.kwargs})


def thawed(context: Context, method: Any) -> Value | None:
    """The method of a live frozen distribution, with its parameters as captured data; None for any other."""
    if not isinstance(method, types.MethodType) or type(method.__self__).__module__ != _FROZEN:
        return None
    owner: Any = method.__self__
    made_of = getattr(owner, "dist", None)
    distribution = getattr(sys.modules["scipy.stats"], getattr(made_of, "name", None) or "", None)
    if type(distribution) is not type(made_of) or not is_distribution(distribution):
        return None
    captures, here = context.captures, Place.of(owner)
    args = tuple(
        captures.value(value, here.attribute("args").entry(i), f"parameter {i} of a distribution")
        for i, value in enumerate(owner.args)
    )
    kwargs = {
        name: captures.value(value, here.attribute("kwds").entry(name), f"parameter {name} of a distribution")
        for name, value in owner.kwds.items()
    }
    if find(getattr(distribution, method.__name__)) is None:
        return None
    return method_of_frozen(
        context, distribution, Partial(Static(distribution), args, kwargs), method.__name__
    )


_FROZEN = "scipy.stats._distn_infrastructure"
