"""Solvers whose results have no derivative: what varies may not go in, and what does not runs as it stands."""

from __future__ import annotations

from typing import Any

from tangentc.frontend.calls.bound import Arguments, bound_call
from tangentc.frontend.state.context import Context
from tangentc.frontend.state.values import Value

__all__: list[str] = []

_CORNER = "finds a corner, which jumps to another one where costs or constraints move"
_ROUGH = "stops near a minimum, where the gradient need not vanish"

_REASONS = {
    "scipy.optimize.linprog": (_CORNER, ""),
    "scipy.optimize.milp": (_CORNER, ""),
    "scipy.optimize.direct": (_ROUGH, "polish what it finds with scipy.optimize.minimize"),
    "scipy.optimize.brute": (_ROUGH, "polish what it finds with scipy.optimize.minimize"),
    "scipy.integrate.solve_bvp": (
        "chooses its mesh as it goes", "find the values at the start by scipy.optimize.root, around solve_ivp",
    ),
}  # fmt: skip


@bound_call(*_REASONS)
def _refused(context: Context, function: Any, _given: Arguments) -> Value:
    part = ".".join(function.__module__.split(".")[:2])
    reason, hint = _REASONS[f"{part}.{function.__name__}"]
    context.fail("TC109", f"{function.__name__} {reason}", hint=hint)
