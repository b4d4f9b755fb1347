"""The derivative of a call of a function that is known only when the program runs: a call of its derivative.

So it is closed under differentiation: what stands in the derivative is a dispatch again, of `tangent(f)` or
`reverse(f)`, whose own derivatives are found in the same way.
"""

from __future__ import annotations

from typing import Any

from tangentc.primitives.core import named
from tangentc.primitives.dispatching import Steps
from tangentc.rules.expr import Expr, call
from tangentc.rules.linear import Linear, Zero, linear_op, transpose
from tangentc.rules.registry import linearise

__all__: list[str] = []


@linear_op
def pushed(*values: Expr, steps: Steps, wrt: tuple[int, ...]) -> Expr:
    """J t: the tangent of function(*args) along tangents of the arguments `wrt`."""
    return call("dispatch", *values, steps=(*steps, ("tangent", wrt)))


@transpose(pushed)
def pushed_t(w: Expr, *function_and_args: Expr, steps: Steps, wrt: tuple[int, ...]) -> Any:
    builder = w.builder
    found = builder.ops(
        "dispatch", *(value.atom for value in function_and_args), w.atom, steps=(*steps, ("reverse", wrt))
    )
    bars = tuple(Expr.of(builder, bar) for bar in found)
    return bars[0] if len(bars) == 1 else bars


@linearise(named("dispatch"))
def dispatch(y: Any, function: Expr, *args: Expr, steps: Steps, dargs: tuple[Linear | Zero, ...]) -> Any:
    """d f(*args) = J dargs; of several cotangents each one is the result of a function of its own."""
    wrt = tuple(i for i, tangent in enumerate(dargs) if isinstance(tangent, Linear))
    tangents = [tangent for tangent in dargs if isinstance(tangent, Linear)]
    if not isinstance(y, tuple):
        return pushed(function, *args, *tangents, steps=steps, wrt=wrt)
    *before, (word, positions) = steps
    each = [(*before, (word, (position,))) for position in positions]
    return [pushed(function, *args, *tangents, steps=one, wrt=wrt) for one in each]
