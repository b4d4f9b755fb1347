"""Random numbers whose parameters may vary: a draw is made once, by NumPy itself, and kept."""

from __future__ import annotations

from tangentc.kinds.types import ANY
from tangentc.primitives.core import Syntax
from tangentc.primitives.declare import declare
from tangentc.primitives.structure import opaque_call

__all__ = ["DISCRETE", "PARAMETERS"]

PARAMETERS: dict[str, tuple[str, ...]] = {
    "normal": ("loc", "scale"), "laplace": ("loc", "scale"), "logistic": ("loc", "scale"), "gumbel": ("loc", "scale"),
    "lognormal": ("mean", "sigma"), "uniform": ("low", "high"), "exponential": ("scale",), "rayleigh": ("scale",),
    "weibull": ("a",), "pareto": ("a",), "power": ("a",), "triangular": ("left", "mode", "right"),
    "gamma": ("shape", "scale"), "chisquare": ("df",), "multivariate_normal": ("mean", "cov"),
}  # fmt: skip
"""The distributions that have a derivative in their parameters; what follows these is the size."""

DISCRETE = frozenset({
    "binomial", "poisson", "geometric", "negative_binomial", "hypergeometric", "logseries", "zipf", "multinomial",
})  # fmt: skip
"""Those whose draws jump where their parameters move."""


def draw(function, *args, distribution=None, keywords=()):  # type: ignore[no-untyped-def]
    """Call the method of a generator; the last `len(keywords)` arguments go by those names."""
    return opaque_call(function, *args, keywords=keywords)


declare(
    "draw", draw, "function", "*args", kind=lambda _kinds, _: ANY,
    attributes={"distribution": None, "keywords": ()}, pure=False, kept=True, syntax=Syntax.SPECIAL,
)  # fmt: skip
